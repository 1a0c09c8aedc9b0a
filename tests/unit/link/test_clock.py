"""Measuring Sinqro's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from app.link.clock import KEEP, ClockOffset

NOW = datetime(2026, 11, 25, 20, 0, 0, tzinfo=UTC)


def sampled(offset: ClockOffset, ahead: float, *, round_trip: float, at: float = 0) -> float:
    """A sample of a Sinqro whose clock is ``ahead`` seconds ahead in the middle of the round trip."""
    now = NOW + timedelta(seconds=at)
    theirs = now + timedelta(seconds=ahead - round_trip / 2)
    offset.sample(theirs, now=now, monotonic=at, round_trip=round_trip)
    assert offset.value is not None
    return offset.value.total_seconds()


def test_nothing_measured() -> None:
    offset = ClockOffset()
    assert offset.value is None
    assert offset.sinqro_time(NOW) == NOW


def test_middle_of_the_round_trip() -> None:
    offset = ClockOffset()
    assert sampled(offset, 30, round_trip=4) == 30
    assert offset.sinqro_time(NOW) == NOW + timedelta(seconds=30)


def test_the_best_sample_stays_for_a_while() -> None:
    offset = ClockOffset()
    assert sampled(offset, 30, round_trip=0.1) == 30
    assert sampled(offset, 30.5, round_trip=2, at=5) == 30  # worse
    assert sampled(offset, 30.02, round_trip=0.1, at=6) == pytest.approx(30.02)  # as good and newer
    assert sampled(offset, 30.5, round_trip=2, at=7 + KEEP) == pytest.approx(30.5)  # the best has become old


def test_a_contradiction_counts_at_once() -> None:
    offset = ClockOffset()
    sampled(offset, 0, round_trip=0.01)
    assert sampled(offset, -3600, round_trip=3, at=1) == -3600


def test_http_date_has_whole_seconds() -> None:
    offset = ClockOffset()
    offset.http_date("Wed, 25 Nov 2026 20:01:00 GMT", now=NOW, monotonic=0, round_trip=0)
    assert offset.value == timedelta(seconds=60.5)
    sampled(offset, 60.1, round_trip=0.1, at=1)
    offset.http_date("Wed, 25 Nov 2026 20:01:00 -0000", now=NOW, monotonic=2, round_trip=0)
    assert offset.value == timedelta(seconds=60.1)


@pytest.mark.parametrize("header", [None, "", "yesterday", "Wed, 99 Nov 2026 20:01:00 GMT", "\xff"])
def test_nonsense_is_no_measurement(header: str | None) -> None:
    offset = ClockOffset()
    offset.http_date(header, now=NOW, monotonic=0, round_trip=0)
    assert offset.value is None
