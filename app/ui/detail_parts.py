"""Parts of an order's details: its steps, its lines and its history, its customer."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.status import OrderType, Status, ladder, next_steps
from app.services.sheets import OrderStory
from app.ui import explain, story_texts
from app.ui.card_paint import RIGHT, CardLayout, Sheet
from app.ui.story_texts import Line
from app.ui.theme import Look
from app.ui.widgets import Button, Label, clear_layout
from app.ui.words import channel_name, clock, money, times, tr


class Painted(QWidget):
    """A column of rows painted by a :class:`Sheet`; ``lay_out`` fills it for a width."""

    def __init__(self, *, look: Look, lay_out: Callable[[Sheet], None]) -> None:
        super().__init__()
        self._look = look
        self._lay_out = lay_out
        self._made: CardLayout | None = None
        look.changed.connect(self.refresh)

    def refresh(self) -> None:
        """What is painted changed."""
        self._made = None
        self.setFixedHeight(max(1, self._layout().height))
        self.update()

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        if self._made is None or self._made.width != self.width():
            self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._layout().paint_parts(QPainter(self), self._look, self.devicePixelRatioF())

    def _layout(self) -> CardLayout:
        if self._made is None:
            sheet = Sheet(look=self._look, width=max(self.width(), 200))
            sheet.left, sheet.right, sheet.y = 0, max(self.width(), 200), 0
            self._lay_out(sheet)
            sheet.layout.height = sheet.y
            self._made = sheet.layout
        return self._made


class Steps(QWidget):
    """The steps of the order, each with the time it was reached; a forward one is a button."""

    asked = Signal(object)

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)

    def show_story(self, story: OrderStory, *, can_act: bool) -> None:
        """Show the way of this order."""
        clear_layout(self._row)
        record = story.record
        reached = story_texts.reached(story.history)
        possible = next_steps(record.type, record.status)
        for status in ladder(record.type)[1:]:
            entry = reached.get(status.value)
            name = explain.step_name(status, reservation=record.is_reservation)
            name = tr("Accepted") if status is Status.ACCEPTED else name
            now = status is record.status
            when = clock(entry.at) if entry is not None else "–"  # noqa: RUF001 - not reached
            state = "now" if now else "past" if entry is not None else "ahead"
            button = Button(f"{name}\n{when}", look=self._look, kind=state, font="note_strong")
            button.setMinimumHeight(54)
            button.setMinimumWidth(80)
            button.setEnabled(can_act and status in possible and record.status is not Status.PENDING)
            button.setAccessibleName(f"{name}, {when}")
            button.clicked.connect(lambda _=False, status=status: self.asked.emit(status))
            self._row.addWidget(button, 1)


class Facts(QWidget):
    """Customer, phone, diners, table, payment: what is known of them."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def show_story(self, story: OrderStory) -> None:
        """Show them."""
        clear_layout(self._row)
        sheet = story.sheet
        facts = [
            (tr("Customer"), sheet.customer),
            (tr("Phone"), sheet.phone),
            (tr("Diners"), str(sheet.diners) if sheet.diners else ""),
            (tr("Table"), sheet.table if story.record.type is not OrderType.INSIDE else ""),
            (tr("Payment"), sheet.payment),
        ]
        for name, value in facts:
            if value:
                fact = QWidget()
                column = QVBoxLayout(fact)
                column.setContentsMargins(0, 0, 18, 0)
                column.setSpacing(0)
                column.addWidget(Label(name, look=self._look, font="note", tone="quiet"))
                column.addWidget(Label(value, look=self._look, font="strong"))
                self._row.addWidget(fact)
        self._row.addStretch(1)


def paint_items(sheet: Sheet, story: OrderStory | None) -> None:
    """The lines with options, comments and prices."""
    if story is None:
        return
    for line in story.sheet.lines:
        price = money(line.total, story.record.currency)
        wide = sheet.advance(price, "body")
        sheet.skip(6)
        if not line.charge:
            sheet.text(0, 38, times(line.quantity), "strong", "ink")
        sheet.text(sheet.right - wide, wide, price, "body", "ink", align=RIGHT)
        sheet.wrapped(38, sheet.right - wide - 48, line.label, "strong", "ink")
        if line.options:
            sheet.wrapped(38, sheet.right - wide - 48, " · ".join(line.options), "note", "ink2")
        if line.comment:
            sheet.wrapped(38, sheet.right - wide - 48, f"«{line.comment}»", "body", "ink")
        sheet.skip(6)
        sheet.line_across()
    for name, value in story.sheet.raw:
        sheet.wrapped(0, sheet.right, f"{name}: {value}", "body", "ink")


def paint_history(sheet: Sheet, lines: list[Line]) -> None:
    """When, what, proof, who."""
    for line in lines:
        at = sheet.advance("00:00:00", "note")
        wide = min(120, sheet.advance(line.who, "note"))
        sheet.text(0, at, line.at, "note", "ink2")
        sheet.icon(at + 10, line.icon, line.tint, 18, "note")
        sheet.text(sheet.right - wide, wide, line.who, "note", "ink2", align=RIGHT)
        sheet.wrapped(at + 38, sheet.right - wide - at - 46, line.title, "strong", "ink")
        if line.proof:
            sheet.wrapped(at + 38, sheet.right - at - 46, line.proof, "note", "ink2")
        sheet.skip(8)


def technical(story: OrderStory) -> str:
    """Ids, states and versions, for whoever helps from afar."""
    record = story.record
    facts = [
        f"Sinqro {record.order_id}",
        f"{channel_name(record, story.sheet)} {record.market_order_id}" if record.market_order_id else "",
        f"{tr('POS')} {record.pos_order_id} {record.pos_status}" if record.pos_order_id else "",
        f"{record.injection.value} {record.injection_code} {record.injection_message}",
        f"v{record.version} · {record.sinqro_status} · {tr('received %1', clock(record.received_at, seconds=True))}",
    ]
    return "\n".join(fact.strip() for fact in facts if fact.strip())
