"""Odoo's combos as set menus: pure functions.

A combo product (``T-``) is a set menu with a price; each of its choices (``product.combo``) is a section (``K-``) from
which as many products are chosen as belong to the price (``qty_free``). Choices of which none belongs to it, and more
of one than belong to it, are extra sales that a set menu cannot express: they are left to the till.

A product in a choice is the product itself, with two exceptions that get a product of their own: one variant of a
product (``P-``), and a product that costs a supplement there (``I-``, the item's id): it has the supplement as a
required option, since options are what comes on top.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from adapters.odoo import texts
from adapters.odoo.forms import ident
from adapters.odoo.menu import Frame, MenuMaker, Page
from adapters.odoo.menu_rows import ComboItemRow, ComboRow, Names, TemplateRow, VariantRow
from adapters.odoo.taxes import gross_of
from app.domain.catalog import CatalogEntity, Menu, MenuType, Option, OptionCategory, Product, Section

SUPPLEMENT = "Suplemento"
"""What a supplement is called."""


class Combos(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the combos of a menu."""

    templates: list[TemplateRow]
    combos: dict[int, ComboRow]
    items: dict[int, ComboItemRow]
    page: Page
    """The products in them, whether the till sells them by themselves or not."""
    variants: dict[int, VariantRow] = {}
    """Of the combo products, by template."""
    names: Names = {}
    """Of the combo products."""
    combo_names: Names = {}


class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    """An item with its product."""

    item: ComboItemRow
    template: TemplateRow
    variant: VariantRow
    alone: bool
    """Whether it is the only variant."""

    @property
    def external_id(self) -> str:
        if self.item.extra_price:
            return f"I-{self.item.id}"
        return f"T-{self.template.id}" if self.alone else f"P-{self.variant.id}"


class SetMenuMaker:
    """Makes set menus once the products are given."""

    def __init__(self, frame: Frame, maker: MenuMaker, combos: Combos) -> None:
        self._frame = frame
        self._maker = maker
        self._combos = combos
        templates = {row.id: row for row in combos.page.templates}
        variants = {row.id: row for row in combos.page.variants}
        counts: dict[int, int] = {}
        for row in combos.page.variants:
            template = ident(row.product_tmpl_id) or 0
            counts[template] = counts.get(template, 0) + 1
        self._choices: dict[int, _Choice] = {}
        for item in combos.items.values():
            variant = variants.get(ident(item.product_id) or 0)
            template = ident(variant.product_tmpl_id) or 0 if variant else 0
            if variant and template in templates:
                self._choices[item.id] = _Choice(
                    item=item, template=templates[template], variant=variant, alone=counts[template] == 1
                )

    def entities(self) -> Iterator[CatalogEntity]:
        """Set menus with their sections, and the products that nobody gave yet."""
        used: dict[int, None] = {}
        rows = sorted(self._combos.templates, key=lambda row: (row.pos_sequence, row.id))
        for position, row in enumerate(rows):
            parts = [self._combos.combos[one] for one in row.combo_ids if one in self._combos.combos]
            parts = [part for part in parts if part.qty_free > 0]
            # a menu has no "sold out": one that cannot be had is not there
            own = self._combos.variants.get(row.id)
            if not (own and row.self_order_available and parts and all(map(self._of, parts))):
                continue
            used.update(dict.fromkeys(part.id for part in parts))
            yield Menu(
                external_id=f"T-{row.id}",
                name=texts.label(row.name),
                names=self._combos.names.get(row.id, {}),
                short_description=texts.note(str(row.description_sale or "")),
                position=position + 1,
                type=MenuType.SET_MENU,
                price=self._price(row, own, parts),
                sections=tuple(f"K-{part.id}" for part in parts),
            )
        for position, combo in enumerate(used):
            yield self._section(self._combos.combos[combo], position)
        yield from self._products([choice for combo in used for choice in self._of(self._combos.combos[combo])])

    def _of(self, combo: ComboRow) -> list[_Choice]:
        return [self._choices[item] for item in combo.combo_item_ids if item in self._choices]

    def _section(self, combo: ComboRow, position: int) -> Section:
        return Section(
            external_id=f"K-{combo.id}",
            name=texts.label(combo.name),
            names=self._combos.combo_names.get(combo.id, {}),
            position=position,
            min_selection=combo.qty_free,
            max_selection=combo.qty_free,
            products=tuple(dict.fromkeys(choice.external_id for choice in self._of(combo))),
        )

    def _price(self, row: TemplateRow, own: VariantRow, parts: Sequence[ComboRow]) -> Decimal:
        """Odoo spreads the menu's price over its choices by what they cost alone, and taxes each as its products are;
        the combo's own taxes count for nothing.
        """
        weights = [part.base_price * part.qty_free for part in parts]
        whole = sum(weights, Decimal(0))
        shares = [weight / whole for weight in weights] if whole else [Decimal(1) / len(parts)] * len(parts)
        taxes = [self._frame.taxes_of(self._of(part)[0].template.taxes_id) for part in parts]
        taxed = zip(shares, taxes, strict=True)
        price = self._frame.price_lists.price(self._frame.price_list, row, own)
        amounts = (gross_of(price * share, its) for share, its in taxed)
        return self._frame.rounded(sum(amounts, Decimal(0)))

    def _products(self, choices: Sequence[_Choice]) -> Iterator[CatalogEntity]:
        page = self._combos.page
        missing = {choice.template.id for choice in choices if choice.external_id.startswith("T-")}
        missing -= self._maker.templates
        rest = [row for row in page.templates if row.id in missing]
        yield from self._maker.of_page(msgspec.structs.replace(page, templates=rest), shown=False)
        given = set()
        for choice in choices:
            if not choice.external_id.startswith("T-") and choice.external_id not in given:
                given.add(choice.external_id)
                yield from self._own(page, choice)

    def _own(self, page: Page, choice: _Choice) -> Iterator[CatalogEntity]:
        """The product of a choice that is not the product itself."""
        categories = list(self._maker.categories_of(page, choice.template))
        for category, options in categories:
            yield from self._maker.once(category, options)
        product: Product = self._maker.product(
            page, choice.template, [choice.variant], [category for category, _ in categories]
        )
        if not choice.alone:
            variant = self._maker.variant(page, choice.template, choice.variant)
            product = msgspec.structs.replace(product, name=f"{product.name} ({variant.name})")
        if choice.item.extra_price:
            own = choice.external_id
            yield OptionCategory(external_id=own, name=SUPPLEMENT, min_selection=1, max_selection=1, options=(own,))
            price = self._frame.gross(
                choice.item.extra_price, self._frame.taxes_of(choice.template.taxes_id), extra=True
            )
            yield Option(external_id=own, name=SUPPLEMENT, price=price)
            product = msgspec.structs.replace(product, option_categories=(*product.option_categories, own))
        yield msgspec.structs.replace(product, external_id=choice.external_id)
