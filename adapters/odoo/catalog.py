"""Odoo's menu, read whole and given as it comes.

::

    taxes, categories, attributes with their values and usual prices, tags, languages
          → products page by page: variants, options, marks of their pictures, names in other languages → entities
          → combos with the products in them → set menus → sections, menu

:mod:`adapters.odoo.menu_rows` reads, :mod:`adapters.odoo.menu` and :mod:`adapters.odoo.set_menus` make entities. Only
what is given is named: a product that is archived meanwhile is missing from its sections too. Nothing is written.

What the till sells is what this is: products of the company that are on sale and available in the point of sale, in the
categories that it is restricted to, at the price of the till's price list, and of those of its ways of selling (eat in,
take out, delivery) as prices by order type. Fiscal positions are left to the till: an order carries its own taxes. The
hours of a category are those of Odoo's own self order, and are not read.
"""

from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.odoo import forms
from adapters.odoo.forms import Link, ident
from adapters.odoo.menu import Frame, MenuMaker, Page
from adapters.odoo.menu_rows import (
    PRODUCTS,
    AttributeRow,
    CategoryRow,
    ComboItemRow,
    ComboRow,
    MenuReader,
    TagRow,
    TemplateRow,
    ValueAtProductRow,
    ValueRow,
    VariantRow,
    open_reader,
)
from adapters.odoo.pricelists import PriceLists, read_price_lists
from adapters.odoo.set_menus import Combos, SetMenuMaker
from adapters.odoo.shelf import read_taxes
from adapters.odoo.venue import Place, presets_of
from adapters.odoo.wire import Wire
from app.domain.catalog import CatalogEntity
from app.domain.status import OrderType

SELF_ORDER = "self_order_available"


class _ConfigRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a point of sale sells. The product for the discount button belongs to a module that may not be there."""

    id: int
    limit_categories: bool = False
    iface_available_categ_ids: list[int] = []
    tip_product_id: Link = False
    discount_product_id: Link = False
    use_pricelist: bool = False
    pricelist_id: Link = False


class _PresetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A way of selling: eat in, take out, delivery."""

    id: int
    pricelist_id: Link = False


async def read_entities(wire: Wire, place: Place, *, size: int = PRODUCTS) -> AsyncIterator[CatalogEntity]:
    """Every entity, from pages of so many products. An error ends it: then it was not read whole."""
    reader = await open_reader(wire, place)
    config = await _config(wire, reader, place)
    online = await reader.has_field("product.template", SELF_ORDER)
    frame = await _frame(wire, reader, place, config, pictures=online)
    maker = MenuMaker(frame)
    without = () if online else (SELF_ORDER,)
    combos: list[TemplateRow] = []
    async for rows in reader.pages("product.template", TemplateRow, _sold(place, config), size=size, without=without):
        combos += [row for row in rows if row.type == "combo"]
        for entity in maker.of_page(await _page(reader, [row for row in rows if row.type != "combo"])):
            yield entity
    if combos:
        for entity in SetMenuMaker(frame, maker, await _combos(reader, combos, without)).entities():
            yield entity
    for entity in maker.menu():
        yield entity


async def _config(wire: Wire, reader: MenuReader, place: Place) -> _ConfigRow:
    fields = forms.fields_of(_ConfigRow)
    if not await reader.has_field("pos.config", "discount_product_id"):
        fields.remove("discount_product_id")
    return (await wire.read("pos.config", "read", list[_ConfigRow], ids=[place.config], fields=fields))[0]


def _sold(place: Place, config: _ConfigRow) -> list[Any]:
    """As the till's own loading has it (``product.template`` of ``point_of_sale``, ``_load_pos_data_domain``)."""
    buttons = [ident(link) for link in (config.tip_product_id, config.discount_product_id) if ident(link)]
    domain: list[Any] = [
        *("|", ["company_id", "=", False], ["company_id", "parent_of", [place.company]]),
        ["available_in_pos", "=", True],
        ["sale_ok", "=", True],
        ["default_code", "not in", [code for code, _ in forms.EXTRAS.values()]],
        ["product_variant_ids", "not in", buttons],
    ]
    if config.limit_categories:
        domain.append(["pos_categ_ids", "in", config.iface_available_categ_ids])
    return domain


