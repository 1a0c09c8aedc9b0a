"""The ledger's file is gone, or is no ledger any more: the companion recovers from Sinqro's list and the POS."""

import asyncio
import uuid
from pathlib import Path

import pytest

from app.domain.status import Injection, OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from tests.faults.evenings import RULES, evening_at, settle_evening
from tests.helpers.program import Place, Program, open_place

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=5, run=uuid.uuid4().hex[:6])


def lose_ledger(program: Program) -> None:
    for part in program.data.glob("ledger.sqlite3*"):
        part.unlink()


async def caught_up(place: Place) -> None:
    """Wait until Sinqro's list has been gone through."""

    def done() -> bool:
        with place.program.ledger() as ledger:
            return ledger.value("caught-up/3961") is not None

    await place.until(done, "the ledger caught up with Sinqro's list")


@pytest.mark.timeout(120)
async def test_lost_in_the_middle_of_an_evening(tmp_path: Path) -> None:
    async with open_place(tmp_path, idempotent=False, **RULES) as place:
        evening = evening_at(place, orders=45, reservations=6, rate=10, seed=4)
        playing = asyncio.create_task(evening.play())
        for pause in (1.0, 1.5, 2.0):
            await asyncio.sleep(pause)
            place.program.kill()
            lose_ledger(place.program)
            await place.start()
        summary = await playing
        held = frozenset({Injection.HELD})  # accepted on Sinqro, and not in the POS when the ledger was lost
        await settle_evening(place, evening, explained=held)
        assert summary.placed == 51
        assert (summary.lost, summary.doubled, summary.injected_after_cancel) == (0, 0, 0), summary
        assert " ERROR " not in place.program.log, place.program.tail(60)


async def test_what_becomes_of_each_order_after_the_loss(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path, idempotent=False) as place:
        in_pos, ready, done, cancelled = (orders.order(OrderType.DELIVERY) for _ in range(4))
        for order in (in_pos, ready, done, cancelled):
            await place.placed(order)
            await place.in_pos(order["id"])
        place.pos.move(str(ready["id"]), "accepted")
        place.pos.move(str(done["id"]), "completed")
        await place.sinqro_shows(ready["id"], Status.ACCEPTED)
        await place.sinqro_shows(done["id"], Status.COMPLETED)
        await place.pos.go_off()
        pending, accepted, off = (orders.order(OrderType.COLLECTION) for _ in range(3))
        for order in (pending, accepted, off):
            await place.placed(order)
        for ident, status in ((accepted["id"], "accepted"), (off["id"], "cancelled"), (cancelled["id"], "cancelled")):
            await place.sinqro.answer_of(place.sinqro.change_status(ident, status))

        place.program.kill()
        lose_ledger(place.program)
        await place.pos.come_back()
        place.pos.move(str(ready["id"]), "ready")
        await place.start()
        new = orders.order(OrderType.INSITU)
        await place.placed(new)

        await place.in_pos(new["id"])
        await place.in_pos(pending["id"])
        record = await place.ledger_shows(accepted["id"], lambda it: it.injection is Injection.HELD, "held")
        assert record.status is Status.ACCEPTED
        await place.until(
            lambda: (
                [event.detail["data"].get("injection") for event in place.notifications(accepted["id"])] == ["held"]
            ),
            "Sinqro told that it is held",
        )
        await place.pos_shows(cancelled["id"], "void")
        await place.sinqro_shows(ready["id"], Status.READY)
        for order, ticket in ((in_pos, "held"), (done, "closed")):
            assert (await place.in_pos(order["id"])).status.value == ticket
        await place.ledger_shows(off["id"], lambda it: it.injection is Injection.WITHDRAWN, "withdrawn")
        assert not place.tickets(off["id"])
        assert not place.tickets(accepted["id"])
        for order in (in_pos, ready, pending):
            record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.INJECTED, "injected")
            assert record.pos_order_id == (await place.in_pos(order["id"])).id
        assert place.sinqro.state.refused == 0


async def test_nothing_is_injected_until_the_list_has_come(tmp_path: Path, orders: OrderGenerator) -> None:
    """The list cannot be had (its answers are lost): new orders are stored, and wait."""
    async with open_place(tmp_path, idempotent=False) as place:
        old = orders.order(OrderType.DELIVERY)
        await place.placed(old)
        await place.in_pos(old["id"])
        place.program.kill()
        lose_ledger(place.program)
        hold = asyncio.Event()
        answer = place.sinqro._link._callees.answer  # the double has no fault for one method

        def without_list(peer: object, method: str, params: bytes) -> object:
            if method == "order.list" and not hold.is_set():
                from app.link.messages import RequestFault

                raise RequestFault("not now", code="BUSY", retryable=True)
            return answer(peer, method, params)  # type: ignore[arg-type]

        place.sinqro._link._callees.answer = without_list  # type: ignore[method-assign]
        await place.start()
        new = orders.order(OrderType.COLLECTION)
        await place.placed(new)
        await place.until(lambda: "cannot be read" in place.program.log, "the warning about the list")
        assert not place.tickets(new["id"])
        hold.set()
        await place.in_pos(new["id"])
        assert len(place.tickets(old["id"])) == 1


async def test_corrupt_file_is_set_aside(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path, idempotent=False) as place:
        order = orders.order(OrderType.COLLECTION)
        await place.placed(order)
        await place.in_pos(order["id"])
        await place.program.stop()
        lose_ledger(place.program)  # its write-ahead log would mend it
        place.program.ledger_file.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
        await place.start()
        await caught_up(place)
        record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.INJECTED, "found")
        assert record.pos_order_id == (await place.in_pos(order["id"])).id
        assert list(place.program.data.glob("ledger.sqlite3.corrupt-*"))
        assert "set aside" in place.program.log
