"""A look into the ledger from outside, beside the program that owns it: read only, and never made or repaired."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import LedgerError
from app.infra.ledger_reader import LedgerReader
from app.infra.ledger_sqlite import migrations
from app.ports.ledger import LedgerView

_CHECKED = 32 * 1024 * 1024
"""Bytes of a file that is checked as a whole (about 50 ms)."""

_HINT = "The next start sets a damaged file aside and reads the orders anew from Sinqro."


@contextmanager
def ledger_beside(path: Path) -> Iterator[LedgerView]:
    """The ledger in ``path``, which must exist. Raises :class:`LedgerError` for one that cannot be read."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=3)
        try:
            _check(path, connection)
            yield LedgerReader(connection)
        finally:
            connection.close()
    except sqlite3.Error as exc:
        raise LedgerError(f"the ledger {path} cannot be read: {exc}", hint=_HINT) from exc


def _check(path: Path, connection: sqlite3.Connection) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    known = len(migrations())
    if version != known:
        age = "newer" if version > known else "older"
        raise LedgerError(
            f"the ledger {path} is of a{'n' if age == 'older' else ''} {age} version of the program",
            hint="Start the companion once: it brings the ledger up to date."
            if age == "older"
            else "Install that version again.",
        )
    if path.stat().st_size <= _CHECKED:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if found != "ok":
            raise LedgerError(f"the ledger {path} is damaged: {found}", hint=_HINT)
