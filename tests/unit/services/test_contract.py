"""What the services really answer and really tell fits the contract's schemas."""

import logging
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.catalog import Menu, Option, OptionCategory, Product, Section, Variant
from app.domain.errors import PosRefused
from app.domain.order_parts import Id
from app.domain.schedule import DayRange, Schedule, ScheduleException, WeeklyRange
from app.domain.status import OrderType, Status
from app.link.calls import SERVED, SERVED_BY_NAME
from app.link.messages import RequestFault, encode
from app.link.notices import NOTICES
from app.link.signing import cloud_event
from app.ports.pos import Capability
from tests.helpers.contract import faults
from tests.helpers.fake_pos import ALL
from tests.helpers.fake_sinqro import INSTALLATION, POINT, order_form, reservation_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench

HOURS = Schedule(
    weekly=(WeeklyRange(start_day=5, start_time=time(20), end_day=6, end_time=time(2)),),
    by_type={OrderType.DELIVERY: ()},
    exceptions=(
        ScheduleException(day=date(2026, 12, 25), note="Christmas"),
        ScheduleException(day=date(2026, 12, 24), ranges=(DayRange(start_time=time(12), end_time=time(1)),)),
    ),
)
MENU = (
    Menu(external_id="m", name="Carta", sections=("s",)),
    Section(external_id="s", name="Pizzas", products=("p",)),
    Product(external_id="p", name="Pizza", vat=Decimal(10), variants=("v",), option_categories=("c",)),
    Variant(external_id="v", name="Grande", price=Decimal("12.50"), prices={OrderType.DELIVERY: Decimal(13)}),
    OptionCategory(external_id="c", name="Extras", options=("o",)),
    Option(external_id="o", name="Queso", price=Decimal(1)),
)


async def ask(bench: Bench, method: str, **params: Any) -> Any:
    """A request whose answer fits; and whose parameters are what the documents say too."""
    params = {"sellingPointId": POINT} | params
    assert not faults(SERVED_BY_NAME[method].takes.__name__, params)
    answer = await bench.request(method, params)
    assert not faults(SERVED_BY_NAME[method].gives.__name__, answer)
    return answer


def test_every_request_of_the_contract_is_served_and_no_other(bench: Bench) -> None:
    assert {call.method for call in SERVED} == set(bench.companion._intake._methods)


@pytest.mark.parametrize("form", [order_form(1001), order_form("A-7"), reservation_form(2001)], ids=lambda f: f["type"])
async def test_an_order_from_its_coming_to_its_end(bench: Bench, form: dict[str, Any]) -> None:
    order_id: Id = form["id"]
    await ask(bench, "order.create", order=form)
    await ask(bench, "order.get", orderId=order_id)
    await bench.pump()
    assert (await ask(bench, "order.get", orderId=order_id))["source"] == "pos"
    await ask(bench, "order.update", orderId=order_id, revision=1, order=form | {"comment": "sin sal"})
    await ask(bench, "order.status.get", orderId=order_id)
    listed = await ask(bench, "order.list")
    assert [row["orderId"] for row in listed["orders"]] == [order_id]
    await ask(bench, "order.status.update", orderId=order_id, status="cancelled", revision=2)
    await ask(bench, "order.status.get", orderId=order_id)


async def test_an_order_whose_totals_differ(bench: Bench) -> None:
    assert "warnings" in await ask(bench, "order.create", order=order_form(totalAmount=Decimal(99)))


async def test_orders_come_in_pages(bench: Bench) -> None:
    for number in range(5):
        await bench.create(order_form(1001 + number))
        bench.clock.tick(1)
    seen: list[Id] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = await ask(bench, "order.list", limit=2, **cursor)
        seen += [row["orderId"] for row in page["orders"]]
        cursor = {"cursor": page["nextCursor"]} if "nextCursor" in page else {}
    assert seen == [1001, 1002, 1003, 1004, 1005]
    assert not cursor
    since = (bench.clock.now() - timedelta(seconds=2.5)).isoformat()
    assert len((await ask(bench, "order.list", since=since))["orders"]) == 2
    with pytest.raises(RequestFault, match="not a time") as caught:
        await bench.request("order.list", {"sellingPointId": POINT, "since": "yesterday"})
    assert caught.value.field == "$.since"


async def test_the_rest_of_the_restaurant(bench: Bench, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("app.services.intake", logging.WARNING, "is in charge")
    await ask(bench, "availability.get")
    closing = {"id": "c-1", "until": "2027-01-01T00:00:00Z", "orderTypes": ["delivery"], "channels": ["glovo"]}
    assert len((await ask(bench, "availability.set", closing=closing))["closings"]) == 1
    await ask(bench, "availability.set", lift="c-1")
    await ask(bench, "schedule.get")
    await ask(bench, "tables.get")
    assert not faults("Pong", await bench.request("link.ping", {}))
    assert not faults("Nothing", await bench.request("link.superseded", {"sellingPointId": POINT, "epoch": 9}))


async def test_the_menu(bench: Bench) -> None:
    bench.pos.catalog = list(MENU)
    assert (await ask(bench, "catalog.get"))["version"] == 0
    await bench.companion.catalog.sync.read(POINT)
    page = await ask(bench, "catalog.get", limit=4)
    await ask(bench, "catalog.get", cursor=page["nextCursor"])
    for entity in MENU:
        await ask(bench, "catalog.entity.get", kind=entity.kind.value, externalId=entity.external_id)


async def test_notifications(bench: Bench) -> None:
    bench.pos.capabilities = ALL - {Capability.SCHEDULE_READ}
    bench.pos.catalog = list(MENU)
    now = bench.clock.now()
    await bench.create(order_form(1001))
    await bench.create(reservation_form(2001))
    await bench.pump()
    bench.pos.move("1001", Status.IN_PREPARATION)
    bench.pos.move("2001", Status.SEATED)
    await bench.poll()
    bench.pos.fails("create_order", PosRefused("no such product", field="lines"))
    await bench.create(order_form(1002))
    await bench.pump()
    await bench.companion.availability.close(POINT, until=now + timedelta(minutes=20), reason="full")
    await bench.companion.availability.set_busy(POINT, 20, now + timedelta(hours=1), [OrderType.DELIVERY])
    await bench.companion.availability.clear_busy(POINT)
    await bench.companion.schedules.save(POINT, HOURS)
    await bench.companion.catalog.sync.read(POINT)
    await bench.deliver()
    told = {note.type for note in bench.sinqro.taken}
    for note in bench.sinqro.taken:
        event = cloud_event(note, installation_id=INSTALLATION, epoch=1)
        assert not faults(f"event.{note.type}", event), encode(note.data)
    assert told == set(NOTICES)
