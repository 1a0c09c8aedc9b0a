"""The lanes side by side: five, four, or one list with tabs, by the width of the window."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.record import OrderKey
from app.link.state import LinkPhase
from app.ui.board import Board, Card, Lane
from app.ui.lane_column import EmptyText, LaneColumn, lane_name
from app.ui.theme import Look
from app.ui.widgets import Button
from app.ui.words import tr

LIST_BELOW = 760
FIVE_FROM = 1280
FULL_FROM = 1600

_FOUR = {Lane.NEW: 326, Lane.KITCHEN: 218, Lane.READY: 218}
_FIVE = {Lane.NEW: 356, Lane.KITCHEN: 264, Lane.READY: 264, Lane.UPCOMING: 206, Lane.RESERVATIONS: 206}
_WIDE = {Lane.NEW: 460, Lane.KITCHEN: 400, Lane.READY: 400, Lane.UPCOMING: 300, Lane.RESERVATIONS: 276}
_LAST = 212


class BoardPage(QWidget):
    """All lanes."""

    acted = Signal(object, str)
    opened = Signal(object)
    test_asked = Signal()

    def __init__(self, *, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("window")
        self._look = look
        self._board: Board | None = None
        self._mode = ""
        self.alarm_tested = ""
        """What the empty lane says of the last test of the alarm."""
        self.can_test = False
        """Whether there is an alarm to test."""
        self.lanes = {lane: LaneColumn(look=look, lane=lane, now=now) for lane in Lane}
        self.tabs = QFrame()
        self._tab_buttons = QButtonGroup(self)
        self._tab_lane = Lane.NEW
        self._row = QHBoxLayout()
        self._row.setContentsMargins(10, 8, 10, 8)
        self._last: QWidget | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addLayout(self._row, 1)
        self._make_tabs()
        for column in self.lanes.values():
            column.setParent(self)
            column.acted.connect(self.acted)
            column.opened.connect(self.opened)
            column.test_asked.connect(self.test_asked)
            column.view.left_lane.connect(lambda way, lane=column.lane: self._neighbour(lane, way))

    def _make_tabs(self) -> None:
        row = QHBoxLayout(self.tabs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, lane in enumerate(Lane):
            tab = Button(lane_name(lane), look=self._look, kind="tab", font="note_strong")
            tab.setCheckable(True)
            tab.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            tab.clicked.connect(lambda _=False, lane=lane: self.show_tab(lane))
            self._tab_buttons.addButton(tab, number)
            row.addWidget(tab, 1)
        self._tab_buttons.buttons()[0].setChecked(True)

    def show_tab(self, lane: Lane) -> None:
        """The lane of the narrow list."""
        self._tab_lane = lane
        self._tab_buttons.button(list(Lane).index(lane)).setChecked(True)
        if self._mode == "list":
            for other, column in self.lanes.items():
                column.setVisible(other is lane)

    def show_board(self, board: Board) -> None:
        """Show this board."""
        before, self._board = self._board, board
        linked = board.snapshot.link.phase is not LinkPhase.WAITING
        for lane, column in self.lanes.items():
            column.show_cards(board.lanes[lane], self._empty(lane, linked=linked))
        for number, lane in enumerate(Lane):
            ringing = sum(1 for card in board.lanes[lane] if card.rings)
            count = board.count(lane)
            said = tr("%1 of %2", ringing, count) if lane is Lane.RESERVATIONS and ringing else str(count)
            self._tab_buttons.button(number).setText(f"{said}\n{lane_name(lane)}")
        if self._mode == "list" and before is not None:
            known = {card.key for card in before.ringing}
            new = next((card for card in board.ringing if card.key not in known), None)
            if new is not None:
                self.show_tab(new.lane)
        self._share_last()

    def _empty(self, lane: Lane, *, linked: bool) -> EmptyText:
        if lane is Lane.NEW and not linked:
            steps = [
                tr("1. Does the wifi work on a phone?"),
                tr("2. Switch the router off and on."),
                tr("3. Else use the channels' tablets."),
            ]
            return EmptyText(
                icon="link-off",
                tint="danger",
                title=tr("Nothing comes in here until the connection is back"),
                text="\n".join(steps),
                note=tr("A short sound will tell when it is back."),
            )
        if lane is Lane.NEW:
            return EmptyText(
                icon="bell",
                tint="ink2",
                title=tr("New orders will ring here"),
                text=tr("The alarm does not stop until somebody accepts or rejects."),
                button=tr("Test the alarm") if self.can_test else "",
                note=self.alarm_tested,
            )
        texts: dict[Lane, Callable[[], str]] = {
            Lane.KITCHEN: lambda: tr("Accepted orders, by the time they are wanted."),
            Lane.READY: lambda: tr("What waits for the rider or the customer."),
            Lane.UPCOMING: lambda: tr("Orders for later. They ring again when they are due."),
            Lane.RESERVATIONS: lambda: tr("Today's tables."),
        }
        icons = {Lane.KITCHEN: "kitchen", Lane.READY: "ready", Lane.UPCOMING: "clock", Lane.RESERVATIONS: "reservation"}
        return EmptyText(icon=icons[lane], tint="ink2", title="", text=texts[lane]())

    def tick(self, now: datetime) -> None:
        """One second later."""
        for column in self.lanes.values():
            column.tick(now)

    def focused_card(self) -> Card | None:
        """The card that the keyboard stands on."""
        return next((card for column in self.lanes.values() if (card := column.focused_card()) is not None), None)

    def focus_card(self, key: OrderKey) -> None:
        """Put the keyboard on an order."""
        for column in self.lanes.values():
            for widget in column.open_cards:
                if widget.card is not None and widget.card.key == key:
                    widget.accept.setFocus(Qt.FocusReason.ShortcutFocusReason)
                    return
            row = column.view.lane.row_of(key)
            if row >= 0:
                column.view.by_keyboard = True
                column.view.setCurrentIndex(column.view.lane.index(row))
                column.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def next_area(self) -> None:
        """F6: the first card of the next lane that has one."""
        lanes = list(self.lanes.values())
        at = next((n for n, column in enumerate(lanes) if column.holds_focus()), -1)
        for step in range(1, len(lanes) + 1):
            column = lanes[(at + step) % len(lanes)]
            if column.isVisible() and column.focus_first():
                return

    def _neighbour(self, lane: Lane, way: int) -> None:
        lanes = list(Lane)
        at = lanes.index(lane) + way
        while 0 <= at < len(lanes):
            if self.lanes[lanes[at]].isVisible() and self.lanes[lanes[at]].focus_first():
                return
            at += way

    # places

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small: lanes give way to a list."""
        return QSize(320, 240)

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        width = self.width()
        mode = (
            "list" if width < LIST_BELOW else "four" if width < FIVE_FROM else "five" if width < FULL_FROM else "wide"
        )
        if mode != self._mode:
            self._mode = mode
            self._place()
        QTimer.singleShot(0, self, self._share_last)

    def _place(self) -> None:
        while self._row.takeAt(0) is not None:
            pass
        last, self._last = self._last, None
        for column in self.lanes.values():
            column.setParent(self)
            column.setMinimumHeight(0)
            column.setMaximumHeight(16_777_215)
            column.header.setVisible(self._mode != "list")
            column.view.expand_all = self._mode == "wide"
        if last is not None:
            last.deleteLater()
        self.tabs.setVisible(self._mode == "list")
        self._row.setSpacing(14 if self._mode == "wide" else 10)
        if self._mode == "list":
            for column in self.lanes.values():
                self._row.addWidget(column, 1)
            self.show_tab(self._tab_lane)
            return
        if self._mode == "four":
            for lane, width in _FOUR.items():
                self._row.addWidget(self.lanes[lane], width)
            self._last = QWidget()
            column_layout = QVBoxLayout(self._last)
            column_layout.setContentsMargins(0, 0, 0, 0)
            column_layout.addWidget(self.lanes[Lane.RESERVATIONS])
            column_layout.addWidget(self.lanes[Lane.UPCOMING], 1)
            self._row.addWidget(self._last, _LAST)
        else:
            for lane, width in (_FIVE if self._mode == "five" else _WIDE).items():
                self._row.addWidget(self.lanes[lane], width)
        for column in self.lanes.values():
            column.show()

    def _share_last(self) -> None:
        """In the shared column reservations take what they need, up to a half."""
        if self._mode == "four":
            upper, lower = self.lanes[Lane.RESERVATIONS], self.lanes[Lane.UPCOMING]
            half = max(200, self.height() - min(lower.natural_height(), self.height() // 2))
            upper.setFixedHeight(min(upper.natural_height(), half))
