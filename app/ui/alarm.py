"""The alarm of the tray: takes snapshots, lets what must ring be heard, and flashes when nobody comes.

A snapshot comes in (:meth:`Alarm.show`) → :mod:`app.services.ringing` says what rings and how loud → the speaker plays
it in the rhythm of :mod:`app.services.cadence` → after 75 s, or at once where nothing can be heard, the full-screen
alarm is shown. It ends with the snapshot in which somebody has answered. What it does is told by signals, for the
header and the tray. While nothing rings no timer runs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal

from app.domain.record import OrderKey
from app.ports.alarm import AlarmSettings, AlarmTest, Sound, Speaker, SpeakerState, SystemVolume, VolumeReading
from app.services.cadence import Cadence
from app.services.ringing import Calls, Reason, Ring, Ringing
from app.services.sheets import OrderSheet
from app.services.snapshot import Snapshot
from app.ui.board import promised
from app.ui.flash import Flash
from app.ui.flash_order import FlashOrder
from app.ui.words import tr

_LOOK_AGAIN = 1.0
"""Seconds until the next look while something may become another by itself."""

_VOLUME_AGAIN = 10.0
"""Seconds between two questions for the system's volume while something rings."""

_TEST_MS = 5000
"""So long a test waits for the device and the volume."""


@dataclass(slots=True)
class _Test:
    """A test under way."""

    at: datetime
    state: SpeakerState | None = None
    volume_told: bool = False


