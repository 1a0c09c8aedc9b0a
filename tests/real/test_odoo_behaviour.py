"""Ten things that a real Odoo does and no mock of ours would have shown: what it does, what the adapter makes of it.

The numbers are those of the reference (odoo.md).
"""

import json
import logging
import uuid
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.odoo import forms
from adapters.odoo.adapter import OdooAdapter
from app.domain.errors import CompanionError, PosNotFound, PosRefused, PosTillClosed, ProfileError
from app.domain.status import Status
from app.ports.pos import PosWarning
from app.sandbox.odoo_till import OdooError
from tests.contract.odoo_bench import OdooBench
from tests.contract.pos_bench import order_of, request_of

pytestmark = pytest.mark.odoo

BURGER, COLA, IVA_21 = 6, 20, 1
TABLE = 6


def bare_order(session: int, **more: Any) -> dict[str, Any]:
    """An order as simply as Odoo takes one: a burger of 13.00 and 21 % on it."""
    line = {
        "uuid": str(uuid.uuid4()),
        "product_id": BURGER,
        "qty": 1,
        "price_unit": 13.0,
        "price_subtotal": 13.0,
        "price_subtotal_incl": 15.73,
        "tax_ids": [[6, 0, [IVA_21]]],
    }
    return {
        "uuid": str(uuid.uuid4()),
        "access_token": uuid.uuid4().hex,
        "session_id": session,
        "state": "draft",
        "lines": [[0, 0, line]],
        "payment_ids": [],
        "amount_total": 15.73,
        "amount_tax": 2.73,
        "amount_paid": 0,
        "amount_return": 0,
        **more,
    }


async def sync(odoo: OdooBench, order: dict[str, Any]) -> int:
    answer = await odoo.till.call("pos.order", "sync_from_ui", orders=[order])
    return int(answer["pos.order"][0]["id"])


async def only(odoo: OdooBench, reference: str = "418774") -> dict[str, Any]:
    (order,) = await odoo.till.find(reference)
    return order


# 1


async def test_01_the_same_uuid_with_its_lines_again_is_refused_and_the_adapter_finds_the_order(
    odoo: OdooBench,
) -> None:
    raw = bare_order(await odoo.till.open())
    await sync(odoo, raw)
    with pytest.raises(OdooError) as caught:
        await sync(odoo, raw | {"access_token": "again"})
    assert caught.value.status == 422

    request = request_of(order_of(odoo, "delivery"))
    first = await odoo.adapter.create_order(request)
    again = await odoo.adapter.create_order(request)
    assert (again.id, again.total, again.warnings) == (first.id, first.total, ())
    assert len((await only(odoo))["lines"]) == 3


# 2


async def test_02_odoo_merges_orders_of_one_table_and_the_adapter_keeps_them_apart(odoo: OdooBench) -> None:
    session = await odoo.till.open()
    first = await sync(odoo, bare_order(session, table_id=TABLE + 1))
    second = await sync(odoo, bare_order(session, table_id=TABLE + 1))
    (merged,) = await odoo.till.read([first])
    assert first == second
    assert (len(merged["lines"]), merged["amount_total"]) == (2, 15.73)  # two burgers, paid as one

    one = await odoo.adapter.create_order(request_of(order_of(odoo, "inside", 1)))
    two = await odoo.adapter.create_order(request_of(order_of(odoo, "inside", 2)))
    assert one.id != two.id
    assert (one.warnings, two.warnings) == ((), (PosWarning.TABLE_BUSY,))
    seated, waiting = await only(odoo, "1"), await only(odoo, "2")
    assert (seated["table_id"][0], seated["floating_order_name"]) == (TABLE, "Glovo 4F7K")
    assert (waiting["table_id"], waiting["floating_order_name"]) == (False, "Mesa 5 · Glovo 4F7K")
    for order in (seated, waiting):
        assert (len(order["lines"]), order["amount_total"]) == (2, 30.0)


# 3


async def test_03_updates_carry_what_odoo_needs(odoo: OdooBench) -> None:
    raw = bare_order(await odoo.till.open())
    await sync(odoo, raw)
    again = raw | {"lines": []}
    for missing in ("access_token", "session_id"):
        with pytest.raises(OdooError) as caught:
            await sync(odoo, {name: value for name, value in again.items() if name != missing})
        assert (caught.value.status, caught.value.name) == (500, "builtins.KeyError")

    made = await odoo.adapter.create_order(request_of(order_of(odoo, "collection")))
    updated = await odoo.adapter.update_order(made.id, request_of(order_of(odoo, "collection", comment="Deprisa")))
    assert (updated.id, (await only(odoo))["general_customer_note"]) == (made.id, "Deprisa")


# 4


