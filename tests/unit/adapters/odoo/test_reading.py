"""How the menu and an order's part of it are read: pages, languages, ids, against a small Odoo in memory."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.odoo.adapter import OdooAdapter
from adapters.odoo.menu_rows import TagRow, open_reader
from adapters.odoo.shelf import shelf_for
from adapters.odoo.wire import Wire
from app.domain.errors import PosRefused, ProfileError
from app.domain.order import Order, decode_order
from app.domain.selling_point import SellingPoint
from tests.unit.adapters.odoo.menus import PLACE

Rows = list[dict[str, Any]]


class LittleOdoo:
    """Answers ``search_read`` of some models with all rows after an id, as many as are asked for."""

    def __init__(self, **models: Rows) -> None:
        self.models = {name.replace("__", "."): rows for name, rows in models.items()}
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], Any]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        model, method = request.url.path.split("/")[-2:]
        body = json.loads(request.content)
        self.asked.append((model, method, body))
        if model in self.answers:
            return httpx.Response(200, json=self.answers[model](body))
        if (model, method) == ("res.users", "context_get"):
            return httpx.Response(200, json={"lang": "es_ES"})
        after = next((leaf[2] for leaf in body["domain"] if leaf[:2] == ["id", ">"]), 0)
        rows = [row for row in self.models.get(model, []) if row["id"] > after]
        return httpx.Response(200, json=rows[: body.get("limit", 1000)])

    def wire(self) -> Wire:
        return Wire(url="http://odoo.local", api_key="k", database="", timeout=5, transport=httpx.MockTransport(self))

    def of(self, model: str) -> list[dict[str, Any]]:
        return [body for name, _, body in self.asked if name == model]


SPAIN = {"id": 1, "code": "es_ES", "iso_code": "es"}
ENGLAND = {"id": 2, "code": "en_GB", "iso_code": "en_GB"}
AMERICA = {"id": 3, "code": "en_US", "iso_code": "en"}


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (2, 1), (3, 2), (7, 3)])
async def test_pages_go_by_id_to_the_last(count: int, calls: int) -> None:
    tags = [{"id": 10 * n, "name": f"t{n}"} for n in range(1, count + 1)]
    odoo = LittleOdoo(res__lang=[SPAIN], product__tag=tags)
    reader = await open_reader(odoo.wire(), PLACE)
    pages = [page async for page in reader.pages("product.tag", TagRow, [], size=3)]
    assert [row.id for page in pages for row in page] == [tag["id"] for tag in tags]
    asked = odoo.of("product.tag")
    assert (len(asked), {body["limit"] for body in asked}, {body["order"] for body in asked}) == (calls, {3}, {"id"})
    assert asked[0]["context"] == {"lang": "es_ES", "allowed_company_ids": [1]}


async def test_names_in_one_dialect_of_each_other_language() -> None:
    odoo = LittleOdoo(res__lang=[SPAIN, ENGLAND, AMERICA])
    names = {"es_ES": ["Picante", "Vegano"], "en_GB": ["Hot", "Vegano"]}
    odoo.answers["product.tag"] = lambda body: [
        {"id": n + 1, "name": name} for n, name in enumerate(names[body["context"]["lang"]])
    ]
    reader = await open_reader(odoo.wire(), PLACE)
    rows = await reader.all("product.tag", TagRow, [])
    assert await reader.names("product.tag", rows) == {1: {"en": "Hot"}}
    assert [body["context"]["lang"] for body in odoo.of("product.tag")] == ["es_ES", "en_GB"]


async def test_a_user_whose_language_was_removed() -> None:
    odoo = LittleOdoo(res__lang=[AMERICA])
    reader = await open_reader(odoo.wire(), PLACE)
    [page async for page in reader.pages("product.tag", TagRow, [])]
    assert odoo.of("product.tag")[0]["context"]["lang"] == "en_US"


# what an order needs


def order(product: str, option: str = "") -> Order:
    ref = {"externalId": option}
    child = [{"type": "PRODUCT_OPTION", "label": "Bacon", "quantity": 1, "productOption": ref}] if option else []
    line = {"label": "Pizza", "unitPrice": 9, "product": {"externalId": product}, "childrenOrderLines": child}
    body = json.dumps({"id": 7, "type": "insitu", "totalAmount": 9, "orderLines": [line]}).encode()
    return decode_order(body, SellingPoint(id="1").zone)


def little(*values: int) -> LittleOdoo:
    """A pizza (template 5, variant 50) that has the value 21; ``values`` are elsewhere."""
    odoo = LittleOdoo(
        product__product=[{"id": 50, "display_name": "Pizza", "product_tmpl_id": [5, ""], "taxes_id": [2]}],
        account__tax=[{"id": 2, "amount": 10}],
    )
    there = {"id": 90, "name": "Bacon", "product_tmpl_id": [5, ""], "product_attribute_value_id": [21, ""]}
    odoo.answers["product.template.attribute.value"] = lambda body: [there] if 21 in body["domain"][0][2] else []
    odoo.answers["product.attribute.value"] = lambda body: [one for one in body["domain"][0][2] if one in values]
    return odoo


@pytest.mark.parametrize("option", ["V-21", "V-21-10", "V-21-P333", "V-21-7.5"])
async def test_an_option_is_its_product_s_whatever_follows_its_number(option: str) -> None:
    odoo = little()
    shelf = await shelf_for(odoo.wire(), PLACE, order("T-5", option))
    row = shelf.option(option, shelf.products["T-5"])
    assert row is not None
    assert row.id == 90
    assert odoo.of("product.attribute.value") == []


async def test_an_option_that_only_other_products_have_is_known_and_none_of_this_one() -> None:
    shelf = await shelf_for(little(22).wire(), PLACE, order("T-5", "V-22"))
    assert shelf.option("V-22", shelf.products["T-5"]) is None
    assert shelf.options == {"V-22": {}}


@pytest.mark.parametrize("option", ["V-23", "V-x", "V-9999999999", "Bacon"])
async def test_an_option_that_nobody_has_is_refused_with_its_place(option: str) -> None:
    with pytest.raises(PosRefused) as caught:
        await shelf_for(little(22).wire(), PLACE, order("T-5", option))
    assert (caught.value.code, caught.value.field) == (
        "UNKNOWN_OPTION",
        "$.orderLines[0].childrenOrderLines[0]",
    )


async def test_a_supplement_of_a_set_menu_is_money_only() -> None:
    shelf = await shelf_for(little().wire(), PLACE, order("T-5", "I-6"))
    assert shelf.options == {"I-6": {}}


@pytest.mark.parametrize("product", ["T-6", "P-51", "I-1", "T-", "", "X-5"])
async def test_a_product_that_odoo_lacks_is_refused(product: str) -> None:
    odoo = little()
    odoo.answers["product.combo.item"] = lambda _: []
    if not product:  # an article without one
        assert (await shelf_for(odoo.wire(), PLACE, order(product))).products == {}
        return
    with pytest.raises(PosRefused) as caught:
        await shelf_for(odoo.wire(), PLACE, order(product))
    assert caught.value.code == "UNKNOWN_PRODUCT"


async def test_the_parts_that_a_combo_may_have() -> None:
    odoo = little()
    combo = {"id": 60, "display_name": "Menú", "product_tmpl_id": [6, ""], "taxes_id": [], "type": "combo"}
    odoo.models["product.product"].append(combo)
    odoo.answers["product.template"] = lambda _: [{"id": 6, "combo_ids": [3]}]
    odoo.answers["product.combo"] = lambda _: [{"id": 3, "base_price": 8}]
    item = {"id": 31, "product_id": [50, ""], "combo_id": [3, ""], "extra_price": 1.5}
    odoo.answers["product.combo.item"] = lambda _: [item]
    shelf = await shelf_for(odoo.wire(), PLACE, order("T-6"))
    ((template, items),) = shelf.combos.items()
    assert (template, [(one.id, one.variant, one.base_price, one.extra_price) for one in items]) == (
        6,
        [(31, 50, Decimal(8), Decimal("1.5"))],
    )


@pytest.mark.parametrize("options", [{"config_id": "1"}, {"config_id": True}, {"open_session": "true"}])
def test_options_of_another_kind_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(ProfileError) as caught:
        OdooAdapter(url="http://odoo.local", api_key="k", **options)
    assert name in caught.value.message
    assert caught.value.hint


async def test_tables_of_a_menu_that_is_empty() -> None:
    """A restaurant that has nothing in its till yet is no fault."""
    odoo = LittleOdoo(res__lang=[SPAIN])
    config = {"id": 1, "name": "Bar", "company_id": [1, "Bar"], "currency_id": [1, "EUR"]}
    odoo.answers["pos.config"] = lambda body: [config] if "fields" in body else {}
    odoo.answers["product.template"] = lambda body: {} if "attributes" in body else []
    odoo.answers["product.template.attribute.value"] = lambda _: []
    async with OdooAdapter(url="http://odoo.local", api_key="k", transport=httpx.MockTransport(odoo)) as adapter:
        entities = [entity async for entity in adapter.read_catalog()]
        assert [(entity.external_id, entity.name) for entity in entities] == [("M-1", "Bar")]
        assert await adapter.read_tables() == []
    assert all("self_order_available" not in body.get("fields", []) for body in odoo.of("product.template"))
