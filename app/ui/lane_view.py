"""A lane of painted cards: its model, its delegate, and the list with real buttons for the card in focus.

Thousands of cards scroll, since each is laid out once and painted; only the card that the keyboard stands on carries
real buttons (an editor of the view), which screen readers find and Tab reaches.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.record import OrderKey
from app.ui.board import Card
from app.ui.card_paint import CardLayout
from app.ui.cards import lay_out, spoken
from app.ui.theme import Look

Index = QModelIndex | QPersistentModelIndex

CARD_ROLE = Qt.ItemDataRole.UserRole
TAP_GUARD = timedelta(milliseconds=400)
"""So long after cards moved, touches on the moved ones are ignored."""
GAP = 8

_NO_PARENT = QModelIndex()


class LaneModel(QAbstractListModel):
    """The cards of a lane. ``now`` is the clock."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._cards: tuple[Card, ...] = ()
        self._now = now
        self._moved_at: datetime | None = None
        self._moved: frozenset[OrderKey] = frozenset()

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards, from the top."""
        return self._cards

    def show(self, cards: tuple[Card, ...]) -> None:
        """Become these cards: what stays is kept in place, what differs is repainted."""
        if cards == self._cards:
            return
        before = {card.key: row for row, card in enumerate(self._cards)}
        after = {card.key: row for row, card in enumerate(cards)}
        moved = {key for key, row in after.items() if before.get(key, -1) != row}
        if moved:
            self._moved, self._moved_at = frozenset(moved), self._now()
        if not moved and len(before) == len(after):
            old, self._cards = self._cards, cards
            for row, card in enumerate(cards):
                if card != old[row]:
                    self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self._cards = cards
        self.endResetModel()

    def just_moved(self, key: OrderKey) -> bool:
        """Whether a finger may still mean the card that was here a moment ago."""
        return self._moved_at is not None and key in self._moved and self._now() - self._moved_at < TAP_GUARD

    def card(self, index: Index) -> Card | None:
        """The card of a row."""
        return self._cards[index.row()] if 0 <= index.row() < len(self._cards) else None

    def row_of(self, key: OrderKey) -> int:
        """The row of an order, −1 when it is not here."""  # noqa: RUF002 - a minus
        return next((row for row, card in enumerate(self._cards) if card.key == key), -1)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._cards)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.card(index)
        if card is None:
            return None
        if role == CARD_ROLE:
            return card
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(card, self._now())
        return None


class CardDelegate(QStyledItemDelegate):
    """Lays cards out, paints them, and finds the button under a finger."""

    def __init__(self, *, look: Look, view: "LaneView", now: Callable[[], datetime]) -> None:
        super().__init__(view)
        self._look = look
        self._view = view
        self._now = now
        self._layouts: dict[OrderKey, tuple[Card, int, bool, CardLayout]] = {}
        look.changed.connect(self._layouts.clear)

    def layout(self, card: Card, row: int, *, fresh: bool = False) -> CardLayout:
        """A card's layout, made anew when something about it changed."""
        width = self._view.card_width
        expanded = self._view.is_expanded(card, row)
        known = self._layouts.get(card.key)
        if known is None or fresh or known[:3] != (card, width, expanded):
            made = lay_out(card, look=self._look, width=width, expanded=expanded, now=self._now())
            known = (card, width, expanded, made)
            self._layouts[card.key] = known
        return known[3]

    def forget_others(self, keys: set[OrderKey]) -> None:
        """Drop the layouts of cards that are gone."""
        for key in self._layouts.keys() - keys:
            del self._layouts[key]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        card: Card | None = index.data(CARD_ROLE)
        height = self.layout(card, index.row()).height if card is not None else 0
        return QSize(self._view.card_width, height + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card | None = index.data(CARD_ROLE)
        if card is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.translate(rect.topLeft())
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and self._view.by_keyboard
        # A folded new order shows its time left: it is laid out at each painting.
        self.layout(card, index.row(), fresh=card.rings).paint(
            painter,
            self._look,
            ratio=self._view.devicePixelRatioF(),
            focused=focused,
            pressed=self._view.pressed_action(card.key),
        )
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        card: Card | None = index.data(CARD_ROLE)
        editor = QWidget(parent)
        editor.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        if card is not None:
            for place in self.layout(card, index.row()).buttons:
                button = QPushButton(editor)
                button.setProperty("kind", "flat")
                button.setGeometry(place.rect)
                button.setAccessibleName(f"{place.text or place.action} {card.record.code}")
                button.clicked.connect(
                    lambda _=False, action=place.action, key=card.key: self._view.press_button(key, action)
                )
        return editor

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect)

    def destroyEditor(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        editor.hide()
        editor.deleteLater()


class LaneView(QListView):
    """The list of one lane."""

    acted = Signal(object, str)
    """A card's button was pressed: the :class:`~app.ui.board.Card` and the button's action."""
    opened = Signal(object)
    """A card itself was touched, or Enter pressed on it: the card."""
    left_lane = Signal(int)
    """An arrow wants the lane to the left (−1) or right (+1)."""  # noqa: RUF001 - a minus

    def __init__(self, *, look: Look, now: Callable[[], datetime], name: str) -> None:
        super().__init__()
        self.by_keyboard = False
        self.expand_all = False
        self.expand_first = True
        self._expanded: set[OrderKey] = set()
        self._pressed: tuple[OrderKey, str] | None = None
        self._edited: QPersistentModelIndex | None = None
        self.lane = LaneModel(now=now)
        self.setModel(self.lane)
        self._delegate = CardDelegate(look=look, view=self, now=now)
        self.setItemDelegate(self._delegate)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(40)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(name)
        look.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def card_width(self) -> int:
        """The width of a card, in pixels."""
        return max(120, self.viewport().width())

    def show_cards(self, cards: tuple[Card, ...]) -> None:
        """Show these cards; the chosen one stays chosen, the place stays where it was."""
        chosen = self.lane.card(self.currentIndex())
        place = self.verticalScrollBar().value()
        self.lane.show(cards)
        keys = {card.key for card in cards}
        self._expanded &= keys
        self._delegate.forget_others(keys)
        if chosen is not None and self.currentIndex().row() < 0:
            row = self.lane.row_of(chosen.key)
            if row >= 0:
                self.setCurrentIndex(self.lane.index(row))
        self.verticalScrollBar().setValue(place)

    def is_expanded(self, card: Card, row: int) -> bool:
        """Whether a card shows its items."""
        return self.expand_all or (row == 0 and self.expand_first) or card.key in self._expanded

    def expand(self, key: OrderKey, expanded: bool) -> None:
        """Show or fold a card's items."""
        (self._expanded.add if expanded else self._expanded.discard)(key)
        self.scheduleDelayedItemsLayout()

    def pressed_action(self, key: OrderKey) -> str:
        """The button of this card that is under the finger now."""
        return self._pressed[1] if self._pressed is not None and self._pressed[0] == key else ""

    def below(self) -> int:
        """How many cards begin below what can be seen."""
        if not self.lane.cards:
            return 0
        seen = self.indexAt(QPoint(self.viewport().width() // 2, self.viewport().height() - 2))
        last = seen.row() if seen.isValid() else len(self.lane.cards) - 1
        bottom = self.visualRect(self.lane.index(last)).bottom()
        cut = 1 if bottom > self.viewport().height() + GAP else 0
        return len(self.lane.cards) - 1 - last + cut

    def press_button(self, key: OrderKey, action: str) -> None:
        """Act on a card, as its painted button does."""
        row = self.lane.row_of(key)
        if row >= 0:
            self.acted.emit(self.lane.cards[row], action)

    def content_height(self) -> int:
        """The height of all cards, for lanes that share a column."""
        option = QStyleOptionViewItem()
        return sum(
            self._delegate.sizeHint(option, self.lane.index(row)).height() for row in range(len(self.lane.cards))
        )

    # touch

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.by_keyboard = False
        hit = self._hit(event.position().toPoint())
        if hit is not None and not self.lane.just_moved(hit[0].key):
            self._pressed = (hit[0].key, hit[1])
            self.viewport().update()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        pressed, self._pressed = self._pressed, None
        self.viewport().update()
        super().mouseReleaseEvent(event)
        hit = self._hit(event.position().toPoint())
        if pressed is None or hit is None or (hit[0].key, hit[1]) != pressed:
            return
        if hit[1]:
            self.acted.emit(hit[0], hit[1])
        else:
            self.opened.emit(hit[0])

    def _hit(self, point: QPoint) -> tuple[Card, str] | None:
        index = self.indexAt(point)
        card = self.lane.card(index)
        if card is None:
            return None
        rect = self.visualRect(index)
        button = self._delegate.layout(card, index.row()).button_at(point - rect.topLeft())
        if button is None and point.y() > rect.bottom() - GAP:
            return None
        return card, button.action if button is not None else ""

    # keyboard

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self.by_keyboard = True
        key = event.key()
        card = self.lane.card(self.currentIndex())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.left_lane.emit(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and card is not None:
            if not event.modifiers():
                self.opened.emit(card)
        elif event.text() and not event.modifiers():
            event.ignore()  # no single letter does anything: barcode readers type
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        super().currentChanged(current, previous)
        if self._edited is not None and self._edited.isValid():
            self.closePersistentEditor(self.lane.index(self._edited.row()))
        self._edited = None
        if self.by_keyboard and current.isValid():
            self._edited = QPersistentModelIndex(current)
            self.openPersistentEditor(self.lane.index(current.row()))

    def focusInEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.by_keyboard = True
            if not self.currentIndex().isValid() and self.lane.cards:
                self.setCurrentIndex(self.lane.index(0))
        super().focusInEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize:
            self.scheduleDelayedItemsLayout()
        return super().viewportEvent(event)
