"""The alarm between snapshots, speaker, screen and system: who is told what, and when it ends."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.domain.record import Mark, OrderKey
from app.domain.status import Origin, Status
from app.link.state import LinkPhase
from app.ports.alarm import AlarmSettings, AlarmTest, Sound, SpeakerState, VolumeReading
from app.ui.alarm import Alarm
from app.ui.flash import Flash
from app.ui.flash_window import FlashWindow
from app.ui.theme import Look
from tests.unit.services.alarm_bench import NOW, order, snapshot


class FakeSpeaker:
    """Notes what it is told to play; plays it at once."""

    def __init__(self) -> None:
        self.played: list[tuple[Sound, float]] = []
        self.probes = 0
        self.hushed = 0
        self.closed = False
        self.tell: Callable[[SpeakerState], None] = lambda _: None

    def listen(self, told: Callable[[SpeakerState], None]) -> None:
        self.tell = told

    def play(self, sound: Sound, volume: float) -> None:
        self.played.append((sound, volume))

    def hush(self) -> None:
        self.hushed += 1

    def probe(self) -> None:
        self.probes += 1

    def close(self) -> None:
        self.closed = True


class FakeVolume:
    """A system that says what a test wants."""

    def __init__(self) -> None:
        self.reading: VolumeReading | None = None
        self.reads = 0

    def read(self) -> VolumeReading | None:
        self.reads += 1
        return self.reading


class Bench:
    """An alarm with its surroundings, at a time that a test moves."""

    def __init__(self, settings: AlarmSettings | None = None) -> None:
        self.now: datetime = NOW
        self.speaker = FakeSpeaker()
        self.volume = FakeVolume()
        self.look = Look(dark=False)
        self.flash = Flash(look=self.look, minutes=25)
        self.alarm = Alarm(
            settings=settings or AlarmSettings(),
            speaker=self.speaker,
            volume=self.volume,
            flash=self.flash,
            now=lambda: self.now,
        )
        self.told: list[Any] = []
        self.alarm.ringing.connect(lambda reason, key: self.told.append((reason, key and key.order_id)))
        self.alarm.silent.connect(lambda: self.told.append("silent"))
        self.alarm.no_device.connect(lambda why: self.told.append(("no device", why)))
        self.alarm.device_back.connect(lambda name: self.told.append(("back", name)))

    def shown(self) -> OrderKey | None:
        return self.flash.shown

    def window(self, qtbot: QtBot) -> FlashWindow:
        """The full-screen alarm's, which is made in pieces."""
        qtbot.waitUntil(lambda: bool(self.flash.windows) and self.flash.windows[0].isVisible())
        return self.flash.windows[0]

    def show(self, *orders: Any, after: float = 0, **changes: Any) -> None:
        self.now += timedelta(seconds=after)
        self.alarm.show(snapshot(orders, at=self.now, **changes))


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench()
    yield made
    made.alarm.close()


def test_a_new_order_is_heard_at_once_and_again(bench: Bench, qtbot: QtBot) -> None:
    bench.show(order())
    assert bench.speaker.played == [(Sound.ORDER_NEW, 0.8)]
    assert bench.told == [("new", "1")]
    qtbot.waitUntil(lambda: len(bench.speaker.played) == 2, timeout=3000)
    assert bench.told == [("new", "1")], "told once"


def test_the_answer_silences_it_in_the_middle_of_its_sound(bench: Bench) -> None:
    bench.show(order())
    bench.show(order(status=Status.ACCEPTED, status_origin=Origin.STAFF), after=0.3)
    assert bench.speaker.hushed == 1
    assert bench.told == [("new", "1"), "silent"]
    bench.show(after=1)
    assert bench.speaker.hushed == 1
    assert len(bench.speaker.played) == 1


def test_the_next_order_is_told_when_the_first_is_answered(bench: Bench) -> None:
    bench.show(order("1"), order("2"))
    bench.show(order("2"), after=1)
    assert bench.told == [("new", "1"), ("new", "2")]


def test_without_anything_to_ring_nothing_is_done(bench: Bench, qtbot: QtBot) -> None:
    bench.show(order(status=Status.READY, received_at=NOW - timedelta(hours=1)))
    qtbot.wait(1200)
    assert bench.speaker.played == []
    assert bench.told == []
    assert bench.volume.reads == 0
    assert bench.speaker.probes == 1, "looked for the device at the start"


def test_what_rings_once_is_told_when_it_is_heard(bench: Bench) -> None:
    bench.show(order(marks=frozenset({Mark.AUTO_ACCEPT})))
    assert bench.told == [("arrived", "1")]
    assert bench.speaker.played == [(Sound.ORDER_NEW, 0.8)]


def test_a_lost_link_rings_without_a_new_snapshot(bench: Bench, qtbot: QtBot) -> None:
    bench.show(phase=LinkPhase.WAITING)
    assert bench.speaker.played == []
    bench.now += timedelta(seconds=15)
    qtbot.waitUntil(lambda: bench.speaker.played == [(Sound.LINK_LOST, 0.8)], timeout=3000)
    assert bench.told == [("link_lost", None)]


