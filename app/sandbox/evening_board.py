"""What Sinqro and the POS show of an order, side by side, and waiting until they do."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from app.domain.record import OrderRecord
from app.domain.status import OrderType, Status, ladder
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_forms import PosStatus, Ticket
from app.sandbox.sinqro import SinqroSandbox

LOOK_EVERY = 0.02
"""Seconds between two looks at what changed in the POS."""
MOST_CHANGES = 500

OURS = {
    PosStatus.HELD: Status.PENDING,
    PosStatus.OPEN: Status.ACCEPTED,
    PosStatus.PREPARING: Status.IN_PREPARATION,
    PosStatus.READY: Status.READY,
    PosStatus.OUT: Status.DISPATCHED,
    PosStatus.CLOSED: Status.COMPLETED,
    PosStatus.REQUESTED: Status.PENDING,
    PosStatus.CONFIRMED: Status.ACCEPTED,
    PosStatus.SEATED: Status.SEATED,
    PosStatus.FINISHED: Status.COMPLETED,
    PosStatus.REFUSED: Status.REJECTED,
    PosStatus.VOID: Status.CANCELLED,
    PosStatus.NO_SHOW: Status.NO_SHOW,
}
"""The till's words in ours."""


class StaffDesk(Protocol):
    """What staff do in the tray. Raises where it cannot be done now: the order is not there, or already final."""

    async def accept(self, selling_point: str, order_id: str, minutes: int | None = None) -> None:
        """Accept, promising ``minutes`` of preparation."""
        ...

    async def reject(self, selling_point: str, order_id: str, reason: str, comment: str = "") -> None:
        """Reject; ``reason`` is a word of :class:`~app.domain.status.RejectReason`."""
        ...

    async def move(self, selling_point: str, order_id: str, status: Status) -> None:
        """Move on to a later status, ``no_show`` included."""
        ...

    async def cancel(self, selling_point: str, order_id: str, reason: str, comment: str = "") -> None:
        """Cancel after it was accepted; ``reason`` as for :meth:`reject`."""
        ...

    async def orders(self) -> list[OrderRecord]:
        """The companion's ledger."""
        ...


class Board:
    """Both sides of every order. ``watch`` must run for the POS's side to be seen."""

    def __init__(self, *, sinqro: SinqroSandbox, pos: ReferencePos) -> None:
        self.sinqro = sinqro
        self.pos = pos
        self.tickets: dict[str, Ticket] = {}
        """The POS's orders by Sinqro's id, the newest of each."""
        self._cursor = pos.till.open_orders().cursor

    async def watch(self) -> None:
        """Follow the POS until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Take over what changed in the POS."""
        more = True
        while more:
            page = self.pos.till.since(self._cursor, MOST_CHANGES)
            self._cursor, more = page.cursor, page.more
            for ticket in page.orders:
                if ticket.reference:
                    self.tickets[ticket.reference] = ticket
                    self.sinqro.state.wake(ticket.reference)

    async def wait(self, order_id: str, done: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``done`` holds, looking again whenever either side changed this order; ``False``: it did not."""
        return await self.sinqro.state.wait(done, timeout, order_id)

    def in_pos(self, order_id: str) -> Status | None:
        """The POS's status in our words; ``None`` while the POS does not have the order."""
        ticket = self.tickets.get(order_id)
        return None if ticket is None else OURS[ticket.status]

    def over(self, order_id: str) -> bool:
        """Whether the order is final at Sinqro."""
        status = self.sinqro.status(order_id)
        return status is not None and status.final

    def troubled(self, order_id: str) -> bool:
        """Whether the companion told Sinqro that the order did not get into the POS."""
        order = self.sinqro.order(order_id)
        return order is not None and order.injection not in ("", "injected")

    def settled(self, order_id: str) -> bool:
        """Final on both sides, or only at Sinqro when it never reached the POS and needed not to."""
        status, pos = self.sinqro.status(order_id), self.in_pos(order_id)
        if status is None or not status.final:
            return False
        return pos.final if pos is not None else status is not Status.COMPLETED or self.troubled(order_id)


def reached(order_type: OrderType, now: Status | None, target: Status) -> bool:
    """Whether ``now`` is ``target`` or further on (final counts as further on)."""
    if now is None:
        return False
    steps = ladder(order_type)
    if now.final or target not in steps or now not in steps:
        return now.final or now is target
    return steps.index(now) >= steps.index(target)
