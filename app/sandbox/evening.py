"""The player of an evening: a small restaurant's orders and reservations, from their coming to their final state.

::

    plans (evening_plan) → one story each (evening_story), begun at `rate` a second
        → all settled on both sides (evening_board), or 2 minutes after the last one came → Summary

It plays Sinqro's customers, the kitchen at the POS and, where there is a :class:`StaffDesk`, staff in the tray. What it
counts, it counts from outside: from Sinqro's and the POS's own records; the companion's ledger is only asked why an
order is not where it should be.
"""

import asyncio
import contextlib
import logging
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.domain.record import Mark, OrderRecord
from app.domain.status import OFF, Injection, OrderType
from app.sandbox.evening_board import AwayError, Board, PlayedPos, StaffDesk
from app.sandbox.evening_plan import Plan, plan_evening
from app.sandbox.evening_story import Story
from app.sandbox.menu import Restaurant
from app.sandbox.orders import OrderGenerator
from app.sandbox.sinqro import SinqroSandbox, percentile
from app.sandbox.sinqro_state import SinqroOrder

log = logging.getLogger(__name__)

LAST_ORDERS = 120.0
"""Seconds after the last one came at which the evening ends, whatever is left."""

POS_BACK = 60.0
"""Seconds to wait for a POS that is away when all is counted."""

RACE = 0.25
"""Seconds by which the POS may have received a create after the companion answered the cancellation.

The create and the answer leave by two sockets and are read by two servers: one that left first can be read last by some
turns of a busy loop (a demo on a busy machine has POS, Sinqro and companion in one). What the companion decides after
its answer comes seconds later, with a next try, or never.
"""

EXPLAINED = frozenset({Injection.WAITING, Injection.HELD, Injection.UNCERTAIN, Injection.FAILED, Injection.WITHDRAWN})
BY_HAND = frozenset(
    {Mark.ENTERED_BY_HAND, Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND, Mark.CHANGE_BY_HAND, Mark.UNREADABLE}
)
"""Marks that tell people what is left for them to do in the POS."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How the evening went; the JSON keys are promised to scripts. Times in milliseconds, ``None`` without any."""

    placed: int
    stored: int
    """Orders whose ``order.create`` was answered ``stored``."""
    injected: int
    """Orders that the POS has."""
    accepted: int
    final: int
    """Final at Sinqro, and in the POS where it has them."""
    lost: int
    """Neither final nor where they should be, and no state of the companion's says why."""
    doubled: int
    """Orders that the POS has more than once."""
    injected_after_cancel: int
    notifications_verified: int
    notifications_refused: int
    response_p50_ms: float | None
    response_p99_ms: float | None
    pos_p50_ms: float | None
    """From an order's coming to the POS's receiving it; scheduled ones left out."""
    pos_p99_ms: float | None


