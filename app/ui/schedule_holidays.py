"""Public holidays: the year's choice. For each of the region's a person says closed or open; nothing is silent.

A holiday on which it opens as usual is an exception too, with that weekday's hours: so everybody sees that somebody
decided it.
"""

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QListView, QScrollArea, QVBoxLayout, QWidget

from app.domain.schedule import DayRange, Schedule, ScheduleException
from app.ui.panel import Panel, panel_title
from app.ui.schedule_words import date_short, day_name
from app.ui.theme import TOUCH, Look
from app.ui.widgets import Button, Elided, Label, clear_layout, rule
from app.ui.words import tr


class Holiday(Protocol):
    """One public holiday."""

    @property
    def day(self) -> date:
        """Its date."""
        ...

    @property
    def name(self) -> str:
        """As the region calls it."""
        ...


class Holidays(Protocol):
    """The tables of all regions."""

    def regions(self) -> Sequence[tuple[str, str]]:
        """Code (``es-md``) and name of each."""
        ...

    def of(self, region: str, year: int) -> Sequence[Holiday]:
        """A year's, in order; empty where there is no table."""
        ...


def holiday_id(region: str, day: date) -> str:
    """What an exception carries of it."""
    return f"{region}/{day.isoformat()}"


def region_code(schedule: Schedule) -> str:
    """Whose holidays were chosen last; empty: nobody's."""
    chosen = [each for each in schedule.exceptions if each.holiday]
    return max(chosen, key=lambda each: each.day).holiday.partition("/")[0] if chosen else ""


def chosen_region(schedule: Schedule, holidays: "Holidays | None") -> str:
    """Its name."""
    code = region_code(schedule)
    if not code or holidays is None:
        return code
    return next((name for known, name in holidays.regions() if known == code), code)


class _Day:
    """A date with all that is celebrated on it."""

    def __init__(self, day: date, names: Sequence[str]) -> None:
        self.day = day
        self.name = " · ".join(names)


def one_a_day(holidays: Sequence[Holiday]) -> list[Holiday]:
    """Two on one date are one decision."""
    by_day: dict[date, list[str]] = {}
    for each in holidays:
        by_day.setdefault(each.day, []).append(each.name)
    return [_Day(day, names) for day, names in sorted(by_day.items())]


def usual_hours(schedule: Schedule, day: date) -> tuple[DayRange, ...]:
    """The week's hours that start on that weekday; all day where nobody keeps hours."""
    if not schedule.weekly:
        return (DayRange(start_time=time(0), end_time=time(0)),)
    return tuple(
        DayRange(start_time=each.start_time, end_time=each.end_time)
        for each in schedule.weekly
        if each.start_day == day.isoweekday()
    )


