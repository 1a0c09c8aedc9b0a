"""The Qt side of the program's life: the application, the signals of the system, the window, and the end."""

import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from app.runtime.host import Host
from app.services.staff import Staff
from app.ui.bare_window import BareWindow
from app.ui.bridge import Bridge


def run(
    *,
    bridge: Bridge,
    main: Callable[[], Awaitable[None]],
    staff: Callable[[], Staff | None],
    take_over: Callable[[str], Awaitable[None]],
) -> int:
    """Show the window and run ``main`` in the loop's thread until the window is closed. Returns the exit status."""
    application = _application()
    host = Host(main=main, on_death=bridge.died)
    bridge.host = host
    window = BareWindow(bridge=bridge, staff=staff, take_over=take_over)
    window.show()
    host.start()
    notifier = _quit_on_signals(application)
    try:
        status = application.exec()
    finally:
        notifier.setEnabled(False)
        stopped = host.stop()
    return int(status) if stopped else 1


def make_bridge() -> Bridge:
    """The bridge; made in the GUI thread, after the application."""
    _application()
    return Bridge()


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(sys.argv[:1])
    application.setApplicationName("sinqro-companion")
    application.setApplicationDisplayName("Sinqro Companion")
    return application


def _quit_on_signals(application: QApplication) -> QSocketNotifier:
    """Ctrl-C and SIGTERM end the program in order: Python's handlers run only when Qt gives it a turn."""
    theirs, ours = socket.socketpair()
    theirs.setblocking(False)
    ours.setblocking(False)
    signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(theirs.fileno(), QSocketNotifier.Type.Read, application)

    def wake() -> None:
        with suppress(BlockingIOError):
            theirs.recv(64)
        application.quit()

    notifier.activated.connect(wake)
    notifier.setProperty("sockets", (theirs, ours))  # they live as long as the notifier
    return notifier
