"""The menu's services, loaded when somebody needs them first: the idle program knows no menu."""

from typing import TYPE_CHECKING, Any

from app.domain.record import OrderKey
from app.ports.clock import Clock
from app.ports.ledger import Ledger
from app.ports.sinqro import SinqroCalls
from app.services.bells import Bells
from app.services.outlet import Outlet

if TYPE_CHECKING:
    from app.services.catalog_sync import CatalogSync
    from app.services.sold_out import SoldOutService


class CatalogDoor:
    """Gives the menu's services."""

    def __init__(
        self, *, outlets: dict[str, Outlet], ledger: Ledger, sinqro: SinqroCalls, clock: Clock, bells: Bells
    ) -> None:
        self._parts: dict[str, Any] = {
            "outlets": outlets,
            "ledger": ledger,
            "sinqro": sinqro,
            "clock": clock,
            "bells": bells,
        }
        self._ledger = ledger
        self._clock = clock
        self.loaded: CatalogSync | None = None
        """The one that is loaded already."""

    @property
    def sync(self) -> "CatalogSync":
        """Reading, checking, publishing, putting back."""
        if self.loaded is None:
            from app.services.catalog_sync import CatalogSync

            self.loaded = CatalogSync(**self._parts)
        return self.loaded

    @property
    def sold_out(self) -> "SoldOutService":
        """What staff say is not there."""
        from app.services.sold_out import SoldOutService

        return SoldOutService(ledger=self._ledger, clock=self._clock, sync=self.sync)

    async def handle_due(self, key: OrderKey) -> None:
        """A due row of kind ``sold_out``."""
        await self.sold_out.handle_due(key)
