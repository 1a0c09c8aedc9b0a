"""The full-screen alarm: the most urgent order without an answer, on every screen, above the POS.

It never takes the keyboard: staff may be typing in the POS. Two frames take turns once a second, the drawn one and the
same in swapped colours, unless the system asks for less motion. It is shown again and again with what is true now, and
goes with the answer, from wherever that comes.
"""

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from app.domain.record import OrderKey
from app.ui.flash_window import FlashOrder, FlashWindow
from app.ui.theme import Look

SWAP_MS = 1000
"""A change of frame a second at the most: well below what may harm people."""


class Flash(QObject):
    """One window on each screen, made when it must be seen and freed when it is over."""

    accept_asked = Signal(object)
    """The key of an order that is to be accepted with the standard minutes."""
    view_asked = Signal(object)
    reject_asked = Signal(object)

    def __init__(
        self, *, look: Look, minutes: int, screens: Callable[[], list[QScreen]] = QGuiApplication.screens
    ) -> None:
        super().__init__()
        self._look = look
        self._minutes = minutes
        self._screens = screens
        self._order: FlashOrder | None = None
        self.windows: list[FlashWindow] = []
        self._swapped = False
        self._timer = QTimer(self)
        self._timer.setInterval(SWAP_MS)
        self._timer.timeout.connect(self._swap)

    @property
    def shown(self) -> OrderKey | None:
        """The order that fills the screens."""
        return self._order.record.key if self._order is not None else None

    def show(self, order: FlashOrder) -> None:
        """Show this order as it is now; what is shown already is only brought up to date."""
        self._order = order
        screens = self._screens()
        if [window.screen_name for window in self.windows] != [screen.name() for screen in screens]:
            self._drop()
            self.windows = [self._window(screen) for screen in screens]
            self._swapped = False
            if not steady():
                self._timer.start()
        for window in self.windows:
            window.set_order(order)
            if not window.isVisible():
                window.appear()

    def hide(self) -> None:
        """It is over."""
        self._order = None
        self._drop()

    def _window(self, screen: QScreen) -> FlashWindow:
        window = FlashWindow(look=self._look, minutes=self._minutes, screen=screen)
        window.accept_asked.connect(self.accept_asked)
        window.view_asked.connect(self.view_asked)
        window.reject_asked.connect(self.reject_asked)
        return window

    def _drop(self) -> None:
        self._timer.stop()
        for window in self.windows:
            window.close()
            window.deleteLater()
        self.windows = []

    def _swap(self) -> None:
        self._swapped = not self._swapped
        for window in self.windows:
            window.set_swapped(self._swapped)


def steady() -> bool:
    """Whether the system asks for less motion; only Windows tells."""
    if sys.platform == "win32":
        import ctypes

        shown = ctypes.c_int(1)
        ctypes.windll.user32.SystemParametersInfoW(0x1042, 0, ctypes.byref(shown), 0)  # SPI_GETCLIENTAREAANIMATION
        return not shown.value
    else:  # noqa: RET505 - the type checker sees one of the two
        return False
