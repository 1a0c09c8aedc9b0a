"""The log files: what they hold, what they never hold."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra import logs
from app.infra.logs import FILE, MASK, Redactor, logging_to
from tests.helpers.logfail import ExpectedLogs

log = logging.getLogger("app.sample")
# No token of ours, but shaped like the real ones.
SECRET = "s3cr3t/with\\odd'chars"


@contextmanager
def into(folder: Path, **arguments: object) -> Iterator[Redactor]:
    redactor = Redactor()
    with logging_to(folder=folder, console=False, redactor=redactor, **arguments):  # type: ignore[arg-type]
        yield redactor


def text(folder: Path) -> str:
    return (folder / FILE).read_text(encoding="utf-8")


def test_a_record_is_a_line_in_utc(tmp_path: Path) -> None:
    with into(tmp_path):
        log.info("order %s stored\n2026-01-01T00:00:00.000Z INFO app.forged: line", "4F7K")
        log.debug("too quiet")
    (line,) = text(tmp_path).splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO app\.sample: order 4F7K stored\\n2026.*line", line
    )


def test_a_traceback_is_indented(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    with into(tmp_path), expected_logs("app.sample", logging.ERROR):
        try:
            raise ValueError("first\n2026-01-01T00:00:00.000Z INFO app.forged: line")
        except ValueError:
            log.exception("failed")
    first, *rest = text(tmp_path).splitlines()
    assert first.endswith("ERROR app.sample: failed")
    assert any("forged" in line for line in rest)
    assert all(line.startswith("    ") for line in rest)


def test_a_lone_surrogate_is_written_somehow(tmp_path: Path) -> None:
    with into(tmp_path):
        # Straight to the file: pytest's own capture could not hand such a text to another process.
        record = log.makeRecord("app.sample", logging.INFO, __file__, 1, "a lone surrogate: \udc80", (), None)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, RotatingFileHandler):
                handler.emit(record)
    assert "a lone surrogate: " in text(tmp_path)


def test_known_secrets_are_masked_everywhere(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    with into(tmp_path) as redactor, expected_logs("app.sample", logging.ERROR):
        redactor.add(SECRET)
        redactor.add("abc")
        log.info("got %s, %r, abc", SECRET, {"key": SECRET})
        try:
            raise ValueError(SECRET)
        except ValueError:
            log.exception("failed")
        log.info("https://pos.local/?x=s3cr3t%2Fwith%5Codd%27chars")
        redactor.add("-----BEGIN\ns3cr3t lines\nEND-----")
        try:
            raise ValueError("key: -----BEGIN\ns3cr3t lines\nEND-----")
        except ValueError as exc:
            log.exception("%s", exc)  # noqa: TRY401
    written = text(tmp_path)
    assert "s3cr3t" not in written
    assert written.count(MASK) >= 6
    assert "abc" in written


@pytest.mark.parametrize(
    "said",
    [
        "secret whsec_PLANTEDplanted0123+/=",
        "x-api-user-access-token: PLANTED-1",
        "{'x-api-server-access-token': 'PLANTED-1'}",
        "[(b'x-api-user-access-token', b'PLANTED-1')]",
        '{"x-api-user-access-token": "PLANTED-1"}',
        "authorization: Bearer PLANTED-1",
        "Authorization: Basic UExBTlRFRA==PLANTED",
        "GET https://pos.local/orders?since=3&api_key=PLANTED&x=1",
        "https://admin:PLANTED@pos.local/",
    ],
)
def test_what_looks_like_a_secret_is_masked(said: str) -> None:
    masked = Redactor()(said)
    assert "PLANTED" not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "said",
    [
        "basic authentication failed",
        "the bearer of news",
        "order 4F7K stored",
        "http://127.0.0.1:8069/a?since=3 answered",
    ],
)
def test_plain_words_stay(said: str) -> None:
    assert Redactor()(said) == said


def test_files_rotate_and_stay_private(tmp_path: Path) -> None:
    with into(tmp_path, max_mb=0.001, files=3):
        for number in range(100):
            log.info("record %03d of some length, to fill the files", number)
    found = sorted(tmp_path.iterdir())
    assert [path.name for path in found] == [FILE, f"{FILE}.1", f"{FILE}.2"]
    assert all(path.stat().st_size <= 1000 for path in found)
    assert "record 099" in text(tmp_path)
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


def test_a_file_that_cannot_be_rotated_grows(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.1").mkdir()
    with into(tmp_path, max_mb=0.0002, files=2):
        for number in range(10):
            log.info("record %d, and nothing of it is lost", number)
    assert text(tmp_path).count("nothing of it is lost") == 10


def test_libraries_stay_quiet_and_all_is_put_back(tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, level, library = list(root.handlers), root.level, logging.getLogger("websockets.client")
    with into(tmp_path, level="debug"):
        log.debug("ours")
        library.debug("< TEXT a customer's order")
        logging.getLogger("httpx").info("POST https://example.com")
    assert text(tmp_path).count("\n") == 1
    assert (root.handlers, root.level, logging.getLogger("websockets").level) == (handlers, level, logging.NOTSET)


def test_console(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with logging_to(folder=None, console=True, redactor=Redactor()):
        log.info("on the console: whsec_PLANTED")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith(f"INFO app.sample: on the console: whsec_{MASK}\n")
    assert list(tmp_path.iterdir()) == []


@given(
    secret=st.text(min_size=4, max_size=60).filter(lambda text: len(text.strip()) >= 4 and "•" not in text),
    around=st.sampled_from(["{}", "got {!r}", "header: {}, more", "{{'k': {!r}}}", "https://x/?token={}&y=1"]),
)
def test_any_secret_is_masked(secret: str, around: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    record = logging.LogRecord("app", logging.INFO, "", 1, "%s", (around.format(secret),), None)
    line = logs._Lines(redactor).format(record).split(": ", 1)[1]
    template = around.replace("{!r}", "").replace("{}", "")
    assert secret.strip() not in line or secret.strip() in template + MASK
    assert MASK in line
