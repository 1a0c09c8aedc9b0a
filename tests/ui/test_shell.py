"""The shell: never without something to see, quits only when asked twice, tells what is new, says when it is dead."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.record import OrderKey
from app.domain.status import Status
from app.ports.alarm import AlarmTest
from app.ui.alarm import Alarm
from app.ui.answers import TrayState
from app.ui.desk import Desk
from app.ui.notifications import Notifications
from app.ui.placement import Places
from app.ui.questions import Question
from app.ui.reject_panel import RejectPanel
from app.ui.shell import Shell
from app.ui.theme import Look
from app.ui.tray import Tray
from app.ui.tray_menu import TrayMenu
from tests.ui.scene import NOW, POINT, Clock, FakeCompanion, StraightBridge, evening, order_482, record, snapshot
from tests.ui.test_tray import Host

KEY = OrderKey(POINT, "482")


class Told:
    """Notifications that are only noted."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    def tell(self, title: str, text: str) -> None:
        self.titles.append(title)


class FakeAlarm(QObject):
    ringing = Signal(str, object)
    silent = Signal()
    no_device = Signal(str)
    device_back = Signal(str)
    tested = Signal(object)
    accept_asked = Signal(object)
    reject_asked = Signal(object)
    view_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.last_test: AlarmTest | None = None

    def show(self, snapshot: object) -> None:
        self.calls.append("show")

    def lower(self, key: OrderKey) -> None:
        self.calls.append(f"lower {key.order_id}")

    def restore(self, key: OrderKey) -> None:
        self.calls.append(f"restore {key.order_id}")

    def seen(self, key: OrderKey) -> None:
        self.calls.append(f"seen {key.order_id}")

    def test(self) -> None:
        self.tested.emit(AlarmTest(at=NOW, device="Speaker"))

    def heard(self, heard: bool) -> None:
        self.calls.append(f"heard {heard}")

    def close(self) -> None:
        self.calls.append("close")


class Scene:
    def __init__(self, look: Look, bridge: StraightBridge, desk: Desk, folder: Path) -> None:
        self.host = Host(there=True)
        self.told = Told()
        self.menu = TrayMenu(look=look)
        self.tray = Tray(look=look, menu=self.menu.menu, sandbox=False, available=self.host)
        self.shell = Shell(
            look=look,
            bridge=bridge,
            desk=desk,
            places=Places(folder),
            sandbox=False,
            menu=self.menu,
            tray=self.tray,
            notifications=cast("Notifications", self.told),
        )
        self.quits: list[bool] = []
        self.shell.quit_now.connect(lambda: self.quits.append(True))


