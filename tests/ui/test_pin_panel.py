"""The manager's PIN at the screen: asked before what is guarded, set, changed, removed, and the way out."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.services.manager_pin import PinAnswer
from app.ui.pin_panel import AskPin, Reply, SetPin
from app.ui.theme import Look
from tests.ui.scene import NOW, Clock


class Vault:
    """What the panels ask, answered at once as ManagerPin would."""

    def __init__(self, pin: str = "") -> None:
        self.pin = pin
        self.answer: PinAnswer | None = None
        self.why = ""

    def check(self, typed: str, reply: Reply) -> None:
        right = typed == self.pin
        if self.why:
            reply(None, self.why)
        else:
            reply(self.answer or PinAnswer(right=right, tries_left=5 if right else 4), "")

    def change(self, old: str, new: str, reply: Reply) -> None:
        if old != self.pin:
            reply(PinAnswer(right=False, tries_left=4), "")
        else:
            self.pin = new
            reply(PinAnswer(right=True), "")

    def recover(self, code: str, new: str, reply: Reply) -> None:
        if code != "ABCD2345":
            reply(None, "Sinqro does not know this code.")
        else:
            self.pin = new
            reply(PinAnswer(right=True), "")

    def remove(self, old: str, reply: Reply) -> None:
        self.change(old, "", reply)


class Asked:
    """A panel that asks."""

    def __init__(self, look: Look, vault: Vault) -> None:
        self.done: list[str] = []
        self.closed: list[bool] = []
        self.panel = AskPin(
            look=look,
            what="The hours are about to be changed.",
            now=Clock(),
            check=vault.check,
            done=lambda: self.done.append("done"),
            recover=lambda: self.done.append("recover"),
        )
        self.panel.closed.connect(lambda: self.closed.append(True))


@pytest.fixture
def vault() -> Vault:
    return Vault("4821")


@pytest.fixture
def asked(qtbot: QtBot, look: Look, vault: Vault) -> Asked:
    made = Asked(look, vault)
    qtbot.addWidget(made.panel)
    made.panel.show()
    return made


def press(panel: AskPin | SetPin, digits: str) -> None:
    for digit in digits:
        panel.pad.keys[digit].click()


def setting(qtbot: QtBot, look: Look, vault: Vault, *, recovering: bool = False) -> tuple[SetPin, list[bool]]:
    panel = SetPin(
        look=look,
        is_set=bool(vault.pin),
        recovering=recovering,
        now=Clock(),
        change=vault.change,
        recover=vault.recover,
        remove=vault.remove,
    )
    qtbot.addWidget(panel)
    closed: list[bool] = []
    panel.closed.connect(lambda: closed.append(True))
    panel.show()
    return panel, closed


def test_the_right_pin_goes_on(asked: Asked) -> None:
    assert not asked.panel.button.isEnabled()
    press(asked.panel, "4821")
    asked.panel.button.click()
    assert asked.done == ["done"]
    assert asked.closed == [True]


def test_it_is_typed_on_the_keyboard_too_and_never_shown(asked: Asked) -> None:
    QTest.keyClicks(asked.panel.pad, "48219")
    assert "4" not in asked.panel.pad.dots.text()
    assert asked.panel.pad.dots.accessibleName() == "5 digits typed"
    QTest.keyClick(asked.panel.pad, Qt.Key.Key_Backspace)
    asked.panel.pad.setFocus()
    QTest.keyClick(asked.panel.pad, Qt.Key.Key_Return)
    assert asked.done == ["done"]


def test_a_wrong_one_is_counted_and_typed_anew(asked: Asked) -> None:
    press(asked.panel, "0000")
    asked.panel.confirm()
    assert asked.done == []
    assert asked.panel.pad.pin == ""
    assert asked.panel.fault.text() == "That is not the PIN. 4 tries left."
    press(asked.panel, "4821")
    asked.panel.confirm()
    assert asked.done == ["done"]


def test_a_wait_says_until_when(asked: Asked, vault: Vault) -> None:
    vault.answer = PinAnswer(right=False, wait_until=NOW + timedelta(minutes=2))
    press(asked.panel, "4821")
    asked.panel.confirm()
    assert asked.panel.fault.text().startswith("Too many tries. The next one counts at ")
    assert asked.done == []


def test_a_vault_that_is_locked_is_said(asked: Asked, vault: Vault) -> None:
    vault.why = "The password store is locked."
    press(asked.panel, "4821")
    asked.panel.confirm()
    assert asked.panel.fault.text() == vault.why
    assert asked.done == []


def test_back_does_nothing(asked: Asked) -> None:
    press(asked.panel, "4821")
    QTest.keyClick(asked.panel, Qt.Key.Key_Escape)
    assert asked.done == []
    assert asked.closed == [True]


def test_forgotten_leads_to_the_way_out(asked: Asked) -> None:
    asked.panel.forgot.click()
    assert asked.done == ["recover"]


def test_keys_of_the_pad_are_large(asked: Asked) -> None:
    for key in asked.panel.pad.keys.values():
        assert key.height() >= 48
        assert key.width() >= 48


def test_the_first_pin_is_typed_twice(qtbot: QtBot, look: Look) -> None:
    vault = Vault()
    panel, closed = setting(qtbot, look, vault)
    press(panel, "4821")
    panel.confirm()
    press(panel, "4822")
    panel.confirm()
    assert vault.pin == ""
    assert panel.fault.text() == "They were not the same. Choose it again."
    for _ in range(2):
        press(panel, "4821")
        panel.confirm()
    assert vault.pin == "4821"
    assert closed == [True]


def test_another_one_wants_the_old_one(qtbot: QtBot, look: Look, vault: Vault) -> None:
    panel, closed = setting(qtbot, look, vault)
    for digits in ("0000", "7777", "7777"):
        press(panel, digits)
        panel.confirm()
    assert vault.pin == "4821"
    assert panel.fault.text() == "That is not the PIN. 4 tries left."
    for digits in ("4821", "7777", "7777"):
        press(panel, digits)
        panel.confirm()
    assert vault.pin == "7777"
    assert closed == [True]


def test_it_is_removed_with_the_old_one(qtbot: QtBot, look: Look, vault: Vault) -> None:
    panel, closed = setting(qtbot, look, vault)
    panel.drop.click()
    press(panel, "0000")
    panel.confirm()
    assert vault.pin == "4821"
    press(panel, "4821")
    panel.confirm()
    assert vault.pin == ""
    assert closed == [True]


def test_a_pairing_code_gives_a_new_one(qtbot: QtBot, look: Look, vault: Vault) -> None:
    panel, closed = setting(qtbot, look, vault, recovering=True)
    press(panel, "7777")
    assert not panel.button.isEnabled(), "the code is missing"
    panel.code.setText("WRONG234")
    panel.code.textEdited.emit("")
    panel.confirm()
    press(panel, "7777")
    panel.confirm()
    assert panel.fault.text() == "Sinqro does not know this code."
    assert vault.pin == "4821"
    panel.code.setText("ABCD2345")
    for _ in range(2):
        press(panel, "7777")
        panel.confirm()
    assert vault.pin == "7777"
    assert closed == [True]
