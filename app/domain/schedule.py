"""Opening hours: weekly ranges, dated exceptions, in the selling point's zone (domain rules, Schedules).

Local times; Monday is 1. A range names its start day and its end day and may pass midnight (Friday 20:00 to Saturday
02:00). A local time that comes twice in a night of changed clocks starts at the first and ends at the second; one that
does not exist counts as the moment of the jump. No range at all means: nobody keeps hours here, it is open.
"""

from datetime import date, time

import msgspec

from app.domain.order_parts import Form
from app.domain.status import OrderType


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
