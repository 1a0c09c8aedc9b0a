"""The Orders window: what one touch does, what the keyboard does, what stands still, and what each state says."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.errors import StatusError
from app.domain.record import Mark, OrderKey
from app.domain.status import Injection, OrderType, RejectReason, Status
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import Role
from app.ui.accept_panel import AcceptPanel
from app.ui.board import Lane
from app.ui.decision_panels import HeldPanel, TroublePanel
from app.ui.lane_column import LaneColumn
from app.ui.questions import Question
from app.ui.reject_panel import RejectPanel
from app.ui.ringing_card import RingingCard
from tests.ui.conftest import Stage
from tests.ui.scene import NOW, POINT, StraightBridge, at, evening, order_482, record, sheet, snapshot, story_482

KEY = OrderKey(POINT, "482")


def opened(stage: Stage) -> RingingCard:
    cards = [card for card in stage.window.page.lanes[Lane.NEW].open_cards if card.card is not None]
    assert cards, "no card is open"
    return cards[0]


def act(stage: Stage, code: str, action: str) -> None:
    assert stage.board is not None
    card = stage.board.card(OrderKey(POINT, code))
    assert card is not None
    stage.window.answers.act(card, action)


def test_one_touch_accepts_with_the_standard_minutes(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    QTest.mouseClick(opened(stage).accept, Qt.MouseButton.LeftButton)
    assert stage.companion.calls == [("accept", KEY, 25)]


def test_a_card_is_sending_until_the_ledger_has_it(stage: Stage, bridge: StraightBridge) -> None:
    stage.show(snapshot(order_482()))
    bridge.hold = True
    opened(stage).accept.click()
    assert not opened(stage).accept.isEnabled()
    assert opened(stage).accept.text() == "Sending…"
    bridge.let_go()
    assert stage.calls == ["accept"]


def test_a_failure_stays_on_the_card(stage: Stage) -> None:
    stage.show(snapshot(order_482()))
    stage.companion.fail = StatusError("x", code="ACCEPT_TOO_LATE")
    opened(stage).accept.click()
    texts = [label.text() for label in opened(stage).findChildren(QLabel) if label.isVisible()]
    assert any("The time to accept it is over." in text for text in texts)
    assert opened(stage).accept.isEnabled()


def test_the_countdown_and_its_last_seconds(stage: Stage) -> None:
    stage.show(snapshot(order_482()))
    assert opened(stage).time.text() == "2:12"
    stage.clock.forward(seconds=1)
    stage.window.tick()
    assert opened(stage).time.text() == "2:11"
    stage.clock.forward(seconds=103)
    stage.window.tick()
    assert opened(stage).time.text() == "0:28"
    assert opened(stage).time.font().pixelSize() == 40


def test_other_time_five_minutes_at_a_time(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    opened(stage).other.click()
    panel = stage.window.overlay.panel
    assert isinstance(panel, AcceptPanel)
    QTest.keyClick(panel, Qt.Key.Key_Right)
    assert panel.minutes == 30
    QTest.keyClick(panel, Qt.Key.Key_Minus)
    QTest.keyClick(panel, Qt.Key.Key_Minus)
    assert panel.minutes == 20
    QTest.keyClicks(panel, "35")
    assert panel.minutes == 35
    panel.button.click()
    assert stage.companion.calls == [("accept", KEY, 35)]
    assert stage.window.overlay.panel is None


def test_late_minutes_are_said_before_accepting(stage: Stage) -> None:
    stage.show(snapshot(*evening(), pos_ok=False))
    act(stage, "482", "other_time")
    panel = stage.window.overlay.panel
    assert isinstance(panel, AcceptPanel)
    assert panel._in_time.text.startswith("In time. Glovo expects it")
    panel._set(40)
    assert panel._in_time.text == "9 min after what Glovo expects."
    assert panel._pos.isVisibleTo(panel)


def test_escape_goes_back_and_answers_nothing(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    for action in ("other_time", "reject"):
        act(stage, "482", action)
        panel = stage.window.overlay.panel
        assert panel is not None
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert stage.window.overlay.panel is None
    assert stage.companion.calls == []


def test_reject_wants_a_reason_and_a_touch(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    opened(stage).reject.click()
    panel = stage.window.overlay.panel
    assert isinstance(panel, RejectPanel)
    assert not panel.button.isEnabled()
    panel.choose(RejectReason.ITEM_UNAVAILABLE)
    panel.missing[0].click()
    panel.button.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert stage.companion.calls == [], "a bare Enter rejects nothing"
    QTest.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert stage.companion.calls == [("reject", KEY, "item_unavailable", "Hamburguesa clásica")]


def test_another_reason_must_be_written(stage: Stage) -> None:
    stage.show(snapshot(*evening()))
    act(stage, "482", "reject")
    panel = stage.window.overlay.panel
    assert isinstance(panel, RejectPanel)
    panel.choose(RejectReason.OTHER)
    assert not panel.button.isEnabled()
    panel.comment.setText("the oven broke")
    panel._changed()
    panel.button.click()
    assert stage.companion.calls == [("reject", KEY, "other", "the oven broke")]


def test_what_was_taken_is_cancelled_not_rejected(stage: Stage) -> None:
    stage.show(snapshot(*evening()))
    act(stage, "479", "refuse")
    panel = stage.window.overlay.panel
    assert isinstance(panel, RejectPanel)
    panel.choose(RejectReason.CUSTOMER_REQUEST)
    panel.button.click()
    assert stage.companion.calls == [("cancel", OrderKey(POINT, "479"), "customer_request", "")]


def test_lanes_stand_still_while_a_panel_is_open(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    act(stage, "482", "other_time")
    stage.show(snapshot(order_482()))
    assert len(stage.window.page.lanes[Lane.KITCHEN].cards) == 4
    stage.window.overlay.close_panel()
    qtbot.waitUntil(lambda: len(stage.window.page.lanes[Lane.KITCHEN].cards) == 0)


def test_a_deadline_that_passes_turns_the_panel_into_a_question(stage: Stage) -> None:
    stage.show(snapshot(*evening()))
    act(stage, "482", "other_time")
    stage.clock.forward(minutes=3)
    stage.show(snapshot(*evening(), when=at(3)))
    panel = stage.window.overlay.panel
    assert isinstance(panel, Question)
    assert panel.title.text() == "482 can no longer be accepted"
    assert stage.companion.calls == []


def test_answered_elsewhere_closes_the_panel(stage: Stage) -> None:
    stage.show(snapshot(*evening()))
    act(stage, "482", "other_time")
    stage.show(snapshot(*evening()[2:], (record("482", status=Status.ACCEPTED), sheet())))
    assert stage.window.overlay.panel is None


def test_nothing_is_accepted_after_its_deadline(stage: Stage) -> None:
    stage.show(snapshot(order_482()))
    stage.clock.forward(minutes=3)
    opened(stage).accept.click()
    assert stage.companion.calls == []
    assert isinstance(stage.window.overlay.panel, Question)


@pytest.mark.parametrize(
    ("code", "status"), [("479", Status.READY), ("8870", Status.DISPATCHED), ("W-115", Status.COMPLETED)]
)
def test_the_next_step(stage: Stage, code: str, status: Status) -> None:
    stage.show(snapshot(*evening()))
    act(stage, code, "step")
    assert stage.companion.calls == [("move", OrderKey(POINT, code), status)]


def test_a_reservation_is_accepted_without_minutes(stage: Stage) -> None:
    stage.show(snapshot(*evening()))
    act(stage, "R-7", "accept")
    assert stage.companion.calls == [("accept", OrderKey(POINT, "R-7"))]


def test_done_by_hand_is_ticked_off(stage: Stage) -> None:
    stage.show(snapshot(record("1", status=Status.CANCELLED, marks=frozenset({Mark.CANCEL_BY_HAND}))))
    act(stage, "1", "tick")
    assert stage.calls == ["tick_off"]


def stuck(injection: Injection, **changes: object) -> object:
    return record("7", status=Status.ACCEPTED, injection=injection, pos_order_id="", **changes)


def test_uncertain_asks_one_question_with_two_equal_buttons(stage: Stage) -> None:
    for button, call in ((0, "entered_by_hand"), (1, "send")):
        stage.companion.calls.clear()
        stage.desk.notes.clear()
        stage.show(snapshot(stuck(Injection.UNCERTAIN)))  # type: ignore[arg-type]
        act(stage, "7", "resolve")
        panel = stage.window.overlay.panel
        assert isinstance(panel, Question)
        assert panel.title.text() == "Is 7 in the POS?"
        assert panel.first_focus() is None
        assert [b.property("kind") for b in panel.buttons] == [None, None]
        panel.buttons[button].click()
        assert stage.calls == [call]


def test_failed_has_its_ways_out(stage: Stage) -> None:
    stage.show(snapshot(stuck(Injection.FAILED, injection_code="X", injection_message="no such product")))  # type: ignore[arg-type]
    act(stage, "7", "resolve")
    panel = stage.window.overlay.panel
    assert isinstance(panel, TroublePanel)
    texts = " ".join(label.text() for label in panel.findChildren(QLabel))
    assert "no such product" in texts
    panel.button.click()
    assert stage.calls == ["send"]


def test_unreadable_cannot_be_sent_only_entered_or_rejected(stage: Stage) -> None:
    order = record(
        "7", injection=Injection.FAILED, marks=frozenset({Mark.UNREADABLE}), injection_code="ORDER_UNREADABLE"
    )
    stage.show(snapshot((order, sheet(readable=False, lines=(), raw=(("totalAmount", "12"),)))))
    act(stage, "7", "resolve")
    panel = stage.window.overlay.panel
    assert isinstance(panel, TroublePanel)
    assert [choice.text for choice in panel._choices] == ["I have entered it by hand", "Reject it…"]


def test_the_held_ones_one_by_one_and_all_at_once(stage: Stage) -> None:
    held = [
        record(str(n), status=Status.ACCEPTED, injection=Injection.HELD, injection_code="WAITED") for n in (1, 2, 3)
    ]
    stage.show(snapshot(*held))
    assert stage.window.banner.title.text() == "3 orders came while the POS was off"
    stage.window.banner.button.click()
    panel = stage.window.overlay.panel
    assert isinstance(panel, HeldPanel)
    panel.all["quiet"].click()
    assert [(call[0], call[-1]) for call in stage.companion.calls] == [("send", False)] * 3
    stage.show(snapshot(*held[1:]))
    assert panel._title.text().startswith("2 orders")
    stage.show(snapshot())
    assert stage.window.overlay.panel is None


def test_a_viewer_sees_who_is_in_charge_and_takes_over(stage: Stage) -> None:
    stage.show(snapshot(*evening(), role=Role.VIEWER, taken_by="CAJA-1"))
    assert stage.window.banner.title.text() == "CAJA-1 is in charge"
    assert stage.window.header.working.text_shown == "Only watching · CAJA-1 is in charge"
    assert not opened(stage).accept.isEnabled()
    stage.window.banner.button.click()
    assert stage.companion.calls == [("take_over", POINT)]


@pytest.mark.parametrize(
    ("state", "title", "call"),
    [
        (
            {"link": LinkState(phase=LinkPhase.WAITING, retry_at=at(0.2))},
            "No internet: no new orders come in",
            "reconnect",
        ),
        ({"pos_ok": False}, "The POS does not answer: orders come in, but do not reach it", "look_at_pos"),
        ({"till_open": False}, "The till is closed: open it in the POS", "look_at_pos"),
    ],
)
def test_the_banner_says_what_it_means_and_what_to_do(
    stage: Stage, state: dict[str, object], title: str, call: str
) -> None:
    stage.show(snapshot(*evening()[2:], **state))  # type: ignore[arg-type]
    assert stage.window.banner.title.text() == title
    stage.window.banner.button.click()
    assert stage.calls == [call]


def test_a_failure_of_no_order_is_read_and_goes(stage: Stage) -> None:
    stage.show(snapshot())
    stage.companion.fail = StatusError("no", code="SINQRO_UNREACHABLE")
    stage.desk.take_over(POINT)
    assert "Sinqro cannot be reached" in stage.window.banner.text.text()
    stage.window.banner.button.click()
    assert not stage.window.banner.isVisible()


def test_empty_lanes_say_what_will_come(stage: Stage) -> None:
    stage.window.page.can_test = True
    stage.show(snapshot())
    asked: list[bool] = []
    stage.window.test_asked.connect(lambda: asked.append(True))
    box = stage.window.page.lanes[Lane.NEW].empty
    assert box.isVisible()
    box.button.click()
    assert asked


# keyboard


def test_the_first_ctrl_enter_only_shows_which_order(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    QTest.keyClick(stage.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert stage.companion.calls == []
    assert QApplication.focusWidget() is opened(stage).accept
    QTest.keyClick(stage.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert stage.companion.calls == [("accept", KEY, 25)]


def test_keys_act_on_the_card_in_focus(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    stage.window.page.focus_card(OrderKey(POINT, "479"))
    QTest.keyClick(stage.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert stage.companion.calls == [("move", OrderKey(POINT, "479"), Status.READY)]
    QTest.keyClick(stage.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(stage.window.overlay.panel, RejectPanel)


def test_f6_and_arrows_go_from_lane_to_lane(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    lanes = stage.window.page.lanes
    QTest.keyClick(stage.window, Qt.Key.Key_F6)
    assert lanes[Lane.NEW].holds_focus()
    QTest.keyClick(stage.window, Qt.Key.Key_F6)
    assert lanes[Lane.KITCHEN].holds_focus()
    QTest.keyClick(lanes[Lane.KITCHEN].view, Qt.Key.Key_Right)
    assert lanes[Lane.READY].holds_focus()


# shapes


def columns(stage: Stage) -> list[LaneColumn]:
    return [column for column in stage.window.page.lanes.values() if column.isVisible()]


def test_as_many_lanes_as_there_is_room_for(stage: Stage, qtbot: QtBot) -> None:
    stage.show(snapshot(*evening()))
    for width, count in ((1366, 5), (1024, 5), (600, 1)):
        stage.window.resize(width, 700)
        qtbot.waitUntil(lambda count=count: len(columns(stage)) == count)  # type: ignore[misc]
        assert stage.window.width() == width, "it must fit"
    stage.window.resize(1024, 700)
    lanes = stage.window.page.lanes
    qtbot.waitUntil(lambda: lanes[Lane.UPCOMING].mapTo(stage.window, lanes[Lane.UPCOMING].rect().topLeft()).x() > 700)
    assert stage.window.height() == 700


def test_a_new_order_brings_its_tab_up_in_the_narrow_list(stage: Stage, qtbot: QtBot) -> None:
    stage.window.resize(600, 700)
    stage.show(snapshot(*evening()[2:]))
    stage.window.page.show_tab(Lane.READY)
    stage.show(snapshot(*evening()[1:]))
    assert [column.lane for column in columns(stage)] == [Lane.NEW]


def test_a_folded_order_opens_on_touch(stage: Stage) -> None:
    stage.show(snapshot(*evening()))
    column = stage.window.page.lanes[Lane.NEW]
    column._touched(column.view.lane.cards[0])
    assert opened(stage).card is not None
    assert opened(stage).card.record.code == "9021"  # type: ignore[union-attr]


def test_a_long_order_is_folded_and_its_buttons_stay(stage: Stage, qtbot: QtBot) -> None:
    lines = tuple(sheet().lines[0] for _ in range(40))
    stage.show(snapshot((record("1"), sheet(lines=lines, allergies=("gluten",)))))
    QApplication.processEvents()
    card = opened(stage)
    bottom = card.reject.mapTo(stage.window, card.reject.rect().bottomLeft()).y()
    assert bottom < stage.window.height()
    assert stage.window.height() == 700


def test_markup_of_a_customer_is_text(stage: Stage) -> None:
    stage.show(snapshot((record("<b>1</b>"), sheet(customer="<i>x</i>", comment="<img src=x>"))))
    labels = stage.window.findChildren(QLabel)
    assert any("<b>1</b>" in label.text() for label in labels)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels if label.text())


# details


def test_details_show_history_steps_and_the_way_back(stage: Stage, qtbot: QtBot) -> None:
    story = story_482()
    stage.companion.stories[KEY] = story
    stage.show(snapshot((story.record, story.sheet), *evening()[2:]))
    stage.window.show_order(KEY)
    detail = stage.window.detail
    assert detail is not None
    assert [line.title for line in detail._lines] == [
        "In the kitchen",
        "It is in the POS",
        "Accepted · 30 min",
        "Received and kept",
    ]
    assert detail._place.text() == "5 of 5 · In the kitchen"
    detail.step.click()
    assert stage.companion.calls[-1] == ("move", KEY, Status.READY)
    detail.stepped.emit(stage.board.card(KEY) if stage.board else None, Status.COMPLETED)
    detail.cancel.click()
    assert isinstance(stage.window.overlay.panel, RejectPanel)
    stage.window.overlay.close_panel()
    stage.window._go(-1)
    assert detail.key == OrderKey(POINT, "481")
    QTest.keyClick(stage.window, Qt.Key.Key_Escape)
    assert stage.window.detail is None


def test_nothing_can_be_pressed_before_the_order_has_come_from_the_ledger(stage: Stage) -> None:
    stage.show(snapshot((story_482().record, story_482().sheet), *evening()[2:]))
    stage.window.show_order(KEY)
    detail = stage.window.detail
    assert detail is not None
    assert not detail.step.isVisible(), "no story was given"
    stage.companion.stories[KEY] = story_482()
    stage.window.show_order(KEY)
    assert detail.step.isVisible()


def test_details_of_a_finished_order_offer_no_step(stage: Stage) -> None:
    story = story_482()
    done = story.record.with_(status=Status.COMPLETED)
    stage.companion.stories[KEY] = type(story)(record=done, sheet=story.sheet, history=story.history, unsent=0)
    stage.show(snapshot(*evening()[2:]))
    stage.window.show_order(KEY)
    assert stage.window.detail is not None
    assert not stage.window.detail.step.isVisible()
    assert not stage.window.detail.cancel.isVisible()
    assert stage.window.detail._place.text() == "Done"


def test_a_pending_order_is_accepted_from_its_details(stage: Stage) -> None:
    rec, text = order_482()
    story = story_482()
    stage.companion.stories[KEY] = type(story)(record=rec, sheet=text, history=(), unsent=1)
    stage.show(snapshot(order_482()))
    stage.window.show_order(KEY)
    assert stage.window.detail is not None
    stage.window.detail.step.click()
    assert isinstance(stage.window.overlay.panel, AcceptPanel)
    assert rec.type is OrderType.DELIVERY
    assert stage.clock() == NOW


def test_a_card_that_moved_up_under_the_finger_is_not_accepted(stage: Stage) -> None:
    urgent = (record("7", accept_by=at(1)), sheet())
    stage.window.resize(1366, 1100)
    stage.show(snapshot(order_482(), urgent))
    QApplication.processEvents()
    stage.clock.forward(seconds=1)
    stage.show(snapshot(order_482()))
    assert opened(stage).card is not None
    opened(stage).accept.click()
    assert stage.companion.calls == [], "482 has just come to this place"
    stage.clock.forward(milliseconds=400)
    opened(stage).accept.click()
    assert stage.companion.calls == [("accept", KEY, 25)]


def test_a_burst_of_200_orders_does_not_hold_the_screen_up(stage: Stage) -> None:
    many = [(record(f"N{n}", accept_by=at(3 + n / 100)), sheet()) for n in range(200)]
    stage.show(snapshot(*evening()))
    QApplication.processEvents()
    worst = 0.0
    for shown in range(20, 201, 20):
        begin = time.perf_counter()
        stage.show(snapshot(*many[:shown]))
        worst = max(worst, time.perf_counter() - begin)
        for _ in range(8):
            begin = time.perf_counter()
            QApplication.processEvents()
            worst = max(worst, time.perf_counter() - begin)
    assert len(stage.window.findChildren(RingingCard)) <= 3
    assert worst < 0.25, "25 ms on a quiet machine; the benchmark holds it to 50"


def test_more_is_said_only_of_what_is_hidden(stage: Stage, qtbot: QtBot) -> None:
    """The bar takes room itself: it must go again when the list has got the height it needs."""
    stage.window.resize(1024, 700)
    stage.show(snapshot(*evening()))
    lane = stage.window.page.lanes[Lane.RESERVATIONS]
    qtbot.waitUntil(lambda: not lane.more.isVisible() and lane.view.height() >= lane.view.content_height())
