"""What services ask all the time must not become dearer as a restaurant's history grows."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.record import DueKind, Notification, OrderKey
from app.infra.ledger_rows import LedgerRows
from app.infra.ledger_sqlite import migrations

POINT = "3961"
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
LEASE = timedelta(seconds=30)


class Meter:
    """A ledger's rows, and the steps that SQLite needs for something."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = LedgerRows(connection)
        self._connection = connection

    def steps(self, work: Callable[[LedgerRows], object]) -> int:
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        self._connection.set_progress_handler(count, 1)
        work(self.rows)
        self._connection.set_progress_handler(None, 1)
        return steps

    def notify(self, number: int) -> str:
        note = Notification(
            id=f"msg_{number}", selling_point=POINT, order_id=str(number), type="t", data={}, created_at=NOW
        )
        self.rows.add_notification(note)
        return note.id


@pytest.fixture
def meter() -> Iterator[Meter]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for script in migrations():
            connection.executescript(script)
        yield Meter(connection)


def test_claiming_notifications_does_not_go_through_what_was_delivered_or_waits_behind(meter: Meter) -> None:
    def claim(rows: LedgerRows) -> None:
        assert [note.id for note in rows.claim_notifications(NOW, LEASE, 1, [POINT])]

    meter.notify(0)
    alone = meter.steps(claim)
    for number in range(1, 500):
        meter.rows.notification_delivered(meter.notify(number), NOW)
    for number in range(500, 1000):
        meter.notify(number)
    assert meter.steps(claim) < alone * 2


def test_looking_what_is_due_does_not_go_through_what_is_not(meter: Meter) -> None:
    def look(rows: LedgerRows) -> None:
        assert len(rows.due_rows(NOW, [POINT], 5)) == 5
        assert rows.next_due([POINT]) == NOW

    def set_due(number: int, at: datetime) -> None:
        meter.rows.set_due(DueKind.INJECT, OrderKey(POINT, str(number)), at)

    for number in range(5):
        set_due(number, NOW)
    alone = meter.steps(look)
    for number in range(5, 500):
        set_due(number, NOW + timedelta(minutes=number))
    assert meter.steps(look) < alone * 2
    assert meter.rows.next_due(["another"]) is None
