"""Work at regular times: APScheduler, inside the loop and in memory.

It only ticks. What must not be missed stands in the ledger as a due row; a tick that was missed is made up once, late
(by default APScheduler drops it silently). A job never runs beside itself.

APScheduler plans by the wall clock. When that is set back an hour, its jobs would pause for an hour: a guard compares
it with the monotonic clock and plans the regular jobs anew when it jumped.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, tzinfo
from types import TracebackType
from typing import Any, Self

from app.ports.clock import Clock

log = logging.getLogger(__name__)

JUMP = timedelta(seconds=5)
"""Smaller steps of the wall clock do not matter."""

Job = Callable[[], Awaitable[None]]


class Jobs:
    """Runs jobs within ``async with``; at its end those that are running are cancelled and waited for.

    What a job raises is a bug (it handles the world's failures itself): logged, and the job comes again at its time.
    """

    def __init__(self, *, clock: Clock, guard_seconds: float = 5) -> None:
        self._clock = clock
        self._guard_seconds = guard_seconds
        self._scheduler: Any = None  # APScheduler ships no types
        self._regular: list[tuple[Any, float]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._closing = False
        self._guard: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        # Here, since it costs 2 MB: programs that need no jobs do not load it.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._scheduler.start()
        self._guard = asyncio.create_task(self._watch_clock(), name="jobs-clock-guard")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it shuts down in the loop's next turn
        tasks = [*self._running, *([self._guard] if self._guard else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def every(self, seconds: float, job: Job, *, name: str, jitter: float = 0) -> None:
        """Run ``job`` every ``seconds``, the first time after as long, each time up to ``jitter`` seconds off."""
        from apscheduler.triggers.interval import IntervalTrigger

        trigger = IntervalTrigger(seconds=seconds, jitter=jitter or None, timezone=UTC)
        added = self._scheduler.add_job(self._run, trigger, args=(job, name), name=name)
        self._regular.append((added, seconds))

    def daily(self, hour: int, minute: int, zone: tzinfo, job: Job, *, name: str) -> None:
        """Run ``job`` each day at that time in ``zone``."""
        from apscheduler.triggers.cron import CronTrigger

        trigger = CronTrigger(hour=hour, minute=minute, timezone=zone)
        self._scheduler.add_job(self._run, trigger, args=(job, name), name=name)

    async def _run(self, job: Job, name: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await job()
        except asyncio.CancelledError:
            if not self._closing:  # else this task ends here; APScheduler would log the cancellation as an error
                raise
        except Exception:
            log.exception("The job %s failed.", name)
        finally:
            self._running.discard(task)

    async def _watch_clock(self) -> None:
        offset = self._offset()
        while True:
            await self._clock.sleep(self._guard_seconds)
            before, offset = offset, self._offset()
            if abs(offset - before) > JUMP:
                log.info("The clock jumped by %.0f s: the jobs are planned anew.", (offset - before).total_seconds())
                now = datetime.now(UTC)  # what APScheduler compares with
                for job, seconds in self._regular:
                    job.modify(next_run_time=now + timedelta(seconds=seconds))
                self._scheduler.wakeup()

    def _offset(self) -> timedelta:
        """How far the wall clock is ahead of the monotonic one: it changes when the former jumps."""
        return self._clock.now() - datetime.fromtimestamp(0, UTC) - timedelta(seconds=self._clock.monotonic())
