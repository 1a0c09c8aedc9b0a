"""The reference POS: a complete passive POS on loopback, what the demo runs on and integrators read as the example.

::

    async with ReferencePos(port=0, data=None) as pos:
        pos.url, pos.api_key          # for an adapter
        pos.move("418774", "ready")   # a cook, without HTTP; scripts do the same by the control API
        pos.set_faults(till_closed=True)

:mod:`~app.sandbox.pos_till` holds its rules, :mod:`~app.sandbox.pos_http` its API (``/api/v1``, document at
``/openapi.json``), :mod:`~app.sandbox.pos_control` what people do by hand (``/control``). With ``data`` a restart has
the same orders, catalog changes and webhook address; faults and the journal belong to one run.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.faults import Gate
from app.sandbox.menu import superpizza
from app.sandbox.pos_catalog import Change, PosCatalog
from app.sandbox.pos_control import Journal, PosControl, PosFaults, shown
from app.sandbox.pos_forms import Hours, Online, OrderForm, Ticket, WebhookForm
from app.sandbox.pos_http import Desk, PosApi, answer_of
from app.sandbox.pos_openapi import openapi
from app.sandbox.pos_page import PosPage
from app.sandbox.pos_server import HOST, LoopbackServer
from app.sandbox.pos_store import TicketStore
from app.sandbox.pos_till import Till, TillTemper, status_word
from app.sandbox.pos_webhooks import WebhookSender

SANDBOX_KEY = "sandbox-pos-key"
"""The documented key of every sandbox POS; it opens nothing else."""


class ReferencePos:
    """The POS. All methods are called in the loop that runs it."""

    def __init__(
        self,
        *,
        port: int = 0,
        data: Path | None = None,
        api_key: str = SANDBOX_KEY,
        # a POS without idempotency exists too
        idempotent: bool = True,
    ) -> None:
        if data is not None:
            data.mkdir(parents=True, exist_ok=True)
        self.api_key = api_key
        self.journal = Journal()
        self._idempotent = idempotent
        self._faults = PosFaults()
        self._gate = Gate(self._faults)
        self._store = TicketStore(data / "pos.sqlite" if data else None)
        self._catalog = PosCatalog(restaurant=superpizza(), store=self._store)
        self.till = Till(store=self._store, catalog=self._catalog, on_event=self._happened)
        self._webhooks = WebhookSender(target=self._kept_webhook(), journal=self.journal)
        self._server = LoopbackServer(self._application(), port=port)
        self._outage: asyncio.Task[None] | None = None
        self._apply(self._faults)

    async def __aenter__(self) -> Self:
        """Listen. Raises ``OSError`` when the port is taken."""
        await self._webhooks.__aenter__()
        try:
            await self._server.start()
        except BaseException:
            await self._webhooks.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and let go of the file."""
        self._gate.close()
        if self._outage is not None:
            self._outage.cancel()
            await asyncio.gather(self._outage, return_exceptions=True)
        await self._server.stop()
        await self._webhooks.__aexit__(kind, error, trace)
        self._store.close()

    @property
    def port(self) -> int:
        """The port it listens at."""
        return self._server.port

    @property
    def url(self) -> str:
        """Base address, for an adapter."""
        return f"http://{HOST}:{self.port}"

    # what people at the till do and see

    def orders(self) -> list[dict[str, Any]]:
        """Every order, as ``GET /control/orders`` shows it."""
        return shown(self.till.everything())

    def order(self, name: str) -> Ticket:
        """An order by POS id or reference. Raises :class:`~app.sandbox.pos_forms.TillError`."""
        return self.till.look_up(name)

    def type_in(self, form: OrderForm) -> Ticket:
        """An order typed into the till. Raises :class:`~app.sandbox.pos_forms.TillError`."""
        return self.till.create(form, received_at=time.time(), origin="till")[0]

    def move(self, name: str, status: str, *, reason: str = "", minutes: int | None = None) -> Ticket:
        """Somebody moves an order; ``status`` in the till's words or Sinqro's. Raises ``TillError``."""
        ticket = self.till.look_up(name)
        word = status_word(status, ticket.kind)
        return self.till.change_status(ticket.id, word, reason=reason, minutes=minutes, by="till")

    def set_product(self, ident: str, change: Change) -> None:
        """Sold out, back again, another price. Raises ``TillError``."""
        self._catalog.change(ident, change)
        self._happened("catalog.changed", {"kind": "products", "id": ident, "version": self._catalog.version})

    @property
    def online(self) -> bool:
        """Whether the restaurant takes online orders."""
        return self.switch.online

    @property
    def switch(self) -> Online:
        """The switch for online orders; one that was off until a time that has passed is on."""
        switch = msgspec.json.decode(self._store.value("switch", '{"online":true}'), type=Online)
        over = switch.until is not None and switch.until <= datetime.now(UTC)
        return Online(online=True) if over else switch

    def set_online(self, online: bool, *, until: datetime | None = None, reason: str = "") -> None:
        """Turn online orders on or off."""
        switch = Online(online=online, until=None if online else until, reason="" if online else reason)
        if switch != self.switch:
            self._store.set_value("switch", msgspec.json.encode(switch).decode())
            self._happened("availability.changed", {"online": online})

    @property
    def hours(self) -> Hours:
        """The opening hours."""
        return msgspec.json.decode(self._store.value("hours", "{}"), type=Hours)

    def set_hours(self, hours: Hours) -> None:
        """Keep other opening hours."""
        if hours != self.hours:
            self._store.set_value("hours", msgspec.json.encode(hours).decode())
            self._happened("schedule.changed", {"timezone": hours.timezone})

    def set_webhook(self, target: WebhookForm) -> None:
        """Tell of changes there from now on. Raises ``TillError`` for a bad secret."""
        self._webhooks.set_target(target)
        self._store.set_value("webhook", msgspec.json.encode(target).decode())

    # misbehaviour

    @property
    def faults(self) -> PosFaults:
        """The present faults."""
        return self._faults

    def set_faults(self, **faults: Any) -> None:
        """Replace the faults by these (names of :class:`PosFaults`); none ends them."""
        self._apply(PosFaults(**faults))

    async def go_off(self) -> None:
        """Nothing listens at the port any more; what the till knows stays."""
        await self._server.stop()

    async def come_back(self) -> None:
        """Listen again, at the same port."""
        await self._server.start()

    # inside

    def _apply(self, faults: PosFaults) -> None:
        self._faults = self._gate.faults = faults
        self.till.temper = TillTemper(
            closed=faults.till_closed,
            idempotent=self._idempotent and not faults.not_idempotent,
            ignore_cancel=faults.ignore_cancel,
            forgotten=frozenset(faults.forget),
        )
        self._webhooks.duplicates = faults.duplicate_webhooks
        if faults.refuse_connections > 0 and (self._outage is None or self._outage.done()):
            self._outage = asyncio.create_task(self._be_off(faults.refuse_connections), name="pos-outage")

    async def _be_off(self, seconds: float) -> None:
        await asyncio.sleep(0.05)  # the request that asked for it is answered first
        await self._server.stop()
        await asyncio.sleep(seconds)
        await self._server.start()

    async def _set_faults(self, faults: PosFaults) -> None:
        self.journal("faults", faults=msgspec.to_builtins(faults))
        self._apply(faults)

    def _happened(self, event: str, data: dict[str, Any]) -> None:
        self.journal(event, **{name: value for name, value in data.items() if name != "kind"})
        self._webhooks.send(event, data)

    def _kept_webhook(self) -> WebhookForm:
        return msgspec.json.decode(self._store.value("webhook", '{"url": ""}'), type=WebhookForm)

    def _application(self) -> Starlette:
        desk = Desk(
            till=self.till,
            catalog=self._catalog,
            switch=lambda: self.switch,
            set_switch=lambda switch: self.set_online(switch.online, until=switch.until, reason=switch.reason),
            hours=lambda: self.hours,
            set_hours=self.set_hours,
            set_webhook=self.set_webhook,
            webhook=lambda: self._webhooks.target,
        )
        api = PosApi(desk=desk, api_key=self.api_key, gate=self._gate, journal=self.journal)
        control = PosControl(
            desk=desk,
            journal=self.journal,
            faults=lambda: self._faults,
            set_faults=self._set_faults,
            set_product=self.set_product,
            calls=frozenset(call.name for call in api.calls),
        )
        pages = PosPage(
            desk=desk,
            faults=lambda: self._faults,
            set_faults=self._set_faults,
            set_product=self.set_product,
            calls=control.calls,
            api_key=self.api_key,
        )
        document = openapi(api.calls)

        async def description(request: Request) -> Response:
            return answer_of(document)

        described = Route("/openapi.json", description)
        return Starlette(routes=[*api.routes(), *control.routes(), *pages.routes(), described])


async def serve(
    *, port: int, data: Path | None, api_key: str = SANDBOX_KEY, ready: Callable[[ReferencePos], None] | None = None
) -> None:
    """Run a reference POS until cancelled; ``ready`` is called once it listens. Raises ``OSError`` for a taken port."""
    async with ReferencePos(port=port, data=data, api_key=api_key) as pos:
        if ready is not None:
            ready(pos)
        await asyncio.Event().wait()
