"""The player of an evening, with a bridge of a few lines in the companion's place, and with bridges that do wrong."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.domain.record import OrderRecord
from app.domain.status import Injection, OrderType, Status
from app.domain.times import parse_time, zone_of
from app.sandbox import evening as evening_module
from app.sandbox import evening_story
from app.sandbox.evening import Evening, Summary
from app.sandbox.evening_board import OURS, reached
from app.sandbox.evening_plan import Ending, Side, plan_evening
from app.sandbox.evening_pos import PlayedReference
from app.sandbox.menu import superpizza
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_forms import Kind, LineForm, OrderForm, PosStatus, Ticket, TillError
from app.sandbox.sinqro import SinqroSandbox
from tests.helpers.fake_companion import FakeCompanion

KINDS = {
    "delivery": Kind.DELIVERY,
    "collection": Kind.TAKEAWAY,
    "insitu": Kind.EAT_IN,
    "inside": Kind.TABLE,
    "reservation": Kind.BOOKING,
}


class Bridge:
    """Injects on arrival, hands statuses both ways. The flags make it do wrong."""

    def __init__(self, *, pos: ReferencePos, twice: bool = False, forgets: bool = False, late: bool = False) -> None:
        self.pos = pos
        self.twice = twice
        self.forgets = forgets
        self.late = late
        self.early: dict[str, str] = {}
        self.seen: set[str] = set()
        self.told: dict[str, PosStatus] = {}
        self.companion: FakeCompanion | None = None

    def handle(self, method: str, params: dict[str, Any]) -> Any:
        if method == "order.create":
            self.create(params["order"])
        elif method == "order.status.update":
            reference = str(params["orderId"])
            try:
                self.pos.move(reference, params["status"])
            except TillError:
                self.early[reference] = params["status"]
        return {"state": "stored"}

    def create(self, order: dict[str, Any]) -> None:
        reference = str(order["id"])
        off = self.early.get(reference) == "cancelled" and not self.late
        if reference in self.seen or off or (self.forgets and order["type"] == "insitu"):
            return
        self.seen.add(reference)
        lines = tuple(LineForm(name=line["label"], price=Decimal(1)) for line in order["orderLines"])
        form = OrderForm(kind=KINDS[order["type"]], reference=reference, hold=True, lines=lines)
        for _ in range(2 if self.twice else 1):
            self.pos.till.create(form, received_at=time.time() + (1 if self.late else 0), origin="till")

    async def follow(self) -> None:
        """The POS's changes, told to Sinqro."""
        cursor = ""
        while True:
            page = self.pos.till.since(cursor, 100)
            cursor = page.cursor
            for ticket in page.orders:
                await self.tell(ticket)
            await asyncio.sleep(0.01)

    async def tell(self, ticket: Ticket) -> None:
        assert self.companion is not None
        before = self.told.get(ticket.reference)
        self.told[ticket.reference] = ticket.status
        order_id = int(ticket.reference)
        if before is None:
            await self.companion.notify("order.injected", {"orderId": order_id, "posOrderId": ticket.id})
        if before is not ticket.status:
            await self.companion.status(order_id, OURS[ticket.status].value)


class Staff:
    """A desk whose tray is the POS itself. Refuses now and then, as one of a companion that restarts would."""

    def __init__(self, pos: ReferencePos) -> None:
        self.pos = pos
        self.calls: Counter[str] = Counter()

    def _do(self, what: str, order_id: str, status: str) -> None:
        self.calls[what] += 1
        if self.calls[what] == 1:
            raise ConnectionError("the companion is being restarted")
        self.pos.move(order_id, status)

    async def accept(self, selling_point: str, order_id: str, minutes: int | None = None) -> None:
        self._do("accept", order_id, "accepted")

    async def reject(self, selling_point: str, order_id: str, reason: str, comment: str = "") -> None:
        self._do("reject", order_id, "rejected")

    async def move(self, selling_point: str, order_id: str, status: Status) -> None:
        self._do("move", order_id, status.value)

    async def cancel(self, selling_point: str, order_id: str, reason: str, comment: str = "") -> None:
        self._do("cancel", order_id, "cancelled")

    async def orders(self) -> list[OrderRecord]:
        return []


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evening_story, "PATIENCE", 0.5)
    monkeypatch.setattr(evening_story, "FOR_POS", 0.5)
    monkeypatch.setattr(evening_story, "IN_POS", 1.0)


