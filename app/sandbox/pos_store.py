"""What the reference POS keeps: orders, idempotency keys and a few values, in one SQLite file or in memory.

The file outlives the process (also a killed one), not a power cut: ``synchronous=OFF`` keeps a test double from waiting
for disks. One connection, used in the loop; every call is some microseconds.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from app.sandbox.pos_forms import Ticket

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reference TEXT NOT NULL, change INTEGER NOT NULL UNIQUE,
    final INTEGER NOT NULL, doc BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS ticket_reference ON ticket (reference);
CREATE INDEX IF NOT EXISTS ticket_open ON ticket (final, change);
CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, ticket TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class TicketStore:
    """The till's memory. ``path`` ``None``: gone when closed."""

    def __init__(self, path: Path | None) -> None:
        self._sql = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._sql.execute("PRAGMA journal_mode=WAL")
        self._sql.execute("PRAGMA synchronous=OFF")
        self._sql.executescript(_SCHEMA)
        self._decoder = msgspec.json.Decoder(Ticket)
        self._encoder = msgspec.json.Encoder()

    def close(self) -> None:
        """Let go of the file."""
        self._sql.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing of it."""
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")

    def head(self) -> int:
        """The newest change, 0 before the first."""
        (head,) = self._sql.execute("SELECT coalesce(max(change), 0) FROM ticket").fetchone()
        return int(head)

    def next_number(self) -> int:
        """Number of the next order."""
        (number,) = self._sql.execute("SELECT coalesce(max(number), 1000) + 1 FROM ticket").fetchone()
        return int(number)

    def put(self, ticket: Ticket, *, final: bool) -> None:
        """Keep a new or a changed order."""
        self._sql.execute(
            "INSERT INTO ticket (number, id, reference, change, final, doc) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (number) DO UPDATE SET reference = excluded.reference, change = excluded.change, "
            "final = excluded.final, doc = excluded.doc",
            (ticket.number, ticket.id, ticket.reference, ticket.change, final, self._encoder.encode(ticket)),
        )

    def get(self, ticket_id: str) -> Ticket | None:
        """An order by its id."""
        return next(self._read("WHERE id = ?", (ticket_id,)), None)

    def by_reference(self, reference: str) -> list[Ticket]:
        """Every order of that reference, the oldest first."""
        return list(self._read("WHERE reference = ? ORDER BY number", (reference,)))

    def since(self, change: int, limit: int) -> list[Ticket]:
        """Orders changed after ``change``, in the order of their changes."""
        return list(self._read("WHERE change > ? ORDER BY change LIMIT ?", (change, limit)))

    def open(self) -> list[Ticket]:
        """Orders that are not final."""
        return list(self._read("WHERE final = 0 ORDER BY change", ()))

    def all(self) -> list[Ticket]:
        """Everything, the oldest first."""
        return list(self._read("ORDER BY number", ()))

    def remember_key(self, key: str, ticket_id: str) -> None:
        """``key`` made that order."""
        self._sql.execute("INSERT OR REPLACE INTO idempotency VALUES (?, ?)", (key, ticket_id))

    def ticket_of_key(self, key: str) -> Ticket | None:
        """The order that ``key`` made."""
        return next(self._read("WHERE id = (SELECT ticket FROM idempotency WHERE key = ?)", (key,)), None)

    def value(self, name: str, default: str = "") -> str:
        """A kept value."""
        row = self._sql.execute("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set_value(self, name: str, value: str) -> None:
        """Keep a value."""
        self._sql.execute("INSERT OR REPLACE INTO value VALUES (?, ?)", (name, value))

    def _read(self, where: str, values: Iterable[object]) -> Iterator[Ticket]:
        rows = self._sql.execute(f"SELECT doc FROM ticket {where}", tuple(values))  # noqa: S608 - our own clauses
        for (doc,) in rows.fetchall():
            yield self._decoder.decode(doc)
