"""Combos as set menus: prices, supplements, what cannot be had, without an Odoo."""

from decimal import Decimal
from typing import Any

from adapters.odoo.menu import MenuMaker
from adapters.odoo.menu_rows import ComboItemRow, ComboRow, TemplateRow, VariantRow
from adapters.odoo.set_menus import Combos, SetMenuMaker
from app.domain.catalog import Catalog, MenuType, catalog_of
from tests.unit.adapters.odoo.menus import LARGE, SIZE, SMALL, frame, page, template, value, variant

FOOD, DRINKS = 1, 2


def combo(ident: int, name: str, base: str, *items: int, free: int = 1) -> ComboRow:
    return ComboRow(id=ident, name=name, base_price=Decimal(base), qty_free=free, combo_item_ids=[*items])


def item(ident: int, of: int, product: int, extra: str = "0") -> ComboItemRow:
    return ComboItemRow(id=ident, combo_id=(of, ""), product_id=(product, ""), extra_price=Decimal(extra))


PIZZA, PASTA, WINE = template(1), template(2), template(3, taxes_id=[1], name="Vino")
INSIDE = [PIZZA, PASTA, WINE]
VARIANTS = [variant(1, 1, "12"), variant(2, 2, "8"), variant(3, 3, "2")]


def menu(
    *templates: TemplateRow,
    combos: list[ComboRow],
    items: list[ComboItemRow],
    sold: list[TemplateRow] | None = None,
    inside: list[TemplateRow] | None = None,
    variants: list[VariantRow] | None = None,
    values: Any = (),
    **more: Any,
) -> Catalog:
    its = frame(**more)
    maker = MenuMaker(its)
    variants = VARIANTS if variants is None else variants
    its_page = page(INSIDE if inside is None else inside, variants, *values)
    own = page(INSIDE if sold is None else sold, variants, *values)
    entities = list(maker.of_page(own))
    made = Combos(
        templates=list(templates),
        combos={row.id: row for row in combos},
        items={row.id: row for row in items},
        page=its_page,
        variants={row.id: variant(row.id, row.id, str(row.list_price)) for row in templates},
    )
    entities += SetMenuMaker(its, maker, made).entities()
    entities += maker.menu()
    found = catalog_of(entities)
    assert len(found) == len(entities), "an entity came twice"
    return found


def fixed(ident: int = 50, price: str = "20", *combos: int, **more: Any) -> TemplateRow:
    return template(ident, type="combo", list_price=Decimal(price), taxes_id=[], combo_ids=[*combos], **more)


MAIN = combo(FOOD, "Plato", "8", 1, 2)
DRINK = combo(DRINKS, "Bebida", "2", 3)
ITEMS = [item(1, FOOD, 1), item(2, FOOD, 2), item(3, DRINKS, 3)]


def test_the_price_is_spread_and_each_part_taxed_as_its_products_are() -> None:
    found = menu(fixed(50, "20", FOOD, DRINKS, name="Menú"), combos=[MAIN, DRINK], items=ITEMS)
    lunch = found.menus["T-50"]
    # 16.00 of it are food at 10 %, 4.00 drink at 21 %
    assert (lunch.name, lunch.type, lunch.price) == ("Menú", MenuType.SET_MENU, Decimal("22.44"))
    assert lunch.sections == ("K-1", "K-2")
    assert found.sections["K-1"].products == ("T-1", "T-2")


def test_choices_that_cost_nothing_alone_share_alike() -> None:
    free = [combo(FOOD, "Plato", "0", 1), combo(DRINKS, "Bebida", "0", 3)]
    assert menu(fixed(50, "20", FOOD, DRINKS), combos=free, items=ITEMS).menus["T-50"].price == Decimal("23.10")


def test_a_choice_of_several_is_of_just_as_many() -> None:
    three = combo(FOOD, "Raciones", "8", 1, 2, free=3)
    section = menu(fixed(50, "20", FOOD), combos=[three], items=ITEMS).sections["K-1"]
    assert (section.min_selection, section.max_selection) == (3, 3)


def test_what_does_not_belong_to_the_price_is_left_to_the_till() -> None:
    extra = combo(DRINKS, "¿Algo más?", "2", 3, free=0)
    found = menu(fixed(50, "20", FOOD, DRINKS), fixed(51, "5", DRINKS), combos=[MAIN, extra], items=ITEMS)
    assert found.menus["T-50"].sections == ("K-1",)
    assert "T-51" not in found.menus
    assert "K-2" not in found.sections


def test_a_set_menu_that_cannot_be_had_is_not_there() -> None:
    sold_out = fixed(50, "20", FOOD, self_order_available=False)
    without_drink = fixed(51, "20", FOOD, DRINKS)
    found = menu(sold_out, without_drink, combos=[MAIN, DRINK], items=ITEMS[:2])
    assert list(found.menus) == ["M-1"]


def test_a_supplement_is_an_option_that_must_be_chosen() -> None:
    items = [item(1, FOOD, 1, "2"), item(2, FOOD, 2)]
    found = menu(fixed(50, "20", FOOD), combos=[MAIN], items=items)
    assert found.sections["K-1"].products == ("I-1", "T-2")
    special = found.products["I-1"]
    assert (special.name, special.price, special.option_categories) == ("Producto 1", Decimal("13.20"), ("I-1",))
    choice = found.option_categories["I-1"]
    assert (choice.min_selection, choice.max_selection, choice.options) == (1, 1, ("I-1",))
    assert found.options["I-1"].price == Decimal("2.20")


def test_one_size_of_a_product_is_a_product_of_its_own() -> None:
    sizes = [variant(11, 1, "10", 101), variant(12, 1, "14", 102), *VARIANTS[1:]]
    values = [value(101, 1, SIZE, SMALL), value(102, 1, SIZE, LARGE)]
    items = [item(1, FOOD, 12), item(2, FOOD, 2)]
    found = menu(fixed(50, "20", FOOD), combos=[MAIN], items=items, variants=sizes, values=values)
    assert found.sections["K-1"].products == ("P-12", "T-2")
    assert (found.products["P-12"].name, found.products["P-12"].price) == ("Producto 1 (Familiar)", Decimal("15.40"))
    assert found.products["P-12"].variants == ()
    assert found.variants["P-12"].price == Decimal("15.40")


def test_a_product_that_the_till_sells_in_menus_only_is_a_product_in_no_section() -> None:
    found = menu(fixed(50, "20", FOOD), combos=[MAIN], items=ITEMS, sold=[PASTA])
    assert set(found.products) == {"T-1", "T-2"}
    assert found.sections["C-1"].products == ("T-2",)
    assert found.sections["K-1"].products == ("T-1", "T-2")
