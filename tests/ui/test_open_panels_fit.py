"""Every panel of open, closed and hours on a small screen, in each language: targets, names, words that fit."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.availability import Busy, Closing, ClosingSource, Proof, ProofState
from app.infra.holidays import HolidayTables
from app.services.snapshot import Snapshot
from app.ui.desk import Desk
from app.ui.language import LANGUAGES, install
from app.ui.notifications import Notifications
from app.ui.panel import Panel
from app.ui.pause_wish import PauseWish
from app.ui.placement import Places
from app.ui.schedule_draft import Span
from app.ui.schedule_editor import CopyPanel
from app.ui.shell import Shell
from app.ui.theme import TOUCH, Look
from app.ui.tray import Tray
from app.ui.tray_menu import TrayMenu
from tests.ui.scene import NOW, Clock, FakeCompanion, StraightBridge, at, evening, snapshot, week_of_the_picture
from tests.ui.test_front_door import FakePin
from tests.ui.test_shell import Told
from tests.ui.test_tray import Host

PROVEN = Proof(state=ProofState.PROVEN, at=NOW)
SHUT = (
    Closing(id="c", source=ClosingSource.STAFF, since=NOW, until=at(20), reason="horno averiado"),
    Closing(id="p", source=ClosingSource.POS, since=NOW),
)

Open = Callable[[Shell], None]


def _schedule(shell: Shell, act: Callable[..., object]) -> None:
    shell.open_schedule()
    assert shell.schedule.window is not None
    shell.schedule.window.resize(1024, 700)
    act(shell.schedule.window)


def _set_pin(shell: Shell, *, recovering: bool) -> None:
    shell.door._open_set_pin(shell._overlay(), cast("object", FakePin()), is_set=True, recovering=recovering)  # type: ignore[arg-type]


PANELS: dict[str, Open] = {
    "pause": lambda shell: shell.door.open_pause(shell._overlay()),
    "reopen": lambda shell: shell.door.open_switch(shell._overlay()),
    "busy": lambda shell: shell.door.open_busy(shell._overlay()),
    "ask pin": lambda shell: shell.door.pause(PauseWish()),
    "change pin": lambda shell: _set_pin(shell, recovering=False),
    "recover pin": lambda shell: _set_pin(shell, recovering=True),
    "copy": lambda shell: _schedule(
        shell, lambda window: window.overlay.open(CopyPanel(look=window._look, day=6, done=print))
    ),
    "exception": lambda shell: _schedule(shell, lambda window: window._open_exception(window.draft.now.exceptions[3])),
    "new exception": lambda shell: _schedule(shell, lambda window: window._open_exception(None)),
    "holidays": lambda shell: _schedule(shell, lambda window: window._open_holidays()),
    "unsaved": lambda shell: _schedule(shell, lambda window: (window.draft.add(1), window.close())),
}


@pytest.fixture(params=sorted(LANGUAGES))
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    before = QLocale()
    translator = install(qapp, request.param)
    yield request.param
    QCoreApplication.removeTranslator(translator)
    QLocale.setDefault(before)


@pytest.fixture
def shell(
    qtbot: QtBot,
    language: str,
    look: Look,
    bridge: StraightBridge,
    companion: FakeCompanion,
    clock: Clock,
    tmp_path: Path,
) -> Iterator[Shell]:
    pin = FakePin()
    pin.set = True
    menu = TrayMenu(look=look)
    made = Shell(
        look=look,
        bridge=bridge,
        desk=Desk(bridge=bridge, companion=companion.as_companion, now=clock),
        places=Places(tmp_path),
        sandbox=False,
        menu=menu,
        tray=Tray(look=look, menu=menu.menu, sandbox=False, available=Host(there=True)),
        notifications=cast("Notifications", Told()),
        pin=lambda: cast("object", pin),  # type: ignore[arg-type, return-value]
        holidays=HolidayTables,
    )
    made.open_orders()
    assert made.orders is not None
    made.orders.resize(1024, 700)
    yield made
    made.close()
    QApplication.processEvents()


def taken(name: str) -> Snapshot:
    closings = SHUT if name == "reopen" else ()
    busy = Busy(extra_minutes=20, until=at(46)) if name == "busy" else None
    return snapshot(*evening(), schedule=week_of_the_picture(), proof=PROVEN, closings=closings, busy=busy)


def shown(shell: Shell) -> Panel:
    windows = [window for window in (shell.schedule.window, shell.orders) if window is not None]
    panels = [window.overlay.panel for window in windows if window.overlay.panel is not None]
    assert len(panels) == 1
    return panels[0]


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QPushButton) else ""
    return (widget.accessibleName() or text).strip()


@pytest.mark.parametrize("name", sorted(PANELS))
def test_targets_names_and_words(shell: Shell, bridge: StraightBridge, name: str) -> None:
    bridge.show(taken(name))
    QApplication.processEvents()
    PANELS[name](shell)
    QApplication.processEvents()
    panel = shown(shell)
    assert panel.accessibleName()
    buttons = [button for button in panel.findChildren(QPushButton) if button.isVisible()]
    assert buttons
    for button in buttons:
        assert button.height() >= TOUCH, name_of(button)
        assert button.width() >= TOUCH or button.text(), name_of(button)
        assert name_of(button)
        if button.text():
            words = button.fontMetrics().horizontalAdvance(button.text())
            assert words <= button.width(), f"{button.text()} is cut"
        left = button.mapTo(panel, button.rect().topLeft()).x()
        assert left >= 0, name_of(button)
        assert left + button.width() <= panel.width(), name_of(button)


def test_the_schedule_window_itself(shell: Shell, bridge: StraightBridge) -> None:
    bridge.show(taken(""))
    QApplication.processEvents()
    _schedule(shell, lambda window: window.grid.choose(Span(6, 20 * 60, 6 * 60)))
    window = shell.schedule.window
    assert window is not None
    QApplication.processEvents()
    for button in window.findChildren(QPushButton):
        if button.isVisible() and button.text():
            words = button.fontMetrics().horizontalAdvance(button.text())
            assert words <= button.width(), f"{button.text()} is cut"
    assert window.today == date(2026, 12, 4)
