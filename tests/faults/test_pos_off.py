"""The POS is off, slow, closed, or does the work and says nothing; then it is well again."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.record import Mark
from app.domain.status import Injection, OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from app.sandbox.sinqro_faults import SinqroFaults
from tests.faults.evenings import RULES, check, evening_at, settle, settle_evening
from tests.helpers.program import POINT, Changes, Place, open_place

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=9, run=uuid.uuid4().hex[:6])


def wanted_soon(orders: OrderGenerator, kind: OrderType) -> dict[str, Any]:
    """An order whose time comes within a second or three."""
    return orders.order(kind, execution_at=datetime.now(UTC) + timedelta(seconds=2.9))


def told(place: Place, order: dict[str, Any]) -> list[Any]:
    """The injections that Sinqro was told of an order."""
    return [event.detail["data"].get("injection") for event in place.notifications(order["id"])]


async def waiting(place: Place, *found: dict[str, Any]) -> None:
    for order in found:
        await place.ledger_shows(order["id"], lambda it: it.injection is Injection.WAITING, "waiting")


@pytest.mark.timeout(120)
async def test_off_in_the_middle_of_an_evening(tmp_path: Path) -> None:
    async with open_place(tmp_path, idempotent=False, **RULES) as place:
        evening = evening_at(place, orders=60, reservations=8, rate=10, seed=6)
        playing = asyncio.create_task(evening.play())
        for seconds in (2.0, 1.0):
            await asyncio.sleep(1.5)
            await place.pos.go_off()
            await asyncio.sleep(seconds)
            await place.pos.come_back()
        summary = await playing
        await settle_evening(place, evening)
        await check(place, summary, 68)
        log = place.program.log
        assert " ERROR " not in log, place.program.tail(60)
        assert (log.count(f"{POINT} does not answer"), log.count(f"{POINT} answers again")) == (2, 2)


async def test_those_that_waited(tmp_path: Path, orders: OrderGenerator) -> None:
    """Their time passed while the POS was off: each is looked up on Sinqro before anything else."""
    async with open_place(tmp_path) as place:
        await place.pos.go_off()
        pending, accepted, gone, heard, later = (
            *(wanted_soon(orders, kind) for kind in (OrderType.DELIVERY, OrderType.INSITU)),
            *(wanted_soon(orders, kind) for kind in (OrderType.COLLECTION, OrderType.RESERVATION)),
            orders.order(OrderType.DELIVERY),
        )
        for order in (pending, accepted, gone, heard, later):
            await place.placed(order)
        for ident, status in (
            (accepted["id"], "accepted"),
            (heard["id"], "cancelled"),
            (later["id"], "accepted"),
        ):
            await place.sinqro.answer_of(place.sinqro.change_status(ident, status))
        known = place.sinqro.order(gone["id"])
        assert known is not None
        place.sinqro.state.change_status(known, "cancelled", ours=True)  # the companion has not heard of it
        await waiting(place, pending, accepted, gone, later)
        await asyncio.sleep(3.2)
        await place.pos.come_back()

        await place.in_pos(pending["id"])
        assert (await place.in_pos(later["id"])).status.value == "open"
        held = await place.ledger_shows(accepted["id"], lambda it: it.injection is Injection.HELD, "held")
        assert held.status is Status.ACCEPTED
        await place.until(
            lambda: (
                [event.detail["data"].get("injection") for event in place.notifications(accepted["id"])] == ["held"]
            ),
            "Sinqro told that it is held",
        )
        for order in (gone, heard):
            record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.WITHDRAWN, "withdrawn")
            assert record.status is Status.CANCELLED
        assert not any(place.tickets(order["id"]) for order in (accepted, gone, heard))


async def test_held_when_sinqro_cannot_be_asked(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        await place.pos.go_off()
        order, fresh = wanted_soon(orders, OrderType.DELIVERY), orders.order(OrderType.DELIVERY)
        for each in (order, fresh):
            await place.placed(each)
        await waiting(place, order, fresh)
        place.sinqro.set_faults(SinqroFaults(offline=True))
        await asyncio.sleep(3.2)
        await place.pos.come_back()
        await place.ledger_shows(order["id"], lambda it: it.injection is Injection.HELD, "held")
        await place.in_pos(fresh["id"])
        place.sinqro.set_faults(SinqroFaults())
        await place.until(lambda: told(place, order) == ["held"], "Sinqro told that it is held", timeout=15)
        assert not place.tickets(order["id"])


async def test_till_closed(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        place.pos.set_faults(till_closed=True)
        order = orders.order(OrderType.DELIVERY)
        assert "result" in await place.placed(order)
        record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.WAITING, "waiting")
        assert record.injection_code == "POS_TILL_CLOSED"
        assert (await place.ask("link.ping"))["result"]["pos"] == "ok"
        place.pos.set_faults()
        await place.in_pos(order["id"], timeout=5)


@pytest.mark.parametrize(
    "trouble",
    [
        {"drop_answer_rate": 1.0},
        {"error_rate": 1.0, "seed": 3},
        {"nonsense": True},
        {"delay_ms": 1500},
        {"busy": True},
    ],
    ids=["answer lost", "500", "nonsense", "too slow", "busy"],
)
async def test_create_goes_wrong(tmp_path: Path, orders: OrderGenerator, trouble: dict[str, Any]) -> None:
    """The POS has no idempotency: what was perhaps done is looked up before it is done again."""
    slow: Changes = {("selling_points", 0, "pos", "timeout"): 0.5}
    async with open_place(tmp_path, idempotent=False, started=False) as place:
        place.program.configure(slow)
        await place.start()
        place.pos.set_faults(only=("create",), **trouble)
        made = [orders.order(kind) for kind in OrderType]
        for order in made:
            assert "result" in await place.placed(order)
        await asyncio.sleep(1.2)
        place.pos.set_faults()
        for order in made:
            await place.in_pos(order["id"])
            await place.ledger_shows(order["id"], lambda it: it.injection is Injection.INJECTED, "injected")
            place.pos.move(str(order["id"]), "completed")
        await settle(place, [order["id"] for order in made])


async def test_order_that_the_pos_forgot(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        lost, fine = orders.order(OrderType.DELIVERY), orders.order(OrderType.DELIVERY)
        for order in (lost, fine):
            await place.placed(order)
            await place.in_pos(order["id"])
        place.pos.set_faults(forget=(str(lost["id"]),))
        for order in (lost, fine):
            place.sinqro.change_status(order["id"], "accepted")
        await place.pos_shows(fine["id"], "open")
        record = await place.ledger_shows(lost["id"], lambda it: Mark.STATUS_BY_HAND in it.marks, "left to a person")
        assert record.status is Status.ACCEPTED
        assert "does not answer" not in place.program.log
        assert len(place.tickets(lost["id"])) == 1


async def test_cancellation_that_the_pos_ignores(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        order = orders.order(OrderType.DELIVERY)
        await place.placed(order)
        await place.in_pos(order["id"])
        place.pos.set_faults(ignore_cancel=True)
        place.sinqro.change_status(order["id"], "cancelled")
        await place.ledger_shows(order["id"], lambda it: Mark.CANCEL_BY_HAND in it.marks, "left to a person")
        assert place.tickets(order["id"])[0].status.value == "held"
        place.pos.move(str(order["id"]), "void")
        record = await place.ledger_shows(order["id"], lambda it: Mark.CANCEL_BY_HAND not in it.marks, "ticked off")
        assert record.status is Status.CANCELLED


async def test_cancelled_while_it_waits(tmp_path: Path, orders: OrderGenerator) -> None:
    """Perhaps it got there, perhaps not: it is looked for, and cancelled where it did."""
    async with open_place(tmp_path, idempotent=False) as place:
        place.pos.set_faults(only=("create", "find"), drop_answer_rate=1.0)
        there = orders.order(OrderType.DELIVERY)
        await place.placed(there)
        await waiting(place, there)
        await place.pos.go_off()
        absent = orders.order(OrderType.DELIVERY)
        await place.placed(absent)
        await waiting(place, absent)
        for order in (there, absent):
            await place.sinqro.answer_of(place.sinqro.change_status(order["id"], "cancelled"))
        place.pos.set_faults()
        await place.pos.come_back()
        await place.pos_shows(there["id"], "void", timeout=15)
        for order in (there, absent):
            await place.ledger_shows(order["id"], lambda it: it.injection is Injection.WITHDRAWN, "withdrawn")
        assert not place.tickets(absent["id"])


async def test_cook_is_quicker_than_the_answer(tmp_path: Path, orders: OrderGenerator) -> None:
    """The POS shows the order, and a cook takes it, before the companion hears that it was created."""
    async with open_place(tmp_path) as place:
        first = orders.order(OrderType.COLLECTION)
        await place.placed(first)
        await place.in_pos(first["id"])
        place.pos.set_faults(only=("create",), delay_ms=2500)
        order = orders.order(OrderType.COLLECTION)
        await place.placed(order)
        await place.in_pos(order["id"])
        place.pos.move(str(order["id"]), "accepted")
        await place.sinqro_shows(order["id"], Status.ACCEPTED)