@asynccontextmanager
async def restaurant(**wrong: bool) -> AsyncIterator[tuple[SinqroSandbox, ReferencePos]]:
    async with SinqroSandbox() as sinqro, ReferencePos() as pos:
        bridge = Bridge(pos=pos, **wrong)
        async with FakeCompanion(
            base_url=sinqro.base_url, code=sinqro.pairing_code(), handle=bridge.handle
        ) as companion:
            bridge.companion = companion
            following = asyncio.create_task(bridge.follow())
            try:
                yield sinqro, pos
            finally:
                following.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await following


async def played(
    sinqro: SinqroSandbox, pos: ReferencePos, *, orders: int, reservations: int, staffed: bool, seed: int = 5
) -> tuple[Evening, Summary]:
    evening = Evening(
        sinqro=sinqro,
        pos=PlayedReference(pos),
        restaurant=superpizza(),
        staff=Staff(pos) if staffed else None,
        orders=orders,
        reservations=reservations,
        rate=100,
        seed=seed,
        run_id="test",
    )
    return evening, await evening.play()


@pytest.mark.parametrize("staffed", [True, False])
async def test_an_evening_ends_with_all_final(staffed: bool) -> None:
    async with restaurant() as (sinqro, pos):
        evening, summary = await played(sinqro, pos, orders=30, reservations=8, staffed=staffed)
        first = next(story for story in evening.stories if story.plan.ending is Ending.CANCELLED_FIRST)
        assert first.id not in {entry["reference"] for entry in pos.orders()}
    assert (summary.placed, summary.stored, summary.final) == (38, 38, 38)
    assert (summary.lost, summary.doubled, summary.injected_after_cancel) == (0, 0, 0)
    assert summary.notifications_refused == 0
    assert summary.notifications_verified > 38
    assert 0 < summary.accepted < 38
    assert 0 < summary.injected < 38
    assert summary.response_p50_ms is not None
    assert summary.pos_p99_ms is not None
    assert 0 <= summary.pos_p99_ms < 5000
    assert {story.plan.type for story in evening.stories} == set(OrderType)
    statuses = Counter(sinqro.status(story.id) for story in evening.stories)
    assert {Status.COMPLETED, Status.REJECTED, Status.CANCELLED, Status.NO_SHOW} == set(statuses)
    refunded = [story for story in evening.stories if story.plan.ending is Ending.CANCELLED_AFTER]
    assert refunded
    for story in refunded:
        order = sinqro.order(story.id)
        assert order is not None
        assert (order.status, order.refunded) == ("completed", True)


async def test_the_summary_has_the_promised_keys() -> None:
    async with restaurant() as (sinqro, pos):
        _, summary = await played(sinqro, pos, orders=1, reservations=0, staffed=True)
    assert list(msgspec.json.decode(msgspec.json.encode(summary))) == [
        *("placed", "stored", "injected", "accepted", "final", "lost", "doubled", "injected_after_cancel"),
        *("notifications_verified", "notifications_refused"),
        *("response_p50_ms", "response_p99_ms", "pos_p50_ms", "pos_p99_ms"),
    ]


async def test_orders_in_the_pos_twice_are_counted() -> None:
    async with restaurant(twice=True) as (sinqro, pos):
        pos.set_faults(not_idempotent=True)
        _, summary = await played(sinqro, pos, orders=1, reservations=1, staffed=False)
    assert summary.doubled == 2


async def test_orders_that_never_reach_the_pos_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evening_module, "LAST_ORDERS", 4.0)
    monkeypatch.setattr(evening_story, "TRIES", 6)
    async with restaurant(forgets=True) as (sinqro, pos):
        evening, summary = await played(sinqro, pos, orders=15, reservations=0, staffed=False)
        gone = [story for story in evening.stories if story.plan.type is OrderType.INSITU]
        absent = {story.id for story in gone if sinqro.status(story.id) not in (Status.CANCELLED, Status.REJECTED)}
        assert absent
        assert summary.lost == len(absent)
        assert summary.final == summary.placed - len(absent)

        now = parse_time("2026-11-25T20:00:00Z", zone_of("Europe/Madrid"))
        records = {
            ident: OrderRecord(
                selling_point="3961", order_id=ident, received_at=now, status_at=now, injection=Injection.HELD
            )
            for ident in absent
        }
        assert evening._sum_up(records, await evening._pos.received()).lost == 0


