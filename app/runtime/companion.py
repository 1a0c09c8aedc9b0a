"""The companion at work: all services wired on the ports they are given, started and ended together.

The same graph serves the tray, ``serve`` and the demo; who gives the ports is :mod:`app.bootstrap`.

Start: leases of the process before us end, attempts it left open become due; then the link, the due rows, the outbox
and one poller for each POS run until :meth:`Companion.stop`. Sinqro's word on who is in charge comes with each hello;
taking charge begins with catching up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from app.domain.errors import LedgerError
from app.domain.record import DueKind, Mark, OrderKey, OrderRecord
from app.domain.selling_point import SellingPoint
from app.domain.status import Injection, Status
from app.link.clock import ClockOffset
from app.link.state import LinkState
from app.link.wire import Wire
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from app.ports.pos import PosAdapter, PosWebhook
from app.ports.sinqro import LinkHandler, NotificationSender, SellingPointRole, SinqroCalls
from app.runtime.supervisor import Supervisor
from app.services import snapshot
from app.services.availability import AvailabilityService
from app.services.bells import Bells
from app.services.catalog_door import CatalogDoor
from app.services.catch_up import CatchUp
from app.services.charge import Charge
from app.services.due import DueService
from app.services.injection import InjectionService
from app.services.intake import Intake
from app.services.menus import MenuReader
from app.services.mirrors import Mirrors
from app.services.notifier import Notifier
from app.services.outgoing import tell_status
from app.services.outlet import Outlet
from app.services.pos_follow import PosFollow
from app.services.relay import StatusRelay
from app.services.schedules import ScheduleService
from app.services.sheets import OrderStory, SheetBook
from app.services.snapshot import Snapshot
from app.services.staff import Staff

log = logging.getLogger(__name__)

_LEDGER_AGAIN = 5.0
"""Seconds until work goes on after the ledger could not be written."""


class Link(SinqroCalls, Protocol):
    """The link's client as the companion runs it."""

    @property
    def state(self) -> LinkState:
        """How the link is."""
        ...

    async def run(self) -> None:
        """Keep the link for ever."""
        ...

    async def bye(self, reason: str, expected_back: datetime | None = None) -> None:
        """Take leave."""
        ...

    def reconnect_now(self) -> None:
        """Connect anew at once."""
        ...


