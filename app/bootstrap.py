"""The composition root: the only module that knows every concrete class.

Everything it makes it takes apart again: each function is a context manager, or returns plain values. Fakes are handed
in as arguments; nothing is looked up anywhere else.
"""

import asyncio
import logging
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app import __version__
from app.bootstrap_pos import make_adapter, polled, receiver
from app.domain.errors import ConfigurationError, CredentialsRefused, LedgerError, VaultError
from app.domain.selling_point import InjectOn, SellingPoint
from app.infra.clock import SystemClock
from app.infra.jobs import Jobs
from app.infra.ledger_sqlite import SqliteLedger
from app.infra.link_websocket import LinkClient
from app.infra.logs import Redactor, logging_to
from app.infra.machine import fingerprint
from app.infra.notification_http import HttpNotifications
from app.infra.paths import Paths, find_paths, private_folder
from app.infra.settings import SellingPointSettings, Settings, load
from app.infra.single_instance import SingleInstance
from app.infra.vault_headless import WatchedVault, choose_vault
from app.link.clock import ClockOffset
from app.link.state import LinkState
from app.link.wire import Wire, load_wire
from app.ports.pos import Capability, PosAdapter
from app.ports.sinqro import LinkHandler
from app.ports.vault import Vault
from app.runtime.companion import Companion
from app.runtime.host import run_headless

if TYPE_CHECKING:
    from app.report.doctor import Report

log = logging.getLogger(__name__)

USER_AGENT = f"sinqro-companion/{__version__}"

USER_TOKEN = "user-access-token"  # noqa: S105 - names of secrets, not secrets
SERVER_TOKEN = "server-access-token"  # noqa: S105
NOTIFICATION_SECRET = "notification-secret"  # noqa: S105

_VAULT_AGAIN = 10.0
"""Seconds until a locked vault is tried again."""


def load_settings(paths: Paths, environ: Mapping[str, str]) -> Settings:
    """The configuration, with Sinqro's addresses from the contract. Raises :class:`ConfigurationError`."""
    table = load_wire()
    base_urls = {name: environment.base_url for name, environment in table.environments.items()}
    return load(paths.config, environ=environ, base_urls=base_urls)


def open_vault(environ: Mapping[str, str], redactor: Redactor, file: Path | None = None) -> Vault:
    """The vault; every secret that it gives is masked in the logs from then on."""
    return WatchedVault(vault=choose_vault(environ=environ, file=file), on_secret=redactor.add)


def new_installation_id() -> str:
    """The id of a fresh pairing."""
    return f"inst_{uuid.uuid4().hex}"


class Secrets:
    """Secrets of the environment in use, asked from the vault once: keyring may ask a person."""

    def __init__(self, *, vault: Vault, settings: Settings, table: Wire) -> None:
        self._vault = vault
        self._settings = settings
        self._table = table
        self._known: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        """A secret by its full name; raises ``VaultError``."""
        if name not in self._known:
            value = await self._vault.get(name)
            if value is None:
                return None
            self._known[name] = value
        return self._known[name]

    async def notification(self, selling_point: str) -> str | None:
        """The secret that notifications are signed with."""
        return await self.get(self._settings.secret(NOTIFICATION_SECRET))

    async def headers(self) -> dict[str, str]:
        """The link's handshake headers, from the vault anew: pairing may have changed them."""
        self._known.clear()
        user = await self.get(self._settings.secret(USER_TOKEN))
        if user is None:
            raise CredentialsRefused("this machine is not paired with Sinqro", code="NOT_PAIRED")
        headers = {self._table.headers.user_access_token: user}
        server = await self.get(self._settings.secret(SERVER_TOKEN))
        if server is not None:
            headers[self._table.headers.server_access_token] = server
        return headers


async def _adapter_once_open(point: SellingPointSettings, secrets: Secrets, paths: Paths) -> Any:
    """As :func:`make_adapter`; a locked vault is waited for: without it there is neither link nor POS."""
    told = False
    while True:
        try:
            return await make_adapter(point, secrets.get, paths)
        except VaultError as exc:
            if not told:
                log.warning("waiting for the vault: %s %s", exc.message, exc.hint)
                told = True
            await asyncio.sleep(_VAULT_AGAIN)


def check_machine(settings: Settings) -> None:
    """Refuse a configuration that was copied from another machine. Raises :class:`ConfigurationError`."""
    machine = settings.current.machine
    if machine and machine != fingerprint():
        raise ConfigurationError(
            "This data was copied from another machine: two installations would put each order into the POS twice.",
            hint="Pair this machine anew (sinqro-companion pair CODE); the other one goes on, or stops, as you like.",
        )


async def _check_ledger(ledger: SqliteLedger) -> None:
    try:
        await ledger.verify()  # logs what it finds, and has the file set aside at the next start
    except LedgerError as exc:
        log.error("the ledger could not be checked: %s", exc.message)


def check_inject_on(point: SellingPoint, pos: PosAdapter) -> None:
    """Refuse ``arrival`` for a POS that would take each order as accepted. Raises :class:`ConfigurationError`."""
    if point.inject_on is InjectOn.ARRIVAL and Capability.ORDER_PENDING not in pos.capabilities and pos.capabilities:
        raise ConfigurationError(
            f'selling point {point.id}: inject_on = "arrival" needs a POS that can hold an order to be accepted',
            hint='This one cannot: leave inject_on out, or write "acceptance".',
        )


