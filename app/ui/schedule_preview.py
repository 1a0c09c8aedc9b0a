"""The next 14 days as customers will see them, with the cause of each difference; bars where there is room."""

from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain import schedule as rules
from app.domain.schedule import DayPreview, DayRange, Schedule
from app.domain.status import OrderType
from app.domain.times import zone_of
from app.ui.schedule_draft import DAY
from app.ui.schedule_words import date_of_week, day_ranges_text, minutes_of
from app.ui.theme import Look
from app.ui.widgets import Elided, Label, Tag
from app.ui.words import tr

DAYS = 14
_BAR_FROM, _BAR_TO = 10 * 60, 27 * 60


class _Bar(QWidget):
    """10:00 to 03:00 as a strip."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self._ranges: tuple[DayRange, ...] = ()
        self.setFixedHeight(16)
        self.setMinimumWidth(120)
        self.setMaximumWidth(220)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, 16)

    def show_ranges(self, ranges: tuple[DayRange, ...]) -> None:
        """Show a day's."""
        if ranges != self._ranges:
            self._ranges = ranges
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.theme.color("sunken"))
        painter.drawRoundedRect(self.rect(), 3, 3)
        painter.setBrush(self._look.theme.color("accent"))
        scale = self.width() / (_BAR_TO - _BAR_FROM)
        for each in self._ranges:
            start, end = minutes_of(each.start_time), minutes_of(each.end_time)
            end = start + ((end - start) % DAY or DAY)
            left = max(0.0, (start - _BAR_FROM) * scale)
            right = min(float(self.width()), (end - _BAR_FROM) * scale)
            painter.drawRoundedRect(QRectF(left, 0, right - left, 16), 3, 3)


class _Day(QFrame):
    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("day")
        self._name = Label(look=look, font="note_strong")
        self._name.setFixedWidth(62)
        self.bar = _Bar(look=look)
        self._hours = Elided(look=look, font="note", tone="")
        self._tag = Tag(look=look, small=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self._name, self.bar):
            row.addWidget(widget)
        row.addWidget(self._hours, 1)
        row.addWidget(self._tag, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_day(self, day: DayPreview, tag: tuple[str, str, str]) -> None:
        """Show one."""
        hours = tr("always open") if day.why == "always" else day_ranges_text(day.ranges)
        self._name.setText(date_of_week(day.day))
        self._hours.setText(hours)
        self._tag.say(*tag)
        self.bar.show_ranges(day.ranges)
        said = [date_of_week(day.day), hours, tag[0], day.note]
        self.setAccessibleName(", ".join(part for part in said if part))
        self.setToolTip(day.note)

    @property
    def text_shown(self) -> str:
        """For tests."""
        return f"{self._name.text()} | {self._hours.text()} | {self._tag.text}"

    def set_wide(self, wide: bool) -> None:
        """With the bar, and larger letters."""
        self.bar.setVisible(wide)
        self._name.set_role("title" if wide else "note_strong")
        self._hours.set_role("body" if wide else "note")
        self._name.setFixedWidth(92 if wide else 58)


class Preview(QFrame):
    """It shows; there is nothing to press."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(tr("Next %n days", n=DAYS))
        self.days = [_Day(look=look) for _ in range(DAYS)]
        head = QHBoxLayout()
        head.addWidget(Label(tr("Next %n days", n=DAYS), look=look, font="strong"), 1)
        head.addWidget(Label(tr("+1: the next day"), look=look, font="note", tone="quiet"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 5, 12, 5)
        layout.setSpacing(0)
        layout.addLayout(head)
        for day in self.days:
            layout.addWidget(day, 1)
        self.set_wide(False)

    def set_wide(self, wide: bool) -> None:
        """Room for bars."""
        for day in self.days:
            day.set_wide(wide)

    def show_schedule(self, schedule: Schedule, *, first: date, order_type: OrderType | None) -> None:
        """The days from ``first`` on."""
        for row, day in zip(self.days, rules.preview(schedule, first, DAYS, order_type), strict=True):
            row.show_day(day, _tag(schedule, day, first))


def _tag(schedule: Schedule, day: DayPreview, today: date) -> tuple[str, str, str]:
    """Word, icon and colour of what is special."""
    hours = clock_change(day.day, schedule.timezone)
    if day.why == "holiday":
        return (tr("holiday: opens"), "calendar", "") if day.ranges else (tr("holiday"), "calendar", "warn")
    if day.why == "exception":
        note = day.note.lower() if len(day.note) <= 12 else ""
        return note or tr("exception"), "edit", "warn"
    if hours:
        word = tr("night +%1 h") if hours > 0 else tr("night \N{MINUS SIGN}%1 h")
        return word.replace("%1", f"{abs(hours):g}"), "moon", ""
    return (tr("today"), "clock", "info") if day.day == today else ("", "", "")


def clock_change(day: date, timezone: str) -> float:
    """How many hours longer the night after that day is: the clocks change in it; 0: they don't."""
    zone = zone_of(timezone)
    noon = datetime.combine(day, time(12), zone)
    after = datetime.combine(day + timedelta(days=1), time(12), zone)
    before_offset, after_offset = noon.utcoffset(), after.utcoffset()
    if before_offset is None or after_offset is None:
        return 0
    return (before_offset - after_offset) / timedelta(hours=1)
