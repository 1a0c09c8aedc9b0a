"""The small window's coming and going: there while no tray has the icon."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.answers import Answers
from app.ui.board import Board
from app.ui.placement import Places
from app.ui.theme import Look

if TYPE_CHECKING:  # loaded when it is needed
    from app.ui.mini_window import MiniWindow


class MiniPlace(QObject):
    """The window's wishes; those about an order carry its card."""

    orders_asked = Signal()
    menu_asked = Signal(object)
    accepted = Signal(object)
    viewed = Signal(object)
    rejected = Signal(object)

    def __init__(self, *, look: Look, places: Places, sandbox: bool) -> None:
        super().__init__()
        self._look = look
        self._places = places
        self._sandbox = sandbox
        self.window: MiniWindow | None = None

    def open(self) -> None:
        """At its corner, or where it was."""
        from app.ui.mini_window import MiniWindow

        self.window = window = MiniWindow(look=self._look, sandbox=self._sandbox)
        window.orders_asked.connect(self.orders_asked)
        window.menu_asked.connect(self.menu_asked)
        window.accepted.connect(self.accepted)
        window.viewed.connect(self.viewed)
        window.rejected.connect(self.rejected)
        window.to_corner()
        self._places.restore("mini", window)
        window.show()

    def show_board(self, board: Board, answers: Answers, now: datetime) -> None:
        """What is new."""
        if self.window is not None:
            self.window.show_board(board, answers, now)

    def show_dead(self, why: str) -> None:
        """The loop is dead."""
        if self.window is not None:
            self.window.show_dead(why)

    def drop(self) -> bool:
        """Take it away; whether there was one."""
        window, self.window = self.window, None
        if window is None:
            return False
        self._places.keep("mini", window)
        window.hide()
        window.deleteLater()
        return True