@pytest.fixture
def scene(qtbot: QtBot, look: Look, bridge: StraightBridge, desk: Desk, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(look, bridge, desk, tmp_path)
    made.shell.start()
    yield made
    made.shell.close()
    QApplication.processEvents()


def test_without_a_tray_there_is_the_small_window(scene: Scene, bridge: StraightBridge) -> None:
    scene.host.there = False
    scene.tray.look_for_host()
    small = scene.shell.mini
    assert small is not None
    assert small.isVisible()
    bridge.show(snapshot())
    scene.host.there = True
    scene.tray.look_for_host()
    assert scene.shell.mini is None
    assert not small.isVisible()
    assert scene.told.titles == ["Sinqro Companion"]


def test_closing_orders_frees_it_and_the_tray_stays(scene: Scene, bridge: StraightBridge) -> None:
    bridge.show(snapshot(*evening()))
    scene.menu.orders.trigger()
    window = scene.shell.orders
    assert window is not None
    assert window.page.lanes
    window.resize(770, 640)
    window.close()
    assert scene.tray.has_host
    scene.shell.open_orders()
    again = scene.shell.orders
    assert again is not window, "freed when closed"
    assert again is not None
    assert (again.width(), again.height()) == (770, 640), "where it was"


def test_seconds_are_counted_only_while_needed(scene: Scene, bridge: StraightBridge) -> None:
    bridge.show(snapshot(record("1", status=Status.ACCEPTED)))
    assert not scene.shell._second.isActive()
    bridge.show(snapshot(order_482()))
    assert scene.shell._second.isActive()
    bridge.show(snapshot())
    assert not scene.shell._second.isActive()


def test_quitting_asks_while_orders_are_open(scene: Scene, bridge: StraightBridge) -> None:
    bridge.show(snapshot(*evening()))
    scene.menu.quit.trigger()
    assert scene.quits == []
    assert scene.shell.orders is not None
    panel = scene.shell.orders.overlay.panel
    assert isinstance(panel, Question)
    assert panel.title.text() == "Quit with 8 orders running?"
    panel.buttons[0].click()
    assert scene.quits == []
    scene.menu.quit.trigger()
    panel = scene.shell.orders.overlay.panel
    assert isinstance(panel, Question)
    panel.buttons[1].click()
    assert scene.quits == [True]


def test_quitting_with_nothing_open_asks_nothing(scene: Scene, bridge: StraightBridge) -> None:
    bridge.show(snapshot())
    scene.menu.quit.trigger()
    assert scene.quits == [True]


def test_the_loop_s_death_turns_the_tray_red(scene: Scene, bridge: StraightBridge) -> None:
    bridge.show(snapshot(order_482()))
    scene.shell.open_orders()
    bridge.died(ExceptionGroup("x", [RuntimeError("boom")]))
    assert scene.tray.state is TrayState.ERROR
    assert scene.shell.orders is not None
    assert "boom" in scene.shell.orders.banner.text.text()
    assert "The program has stopped working" in scene.told.titles
    scene.menu.quit.trigger()
    assert scene.quits == [True], "nothing is left to lose"


def test_a_death_before_the_first_snapshot_is_said_too(scene: Scene, bridge: StraightBridge) -> None:
    scene.shell.open_orders()
    bridge.died(RuntimeError("The companion is running already."))
    assert scene.tray.state is TrayState.ERROR
    assert scene.shell.orders is not None
    assert "running already" in scene.shell.orders.banner.text.text()


def test_new_orders_are_told_once(scene: Scene, bridge: StraightBridge) -> None:
    bridge.show(snapshot(record("1")))
    assert scene.told.titles == [], "what was there at the start is no news"
    bridge.show(snapshot(record("1"), record("2")))
    bridge.show(snapshot(record("1"), record("2")))
    assert scene.told.titles == ["New order 2"]
    bridge.show(snapshot(*(record(str(n)) for n in range(1, 9))))
    assert scene.told.titles[-1] == "6 new orders"


def test_the_alarm_s_buttons_work_like_the_windows_own(
    scene: Scene, bridge: StraightBridge, companion: FakeCompanion, clock: Clock
) -> None:
    alarm = FakeAlarm()
    scene.shell.use_alarm(cast("Alarm", alarm))
    bridge.show(snapshot(*evening()))
    assert alarm.calls == ["show"]
    alarm.accept_asked.emit(KEY)
    assert companion.calls == [("accept", KEY, 25)]
    alarm.reject_asked.emit(OrderKey(POINT, "9021"))
    assert scene.shell.orders is not None
    assert isinstance(scene.shell.orders.overlay.panel, RejectPanel)
    assert "lower 9021" in alarm.calls
    scene.shell.orders.overlay.close_panel()
    assert "restore 9021" in alarm.calls
    alarm.view_asked.emit(KEY)
    assert scene.shell.orders.detail is not None
    assert scene.shell.orders.detail.key == KEY
    assert "seen 482" in alarm.calls


def test_the_alarm_is_tested_and_its_result_dated(scene: Scene, bridge: StraightBridge, clock: Clock) -> None:
    alarm = FakeAlarm()
    scene.shell.use_alarm(cast("Alarm", alarm))
    bridge.show(snapshot())
    scene.menu.test.trigger()
    assert scene.shell.orders is not None
    panel = scene.shell.orders.overlay.panel
    assert isinstance(panel, Question)
    panel.buttons[1].click()
    assert "heard False" in alarm.calls
    alarm.tested.emit(AlarmTest(at=NOW, device="Speaker", heard=False))
    assert scene.menu.test.text().endswith("not heard)")
    alarm.no_device.emit("no loudspeaker")
    assert scene.shell.orders.header.working.text_shown == "No sound · no loudspeaker"
    alarm.device_back.emit("Speaker")
    assert "Connected" in scene.shell.orders.header.working.text_shown
