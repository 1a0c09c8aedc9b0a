"""Second starts, notifications and the bridge: what lies between this program and others."""

import asyncio
import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import StatusError
from app.runtime.host import Host
from app.ui.bridge import Answer, Bridge
from app.ui.notifications import Notifications
from app.ui.second_start import FirstStart, raise_first
from tests.helpers.logfail import ExpectedLogs


def asks(folder: Path) -> "subprocess.Popen[bytes]":
    """A second start, in a process of its own as always: the first one must have its turn to answer."""
    code = "import sys; from pathlib import Path; from app.ui.second_start import raise_first; "
    return subprocess.Popen([sys.executable, "-c", f"{code} sys.exit(not raise_first(Path(sys.argv[1])))", str(folder)])


def test_a_second_start_brings_the_first_one_up(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert not raise_first(tmp_path)
    first = FirstStart(tmp_path)
    try:
        assert not raise_first(tmp_path / "other")
        with qtbot.waitSignal(first.asked, timeout=10_000):
            second = asks(tmp_path)
        assert second.wait(10) == 0
        assert (tmp_path / "first-start").stat().st_mode & 0o777 == 0o600
    finally:
        first.close()
    assert not raise_first(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "other"]


def test_who_does_not_know_the_secret_is_not_heard(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstStart(tmp_path)
    try:
        port = int((tmp_path / "first-start").read_text().split()[0])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            with qtbot.assertNotEmitted(first.asked, wait=200):
                stranger.sendto(b"show", ("127.0.0.1", port))
            stranger.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.recv(100)
    finally:
        first.close()


@pytest.mark.parametrize("left", ["", "junk", "1 2 3", "99999 x", "-1 x", "9 secret"])
def test_what_a_crash_left_is_nobody_s(qtbot: QtBot, tmp_path: Path, left: str) -> None:
    (tmp_path / "first-start").write_text(left)
    assert not raise_first(tmp_path)
    first = FirstStart(tmp_path)
    first.close()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_costs_only_the_courtesy(qtbot: QtBot, tmp_path: Path) -> None:
    FirstStart(tmp_path / "no").close()
    assert not list(tmp_path.iterdir())


def script(folder: Path, text: str) -> str:
    path = folder / "gdbus"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def test_a_notification_goes_to_the_desktop_s_service(qtbot: QtBot, tmp_path: Path) -> None:
    fell: list[str] = []
    program = script(tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/args')
    notifications = Notifications(fall_back=lambda title, text: fell.append(title), program=program)
    notifications.tell("New order 'A'", "<b>Glovo</b>")
    qtbot.waitUntil(lambda: not notifications._running)
    given = (tmp_path / "args").read_text().splitlines()
    assert "org.freedesktop.Notifications.Notify" in given
    assert "'New order \\'A\\''" in given
    assert "'&lt;b&gt;Glovo&lt;/b&gt;'" in given
    assert fell == []


@pytest.mark.parametrize("program", ["exit 1", ""])
def test_without_the_service_the_tray_tells(qtbot: QtBot, tmp_path: Path, program: str) -> None:
    fell: list[str] = []
    path = script(tmp_path, program) if program else ""
    notifications = Notifications(fall_back=lambda title, text: fell.append(title), program=path)
    notifications.tell("New order", "")
    qtbot.waitUntil(lambda: fell == ["New order"])


def test_what_is_asked_comes_back_with_its_ticket(qtbot: QtBot, expected_logs: ExpectedLogs) -> None:
    bridge = Bridge()
    answers: list[Answer] = []
    bridge.answered.connect(answers.append)
    stop = asyncio.Event()

    async def main() -> None:
        await stop.wait()

    host = Host(main=main, on_death=bridge.died)
    bridge.host = host
    host.start()

    async def good() -> int:
        return 3

    async def refused() -> None:
        raise StatusError("no", code="X", hint="do that")

    async def bug() -> None:
        raise RuntimeError("a bug")

    try:
        with expected_logs("app.runtime.host", logging.ERROR, "asked for failed"):
            for ticket, work in enumerate((good, refused, bug)):
                bridge.ask(work, ticket=ticket)
            qtbot.waitUntil(lambda: len(answers) == 3)
    finally:
        host.stop()
    by_ticket = {answer.ticket: answer for answer in answers}
    assert by_ticket[0].result == 3
    assert (by_ticket[1].error, by_ticket[1].code, by_ticket[1].hint) == ("no", "X", "do that")
    assert by_ticket[2].error == "a bug"


def test_the_idle_tray_loads_no_window() -> None:
    code = "import sys, app.bootstrap_tray; print([name for name in sys.modules if name.startswith('app.ui.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = done.stdout
    assert "app.ui.shell" in loaded
    for name in ("orders_window", "mini_window", "detail", "accept_panel", "card_paint"):
        assert f"app.ui.{name}'" not in loaded


def test_the_idle_tray_loads_nothing_it_does_not_need() -> None:
    """Each of these was megabytes: sources read by PySide6, the command of httpx, QtNetwork."""
    code = (
        "import sys, linecache; sys.modules['httpx._main'] = None; from app.ui import lean; "
        "lean.take_import_back(); import app.bootstrap_tray; "
        "print(len(linecache.cache), [name for name in ('click', 'rich', 'PySide6.QtNetwork') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    sources, loaded = done.stdout.split(maxsplit=1)
    assert int(sources) < 20
    assert loaded == "[]\n"
