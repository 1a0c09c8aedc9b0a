"""What everything on the screens is made from: one frozen value, built from the ledger and the outlets."""

from datetime import datetime

import msgspec

from app.domain.availability import Busy, Closing, Proof
from app.domain.record import OrderRecord
from app.domain.schedule import Schedule
from app.link.state import LinkState
from app.ports.ledger import Ledger, LedgerView
from app.ports.pos import Capability
from app.ports.sinqro import Role
from app.services.busy import busy_of
from app.services.hours import schedule_of
from app.services.mirrors import Mirrors
from app.services.outlet import Outlet
from app.services.sheets import OrderSheet, SheetBook


class OutletSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One selling point."""

    id: str
    name: str
    role: Role
    taken_by: str
    at_work: bool
    pos_ok: bool | None
    till_open: bool
    pos_message: str
    endpoint_stopped: str
    outbox: int
    """Notifications that Sinqro does not have yet."""
    orders: tuple[OrderRecord, ...]
    """Orders that still want something, oldest first."""
    sheets: tuple[OrderSheet, ...] = ()
    """What their texts say, in the same order."""
    unsent: frozenset[str] = frozenset()
    """Ids of those of them that Sinqro does not know the newest of yet."""
    closings: tuple[Closing, ...] = ()
    """Why it is or will be closed."""
    schedule: Schedule = Schedule()
    schedule_source: str = "tray"
    """Who keeps the hours: ``pos`` (then the tray only shows them) or ``tray``."""
    proof: Proof = Proof()
    """Whether Sinqro shows the closings as they are here."""
    schedule_proof: Proof = Proof()
    """Whether Sinqro shows the hours as they are here."""
    busy: Busy | None = None
    timezone: str = "Europe/Madrid"
    can_skip_print: bool = False
    """Whether its POS takes an order without a kitchen ticket."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The whole companion at one moment."""

    at: datetime
    environment: str
    link: LinkState
    clock_offset_seconds: float | None
    outlets: tuple[OutletSnapshot, ...]


async def take(
    *,
    outlets: dict[str, Outlet],
    ledger: Ledger,
    link: LinkState,
    environment: str,
    book: SheetBook,
    mirrors: Mirrors,
    clock_offset_seconds: float | None,
    now: datetime,
) -> Snapshot:
    """Read it all, in one read of the ledger."""

    def read(view: LedgerView) -> tuple[OutletSnapshot, ...]:
        taken = tuple(_outlet(view, outlet, book, mirrors) for outlet in outlets.values())
        book.keep_only({record.key for outlet in taken for record in outlet.orders})
        return taken

    return Snapshot(
        at=now,
        environment=environment,
        link=link,
        clock_offset_seconds=clock_offset_seconds,
        outlets=await ledger.read(read),
    )


def _outlet(view: LedgerView, outlet: Outlet, book: SheetBook, mirrors: Mirrors) -> OutletSnapshot:
    schedule, source = schedule_of(view, outlet)
    orders = tuple(view.open_orders(outlet.id))
    outbox = view.outbox_size(outlet.id)
    return OutletSnapshot(
        id=outlet.id,
        name=outlet.selling_point.name,
        role=outlet.role,
        taken_by=outlet.taken_by,
        at_work=outlet.at_work,
        pos_ok=outlet.pos_ok,
        till_open=outlet.till_open,
        pos_message=outlet.pos_message,
        endpoint_stopped=outlet.endpoint_stopped,
        outbox=outbox,
        orders=orders,
        sheets=book.sheets(view, orders, outlet.selling_point.zone),
        unsent=frozenset(record.order_id for record in orders if outbox and view.undelivered(record.key)),
        closings=tuple(view.closings(outlet.id)),
        schedule=schedule,
        schedule_source=source,
        proof=mirrors.availability.proof(view, outlet.id),
        schedule_proof=mirrors.schedule.proof(view, outlet.id),
        busy=busy_of(view, outlet.id),
        timezone=outlet.selling_point.timezone,
        can_skip_print=outlet.can(Capability.ORDER_NO_PRINT),
    )
