"""The loudspeaker, through miniaudio: opens it when something must be heard, and finds it again when it was gone.

Everything that may take its time (opening, listing, decoding) is done by one thread of the speaker's own, so that the
windows never wait: the calls leave a note for it. A device is open only while it is used; whether it would open is
looked at every few minutes, each minute while it does not. A device that takes no samples any more, though it has some
to play, was lost: it is opened anew, the system's choice then.

What is handed to the device also goes to the ``tap``, so that a test hears what a person would.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import miniaudio

from app.ports.alarm import AlarmSettings, Sound, SpeakerState
from app.ui.alarm_samples import RATE, Samples
from app.ui.words import tr

log = logging.getLogger(__name__)

LINGER = 5.0
"""Seconds without a sound after which the device is given back."""

STARVED = 2.5
"""Seconds in which a device that plays must ask for samples; some sound servers ask every 2 s."""

RECHECK = 300.0
"""Seconds between two looks whether the device would open."""

RECHECK_MISSING = 60.0
"""The same while it does not."""

_NULLS = ("discard all samples", "dummy output", "null output")
_NULL_IDS = (b"auto_null", b"null", b":null")


def real_backends() -> list[miniaudio.Backend]:
    """The system's sound services, without the one that plays into nothing."""
    wanted = ("WASAPI", "COREAUDIO", "PULSEAUDIO", "ALSA")
    return [backend for name in wanted if miniaudio.is_backend_enabled(backend := miniaudio.Backend[name])]


def device_names(backends: Sequence[miniaudio.Backend] | None = None) -> list[str]:
    """The names of the loudspeakers, for the settings; takes its time."""
    try:
        return [str(found["name"]) for found in _playbacks(backends or real_backends())]
    except miniaudio.MiniaudioError:
        return []


class _Voice:
    """What is being played; read in the device's thread. A change is one assignment."""

    def __init__(self, tap: Callable[[bytes], None] | None) -> None:
        self._tap = tap
        self._rest = memoryview(b"")
        self.fed = 0.0
        """When the device last asked for samples, monotonic."""

    @property
    def speaks(self) -> bool:
        return len(self._rest) > 0

    def say(self, samples: bytes) -> None:
        self._rest = memoryview(samples)

    def feed(self) -> Generator[bytes, int, None]:
        frames = yield b""
        while True:
            self.fed = time.monotonic()
            rest = self._rest
            block = bytes(rest[: frames * 2])
            if self._rest is rest:  # else another sound began just now
                self._rest = rest[frames * 2 :]
            if block and self._tap is not None:
                self._tap(block)
            frames = yield block.ljust(frames * 2, b"\0")


