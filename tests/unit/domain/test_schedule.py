"""Opening hours against an oracle that goes through every minute, in zones where the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.schedule import (
    DayRange,
    Schedule,
    ScheduleException,
    WeeklyRange,
    is_open,
    next_change,
    next_opening,
    open_between,
    preview,
)
from app.domain.status import OrderType

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

NIGHTS = {
    "Europe/Madrid": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/Lisbon": (date(2026, 3, 29), date(2026, 10, 25)),
    "Atlantic/Canary": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # half an hour
}
"""The nights in which the clocks change."""


# ---------------------------------------------------------------- the oracle


def local_minutes(zone: ZoneInfo, first: date, days: int) -> list[tuple[datetime, datetime]]:
    """Every minute of these dates and a day around them: in UTC, and what the clock on the wall shows."""
    start = datetime.combine(first - DAY, time(0), UTC)
    count = (days + 3) * 24 * 60
    return [
        (moment, moment.astimezone(zone).replace(tzinfo=None))
        for moment in (start + MINUTE * number for number in range(count))
    ]


def oracle_moment(minutes: list[tuple[datetime, datetime]], local: datetime, last: bool) -> datetime:
    """When the wall clock shows this: the first or last time; where it never does, the first minute after the jump."""
    same = [moment for moment, shown in minutes if shown == local]
    if same:
        return same[-1] if last else same[0]
    return next(moment for moment, shown in minutes if shown > local)


def oracle(schedule: Schedule, first: date, days: int) -> set[datetime]:
    """The open minutes, worked out minute by minute; ranges of at most a day."""
    zone = ZoneInfo(schedule.timezone)
    minutes = local_minutes(zone, first - DAY, days + 1)
    special = {each.day: each for each in schedule.exceptions}
    found: set[datetime] = set()
    for number in range(-1, days + 1):
        day = first + DAY * number
        if day in special:
            spans = [(each.start_time, each.end_time) for each in special[day].ranges]
        else:
            spans = [(each.start_time, each.end_time) for each in schedule.weekly if each.start_day == day.isoweekday()]
        for start, end in spans:
            begins = oracle_moment(minutes, datetime.combine(day, start), last=False)
            stop = day if end > start else day + DAY
            ends = oracle_moment(minutes, datetime.combine(stop, end), last=True)
            found.update(moment for moment, _ in minutes if begins <= moment < ends)
    return found


# ---------------------------------------------------------------- strategies

quarters = (st.integers(2, 14) | st.integers(0, 95)).map(lambda number: time(number // 4, number % 4 * 15))
"""Mostly between 0:30 and 3:30, when the clocks change."""


@st.composite
def weekly(draw: st.DrawFn) -> WeeklyRange:
    day, start, end = draw(st.sampled_from((6, 7)) | st.integers(1, 7)), draw(quarters), draw(quarters)
    return WeeklyRange(start_day=day, start_time=start, end_day=day if end > start else day % 7 + 1, end_time=end)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, date]:
    zone = draw(st.sampled_from(sorted(NIGHTS)))
    night = draw(st.sampled_from(NIGHTS[zone]))
    ranges = st.builds(DayRange, start_time=quarters, end_time=quarters)
    days = st.integers(-2, 2).map(lambda number: night + DAY * number)
    exceptions = draw(
        st.lists(st.builds(ScheduleException, day=days, ranges=st.lists(ranges, max_size=2).map(tuple)), max_size=2)
    )
    schedule = Schedule(
        timezone=zone,
        weekly=tuple(draw(st.lists(weekly(), min_size=1, max_size=6))),
        exceptions=tuple({each.day: each for each in exceptions}.values()),
    )
    return schedule, night


@given(cases())
@settings(max_examples=60, deadline=None)
def test_every_minute_of_a_night_of_changed_clocks(case: tuple[Schedule, date]) -> None:
    schedule, night = case
    first, days = night - DAY, 3
    open_minutes = oracle(schedule, first, days)
    start = datetime.combine(first, time(0), ZoneInfo(schedule.timezone)).astimezone(UTC)
    moments = [start + MINUTE * number for number in range(0, days * 24 * 60, 5)]
    for moment in moments:
        assert is_open(schedule, moment) is (moment in open_minutes), moment
    for begin, end in open_between(schedule, moments[0], moments[-1]):
        assert begin < end


@given(cases())
@settings(max_examples=60, deadline=None)
def test_no_change_is_skipped(case: tuple[Schedule, date]) -> None:
    schedule, night = case
    open_minutes = oracle(schedule, night - DAY, 4)
    start = datetime.combine(night - DAY, time(0), ZoneInfo(schedule.timezone)).astimezone(UTC)
    end = start + DAY * 3
    expected, before = [], start in open_minutes
    for number in range(1, int((end - start) / MINUTE)):
        now = start + MINUTE * number
        if (now in open_minutes) is not before:
            expected.append(now)
            before = not before
    found, moment = [], start
    while (change := next_change(schedule, moment)) is not None and change < end:
        found.append(change)
        moment = change
    assert found == expected


# ---------------------------------------------------------------- what a manager expects

MADRID = ZoneInfo("Europe/Madrid")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


def span(start_day: int, start: str, end_day: int, end: str) -> WeeklyRange:
    return WeeklyRange(
        start_day=start_day,
        start_time=time.fromisoformat(start),
        end_day=end_day,
        end_time=time.fromisoformat(end),
    )


FRIDAY = Schedule(weekly=(span(5, "13:00", 5, "16:00"), span(5, "20:00", 6, "02:00")))


def test_friday_night_ends_on_saturday() -> None:
    assert is_open(FRIDAY, at("2026-11-28T01:59"))
    assert not is_open(FRIDAY, at("2026-11-28T02:00"))
    assert next_change(FRIDAY, at("2026-11-27T20:00")) == at("2026-11-28T02:00")
    assert next_opening(FRIDAY, at("2026-11-27T15:00")) == at("2026-11-27T20:00")
    assert next_opening(FRIDAY, at("2026-11-28T03:00")) == at("2026-12-04T13:00")


def test_nobody_keeps_hours() -> None:
    always = Schedule()
    assert is_open(always, at("2026-11-28T04:00"))
    assert next_change(always, at("2026-11-28T04:00")) is None
    assert next_opening(always, at("2026-11-28T04:00")) is None
    assert [day.why for day in preview(always, date(2026, 11, 28), 2)] == ["always", "always"]


def test_a_closed_day_of_a_place_without_hours() -> None:
    christmas = Schedule(exceptions=(ScheduleException(day=date(2026, 12, 25), note="Navidad"),))
    assert next_change(christmas, at("2026-11-28T04:00")) == at("2026-12-25T00:00")
    assert next_change(christmas, at("2026-12-25T04:00")) == at("2026-12-26T00:00")


def test_a_holiday_closed_lets_the_night_before_end() -> None:
    schedule = Schedule(
        weekly=(*FRIDAY.weekly, span(6, "13:00", 6, "16:00")),
        exceptions=(ScheduleException(day=date(2026, 11, 28), holiday="es-md/2026-11-28", note="Fiesta"),),
    )
    assert is_open(schedule, at("2026-11-28T01:00"))
    assert not is_open(schedule, at("2026-11-28T14:00"))
    days = preview(schedule, date(2026, 11, 27), 2)
    assert [(day.why, len(day.ranges), day.note) for day in days] == [("weekly", 2, ""), ("holiday", 0, "Fiesta")]


def test_a_type_with_its_own_hours() -> None:
    schedule = Schedule(
        weekly=FRIDAY.weekly,
        by_type={OrderType.DELIVERY: (span(5, "21:00", 5, "23:00"),), OrderType.COLLECTION: ()},
        exceptions=(
            ScheduleException(day=date(2026, 12, 4)),
            ScheduleException(
                day=date(2026, 12, 4),
                order_types=(OrderType.DELIVERY,),
                ranges=(DayRange(start_time=time(13), end_time=time(14)),),
            ),
        ),
    )
    nine = at("2026-11-27T20:30")
    assert is_open(schedule, nine)
    assert not is_open(schedule, nine, OrderType.DELIVERY)
    assert not is_open(schedule, nine, OrderType.COLLECTION)
    assert next_change(schedule, nine, OrderType.COLLECTION) is None
    assert next_change(schedule, nine, OrderType.DELIVERY) == at("2026-11-27T21:00")
    assert is_open(schedule, at("2026-12-04T13:30"), OrderType.DELIVERY)
    assert not is_open(schedule, at("2026-12-04T13:30"))


def test_open_all_week_never_changes() -> None:
    assert next_change(Schedule(weekly=(span(1, "00:00", 1, "00:00"),)), at("2026-11-28T04:00")) is None
    daily = Schedule(weekly=tuple(span(day, "00:00", day % 7 + 1, "00:00") for day in range(1, 8)))
    assert next_change(daily, at("2026-11-28T04:00")) is None


def test_three_weeks_of_holidays_are_looked_over() -> None:
    first = date(2026, 8, 3)
    closed = tuple(ScheduleException(day=first + DAY * number) for number in range(21))
    schedule = Schedule(weekly=FRIDAY.weekly, exceptions=closed)
    assert next_change(schedule, at("2026-08-02T12:00")) == at("2026-08-28T13:00")


def test_touching_ranges_are_one_opening() -> None:
    schedule = Schedule(weekly=(span(5, "13:00", 5, "16:00"), span(5, "16:00", 5, "20:00")))
    assert next_change(schedule, at("2026-11-27T13:00")) == at("2026-11-27T20:00")


@pytest.mark.parametrize(
    ("day", "opened"),
    [
        (date(2026, 3, 29), timedelta(hours=5)),
        (date(2026, 10, 25), timedelta(hours=7)),
        (date(2026, 6, 7), timedelta(hours=6)),
    ],
)
def test_a_night_is_an_hour_shorter_or_longer(day: date, opened: timedelta) -> None:
    schedule = Schedule(weekly=(span(6, "22:00", 7, "04:00"),))
    start = datetime.combine(day - DAY, time(12), MADRID)
    (night,) = open_between(schedule, start, start + DAY)
    assert night[1] - night[0] == opened
