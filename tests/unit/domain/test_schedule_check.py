"""Faults of opening hours, told so that a manager can mend them, and the same hours written the same way."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.schedule import DayRange, Schedule, ScheduleException, WeeklyRange, is_open, open_between
from app.domain.schedule_check import faults, normalised
from app.domain.status import OrderType
from tests.unit.domain.test_schedule import FRIDAY, at, cases, span


def day_range(start: str, end: str) -> DayRange:
    return DayRange(start_time=time.fromisoformat(start), end_time=time.fromisoformat(end))


SUNDAY_NIGHT = span(7, "22:00", 1, "02:00")
CHRISTMAS = ScheduleException(day=date(2026, 12, 25))

FAULTY = {
    "zone": (Schedule(timezone="Europe/Madird"), "UNKNOWN_ZONE", "$.timezone", "Europe/Madird"),
    "day 0": (Schedule(weekly=(span(0, "10:00", 1, "11:00"),)), "NO_SUCH_DAY", "$.weekly[0].startDay", "weekday 0"),
    "day 8": (Schedule(weekly=(span(7, "10:00", 8, "11:00"),)), "NO_SUCH_DAY", "$.weekly[0].endDay", "weekday 8"),
    "overlap": (
        Schedule(weekly=(span(5, "13:00", 5, "17:00"), span(5, "16:00", 5, "18:00"))),
        "OVERLAP",
        "$.weekly[1]",
        "Friday 16:00-18:00 overlaps Friday 13:00-17:00",
    ),
    "overlap over the week's end": (
        Schedule(weekly=(span(1, "01:00", 1, "03:00"), SUNDAY_NIGHT)),
        "OVERLAP",
        "$.weekly[1]",
        "Sunday 22:00-02:00 overlaps Monday 01:00-03:00",
    ),
    "overlap of a type": (
        Schedule(by_type={OrderType.DELIVERY: (span(5, "13:00", 5, "17:00"), span(5, "13:00", 5, "17:00"))}),
        "OVERLAP",
        "$.byType.delivery[1]",
        "Friday",
    ),
    "overlap on a date": (
        Schedule(exceptions=(replace(CHRISTMAS, ranges=(day_range("20:00", "02:00"), day_range("23:00", "23:30"))),)),
        "OVERLAP",
        "$.exceptions[0].ranges[1]",
        "25.12.2026",
    ),
    "two for one date": (
        Schedule(exceptions=(CHRISTMAS, CHRISTMAS)),
        "TWO_EXCEPTIONS",
        "$.exceptions[1]",
        "25.12.2026",
    ),
    "too many": (
        Schedule(
            weekly=tuple(
                span(1, f"{n // 60:02d}:{n % 60:02d}", 1, f"{(n + 1) // 60:02d}:{(n + 1) % 60:02d}")
                for n in range(0, 160, 2)
            )
        ),
        "TOO_MANY",
        "$.weekly",
        "80 ranges",
    ),
}


@pytest.mark.parametrize("name", sorted(FAULTY))
def test_a_fault_is_told_with_its_place(name: str) -> None:
    schedule, code, path, words = FAULTY[name]
    (fault,) = faults(schedule)
    assert (fault.code, fault.path) == (code, path)
    assert words in fault.sentence
    assert fault.sentence.endswith(".")
    assert fault.hint


@pytest.mark.parametrize(
    "schedule",
    [
        FRIDAY,
        Schedule(),
        Schedule(weekly=(span(5, "13:00", 5, "16:00"), span(5, "16:00", 5, "20:00"))),
        Schedule(weekly=(SUNDAY_NIGHT, span(1, "02:00", 1, "03:00"))),
        Schedule(exceptions=(CHRISTMAS, replace(CHRISTMAS, order_types=(OrderType.DELIVERY,)))),
    ],
    ids=["friday", "none", "touching", "touching over the week's end", "a type besides all"],
)
def test_these_are_sound(schedule: Schedule) -> None:
    assert not faults(schedule)


def test_ranges_that_touch_are_joined_and_sorted() -> None:
    written = Schedule(
        weekly=(span(5, "16:00", 6, "02:00"), span(5, "13:00", 5, "16:00"), span(1, "13:00", 1, "16:00"))
    )
    assert normalised(written).weekly == (span(1, "13:00", 1, "16:00"), span(5, "13:00", 6, "02:00"))


def test_a_day_that_is_open_round_the_clock_stays_one_of_seven() -> None:
    daily = Schedule(weekly=tuple(span(day, "00:00", day % 7 + 1, "00:00") for day in range(1, 8)))
    assert normalised(daily) == normalised(normalised(daily))
    assert is_open(normalised(daily), at("2026-11-28T04:00"))


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_same_hours_are_open_at_the_same_times_and_written_the_same(
    case: tuple[Schedule, date], random: object
) -> None:
    schedule, night = case
    if any(fault.code == "OVERLAP" for fault in faults(schedule)):
        return
    shuffled = list(schedule.weekly)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    written = normalised(schedule)
    assert normalised(replace(schedule, weekly=tuple(shuffled))) == written
    start, end = at(f"{night.isoformat()}T00:00"), at(f"{night.isoformat()}T23:59")
    assert open_between(written, start, end) == open_between(schedule, start, end)


@given(
    st.lists(
        st.builds(
            WeeklyRange,
            start_day=st.integers(-1, 9),
            end_day=st.integers(-1, 9),
            start_time=st.times(),
            end_time=st.times(),
        ),
        max_size=4,
    )
)
def test_whatever_is_written_gets_an_answer(ranges: list[WeeklyRange]) -> None:
    faults(Schedule(weekly=tuple(ranges)))
