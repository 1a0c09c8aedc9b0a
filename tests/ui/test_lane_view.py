"""Painted lanes: touch on the painted buttons, the touch guard, the keyboard, screen readers, and a thousand cards."""

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.record import Mark, OrderRecord
from app.domain.status import Injection, Status
from app.ui.board import Card, Lane, Note, NoteKind, build
from app.ui.cards import lay_out, spoken
from app.ui.lane_view import LaneView
from app.ui.theme import TOUCH, Look
from tests.ui.scene import NOW, Clock, Pair, at, evening, order_482, record, sheet, snapshot


def kitchen(*numbers: int) -> tuple[Card, ...]:
    orders = [record(f"{n:04}", status=Status.ACCEPTED, execution_at=at(10 + n)) for n in numbers]
    return build(snapshot(*orders), NOW, {}).lanes[Lane.KITCHEN]


@pytest.fixture
def view(qtbot: QtBot, look: Look, clock: Clock) -> LaneView:
    made = LaneView(look=look, now=clock, name="In the kitchen")
    qtbot.addWidget(made)
    made.resize(220, 600)
    made.show()
    return made


def middle_of_button(view: LaneView, row: int) -> QPoint:
    index = view.lane.index(row)
    card = view.lane.cards[row]
    layout = lay_out(
        card, look=view._delegate._look, width=view.card_width, expanded=view.is_expanded(card, row), now=NOW
    )
    return view.visualRect(index).topLeft() + layout.buttons[0].rect.center()


def test_the_painted_button_acts_and_the_card_opens(qtbot: QtBot, view: LaneView, clock: Clock) -> None:
    view.show_cards(kitchen(1, 2))
    clock.forward(seconds=1)
    acted: list[tuple[str, str]] = []
    opened: list[str] = []
    view.acted.connect(lambda card, action: acted.append((card.record.code, action)))
    view.opened.connect(lambda card: opened.append(card.record.code))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_button(view, 1))
    assert acted == [("0002", "step")]
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.lane.index(0)).topLeft() + QPoint(20, 20)
    )
    assert opened == ["0001"]


def test_a_card_that_just_came_under_the_finger_is_not_meant(qtbot: QtBot, view: LaneView, clock: Clock) -> None:
    view.show_cards(kitchen(2))
    clock.forward(seconds=1)
    view.show_cards(kitchen(1, 2))
    acted: list[str] = []
    view.acted.connect(lambda card, action: acted.append(card.record.code))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_button(view, 0))
    assert acted == []
    clock.forward(milliseconds=400)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_button(view, 0))
    assert acted == ["0001"]


def test_a_finger_that_slides_off_does_nothing(qtbot: QtBot, view: LaneView, clock: Clock) -> None:
    view.show_cards(kitchen(1, 2))
    clock.forward(seconds=1)
    acted: list[str] = []
    view.acted.connect(lambda card, action: acted.append(action))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_button(view, 0))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_button(view, 1))
    assert acted == []


def test_the_card_in_focus_carries_real_buttons(qtbot: QtBot, view: LaneView) -> None:
    view.show_cards(kitchen(1, 2))
    view.setCurrentIndex(view.lane.index(0))
    QTest.keyClick(view, Qt.Key.Key_Down)
    buttons = view.viewport().findChildren(QPushButton)
    shown = [button for button in buttons if button.isVisible()]
    assert [button.accessibleName() for button in shown] == ["Ready 0002"]
    acted: list[str] = []
    view.acted.connect(lambda card, action: acted.append(card.record.code))
    shown[0].click()
    assert acted == ["0002"]


def test_letters_and_a_bare_enter_of_a_barcode_reader_act_on_nothing(qtbot: QtBot, view: LaneView) -> None:
    view.show_cards(kitchen(1, 2))
    acted: list[object] = []
    view.acted.connect(lambda *what: acted.append(what))
    view.opened.connect(acted.append)
    QTest.keyClicks(view, "8412345678905rca")
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert acted == []


def test_the_chosen_card_stays_chosen_when_others_come(qtbot: QtBot, view: LaneView) -> None:
    view.show_cards(kitchen(2, 3))
    view.setCurrentIndex(view.lane.index(1))
    view.show_cards(kitchen(1, 2, 3))
    assert view.lane.cards[view.currentIndex().row()].record.code == "0003"


