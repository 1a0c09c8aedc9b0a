"""The companion as a whole: its start after whatever happened before, its work by itself, and its end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import LedgerError
from app.domain.record import DueKind, Mark
from app.domain.status import Injection, Status
from app.infra.clock import SystemClock
from app.ports.pos import Capability
from app.runtime import companion as module
from tests.helpers.clock import FakeClock
from tests.helpers.fake_pos import ALL, BLIND, FakePos
from tests.helpers.fake_sinqro import POINT, order_form, reservation_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of, open_bench


class Now(FakeClock):
    """The machine's own clock, for what runs by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._system = SystemClock()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return self._system.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[Bench]:
    """A companion that runs by itself."""
    clock = Now()
    async with open_bench(folder, clock=clock, started=False, poll_open_seconds=0.02, poll_idle_seconds=0.05) as bench:
        task = asyncio.create_task(bench.companion.run())
        try:
            await asyncio.sleep(0)
            await bench.sinqro.open(bench.companion)
            yield bench
        finally:
            bench.companion.stop()
            await asyncio.wait_for(task, 10)


async def until(look: Callable[[], Any]) -> None:
    for _ in range(1000):
        if look():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def test_an_orders_whole_way_by_itself(tmp_path: Path) -> None:
    async with at_work(tmp_path) as bench:
        await bench.create(order_form())
        await until(lambda: bench.pos.tickets)
        bench.pos.move("1001", Status.ACCEPTED, minutes=20)
        await until(lambda: "accepted" in bench.sinqro.told(1001))
        await bench.told(1001, "ready")
        await until(lambda: bench.pos.ticket("1001").status is Status.READY)
        await bench.staff.move(key_of(1001), Status.COMPLETED)
        await until(lambda: bench.sinqro.orders["1001"].code == "completed")
        await until(lambda: bench.pos.ticket("1001").status is Status.COMPLETED)
    assert bench.sinqro.byes == ["quit"]
    assert not bench.sinqro.faults


async def test_a_burst_reaches_the_pos_once_each(tmp_path: Path) -> None:
    async with at_work(tmp_path) as bench:
        await asyncio.gather(*(bench.create(order_form(number)) for number in range(100)))
        await until(lambda: len(bench.pos.tickets) == 100)
        await until(lambda: len(bench.sinqro.taken) == 100)
    assert len({ticket.reference for ticket in bench.pos.tickets}) == 100


# ---------------------------------------------------------------- the start


async def killed_while_injecting(folder: Path, pos: FakePos) -> Bench:
    async with open_bench(folder, pos=pos) as bench:
        await bench.create(order_form())
        bench.pos.drops("create_order")

        async def die(*_: Any) -> None:
            raise asyncio.CancelledError

        bench.injection._failed = die  # type: ignore[method-assign, assignment]
        with pytest.raises(asyncio.CancelledError):
            await bench.pump()
        assert (await bench.record()).injection is Injection.INJECTING
    return bench


async def test_attempts_that_a_crash_left_open_are_looked_at_at_once(tmp_path: Path) -> None:
    before = await killed_while_injecting(tmp_path, FakePos(ALL - {Capability.IDEMPOTENT_CREATE}))
    async with open_bench(tmp_path, pos=before.pos, sinqro=before.sinqro, clock=before.clock) as bench:
        assert await bench.due_in(DueKind.INJECT) == 0  # without waiting for its lease to run out
        await bench.pump()
        assert (await bench.record()).in_pos
        assert len(bench.pos.tickets) == 1


async def test_even_when_its_due_row_is_gone(tmp_path: Path) -> None:
    before = await killed_while_injecting(tmp_path, FakePos(BLIND))
    async with open_bench(tmp_path, pos=before.pos, sinqro=before.sinqro, clock=before.clock, started=False) as bench:
        await bench.ledger.write(lambda tx: tx.clear_due(key_of(1001)))
        await bench.start()
        await bench.pump()
        assert (await bench.record()).injection is Injection.UNCERTAIN


