"""The mirrors of one companion, and the task that looks into them: what customers see beside what is so here."""

from typing import Any

from app.ports.clock import Clock
from app.ports.ledger import Ledger
from app.ports.sinqro import SinqroCalls
from app.services.bells import Bells
from app.services.catalog_door import CatalogDoor
from app.services.hours import SCHEDULE, schedule_essence, schedule_value
from app.services.mirror import USUAL, Mirror
from app.services.outlet import Outlet
from app.services.shown import (
    AVAILABILITY,
    PREPARATION,
    availability_essence,
    availability_value,
    preparation_essence,
    preparation_value,
)

_SHORTEST = 0.2
"""Seconds between two looks at the least."""


class Mirrors:
    """Closings, hours and the longer preparation; and whether Sinqro took the menu."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        sinqro: SinqroCalls,
        clock: Clock,
        bells: Bells,
        catalog: CatalogDoor,
    ) -> None:
        self._outlets = outlets
        self._sinqro = sinqro
        self._clock = clock
        self._bells = bells
        self._catalog = catalog
        common: dict[str, Any] = {"ledger": ledger, "sinqro": sinqro, "clock": clock, "bells": bells}
        self.availability = Mirror(
            kind=AVAILABILITY,
            question="sellingPoint.availability.get",
            value=availability_value,
            essence=availability_essence,
            usual=lambda value: not value["closings"],
            words="Sinqro does not show what is closed here.",
            **common,
        )
        self.preparation = Mirror(
            kind=PREPARATION,
            question="sellingPoint.preparation.get",
            value=preparation_value,
            essence=preparation_essence,
            usual=lambda value: not value["extraMinutes"],
            words="Sinqro does not show the longer time.",
            **common,
        )
        self.schedule = Mirror(
            kind=SCHEDULE,
            question="sellingPoint.schedule.get",
            value=schedule_value,
            essence=schedule_essence,
            usual=lambda value: not (value["ranges"] or value["orderTypeRanges"] or value["exceptions"]),
            words="Sinqro does not show these hours.",
            **common,
        )

        self._all = (self.availability, self.preparation, self.schedule)

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await self._bells.availability.wait(max(_SHORTEST, self._pause()))

    async def look(self) -> None:
        """Look into every mirror whose time has come."""
        for outlet in self._watched():
            for mirror in self._all:
                if mirror.was_told(outlet.id) and mirror.pause(outlet) <= 0:
                    await mirror.look(outlet)
            if self._catalog.loaded is not None and self._catalog.loaded.pause(outlet) <= 0:
                await self._catalog.loaded.look(outlet)

    def hurry(self, selling_point: str) -> None:
        """Look at once at what Sinqro shows of it: where it differs it is told again."""
        outlet = self._outlets[selling_point]
        for mirror in self._all:
            mirror.hurry(outlet)
        self._bells.availability.ring()

    def _watched(self) -> list[Outlet]:
        if not self._sinqro.connected:
            return []
        return [outlet for outlet in self._outlets.values() if outlet.at_work]

    def _pause(self) -> float:
        pauses = [USUAL]
        for outlet in self._watched():
            pauses += [mirror.pause(outlet) for mirror in self._all if mirror.was_told(outlet.id)]
            if self._catalog.loaded is not None:
                pauses.append(self._catalog.loaded.pause(outlet))
        return min(pauses)
