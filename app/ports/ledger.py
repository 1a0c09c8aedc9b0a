"""The ledger: the durable store of inbox, outbox, orders and their history.

Work is handed over as a function of a transaction: everything it does is committed together, or not at all when it
raises. One writer runs all of them one after the other, so what a function reads is what it changes. Nothing is
acknowledged to anybody before :meth:`Ledger.write` has returned.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from app.domain.availability import Closing
from app.domain.catalog_version import CatalogItem, CatalogVersion
from app.domain.record import DueKind, DueRow, HistoryEntry, Notification, OrderKey, OrderRecord, OrderVersion

T = TypeVar("T")


class LedgerView(Protocol):
    """Everything that can be read."""

    def order(self, key: OrderKey) -> OrderRecord | None:
        """The record of an order."""
        ...

    def order_by_pos_id(self, selling_point: str, pos_order_id: str) -> OrderRecord | None:
        """The order that the POS knows by this id."""
        ...

    def open_orders(self, selling_point: str | None = None) -> list[OrderRecord]:
        """Orders that run (not final, or their way into the POS is not settled) or wait for a tick, oldest first."""
        ...

    def orders_since(self, since: datetime, selling_point: str | None = None) -> list[OrderRecord]:
        """Orders received since, oldest first."""
        ...

    def version(self, key: OrderKey, number: int | None = None) -> OrderVersion | None:
        """One text of an order: the current one, or by number."""
        ...

    def versions(self, key: OrderKey) -> list[OrderVersion]:
        """All texts of an order by number."""
        ...

    def history(self, key: OrderKey) -> list[HistoryEntry]:
        """What happened to an order, oldest first."""
        ...

    def early_status(self, key: OrderKey) -> list[dict[str, Any]]:
        """Status messages that came before their order, oldest first, as they came."""
        ...

    def answer(self, method: str, selling_point: str, request_id: str) -> Any | None:
        """The result given to a request of Sinqro's, for a repetition."""
        ...

    def value(self, name: str) -> str | None:
        """A cursor, an epoch, a mark of our own."""
        ...

    def closings(self, selling_point: str) -> list[Closing]:
        """The closings of a selling point."""
        ...

    def catalog_versions(self, selling_point: str) -> list[CatalogVersion]:
        """The versions of a selling point's catalog, the newest first; one that waits (number 0) comes last."""
        ...

    def catalog_body(self, selling_point: str, number: int) -> bytes | None:
        """What was kept as a version's content."""
        ...

    def catalog_item(self, selling_point: str, kind: str, external_id: str) -> CatalogItem | None:
        """An item of the published catalog."""
        ...

    def has_catalog(self, selling_point: str) -> bool:
        """Whether a catalog was published, so that an unknown item means something."""
        ...

    def match(self, selling_point: str, kind: str, sinqro_id: str) -> str | None:
        """The POS's id that a person said belongs to this id of Sinqro's."""
        ...

    def due_rows(self, now: datetime, selling_points: Sequence[str], limit: int) -> list[DueRow]:
        """What is due and not leased, oldest first."""
        ...

    def next_due(self, selling_points: Sequence[str]) -> datetime | None:
        """When the next due row comes, leases counted."""
        ...

    def open_count(self, selling_point: str) -> int:
        """How many orders still run: open ones, without those that only wait for a person to tick something off."""
        ...

    def outbox_size(self, selling_point: str | None = None) -> int:
        """Notifications not yet delivered."""
        ...

    def undelivered(self, key: OrderKey) -> list[Notification]:
        """Notifications of an order not yet delivered, oldest first."""
        ...

    def next_notification_due(self, selling_points: Sequence[str]) -> datetime | None:
        """When the next notification may be tried, leases counted."""
        ...

    def quarantine(self) -> list[tuple[datetime, str, bytes]]:
        """Texts that could not be taken as an order at all: when, why, the text."""
        ...


