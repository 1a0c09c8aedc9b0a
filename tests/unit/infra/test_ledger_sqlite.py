"""What the ledger on SQLite does besides the port: group commit, files, migrations, damage, a full disk."""

import asyncio
import logging
import os
import shutil
import sqlite3
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from app.domain.errors import LedgerError
from app.domain.status import Origin
from app.infra import ledger_sqlite
from app.infra.ledger_reader import from_micros, to_micros
from app.infra.ledger_rows import LedgerRows
from app.infra.ledger_sqlite import SqliteLedger, migrations
from app.ports.ledger import LedgerTransaction
from tests.helpers.clock import START
from tests.helpers.ledger import KEY, Gate, queued, record
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.strategies import precise_moments

NAME = "app.infra.ledger_sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(path) as opened:
        yield opened


def sql(statement: str) -> Callable[[LedgerTransaction], Any]:
    """A piece of work that the port has no word for."""

    def work(tx: LedgerTransaction) -> Any:
        assert isinstance(tx, LedgerRows)
        return tx.do(statement).fetchone()

    return work


def keep(name: str, value: str = "1") -> Callable[[LedgerTransaction], None]:
    return lambda tx: tx.set_value(name, value)


async def kept(ledger: SqliteLedger, *names: str) -> list[str | None]:
    return await ledger.read(lambda view: [view.value(name) for name in names])


def crashed(path: Path, folder: Path) -> Path:
    """The files as another process finds them when this one dies now."""
    folder.mkdir()
    for part in (path, path.with_name(path.name + "-wal")):
        shutil.copy(part, folder)
    return folder / path.name


def commits(path: Path) -> int:
    """Transactions in the write-ahead log: frames that end one (the file format's "commit records")."""
    log = path.with_name(path.name + "-wal").read_bytes()
    page, salts = struct.unpack(">I", log[8:12])[0], log[16:24]
    frames = [log[at : at + 24] for at in range(32, len(log), 24 + page)]
    return sum(frame[4:8] != bytes(4) for frame in frames if frame[8:16] == salts)


@contextmanager
def beside(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def damage(path: Path, at: int, size: int = 64) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * size)


