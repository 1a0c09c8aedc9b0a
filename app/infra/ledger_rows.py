"""The ledger's SQL: one object over one connection that reads and writes its tables.

Used on the ledger thread inside a transaction (:mod:`app.infra.ledger_sqlite`), and on the read-only connection.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.availability import Closing
from app.domain.record import (
    BY_HAND,
    IN_COMPANION,
    SCHEDULED,
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
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_RECORD_ENCODER = msgspec.json.Encoder()
_SETTLED = frozenset({Injection.INJECTED, Injection.WITHDRAWN})
_OUTBOX_COLUMNS = (
    "id, selling_point, type, data, created_at, order_id, attempts, due_at, last_error, deliver_by, sequence"
)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The moment, aware, UTC."""
    return _EPOCH + value * _MICROSECOND


def is_open(record: OrderRecord) -> bool:
    """Whether an order still wants something: not final, or its way into the POS is not settled."""
    if not record.status.final or record.injection is Injection.INJECTING:
        return True
    missing = record.injection not in _SETTLED and record.injection_code != IN_COMPANION
    return (record.status is Status.COMPLETED and missing) or bool(record.marks & BY_HAND)


class LedgerRows:
    """Implements :class:`~app.ports.ledger.LedgerTransaction` on a connection whose transactions are another's care."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    # reading

    def order(self, key: OrderKey) -> OrderRecord | None:
        row = self._do("SELECT record FROM orders WHERE selling_point = ? AND order_id = ?", key).fetchone()
        return _RECORD.decode(row[0]) if row else None

    def order_by_pos_id(self, selling_point: str, pos_order_id: str) -> OrderRecord | None:
        row = self._do(
            "SELECT record FROM orders WHERE selling_point = ? AND pos_order_id = ? AND pos_order_id <> ''"
            " ORDER BY received_at DESC LIMIT 1",
            (selling_point, pos_order_id),
        ).fetchone()
        return _RECORD.decode(row[0]) if row else None

    def open_orders(self, selling_point: str | None = None) -> list[OrderRecord]:
        rows = self._do(
            "SELECT record FROM orders WHERE open = 1 AND (?1 IS NULL OR selling_point = ?1) ORDER BY received_at",
            (selling_point,),
        )
        return [_RECORD.decode(row[0]) for row in rows]

    def orders_since(self, since: datetime, selling_point: str | None = None) -> list[OrderRecord]:
        rows = self._do(
            "SELECT record FROM orders WHERE received_at >= ? AND (?2 IS NULL OR selling_point = ?2)"
            " ORDER BY received_at",
            (to_micros(since), selling_point),
        )
        return [_RECORD.decode(row[0]) for row in rows]

    def version(self, key: OrderKey, number: int | None = None) -> OrderVersion | None:
        if number is None:
            record = self.order(key)
            number = record.version if record else 0
        row = self._do(
            "SELECT number, raw, received_at, revision, source FROM version"
            " WHERE selling_point = ? AND order_id = ? AND number = ?",
            (*key, number),
        ).fetchone()
        return _version(row) if row else None

    def versions(self, key: OrderKey) -> list[OrderVersion]:
        rows = self._do(
            "SELECT number, raw, received_at, revision, source FROM version"
            " WHERE selling_point = ? AND order_id = ? ORDER BY number",
            key,
        )
        return [_version(row) for row in rows]

    def history(self, key: OrderKey) -> list[HistoryEntry]:
        rows = self._do(
            "SELECT at, kind, origin, detail FROM history WHERE selling_point = ? AND order_id = ? ORDER BY sequence",
            key,
        )
        return [
            HistoryEntry(at=from_micros(at), kind=kind, origin=Origin(origin), detail=_PLAIN.decode(detail))
            for at, kind, origin, detail in rows
        ]

    def early_status(self, key: OrderKey) -> list[dict[str, Any]]:
        rows = self._do(
            "SELECT message FROM early_status WHERE selling_point = ? AND order_id = ? ORDER BY sequence", key
        )
        return [_PLAIN.decode(row[0]) for row in rows]

    def answer(self, method: str, selling_point: str, request_id: str) -> Any | None:
        row = self._do(
            "SELECT result FROM answer WHERE selling_point = ? AND method = ? AND request_id = ?",
            (selling_point, method, request_id),
        ).fetchone()
        return _PLAIN.decode(row[0]) if row else None

    def value(self, name: str) -> str | None:
        row = self._do("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def closings(self, selling_point: str) -> list[Closing]:
        rows = self._do("SELECT closing FROM closing WHERE selling_point = ? ORDER BY id", (selling_point,))
        return [_CLOSING.decode(row[0]) for row in rows]

    def next_due(self) -> datetime | None:
        return _moment(self._do("SELECT min(at) FROM due").fetchone()[0])

    def outbox_size(self, selling_point: str | None = None) -> int:
        row = self._do(
            "SELECT count(*) FROM outbox WHERE state = 0 AND (?1 IS NULL OR selling_point = ?1)", (selling_point,)
        ).fetchone()
        return int(row[0])

    def undelivered(self, key: OrderKey) -> list[Notification]:
        rows = self._do(
            f"SELECT {_OUTBOX_COLUMNS} FROM outbox WHERE state = 0 AND lane = ? ORDER BY sequence",  # noqa: S608
            (str(key),),
        )
        return [_notification(row) for row in rows]

    def next_notification_due(self) -> datetime | None:
        return _moment(self._do("SELECT min(max(due_at, lease_until)) FROM outbox WHERE state = 0").fetchone()[0])

    def quarantine(self) -> list[tuple[datetime, str, bytes]]:
        rows = self._do("SELECT at, reason, raw FROM quarantine ORDER BY sequence")
        return [(from_micros(at), reason, raw) for at, reason, raw in rows]

    # orders

    def put_order(self, record: OrderRecord) -> None:
        self._do(
            "INSERT INTO orders (selling_point, order_id, pos_order_id, open, received_at, record)"
            " VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET pos_order_id = excluded.pos_order_id, open = excluded.open,"
            " received_at = excluded.received_at, record = excluded.record",
            (
                record.selling_point,
                record.order_id,
                record.pos_order_id,
                is_open(record),
                to_micros(record.received_at),
                _RECORD_ENCODER.encode(record),
            ),
        )

    def add_version(self, key: OrderKey, version: OrderVersion) -> None:
        self._do(
            "INSERT INTO version (selling_point, order_id, number, raw, received_at, revision, source)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*key, version.number, version.raw, to_micros(version.received_at), version.revision, version.source),
        )

    def add_history(self, key: OrderKey, at: datetime, kind: str, origin: str, **detail: Any) -> None:
        self._do(
            "INSERT INTO history (selling_point, order_id, at, kind, origin, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (*key, to_micros(at), kind, origin, _ENCODER.encode(detail)),
        )

    def add_early_status(self, key: OrderKey, at: datetime, message: dict[str, Any]) -> None:
        self._do(
            "INSERT INTO early_status (selling_point, order_id, at, message) VALUES (?, ?, ?, ?)",
            (*key, to_micros(at), _ENCODER.encode(message)),
        )

    def clear_early_status(self, key: OrderKey) -> None:
        self._do("DELETE FROM early_status WHERE selling_point = ? AND order_id = ?", key)

    # small things

    def put_answer(self, method: str, selling_point: str, request_id: str, at: datetime, result: Any) -> None:
        self._do(
            "INSERT INTO answer (selling_point, method, request_id, at, result) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (selling_point, method, request_id, to_micros(at), _ENCODER.encode(result)),
        )

    def set_value(self, name: str, value: str) -> None:
        self._do(
            "INSERT INTO value (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def put_closing(self, selling_point: str, closing: Closing) -> None:
        self._do(
            "INSERT INTO closing (selling_point, id, closing) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET closing = excluded.closing",
            (selling_point, closing.id, _RECORD_ENCODER.encode(closing)),
        )

    def remove_closing(self, selling_point: str, closing_id: str) -> None:
        self._do("DELETE FROM closing WHERE selling_point = ? AND id = ?", (selling_point, closing_id))

    def add_quarantine(self, at: datetime, reason: str, raw: bytes) -> None:
        self._do("INSERT INTO quarantine (at, reason, raw) VALUES (?, ?, ?)", (to_micros(at), reason, raw))

    # due rows: a lease is the moment at which an unfinished row is due again

    def set_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        self._do(
            "INSERT INTO due (kind, selling_point, order_id, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET at = excluded.at",
            (kind, *key, to_micros(at)),
        )

    def clear_due(self, key: OrderKey, *kinds: DueKind) -> None:
        if not kinds:
            self._do("DELETE FROM due WHERE selling_point = ? AND order_id = ?", key)
        for kind in kinds:
            self._do("DELETE FROM due WHERE selling_point = ? AND order_id = ? AND kind = ?", (*key, kind))

    def claim_due(
        self, now: datetime, lease_for: timedelta, kinds: Sequence[DueKind], limit: int, key: OrderKey | None = None
    ) -> list[DueRow]:
        marks = ", ".join("?" * len(kinds))
        where = f"at <= ? AND kind IN ({marks})"
        arguments: list[Any] = [to_micros(now), *kinds]
        if key is not None:
            where += " AND selling_point = ? AND order_id = ?"
            arguments += key
        rows = self._do(
            f"SELECT kind, selling_point, order_id, at FROM due WHERE {where} ORDER BY at LIMIT ?",  # noqa: S608
            (*arguments, limit),
        ).fetchall()
        claimed = []
        for kind, selling_point, order_id, at in rows:
            row = DueRow(kind=DueKind(kind), key=OrderKey(selling_point, order_id), at=from_micros(at))
            self.set_due(row.kind, row.key, now + lease_for)
            claimed.append(row)
        return claimed

    def release_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        self._do(
            "UPDATE due SET at = ? WHERE selling_point = ? AND order_id = ? AND kind = ?", (to_micros(at), *key, kind)
        )

    def recover_leases(self, now: datetime) -> None:
        moment = to_micros(now)
        waiting = [kind for kind in DueKind if kind not in SCHEDULED]
        marks = ", ".join("?" * len(waiting))
        self._do(f"UPDATE due SET at = ? WHERE at > ? AND kind IN ({marks})", (moment, moment, *waiting))  # noqa: S608
        self._do("UPDATE outbox SET lease_until = 0 WHERE state = 0 AND lease_until > 0")

    # outbox

    def add_notification(self, notification: Notification, *, supersedes: Iterable[str] = ()) -> None:
        for old in supersedes:
            self._do(
                "UPDATE outbox SET state = 3, done_at = ? WHERE id = ? AND state = 0 AND attempts = 0",
                (to_micros(notification.created_at), old),
            )
        created = to_micros(notification.created_at)
        lane = notification.order_id or f"({notification.type})"
        self._do(
            "INSERT INTO outbox (id, selling_point, order_id, lane, type, data, created_at, deliver_by, due_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                notification.id,
                notification.selling_point,
                notification.order_id,
                f"{notification.selling_point}/{lane}",
                notification.type,
                _ENCODER.encode(notification.data),
                created,
                to_micros(notification.deliver_by) if notification.deliver_by else None,
                to_micros(notification.due_at) if notification.due_at else created,
            ),
        )

    def claim_notifications(
        self, now: datetime, lease_for: timedelta, limit: int, selling_points: Sequence[str]
    ) -> list[Notification]:
        marks = ", ".join("?" * len(selling_points))
        rows = self._do(
            f"SELECT {_OUTBOX_COLUMNS} FROM outbox AS o"  # noqa: S608
            f" WHERE state = 0 AND due_at <= ? AND lease_until <= ? AND selling_point IN ({marks}) AND NOT EXISTS"
            " (SELECT 1 FROM outbox AS p WHERE p.state = 0 AND p.lane = o.lane AND p.sequence < o.sequence)"
            " ORDER BY sequence LIMIT ?",
            (to_micros(now), to_micros(now), *selling_points, limit),
        ).fetchall()
        claimed = [_notification(row) for row in rows]
        for notification in claimed:
            # counted when claimed: a row that was perhaps sent is never superseded, even if we die now
            self._do(
                "UPDATE outbox SET lease_until = ?, attempts = attempts + 1 WHERE id = ?",
                (to_micros(now + lease_for), notification.id),
            )
        return claimed

    def notification_delivered(self, notification_id: str, at: datetime) -> None:
        self._done(notification_id, at, 1, "")

    def notification_failed(self, notification_id: str, at: datetime, reason: str) -> None:
        self._done(notification_id, at, 2, reason)

    def _done(self, notification_id: str, at: datetime, state: int, reason: str) -> None:
        self._do(
            "UPDATE outbox SET state = ?, done_at = ?, last_error = ? WHERE id = ? AND state = 0",
            (state, to_micros(at), reason, notification_id),
        )

    def notification_retry(self, notification_id: str, at: datetime, reason: str, *, counted: bool = True) -> None:
        self._do(
            "UPDATE outbox SET due_at = ?, lease_until = 0, last_error = ?, attempts = attempts - ?"
            " WHERE id = ? AND state = 0",
            (to_micros(at), reason, 0 if counted else 1, notification_id),
        )

    def notifications_due_now(self, now: datetime) -> int:
        moment = to_micros(now)
        return self._do("UPDATE outbox SET due_at = ? WHERE state = 0 AND due_at > ?", (moment, moment)).rowcount


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _version(row: tuple[int, bytes, int, int, str]) -> OrderVersion:
    number, raw, received_at, revision, source = row
    return OrderVersion(number=number, raw=raw, received_at=from_micros(received_at), revision=revision, source=source)


def _notification(row: tuple[Any, ...]) -> Notification:
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
