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
    """The POS's id."""
    name: str = ""
    """Name in the main language."""
    names: dict[str, str] = msgspec.field(default_factory=dict)
    """Names in other languages, by ISO 639-1 code."""
    short_description: str = ""
    """One line."""
    position: int = 0
    """Place in lists: small numbers first."""


class Image(Form, frozen=True, kw_only=True):
    """Where a picture is; ``hash`` (of its bytes, or the POS's own mark of its version) tells that it changed."""

    url: str
    """Where the picture is."""
    hash: str = ""
    """Mark of its version: when it differs, the picture changed."""


class Menu(Entity, frozen=True, kw_only=True):
    """A menu or set menu. ``allowed_order_types`` empty: all."""

    kind = EntityKind.MENU

    type: MenuType = MenuType.MENU
    """To choose from freely, or a set menu with a fixed price."""
    price: Decimal | None = None
    """Of a set menu; null for others."""
    allowed_order_types: tuple[OrderType, ...] = ()
    """Empty: all."""
    sections: tuple[str, ...] = ()
    """Ids of its sections, in order."""


class Section(Entity, frozen=True, kw_only=True):
    """A part of a menu; of a set menu, what to choose from: ``min_selection`` to ``max_selection`` (0: any)."""

    kind = EntityKind.SECTION

    image: Image | None = None
    """A picture."""
    min_selection: int = 0
    """Of a set menu: at least so many products from this section."""
    max_selection: int = 0
    """At most so many; 0: any."""
    products: tuple[str, ...] = ()
    """Ids of its products, in order."""


class Product(Entity, frozen=True, kw_only=True):
    """A product. One with variants is sold as one of them, at their prices."""

    kind = EntityKind.PRODUCT

    description: str = ""
    """A longer text."""
    image: Image | None = None
    """A picture."""
    price: Decimal | None = None
    """Gross; null for one that is sold in variants."""
    prices: dict[OrderType, Decimal] = msgspec.field(default_factory=dict)
    """Where the POS has other prices by order type."""
    vat: Decimal | None = None
    """Percent."""
    allergens: tuple[Allergen, ...] | None = None
    """``None``: the POS does not say."""
    tags: tuple[str, ...] = ()
    """Words to find it by."""
    preparation_minutes: int | None = None
    """How long it takes."""
    is_available: bool = True
    """Whether it is there."""
    available_from: datetime | None = None
    """When it is sold out for a time: from when on it is there again."""
    variants: tuple[str, ...] = ()
    """Ids of its variants."""
    option_categories: tuple[str, ...] = ()
    """Ids of its choices."""


class Variant(Entity, frozen=True, kw_only=True):
    """One way in which a product is sold: size, base."""

    kind = EntityKind.VARIANT

    price: Decimal | None = None
    """Gross."""
    prices: dict[OrderType, Decimal] = msgspec.field(default_factory=dict)
    """Other prices by order type."""
    is_available: bool = True
    """Whether it is there."""
    available_from: datetime | None = None
    """From when on it is there again."""


class OptionCategory(Entity, frozen=True, kw_only=True):
    """A choice that a product offers; a maximum of ``None`` is no limit."""

    kind = EntityKind.OPTION_CATEGORY

    min_selection: int = 0
    """At least so many options."""
    max_selection: int | None = None
    """At most so many; null: any."""
    max_same_option_selection: int | None = None
    """The same option at most so often; null: any."""
    options: tuple[str, ...] = ()
    """Ids of its options."""


class Option(Entity, frozen=True, kw_only=True):
    """One option of a choice; its price comes on top."""

    kind = EntityKind.OPTION

    price: Decimal = Decimal(0)
    """What it adds, VAT contained."""
    is_available: bool = True
    """Whether it is there."""
    available_from: datetime | None = None
    """From when on it is there again."""


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
