"""What staff say is not there ("86"), from POS or tray: until then, or until set back.

The word is kept first, whatever becomes of the publishing; its end is a due row, so that it survives restarts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from app.domain.catalog import EntityKind, SoldOut
from app.domain.record import DueKind, OrderKey
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.services.catalog_memory import Memory, memory_of, remember
from app.services.catalog_sync import CatalogSync

LEASE = timedelta(seconds=30)


class SoldOutService:
    """The staff's words on single items."""

    def __init__(self, *, ledger: Ledger, clock: Clock, sync: CatalogSync) -> None:
        self._ledger = ledger
        self._clock = clock
        self._sync = sync

    async def set_sold_out(
        self, selling_point: str, kind: EntityKind, external_id: str, until: datetime | None = None
    ) -> None:
        """Staff say that something is not there, until then or until set back."""
        word = SoldOut(kind=kind, external_id=external_id, since=self._clock.now(), until=until)
        await self._change_sold_out(selling_point, kind, external_id, word)

    async def set_back(self, selling_point: str, kind: EntityKind, external_id: str) -> None:
        """It is there again, as far as staff had said otherwise; the POS's own word stays."""
        await self._change_sold_out(selling_point, kind, external_id, None)

    async def _change_sold_out(
        self, selling_point: str, kind: EntityKind, external_id: str, word: SoldOut | None
    ) -> None:
        def change(tx: LedgerTransaction) -> None:
            memory = memory_of(tx, selling_point)
            others = tuple(each for each in memory.sold_out if (each.kind, each.external_id) != (kind, external_id))
            self._keep_sold_out(tx, selling_point, memory, (*others, word) if word else others)

        await self._say(selling_point, change)

    async def handle_due(self, key: OrderKey) -> None:
        """A due row of kind ``sold_out``: what was sold out until now is there again."""

        def change(tx: LedgerTransaction) -> None:
            now = self._clock.now()
            if not tx.claim(DueKind.SOLD_OUT, key, now, LEASE):
                return
            memory = memory_of(tx, key.selling_point)
            left = tuple(each for each in memory.sold_out if each.until is None or each.until > now)
            self._keep_sold_out(tx, key.selling_point, memory, left)

        await self._say(key.selling_point, change)

    def _keep_sold_out(
        self, tx: LedgerTransaction, selling_point: str, memory: Memory, sold_out: tuple[SoldOut, ...]
    ) -> None:
        remember(tx, selling_point, msgspec.structs.replace(memory, sold_out=sold_out))
        key = OrderKey(selling_point, "")
        ends = [each.until for each in sold_out if each.until is not None]
        if ends:
            tx.set_due(DueKind.SOLD_OUT, key, min(ends))
        else:
            tx.clear_due(key, DueKind.SOLD_OUT)

    async def _say(self, selling_point: str, change: Callable[[LedgerTransaction], None]) -> None:
        await self._ledger.write(change)
        await self._sync.look_again(selling_point)
