"""A second start brings up the first one's window and ends.

The first listens on a loopback port and leaves ``first-start`` in the data folder, for the user alone: the port, and a
secret that only somebody who may read there knows. A second sends the secret and gets it back. The lock of the data
folder (:mod:`app.infra.single_instance`) is what keeps two from working; this is a courtesy. (Not by Qt's local
sockets: they take QtNetwork, 3 MB of memory for as long as the tray waits.)
"""

import hmac
import logging
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QSocketNotifier, Signal

log = logging.getLogger(__name__)

_PATIENCE = 0.5
"""Seconds that the first one has to answer: its windows may be at work."""

_MOST = 256
"""Bytes of a message; longer ones are not ours."""


class _Contact(NamedTuple):
    """Where the first one listens."""

    port: int
    secret: bytes


def _file(folder: Path) -> Path:
    return folder / "first-start"


def _contact(folder: Path) -> _Contact | None:
    """What the first one left; after a crash it may be nobody's any more."""
    try:
        port, secret = _file(folder).read_bytes().split()
        return _Contact(int(port), secret)
    except (OSError, ValueError):
        return None


def raise_first(folder: Path) -> bool:
    """Ask the first one on this data folder to show itself; false when there is none."""
    contact = _contact(folder)
    if contact is None:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours, suppress(OSError, OverflowError):
        ours.settimeout(_PATIENCE)
        ours.connect(("127.0.0.1", contact.port))
        ours.send(contact.secret)
        return hmac.compare_digest(ours.recv(_MOST), contact.secret)
    return False


class FirstStart(QObject):
    """Listens for later starts until it is closed. ``folder`` is the data folder; without it nobody will find this."""

    asked = Signal()
    """Another start wants to see the window."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = _file(folder)
        self._secret = secrets.token_hex(16).encode()
        self._socket: socket.socket | None = None
        try:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._socket.bind(("127.0.0.1", 0))
            _write(self._path, b"%d %b\n" % (self._socket.getsockname()[1], self._secret))
        except OSError as exc:
            log.info("a second start will not find this one: %s", exc)
            self.close()
            return
        self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._called)

    def close(self) -> None:
        """Listen no more."""
        ours, self._socket = self._socket, None
        if ours is None:
            return
        if (notifier := self.findChild(QSocketNotifier)) is not None:
            notifier.setEnabled(False)
        ours.close()
        contact = _contact(self._path.parent)
        if contact is not None and contact.secret == self._secret:
            with suppress(OSError):
                self._path.unlink()

    def _called(self) -> None:
        if self._socket is None:
            return
        with suppress(OSError):
            said, whom = self._socket.recvfrom(_MOST)
            if hmac.compare_digest(said, self._secret):
                self._socket.sendto(self._secret, whom)
                self.asked.emit()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for the user alone."""
    fresh = path.with_suffix(f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
    fresh.replace(path)
