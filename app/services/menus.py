"""Reads menus one after the other when somebody wants it: the clock, a POS's webhook, a person, Sinqro."""

import logging

from app.domain.errors import LedgerError
from app.ports.pos import Capability
from app.services.bells import Bell
from app.services.catalog_door import CatalogDoor
from app.services.outlet import Outlet

log = logging.getLogger(__name__)


class MenuReader:
    """The one place that starts a read; each selling point's wishes meanwhile count once."""

    def __init__(self, *, outlets: dict[str, Outlet], catalog: CatalogDoor) -> None:
        self._outlets = outlets
        self._catalog = catalog
        self._wanted: dict[str, None] = {}
        self._bell = Bell()

    def want(self, selling_point: str) -> None:
        """Read this selling point's menu soon."""
        outlet = self._outlets.get(selling_point)
        if outlet is not None and outlet.can(Capability.CATALOG_READ):
            self._wanted[selling_point] = None
            self._bell.ring()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._bell.wait(None)
            while self._wanted:
                selling_point = next(iter(self._wanted))
                del self._wanted[selling_point]
                try:
                    await self._catalog.sync.read(selling_point)
                except LedgerError as exc:
                    log.error("the menu of selling point %s was not kept: %s", selling_point, exc.message)
