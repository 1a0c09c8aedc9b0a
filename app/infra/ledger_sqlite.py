"""The ledger on SQLite.

All writing runs on **one ledger thread** fed by a queue. The thread takes everything that is waiting into one
transaction (group commit), each piece of work in a savepoint of its own so that one that fails takes nothing with it,
and answers the callers after the commit is on the disk (WAL, ``synchronous=FULL``). A till's disk may need 25 ms for a
sync; with a commit for each write that would be ten orders a second, so it is a commit for each *batch*.

Reading runs beside it on a read-only connection with a thread of its own.

Opening makes a missing file (a new ledger catches up with Sinqro's list before anything is injected, see
:mod:`app.services.catch_up`), migrates an old one after taking a copy, and sets a corrupt one aside under another name:
it is never silently replaced.
"""

import asyncio
import contextlib
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from app.domain.errors import LedgerError
from app.infra.ledger_reader import LedgerReader
from app.infra.ledger_rows import LedgerRows
from app.ports.ledger import LedgerTransaction, LedgerView

T = TypeVar("T")
log = logging.getLogger(__name__)

_BATCH = 256
_CHECK_AT_OPEN = 32 * 1024 * 1024
"""Files up to this size are checked while opening (about 50 ms); larger ones by :meth:`SqliteLedger.verify` later."""

_STOP = None

_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
"""What SQLite says of a piece of work that is wrong by itself."""


