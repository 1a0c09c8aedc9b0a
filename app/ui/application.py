"""The Qt side of the program's life: the application, the signals of the system, the shell, and the end."""

import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from app.runtime.companion import Companion
from app.runtime.host import Host
from app.services.manager_pin import ManagerPin
from app.ui import lean
from app.ui.alarm import Alarm
from app.ui.bridge import Bridge
from app.ui.desk import Desk
from app.ui.flash import steady
from app.ui.language import install
from app.ui.placement import Places
from app.ui.second_start import FirstStart, raise_first
from app.ui.shell import Shell
from app.ui.theme import Look
from app.ui.tray import Tray
from app.ui.tray_icon import tray_icon
from app.ui.tray_menu import TrayMenu

if TYPE_CHECKING:
    from app.ui.schedule_holidays import Holidays

_STARTED_MS = 8000
"""Milliseconds after which the start's work is done."""

MakeAlarm = Callable[[Look, Places], Alarm]
MakeHolidays = Callable[[], "Holidays"]


def run(
    *,
    bridge: Bridge,
    main: Callable[[], Awaitable[None]],
    companion: Callable[[], Companion | None],
    # what it is shown with
    folder: Path,
    language: str,
    sandbox: bool,
    make_alarm: MakeAlarm | None,
    show_orders: bool,
    pin: ManagerPin | None = None,
    holidays: MakeHolidays | None = None,
) -> int:
    """Show tray and windows and run ``main`` in the loop's thread until a person quits. Returns the exit status.

    ``folder`` is the data folder. Another program that works on it is asked to show itself, and this one ends.
    """
    lean.one_pool()
    application = _application()
    if raise_first(folder):
        return 0
    install(application, language)
    look = Look()
    look.apply()
    host = Host(main=main, on_death=bridge.died)
    bridge.host = host
    places = Places(folder)
    menu = TrayMenu(look=look)
    tray = Tray(look=look, menu=menu.menu, sandbox=sandbox, still=steady())
    desk = Desk(bridge=bridge, companion=companion)
    shell = Shell(
        look=look,
        bridge=bridge,
        desk=desk,
        places=places,
        sandbox=sandbox,
        menu=menu,
        tray=tray,
        pin=lambda: pin,
        holidays=holidays,
    )
    shell.quit_now.connect(lambda: application.exit(0))  # quit() would ask the windows, and the small one says no
    if make_alarm is not None:
        shell.use_alarm(make_alarm(look, places))
    first = FirstStart(folder)
    first.asked.connect(shell.open_orders)
    application.setWindowIcon(tray_icon(look, tray.state, sandbox=sandbox))
    shell.start()
    if show_orders:
        shell.open_orders()
    host.start()
    QTimer.singleShot(_STARTED_MS, lean.give_back)
    notifier = _quit_on_signals(application)
    try:
        status = application.exec()
    finally:
        notifier.setEnabled(False)
        first.close()
        shell.close()
        stopped = host.stop()
    if not stopped:  # Python would wait for the thread for ever; the ledger is made for that
        os._exit(1)
    return int(status)


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
    application.setDesktopFileName("sinqro-companion")
    application.setStyle("Fusion")  # no platform look shows through
    application.setQuitOnLastWindowClosed(False)  # the tray stays
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
        application.exit(0)

    notifier.activated.connect(wake)
    notifier.setProperty("sockets", (theirs, ours))  # they live as long as the notifier
    return notifier
