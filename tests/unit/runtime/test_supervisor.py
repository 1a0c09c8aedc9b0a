"""Tasks that crash, and when that is enough."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from app.runtime.supervisor import DELAYS, Supervisor, TaskGaveUp
from tests.helpers.logfail import ExpectedLogs

NAME = "app.runtime.supervisor"


class FakeClock:
    """Time that passes only by sleeping, and then at once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class Flaky:
    """Crashes at its first starts, after running for so long by the clock."""

    def __init__(self, clock: FakeClock, crashes: int, *, lives: float = 0) -> None:
        self.starts = 0
        self.well = asyncio.Event()
        self._clock = clock
        self._crashes = crashes
        self._lives = lives

    async def __call__(self) -> None:
        self.starts += 1
        if self.starts <= self._crashes:
            self._clock.seconds += self._lives
            raise RuntimeError(f"crash {self.starts}")
        self.well.set()
        await asyncio.Event().wait()


async def test_a_crash_is_logged_and_the_task_starts_again(expected_logs: ExpectedLogs) -> None:
    clock = FakeClock()
    flaky = Flaky(clock, 4)
    with expected_logs(NAME, logging.ERROR, "task flaky crashed") as records:
        async with asyncio.timeout(5), Supervisor(clock=clock, chance=lambda: 0) as supervisor:
            supervisor.start("flaky", flaky)
            await flaky.well.wait()
    assert clock.slept == list(DELAYS)
    assert [record.exc_info is not None for record in records] == [True] * 4


async def test_the_fifth_crash_in_five_minutes_is_the_last(expected_logs: ExpectedLogs) -> None:
    clock = FakeClock()
    expected_logs.allow(NAME, logging.ERROR, "starts again")
    other = Flaky(clock, 0)
    flaky = Flaky(clock, 100)
    given_up = pytest.RaisesExc(TaskGaveUp, match="flaky crashed 5 times within 5 minutes")
    with (
        expected_logs(NAME, logging.CRITICAL, "flaky crashed again and is given up"),
        pytest.RaisesGroup(given_up) as caught,
    ):
        async with asyncio.timeout(5), Supervisor(clock=clock) as supervisor:
            supervisor.start("other", other)
            supervisor.start("flaky", flaky)
            await asyncio.Event().wait()
    assert flaky.starts == 5
    assert str(caught.value.exceptions[0].__cause__) == "crash 5"
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name() in ("other", "flaky")] == []


async def test_rare_crashes_are_forgotten(expected_logs: ExpectedLogs) -> None:
    clock = FakeClock()
    expected_logs.allow(NAME, logging.ERROR, "starts again")
    flaky = Flaky(clock, 20, lives=120)
    async with asyncio.timeout(5), Supervisor(clock=clock, chance=lambda: 0.999) as supervisor:
        supervisor.start("flaky", flaky)
        await flaky.well.wait()
    assert flaky.starts == 21
    assert max(clock.slept) < DELAYS[2] * 1.1


async def test_a_good_end_is_no_crash_and_the_block_ends_all() -> None:
    clock = FakeClock()
    waiting = Flaky(clock, 0)
    ended = []

    async def short() -> None:
        ended.append(True)

    async with Supervisor(clock=clock) as supervisor:
        supervisor.start("short", short)
        supervisor.start("waiting", waiting)
        await waiting.well.wait()
    assert ended == [True]
    assert clock.slept == []


async def test_an_error_of_the_block_ends_all_too() -> None:
    waiting = Flaky(FakeClock(), 0)
    with pytest.RaisesGroup(pytest.RaisesExc(KeyError)):
        async with Supervisor(clock=FakeClock()) as supervisor:
            supervisor.start("waiting", waiting)
            await waiting.well.wait()
            raise KeyError


async def test_cancellation_passes() -> None:
    waiting = Flaky(FakeClock(), 0)
    cleaned = []

    async def careful() -> None:
        try:
            await waiting()
        finally:
            cleaned.append(True)

    async def block() -> None:
        async with Supervisor(clock=FakeClock()) as supervisor:
            supervisor.start("careful", careful)
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await waiting.well.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [True]