async def _frame(wire: Wire, reader: MenuReader, place: Place, config: _ConfigRow, *, pictures: bool) -> Frame:
    allowed = [["id", "in", config.iface_available_categ_ids]] if config.limit_categories else []
    categories = await reader.all("pos.category", CategoryRow, allowed)
    attributes = await reader.all("product.attribute", AttributeRow, [])
    values = await reader.all("product.attribute.value", ValueRow, [])
    tags = await reader.all("product.tag", TagRow, [["visible_to_customers", "=", True]])
    ids = [row.id for row in categories]
    own = ident(config.pricelist_id) if config.use_pricelist else None
    by_type = await _lists_by_type(wire, place)
    lists = {number for number in (own, *by_type.values()) if number is not None}
    return Frame(
        price_lists=await read_price_lists(reader, sorted(lists), datetime.now(UTC)) if lists else PriceLists(),
        price_list=own,
        lists_by_type=by_type,
        place=place,
        taxes=await read_taxes(wire, place),
        categories=categories,
        attributes={row.id: row for row in attributes},
        values={row.id: row for row in values},
        usual=await reader.usual_prices(),
        tags={row.id: row.name for row in tags},
        category_pictures=await reader.pictures("pos.category", "image_512", ids) if pictures else {},
        category_names=await reader.names("pos.category", categories),
        attribute_names=await reader.names("product.attribute", attributes),
        value_names=await reader.names("product.attribute.value", values),
        url=wire.url if pictures else "",
    )


async def _lists_by_type(wire: Wire, place: Place) -> dict[OrderType, int]:
    """Price lists of the ways of selling that stand for our order types."""
    if not place.presets:
        return {}
    fields = forms.fields_of(_PresetRow)
    presets = await wire.read("pos.preset", "read", list[_PresetRow], ids=list(place.presets), fields=fields)
    lists = {row.id: number for row in presets if (number := ident(row.pricelist_id)) is not None}
    if not lists:
        return {}
    found = await presets_of(wire, place)
    return {order_type: lists[preset] for order_type, preset in found.items() if preset in lists}


async def _page(reader: MenuReader, rows: list[TemplateRow]) -> Page:
    """Everything that belongs to these products."""
    ids = [row.id for row in rows]
    at_these = [["product_tmpl_id", "in", ids]]
    values: dict[int, list[ValueAtProductRow]] = {}
    active = [*at_these, ["ptav_active", "=", True]]
    if any(row.attribute_line_ids for row in rows):
        for value in await reader.all("product.template.attribute.value", ValueAtProductRow, active):
            values.setdefault(ident(value.product_tmpl_id) or 0, []).append(value)
    return Page(
        templates=rows,
        variants=await reader.all("product.product", VariantRow, at_these),
        values=values,
        pictures=await reader.pictures("product.template", "image_1920", ids),
        names=await reader.names("product.template", rows),
    )


async def _combos(reader: MenuReader, templates: list[TemplateRow], without: Collection[str]) -> Combos:
    wanted = sorted({combo for row in templates for combo in row.combo_ids})
    combos = await reader.all("product.combo", ComboRow, [["id", "in", wanted]])
    items = await reader.all("product.combo.item", ComboItemRow, [["combo_id", "in", wanted]])
    products = sorted({ident(item.product_id) or 0 for item in items})
    inside: list[TemplateRow] = []
    domain = [["product_variant_ids", "in", products]]
    async for rows in reader.pages("product.template", TemplateRow, domain, size=PRODUCTS, without=without):
        inside += rows
    own = await reader.all("product.product", VariantRow, [["product_tmpl_id", "in", [row.id for row in templates]]])
    return Combos(
        templates=templates,
        variants={ident(row.product_tmpl_id) or 0: row for row in own},
        combos={row.id: row for row in combos},
        items={row.id: row for row in items},
        page=await _page(reader, inside),
        names=await reader.names("product.template", templates),
        combo_names=await reader.names("product.combo", combos),
    )
