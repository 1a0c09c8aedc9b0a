"""The tray's menu: one line an entry, since tray hosts draw it themselves and know only text, icon and tick."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.ui.answers import Answers
from app.ui.board import Board, Lane
from app.ui.theme import Look
from app.ui.words import tr


class TrayMenu(QObject):
    """Its entries' wishes are signals. The same menu opens from the header and the small window."""

    orders_asked = Signal()
    test_asked = Signal()
    quit_asked = Signal()

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self.menu = QMenu()
        self._icons: dict[QAction, tuple[str, str]] = {}
        self.open_line = self._entry("store", self.orders_asked.emit)
        self.menu.addSeparator()
        self.new_line = self._entry("bell", self.orders_asked.emit)
        self.running_line = self._entry("kitchen", self.orders_asked.emit)
        self.menu.addSeparator()
        self.orders = self._entry("ready", self.orders_asked.emit)
        self._more_at = self.menu.addSeparator()
        self.test = self._entry("volume", self.test_asked.emit)
        self.quit = self._entry("quit", self.quit_asked.emit)
        self.tested = ""
        """What the last test of the alarm came to, in a few words."""
        self.orders.setText(tr("Orders…"))
        self.quit.setText(tr("Quit…"))
        self.open_line.setText("Sinqro Companion")
        self.new_line.setText(tr("Nothing waiting"))
        self.running_line.setText(tr("no orders running"))
        self.show_test("")
        look.changed.connect(self._dress)

    def _entry(self, icon: str, act: Callable[[], object], tint: str = "ink") -> QAction:
        action = self.menu.addAction("")
        action.triggered.connect(lambda _=False: act())
        self._icons[action] = (icon, tint)
        action.setIcon(self._look.icon(icon, tint, 24))
        return action

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
