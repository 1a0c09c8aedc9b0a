"""A menu read through an adapter is the menu that the POS has."""

from decimal import Decimal

from adapters.reference.adapter import ReferenceAdapter
from app.sandbox.menu import superpizza
from app.sandbox.menu_read import restaurant_of
from app.sandbox.pos import ReferencePos


async def test_the_reference_pos_gives_its_own_menu_back() -> None:
    async with ReferencePos() as pos, ReferenceAdapter(url=pos.url, api_key=pos.api_key) as adapter:
        entities = [entity async for entity in adapter.read_catalog()]
        found = restaurant_of("SuperPizza", entities, await adapter.read_tables())
    wanted = superpizza()
    assert [(p.id, p.name, p.section, p.price, p.vat, p.option_categories, p.variants) for p in found.products] == [
        (p.id, p.name, p.section, p.price, p.vat, p.option_categories, p.variants) for p in wanted.products
    ]
    assert (found.option_categories, found.sections, found.zones) == (
        wanted.option_categories,
        wanted.sections,
        wanted.zones,
    )


def test_what_costs_nothing_is_not_ordered() -> None:
    entity = {"kind": "product", "name": "x", "section": "", "vat": "10", "option_categories": [], "variants": []}
    entities = [{**entity, "externalId": "T-1", "price": "0.00"}, {**entity, "externalId": "T-2", "price": "1.10"}]
    found = restaurant_of("Odoo", entities, [])
    assert [(product.id, product.price) for product in found.products] == [("T-2", Decimal("1.10"))]
