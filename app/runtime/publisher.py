"""Snapshots for whoever shows them: taken when something changed, ten a second at the most."""

import asyncio
from collections.abc import Callable

from app.runtime.companion import Companion
from app.services.bells import Bell
from app.services.snapshot import Snapshot

_PAUSE = 0.1
"""Seconds between two snapshots: nobody sees more, and a burst costs no more than an evening."""


class Publisher:
    """``show`` is called in the loop with each snapshot; :meth:`ring` says that there is news."""

    def __init__(self, *, show: Callable[[Snapshot], None]) -> None:
        self._show = show
        self._bell = Bell()

    def ring(self, *_: object) -> None:
        """Something changed; takes and ignores whatever it is told about it."""
        self._bell.ring()

    async def run(self, companion: Companion) -> None:
        """For ever."""
        while True:
            self._show(await companion.snapshot())
            await asyncio.sleep(_PAUSE)
            await self._bell.wait(None)
