"""Second starts, notifications and the bridge: what lies between this program and others."""

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import StatusError
from app.runtime.host import Host
from app.ui.bridge import Answer, Bridge
from app.ui.notifications import Notifications
from app.ui.second_start import FirstStart, name_for, raise_first
from tests.helpers.logfail import ExpectedLogs


def test_a_second_start_brings_the_first_one_up(qtbot: QtBot, tmp_path: Path) -> None:
    name = name_for(tmp_path)
    assert name != name_for(tmp_path / "other")
    assert not raise_first(name)
    first = FirstStart(name)
    try:
        with qtbot.waitSignal(first.asked, timeout=2000):
            assert raise_first(name)
    finally:
        first.close()
    assert not raise_first(name)


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
