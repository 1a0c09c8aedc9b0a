"""Regular work, in the real APScheduler."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.infra.clock import SystemClock
from app.infra.jobs import Jobs
from tests.helpers.logfail import ExpectedLogs


class Ticks:
    """Counts its calls; the first ones fail, or it hangs."""

    def __init__(self, *, failures: int = 0, hang: bool = False) -> None:
        self.count = 0
        self.cancelled = False
        self.ticked = asyncio.Event()
        self._failures = failures
        self._hang = hang

    async def __call__(self) -> None:
        self.count += 1
        self.ticked.set()
        if self.count <= self._failures:
            raise RuntimeError("a bug")
        if self._hang:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while self.count < count:
                self.ticked.clear()
                await self.ticked.wait()


class JumpingClock(SystemClock):
    """The system's clock, set off by hand."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off


async def test_every() -> None:
    ticks = Ticks()
    started = time.monotonic()
    async with Jobs(clock=SystemClock()) as jobs:
        jobs.every(0.05, ticks, name="ticks", jitter=0.01)
        await ticks.until(3)
    assert time.monotonic() - started >= 0.1
    count = ticks.count
    await asyncio.sleep(0.15)
    assert ticks.count == count


async def test_a_bug_is_logged_and_the_job_comes_again(expected_logs: ExpectedLogs) -> None:
    ticks = Ticks(failures=1)
    async with Jobs(clock=SystemClock()) as jobs:
        with expected_logs("app.infra.jobs", logging.ERROR, "The job ticks failed") as records:
            jobs.every(0.02, ticks, name="ticks")
            await ticks.until(2)
    assert records[0].exc_info is not None


async def test_never_beside_itself_and_cancelled_at_the_end(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("apscheduler", logging.WARNING, "maximum number of running instances")
    ticks = Ticks(hang=True)
    async with Jobs(clock=SystemClock()) as jobs:
        jobs.every(0.02, ticks, name="ticks")
        await ticks.until(1)
        await asyncio.sleep(0.1)
    assert ticks.count == 1
    assert ticks.cancelled


async def test_a_late_tick_is_made_up_once() -> None:
    ticks = Ticks()
    async with Jobs(clock=SystemClock()) as jobs:
        jobs.every(0.05, ticks, name="ticks")
        time.sleep(0.3)  # the loop stands still, as in sleep of the machine
        await asyncio.sleep(0.02)
        assert ticks.count == 1


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Atlantic/Canary")])
async def test_daily_plans_in_the_zone(zone: ZoneInfo) -> None:
    ticks = Ticks()
    async with Jobs(clock=SystemClock()) as jobs:
        jobs.daily(5, 30, zone, ticks, name="ticks")
        (job,) = jobs._scheduler.get_jobs()
        planned = job.next_run_time
        assert (planned.astimezone(zone).hour, planned.astimezone(zone).minute) == (5, 30)
        assert timedelta(0) < planned - datetime.now(UTC) <= timedelta(hours=25)
        job.modify(next_run_time=datetime.now(UTC) - timedelta(hours=2))  # missed by far: made up
        await ticks.until(1)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_set_back_does_not_stop_the_jobs(hours: int) -> None:
    clock = JumpingClock()
    ticks = Ticks()
    async with Jobs(clock=clock, guard_seconds=0.02) as jobs:
        jobs.every(0.05, ticks, name="ticks")
        await ticks.until(1)
        # What a clock set back by an hour does to APScheduler: the next time is an hour away.
        (job,) = jobs._scheduler.get_jobs()
        job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
        await asyncio.sleep(0.1)
        count = ticks.count
        assert count <= 2
        clock.off = timedelta(hours=hours)
        await ticks.until(count + 2)