class Companion(LinkHandler):
    """One installation."""

    def __init__(
        self,
        *,
        # what it serves
        points: list[tuple[SellingPoint, PosAdapter]],
        environment: str,
        installation_id: str,
        device_name: str,
        version: str,
        table: Wire,
        # the ports
        ledger: Ledger,
        sender: NotificationSender,
        clock: Clock,
        offset: ClockOffset,
        make_link: Callable[[LinkHandler], Link],
        # whom it tells
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        self.environment = environment
        self.outlets = {point.id: Outlet(selling_point=point, pos=pos, wire=table) for point, pos in points}
        self._installation_id = installation_id
        self._device_name = device_name
        self._version = version
        self._table = table
        self._ledger = ledger
        self._clock = clock
        self._offset = offset
        self._bells = Bells()
        self._bells.on_change = on_change
        self._stopping = asyncio.Event()
        self._book = SheetBook()
        self.link = make_link(self)
        self.receiver_url = ""
        """Where the POS posts its webhooks to (plus the selling point); empty while the receiver is off."""

        common: dict[str, Any] = {"outlets": self.outlets, "ledger": ledger, "clock": clock, "bells": self._bells}
        self._injection = InjectionService(sinqro=self.link, **common)
        self._follow = PosFollow(outlets=self.outlets, ledger=ledger, clock=clock, under_way=self._injection.under_way)
        self.catalog = CatalogDoor(sinqro=self.link, **common)
        self.menus = MenuReader(outlets=self.outlets, catalog=self.catalog)
        self._mirrors = Mirrors(sinqro=self.link, catalog=self.catalog, **common)
        self.availability = AvailabilityService(
            mirror=self._mirrors.availability, preparation=self._mirrors.preparation, **common
        )
        self.schedules = ScheduleService(mirror=self._mirrors.schedule, **common)
        venue: dict[str, Any] = {"availability": self.availability, "schedules": self.schedules}
        self._due = DueService(handlers=self._handlers(), **common)
        self._relay = StatusRelay(**venue, **common)
        self._bells.on_pos_back = self._relay.pos_back
        self._charge = Charge(
            outlets=self.outlets,
            sinqro=self.link,
            catch_up=CatchUp(sinqro=self.link, **venue, **common),
            clock=clock,
            bells=self._bells,
            reconnect=self.link.reconnect_now,
        )
        self._notifier = Notifier(
            sender=sender,
            sinqro=self.link,
            offset=offset,
            installation_id=installation_id,
            on_superseded=self._charge.superseded,
            **common,
        )
        self._intake = Intake(
            due=self._due,
            injection=self._injection,
            availability=self.availability,
            catalog=self.catalog,
            menus=self.menus,
            **common,
        )
        self.staff = Staff(injection=self._injection, **common)

    # life

    async def run(self) -> None:
        """Work until :meth:`stop` or cancellation."""
        await self._ledger.write(self._recover)
        async with Supervisor(clock=self._clock) as supervisor:
            supervisor.start("link", self.link.run)
            supervisor.start("due", self._patient(self._due.run))
            supervisor.start("outbox", self._patient(self._notifier.run))
            supervisor.start("charge", self._patient(self._charge.run))
            supervisor.start("menus", self.menus.run)
            supervisor.start("mirrors", self._patient(self._mirrors.run))
            for outlet in self.outlets.values():
                supervisor.start(f"pos {outlet.id}", self._patient(partial(self._relay.run, outlet)))
            try:
                await self._stopping.wait()
            finally:
                await self._leave()

    def _patient(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Work that outlives a ledger that cannot be written for a while (a full disk): no bug, no reason to end."""

        async def run() -> None:
            while True:
                try:
                    await work()
                except* LedgerError as group:
                    log.error("%s", group.exceptions[0])
                await self._clock.sleep(_LEDGER_AGAIN)

        return run

    def stop(self) -> None:
        """Ask :meth:`run` to end; called in the loop."""
        self._stopping.set()

    async def _leave(self) -> None:
        """Nothing new begins; what is on its way to the POS gets a moment to end; Sinqro hears a bye."""
        for outlet in self.outlets.values():
            outlet.caught_up = False
        try:
            async with asyncio.timeout(3):
                await self._injection.quiet()
        except TimeoutError:
            log.info("leaving with an attempt under way: it is looked up at the next start")
        await self.link.bye("quit")

    def _recover(self, tx: LedgerTransaction) -> None:
        now = self._clock.now()
        tx.recover_leases(now)
        self._notifier.backlog = tx.outbox_size()
        for record in tx.open_orders():
            if record.injection is Injection.INJECTING:
                tx.set_due(DueKind.INJECT, record.key, now)

    # what is due

    def _handlers(self) -> dict[DueKind, Callable[[OrderKey], Any]]:
        def follow(kind: DueKind) -> Callable[[OrderKey], Any]:
            return lambda key: self._follow.handle(kind, key)

        return {
            DueKind.INJECT: self._injection.handle,
            DueKind.POS_STATUS: follow(DueKind.POS_STATUS),
            DueKind.POS_UPDATE: follow(DueKind.POS_UPDATE),
            DueKind.WITHDRAW: follow(DueKind.WITHDRAW),
            DueKind.ACCEPT_DEADLINE: lambda key: self._ledger.write(lambda tx: self._deadline(tx, key)),
            DueKind.ALARM: lambda key: self._ledger.write(lambda tx: self._alarm(tx, key)),
            DueKind.AVAILABILITY: self.availability.handle_due,
            DueKind.SOLD_OUT: self.catalog.handle_due,
        }

    def _deadline(self, tx: LedgerTransaction, key: OrderKey) -> None:
        tx.clear_due(key, DueKind.ACCEPT_DEADLINE)
        record = tx.order(key)
        if record is not None and record.status is Status.PENDING:
            tx.put_order(record.marked(Mark.LATE))

    def _alarm(self, tx: LedgerTransaction, key: OrderKey) -> None:
        """A scheduled order is due: it counts as an ordinary one from now on, and rings again."""
        tx.clear_due(key, DueKind.ALARM)
        record = tx.order(key)
        if record is not None and not record.status.final:
            record = record.with_(scheduled=False)
            again = self.outlets[key.selling_point].selling_point.confirm_twice
            if record.channel in again and record.status is Status.ACCEPTED:
                record = tell_status(tx, record, self._clock.now())
            if record.injection is Injection.STORED and not record.injection_code:  # perhaps taken a moment ago
                tx.set_due(DueKind.INJECT, key, self._clock.now())
            tx.put_order(record)

    # the link

    def hello(self) -> dict[str, Any]:
        capabilities = {name: sorted(outlet.pos.capabilities) for name, outlet in self.outlets.items()}
        return {
            "companionVersion": self._version,
            "contractVersion": self._table.link.contract_version,
            "installationId": self._installation_id,
            "deviceName": self._device_name,
            "sellingPointIds": list(self.outlets),
            "capabilities": capabilities,
            "unacknowledged": self._notifier.backlog,
        }

    async def opened(self, roles: list[SellingPointRole]) -> None:
        self._charge.assign(roles)
        self._notifier.wake()

    def alive(self) -> None:
        self._notifier.alive()

    def closed(self, why: str) -> None:
        for outlet in self.outlets.values():
            self._bells.changed(outlet.id)

    async def request(self, method: str, params: bytes) -> Any:
        return await self._intake.request(method, params)

    async def quarantine(self, raw: bytes, reason: str) -> None:
        """Keep a frame that is no request."""
        await self._intake.quarantine(raw, reason)

    async def take_over(self, selling_point: str) -> None:
        """A person makes this installation the one in charge. Raises ``SinqroError``."""
        await self._charge.take_over(selling_point)

    # the POS

    async def pos_webhook(self, hint: PosWebhook) -> None:
        """The POS says that something changed: kept in the ledger before it is answered, then polled."""
        stamp = self._clock.now().isoformat()
        await self._ledger.write(lambda tx: tx.set_value(f"pos-hint/{hint.selling_point}", stamp))
        if hint.event == "catalog.changed":
            self.menus.want(hint.selling_point)
        else:
            self._relay.hint(hint.selling_point)

    # the screens

    async def orders(self, since: datetime) -> list[OrderRecord]:
        """All orders received since, oldest first."""
        return await self._ledger.read(lambda view: view.orders_since(since))

    async def snapshot(self) -> Snapshot:
        """Everything the screens show, as it is now."""
        offset = self._offset.value
        return await snapshot.take(
            outlets=self.outlets,
            ledger=self._ledger,
            link=self.link.state,
            environment=self.environment,
            book=self._book,
            mirrors=self._mirrors,
            clock_offset_seconds=None if offset is None else offset.total_seconds(),
            now=self._clock.now(),
        )

    async def story(self, key: OrderKey) -> OrderStory | None:
        """One order, open or not, with its history; ``None`` when there is none."""
        outlet = self.outlets[key.selling_point]

        def read(view: LedgerView) -> OrderStory | None:
            record = view.order(key)
            if record is None:
                return None
            return OrderStory(
                record=record,
                sheet=self._book.sheet(view, record, outlet.selling_point.zone),
                history=tuple(view.history(key)),
                unsent=len(view.undelivered(key)),
            )

        return await self._ledger.read(read)

    async def reconnect(self) -> None:
        """A person does not want to wait for the next try of the link."""
        self.link.reconnect_now()

    async def look_at_sinqro(self, selling_point: str) -> None:
        """A person does not want to wait for the next look at what Sinqro shows, nor for the outbox."""
        self._mirrors.hurry(selling_point)
        self._notifier.wake()

    async def look_at_pos(self, selling_point: str) -> None:
        """A person does not want to wait for the next look at the POS."""
        self._relay.hint(selling_point)
