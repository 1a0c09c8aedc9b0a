"""Panels over a window: a flat scrim, one panel, the way back at its left, one filled button at its right.

Touching the scrim does nothing (greasy sleeves). Esc is the way back and never rejects or cancels anything.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.record import OrderKey
from app.ui.board import Board, Card
from app.ui.items import ItemsView
from app.ui.ringing_card import OrderHead, payment_tag
from app.ui.theme import Look
from app.ui.widgets import Button, Elided, IconLabel, Label, Tag, column, rule
from app.ui.words import short_customer, tr

_SCRIM = QColor(8, 14, 12, 158)


class Panel(QFrame):
    """Base of all panels. ``key`` is the order it is about."""

    closed = Signal()
    touched = Signal()
    """A person works in it: the alarm stays low."""
    wide = True
    """Fills the window nearly; else it is as large as it must be."""
    side = False
    """Stands at the right, as high as the window: what is decided beside what is seen."""

    def __init__(self, *, look: Look, key: OrderKey | None = None) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.look = look
        self.key = key

    def refresh(self, board: Board) -> None:
        """The board changed, or a second passed."""

    def first_focus(self) -> QWidget | None:
        """What has the focus when it opens."""
        return None

    def confirm(self) -> None:
        """Ctrl+Enter: do what the panel is for, where a bare Enter must not."""

    def close_panel(self) -> None:
        """The way back."""
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, Button) and focused.isEnabled():
                focused.click()
        else:
            super().keyPressEvent(event)


class Overlay(QWidget):
    """Covers a window while a panel is open; one panel at a time."""

    opened = Signal(object)
    """A panel about an order (its key) is open."""
    closed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.panel: Panel | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.installEventFilter(self)
        self.hide()

    def open(self, panel: Panel) -> None:
        """Show a panel; one that is open gives way."""
        self.close_panel()
        self.panel = panel
        panel.setParent(self)
        panel.closed.connect(self.close_panel)
        panel.touched.connect(self._touched)
        self.setGeometry(self._window.rect())
        self._place()
        self.show()
        self.raise_()
        panel.show()
        first = panel.first_focus()
        (first or panel).setFocus(Qt.FocusReason.OtherFocusReason)
        if panel.key is not None:
            self.opened.emit(panel.key)

    def close_panel(self) -> None:
        """Back to the window."""
        panel, self.panel = self.panel, None
        if panel is None:
            return
        self.hide()
        panel.deleteLater()
        self._window.setFocus()
        self.closed.emit(panel.key)

    def _touched(self) -> None:
        if self.panel is not None and self.panel.key is not None:
            self.opened.emit(self.panel.key)

    def _place(self) -> None:
        if self.panel is None:
            return
        room = self.rect()
        narrow = room.width() < 760
        if self.panel.side and not narrow:
            self.panel.setGeometry(room.width() - 610, 10, 600, min(room.height() - 20, 860))
            return
        if self.panel.wide or narrow:
            edge = 0 if narrow else 14
            width = min(room.width() - 2 * edge, 1200)
            height = min(room.height() - 2 * min(edge, 11), 860)
        else:
            width = min(room.width() - 32, 698)
            hint = self.panel.heightForWidth(width) if self.panel.hasHeightForWidth() else -1
            height = min(room.height() - 32, max(hint, self.panel.sizeHint().height()))
        self.panel.setGeometry((room.width() - width) // 2, (room.height() - height) // 2, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        QPainter(self).fillRect(self.rect(), _SCRIM)

    def mousePressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """The scrim swallows touches."""


class OrderSide(QFrame):
    """The order itself, at the left of a panel, unshaded: one decides by looking at the food."""

    def __init__(self, *, look: Look, card: Card, now: object) -> None:
        super().__init__()
        self.setObjectName("panelLeft")
        head = OrderHead(look=look, code_font="code_detail")
        head.show_card(card, now)  # type: ignore[arg-type]
        items = ItemsView(look=look, note_comment=False)
        items.show_card(card)
        customer = Elided(short_customer(card.sheet.customer), look=look, font="body", tone="")
        payment = Tag(look=look)
        payment_tag(payment, card)
        paid = QHBoxLayout()
        paid.addWidget(customer, 1)
        paid.addWidget(payment)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (rule(), items, rule()):
            column.addWidget(widget)
        column.addLayout(paid)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(head)
        layout.addWidget(scroll, 1)
        if card.sheet.comment:
            layout.addWidget(comment_box(card.sheet.comment, look=look))


def comment_box(text: str, *, look: Look) -> QFrame:
    """The customer's words, whole."""
    box = QFrame()
    box.setObjectName("comment")
    top = QHBoxLayout()
    top.setSpacing(6)
    top.addWidget(IconLabel("comment", look=look, tint="ink2", size=18))
    top.addWidget(Label(tr("Customer's comment"), look=look, font="note", tone="quiet"), 1)
    layout = QVBoxLayout(box)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.setSpacing(2)
    layout.addLayout(top)
    layout.addWidget(Label(f"«{text}»", look=look, wrap=True))
    return box


def panel_title(text: str, *, look: Look, close: Callable[[], object], more: QWidget | None = None) -> QHBoxLayout:
    """The title with the close button of 56 px; ``more`` stands below the words."""
    title = Label(text, look=look, font="code_small", wrap=True)
    shut = Button(look=look, icon="cross", kind="flat", name=tr("Close"), act=close)
    shut.setFixedSize(56, 56)
    row = QHBoxLayout()
    row.setContentsMargins(20, 2, 4, 2)
    if more is None:
        row.addWidget(title, 1)
    else:
        words = column(title, more, spacing=0)
        words.setContentsMargins(0, 8, 0, 8)
        row.addLayout(words, 1)
    row.addWidget(shut)
    return row
