"""Odoo's menu as catalog entities: pure functions over the records of :mod:`adapters.odoo.menu_rows`.

==========================================  ====================  ==================================================
in Odoo                                     here                  id
==========================================  ====================  ==================================================
point of sale                               menu                  ``M-`` its id
category of the point of sale               section               ``C-`` its id; ``C-0``: products without one
product                                     product               ``T-`` its template's id
its variants, where it has several          variants              ``P-`` the variant's id
attribute that makes no variants            option category       ``A-`` attribute, or ``A-<attribute>-L<line>``
a value of it                               option                ``V-`` value, or ``V-<value>-P<id at the product>``
combo (:mod:`adapters.odoo.set_menus`)      set menu              ``T-`` its template's id
==========================================  ====================  ==================================================

An attribute is one option category for all products that offer the same values at their usual prices; where taxes come
on top of the prices, one for each rate (``A-2-10``). A product that offers fewer values or at other prices has its own.
Every price contains its taxes. Odoo knows no allergens and no preparation times.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from adapters.odoo import texts
from adapters.odoo.forms import ident, text
from adapters.odoo.menu_rows import (
    AttributeRow,
    CategoryRow,
    Names,
    TemplateRow,
    ValueAtProductRow,
    ValueRow,
    VariantRow,
)
from adapters.odoo.pricelists import PriceLists
from adapters.odoo.taxes import Tax, expanded, gross_of, percent_of
from adapters.odoo.venue import Place
from app.domain import money
from app.domain.catalog import CatalogEntity, Image, Menu, Option, OptionCategory, Product, Section, Variant
from app.domain.status import OrderType

NO_CATEGORY = 0
"""Stands for the category of products that have none: the till shows them under all products."""

OTHERS = "Otros"
"""What their section is called."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What all pages share."""

    place: Place
    taxes: dict[int, Tax]
    categories: list[CategoryRow]
    attributes: dict[int, AttributeRow]
    values: dict[int, ValueRow]
    usual: dict[int, Decimal]
    """Prices of options before taxes, by value."""
    tags: dict[int, str]
    category_pictures: dict[int, str] = {}
    category_names: Names = {}
    attribute_names: Names = {}
    value_names: Names = {}
    price_lists: PriceLists = PriceLists()
    price_list: int | None = None
    """The till's own, where it has one."""
    lists_by_type: dict[OrderType, int] = {}
    """Others that it uses for an order type."""
    url: str = ""
    """Odoo's address, for pictures; empty where they are shown to nobody without a login."""

    def price(self, row: TemplateRow, variant: VariantRow) -> Decimal:
        """What a customer pays for one."""
        price = self.price_lists.price(self.price_list, row, variant)
        return self.gross(price, self.taxes_of(row.taxes_id))

    def prices(self, row: TemplateRow, variant: VariantRow) -> dict[OrderType, Decimal]:
        """What a customer pays for one in orders of a type, where that is something else."""
        taxes, usual = self.taxes_of(row.taxes_id), self.price(row, variant)
        found = {
            order_type: self.gross(self.price_lists.price(number, row, variant), taxes)
            for order_type, number in self.lists_by_type.items()
        }
        return {order_type: price for order_type, price in found.items() if price != usual}

    def taxes_of(self, ids: Sequence[int]) -> list[Tax]:
        """Taxes in Odoo's order, of this company alone."""
        return expanded(ids, self.taxes)

    def gross(self, price: Decimal, taxes: Sequence[Tax], *, extra: bool = False) -> Decimal:
        """The price that a customer pays; an ``extra`` comes on top of a unit, which has its fixed taxes already."""
        return self.rounded(gross_of(price, [tax for tax in taxes if not (extra and tax.amount_type == "fixed")]))

    def rounded(self, price: Decimal) -> Decimal:
        """A price in whole cents."""
        return money.rounded(price, self.place.currency)

    def image(self, model: str, record: int, checksum: str | None) -> Image | None:
        """Where a picture is, for everybody who reaches Odoo."""
        if not (self.url and checksum):
            return None
        return Image(url=f"{self.url}/web/image/{model}/{record}/image_512?unique={checksum[:8]}", hash=checksum)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some products with all that belongs to them."""

    templates: list[TemplateRow]
    variants: list[VariantRow]
    values: dict[int, list[ValueAtProductRow]]
    """By template."""
    pictures: dict[int, str] = {}
    names: Names = {}

    def values_of(self, template: int) -> list[ValueAtProductRow]:
        """Values of attributes at one product."""
        return self.values.get(template, [])


class MenuMaker:
    """Makes entities of pages as they come; sections and the menu at the end, of the products that came."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self.offers: defaultdict[int, set[int]] = defaultdict(set)
        """Values of each attribute that products of the till have."""
        for value in frame.usual:
            if value in frame.values:
                self.offers[ident(frame.values[value].attribute_id) or 0].add(value)
        self._placed: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        """Position and template by category."""
        self.templates: set[int] = set()
        """Products that came."""
        self._given: set[str] = set()
        """Option categories that came already."""

    def of_page(self, page: Page, *, shown: bool = True) -> Iterator[CatalogEntity]:
        """Products with variants and options. What is not ``shown`` stands in no section."""
        variants = _by_template(page.variants)
        for row in page.templates:
            if not variants[row.id]:  # made when the till first sells one, or archived this moment
                continue
            self.templates.add(row.id)
            if shown:
                for category in row.pos_categ_ids or [NO_CATEGORY]:
                    self._placed[category].append((row.pos_sequence, row.id))
            categories = list(self.categories_of(page, row))
            yield self.product(page, row, variants[row.id], [category for category, _ in categories])
            if len(variants[row.id]) > 1:
                for position, variant in enumerate(variants[row.id]):
                    yield self.variant(page, row, variant, position)
            for choice, options in categories:
                yield from self.once(choice, options)

    def once(self, category: OptionCategory, options: Sequence[Option]) -> Iterator[CatalogEntity]:
        """An option category with its options, unless it came already."""
        if category.external_id not in self._given:
            self._given.add(category.external_id)
            yield category
            yield from options

    def product(
        self, page: Page, row: TemplateRow, variants: Sequence[VariantRow], categories: Sequence[OptionCategory]
    ) -> Product:
        """The product of a template."""
        taxes = self._frame.taxes_of(row.taxes_id)
        several = len(variants) > 1
        return Product(
            external_id=f"T-{row.id}",
            name=texts.label(row.name),
            names=page.names.get(row.id, {}),
            position=row.pos_sequence,
            description=texts.plain(text(row.public_description)) or texts.note(text(row.description_sale)),
            image=self._frame.image("product.template", row.id, page.pictures.get(row.id)),
            price=None if several else self._frame.price(row, variants[0]),
            prices={} if several else self._frame.prices(row, variants[0]),
            vat=percent_of(taxes).normalize() + 0,
            tags=tuple(self._frame.tags[tag] for tag in row.product_tag_ids if tag in self._frame.tags),
            is_available=row.self_order_available,
            variants=tuple(f"P-{variant.id}" for variant in variants) if several else (),
            option_categories=tuple(category.external_id for category in categories),
        )

    def variant(self, page: Page, row: TemplateRow, variant: VariantRow, position: int = 0) -> Variant:
        """A variant, called after its values."""
        frame = self._frame
        at_product = {value.id: ident(value.product_attribute_value_id) or 0 for value in page.values_of(row.id)}
        numbers = [at_product[one] for one in variant.product_template_variant_value_ids if one in at_product]
        known = [frame.values[number] for number in numbers if number in frame.values]
        languages = sorted({iso for value in known for iso in frame.value_names.get(value.id, ())})
        return Variant(
            external_id=f"P-{variant.id}",
            name=", ".join(texts.label(value.name) for value in known),
            names={
                iso: ", ".join(frame.value_names.get(value.id, {}).get(iso, value.name) for value in known)
                for iso in languages
            },
            position=position,
            price=frame.price(row, variant),
            prices=frame.prices(row, variant),
        )

    # ---------------------------------------------------------------- options

    def categories_of(self, page: Page, row: TemplateRow) -> Iterator[tuple[OptionCategory, list[Option]]]:
        """The option categories of a product, each with its options."""
        lines: dict[int, list[ValueAtProductRow]] = {}
        for value in page.values_of(row.id):
            lines.setdefault(ident(value.attribute_line_id) or 0, []).append(value)
        taxes = self._frame.taxes_of(row.taxes_id)
        for line in row.attribute_line_ids:
            attribute = self._frame.attributes.get(ident(lines[line][0].attribute_id) or 0) if line in lines else None
            if attribute is not None and attribute.create_variant == "no_variant":
                yield self._option_category(attribute, line, lines[line], taxes)

    def _option_category(
        self, attribute: AttributeRow, line: int, rows: Sequence[ValueAtProductRow], taxes: Sequence[Tax]
    ) -> tuple[OptionCategory, list[Option]]:
        frame = self._frame
        prices = {number: row for row in rows if (number := ident(row.product_attribute_value_id)) in frame.values}
        shared = set(prices) == self.offers[attribute.id] and all(
            row.price_extra == frame.usual[value] for value, row in prices.items()
        )
        on_top = percent_of(tax for tax in taxes if not tax.price_include)
        common = f"-{on_top.normalize() + 0:f}" if on_top else ""
        values = sorted((frame.values[value] for value in prices), key=_in_order)
        options = [
            Option(
                external_id=f"V-{value.id}{common}" if shared else f"V-{value.id}-P{prices[value.id].id}",
                name=texts.label(value.name),
                names=frame.value_names.get(value.id, {}),
                position=position,
                price=frame.gross(prices[value.id].price_extra, taxes, extra=True),
            )
            for position, value in enumerate(values)
        ]
        several = attribute.display_type == "multi"
        category = OptionCategory(
            external_id=f"A-{attribute.id}{common}" if shared else f"A-{attribute.id}-L{line}",
            name=texts.label(attribute.name),
            names=frame.attribute_names.get(attribute.id, {}),
            min_selection=0 if several else 1,
            max_selection=None if several else 1,
            max_same_option_selection=1,
            options=tuple(option.external_id for option in options),
        )
        return category, options

    # ---------------------------------------------------------------- sections and menu

    def menu(self) -> Iterator[CatalogEntity]:
        """The menu and its sections; a category without products is none."""
        sections = list(self._sections())
        yield Menu(
            external_id=f"M-{self._frame.place.config}",
            name=texts.label(self._frame.place.name),
            sections=tuple(section.external_id for section in sections),
        )
        yield from sections

    def _sections(self) -> Iterator[Section]:
        rows = {row.id: row for row in self._frame.categories}
        ordered = [row for row in _as_tree(self._frame.categories) if self._placed[row.id]]
        names = [row.name for row in ordered]
        for position, row in enumerate(ordered):
            above = rows.get(ident(row.parent_id) or 0)
            # "Grandes" below "Pizzas" and below "Ensaladas": the place in the tree tells them apart
            clear = f"{above.name} · {row.name}" if above and names.count(row.name) > 1 else row.name
            yield Section(
                external_id=f"C-{row.id}",
                name=texts.label(clear),
                names={} if clear != row.name else self._frame.category_names.get(row.id, {}),
                position=position,
                image=self._frame.image("pos.category", row.id, self._frame.category_pictures.get(row.id)),
                products=self._products(row.id),
            )
        if self._placed[NO_CATEGORY]:
            products = self._products(NO_CATEGORY)
            yield Section(external_id=f"C-{NO_CATEGORY}", name=OTHERS, position=len(ordered), products=products)

    def _products(self, category: int) -> tuple[str, ...]:
        return tuple(f"T-{template}" for _, template in sorted(self._placed[category]))


def _by_template(rows: Sequence[VariantRow]) -> defaultdict[int, list[VariantRow]]:
    found: defaultdict[int, list[VariantRow]] = defaultdict(list)
    for row in rows:
        found[ident(row.product_tmpl_id) or 0].append(row)
    return found


def _in_order(value: ValueRow) -> tuple[int, int]:
    return value.sequence, value.id


def _as_tree(rows: Sequence[CategoryRow]) -> list[CategoryRow]:
    """Each category before those below it, beside each other as the till has them."""
    known = {row.id for row in rows}
    below: defaultdict[int, list[CategoryRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.sequence, row.name, row.id)):
        parent = ident(row.parent_id) or 0
        below[parent if parent in known else 0].append(row)
    found: list[CategoryRow] = []
    waiting = list(reversed(below[0]))
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting += reversed(below[row.id])
    return found