async def test_04_odoo_believes_any_total_and_the_adapter_sends_the_one_it_will_compute(odoo: OdooBench) -> None:
    wrong = await sync(odoo, bare_order(await odoo.till.open(), amount_total=1.0))
    assert (await odoo.till.read([wrong]))[0]["amount_total"] == 1.0

    made = await odoo.adapter.create_order(request_of(order_of(odoo, "delivery")))
    before = await only(odoo)
    await odoo.till.call("pos.order", "write", ids=[int(made.id)], vals={"payment_ids": [[5, 0, 0]]})  # computes anew
    after = await only(odoo)
    assert (after["amount_total"], after["amount_tax"]) == (before["amount_total"], before["amount_tax"])
    assert Decimal(str(after["amount_total"])) == made.total == Decimal("31.50")


# 5


async def test_05_odoo_lets_a_plain_write_make_an_order_paid_and_the_adapter_never_does(odoo: OdooBench) -> None:
    corrupt = await sync(odoo, bare_order(await odoo.till.open()))
    await odoo.till.call("pos.order", "write", ids=[corrupt], vals={"state": "paid"})
    (order,) = await odoo.till.read([corrupt])
    assert (order["state"], order["amount_paid"]) == ("paid", 0.0)

    unpaid = await odoo.adapter.create_order(request_of(order_of(odoo, "collection", 1)))
    with pytest.raises(PosRefused) as caught:
        await odoo.adapter.change_status(unpaid.id, Status.COMPLETED)
    assert caught.value.code == "NOT_PAID"
    assert (await only(odoo, "1"))["state"] == "draft"

    request = request_of(order_of(odoo, "collection", 2), payments=odoo.prepaid("30"))
    prepaid = await odoo.adapter.create_order(request)
    assert (await only(odoo, "2"))["state"] == "draft"
    await odoo.adapter.change_status(prepaid.id, Status.COMPLETED)
    order = await only(odoo, "2")
    assert (order["state"], order["amount_paid"], order["amount_total"]) == ("paid", 30.0, 30.0)


# 6


async def test_06_an_unknown_product_is_named_although_odoo_speaks_of_deleting(odoo: OdooBench) -> None:
    raw = bare_order(await odoo.till.open())
    raw["lines"][0][2]["product_id"] = 987654
    with pytest.raises(OdooError) as caught:
        await sync(odoo, raw)
    assert (caught.value.status, "delete" in caught.value.message) == (422, True)

    order = order_of(odoo, "collection")
    order["orderLines"][1]["product"]["externalId"] = "T-987654"
    with pytest.raises(PosRefused) as refused:
        await odoo.adapter.create_order(request_of(order))
    assert (refused.value.code, refused.value.field) == ("UNKNOWN_PRODUCT", "$.orderLines[1]")
    assert "T-987654" in refused.value.message
    assert await odoo.till.find("418774") == []


# 7


async def test_07_errors_are_told_apart_and_no_traceback_gets_out(
    odoo: OdooBench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bad_key = httpx.post(f"{odoo.till.url}/json/2/pos.order/read", json={}, headers={"authorization": "bearer x"})
    unknown = httpx.post(
        f"{odoo.till.url}/json/2/pos.order/no_such", json={}, headers={"authorization": f"bearer {odoo.till.api_key}"}
    )
    assert (bad_key.status_code, unknown.status_code) == (401, 404)
    assert "Traceback" in json.loads(bad_key.text)["debug"]

    errors: list[CompanionError] = []
    for key, database in (("x", ""), (odoo.till.api_key, "no-such-database")):
        async with OdooAdapter(url=odoo.till.url, api_key=key, database=database) as adapter:
            with pytest.raises(ProfileError) as caught:
                await adapter.changes("")
            errors.append(caught.value)
            health = await adapter.health()
            assert (health.ok, health.message) == (False, caught.value.message)
    with pytest.raises(PosNotFound) as gone:
        await odoo.adapter.read_order("987654321")
    errors.append(gone.value)
    for error in errors:
        assert "Traceback" not in f"{error.message} {error.hint}"
    assert "Traceback" not in caplog.text


# 8


async def test_08_whole_seconds_hide_nothing_from_the_cursor(odoo: OdooBench) -> None:
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "collection", 1)))
    present = await odoo.adapter.changes("")
    assert (await only(odoo, "1"))["write_date"].count(".") == 0
    assert [order.reference for order in present.orders] == ["1"]

    await odoo.till.move("1", Status.IN_PREPARATION)  # most likely within the second that was read
    first = await odoo.adapter.changes(present.cursor)
    await odoo.till.move("1", Status.COMPLETED)
    second = await odoo.adapter.changes(first.cursor)
    third = await odoo.adapter.changes(second.cursor)
    assert [(order.id, order.status) for order in first.orders] == [(made.id, Status.IN_PREPARATION)]
    assert [(order.id, order.status) for order in second.orders] == [(made.id, Status.COMPLETED)]
    assert (third.orders, third.cursor) == ((), second.cursor)


