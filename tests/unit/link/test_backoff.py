"""When to try again."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.link.backoff import Backoff, notification_delay, parse_retry_after

NOW = datetime(2026, 11, 25, 20, 0, 0, tzinfo=UTC)


def test_ceilings_double_to_a_minute() -> None:
    assert list(islice(Backoff().delays(lambda: 1), 8)) == [1, 2, 4, 8, 16, 32, 60, 60]


@given(chance=st.floats(0, 1, exclude_max=True))
def test_full_jitter(chance: float) -> None:
    whole = islice(Backoff().delays(lambda: 1), 10)
    assert list(islice(Backoff().delays(lambda: chance), 10)) == pytest.approx([chance * most for most in whole])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 17 ", 17),
        ("99999999999999", 3600),
        ("Wed, 25 Nov 2026 20:00:30 GMT", 30),
        ("Wed, 25 Nov 2026 19:00:00 GMT", 0),
        ("Thu, 26 Nov 2026 20:00:00 -0000", 3600),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert parse_retry_after(header, NOW) == expected


def test_notifications_are_patient_without_a_deadline() -> None:
    delays = [notification_delay(n, False, lambda: 0.5).total_seconds() for n in range(1, 11)]
    assert delays == [1, 2, 5, 10, 30, 120, 600, 3600, 3600, 3600]


def test_notifications_hurry_while_an_answer_is_due() -> None:
    delays = [notification_delay(n, True, lambda: 0.5).total_seconds() for n in range(1, 9)]
    assert delays == [1, 2, 5, 10, 10, 10, 10, 10]


@given(attempts=st.integers(-1, 10**9), deadline=st.booleans())
def test_jitter_of_a_tenth(attempts: int, deadline: bool) -> None:
    middle = notification_delay(attempts, deadline, lambda: 0.5)
    least = notification_delay(attempts, deadline, lambda: 0)
    assert least.total_seconds() == pytest.approx(middle.total_seconds() * 0.9)
    assert middle * 0.89 < notification_delay(attempts, deadline) < middle * 1.11
