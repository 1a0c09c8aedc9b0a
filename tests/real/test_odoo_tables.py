"""Orders for one table and a waiter's draft in between: nothing is put together, nothing of the waiter's changes."""

import asyncio
from typing import Any

import httpx
import pytest

from adapters.odoo.adapter import OdooAdapter
from app.domain.status import Status
from app.ports.pos import PosWarning
from tests.contract.odoo_bench import OdooBench
from tests.contract.pos_bench import order_of, request_of
from tests.real.test_odoo_behaviour import COLA, IVA_21, TABLE, only

pytestmark = pytest.mark.odoo


async def waiter(odoo: OdooBench) -> dict[str, Any]:
    """A waiter's own order at the table."""
    number = await odoo.till.order_at(TABLE, COLA, 2.2, IVA_21)
    return (await odoo.till.read([number]))[0]


async def test_two_orders_and_a_waiters_draft_in_between(odoo: OdooBench) -> None:
    first = await odoo.adapter.create_order(request_of(order_of(odoo, "inside", 1)))
    await odoo.till.move("1", Status.COMPLETED)  # eaten and paid: the table is free again
    theirs = await waiter(odoo)
    second = await odoo.adapter.create_order(request_of(order_of(odoo, "inside", 2)))
    third = await odoo.adapter.create_order(request_of(order_of(odoo, "inside", 3)))

    assert len({first.id, second.id, third.id, str(theirs["id"])}) == 4
    assert second.warnings == third.warnings == (PosWarning.TABLE_BUSY,)
    assert (await odoo.till.read([theirs["id"]]))[0] == theirs
    for reference in ("2", "3"):
        order = await only(odoo, reference)
        assert (order["table_id"], order["floating_order_name"]) == (False, "Mesa 5 · Glovo 4F7K")
        assert (len(order["lines"]), order["amount_total"], order["amount_paid"]) == (2, 30.0, 0.0)


@pytest.mark.parametrize("when", ["before the order", "before its table"])
async def test_a_waiter_who_opens_the_table_at_the_very_moment(odoo: OdooBench, when: str) -> None:
    theirs: list[dict[str, Any]] = []
    sent = odoo.network.handle_async_request

    async def meet(request: httpx.Request) -> httpx.Response:
        seating = b"table_id" in request.content and b'"price_unit"' not in request.content
        if request.url.path.endswith("sync_from_ui") and seating is (when == "before its table") and not theirs:
            theirs.append(await waiter(odoo))
        return await sent(request)

    odoo.network.handle_async_request = meet  # type: ignore[method-assign]
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "inside")))
    assert made.warnings == (PosWarning.TABLE_BUSY,)
    order = await only(odoo)
    assert (order["table_id"], len(order["lines"]), order["amount_total"]) == (False, 2, 30.0)
    (now,) = await odoo.till.read([theirs[0]["id"]])
    assert {**now, "write_date": ""} == {**theirs[0], "write_date": ""}


async def test_eight_orders_for_one_table_at_once(odoo: OdooBench) -> None:
    requests = [request_of(order_of(odoo, "inside", number)) for number in range(8)]
    made = await asyncio.gather(*(odoo.adapter.create_order(request) for request in requests))
    assert len({order.id for order in made}) == 8
    orders = [await only(odoo, str(number)) for number in range(8)]
    assert all((len(order["lines"]), order["amount_total"]) == (2, 30.0) for order in orders)
    assert sum(bool(order["table_id"]) for order in orders) <= 1


async def test_an_order_that_staff_join_with_their_table_is_not_cancelled_on_sinqro(odoo: OdooBench) -> None:
    theirs = await waiter(odoo)
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "inside")))
    await odoo.till.call("pos.order", "action_pos_order_cancel", ids=[int(made.id)])  # what joining does to it
    joined = await odoo.adapter.read_status(made.id)
    assert (joined.status, joined.pos_status) == (None, "joined")

    await odoo.adapter.change_status(made.id, Status.CANCELLED)  # Sinqro cancels it: that is meant
    assert (await odoo.adapter.read_status(made.id)).status is Status.CANCELLED
    assert (await odoo.till.read([theirs["id"]]))[0]["state"] == "draft"


async def test_an_order_moves_to_another_table(odoo: OdooBench) -> None:
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "inside")))
    elsewhere = {"code": str(TABLE + 1), "serviceZone": {"code": "2"}}
    moved = await odoo.adapter.update_order(made.id, request_of(order_of(odoo, "inside", serviceLocation=elsewhere)))
    order = await only(odoo)
    assert (moved.warnings, order["table_id"][0], order["floating_order_name"]) == ((), TABLE + 1, "Glovo 4F7K")


async def test_floors_and_tables_as_they_are(odoo: OdooBench, second: int) -> None:
    """Those of this point of sale; what is archived is not there."""
    call = odoo.till.call
    await call("pos.config", "write", ids=[second], vals={"floor_ids": [[5]]})
    floors = []
    for number, name in enumerate(("Terraza", "Vieja", "Ajena", "Vacía")):
        of = [] if name == "Ajena" else [second]
        vals = {"name": name, "sequence": 90 - number, "pos_config_ids": [[6, 0, of]]}
        floors += await call("restaurant.floor", "create", vals_list=[vals])
    seats = [(0, 12, True), (0, 11, True), (0, 13, False), (1, 1, True), (2, 1, True)]
    tables = [
        (
            await call(
                "restaurant.table",
                "create",
                vals_list=[{"floor_id": floors[floor], "table_number": number, "active": active}],
            )
        )[0]
        for floor, number, active in seats
    ]
    await call("restaurant.floor", "write", ids=[floors[1]], vals={"active": False})
    try:
        async with OdooAdapter(url=odoo.till.url, api_key=odoo.till.api_key, config_id=second) as adapter:
            zones = await adapter.read_tables()
        assert [(zone["code"], zone["name"]) for zone in zones] == [(str(floors[0]), "Terraza")]
        assert zones[0]["serviceLocations"] == [
            {"code": str(tables[1]), "name": "Mesa 11"},
            {"code": str(tables[0]), "name": "Mesa 12"},
        ]
    finally:
        await call("restaurant.floor", "write", ids=floors, vals={"active": False, "pos_config_ids": [[5]]})


async def test_what_a_waiter_added_to_our_order_stays_when_it_is_changed(odoo: OdooBench) -> None:
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "inside")))
    await odoo.till.order_at(TABLE, COLA, 2.2, IVA_21)  # Odoo puts it into the table's order, and so should it
    changed = order_of(odoo, "inside", totalAmount=6, orderLines=[order_of(odoo, "inside")["orderLines"][1]])
    updated = await odoo.adapter.update_order(made.id, request_of(changed))
    order = await only(odoo)
    assert [line["price_subtotal_incl"] for line in order["lines"]] in ([6.0, 2.66], [2.66, 6.0])
    assert (order["amount_total"], updated.warnings) == (8.66, ())
