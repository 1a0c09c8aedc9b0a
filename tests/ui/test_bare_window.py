"""The bare window on an offscreen screen: what it shows of a snapshot, and what its buttons ask for."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from app.domain.record import Mark, OrderKey, OrderRecord
from app.domain.status import Injection, OrderType, Status
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot, Snapshot
from app.services.staff import Staff
from app.ui.bare_window import BareWindow
from app.ui.bridge import Bridge

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


class Asked:
    """A staff that notes what it is told to do."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def note(*arguments: Any) -> None:
            self.calls.append((name, *arguments))

        return note


class StraightBridge(Bridge):
    """Runs what is asked at once, as far as it goes without a loop."""

    def ask(self, work: Callable[[], Awaitable[object]]) -> None:
        awaitable = cast("Any", work())
        try:
            awaitable.send(None)
        except StopIteration:
            return
        raise AssertionError("the fake never waits")


def record(order_id: str = "1", **changes: Any) -> OrderRecord:
    known: dict[str, Any] = {
        "selling_point": "3961",
        "order_id": order_id,
        "received_at": NOW,
        "status_at": NOW,
        "code": f"CODE{order_id}",
        "channel": "glovo",
        "total": Decimal("12.50"),
        "injection": Injection.INJECTED,
        "pos_order_id": "T-1",
    }
    return OrderRecord(**(known | changes))


def snapshot(*orders: OrderRecord, phase: LinkPhase = LinkPhase.OPEN, **outlet: Any) -> Snapshot:
    known: dict[str, Any] = {
        "id": "3961",
        "name": "SuperPizza",
        "role": Role.ACTIVE,
        "taken_by": "",
        "at_work": True,
        "pos_ok": True,
        "till_open": True,
        "pos_message": "",
        "endpoint_stopped": "",
        "outbox": 0,
        "orders": orders,
    }
    return Snapshot(
        at=NOW,
        environment="sandbox",
        link=LinkState(phase=phase, why="the network is down"),
        clock_offset_seconds=0,
        outlets=(OutletSnapshot(**(known | outlet)),),
    )


@pytest.fixture
def staff() -> Asked:
    return Asked()


@pytest.fixture
def bridge(qapp: object) -> StraightBridge:
    return StraightBridge()


@pytest.fixture
def window(qtbot: QtBot, bridge: StraightBridge, staff: Asked) -> BareWindow:
    async def take_over(selling_point: str) -> None:
        staff.calls.append(("take_over", selling_point))

    window = BareWindow(bridge=bridge, staff=lambda: cast("Staff", staff), take_over=take_over)
    qtbot.addWidget(window)
    return window


def press(window: BareWindow, name: str) -> None:
    button = window.buttons[name]
    assert button.isEnabled(), f"{name} cannot be pressed"
    button.click()


def test_says_whether_it_works(window: BareWindow, bridge: Bridge) -> None:
    bridge.show(snapshot())
    assert "connected to Sinqro" in window.state_text
    assert "POS connected" in window.state_text
    bridge.show(snapshot(phase=LinkPhase.WAITING, pos_ok=False, pos_message="refused"))
    assert "the network is down" in window.state_text
    assert "does not answer: refused" in window.state_text
    bridge.show(snapshot(till_open=False))
    assert "open it in the POS" in window.state_text


def test_lists_orders_with_what_is_to_do(window: BareWindow, bridge: Bridge) -> None:
    held = record("2", injection=Injection.HELD, pos_order_id="", injection_message="It came too late.")
    bridge.show(snapshot(record(marks=frozenset({Mark.CANCEL_BY_HAND})), held))
    model = window.model
    rows = [[model.data(model.index(row, column)) for column in range(model.columnCount())] for row in range(2)]
    assert rows[0] == ["CODE1", "glovo", "delivery", "pending", "T-1", "12.50 EUR", "cancel by hand"]
    assert rows[1][4] == "held"
    assert rows[1][6] == "It came too late."


def test_a_pending_order_is_accepted_or_rejected(window: BareWindow, bridge: Bridge, staff: Asked) -> None:
    bridge.show(snapshot(record()))
    press(window, "accept")
    press(window, "reject")
    assert [call[0] for call in staff.calls] == ["accept", "reject"]
    assert staff.calls[0][1] == OrderKey("3961", "1")
    assert not window.buttons["next"].isEnabled()


@pytest.mark.parametrize(
    ("order_type", "status", "following"),
    [
        (OrderType.DELIVERY, Status.READY, Status.DISPATCHED),
        (OrderType.COLLECTION, Status.READY, Status.COMPLETED),
        (OrderType.RESERVATION, Status.ACCEPTED, Status.SEATED),
    ],
)
def test_next_step_is_the_type_s_own(
    window: BareWindow, bridge: Bridge, staff: Asked, order_type: OrderType, status: Status, following: Status
) -> None:
    bridge.show(snapshot(record(type=order_type, status=status)))
    press(window, "next")
    assert staff.calls == [("move", OrderKey("3961", "1"), following)]


def test_a_held_order_is_sent_or_was_entered(window: BareWindow, bridge: Bridge, staff: Asked) -> None:
    bridge.show(snapshot(record(injection=Injection.HELD, status=Status.ACCEPTED)))
    press(window, "send")
    press(window, "entered")
    assert [call[0] for call in staff.calls] == ["send", "entered_by_hand"]


def test_a_viewer_can_take_over_and_nothing_else(window: BareWindow, bridge: Bridge, staff: Asked) -> None:
    bridge.show(snapshot(role=Role.VIEWER, taken_by="CAJA-1", at_work=False))
    assert "CAJA-1 is in charge" in window.state_text
    press(window, "take_over")
    assert staff.calls == [("take_over", "3961")]


def test_the_choice_stays_when_the_list_changes(window: BareWindow, bridge: Bridge, staff: Asked) -> None:
    bridge.show(snapshot(record("1"), record("2")))
    window.choose(1)
    bridge.show(snapshot(record("0"), record("1"), record("2")))
    press(window, "accept")
    assert staff.calls[0][1].order_id == "2"


def test_failures_and_the_loop_s_death_are_said(window: BareWindow, bridge: Bridge) -> None:
    bridge.ask_failed.emit("the time to accept this order ended", "Call the customer.")
    assert window.notice_text == "the time to accept this order ended\nCall the customer."
    bridge.died(RuntimeError("boom"))
    assert "start it again" in window.state_text
    assert "boom" in window.state_text


def test_a_customer_s_markup_is_shown_as_text(window: BareWindow, bridge: Bridge) -> None:
    bridge.show(snapshot(name="<b>Pizza</b>"))
    assert "<b>Pizza</b>" in window.state_text
