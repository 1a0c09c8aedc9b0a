"""A restaurant as the order generator wants it, from what an adapter reads of a POS: its catalog and its tables."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.domain import catalog
from app.domain.catalog import Catalog, CatalogEntity, MenuType, catalog_of
from app.sandbox.menu import CardMenu, Option, OptionCategory, Product, Restaurant, Section, Table, Variant, Zone


def restaurant_of(name: str, entities: Iterable[CatalogEntity], zones: Iterable[dict[str, Any]]) -> Restaurant:
    """Make it. Left out is what nobody orders online: what has no price (gifts, placeholders), is sold out or stands
    in no section of a menu to choose from; set menus are no part of a generated order.
    """
    found = catalog_of(entities)
    menus = [menu for menu in found.menus.values() if menu.type is MenuType.MENU]
    shown = {section for menu in menus for section in menu.sections}
    sections = [section for ident, section in found.sections.items() if ident in shown]
    place = {product: section.external_id for section in reversed(sections) for product in section.products}
    return Restaurant(
        name=name,
        menus=tuple(_menu(menu) for menu in menus),
        sections=tuple(Section(id=section.external_id, name=section.name) for section in sections),
        products=tuple(
            _product(product, place[ident], found)
            for ident, product in found.products.items()
            if ident in place and product.is_available and _price(product, found) > 0
        ),
        option_categories=tuple(_category(category, found) for category in found.option_categories.values()),
        zones=tuple(_zone(zone) for zone in zones),
    )


def _menu(menu: catalog.Menu) -> CardMenu:
    return CardMenu(
        id=menu.external_id, name=menu.name, sections=menu.sections, order_types=tuple(menu.allowed_order_types)
    )


def _product(product: catalog.Product, section: str, found: Catalog) -> Product:
    return Product(
        id=product.external_id,
        name=product.name,
        section=section,
        price=_price(product, found),
        vat=product.vat or Decimal(0),
        option_categories=tuple(one for one in product.option_categories if one in found.option_categories),
        variants=tuple(
            Variant(id=ident, name=variant.name, price=variant.price)
            for ident, variant in ((ident, found.variants.get(ident)) for ident in product.variants)
            if variant is not None and variant.is_available and variant.price
        ),
    )


def _price(product: catalog.Product, found: Catalog) -> Decimal:
    """Its price, or its cheapest variant's."""
    variants = [found.variants[ident].price for ident in product.variants if ident in found.variants]
    prices = [product.price] if product.price is not None else variants
    return min((price for price in prices if price is not None), default=Decimal(0))


def _category(category: catalog.OptionCategory, found: Catalog) -> OptionCategory:
    options = (found.options[ident] for ident in category.options if ident in found.options)
    return OptionCategory(
        id=category.external_id,
        name=category.name,
        options=tuple(
            Option(id=one.external_id, name=one.name, price=one.price) for one in options if one.is_available
        ),
        min_selection=category.min_selection,
        max_selection=category.max_selection,
    )


def _zone(zone: dict[str, Any]) -> Zone:
    tables = tuple(Table(code=table["code"], name=table["name"]) for table in zone["serviceLocations"])
    return Zone(code=zone["code"], name=zone["name"], tables=tables)
