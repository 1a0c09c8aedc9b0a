"""Due rows are taken when their time has come, whatever the clock does, and one that trips us stops no other."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from app.domain.errors import LedgerError
from app.domain.record import DueKind, DueRow, OrderKey
from app.services.bells import Bell
from app.services.due import DueService
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of


class Handlers:
    """Notes what it was handed, and does with it what the test says."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.handed: list[tuple[DueKind, str]] = []
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    def of(self, kind: DueKind) -> Callable[[OrderKey], Awaitable[None]]:
        async def handle(key: OrderKey) -> None:
            self.handed.append((kind, key.order_id))
            if self.gate is not None:
                await self.gate.wait()
            if self.error is not None and key.order_id == "1":
                raise self.error
            await self.bench.ledger.write(lambda tx: tx.clear_due(key, kind))

        return handle


@pytest.fixture
def handlers(bench: Bench) -> Handlers:
    return Handlers(bench)


@asynccontextmanager
async def running(bench: Bench, handlers: Handlers) -> AsyncIterator[DueService]:
    due = DueService(
        outlets=bench.companion.outlets,
        ledger=bench.ledger,
        clock=bench.clock,
        bells=bench.bells,
        handlers={kind: handlers.of(kind) for kind in DueKind},
    )
    task = asyncio.create_task(due.run())
    try:
        yield due
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def put(bench: Bench, order_id: int, seconds: float = 0, kind: DueKind = DueKind.INJECT) -> None:
    at = bench.clock.now() + timedelta(seconds=seconds)
    await bench.ledger.write(lambda tx: tx.set_due(kind, key_of(order_id), at))


async def look(bench: Bench, times: int = 1) -> None:
    """Ring, and let everything that follows happen."""
    for _ in range(times):
        bench.bells.due.ring()
        for _ in range(20):
            await asyncio.sleep(0.001)
            await bench.clock.advance(0.02)


async def test_what_is_due_is_handed_over_and_the_future_is_left(bench: Bench, handlers: Handlers) -> None:
    await put(bench, 1)
    await put(bench, 2, kind=DueKind.ALARM)
    await put(bench, 3, 3600)
    async with running(bench, handlers):
        await look(bench, 2)
    assert sorted(handlers.handed) == [(DueKind.ALARM, "2"), (DueKind.INJECT, "1")]


async def test_sinqro_and_the_screens_hear_of_what_a_handler_committed(bench: Bench, handlers: Handlers) -> None:
    """Whichever way it ended: no handler rings for its own outcome."""
    await put(bench, 1)
    async with running(bench, handlers):
        await bench.bells.outbox.wait(0.001)
        bench.changed.clear()
        await look(bench, 2)
        assert await bench.bells.outbox.wait(0.001)
        assert bench.changed


async def test_time_passes(bench: Bench, handlers: Handlers) -> None:
    await put(bench, 1, 100)
    async with running(bench, handlers):
        await look(bench)
        assert not handlers.handed
        bench.clock.tick(100)
        await look(bench)
    assert handlers.handed == [(DueKind.INJECT, "1")]


async def test_a_jump_of_the_clock_needs_nothing_of_its_own(bench: Bench, handlers: Handlers) -> None:
    await put(bench, 1, 1800)
    async with running(bench, handlers):
        bench.clock.jump(3600)
        await look(bench)
        assert len(handlers.handed) == 1
        await put(bench, 2, 10)
        bench.clock.jump(-3600)
        await look(bench, 2)
        assert len(handlers.handed) == 1
        bench.clock.jump(3620)
        await look(bench)
    assert len(handlers.handed) == 2


async def test_within_a_second_without_any_bell(bench: Bench, handlers: Handlers) -> None:
    await put(bench, 1, 0.5)
    async with running(bench, handlers):
        for _ in range(400):
            bench.clock.tick(0.01)
            await bench.clock.advance(0)
            await asyncio.sleep(0.005)
            if handlers.handed:
                break
    assert handlers.handed


async def test_a_row_under_way_is_not_handed_again(bench: Bench, handlers: Handlers) -> None:
    handlers.gate = asyncio.Event()
    await put(bench, 1)
    async with running(bench, handlers) as due:
        await look(bench, 3)
        due.hand(DueRow(kind=DueKind.INJECT, key=key_of(1), at=bench.clock.now()))
        await look(bench)
        assert len(handlers.handed) == 1
        handlers.gate.set()
        await look(bench, 2)
        assert len(handlers.handed) == 1
        await put(bench, 1)  # due anew
        await look(bench)
    assert len(handlers.handed) == 2


async def test_a_row_just_committed_is_started_without_a_look(bench: Bench, handlers: Handlers) -> None:
    async with running(bench, handlers) as due:
        await look(bench)
        due.hand(DueRow(kind=DueKind.INJECT, key=key_of(9), at=bench.clock.now()))
        await asyncio.sleep(0.01)
        assert handlers.handed == [(DueKind.INJECT, "9")]
        bench.outlet.caught_up = False
        due.hand(DueRow(kind=DueKind.INJECT, key=key_of(10), at=bench.clock.now()))
        await asyncio.sleep(0.01)
    assert len(handlers.handed) == 1
    due.hand(DueRow(kind=DueKind.INJECT, key=key_of(11), at=bench.clock.now()))  # not running: found at the next start


async def test_without_charge_nothing_is_done(bench: Bench, handlers: Handlers) -> None:
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    await put(bench, 1)
    async with running(bench, handlers):
        await look(bench, 2)
    assert not handlers.handed


async def test_one_that_trips_us_is_logged_and_tried_a_minute_later(
    bench: Bench, handlers: Handlers, expected_logs: ExpectedLogs
) -> None:
    handlers.error = KeyError("a bug")
    await put(bench, 1)
    await put(bench, 2)
    async with running(bench, handlers):
        with expected_logs("app.services.due", logging.ERROR, "a bug of ours"):
            await look(bench, 2)
        assert (DueKind.INJECT, "2") in handlers.handed
        tries = len(handlers.handed)
        await look(bench, 3)
        assert len(handlers.handed) == tries
        handlers.error = None
        bench.clock.tick(61)
        await look(bench, 2)
    assert handlers.handed.count((DueKind.INJECT, "1")) == 2


async def test_a_full_disk_is_no_bug(bench: Bench, handlers: Handlers, expected_logs: ExpectedLogs) -> None:
    handlers.error = LedgerError("disk full")
    await put(bench, 1)
    async with running(bench, handlers):
        with expected_logs("app.services.due", logging.ERROR, "disk full") as said:
            await look(bench)
    assert said[0].exc_info is None


async def test_each_ring_is_heard_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert await bell.wait(0.5)
    assert not await bell.wait(0.01)
    waiting = asyncio.create_task(bell.wait(None))
    await asyncio.sleep(0)
    bell.ring()
    assert await waiting


async def test_with_nothing_due_it_looks_once_a_minute(bench: Bench, handlers: Handlers) -> None:
    """Each second would cost a tray that waits a quarter of what it may use."""
    looks = 0
    read = bench.ledger.read

    async def counted(look: Callable[..., object]) -> object:
        nonlocal looks
        looks += 1
        return await read(look)

    bench.ledger.read = counted  # type: ignore[method-assign,assignment]
    async with running(bench, handlers):
        await bench.clock.advance(0.02)
        await asyncio.sleep(2.2)  # the bell's own patience is the loop's time
        await bench.clock.advance(0.02)
    assert looks <= 2  # the bench may have rung once
