"""Opening hours while they are edited: spans of a week in minutes, changes undone and redone, what differs counted.

A :class:`Span` belongs to the day on which it starts and may run past midnight. A week is a circle: Sunday's night runs
into Monday. No Qt here: the grid, the editor below it and the tests work on the same values.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time

import msgspec

from app.domain.schedule import Schedule, ScheduleException, WeeklyRange
from app.domain.schedule_check import normalised
from app.domain.status import OrderType

DAY = 24 * 60
WEEK = 7 * DAY
STEP = 15
"""Minutes: what dragging snaps to, and the shortest span."""

_USUAL = ((13 * 60, 3 * 60), (20 * 60, 3 * 60 + 30), (9 * 60, 3 * 60), (17 * 60, 2 * 60), (0, 3 * 60))
"""Where a new span goes, the first that is free: lunch, dinner, breakfast, afternoon, night."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from ``start`` (minutes after midnight of ``day``, Monday is 1) for ``length`` minutes."""

    day: int
    start: int
    length: int

    @property
    def end(self) -> int:
        """Minutes after midnight of its day; more than a day's: it ends on a later one."""
        return self.start + self.length

    @property
    def week_start(self) -> int:
        """Minutes after Monday 00:00."""
        return (self.day - 1) * DAY + self.start

    def at(self, week_start: int) -> "Span":
        """The same, at another time of the week (a circle)."""
        day, start = divmod(week_start % WEEK, DAY)
        return replace(self, day=day + 1, start=start)

    def meets(self, other: "Span") -> bool:
        """Whether both are open at the same time."""
        after = (other.week_start - self.week_start) % WEEK
        before = (self.week_start - other.week_start) % WEEK
        return after < self.length or before < other.length


def spans_of(ranges: Iterable[WeeklyRange]) -> tuple[Span, ...]:
    """Ranges as spans, sorted; one of more than a day (touching ranges merged) is cut at each midnight."""
    found = []
    for each in ranges:
        start = (each.start_day - 1) * DAY + _minutes(each.start_time)
        length = ((each.end_day - 1) * DAY + _minutes(each.end_time) - start) % WEEK or WEEK
        while length > DAY:
            piece = DAY - start % DAY
            found.append(Span(1, 0, piece).at(start))
            start, length = start + piece, length - piece
        found.append(Span(1, 0, length).at(start))
    return tuple(sorted(found))


def ranges_of(spans: Iterable[Span]) -> tuple[WeeklyRange, ...]:
    """The other way."""
    made = []
    for span in sorted(spans):
        days, end = divmod(span.end, DAY)
        made.append(
            WeeklyRange(
                start_day=span.day,
                start_time=_time(span.start),
                end_day=(span.day - 1 + days) % 7 + 1,
                end_time=_time(end),
            )
        )
    return tuple(made)


def overlapping(spans: Iterable[Span]) -> frozenset[Span]:
    """Those that meet another one; the same twice counts too."""
    listed = sorted(spans)
    found = set()
    for at, one in enumerate(listed):
        for other in listed[at + 1 :]:
            if one.meets(other):
                found |= {one, other}
    return frozenset(found)


def free_span(spans: Iterable[Span], day: int) -> Span | None:
    """A new span on that day where nothing is yet; ``None``: the day is full."""
    taken = list(spans)
    tries = [Span(day, start, length) for start, length in _USUAL]
    tries += [Span(day, start, 60) for start in range(0, DAY, 60)]
    tries += [Span(day, start, STEP) for start in range(0, DAY, STEP)]
    return next((span for span in tries if not any(span.meets(other) for other in taken)), None)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


