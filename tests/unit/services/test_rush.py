"""While orders queue for a POS the kitchen goes first; looks at what is due do not grow with the queue."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import DueKind, Notification, OrderKey
from app.domain.selling_point import SellingPoint
from app.infra.ledger_sqlite import SqliteLedger
from app.link.clock import ClockOffset
from app.link.wire import load_wire
from app.ports.ledger import LedgerTransaction
from app.ports.sinqro import Delivery, Role, SellingPointRole, Verdict
from app.services.bells import Bells
from app.services.due import DueService
from app.services.no_pos import NoPos
from app.services.notifier import AT_ONCE, RUSH_BREATH, Notifier
from app.services.outlet import POS_AT_ONCE, Outlet
from tests.helpers.clock import START, FakeClock
from tests.helpers.logfail import ExpectedLogs

POINT = "3961"
QUEUED = 5 * AT_ONCE


class RealClock:
    def __init__(self) -> None:
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await asyncio.sleep(seconds)


class NoLink:
    connected = False

    async def call(self, method: str, params: dict[str, Any], timeout: float = 10) -> Any:
        raise NotImplementedError


class Sender:
    """Takes everything, and counts."""

    def __init__(self) -> None:
        self.posts = 0

    async def post(self, notification: Notification, *, installation_id: str, epoch: int, now: datetime) -> Delivery:
        self.posts += 1
        return Delivery(verdict=Verdict.DELIVERED)


@pytest.fixture
def outlet() -> Outlet:
    outlet = Outlet(selling_point=SellingPoint(id=POINT), pos=NoPos(), wire=load_wire())
    outlet.assign(SellingPointRole(id=POINT, role=Role.ACTIVE, epoch=1))
    outlet.caught_up = True
    return outlet


@asynccontextmanager
async def running(work: Callable[[], Any]) -> AsyncIterator[None]:
    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not fact():
            await asyncio.sleep(0.005)


def queue_notifications(tx: LedgerTransaction) -> None:
    """As many orders have something to tell."""
    for number in range(QUEUED):
        tx.add_notification(
            Notification(
                id=f"msg_{number}",
                selling_point=POINT,
                order_id=str(number),
                type="order.injected",
                data={"orderId": number},
                created_at=START,
            )
        )


@pytest.mark.parametrize("rush", [True, False])
async def test_the_outbox_takes_its_time_while_orders_queue_for_the_pos(
    outlet: Outlet, tmp_path: Path, rush: bool
) -> None:
    sender, bells, clock = Sender(), Bells(), FakeClock()
    for _ in range(POS_AT_ONCE if rush else POS_AT_ONCE - 1):
        await outlet.lane.acquire()
    with SqliteLedger(tmp_path / "ledger.sqlite3") as ledger:
        await ledger.write(queue_notifications)
        notifier = Notifier(
            outlets={POINT: outlet},
            ledger=ledger,
            sender=sender,
            sinqro=NoLink(),
            clock=clock,
            offset=ClockOffset(),
            bells=bells,
            installation_id="inst_1",
            on_superseded=lambda _: None,
        )
        async with running(notifier.run):
            if rush:
                for turn in range(1, 4):
                    await until(lambda: clock.sleeping == 1)
                    assert sender.posts == turn * AT_ONCE
                    await clock.advance(RUSH_BREATH)
                outlet.lane.release()
            await until(lambda: sender.posts == QUEUED)


def test_a_queue_before_a_pos_that_does_not_answer_is_no_rush(outlet: Outlet, expected_logs: ExpectedLogs) -> None:
    outlet.lane = asyncio.Semaphore(0)
    with expected_logs("app.services.outlet", logging.WARNING, "does not answer"):
        outlet.pos_failed("off")
    assert not outlet.crowded


@pytest.mark.parametrize(("queue", "pause"), [(1, 0.02), (200, 0.1)])
async def test_looks_are_rarer_while_much_is_under_way(
    outlet: Outlet, tmp_path: Path, queue: int, pause: float
) -> None:
    ended, clock, bells = asyncio.Event(), RealClock(), Bells()

    async def handle(_: OrderKey) -> None:
        await ended.wait()

    def queue_orders(tx: LedgerTransaction) -> None:
        for number in range(queue):
            tx.set_due(DueKind.INJECT, OrderKey(POINT, str(number)), datetime.now(UTC) - timedelta(seconds=1))

    with SqliteLedger(tmp_path / "ledger.sqlite3") as ledger:
        await ledger.write(queue_orders)
        due = DueService(
            outlets={POINT: outlet},
            ledger=ledger,
            clock=clock,
            bells=bells,
            handlers=dict.fromkeys(DueKind, handle),
        )
        async with running(due.run):
            bells.due.ring()
            await until(lambda: bool(clock.sleeps))
            ended.set()
    assert clock.sleeps[0] == pytest.approx(pause, rel=0.5)
