"""The alarm as it is put together, heard through the tap of its own loudspeaker."""

import array
import logging
from datetime import datetime, timedelta
from pathlib import Path

import miniaudio
import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap_alarm import TEST_FILE, keep_test, make_alarm, read_test, sounds_folder
from app.domain.status import Origin, Status
from app.ports.alarm import AlarmSettings, AlarmTest, Sound
from app.ui.alarm import Alarm
from app.ui.alarm_samples import decoded
from app.ui.alarm_sound import MiniaudioSpeaker
from app.ui.flash import Flash
from app.ui.theme import Look
from tests.helpers.logfail import ExpectedLogs
from tests.ui.test_alarm import FakeVolume
from tests.unit.services.alarm_bench import NOW, order, snapshot


def test_from_the_snapshot_to_the_ear_and_back_to_silence(qtbot: QtBot) -> None:
    heard: array.array[int] = array.array("h")
    settings = AlarmSettings(volume=100)
    alarm = Alarm(
        settings=settings,
        speaker=MiniaudioSpeaker(
            folder=sounds_folder(), settings=settings, backends=[miniaudio.Backend.NULL], tap=heard.frombytes
        ),
        volume=FakeVolume(),
        flash=Flash(look=Look(dark=False), minutes=25),
        now=lambda: NOW,
    )
    try:
        ding = decoded(sounds_folder() / f"{Sound.ORDER_NEW.value}.wav")
        alarm.show(snapshot([order()]))
        qtbot.waitUntil(lambda: len(heard) >= 2 * len(ding), timeout=5000)
        assert heard[: len(ding)] == ding
        assert heard[len(ding) : 2 * len(ding)] == ding
        alarm.show(snapshot([order(status=Status.ACCEPTED, status_origin=Origin.STAFF)]))
        qtbot.wait(300)
        silent_since = len(heard)
        qtbot.wait(2500)
        assert len(heard) == silent_since
    finally:
        alarm.close()


def test_the_last_test_is_kept_over_a_restart(tmp_path: Path, qtbot: QtBot, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("app.ui.alarm_sound", logging.WARNING, "alarm: ")  # this machine may have no loudspeaker

    def started() -> Alarm:
        return make_alarm(settings=AlarmSettings(), data=tmp_path, look=Look(dark=False), minutes=25, now=lambda: NOW)

    first = started()
    assert first.last_test is None
    test = AlarmTest(at=NOW - timedelta(hours=1), device="Barra", heard=True)
    first.tested.emit(test)
    first.close()
    second = started()
    assert second.last_test == test
    second.close()


@pytest.mark.parametrize("content", ["", "{}", "no json", '{"at": "yesterday"}'])
def test_a_spoiled_file_is_no_test(tmp_path: Path, content: str) -> None:
    (tmp_path / TEST_FILE).write_text(content)
    assert read_test(tmp_path / TEST_FILE) is None


def test_a_test_that_cannot_be_kept_is_not_worth_a_stop(tmp_path: Path) -> None:
    keep_test(tmp_path / "no folder" / TEST_FILE, AlarmTest(at=datetime.now(NOW.tzinfo)))
    assert read_test(tmp_path / "no folder" / TEST_FILE) is None
