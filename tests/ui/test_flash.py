"""The full-screen alarm on an offscreen screen: as drawn, without the keyboard, gone with the answer."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.services.sheets import OrderSheet, SheetLine
from app.ui import flash as flash_module
from app.ui import flash_window
from app.ui.flash import SWAP_MS, Flash
from app.ui.flash_order import FlashOrder
from app.ui.flash_window import FlashWindow
from app.ui.theme import Look
from tests.unit.services.alarm_bench import later, order

BURGER = SheetLine(quantity=Decimal(2), label="Hamburguesa clásica", options=("Al punto", "+ queso azul"))
SALAD = SheetLine(quantity=Decimal(1), label="Ensalada de tomate", comment="sin cebolla")
SHEET = OrderSheet(
    lines=(BURGER, SALAD),
    allergies=("frutos secos",),
    channel_name="Glovo",
    customer="Marta Ruiz",
    prepaid=True,
    to_collect=Decimal(0),
)


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def look(request: pytest.FixtureRequest, qtbot: QtBot) -> Look:
    return Look(dark=request.param)


@pytest.fixture
def flash(look: Look) -> Iterator[Flash]:
    made = Flash(look=look, minutes=25)
    yield made
    made.hide()


def shown(sheet: OrderSheet = SHEET, at: float = 75, **changes: Any) -> FlashOrder:
    own = {"count", "problem", "sandbox"}
    more: dict[str, Any] = {"count": 1} | {name: value for name, value in changes.items() if name in own}
    known: dict[str, Any] = {"code": "482", "execution_at": later(1800), "total": Decimal("37.40")}
    known |= {name: value for name, value in changes.items() if name not in own}
    return FlashOrder(record=order(**known), sheet=sheet, at=later(at), **more)


def texts(window: FlashWindow) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible() and label.text()]


def only(flash: Flash) -> FlashWindow:
    whole(flash)
    (window,) = flash.windows
    return window


def whole(flash: Flash) -> None:
    """Let the pieces be done of which it is made."""
    for _ in range(100):
        QApplication.processEvents()
        if flash.windows and all(window.isVisible() for window in flash.windows):
            return
    raise AssertionError("it is never whole")


def test_it_says_what_is_drawn(flash: Flash) -> None:
    flash.show(shown(count=2))
    window = only(flash)
    said = texts(window)
    for text in (
        "482",
        "Glovo",
        "1:45",
        "and Glovo cancels it",
        "ALLERGY: frutos secos",
        "2×",  # noqa: RUF001
        "Hamburguesa clásica",
        "Al punto · + queso azul",
        "«sin cebolla»",
        "1 of 2 · the alarm rings at full volume",
    ):
        assert text in said, text
    assert any(text.startswith("Marta R. · Paid") for text in said)
    assert window.accept.text().strip() == "Accept · 25 min"
    assert window.accept.accessibleName() == "Accept 482 in 25 minutes"


def test_it_covers_the_screen_above_everything_without_the_keyboard(flash: Flash, qtbot: QtBot) -> None:
    typing = QLineEdit()
    qtbot.addWidget(typing)
    typing.show()
    typing.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is typing)
    flash.show(shown())
    window = only(flash)
    qtbot.waitExposed(window)
    assert window.geometry() == QApplication.primaryScreen().geometry()
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    for button in (window.accept, window.view, window.reject):
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus
        assert button.height() >= 80, "104 on a screen as large as drawn"
    QTest.mouseClick(window.view, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is typing
    QTest.keyClicks(typing, "12")
    assert typing.text() == "12"


def test_each_screen_has_one(look: Look, qtbot: QtBot) -> None:
    screen = QApplication.primaryScreen()

    class Second:
        def name(self) -> str:
            return "second"

        def __getattr__(self, name: str) -> Any:
            return getattr(screen, name)

    screens: list[Any] = [screen]
    flash = Flash(look=look, minutes=25, screens=lambda: screens)
    flash.show(shown())
    whole(flash)
    assert len(flash.windows) == 1
    screens.append(Second())
    flash.show(shown())
    whole(flash)
    assert [window.screen_name for window in flash.windows] == [screen.name(), "second"]
    flash.hide()
    assert flash.windows == []


def test_two_frames_in_swapped_colours_once_a_second(flash: Flash, look: Look, qtbot: QtBot) -> None:
    assert SWAP_MS >= 1000
    flash.show(shown())
    window = only(flash)
    assert colour(window) == look.theme.color("new")
    qtbot.waitUntil(lambda: colour(window) == look.theme.color("onNew"), timeout=3000)
    qtbot.waitUntil(lambda: colour(window) == look.theme.color("new"), timeout=3000)


def test_steady_where_the_system_wants_less_motion(
    flash: Flash, look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flash_module, "steady", lambda: True)
    monkeypatch.setattr(flash_module, "SWAP_MS", 1)
    flash.show(shown())
    qtbot.wait(1200)
    assert colour(only(flash)) == look.theme.color("new")


def colour(window: FlashWindow) -> QColor:
    return window.grab().toImage().pixelColor(4, window.height() // 2)


def test_the_countdown_runs_and_the_window_stays_the_same(flash: Flash) -> None:
    flash.show(shown(at=75))
    window = only(flash)
    flash.show(shown(at=76))
    assert only(flash) is window
    assert window.left.text() == "1:44"


def test_without_a_deadline_it_counts_how_long_it_waits(flash: Flash) -> None:
    flash.show(shown(at=130, accept_by=None))
    assert only(flash).left.text() == "2:10"
    assert only(flash).after.text() == "waiting"


def test_without_sound_it_says_why(flash: Flash) -> None:
    flash.show(shown(problem="This computer has no loudspeaker."))
    assert only(flash).note.text() == "This computer has no loudspeaker."


def test_an_answer_is_given_once_until_it_may_have_failed(
    flash: Flash, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flash_window, "SENDING_MS", 200)
    asked: list[Any] = []
    flash.accept_asked.connect(asked.append)
    flash.show(shown())
    accept = only(flash).accept
    for _ in range(3):
        accept.click()
    assert asked == [order().key]
    assert not accept.isEnabled()
    qtbot.waitUntil(accept.isEnabled, timeout=2000)
    accept.click()
    assert len(asked) == 2
    flash.show(shown(order_id="2"))
    assert only(flash).accept.isEnabled(), "another order can be answered at once"


def test_a_long_code_becomes_smaller_and_is_never_cut(flash: Flash) -> None:
    code = "GLV-2026-0482-XYZ-99-ABCDEF"
    flash.show(shown(code=code))
    label = only(flash).code
    assert label.text() == code
    assert QFontMetrics(label.font()).horizontalAdvance(code) <= only(flash).width() / 2
    short = label.font().pixelSize()
    flash.show(shown())
    whole(flash)
    assert label.font().pixelSize() > 3 * short


def test_many_dishes_are_counted_and_the_customer_stays(flash: Flash) -> None:
    flash.show(shown(OrderSheet(lines=(BURGER,) * 30, customer="Marta Ruiz", to_collect=Decimal("99.90"))))
    said = texts(only(flash))
    assert any("more" in text and text.startswith("and ") for text in said)
    assert any("COLLECT" in text for text in said)
    hidden = next(text for text in said if text.startswith("and ") and text.endswith(" more"))
    assert said.count("Hamburguesa clásica") + int(hidden.split()[1]) == 30


def test_an_unreadable_order_says_so(flash: Flash) -> None:
    flash.show(shown(OrderSheet(readable=False)))
    assert any("cannot be read" in text for text in texts(only(flash)))


def test_what_customers_write_is_no_markup(flash: Flash) -> None:
    sheet = OrderSheet(lines=(SheetLine(quantity=Decimal(1), label="<b>x</b>", comment="<img src=x>"),))
    flash.show(shown(sheet))
    for label in only(flash).findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text()
    assert "<b>x</b>" in texts(only(flash))


def test_the_sandbox_says_so(flash: Flash) -> None:
    flash.show(shown(sandbox=True))
    assert any("SANDBOX" in text for text in texts(only(flash)))
    flash.show(shown(sandbox=False))
    assert not any("SANDBOX" in text for text in texts(only(flash)))


def test_it_is_made_in_pieces_and_what_is_over_is_left_unmade(flash: Flash, qtbot: QtBot) -> None:
    flash.show(shown())
    assert flash.shown == order().key
    assert flash.windows == [], "not in the turn in which the order comes"
    QApplication.processEvents()
    flash.show(shown(order_id="2", code="77"))
    assert only(flash).code.text() == "77", "what is true when it is filled"
    flash.hide()
    flash.show(shown())
    flash.hide()
    qtbot.wait(50)
    assert flash.windows == []


def test_a_day_is_no_reason_to_fall_over(flash: Flash) -> None:
    flash.show(shown(at=timedelta(days=1).total_seconds()))
    assert only(flash).left.text() == "0:00"
