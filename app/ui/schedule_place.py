"""The Schedule window's coming and going: built when opened, shown what is new, freed when closed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.answers import Answers
from app.ui.board import Board
from app.ui.desk import Desk
from app.ui.placement import Places
from app.ui.theme import Look

if TYPE_CHECKING:
    from app.ui.schedule_holidays import Holidays
    from app.ui.schedule_window import ScheduleWindow


class SchedulePlace(QObject):
    """``guard`` asks for the manager's PIN where there is one; ``holidays`` gives the public ones when needed."""

    menu_asked = Signal(object)
    orders_asked = Signal()
    open_asked = Signal()
    closed = Signal()

    def __init__(
        self,
        *,
        look: Look,
        desk: Desk,
        places: Places,
        sandbox: bool,
        guard: Callable[[Callable[[], object]], object],
        holidays: "Callable[[], Holidays] | None",
    ) -> None:
        super().__init__()
        self._look = look
        self._desk = desk
        self._places = places
        self._sandbox = sandbox
        self._guard = guard
        self._holidays = holidays
        self.window: ScheduleWindow | None = None

    def open(self) -> "ScheduleWindow":
        """Bring it up."""
        if self.window is None:
            from app.ui.schedule_window import ScheduleWindow

            window = ScheduleWindow(
                look=self._look,
                desk=self._desk,
                sandbox=self._sandbox,
                guard=self._guard,
                holidays=self._holidays() if self._holidays is not None else None,
            )
            window.menu_asked.connect(self.menu_asked)
            window.back_asked.connect(self.orders_asked)
            window.todo_asked.connect(self.orders_asked)
            window.open_asked.connect(self.open_asked)
            window.closed.connect(self._closed)
            self._places.restore("schedule", window)
            self.window = window
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        return self.window

    def show_board(self, board: Board, answers: Answers) -> None:
        """What is new."""
        if self.window is not None:
            self.window.show_board(board, answers)

    def tick(self) -> None:
        """One second later."""
        if self.window is not None:
            self.window.tick()

    def close(self) -> None:
        """The end of it."""
        if self.window is not None:
            self.window.leave()

    def _closed(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            self._places.keep("schedule", window)
            window.deleteLater()  # a closed window costs no memory
            self.closed.emit()
