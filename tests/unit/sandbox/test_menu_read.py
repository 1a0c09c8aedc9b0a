"""A menu read through an adapter is the menu that the POS has."""

from decimal import Decimal

from app.domain.catalog import Allergen, CatalogEntity, Menu, MenuType, Product, Section, Variant, catalog_of
from app.domain.status import OrderType
from app.sandbox.menu import superpizza
from app.sandbox.menu_read import restaurant_of
from app.sandbox.pos import ReferencePos
from tests.contract.pos_bench import reference_adapter


async def test_the_reference_pos_gives_its_own_menu_back() -> None:
    async with ReferencePos() as pos, reference_adapter(pos) as adapter:
        entities = [entity async for entity in adapter.read_catalog()]
        found = restaurant_of("SuperPizza", entities, await adapter.read_tables())
    wanted = superpizza()
    assert [(p.id, p.name, p.section, p.price, p.vat, p.option_categories, p.variants) for p in found.products] == [
        (p.id, p.name, p.section, p.price, p.vat, p.option_categories, p.variants) for p in wanted.products
    ]
    assert (found.option_categories, found.sections, found.menus, found.zones) == (
        wanted.option_categories,
        wanted.sections,
        wanted.menus,
        wanted.zones,
    )


async def test_the_reference_pos_has_a_set_menu_and_prices_by_order_type() -> None:
    async with ReferencePos() as pos, reference_adapter(pos) as adapter:
        found = catalog_of([entity async for entity in adapter.read_catalog()])
    lunch = found.menus["M-3"]
    assert (lunch.name, lunch.type, lunch.price) == ("Menú del día", MenuType.SET_MENU, Decimal("14.50"))
    first, _, _, drink = (found.sections[section] for section in lunch.sections)
    assert (first.name, first.min_selection, first.max_selection) == ("Primero", 1, 1)
    assert (drink.min_selection, drink.max_selection, drink.products) == (0, 1, ("P-601", "P-605", "P-607"))
    assert found.menus["M-1"].type is MenuType.MENU
    pizza = found.products["P-101"]
    assert (pizza.price, pizza.prices) == (Decimal("9.50"), {OrderType.DELIVERY: Decimal("10.50")})
    assert pizza.allergens == (Allergen.GLUTEN, Allergen.MILK)


def test_only_what_can_be_ordered_is_ordered() -> None:
    products = [
        Product(external_id="gift", price=Decimal("0.00")),
        Product(external_id="bread", price=Decimal("1.10"), vat=Decimal(10)),
        Product(external_id="gone", price=Decimal(5), is_available=False),
        Product(external_id="nowhere", price=Decimal(5)),
        Product(external_id="ham", variants=("ham-r", "ham-m", "ham-x")),
        Product(external_id="starter", price=Decimal(5)),
    ]
    entities: list[CatalogEntity] = [
        Menu(external_id="m", name="Carta", sections=("s",)),
        Menu(external_id="d", name="Menú del día", type=MenuType.SET_MENU, price=Decimal(14), sections=("first",)),
        Section(external_id="s", products=("gift", "bread", "gone", "ham")),
        Section(external_id="first", products=("starter",)),
        *products,
        Variant(external_id="ham-r", price=Decimal(19)),
        Variant(external_id="ham-m", price=Decimal(11)),
    ]
    found = restaurant_of("Odoo", entities, [])
    assert [(p.id, p.price, len(p.variants)) for p in found.products] == [
        ("bread", Decimal("1.10"), 0),
        ("ham", Decimal(11), 2),
    ]
    assert [menu.id for menu in found.menus] == ["m"]
    assert [section.id for section in found.sections] == ["s"]
