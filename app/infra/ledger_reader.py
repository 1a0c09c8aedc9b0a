"""The reading half of the ledger's SQL, and how its columns become values."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.availability import Closing
from app.domain.catalog_version import CatalogItem, CatalogOrigin, CatalogVersion
from app.domain.record import (
    BY_HAND,
    IN_COMPANION,
    DueKind,
    DueRow,
    HistoryEntry,
    Notification,
    OrderKey,
    OrderRecord,
    OrderVersion,
)
from app.domain.status import Injection, Origin, Status

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_RECORD = msgspec.json.Decoder(OrderRecord)
_CLOSING = msgspec.json.Decoder(Closing)
_PLAIN = msgspec.json.Decoder(float_hook=Decimal)
_SETTLED = frozenset({Injection.INJECTED, Injection.WITHDRAWN})
OUTBOX_COLUMNS = (
    "id, selling_point, type, data, created_at, order_id, attempts, due_at, last_error, deliver_by, sequence"
)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The moment, aware, UTC."""
    return _EPOCH + value * _MICROSECOND


RUNNING, TO_TICK_OFF = 1, 2
"""Values of the column ``open``; 0: nothing is wanted any more."""


def openness(record: OrderRecord) -> int:
    """Whether an order still runs (not final, or its way into the POS is not settled), or only waits for a person."""
    if not record.status.final or record.injection is Injection.INJECTING:
        return RUNNING
    missing = record.injection not in _SETTLED and record.injection_code != IN_COMPANION
    if record.status is Status.COMPLETED and missing:
        return RUNNING
    return TO_TICK_OFF if record.marks & BY_HAND else 0


