"""An API key whose user may use the till, and nothing else of Odoo: what works, and what is said where it does not."""

import uuid
from collections.abc import AsyncIterator

import pytest

from adapters.odoo.adapter import OdooAdapter
from app.domain.errors import ProfileError
from app.domain.status import Status
from tests.contract.odoo_bench import OdooBench
from tests.contract.pos_bench import line, order_of, request_of
from tests.real.server import server
from tests.real.test_odoo_behaviour import only

pytestmark = pytest.mark.odoo


@pytest.fixture
async def waiter(odoo: OdooBench) -> AsyncIterator[OdooAdapter]:
    await odoo.adapter.create_order(request_of(order_of(odoo, "delivery", 1)))  # what must be made is made once
    async with OdooAdapter(url=odoo.till.url, api_key=server().waiter_key, timeout=60) as adapter:
        yield adapter


@pytest.mark.parametrize("kind", ["collection", "delivery", "inside", "insitu"])
async def test_orders_go_their_way(odoo: OdooBench, waiter: OdooAdapter, kind: str) -> None:
    assert (await waiter.health()).ok
    made = await waiter.create_order(request_of(order_of(odoo, kind, 2)))
    assert (made.status, made.warnings) == (Status.ACCEPTED, ())
    changed = await waiter.update_order(made.id, request_of(order_of(odoo, kind, 2, comment="Con prisa")))
    assert changed.id == made.id
    assert (await only(odoo, "2"))["partner_id"]
    await waiter.change_status(made.id, Status.CANCELLED)
    assert (await waiter.read_status(made.id)).status is Status.CANCELLED
    assert {order.reference for order in (await waiter.changes("")).orders} >= {"1", "2"}


async def test_menu_and_tables_are_read_as_by_an_administrator(odoo: OdooBench, waiter: OdooAdapter) -> None:
    assert [entity async for entity in waiter.read_catalog()] == [
        entity async for entity in odoo.adapter.read_catalog()
    ]
    assert await waiter.read_tables() == await odoo.adapter.read_tables()


async def test_a_customer_who_may_not_be_made_stands_in_the_note(odoo: OdooBench, waiter: OdooAdapter) -> None:
    consumer = {"name": f"Nueva {uuid.uuid4().hex[:6]}", "lastname": "Clienta", "phone": "+34611222333"}
    await waiter.create_order(request_of(order_of(odoo, "delivery", 3, consumer=consumer)))
    order = await only(odoo, "3")
    assert order["partner_id"] is False
    assert order["general_customer_note"].splitlines() == [
        "Sin cebolla, por favor",
        f"{consumer['name']} Clienta, +34611222333",
        "Carrer de la Tecnologia, 17, 08840 Viladecans",
    ]


async def test_a_product_that_may_not_be_made_is_named(odoo: OdooBench, waiter: OdooAdapter) -> None:
    tip = {"type": "TIP", "label": "Propina", "unitPrice": 1, "quantity": 1, "vatValue": 0}
    order = order_of(odoo, "collection", 4, totalAmount=2, orderLines=[line("Pan", "1.00"), tip])
    found = await odoo.till.call("product.product", "search", domain=[["default_code", "=", "SINQRO-TIP"]])
    await odoo.till.call("product.product", "write", ids=found, vals={"default_code": "put away"})
    try:
        with pytest.raises(ProfileError) as caught:
            await waiter.create_order(request_of(order))
        assert "SINQRO-TIP (Propina)" in caught.value.message
        assert "Products / Create" in caught.value.hint
    finally:
        await odoo.till.call("product.product", "write", ids=found, vals={"default_code": "SINQRO-TIP"})


async def test_the_till_is_opened(odoo: OdooBench, waiter: OdooAdapter, second: int) -> None:
    assert (await waiter.health()).ok is False, "there are two"
    key = server().waiter_key
    async with OdooAdapter(url=odoo.till.url, api_key=key, config_id=second, open_session=True, timeout=60) as opener:
        assert (await opener.create_order(request_of(order_of(odoo, "collection", 5)))).status is Status.ACCEPTED
        assert (await opener.health()).message == ""
