"""One order's evening: it comes, somebody answers, it is moved on step by step to its ending.

Each step is made by one side and waits until the other sides show it. A step may lose: the order may be final
meanwhile, the companion may be down, the POS off. It is then made again, a bounded number of times, by another side in
the end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from app.domain.status import OrderType, RejectReason, Status, ladder
from app.sandbox.evening_board import Board, StaffDesk, reached
from app.sandbox.evening_plan import Ending, Plan, Side
from app.sandbox.orders import OrderGenerator, to_json

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds until a step that nobody shows is made again."""
TRIES = 12
"""Times that a step is made."""
ACTING = 10.0
"""Seconds that one action may take."""
FOR_POS = 10.0
"""Seconds that the POS's cook waits for an order before somebody else makes the step."""
IN_POS = 45.0
"""Seconds to wait for an accepted order in the POS, which may be off for a while."""
ANSWER = 30.0
"""Seconds to wait for the answer to what Sinqro sent."""


class Story:
    """Plays one plan. ``order`` is the order as Sinqro has it now."""

    def __init__(
        self, *, plan: Plan, order: dict[str, Any], generator: OrderGenerator, board: Board, staff: StaffDesk | None
    ) -> None:
        self.plan = plan
        self.order = order
        self.id = str(order["id"])
        self.generator = generator
        self.board = board
        self.staff = staff
        self._place = str(order["sellingPoint"]["id"])
        self._sides = list(plan.sides)

    def place(self) -> None:
        """It comes in."""
        raw = to_json(self.order)
        self.board.sinqro.place(raw)
        if self.plan.sent_twice:
            self.board.sinqro.place(raw)

    async def play(self) -> None:
        """From its coming to its ending."""
        sinqro, ending = self.board.sinqro, self.plan.ending
        if ending is Ending.CANCELLED_FIRST:
            await sinqro.answer_of(sinqro.change_status(self.id, Status.CANCELLED, comment="cancelado antes"), ANSWER)
        self.place()
        if ending is Ending.CANCELLED_AT_ONCE:
            await self._cancel_by_channel()
        elif ending is Ending.REJECTED:
            await self._reach(Status.REJECTED)
        elif ending is not Ending.CANCELLED_FIRST:
            await self._be_taken()
            await self._end()

    async def _be_taken(self) -> None:
        if Status.PENDING not in self.board.pos.shows(self.plan.type):  # nobody can answer what is not in the tray yet
            await self._wait(lambda: bool((order := self.board.sinqro.order(self.id)) and order.answer), FOR_POS)
        await self._reach(Status.ACCEPTED)
        await self._in_pos(IN_POS)
        if self.plan.edited:
            await self._update(self.generator.edit(self.order, self._edit()))
        if self.plan.courier:
            await self._update(self.generator.courier(self.order))

    def _edit(self) -> str | None:
        """The time of a scheduled order stays: the evening does not last until the next one."""
        return "comment" if self.plan.scheduled else None

    async def _end(self) -> None:
        ending = self.plan.ending
        steps = [
            step for step in ladder(self.plan.type) if step not in (Status.PENDING, Status.ACCEPTED, Status.COMPLETED)
        ]
        if self.plan.hurried:
            steps = steps[-1:]
        if ending is Ending.CANCELLED_LATER:
            for step in steps[:1]:
                await self._reach(step)
            await self._cancel_by_channel()
            return
        if ending is Ending.NO_SHOW:
            await self._reach(Status.NO_SHOW)
            return
        if ending is Ending.CANCELLED_HERE:
            await self._reach(Status.CANCELLED)
            return
        for step in steps:
            await self._reach(step)
        if ending is Ending.RACED:
            await asyncio.gather(self._reach(Status.COMPLETED), self._cancel_by_channel())
            return
        await self._reach(Status.COMPLETED)
        if ending is Ending.REFUNDED:
            await self._update(self.generator.refund(self.order))
        elif ending is Ending.CANCELLED_AFTER:
            await self._cancel_by_channel()

    async def _cancel_by_channel(self) -> None:
        sinqro = self.board.sinqro
        reason = RejectReason.CUSTOMER_REQUEST.value
        await sinqro.answer_of(sinqro.change_status(self.id, Status.CANCELLED, reason=reason), ANSWER)

    async def _update(self, order: dict[str, Any]) -> None:
        self.order = order
        sinqro = self.board.sinqro
        await sinqro.answer_of(sinqro.update(self.id, to_json(order)), ANSWER)

    # ---------------------------------------------------------------- steps

    async def _reach(self, target: Status) -> None:
        """Have the order moved to ``target`` by the side whose turn it is, and wait until all show it."""
        await self._step(target)
        if target is Status.COMPLETED and self.board.pos.takes_money:
            await self._take_money()

    async def _take_money(self) -> None:
        """What Sinqro or staff completed is paid at the till, where it was not paid online."""
        for _ in range(TRIES):
            now = self.board.in_pos(self.id)
            over = self.board.troubled(self.id) or self.board.sinqro.status(self.id) is not Status.COMPLETED
            if over or (now is not None and now.final):
                return
            if now is not None:  # else the till is away, or has not got it yet
                await self._act(Side.POS, Status.COMPLETED)
            await self.board.wait(self.id, lambda: bool((now := self.board.in_pos(self.id)) and now.final), PATIENCE)

    async def _step(self, target: Status) -> None:
        side = self._sides.pop(0) if len(self._sides) > 1 else self._sides[0]
        if side is Side.POS:
            if self._by_pos(target):
                await self._in_pos(FOR_POS)
            if not self._by_pos(target) or self.board.in_pos(self.id) is None:  # it can only move what it has
                side = self._other(side)
        for attempt in range(TRIES):
            if self.board.over(self.id) or self._shown(target):
                return
            await self._act(side, target)
            if await self._wait(lambda: self._shown(target), PATIENCE):
                return
            if self._shown_by_sinqro(target) and self.board.in_pos(self.id) is None:
                return  # the POS gets it with this status, whenever it gets it
            if attempt >= TRIES // 3:
                side = self._other(side)
        log.info("order %s did not come to %s", self.id, target.value)

    def _other(self, side: Side) -> Side:
        """Who tries next where one side gets nowhere."""
        turns = [Side.STAFF, Side.SINQRO, Side.POS] if self.staff else [Side.SINQRO, Side.POS]
        return turns[(turns.index(side) + 1) % len(turns)] if side in turns else turns[0]

    def _shown_by_sinqro(self, target: Status) -> bool:
        return reached(self.plan.type, self.board.sinqro.status(self.id), target)

    def _shown(self, target: Status) -> bool:
        return self._shown_by_sinqro(target) and self.board.pos_shows(self.plan.type, self.id, target)

    def _by_pos(self, target: Status) -> bool:
        """Whether people at the POS can make this step there: answer what it holds for them, move on what it shows."""
        shows = self.board.pos.shows(self.plan.type)
        answer = target in (Status.ACCEPTED, Status.REJECTED)
        return target in shows and (not answer or Status.PENDING in shows)

    async def _in_pos(self, timeout: float) -> None:
        """Wait until the POS has it, or the companion said that it will not."""
        if not self.board.pos.shows(self.plan.type):
            return
        await self._wait(lambda: self.board.in_pos(self.id) is not None or self.board.troubled(self.id), timeout)

    async def _wait(self, done: Callable[[], bool], timeout: float) -> bool:
        """Wait for ``done``, or for the order to be final at Sinqro."""
        return await self.board.wait(self.id, lambda: done() or self.board.over(self.id), timeout)

    async def _act(self, side: Side, target: Status) -> None:
        """One action. It may fail for many reasons, each of which the next look at both sides shows."""
        try:
            if side is Side.POS:
                reason = RejectReason.TOO_BUSY.value if target is Status.REJECTED else ""
                await asyncio.wait_for(self.board.pos.move(self.id, target, reason), ACTING)
            elif side is Side.STAFF and self.staff is not None:
                await asyncio.wait_for(self._by_staff(self.staff, target), ACTING)
            elif not self._shown_by_sinqro(target):  # what it sent once, it repeats by itself
                self.board.sinqro.change_status(self.id, target.value)
        except Exception as exc:  # whatever a desk raises: not there yet, final, companion down
            log.debug("order %s: %s could not make it %s: %s", self.id, side.value, target.value, exc)

    def _by_staff(self, staff: StaffDesk, target: Status) -> Awaitable[None]:
        if target is Status.ACCEPTED:
            minutes = None if self.plan.type is OrderType.RESERVATION else 20
            return staff.accept(self._place, self.id, minutes)
        if target is Status.REJECTED:
            return staff.reject(self._place, self.id, RejectReason.TOO_BUSY.value)
        if target is Status.CANCELLED:
            return staff.cancel(self._place, self.id, RejectReason.ITEM_UNAVAILABLE.value, "se ha acabado")
        return staff.move(self._place, self.id, target)
