"""Opening hours in Sinqro's form (reference 6.4): ranges of times with a start day and an end day of ``{id, name}``.

``{timezone, ranges, orderTypeRanges: {type: ranges}, exceptions: [{date, ranges, orderTypes, note, holiday}]}``; the
outer form is the companion's contract. Read liberally: ``11:00`` and ``06:00:00``, days as ``{id}`` or number, the zone
from the ranges where the whole names none.
"""

from datetime import date, time
from typing import Any

from app.domain.schedule import DayRange, Schedule, ScheduleException, WeeklyRange
from app.domain.schedule_check import normalised
from app.domain.status import OrderType

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def to_sinqro(schedule: Schedule) -> dict[str, Any]:
    """The hours as Sinqro writes them, in order."""
    schedule = normalised(schedule)
    return {
        "timezone": schedule.timezone,
        "ranges": [_range(each, schedule.timezone) for each in schedule.weekly],
        "orderTypeRanges": {
            order_type.value: [_range(each, schedule.timezone) for each in ranges]
            for order_type, ranges in schedule.by_type.items()
        },
        "exceptions": [
            {
                "date": each.day.isoformat(),
                "ranges": [{"startTime": _time(one.start_time), "endTime": _time(one.end_time)} for one in each.ranges],
                "orderTypes": [order_type.value for order_type in each.order_types],
                "note": each.note,
                "holiday": each.holiday,
            }
            for each in schedule.exceptions
        ],
    }


def of_sinqro(form: dict[str, Any], timezone: str) -> Schedule:
    """The hours that a form says; ``timezone`` where it names none. Raises ``ValueError`` with what is wrong."""
    try:
        return normalised(
            Schedule(
                timezone=form.get("timezone") or _zone_of_ranges(form) or timezone,
                weekly=tuple(_weekly(each) for each in form.get("ranges") or ()),
                by_type={
                    OrderType(name): tuple(_weekly(each) for each in ranges)
                    for name, ranges in (form.get("orderTypeRanges") or {}).items()
                },
                exceptions=tuple(_exception(each) for each in form.get("exceptions") or ()),
            )
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"opening hours in a form that is not known: {exc}") from exc


def _zone_of_ranges(form: dict[str, Any]) -> str:
    lists = (form.get("ranges") or (), *(form.get("orderTypeRanges") or {}).values())
    zones = {str(each["timezone"]) for ranges in lists for each in ranges if each.get("timezone")}
    if len(zones) > 1:
        raise ValueError(f"opening hours in more than one time zone: {', '.join(sorted(zones))}")
    return zones.pop() if zones else ""


def _range(each: WeeklyRange, timezone: str) -> dict[str, Any]:
    return {
        "startDay": {"id": each.start_day, "name": _DAYS[each.start_day - 1]},
        "startTime": _time(each.start_time),
        "endDay": {"id": each.end_day, "name": _DAYS[each.end_day - 1]},
        "endTime": _time(each.end_time),
        "timezone": timezone,
    }


def _time(value: time) -> str:
    return value.strftime("%H:%M")


def _clock(text: Any) -> time:
    try:
        value = time.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is not None:
        raise ValueError(f"{text!r} is no time of day (HH:MM)")
    return value


def _weekly(form: dict[str, Any]) -> WeeklyRange:
    return WeeklyRange(
        start_day=_day(form["startDay"]),
        start_time=_clock(form["startTime"]),
        end_day=_day(form["endDay"]),
        end_time=_clock(form["endTime"]),
    )


def _day(form: Any) -> int:
    day = int(form["id"] if isinstance(form, dict) else form)
    if not 1 <= day <= 7:
        raise ValueError(f"there is no weekday {day} (Monday is 1, Sunday is 7)")
    return day


def _exception(form: dict[str, Any]) -> ScheduleException:
    return ScheduleException(
        day=date.fromisoformat(form["date"]),
        ranges=tuple(
            DayRange(start_time=_clock(each["startTime"]), end_time=_clock(each["endTime"]))
            for each in form.get("ranges") or ()
        ),
        order_types=tuple(OrderType(name) for name in form.get("orderTypes") or ()),
        note=str(form.get("note") or ""),
        holiday=str(form.get("holiday") or ""),
    )
