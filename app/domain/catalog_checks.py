"""Finds in a catalog what :data:`app.domain.catalog_rules.RULES` speaks of; every fault at once.

One pass over the entities with the indexes made once: ten thousand products with five options each take well under a
second. What only the reader of the POS can know (two entries with one id) is handed in.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from app.domain import money
from app.domain.catalog import (
    Catalog,
    CatalogEntity,
    EntityKind,
    Menu,
    MenuType,
    Option,
    OptionCategory,
    Product,
    Section,
    Variant,
)
from app.domain.catalog_rules import DEAR, ID_LIMIT, NAME_LIMIT, RULES, TEXT_LIMIT, Finding

_SLOW = 240
"""Minutes of preparation beyond which a number is more likely a slip."""

Found = Iterator[Finding]


def findings(catalog: Catalog, repeated: Iterable[tuple[EntityKind, str]] = ()) -> list[Finding]:
    """All that is wrong, menus first. ``repeated``: kinds and ids that the POS gave more than once."""
    check = _Check(catalog)
    found = [_repeated(catalog, kind, external_id) for kind, external_id in repeated]
    for kind in EntityKind:
        for entity in catalog.of(kind).values():
            found += check.any_entity(entity)
            found += check.of[kind](entity)
    return found


def can_be_sold(entity: Product | Variant | Option) -> bool:
    """Whether it is there now (sold out until a time counts as not there)."""
    return entity.is_available and entity.available_from is None


def _finding(number: str, entity: CatalogEntity, **values: object) -> Finding:
    texts = {name: str(value) for name, value in values.items()}
    return Finding(
        rule=RULES[number],
        kind=entity.kind,
        external_id=entity.external_id,
        values={"name": entity.name or entity.external_id, "id": entity.external_id, **texts},
    )


def _repeated(catalog: Catalog, kind: EntityKind, external_id: str) -> Finding:
    return Finding(
        rule=RULES["G01"],
        kind=kind,
        external_id=external_id,
        values={"name": catalog.of(kind)[external_id].name or external_id, "id": external_id},
    )


class _Check:
    """One catalog with its indexes."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.in_menu = {name for menu in catalog.menus.values() for name in menu.sections}
        self.in_section = {name for section in catalog.sections.values() for name in section.products}
        self.owners = Counter(name for product in catalog.products.values() for name in set(product.variants))
        self.in_product = {name for product in catalog.products.values() for name in product.option_categories}
        self.in_category = {name for each in catalog.option_categories.values() for name in each.options}
        self.same_variants = self._variants_of_one_name()
        self.of: dict[EntityKind, Callable[[Any], Found]] = {
            EntityKind.MENU: self.menu,
            EntityKind.SECTION: self.section,
            EntityKind.PRODUCT: self.product,
            EntityKind.VARIANT: self.variant,
            EntityKind.OPTION_CATEGORY: self.category,
            EntityKind.OPTION: self.option,
        }

    def any_entity(self, entity: CatalogEntity) -> Found:
        if not entity.external_id:
            yield _finding("G02", entity)
        elif len(entity.external_id) > ID_LIMIT:
            yield _finding("G03", entity, limit=ID_LIMIT)
        if not entity.name.strip():
            yield _finding(_NAMELESS[entity.kind], entity)
        elif len(entity.name) > NAME_LIMIT:
            yield _finding("G04", entity, limit=NAME_LIMIT)

    def menu(self, menu: Menu) -> Found:
        if menu.type is MenuType.SET_MENU and menu.price is None:
            yield _finding("M02", menu)
        if menu.price is not None and menu.price < 0:
            yield _finding("M03", menu)
        if not menu.sections:
            yield _finding("M04", menu)
        if any(name not in self.catalog.sections for name in menu.sections):
            yield _finding("M05", menu)

    def section(self, section: Section) -> Found:
        low, high, count = section.min_selection, section.max_selection, len(section.products)
        if not count:
            yield _finding("S02", section)
        if any(name not in self.catalog.products for name in section.products):
            yield _finding("S03", section)
        if 0 < high < low:
            yield _finding("S04", section, min=low, max=high)
        if 0 < count < low:
            yield _finding("S05", section, min=low, count=count)
        for name in _twice(section.products):
            yield _finding("S06", section, other=self._name(self.catalog.products, name))
        if section.external_id not in self.in_menu:
            yield _finding("S07", section)
        found = (self.catalog.products.get(name) for name in dict.fromkeys(section.products))
        for name in _twice(product.name for product in found if product is not None and product.name):
            yield _finding("S08", section, other=name)

    def product(self, product: Product) -> Found:
        yield from self._product_price(product)
        if product.vat is None:
            yield _finding("P07", product)
        elif not 0 <= product.vat <= 100:
            yield _finding("P08", product, vat=product.vat)
        if product.external_id not in self.in_section:
            yield _finding("P09", product)
        if product.image is not None and not product.image.url.startswith("https://"):
            yield _finding("P10", product, url=product.image.url)
        if len(product.description) > TEXT_LIMIT or len(product.short_description) > TEXT_LIMIT:
            yield _finding("P11", product, limit=TEXT_LIMIT)
        if product.allergens is None:
            yield _finding("P12", product)
        if (product.preparation_minutes or 0) > _SLOW:
            yield _finding("P18", product, minutes=product.preparation_minutes)
        yield from self._product_parts(product)

    def _product_price(self, product: Product) -> Found:
        prices = [price for price in (product.price, *product.prices.values()) if price is not None]
        if not prices and not product.variants:
            yield _finding("P02", product)
        if any(price < 0 for price in prices):
            yield _finding("P03", product)
        if product.price == 0 and not product.variants:
            yield _finding("P04", product)
        for price in (price for price in prices if price > DEAR):
            yield _finding("P05", product, price=price)
            break
        for price in (price for price in prices if self._too_fine(price)):
            yield _finding("P06", product, price=price)
            break

    def _product_parts(self, product: Product) -> Found:
        variants = [self.catalog.variants.get(name) for name in product.variants]
        if None in variants:
            yield _finding("P13", product)
        if any(name not in self.catalog.option_categories for name in product.option_categories):
            yield _finding("P14", product)
        if _twice(product.option_categories):
            yield _finding("P15", product)
        there = [variant for variant in variants if variant is not None]
        if there and can_be_sold(product) and not any(can_be_sold(variant) for variant in there):
            yield _finding("P16", product)
        if can_be_sold(product) and any(self._nothing_left(name) for name in product.option_categories):
            yield _finding("P17", product)

    def variant(self, variant: Variant) -> Found:
        prices = [price for price in (variant.price, *variant.prices.values()) if price is not None]
        if not prices:
            yield _finding("V02", variant)
        if any(price < 0 for price in prices):
            yield _finding("V03", variant)
        for price in (price for price in prices if self._too_fine(price)):
            yield _finding("V04", variant, price=price)
            break
        owners = self.owners[variant.external_id]
        if owners == 0:
            yield _finding("V05", variant)
        elif owners > 1:
            yield _finding("V06", variant)
        if variant.external_id in self.same_variants:
            yield _finding("V07", variant)

    def category(self, category: OptionCategory) -> Found:
        low, high = category.min_selection, category.max_selection
        if low < 0 or (high or 0) < 0 or (category.max_same_option_selection or 0) < 0:
            yield _finding("C07", category)
        if high is not None and high < low:
            yield _finding("C02", category, min=low, max=high)
        if not category.options:
            yield _finding("C04", category)
        elif self._choices(category, category.options) < low:
            yield _finding("C03", category, min=low, count=self._choices(category, category.options))
        if any(name not in self.catalog.options for name in category.options):
            yield _finding("C05", category)
        if category.external_id not in self.in_product:
            yield _finding("C06", category)
        found = (self.catalog.options.get(name) for name in dict.fromkeys(category.options))
        for name in _twice(option.name for option in found if option is not None and option.name):
            yield _finding("C08", category, other=name)

    def option(self, option: Option) -> Found:
        if option.price < 0:
            yield _finding("O02", option, price=option.price)
        if self._too_fine(option.price):
            yield _finding("O03", option, price=option.price)
        if option.external_id not in self.in_category:
            yield _finding("O04", option)

    # small questions

    def _too_fine(self, price: Decimal) -> bool:
        return price != money.rounded(price, self.catalog.currency)

    def _nothing_left(self, category_id: str) -> bool:
        """A choice that must be made, and what is there now does not suffice (with everything there it would)."""
        category = self.catalog.option_categories.get(category_id)
        if category is None or category.min_selection <= 0:
            return False
        options = [name for name in category.options if name in self.catalog.options]
        left = [name for name in options if can_be_sold(self.catalog.options[name])]
        return self._choices(category, left) < category.min_selection <= self._choices(category, options)

    @staticmethod
    def _choices(category: OptionCategory, options: Collection[str]) -> int:
        """How many can be chosen at the most: each option once, or as often as the category says."""
        return len(set(options)) * (category.max_same_option_selection or 1)

    def _variants_of_one_name(self) -> set[str]:
        same: set[str] = set()
        for product in self.catalog.products.values():
            there = [self.catalog.variants[name] for name in set(product.variants) if name in self.catalog.variants]
            names = _twice(variant.name for variant in there if variant.name)
            same.update(variant.external_id for variant in there if variant.name in names)
        return same

    @staticmethod
    def _name(entities: dict[str, Product], external_id: str) -> str:
        entity = entities.get(external_id)
        return entity.name if entity is not None and entity.name else external_id


_NAMELESS = {
    EntityKind.MENU: "M01",
    EntityKind.SECTION: "S01",
    EntityKind.PRODUCT: "P01",
    EntityKind.VARIANT: "V01",
    EntityKind.OPTION_CATEGORY: "C01",
    EntityKind.OPTION: "O01",
}


def _twice(names: Iterable[str]) -> list[str]:
    """What stands there more than once, in order."""
    return [name for name, count in Counter(names).items() if count > 1]
