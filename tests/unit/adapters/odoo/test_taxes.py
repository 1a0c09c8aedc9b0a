"""Odoo's tax arithmetic: the cases that Odoo documents, and that a total can always be met to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.odoo.taxes import Tax, TaxedLine, expanded, gross_of, percent_of, pos_totals, taxes_for

IVA_21 = Tax(id=1, amount=Decimal(21))
IVA_10 = Tax(id=2, amount=Decimal(10))
IVA_4 = Tax(id=3, amount=Decimal(4))
IVA_10_IN = Tax(id=4, amount=Decimal(10), price_include=True)
WITHHELD = Tax(id=5, amount=Decimal(-19))
FIXED = Tax(id=6, amount=Decimal(21), amount_type="fixed")
KNOWN = [WITHHELD, FIXED, IVA_10_IN, IVA_21, IVA_10, IVA_4]


def line(total: str, *taxes: Tax) -> TaxedLine:
    return TaxedLine(Decimal(total), taxes)


def totals(*lines: TaxedLine, per_line: bool = False) -> tuple[Decimal, Decimal]:
    return pos_totals(lines, per_line=per_line, currency="EUR")


def test_a_net_price_comes_back_to_the_gross_one() -> None:
    one = line("15.73", IVA_21)
    assert one.unit_price(Decimal(1)) == Decimal("13.000000000000")
    assert totals(one) == (Decimal("15.73"), Decimal("2.73"))
    assert line("24.00", IVA_21).unit_price(Decimal(2)) == Decimal("9.917355371901")
    assert line("11.00", IVA_10_IN).unit_price(Decimal(2)) == Decimal("5.500000000000")


def test_odoo_s_own_example_of_gross_prices_rounded_globally() -> None:
    tax = Tax(id=9, amount=Decimal(21), price_include=True)
    assert totals(line("21.53", tax), line("21.53", tax)) == (Decimal("43.06"), Decimal("7.47"))


def test_net_prices_are_rounded_tax_by_tax_or_line_by_line() -> None:
    lines = [line("0.13", IVA_4)] * 3  # net 0.125 each, tax 0.005
    assert totals(*lines, per_line=True) == (Decimal("0.42"), Decimal("0.03"))
    assert totals(*lines) == (Decimal("0.40"), Decimal("0.02"))
    assert totals(line("1.00", IVA_21), line("1.00", IVA_10), line("1.00")) == (Decimal("3.00"), Decimal("0.26"))


def test_money_back_is_summed_up_apart() -> None:
    assert totals(line("10.00", IVA_10), line("-1.50", IVA_10)) == (Decimal("8.50"), Decimal("0.77"))


@pytest.mark.parametrize(
    ("rate", "own", "expected"),
    [
        (None, [IVA_21], [IVA_21]),
        ("21", [IVA_21], [IVA_21]),
        ("10", [IVA_21], [IVA_10]),
        ("10", [Tax(id=8, amount=Decimal(4), price_include=True)], [IVA_10_IN]),
        ("10", [], [IVA_10]),
        ("0", [IVA_21], []),
        ("7", [IVA_21], [IVA_21]),
        (None, [FIXED, WITHHELD], []),
        (None, [IVA_21, Tax(id=7, amount=Decimal(5))], [IVA_21, Tax(id=7, amount=Decimal(5))]),
    ],
)
def test_the_taxes_of_a_line(rate: str | None, own: list[Tax], expected: list[Tax]) -> None:
    assert list(taxes_for(None if rate is None else Decimal(rate), own, KNOWN)) == expected


CENTS = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))
LINES = st.lists(
    st.builds(TaxedLine, CENTS, st.sampled_from([(), (IVA_21,), (IVA_10,), (IVA_4,)])),
    min_size=1,
    max_size=8,
)


@given(LINES, st.booleans())
def test_odoo_is_never_off_by_more_than_its_roundings_and_a_line_without_tax_moves_it_exactly(
    lines: list[TaxedLine], per_line: bool
) -> None:
    total, tax = totals(*lines, per_line=per_line)
    ordered = sum((one.total for one in lines), Decimal(0))
    assert abs(total - ordered) <= Decimal("0.01") * (len(lines) + 4)
    assert total == total.quantize(Decimal("0.01"))
    left = ordered - total
    if left:
        assert totals(*lines, TaxedLine(left, ()), per_line=per_line) == (ordered, tax)


GROUP = Tax(id=20, amount=Decimal(0), amount_type="group", children_tax_ids=(2, 6))
CUT = Tax(id=21, amount=Decimal(20), amount_type="division")
ON_ALL = Tax(id=22, amount=Decimal(1), amount_type="fixed", include_base_amount=True)


@pytest.mark.parametrize(
    ("price", "taxes", "gross", "percent"),
    [
        ("9.95", [], "9.95", 0),
        ("10", [IVA_10], "11", 10),
        ("10", [IVA_10_IN], "10", 10),
        ("11", [IVA_10_IN, IVA_21], "13.1", 31),
        ("10", [IVA_10, FIXED], "32", 10),
        ("10", [ON_ALL, IVA_10], "12.1", 10),
        ("10", [CUT], "12.5", 0),
        ("10", [WITHHELD], "8.1", 0),
    ],
)
def test_what_a_customer_pays(price: str, taxes: list[Tax], gross: str, percent: int) -> None:
    assert gross_of(Decimal(price), taxes) == Decimal(gross)
    assert percent_of(taxes) == percent


def test_groups_are_their_members_and_other_companies_taxes_none() -> None:
    known = {tax.id: tax for tax in (FIXED, IVA_10, GROUP, IVA_4)}
    assert expanded([20, 99], known) == [IVA_10, FIXED]
    assert expanded([3, 2], known) == [IVA_10, IVA_4]
