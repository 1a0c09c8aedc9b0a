"""Price lists: which rule counts and what it comes to; Odoo's own answers are compared on the real server."""

from decimal import Decimal
from typing import Any

import pytest

from adapters.odoo.pricelists import GroupRow, PriceLists, RuleRow
from tests.unit.adapters.odoo.menus import template, variant

HOUSE, OTHER = 1, 2
FORMULA = {"compute_price": "formula", "base": "list_price"}


def rule(ident: int, applied_on: str = "3_global", of: int = HOUSE, **more: Any) -> RuleRow:
    values: dict[str, Any] = {"compute_price": "fixed"} | more
    for name in ("fixed_price", "percent_price", "price_discount", "price_markup", "price_round", "price_surcharge"):
        values[name] = Decimal(str(values.get(name, 0)))
    for name in ("price_min_margin", "price_max_margin"):
        values[name] = Decimal(str(values.get(name, 0)))
    return RuleRow(id=ident, pricelist_id=(of, ""), applied_on=applied_on, **values)


def price(*rules: RuleRow, number: int | None = HOUSE, groups: tuple[GroupRow, ...] = ()) -> Decimal:
    return PriceLists(rules, groups).price(number, template(1, categ_id=(7, "")), variant(3, 1, "10", cost="4"))


def test_without_a_list_or_a_rule_the_price_is_the_product_s() -> None:
    assert price(rule(1, fixed_price=5), number=None) == Decimal(10)
    assert price(rule(1, of=OTHER, fixed_price=5)) == Decimal(10)


def test_the_most_specific_rule_counts_whatever_its_age() -> None:
    rules = [
        rule(1, "0_product_variant", product_id=(3, ""), fixed_price=1),
        rule(2, "1_product", product_tmpl_id=(1, ""), fixed_price=2),
        rule(3, "2_product_category", categ_id=(7, ""), fixed_price=3),
        rule(4, "2_product_category", categ_id=(6, ""), fixed_price=4),
        rule(5, fixed_price=5),
    ]
    groups = (GroupRow(id=7, parent_id=(6, "")), GroupRow(id=6, parent_id=False))
    assert [price(*rules[start:], groups=groups) for start in range(5)] == [Decimal(n) for n in (1, 2, 3, 4, 5)]


def test_of_two_alike_the_newer_counts() -> None:
    assert price(rule(1, fixed_price=5), rule(2, fixed_price=6)) == Decimal(6)


def test_groups_in_a_circle_end() -> None:
    groups = (GroupRow(id=7, parent_id=(8, "")), GroupRow(id=8, parent_id=(7, "")))
    assert price(rule(1, "2_product_category", categ_id=(9, ""), fixed_price=1), groups=groups) == Decimal(10)


@pytest.mark.parametrize(
    ("values", "comes_to"),
    [
        ({"compute_price": "percentage", "percent_price": 15}, "8.50"),
        ({"compute_price": "percentage", "percent_price": -15}, "11.50"),
        (FORMULA | {"price_discount": 12.5, "price_surcharge": 0.3}, "9.05"),
        (FORMULA | {"price_discount": 11.4, "price_round": 0.5}, "9.00"),
        (FORMULA | {"price_discount": 12.5, "price_round": 0.5}, "9.00"),
        (FORMULA | {"price_min_margin": 1}, "11"),
        (FORMULA | {"price_discount": -50, "price_max_margin": 2}, "12"),
        ({"compute_price": "formula", "base": "standard_price", "price_markup": 200}, "12"),
        (
            {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": (OTHER, ""), "price_discount": 10},
            "6.3",
        ),
    ],
)
def test_what_a_rule_comes_to(values: dict[str, Any], comes_to: str) -> None:
    assert price(rule(1, **values), rule(2, of=OTHER, fixed_price=7)) == Decimal(comes_to)


def test_lists_that_are_built_on_each_other_end() -> None:
    on: dict[str, Any] = {"compute_price": "formula", "base": "pricelist", "price_discount": 10}
    found = price(rule(1, base_pricelist_id=(OTHER, ""), **on), rule(2, of=OTHER, base_pricelist_id=(HOUSE, ""), **on))
    assert Decimal(0) < found < Decimal(10)
