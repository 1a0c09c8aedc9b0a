"""Where the Sinqro sandbox keeps its state: an SQLite file, or nothing but memory.

Written at once and without waiting for the disk: what was written survives the end of the process however it comes. (A
double of a cloud need not survive a power cut, and must not slow down what is measured beside it.)
"""

import sqlite3
from pathlib import Path
from typing import TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class SinqroStore:
    """Structs by kind and key. All calls from one thread."""

    def __init__(self, path: Path | None) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._database: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=OFF")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS item (kind TEXT, key TEXT, value BLOB, PRIMARY KEY (kind, key))"
            )

    def put(self, kind: str, key: str, value: msgspec.Struct) -> None:
        """Keep a value under its key."""
        if self._database is not None:
            # An upsert keeps the row's place: `load` gives things in the order they came.
            self._database.execute(
                "INSERT INTO item VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                (kind, key, self._encoder.encode(value)),
            )

    def load(self, kind: str, form: type[S]) -> list[S]:
        """Everything of a kind, in the order it first came."""
        if self._database is None:
            return []
        decoder = msgspec.msgpack.Decoder(form)
        rows = self._database.execute("SELECT value FROM item WHERE kind = ? ORDER BY rowid", (kind,))
        return [decoder.decode(value) for (value,) in rows]

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
