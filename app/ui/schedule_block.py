"""The buttons of the week's grid: a range that can be dragged by its middle or its ends, and a day."""

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui.schedule_draft import Span
from app.ui.schedule_words import day_name, span_text
from app.ui.theme import Look
from app.ui.widgets import Button
from app.ui.words import tr

if TYPE_CHECKING:
    from app.ui.schedule_grid import WeekGrid

_HANDLE = (24, 32)
_PAD = 24
"""Pixels around a chosen block: a handle is touched over 48, half of them outside."""


class Grip(StrEnum):
    """Where a block is held."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class RangeBlock(Button):
    """One range. Larger than what is drawn: narrow ones and handles must be hit by a finger."""

    def __init__(self, *, look: Look, grid: "WeekGrid") -> None:
        super().__init__(look=look, kind="flat", name=" ")
        self.setParent(grid)
        self.setToolTip("")
        self._grid = grid
        self._span = Span(1, 0, 60)
        self._chosen = False
        self._clash = False
        self._drawn = QRectF()

    def show_span(self, span: Span, *, chosen: bool, clash: bool) -> None:
        """Show it."""
        self._span = span
        self._chosen = chosen
        self._clash = clash
        self.setToolTip(span_text(span))
        if chosen:
            self.raise_()
        self.update()

    def place(self, drawn: QRectF) -> None:
        """Where it is drawn, in the grid's coordinates."""
        pad = _PAD if self._chosen else max(0.0, (48 - drawn.width()) / 2)
        whole = drawn.adjusted(-pad, 0, pad, 0).toAlignedRect()
        self._drawn = drawn.translated(-whole.left(), -whole.top())
        self.setGeometry(whole)

    @property
    def text_shown(self) -> str:
        """What stands in it."""
        return span_text(self._span)

    def grip_at(self, x: float) -> Grip:
        """What a finger there holds."""
        if self._chosen and not self._grid.read_only:
            third = self._drawn.width() / 3
            if x < self._drawn.left() + min(24.0, third):
                return Grip.START
            if x > self._drawn.right() - min(24.0, third):
                return Grip.END
        return Grip.MIDDLE

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            grip = self.grip_at(event.position().x())
            self._grid.drag_begins(self, grip, self._grid.mapFromGlobal(event.globalPosition().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._grid.drag_goes(self._grid.mapFromGlobal(event.globalPosition().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._grid.drag_ends()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._grid.edit_asked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 3 if self._chosen else (2 if self._clash else 1)
        inset = width / 2
        painter.setPen(QPen(theme.color("danger" if self._clash else "accent"), width))
        painter.setBrush(theme.color("dangerSoft" if self._clash else "accentSoft"))
        painter.drawRoundedRect(self._drawn.adjusted(inset, inset, -inset, -inset), 6, 6)
        handles = self._chosen and not self._grid.read_only
        self._paint_text(painter, self._drawn.width() - (_HANDLE[0] + 4 if handles else 8))
        if handles:
            painter.setPen(QPen(theme.color("surface"), 2))
            painter.setBrush(theme.color("danger" if self._clash else "accent"))
            for x in (self._drawn.left(), self._drawn.right()):
                box = QRectF(x - _HANDLE[0] / 2, self._drawn.center().y() - _HANDLE[1] / 2, *_HANDLE)
                painter.drawRoundedRect(box, 6, 6)
        if self._ring and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("ink"), 2, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(self._drawn.adjusted(5, 5, -5, -5), 4, 4)

    def _paint_text(self, painter: QPainter, room: float) -> None:
        """The largest letters that fit; nothing rather than half of it: the tooltip and the editor have it all."""
        theme = self._look.theme
        for role in ("strong", "note_strong"):
            if theme.metrics(role).horizontalAdvance(self.text_shown) <= room:
                painter.setFont(theme.font(role))
                painter.setPen(theme.color("ink"))
                painter.drawText(self._drawn, int(Qt.AlignmentFlag.AlignCenter), self.text_shown)
                return


class DayButton(Button):
    """The name of a day: chooses it, so that a range can be added there."""

    def __init__(self, day: int, *, look: Look, parent: QWidget) -> None:
        super().__init__(look=look, kind="flat", name=day_name(day))
        self.setParent(parent)
        self.setToolTip("")
        self.day = day
        self._today = False
        self._chosen = False

    def show_day(self, *, today: bool, chosen: bool) -> None:
        """Show it."""
        if (today, chosen) != (self._today, self._chosen):
            self._today, self._chosen = today, chosen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name = day_name(self.day, short=True)
        text = tr("%1, today", name) if self._today else name
        if self._chosen:
            painter.fillRect(0, self.height() // 2 - 12, 3, 24, theme.color("accent"))
        painter.setPen(theme.color("accent" if self._today else "ink"))
        painter.setFont(theme.font("strong"))
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width() - 6)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(self.rect().adjusted(5, 0, 0, 0), flags, text)
        if self._ring and self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 3))
            painter.drawRoundedRect(self.rect().adjusted(1, 4, -2, -5), 5, 5)
