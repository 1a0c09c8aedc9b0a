"""The week as a grid: a row for each day, a block for each range, to drag with mouse or finger, or to move by keys.

Blocks and days are real buttons: Tab, screen readers and tests see them. The grid changes nothing itself: what a person
does is told by signals, and :meth:`WeekGrid.show_week` shows what came of it.
"""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.schedule_block import DayButton, Grip, RangeBlock
from app.ui.schedule_canvas import HEAD, LEFT, WeekCanvas
from app.ui.schedule_draft import DAY, STEP, Span
from app.ui.schedule_words import day_name, spoken_span
from app.ui.theme import Look
from app.ui.words import tr

_LONG_PRESS = 600
"""Milliseconds."""


class WeekGrid(WeekCanvas):
    """``chosen`` says what is selected: a span or ``None``, and the day."""

    chosen = Signal(object, int)
    changed = Signal(object, object)
    """A span became another one: old, new."""
    add_asked = Signal(int, object)
    """A new one on that day, at that minute (``None``: wherever there is room)."""
    delete_asked = Signal(object)
    edit_asked = Signal()

    def __init__(self, *, look: Look) -> None:
        super().__init__(look=look)
        self.selected: Span | None = None
        self.day = 1
        self.read_only = False
        self._clashes: frozenset[Span] = frozenset()
        self.blocks: list[RangeBlock] = []
        self.days = [DayButton(day, look=look, parent=self) for day in range(1, 8)]
        for button in self.days:
            button.clicked.connect(lambda _=False, day=button.day: self.choose_day(day))
            button.installEventFilter(self)
        self._drag: tuple[Span, Grip, QPoint] | None = None
        self._moved: Span | None = None
        self._press: tuple[int, int] | None = None
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(_LONG_PRESS)
        self._long.timeout.connect(self._pressed_long)
        self.setAccessibleName(tr("Hours of the week"))

    # what is shown

    def show_week(
        self,
        spans: Iterable[Span],
        *,
        clashes: frozenset[Span],
        now: tuple[int, int],
        selected: Span | None,
        always: bool = False,
    ) -> None:
        """Show a week; ``now`` is day and minute; ``selected`` has the handles.

        ``always``: without any range nobody keeps hours, so it is open.
        """
        self._always = always
        self.spans = tuple(sorted(spans))
        self._clashes = clashes
        self._now = now
        self.selected = selected if selected in self.spans else None
        if self.selected is not None:
            self.day = self.selected.day
        self.widen()
        focused = any(block.hasFocus() for block in self.blocks)
        while len(self.blocks) < len(self.spans):
            block = RangeBlock(look=self._look, grid=self)
            block.installEventFilter(self)
            self.blocks.append(block)
        for block in self.blocks[len(self.spans) :]:
            block.hide()
        numbers: dict[int, int] = {}
        for block, span in zip(self.blocks, self.spans, strict=False):
            numbers[span.day] = numbers.get(span.day, 0) + 1
            block.show_span(span, chosen=span == self.selected, clash=span in clashes)
            block.setAccessibleName(spoken_span(span, numbers[span.day]))
            block.show()
        for button in self.days:
            count = numbers.get(button.day, 0)
            word = tr("%1, always open") if self._always else tr("%1, closed all day")
            closed = word.replace("%1", day_name(button.day))
            button.setAccessibleName(tr("%1, %n ranges", day_name(button.day), n=count) if count else closed)
            button.show_day(today=button.day == now[0], chosen=button.day == self.day)
        self._place()
        self._order_tabs()
        if focused and self.selected is not None:
            self.block_of(self.selected).setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def block_of(self, span: Span) -> RangeBlock:
        """The button of a span."""
        return self.blocks[self.spans.index(span)]

    def choose(self, span: Span | None) -> None:
        """Select a span."""
        if span is not None:
            self.day = span.day
        self.selected = span
        self._say_chosen()

    def choose_day(self, day: int) -> None:
        """Select a day, and no span."""
        self.day = day
        self.selected = None
        self._say_chosen()

    def _say_chosen(self) -> None:
        self.show_week(self.spans, clashes=self._clashes, now=self._now, selected=self.selected, always=self._always)
        self.chosen.emit(self.selected, self.day)

    def _place(self) -> None:
        for button in self.days:
            row = self.row(button.day)
            button.setGeometry(8, row.top() + 1, LEFT - 10, row.height() - 2)
        for block, span in zip(self.blocks, self.spans, strict=False):
            shown = self._moved if self._moved is not None and span == self.selected else span
            row = self.row(shown.day)
            left, right = self.x_of(shown.start), self.x_of(shown.end)
            block.place(QRectF(left, row.top() + 4, right - left, row.height() - 8))

    def _order_tabs(self) -> None:
        """Tab goes through the week in its order."""
        before: QWidget | None = None
        for button in self.days:
            mine = [block for block, span in zip(self.blocks, self.spans, strict=False) if span.day == button.day]
            for widget in (button, *mine):
                if before is not None:
                    QWidget.setTabOrder(before, widget)
                before = widget

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._place()

    # mouse and finger

    def drag_begins(self, block: RangeBlock, grip: Grip, where: QPoint) -> None:
        """A block is touched."""
        span = self.spans[self.blocks.index(block)]
        self.choose(span)
        self._drag = None if self.read_only else (span, grip, where)

    def drag_goes(self, where: QPoint) -> None:
        """The finger moves."""
        if self._drag is None:
            return
        span, grip, start = self._drag
        way = where - start
        if self._moved is None and way.manhattanLength() < QApplication.startDragDistance():
            return
        minutes = self.minutes_in(way.x())
        if grip is Grip.START:
            self._moved = _from(span, minutes)
        elif grip is Grip.END:
            self._moved = _longer(span, minutes)
        else:
            days = round(way.y() / self.row_height)
            day = max(1, min(7, span.day + days))
            start_at = max(0, min(DAY - STEP, span.start + minutes))
            self._moved = Span(day, start_at, span.length)
        self.block_of(span).show_span(self._moved, chosen=True, clash=False)
        self._place()

    def drag_ends(self) -> None:
        """The finger is lifted: now it is told."""
        drag, moved = self._drag, self._moved
        self._drag = self._moved = None
        if drag is not None and moved is not None:
            if moved != drag[0]:
                self.changed.emit(drag[0], moved)
            else:
                self._say_chosen()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        place = event.position()
        day = int((place.y() - HEAD) // self.row_height) + 1
        if place.y() < HEAD or not 1 <= day <= 7:
            return
        self.choose_day(day)
        if place.x() > LEFT and not self.read_only:
            minute = self._axis[0] + self.minutes_in(place.x() - LEFT)
            self._press = (day, max(0, min(DAY - STEP, minute)))
            self._long.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._press is not None and not self.rect().contains(event.position().toPoint()):
            self._long.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._long.stop()
        self._press = None

    def _pressed_long(self) -> None:
        if self._press is not None:
            self.add_asked.emit(*self._press)

    # keys

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(watched, event)
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, RangeBlock) and self._drag is None:
            span = self.spans[self.blocks.index(watched)]
            if span != self.selected:
                self.choose(span)
        return False

    def _key(self, watched: object, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers()
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        updown = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key), 0)
        span = self.spans[self.blocks.index(watched)] if isinstance(watched, RangeBlock) else None
        if sideways and (shift or control):
            if span is not None and not self.read_only:
                self._adjust(span, sideways * STEP, shift=shift, control=control)
        elif sideways:
            self._step(sideways)
        elif updown:
            self._next_day(updown)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and span is not None:
            self.edit_asked.emit()
        elif key == Qt.Key.Key_Insert and not self.read_only:
            self.add_asked.emit(self.day if span is None else span.day, None)
        elif key == Qt.Key.Key_Delete and span is not None and not self.read_only:
            self.delete_asked.emit(span)
        else:
            return False
        return True

    def _adjust(self, span: Span, minutes: int, *, shift: bool, control: bool) -> None:
        """Shift: the end. Control: all of it. Both: the start."""
        if shift and control:
            new = _from(span, minutes)
        elif shift:
            new = _longer(span, minutes)
        else:
            new = Span(span.day, max(0, min(DAY - STEP, span.start + minutes)), span.length)
        if new != span:
            self.changed.emit(span, new)

    def _step(self, way: int) -> None:
        """To the next range, over the whole week."""
        if not self.spans:
            return
        if self.selected is not None:
            at = (self.spans.index(self.selected) + way) % len(self.spans)
        else:
            later = [place for place, span in enumerate(self.spans) if span.day >= self.day]
            at = (later[0] if way > 0 else later[0] - 1) if later else (0 if way > 0 else -1)
        self._focus_span(self.spans[at])

    def _next_day(self, way: int) -> None:
        day = (self.day - 1 + way) % 7 + 1
        near = self.selected.start if self.selected is not None else 0
        there = [span for span in self.spans if span.day == day]
        if there and self.selected is not None:
            self._focus_span(min(there, key=lambda span: abs(span.start - near)))
        else:
            self.choose_day(day)
            self.days[day - 1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_span(self, span: Span) -> None:
        self.choose(span)
        self.block_of(span).setFocus(Qt.FocusReason.OtherFocusReason)


def _longer(span: Span, minutes: int) -> Span:
    """Its end moved; never shorter than a step nor longer than a day."""
    return Span(span.day, span.start, max(STEP, min(DAY, span.length + minutes)))


def _from(span: Span, minutes: int) -> Span:
    """Its start moved, the end stays."""
    start = max(0, min(span.end - STEP, DAY - STEP, span.start + minutes))
    start = max(start, span.end - DAY)
    return Span(span.day, start, span.end - start)
