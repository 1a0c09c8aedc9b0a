"""When what rings is to be heard: one sound at a time, the more urgent first.

A sound of less urgency is heard only in the pauses of the more urgent ones, where it ends before their next turn.
Orders that ring alike ring together: a second one does not double the rhythm, and a burst of a hundred rings like one.
"""

from collections.abc import Sequence

from app.domain.record import OrderKey
from app.ports.alarm import Sound
from app.services.ringing import Reason, Ring

ROOM = 2.0
"""Seconds that must be free for a sound of less urgency."""

SHORTEST = 0.7
"""Seconds from one beginning of a sound to the next, at the least."""

_ONE_AFTER_THE_OTHER = 2.0

_URGENCY = {sound: place for place, sound in enumerate(Sound)}

_Name = tuple[Reason, str, OrderKey | None]


class Cadence:
    """The memory of what was heard. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._heard: dict[_Name, tuple[int, float]] = {}
        self._last: dict[Sound, float] = {}

    def next(self, rings: Sequence[Ring], at: float) -> tuple[Ring | None, float | None]:
        """What to play at ``at``, and after how many seconds to ask again (``None``: nothing is left to be heard).

        What is returned counts as heard, together with all that ring alike.
        """
        names = {ring.name for ring in rings}
        self._heard = {name: heard for name, heard in self._heard.items() if name in names}
        turns = [(ring, turn) for ring in rings if (turn := self._turn(ring)) is not None]
        turns.sort(key=lambda one: (_URGENCY[one[0].sound], one[1]))
        for ring, turn in turns:
            if turn <= at:
                return self._play(ring, rings, at), SHORTEST
            if turn - at < ROOM:
                return None, turn - at
        return None, min((turn - at for _, turn in turns), default=None)

    def _turn(self, ring: Ring) -> float | None:
        """When this one is to be heard next; ``None``: never again."""
        count, last = self._heard.get(ring.name, (0, 0.0))
        if count == 0:
            return self._last.get(ring.sound, -SHORTEST) + SHORTEST
        if count < ring.often:
            return last + _ONE_AFTER_THE_OTHER
        return None if ring.period is None else last + ring.period

    def _play(self, ring: Ring, rings: Sequence[Ring], at: float) -> Ring:
        """The loudest of those that ring alike; all of them were heard."""
        alike = [other for other in rings if other.sound is ring.sound and self._turn(other) is not None]
        for other in alike:
            self._heard[other.name] = self._heard.get(other.name, (0, 0.0))[0] + 1, at
        self._last[ring.sound] = at
        return max(alike, key=lambda other: other.volume)
