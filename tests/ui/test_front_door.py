"""Open and closed as people handle it: tray, switch and panels, reminders, the manager's PIN."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.availability import Busy, Closing, ClosingSource, Proof, ProofState
from app.domain.errors import LedgerError, VaultError
from app.domain.status import OrderType
from app.ports.sinqro import Role
from app.services.manager_pin import ManagerPin, PinAnswer
from app.services.snapshot import Snapshot
from app.ui.busy_panel import BusyPanel
from app.ui.desk import Desk
from app.ui.notifications import Notifications
from app.ui.pause_panel import PausePanel
from app.ui.pause_wish import PauseWish
from app.ui.pin_panel import AskPin, SetPin
from app.ui.placement import Places
from app.ui.reopen_panel import ReopenPanel
from app.ui.shell import Shell
from app.ui.theme import Look
from app.ui.tray import Tray
from app.ui.tray_menu import TrayMenu
from app.ui.words import clock
from tests.ui.scene import (
    NOW,
    POINT,
    Clock,
    FakeCompanion,
    StraightBridge,
    at,
    evening,
    order_482,
    snapshot,
    week_of_the_picture,
)
from tests.ui.test_shell import Told
from tests.ui.test_tray import Host

PROVEN = Proof(state=ProofState.PROVEN, at=NOW)


class FakePin:
    """The manager's PIN is 4821, or there is none."""

    def __init__(self) -> None:
        self.set = False
        self.fault: Exception | None = None
        self.changed: list[tuple[str, ...]] = []

    async def is_set(self) -> bool:
        if self.fault is not None:
            raise self.fault
        return self.set

    async def check(self, pin: str) -> PinAnswer:
        return PinAnswer(right=pin == "4821", tries_left=4)

    async def change(self, new: str, *, old: str = "") -> PinAnswer:
        self.changed.append((old, new))
        return PinAnswer(right=True)

    async def recover(self, code: str, new: str) -> None:
        self.changed.append(("recover", code, new))

    async def remove(self, old: str) -> PinAnswer:
        self.changed.append(("remove", old))
        return PinAnswer(right=True)


class Scene:
    def __init__(self, look: Look, bridge: StraightBridge, desk: Desk, folder: Path) -> None:
        self.bridge = bridge
        self.told = Told()
        self.pin = FakePin()
        self.menu = TrayMenu(look=look)
        self.tray = Tray(look=look, menu=self.menu.menu, sandbox=False, available=Host(there=True))
        self.shell = Shell(
            look=look,
            bridge=bridge,
            desk=desk,
            places=Places(folder),
            sandbox=False,
            menu=self.menu,
            tray=self.tray,
            notifications=cast("Notifications", self.told),
            pin=lambda: cast("ManagerPin", self.pin),
        )

    def show(self, shown: Snapshot) -> None:
        self.bridge.show(shown)
        QApplication.processEvents()

    def panel(self, kind: type) -> Any:
        assert self.shell.orders is not None
        found = self.shell.orders.overlay.panel
        assert isinstance(found, kind), found
        return found

    def touch_switch(self) -> None:
        self.shell.open_orders()
        assert self.shell.orders is not None
        self.shell.orders.header.open.click()


