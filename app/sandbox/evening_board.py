"""What Sinqro and the POS show of an order, side by side, and waiting until they do."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from app.domain.record import OrderRecord
from app.domain.status import OrderType, Status, ladder
from app.sandbox.pos_forms import PosStatus
from app.sandbox.sinqro import SinqroSandbox

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


class AwayError(Exception):
    """The POS does not answer now."""


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


class PlayedPos(Protocol):
    """A POS and the people at it. What it shows, it shows without the companion."""

    @property
    def look_every(self) -> float:
        """Seconds between two looks at it."""
        ...

    @property
    def takes_money(self) -> bool:
        """Whether somebody there must take the money of an unpaid order to complete it."""
        ...

    def shows(self, order_type: OrderType) -> frozenset[Status]:
        """Statuses that such an order can have there; none: it has no place for it."""
        ...

    async def changed(self) -> list[tuple[str, Status]]:
        """Orders that look different from the last time: reference and status."""
        ...

    async def received(self) -> list[tuple[str, float]]:
        """Every order that came with a reference: that, and when it came (seconds since 1970)."""
        ...

    async def move(self, reference: str, status: Status, reason: str = "") -> None:
        """Somebody moves an order. Raises where it cannot be."""
        ...


class Board:
    """Both sides of every order. ``watch`` must run for the POS's side to be seen."""

    def __init__(self, *, sinqro: SinqroSandbox, pos: PlayedPos) -> None:
        self.sinqro = sinqro
        self.pos = pos
        self._in_pos: dict[str, Status] = {}

    async def watch(self) -> None:
        """Follow the POS until cancelled; it may be away for a while."""
        while True:
            with contextlib.suppress(OSError, AwayError):
                await self.look()
            await asyncio.sleep(self.pos.look_every)

    async def look(self) -> None:
        """Take over what changed in the POS."""
        for reference, status in await self.pos.changed():
            self._in_pos[reference] = status
            self.sinqro.state.wake(reference)

    async def wait(self, order_id: str, done: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``done`` holds, looking again whenever either side changed this order; ``False``: it did not."""
        return await self.sinqro.state.wait(done, timeout, order_id)

    def in_pos(self, order_id: str) -> Status | None:
        """The POS's status in our words; ``None`` while the POS does not have the order."""
        return self._in_pos.get(order_id)

    def pos_shows(self, order_type: OrderType, order_id: str, target: Status) -> bool:
        """Whether the POS has come to ``target``, as far as it can show it."""
        shows = self.pos.shows(order_type)
        if not shows:
            return True
        now = self.in_pos(order_id)
        return reached(order_type, now, target) if target in shows else now is not None

    def over(self, order_id: str) -> bool:
        """Whether the order is final at Sinqro."""
        status = self.sinqro.status(order_id)
        return status is not None and status.final

    def troubled(self, order_id: str) -> bool:
        """Whether the companion told Sinqro that the order did not get into the POS."""
        order = self.sinqro.order(order_id)
        return order is not None and order.injection not in ("", "injected")

    def settled(self, order_type: OrderType, order_id: str) -> bool:
        """Final on both sides, or only at Sinqro when it never reached the POS and needed not to."""
        status, pos = self.sinqro.status(order_id), self.in_pos(order_id)
        if status is None or not status.final:
            return False
        if pos is not None:
            return pos.final
        return status is not Status.COMPLETED or not self.pos.shows(order_type) or self.troubled(order_id)


def reached(order_type: OrderType, now: Status | None, target: Status) -> bool:
    """Whether ``now`` is ``target`` or further on (final counts as further on)."""
    if now is None:
        return False
    steps = ladder(order_type)
    if now.final or target not in steps or now not in steps:
        return now.final or now is target
    return steps.index(now) >= steps.index(target)
