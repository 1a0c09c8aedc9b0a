"""What the doctor looks at: the same configuration, vault, adapters and ledger that the companion would use.

Part of the composition root; loaded by the command alone. Everything works beside a running companion: the ledger is
read, the POS is asked for its health, Sinqro's hosts for their front page. The link is left alone: a second one would
take the place of the first.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app import __version__
from app.bootstrap import (
    NOTIFICATION_SECRET,
    USER_AGENT,
    USER_TOKEN,
    Secrets,
    check_machine,
    load_settings,
)
from app.bootstrap_pos import make_adapter, webhook_secret
from app.domain.errors import ConfigurationError, PosUnreachable, VaultError
from app.infra import probe
from app.infra.ledger_beside import ledger_beside
from app.infra.paths import Paths
from app.infra.settings import SellingPointSettings, Settings
from app.infra.single_instance import AlreadyRunning, SingleInstance
from app.link.clock import ClockOffset
from app.link.urls import is_loopback
from app.link.wire import load_wire
from app.ports.vault import Vault
from app.report import doctor
from app.report.doctor import Check, Line, Report, failed, ok, unknown, warning
from app.report.doctor_opening import of_opening

_SPACE = 200 * 1024 * 1024
"""Bytes of disk below which somebody should make room: the ledger of a year is a tenth of it."""


async def examine(
    *,
    paths: Paths,
    environ: Mapping[str, str],
    vault: Vault,
    mask: Callable[[str], str],
    limit: float = doctor.LIMIT,
) -> Report:
    """Look at everything; never raises for what it finds. ``limit``: seconds for each check."""
    settings, configuration = _configuration(paths, environ)
    running, program = await asyncio.to_thread(_program, paths)
    checks = [Check("configuration", _known(configuration)), Check("program", _known(program))]
    if settings is None:
        checks.append(Check("vault", lambda: doctor.of_vault(vault, ())))
        checks += [
            Check(name, _known([unknown(name, "The configuration must be mended first.")]))
            for name in ("Sinqro", "clock", "POS", "receiver")
        ]
    else:
        checks += _of_settings(settings, vault, paths, running=running)
    points = settings.here if settings is not None else ()
    checks.append(Check("ledger", lambda: asyncio.to_thread(_ledger, paths.ledger, points, running)))
    return await doctor.run(checks, version=__version__, at=datetime.now(UTC), mask=mask, limit=limit)


def _known(lines: Sequence[Line]) -> Callable[[], Awaitable[Sequence[Line]]]:
    async def look() -> Sequence[Line]:
        return lines

    return look


def _of_settings(settings: Settings, vault: Vault, paths: Paths, *, running: bool) -> list[Check]:
    secrets = Secrets(vault=vault, settings=settings, table=load_wire())
    names = [settings.secret(name) for name in (USER_TOKEN, NOTIFICATION_SECRET)] if settings.current.paired else []
    return [
        Check("vault", lambda: doctor.of_vault(vault, names)),
        Check("Sinqro", lambda: _sinqro(settings, running=running)),
        *(Check(f"POS {point.id}", lambda point=point: _pos(point, secrets, paths)) for point in settings.here),  # type: ignore[misc]
        Check("receiver", lambda: _receiver(settings, vault, paths, running=running)),
    ]


def _configuration(paths: Paths, environ: Mapping[str, str]) -> tuple[Settings | None, list[Line]]:
    try:
        settings = load_settings(paths, environ)
    except ConfigurationError as exc:
        return None, [doctor.of_error("configuration", exc)]
    points = len(settings.here)
    if not paths.config.exists():
        return settings, [ok("configuration", f"{paths.config} is not there yet: everything is as it comes.")]
    says = f"{paths.config}: Sinqro's {settings.environment.value}, {points} selling point{'' if points == 1 else 's'}."
    lines = [ok("configuration", says)]
    if settings.current.paired and not points:
        lines = [warning("configuration", says, "Pair again, or add [[selling_points]]: without one no order comes.")]
    try:
        check_machine(settings)
    except ConfigurationError as exc:
        lines.append(doctor.of_error("configuration", exc))
    return settings, lines


def _program(paths: Paths) -> tuple[bool, list[Line]]:
    """Whether a companion works on this data folder: whoever gets the lock knows that none does."""
    not_running = warning("program", "The companion is not running.", "Start it: sinqro-companion run.")
    if not (paths.data / "lock").exists():
        return False, [not_running]
    try:
        with SingleInstance(folder=paths.data):
            return False, [not_running]
    except AlreadyRunning as exc:
        return True, [ok("program", exc.message)]
    except ConfigurationError as exc:
        return False, [doctor.of_error("program", exc)]


async def _sinqro(settings: Settings, *, running: bool) -> list[Line]:
    here = settings.current
    lines = []
    if not here.paired:
        todo = "Let Sinqro show a pairing code for your restaurant, then: sinqro-companion pair CODE"
        lines.append(failed("Sinqro", "This computer is not paired with Sinqro.", todo))
    offset = ClockOffset()
    addresses = (here.base_url, here.link_url, here.notification_url)
    origins = list(dict.fromkeys(origin for address in addresses if (origin := probe.origin_of(address))))
    try:
        found = await probe.look_at(origins, offset=offset, user_agent=USER_AGENT)
    except ConfigurationError as exc:
        return [*lines, doctor.of_error("Sinqro", exc), doctor.of_clock(None)]
    return [*lines, *(_host(seen, running=running) for seen in found), doctor.of_clock(offset.value)]


def _host(seen: probe.Seen, *, running: bool) -> Line:
    if seen.why:
        todo = "Is this computer on the internet? A firewall or a proxy may stand between."
        return failed("Sinqro", f"{seen.host}: {seen.why}.", todo)
    if seen.status >= 500:
        says = f"{seen.host} answers with error {seen.status}."
        return warning("Sinqro", says, "Wait: the companion tries again by itself.")
    where = "its window shows whether the link is up" if running else "the token is tried when the companion starts"
    return ok("Sinqro", f"{seen.host} answers; {where}.")


async def _pos(point: SellingPointSettings, secrets: Secrets, paths: Paths) -> list[Line]:
    check = f"POS {point.id}"
    if point.pos is None:
        todo = 'Add it to the selling point in the configuration: pos = { adapter = "...", url = "..." }'
        return [warning(check, "No POS is set up: orders stay in the companion.", todo)]
    url = point.pos.url
    try:
        async with await make_adapter(point, secrets.get, paths) as pos:
            health = await pos.health()
    except VaultError as exc:
        return [unknown(check, f"Its secrets cannot be read: {exc.message}")]
    except PosUnreachable as exc:
        todo = f"Is the POS switched on, and is {url} its address?"
        return [failed(check, exc.message, exc.hint or todo)]
    plain = urlsplit(url).scheme == "http" and not is_loopback(url)
    return doctor.of_pos(check, health, url=url, plain=plain)


async def _receiver(settings: Settings, vault: Vault, paths: Paths, *, running: bool) -> list[Line]:
    receiver = settings.receiver
    if not receiver.enabled:
        return [ok("receiver", "Off: the POS is asked regularly instead.")]
    lines = []
    for point in settings.here:
        secret = webhook_secret(point, paths) if point.webhook_secret_required else None
        if secret is not None and await _lacks(vault, secret):
            said = f"The POS of {point.id} cannot tell of changes: {secret} is not in the vault."
            lines.append(warning("receiver", said, f"sinqro-companion secret set {secret}"))
    where = f"{receiver.host}:{receiver.port}"
    if not receiver.port:
        return [*lines, ok("receiver", "It listens on any free port: the log names it.")]
    if running:
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(receiver.host, receiver.host)  # noqa: S104 - no binding
        if await probe.listens(reached, receiver.port):
            return [*lines, ok("receiver", f"It listens on {where}.")]
        todo = "Start the companion anew; its log says why it does not listen."
        return [*lines, failed("receiver", f"Nobody listens on {where}.", todo)]
    if await asyncio.to_thread(probe.can_listen, receiver.host, receiver.port):
        return [*lines, ok("receiver", f"{where} is free for it.")]
    todo = "Choose another port: [receiver] port in the configuration, and in the POS."
    return [*lines, failed("receiver", f"Another program uses {where}.", todo)]


async def _lacks(vault: Vault, name: str) -> bool:
    try:
        return await vault.get(name) is None
    except VaultError:
        return False  # the vault's own line says it


def _ledger(path: Path, points: Sequence[SellingPointSettings], running: bool) -> list[Line]:
    lines = []
    there = next(folder for folder in path.parents if folder.exists())
    free = shutil.disk_usage(there).free
    if free < _SPACE:
        says = f"Only {free // 2**20} MB are free on the disk of {there}."
        lines.append(warning("ledger", says, "Make room: without it no order can be taken."))
    for aside in sorted(path.parent.glob(f"{path.name}.corrupt-*")):
        if not aside.name.endswith(("-wal", "-shm")):
            todo = "Check the disk. When all orders of that day are settled, the file may go."
            lines.append(warning("ledger", f"A damaged ledger was set aside: {aside.name}.", todo))
    if not path.exists():
        return [*lines, ok("ledger", f"{path} is not there yet: the first start makes it.")]
    with ledger_beside(path) as view:
        size = path.stat().st_size / 2**20
        now = datetime.now(UTC)
        return [
            *lines,
            ok("ledger", f"{path} is sound ({size:.1f} MB)."),
            *(of_opening(view, point.id, point.timezone, now, running=running) for point in points),
            *doctor.of_ledger(view, running=running),
        ]
