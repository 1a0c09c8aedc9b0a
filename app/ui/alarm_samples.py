"""The alarm's sounds as samples: ours, or the restaurant's own files, decoded and at a volume.

A sound that cannot be read is replaced by ours, and ours by a plain beep: a new order is never silent for the sake of a
file.
"""

import array
import logging
from pathlib import Path

import miniaudio

from app.ports.alarm import AlarmSettings, Sound

log = logging.getLogger(__name__)

RATE = 24_000
"""Samples a second, one channel of 16 bits; miniaudio turns them into what the device wants."""

LONGEST = 5
"""Seconds that are played of somebody's own sound."""

_LARGEST = 5_000_000
"""Bytes of somebody's own file."""


class Samples:
    """``folder`` holds our sounds as ``<name>.wav``. Used by one thread."""

    def __init__(self, *, folder: Path, settings: AlarmSettings) -> None:
        self._folder = folder
        self._settings = settings
        self._whole: dict[Sound, array.array[int]] = {}
        self._scaled: dict[tuple[Sound, float], bytes] = {}

    def of(self, sound: Sound, volume: float) -> bytes:
        """The samples of a sound at ``volume``, 0 to 1; never raises for what a file is."""
        name = sound, round(volume, 2)
        if name not in self._scaled:
            if len(self._scaled) >= 2 * len(Sound):
                self._scaled.clear()
            if sound not in self._whole:
                self._whole[sound] = self._load(sound)
            self._scaled[name] = array.array("h", (int(v * name[1]) for v in self._whole[sound])).tobytes()
        return self._scaled[name]

    def _load(self, sound: Sound) -> "array.array[int]":
        own = self._settings.sounds.of(sound)
        ours = Sound(own) if own in set(Sound) else sound
        if own and own not in set(Sound):
            try:
                return decoded(Path(own))
            except (miniaudio.MiniaudioError, OSError) as exc:
                log.warning("the sound %s for %s cannot be played, ours is: %s", own, sound.value, exc)
        try:
            return decoded(self._folder / f"{ours.value}.wav")
        except (miniaudio.MiniaudioError, OSError) as exc:
            log.error("our own sound %s cannot be played: %s", ours.value, exc)
            return array.array("h", (20_000 if n // 12 % 2 else -20_000 for n in range(RATE // 2)))


def decoded(path: Path) -> "array.array[int]":
    """The beginning of a sound file. Raises ``OSError`` and ``MiniaudioError``."""
    if path.stat().st_size > _LARGEST:
        raise OSError(f"larger than {_LARGEST // 1_000_000} MB")
    whole = miniaudio.decode_file(
        str(path), output_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE
    )
    return array.array("h", whole.samples[: LONGEST * RATE])
