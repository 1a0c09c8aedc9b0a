"""Misbehaviour of the Sinqro sandbox on demand: what may be asked for, and the dice.

``PUT /control/faults`` replaces all faults by the JSON object sent; ``{}`` ends them all. ``drop``, ``delay_ms``,
``duplicate`` and ``reorder`` are for frames of the link (drop and duplicate in both directions); the control API itself
never misbehaves.
"""

import random

import msgspec


class SinqroFaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong. Chances are between 0 and 1; the defaults mean no fault."""

    drop: float = 0
    """A frame is lost, though the connection goes on."""
    delay_ms: float = 0
    """Milliseconds by which each frame leaves later."""
    duplicate: float = 0
    """A frame comes twice."""
    reorder: float = 0
    """A frame leaves after the one behind it."""
    half_open: bool = False
    """The connections open now are no longer read, nor told; new ones are fine."""
    refuse_link: int | None = None
    """HTTP status for every handshake of the link."""
    close_link: bool = False
    """The links open now are cut, once."""
    notification_status: int | None = None
    """HTTP status for every notification, which is then not taken."""
    notification_delay_ms: float = 0
    """Milliseconds before a notification is answered, after it was taken."""
    notification_drop_answer: float = 0
    """A notification is taken, then the connection closes without an answer."""
    refuse_types: tuple[str, ...] = ()
    """Notifications of these types are answered 422."""
    lose_types: tuple[str, ...] = ()
    """Notifications of these types are taken, and nothing of them is shown."""
    clock_offset_s: float = 0
    """Seconds by which Sinqro's clock is wrong: ``Date``, the link's times, the check of signatures."""
    offline: bool = False
    """Nothing answers: links are cut and refused, HTTP says 503."""
    seed: int = 0
    """Makes the dice repeatable; they start anew with each ``PUT``."""


class FaultsUnknown(ValueError):
    """The faults asked for are none; the message names those there are."""


def decode_faults(raw: bytes) -> SinqroFaults:
    """Faults from the JSON of a control request. Raises :class:`FaultsUnknown`."""
    try:
        faults = msgspec.json.decode(raw or b"{}", type=SinqroFaults)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        known = ", ".join(SinqroFaults.__struct_fields__)
        raise FaultsUnknown(f"{exc}; the faults known are {known}") from exc
    chances = (faults.drop, faults.duplicate, faults.reorder, faults.notification_drop_answer)
    if not all(0 <= chance <= 1 for chance in chances) or min(faults.delay_ms, faults.notification_delay_ms) < 0:
        raise FaultsUnknown("chances are between 0 and 1, delays are not negative")
    for status in (faults.refuse_link, faults.notification_status):
        if status is not None and not 400 <= status <= 599:
            raise FaultsUnknown("a status to refuse with is between 400 and 599")
    return faults


class Misbehaviour:
    """The present faults with their dice."""

    def __init__(self) -> None:
        self.faults = SinqroFaults()
        self._dice = random.Random(0)  # noqa: S311 - dice of a test double

    def replace(self, faults: SinqroFaults) -> None:
        """From now on these and no others."""
        self.faults = faults
        self._dice = random.Random(faults.seed)  # noqa: S311

    def happens(self, chance: float) -> bool:
        """Throw the dice."""
        return chance > 0 and self._dice.random() < chance