@asynccontextmanager
async def open_companion(
    *,
    settings: Settings,
    paths: Paths,
    vault: Vault,
    proxy: str | Literal[True] | None = True,
    on_change: Callable[[str], None] | None = None,
    on_link: Callable[[LinkState], None] | None = None,
) -> AsyncIterator[Companion]:
    """One installation, ready to run; everything is closed with the block."""
    check_machine(settings)
    table = load_wire()
    clock = SystemClock()
    offset = ClockOffset()
    secrets = Secrets(vault=vault, settings=settings, table=table)
    async with AsyncExitStack() as stack:
        stack.enter_context(SingleInstance(folder=private_folder(paths.data)))
        ledger = stack.enter_context(SqliteLedger(paths.ledger))
        jobs = await stack.enter_async_context(Jobs(clock=clock))
        zone = settings.here[0].zone if settings.here else UTC
        # A large ledger is not checked when it is opened: at the business day's cut-off nobody orders.
        jobs.daily(6, 0, zone, lambda: _check_ledger(ledger), name="ledger check")
        points: list[tuple[SellingPoint, PosAdapter]] = []
        for point in settings.here:
            adapter = await _adapter_once_open(point, secrets, paths)
            pos: PosAdapter = await stack.enter_async_context(adapter)
            check_inject_on(point, pos)
            points.append((polled(point, pos), pos))
        endpoint = settings.current.notification_url
        sender = HttpNotifications(
            endpoint=lambda selling_point: f"{endpoint.rstrip('/')}/{selling_point}" if endpoint else None,
            secret=secrets.notification,
            clock=clock,
            offset=offset,
            user_agent=USER_AGENT,
        )
        await stack.enter_async_context(sender)
        made: list[Companion] = []

        async def keep(raw: bytes, code: str) -> None:
            await made[0].quarantine(raw, code)

        def make_link(handler: LinkHandler) -> LinkClient:
            return LinkClient(
                url=settings.current.link_url or table.environments[settings.environment].link_url,
                subprotocol=table.link.subprotocol,
                tokens=secrets.headers,
                user_agent=USER_AGENT,
                handler=handler,
                clock=clock,
                offset=offset,
                on_state=on_link,
                on_fault=keep,
                proxy=proxy,
            )

        companion = Companion(
            points=points,
            environment=settings.environment.value,
            installation_id=settings.current.installation_id,
            device_name=settings.device,
            version=__version__,
            table=table,
            ledger=ledger,
            sender=sender,
            clock=clock,
            offset=offset,
            make_link=make_link,
            on_change=on_change,
        )
        made.append(companion)
        for outlet in companion.outlets.values():
            rules, want = outlet.selling_point, _wanter(companion, outlet.id)
            jobs.every(rules.menu_minutes * 60, want, name=f"menu of {outlet.id}", jitter=rules.menu_minutes * 6)
            jobs.daily(5, 30, rules.zone, want, name=f"menu of {outlet.id} by night")
        if settings.receiver.enabled:
            listening = receiver(settings, points, secrets.get, companion.pos_webhook, clock)
            companion.receiver_url = (await stack.enter_async_context(listening)).url
        yield companion


def _wanter(companion: Companion, selling_point: str) -> Callable[[], Awaitable[None]]:
    async def want() -> None:
        companion.menus.want(selling_point)

    return want


def process_environment() -> Mapping[str, str]:
    """The process's environment variables."""
    return os.environ


def serve(
    *, config: Path | None, data: Path | None, secrets: Path | None, verbose: bool, http: str | None = None
) -> None:
    """The companion without a screen, until SIGINT or SIGTERM.

    ``http``: where the passive services answer over HTTP too; empty: as configured, ``None``: nowhere.
    """
    environ = process_environment()
    paths = find_paths(environ=environ, config=config, data=data)
    settings = load_settings(paths, environ)
    redactor = Redactor()
    vault = open_vault(environ, redactor, secrets)

    async def work() -> None:
        async with AsyncExitStack() as stack:
            make_api = None
            if http is not None:
                from app.bootstrap_http import http_server

                make_api = http_server(http, settings=settings, vault=vault)
            companion = await stack.enter_async_context(open_companion(settings=settings, paths=paths, vault=vault))
            if make_api is not None:
                await stack.enter_async_context(make_api(companion))
            await companion.run()

    log_settings = settings.log
    with logging_to(
        folder=paths.logs,
        console=verbose,
        redactor=redactor,
        level=log_settings.level,
        max_mb=log_settings.max_mb,
        files=log_settings.files,
    ):
        run_headless(work)


async def examine(*, config: Path | None, data: Path | None, secrets: Path | None) -> "Report":
    """Look at everything, beside a companion that runs or without one; see :mod:`app.report.doctor`."""
    from app import bootstrap_doctor

    environ = process_environment()
    redactor = Redactor()
    return await bootstrap_doctor.examine(
        paths=find_paths(environ=environ, config=config, data=data),
        environ=environ,
        vault=open_vault(environ, redactor, secrets),
        mask=redactor,
    )