class MiniaudioSpeaker:
    """Implements :class:`~app.ports.alarm.Speaker`; ``folder`` holds our sounds as ``<name>.wav``.

    ``backends`` are miniaudio's, the system's own unless a test names others, and ``open_device`` is what opens one of
    their devices. The thread starts with the first call.
    """

    def __init__(
        self,
        *,
        folder: Path,
        settings: AlarmSettings,
        backends: Sequence[miniaudio.Backend] | None = None,
        tap: Callable[[bytes], None] | None = None,
        open_device: Callable[..., Any] = miniaudio.PlaybackDevice,
    ) -> None:
        self._open_device = open_device
        self._settings = settings
        self._backends = list(backends) if backends is not None else real_backends()
        self._told: Callable[[SpeakerState], None] = lambda _: None
        self._samples = Samples(folder=folder, settings=settings)
        # the notes left for the thread
        self._notes = threading.Condition()
        self._wanted: tuple[Sound, float] | None = None
        self._asked = False
        self._ending = False
        self._thread: threading.Thread | None = None
        # the thread's own
        self._voice = _Voice(tap)
        self._device: Any = None
        self._state = SpeakerState()
        self._begun = 0.0
        self._hungry = 0.0
        """Since when there are samples to be taken, monotonic; a sound that replaces a waiting one changes nothing."""
        self._looked = 0.0

    # notes

    def listen(self, told: Callable[[SpeakerState], None]) -> None:
        self._told = told

    def play(self, sound: Sound, volume: float) -> None:
        with self._notes:
            self._wanted = sound, volume
            self._leave_note()

    def hush(self) -> None:
        with self._notes:
            self._wanted = None
            self._voice.say(b"")

    def probe(self) -> None:
        with self._notes:
            self._asked = True
            self._leave_note()

    def close(self) -> None:
        self.hush()
        with self._notes:
            thread, self._ending = self._thread, True
            self._notes.notify()
        if thread is not None:
            thread.join(timeout=2)  # a driver that hangs must not keep the program from its end

    def _leave_note(self) -> None:
        if self._thread is None and not self._ending:
            self._thread = threading.Thread(target=self._run, name="alarm speaker", daemon=True)
            self._thread.start()
        self._notes.notify()

    # the thread

    def _run(self) -> None:
        silencer = _silence_alsa()
        try:
            while self._turn():
                pass
        finally:
            self._give_back()
            if silencer is not None:
                silencer(None)

    def _turn(self) -> bool:
        with self._notes:
            if self._wanted is None and not self._asked and not self._ending:
                self._notes.wait(self._pause())
            wanted, self._wanted = self._wanted, None
            asked, self._asked = self._asked, False
            if self._ending:
                return False
        try:
            self._work(wanted, asked)
        except Exception:  # the alarm must not die of a bug of ours
            log.exception("the speaker tripped: a bug of ours")
            self._give_back()
            self._tell(SpeakerState(why_not=tr("The sound could not be played.")), always=True)
        return True

    def _pause(self) -> float:
        """Seconds until something is to be done without a note."""
        now = time.monotonic()
        if self._device is None:
            again = RECHECK if self._state.works else RECHECK_MISSING
            return max(0.0, self._looked + again - now)
        return STARVED / 2 if self._voice.speaks else max(0.1, self._begun + LINGER - now)

    def _work(self, wanted: tuple[Sound, float] | None, asked: bool) -> None:
        if wanted is not None:
            self._begin(*wanted)
        now = time.monotonic()
        if self._device is not None and self._voice.speaks and now - max(self._voice.fed, self._hungry) > STARVED:
            log.warning("the sound device %s takes no more samples: opened anew", self._state.device or "(default)")
            self._give_back()
            self._open(always=False)
        due = self._looked + (RECHECK if self._state.works else RECHECK_MISSING)
        if self._device is None and wanted is None and (asked or now >= due):
            self._open(always=asked)
            self._give_back()
        elif asked:
            self._tell(self._state, always=True)
        if self._device is not None and not self._voice.speaks and now - self._begun > LINGER:
            self._give_back()

    def _begin(self, sound: Sound, volume: float) -> None:
        samples = self._samples.of(sound, volume)
        if not self._voice.speaks:
            self._hungry = time.monotonic()
        self._voice.say(samples)  # before the device asks for the first time: some servers ask again 2 s later
        if self._device is None:
            self._open(always=False)
        self._begun = time.monotonic()

    def _open(self, *, always: bool) -> None:
        """Open the device that is set, else the system's choice, and say what came of it."""
        self._looked = time.monotonic()
        device: Any = None
        try:
            found = _playbacks(self._backends)
            chosen = next((one for one in found if one["name"] == self._settings.device), None)
            device = self._open_device(
                output_format=miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=RATE,
                buffersize_msec=50,
                device_id=chosen["id"] if chosen else None,
                callback_periods=3,
                backends=self._backends,
                app_name="Sinqro Companion",
            )
            feed = self._voice.feed()
            next(feed)
            device.start(feed)
        except miniaudio.MiniaudioError as exc:
            log.info("no sound device opens: %s", exc)
            if device is not None:
                device.close()
            self._voice.say(b"")
            self._tell(SpeakerState(why_not=tr("The loudspeaker cannot be opened.")), always=always)
            return
        self._device = device
        self._begun = self._hungry = time.monotonic()
        name = chosen["name"] if chosen else found[0]["name"] if len(found) == 1 else ""
        self._tell(SpeakerState(device=str(name)), always=always)

    def _give_back(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None

    def _tell(self, state: SpeakerState, *, always: bool) -> None:
        news = state != self._state
        if news and state.works != self._state.works:
            log.log(logging.INFO if state.works else logging.WARNING, "alarm: %s", state.why_not or "sound is back")
        self._state = state
        if news or always:
            self._told(state)


def _playbacks(backends: Sequence[miniaudio.Backend]) -> list[dict[str, Any]]:
    """The loudspeakers, without those of the system that play into nothing; empty where they cannot be listed.

    Raises ``MiniaudioError`` when there is nothing but those: such a device opens, and nobody hears it.
    """
    try:
        found: list[dict[str, Any]] = miniaudio.Devices(list(backends)).get_playbacks()
    except miniaudio.MiniaudioError as exc:  # one that cannot be described must not hide those that open
        log.debug("the sound devices cannot be listed: %s", exc)
        return []
    if miniaudio.Backend.NULL in backends:
        return found
    real = [one for one in found if not _plays_into_nothing(one)]
    if found and not real:
        raise miniaudio.MiniaudioError("every sound device plays into nothing")
    return real


def _plays_into_nothing(device: dict[str, Any]) -> bool:
    name = str(device["name"]).lower()
    begin = bytes(miniaudio.ffi.buffer(device["id"])[:64]).split(b"\0")[0]
    return name.startswith(_NULLS) or begin in _NULL_IDS


def _silence_alsa() -> Callable[[object], object] | None:
    """ALSA writes to the terminal whenever a device does not open; returns what undoes it."""
    if sys.platform != "linux":
        return None
    import ctypes

    try:
        set_handler = ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler
    except (OSError, AttributeError):
        return None
    handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
    silent = handler(lambda *_: None)
    set_handler(silent)

    def undo(_: object) -> object:
        return set_handler(None), silent  # which lives until here

    return undo
