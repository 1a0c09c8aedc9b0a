"""A clock that stands still until a test moves it.

`sleep` waits for `advance`, which wakes the sleepers one after the other at their very moments and lets the loop run in
between, so that a task that sleeps again and again does so at the right times:

    clock = FakeClock()
    task = asyncio.create_task(something(clock))
    await clock.advance(30)

Work that another thread does (the ledger's) is not waited for.
"""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
"""A Wednesday evening, 21:00 in Madrid."""

_STEPS = 25
"""Passes of the loop that a woken task gets before time goes on: more than any chain of callbacks in the program."""


class FakeClock:
    """Implements :class:`~app.ports.clock.Clock`."""

    def __init__(self, start: datetime = START) -> None:
        self._wall = start
        self._monotonic = 1000.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wakes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._order), wakes))
        await wakes

    @property
    def sleeping(self) -> int:
        """How many wait."""
        return sum(not wakes.done() for _, _, wakes in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Let so much time pass on both clocks."""
        end = self._monotonic + seconds
        await self._run()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, wakes = heapq.heappop(self._sleepers)
            if wakes.done():  # its task was cancelled
                continue
            self._pass(at - self._monotonic)
            wakes.set_result(None)
            await self._run()
        self._pass(end - self._monotonic)

    def tick(self, seconds: float) -> None:
        """Let time pass without waking anybody: for code that never sleeps."""
        self._pass(seconds)

    def jump(self, seconds: float) -> None:
        """Set the wall clock alone, as a person or a time server does."""
        self._wall += timedelta(seconds=seconds)

    def _pass(self, seconds: float) -> None:
        self._monotonic += seconds
        self._wall += timedelta(seconds=seconds)

    @staticmethod
    async def _run() -> None:
        for _ in range(_STEPS):
            await asyncio.sleep(0)
