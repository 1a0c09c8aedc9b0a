"""The full-screen alarm: the most urgent order without an answer, on every screen, above the POS.

It never takes the keyboard: staff may be typing in the POS. Two frames take turns once a second, the drawn one and the
same in swapped colours, unless the system asks for less motion. It is shown again and again with what is true now, and
goes with the answer, from wherever that comes.

A window of many large letters takes a tenth of a second on an old machine: it is made in pieces, between which the
board takes its clicks.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from app.domain.record import OrderKey
from app.ui.flash_order import FlashOrder
from app.ui.slices import Slices
from app.ui.theme import Look

if TYPE_CHECKING:
    from app.ui.flash_window import FlashWindow

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
        """Those that are made; each is visible soon after."""
        self._screen_names: list[str] = []
        self._slices = Slices(self)
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
        names = [screen.name() for screen in screens]
        if names != self._screen_names:
            self._drop()
            self._screen_names = names
            self._slices.add(_load, *(partial(self._make, screen) for screen in screens))
        if not self._slices.busy:
            for window in self.windows:
                self._slices.add(partial(self._fill, window), partial(self._appear, window))

    def hide(self) -> None:
        """It is over."""
        self._order = None
        self._drop()

    def _make(self, screen: QScreen) -> None:
        from app.ui.flash_window import FlashWindow

        window = FlashWindow(look=self._look, minutes=self._minutes, screen=screen)
        window.accept_asked.connect(self.accept_asked)
        window.view_asked.connect(self.view_asked)
        window.reject_asked.connect(self.reject_asked)
        self.windows.append(window)
        self._slices.add(lambda: self._fill(window), window.polish, lambda: self._appear(window))

    def _fill(self, window: "FlashWindow") -> None:
        if self._order is not None:
            window.set_order(self._order)

    def _appear(self, window: "FlashWindow") -> None:
        if not window.isVisible():
            window.appear()
        if not self._timer.isActive() and not steady():
            self._timer.start()

    def _drop(self) -> None:
        self._slices.clear()
        self._timer.stop()
        self._swapped = False
        for window in self.windows:
            window.close()
            window.deleteLater()
        self.windows = []
        self._screen_names = []

    def _swap(self) -> None:
        self._swapped = not self._swapped
        for window in self.windows:
            window.set_swapped(self._swapped)


def _load() -> None:
    """The first time this takes as long as another piece."""
    from app.ui import flash_window  # noqa: F401 - loaded


def steady() -> bool:
    """Whether the system asks for less motion; only Windows tells."""
    if sys.platform == "win32":
        import ctypes

        shown = ctypes.c_int(1)
        ctypes.windll.user32.SystemParametersInfoW(0x1042, 0, ctypes.byref(shown), 0)  # SPI_GETCLIENTAREAANIMATION
        return not shown.value
    else:  # noqa: RET505 - the type checker sees one of the two
        return False
