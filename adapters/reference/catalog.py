"""The reference POS's catalog as entities: flat lists by kind there, typed entities here."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from app.domain.catalog import (
    Allergen,
    CatalogEntity,
    Menu,
    MenuType,
    Option,
    OptionCategory,
    Product,
    Section,
    Variant,
)
from app.domain.status import OrderType

ALLERGENS = {
    "gluten": Allergen.GLUTEN,
    "crustáceos": Allergen.CRUSTACEANS,
    "huevos": Allergen.EGGS,
    "pescado": Allergen.FISH,
    "cacahuetes": Allergen.PEANUTS,
    "soja": Allergen.SOYBEANS,
    "lácteos": Allergen.MILK,
    "frutos de cáscara": Allergen.NUTS,
    "apio": Allergen.CELERY,
    "mostaza": Allergen.MUSTARD,
    "sésamo": Allergen.SESAME,
    "sulfitos": Allergen.SULPHITES,
    "altramuces": Allergen.LUPIN,
    "moluscos": Allergen.MOLLUSCS,
}
"""The POS's words."""


class _Named(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str


class _Menu(_Named, frozen=True, kw_only=True):
    type: str = "card"
    price: Decimal | None = None
    sections: tuple[str, ...] = ()
    order_types: tuple[OrderType, ...] = ()


class _Section(_Named, frozen=True, kw_only=True):
    min_selection: int = 0
    max_selection: int = 0
    products: tuple[str, ...] = ()


class _Product(_Named, frozen=True, kw_only=True):
    price: Decimal
    prices: dict[OrderType, Decimal] = {}
    vat: Decimal
    available: bool = True
    allergens: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    option_categories: tuple[str, ...] = ()


class _Variant(_Named, frozen=True, kw_only=True):
    price: Decimal
    available: bool = True


class _Category(_Named, frozen=True, kw_only=True):
    min_selection: int = 0
    max_selection: int | None = None
    options: tuple[str, ...] = ()


class _Option(_Named, frozen=True, kw_only=True):
    price: Decimal


class CatalogAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the POS answers."""

    menus: tuple[_Menu, ...] = ()
    sections: tuple[_Section, ...] = ()
    products: tuple[_Product, ...] = ()
    variants: tuple[_Variant, ...] = ()
    option_categories: tuple[_Category, ...] = ()
    options: tuple[_Option, ...] = ()


def entities_of(answer: CatalogAnswer) -> Iterator[CatalogEntity]:
    """Every entity, in the POS's order."""
    for at, menu in enumerate(answer.menus):
        yield Menu(
            external_id=menu.id,
            name=menu.name,
            position=at,
            type=MenuType.SET_MENU if menu.type == "set" else MenuType.MENU,
            price=menu.price,
            allowed_order_types=menu.order_types,
            sections=menu.sections,
        )
    for at, section in enumerate(answer.sections):
        yield Section(
            external_id=section.id,
            name=section.name,
            position=at,
            min_selection=section.min_selection,
            max_selection=section.max_selection,
            products=section.products,
        )
    for at, product in enumerate(answer.products):
        yield Product(
            external_id=product.id,
            name=product.name,
            position=at,
            price=product.price,
            prices=product.prices,
            vat=product.vat,
            allergens=_allergens(product.allergens),
            is_available=product.available,
            variants=product.variants,
            option_categories=product.option_categories,
        )
    for at, variant in enumerate(answer.variants):
        yield Variant(
            external_id=variant.id, name=variant.name, position=at, price=variant.price, is_available=variant.available
        )
    for at, category in enumerate(answer.option_categories):
        yield OptionCategory(
            external_id=category.id,
            name=category.name,
            position=at,
            min_selection=category.min_selection,
            max_selection=category.max_selection,
            options=category.options,
        )
    for at, option in enumerate(answer.options):
        yield Option(external_id=option.id, name=option.name, position=at, price=option.price)


def _allergens(words: tuple[str, ...]) -> tuple[Allergen, ...] | None:
    """``None`` where a word is none of the fourteen's: a list that lacks one must not look whole."""
    known = tuple(ALLERGENS[word] for word in words if word in ALLERGENS)
    return known if len(known) == len(words) else None
