"""The POS of a selling point that has none (yet): the companion is its book for everything."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, NoReturn, Self

from app.domain.catalog import CatalogEntity
from app.domain.errors import ProfileError
from app.domain.schedule import Schedule
from app.domain.status import Status
from app.ports.pos import Capability, PosChanges, PosHealth, PosOrder, PosOrderRequest, PosSwitch


class NoPos:
    """Implements :class:`~app.ports.pos.PosAdapter` without a single capability."""

    capabilities: frozenset[Capability] = frozenset()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    async def health(self) -> PosHealth:
        return PosHealth(ok=True, message="no POS is set up: orders stay in the companion")

    async def create_order(self, request: PosOrderRequest) -> PosOrder:
        _none()

    async def update_order(self, pos_order_id: str, request: PosOrderRequest) -> PosOrder:
        _none()

    async def find_order(self, reference: str) -> PosOrder | None:
        _none()

    async def read_order(self, pos_order_id: str) -> PosOrder:
        _none()

    async def read_status(self, pos_order_id: str) -> PosOrder:
        _none()

    async def change_status(
        self, pos_order_id: str, status: Status, *, reason: str = "", minutes: int | None = None
    ) -> None:
        _none()

    async def changes(self, since: str) -> PosChanges:
        _none()

    def read_catalog(self) -> AsyncIterator[CatalogEntity]:
        _none()

    async def read_availability(self) -> PosSwitch:
        _none()

    async def set_availability(self, switch: PosSwitch) -> None:
        _none()

    async def read_schedule(self) -> Schedule:
        _none()

    async def read_tables(self) -> list[dict[str, Any]]:
        _none()


def _none() -> NoReturn:
    raise ProfileError("this selling point has no POS set up")