class _Work(NamedTuple):
    work: Callable[[LedgerTransaction], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


class SqliteLedger:
    """Implements :class:`~app.ports.ledger.Ledger`. Open and close it with ``with``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        """Where a corrupt file went when this ledger was opened."""
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._readers = ThreadPoolExecutor(1, thread_name_prefix="ledger-read")
        self._reader: sqlite3.Connection | None = None
        self._connection: sqlite3.Connection | None = None

    # life

    def open(self) -> Self:
        """Open the file and start the ledger thread. Raises :class:`LedgerError`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._usable()
        except (OSError, sqlite3.Error) as exc:
            raise LedgerError(
                f"the ledger {self.path} cannot be opened: {exc}",
                hint="Is the disk full, or does another user own the file?",
            ) from exc
        self._thread = threading.Thread(target=self._run, name="ledger", args=(self._connection,))
        self._thread.start()
        return self

    def close(self) -> None:
        """Finish what is queued, then close the file."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._readers.shutdown(wait=True)
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._queue.put(_STOP)  # the last one to close: SQLite then folds the log into the file
        thread.join(timeout=30)

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # the port

    async def write(self, work: Callable[[LedgerTransaction], T]) -> T:
        if self._thread is None:
            raise LedgerError("the ledger is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Work(work, loop, future))
        return await future

    async def read(self, work: Callable[[LedgerView], T]) -> T:
        if self._thread is None:
            raise LedgerError("the ledger is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def verify(self) -> list[str]:
        """SQLite's own check of the whole file; an empty list when it is sound. Slow on a large one.

        Faults leave a note beside the file, so that the next start sets it aside.
        """

        def check(_: LedgerView) -> list[str]:
            assert self._reader is not None
            return _faults(self._reader)

        faults = await self.read(check)
        if faults:
            log.error("the ledger is damaged, it is set aside at the next start: %s", faults[0])
            self._damaged.touch()
        return faults

    # inside

    @property
    def _damaged(self) -> Path:
        return self.path.with_name(self.path.name + ".damaged")

    def _usable(self) -> sqlite3.Connection:
        known = self.path.exists() and self.path.stat().st_size > 0
        if known:
            try:
                if self._damaged.exists():
                    raise sqlite3.DatabaseError("found damaged while running")
                self._look()
                return self._connect()
            except sqlite3.DatabaseError as exc:
                if isinstance(exc, sqlite3.OperationalError) and "malformed" not in str(exc):
                    raise  # locked, full, no permission: the file itself may be sound
                self._put_aside(str(exc))
        return self._connect()

    def _look(self) -> None:
        """Raise what SQLite says of a file that is not sound. Read only: closing must leave its log as it is."""
        with contextlib.closing(self._read_only()) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
            if self.path.stat().st_size <= _CHECK_AT_OPEN and (faults := _faults(connection)):
                raise sqlite3.DatabaseError(faults[0])

    def _read_only(self) -> sqlite3.Connection:
        uri = f"{self.path.resolve().as_uri()}?mode=ro"
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5)

    def _connect(self) -> sqlite3.Connection:
        _make_private(self.path)
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        scripts = migrations()
        if version > len(scripts):
            raise LedgerError(
                f"the ledger {self.path} was written by a newer version of the program",
                hint="Install that version again, or move the file away: the orders are then read anew from Sinqro.",
            )
        if 0 < version < len(scripts):
            self._copy(connection, version)
        for number, script in enumerate(scripts[version:], version + 1):
            connection.executescript(f"BEGIN;{script};PRAGMA user_version = {number};COMMIT;")

    def _copy(self, connection: sqlite3.Connection, version: int) -> None:
        copy = self.path.with_name(f"{self.path.name}.version-{version}")
        _make_private(copy)
        with contextlib.closing(sqlite3.connect(copy)) as target:
            connection.backup(target)

    def _put_aside(self, why: str) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        aside = self.path.with_name(f"{self.path.name}.corrupt-{stamp}")
        log.error("the ledger is corrupt (%s): set aside as %s, a new one begins", why, aside.name)
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        self._damaged.unlink(missing_ok=True)
        self.set_aside = aside

    def _read(self, work: Callable[[LedgerView], T]) -> T:
        if self._reader is None:
            self._reader = self._read_only()
        try:
            self._reader.execute("BEGIN")  # one state for all that ``work`` looks at
            try:
                return work(LedgerReader(self._reader))
            finally:
                self._reader.execute("ROLLBACK")
        except sqlite3.Error as exc:
            raise LedgerError(f"the ledger cannot be read: {exc}") from exc

    # the ledger thread

    def _run(self, connection: sqlite3.Connection) -> None:
        rows = LedgerRows(connection)
        stopping = False
        while not stopping:
            batch, stopping = self._take()
            if batch:
                _answer(_commit(connection, rows, batch))
        connection.close()

    def _take(self) -> tuple[list[_Work], bool]:
        """Wait for work, then take all that is there."""
        batch: list[_Work] = []
        item = self._queue.get()
        while item is not _STOP:
            batch.append(item)
            if len(batch) == _BATCH:
                return batch, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True


class _Outcome(NamedTuple):
    work: _Work
    result: Any
    error: BaseException | None


def _commit(connection: sqlite3.Connection, rows: LedgerRows, batch: list[_Work]) -> list[_Outcome]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [_one(connection, rows, item) for item in batch]
        connection.execute("COMMIT")
    except sqlite3.Error as exc:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [_Outcome(item, None, _unwritable(exc)) for item in batch]
    return outcomes


def _unwritable(exc: sqlite3.Error) -> LedgerError:
    error = LedgerError(f"the ledger cannot be written: {exc}", hint="Is the disk full?")
    error.__cause__ = exc
    return error


def _one(connection: sqlite3.Connection, rows: LedgerRows, item: _Work) -> _Outcome:
    result, error = None, None
    connection.execute("SAVEPOINT work")
    try:
        result = item.work(rows)
    except BaseException as exc:
        if isinstance(exc, sqlite3.DatabaseError) and not isinstance(exc, _MISTAKES):
            raise  # disk full, I/O, corrupt: nothing of this batch can be trusted
        error = exc
        if isinstance(exc, StopIteration):  # no future takes one
            error = RuntimeError("a StopIteration came out of the work")
            error.__cause__ = exc
        connection.execute("ROLLBACK TO work")
    connection.execute("RELEASE work")
    return _Outcome(item, result, error)


def _answer(outcomes: list[_Outcome]) -> None:
    """Hand the results over, with one crossing for each loop that waits."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.work.loop, []).append(outcome)
    for loop, mine in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more, the commit stands
            loop.call_soon_threadsafe(_settle, mine)


def _settle(outcomes: list[_Outcome]) -> None:
    for work, result, error in outcomes:
        if work.future.done():  # the caller was cancelled
            continue
        if error is None:
            work.future.set_result(result)
        else:
            work.future.set_exception(error)


def _make_private(path: Path) -> None:
    """Make the file if there is none; readable by the user only, and SQLite gives its own files the same mode."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _faults(connection: sqlite3.Connection) -> list[str]:
    found = [line for row in connection.execute("PRAGMA quick_check(10)") for line in str(row[0]).splitlines()]
    return [line for line in found if line != "ok" and not line.startswith("***")]


def migrations() -> list[str]:
    """The scripts that make the ledger what it is, in order; number n leads from version n - 1 to n."""
    folder = resources.files("app.infra") / "migrations"
    return [
        entry.read_text("utf-8")
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".sql")
    ]