@pytest.fixture
def scene(qtbot: QtBot, look: Look, bridge: StraightBridge, desk: Desk, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(look, bridge, desk, tmp_path)
    made.shell.start()
    yield made
    made.shell.close()
    QApplication.processEvents()


def staff(**changes: Any) -> Closing:
    known: dict[str, Any] = {"id": "c1", "source": ClosingSource.STAFF, "since": NOW, "until": at(20)}
    return Closing(**(known | changes))


def close_call(
    minutes: float | None, *, types: tuple[OrderType, ...] = (), until_opening: bool = False
) -> tuple[Any, ...]:
    until = at(minutes) if minutes is not None else None
    return ("close", POINT, until, "", types, (), until_opening)


def test_from_the_tray_to_closed_for_20_minutes(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(*evening(), proof=PROVEN))
    scene.menu.short.trigger()  # the second touch; the first opened the menu
    assert companion.calls == [close_call(20)]
    scene.show(snapshot(closings=(staff(),), proof=PROVEN))
    scene.menu.open_now.trigger()
    assert companion.calls[1:] == [("lift", POINT, "c1")]


def test_the_switch_opens_the_panel_and_its_button_closes(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(order_482(), proof=PROVEN))
    scene.touch_switch()
    panel = scene.panel(PausePanel)
    assert companion.calls == [], "a sleeve cannot close the shop"
    assert panel.button.text() == "Close 20 min"
    assert panel.warning.isVisible()
    panel.button.click()
    assert companion.calls == [close_call(20)]
    assert scene.shell.orders is not None
    assert scene.shell.orders.overlay.panel is None


def test_the_panel_chooses_length_types_channels_and_reason(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(*evening(), proof=PROVEN))
    scene.touch_switch()
    panel = scene.panel(PausePanel)
    panel.tiles[2].click()
    panel.types[OrderType.INSIDE, OrderType.INSITU].click()
    panel.types[(OrderType.RESERVATION,)].click()
    panel.pick_channels.click()
    assert sorted(panel.channels) == ["glovo", "justeat", "ubereats", "web"]
    for code in ("justeat", "ubereats", "web"):
        panel.channels[code].click()
    panel.reason.setText("horno averiado")
    assert panel.button.text() == "Close 1 hour"
    panel.confirm()
    types = (OrderType.DELIVERY, OrderType.COLLECTION)
    assert companion.calls == [("close", POINT, at(60), "horno averiado", types, ("glovo",), False)]


def test_nothing_chosen_closes_nothing(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(proof=PROVEN))
    scene.touch_switch()
    panel = scene.panel(PausePanel)
    for box in panel.types.values():
        box.click()
    assert not panel.button.isEnabled()
    panel.confirm()
    assert companion.calls == []


def test_channels_once_seen_are_remembered(scene: Scene, look: Look, tmp_path: Path) -> None:
    scene.show(snapshot(*evening()))
    assert Places(tmp_path).text("closing/channels") == "glovo,justeat,ubereats,web"


def test_closed_shows_why_and_opens_again(scene: Scene, companion: FakeCompanion) -> None:
    pos = staff(id="p1", source=ClosingSource.POS, until=None)
    scene.show(snapshot(closings=(staff(), pos), proof=PROVEN))
    scene.touch_switch()
    panel = scene.panel(ReopenPanel)
    assert panel.all.isVisible()
    assert "switched on there" in panel.note.text()
    panel.button.click()
    assert companion.calls == [("lift", POINT, "c1")], "one's own only"
    scene.touch_switch()
    scene.panel(ReopenPanel).all.click()
    assert companion.calls[1:] == [("reopen_everything", POINT)]


def test_what_sinqro_shows_wrongly_is_explained(scene: Scene, companion: FakeCompanion) -> None:
    wrong = Proof(state=ProofState.DIFFERS, at=NOW, message="Sinqro shows it closed.")
    scene.show(snapshot(proof=wrong))
    scene.touch_switch()
    panel = scene.panel(ReopenPanel)
    assert panel._title.text() == "NOT open on Sinqro"
    assert panel.note.text() == "Technical data: Sinqro shows it closed."
    panel.retry.click()
    assert companion.calls == [("look_at_sinqro", POINT)]
    scene.show(snapshot(proof=PROVEN))
    assert panel._title.text() == "Open"
    assert not panel.retry.isVisible()


def test_outside_the_hours_it_can_be_closed_for_longer(scene: Scene, companion: FakeCompanion, clock: Clock) -> None:
    clock.forward(hours=6)
    scene.show(snapshot(schedule=week_of_the_picture(), proof=PROVEN, when=clock()))
    scene.touch_switch()
    panel = scene.panel(ReopenPanel)
    assert panel.hours.isVisible()
    panel.more.click()
    scene.panel(PausePanel)


def test_twenty_minutes_more_are_never_open_in_between(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(closings=(staff(),), proof=PROVEN))
    scene.touch_switch()
    scene.panel(ReopenPanel).longer.click()
    assert companion.calls == [close_call(40), ("lift", POINT, "c1")]


def test_what_changes_while_the_panel_is_open_is_shown(scene: Scene, clock: Clock) -> None:
    scene.show(snapshot(closings=(staff(),), proof=Proof(state=ProofState.PENDING, at=NOW)))
    scene.touch_switch()
    panel = scene.panel(ReopenPanel)
    assert panel._title.text() == "Closing…"
    clock.forward(minutes=3)
    scene.show(snapshot(closings=(staff(),), proof=PROVEN, when=clock()))
    assert panel._title.text() == "Closed · 20 min"
    assert "(17 min)" in panel._proof.text()


# a manager


def press(panel: Any, digits: str) -> None:
    for digit in digits:
        panel.pad.keys[digit].click()
    panel.confirm()


def test_until_somebody_opens_wants_the_manager_where_there_is_a_pin(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(proof=PROVEN))
    scene.menu.choices[-1].trigger()
    assert companion.calls == [close_call(None)], "no PIN: nothing is guarded"
    scene.pin.set = True
    scene.menu.choices[-1].trigger()
    panel = scene.panel(AskPin)
    press(panel, "0000")
    assert len(companion.calls) == 1
    press(panel, "4821")
    assert companion.calls[1:] == [close_call(None)]
    scene.menu.short.trigger()
    assert len(companion.calls) == 3, "20 minutes are anybody's"


def test_a_locked_vault_lets_nothing_guarded_through(scene: Scene, companion: FakeCompanion, desk: Desk) -> None:
    failures: list[str] = []
    desk.failed.connect(lambda message, hint: failures.append(message))
    scene.show(snapshot(proof=PROVEN))
    scene.pin.fault = VaultError("The password store is locked.", locked=True)
    scene.shell.door.pause(PauseWish())
    assert companion.calls == []
    assert failures == ["The password store of this computer is locked. Unlock it and try again."]


def test_the_pin_is_set_from_the_menu(scene: Scene) -> None:
    scene.show(snapshot())
    scene.menu.pin.trigger()
    panel = scene.panel(SetPin)
    press(panel, "4821")
    press(panel, "4821")
    assert scene.pin.changed == [("", "4821")]
    scene.pin.set = True
    scene.menu.pin.trigger()
    panel = scene.panel(SetPin)
    panel.forgot.click()
    panel.code.setText("ABCD2345")
    press(panel, "7777")
    press(panel, "7777")
    assert scene.pin.changed[1:] == [("recover", "ABCD2345", "7777")]


# busy


def test_busy_is_set_and_ended(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(proof=PROVEN))
    scene.menu.busy.trigger()
    panel = scene.panel(BusyPanel)
    assert not panel.end.isVisible()
    panel.extras[2].click()
    panel.lengths[0].click()
    assert panel.button.text() == f"+30 min until {clock(at(30))}"
    panel.button.click()
    assert companion.calls == [("set_busy", POINT, 30, at(30))]
    scene.show(snapshot(proof=PROVEN, busy=Busy(extra_minutes=30, until=at(30))))
    scene.menu.busy.trigger()
    scene.panel(BusyPanel).end.click()
    assert companion.calls[1:] == [("clear_busy", POINT)]


# reminders


def test_the_end_of_a_closing_is_told_without_any_news_from_outside(scene: Scene, clock: Clock, qtbot: QtBot) -> None:
    scene.show(snapshot(closings=(staff(),), proof=PROVEN))
    assert scene.shell.door._timer.isActive()
    assert scene.shell.door._timer.interval() == 600_050
    clock.forward(minutes=10.1)
    scene.shell.door._timer.timeout.emit()
    qtbot.waitUntil(lambda: len(scene.told.titles) == 1)
    assert scene.told.titles[0].startswith("Opens by itself at")
    assert scene.tray.icon is not None
    assert "(10 min)" in scene.tray.icon.toolTip()


def test_the_line_leads_to_the_panel(scene: Scene, clock: Clock) -> None:
    clock.forward(minutes=12)
    scene.show(snapshot(closings=(staff(),), proof=PROVEN, when=clock()))
    scene.shell.open_orders()
    assert scene.shell.orders is not None
    banner = scene.shell.orders.banner
    assert banner.isVisible()
    assert banner.title.text().startswith("Opens by itself at")
    banner.button.click()
    scene.panel(ReopenPanel)


def test_nothing_is_asked_of_a_machine_that_only_watches(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(role=Role.VIEWER, taken_by="CAJA-2"))
    scene.shell.door.pause(PauseWish(minutes=20))
    scene.shell.door.open_now()
    assert companion.calls == []


def test_a_refusal_is_said(scene: Scene, companion: FakeCompanion, desk: Desk) -> None:
    failures: list[str] = []
    desk.failed.connect(lambda message, hint: failures.append(message))
    scene.show(snapshot(proof=PROVEN))
    companion.fail = LedgerError("the disk is full")
    scene.menu.short.trigger()
    assert failures == ["It could not be kept: is the disk full?"]


def test_the_length_is_counted_from_the_touch(scene: Scene, companion: FakeCompanion, clock: Clock) -> None:
    scene.show(snapshot(proof=PROVEN))
    scene.touch_switch()
    panel = scene.panel(PausePanel)
    clock.forward(minutes=7)
    panel.button.click()
    assert companion.calls[0][2] == NOW + timedelta(minutes=27)


def test_a_screen_reader_hears_of_open_and_closed(
    scene: Scene, companion: FakeCompanion, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.show(snapshot(proof=PROVEN))
    scene.shell.open_orders()
    assert scene.shell.orders is not None
    said: list[str] = []
    monkeypatch.setattr(scene.shell.orders, "say", said.append)
    scene.show(snapshot(closings=(staff(),), proof=PROVEN))
    scene.show(snapshot(closings=(staff(),), proof=PROVEN))
    assert [text.partition(":")[0] for text in said] == ["Closed · 20 min"]


def test_the_schedule_window_is_freed_when_closed_and_comes_back_where_it_was(scene: Scene) -> None:
    scene.show(snapshot(schedule=week_of_the_picture()))
    scene.menu.schedule.trigger()
    window = scene.shell.schedule.window
    assert window is not None
    assert window.draft.now == week_of_the_picture()
    window.resize(770, 590)
    window.close()
    scene.shell.open_schedule()
    again = scene.shell.schedule.window
    assert again
    assert again is not window
    assert (again.width(), again.height()) == (770, 590)


def test_hours_are_saved_with_the_managers_pin_over_their_window(scene: Scene, companion: FakeCompanion) -> None:
    scene.show(snapshot(schedule=week_of_the_picture()))
    scene.shell.open_schedule()
    window = scene.shell.schedule.window
    assert window is not None
    scene.pin.set = True
    window.grid.add_asked.emit(1, None)
    window.save.click()
    panel = window.overlay.panel
    assert isinstance(panel, AskPin)
    press(panel, "4821")
    assert [call[0] for call in companion.calls] == ["save"]