class _RegionBox(QComboBox):
    """The regions, with a mark that there are more: style sheets draw none without a file."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setView(QListView())  # its rows take their height from the style sheet

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        mark = self._look.pixmap("chevron-down", "ink", 24, self.devicePixelRatioF())
        QPainter(self).drawPixmap(self.width() - 36, (self.height() - 24) // 2, mark)


class HolidaysPanel(Panel):
    """``done`` gets the region, the year and the exceptions."""

    side = True

    def __init__(
        self,
        *,
        look: Look,
        holidays: Holidays,
        schedule: Schedule,
        today: date,
        done: Callable[[str, int, tuple[ScheduleException, ...]], object],
    ) -> None:
        super().__init__(look=look)
        self._holidays = holidays
        self._schedule = schedule
        self._today = today
        self._done = done
        self.year = today.year
        self._shown: list[tuple[Holiday, Button, Button]] = []
        title = tr("Public holidays")
        self.setAccessibleName(title)
        self.region = _RegionBox(look=look)
        self.region.setAccessibleName(tr("Region"))
        self.region.setMinimumHeight(TOUCH)
        self.region.addItem(tr("Choose the region…"), "")
        for code, name in holidays.regions():
            self.region.addItem(name, code)
        self.region.setCurrentIndex(max(0, self.region.findData(region_code(schedule))))
        self.years = {year: Button(str(year), look=look, kind="pill") for year in (today.year, today.year + 1)}
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.region, 1)
        for year, button in self.years.items():
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, year=year: self._year_chosen(year))
            top.addWidget(button)
        self.years[self.year].setChecked(True)
        self.all_closed = Button(tr("Closed on all"), look=look, act=lambda: self._all(closed=True))
        self.all_open = Button(tr("Open on all"), look=look, act=lambda: self._all(closed=False))
        every = QHBoxLayout()
        every.setSpacing(8)
        every.addWidget(self.all_closed, 1)
        every.addWidget(self.all_open, 1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._rows.setContentsMargins(0, 0, 6, 0)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._rows)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self.said = Label(look=look, tone="quiet", wrap=True)
        body = QVBoxLayout()
        body.setContentsMargins(20, 14, 14, 10)
        body.setSpacing(10)
        body.addLayout(top)
        body.addLayout(every)
        body.addWidget(scroll, 1)
        body.addWidget(self.said)
        self.button = Button(tr("Keep"), look=look, icon="check", kind="primary", font="title", act=self._finish)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(12)
        bottom.addWidget(Button(tr("Back"), look=look, kind="tall", act=self.close_panel))
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)
        self.region.currentIndexChanged.connect(lambda _: self._fill())
        self._fill()

    def first_focus(self) -> QWidget | None:
        return self.region

    def choose(self, day: date, *, closed: bool) -> None:
        """Decide one, as a touch does."""
        for holiday, shut, opens in self._shown:
            if holiday.day == day:
                (shut if closed else opens).click()

    def _year_chosen(self, year: int) -> None:
        self.year = year
        self._fill()

    def _fill(self) -> None:
        clear_layout(self._rows)
        code = str(self.region.currentData() or "")
        found = [each for each in one_a_day(self._holidays.of(code, self.year)) if each.day >= self._today]
        known = {each.holiday: each for each in self._schedule.exceptions if each.holiday}
        self._shown = [self._row(each, known.get(holiday_id(code, each.day))) for each in found]
        for button in (self.all_closed, self.all_open):
            button.setVisible(bool(found))
        self._changed()

    def _row(self, holiday: Holiday, decided: ScheduleException | None) -> tuple[Holiday, Button, Button]:
        row = QFrame()
        row.setObjectName("day")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(8)
        weekday = day_name(holiday.day.isoweekday(), short=True)
        when = Label(f"{weekday} {date_short(holiday.day)}", look=self.look, font="strong")
        when.setFixedWidth(104)
        line.addWidget(when)
        line.addWidget(Elided(holiday.name, look=self.look, font="body", tone=""), 1)
        shut = Button(tr("Closed"), look=self.look, kind="pill")
        opens = Button(tr("Open"), look=self.look, kind="pill")
        for button, word in ((shut, tr("closed")), (opens, tr("open"))):
            button.setCheckable(True)
            button.setAccessibleName(f"{holiday.name}: {word}")
            button.setMinimumWidth(92)
            line.addWidget(button)
        shut.setChecked(decided is not None and not decided.ranges)
        opens.setChecked(decided is not None and bool(decided.ranges))
        shut.clicked.connect(lambda _=False: self._decide(shut, opens))
        opens.clicked.connect(lambda _=False: self._decide(opens, shut))
        self._rows.addWidget(row)
        return holiday, shut, opens

    def _decide(self, chosen: Button, other: Button) -> None:
        chosen.setChecked(True)
        other.setChecked(False)
        self._changed()

    def _all(self, *, closed: bool) -> None:
        for _, shut, opens in self._shown:
            shut.setChecked(closed)
            opens.setChecked(not closed)
        self._changed()

    def _changed(self) -> None:
        open_ones = sum(1 for _, shut, opens in self._shown if not shut.isChecked() and not opens.isChecked())
        if not self.region.currentData():
            text = tr("Municipal holidays are exceptions of your own.")
        elif not self._shown:
            text = tr("There are no holidays left in that year's table.")
        elif open_ones:
            text = tr("%n holidays are not decided yet.", n=open_ones)
        else:
            text = tr("All decided. Municipal holidays are exceptions of your own.")
        self.said.setText(text)
        self.button.setEnabled(bool(self._shown) and not open_ones)
        self.touched.emit()

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if not self.button.isEnabled():
            return
        code = str(self.region.currentData())
        made = [
            ScheduleException(
                day=holiday.day,
                ranges=usual_hours(self._schedule, holiday.day) if opens.isChecked() else (),
                note=holiday.name,
                holiday=holiday_id(code, holiday.day),
            )
            for holiday, _, opens in self._shown
        ]
        past = [
            each
            for each in self._schedule.exceptions
            if each.holiday and each.day.year == self.year and each.day < self._today
        ]
        self.close_panel()
        self._done(code, self.year, (*past, *made))
