"""The board: which lane, in which order, what each card knows; and the three answers made from it."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.availability import Busy, Closing, ClosingSource
from app.domain.record import Mark
from app.domain.status import Injection, OrderType, Status
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import Role
from app.services.snapshot import Snapshot
from app.ui.answers import Answers, TrayState, Watch, answer
from app.ui.board import Lane, build, lane_of, next_step
from tests.ui.scene import NOW, at, evening, order_482, record, sheet, snapshot


def answers(shown: Snapshot, watch: Watch | None = None) -> Answers:
    watch = watch or Watch()
    watch.see(shown)
    return answer(build(shown, NOW, {}), watch, NOW)


def test_the_drawn_evening_is_sorted_as_drawn() -> None:
    board = build(snapshot(*evening()), NOW, {})
    codes = {lane: [card.record.code for card in cards] for lane, cards in board.lanes.items()}
    assert codes == {
        Lane.NEW: ["482", "9021"],
        Lane.KITCHEN: ["479", "4F2A9", "8812", "481"],
        Lane.READY: ["W-115", "8870"],
        Lane.UPCOMING: ["W-121", "7C11D", "W-109"],
        Lane.RESERVATIONS: ["R-7", "R-5", "R-6"],
    }
    assert [card.record.code for card in board.ringing] == ["482", "R-7", "9021"]


@pytest.mark.parametrize(
    ("changes", "lane"),
    [
        ({"status": Status.PENDING, "scheduled": True}, Lane.NEW),
        ({"status": Status.ACCEPTED, "scheduled": True}, Lane.UPCOMING),
        ({"status": Status.DISPATCHED}, Lane.READY),
        ({"status": Status.CANCELLED, "marks": frozenset({Mark.STOP_COOKING})}, Lane.KITCHEN),
        ({"status": Status.COMPLETED, "injection": Injection.HELD}, Lane.READY),
        ({"status": Status.ACCEPTED, "type": OrderType.RESERVATION}, Lane.RESERVATIONS),
    ],
)
def test_lanes(changes: dict[str, Any], lane: Lane) -> None:
    assert lane_of(record(**changes)) is lane


@pytest.mark.parametrize(
    ("order_type", "status", "following"),
    [
        (OrderType.DELIVERY, Status.ACCEPTED, Status.READY),
        (OrderType.DELIVERY, Status.IN_PREPARATION, Status.READY),
        (OrderType.DELIVERY, Status.READY, Status.DISPATCHED),
        (OrderType.DELIVERY, Status.DISPATCHED, Status.COMPLETED),
        (OrderType.COLLECTION, Status.READY, Status.COMPLETED),
        (OrderType.RESERVATION, Status.ACCEPTED, Status.SEATED),
        (OrderType.RESERVATION, Status.SEATED, Status.COMPLETED),
        (OrderType.DELIVERY, Status.PENDING, None),
        (OrderType.DELIVERY, Status.CANCELLED, None),
    ],
)
def test_the_one_button(order_type: OrderType, status: Status, following: Status | None) -> None:
    assert next_step(record(type=order_type, status=status)) is following


def test_the_same_moment_gives_equal_cards_and_a_second_later_too() -> None:
    shown = snapshot(*evening())
    assert build(shown, NOW, {}).cards == build(shown, NOW + timedelta(seconds=1), {}).cards
    assert build(shown, NOW, {}).cards != build(shown, NOW + timedelta(seconds=60), {}).cards


def test_an_order_whose_time_is_over_rings_no_more() -> None:
    card = build(snapshot(record(accept_by=at(-0.1))), NOW, {}).cards[0]
    assert not card.rings
    assert card.lane is Lane.NEW


def test_what_rings_at_another_device_does_not_call_here() -> None:
    board = build(snapshot(order_482(), role=Role.VIEWER, taken_by="CAJA-1"), NOW, {})
    assert board.ringing == ()
    assert not board.cards[0].can_act


def test_all_well() -> None:
    found = answers(snapshot())
    assert (found.working.title, found.todo.title, found.open.title) == ("Connected", "Nothing waiting", "Open")
    assert found.tray is TrayState.CONNECTED
    assert found.sentence == "Sinqro Companion: Open, orders can come in"


def test_new_comes_before_a_fault_that_lasts() -> None:
    failed = record("7", status=Status.ACCEPTED, injection=Injection.FAILED)
    found = answers(snapshot(order_482(), failed))
    assert found.tray is TrayState.NEW
    assert found.working.title == "1 to resolve"
    assert answers(snapshot(failed)).tray is TrayState.ERROR


@pytest.mark.parametrize(
    ("link", "tray", "title"),
    [
        (LinkState(phase=LinkPhase.WAITING, why="no network"), TrayState.ERROR, "No connection"),
        (LinkState(phase=LinkPhase.CONNECTING), TrayState.CONNECTING, "Connecting…"),
        (LinkState(phase=LinkPhase.CREDENTIALS), TrayState.ERROR, "Not paired"),
    ],
)
def test_the_link_at_a_glance(link: LinkState, tray: TrayState, title: str) -> None:
    found = answers(snapshot(link=link))
    assert (found.tray, found.working.title) == (tray, title)
    assert found.open.title == "Open, unconfirmed"
    assert found.open.is_open is None, "the switch is not drawn without Sinqro's word"


def test_no_link_is_an_error_even_while_an_order_rings() -> None:
    found = answers(snapshot(order_482(), link=LinkState(phase=LinkPhase.WAITING)))
    assert found.tray is TrayState.ERROR


def test_since_when_the_pos_is_away_is_remembered() -> None:
    watch = Watch()
    watch.see(snapshot(pos_ok=False, when=at(-4)))
    found = answers(snapshot(pos_ok=False), watch)
    assert found.working.title == "POS not answering"
    assert found.working.proof.endswith("4 min")
    assert found.tray is TrayState.WARNING
    watch.see(snapshot())
    assert answers(snapshot(), watch).tray is TrayState.CONNECTED


def test_closed_with_its_proof() -> None:
    closing = Closing(id="1", source=ClosingSource.STAFF, since=at(-10), until=at(10))
    found = answers(snapshot(closings=(closing,)))
    assert found.open.title == "Closed · 20 min"
    assert "opens" in found.open.proof
    assert found.open.is_open is False
    assert found.tray is TrayState.CLOSED
    part = Closing(id="2", source=ClosingSource.STAFF, since=at(-10), channels=("glovo",))
    assert answers(snapshot(closings=(part,))).open.is_open is True


def test_a_dead_loop_is_said_first() -> None:
    watch = Watch()
    watch.dead = "boom"
    found = answers(snapshot(order_482()), watch)
    assert found.tray is TrayState.ERROR
    assert found.working.title == "Stopped"


def test_a_silent_alarm_and_a_closed_till_are_said() -> None:
    watch = Watch()
    watch.no_sound = "no device"
    assert answers(snapshot(), watch).working.title == "No sound"
    assert answers(snapshot(till_open=False), watch).working.title == "Till closed"


def test_not_in_the_pos_counts_once_accepted() -> None:
    waiting = {"injection": Injection.WAITING, "first_try_at": at(-3.5)}
    cards = build(snapshot(record("1", status=Status.ACCEPTED, **waiting), record("2", **waiting)), NOW, {}).cards
    by_code = {card.record.code: card for card in cards}
    assert by_code["1"].not_in_pos
    assert by_code["1"].minutes_waiting == 3
    assert not by_code["2"].not_in_pos


def test_totals_and_sheets_stay_with_their_orders() -> None:
    board = build(snapshot((record("1"), sheet(customer="A")), (record("2"), sheet(customer="B"))), NOW, {})
    assert {card.record.code: card.sheet.customer for card in board.cards} == {"1": "A", "2": "B"}


def test_a_busy_kitchen_promises_more() -> None:
    busy = Busy(extra_minutes=20, until=at(30), order_types=(OrderType.DELIVERY,))
    shown = snapshot(record("1"), record("2", type=OrderType.COLLECTION), busy=busy)
    minutes = {card.record.code: card.minutes for card in build(shown, NOW, {}).cards}
    assert minutes == {"1": 45, "2": 25}
    assert {card.minutes for card in build(shown, at(31), {}).cards} == {25}, "it ends by itself"
