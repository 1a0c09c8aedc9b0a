"""The Orders window: header, banner, the board or one order's details, and the panels over them.

A board comes in (:meth:`OrdersWindow.show_board`), at most ten a second. Nothing moves under a finger: while one is
down, or a panel is open, the lanes stand still and the newest board waits. What people press goes to the desk.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.record import OrderKey
from app.ui.answers import Answers, Watch, most_urgent
from app.ui.banners import Banner, banner, dead_text
from app.ui.board import Board, Card
from app.ui.board_page import LIST_BELOW, BoardPage
from app.ui.cards import spoken
from app.ui.desk import Desk
from app.ui.detail import Detail
from app.ui.header import Header, SandboxStrip
from app.ui.order_actions import OrderActions
from app.ui.panel import Overlay
from app.ui.theme import Look
from app.ui.words import countdown, tr

_FINGER_AGAIN = 50
"""Milliseconds until a board that waits for a finger is tried again."""

_MOST_SPOKEN = 3
"""New orders read out one by one; a burst is only counted."""

_SPOKEN_SECONDS = (120, 60, 30)
"""When the time left is read out."""


class OrdersWindow(QWidget):
    """``watch`` remembers since when something is wrong."""

    panel_touched = Signal(object)
    """A panel about this order is open, or was touched: the alarm is low for it."""
    panel_closed = Signal(object)
    test_asked = Signal()
    open_asked = Signal()
    """The switch of open and closed was touched."""
    schedule_asked = Signal()
    menu_asked = Signal(object)
    closed = Signal()

    def __init__(self, *, look: Look, desk: Desk, watch: Watch, sandbox: bool) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self._desk = desk
        self._watch = watch
        self._now: Callable[[], datetime] = desk.now
        self._board: Board | None = None
        self._waiting: tuple[Board, Answers] | None = None
        self._failure = ("", "")
        self._announced: set[OrderKey] = set()
        self._said_open = ""
        self.header = Header(look=look)
        self.banner = Banner(look=look, act=self._banner_pressed)
        self.page = BoardPage(look=look, now=self._now)
        self.detail: Detail | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.page)
        self.strip = SandboxStrip(look=look)
        self.strip.setVisible(sandbox)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.header, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self.stack, 1)
        self.overlay = Overlay(self)
        self.answers = OrderActions(look=look, desk=desk, overlay=self.overlay)
        self.overlay.opened.connect(self.panel_touched)
        self.overlay.closed.connect(self._panel_closed)
        self.header.menu_asked.connect(self.menu_asked)
        self.header.todo_asked.connect(self.show_most_urgent)
        self.header.open_asked.connect(self.open_asked)
        self.page.acted.connect(self.answers.act)
        self.page.opened.connect(lambda card: self.show_order(card.key))
        self.page.test_asked.connect(self.test_asked)
        desk.failed.connect(self._failed)
        self._finger = QTimer(self)
        self._finger.setSingleShot(True)
        self._finger.setInterval(_FINGER_AGAIN)
        self._finger.timeout.connect(self._apply_waiting)
        self._shortcuts()
        self.resize(1024, 700)

    def _shortcuts(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+Return": self._accept_focused,
            "Ctrl+Enter": self._accept_focused,
            "Ctrl+T": lambda: self._act_focused("other_time"),
            "Ctrl+R": lambda: self._act_focused("refuse"),
            "Ctrl+L": lambda: self._act_focused("step"),
            "Ctrl+1": self.show_board_page,
            "Ctrl+2": self.schedule_asked.emit,
            "Ctrl+D": self.open_asked.emit,
            "Ctrl+W": self.close,
            "F6": self.page.next_area,
            "Alt+Left": self.show_board_page,
            "Ctrl+Up": lambda: self._go(-1),
            "Ctrl+Down": lambda: self._go(1),
        }
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            over_panels = act == self._accept_focused
            shortcut.activated.connect(
                lambda act=act, over=over_panels: act() if over or self.overlay.panel is None else None
            )
        QShortcut(QKeySequence("Escape"), self).activated.connect(self._escape)

    # news

    def show_board(self, board: Board, answers: Answers) -> None:
        """Show the newest board: at once where nobody touches, else as soon as nobody does."""
        self._waiting = (board, answers)
        self.header.show_answers(answers, self._now())
        if self.overlay.panel is not None:
            self.overlay.panel.refresh(board)
            if not self.answers.still_possible(board):
                self._apply_waiting()
        else:
            self._apply_waiting()

    def _apply_waiting(self) -> None:
        if self._waiting is None or self.overlay.panel is not None:
            return
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton and self.isActiveWindow():
            self._finger.start()
            return
        board, answers = self._waiting
        self._waiting = None
        self._board = self.answers.board = board
        name = next((outlet.name for outlet in board.snapshot.outlets if outlet.name), "Sinqro Companion")
        self._title(tr("Orders"), name)
        self.header.show_answers(answers, self._now())
        self._show_banner()
        self.page.show_board(board)
        self._announce(board)
        self._announce_open(answers)
        if self.detail is not None and self.detail.key is not None:
            self.detail.show_place(board, self.detail.key)
            self._desk.story(self.detail.key, self.detail.show_story)

    def show_dead(self, why: str) -> None:
        """The loop died before anything was known."""
        self.banner.show_text(dead_text(why))

    def _title(self, what: str, name: str) -> None:
        title = f"{what} — {name}"
        if self.windowTitle() != title:
            self.setWindowTitle(title)

    def tick(self) -> None:
        """One second later."""
        now = self._now()
        self.header.tick(now)
        self.page.tick(now)
        if self._board is not None:
            self._show_banner()
            self._announce_time(self._board, now)
            if self.overlay.panel is not None:
                self.overlay.panel.refresh(self._waiting[0] if self._waiting is not None else self._board)

    def _show_banner(self) -> None:
        if self._board is not None:
            self.banner.show_text(banner(self._board, self._watch, self._now(), self._failure))

    def _announce(self, board: Board) -> None:
        """Tell screen readers what is new."""
        keys = {card.key for card in board.ringing}
        new = [card for card in board.ringing if card.key not in self._announced]
        self._announced = keys
        for card in new[:_MOST_SPOKEN]:
            self.say(spoken(card, self._now()))
        if len(new) > _MOST_SPOKEN:
            self.say(tr("%n new orders", n=len(new)))

    def _announce_open(self, answers: Answers) -> None:
        """Open became closed, or the other way, or Sinqro does not show it."""
        before, self._said_open = self._said_open, answers.open.title
        if before and before != answers.open.title:
            self.say(f"{answers.open.title}: {answers.open.proof}")

    def _announce_time(self, board: Board, now: datetime) -> None:
        """The time left of the most urgent order, for ears: not each second."""
        first = next(iter(board.ringing), None)
        if first is not None and first.record.accept_by is not None:
            left = first.record.accept_by - now
            if int(left.total_seconds()) in _SPOKEN_SECONDS:
                self.say(tr("%1 left to accept %2", countdown(left), first.record.code))

    def say(self, text: str) -> None:
        """Have a screen reader say it."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _failed(self, message: str, hint: str) -> None:
        self._failure = (message, hint)
        self._show_banner()

    # what people do

    def _banner_pressed(self, action: str) -> None:
        word, _, selling_point = action.partition(" ")
        if word == "reconnect":
            self._desk.reconnect()
        elif word == "pos":
            self._desk.look_at_pos(selling_point)
        elif word == "take_over":
            self._desk.take_over(selling_point)
        elif word == "held":
            self.answers.open_held()
        elif word == "switch":
            self.open_asked.emit()
        else:
            self._failed("", "")

    def _panel_closed(self, key: object) -> None:
        if key is not None:
            self.panel_closed.emit(key)
        QTimer.singleShot(0, self, self._apply_waiting)

    # keyboard

    def _focused(self) -> Card | None:
        if self.detail is not None and self._board is not None and self.detail.key is not None:
            return self._board.card(self.detail.key)
        return self.page.focused_card()

    def _act_focused(self, action: str) -> None:
        card = self._focused()
        if card is not None and card.can_act:
            self.answers.act(card, action)

    def _accept_focused(self) -> None:
        """With no card in focus the first press only shows which one it would be."""
        if self.overlay.panel is not None:
            self.overlay.panel.confirm()
            return
        card = self._focused()
        if card is not None:
            if card.rings and card.can_act:
                self.answers.act(card, "accept")
            return
        urgent = most_urgent(self._board) if self._board is not None else None
        if urgent is not None and self._board is not None:
            self.page.focus_card(urgent)
            shown = self._board.card(urgent)
            if shown is not None:
                self.say(spoken(shown, self._now()))

    def _escape(self) -> None:
        if self.overlay.panel is not None:
            self.overlay.close_panel()
        else:
            self.show_board_page()

    # pages

    def show_order(self, key: OrderKey) -> None:
        """One order in full."""
        if self.detail is None:
            self.detail = Detail(look=self._look, now=self._now)
            self.detail.back.connect(self.show_board_page)
            self.detail.go.connect(self._go)
            self.detail.acted.connect(self.answers.act)
            self.detail.stepped.connect(lambda card, status: self._desk.move(card.key, status))
            self.stack.addWidget(self.detail)
        if self._board is not None:
            self.detail.show_place(self._board, key)
        self.stack.setCurrentWidget(self.detail)
        self._desk.story(key, self.detail.show_story)

    def show_board_page(self) -> None:
        """Back to the lanes."""
        detail, self.detail = self.detail, None
        if detail is not None:
            self.stack.setCurrentWidget(self.page)
            self.stack.removeWidget(detail)
            detail.deleteLater()

    def _go(self, way: int) -> None:
        if self.detail is None or self._board is None or self.detail.key is None:
            return
        card = self._board.card(self.detail.key)
        lane = self._board.lanes[card.lane] if card is not None else ()
        places = [other.key for other in lane]
        if card is not None:
            at = places.index(card.key) + way
            if 0 <= at < len(places):
                self.show_order(places[at])

    def show_most_urgent(self) -> None:
        """The order with the least time, on the board."""
        urgent = most_urgent(self._board) if self._board is not None else None
        if urgent is not None:
            self.show_board_page()
            self.page.focus_card(urgent)

    def resizeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.header.set_narrow(self.width() < LIST_BELOW)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self.closed.emit()
        super().closeEvent(event)