# ---------------------------------------------------------------- the screen


def test_after_seventy_five_seconds_the_screen_and_with_the_answer_it_goes(bench: Bench, qtbot: QtBot) -> None:
    record = order()
    bench.show(record, order("2", received_at=NOW + timedelta(seconds=60)), after=74)
    assert bench.shown() is None
    bench.now += timedelta(seconds=1)
    qtbot.waitUntil(lambda: bench.shown() == record.key, timeout=3000)
    bench.show(order("2", received_at=NOW + timedelta(seconds=60)))
    assert bench.shown() is None


def test_without_a_device_the_screen_from_the_first_second(bench: Bench, qtbot: QtBot) -> None:
    bench.speaker.tell(SpeakerState(why_not="Unplugged."))
    qtbot.waitUntil(lambda: bench.told == [("no device", "Unplugged.")])
    assert bench.alarm.problem == "Unplugged."
    bench.show(order())
    assert bench.shown() == order().key
    assert "Unplugged." in bench.window(qtbot).note.text()
    assert bench.speaker.played, "tried all the same: it may be back"
    bench.speaker.tell(SpeakerState(device="Barra"))
    qtbot.waitUntil(lambda: bench.told[-1] == ("back", "Barra"))
    assert bench.shown() is None
    assert bench.alarm.problem == ""


@pytest.mark.parametrize("reading", [VolumeReading(muted=True, percent=80), VolumeReading(muted=False, percent=0)])
def test_a_muted_system_counts_as_no_sound(bench: Bench, qtbot: QtBot, reading: VolumeReading) -> None:
    bench.volume.reading = reading
    bench.show(order())
    qtbot.waitUntil(lambda: bench.shown() == order().key, timeout=3000)
    assert bench.told[0] == ("new", "1")
    assert bench.told[1][0] == "no device"


def test_an_open_panel_lowers_the_sound_and_leaves_the_screen(bench: Bench) -> None:
    bench.show(order(), after=80)
    assert bench.shown() == order().key
    bench.alarm.lower(order().key)
    assert bench.shown() is None
    bench.now += timedelta(seconds=20)
    bench.alarm.show(snapshot([order()], at=bench.now))
    assert bench.shown() == order().key
    bench.alarm.lower(order().key)
    bench.alarm.restore(order().key)
    assert bench.shown() == order().key


def test_the_answers_on_the_screen_are_passed_on(bench: Bench, qtbot: QtBot) -> None:
    key: OrderKey = order().key
    for name, button in (("accept_asked", "accept"), ("view_asked", "view"), ("reject_asked", "reject")):
        bench.show(order(), after=80 if name == "accept_asked" else 25)
        window = bench.window(qtbot)
        with qtbot.waitSignal(getattr(bench.alarm, name), timeout=1000) as asked:
            getattr(window, button).click()
        assert asked.args == [key]
        assert (bench.shown() is None) is (name != "accept_asked"), "it stays until the answer is there"
        bench.flash.hide()


# ---------------------------------------------------------------- the test


def test_the_test_plays_and_says_what_is_known(bench: Bench, qtbot: QtBot) -> None:
    bench.volume.reading = VolumeReading(muted=False, percent=70)
    with qtbot.waitSignal(bench.alarm.tested, timeout=3000):
        bench.alarm.test()
        bench.speaker.tell(SpeakerState(device="Barra"))
    test = bench.alarm.last_test
    assert test == AlarmTest(at=NOW, device="Barra", volume=VolumeReading(muted=False, percent=70))
    assert test.good
    assert bench.speaker.played == [(Sound.ORDER_NEW, 0.8)]
    with qtbot.waitSignal(bench.alarm.tested):
        bench.alarm.heard(False)
    assert bench.alarm.last_test is not None
    assert not bench.alarm.last_test.good


def test_the_test_tells_a_missing_device_and_a_muted_system(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.alarm.tested, timeout=3000):
        bench.alarm.test()
        bench.speaker.tell(SpeakerState(why_not="Unplugged."))
    assert bench.alarm.last_test == AlarmTest(at=NOW, why_not="Unplugged.")
    bench.volume.reading = VolumeReading(muted=True, percent=100)
    with qtbot.waitSignal(bench.alarm.tested, timeout=3000):
        bench.alarm.test()
        bench.speaker.tell(SpeakerState())
    assert bench.alarm.last_test is not None
    assert not bench.alarm.last_test.good


def test_a_device_that_never_answers_ends_the_test(bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.alarm._TEST_MS", 100)
    with qtbot.waitSignal(bench.alarm.tested, timeout=3000):
        bench.alarm.test()
    assert bench.alarm.last_test is not None
    assert bench.alarm.last_test.why_not


def test_the_end_gives_everything_back(bench: Bench, qtbot: QtBot) -> None:
    bench.show(order(), after=80)
    bench.alarm.close()
    assert bench.speaker.closed
    assert bench.flash.windows == []
    played = len(bench.speaker.played)
    qtbot.wait(900)
    assert len(bench.speaker.played) == played