def test_how_many_are_below(view: LaneView) -> None:
    view.show_cards(kitchen(*range(30)))
    QApplication.processEvents()
    shown = view.below()
    assert 20 < shown < 30
    view.scrollToBottom()
    assert view.below() == 0


def test_screen_readers_hear_the_whole_card(view: LaneView) -> None:
    view.show_cards(build(snapshot(order_482()), NOW, {}).lanes[Lane.NEW])
    said = view.lane.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    for part in (
        "Order 482",
        "Glovo",
        "Delivery",
        "2:12 left",
        "Allergy: frutos secos",
        "2 Hamburguesa clásica",
        "paid",
    ):
        assert part in said


@pytest.mark.parametrize("width", [204, 218, 400])
def test_nothing_to_press_is_small_and_nothing_leaves_the_card(look: Look, width: int) -> None:
    marks = frozenset({Mark.CHANGE_BY_HAND, Mark.CANCEL_BY_HAND})
    odd: list[Pair | OrderRecord] = [
        record("A" * 30, status=Status.ACCEPTED, injection=Injection.FAILED, injection_message="x " * 80),
        record("B", status=Status.CANCELLED, marks=marks),
        (record("C", channel="x"), sheet(allergies=("everything " * 20,))),
    ]
    for card in build(snapshot(*evening(), *odd), NOW, {}).cards:
        layout = lay_out(card, look=look, width=width, expanded=True, now=NOW)
        for button in layout.buttons:
            assert button.rect.width() >= TOUCH
            assert button.rect.height() >= TOUCH
        for part in (*layout.parts, *layout.buttons):
            assert part.rect.right() <= width, (card.record.code, part)
            assert part.rect.bottom() <= layout.height, (card.record.code, part)


@pytest.mark.parametrize("mark", list(Mark))
def test_every_mark_can_be_shown(look: Look, mark: Mark) -> None:
    order = record("1", status=Status.ACCEPTED, marks=frozenset({mark}))
    card = build(snapshot(order), NOW, {}).cards[0]
    plain = build(snapshot(order.with_(marks=frozenset())), NOW, {}).cards[0]
    with_mark = lay_out(card, look=look, width=218, expanded=False, now=NOW)
    without = lay_out(plain, look=look, width=218, expanded=False, now=NOW)
    said_elsewhere = {Mark.UNREADABLE, Mark.TOTALS_DIFFER, Mark.AUTO_ACCEPT, Mark.LATE}
    assert (with_mark.height > without.height) is (mark not in said_elsewhere)
    assert spoken(card, NOW)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (NoteKind.SENDING, "Sending…"),
        (NoteKind.FAILED, "«Ready» could not be done"),
        (NoteKind.CONFIRMED, "Ready, confirmed"),
    ],
)
def test_every_action_shows_how_it_stands(look: Look, kind: NoteKind, word: str) -> None:
    note = Note(kind=kind, step=Status.READY, at=NOW, why="Sinqro said no.")
    order = record("1", status=Status.ACCEPTED)
    card = build(snapshot(order), NOW, {order.key: note}).cards[0]
    layout = lay_out(card, look=look, width=218, expanded=False, now=NOW)
    texts = [part.text for part in layout.parts if hasattr(part, "text")]
    assert any(word in text for text in texts)
    assert bool(layout.buttons) is (kind is not NoteKind.SENDING)
    if kind is NoteKind.FAILED:
        assert layout.buttons[0].text == "Retry"


def stalls(work: Callable[[], None]) -> float:
    """Milliseconds that the GUI was busy at one piece, the worst of it."""
    worst = 0.0
    begin = time.perf_counter()
    work()
    worst = time.perf_counter() - begin
    for _ in range(60):
        begin = time.perf_counter()
        QApplication.processEvents()
        worst = max(worst, time.perf_counter() - begin)
    return worst * 1000


def test_a_thousand_cards_scroll_without_a_widget_each(view: LaneView) -> None:
    cards = kitchen(*range(1000))
    view.show_cards(cards)
    for _ in range(80):
        QApplication.processEvents()
    assert view.verticalScrollBar().maximum() > 50_000
    assert len(view.findChildren(QPushButton)) == 0
    assert stalls(lambda: view.verticalScrollBar().setValue(60_000)) < 200, "far above what it takes"
