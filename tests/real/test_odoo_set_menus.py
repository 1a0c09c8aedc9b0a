"""Set menus of orders as Odoo's combos: their parts, options and supplements, and money that Odoo counts the same."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.status import Status
from tests.contract.odoo_bench import OdooBench
from tests.contract.pos_bench import line, order_of, request_of
from tests.real.test_odoo_behaviour import only
from tests.real.test_odoo_orders import cents, computed_by_odoo

pytestmark = pytest.mark.odoo

SUSHI_LUNCH, BURGER_MENU = "T-30", "T-29"
MAKI, TEMAKI, COLA, BACON_BURGER = 16, 18, 20, 5


def part(label: str, external_id: str, *options: dict[str, Any], **more: Any) -> dict[str, Any]:
    product = {"externalId": external_id}
    return {"label": label, "quantity": 1, "product": product, "childrenOrderLines": list(options), **more}


def option(label: str, external_id: str) -> dict[str, Any]:
    ref = {"externalId": external_id}
    return {"type": "PRODUCT_OPTION", "label": label, "quantity": 1, "productOption": ref}


def lunch(quantity: int = 2) -> dict[str, Any]:
    parts = [
        part("Maki", "T-16", comment="sin wasabi"),
        part("Temaki", "I-6", option("Suplemento", "I-6")),
        {"label": "Bebida", "quantity": 1, "childrenOrderLines": [part("Cola", "T-20")]},
    ]
    menu = {"externalId": SUSHI_LUNCH}
    return line("Menú sushi", "25.41", quantity, type="MENU", product=menu, vatValue=21, childrenOrderLines=parts)


async def lines(odoo: OdooBench, reference: str) -> list[dict[str, Any]]:
    order = await only(odoo, reference)
    fields = [*("product_id", "qty", "price_unit", "price_subtotal_incl", "combo_parent_id", "combo_item_id")]
    fields += ["attribute_value_ids", "customer_note"]
    ids = [one["id"] for one in order["lines"]]
    found: list[dict[str, Any]] = await odoo.till.call("pos.order.line", "read", ids=ids, fields=fields)
    return found


async def test_a_set_menu_enters_as_a_combo_with_its_parts(odoo: OdooBench) -> None:
    drink = order_of(odoo, "collection")["orderLines"][1]
    order = order_of(odoo, "collection", 61, totalAmount=56.82, orderLines=[lunch(), drink])
    made = await odoo.adapter.create_order(request_of(order))
    assert (made.total, made.warnings) == (Decimal("56.82"), ())
    menu, maki, temaki, cola, beer = await lines(odoo, "61")
    assert [one["product_id"][0] for one in (menu, maki, temaki, cola)] == [30, MAKI, TEMAKI, COLA]
    assert [one["qty"] for one in (menu, maki, temaki, cola)] == [2, 2, 2, 2]
    assert (menu["price_subtotal_incl"], menu["combo_parent_id"], menu["customer_note"]) == (0, False, "")
    for one, item in ((maki, 3), (temaki, 6), (cola, 7)):
        assert (one["combo_parent_id"][0], one["combo_item_id"][0]) == (menu["id"], item)
    assert (beer["combo_parent_id"], maki["customer_note"], temaki["customer_note"]) == (False, "sin wasabi", "")
    assert sum(cents(one["price_subtotal_incl"]) for one in (maki, temaki, cola)) == Decimal("50.82")

    entered = await only(odoo, "61")
    total, tax = await computed_by_odoo(odoo, entered)
    assert (total, tax) == (Decimal("56.82"), cents(entered["amount_tax"]))
    await odoo.till.move("61", Status.COMPLETED)
    assert (await odoo.adapter.read_status(made.id)).status is Status.COMPLETED


async def test_a_set_menu_is_changed_and_sent_again(odoo: OdooBench) -> None:
    request = request_of(order_of(odoo, "insitu", 62, totalAmount=50.82, orderLines=[lunch()]))
    made = await odoo.adapter.create_order(request)
    again = await odoo.adapter.create_order(request)
    assert (again.id, len(await lines(odoo, "62"))) == (made.id, 4)

    beer = order_of(odoo, "insitu")["orderLines"][1]
    changed = order_of(odoo, "insitu", 62, totalAmount=31.41, orderLines=[beer, lunch(1)])
    updated = await odoo.adapter.update_order(made.id, request_of(changed))
    assert (updated.total, updated.warnings) == (Decimal("31.41"), ())
    one, menu, *parts = await lines(odoo, "62")
    assert (one["product_id"][0], one["combo_parent_id"], one["combo_item_id"]) == (COLA, False, False)
    assert (menu["product_id"][0], menu["combo_parent_id"]) == (30, False)
    assert [part["combo_parent_id"][0] for part in parts] == [menu["id"]] * 3


async def test_options_of_a_part(odoo: OdooBench) -> None:
    burger = part("Bacon Burger", "T-5", option("Sweet potato fries", "V-2-21"))
    menu = line(
        "Menú burger",
        "12.10",
        product={"externalId": BURGER_MENU},
        vatValue=21,
        childrenOrderLines=[burger, part("Cola", "T-20")],
    )
    await odoo.adapter.create_order(request_of(order_of(odoo, "delivery", 63, totalAmount=12.10, orderLines=[menu])))
    _, entered, cola = await lines(odoo, "63")
    assert (entered["product_id"][0], cola["product_id"][0]) == (BACON_BURGER, COLA)
    (value,) = await odoo.till.call(
        "product.template.attribute.value", "read", ids=entered["attribute_value_ids"], fields=["name"]
    )
    assert value["name"] == "Sweet potato fries"


async def test_a_set_menu_that_is_no_combo_of_odoos_enters_as_an_article_in_words(odoo: OdooBench) -> None:
    foreign = [part("Pizza", "T-7"), part("Cola", "T-20")]
    menu = line("Menú del chef", "15.00", product={"externalId": BURGER_MENU}, childrenOrderLines=foreign)
    bare = line("Menú burger", "12.10", product={"externalId": BURGER_MENU})
    order = order_of(odoo, "collection", 64, totalAmount=27.10, orderLines=[menu, bare])
    made = await odoo.adapter.create_order(request_of(order))
    assert made.total == Decimal("27.10")
    first, second = await lines(odoo, "64")
    products = await odoo.till.call(
        "product.product", "read", ids=[first["product_id"][0], second["product_id"][0]], fields=["default_code"]
    )
    assert [product["default_code"] for product in products] == ["SINQRO-ITEM", "SINQRO-ITEM"][: len(products)]
    assert first["customer_note"].splitlines() == ["Menú del chef", "Pizza", "Cola"]
    assert cents(first["price_subtotal_incl"]) == Decimal("15.00")
