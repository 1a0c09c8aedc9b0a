"""A second start brings up the first one's window and ends: found by a local socket that is the user's alone.

The lock of the data folder (:mod:`app.infra.single_instance`) is what keeps two from working; this is a courtesy.
"""

import hashlib
import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_PATIENCE = 300
"""Milliseconds that the first one has to answer."""


def name_for(folder: Path) -> str:
    """The socket's name, by the data folder."""
    return f"sinqro-companion-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:20]}"


def raise_first(name: str) -> bool:
    """Ask a first one to show itself; false when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_PATIENCE):
        return False
    socket.write(b"show\n")
    socket.waitForBytesWritten(_PATIENCE)
    socket.disconnectFromServer()
    return True


class FirstStart(QObject):
    """Listens for later starts."""

    asked = Signal()
    """Another start wants to see the window."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left by a crash
            if not self._server.listen(name):
                log.info("a second start will not find this one: %s", self._server.errorString())

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.asked.emit()