async def test_an_injection_after_the_cancellation_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evening_module, "LAST_ORDERS", 2.0)  # nobody moves what should not be there
    async with restaurant(late=True) as (sinqro, pos):
        evening, summary = await played(sinqro, pos, orders=15, reservations=0, staffed=False)
    early = {Ending.CANCELLED_FIRST, Ending.CANCELLED_AT_ONCE}
    expected = sum(story.plan.ending in early for story in evening.stories)
    assert expected > 0
    assert summary.injected_after_cancel >= expected


async def test_a_companion_that_is_down_for_a_moment_loses_nothing() -> None:
    async with SinqroSandbox() as sinqro, ReferencePos() as pos:
        bridge = Bridge(pos=pos)
        async with FakeCompanion(
            base_url=sinqro.base_url, code=sinqro.pairing_code(), handle=bridge.handle
        ) as companion:
            bridge.companion = companion
            following = asyncio.create_task(bridge.follow())
            playing = asyncio.create_task(played(sinqro, pos, orders=20, reservations=4, staffed=True))
            await asyncio.sleep(0.1)
            companion.vanish()
            await companion.closed()
            await asyncio.sleep(0.2)
            await companion.connect()
            _, summary = await playing
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
    assert (summary.placed, summary.stored, summary.final, summary.lost) == (24, 24, 24, 0)


# ---------------------------------------------------------------- plans


def test_plans_are_various_and_repeatable() -> None:
    plans = plan_evening(orders=200, reservations=20, seed=1, staffed=True)
    assert plans == plan_evening(orders=200, reservations=20, seed=1, staffed=True)
    assert plans != plan_evening(orders=200, reservations=20, seed=2, staffed=True)
    assert len(plans) == 220
    assert Counter(plan.type for plan in plans)[OrderType.RESERVATION] == 20
    pairs = {(plan.type, plan.ending) for plan in plans}
    orders = set(Ending) - {Ending.NO_SHOW}
    for kind in set(OrderType) - {OrderType.RESERVATION}:
        assert {ending for type_, ending in pairs if type_ is kind} == orders
    assert (OrderType.RESERVATION, Ending.NO_SHOW) in pairs
    assert {plan.sides[0] for plan in plans} == set(Side)
    assert any(plan.scheduled for plan in plans)
    assert any(plan.sent_twice for plan in plans)
    unstaffed = plan_evening(orders=50, reservations=5, seed=1, staffed=False)
    assert not any(Side.STAFF in plan.sides for plan in unstaffed)


def test_reached() -> None:
    assert reached(OrderType.DELIVERY, Status.READY, Status.ACCEPTED)
    assert not reached(OrderType.DELIVERY, Status.ACCEPTED, Status.READY)
    assert reached(OrderType.DELIVERY, Status.CANCELLED, Status.READY)
    assert not reached(OrderType.DELIVERY, None, Status.PENDING)
    assert not reached(OrderType.RESERVATION, Status.SEATED, Status.NO_SHOW)
    assert reached(OrderType.RESERVATION, Status.NO_SHOW, Status.NO_SHOW)


def _bare(sinqro: SinqroSandbox, pos: ReferencePos, **more: Any) -> Evening:
    return Evening(
        sinqro=sinqro,
        pos=PlayedReference(pos),
        restaurant=superpizza(),
        staff=None,
        reservations=0,
        seed=1,
        **more,
    )


async def test_scheduled_orders_are_due_within_seconds_of_the_lead() -> None:
    async with SinqroSandbox() as sinqro, ReferencePos() as pos:
        evening = _bare(sinqro, pos, orders=9, run_id="x", lead=timedelta(minutes=45))
        plan = next(plan for plan in plan_evening(orders=99, reservations=0, seed=1, staffed=False) if plan.scheduled)
        story = evening._story(plan, 3)
        wanted = parse_time(story.order["executionTime"], zone_of("Europe/Madrid")).timestamp() - time.time()
        assert 45 * 60 < wanted < 45 * 60 + 10
        other = _bare(sinqro, pos, orders=1, run_id="y")
        assert other._story(plan, 3).id != story.id
