"""Bells between the services: something was committed that another service waits for. Never carries data."""

import asyncio
from collections.abc import Callable


class Bell:
    """Rung by many, heard by one loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """There is something to do."""
        self._event.set()

    async def wait(self, timeout: float | None) -> bool:
        """Wait until it rings, at most ``timeout`` seconds; returns whether it rang. Each ring is heard once."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Bells:
    """The bells of one companion, and what is to be told when something changed."""

    def __init__(self) -> None:
        self.due = Bell()
        self.outbox = Bell()
        self.availability = Bell()
        self.on_change: Callable[[str], None] | None = None
        """Told the selling point whose orders or state changed."""
        self.on_pos_back: Callable[[str], None] | None = None
        """Told the selling point whose POS answers again."""

    def changed(self, selling_point: str) -> None:
        """A commit changed orders of this selling point: due rows, outbox and the screens may have news."""
        self.outbox.ring()
        self.due.ring()
        if self.on_change is not None:
            self.on_change(selling_point)

    def pos_back(self, selling_point: str) -> None:
        """The POS of this selling point answers again."""
        if self.on_pos_back is not None:
            self.on_pos_back(selling_point)
