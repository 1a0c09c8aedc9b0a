"""The loudspeaker, heard through its tap: miniaudio's own device that plays into nothing takes the samples in time."""

import array
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import miniaudio
import pytest

from app.ports.alarm import AlarmSettings, AlarmSounds, Sound, SpeakerState
from app.ui import alarm_sound
from app.ui.alarm_samples import RATE, Samples, decoded
from app.ui.alarm_sound import MiniaudioSpeaker, device_names
from tests.helpers.logfail import ExpectedLogs

FOLDER = Path(__file__).parents[2] / "resources" / "sounds"
NULL = [miniaudio.Backend.NULL]


class Ear:
    """What the device was handed, and what the speaker told."""

    def __init__(self) -> None:
        self.heard: array.array[int] = array.array("h")
        self.states: list[SpeakerState] = []

    def __call__(self, block: bytes) -> None:
        self.heard.frombytes(block)

    def wait(self, condition: Callable[[], bool], seconds: float = 5) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{len(self.heard)} samples, {self.states}"
            time.sleep(0.01)

    @property
    def loudest(self) -> int:
        return max((abs(value) for value in self.heard), default=0)


@pytest.fixture
def ear() -> Ear:
    return Ear()


Maker = Callable[..., MiniaudioSpeaker]


@pytest.fixture
def make(ear: Ear) -> Iterator[Maker]:
    made: list[MiniaudioSpeaker] = []

    def speaker(settings: AlarmSettings | None = None, folder: Path = FOLDER, **more: Any) -> MiniaudioSpeaker:
        settings = settings or AlarmSettings()
        one = MiniaudioSpeaker(folder=folder, settings=settings, backends=NULL, tap=ear, **more)
        one.listen(ear.states.append)
        made.append(one)
        return one

    yield speaker
    for one in made:
        one.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "alarm speaker"]


def whole(sound: Sound) -> "array.array[int]":
    return decoded(FOLDER / f"{sound.value}.wav")


@pytest.mark.parametrize("sound", [Sound.ORDER_NEW, Sound.DEADLINE_NEAR])
def test_a_sound_is_heard_whole_and_once(make: Maker, ear: Ear, sound: Sound) -> None:
    make().play(sound, 1.0)
    ear.wait(lambda: len(ear.heard) >= len(whole(sound)))
    time.sleep(0.2)
    assert ear.heard == whole(sound)


def test_volume_is_in_the_samples(make: Maker, ear: Ear) -> None:
    make().play(Sound.DEADLINE_NEAR, 0.3)
    ear.wait(lambda: len(ear.heard) > 2000)
    expected = max(abs(value) for value in whole(Sound.DEADLINE_NEAR)) * 0.3
    assert ear.loudest == pytest.approx(expected, rel=0.01)


def test_hush_is_silence_at_once(make: Maker, ear: Ear) -> None:
    speaker = make()
    speaker.play(Sound.LINK_LOST, 1.0)
    ear.wait(lambda: len(ear.heard) > 2000)
    speaker.hush()
    time.sleep(0.1)
    heard = len(ear.heard)
    time.sleep(0.3)
    assert len(ear.heard) == heard < len(whole(Sound.LINK_LOST))


def test_another_sound_takes_the_place_of_what_plays(make: Maker, ear: Ear) -> None:
    speaker = make()
    speaker.play(Sound.LINK_LOST, 1.0)
    ear.wait(lambda: len(ear.heard) > 2000)
    speaker.play(Sound.DEADLINE_NEAR, 1.0)
    ticks = whole(Sound.DEADLINE_NEAR)
    ear.wait(lambda: ear.heard[-len(ticks) :] == ticks)
    assert len(ear.heard) < len(whole(Sound.LINK_LOST)) + len(ticks)


def test_a_probe_opens_plays_nothing_and_tells(make: Maker, ear: Ear) -> None:
    make().probe()
    ear.wait(lambda: bool(ear.states))
    assert ear.states[0].works
    assert ear.states[0].device
    assert not ear.heard


def test_the_device_is_given_back_when_it_is_not_used(make: Maker, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_sound, "LINGER", 0.2)
    opened: list[Any] = []

    def open_device(**arguments: Any) -> Any:
        opened.append(miniaudio.PlaybackDevice(**arguments))
        return opened[-1]

    speaker = make(open_device=open_device)
    speaker.play(Sound.DEADLINE_NEAR, 1.0)
    ear.wait(lambda: bool(ear.heard) and not opened[0].running)
    assert len(ear.heard) == len(whole(Sound.DEADLINE_NEAR)), "not before all was heard"
    speaker.play(Sound.DEADLINE_NEAR, 1.0)
    ear.wait(lambda: len(ear.heard) == 2 * len(whole(Sound.DEADLINE_NEAR)))
    assert len(opened) == 2


# ---------------------------------------------------------------- devices that come and go


class Plug:
    """Opens a device while it is plugged in."""

    def __init__(self, *, plugged: bool) -> None:
        self.plugged = plugged
        self.tries = 0

    def __call__(self, **arguments: Any) -> Any:
        self.tries += 1
        if not self.plugged:
            raise miniaudio.MiniaudioError("failed to init device", -1)
        return miniaudio.PlaybackDevice(**arguments)


def test_a_missing_device_is_told_and_found_again_by_the_next_sound(
    make: Maker, ear: Ear, expected_logs: ExpectedLogs
) -> None:
    plug = Plug(plugged=False)
    speaker = make(open_device=plug)
    with expected_logs("app.ui.alarm_sound", logging.WARNING, "cannot be opened") as records:
        for tries in (1, 2, 3):
            speaker.play(Sound.DEADLINE_NEAR, 1.0)
            ear.wait(lambda tries=tries: plug.tries == tries)  # type: ignore[misc]
        ear.wait(lambda: len(ear.states) == 1)
    assert len(records) == 1, "an outage is told once"
    assert ear.states[0].why_not
    plug.plugged = True
    speaker.play(Sound.DEADLINE_NEAR, 1.0)
    ear.wait(lambda: ear.heard == whole(Sound.DEADLINE_NEAR))
    assert [state.works for state in ear.states] == [False, True]


