"""Cancelled by Sinqro after it was accepted: the kitchen must hear of it, and somebody must say that it did."""

import pytest

from app.domain.record import Mark, OrderKey
from app.domain.status import Status
from app.ports.alarm import AlarmSettings
from app.services.ringing import Reason, Ringing
from tests.helpers.fake_sinqro import order_form
from tests.helpers.services import Bench
from tests.unit.services.alarm_bench import NOW, snapshot


async def accepted(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.accept(OrderKey("71", "1001"), 20)
    await bench.pump()
    await bench.deliver()


async def open_orders(bench: Bench) -> list[str]:
    records = await bench.ledger.read(lambda view: view.open_orders("71"))
    return [record.order_id for record in records]


async def test_it_stays_and_rings_until_it_is_ticked_off(bench: Bench) -> None:
    await accepted(bench)
    await bench.cancel(1001)
    await bench.pump()
    record = await bench.record()
    assert record.status is Status.CANCELLED
    assert Mark.STOP_COOKING in record.marks
    assert await open_orders(bench) == ["1001"]
    alarm = Ringing(settings=AlarmSettings())
    alarm.show(snapshot([record]))
    assert [ring.reason for ring in alarm.look(NOW).rings] == [Reason.CANCELLED]

    await bench.staff.tick_off(record.key)
    assert Mark.STOP_COOKING not in (await bench.record()).marks
    assert await open_orders(bench) == []


@pytest.mark.parametrize("answered", [False, True], ids=["by the channel before any answer", "by staff"])
async def test_nobody_is_called_for_what_nobody_cooks(bench: Bench, answered: bool) -> None:
    if answered:
        await accepted(bench)
        await bench.staff.cancel(OrderKey("71", "1001"), "too_busy")
    else:
        await bench.create(order_form())
        await bench.cancel(1001)
    await bench.pump()
    assert Mark.STOP_COOKING not in (await bench.record()).marks
