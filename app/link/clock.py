"""How far our wall clock is from Sinqro's, from the times in its answers.

A sample is Sinqro's time and the local times around the exchange. Its error is half the round trip (plus half a second
for an HTTP ``Date``, which has whole seconds). The sample with the smallest error stays for ten minutes; one that
contradicts it beyond both errors replaces it at once: then one of the clocks was set.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

KEEP = 600.0
"""Seconds that a good sample outlives worse ones."""


class ClockOffset:
    """Sinqro's clock minus ours. Local times are ``now`` (wall) and ``monotonic`` (seconds) at the answer's arrival."""

    def __init__(self) -> None:
        self._offset: timedelta | None = None
        self._error = timedelta.max
        self._measured = 0.0

    @property
    def value(self) -> timedelta | None:
        """Positive when our clock is behind; ``None`` until something was measured."""
        return self._offset

    def sinqro_time(self, now: datetime) -> datetime:
        """Sinqro's time when our clock says ``now``; our own as long as nothing was measured."""
        return now if self._offset is None else now + self._offset

    def sample(
        self, theirs: datetime, *, now: datetime, monotonic: float, round_trip: float, resolution: float = 0
    ) -> None:
        """Take a measurement; ``round_trip`` and ``resolution`` in seconds."""
        error = timedelta(seconds=max(round_trip, 0) / 2 + resolution / 2)
        offset = theirs + timedelta(seconds=resolution / 2) - (now - timedelta(seconds=max(round_trip, 0) / 2))
        if (
            self._offset is None
            or error <= self._error
            or monotonic - self._measured > KEEP
            or abs(offset - self._offset) > error + self._error
        ):
            self._offset, self._error, self._measured = offset, error, monotonic

    def http_date(self, header: str | None, *, now: datetime, monotonic: float, round_trip: float) -> None:
        """Take the ``Date`` of an HTTP answer; nonsense is ignored."""
        try:
            theirs = parsedate_to_datetime(header or "")
        except ValueError:
            return
        if theirs.tzinfo is None:  # RFC 5322 writes -0000 for "UTC, place unknown"
            theirs = theirs.replace(tzinfo=UTC)
        self.sample(theirs, now=now, monotonic=monotonic, round_trip=round_trip, resolution=1)
