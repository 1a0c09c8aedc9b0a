"""Desktop notifications: by the desktop's own service (``org.freedesktop.Notifications``), else by the tray host.

The call is made by ``gdbus``, a process of its own: PySide6's D-Bus has no unsigned integers, which the service's
``Notify`` wants, and a service that hangs must not hold up the GUI.
"""

import shutil
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QProcess

from app.ui.board import Card
from app.ui.words import channel_name, clock, tr

_TIMEOUT = 5000


class Notifications(QObject):
    """``fall_back`` gets title and text where the desktop has no service."""

    def __init__(self, *, fall_back: Callable[[str, str], None], program: str | None = None) -> None:
        super().__init__()
        self._fall_back = fall_back
        self._program = program if program is not None else _gdbus()
        self._running: set[QProcess] = set()

    def tell(self, title: str, text: str) -> None:
        """Show a notification; never waits."""
        if not self._program or len(self._running) >= 3:  # a burst of orders is one message more or less
            if not self._program:
                self._fall_back(title, text)
            return
        process = QProcess(self)
        self._running.add(process)
        process.finished.connect(lambda code, _status: self._ended(process, code, title, text))
        process.errorOccurred.connect(lambda _error: self._ended(process, 1, title, text))
        process.start(self._program, _arguments(title, text))

    def _ended(self, process: QProcess, code: int, title: str, text: str) -> None:
        if process not in self._running:
            return
        self._running.discard(process)
        process.deleteLater()
        if code != 0:
            self._fall_back(title, text)


def new_orders(new: Sequence[Card]) -> tuple[str, str]:
    """Title and text for orders that came in: one in full, several by their codes."""
    if len(new) > 1:
        return tr("%n new orders", n=len(new)), ", ".join(card.record.code for card in new[:8])
    card = new[0]
    due = card.record.execution_at
    parts = [channel_name(card.record, card.sheet), tr("for %1", clock(due)) if due is not None else ""]
    word = tr("New reservation %1") if card.record.is_reservation else tr("New order %1")
    return word.replace("%1", card.record.code), " · ".join(part for part in parts if part)


def _gdbus() -> str:
    return (shutil.which("gdbus") or "") if sys.platform.startswith("linux") else ""


def _arguments(title: str, text: str) -> list[str]:
    where = "org.freedesktop.Notifications"
    values = ["'Sinqro Companion'", "0", "''", _quoted(title), _quoted(text), "@as []", "{'urgency': <byte 1>}", "8000"]
    return [
        *("call", "--session", "--timeout", str(_TIMEOUT // 1000), "--dest", where),
        *("--object-path", "/org/freedesktop/Notifications", "--method", f"{where}.Notify", "--"),
        *values,
    ]


def _quoted(text: str) -> str:
    """A string as gdbus reads it; services may read markup, so that is written as text."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = plain.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"
