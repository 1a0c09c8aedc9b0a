"""A lane of the board: its name and counts, opened ringing cards, painted cards below, what it says when empty."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.record import OrderKey
from app.ui.board import Card, Lane
from app.ui.lane_view import GAP, TAP_GUARD, LaneView
from app.ui.ringing_card import RingingCard
from app.ui.slices import Slices
from app.ui.theme import Look
from app.ui.widgets import Button, IconLabel, Label, set_state
from app.ui.words import tr

LANE_ICONS = {
    Lane.NEW: "bell",
    Lane.KITCHEN: "kitchen",
    Lane.READY: "ready",
    Lane.UPCOMING: "clock",
    Lane.RESERVATIONS: "reservation",
}

_MOST_OPEN = 3
_HEADER = 36
_FOLDED = 66


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyText:
    """What an empty lane says."""

    icon: str
    tint: str
    title: str
    text: str
    button: str = ""
    note: str = ""


def lane_name(lane: Lane) -> str:
    """A lane's name."""
    names: dict[Lane, Callable[[], str]] = {
        Lane.NEW: lambda: tr("New", about="lane"),
        Lane.KITCHEN: lambda: tr("In the kitchen"),
        Lane.READY: lambda: tr("Ready", about="lane"),
        Lane.UPCOMING: lambda: tr("Upcoming"),
        Lane.RESERVATIONS: lambda: tr("Reservations"),
    }
    return names[lane]()


