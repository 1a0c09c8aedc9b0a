"""The alarm as it is put together, heard through the tap of its own loudspeaker."""

import array
from pathlib import Path

import miniaudio
from pytestqt.qtbot import QtBot

from app.domain.status import Origin, Status
from app.ports.alarm import AlarmSettings, Sound
from app.ui.alarm import Alarm
from app.ui.alarm_samples import decoded
from app.ui.alarm_sound import MiniaudioSpeaker
from app.ui.flash import Flash
from app.ui.theme import Look
from tests.ui.test_alarm import FakeVolume
from tests.unit.services.alarm_bench import NOW, order, snapshot

SOUNDS = Path(__file__).parents[2] / "resources" / "sounds"


def test_from_the_snapshot_to_the_ear_and_back_to_silence(qtbot: QtBot) -> None:
    heard: array.array[int] = array.array("h")
    settings = AlarmSettings(volume=100)
    alarm = Alarm(
        settings=settings,
        speaker=MiniaudioSpeaker(
            folder=SOUNDS, settings=settings, backends=[miniaudio.Backend.NULL], tap=heard.frombytes
        ),
        volume=FakeVolume(),
        flash=Flash(look=Look(dark=False), minutes=25),
        now=lambda: NOW,
    )
    try:
        ding = decoded(SOUNDS / f"{Sound.ORDER_NEW.value}.wav")
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
