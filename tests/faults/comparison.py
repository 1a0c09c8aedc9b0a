"""Three sides of an evening compared: Sinqro, the POS, the companion's ledger. Returns faults in words, for a test."""

from collections.abc import Iterable, Iterator

from app.domain.record import Mark, OrderRecord
from app.domain.status import OFF, Injection, Status
from app.sandbox.evening import RACE
from app.sandbox.evening_board import OURS
from app.sandbox.pos_forms import DONE, Ticket
from app.sandbox.sinqro_state import SinqroOrder
from tests.helpers.program import Place

BY_HAND = frozenset({Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND, Mark.CHANGE_BY_HAND})
"""Marks that ask a person: nothing here may need one."""


def faults(place: Place, ids: Iterable[int | str], *, explained: frozenset[Injection] = frozenset()) -> list[str]:
    """What is wrong with these orders, one line for each fault; an empty list when all is as promised.

    Every order must be final at Sinqro and in the POS, once, with the same outcome on all sides, and nothing left for a
    person but this: the till cannot void or edit what is paid, so what was cancelled or edited while the till closed it
    is left to people, and marked so. ``explained``: injections that may keep an order out of the POS.
    """
    found = []
    for ident in ids:
        order = place.sinqro.order(ident)
        if order is None or order.placed_at is None:
            found.append(f"{ident}: never placed")
            continue
        about = _Sides(order, place.tickets(ident), place.program.record(ident), explained)
        found += [f"{ident} ({order.type}): {fault}; {about}" for fault in about.faults()]
    return found


class _Sides:
    def __init__(
        self, order: SinqroOrder, tickets: list[Ticket], record: OrderRecord | None, explained: frozenset[Injection]
    ) -> None:
        self.order = order
        self.tickets = tickets
        self.record = record
        self.explained = explained

    def __str__(self) -> str:
        tickets = ", ".join(f"{ticket.id} {ticket.status.value}" for ticket in self.tickets) or "nothing"
        ledger = "nothing"
        if self.record is not None:
            ledger = f"{self.record.status.value} {self.record.injection.value} {self.record.pos_order_id}"
            ledger += f" {sorted(self.record.marks)}"
        return f"Sinqro {self.order.status}, POS {tickets}, ledger {ledger}"

    def faults(self) -> Iterator[str]:
        record = self.record
        if record is None:
            yield "LOST: not in the ledger"
            return
        if len(self.tickets) > 1:
            yield "DOUBLED"
        cancelled = self.order.cancel_answered_at
        if cancelled is not None and any(ticket.received_at > cancelled + RACE for ticket in self.tickets):
            yield "INJECTED AFTER ITS CANCELLATION"
        if not record.status.final:
            yield "not final in the ledger"
        if self.order.status != record.status.value and not self._cancelled_after_completion(record):
            yield "Sinqro and ledger differ"
        if self.tickets and self._paid_and_cancelled(record, self.tickets[0]):
            if record.marks & BY_HAND != {Mark.CANCEL_BY_HAND}:
                yield "paid and cancelled, and nobody is told"
            return
        if record.marks & BY_HAND and not self._paid_before_the_edit(record):
            yield "left to a person"
        if self.tickets:
            yield from self._with_ticket(record, self.tickets[0])
        elif record.status not in OFF and record.injection not in self.explained:
            yield "LOST: not in the POS"
        elif record.injection not in {Injection.WITHDRAWN, *self.explained}:
            yield "nothing in the POS, and the ledger says otherwise"

    def _cancelled_after_completion(self, record: OrderRecord) -> bool:
        """Final against final at the same time: each side keeps its own first one, and staff are told of the refund."""
        refunded = record.status is Status.COMPLETED and Mark.REFUNDED in record.marks
        return refunded and self.order.status == Status.CANCELLED

    def _paid_before_the_edit(self, record: OrderRecord) -> bool:
        """The till takes no edit of what is paid: people are told, and nobody else can do anything."""
        paid = bool(self.tickets) and self.tickets[0].status in DONE
        return paid and record.marks & BY_HAND == {Mark.CHANGE_BY_HAND}

    @staticmethod
    def _paid_and_cancelled(record: OrderRecord, ticket: Ticket) -> bool:
        return record.status is Status.CANCELLED and ticket.status in DONE

    def _with_ticket(self, record: OrderRecord, ticket: Ticket) -> Iterator[str]:
        if OURS[ticket.status] is not record.status:
            yield "POS and ledger differ"
        if record.pos_order_id != ticket.id:
            yield "the ledger has another POS id"
        if record.injection not in (Injection.INJECTED, Injection.WITHDRAWN):
            yield "in the POS, and the ledger says otherwise"
        if record.injection is Injection.INJECTED and self.order.pos_order_id != ticket.id:
            yield "Sinqro was not told the POS's id"
