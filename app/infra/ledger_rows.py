"""The writing half of the ledger's SQL, over one connection whose transactions are another's care.

Used on the ledger thread inside a transaction (:mod:`app.infra.ledger_sqlite`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.domain.availability import Closing
from app.domain.catalog_version import CatalogItem, CatalogVersion
from app.domain.record import SCHEDULED, DueKind, Notification, OrderKey, OrderRecord, OrderVersion
from app.infra.ledger_reader import OUTBOX_COLUMNS, LedgerReader, notification_of, openness, to_micros

QUARANTINE = 200
"""Texts kept in quarantine; the oldest go: a peer gone mad must not fill a till's disk."""

_ANSWERS_KEPT = timedelta(hours=96)

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_RECORD_ENCODER = msgspec.json.Encoder()


class LedgerRows(LedgerReader):
    """Implements :class:`~app.ports.ledger.LedgerTransaction`."""

    # orders

    def put_order(self, record: OrderRecord) -> None:
        self.do(
            "INSERT INTO orders (selling_point, order_id, pos_order_id, open, received_at, record)"
            " VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET pos_order_id = excluded.pos_order_id, open = excluded.open,"
            " received_at = excluded.received_at, record = excluded.record",
            (
                record.selling_point,
                record.order_id,
                record.pos_order_id,
                openness(record),
                to_micros(record.received_at),
                _RECORD_ENCODER.encode(record),
            ),
        )

    def add_version(self, key: OrderKey, version: OrderVersion) -> None:
        self.do(
            "INSERT INTO version (selling_point, order_id, number, raw, received_at, revision, source)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*key, version.number, version.raw, to_micros(version.received_at), version.revision, version.source),
        )

    def add_history(self, key: OrderKey, at: datetime, kind: str, origin: str, **detail: Any) -> None:
        self.do(
            "INSERT INTO history (selling_point, order_id, at, kind, origin, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (*key, to_micros(at), kind, origin, _ENCODER.encode(detail)),
        )

    def add_early_status(self, key: OrderKey, at: datetime, message: dict[str, Any]) -> None:
        self.do(
            "INSERT INTO early_status (selling_point, order_id, at, message) VALUES (?, ?, ?, ?)",
            (*key, to_micros(at), _ENCODER.encode(message)),
        )

    def clear_early_status(self, key: OrderKey) -> None:
        self.do("DELETE FROM early_status WHERE selling_point = ? AND order_id = ?", key)

    # small things

    def put_answer(self, method: str, selling_point: str, request_id: str, at: datetime, result: Any) -> None:
        self.do(
            "INSERT INTO answer (selling_point, method, request_id, at, result) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (selling_point, method, request_id, to_micros(at), _ENCODER.encode(result)),
        )

    def set_value(self, name: str, value: str) -> None:
        self.do(
            "INSERT INTO value (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def put_closing(self, selling_point: str, closing: Closing) -> None:
        self.do(
            "INSERT INTO closing (selling_point, id, closing) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET closing = excluded.closing",
            (selling_point, closing.id, _RECORD_ENCODER.encode(closing)),
        )

    def remove_closing(self, selling_point: str, closing_id: str) -> None:
        self.do("DELETE FROM closing WHERE selling_point = ? AND id = ?", (selling_point, closing_id))

    # catalogs

    def put_catalog_version(self, selling_point: str, version: CatalogVersion, body: bytes) -> None:
        self.do(
            "INSERT OR REPLACE INTO catalog (selling_point, number, at, origin, entities, products, changes, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                selling_point,
                version.number,
                to_micros(version.at),
                version.origin,
                version.entities,
                version.products,
                version.changes,
                body,
            ),
        )

    def drop_catalog_versions(self, selling_point: str, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.do("DELETE FROM catalog WHERE selling_point = ? AND number = ?", (selling_point, number))

    def put_catalog_items(self, selling_point: str, items: Iterable[CatalogItem], gone: Iterable[CatalogItem]) -> None:
        for item in gone:
            self.do(
                "DELETE FROM item WHERE selling_point = ? AND kind = ? AND external_id = ?",
                (selling_point, item.kind, item.external_id),
            )
        for item in items:
            price = None if item.price is None else str(item.price)
            self.do(
                "INSERT OR REPLACE INTO item (selling_point, kind, external_id, name, price, available)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (selling_point, item.kind, item.external_id, item.name, price, item.available),
            )

    def put_match(self, selling_point: str, kind: str, sinqro_id: str, external_id: str) -> None:
        self.do(
            "INSERT OR REPLACE INTO match (selling_point, kind, sinqro_id, external_id) VALUES (?, ?, ?, ?)",
            (selling_point, kind, sinqro_id, external_id),
        )

    def add_quarantine(self, at: datetime, reason: str, raw: bytes) -> None:
        self.do("INSERT INTO quarantine (at, reason, raw) VALUES (?, ?, ?)", (to_micros(at), reason, raw))
        self.do("DELETE FROM quarantine WHERE sequence <= (SELECT max(sequence) FROM quarantine) - ?", (QUARANTINE,))

    # due rows: a lease is the moment at which an unfinished row is due again

    def set_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        self.do(
            "INSERT INTO due (kind, selling_point, order_id, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET at = excluded.at",
            (kind, *key, to_micros(at)),
        )

    def clear_due(self, key: OrderKey, *kinds: DueKind) -> None:
        if not kinds:
            self.do("DELETE FROM due WHERE selling_point = ? AND order_id = ?", key)
        for kind in kinds:
            self.do("DELETE FROM due WHERE selling_point = ? AND order_id = ? AND kind = ?", (*key, kind))

    def claim(self, kind: DueKind, key: OrderKey, now: datetime, lease_for: timedelta) -> bool:
        changed = self.do(
            "UPDATE due SET at = ? WHERE selling_point = ? AND order_id = ? AND kind = ? AND at <= ?",
            (to_micros(now + lease_for), *key, kind, to_micros(now)),
        )
        return changed.rowcount == 1

    def release_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        self.do(
            "UPDATE due SET at = ? WHERE selling_point = ? AND order_id = ? AND kind = ?", (to_micros(at), *key, kind)
        )

    def recover_leases(self, now: datetime) -> None:
        moment = to_micros(now)
        waiting = [kind for kind in DueKind if kind not in SCHEDULED]
        marks = ", ".join("?" * len(waiting))
        self.do(f"UPDATE due SET at = ? WHERE at > ? AND kind IN ({marks})", (moment, moment, *waiting))  # noqa: S608
        self.do("UPDATE outbox SET lease_until = 0 WHERE state = 0 AND lease_until > 0")
        self.do("DELETE FROM answer WHERE at < ?", (to_micros(now - _ANSWERS_KEPT),))

    # outbox

    def add_notification(self, notification: Notification, *, supersedes: Iterable[str] = ()) -> None:
        created = to_micros(notification.created_at)
        lane = f"{notification.selling_point}/{notification.order_id or f'({notification.type})'}"
        for old in supersedes:
            self.do(
                "UPDATE outbox SET state = 3, done_at = ? WHERE id = ? AND lane = ? AND state = 0 AND attempts = 0",
                (created, old, lane),
            )
        self.do(
            "INSERT INTO outbox (id, selling_point, order_id, lane, type, data, created_at, deliver_by, due_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                notification.id,
                notification.selling_point,
                notification.order_id,
                lane,
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
        rows = self.do(
            f"SELECT {OUTBOX_COLUMNS} FROM outbox AS o"  # noqa: S608
            f" WHERE state = 0 AND due_at <= ? AND lease_until <= ? AND selling_point IN ({marks}) AND NOT EXISTS"
            " (SELECT 1 FROM outbox AS p WHERE p.state = 0 AND p.lane = o.lane AND p.sequence < o.sequence)"
            " ORDER BY sequence LIMIT ?",
            (to_micros(now), to_micros(now), *selling_points, limit),
        ).fetchall()
        claimed = [notification_of(row) for row in rows]
        for notification in claimed:
            # counted when claimed: a row that was perhaps sent is never superseded, even if we die now
            self.do(
                "UPDATE outbox SET lease_until = ?, attempts = attempts + 1 WHERE id = ?",
                (to_micros(now + lease_for), notification.id),
            )
        return claimed

    def notification_delivered(self, notification_id: str, at: datetime) -> None:
        self._done(notification_id, at, 1, "")

    def notification_failed(self, notification_id: str, at: datetime, reason: str) -> None:
        self._done(notification_id, at, 2, reason)

    def _done(self, notification_id: str, at: datetime, state: int, reason: str) -> None:
        self.do(
            "UPDATE outbox SET state = ?, done_at = ?, last_error = ? WHERE id = ? AND state = 0",
            (state, to_micros(at), reason, notification_id),
        )

    def notification_retry(self, notification_id: str, at: datetime, reason: str, *, counted: bool = True) -> None:
        self.do(
            "UPDATE outbox SET due_at = ?, lease_until = 0, last_error = ?, attempts = attempts - ?"
            " WHERE id = ? AND state = 0",
            (to_micros(at), reason, 0 if counted else 1, notification_id),
        )

    def notifications_due_now(self, now: datetime) -> int:
        moment = to_micros(now)
        return self.do("UPDATE outbox SET due_at = ? WHERE state = 0 AND due_at > ?", (moment, moment)).rowcount
