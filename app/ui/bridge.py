"""The one crossing between the loop and Qt.

Loop → Qt: signals that carry frozen values, delivered queued in the GUI thread. Qt → loop: :meth:`Bridge.ask` around
:meth:`~app.runtime.host.Host.submit`; nothing ever waits in the GUI thread, what came of it arrives as a signal.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.errors import CompanionError
from app.runtime.host import Host
from app.services.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of something asked: ``error`` is empty when it was done."""

    ticket: object
    result: object = None
    error: str = ""
    code: str = ""
    """Stable name of the error, for its translation; empty for a bug."""
    hint: str = ""


class Bridge(QObject):
    """Lives in the GUI thread; :meth:`show`, :meth:`told` and :meth:`died` are called from the loop's."""

    snapshot_changed = Signal(object)
    """A new :class:`~app.services.snapshot.Snapshot`."""
    answered = Signal(object)
    """Something asked came back: an :class:`Answer`."""
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
        self.loop_died.emit(_message(error))

    def ask(self, work: Callable[[], Awaitable[object]], *, ticket: object = None) -> None:
        """Have the loop do something; it comes back as :attr:`answered` with the same ``ticket``."""
        if self.host is not None:
            self.host.submit(work).add_done_callback(lambda future: self._asked(future, ticket))

    def _asked(self, future: "Future[Any]", ticket: object) -> None:
        try:
            answer = Answer(ticket=ticket, result=future.result())
        except CompanionError as exc:
            answer = Answer(ticket=ticket, error=exc.message, code=exc.code, hint=exc.hint)
        except (CancelledError, Exception) as exc:  # a bug, logged by the host: people hear that it did not happen
            answer = Answer(ticket=ticket, error=str(exc) or type(exc).__name__)
        self.answered.emit(answer)


def _message(error: BaseException | None) -> str:
    """What people read of it: the innermost of a group of one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return str(error or "")