class Evening:
    """Plays once. ``rate`` is orders a second.

    A scheduled order is wanted ``lead`` and a few seconds after it came, so that it enters the POS within seconds where
    the companion's ``lead_minutes`` is ``lead`` (and its ``scheduled_after_minutes`` no longer than that).
    """

    def __init__(
        self,
        *,
        sinqro: SinqroSandbox,
        pos: PlayedPos,
        restaurant: Restaurant,
        staff: StaffDesk | None,
        orders: int,
        reservations: int,
        rate: float = 20,
        seed: int,
        run_id: str,
        lead: timedelta = timedelta(0),
    ) -> None:
        self._staff = staff
        self._rate = rate
        self._lead = lead
        self._sinqro = sinqro
        self._pos = pos
        self._board = Board(sinqro=sinqro, pos=pos)
        place = next(iter(sinqro.state.restaurants.values()))
        self._generator = OrderGenerator(
            restaurant=restaurant,
            seed=seed,
            first_id=1_000_000 + zlib.crc32(run_id.encode()) * 10_000,
            run=run_id,
            selling_point=(place.id, place.name, place.timezone),
        )
        plans = plan_evening(orders=orders, reservations=reservations, seed=seed, staffed=staff is not None)
        self._plans = plans
        self.stories: list[Story] = []
        """Those begun so far."""

    async def play(self) -> Summary:
        """Play all of it; returns when all are settled, at the latest :data:`LAST_ORDERS` after the last one came."""
        watching = asyncio.create_task(self._board.watch(), name="evening-watch")
        playing: list[asyncio.Task[None]] = []
        try:
            clock = asyncio.get_running_loop().time
            start = clock()
            for number, plan in enumerate(self._plans):
                await asyncio.sleep(max(0.0, start + number / self._rate - clock()))
                story = self._story(plan, number)
                self.stories.append(story)
                playing.append(asyncio.create_task(self._play(story), name=f"evening-{story.id}"))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_ORDERS):
                    await asyncio.gather(*playing)
                    for story in self.stories:
                        await self._board.wait(story.id, lambda it=story: self._settled(it), LAST_ORDERS)  # type: ignore[misc]
        finally:
            for task in (watching, *playing):
                task.cancel()
            await asyncio.gather(watching, *playing, return_exceptions=True)
        return self._sum_up(await self._ledger(), await self._received())

    async def _received(self) -> list[tuple[str, float]]:
        """What the POS has, once it answers."""
        tries = int(POS_BACK / self._pos.look_every)
        for _ in range(tries):
            with contextlib.suppress(AwayError):
                await self._board.look()
                return await self._pos.received()
            await asyncio.sleep(self._pos.look_every)
        return await self._pos.received()

    def _settled(self, story: Story) -> bool:
        return self._board.settled(story.plan.type, story.id)

    async def _play(self, story: Story) -> None:
        try:
            await story.play()
        except Exception:  # a bug of ours must not end the evening of all others
            log.exception("the story of order %s broke off", story.id)

    def _story(self, plan: Plan, number: int) -> Story:
        wanted: dict[str, Any] = {}
        if plan.scheduled:
            wanted["execution_at"] = datetime.now(UTC) + self._lead + timedelta(seconds=2 + number % 5)
        order = self._generator.order(plan.type, **wanted)
        return Story(plan=plan, order=order, generator=self._generator, board=self._board, staff=self._staff)

    # ---------------------------------------------------------------- counting

    async def _ledger(self) -> dict[str, OrderRecord]:
        if self._staff is None:
            return {}
        return {record.order_id: record for record in await self._staff.orders()}

    def _sum_up(self, ledger: dict[str, OrderRecord], in_pos: list[tuple[str, float]]) -> Summary:
        ids = [story.id for story in self.stories]
        placed = [order for ident in ids if (order := self._sinqro.order(ident)) and order.placed_at is not None]
        received: dict[str, list[float]] = {ident: [] for ident in ids}
        for reference, moment in in_pos:
            if reference in received:
                received[reference].append(moment)
        times = [order.response_ms for order in placed if order.response_ms is not None]
        scheduled = {story.id for story in self.stories if story.plan.scheduled}
        ways = [
            (min(received[order.key]) - order.placed_at) * 1000
            for order in placed
            if received[order.key] and order.key not in scheduled and order.placed_at is not None
        ]
        counted = Counter(self._verdict(order, received[order.key], ledger.get(order.key)) for order in placed)
        totals = self._sinqro.summary()
        return Summary(
            placed=len(placed),
            stored=sum(_stored(order) for order in placed),
            injected=sum(bool(times) for times in received.values()),
            accepted=sum(order.accepted_at is not None for order in placed),
            final=counted["final"],
            lost=counted["lost"],
            doubled=sum(len(times) > 1 for times in received.values()),
            injected_after_cancel=sum(_after_cancel(order, received[order.key]) for order in placed),
            notifications_verified=int(totals["notifications_verified"] or 0),
            notifications_refused=int(totals["notifications_refused"] or 0),
            response_p50_ms=percentile(times, 50),
            response_p99_ms=percentile(times, 99),
            pos_p50_ms=_rounded(percentile(ways, 50)),
            pos_p99_ms=_rounded(percentile(ways, 99)),
        )

    def _verdict(self, order: SinqroOrder, received: list[float], record: OrderRecord | None) -> str:
        """``final``, ``explained`` or ``lost``."""
        if self._board.settled(_type_of(order), order.key) and (received or self._may_be_absent(order)):
            return "final"
        told = record is not None and (record.injection in EXPLAINED or bool(record.marks & BY_HAND))
        return "explained" if told or self._board.troubled(order.key) else "lost"

    def _may_be_absent(self, order: SinqroOrder) -> bool:
        """Whether nothing is wrong with its not being in the POS."""
        return self._sinqro.state.status_of(order.status) in OFF or not self._pos.shows(_type_of(order))


def _stored(order: SinqroOrder) -> bool:
    result = order.answer.get("result") if isinstance(order.answer, dict) else None
    return isinstance(result, dict) and result.get("state") == "stored"


def _after_cancel(order: SinqroOrder, received: list[float]) -> bool:
    cancelled = order.cancel_answered_at
    return cancelled is not None and any(moment > cancelled + RACE for moment in received)


def _type_of(order: SinqroOrder) -> OrderType:
    return OrderType(order.type)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
