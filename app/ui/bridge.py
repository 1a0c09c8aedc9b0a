"""The one crossing between the loop and Qt.

Loop → Qt: signals that carry frozen values, delivered queued in the GUI thread. Qt → loop: :meth:`Bridge.ask` around
:meth:`~app.runtime.host.Host.submit`; nothing ever waits in the GUI thread, what came of it arrives as a signal.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.errors import CompanionError
from app.runtime.host import Host
from app.services.snapshot import Snapshot


class Bridge(QObject):
    """Lives in the GUI thread; :meth:`show` and :meth:`died` are called from the loop's."""

    snapshot_changed = Signal(object)
    """A new :class:`~app.services.snapshot.Snapshot`."""
    ask_failed = Signal(str, str)
    """What a person asked for could not be done: message and hint."""
    loop_died = Signal(str)
    """The loop is dead: nothing works any more until the program is started again."""

    def __init__(self) -> None:
        super().__init__()
        self.host: Host | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Hand a snapshot over."""
        self.snapshot_changed.emit(snapshot)

    def died(self, error: BaseException | None) -> None:
        """The loop ended without being asked to."""
        self.loop_died.emit(str(error) if error is not None else "")

    def ask(self, work: Callable[[], Awaitable[object]]) -> None:
        """Have the loop do something; a failure comes back as :attr:`ask_failed`."""
        if self.host is not None:
            self.host.submit(work).add_done_callback(self._asked)

    def _asked(self, future: "Future[Any]") -> None:
        try:
            future.result()
        except CompanionError as exc:
            self.ask_failed.emit(exc.message, exc.hint)
        except (CancelledError, Exception) as exc:  # a bug, logged by the host: people hear that it did not happen
            self.ask_failed.emit(str(exc) or type(exc).__name__, "")
