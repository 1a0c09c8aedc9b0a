"""The machine's own clock."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """:class:`~app.ports.clock.Clock` of this machine."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC; it jumps when somebody sets it."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; a sleep of the machine may lengthen it."""
        await asyncio.sleep(seconds)
