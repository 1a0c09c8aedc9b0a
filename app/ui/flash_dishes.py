"""The right side of the full-screen alarm: allergies, dishes, customer and payment.

Of many dishes those that find no room are counted.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.record import Mark, OrderRecord
from app.services.sheets import OrderSheet, SheetLine
from app.ui.theme import Look
from app.ui.words import money, short_customer, times, tr

_GAP = 14


class FlashDishes(QWidget):
    """Made anew for each order."""

    def __init__(self, *, look: Look, scale: float) -> None:
        super().__init__()
        self._look = look
        self._scale = scale
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, self._px(16), 0, 0)
        self._layout.setSpacing(self._px(_GAP))

    def fill(self, record: OrderRecord, sheet: OrderSheet, *, room: int, width: int) -> None:
        """Show this order in ``room`` pixels of height and ``width`` of width."""
        _empty(self._layout)
        gap = self._px(_GAP)
        parts = [short_customer(sheet.customer), _payment(record, sheet)]
        customer = self._label(22, " · ".join(part for part in parts if part))
        room -= self._px(16) + customer.sizeHint().height()
        if sheet.allergies:
            words = self._label(28, tr("ALLERGY: %1", ", ".join(sheet.allergies)), strong=True)
            icon = QLabel()
            icon.setPixmap(self._look.pixmap("allergy", "onAllergy", self._px(40), self.devicePixelRatioF()))
            self._layout.addWidget(framed("allergy", icon, words))
            room -= max(self._px(40), words.heightForWidth(width - self._px(40) - 44)) + 20 + gap
        if Mark.UNREADABLE in record.marks or not sheet.readable:
            self._layout.addWidget(self._label(22, tr("This order cannot be read: look at it before you answer.")))
        dishes = [line for line in sheet.lines if not line.charge]
        for number, line in enumerate(dishes):
            rest = tr("and %n more", n=len(dishes) - number)
            more = self._label(22, rest)
            row, height = self._dish(line, width)
            room -= height + gap
            if room < (more.sizeHint().height() + gap if number + 1 < len(dishes) else 0):
                self._layout.addWidget(more)
                break
            self._layout.addLayout(row)
        self._layout.addWidget(customer)
        self._layout.addStretch(1)

    def _dish(self, line: SheetLine, width: int) -> tuple[QHBoxLayout, int]:
        """Count, name, options and comment, whole, and how high that is."""
        row = QHBoxLayout()
        row.setSpacing(self._px(16))
        count = self._label(28, times(line.quantity), strong=True)
        count.setWordWrap(False)
        count.setMinimumWidth(self._px(44))
        row.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        width -= max(self._px(44), count.sizeHint().width()) + self._px(16)
        height = 0
        for shown in (self._label(28, line.label, strong=True), self._label(22, _details(line))):
            if shown.text():
                words.addWidget(shown)
                height += shown.heightForWidth(width)
        row.addLayout(words, 1)
        return row, height

    def _label(self, size: int, text: str, *, strong: bool = False) -> QLabel:
        made = label(self._look, self._px(size), strong=strong, text=text)
        made.setWordWrap(True)
        return made

    def _px(self, drawn: int) -> int:
        return round(drawn * self._scale)


def font(look: Look, size: int, *, strong: bool = False) -> QFont:
    """The theme's font in a size of its own, pixels."""
    made = QFont(look.theme.font("strong" if strong else "body"))
    made.setPixelSize(size)
    return made


def label(look: Look, size: int, *, strong: bool = False, text: str = "") -> QLabel:
    """A line of plain text: what customers wrote is never markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(look, size, strong=strong))
    return made


def framed(name: str, *widgets: QWidget) -> QFrame:
    """A frame of the style sheet around widgets; the last one takes the room."""
    frame = QFrame()
    frame.setObjectName(name)
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(14, 8, 14, 8)
    layout.setSpacing(12)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is widgets[-1] else 0)
    return frame


def _payment(record: OrderRecord, sheet: OrderSheet) -> str:
    total = money(record.total, record.currency)
    if sheet.to_collect:
        return tr("COLLECT %1", money(sheet.to_collect, record.currency))
    return tr("Paid %1", total) if sheet.prepaid else total


def _details(line: SheetLine) -> str:
    comment = f"«{line.comment}»" if line.comment else ""
    return " · ".join(part for part in (*line.options, comment) if part)


def _empty(layout: QVBoxLayout | QHBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if isinstance(inner, QVBoxLayout | QHBoxLayout):
            _empty(inner)
            inner.deleteLater()
        elif widget is not None:
            widget.hide()
            widget.deleteLater()
