"""The panel in which an exception is made: a date, closed or other hours, a note, for which orders."""

from collections.abc import Callable
from datetime import date, time, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.schedule import DayRange, ScheduleException
from app.domain.status import OrderType
from app.ui.choices import Check, Tile, TimeEdit
from app.ui.panel import Panel, panel_title
from app.ui.pause_wish import GROUPS, group_name
from app.ui.schedule_dates import read_date, stepped
from app.ui.schedule_words import date_long
from app.ui.theme import TOUCH, Look
from app.ui.widgets import Button, Elided, Label, rule
from app.ui.words import tr

_MOST_RANGES = 4


class ExceptionPanel(Panel):
    """One exception. ``done`` gets it; ``delete`` takes ``old`` away; ``taken`` says what is wrong with it."""

    side = True

    def __init__(
        self,
        *,
        look: Look,
        old: ScheduleException | None,
        today: date,
        done: Callable[[ScheduleException], object],
        delete: Callable[[], object],
        taken: Callable[[ScheduleException], str],
    ) -> None:
        super().__init__(look=look)
        self._old = old
        self._today = today
        self._done = done
        self._delete = delete
        self._taken = taken
        self.day = old.day if old is not None else today + timedelta(days=1)
        title = tr("Exception") if old is not None else tr("New exception")
        self.setAccessibleName(title)
        self.date = QLineEdit()
        self.date.setAccessibleName(tr("Date"))
        self.date.setFixedSize(130, TOUCH)
        self.date.editingFinished.connect(self._typed_date)
        self._in_words = Elided(look=look, font="strong", tone="")
        self.kind = QButtonGroup(self)
        self.shut = Tile(tr("Closed"), look=look, more=tr("all day"), icon="moon")
        self.open_hours = Tile(tr("Other hours"), look=look, more=tr("instead of the usual ones"), icon="clock")
        self.rows: list[tuple[QWidget, TimeEdit, TimeEdit]] = []
        self.more = Button(tr("Range"), look=look, icon="plus", act=lambda: self._add_row(time(20), time(23, 30)))
        self.note = QLineEdit(old.note if old is not None else "")
        self.note.setPlaceholderText(tr("Note, for instance: wedding"))
        self.note.setAccessibleName(tr("Note"))
        self.note.setMaxLength(60)
        self.note.setMinimumHeight(40)
        wanted = old.order_types if old is not None else ()
        self.types = {
            group: Check(group_name(group), look=look, checked=not wanted or group[0] in wanted, act=self._changed)
            for group in GROUPS
        }
        self.fault = Label(look=look, tone="danger", wrap=True)
        self.button = Button(tr("Keep"), look=look, icon="check", kind="primary", font="title", act=self._finish)
        self._hours = QVBoxLayout()
        self._hours.setSpacing(8)
        self._build(look, title)
        for index, each in enumerate(old.ranges if old is not None else ()):
            if index < _MOST_RANGES:
                self._add_row(each.start_time, each.end_time)
        (self.open_hours if old is not None and old.ranges else self.shut).setChecked(True)
        self._show_day()
        self._changed()

    def _build(self, look: Look, title: str) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(8)
        steps.addWidget(self.date)
        for text, name, days, months in (
            ("\N{MINUS SIGN}1", tr("One day earlier"), -1, 0),
            ("+1", tr("One day later"), 1, 0),
            (tr("\N{MINUS SIGN}1 month"), tr("One month earlier"), 0, -1),
            (tr("+1 month"), tr("One month later"), 0, 1),
        ):
            button = Button(text, look=look, name=name)
            button.clicked.connect(lambda _=False, d=days, m=months: self._step(d, m))
            steps.addWidget(button)
        steps.addStretch(1)
        kinds = QHBoxLayout()
        kinds.setSpacing(10)
        for tile in (self.shut, self.open_hours):
            self.kind.addButton(tile)
            tile.clicked.connect(lambda _=False: self._kind_chosen())
            kinds.addWidget(tile, 1)
        types = QHBoxLayout()
        for box in self.types.values():
            types.addWidget(box)
        body = QVBoxLayout()
        body.setContentsMargins(20, 14, 20, 12)
        body.setSpacing(10)
        body.addLayout(steps)
        body.addWidget(self._in_words)
        body.addLayout(kinds)
        body.addLayout(self._hours)
        body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.note)
        body.addWidget(Label(tr("For which orders?"), look=look, font="strong"))
        body.addLayout(types)
        body.addWidget(self.fault)
        body.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(12)
        bottom.addWidget(Button(tr("Back"), look=look, kind="tall", act=self.close_panel))
        if self._old is not None:
            bottom.addWidget(Button(tr("Delete"), look=look, icon="trash", kind="tall", act=self._remove))
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)

    # the date

    def _step(self, days: int, months: int) -> None:
        self.day = max(self._today, stepped(self.day, days=days, months=months))
        self._show_day()
        self._changed()

    def _typed_date(self) -> None:
        found = read_date(self.date.text(), self._today)
        if found is not None:
            self.day = found
        self._show_day()
        self._changed()

    def _show_day(self) -> None:
        self.date.setText(f"{self.day:%d/%m/%Y}")
        self._in_words.setText(date_long(self.day))

    # the hours

    def _kind_chosen(self) -> None:
        if self.open_hours.isChecked() and not self.rows:
            self._add_row(time(13), time(16))
        self._changed()

    def _add_row(self, start: time, end: time) -> None:
        row = QWidget()
        first = TimeEdit(look=self.look, name=tr("Opens at"), done=lambda _: self._changed())
        last = TimeEdit(look=self.look, name=tr("Closes at"), done=lambda _: self._changed())
        first.show_time(start)
        last.show_time(end)
        drop = Button(look=self.look, icon="trash", name=tr("Delete this range"))
        drop.setFixedWidth(52)
        entry = (row, first, last)
        drop.clicked.connect(lambda _=False: self._drop_row(entry))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(first)
        line.addWidget(Label("\N{EN DASH}", look=self.look))
        line.addWidget(last)
        line.addWidget(drop)
        line.addStretch(1)
        self.rows.append(entry)
        self._hours.addWidget(row)
        self._changed()

    def _drop_row(self, entry: tuple[QWidget, TimeEdit, TimeEdit]) -> None:
        self.rows.remove(entry)
        entry[0].hide()
        entry[0].deleteLater()
        if not self.rows:
            self.shut.setChecked(True)
        self._changed()

    # what it comes to

    @property
    def made(self) -> ScheduleException:
        """The exception as it stands."""
        types = tuple(kind for group, box in self.types.items() if box.isChecked() for kind in group)
        every: tuple[OrderType, ...] = ()
        ranges = [DayRange(start_time=first.value, end_time=last.value) for _, first, last in self.rows]
        return ScheduleException(
            day=self.day,
            ranges=tuple(sorted(ranges, key=lambda each: each.start_time)) if self.open_hours.isChecked() else (),
            order_types=every if all(box.isChecked() for box in self.types.values()) else types,
            note=self.note.text().strip(),
            holiday=self._old.holiday if self._old is not None and self._old.day == self.day else "",
        )

    def _changed(self) -> None:
        hours = self.open_hours.isChecked()
        for row, _, _ in self.rows:
            row.setVisible(hours)
        self.more.setVisible(hours and len(self.rows) < _MOST_RANGES)
        chosen = any(box.isChecked() for box in self.types.values())
        fault = self._taken(self.made) if chosen else tr("Choose at least one kind of orders.")
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        self.button.setEnabled(not fault)
        self.touched.emit()

    def first_focus(self) -> QWidget | None:
        return self.date

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if self.button.isEnabled():
            made = self.made
            self.close_panel()
            self._done(made)

    def _remove(self) -> None:
        self.close_panel()
        self._delete()
