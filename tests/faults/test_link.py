"""Link and endpoint misbehave during an evening; afterwards nothing is missing, nothing is twice."""

import asyncio
import time
import uuid
from pathlib import Path

import pytest

from app.domain.status import OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from app.sandbox.sinqro_faults import SinqroFaults
from tests.faults.evenings import RULES, check, evening_at, settle_evening
from tests.helpers.program import Place, open_place

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=21, run=uuid.uuid4().hex[:6])


@pytest.mark.timeout(120)
async def test_frames_dropped_delayed_doubled_and_reordered(tmp_path: Path) -> None:
    async with open_place(tmp_path, idempotent=False, **RULES) as place:
        place.sinqro.set_faults(SinqroFaults(drop=0.05, duplicate=0.1, reorder=0.1, delay_ms=20, seed=2))
        evening = evening_at(place, orders=40, reservations=6, rate=10, seed=8)
        playing = asyncio.create_task(evening.play())
        for _ in range(3):
            await asyncio.sleep(1.5)
            place.sinqro.set_faults(
                SinqroFaults(drop=0.05, duplicate=0.1, reorder=0.1, delay_ms=20, seed=3, close_link=True)
            )
        await asyncio.sleep(2)
        place.sinqro.set_faults(SinqroFaults())
        summary = await playing
        await settle_evening(place, evening)
        await check(place, summary, 46)
        assert " ERROR " not in place.program.log, place.program.tail(60)


async def test_endpoint_fails_then_is_well(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        troubles = (
            SinqroFaults(notification_status=500),
            SinqroFaults(notification_status=429),
            SinqroFaults(notification_drop_answer=1),
        )
        for outages, trouble in enumerate(troubles, 1):
            place.sinqro.set_faults(trouble)
            made = [orders.order(OrderType.DELIVERY), orders.order(OrderType.RESERVATION)]
            for order in made:
                await place.placed(order)
                await place.in_pos(order["id"])
                place.pos.move(str(order["id"]), "accepted")
                await place.ledger_shows(order["id"], lambda it: it.status is Status.ACCEPTED, "accepted")
            await asyncio.sleep(1.5)
            place.sinqro.set_faults(SinqroFaults())
            await place.placed(orders.order())  # a sign of life: all that waits is due
            for order in made:
                await place.sinqro_shows(order["id"], Status.ACCEPTED)
                told = place.notifications(order["id"])
                assert told[0].detail["type"] == "order.injected"
                assert len({event.detail["webhookId"] for event in told}) == len(told) == 2
            await place.until(lambda: not undelivered(place), "an empty outbox")
            log = place.program.log
            assert (log.count("do not reach Sinqro"), log.count("reach Sinqro again")) == (outages, outages), log
        assert place.sinqro.state.refused == 0


@pytest.mark.slow
async def test_endpoint_is_down_for_long(tmp_path: Path, orders: OrderGenerator) -> None:
    """So many failures that only the oldest is tried, every 10 s."""
    async with open_place(tmp_path) as place:
        place.sinqro.set_faults(SinqroFaults(notification_delay_ms=11_000))
        await place.placed(orders.order())
        await place.until(lambda: "no answer within" in place.program.log, "the outage in the log", 15)
        place.sinqro.set_faults(SinqroFaults(notification_status=503))
        made = [orders.order() for _ in range(30)]
        for order in made:
            await place.placed(order)
            await place.in_pos(order["id"])
        await asyncio.sleep(15)
        tried = len(place.events("notification.fault"))
        await asyncio.sleep(20)
        assert 1 <= len(place.events("notification.fault")) - tried <= 4
        place.sinqro.set_faults(SinqroFaults())
        await place.until(lambda: not undelivered(place), "an empty outbox", 20)
        assert all(len(place.notifications(order["id"])) == 1 for order in made)


def undelivered(place: Place) -> int:
    """Notifications that wait in the program's outbox."""
    with place.program.ledger() as ledger:
        return ledger.outbox_size()


async def answered(place: Place, orders: OrderGenerator) -> None:
    """The program works."""
    order = orders.order()
    await place.placed(order, timeout=20)
    await place.in_pos(order["id"], timeout=20)


async def test_half_open_link(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        await answered(place, orders)
        place.sinqro.set_faults(SinqroFaults(half_open=True))
        dead_since = time.monotonic()
        order = orders.order(OrderType.DELIVERY)
        place.sinqro.place(order)
        await place.in_pos(order["id"], timeout=25)
        assert 1 < time.monotonic() - dead_since < 22
        log = place.program.log
        assert (log.count("no link to Sinqro"), log.count("link to Sinqro is back")) == (1, 1), log


async def test_sinqro_away_and_back(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        order = orders.order(OrderType.COLLECTION)
        await place.placed(order)
        await place.in_pos(order["id"])
        place.sinqro.set_faults(SinqroFaults(offline=True))
        place.pos.move(str(order["id"]), "accepted")
        await place.ledger_shows(order["id"], lambda it: it.status is Status.ACCEPTED, "accepted")
        meanwhile = orders.order(OrderType.INSIDE)
        place.sinqro.place(meanwhile)
        await asyncio.sleep(3)
        place.sinqro.set_faults(SinqroFaults())
        await place.in_pos(meanwhile["id"], timeout=15)
        await place.sinqro_shows(order["id"], Status.ACCEPTED)
        log = place.program.log
        assert (log.count("no link to Sinqro"), log.count("link to Sinqro is back")) == (1, 1), log
