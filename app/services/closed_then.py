"""Orders that are wanted when the restaurant is closed: pointed out at once, until somebody keeps them."""

from datetime import datetime

from app.domain.opening import opening_at
from app.domain.record import Mark, OrderRecord
from app.domain.status import Status
from app.ports.ledger import LedgerTransaction, LedgerView
from app.services.hours import schedule_of
from app.services.outlet import Outlet


def meets_closing(view: LedgerView, outlet: Outlet, record: OrderRecord, now: datetime) -> bool:
    """Whether the order is wanted when nobody is open for it. An order that is being made is no question any more."""
    at = record.execution_at
    if at is None or at <= now or record.status not in (Status.PENDING, Status.ACCEPTED) or record.status.final:
        return False
    schedule, _ = schedule_of(view, outlet)
    return not opening_at(view.closings(outlet.id), schedule, at, record.type, record.channel).open


def marked(view: LedgerView, outlet: Outlet, record: OrderRecord, now: datetime) -> OrderRecord:
    """The record with the mark as it must be. One that staff keep stays without until it was open again."""
    if not meets_closing(view, outlet, record, now):
        return record.unmarked(Mark.CLOSED_THEN, Mark.KEPT_THOUGH_CLOSED)
    return record if Mark.KEPT_THOUGH_CLOSED in record.marks else record.marked(Mark.CLOSED_THEN)


def mark_all(tx: LedgerTransaction, outlet: Outlet, now: datetime) -> None:
    """Closings or hours changed: look at every open order again."""
    for record in tx.open_orders(outlet.id):
        looked = marked(tx, outlet, record, now)
        if looked != record:
            tx.put_order(looked)
