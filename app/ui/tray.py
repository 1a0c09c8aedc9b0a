"""The tray icon: made when a host appears, watched for, made anew when the host restarts.

A desktop may have no host, or get it late, or lose it when its shell restarts: :attr:`Tray.hosted` says so, and a small
window takes the icon's place meanwhile.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.ui.answers import TrayState
from app.ui.theme import Look
from app.ui.tray_icon import MOST_COUNTED, tray_icon

_LOOK_FOR = 3000
"""Milliseconds between two looks for a host that is not there: nothing tells of it on every desktop."""

_LOOK_AGAIN = 10_000
"""The same for one that is there: a look is a connection to the session bus, the dearest thing a waiting tray does."""

_FRAME = 1000
"""Milliseconds of each frame while an order rings: below one change a second nothing flickers."""


class Tray(QObject):
    """``available`` says whether there is a host; ``still`` keeps one frame (reduced motion)."""

    opened = Signal()
    """A left or double click."""
    hosted = Signal(bool)
    """A host came or went."""

    def __init__(
        self,
        *,
        look: Look,
        menu: QMenu,
        sandbox: bool,
        available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        still: bool = False,
    ) -> None:
        super().__init__()
        self._look = look
        self._menu = menu
        self._sandbox = sandbox
        self._available = available
        self._still = still
        self._shown = (TrayState.CONNECTING, 0)
        self._second = False
        self._sentence = "Sinqro Companion"
        self.icon: QSystemTrayIcon | None = None
        self._drawn: dict[tuple[TrayState, int, bool], QIcon] = {}
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_FOR)
        self._watch.timeout.connect(self.look_for_host)
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME)
        self._frames.timeout.connect(self._next_frame)

    @property
    def state(self) -> TrayState:
        """What it shows."""
        return self._shown[0]

    @property
    def has_host(self) -> bool:
        """Whether the icon is in a tray now."""
        return self.icon is not None

    def start(self) -> None:
        """Look for a host now and from time to time; tells at once how it is."""
        self.look_for_host()
        if not self.has_host:
            self.hosted.emit(False)
        self._watch.start()

    def look_for_host(self) -> None:
        """Make or drop the icon as the host comes and goes."""
        there = self._available()
        if there and self.icon is None:
            self.icon = QSystemTrayIcon(self)
            self.icon.setContextMenu(self._menu)
            self.icon.activated.connect(self._activated)
            self._draw()
            self.icon.show()
            self._watch.setInterval(_LOOK_AGAIN)
            self.hosted.emit(True)
        elif not there and self.icon is not None:
            gone, self.icon = self.icon, None
            gone.hide()
            gone.deleteLater()
            self._watch.setInterval(_LOOK_FOR)
            self.hosted.emit(False)

    def show_state(self, state: TrayState, count: int, sentence: str) -> None:
        """Show a state; nothing is drawn when it is the same."""
        self._sentence = sentence
        if self.icon is not None and self.icon.toolTip() != sentence:
            self.icon.setToolTip(sentence)
        if (state, count) != self._shown:
            self._shown = (state, count)
            self._second = False
            self._draw()
        rings = state is TrayState.NEW and not self._still
        if rings and not self._frames.isActive():
            self._frames.start()
        elif not rings:
            self._frames.stop()

    def message(self, title: str, text: str) -> None:
        """A message through the host, where the desktop has no service for it."""
        if self.icon is not None:
            self.icon.showMessage(title, text, self.icon.icon())

    def close(self) -> None:
        """Take the icon away."""
        self._watch.stop()
        self._frames.stop()
        if self.icon is not None:
            self.icon.hide()

    def _draw(self) -> None:
        if self.icon is not None:
            state, count = self._shown
            key = (state, min(count, MOST_COUNTED + 1), self._second)
            if key not in self._drawn:
                self._drawn[key] = tray_icon(self._look, state, count=count, second=self._second, sandbox=self._sandbox)
            self.icon.setIcon(self._drawn[key])
            self.icon.setToolTip(self._sentence)

    def _next_frame(self) -> None:
        self._second = not self._second
        self._draw()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()
