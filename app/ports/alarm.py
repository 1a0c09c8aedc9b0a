"""The alarm: what it can sound like, how it is set, and the speaker it needs.

:mod:`app.services.ringing` says what must ring, the tray lets it be heard through a :class:`Speaker`. Whether the
system lets it through (mute, volume) is asked of :class:`SystemVolume`; what a test of it all came to is an
:class:`AlarmTest`, which is kept and shown with its date.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from app.domain.selling_point import Rules


class Sound(StrEnum):
    """The sounds, the most urgent first: of several, only the first is heard."""

    DEADLINE_NEAR = "deadline_near"
    ORDER_NEW = "order_new"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_CHANGED = "order_changed"
    RESERVATION_NEW = "reservation_new"
    LINK_LOST = "link_lost"
    LINK_BACK = "link_back"


class AlarmSounds(Rules, frozen=True, kw_only=True):
    """Other sounds than ours: a file (wav, flac, ogg, mp3), or the name of another one of ours; empty: ours."""

    deadline_near: str = ""
    order_new: str = ""
    order_cancelled: str = ""
    order_changed: str = ""
    reservation_new: str = ""
    link_lost: str = ""
    link_back: str = ""

    def of(self, sound: Sound) -> str:
        """What is wanted instead of this one."""
        chosen: str = getattr(self, sound.value)
        return chosen


class AlarmSettings(Rules, frozen=True, kw_only=True):
    """How the restaurant wants to be called. There is no mute, and nothing below 40 %: an order must be heard."""

    volume: Annotated[int, Meta(ge=40, le=100)] = 80
    """Percent of what the system allows; an order that waits for a minute rings at 100."""
    device: str = ""
    """Name of the speaker as the system has it; empty, or while it is missing: the system's choice."""
    sounds: AlarmSounds = AlarmSounds()
    flash_seconds: Annotated[int, Meta(ge=15, le=600)] = 75
    """An order that waited so long is shown on the whole screen."""
    quiet_from: str = ""
    """Quiet hours begin at (``23:30``), in this machine's time; orders ring all the same unless we are closed."""
    quiet_until: str = ""


class SpeakerState(msgspec.Struct, frozen=True, kw_only=True):
    """What was found by opening the device."""

    device: str = ""
    """Name of what plays, as far as the system tells."""
    why_not: str = ""
    """Why nothing can be heard, one sentence; empty while it can."""

    @property
    def works(self) -> bool:
        """Whether the device opened."""
        return not self.why_not


class Speaker(Protocol):
    """Plays the sounds. No call waits for the device; none raises for what a device does."""

    def listen(self, told: Callable[[SpeakerState], None]) -> None:
        """Have ``told`` called, in a thread of the speaker's, when its state changes and after each probe."""
        ...

    def play(self, sound: Sound, volume: float) -> None:
        """Play a sound once from its beginning, instead of what plays now; ``volume`` is 0 to 1."""
        ...

    def hush(self) -> None:
        """Be silent at once."""
        ...

    def probe(self) -> None:
        """Look whether the device opens, after what is still to be played; what was found is told."""
        ...

    def close(self) -> None:
        """Give the device back, for good."""
        ...


class VolumeReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the system says of its loudspeaker."""

    muted: bool
    percent: int


class SystemVolume(Protocol):
    """The system's own volume."""

    def read(self) -> VolumeReading | None:
        """The present state; ``None`` where the system does not tell. May take a second: not for the GUI thread."""
        ...


class AlarmTest(msgspec.Struct, frozen=True, kw_only=True):
    """One test of the alarm: the sound was played, and this is known about it."""

    at: datetime
    device: str = ""
    why_not: str = ""
    """Why it could not be played; empty when it was."""
    volume: VolumeReading | None = None
    """``None``: the system does not tell."""
    heard: bool | None = None
    """What the person answered who was asked; ``None``: nobody has answered."""

    @property
    def good(self) -> bool:
        """Played, not muted, and nobody says that it was not heard."""
        return not self.why_not and self.heard is not False and not (self.volume is not None and self.volume.muted)