class Alarm(QObject):
    """Lives in the GUI thread, with all windows closed too."""

    ringing = Signal(str, object)
    """What is called for changed: the reason (:class:`~app.services.ringing.Reason`) and the order's key or None."""
    silent = Signal()
    """Nothing rings any more."""
    no_device = Signal(str)
    """Nothing can be heard, and why: the header says so, and orders flash from the first second."""
    device_back = Signal(str)
    """It can be heard again, through the device of this name (may be empty)."""
    tested = Signal(object)
    """The :class:`~app.ports.alarm.AlarmTest` that :meth:`test` came to, or that :meth:`heard` changed: to be kept."""

    accept_asked = Signal(object)
    """Accept with the standard minutes was pressed on the full-screen alarm: the order's key."""
    reject_asked = Signal(object)
    """Reject was pressed there: open its panel. The full-screen alarm leaves this order for 20 s."""
    view_asked = Signal(object)
    """View was pressed there: open the order. The full-screen alarm leaves it for 20 s."""

    _state_told = Signal(object)
    _volume_told = Signal(object)

    def __init__(
        self,
        *,
        settings: AlarmSettings,
        speaker: Speaker,
        volume: SystemVolume,
        flash: Flash,
        now: Callable[[], datetime],
        last_test: AlarmTest | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._speaker = speaker
        self._volume = volume
        self._flash = flash
        self._now = now
        self.last_test = last_test
        """The newest test, for the menu ("Test the alarm (today 19:52, good)")."""
        self._ringing = Ringing(settings=settings)
        self._cadence = Cadence()
        self._snapshot: Snapshot | None = None
        self._playing: tuple[Reason, str, OrderKey | None] | None = None
        self._called: tuple[Reason, OrderKey | None] | None = None
        self._state = SpeakerState()
        self._reading: VolumeReading | None = None
        self._asked_volume_at = float("-inf")
        self._testing: _Test | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._timer = self._single_shot(self._tick)
        self._test_over = self._single_shot(lambda: self._end_test(whole=False))
        # Told in other threads; queued, they arrive in this one.
        self._state_told.connect(self._take_state, Qt.ConnectionType.QueuedConnection)
        self._volume_told.connect(self._take_volume, Qt.ConnectionType.QueuedConnection)
        flash.accept_asked.connect(self.accept_asked)
        flash.view_asked.connect(self._leave_to_view)
        flash.reject_asked.connect(self._leave_to_reject)
        speaker.listen(self._state_told.emit)
        speaker.probe()

    @property
    def problem(self) -> str:
        """Why nothing can be heard, one sentence; empty while all is well or nothing is known."""
        if self._state.why_not:
            return self._state.why_not
        if self._reading is not None and (self._reading.muted or not self._reading.percent):
            return tr("The sound of this computer is switched off.")
        return ""

    # what happens

    def show(self, snapshot: Snapshot) -> None:
        """Take a snapshot: what is answered in it falls silent at once, what is new rings at once."""
        self._snapshot = snapshot
        self._ringing.show(snapshot)
        self._tick()

    def lower(self, key: OrderKey) -> None:
        """A panel for this order is open, or was touched: it rings at 30 % for 20 s, without the full screen."""
        self._ringing.lower(key, self._now())
        self._tick()

    def restore(self, key: OrderKey) -> None:
        """The panel was closed."""
        self._ringing.restore(key)
        self._tick()

    def seen(self, key: OrderKey) -> None:
        """A person saw that this scheduled order is due."""
        self._ringing.seen(key)
        self._tick()

    def close(self) -> None:
        """The end: silent, and the device given back."""
        self._timer.stop()
        self._test_over.stop()
        self._flash.hide()
        self._speaker.close()
        self._pool.waitForDone(2500)

    # the test

    def test(self) -> None:
        """Play the sound of a new order; what it came to is told by :attr:`tested`."""
        self._testing = _Test(at=self._now())
        self._test_over.start(_TEST_MS)
        self._speaker.play(Sound.ORDER_NEW, self._settings.volume / 100)
        self._speaker.probe()
        self._ask_volume()

    def heard(self, heard: bool) -> None:
        """The person who tested says whether it was heard."""
        if self.last_test is not None:
            self._keep(msgspec.structs.replace(self.last_test, heard=heard))

    def _end_test(self, *, whole: bool = True) -> None:
        """Tell what it came to, when all is known or (``whole=False``) the time is over."""
        test = self._testing
        if test is None or (whole and (test.state is None or not test.volume_told)):
            return
        state = test.state or SpeakerState(why_not=tr("The loudspeaker does not answer."))
        self._testing = None
        self._test_over.stop()
        reading = self._reading if test.volume_told else None
        self._keep(AlarmTest(at=test.at, device=state.device, why_not=state.why_not, volume=reading))

    def _keep(self, test: AlarmTest) -> None:
        self.last_test = test
        self.tested.emit(test)

    # what is told by the system

    def _take_state(self, state: SpeakerState) -> None:
        before, self._state = self.problem, state
        self._tell_problem(before)
        if self._testing is not None:
            self._testing.state = state
            self._end_test()

    def _take_volume(self, reading: VolumeReading | None) -> None:
        before, self._reading = self.problem, reading
        self._tell_problem(before)
        if self._testing is not None:
            self._testing.volume_told = True
            self._end_test()

    def _tell_problem(self, before: str) -> None:
        if before and not self.problem:
            self.device_back.emit(self._state.device)
        elif self.problem != before:
            self.no_device.emit(self.problem)
        if self.problem != before:
            self._tick()

    def _ask_volume(self) -> None:
        self._asked_volume_at = time.monotonic()
        self._pool.start(lambda: self._volume_told.emit(self._volume.read()))

    # what is done

    def _tick(self) -> None:
        calls = self._ringing.look(self._now(), audible=not self.problem)
        ring, wait = self._cadence.next(calls.rings, time.monotonic())
        if ring is not None:
            self._speaker.play(ring.sound, ring.volume)
            self._playing = ring.name
        elif self._playing is not None and self._playing not in {other.name for other in calls.rings}:
            self._speaker.hush()
            self._playing = None
        self._call(calls, ring)
        self._fill_screens(calls)
        if calls.restless:
            wait = min(_LOOK_AGAIN, wait if wait is not None else _LOOK_AGAIN)
        if wait is None:
            self._timer.stop()
        else:
            self._timer.start(max(10, round(wait * 1000)))

    def _call(self, calls: Calls, played: Ring | None) -> None:
        """Tell what rings; what rings only once is told when it is heard."""
        lasting = next((ring for ring in calls.rings if ring.period is not None), None)
        if lasting is None and played is not None:
            self.ringing.emit(played.reason.value, played.key)
            self._called = (played.reason, played.key)
            return
        called = (lasting.reason, lasting.key) if lasting is not None else None
        if lasting is not None and time.monotonic() - self._asked_volume_at >= _VOLUME_AGAIN:
            self._ask_volume()
        if called == self._called:
            return
        self._called = called
        if lasting is None:
            self.silent.emit()
        else:
            self.ringing.emit(lasting.reason.value, lasting.key)

    def _fill_screens(self, calls: Calls) -> None:
        keys = calls.full_screen
        order = self._order(keys[0], len(keys)) if keys else None
        if order is None:
            if self._flash.shown is not None:
                self._flash.hide()
        else:
            self._flash.show(order)

    def _order(self, key: OrderKey, count: int) -> FlashOrder | None:
        if self._snapshot is None:
            return None
        for outlet in self._snapshot.outlets:
            for number, record in enumerate(outlet.orders):
                if record.key == key:
                    return FlashOrder(
                        record=record,
                        sheet=outlet.sheets[number] if number < len(outlet.sheets) else OrderSheet(),
                        count=count,
                        problem=self.problem,
                        sandbox=self._snapshot.environment != "production",
                        minutes=promised(outlet, record, self._now()),
                        at=self._now(),
                    )
        return None

    def _leave_to_view(self, key: OrderKey) -> None:
        self._leave(key)
        self.view_asked.emit(key)

    def _leave_to_reject(self, key: OrderKey) -> None:
        self._leave(key)
        self.reject_asked.emit(key)

    def _leave(self, key: OrderKey) -> None:
        self._ringing.leave(key, self._now())
        self._tick()

    def _single_shot(self, done: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(done)
        return timer
