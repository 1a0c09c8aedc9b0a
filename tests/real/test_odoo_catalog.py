"""Odoo's menu as a restaurant makes it there, read back: what each thing becomes, and the prices to the cent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.odoo.adapter import OdooAdapter
from adapters.odoo.catalog import read_entities
from adapters.odoo.menu_rows import PRODUCTS
from adapters.odoo.venue import read_place
from adapters.odoo.wire import Wire
from app.domain.catalog import Catalog, CatalogEntity, MenuType, catalog_of
from app.domain.errors import PosUnreachable
from app.domain.money import rounded
from app.domain.status import OrderType, Status
from tests.contract.odoo_bench import OdooBench
from tests.contract.pos_bench import line, order_of, request_of

pytestmark = pytest.mark.odoo

FOOD, DRINKS = 1, 2
RESTAURANT = 1
ATTRIBUTE, EXTRAS = 2, [6, 7, 8, 9, 10]
IVA_21, IVA_10 = 1, 72
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

Make = Callable[..., Awaitable[int]]


@pytest.fixture
async def make(odoo: OdooBench) -> AsyncIterator[Make]:
    """Makes records; products are taken off the till again, everything else is deleted where Odoo lets it."""
    made: list[tuple[str, int]] = []

    async def create(model: str, **values: Any) -> int:
        if model == "product.template":
            values = {
                "available_in_pos": True,
                "pos_categ_ids": [[6, 0, [FOOD]]],
                "taxes_id": [[6, 0, [IVA_10]]],
            } | values
        (ident,) = await odoo.till.call(model, "create", vals_list=[values])
        made.append((model, ident))
        return int(ident)

    yield create
    await odoo.till.call("pos.config", "write", ids=[RESTAURANT], vals={"limit_categories": True})
    for model, ident in reversed(made):
        if model == "product.template":
            await odoo.till.call(model, "write", ids=[ident], vals={"available_in_pos": False, "active": False})
        elif model == "pos.category":
            vals = {"iface_available_categ_ids": [[6, 0, [FOOD, DRINKS]]]}
            await odoo.till.call("pos.config", "write", ids=[RESTAURANT], vals=vals)


async def read(odoo: OdooBench) -> Catalog:
    entities = [entity async for entity in odoo.adapter.read_catalog()]
    found = catalog_of(entities)
    assert len(found) == len(entities)
    return found


async def in_pages(odoo: OdooBench) -> AsyncIterator[CatalogEntity]:
    """Read in pages of seven products."""
    wire = Wire(url=odoo.till.url, api_key=odoo.till.api_key, database="", timeout=60, transport=odoo.network)
    async for entity in read_entities(wire, await read_place(wire, RESTAURANT), size=7):
        yield entity


async def attribute(make: Make, name: str, create_variant: str, display: str, *values: str) -> tuple[int, list[int]]:
    ident = await make("product.attribute", name=name, create_variant=create_variant, display_type=display)
    return ident, [await make("product.attribute.value", name=value, attribute_id=ident) for value in values]


def with_attribute(ident: int, values: list[int]) -> list[Any]:
    return [[0, 0, {"attribute_id": ident, "value_ids": [[6, 0, values]]}]]


async def set_prices(odoo: OdooBench, template: int, prices: dict[int, float]) -> None:
    rows = await odoo.till.call(
        "product.template.attribute.value",
        "search_read",
        domain=[["product_tmpl_id", "=", template]],
        fields=["product_attribute_value_id"],
    )
    for row in rows:
        price = prices[row["product_attribute_value_id"][0]]
        await odoo.till.call("product.template.attribute.value", "write", ids=[row["id"]], vals={"price_extra": price})


async def test_the_demo_restaurant(odoo: OdooBench) -> None:
    found = await read(odoo)
    assert [len(found.of(kind)) for kind in ("menu", "menuSection", "product", "productOption")] == [3, 5, 26, 14]  # type: ignore[arg-type]
    card = found.menus["M-1"]
    assert (card.name, card.type, card.sections) == ("Restaurant", MenuType.MENU, ("C-1", "C-2"))
    burger = found.products["T-6"]
    assert (burger.name, burger.price, burger.vat) == ("Cheese Burger", Decimal("15.73"), Decimal(21))
    assert "9-month matured cheddar cheese" in burger.description
    assert burger.allergens is None
    # one choice of sides for both burgers, one of extras for both pizzas; the pasta offers fewer
    assert {found.products[ident].option_categories for ident in ("T-5", "T-6")} == {("A-1-21",)}
    assert {found.products[ident].option_categories for ident in ("T-7", "T-8")} == {("A-2-21",)}
    assert found.option_categories["A-1-21"].min_selection == found.option_categories["A-1-21"].max_selection == 1
    extras = found.option_categories["A-2-21"]
    assert (extras.min_selection, extras.max_selection, extras.max_same_option_selection) == (0, None, 1)
    prices = [found.options[option].price for option in extras.options]
    assert prices == [Decimal(price) for price in ("3.63", "2.42", "1.82", "1.82", "1.82")]
    (fewer,) = found.products["T-9"].option_categories
    assert [found.options[option].name for option in found.option_categories[fewer].options] == [
        "Mushroom",
        "Extra cheese",
    ]


async def test_combos_are_set_menus(odoo: OdooBench) -> None:
    found = await read(odoo)
    lunch = found.menus["T-30"]
    assert (lunch.name, lunch.type, lunch.price) == ("Sushi Lunch Combo", MenuType.SET_MENU, Decimal("24.20"))
    sushi, drinks = (found.sections[section] for section in lunch.sections)
    assert (sushi.name, sushi.min_selection, sushi.max_selection) == ("Sushi", 2, 2)
    assert (drinks.name, drinks.min_selection, drinks.max_selection) == ("Drinks", 1, 1)
    # what costs a supplement there is a product of its own, with the supplement to be chosen
    assert sushi.products == ("T-16", "T-17", "T-19", "I-6")
    temaki = found.products["I-6"]
    assert (temaki.name, temaki.option_categories) == ("Lunch Temaki mix 3pc", ("I-6",))
    choice = found.option_categories["I-6"]
    assert (choice.min_selection, choice.max_selection, found.options["I-6"].price) == (1, 1, Decimal("1.21"))
    assert all("T-30" not in section.products for section in found.sections.values())


async def test_sizes_are_variants_with_prices_of_their_own(odoo: OdooBench, make: Make) -> None:
    size, (small, large) = await attribute(make, "Tamaño", "always", "radio", "Mediana", "Familiar")
    pizza = await make(
        "product.template",
        name="Pizza de prueba",
        list_price=10,
        attribute_line_ids=with_attribute(size, [small, large]),
    )
    await set_prices(odoo, pizza, {small: 0, large: 4.5})
    found = await read(odoo)
    product = found.products[f"T-{pizza}"]
    assert (product.price, product.vat, product.option_categories) == (None, Decimal(10), ())
    variants = [found.variants[ident] for ident in product.variants]
    assert [(variant.name, variant.price) for variant in variants] == [
        ("Mediana", Decimal("11.00")),
        ("Familiar", Decimal("15.95")),
    ]
    # and an order of one enters as that one
    ordered = line("Pizza de prueba", "15.95", product={"externalId": variants[1].external_id})
    order = order_of(odoo, "collection", 71, totalAmount=15.95, orderLines=[ordered])
    made = await odoo.adapter.create_order(request_of(order))
    (entered,) = (await odoo.till.read([int(made.id)]))[0]["lines"]
    assert (entered["product_id"][0], entered["price_unit"]) == (int(variants[1].external_id[2:]), 14.5)
    await odoo.adapter.change_status(made.id, Status.CANCELLED)


async def test_a_choice_is_shared_where_it_is_the_same_and_enters_orders(odoo: OdooBench, make: Make) -> None:
    sauces, (bbq, mayo) = await attribute(make, "Salsas", "no_variant", "multi", "Barbacoa", "Mayonesa")
    names = ("Nuggets", "Alitas", "Tiras", "Bravas")
    products = [
        await make("product.template", name=name, list_price=5, attribute_line_ids=with_attribute(sauces, [bbq, mayo]))
        for name in names
    ]
    for product, price in zip(products, (0.5, 0.5, 0.5, 0.9), strict=True):
        await set_prices(odoo, product, {bbq: price, mayo: 0.3})
    await odoo.till.call("product.template", "write", ids=[products[2]], vals={"taxes_id": [[6, 0, [IVA_21]]]})
    found = await read(odoo)
    categories = [found.products[f"T-{product}"].option_categories[0] for product in products]
    assert categories[0] == categories[1] == f"A-{sauces}-10"
    assert categories[2] == f"A-{sauces}-21"
    assert categories[3].startswith(f"A-{sauces}-L")
    priced = [[found.options[option].price for option in found.option_categories[one].options] for one in categories]
    assert [prices[0] for prices in priced] == [Decimal(price) for price in ("0.55", "0.55", "0.61", "0.99")]

    for number, (product, category) in enumerate(zip(products, categories, strict=True)):
        option = found.option_categories[category].options[0]
        child = {"type": "PRODUCT_OPTION", "label": "Barbacoa", "quantity": 1, "productOption": {"externalId": option}}
        ordered = line("Nuggets", "6.00", product={"externalId": f"T-{product}"}, childrenOrderLines=[child])
        order = order_of(odoo, "collection", 80 + number, totalAmount=6, orderLines=[ordered])
        made = await odoo.adapter.create_order(request_of(order))
        (entered,) = (await odoo.till.read([int(made.id)]))[0]["lines"]
        (value,) = await odoo.till.call(
            "product.template.attribute.value",
            "read",
            ids=entered["attribute_value_ids"],
            fields=["name", "product_tmpl_id"],
        )
        assert (value["name"], value["product_tmpl_id"][0], entered["customer_note"]) == ("Barbacoa", product, "")
        await odoo.adapter.change_status(made.id, Status.CANCELLED)


async def test_categories_in_the_till_s_order_and_products_without_one(odoo: OdooBench, make: Make) -> None:
    pizzas = await make("pos.category", name="Pizzas", sequence=2)
    salads = await make("pos.category", name="Ensaladas", sequence=1)
    big, bigger = [await make("pos.category", name="Grandes", parent_id=above) for above in (pizzas, salads)]
    await odoo.till.call("pos.config", "write", ids=[RESTAURANT], vals={"limit_categories": False})
    for category in (big, bigger, pizzas):
        await make("product.template", name=f"En {category}", pos_categ_ids=[[6, 0, [category]]])
    both = await make("product.template", name="En dos", pos_categ_ids=[[6, 0, [big, pizzas]]])
    alone = await make("product.template", name="Sin categoría", pos_categ_ids=[])
    found = await read(odoo)
    names = [found.sections[section].name for section in found.menus["M-1"].sections]
    assert names == ["Ensaladas · Grandes", "Pizzas", "Pizzas · Grandes", "Food", "Drinks", "Otros"]
    assert f"T-{both}" in found.sections[f"C-{big}"].products
    assert f"T-{both}" in found.sections[f"C-{pizzas}"].products
    assert found.sections["C-0"].products == (f"T-{alone}",)

    vals = {"limit_categories": True, "iface_available_categ_ids": [[6, 0, [pizzas]]]}
    await odoo.till.call("pos.config", "write", ids=[RESTAURANT], vals=vals)
    restricted = await read(odoo)
    assert restricted.menus["M-1"].sections == (f"C-{pizzas}",)
    assert len(restricted.products) == 2


async def test_sold_out_archived_and_taken_off_the_till(odoo: OdooBench, make: Make) -> None:
    gone, archived, off = [
        await make("product.template", name=name, list_price=1) for name in ("Agotado", "Archivado", "Fuera")
    ]
    await odoo.till.call("product.template", "write", ids=[gone], vals={"self_order_available": False})
    await odoo.till.call("product.template", "write", ids=[archived], vals={"active": False})
    await odoo.till.call("product.template", "write", ids=[off], vals={"available_in_pos": False})
    found = await read(odoo)
    assert not found.products[f"T-{gone}"].is_available
    assert {f"T-{archived}", f"T-{off}"} & set(found.products) == set()
    assert found.products["T-6"].is_available


async def test_prices_are_what_the_customer_pays(odoo: OdooBench, make: Make) -> None:
    own = await odoo.till.call(
        "account.tax",
        "create",
        vals_list=[
            {"name": "10 % incluido", "amount": 10, "type_tax_use": "sale", "price_include_override": "tax_included"},
            {"name": "Bolsa", "amount": 0.15, "amount_type": "fixed", "type_tax_use": "sale"},
        ],
    )
    included, bag = own
    try:
        cases = {"Neto": [IVA_10], "Incluido": [included], "Bolsa": [IVA_10, bag], "Sin": []}
        ids = {
            name: await make("product.template", name=name, list_price=9.95, taxes_id=[[6, 0, taxes]])
            for name, taxes in cases.items()
        }
        found = await read(odoo)
        products = {name: found.products[f"T-{ident}"] for name, ident in ids.items()}
        assert {name: (str(product.price), str(product.vat)) for name, product in products.items()} == {
            "Neto": ("10.95", "10"),
            "Incluido": ("9.95", "10"),
            "Bolsa": ("11.10", "10"),
            "Sin": ("9.95", "0"),
        }
        for name, ident in ids.items():  # Odoo comes to the same
            (own_taxes,) = await odoo.till.call("product.template", "read", ids=[ident], fields=["taxes_id"])
            if own_taxes["taxes_id"]:
                computed = await odoo.till.call(
                    "account.tax", "compute_all", ids=own_taxes["taxes_id"], price_unit=9.95
                )
                assert Decimal(str(computed["total_included"])) == products[name].price
    finally:
        await odoo.till.call("account.tax", "write", ids=own, vals={"active": False})


async def test_price_lists_of_the_till_and_of_its_order_types(odoo: OdooBench, make: Make, second: int) -> None:
    """Rules of each kind; Odoo's own answer for each product is the measure."""
    accounts = await make("product.category", name="Cocina de prueba")
    below = await make("product.category", name="Frituras", parent_id=accounts)
    cost = {"list_price": 4, "standard_price": 2, "categ_id": below}
    plain = await make("product.template", name="Sin regla", list_price=10)
    fixed = await make("product.template", name="A precio fijo", list_price=10)
    fried = await make("product.template", name="Frito", **cost)
    size, values = await attribute(make, "Tamaño de prueba", "always", "radio", "S", "L")
    sized = await make(
        "product.template", name="Con tallas", list_price=6, attribute_line_ids=with_attribute(size, values)
    )
    await set_prices(odoo, sized, {values[0]: 0, values[1]: 2})
    house = await make("product.pricelist", name="Sala")
    delivery = await make("product.pricelist", name="Reparto")
    large = max(await odoo.till.call("product.product", "search", domain=[["product_tmpl_id", "=", sized]]))

    async def rule(number: int, applied_on: str, **values: Any) -> None:
        await make("product.pricelist.item", pricelist_id=number, applied_on=applied_on, **values)

    await rule(house, "3_global", compute_price="percentage", percent_price=10)
    await rule(house, "1_product", product_tmpl_id=fixed, fixed_price=7.77)
    await rule(house, "1_product", product_tmpl_id=plain, fixed_price=1, date_end="2020-01-01 00:00:00")
    await rule(house, "1_product", product_tmpl_id=plain, fixed_price=2, min_quantity=6)
    markup = {"compute_price": "formula", "base": "standard_price", "price_markup": 150, "price_surcharge": 0.2}
    await rule(house, "2_product_category", categ_id=accounts, **markup)
    await rule(house, "0_product_variant", product_tmpl_id=sized, product_id=large, fixed_price=7.5)
    on_house = {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": house, "price_discount": -15}
    margins = {"price_round": 0.05, "price_min_margin": 1, "price_max_margin": 1.2}
    await rule(delivery, "3_global", **on_house, **margins)
    try:
        vals = {"use_pricelist": True, "pricelist_id": house, "available_pricelist_ids": [[6, 0, [house, delivery]]]}
        vals |= {"use_presets": True, "default_preset_id": 1, "available_preset_ids": [[6, 0, [1, 2, 3]]]}
        await odoo.till.call("pos.config", "write", ids=[second], vals=vals)
        await odoo.till.call("pos.preset", "write", ids=[3], vals={"pricelist_id": delivery})
        async with OdooAdapter(url=odoo.till.url, api_key=odoo.till.api_key, config_id=second, timeout=60) as adapter:
            found = catalog_of([entity async for entity in adapter.read_catalog()])
        ours: dict[int, tuple[Decimal | None, dict[OrderType, Decimal]]] = {}
        for template in (plain, fixed, fried):
            product = found.products[f"T-{template}"]
            (variant,) = await odoo.till.call("product.product", "search", domain=[["product_tmpl_id", "=", template]])
            ours[variant] = (product.price, product.prices)
        for ident in found.products[f"T-{sized}"].variants:
            ours[int(ident[2:])] = (found.variants[ident].price, found.variants[ident].prices)
        for variant, (price, prices) in ours.items():
            asked = {"price": 1, "quantity": 1, "pos_config_id": second, "product_variant_id": variant}
            (row,) = await odoo.till.call("product.product", "read", ids=[variant], fields=["product_tmpl_id"])
            told = await odoo.till.call(
                "product.template", "get_product_info_pos", ids=[row["product_tmpl_id"][0]], **asked
            )
            net = {one["name"]: Decimal(str(one["price"])) for one in told["pricelists"]}
            assert price == rounded(net["Sala"] * Decimal("1.10")), variant
            assert prices == {OrderType.DELIVERY: rounded(net["Reparto"] * Decimal("1.10"))}, variant
    finally:
        await odoo.till.call("pos.preset", "write", ids=[3], vals={"pricelist_id": False})
        await odoo.till.call("pos.config", "write", ids=[second], vals={"use_pricelist": False, "pricelist_id": False})
        await odoo.till.call("product.pricelist", "write", ids=[house, delivery], vals={"active": False})


async def test_names_in_the_languages_that_are_installed(odoo: OdooBench, make: Make) -> None:
    (spanish,) = await odoo.till.call(
        "res.lang", "search", domain=[["code", "=", "es_ES"]], context={"active_test": False}
    )
    await odoo.till.call("res.lang", "write", ids=[spanish], vals={"active": True})
    try:
        size, (small, large) = await attribute(make, "Size", "always", "radio", "Small", "Large")
        tea = await make(
            "product.template", name="Test tea", list_price=2, attribute_line_ids=with_attribute(size, [small, large])
        )
        for model, ident, name in (
            ("product.template", tea, "Té de prueba"),
            ("product.attribute.value", small, "Pequeño"),
            ("pos.category", DRINKS, "Bebidas"),
        ):
            await odoo.till.call(model, "write", ids=[ident], vals={"name": name}, context={"lang": "es_ES"})
        found = await read(odoo)
        product = found.products[f"T-{tea}"]
        assert (product.name, product.names) == ("Test tea", {"es": "Té de prueba"})
        variants = [found.variants[ident] for ident in product.variants]
        assert [(variant.name, variant.names) for variant in variants] == [("Small", {"es": "Pequeño"}), ("Large", {})]
        assert (found.sections["C-2"].name, found.sections["C-2"].names) == ("Drinks", {"es": "Bebidas"})
        assert found.products["T-6"].names == {}
    finally:
        vals = {"name": "Drinks"}
        await odoo.till.call("pos.category", "write", ids=[DRINKS], vals=vals, context={"lang": "es_ES"})
        await odoo.till.call("res.lang", "write", ids=[spanish], vals={"active": False})


async def test_pictures_are_addresses_that_anybody_can_read_with_a_mark_of_their_content(
    odoo: OdooBench, make: Make
) -> None:
    ident = await make("product.template", name="Con foto", image_1920=PICTURE)
    bare = await make("product.template", name="Sin foto")
    before = (await read(odoo)).products
    image = before[f"T-{ident}"].image
    assert image is not None
    assert before[f"T-{bare}"].image is None
    async with httpx.AsyncClient() as client:  # without a login
        answer = await client.get(image.url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    (burger,) = await odoo.till.call("product.template", "read", ids=[6], fields=["image_1920"])
    await odoo.till.call("product.template", "write", ids=[ident], vals={"image_1920": burger["image_1920"]})
    changed = (await read(odoo)).products[f"T-{ident}"].image
    assert changed is not None
    assert changed.hash != image.hash
    assert changed.url != image.url


async def test_a_menu_is_read_in_pages_while_products_come_and_go(odoo: OdooBench, make: Make) -> None:
    whole = await read(odoo)
    late: list[int] = []
    sent = odoo.network.sent
    before = sum("product.template/search_read" in path for path in sent)
    found: dict[str, Any] = {}
    async for entity in in_pages(odoo):
        found[f"{entity.kind} {entity.external_id}"] = entity
        if len(found) == 3:  # in the middle of the first page
            late.append(await make("product.template", name="Nuevo", list_price=1))
            await odoo.till.call("product.template", "write", ids=[28], vals={"available_in_pos": False})
    try:
        calls = sum("product.template/search_read" in path for path in sent) - before
        assert calls >= 4
        products = {ident.split()[1] for ident in found if ident.startswith("product ")}
        assert products == set(whole.products) - {"T-28"} | {f"T-{late[0]}"}
        drinks = found["menuSection C-2"]
        assert "T-28" not in drinks.products
    finally:
        await odoo.till.call("product.template", "write", ids=[28], vals={"available_in_pos": True})
        await odoo.till.call("product.template", "write", ids=[28], vals={"self_order_available": True})


async def test_a_read_that_breaks_in_the_middle_says_so(odoo: OdooBench) -> None:
    entities = []

    async def read_on() -> None:
        async for entity in in_pages(odoo):
            entities.append(entity)
            if len(entities) == 5:
                await odoo.go_off()

    with pytest.raises(PosUnreachable):
        await read_on()
    assert 5 <= len(entities) < 30


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_two_thousand_products(odoo: OdooBench) -> None:
    """Each page is bounded whatever the size of the menu."""
    ids: list[int] = []
    for start in range(0, 2000, 200):
        vals = [
            {
                "name": f"Producto {number}",
                "list_price": 5 + number % 20,
                "available_in_pos": True,
                "pos_categ_ids": [[6, 0, [FOOD]]],
                "taxes_id": [[6, 0, [IVA_10]]],
                "attribute_line_ids": with_attribute(ATTRIBUTE, EXTRAS) if number % 4 == 0 else [],
            }
            for number in range(start, start + 200)
        ]
        ids += await odoo.till.call("product.template", "create", vals_list=vals)
    try:
        before = len(odoo.network.sent)
        found = await read(odoo)
        calls = [path.split("/")[-2] for path in odoo.network.sent[before:]]
        assert calls.count("product.template") >= 2000 // PRODUCTS
        assert len(calls) < 100
        assert {f"T-{ident}" for ident in ids} <= set(found.products)
        assert len(found.option_categories) < 20, "shared, not one for each product"
    finally:
        await odoo.till.call("product.template", "write", ids=ids, vals={"available_in_pos": False})
        await odoo.till.call("product.template", "unlink", ids=ids)
