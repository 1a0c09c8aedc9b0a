"""Odoo's price lists: what the till asks for a product when a list is chosen, for the restaurant or for an order type.

After ``product.pricelist.item`` of Odoo 19 (``_is_applicable_for``, ``_compute_price``): the first rule that is for the
product counts, the most specific before the others; it is a price, a discount, or a formula over another price. Rules
for more than one unit are left out: a menu shows what one costs. Prices here are Odoo's, before taxes that come on top.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from adapters.odoo.forms import Link, Text, ident
from adapters.odoo.menu_rows import MenuReader, Row, TemplateRow, VariantRow

DEPTH = 5
"""Lists that are built on each other."""


class RuleRow(Row, frozen=True, kw_only=True):
    """A ``product.pricelist.item``."""

    pricelist_id: Link
    applied_on: str
    """``0_product_variant``, ``1_product``, ``2_product_category``, ``3_global``."""
    compute_price: str
    """``fixed``, ``percentage``, ``formula``."""
    categ_id: Link = False
    product_tmpl_id: Link = False
    product_id: Link = False
    base: Text = False
    """What a formula begins with: ``list_price``, ``standard_price`` (the cost), ``pricelist``."""
    base_pricelist_id: Link = False
    fixed_price: Decimal = Decimal(0)
    percent_price: Decimal = Decimal(0)
    price_discount: Decimal = Decimal(0)
    price_markup: Decimal = Decimal(0)
    price_round: Decimal = Decimal(0)
    price_surcharge: Decimal = Decimal(0)
    price_min_margin: Decimal = Decimal(0)
    price_max_margin: Decimal = Decimal(0)


class GroupRow(Row, frozen=True, kw_only=True):
    """A ``product.category``: the accountant's groups of products, not the till's categories."""

    parent_id: Link


class PriceLists:
    """Rules of some lists. ``groups`` are needed where a rule is for one."""

    def __init__(self, rules: Iterable[RuleRow] = (), groups: Iterable[GroupRow] = ()) -> None:
        self._parents = {group.id: ident(group.parent_id) for group in groups}
        self._by_variant: dict[tuple[int, int], RuleRow] = {}
        self._by_template: dict[tuple[int, int], RuleRow] = {}
        self._by_group: dict[tuple[int, int], RuleRow] = {}
        self._for_all: dict[int, RuleRow] = {}
        for rule in sorted(rules, key=lambda rule: -rule.id):
            number = ident(rule.pricelist_id) or 0
            if rule.applied_on == "0_product_variant":
                self._by_variant.setdefault((number, ident(rule.product_id) or 0), rule)
            elif rule.applied_on == "1_product":
                self._by_template.setdefault((number, ident(rule.product_tmpl_id) or 0), rule)
            elif rule.applied_on == "2_product_category":
                self._by_group.setdefault((number, ident(rule.categ_id) or 0), rule)
            else:
                self._for_all.setdefault(number, rule)

    def price(self, number: int | None, template: TemplateRow, variant: VariantRow, *, depth: int = DEPTH) -> Decimal:
        """The price of one unit in the list of this number; ``None``: without a list."""
        rule = self._rule(number, template, variant) if number is not None else None
        if rule is None:
            return variant.lst_price
        if rule.compute_price == "fixed":
            return rule.fixed_price
        base = self._base(rule, template, variant, depth)
        if rule.compute_price == "percentage":
            return base * (1 - rule.percent_price / 100)
        return _formula(rule, base)

    def _rule(self, number: int, template: TemplateRow, variant: VariantRow) -> RuleRow | None:
        found = self._by_variant.get((number, variant.id)) or self._by_template.get((number, template.id))
        group = ident(template.categ_id)
        seen: set[int] = set()
        while found is None and group is not None and group not in seen:
            seen.add(group)
            found = self._by_group.get((number, group))
            group = self._parents.get(group)
        return found or self._for_all.get(number)

    def _base(self, rule: RuleRow, template: TemplateRow, variant: VariantRow, depth: int) -> Decimal:
        if rule.base == "standard_price":
            return variant.standard_price
        other = ident(rule.base_pricelist_id) if rule.base == "pricelist" else None
        if other is None or depth == 0:
            return variant.lst_price
        return self.price(other, template, variant, depth=depth - 1)


def _formula(rule: RuleRow, base: Decimal) -> Decimal:
    discount = -rule.price_markup if rule.base == "standard_price" else rule.price_discount
    price = base * (1 - discount / 100)
    if rule.price_round > 0:
        price = (price / rule.price_round).quantize(Decimal(1), rounding=ROUND_HALF_UP) * rule.price_round
    price += rule.price_surcharge
    if rule.price_min_margin:
        price = max(price, base + rule.price_min_margin)
    if rule.price_max_margin:
        price = min(price, base + rule.price_max_margin)
    return price


async def read_price_lists(reader: MenuReader, numbers: Sequence[int], now: datetime) -> PriceLists:
    """The rules of these lists that are valid now, with the lists that they are built on."""
    at = now.strftime("%Y-%m-%d %H:%M:%S")
    rules: dict[int, list[RuleRow]] = defaultdict(list)
    wanted = set(numbers)
    for _ in range(DEPTH):
        missing = sorted(wanted - set(rules))
        if not missing:
            break
        rules.update({number: [] for number in missing})
        domain = [
            *(["pricelist_id", "in", missing], ["min_quantity", "<=", 1]),
            *("|", ["date_start", "=", False], ["date_start", "<=", at]),
            *("|", ["date_end", "=", False], ["date_end", ">=", at]),
        ]
        for row in await reader.all("product.pricelist.item", RuleRow, domain):
            rules[ident(row.pricelist_id) or 0].append(row)
            if row.base == "pricelist" and (other := ident(row.base_pricelist_id)) is not None:
                wanted.add(other)
    found = [row for rows in rules.values() for row in rows]
    by_group = any(row.applied_on == "2_product_category" for row in found)
    return PriceLists(found, await reader.all("product.category", GroupRow, []) if by_group else ())
