"""The reference POS as an evening's player sees it, and the people at it."""

from app.domain.status import OrderType, Status
from app.sandbox.evening_board import OURS
from app.sandbox.pos import ReferencePos

MOST_CHANGES = 500


class PlayedReference:
    """Implements :class:`~app.sandbox.evening_board.PlayedPos`."""

    look_every = 0.02
    takes_money = False

    def __init__(self, pos: ReferencePos) -> None:
        self._pos = pos
        self._cursor = pos.till.open_orders().cursor

    def shows(self, order_type: OrderType) -> frozenset[Status]:
        return frozenset(OURS.values())

    async def changed(self) -> list[tuple[str, Status]]:
        found: list[tuple[str, Status]] = []
        more = True
        while more:
            page = self._pos.till.since(self._cursor, MOST_CHANGES)
            self._cursor, more = page.cursor, page.more
            found += [(ticket.reference, OURS[ticket.status]) for ticket in page.orders if ticket.reference]
        return found

    async def received(self) -> list[tuple[str, float]]:
        return [(entry["reference"], entry["received_at"]) for entry in self._pos.orders() if entry["reference"]]

    async def move(self, reference: str, status: Status, reason: str = "") -> None:
        self._pos.move(reference, status.value, reason=reason)
