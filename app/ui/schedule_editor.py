"""The row below the week: the chosen range's times to type, copy to other days, delete, one more."""

from collections.abc import Callable, Iterable
from datetime import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.choices import Check, TimeEdit
from app.ui.panel import Panel, panel_title
from app.ui.schedule_draft import DAY, Span
from app.ui.schedule_words import day_in_text, day_name, minutes_of
from app.ui.theme import Look
from app.ui.widgets import Button, Elided, IconLabel, Label, rule
from app.ui.words import tr


class RangeEditor(QFrame):
    """Says what is wanted by signals; the window does it."""

    changed = Signal(object, object)
    copy_asked = Signal()
    delete_asked = Signal(object)
    add_asked = Signal()

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("editor")
        self._span: Span | None = None
        self._shown_day = 1
        self._narrow = False
        self._day = Label(look=look, font="title")
        self.start = TimeEdit(look=look, name=tr("Opens at"), done=lambda _: self._typed())
        self.end = TimeEdit(look=look, name=tr("Closes at"), done=lambda _: self._typed())
        self._dash = Label("\N{EN DASH}", look=look)
        self._hint = Elided(look=look, font="body")
        self.next_day = QFrame()
        self.next_day.setObjectName("tag")
        self.next_day.setProperty("state", "info")
        self._next_day = Label(look=look, font="note_strong", tone="accent")
        tag = QHBoxLayout(self.next_day)
        tag.setContentsMargins(6, 2, 8, 2)
        tag.setSpacing(4)
        tag.addWidget(IconLabel("moon", look=look, tint="accent", size=18))
        tag.addWidget(self._next_day)
        self.copy = Button(look=look, icon="copy", name=tr("Copy to other days"), act=self.copy_asked.emit)
        self.delete = Button(look=look, icon="trash", name=tr("Delete this range"), act=self._delete)
        self.add = Button(tr("Range"), look=look, icon="plus", act=self.add_asked.emit)
        self.add.setAccessibleName(tr("Add a range"))
        for button in (self.copy, self.delete):
            button.setFixedWidth(52)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        for part in (self._day, self.start, self._dash, self.end, self.next_day):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._hint, 1)
        for button in (self.copy, self.delete, self.add):
            row.addWidget(button)

    def show_choice(self, span: Span | None, day: int) -> None:
        """A span, or only a day."""
        self._span, self._shown_day = span, day
        self._day.setText(day_name(day, short=True))
        there = span is not None
        for widget in (self.start, self._dash, self.end, self.delete):
            widget.setVisible(there)
        later = span is not None and span.end > DAY
        self.next_day.setVisible(later)
        self._hint.setText("" if there else tr("Choose a range, or add one"))
        if span is not None:
            self.start.show_time(time(span.start // 60, span.start % 60))
            self.end.show_time(time(span.end % DAY // 60, span.end % 60))
            word = tr("on %1", day_in_text(span.day % 7 + 1))
            self._next_day.setText("+1" if self._narrow else word)
            self.next_day.setAccessibleName(word)

    def set_narrow(self, narrow: bool) -> None:
        """Shorter words on narrow windows."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.show_choice(self._span, self._span.day if self._span is not None else self._shown_day)

    def edit(self) -> None:
        """Begin to type."""
        self.start.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.start.selectAll()

    def _typed(self) -> None:
        if self._span is not None:
            start, end = minutes_of(self.start.value), minutes_of(self.end.value)
            new = Span(self._span.day, start, (end - start) % DAY or DAY)
            if new != self._span:
                self.changed.emit(self._span, new)

    def _delete(self) -> None:
        if self._span is not None:
            self.delete_asked.emit(self._span)


class CopyPanel(Panel):
    """A day's hours to other days; ``done`` gets them."""

    wide = False

    def __init__(self, *, look: Look, day: int, done: Callable[[Iterable[int]], object]) -> None:
        super().__init__(look=look)
        self._done = done
        title = tr("Copy the hours of %1", day_in_text(day))
        self.setAccessibleName(title)
        self.days = {
            other: Check(day_name(other), look=look, act=self._changed) for other in range(1, 8) if other != day
        }
        self.button = Button(tr("Copy"), look=look, icon="copy", kind="primary", font="title", act=self._finish)
        back = Button(tr("Back"), look=look, kind="tall", act=self.close_panel)
        words = Label(tr("To which days? Their hours are replaced."), look=look, wrap=True)
        grid = QGridLayout()
        for place, box in enumerate(self.days.values()):
            grid.addWidget(box, place % 3, place // 3)
        body = QVBoxLayout()
        body.setContentsMargins(20, 12, 20, 12)
        body.addWidget(words)
        body.addLayout(grid)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 14)
        bottom.setSpacing(12)
        bottom.addWidget(back)
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)
        self._changed()

    def first_focus(self) -> QWidget | None:
        return next(iter(self.days.values()))

    def _changed(self) -> None:
        self.button.setEnabled(any(box.isChecked() for box in self.days.values()))

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        chosen = [day for day, box in self.days.items() if box.isChecked()]
        if chosen:
            self.close_panel()
            self._done(chosen)