async def test_what_was_leased_is_due_and_what_was_scheduled_stays(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as first:
        await first.create(order_form(1, executionTime="2026-11-26T01:00:00Z", status={"code": "accepted"}))
        await first.create(order_form(2))
        await first.pump()
        await first.staff.accept(key_of(2))
        scheduled = await first.due_in(DueKind.INJECT, 1)
        from datetime import timedelta

        await first.ledger.write(
            lambda tx: tx.claim(DueKind.POS_STATUS, key_of(2), first.clock.now(), timedelta(seconds=30))
        )
        assert await first.due_in(DueKind.POS_STATUS, 2) == 30
    async with open_bench(tmp_path, pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        assert await bench.due_in(DueKind.POS_STATUS, 2) == 0
        assert await bench.due_in(DueKind.INJECT, 1) == scheduled
        await bench.pump()
        assert bench.pos.ticket("2").status is Status.ACCEPTED


async def test_offline_at_the_start_orders_that_wait_stay_until_sinqro_spoke(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as first:
        await first.create(order_form())
    first.sinqro.off = True
    async with open_bench(tmp_path, pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.pump()
        assert not bench.pos.tickets  # who is in charge is not known yet
        bench.sinqro.off = False
        await bench.hello()
        await bench.pump()
        assert len(bench.pos.tickets) == 1


# ---------------------------------------------------------------- the end


async def test_it_leaves_what_has_begun_to_its_end(tmp_path: Path) -> None:
    async with at_work(tmp_path) as bench:
        with bench.pos.holding("create_order") as gate:
            await bench.create(order_form(1))
            await until(lambda: any(name == "create_order" for name, _ in bench.pos.calls))
            bench.companion.stop()
            await asyncio.sleep(0.05)
            await bench.create(order_form(2))  # still stored, no longer begun
            gate.set()
            await until(lambda: bench.sinqro.byes)
        assert (await bench.record(1)).in_pos
        assert (await bench.record(2)).injection is Injection.STORED
    assert len(bench.pos.tickets) == 1


async def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    async with at_work(tmp_path) as bench:
        with bench.pos.holding("create_order"):
            await bench.create(order_form())
            await until(lambda: any(name == "create_order" for name, _ in bench.pos.calls))
            bench.companion.stop()
            began = asyncio.get_running_loop().time()
            await until(lambda: bench.sinqro.byes)
            assert asyncio.get_running_loop().time() - began < 5


async def test_a_ledger_that_cannot_be_written_for_a_while_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setattr(module, "_LEDGER_AGAIN", 0.02)
    expected_logs.allow("app.runtime.companion", logging.ERROR, "disk full")
    expected_logs.allow("app.services", logging.ERROR, "disk full")
    async with at_work(tmp_path) as bench:
        real = bench.ledger.write

        async def full(work: Any) -> Any:
            raise LedgerError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(bench.ledger, "write", full)
            bench.bells.outbox.ring()
            await asyncio.sleep(0.1)
        assert bench.ledger.write == real
        await bench.create(order_form())
        await until(lambda: bench.pos.tickets)
        await until(lambda: bench.sinqro.taken)


# ---------------------------------------------------------------- hello, deadline, alarm, snapshot


async def test_the_hello_says_who_we_are_and_what_the_pos_can_do(tmp_path: Path) -> None:
    async with open_bench(tmp_path, pos=FakePos(frozenset({Capability.ORDER_CREATE}))) as bench:
        hello = bench.companion.hello()
    assert hello["installationId"] == "inst_here"
    assert hello["sellingPointIds"] == [POINT]
    assert hello["capabilities"] == {POINT: ["order_create"]}
    assert (hello["deviceName"], hello["unacknowledged"]) == ("CAJA-1", 0)


async def test_the_deadline_marks_what_nobody_answered(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        await bench.create(order_form())
        await bench.pump()
        await bench.wait(181)
        assert Mark.LATE in (await bench.record()).marks


async def test_a_deadline_that_was_met_marks_nothing(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        await bench.create(order_form())
        await bench.staff.accept(key_of(1001))
        await bench.ledger.write(lambda tx: tx.set_due(DueKind.ACCEPT_DEADLINE, key_of(1001), bench.clock.now()))
        await bench.pump()
        assert Mark.LATE not in (await bench.record()).marks
        assert await bench.due_in(DueKind.ACCEPT_DEADLINE) is None


async def test_the_alarm_of_a_cancelled_order_is_silent(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        await bench.create(order_form())
        await bench.cancel(1001)
        before = await bench.record()
        await bench.ledger.write(lambda tx: tx.set_due(DueKind.ALARM, key_of(1001), bench.clock.now()))
        await bench.pump()
        assert await bench.record() == before


async def test_the_snapshot_has_everything_open_and_nothing_else(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        for number in (1, 2, 3):
            await bench.create(order_form(number))
        await bench.create(reservation_form(4))
        await bench.cancel(2)
        await bench.pump()
        await bench.staff.move(key_of(3), Status.COMPLETED)
        await bench.pump()
        snapshot = await bench.companion.snapshot()
        (outlet,) = snapshot.outlets
        assert [record.order_id for record in outlet.orders] == ["1", "4"]
        assert (outlet.id, outlet.name, outlet.at_work, outlet.till_open) == (POINT, "SuperPizza", True, True)
        assert outlet.outbox == await bench.ledger.read(lambda view: view.outbox_size())
        assert (snapshot.environment, snapshot.at) == ("sandbox", bench.clock.now())
        everything = await bench.companion.orders(bench.clock.now())
        assert [record.order_id for record in everything] == ["1", "2", "3", "4"]


async def test_a_frame_that_is_no_request_is_kept(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    async with open_bench(tmp_path) as bench:
        with expected_logs("app.services.intake", logging.WARNING, "TOO_LARGE"):
            await bench.companion.quarantine(b"x" * 10, "TOO_LARGE")
        kept = await bench.ledger.read(lambda view: view.quarantine())
        assert [(reason, raw) for _, reason, raw in kept] == [("TOO_LARGE", b"x" * 10)]


async def test_a_hint_of_the_pos_is_in_the_ledger_before_it_is_answered(tmp_path: Path) -> None:
    from app.ports.pos import PosWebhook

    async with open_bench(tmp_path) as bench:
        await bench.companion.pos_webhook(PosWebhook(selling_point=POINT, event="order", body={}))
        assert await bench.ledger.read(lambda view: view.value(f"pos-hint/{POINT}")) == bench.clock.now().isoformat()


async def test_a_lost_link_tells_the_screens(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        bench.changed.clear()
        bench.companion.closed("connection lost")
        assert bench.changed == [POINT]
