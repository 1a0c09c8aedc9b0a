"""What must happen at a time stands in the ledger as a due row; this takes the rows when their time has come.

Looks each second while something is due within a minute, at once when a bell rings (something was committed), and
otherwise when the next row comes. A jump of the wall clock needs nothing of its own: the rows are compared with the
clock as it is, at least every minute.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from app.domain.errors import LedgerError
from app.domain.record import DueKind, DueRow, OrderKey
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerView
from app.services.bells import Bells
from app.services.outlet import Outlet

Handler = Callable[[OrderKey], Awaitable[None]]

log = logging.getLogger(__name__)

_AFTER_A_BUG = timedelta(minutes=1)
_AT_ONCE = 500
"""Handlers at the same time for one selling point."""
_BREATH = 0.02
"""Seconds between two looks at the least: in a burst the bell rings at every commit."""
_BREATH_FOR_EACH = 0.0005
"""Added for each handler under way: a look finds their rows again."""


class DueService:
    """Hands due rows to their handlers; a handler claims its row itself, so that a row handed twice is done once."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        clock: Clock,
        bells: Bells,
        handlers: Mapping[DueKind, Handler],
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._bells = bells
        self._handlers = handlers
        self._running: set[tuple[DueKind, OrderKey]] = set()
        self._under_way: Counter[str] = Counter()
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """For ever. Handlers run side by side, owned by this task."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                while True:
                    pause = await self._turn()
                    await self._bells.due.wait(pause)
                    await self._clock.sleep(_BREATH + _BREATH_FOR_EACH * len(self._running))
            finally:
                self._group = None

    def hand(self, row: DueRow) -> None:
        """A row was just committed and is due now: start it without looking into the ledger."""
        if self._group is not None and self._outlets[row.key.selling_point].at_work:
            self._start(row)

    async def _turn(self) -> float:
        """Start what is due; returns the seconds until the next look."""
        ready = [name for name, outlet in self._outlets.items() if outlet.at_work]
        if not ready:
            return 60
        now = self._clock.now()

        def look(view: LedgerView) -> tuple[list[DueRow], float]:
            # each selling point by itself: the queue of a POS that hangs hides nobody else's rows
            rows = [row for name in ready for row in view.due_rows(now, [name], _AT_ONCE)]
            coming = view.next_due(ready)
            return rows, 60 if coming is None else (coming - now).total_seconds()

        rows, ahead = await self._ledger.read(look)
        for row in rows:
            self._start(row)
        return max(0.05, min(ahead, 1)) if ahead < 60 else 60

    def _start(self, row: DueRow) -> None:
        name = (row.kind, row.key)
        point = row.key.selling_point
        if self._group is None or name in self._running or self._under_way[point] >= _AT_ONCE:
            return  # found again at the next look
        self._running.add(name)
        self._under_way[point] += 1
        task = self._group.create_task(self._handle(row), name=f"{row.kind.value} {row.key}")
        task.add_done_callback(lambda _: self._done(name))

    def _done(self, name: tuple[DueKind, OrderKey]) -> None:
        self._running.discard(name)
        self._under_way[name[1].selling_point] -= 1
        self._bells.changed(name[1].selling_point)  # however it ended: held is news as much as injected

    async def _handle(self, row: DueRow) -> None:
        """One order that trips us must not stop the others: it is logged, and tried again a minute later."""
        try:
            await self._handlers[row.kind](row.key)
        except LedgerError as exc:
            log.error("%s of order %s: %s", row.kind.value, row.key, exc.message)
        except Exception:
            log.exception("%s of order %s failed: a bug of ours", row.kind.value, row.key)
            with contextlib.suppress(LedgerError):
                again = self._clock.now() + _AFTER_A_BUG
                await self._ledger.write(lambda tx: tx.release_due(row.kind, row.key, again))
