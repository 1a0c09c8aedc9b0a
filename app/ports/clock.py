"""Time, so that tests can make it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall and monotonic time."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; sleep of the machine may or may not count."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