# 9


async def test_09_an_order_is_named_by_odoo_when_it_is_paid_and_known_by_us_before(odoo: OdooBench) -> None:
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "collection")))
    draft = await only(odoo)
    await odoo.till.move("418774", Status.COMPLETED)
    paid = await only(odoo)
    assert (draft["name"], paid["name"]) == ("/", f"Restaurant - {paid['pos_reference'].split('-')[-1]}")
    assert made.id == str(draft["id"]) == str(paid["id"])
    assert draft["floating_order_name"] == "Glovo 4F7K"
    assert draft["uuid"] == str(forms.order_uuid("418774"))


# 10


async def test_10_a_paid_order_stays_paid_whatever_cancelling_answers(odoo: OdooBench) -> None:
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "collection")))
    await odoo.till.move("418774", Status.COMPLETED)
    answer = await odoo.till.call("pos.order", "action_pos_order_cancel", ids=[int(made.id)])
    assert answer == {"pos.order": []}

    await odoo.adapter.change_status(made.id, Status.CANCELLED)
    assert (await odoo.adapter.read_status(made.id)).status is Status.COMPLETED


# and what follows from them


async def test_a_closed_session_is_a_closed_till_until_somebody_opens_it(odoo: OdooBench) -> None:
    await odoo.till.close()
    with pytest.raises(PosTillClosed):
        await odoo.adapter.create_order(request_of(order_of(odoo, "collection")))
    await odoo.till.open()
    assert (await odoo.adapter.create_order(request_of(order_of(odoo, "collection")))).status is Status.ACCEPTED


async def test_an_order_that_was_paid_while_it_was_changed_is_refused(odoo: OdooBench) -> None:
    made = await odoo.adapter.create_order(request_of(order_of(odoo, "collection")))
    row = await only(odoo)
    sent = odoo.network.handle_async_request

    async def pay_first(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("sync_from_ui"):
            await odoo.till.pay(row)
        return await sent(request)

    odoo.network.handle_async_request = pay_first  # type: ignore[method-assign]
    with pytest.raises(PosRefused) as caught:
        await odoo.adapter.update_order(made.id, request_of(order_of(odoo, "collection", totalAmount="45")))
    assert caught.value.code == "ORDER_CLOSED"
    assert (await only(odoo))["amount_total"] == 30.0


async def test_a_change_reaches_the_kitchen_although_the_order_came_without_a_ticket(odoo: OdooBench) -> None:
    request = request_of(order_of(odoo, "collection"), print_ticket=False)
    made = await odoo.adapter.create_order(request)
    assert made.status is Status.IN_PREPARATION  # the kitchen has it from paper
    more = [*order_of(odoo, "collection")["orderLines"], {"label": "Pan", "unitPrice": 2, "vatValue": 10}]
    changed = request_of(order_of(odoo, "collection", totalAmount=32, orderLines=more), print_ticket=False)
    await odoo.adapter.update_order(made.id, changed)
    order = await only(odoo)
    sent = json.loads(order["last_order_preparation_change"])["lines"]
    assert [line["uuid"] in sent for line in order["lines"]] == [True, True, False]


async def test_customers_and_extra_products_are_made_once(odoo: OdooBench) -> None:
    who = {"id": 77, "name": "Pau", "lastname": f"Vidal {uuid.uuid4().hex[:6]}", "phone": "+34611111111"}
    other = who | {"id": 78, "lastname": "Otra"}  # the platform's number is everybody's
    customers = [who, who, other]
    for number, customer in enumerate(customers):
        await odoo.adapter.create_order(request_of(order_of(odoo, "delivery", number, consumer=customer)))
    elsewhere = {"street": "Rambla, 1", "city": "Viladecans", "postalCode": "08840"}
    for number in (3, 4):
        order = order_of(odoo, "delivery", number, consumer=who, deliveryAddress=elsewhere)
        await odoo.adapter.create_order(request_of(order))
    partners = [(await only(odoo, str(number)))["partner_id"][0] for number in range(5)]
    assert partners[0] == partners[1] != partners[2]
    assert partners[3] == partners[4] not in partners[:3]
    (below,) = await odoo.till.call("res.partner", "read", ids=[partners[3]], fields=["parent_id", "street"])
    assert (below["parent_id"][0], below["street"]) == (partners[0], "Rambla, 1")
    codes = ["SINQRO-DELIVERY"]
    assert await odoo.till.call("product.product", "search_count", domain=[["default_code", "in", codes]]) == 1
