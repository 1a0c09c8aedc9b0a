"""The tray's menu: one line an entry, since tray hosts draw it themselves and know only text, icon and tick.

Closing for 20 minutes is an entry of its own beside the drawn submenu: opened with a finger a submenu is one touch
more, and two must be enough.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.ui.answers import Answers
from app.ui.board import Board, Lane
from app.ui.open_state import OpenState, left_text
from app.ui.pause_wish import MINUTES, PauseWish, duration
from app.ui.theme import Look
from app.ui.words import clock, coming, tr


class TrayMenu(QObject):
    """Its entries' wishes are signals. The same menu opens from the header and the small window."""

    orders_asked = Signal()
    pause_asked = Signal(object)
    """A :class:`PauseWish`."""
    open_asked = Signal()
    busy_asked = Signal()
    schedule_asked = Signal()
    pin_asked = Signal()
    test_asked = Signal()
    quit_asked = Signal()

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self.menu = QMenu()
        self._icons: dict[QAction, tuple[str, str]] = {}
        self.open_line = self._entry("store", self.orders_asked.emit)
        self.open_now = self._entry("store", self.open_asked.emit, "ok")
        self.short = self._entry("pause", lambda: self._pause(minutes=MINUTES[0]))
        self.pause = self.menu.addMenu("")
        self._icons[self.pause.menuAction()] = ("pause", "ink")
        self.pause.menuAction().setIcon(look.icon("pause", "ink", 24))
        self.choices = [
            *(self._choice("clock", partial(self._pause, minutes=each)) for each in MINUTES),
            self._choice("moon", lambda: self._pause(until_opening=True)),
            self._choice("pause", self._pause),
        ]
        self.busy = self._entry("kitchen", self.busy_asked.emit)
        self.menu.addSeparator()
        self.new_line = self._entry("bell", self.orders_asked.emit)
        self.running_line = self._entry("kitchen", self.orders_asked.emit)
        self.menu.addSeparator()
        self.orders = self._entry("ready", self.orders_asked.emit)
        self.schedule = self._entry("calendar", self.schedule_asked.emit)
        self._more_at = self.menu.addSeparator()
        self.test = self._entry("volume", self.test_asked.emit)
        self.pin = self._entry("person", self.pin_asked.emit)
        self.quit = self._entry("quit", self.quit_asked.emit)
        self._closing = QTimer(self)
        self._closing.setSingleShot(True)
        self._closing.setInterval(0)  # it is still visible when it says that it is about to hide
        self._closing.timeout.connect(self._catch_up)
        self.tested = ""
        """What the last test of the alarm came to, in a few words."""
        self.orders.setText(tr("Orders…"))
        self.schedule.setText(tr("Hours…"))
        self.pin.setText(tr("Manager's PIN…"))
        self.quit.setText(tr("Quit…"))
        self.open_line.setText("Sinqro Companion")
        self.new_line.setText(tr("Nothing waiting"))
        self.running_line.setText(tr("no orders running"))
        self.show_test("")
        self._waiting: tuple[Sequence[OpenState], datetime | None] | None = None
        self.show_states((), None)
        self.menu.aboutToHide.connect(self._closing.start)
        look.changed.connect(self._dress)

    def _entry(self, icon: str, act: Callable[[], object], tint: str = "ink") -> QAction:
        action = self.menu.addAction("")
        action.triggered.connect(lambda _=False: act())
        self._icons[action] = (icon, tint)
        action.setIcon(self._look.icon(icon, tint, 24))
        return action

    def _choice(self, icon: str, act: Callable[[], object]) -> QAction:
        action = self.pause.addAction("")
        action.triggered.connect(lambda _=False: act())
        self._icons[action] = (icon, "ink")
        action.setIcon(self._look.icon(icon))
        return action

    def _pause(self, *, minutes: int = 0, until_opening: bool = False) -> None:
        self.pause_asked.emit(PauseWish(minutes=minutes, until_opening=until_opening))

    def add(self, icon: str, text: str, act: Callable[[], object]) -> QAction:
        """One more entry below Orders: the windows of other parts."""
        action = QAction(text, self.menu)
        action.triggered.connect(lambda _=False: act())
        self._icons[action] = (icon, "ink")
        action.setIcon(self._look.icon(icon))
        self.menu.insertAction(self._more_at, action)
        return action

    def show_answers(self, board: Board, answers: Answers) -> None:
        """Say how things are."""
        booked = sum(1 for card in board.ringing if card.record.is_reservation)
        new = len(board.ringing) - booked
        parts = [tr("%n orders", n=new) if new else "", tr("%n reservations", n=booked) if booked else ""]
        named = ", ".join(part for part in parts if part)
        kitchen, ready = board.count(Lane.KITCHEN), board.count(Lane.READY)
        running = tr("%1 running: %2 in the kitchen, %3 ready", kitchen + ready, kitchen, ready)
        texts = {
            self.open_line: f"{answers.open.title}: {answers.open.proof}",
            self.new_line: f"{tr('%n new', n=answers.count)}: {named}" if named else tr("Nothing waiting"),
            self.running_line: running if kitchen + ready else tr("no orders running"),
        }
        for action, text in texts.items():
            if action.text() != text:
                action.setText(text)
        self._tint(self.new_line, "new" if answers.count else "ink")
        self._tint(self.open_line, "ok" if answers.open.is_open else "ink")

    def show_states(self, states: Sequence[OpenState], now: datetime | None) -> None:
        """What can be closed and opened, and until when; nothing is known yet: nothing can.

        An open menu stays as it is: nothing moves under a finger, and it would grow off the screen.
        """
        self._waiting = None
        if self.menu.isVisible():
            self._waiting = (states, now)
            return
        mine = [state for state in states if state.mine]
        closed = bool(mine) and all(state.whole is not None for state in mine)
        self.open_now.setVisible(any(state.own for state in mine))
        for action in (self.short, self.pause.menuAction()):
            action.setVisible(bool(mine) and not closed)
        self.busy.setVisible(bool(mine))
        if now is None or not mine:
            return
        first = mine[0]
        opening = next((state.tomorrow for state in mine if state.tomorrow is not None), None)
        ends = first.changes_at if first.in_hours else None
        today = tr("Close for a while (today until %1)", coming(ends, now)) if ends is not None else ""
        texts = {
            self.open_now: tr("Open now"),
            self.short: tr("Close %1 (until %2)", duration(MINUTES[0]), clock(now + timedelta(minutes=MINUTES[0]))),
            self.pause.menuAction(): today or tr("Close for a while"),
            self.choices[-2]: tr("Until tomorrow %1", clock(opening)) if opening is not None else tr("Until tomorrow"),
            self.choices[-1]: tr("Until I open"),
            self.busy: _busy_text(mine, now),
        }
        for action, minutes in zip(self.choices, MINUTES, strict=False):
            texts[action] = tr("%1 (until %2)", duration(minutes), clock(now + timedelta(minutes=minutes)))
        for action, text in texts.items():
            if action.text() != text:
                action.setText(text)
        self.choices[-2].setVisible(opening is not None)

    def _catch_up(self) -> None:
        if self._waiting is not None:
            self.show_states(*self._waiting)

    def show_test(self, tested: str) -> None:
        """What the last test of the alarm came to, in a few words; empty: none yet."""
        self.test.setText(tr("Test the alarm (%1)", tested) if tested else tr("Test the alarm"))

    def _tint(self, action: QAction, tint: str) -> None:
        icon, before = self._icons[action]
        if before != tint:
            self._icons[action] = (icon, tint)
            action.setIcon(self._look.icon(icon, tint))

    def _dress(self) -> None:
        for action, (icon, tint) in self._icons.items():
            action.setIcon(self._look.icon(icon, tint))


def _busy_text(states: Sequence[OpenState], now: datetime) -> str:
    busy = next((state.busy for state in states if state.busy is not None), None)
    if busy is None:
        return tr("Much to do…")
    left = left_text(busy.until - now)
    return tr("Much to do: +%1 min until %2 (%3 left)", busy.extra_minutes, clock(busy.until), left)
