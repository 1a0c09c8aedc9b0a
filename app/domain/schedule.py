"""Opening hours: weekly ranges, dated exceptions, in the selling point's zone (domain rules, Schedules).

Local times; Monday is 1. A range names its start day and its end day and may pass midnight (Friday 20:00 to Saturday
02:00); the same day and time twice is the whole week. A local time that comes twice in a night of changed clocks starts
at the first and ends at the second; one that does not exist counts as the moment of the jump.

No weekly range at all means: nobody keeps hours here, it is open (an order type with an empty list of its own is one
that is never open). An exception replaces the ranges that *start* on its date: Christmas closed, and Christmas Eve's
dinner still ends after midnight. One that names order types goes before one for all.

Ranges that meet or overlap are one opening, as everybody reads them; :func:`faults` points out those that overlap,
since one of the two is then a mistake.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import msgspec

from app.domain.order_parts import Form
from app.domain.status import OrderType
from app.domain.times import zone_of

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_FAR = timedelta(days=800)
"""As far ahead as a change of the hours is looked for."""


class WeeklyRange(Form, frozen=True, kw_only=True):
    """Open from a day and time of the week to another; 00:00 as an end is midnight at the beginning of ``end_day``."""

    start_day: int
    start_time: time
    end_day: int
    end_time: time


class DayRange(Form, frozen=True, kw_only=True):
    """Open hours of one date; an end at or before the start is on the next day."""

    start_time: time
    end_time: time


class ScheduleException(Form, frozen=True, kw_only=True):
    """Other hours on one date, or none: closed. They replace the weekly ranges that start on that date."""

    day: date
    ranges: tuple[DayRange, ...] = ()
    order_types: tuple[OrderType, ...] = ()
    """Empty: all."""
    note: str = ""
    holiday: str = ""
    """Id of the public holiday that it stands for; empty: entered by hand."""


class Schedule(Form, frozen=True, kw_only=True):
    """The hours of a selling point. Types in ``by_type`` have hours of their own, all others the ``weekly`` ones."""

    timezone: str = "Europe/Madrid"
    weekly: tuple[WeeklyRange, ...] = ()
    by_type: dict[OrderType, tuple[WeeklyRange, ...]] = msgspec.field(default_factory=dict)
    exceptions: tuple[ScheduleException, ...] = ()


class DayPreview(Form, frozen=True, kw_only=True):
    """One date as customers see it. ``ranges`` are those that start on it, cut at 24 hours."""

    day: date
    ranges: tuple[DayRange, ...]
    why: str
    """``weekly``, ``exception``, ``holiday`` or ``always`` (nobody keeps hours)."""
    note: str = ""


# ---------------------------------------------------------------- when is it open


def is_open(schedule: Schedule, at: datetime, order_type: OrderType | None = None) -> bool:
    """Whether it is open at an aware moment, for a type of order (``None``: as the weekly ranges say)."""
    return any(start <= at < end for start, end in _around(schedule, at, at, order_type))


def next_change(schedule: Schedule, at: datetime, order_type: OrderType | None = None) -> datetime | None:
    """The first moment after ``at`` at which it opens or closes, in UTC; ``None``: never (looked for 800 days)."""
    last = max((each.day for each in schedule.exceptions), default=date.min)
    now, window = at, timedelta(days=9)
    before = is_open(schedule, at, order_type)
    while now < at + _FAR:
        merged = _merged(_around(schedule, now, now + window, order_type))
        edges = sorted(edge for interval in merged for edge in interval)
        # edges at the rim of the window may be its own doing: they are looked at again from the next window
        for edge in edges:
            if now < edge <= now + window - _DAY and is_open(schedule, edge, order_type) is not before:
                return edge
        now += window - _DAY
        if now.astimezone(zone_of(schedule.timezone)).date() > max(last, at.date()) + timedelta(days=16):
            return None
    return None


def next_opening(schedule: Schedule, at: datetime, order_type: OrderType | None = None) -> datetime | None:
    """When it opens next after ``at``: of an open place, after it has closed. ``None``: never."""
    change = next_change(schedule, at, order_type)
    if change is not None and not is_open(schedule, change, order_type):
        change = next_change(schedule, change, order_type)
    return change


def open_between(
    schedule: Schedule, start: datetime, end: datetime, order_type: OrderType | None = None
) -> list[tuple[datetime, datetime]]:
    """The openings between two moments, cut at them, sorted, none meeting another."""
    merged = _merged(_around(schedule, start, end, order_type))
    return [(max(start, begin), min(end, stop)) for begin, stop in merged if begin < end and stop > start]


def preview(
    schedule: Schedule, first: date, days: int = 14, order_type: OrderType | None = None
) -> tuple[DayPreview, ...]:
    """The dates from ``first`` on."""
    return tuple(_preview(schedule, first + _DAY * number, order_type) for number in range(days))


def _preview(schedule: Schedule, day: date, order_type: OrderType | None) -> DayPreview:
    exception = _exception(schedule, day, order_type)
    if exception is not None:
        why = "holiday" if exception.holiday else "exception"
        return DayPreview(day=day, ranges=tuple(sorted(exception.ranges, key=_start)), why=why, note=exception.note)
    weekly = _weekly(schedule, order_type)
    if weekly is None:
        return DayPreview(day=day, ranges=(DayRange(start_time=time(0), end_time=time(0)),), why="always")
    ranges = (
        DayRange(start_time=each.start_time, end_time=each.end_time if length(each) <= _DAY else each.start_time)
        for each in weekly
        if each.start_day == day.isoweekday()
    )
    return DayPreview(day=day, ranges=tuple(sorted(ranges, key=_start)), why="weekly")


def _start(each: DayRange) -> time:
    return each.start_time


def length(each: WeeklyRange) -> timedelta:
    """How long a range is on the wall clock: up to a week."""
    begin = timedelta(days=each.start_day, hours=each.start_time.hour, minutes=each.start_time.minute)
    end = timedelta(days=each.end_day, hours=each.end_time.hour, minutes=each.end_time.minute)
    return (end - begin) % _WEEK or _WEEK


def _weekly(schedule: Schedule, order_type: OrderType | None) -> tuple[WeeklyRange, ...] | None:
    """The weekly ranges for a type; ``None``: nobody keeps hours."""
    if order_type is not None and order_type in schedule.by_type:
        return schedule.by_type[order_type]
    return schedule.weekly or None


def _exception(schedule: Schedule, day: date, order_type: OrderType | None) -> ScheduleException | None:
    found = None
    for each in schedule.exceptions:
        if each.day == day and order_type is not None and order_type in each.order_types:
            return each
        if each.day == day and not each.order_types and found is None:
            found = each
    return found


def _around(
    schedule: Schedule, start: datetime, end: datetime, order_type: OrderType | None
) -> Iterator[tuple[datetime, datetime]]:
    """The openings that start on the dates from a week before ``start`` to the day after ``end``, in UTC, unmerged."""
    zone = zone_of(schedule.timezone)
    weekly = _weekly(schedule, order_type)
    special = {each.day for each in schedule.exceptions}
    day = start.astimezone(zone).date() - timedelta(days=8)
    last = end.astimezone(zone).date() + _DAY
    while day <= last:
        exception = _exception(schedule, day, order_type) if day in special else None
        if exception is not None:
            for each in exception.ranges:
                over = each.end_time <= each.start_time
                yield _interval(day, each.start_time, day + _DAY if over else day, each.end_time, zone)
        elif weekly is None:
            yield _interval(day, time(0), day + _DAY, time(0), zone)
        else:
            for week in weekly:
                if week.start_day == day.isoweekday():
                    days = (datetime.combine(day, week.start_time) + length(week)).date()
                    yield _interval(day, week.start_time, days, week.end_time, zone)
        day += _DAY


def _interval(
    start_day: date, start_time: time, end_day: date, end_time: time, zone: tzinfo
) -> tuple[datetime, datetime]:
    return (
        _moment(datetime.combine(start_day, start_time), zone, 0),
        _moment(datetime.combine(end_day, end_time), zone, 1),
    )


@lru_cache(maxsize=4096)
def _moment(local: datetime, zone: tzinfo, fold: int) -> datetime:
    """A local time in UTC: of one that comes twice the first (0) or second (1), of one that never comes the jump."""
    moment = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # between these two the clocks jump: each is read by the offset of the other side
    low, high = sorted(int(local.replace(tzinfo=zone, fold=each).timestamp()) for each in (0, 1))
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if datetime.fromtimestamp(middle, zone).utcoffset() == before else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def _merged(intervals: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged
