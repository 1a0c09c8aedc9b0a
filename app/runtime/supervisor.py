"""Every background task has an owner: one supervisor, which restarts what crashes and gives up when that does not help.

A task that crashes is a bug (services handle the world's failures themselves): it is logged with its traceback and
started again after 1, 3, 10, 30 s. The fifth crash within five minutes ends the supervisor and all its tasks: better a
red tray than a bridge that looks well and does nothing.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from app.ports.clock import Clock

log = logging.getLogger(__name__)

DELAYS = (1.0, 3.0, 10.0, 30.0)
"""Seconds before the next start after the first, second … crash within :data:`WINDOW`; one more crash is the last."""
WINDOW = 300.0
"""Seconds after which a crash is forgotten."""


class TaskGaveUp(Exception):
    """A task crashed too often; its last exception is the cause."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The task {name} crashed {len(DELAYS) + 1} times within {WINDOW / 60:g} minutes.")
        self.name = name


class Supervisor:
    """Owns tasks within ``async with``; at its end they are cancelled and waited for.

    When one gives up, the block is cancelled and raises an exception group with :class:`TaskGaveUp`.
    """

    def __init__(self, *, clock: Clock, chance: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._chance = chance
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(kind, exc, trace)

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a task called ``name``; ``run`` is called anew for each start. Returning is a good end."""
        task = self._group.create_task(self._keep_running(name, run), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_running(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        crashes: deque[float] = deque()
        while True:
            try:
                await run()
                return
            except Exception as exc:
                now = self._clock.monotonic()
                while crashes and now - crashes[0] > WINDOW:
                    crashes.popleft()
                if len(crashes) == len(DELAYS):
                    log.critical("The task %s crashed again and is given up.", name, exc_info=True)
                    raise TaskGaveUp(name) from exc
                # Up to a tenth longer: tasks that fell together do not start together.
                delay = DELAYS[len(crashes)] * (1 + self._chance() / 10)
                crashes.append(now)
                log.exception("The task %s crashed and starts again in %.0f s.", name, delay)
            await self._clock.sleep(delay)
