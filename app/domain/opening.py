"""Are we open? Closings and hours together, at one moment (domain rules, Availability).

Closed by anyone is closed. What closes only some types or channels leaves the place open *partly*.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from enum import StrEnum

import msgspec

from app.domain.availability import Closing
from app.domain.schedule import Schedule, is_open, next_change, next_opening
from app.domain.status import OrderType
from app.domain.times import zone_of

CUT_OFF = time(6)
"""When a business day begins: "today" and "until tomorrow" follow it."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an order of one type and channel finds the door open."""

    open: bool
    in_hours: bool
    closings: tuple[Closing, ...] = ()
    """Those that close it."""
    until: datetime | None = None
    """When that changes by itself; ``None``: nobody knows."""


class State(StrEnum):
    """The answer in one word."""

    OPEN = "open"
    PARTLY = "partly"
    CLOSED = "closed"


class Overall(msgspec.Struct, frozen=True, kw_only=True):
    """The whole restaurant."""

    state: State
    in_hours: bool
    closings: tuple[Closing, ...]
    """Those that hold now, one that closes everything and longest first."""
    until: datetime | None
    """When it opens (closed) or closes (open) next by itself."""


def opening_at(
    closings: Iterable[Closing], schedule: Schedule, at: datetime, order_type: OrderType, channel: str = ""
) -> Opening:
    """What an order of this type and channel meets at ``at``."""
    known = list(closings)
    meant = tuple(closing for closing in known if closing.covers(at, order_type, channel))
    in_hours = is_open(schedule, at, order_type)
    return Opening(
        open=not meant and in_hours,
        in_hours=in_hours,
        closings=meant,
        until=_changes(known, schedule, at, order_type, channel),
    )


def _changes(
    closings: list[Closing], schedule: Schedule, at: datetime, order_type: OrderType, channel: str
) -> datetime | None:
    """The first moment after ``at`` at which open and closed change places; bounded by what is known."""
    before = _open(closings, schedule, at, order_type, channel)
    moments = [moment for closing in closings for moment in (closing.since, closing.until) if moment and moment > at]
    now = at
    for _ in range(len(moments) + 200):
        change = next_change(schedule, now, order_type)
        ahead = [moment for moment in (*moments, *([change] if change else [])) if moment > now]
        if not ahead:
            return None
        now = min(ahead)
        if _open(closings, schedule, now, order_type, channel) is not before:
            return now
    return None


def _open(closings: list[Closing], schedule: Schedule, at: datetime, order_type: OrderType, channel: str) -> bool:
    return is_open(schedule, at, order_type) and not any(each.covers(at, order_type, channel) for each in closings)


def overall(closings: Iterable[Closing], schedule: Schedule, at: datetime) -> Overall:
    """The one answer for tray and header: by the hours for all, and closings of everything."""
    known = list(closings)
    now = [each for each in known if each.since <= at and (each.until is None or at < each.until)]
    now.sort(key=lambda each: (_is_whole(each), each.until is None, each.until or at), reverse=True)
    whole = [each for each in known if _is_whole(each)]
    in_hours = is_open(schedule, at)
    shut = not in_hours or any(_is_whole(each) for each in now)
    state = State.CLOSED if shut else State.PARTLY if now else State.OPEN
    # of the whole place: the type only serves to look, and closings of some types are not among them
    until = _changes_of_all(whole, schedule, at)
    return Overall(state=state, in_hours=in_hours, closings=tuple(now), until=until)


def _is_whole(closing: Closing) -> bool:
    return not closing.order_types and not closing.channels


def _changes_of_all(whole: list[Closing], schedule: Schedule, at: datetime) -> datetime | None:
    general = Schedule(timezone=schedule.timezone, weekly=schedule.weekly, exceptions=schedule.exceptions)
    return _changes(whole, general, at, OrderType.DELIVERY, "")


def business_day_end(at: datetime, timezone: str, cut_off: time = CUT_OFF) -> datetime:
    """When the business day of ``at`` ends: the next cut-off."""
    local = at.astimezone(zone_of(timezone))
    day = local.date() if local.time() < cut_off else local.date() + timedelta(days=1)
    return datetime.combine(day, cut_off, zone_of(timezone)).astimezone(at.tzinfo)


def tomorrows_opening(schedule: Schedule, at: datetime, cut_off: time = CUT_OFF) -> datetime | None:
    """When the next business day opens; ``None``: no opening is known. A place that is open then opens with the day."""
    tomorrow = business_day_end(at, schedule.timezone, cut_off)
    return tomorrow if is_open(schedule, tomorrow) else next_opening(schedule, tomorrow)
