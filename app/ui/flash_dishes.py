"""The right side of the full-screen alarm: allergies, dishes, customer and payment.

Of many dishes those that find no room are counted.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.record import Mark, OrderRecord
from app.services.sheets import OrderSheet, SheetLine
from app.ui.theme import Look
from app.ui.words import money, short_customer, times, tr

_GAP = 14
_DISH = 38
_DETAILS = 30
_ALLERGY = 60
_MORE = 30
_CUSTOMER = 30


class FlashDishes(QWidget):
    """Made anew for each order."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 16, 0, 0)
        self._layout.setSpacing(_GAP)

    def fill(self, record: OrderRecord, sheet: OrderSheet, *, room: int, width: int) -> None:
        """Show this order in ``room`` pixels of height and ``width`` of width."""
        _empty(self._layout)
        room -= 16 + _CUSTOMER
        if sheet.allergies:
            words = label(self._look, 28, strong=True, text=tr("ALLERGY: %1", ", ".join(sheet.allergies)))
            words.setWordWrap(True)
            icon = QLabel()
            icon.setPixmap(self._look.pixmap("allergy", "onAllergy", 40, self.devicePixelRatioF()))
            self._layout.addWidget(framed("allergy", icon, words))
            room -= max(_ALLERGY, words.heightForWidth(width - 90) + 20) + _GAP
        if Mark.UNREADABLE in record.marks or not sheet.readable:
            text = tr("This order cannot be read: look at it before you answer.")
            unread = label(self._look, 22, text=text)
            unread.setWordWrap(True)
            self._layout.addWidget(unread)
        dishes = [line for line in sheet.lines if not line.charge]
        for number, line in enumerate(dishes):
            room -= _DISH + (_DETAILS if _details(line) else 0) + _GAP
            rest = len(dishes) - number
            if room < (_MORE + _GAP if rest > 1 else 0):
                self._layout.addWidget(label(self._look, 22, text=tr("and %n more", n=rest)))
                break
            self._layout.addLayout(self._dish(line, width))
        parts = [short_customer(sheet.customer), _payment(record, sheet)]
        self._layout.addWidget(label(self._look, 22, text=" · ".join(part for part in parts if part)))
        self._layout.addStretch(1)

    def _dish(self, line: SheetLine, width: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        count = label(self._look, 28, strong=True, text=times(line.quantity))
        count.setMinimumWidth(44)
        row.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._elided(28, line.label, width - 60, strong=True))
        if details := _details(line):
            words.addWidget(self._elided(22, details, width - 60))
        row.addLayout(words, 1)
        return row

    def _elided(self, size: int, text: str, width: int, *, strong: bool = False) -> QLabel:
        shown = label(self._look, size, strong=strong)
        shown.setText(QFontMetrics(shown.font()).elidedText(text, Qt.TextElideMode.ElideRight, width))
        return shown


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