class Draft:
    """The hours of one selling point while somebody edits them. ``layer``: whose week, ``None`` that of all types."""

    def __init__(self, schedule: Schedule) -> None:
        self.saved = schedule
        self.now = schedule
        self.layer: OrderType | None = None
        self._undo: list[Schedule] = []
        self._redo: list[Schedule] = []

    # reading

    @property
    def spans(self) -> tuple[Span, ...]:
        """The week of the layer."""
        return spans_of(self._ranges(self.now, self.layer))

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        return bool(self._redo)

    @property
    def changes(self) -> int:
        """How many days and exceptions are not as they are saved."""
        days = 0
        layers = {None, *self.saved.by_type, *self.now.by_type}
        for layer in layers:
            if layer is not None and (layer in self.saved.by_type) != (layer in self.now.by_type):
                days += 1
                continue
            before, after = (spans_of(self._ranges(schedule, layer)) for schedule in (self.saved, self.now))
            days += sum(
                1
                for day in range(1, 8)
                if [span for span in before if span.day == day] != [span for span in after if span.day == day]
            )
        old, new = (list(schedule.exceptions) for schedule in (self.saved, self.now))
        gone = sum(1 for each in old if each not in new)
        come = sum(1 for each in new if each not in old)
        return days + max(gone, come)

    @property
    def clashes(self) -> frozenset[Span]:
        """Spans of the layer that overlap."""
        return overlapping(self.spans)

    def clashing_layers(self) -> list[OrderType | None]:
        """Weeks that cannot be saved as they are."""
        layers: list[OrderType | None] = [None, *self.now.by_type]
        return [layer for layer in layers if overlapping(spans_of(self._ranges(self.now, layer)))]

    # the week

    def put(self, spans: Iterable[Span]) -> None:
        """Another week for the layer."""
        ranges = ranges_of(spans)
        if self.layer is None:
            self._become(msgspec.structs.replace(self.now, weekly=ranges))
        else:
            self._become(msgspec.structs.replace(self.now, by_type={**self.now.by_type, self.layer: ranges}))

    def replace(self, old: Span, new: Span) -> None:
        """One span moved or sized."""
        spans = list(self.spans)
        if old in spans:
            spans[spans.index(old)] = new
            self.put(spans)

    def add(self, day: int, at: int | None = None) -> Span | None:
        """A new span on that day, where there is room, or three hours from ``at``; ``None``: there is no room."""
        spans = self.spans
        span = Span(day, at, 3 * 60) if at is not None else free_span(spans, day)
        while span is not None and at is not None and span.length > STEP and any(span.meets(each) for each in spans):
            span = replace(span, length=span.length - STEP)
        if span is None or any(span.meets(other) for other in spans):
            return None
        self.put((*spans, span))
        return span

    def remove(self, span: Span) -> None:
        """Take one out."""
        self.put(each for each in self.spans if each != span)

    def copy_day(self, day: int, to: Iterable[int]) -> None:
        """The same hours on other days."""
        targets = set(to) - {day}
        kept = [span for span in self.spans if span.day not in targets]
        copies = [replace(span, day=other) for other in targets for span in kept if span.day == day]
        self.put((*kept, *copies))

    def own_hours(self, order_type: OrderType, *, own: bool) -> None:
        """Give a type hours of its own (those of all, to begin with), or take them away."""
        by_type = dict(self.now.by_type)
        if own:
            by_type.setdefault(order_type, self.now.weekly)
        else:
            by_type.pop(order_type, None)
            if self.layer is order_type:
                self.layer = None
        self._become(msgspec.structs.replace(self.now, by_type=by_type))

    # exceptions

    def put_exception(self, new: ScheduleException, old: ScheduleException | None = None) -> None:
        """Add one, or put it in the place of ``old``."""
        kept = [each for each in self.now.exceptions if each != old]
        self._put_exceptions((*kept, new))

    def remove_exception(self, old: ScheduleException) -> None:
        """Take one out."""
        self._put_exceptions(each for each in self.now.exceptions if each != old)

    def put_holidays(self, year: int, chosen: Iterable[ScheduleException]) -> None:
        """The year's choice: in the place of all public holidays of that year, and of what else those days had."""
        chosen = tuple(chosen)
        days = {each.day for each in chosen}
        kept = [
            each
            for each in self.now.exceptions
            if not (each.holiday and each.day.year == year) and not (each.day in days and not each.order_types)
        ]
        self._put_exceptions((*kept, *chosen))

    def exceptions_from(self, first: date) -> list[ScheduleException]:
        """Those of that day and later, in order."""
        return sorted((each for each in self.now.exceptions if each.day >= first), key=_by_day)

    def _put_exceptions(self, exceptions: Iterable[ScheduleException]) -> None:
        self._become(msgspec.structs.replace(self.now, exceptions=tuple(sorted(exceptions, key=_by_day))))

    # back and forth

    def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            self._redo.append(self.now)
            self._go(self._undo.pop())

    def redo(self) -> None:
        """Make it again."""
        if self._redo:
            self._undo.append(self.now)
            self._go(self._redo.pop())

    def saved_as(self, schedule: Schedule) -> None:
        """What is kept now. The same hours, however they are written, keep the way back; edited ones stay."""
        if normalised(schedule) == normalised(self.now):
            self.saved = self.now
            return
        edited = self.changes > 0
        self.saved = schedule
        if not edited:
            self._undo.clear()
            self._redo.clear()
            self._go(schedule)

    def _become(self, schedule: Schedule) -> None:
        if schedule != self.now:
            self._undo.append(self.now)
            self._redo.clear()
            self._go(schedule)

    def _go(self, schedule: Schedule) -> None:
        self.now = schedule
        if self.layer is not None and self.layer not in schedule.by_type:
            self.layer = None

    @staticmethod
    def _ranges(schedule: Schedule, layer: OrderType | None) -> tuple[WeeklyRange, ...]:
        return schedule.weekly if layer is None else schedule.by_type.get(layer, ())


def _by_day(exception: ScheduleException) -> tuple[date, str]:
    return exception.day, ",".join(exception.order_types)