def test_a_missing_device_is_looked_for_without_a_sound(
    make: Maker, ear: Ear, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("app.ui.alarm_sound", logging.WARNING)
    monkeypatch.setattr(alarm_sound, "RECHECK_MISSING", 0.05)
    plug = Plug(plugged=False)
    make(open_device=plug).probe()
    ear.wait(lambda: plug.tries >= 3)
    plug.plugged = True
    ear.wait(lambda: len(ear.states) == 2)
    assert [state.works for state in ear.states] == [False, True]


def one_after_the_other(devices: list[Callable[..., Any]]) -> Callable[..., Any]:
    def open_device(**arguments: Any) -> Any:
        return devices.pop()(**arguments)

    return open_device


class Dead:
    """A device that opens and takes no samples: pulled out while it played."""

    def start(self, feed: object) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_device_that_dies_while_it_plays_is_opened_anew(
    make: Maker, ear: Ear, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setattr(alarm_sound, "STARVED", 0.2)
    devices: list[Callable[..., Any]] = [miniaudio.PlaybackDevice, lambda **_: Dead()]
    speaker = make(open_device=one_after_the_other(devices))
    with expected_logs("app.ui.alarm_sound", logging.WARNING, "takes no more samples"):
        for _ in range(10):  # an order that rings faster than a device starves must not hide it
            speaker.play(Sound.DEADLINE_NEAR, 1.0)
            time.sleep(0.05)
        ear.wait(lambda: len(ear.heard) >= len(whole(Sound.DEADLINE_NEAR)))


def test_the_named_device_is_used_and_the_systems_choice_while_it_is_missing(make: Maker, ear: Ear) -> None:
    chosen: list[Any] = []

    def open_device(**arguments: Any) -> Any:
        chosen.append(arguments["device_id"])
        return miniaudio.PlaybackDevice(**arguments)

    (name,) = device_names(NULL)
    make(AlarmSettings(device=name), open_device=open_device).probe()
    make(AlarmSettings(device="unplugged"), open_device=open_device).probe()
    ear.wait(lambda: len(ear.states) == 2)
    assert sorted(identity is None for identity in chosen) == [False, True]
    assert all(state.works for state in ear.states)


def test_a_bug_of_ours_does_not_end_the_alarm(make: Maker, ear: Ear, expected_logs: ExpectedLogs) -> None:
    devices: list[Callable[..., Any]] = [miniaudio.PlaybackDevice, lambda **_: 1 / 0]
    speaker = make(open_device=one_after_the_other(devices))
    with expected_logs("app.ui.alarm_sound", logging.ERROR, "a bug of ours"):
        expected_logs.allow("app.ui.alarm_sound", logging.WARNING)
        speaker.play(Sound.DEADLINE_NEAR, 1.0)
        ear.wait(lambda: len(ear.states) == 1)
    speaker.play(Sound.DEADLINE_NEAR, 1.0)
    ear.wait(lambda: ear.heard == whole(Sound.DEADLINE_NEAR))


def test_after_the_end_nothing_starts_again(make: Maker, ear: Ear) -> None:
    speaker = make()
    speaker.play(Sound.LINK_LOST, 1.0)
    ear.wait(lambda: len(ear.heard) > 0)
    speaker.close()
    speaker.play(Sound.LINK_LOST, 1.0)
    speaker.probe()
    speaker.close()
    heard = len(ear.heard)
    time.sleep(0.2)
    assert len(ear.heard) == heard


# ---------------------------------------------------------------- other sounds


def test_a_file_of_the_restaurant_is_played_instead() -> None:
    settings = AlarmSettings(sounds=AlarmSounds(order_new=str(FOLDER / "link_back.wav"), link_lost="order_changed"))
    samples = Samples(folder=FOLDER, settings=settings)
    assert samples.of(Sound.ORDER_NEW, 1.0) == whole(Sound.LINK_BACK).tobytes()
    assert samples.of(Sound.LINK_LOST, 1.0) == whole(Sound.ORDER_CHANGED).tobytes()
    assert samples.of(Sound.DEADLINE_NEAR, 1.0) == whole(Sound.DEADLINE_NEAR).tobytes()


@pytest.mark.parametrize("content", [None, b"", b"RIFF....nonsense" * 100, b"x" * 5_000_001])
def test_a_file_that_cannot_be_played_is_replaced_by_ours(
    content: bytes | None, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    own = tmp_path / "own.mp3"
    if content is not None:
        own.write_bytes(content)
    samples = Samples(folder=FOLDER, settings=AlarmSettings(sounds=AlarmSounds(order_new=str(own))))
    with expected_logs("app.ui.alarm_samples", logging.WARNING, "ours is") as records:
        assert samples.of(Sound.ORDER_NEW, 1.0) == whole(Sound.ORDER_NEW).tobytes()
        assert samples.of(Sound.ORDER_NEW, 1.0)
    assert len(records) == 1


def test_without_any_file_it_beeps(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    with expected_logs("app.ui.alarm_samples", logging.ERROR, "cannot be played"):
        beep = array.array("h", Samples(folder=tmp_path, settings=AlarmSettings()).of(Sound.ORDER_NEW, 1.0))
    assert len(beep) == RATE // 2
    assert max(beep) > 10_000
