"""A restaurant as the order generator wants it, from what an adapter reads of a POS: its catalog and its tables."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.sandbox.menu import CardMenu, Option, OptionCategory, Product, Restaurant, Section, Table, Variant, Zone


def restaurant_of(name: str, entities: Iterable[dict[str, Any]], zones: Iterable[dict[str, Any]]) -> Restaurant:
    """Make it; products without a price (gifts, placeholders) are left out, nobody orders them online."""
    kinds: dict[str, dict[str, dict[str, Any]]] = {}
    for entity in entities:
        kinds.setdefault(entity["kind"], {})[entity["externalId"]] = entity
    options = {ident: _option(entity) for ident, entity in kinds.get("productOption", {}).items()}
    variants = {
        ident: Variant(id=ident, name=entity["name"], price=Decimal(entity["price"]))
        for ident, entity in kinds.get("productVariant", {}).items()
    }
    sections = tuple(Section(id=ident, name=entity["name"]) for ident, entity in kinds.get("menuSection", {}).items())
    return Restaurant(
        name=name,
        menus=(CardMenu(id="M-1", name="Carta", sections=tuple(section.id for section in sections), order_types=()),),
        sections=sections,
        products=tuple(
            Product(
                id=ident,
                name=entity["name"],
                section=entity["section"],
                price=Decimal(entity["price"]),
                vat=Decimal(entity["vat"]),
                option_categories=tuple(entity["option_categories"]),
                variants=tuple(variants[variant] for variant in entity["variants"] if variant in variants),
            )
            for ident, entity in kinds.get("product", {}).items()
            if Decimal(entity["price"]) > 0
        ),
        option_categories=tuple(
            OptionCategory(
                id=ident,
                name=entity["name"],
                options=tuple(options[option] for option in entity["options"] if option in options),
                min_selection=entity["min_selection"],
                max_selection=entity["max_selection"],
            )
            for ident, entity in kinds.get("productOptionCategory", {}).items()
        ),
        zones=tuple(_zone(zone) for zone in zones),
    )


def _option(entity: dict[str, Any]) -> Option:
    return Option(id=entity["externalId"], name=entity["name"], price=Decimal(entity["price"]))


def _zone(zone: dict[str, Any]) -> Zone:
    tables = tuple(Table(code=table["code"], name=table["name"]) for table in zone["serviceLocations"])
    return Zone(code=zone["code"], name=zone["name"], tables=tables)
