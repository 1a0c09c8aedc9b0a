"""Small makers of Odoo's menu records."""

from decimal import Decimal
from typing import Any

from adapters.odoo.menu import Frame, MenuMaker, Page
from adapters.odoo.menu_rows import (
    AttributeRow,
    CategoryRow,
    TemplateRow,
    ValueAtProductRow,
    ValueRow,
    VariantRow,
)
from adapters.odoo.taxes import Tax
from adapters.odoo.venue import Place
from app.domain.catalog import Catalog, catalog_of

PLACE = Place(config=1, name="Bar", company=1, currency="EUR", session=None, methods=(), presets=())
TAXES = {
    1: Tax(id=1, amount=Decimal(21)),
    2: Tax(id=2, amount=Decimal(10)),
    3: Tax(id=3, amount=Decimal(10), price_include=True),
}
SIZE, EXTRAS = 1, 2
SMALL, LARGE, BACON, EGG = 11, 12, 21, 22


def template(ident: int, **more: Any) -> TemplateRow:
    values: dict[str, Any] = {
        "name": f"Producto {ident}",
        "type": "consu",
        "list_price": Decimal(10),
        "taxes_id": [2],
        "pos_categ_ids": [1],
        "pos_sequence": ident,
        "attribute_line_ids": [],
        "combo_ids": [],
        "product_tag_ids": [],
        "categ_id": False,
    }
    return TemplateRow(id=ident, **(values | more))


def variant(ident: int, of: int, price: str = "10", *values: int, cost: str = "4") -> VariantRow:
    return VariantRow(
        id=ident,
        product_tmpl_id=(of, ""),
        lst_price=Decimal(price),
        standard_price=Decimal(cost),
        product_template_variant_value_ids=[*values],
    )


def value(ident: int, of: int, attribute: int, number: int, price: str = "0", line: int = 0) -> ValueAtProductRow:
    """A value of an attribute at a product; by default its line is the product's number and the attribute's."""
    return ValueAtProductRow(
        id=ident,
        product_tmpl_id=(of, ""),
        attribute_id=(attribute, ""),
        attribute_line_id=(line or of * 10 + attribute, ""),
        product_attribute_value_id=(number, ""),
        price_extra=Decimal(price),
    )


def category(ident: int, name: str, parent: int = 0, sequence: int = 0) -> CategoryRow:
    return CategoryRow(id=ident, name=name, parent_id=(parent, "") if parent else False, sequence=sequence)


def frame(**more: Any) -> Frame:
    values: dict[str, Any] = {
        "place": PLACE,
        "taxes": TAXES,
        "categories": [category(1, "Comida")],
        "attributes": {
            SIZE: AttributeRow(id=SIZE, name="Tamaño", display_type="radio", create_variant="always"),
            EXTRAS: AttributeRow(id=EXTRAS, name="Extras", display_type="multi", create_variant="no_variant"),
        },
        "values": {
            number: ValueRow(id=number, name=name, sequence=0, attribute_id=(attribute, ""))
            for number, name, attribute in (
                (SMALL, "Mediana", SIZE),
                (LARGE, "Familiar", SIZE),
                (BACON, "Bacon", EXTRAS),
                (EGG, "Huevo", EXTRAS),
            )
        },
        "usual": {BACON: Decimal(1), EGG: Decimal("0.5")},
        "tags": {},
    }
    return Frame(**(values | more))


def page(templates: list[TemplateRow], variants: list[VariantRow], *values: ValueAtProductRow, **more: Any) -> Page:
    by_template: dict[int, list[ValueAtProductRow]] = {}
    for one in values:
        by_template.setdefault(one.product_tmpl_id[0], []).append(one)  # type: ignore[index]
    return Page(templates=templates, variants=variants, values=by_template, **more)


def catalog(its: Frame, *pages: Page) -> Catalog:
    maker = MenuMaker(its)
    entities = [entity for one in pages for entity in maker.of_page(one)] + list(maker.menu())
    found = catalog_of(entities)
    assert len(found) == len(entities), "an entity came twice"
    return found
