"""Things to choose with: a tile with what it means, a box with a tick, a time that is typed."""

from collections.abc import Callable
from datetime import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from app.ui.theme import TOUCH, Look
from app.ui.widgets import Button
from app.ui.words import tr

_BOX = 28
"""Pixels of the drawn box; the whole row is touched."""


class Tile(Button):
    """One of several choices: an icon, a title, and under it what it means."""

    def __init__(self, title: str, *, look: Look, more: str = "", icon: str = "clock") -> None:
        super().__init__(look=look, kind="tile", name=title)
        self.setToolTip("")
        self.setCheckable(True)
        self.setMinimumHeight(64)
        self._picture = icon
        self.title = title
        self.more = ""
        self.say(more)

    def say(self, more: str) -> None:
        """What it means now."""
        self.more = more
        self.setAccessibleName(f"{self.title}. {more}" if more else self.title)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        theme = self._look.theme
        words = max(
            theme.metrics("title").horizontalAdvance(self.title), theme.metrics("note").horizontalAdvance(self.more)
        )
        return QSize(words + 70, 64)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        theme = self._look.theme
        painter = QPainter(self)
        middle = self.height() // 2
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(16, middle - 13, self._look.pixmap(self._picture, "ink", 26, ratio))
        left, width = 52, self.width() - 62
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        tall = theme.line("title")
        top = middle - (tall + theme.line("note")) // 2 if self.more else middle - tall // 2
        painter.setPen(theme.color("ink" if self.isEnabled() else "ink2"))
        painter.setFont(theme.font("title"))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(left, top, width, tall, flags, title)
        if self.more:
            painter.setFont(theme.font("note"))
            more = painter.fontMetrics().elidedText(self.more, Qt.TextElideMode.ElideRight, width)
            painter.drawText(left, top + tall, width, theme.line("note"), flags, more)


class Check(Button):
    """A box with a tick and a word; the whole row is touched."""

    def __init__(
        self, text: str, *, look: Look, checked: bool = False, act: Callable[[], object] | None = None
    ) -> None:
        super().__init__(look=look, kind="flat", name=text, act=act)
        self.setToolTip("")
        self.setCheckable(True)
        self.setChecked(checked)
        self.setMinimumHeight(TOUCH)
        self.label = text

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._look.theme.metrics("body").horizontalAdvance(self.label) + _BOX + 20, TOUCH)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _BOX) / 2
        box = QRectF(1, top + 1, _BOX - 2, _BOX - 2)
        checked = self.isChecked()
        painter.setPen(QPen(theme.color("accent" if checked else "edge"), 2))
        painter.setBrush(theme.color("accent" if checked else "surface"))
        painter.drawRoundedRect(box, 4, 4)
        if checked:
            mark = self._look.pixmap("check", "onAccent", 20, self.devicePixelRatioF())
            painter.drawPixmap(4, int(top) + 4, mark)
        painter.setPen(theme.color("ink" if self.isEnabled() else "ink2"))
        painter.setFont(theme.font("body"))
        width = self.width() - _BOX - 10
        said = painter.fontMetrics().elidedText(self.label, Qt.TextElideMode.ElideRight, width)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(_BOX + 8, 0, width, self.height(), flags, said)
        if self._ring and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 3))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 5, 5)


def read_time(text: str) -> time | None:
    """A time of day as people type it: 20, 2030, 20:30, 20.30, 8h; 24 is midnight. ``None``: it is none."""
    digits = text.strip().lower().rstrip("h").replace(".", ":").replace(",", ":").replace("h", ":")
    hours, colon, minutes = digits.partition(":")
    if not colon and len(hours) in (3, 4):
        hours, minutes = hours[:-2], hours[-2:]
    if not (hours.isascii() and hours.isdigit() and len(hours) <= 2):
        return None
    if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) == 2):
        return None
    hour, minute = int(hours), int(minutes or 0)
    if hour == 24 and minute == 0:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


class TimeEdit(QLineEdit):
    """A time of day to type; ``done`` gets it when it is one and another than before."""

    def __init__(self, *, look: Look, name: str, done: Callable[[time], object]) -> None:
        super().__init__()
        self._look = look
        self._done = done
        self._value = time(0, 0)
        self.setAccessibleName(name)
        self.setFont(look.theme.font("title"))
        self.setFixedSize(88, TOUCH)
        self.setMaxLength(5)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._finished)

    @property
    def value(self) -> time:
        """The last time that was one."""
        return self._value

    def show_time(self, value: time) -> None:
        """Show one; what is being typed is left alone."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(f"{value:%H:%M}")

    def _finished(self) -> None:
        found = read_time(self.text())
        before = self._value
        if found is not None:
            self._value = found
        self.setText(f"{self._value:%H:%M}")
        self.setModified(False)
        self.setToolTip("" if found is not None else tr("Type a time, for instance 20:30"))
        if found is not None and found != before:
            self._done(found)