class LedgerReader:
    """Implements :class:`~app.ports.ledger.LedgerView`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.do = connection.execute

    # reading

    def order(self, key: OrderKey) -> OrderRecord | None:
        row = self.do("SELECT record FROM orders WHERE selling_point = ? AND order_id = ?", key).fetchone()
        return _RECORD.decode(row[0]) if row else None

    def order_by_pos_id(self, selling_point: str, pos_order_id: str) -> OrderRecord | None:
        row = self.do(
            "SELECT record FROM orders WHERE selling_point = ? AND pos_order_id = ? AND pos_order_id <> ''"
            " ORDER BY received_at DESC LIMIT 1",
            (selling_point, pos_order_id),
        ).fetchone()
        return _RECORD.decode(row[0]) if row else None

    def open_orders(self, selling_point: str | None = None) -> list[OrderRecord]:
        rows = self.do(
            "SELECT record FROM orders WHERE open > 0 AND (?1 IS NULL OR selling_point = ?1) ORDER BY received_at",
            (selling_point,),
        )
        return [_RECORD.decode(row[0]) for row in rows]

    def orders_since(self, since: datetime, selling_point: str | None = None) -> list[OrderRecord]:
        rows = self.do(
            "SELECT record FROM orders WHERE received_at >= ? AND (?2 IS NULL OR selling_point = ?2)"
            " ORDER BY received_at",
            (to_micros(since), selling_point),
        )
        return [_RECORD.decode(row[0]) for row in rows]

    def version(self, key: OrderKey, number: int | None = None) -> OrderVersion | None:
        if number is None:
            record = self.order(key)
            number = record.version if record else 0
        row = self.do(
            "SELECT number, raw, received_at, revision, source FROM version"
            " WHERE selling_point = ? AND order_id = ? AND number = ?",
            (*key, number),
        ).fetchone()
        return _version(row) if row else None

    def versions(self, key: OrderKey) -> list[OrderVersion]:
        rows = self.do(
            "SELECT number, raw, received_at, revision, source FROM version"
            " WHERE selling_point = ? AND order_id = ? ORDER BY number",
            key,
        )
        return [_version(row) for row in rows]

    def history(self, key: OrderKey) -> list[HistoryEntry]:
        rows = self.do(
            "SELECT at, kind, origin, detail FROM history WHERE selling_point = ? AND order_id = ? ORDER BY sequence",
            key,
        )
        return [
            HistoryEntry(at=from_micros(at), kind=kind, origin=Origin(origin), detail=_PLAIN.decode(detail))
            for at, kind, origin, detail in rows
        ]

    def early_status(self, key: OrderKey) -> list[dict[str, Any]]:
        rows = self.do(
            "SELECT message FROM early_status WHERE selling_point = ? AND order_id = ? ORDER BY sequence", key
        )
        return [_PLAIN.decode(row[0]) for row in rows]

    def answer(self, method: str, selling_point: str, request_id: str) -> Any | None:
        row = self.do(
            "SELECT result FROM answer WHERE selling_point = ? AND method = ? AND request_id = ?",
            (selling_point, method, request_id),
        ).fetchone()
        return _PLAIN.decode(row[0]) if row else None

    def value(self, name: str) -> str | None:
        row = self.do("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def closings(self, selling_point: str) -> list[Closing]:
        rows = self.do("SELECT closing FROM closing WHERE selling_point = ? ORDER BY id", (selling_point,))
        return [_CLOSING.decode(row[0]) for row in rows]

    def catalog_versions(self, selling_point: str) -> list[CatalogVersion]:
        rows = self.do(
            "SELECT number, at, origin, entities, products, changes FROM catalog WHERE selling_point = ?"
            " ORDER BY number DESC",
            (selling_point,),
        )
        return [
            CatalogVersion(
                number=number,
                at=from_micros(at),
                origin=CatalogOrigin(origin),
                entities=entities,
                products=products,
                changes=changes,
            )
            for number, at, origin, entities, products, changes in rows
        ]

    def catalog_body(self, selling_point: str, number: int) -> bytes | None:
        row = self.do(
            "SELECT body FROM catalog WHERE selling_point = ? AND number = ?", (selling_point, number)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def catalog_item(self, selling_point: str, kind: str, external_id: str) -> CatalogItem | None:
        row = self.do(
            "SELECT name, price, available FROM item WHERE selling_point = ? AND kind = ? AND external_id = ?",
            (selling_point, kind, external_id),
        ).fetchone()
        if row is None:
            return None
        name, price, available = row
        return CatalogItem(
            kind=kind,
            external_id=external_id,
            name=name,
            price=None if price is None else Decimal(price),
            available=bool(available),
        )

    def has_catalog(self, selling_point: str) -> bool:
        row = self.do("SELECT 1 FROM catalog WHERE selling_point = ? AND number > 0 LIMIT 1", (selling_point,))
        return row.fetchone() is not None

    def match(self, selling_point: str, kind: str, sinqro_id: str) -> str | None:
        row = self.do(
            "SELECT external_id FROM match WHERE selling_point = ? AND kind = ? AND sinqro_id = ?",
            (selling_point, kind, sinqro_id),
        ).fetchone()
        return None if row is None else str(row[0])

    def due_rows(self, now: datetime, selling_points: Sequence[str], limit: int) -> list[DueRow]:
        marks = ", ".join("?" * len(selling_points))
        rows = self.do(
            # The plus: by index of time, not of selling point (which nearly all rows share), here and below.
            "SELECT kind, selling_point, order_id, at FROM due"  # noqa: S608
            f" WHERE at <= ? AND +selling_point IN ({marks}) ORDER BY at LIMIT ?",
            (to_micros(now), *selling_points, limit),
        )
        return [
            DueRow(kind=DueKind(kind), key=OrderKey(selling_point, order_id), at=from_micros(at))
            for kind, selling_point, order_id, at in rows
        ]

    def next_due(self, selling_points: Sequence[str]) -> datetime | None:
        marks = ", ".join("?" * len(selling_points))
        row = self.do(
            f"SELECT at FROM due WHERE +selling_point IN ({marks}) ORDER BY at LIMIT 1",  # noqa: S608
            selling_points,
        ).fetchone()
        return _moment(row[0]) if row else None

    def open_count(self, selling_point: str) -> int:
        row = self.do(
            "SELECT count(*) FROM orders WHERE open > 0 AND open = ? AND selling_point = ?", (RUNNING, selling_point)
        ).fetchone()
        return int(row[0])

    def outbox_size(self, selling_point: str | None = None) -> int:
        row = self.do(
            "SELECT count(*) FROM outbox WHERE state = 0 AND (?1 IS NULL OR selling_point = ?1)", (selling_point,)
        ).fetchone()
        return int(row[0])

    def undelivered(self, key: OrderKey) -> list[Notification]:
        rows = self.do(
            f"SELECT {OUTBOX_COLUMNS} FROM outbox WHERE state = 0 AND lane = ? ORDER BY sequence",  # noqa: S608
            (str(key),),
        )
        return [notification_of(row) for row in rows]

    def next_notification_due(self, selling_points: Sequence[str]) -> datetime | None:
        marks = ", ".join("?" * len(selling_points))
        row = self.do(
            "SELECT min(max(due_at, lease_until)) FROM outbox AS o"  # noqa: S608
            f" WHERE state = 0 AND selling_point IN ({marks}) AND NOT EXISTS"
            " (SELECT 1 FROM outbox AS p WHERE p.state = 0 AND p.lane = o.lane AND p.sequence < o.sequence)",
            selling_points,
        ).fetchone()
        return _moment(row[0])

    def quarantine(self) -> list[tuple[datetime, str, bytes]]:
        rows = self.do("SELECT at, reason, raw FROM quarantine ORDER BY sequence")
        return [(from_micros(at), reason, raw) for at, reason, raw in rows]


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _version(row: tuple[int, bytes, int, int, str]) -> OrderVersion:
    number, raw, received_at, revision, source = row
    return OrderVersion(number=number, raw=raw, received_at=from_micros(received_at), revision=revision, source=source)


def notification_of(row: tuple[Any, ...]) -> Notification:
    """A row of :data:`OUTBOX_COLUMNS` as a notification."""
    return Notification(
        id=row[0],
        selling_point=row[1],
        type=row[2],
        data=_PLAIN.decode(row[3]),
        created_at=from_micros(row[4]),
        order_id=row[5],
        attempts=row[6],
        due_at=from_micros(row[7]),
        last_error=row[8],
        deliver_by=_moment(row[9]),
        sequence=row[10],
    )