class EmptyBox(QFrame):
    """The dashed box of an empty lane."""

    pressed = Signal()

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("empty")
        self._icon = IconLabel("bell", look=look, tint="ink2", size=36)
        self._title = Label(look=look, font="title", wrap=True)
        self._text = Label(look=look, wrap=True)
        self.button = Button(look=look, icon="volume", act=self.pressed.emit)
        self._note = Label(look=look, font="note", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        for widget in (self._icon, self._title, self._text, self.button, self._note):
            layout.addWidget(widget)

    def say(self, empty: EmptyText) -> None:
        """Say it."""
        self._icon.set_icon(empty.icon, empty.tint)
        for label, text in ((self._title, empty.title), (self._text, empty.text), (self._note, empty.note)):
            label.setText(text)
            label.setVisible(bool(text))
        self.button.setText(empty.button)
        self.button.setVisible(bool(empty.button))


class LaneColumn(QWidget):
    """One lane."""

    acted = Signal(object, str)
    """A button of a card: the card and ``accept``, ``other_time``, ``reject``, ``step``, ``tick`` or ``resolve``."""
    opened = Signal(object)
    """A card itself."""
    test_asked = Signal()
    """The button of the empty lane."""

    def __init__(self, *, look: Look, lane: Lane, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("lane")
        self.lane = lane
        self._look = look
        self._now = now
        self._cards: tuple[Card, ...] = ()
        self._chosen: OrderKey | None = None
        """A folded new order that somebody touched: it is open until it is answered."""
        self._places: dict[OrderKey, int] = {}
        self._moved_at: datetime | None = None
        self.open_cards: list[RingingCard] = []
        """Those without a card are hidden, for the next new order."""
        self._slices = Slices(self)
        self.icon = IconLabel(LANE_ICONS[lane], look=look)
        self._name = Label(lane_name(lane), look=look, font="title")
        self._ringing = Label(look=look, font="strong")
        self._ringing.setObjectName("count")
        set_state(self._ringing, "new")
        self._count = Label(look=look, font="strong")
        self._count.setObjectName("count")
        self.view = LaneView(look=look, now=now, name=lane_name(lane))
        self.view.expand_first = lane is Lane.KITCHEN
        self.view.acted.connect(self.acted)
        self.view.opened.connect(self._touched)
        self.view.verticalScrollBar().valueChanged.connect(lambda _: self._show_more())
        self.view.verticalScrollBar().rangeChanged.connect(lambda *_: self._show_more())
        self.empty = EmptyBox(look=look)
        self.empty.pressed.connect(self.test_asked)
        self.more = Button(look=look, icon="chevron-down", kind="more", act=self._page_down)
        self._opened = QVBoxLayout()
        self._opened.setSpacing(GAP)
        self._layout = QVBoxLayout(self)
        self._build()
        if lane is Lane.NEW:  # before the first order of a burst: each takes as long as the rest of the board together
            self._slices.add(*[self._make_ahead] * _MOST_OPEN)

    def _build(self) -> None:
        self.header = QWidget()
        row = QHBoxLayout(self.header)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(8)
        row.addWidget(self.icon)
        row.addWidget(self._name, 1)
        row.addWidget(self._ringing)
        row.addWidget(self._count)
        self.header.setFixedHeight(_HEADER)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._layout.addWidget(self.header)
        self._layout.addLayout(self._opened)
        self._layout.addWidget(self.view, 1)
        self._layout.addWidget(self.empty)
        self._layout.addWidget(self.more)
        self._layout.addStretch(0)
        self.more.hide()

    @property
    def cards(self) -> tuple[Card, ...]:
        """What it shows."""
        return self._cards

    def show_cards(self, cards: tuple[Card, ...], empty: EmptyText) -> None:
        """Show these cards."""
        self._cards = cards
        ringing = sum(1 for card in cards if card.rings)
        self._count.setText(str(len(cards)))
        set_state(self._count, "new" if self.lane is Lane.NEW and ringing else "")
        self._ringing.setVisible(self.lane is Lane.RESERVATIONS and ringing > 0)
        self._ringing.setText(str(ringing))
        self._fit_name()
        self.view.setAccessibleName(f"{lane_name(self.lane)}, {len(cards)}")
        self.empty.setVisible(not cards)
        if not cards:
            self.empty.say(empty)
        self.arrange()

    def _fit_name(self) -> None:
        """The icon goes before the name is cut."""
        counts = sum(w.sizeHint().width() + 8 for w in (self._ringing, self._count) if w.isVisibleTo(self))
        self.icon.setVisible(self._name.sizeHint().width() + counts + 40 <= self.width())

    def arrange(self) -> None:
        """Decide which new orders are open, by the room there is."""
        opened = self._open_ones() if self.lane is Lane.NEW else []
        width = max(200, self.width())
        room = self.height() - _HEADER - GAP
        shown = 0
        for place, card in enumerate(opened):
            if place == len(self.open_cards):
                self.open_cards.append(self._new_card())
            widget = self.open_cards[place]
            rest = _FOLDED + GAP if len(self._cards) > place + 1 else 0
            widget.show_card(card, self._now())
            if place == 0:
                widget.fit(room - rest, width)
            else:
                widget.items.set_most(None)
            needed = widget.needed(width)
            if place and needed > room - rest:
                break
            room -= needed + GAP
            if self._places.get(card.key, place) != place:
                self._moved_at = self._now()
            widget.setFixedWidth(width)
            widget.show()
            shown += 1
        for widget in self.open_cards[shown:]:
            widget.hide()
            widget.card = None
        opened = opened[:shown]
        self._places = {card.key: place for place, card in enumerate(opened)}
        keys = set(self._places)
        folded = tuple(card for card in self._cards if card.key not in keys)
        self.view.setVisible(bool(folded) or (bool(self._cards) and not opened))
        self.view.show_cards(folded)
        self._show_more()

    def _open_ones(self) -> list[Card]:
        ringing = [card for card in self._cards if card.rings]
        chosen = next((card for card in ringing if card.key == self._chosen), None)
        order = ([chosen] if chosen is not None else []) + [card for card in ringing if card is not chosen]
        if not order:
            return []
        if chosen is None:
            self._chosen = None
        return order[:_MOST_OPEN]

    def _new_card(self) -> RingingCard:
        card = RingingCard(look=self._look)
        for signal, action in (
            (card.accepted, "accept"),
            (card.other_time, "other_time"),
            (card.rejected, "reject"),
            (card.resolve, "resolve"),
        ):
            signal.connect(lambda shown, action=action: self._guarded(shown, action))
        card.details.connect(self.opened)
        self._opened.addWidget(card)
        return card

    def _make_ahead(self) -> None:
        if len(self.open_cards) < _MOST_OPEN:
            card = self._new_card()
            card.hide()
            for widget in (card, *card.findChildren(QWidget)):
                widget.ensurePolished()
            self.open_cards.append(card)

    def _guarded(self, card: Card, action: str) -> None:
        """A card that has just come under the finger is not the one that was meant."""
        if self._moved_at is None or self._now() - self._moved_at >= TAP_GUARD:
            self.acted.emit(card, action)

    def _touched(self, card: Card) -> None:
        if card.rings and self.lane is Lane.NEW:
            self._chosen = card.key
            self.arrange()
        else:
            self.opened.emit(card)

    def tick(self, now: datetime) -> None:
        """One second later: only what counts down is painted."""
        for widget in self.open_cards:
            if widget.card is not None:
                widget.tick(now)
        if self.view.isVisible() and any(card.rings for card in self.view.lane.cards):
            self.view.viewport().update()

    def focused_card(self) -> Card | None:
        """The card that the keyboard stands on."""
        focus = QApplication.focusWidget()
        if focus is None:
            return None
        for widget in self.open_cards:
            if widget.card is not None and widget.isAncestorOf(focus):
                return widget.card
        if focus is self.view or self.view.isAncestorOf(focus):
            return self.view.lane.card(self.view.currentIndex())
        return None

    def holds_focus(self) -> bool:
        """Whether the keyboard is in this lane."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def focus_first(self) -> bool:
        """Put the keyboard on the first card; returns whether there is one."""
        if self.lane is Lane.NEW and self.open_cards and self.open_cards[0].card is not None:
            self.open_cards[0].accept.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if self.view.lane.cards:
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False

    def natural_height(self) -> int:
        """The height of everything in it."""
        if not self._cards:
            return _HEADER + 3 * GAP + self.empty.sizeHint().height()
        return _HEADER + 3 * GAP + self.view.content_height()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small: what does not fit is folded or scrolls."""
        return QSize(140, 200)

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        self._fit_name()
        if self._cards:
            self.arrange()
            QTimer.singleShot(0, self, self._show_more)  # the list has its new height only then

    def _show_more(self) -> None:
        own = self.more.height() + GAP if self.more.isVisible() else 0  # what it takes of the room itself
        hidden = self.view.isVisible() and self.view.verticalScrollBar().maximum() > own
        below = self.view.below() if hidden else 0
        self.more.setVisible(below > 0)
        self.more.setText(tr("%n more", n=below))

    def _page_down(self) -> None:
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + max(100, bar.pageStep() - 60))
