"""Hours as people read them, with "+1" for those that end on the next day, and days in the user's language."""

from datetime import date, datetime, time

from PySide6.QtCore import QDate, QLocale

from app.domain.schedule import DayRange
from app.ui.schedule_draft import DAY, Span
from app.ui.words import tr

_MONDAY = date(2024, 1, 1)
_DASH = "\N{EN DASH}"


def short_time(minutes: int) -> str:
    """Minutes after midnight: 13, 23:30, 02."""
    hours, rest = divmod(minutes % DAY, 60)
    return f"{hours:02d}:{rest:02d}" if rest else f"{hours:02d}"


def full_time(minutes: int) -> str:
    """Minutes after midnight: 13:00."""
    hours, rest = divmod(minutes % DAY, 60)
    return f"{hours:02d}:{rest:02d}"


def hours(start: int, length: int) -> str:
    """From minute ``start`` for ``length`` minutes; +1 when it ends on the next day."""
    end = start + length
    later = " +1" if end > DAY else ""
    return f"{short_time(start)}{_DASH}{'24' if end == DAY else short_time(end)}{later}"


def span_text(span: Span) -> str:
    """One span."""
    return hours(span.start, span.length)


def minutes_of(moment: time) -> int:
    """Minutes after midnight."""
    return moment.hour * 60 + moment.minute


def day_range_text(each: DayRange) -> str:
    """One range of a date."""
    start, end = minutes_of(each.start_time), minutes_of(each.end_time)
    return hours(start, (end - start) % DAY or DAY)


def day_ranges_text(ranges: tuple[DayRange, ...]) -> str:
    """All of a date."""
    return " · ".join(day_range_text(each) for each in ranges) or tr("closed")


def day_name(day: int, *, short: bool = False) -> str:
    """Monday is 1."""
    form = QLocale.FormatType.ShortFormat if short else QLocale.FormatType.LongFormat
    said = QLocale().standaloneDayName(day, form).rstrip(".")
    return said[:1].upper() + said[1:]


def day_in_text(day: int) -> str:
    """Within a sentence: sábado."""
    return QLocale().dayName(day, QLocale.FormatType.LongFormat)


def date_short(day: date) -> str:
    """Day and month, for instance 8 dic."""
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMM").rstrip(".")


def date_of_week(day: date) -> str:
    """Weekday and day, for instance vie 4."""
    name = QLocale().toString(QDate(day.year, day.month, day.day), "ddd").rstrip(".")
    return f"{name} {day.day}"


def date_long(day: date) -> str:
    """All of it, in words."""
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.LongFormat)


def spoken_span(span: Span, number: int) -> str:
    """For ears: Saturday, range 2, from 20:00 to 02:00 on Sunday."""
    said = tr("%1, range %2, from %3 to %4", day_name(span.day), number, full_time(span.start), full_time(span.end))
    if span.end > DAY:
        said = tr("%1 on %2", said, day_in_text((span.day - 1 + span.end // DAY) % 7 + 1))
    return said


def minute_of_week(moment: datetime) -> tuple[int, int]:
    """Day (Monday is 1) and minutes after midnight of a local time."""
    return moment.isoweekday(), moment.hour * 60 + moment.minute
