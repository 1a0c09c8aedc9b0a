"""When to try again: policies as values, delays as plain numbers, no clock and no sleeping.

Two rules: the link's (exponential with full jitter, 1 s to 60 s, contract.md "Link") and the notifications' (a fixed
ladder, kept short while an order waits for an answer, contract.md "Notifications").
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

NOTIFICATION_LIFE = timedelta(hours=72)
"""A notification is given up when it is this old."""

RETRY_AFTER_LIMIT = timedelta(hours=1)
"""No answer sends us away for longer."""

_QUICK = (1, 2, 5, 10)
_URGENT = 10
_PATIENT = (30, 120, 600, 3600)


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """Exponential backoff with full jitter, all in seconds."""

    first: float = 1
    most: float = 60
    reset_after: float = 60
    """A connection that was good for so long starts the delays anew."""

    def delays(self, chance: Callable[[], float] = random.random) -> Iterator[float]:
        """Seconds to wait before each next try, for ever; ``chance`` gives numbers in [0, 1)."""
        ceiling = self.first
        while True:
            yield ceiling * chance()
            ceiling = min(ceiling * 2, self.most)


def parse_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """A ``Retry-After`` header (seconds or an HTTP date), an hour at most; ``None`` when missing or nonsense."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), RETRY_AFTER_LIMIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), RETRY_AFTER_LIMIT)


def notification_delay(attempts: int, open_deadline: bool, chance: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the ``attempts``-th failed attempt (1, 2, …), ±10 %.

    ``open_deadline``: an order of that selling point still waits for an answer by a deadline. The caller gives up at
    :data:`NOTIFICATION_LIFE`, and makes everything due at a sign of life.
    """
    index = max(attempts, 1) - 1
    if index < len(_QUICK):
        seconds = _QUICK[index]
    elif open_deadline:
        seconds = _URGENT
    else:
        seconds = _PATIENT[min(index - len(_QUICK), len(_PATIENT) - 1)]
    return timedelta(seconds=seconds * (0.9 + 0.2 * chance()))