class LedgerTransaction(LedgerView, Protocol):
    """Everything that can be written; see the module's story."""

    def put_order(self, record: OrderRecord) -> None:
        """Insert or replace a record."""
        ...

    def add_version(self, key: OrderKey, version: OrderVersion) -> None:
        """Keep one more text of an order."""
        ...

    def add_history(self, key: OrderKey, at: datetime, kind: str, origin: str, **detail: Any) -> None:
        """Append to an order's history; values plain JSON."""
        ...

    def add_early_status(self, key: OrderKey, at: datetime, message: dict[str, Any]) -> None:
        """Keep a status message whose order has not come yet."""
        ...

    def clear_early_status(self, key: OrderKey) -> None:
        """Forget them: they were applied."""
        ...

    def put_answer(self, method: str, selling_point: str, request_id: str, at: datetime, result: Any) -> None:
        """Remember what a request was answered."""
        ...

    def set_value(self, name: str, value: str) -> None:
        """Keep a cursor or mark."""
        ...

    def put_closing(self, selling_point: str, closing: Closing) -> None:
        """Add or change a closing."""
        ...

    def remove_closing(self, selling_point: str, closing_id: str) -> None:
        """Lift a closing; no error when there is none."""
        ...

    def put_catalog_version(self, selling_point: str, version: CatalogVersion, body: bytes) -> None:
        """Keep a version; replaces the one of that number."""
        ...

    def drop_catalog_versions(self, selling_point: str, numbers: Iterable[int]) -> None:
        """Forget versions; no error where there is none."""
        ...

    def put_catalog_items(self, selling_point: str, items: Iterable[CatalogItem], gone: Iterable[CatalogItem]) -> None:
        """Add or replace items of the published catalog, and take out those that are gone."""
        ...

    def put_match(self, selling_point: str, kind: str, sinqro_id: str, external_id: str) -> None:
        """Remember what a person said; replaces what was said before."""
        ...

    def set_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        """Make something due; replaces an earlier one of that kind for that order, lease and all."""
        ...

    def clear_due(self, key: OrderKey, *kinds: DueKind) -> None:
        """Drop due rows of an order (all kinds when none is named)."""
        ...

    def claim(self, kind: DueKind, key: OrderKey, now: datetime, lease_for: timedelta) -> bool:
        """Lease one due row: true when it is due; an expired lease is due again."""
        ...

    def release_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        """Give a lease back: the row, if it is still there, is due at ``at``."""
        ...

    def recover_leases(self, now: datetime) -> None:
        """At start: the leases of the process before this one end now (scheduled rows stay where they are).

        Answers that Sinqro can no longer ask for again (72 h) are dropped.
        """
        ...

    def add_notification(self, notification: Notification, *, supersedes: Iterable[str] = ()) -> None:
        """Put into the outbox. Rows of the same order not yet tried whose ids are in ``supersedes`` are dropped."""
        ...

    def claim_notifications(
        self, now: datetime, lease_for: timedelta, limit: int, selling_points: Sequence[str]
    ) -> list[Notification]:
        """Lease what may be sent now: due, and the first undelivered one of its order (or type, without an order)."""
        ...

    def notification_delivered(self, notification_id: str, at: datetime) -> None:
        """It arrived."""
        ...

    def notification_failed(self, notification_id: str, at: datetime, reason: str) -> None:
        """It never will; the next one of its order goes on."""
        ...

    def notification_retry(self, notification_id: str, at: datetime, reason: str, *, counted: bool = True) -> None:
        """Try again at ``at``; ``counted=False`` when it was not really tried."""
        ...

    def notifications_due_now(self, now: datetime) -> int:
        """Make everything waiting due (a sign of life of Sinqro); leased rows stay leased. Returns how many."""
        ...

    def add_quarantine(self, at: datetime, reason: str, raw: bytes) -> None:
        """Keep a text that is no order; only the newest few hundred stay."""
        ...


class Ledger(Protocol):
    """The store itself."""

    async def write(self, work: Callable[[LedgerTransaction], T]) -> T:
        """Run ``work`` in a transaction; returns after the commit is on the disk.

        Raises what ``work`` raised (nothing of it is kept), or :class:`~app.domain.errors.LedgerError`.
        """
        ...

    async def read(self, work: Callable[[LedgerView], T]) -> T:
        """Run ``work`` on what is committed, beside the writer."""
        ...
