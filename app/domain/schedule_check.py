"""What is wrong with opening hours, each fault with a sentence and the way to mend it; how they are put in order."""

from datetime import date, datetime, timedelta
from itertools import combinations

import msgspec

from app.domain.schedule import DayRange, Schedule, ScheduleException, WeeklyRange, length
from app.domain.status import OrderType
from app.domain.times import zone_of

_WEEK = timedelta(days=7)
_MOST_RANGES = 70
"""Ranges of a week beyond which somebody's program is at fault, not a restaurant."""


class ScheduleFault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. ``path`` says where, as JSON writes it; ``day`` and ``order_type`` for people, where there are any."""

    code: str
    path: str
    sentence: str
    """In English; the screens have their own words by ``code``."""
    hint: str = ""
    day: int | date | None = None
    """A weekday (Monday is 1) or a date."""
    order_type: OrderType | None = None


def faults(schedule: Schedule) -> tuple[ScheduleFault, ...]:
    """Everything that is wrong: ``UNKNOWN_ZONE``, ``NO_SUCH_DAY``, ``TOO_MANY``, ``OVERLAP``, ``TWO_EXCEPTIONS``."""
    found: list[ScheduleFault] = []
    try:
        zone_of(schedule.timezone)
    except ValueError as exc:
        found.append(ScheduleFault(code="UNKNOWN_ZONE", path="$.timezone", sentence=f"{exc}.", hint="Choose a zone."))
    found += _week_faults(schedule.weekly, "$.weekly", None)
    for order_type, ranges in schedule.by_type.items():
        found += _week_faults(ranges, f"$.byType.{order_type.value}", order_type)
    for number, exception in enumerate(schedule.exceptions):
        found += _day_faults(exception, f"$.exceptions[{number}]")
    found += _repeated(schedule.exceptions)
    return tuple(found)


def _week_faults(ranges: tuple[WeeklyRange, ...], path: str, order_type: OrderType | None) -> list[ScheduleFault]:
    if len(ranges) > _MOST_RANGES:
        sentence = f"There are {len(ranges)} ranges in a week."
        return [ScheduleFault(code="TOO_MANY", path=path, sentence=sentence, hint="Join those that touch.")]
    found = []
    for number, each in enumerate(ranges):
        for name, day in (("startDay", each.start_day), ("endDay", each.end_day)):
            if not 1 <= day <= 7:
                found.append(
                    ScheduleFault(
                        code="NO_SUCH_DAY",
                        path=f"{path}[{number}].{name}",
                        sentence=f"There is no weekday {day}.",
                        hint="Monday is 1, Sunday is 7.",
                        order_type=order_type,
                    )
                )
    if found:
        return found
    for (one, first), (two, second) in combinations(enumerate(ranges), 2):
        if _overlap(first, second):
            found.append(
                ScheduleFault(
                    code="OVERLAP",
                    path=f"{path}[{two}]",
                    sentence=f"{_words(second)} overlaps {_words(first)}.",
                    hint=f"Shorten or remove one of the two ({path}[{one}] is the other).",
                    day=second.start_day,
                    order_type=order_type,
                )
            )
    return found


def _overlap(one: WeeklyRange, two: WeeklyRange) -> bool:
    """Whether both are open at the same time of the week, a circle; touching ranges are not."""
    after = (_begin(two) - _begin(one)) % _WEEK
    before = (_begin(one) - _begin(two)) % _WEEK
    return after < length(one) or before < length(two)


def _begin(each: WeeklyRange) -> timedelta:
    return timedelta(days=each.start_day, hours=each.start_time.hour, minutes=each.start_time.minute)


def _words(each: WeeklyRange) -> str:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return f"{days[each.start_day - 1]} {each.start_time:%H:%M}-{each.end_time:%H:%M}"


def _day_faults(exception: ScheduleException, path: str) -> list[ScheduleFault]:
    found = []
    for (_, first), (number, second) in combinations(enumerate(exception.ranges), 2):
        (start, end), (begin, stop) = _span(exception.day, first), _span(exception.day, second)
        if start < stop and begin < end:
            words = f"{second.start_time:%H:%M}-{second.end_time:%H:%M}"
            found.append(
                ScheduleFault(
                    code="OVERLAP",
                    path=f"{path}.ranges[{number}]",
                    sentence=f"On {exception.day:%d.%m.%Y} {words} overlaps {first.start_time:%H:%M}-"
                    f"{first.end_time:%H:%M}.",
                    hint="Shorten or remove one of the two.",
                    day=exception.day,
                )
            )
    return found


def _span(day: date, each: DayRange) -> tuple[datetime, datetime]:
    start, end = datetime.combine(day, each.start_time), datetime.combine(day, each.end_time)
    return start, end if end > start else end + timedelta(days=1)


def _repeated(exceptions: tuple[ScheduleException, ...]) -> list[ScheduleFault]:
    """Two words on one date and type: nobody could say which counts."""
    seen: set[tuple[date, OrderType | None]] = set()
    found = []
    for number, each in enumerate(exceptions):
        names = {(each.day, order_type) for order_type in each.order_types or (None,)}
        if names & seen:
            found.append(
                ScheduleFault(
                    code="TWO_EXCEPTIONS",
                    path=f"$.exceptions[{number}]",
                    sentence=f"There are two exceptions on {each.day:%d.%m.%Y}.",
                    hint="Keep one of them.",
                    day=each.day,
                )
            )
        seen |= names
    return found


def normalised(schedule: Schedule) -> Schedule:
    """The same hours, sorted, ranges that touch joined: two that mean the same are then equal."""
    return Schedule(
        timezone=schedule.timezone,
        weekly=_joined(schedule.weekly),
        by_type={order_type: _joined(schedule.by_type[order_type]) for order_type in sorted(schedule.by_type)},
        exceptions=tuple(
            msgspec.structs.replace(
                each,
                ranges=tuple(sorted(each.ranges, key=lambda one: one.start_time)),
                order_types=tuple(sorted(each.order_types)),
            )
            for each in sorted(schedule.exceptions, key=lambda one: (one.day, sorted(one.order_types)))
        ),
    )


def _joined(ranges: tuple[WeeklyRange, ...]) -> tuple[WeeklyRange, ...]:
    """Only those that touch (the end of one is the start of the next): what overlaps is a fault and stays visible."""
    left = sorted(ranges, key=_begin)
    joined = True
    while joined:
        joined = False
        for one in left:
            after = next((two for two in left if two is not one and _touches(one, two)), None)
            if after is not None and length(one) + length(after) <= _WEEK:
                whole = msgspec.structs.replace(one, end_day=after.end_day, end_time=after.end_time)
                left = sorted([each for each in left if each is not one and each is not after] + [whole], key=_begin)
                joined = True
                break
    return tuple(left)


def _touches(one: WeeklyRange, two: WeeklyRange) -> bool:
    same_end = (one.end_day, one.end_time) == (two.start_day, two.start_time)
    return same_end and not _overlap(one, two)
