"""Work in small pieces, one for each turn of the event loop: what would take long must not keep clicks waiting."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Slices(QObject):
    """Pieces are done in the order they came; a piece may add others, which come last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        return bool(self._pieces)

    def add(self, *pieces: Callable[[], object]) -> None:
        """Do these too."""
        self._pieces.extend(pieces)
        self._timer.start()

    def clear(self) -> None:
        """Leave what is left undone."""
        self._pieces.clear()
        self._timer.stop()

    def _turn(self) -> None:
        if self._pieces:
            self._pieces.popleft()()
        if not self._pieces:
            self._timer.stop()
