"""A restaurant's catalog, normalised: each entity once, by the POS's id, naming the others by id.

Menus name sections, sections products, products their variants and option categories, option categories options. An
option category that several products share stands once. Names follow Sinqro's own (reference, 6.1-6.3); what its rows
lack (VAT, allergens, prices by order type, languages) is the companion's contract. Prices are in currency units, VAT
contained. A price ``None`` means "not given": of a product with variants, of a standard menu, or a fault of the POS's.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import msgspec

from app.domain.order_parts import Form
from app.domain.status import OrderType


class EntityKind(StrEnum):
    """The six kinds of the ``catalog.changed`` notification."""

    MENU = "menu"
    SECTION = "menuSection"
    PRODUCT = "product"
    VARIANT = "productVariant"
    OPTION_CATEGORY = "productOptionCategory"
    OPTION = "productOption"


class MenuType(StrEnum):
    """A menu to choose from freely, or one with a fixed price and normally one product from each section."""

    MENU = "menu"
    SET_MENU = "setMenu"


class Allergen(StrEnum):
    """The fourteen that must be told (Regulation (EU) 1169/2011, annex II)."""

    GLUTEN = "gluten"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    PEANUTS = "peanuts"
    SOYBEANS = "soybeans"
    MILK = "milk"
    NUTS = "nuts"
    CELERY = "celery"
    MUSTARD = "mustard"
    SESAME = "sesame"
    SULPHITES = "sulphites"
    LUPIN = "lupin"
    MOLLUSCS = "molluscs"


class Entity(Form, frozen=True, kw_only=True):
    """What all kinds have: the POS's id, a name, its names in other languages (ISO 639-1), and its place in lists."""

    kind: ClassVar[EntityKind]

    external_id: str
    name: str = ""
    names: dict[str, str] = msgspec.field(default_factory=dict)
    short_description: str = ""
    position: int = 0


class Image(Form, frozen=True, kw_only=True):
    """Where a picture is; ``hash`` (of its bytes, or the POS's own mark of its version) tells that it changed."""

    url: str
    hash: str = ""


class Menu(Entity, frozen=True, kw_only=True):
    """A menu or set menu. ``allowed_order_types`` empty: all."""

    kind = EntityKind.MENU

    type: MenuType = MenuType.MENU
    price: Decimal | None = None
    allowed_order_types: tuple[OrderType, ...] = ()
    sections: tuple[str, ...] = ()


class Section(Entity, frozen=True, kw_only=True):
    """A part of a menu; of a set menu, what to choose from: ``min_selection`` to ``max_selection`` (0: any)."""

    kind = EntityKind.SECTION

    image: Image | None = None
    min_selection: int = 0
    max_selection: int = 0
    products: tuple[str, ...] = ()


class Product(Entity, frozen=True, kw_only=True):
    """A product. One with variants is sold as one of them, at their prices."""

    kind = EntityKind.PRODUCT

    description: str = ""
    image: Image | None = None
    price: Decimal | None = None
    prices: dict[OrderType, Decimal] = msgspec.field(default_factory=dict)
    """Where the POS has other prices by order type."""
    vat: Decimal | None = None
    """Percent."""
    allergens: tuple[Allergen, ...] | None = None
    """``None``: the POS does not say."""
    tags: tuple[str, ...] = ()
    preparation_minutes: int | None = None
    is_available: bool = True
    available_from: datetime | None = None
    """When it is sold out for a time: from when on it is there again."""
    variants: tuple[str, ...] = ()
    option_categories: tuple[str, ...] = ()


class Variant(Entity, frozen=True, kw_only=True):
    """One way in which a product is sold: size, base."""

    kind = EntityKind.VARIANT

    price: Decimal | None = None
    prices: dict[OrderType, Decimal] = msgspec.field(default_factory=dict)
    is_available: bool = True
    available_from: datetime | None = None


class OptionCategory(Entity, frozen=True, kw_only=True):
    """A choice that a product offers; a maximum of ``None`` is no limit."""

    kind = EntityKind.OPTION_CATEGORY

    min_selection: int = 0
    max_selection: int | None = None
    max_same_option_selection: int | None = None
    options: tuple[str, ...] = ()


class Option(Entity, frozen=True, kw_only=True):
    """One option of a choice; its price comes on top."""

    kind = EntityKind.OPTION

    price: Decimal = Decimal(0)
    is_available: bool = True
    available_from: datetime | None = None


CatalogEntity = Menu | Section | Product | Variant | OptionCategory | Option

KINDS: dict[EntityKind, type[CatalogEntity]] = {
    each.kind: each for each in (Menu, Section, Product, Variant, OptionCategory, Option)
}
"""The type of each kind."""


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """A whole catalog, in the order in which the POS gave it."""

    currency: str = "EUR"
    menus: dict[str, Menu] = {}
    sections: dict[str, Section] = {}
    products: dict[str, Product] = {}
    variants: dict[str, Variant] = {}
    option_categories: dict[str, OptionCategory] = {}
    options: dict[str, Option] = {}

    def of(self, kind: EntityKind) -> dict[str, CatalogEntity]:
        """The entities of one kind by id."""
        found: dict[str, CatalogEntity] = getattr(self, _FIELDS[kind])
        return found

    def __len__(self) -> int:
        """How many entities."""
        return sum(len(self.of(kind)) for kind in EntityKind)


class SoldOut(Form, frozen=True, kw_only=True):
    """Staff said that something is not there ("86"): a product, variant or option, until then or until set back."""

    kind: EntityKind
    external_id: str
    since: datetime
    until: datetime | None = None


def with_sold_out(catalog: Catalog, sold_out: Iterable[SoldOut]) -> Catalog:
    """The catalog with what staff said; what is not in it is left out. The POS's own "sold out" stays."""
    entities: dict[EntityKind, dict[str, CatalogEntity]] = {}
    for word in sold_out:
        entity = catalog.of(word.kind).get(word.external_id)
        if isinstance(entity, Product | Variant | Option):
            changed = entities.setdefault(word.kind, dict(catalog.of(word.kind)))
            changed[word.external_id] = msgspec.structs.replace(
                entity, is_available=False, available_from=word.until if entity.is_available else entity.available_from
            )
    return msgspec.structs.replace(catalog, **{_FIELDS[kind]: found for kind, found in entities.items()})


_FIELDS = {
    EntityKind.MENU: "menus",
    EntityKind.SECTION: "sections",
    EntityKind.PRODUCT: "products",
    EntityKind.VARIANT: "variants",
    EntityKind.OPTION_CATEGORY: "option_categories",
    EntityKind.OPTION: "options",
}


def catalog_of(entities: Iterable[CatalogEntity], currency: str = "EUR") -> Catalog:
    """A catalog of these entities; of two with the same kind and id the first one counts."""
    catalog = Catalog(
        currency=currency, menus={}, sections={}, products={}, variants={}, option_categories={}, options={}
    )
    for entity in entities:
        catalog.of(entity.kind).setdefault(entity.external_id, entity)
    return catalog
