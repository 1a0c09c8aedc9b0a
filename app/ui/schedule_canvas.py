"""The week's lines and hours, and where each minute is: what lies behind the blocks of the grid."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui.schedule_draft import DAY, STEP, Span
from app.ui.schedule_words import short_time
from app.ui.theme import Look
from app.ui.words import tr

HEAD = 30
LEFT = 88
RIGHT = 12
_ROWS = (48, 58)
"""The least and the most height of a row."""
_FROM, _TO = 10 * 60, 27 * 60
"""What is always shown: 10:00 to 03:00."""


class WeekCanvas(QWidget):
    """Paints; the grid above it knows what is pressed."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self.spans: tuple[Span, ...] = ()
        self._now: tuple[int, int] = (0, 0)
        self._axis = (_FROM, _TO)
        self._always = False
        look.changed.connect(self.update)

    def widen(self) -> None:
        """Show earlier and later hours where there are any."""
        starts = [span.start // 60 * 60 for span in self.spans]
        ends = [-(-span.end // 60) * 60 for span in self.spans]
        self._axis = (min([_FROM, *starts]), max([_TO, *ends]))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(640, HEAD + 7 * _ROWS[1] + 1)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(420, HEAD + 7 * _ROWS[0] + 1)

    @property
    def row_height(self) -> int:
        """Pixels of a day."""
        return max(_ROWS[0], min(_ROWS[1], (self.height() - HEAD - 1) // 7))

    def x_of(self, minute: float) -> float:
        """Where a minute of the day (more than a day's: the next) is."""
        first, last = self._axis
        return LEFT + (minute - first) * (self.width() - LEFT - RIGHT) / (last - first)

    def minutes_in(self, pixels: float) -> int:
        """How many minutes so many pixels are, in whole steps."""
        first, last = self._axis
        return round(pixels * (last - first) / max(1, self.width() - LEFT - RIGHT) / STEP) * STEP

    def row(self, day: int) -> QRect:
        """A day's row."""
        return QRect(0, HEAD + (day - 1) * self.row_height, self.width(), self.row_height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._look.theme
        painter = QPainter(self)
        bottom = self.row(7).bottom() + 1
        first, last = self._axis
        every = 60 if (self.width() - LEFT - RIGHT) / ((last - first) / 60) >= 26 else 120
        for minute in range(first, last + 1, 60):
            midnight = minute % DAY == 0 and minute > 0
            x = round(self.x_of(minute))
            if minute < last:
                painter.setPen(theme.color("edge" if midnight else "line"))
                painter.drawLine(x, HEAD, x, bottom)
            if (minute - first) % every == 0 and minute < last:
                painter.setPen(theme.color("ink" if midnight else "ink2"))
                painter.setFont(theme.font("note_strong" if midnight else "note"))
                box = QRect(x - 20, 0, 40, HEAD)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), short_time(minute))
        painter.setPen(theme.color("line"))
        for day in range(1, 8):
            y = self.row(day).bottom()
            painter.drawLine(12, y, self.width() - 8, y)
        busy = {span.day for span in self.spans}
        painter.setFont(theme.font("body"))
        for day in range(1, 8):
            if day not in busy:
                self._paint_closed(painter, day)
        self._paint_now(painter)

    def _paint_closed(self, painter: QPainter, day: int) -> None:
        row = self.row(day)
        text = tr("Always open: no hours are kept") if self._always else tr("Closed all day")
        width = painter.fontMetrics().horizontalAdvance(text)
        box = QRect(LEFT + 4, row.top(), width + 36, row.height() - 1)
        painter.fillRect(box, self._look.theme.color("surface"))
        painter.setPen(QPen(self._look.theme.color("ink2"), 2))
        painter.drawLine(LEFT + 10, row.center().y(), LEFT + 24, row.center().y())
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(box.adjusted(32, 0, 0, 0), flags, text)

    def _paint_now(self, painter: QPainter) -> None:
        """Two notches in today's row; after midnight they stand in the row of the night."""
        day, minute = self._now
        if not day:
            return
        if minute < self._axis[0]:
            day, minute = (day - 2) % 7 + 1, minute + DAY
        if self._axis[0] <= minute <= self._axis[1]:
            row = self.row(day)
            x = self.x_of(minute)
            painter.setPen(QPen(self._look.theme.color("ink"), 3))
            painter.drawLine(QPointF(x, row.top()), QPointF(x, row.top() + 6))
            painter.drawLine(QPointF(x, row.bottom() - 5), QPointF(x, row.bottom() - 1))
