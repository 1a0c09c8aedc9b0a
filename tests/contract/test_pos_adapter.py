"""The one contract that every POS adapter keeps, run on each bench of `pos_bench.py`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from app.domain.catalog import EntityKind, catalog_of
from app.domain.errors import (
    OutcomeUnknown,
    PosBusy,
    PosError,
    PosNoSuchStatus,
    PosNotFound,
    PosRefused,
    PosTillClosed,
    PosUnreachable,
)
from app.domain.schedule_check import faults
from app.domain.status import Status
from app.ports.pos import Capability, PosChanges, PosOrder, PosSwitch
from tests.contract.pos_bench import BENCHES, REAL, Bench, Seen, line, order_of, pizza_of, request_of

ORDERS = ["delivery", "collection", "insitu", "inside"]
ALL = [*ORDERS, "reservation"]

Test = TypeVar("Test", bound=Callable[..., object])


def needs(capability: Capability) -> Callable[[Test], Test]:
    """Skip the test where an adapter does not declare it."""

    def marked(test: Test) -> Test:
        test.needs = capability  # type: ignore[attr-defined]
        return test

    return marked


@pytest.fixture(params=[pytest.param(name, marks=REAL.get(name, ())) for name in BENCHES])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    needed: set[Capability] = set()
    if hasattr(request.function, "needs"):
        needed.add(request.function.needs)
    if request.node.callspec.params.get("kind") == "reservation":
        needed.add(Capability.RESERVATION_CREATE)
    async with BENCHES[request.param]() as made:
        for capability in needed - made.adapter.capabilities:
            pytest.skip(f"{request.param} does not declare {capability.value}")
        yield made


async def only(bench: Bench, reference: str) -> Seen:
    (seen,) = await bench.seen(reference)
    return seen


async def everything_since(bench: Bench, cursor: str) -> tuple[list[PosOrder], str]:
    orders: list[PosOrder] = []
    page = PosChanges(orders=(), cursor=cursor, more=True)
    while page.more:
        page = await bench.adapter.changes(page.cursor)
        orders += page.orders
    return orders, page.cursor


# create


@pytest.mark.parametrize("kind", ORDERS)
async def test_an_order_is_in_the_pos_as_it_was_ordered(bench: Bench, kind: str) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, kind)))

    seen = await only(bench, "418774")
    pizza, beer, *rest = seen.lines
    assert (seen.id, seen.reference, seen.code) == (made.id, "418774", "4F7K")
    assert (pizza.product, pizza.quantity, pizza.price, pizza.total) == (
        bench.pizza,
        Decimal(2),
        Decimal(12),
        Decimal(24),
    )
    assert (pizza.options, pizza.note) == (((bench.bacon_name, Decimal(1)),), "Bien hecha")
    assert (beer.product, beer.quantity, beer.total, beer.options) == (bench.beer, Decimal(3), Decimal(6), ())
    assert [(extra.name, extra.total) for extra in rest] == ([("Envío", Decimal("1.50"))] if kind == "delivery" else [])
    assert seen.total == made.total == (Decimal("31.50") if kind == "delivery" else Decimal("30.00"))
    assert (seen.customer, seen.phone) == ("Núria Güell i Peña", "+34600000000")
    assert seen.note == "Sin cebolla, por favor"
    assert seen.table == (bench.table[0] if kind == "inside" else None)
    assert seen.address == ("Carrer de la Tecnologia, 17, 08840 Viladecans" if kind == "delivery" else "")
    assert (made.status, seen.status, seen.tickets) == (Status.ACCEPTED, Status.ACCEPTED, 1)


@needs(Capability.RESERVATION_CREATE)
async def test_a_reservation_is_in_the_pos(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "reservation")))

    seen = await only(bench, "418774")
    assert (seen.guests, seen.lines, seen.total, seen.customer) == (6, (), Decimal(0), "Núria Güell i Peña")
    assert made.status is Status.ACCEPTED


@needs(Capability.ORDER_PENDING)
@pytest.mark.parametrize("kind", ALL)
async def test_an_order_to_be_accepted_is_not_printed_before_somebody_accepts_it(bench: Bench, kind: str) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, kind), Status.PENDING))
    assert made.status is Status.PENDING
    assert (await only(bench, "418774")).tickets == 0

    await bench.move("418774", Status.ACCEPTED)
    assert (await bench.adapter.read_status(made.id)).status is Status.ACCEPTED
    assert (await only(bench, "418774")).tickets == 1


@needs(Capability.ORDER_NO_PRINT)
async def test_an_order_enters_without_a_kitchen_ticket(bench: Bench) -> None:
    await bench.adapter.create_order(request_of(order_of(bench, "collection"), print_ticket=False))
    assert (await only(bench, "418774")).tickets == 0


async def test_lines_that_the_pos_does_not_know_go_in_as_open_items_at_their_prices(bench: Bench) -> None:
    lines = [
        line("Plato del día", "9.95", 2),
        {"type": "TIP", "unitPrice": 1, "quantity": 1},
        {"type": "DISCOUNT", "label": "Promo -2 €", "unitPrice": -2, "quantity": 1, "vatValue": 10},
        {"type": "somethingNew", "unitPrice": "0.333", "quantity": 3},
    ]
    made = await bench.adapter.create_order(request_of(order_of(bench, "insitu", totalAmount=19.9, orderLines=lines)))
    seen = await only(bench, "418774")
    assert [seen_line.total for seen_line in seen.lines] == [Decimal(t) for t in ("19.90", "1.00", "-2.00", "1.00")]
    assert seen.lines[0].product is None
    assert seen.total == made.total == Decimal("19.90")


@pytest.mark.parametrize("total", ["30.01", "29.98", "45"])
async def test_what_the_customer_paid_stands(bench: Bench, total: str) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "collection", totalAmount=total)))
    assert made.total == (await only(bench, "418774")).total == Decimal(total)


async def test_no_word_of_a_note_is_lost(bench: Bench) -> None:
    words = [f"alergia{number}" for number in range(200)]
    order = order_of(bench, "collection", comment=" ".join(words))
    order["orderLines"][0]["comment"] = " ".join(reversed(words))
    await bench.adapter.create_order(request_of(order))
    seen = await only(bench, "418774")
    assert seen.note.split() == words
    assert seen.lines[0].note.split() == list(reversed(words))


async def test_emoji_and_control_characters_stop_no_order(bench: Bench) -> None:
    order = order_of(bench, "collection", comment="Gràcies 😀\x07\nsense glaçons · 2 €")
    order["consumer"] = {"name": "Ana\u200d 🌸", "lastname": "Muñoz\u0000"}
    order["orderLines"][0]["label"] = "🍕 Pizza"
    await bench.adapter.create_order(request_of(order))
    seen = await only(bench, "418774")
    assert (seen.customer, seen.lines[0].name) == ("Ana Muñoz", "Pizza")
    assert "sense glaçons · 2 €" in seen.note


# once, and found again


@needs(Capability.IDEMPOTENT_CREATE)
async def test_the_same_order_sent_twice_is_one(bench: Bench) -> None:
    request = request_of(order_of(bench, "delivery"))
    first = await bench.adapter.create_order(request)
    second = await bench.adapter.create_order(request)
    assert first.id == second.id
    assert len(await bench.seen("418774")) == 1


@needs(Capability.IDEMPOTENT_CREATE)
async def test_the_same_order_sent_eight_times_at_once_is_one(bench: Bench) -> None:
    request = request_of(order_of(bench, "delivery"))
    made = await asyncio.gather(*(bench.adapter.create_order(request) for _ in range(8)))
    assert len({order.id for order in made}) == 1
    assert len(await bench.seen("418774")) == 1


@needs(Capability.ORDER_FIND_BY_REFERENCE)
async def test_an_order_is_found_by_reference(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "delivery")))
    await bench.adapter.create_order(request_of(order_of(bench, "delivery", 4187745)))
    found = await bench.adapter.find_order("418774")
    assert found is not None
    assert (found.id, found.reference, found.total) == (made.id, "418774", Decimal("31.50"))
    assert await bench.adapter.find_order("41877") is None
    assert await bench.adapter.find_order("") is None


# read, status, changes


@needs(Capability.ORDER_READ)
async def test_an_order_and_its_status_are_read(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "delivery")))
    await bench.move("418774", bench.further)
    whole, status = await bench.adapter.read_order(made.id), await bench.adapter.read_status(made.id)
    assert (whole.status, whole.total, whole.reference) == (bench.further, Decimal("31.50"), "418774")
    assert (status.id, status.status) == (made.id, bench.further)


@needs(Capability.ORDER_READ)
@pytest.mark.parametrize("name", ["none-such", "../orders", "a b?c#d", "ñ", ""])
async def test_an_order_that_is_not_there_is_not_found(bench: Bench, name: str) -> None:
    with pytest.raises(PosNotFound):
        await bench.adapter.read_order(name)
    with pytest.raises(PosNotFound):
        await bench.adapter.read_status(name)


@needs(Capability.ORDER_STATUS)
async def test_an_order_goes_its_way_by_us(bench: Bench) -> None:
    first = Status.PENDING if Capability.ORDER_PENDING in bench.adapter.capabilities else Status.ACCEPTED
    request = request_of(order_of(bench, "delivery"), first, payments=bench.prepaid("31.50"))
    made = await bench.adapter.create_order(request)
    now = made.status
    for status in (Status.ACCEPTED, Status.IN_PREPARATION, Status.READY, Status.DISPATCHED, Status.COMPLETED):
        try:
            await bench.adapter.change_status(made.id, status, minutes=25)
        except PosNoSuchStatus:
            assert status is not Status.COMPLETED
        else:
            now = status
        assert (await bench.adapter.read_status(made.id)).status is now


@needs(Capability.RESERVATION_STATUS)
@pytest.mark.parametrize(
    "way",
    [
        (Status.ACCEPTED, Status.SEATED, Status.COMPLETED),
        (Status.ACCEPTED, Status.NO_SHOW),
        (Status.REJECTED,),
        (Status.CANCELLED,),
    ],
)
async def test_a_reservation_goes_its_way_by_us(bench: Bench, way: tuple[Status, ...]) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "reservation"), Status.PENDING))
    for status in way:
        await bench.adapter.change_status(made.id, status)
        assert (await bench.adapter.read_status(made.id)).status is status


@needs(Capability.ORDER_STATUS)
async def test_a_status_that_cannot_follow_is_refused(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    await bench.move("418774", bench.further)
    for status in (Status.ACCEPTED, Status.SEATED):
        with pytest.raises(PosRefused):
            await bench.adapter.change_status(made.id, status)
    assert (await bench.adapter.read_status(made.id)).status is bench.further


@needs(Capability.ORDER_PENDING)
async def test_what_was_taken_cannot_be_rejected_any_more(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    await bench.move("418774", bench.further)
    with pytest.raises(PosRefused):
        await bench.adapter.change_status(made.id, Status.REJECTED)
    assert (await bench.adapter.read_status(made.id)).status is bench.further


@needs(Capability.ORDER_CANCEL)
@pytest.mark.parametrize("kind", ALL)
async def test_a_cancelled_order_reads_back_as_cancelled(bench: Bench, kind: str) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, kind)))
    await bench.adapter.change_status(made.id, Status.CANCELLED, reason="customer_request")
    read = await bench.adapter.read_status(made.id)
    assert read.status is Status.CANCELLED
    assert read.reason in ("customer_request", "")  # not every POS keeps one


@needs(Capability.ORDER_CANCEL)
async def test_a_cancellation_that_does_nothing_shows_when_read_back(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    await bench.misbehave("ignore_cancel")
    await bench.adapter.change_status(made.id, Status.CANCELLED)
    assert (await bench.adapter.read_status(made.id)).status is Status.ACCEPTED

    await bench.misbehave("none")
    await bench.move("418774", Status.COMPLETED)
    await bench.adapter.change_status(made.id, Status.CANCELLED)
    assert (await bench.adapter.read_status(made.id)).status is Status.COMPLETED


@needs(Capability.ORDER_CHANGES)
async def test_changes_miss_nothing_and_may_repeat(bench: Bench) -> None:
    pending = Status.PENDING if Capability.ORDER_PENDING in bench.adapter.capabilities else Status.ACCEPTED
    later_status = Status.ACCEPTED if pending is Status.PENDING else bench.further
    kind = "reservation" if Capability.RESERVATION_CREATE in bench.adapter.capabilities else "delivery"
    await bench.adapter.create_order(request_of(order_of(bench, "collection", 1)))
    await bench.adapter.create_order(request_of(order_of(bench, kind, 2), pending))
    await bench.adapter.create_order(request_of(order_of(bench, "collection", 3)))
    await bench.move("3", Status.COMPLETED)

    present, cursor = await everything_since(bench, "")
    assert {order.reference for order in present} >= {"1", "2"}  # those still open; others do no harm

    assert await everything_since(bench, cursor) == ([], cursor)

    await bench.move("1", bench.further)
    await bench.move("2", later_status)
    await bench.move("1", Status.COMPLETED)
    changed, later = await everything_since(bench, cursor)
    assert {(order.reference, order.status) for order in changed} >= {("1", Status.COMPLETED), ("2", later_status)}
    again, _ = await everything_since(bench, cursor)
    assert again == changed
    assert await everything_since(bench, later) == ([], later)


@needs(Capability.ORDER_CHANGES)
async def test_many_changes_come_in_pages(bench: Bench) -> None:
    _, cursor = await everything_since(bench, "")
    requests = [request_of(order_of(bench, "collection", number)) for number in range(1, bench.many + 1)]
    for chunk in (requests[start : start + 8] for start in range(0, len(requests), 8)):
        await asyncio.gather(*(bench.adapter.create_order(request) for request in chunk))
    changed, _ = await everything_since(bench, cursor)
    assert sorted(int(order.reference) for order in changed) == list(range(1, bench.many + 1))


# update


@needs(Capability.ORDER_UPDATE)
async def test_an_order_is_changed(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "inside")))
    changed = order_of(bench, "inside", totalAmount=12, orderLines=[pizza_of(bench, 1)], comment="Deprisa")
    updated = await bench.adapter.update_order(made.id, request_of(changed))
    seen = await only(bench, "418774")
    assert (updated.id, updated.total, updated.status) == (made.id, Decimal(12), Status.ACCEPTED)
    assert (seen.total, len(seen.lines), seen.note, seen.table) == (Decimal(12), 1, "Deprisa", bench.table[0])


@needs(Capability.RESERVATION_CREATE)
async def test_a_reservation_is_changed(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "reservation")))
    await bench.adapter.update_order(made.id, request_of(order_of(bench, "reservation", dinersNumber=2)))
    assert (await only(bench, "418774")).guests == 2


@needs(Capability.ORDER_UPDATE)
async def test_a_final_order_is_not_changed(bench: Bench) -> None:
    made = await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    await bench.move("418774", Status.COMPLETED)
    with pytest.raises(PosRefused):
        await bench.adapter.update_order(made.id, request_of(order_of(bench, "collection", totalAmount=99)))
    assert (await only(bench, "418774")).total == Decimal(30)


# refusals and outages


async def test_an_unknown_product_is_refused_and_named(bench: Bench) -> None:
    order = order_of(bench, "collection")
    order["orderLines"][1]["product"]["externalId"] = "no-such-product"
    with pytest.raises(PosRefused) as caught:
        await bench.adapter.create_order(request_of(order))
    assert "no-such-product" in caught.value.message
    assert caught.value.code == "UNKNOWN_PRODUCT"
    assert await bench.seen("418774") == []


@needs(Capability.TABLES_READ)
async def test_an_unknown_table_is_refused(bench: Bench) -> None:
    with pytest.raises(PosRefused) as caught:
        await bench.adapter.create_order(request_of(order_of(bench, "inside", serviceLocation={"code": "none-such"})))
    assert caught.value.code == "UNKNOWN_TABLE"


async def test_a_closed_till_is_told(bench: Bench) -> None:
    await bench.close_till()
    with pytest.raises(PosTillClosed):
        await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    health = await bench.adapter.health()
    assert (health.ok, health.till_open) == (True, False)
    assert await bench.seen("418774") == []


async def test_a_pos_that_is_off_is_unreachable_until_it_is_back(bench: Bench) -> None:
    request = request_of(order_of(bench, "collection"))
    made = await bench.adapter.create_order(request)
    await bench.go_off()
    with pytest.raises(PosUnreachable):
        await bench.adapter.create_order(request_of(order_of(bench, "collection", 5)))
    with pytest.raises(PosUnreachable):
        await bench.adapter.health()
    with pytest.raises(PosUnreachable):
        await bench.adapter.find_order("5")
    await bench.come_back()
    assert (await bench.adapter.health()).ok
    assert (await bench.adapter.read_order(made.id)).reference == "418774"


async def test_a_dropped_answer_is_an_unknown_outcome(bench: Bench) -> None:
    await bench.misbehave("drop", "create")
    with pytest.raises(OutcomeUnknown):
        await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    assert len(await bench.seen("418774")) == 1
    if Capability.ORDER_FIND_BY_REFERENCE in bench.adapter.capabilities:
        found = await bench.adapter.find_order("418774")
        assert found is not None
        assert found.total == Decimal(30)


@pytest.mark.parametrize("what", ["fail", "nonsense"])
async def test_a_create_that_failed_in_the_pos_has_an_unknown_outcome(bench: Bench, what: str) -> None:
    await bench.misbehave(what, "create")
    for number in range(5):
        with pytest.raises(OutcomeUnknown):
            await bench.adapter.create_order(request_of(order_of(bench, "collection", number)))


@needs(Capability.ORDER_FIND_BY_REFERENCE)
@pytest.mark.parametrize("what", ["fail", "nonsense", "drop"])
async def test_a_look_up_that_failed_is_not_a_no(bench: Bench, what: str) -> None:
    await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    await bench.misbehave(what, "reads")
    with pytest.raises(PosError) as caught:
        await bench.adapter.find_order("418774")
    assert caught.value.retryable
    assert not isinstance(caught.value, OutcomeUnknown | PosNotFound)


async def test_a_busy_pos_says_when(bench: Bench) -> None:
    await bench.misbehave("busy")
    with pytest.raises(PosBusy) as caught:
        await bench.adapter.create_order(request_of(order_of(bench, "collection")))
    assert 0 < caught.value.retry_after.total_seconds() <= 300
    assert await bench.seen("418774") == []


async def test_an_unwell_pos_is_not_ok(bench: Bench) -> None:
    assert (await bench.adapter.health()).ok
    await bench.misbehave("fail")
    health = await bench.adapter.health()
    assert not health.ok
    assert health.message


# venue and catalog


@needs(Capability.TABLES_READ)
async def test_tables_are_read(bench: Bench) -> None:
    code, zone = bench.table
    zones = {entry["code"]: entry for entry in await bench.adapter.read_tables()}
    assert code in [table["code"] for table in zones[zone]["serviceLocations"]]


@needs(Capability.CATALOG_READ)
async def test_the_catalog_is_read_whole(bench: Bench) -> None:
    entities = [entity async for entity in bench.adapter.read_catalog()]
    found = catalog_of(entities)
    assert len(found) == len(entities), "an entity came twice"
    pizza, beer = found.products[bench.pizza], found.products[bench.beer]
    for product in (pizza, beer):
        assert product.name
        assert product.price is not None
        assert product.price > 0
        assert product.vat is not None
        assert any(product.external_id in section.products for section in found.sections.values())
    assert any(bench.bacon in found.option_categories[ident].options for ident in pizza.option_categories)
    assert found.options[bench.bacon].name == bench.bacon_name


@needs(Capability.CATALOG_READ)
async def test_everything_a_catalog_names_is_in_it(bench: Bench) -> None:
    found = catalog_of([entity async for entity in bench.adapter.read_catalog()])
    assert found.menus
    named = {
        EntityKind.SECTION: {ident for menu in found.menus.values() for ident in menu.sections},
        EntityKind.PRODUCT: {ident for section in found.sections.values() for ident in section.products},
        EntityKind.VARIANT: {ident for product in found.products.values() for ident in product.variants},
        EntityKind.OPTION_CATEGORY: {
            ident for product in found.products.values() for ident in product.option_categories
        },
        EntityKind.OPTION: {ident for category in found.option_categories.values() for ident in category.options},
    }
    assert {kind: sorted(idents - set(found.of(kind))) for kind, idents in named.items()} == {
        kind: [] for kind in named
    }
    assert all(menu.name for menu in found.menus.values())


@needs(Capability.CATALOG_READ)
async def test_a_catalog_that_cannot_be_read_whole_says_so(bench: Bench) -> None:
    await bench.misbehave("fail", "reads")
    with pytest.raises(PosError):
        [entity async for entity in bench.adapter.read_catalog()]


@needs(Capability.AVAILABILITY_READ)
async def test_the_pos_own_switch_is_read(bench: Bench) -> None:
    assert (await bench.adapter.read_availability()).online
    await bench.set_online(False)
    assert not (await bench.adapter.read_availability()).online


@needs(Capability.AVAILABILITY_WRITE)
async def test_the_pos_own_switch_is_turned(bench: Bench) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    for switch in (PosSwitch(online=False, until=until, reason="full"), PosSwitch(online=True)):
        await bench.adapter.set_availability(switch)
        seen = await bench.adapter.read_availability()
        assert seen.online is switch.online
        assert seen.until in (switch.until, None)  # not every POS turns back by itself


@needs(Capability.SCHEDULE_READ)
async def test_the_poss_hours_are_read(bench: Bench) -> None:
    await bench.keep_hours()
    schedule = await bench.adapter.read_schedule()
    assert not faults(schedule)
    assert schedule.timezone == "Europe/Madrid"
    assert [(each.start_day, each.start_time, each.end_day, each.end_time) for each in schedule.weekly] == [
        (5, time(13), 5, time(16)),
        (5, time(20), 6, time(2)),
    ]
    (christmas,) = schedule.exceptions
    assert (christmas.day, christmas.ranges, christmas.note) == (date(2026, 12, 25), (), "Navidad")
