"""Opening hours while they are edited: spans of a week as a circle, undo and redo, what differs, exceptions."""

from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import DayRange, Schedule, ScheduleException, WeeklyRange
from app.domain.schedule_check import normalised
from app.domain.status import OrderType
from app.ui.schedule_draft import DAY, STEP, WEEK, Draft, Span, free_span, overlapping, ranges_of, spans_of
from tests.ui.scene import week_of_the_picture

SPANS = st.builds(
    Span,
    day=st.integers(1, 7),
    start=st.integers(0, DAY // STEP - 1).map(lambda step: step * STEP),
    length=st.integers(1, DAY // STEP).map(lambda step: step * STEP),
)


def drawn() -> Draft:
    return Draft(week_of_the_picture())


@given(st.lists(SPANS, max_size=10))
def test_spans_are_ranges_and_back(spans: list[Span]) -> None:
    assert spans_of(ranges_of(spans)) == tuple(sorted(spans))


@given(SPANS, SPANS)
def test_two_spans_meet_when_they_share_a_minute_of_the_week(one: Span, other: Span) -> None:
    def minutes(span: Span) -> set[int]:
        return {(span.week_start + minute) % WEEK for minute in range(0, span.length, STEP)}

    assert one.meets(other) is bool(minutes(one) & minutes(other))
    assert overlapping([one, other]) == (frozenset({one, other}) if one.meets(other) else frozenset())


def test_a_range_of_days_is_cut_at_each_midnight() -> None:
    long = WeeklyRange(start_day=6, start_time=time(20), end_day=1, end_time=time(2))
    assert spans_of([long]) == (Span(1, 0, 120), Span(6, 20 * 60, 240), Span(7, 0, DAY))


def test_the_night_of_sunday_runs_into_monday() -> None:
    night = Span(7, 22 * 60, 4 * 60)
    assert night.meets(Span(1, 60, 60))
    (made,) = ranges_of([night])
    assert (made.start_day, made.end_day, made.end_time) == (7, 1, time(2))


def test_a_new_range_goes_where_there_is_room() -> None:
    assert free_span([], 1) == Span(1, 13 * 60, 180)
    assert free_span([Span(1, 12 * 60, 120)], 1) == Span(1, 20 * 60, 210)
    assert free_span([Span(1, 0, DAY)], 1) is None
    almost = [Span(1, 0, DAY - 30)]
    found = free_span(almost, 1)
    assert found is not None
    assert found.length == STEP


def test_changes_are_counted_by_what_differs() -> None:
    draft = drawn()
    assert draft.changes == 0
    first = draft.spans[0]
    draft.replace(first, Span(first.day, first.start, first.length + 30))
    draft.replace(draft.spans[0], first)
    assert draft.changes == 0, "back where it was"
    draft.add(1)
    draft.remove(draft.spans[-1])
    draft.put_exception(ScheduleException(day=date(2026, 12, 24)))
    assert draft.changes == 3
    draft.own_hours(OrderType.DELIVERY, own=True)
    assert draft.changes == 4


def test_undo_and_redo_every_kind_of_change() -> None:
    draft = drawn()
    states = [draft.now]
    changes: list[Callable[[], object]] = [
        lambda: draft.add(1),
        lambda: draft.copy_day(5, [1, 7]),
        lambda: draft.own_hours(OrderType.COLLECTION, own=True),
        lambda: draft.put_exception(ScheduleException(day=date(2027, 1, 6))),
        lambda: draft.remove_exception(draft.now.exceptions[0]),
    ]
    for change in changes:
        change()
        assert draft.now != states[-1]
        states.append(draft.now)
    for state in reversed(states[:-1]):
        draft.undo()
        assert draft.now == state
    assert not draft.can_undo
    for state in states[1:]:
        draft.redo()
        assert draft.now == state
    assert not draft.can_redo
    draft.undo()
    draft.add(2, 9 * 60)
    assert not draft.can_redo, "another way was taken"


def test_nothing_new_is_no_step_to_undo() -> None:
    draft = drawn()
    draft.put(draft.spans)
    draft.remove(Span(1, 0, 60))
    assert not draft.can_undo


def test_a_range_added_at_a_place_ends_before_the_next() -> None:
    draft = drawn()
    assert draft.add(6, 11 * 60) == Span(6, 11 * 60, 120)
    assert draft.add(6, 14 * 60) is None, "there is one"


def test_own_hours_begin_as_those_of_all_and_go_again() -> None:
    draft = drawn()
    everyone = draft.spans
    draft.own_hours(OrderType.DELIVERY, own=True)
    draft.layer = OrderType.DELIVERY
    assert draft.spans == everyone
    draft.put([])
    assert draft.spans == ()
    draft.layer = None
    assert draft.spans == everyone
    draft.layer = OrderType.DELIVERY
    draft.own_hours(OrderType.DELIVERY, own=False)
    assert not draft.layer
    assert draft.now.by_type == {}


def test_undo_leaves_no_layer_that_is_not_there() -> None:
    draft = drawn()
    draft.own_hours(OrderType.DELIVERY, own=True)
    draft.layer = OrderType.DELIVERY
    draft.undo()
    assert draft.layer is None


def test_what_was_saved_elsewhere_is_shown_unless_something_is_edited() -> None:
    draft = drawn()
    other = Schedule(weekly=ranges_of([Span(3, 600, 60)]))
    draft.saved_as(other)
    assert draft.spans == (Span(3, 600, 60),)
    draft.add(5)
    edited = draft.now
    draft.saved_as(Schedule())
    assert draft.now == edited
    draft.saved_as(edited)
    assert draft.changes == 0
    draft.undo()
    assert draft.changes == 1, "the way back stays after saving"


def test_the_same_hours_otherwise_written_are_the_same() -> None:
    day = [Span(number, 0, DAY) for number in range(1, 8)]
    draft = Draft(Schedule(weekly=ranges_of([Span(1, 600, 60)])))
    draft.put(day)
    draft.saved_as(normalised(draft.now))
    assert draft.spans == tuple(day)
    assert draft.changes == 0
    assert draft.can_undo


def test_the_years_holidays_replace_those_of_that_year_only() -> None:
    draft = Draft(Schedule())
    mine = ScheduleException(day=date(2026, 12, 12), note="Boda")
    draft.put_exception(mine)
    first = ScheduleException(day=date(2026, 12, 8), note="Inmaculada", holiday="es-md/2026-12-08")
    next_year = ScheduleException(day=date(2027, 1, 1), note="Año Nuevo", holiday="es-md/2027-01-01")
    draft.put_holidays(2026, [first])
    draft.put_holidays(2027, [next_year])
    other = ScheduleException(
        day=date(2026, 12, 25),
        ranges=(DayRange(start_time=time(13), end_time=time(16)),),
        holiday="es-ct/2026-12-25",
    )
    draft.put_holidays(2026, [other])
    assert draft.now.exceptions == (mine, other, next_year)
    assert draft.exceptions_from(date(2026, 12, 20)) == [other, next_year]


@pytest.mark.parametrize("way", ["undo", "redo"])
def test_nothing_to_take_back_does_nothing(way: str) -> None:
    draft = drawn()
    getattr(draft, way)()
    assert draft.now == week_of_the_picture()