def damage_the_end(path: Path) -> None:
    for at in range(path.stat().st_size * 3 // 4 // 4096 * 4096, path.stat().st_size, 4096):
        damage(path, at)


# commits


async def test_what_waits_is_committed_together(ledger: SqliteLedger, path: Path) -> None:
    await ledger.write(keep("first"))
    before = commits(path)
    async with Gate(ledger) as gate:
        tasks = await queued(ledger, *(keep(f"v{number}") for number in range(600)))
        gate.open()
        await asyncio.gather(*tasks)
    assert commits(path) - before == 3  # 256 + 256 + 88; the gate wrote nothing


async def test_without_a_crowd_each_is_committed_at_once(ledger: SqliteLedger, path: Path) -> None:
    await ledger.write(keep("first"))
    before = commits(path)
    for number in range(3):
        await ledger.write(keep("v", str(number)))
    assert commits(path) - before == 3


async def test_nobody_is_answered_before_the_commit(ledger: SqliteLedger, path: Path, tmp_path: Path) -> None:
    """A crash after the answer loses nothing; before it, nothing of it is there."""
    seen: list[Any] = []

    def look(tx: LedgerTransaction) -> None:
        with beside(path) as other:
            seen.append(other.execute("SELECT value FROM value WHERE name = 'v'").fetchone())

    async with Gate(ledger) as gate:
        first, second = await queued(ledger, keep("v"), look)
        first.add_done_callback(lambda _: seen.append("answered"))
        gate.open()
        await asyncio.gather(first, second)
    assert seen == [None, "answered"]
    with SqliteLedger(crashed(path, tmp_path / "crash")) as after:
        assert await kept(after, "v") == ["1"]


async def test_a_crash_in_the_middle_leaves_nothing_of_it(ledger: SqliteLedger, path: Path, tmp_path: Path) -> None:
    await ledger.write(keep("before"))
    entered, go_on = threading.Event(), threading.Event()

    def half(tx: LedgerTransaction) -> None:
        tx.set_value("half", "1" * 10_000_000)  # more than the cache: pages go to the log before the commit
        entered.set()
        assert go_on.wait(20)

    writing = asyncio.create_task(ledger.write(half))
    assert await asyncio.to_thread(entered.wait, 20)
    copy = crashed(path, tmp_path / "crash")
    assert copy.with_name(copy.name + "-wal").stat().st_size > 5_000_000
    go_on.set()
    await writing
    with SqliteLedger(copy) as after:
        assert await kept(after, "before", "half") == ["1", None]


async def test_commits_wait_for_the_disk(ledger: SqliteLedger) -> None:
    for pragma, value in (("synchronous", 2), ("journal_mode", "wal"), ("secure_delete", 1)):
        assert await ledger.write(sql(f"PRAGMA {pragma}")) == (value,)


async def test_a_loop_that_is_gone_is_no_harm(ledger: SqliteLedger) -> None:
    async def hand_over() -> None:
        await queued(ledger, keep("v"))

    def leave() -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(hand_over())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    async with Gate(ledger):
        await asyncio.to_thread(leave)
    await ledger.write(keep("after"))
    assert await kept(ledger, "v") == ["1"]


# history


@pytest.mark.parametrize("statement", ["UPDATE history SET kind = 'x'", "DELETE FROM history"])
async def test_history_is_append_only(ledger: SqliteLedger, statement: str) -> None:
    await ledger.write(lambda tx: tx.add_history(KEY, START, "received", Origin.SINQRO))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        await ledger.write(sql(statement))
    assert [entry.kind for entry in await ledger.read(lambda view: view.history(KEY))] == ["received"]


# the disk


async def test_a_full_disk_is_told_to_all_and_passes(ledger: SqliteLedger) -> None:
    (pages,) = await ledger.write(sql("PRAGMA page_count"))
    await ledger.write(sql(f"PRAGMA max_page_count = {pages + 2}"))
    async with Gate(ledger) as gate:
        tasks = await queued(ledger, keep("one"), keep("big", "x" * 1_000_000), keep("two"))
        gate.open()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        assert isinstance(result, LedgerError)
        assert "full" in result.message
        assert result.hint
        assert isinstance(result.__cause__, sqlite3.Error)
    assert len(set(map(id, results))) == 3
    assert await kept(ledger, "one", "big", "two") == [None] * 3
    with pytest.raises(LedgerError):
        await ledger.write(keep("big", "x" * 1_000_000))
    await ledger.write(keep("small"))
    await ledger.write(sql("PRAGMA max_page_count = 1000000"))
    await ledger.write(keep("big", "x" * 1_000_000))
    assert await kept(ledger, "one", "small") == [None, "1"]


async def test_a_file_that_breaks_while_running_is_no_bug_of_the_work(ledger: SqliteLedger) -> None:
    def broken(tx: LedgerTransaction) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(LedgerError, match="malformed"):
        await ledger.write(broken)
    with pytest.raises(LedgerError, match="malformed"):
        await ledger.read(broken)  # type: ignore[arg-type]
    await ledger.write(keep("v"))


async def test_work_that_goes_on_after_a_full_disk_is_not_committed(ledger: SqliteLedger) -> None:
    """SQLite may have rolled back on its own: such work must not look done."""
    (pages,) = await ledger.write(sql("PRAGMA page_count"))
    await ledger.write(sql(f"PRAGMA max_page_count = {pages + 2}"))

    def stubborn(tx: LedgerTransaction) -> None:
        tx.set_value("a", "1")
        with pytest.raises(sqlite3.OperationalError):
            tx.set_value("big", "x" * 1_000_000)

    outcome = (await asyncio.gather(ledger.write(stubborn), return_exceptions=True))[0]
    assert (outcome is None) == (await kept(ledger, "a") == ["1"])
    await ledger.write(keep("later"))
    assert await kept(ledger, "later") == ["1"]


# files


@pytest.mark.skipif(os.name != "posix", reason="modes")
async def test_files_are_the_users_alone(ledger: SqliteLedger, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await ledger.write(keep("v"))
    ledger.close()
    monkeypatch.setattr(ledger_sqlite, "migrations", lambda: [*migrations(), "CREATE TABLE more (x)"])
    with SqliteLedger(path) as newer:
        await newer.write(keep("v", "2"))
        modes = {part.name: part.stat().st_mode & 0o777 for part in path.parent.iterdir()}
    assert modes == dict.fromkeys(
        (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}.version-{len(migrations())}"), 0o600
    )


@pytest.mark.parametrize("name", ["Año #1 %20 & más/ledger.sqlite", "deep/er/and/deeper.sqlite"])
async def test_any_folder_will_do_and_is_made(tmp_path: Path, name: str) -> None:
    with SqliteLedger(tmp_path / name) as ledger:
        await ledger.write(keep("v"))
        assert await kept(ledger, "v") == ["1"]
    assert (tmp_path / name).is_file()


async def test_what_cannot_be_opened_is_said_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "file" / "ledger.sqlite"):
        with pytest.raises(LedgerError, match="cannot be opened") as refused:
            SqliteLedger(place).open()
        assert str(place) in refused.value.message
        assert refused.value.hint


async def test_a_lost_file_begins_anew(path: Path) -> None:
    """Also when its log was forgotten beside it."""
    with SqliteLedger(path) as ledger:
        await ledger.write(keep("v"))
        stale = path.with_name(path.name + "-wal").read_bytes()
    path.unlink()
    path.with_name(path.name + "-wal").write_bytes(stale)
    with SqliteLedger(path) as again:
        assert await kept(again, "v") == [None]
        await again.write(keep("v", "new"))
        assert again.set_aside is None
    with SqliteLedger(path) as third:
        assert await kept(third, "v") == ["new"]


async def test_an_empty_file_is_none(path: Path) -> None:
    path.touch()
    with SqliteLedger(path) as ledger:
        await ledger.write(keep("v"))
        assert ledger.set_aside is None


def test_opening_and_closing_again_and_again(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.close()
    with ledger:
        pass
    ledger.close()


# migrations


def test_a_new_file_has_the_newest_form(ledger: SqliteLedger, path: Path) -> None:
    with beside(path) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
    assert migrations()


async def test_an_old_file_is_copied_then_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteLedger(path) as ledger:
        await ledger.write(lambda tx: tx.put_order(record()))
        await ledger.write(keep("v"))
    steps = ["CREATE TABLE more (x); INSERT INTO more VALUES ('a;b')", "ALTER TABLE more ADD COLUMN y"]
    old = len(migrations())
    monkeypatch.setattr(ledger_sqlite, "migrations", lambda: [*migrations(), *steps])
    with SqliteLedger(path) as newer:
        assert await newer.write(sql("SELECT x, y FROM more")) == ("a;b", None)
        assert await newer.write(sql("PRAGMA user_version")) == (old + 2,)
        assert await newer.read(lambda view: view.order(KEY)) == record()
        await newer.write(keep("v", "2"))
    with beside(path.with_name(f"{path.name}.version-{old}")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (old,)
        assert copy.execute("SELECT value FROM value").fetchall() == [("1",)]
    with SqliteLedger(path) as again:
        assert await kept(again, "v") == ["2"]
    assert len(list(path.parent.glob("*.version-*"))) == 1


async def test_a_migration_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteLedger(path) as ledger:
        await ledger.write(keep("v"))
    with monkeypatch.context() as patch:
        patch.setattr(ledger_sqlite, "migrations", lambda: [*migrations(), "CREATE TABLE more (x); DROP TABLE nothing"])
        with pytest.raises(LedgerError, match="nothing"):
            SqliteLedger(path).open()
    with SqliteLedger(path) as again:
        assert await kept(again, "v") == ["1"]
        assert await again.write(sql("SELECT count(*) FROM sqlite_master WHERE name = 'more'")) == (0,)
        assert again.set_aside is None


async def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        await ledger.write(keep("v"))
    with beside(path) as other:
        other.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    with pytest.raises(LedgerError, match="newer version") as refused:
        SqliteLedger(path).open()
    assert "version" in refused.value.hint
    with beside(path) as other:
        assert other.execute("SELECT value FROM value").fetchall() == [("1",)]
    assert list(path.parent.glob("*.corrupt-*")) == []


# damage


@contextmanager
def set_aside(expected_logs: ExpectedLogs, path: Path) -> Iterator[SqliteLedger]:
    """A ledger whose file is found corrupt while it opens."""
    ledger = SqliteLedger(path)
    with expected_logs(NAME, logging.ERROR, "set aside as") as records, ledger:
        assert ledger.set_aside is not None
        assert ledger.set_aside.name in records[0].getMessage()
        yield ledger


@pytest.mark.parametrize("content", [b"this is no database", b"x" * 100_000, b"SQLite format 3\0" + b"\xff" * 5000])
async def test_a_file_that_is_none_of_ours_is_set_aside(
    path: Path, content: bytes, expected_logs: ExpectedLogs
) -> None:
    path.write_bytes(content)
    with set_aside(expected_logs, path) as ledger:
        assert ledger.set_aside is not None
        assert ledger.set_aside.read_bytes() == content
        await ledger.write(keep("v"))
    with SqliteLedger(path) as again:
        assert await kept(again, "v") == ["1"]
        assert again.set_aside is None


async def filled(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        await asyncio.gather(*(ledger.write(keep(f"n{number:05}", "x" * 300)) for number in range(2000)))


@pytest.mark.parametrize("kind", ["pages", "cut"])
async def test_a_file_damaged_inside_is_set_aside(path: Path, kind: str, expected_logs: ExpectedLogs) -> None:
    await filled(path)
    if kind == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        for at in range(8 * 4096, path.stat().st_size, 4096):
            damage(path, at)
    with set_aside(expected_logs, path) as ledger:
        assert await kept(ledger, "n00001") == [None]


@pytest.mark.parametrize("where", ["head", "pages"])
async def test_its_log_goes_with_it_untouched(
    path: Path, tmp_path: Path, where: str, expected_logs: ExpectedLogs
) -> None:
    """After a crash the newest orders are in the log alone: the set-aside files are for those who can read them."""
    await filled(path)
    with SqliteLedger(path) as running:
        await running.write(keep("n00001", "y" * 300))
        copy = crashed(path, tmp_path / "crash")
    if where == "head":
        damage(copy, 0)
    else:
        damage_the_end(copy)
    files = [part.read_bytes() for part in (copy, copy.with_name(copy.name + "-wal"))]
    assert files[1]
    with set_aside(expected_logs, copy) as ledger:
        assert ledger.set_aside is not None
        log = ledger.set_aside.with_name(ledger.set_aside.name + "-wal")
        assert [ledger.set_aside.read_bytes(), log.read_bytes()] == files
        assert await kept(ledger, "n00001") == [None]


async def test_each_is_set_aside_under_a_name_of_its_own(path: Path, expected_logs: ExpectedLogs) -> None:
    for number in range(3):
        path.write_bytes(b"rubbish %d" % number)
        with set_aside(expected_logs, path):
            pass
    assert sorted(part.read_bytes() for part in path.parent.glob("*.corrupt-*")) == [
        b"rubbish %d" % n for n in range(3)
    ]


async def test_a_sound_file_passes_the_long_check(path: Path) -> None:
    await filled(path)
    with SqliteLedger(path) as ledger:
        assert await ledger.verify() == []
    assert list(path.parent.glob("*.damaged")) == []


async def test_damage_found_later_is_noted_for_the_next_start(
    path: Path, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path)
    damage_the_end(path)
    monkeypatch.setattr(ledger_sqlite, "_CHECK_AT_OPEN", 0)  # as a large one: checked while running
    note = path.with_name(path.name + ".damaged")
    with SqliteLedger(path) as ledger:
        with expected_logs(NAME, logging.ERROR, "damaged"):
            assert await ledger.verify()
        assert note.exists()
        await ledger.write(lambda tx: tx.put_order(record()))  # what still works goes on
    with set_aside(expected_logs, path) as again:
        assert await kept(again, "v") == [None]
    assert not note.exists()
    with SqliteLedger(path) as third:
        assert third.set_aside is None


# columns


@given(precise_moments())
def test_moments_are_exact(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment
    assert from_micros(to_micros(moment)).tzinfo is UTC


@given(precise_moments(), precise_moments())
def test_moments_keep_their_order(one: datetime, other: datetime) -> None:
    assert (to_micros(one) < to_micros(other)) == (one < other)
