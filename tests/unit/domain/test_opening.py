"""Closings and hours together: the one answer of tray and header, and of each order."""

from datetime import datetime, timedelta

import pytest

from app.domain.availability import Closing, ClosingSource
from app.domain.opening import State, business_day_end, opening_at, overall, tomorrows_opening
from app.domain.schedule import Schedule
from app.domain.status import OrderType
from tests.unit.domain.test_schedule import FRIDAY, at, span

EVENING = at("2026-11-27T21:30")
"""Friday, in the dinner that lasts until two."""


def closing(until: datetime | None = None, since: datetime = EVENING, **more: object) -> Closing:
    return Closing(id=str(more), source=ClosingSource.STAFF, since=since, until=until, **more)  # type: ignore[arg-type]


def test_open_until_the_hours_end() -> None:
    found = overall([], FRIDAY, EVENING)
    assert (found.state, found.in_hours, found.until) == (State.OPEN, True, at("2026-11-28T02:00"))


def test_closed_for_twenty_minutes() -> None:
    until = EVENING + timedelta(minutes=20)
    found = overall([closing(until)], FRIDAY, EVENING)
    assert (found.state, found.until, len(found.closings)) == (State.CLOSED, until, 1)


def test_two_closings_end_with_the_later_one() -> None:
    early, late = EVENING + timedelta(minutes=20), EVENING + timedelta(minutes=60)
    found = overall([closing(early), closing(late)], FRIDAY, EVENING)
    assert (found.until, [each.until for each in found.closings]) == (late, [late, early])


def test_a_closing_that_outlasts_the_hours_opens_with_them() -> None:
    until = at("2026-11-28T12:00")
    found = overall([closing(until)], Schedule(weekly=(*FRIDAY.weekly, span(6, "13:00", 6, "16:00"))), EVENING)
    assert found.until == at("2026-11-28T13:00")


def test_until_somebody_opens() -> None:
    assert overall([closing()], FRIDAY, EVENING).until is None


def test_a_closing_to_come_does_not_close_yet() -> None:
    start = EVENING + timedelta(hours=1)
    found = overall([closing(since=start)], FRIDAY, EVENING)
    assert (found.state, found.until, found.closings) == (State.OPEN, start, ())


def test_only_deliveries_are_closed() -> None:
    some = closing(order_types=(OrderType.DELIVERY,), channels=("glovo",))
    found = overall([some], FRIDAY, EVENING)
    assert (found.state, found.closings, found.until) == (State.PARTLY, (some,), at("2026-11-28T02:00"))
    assert not opening_at([some], FRIDAY, EVENING, OrderType.DELIVERY, "glovo").open
    assert opening_at([some], FRIDAY, EVENING, OrderType.DELIVERY, "uber").open
    assert opening_at([some], FRIDAY, EVENING, OrderType.COLLECTION, "glovo").open


def test_outside_the_hours() -> None:
    found = opening_at([], FRIDAY, at("2026-11-27T17:00"), OrderType.INSIDE)
    assert (found.open, found.in_hours, found.until) == (False, False, at("2026-11-27T20:00"))


def test_a_place_without_hours_opens_when_the_closing_ends() -> None:
    until = EVENING + timedelta(minutes=20)
    assert overall([closing(until)], Schedule(), EVENING).until == until
    assert overall([], Schedule(), EVENING).until is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-27T21:30", "2026-11-28T06:00"),
        ("2026-11-28T02:30", "2026-11-28T06:00"),
        ("2026-11-28T06:00", "2026-11-29T06:00"),
    ],
)
def test_the_business_day_ends_at_its_cut_off(now: str, end: str) -> None:
    assert business_day_end(at(now), "Europe/Madrid") == at(end)


def test_tomorrows_opening_is_the_next_business_days() -> None:
    week = Schedule(weekly=tuple(span(day, "13:00", day, "16:00") for day in range(1, 8)))
    assert tomorrows_opening(week, at("2026-11-27T12:00")) == at("2026-11-28T13:00")
    assert tomorrows_opening(week, at("2026-11-28T02:00")) == at("2026-11-28T13:00")
    assert tomorrows_opening(FRIDAY, EVENING) == at("2026-12-04T13:00")
    assert tomorrows_opening(Schedule(), EVENING) == at("2026-11-28T06:00")
