"""Odoo's tax arithmetic, so that an order has the total that Odoo itself will come to.

Odoo trusts the total that it is sent with a draft, and recomputes it when money is taken: both must be the same to the
cent. Prices may contain their taxes (``price_include``) or not; a company rounds each line (``round_per_line``) or the
sums (``round_globally``: net over all lines, tax by tax). After ``account.tax`` of Odoo 19,
``_round_base_lines_tax_details``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from app.domain import money

_FINEST = Decimal(1).scaleb(-12)
"""Net unit prices are sent this precisely: Odoo keeps them as floats."""


class Tax(msgspec.Struct, frozen=True, kw_only=True):
    """A sale tax: a percentage, an amount for each unit (``fixed``), a part of the gross (``division``), or a ``group``
    of others. Lines of orders get percentages only.
    """

    id: int
    amount: Decimal
    amount_type: str = "percent"
    price_include: bool = False
    include_base_amount: bool = False
    """Whether the taxes after it are on it too."""
    children_tax_ids: tuple[int, ...] = ()

    @property
    def is_rate(self) -> bool:
        """Whether it is a plain percentage."""
        return self.amount_type == "percent" and self.amount >= 0


def expanded(ids: Iterable[int], known: dict[int, Tax]) -> list[Tax]:
    """The known taxes of these ids in Odoo's order, groups as their members."""
    wanted = set(ids)
    found: list[Tax] = []
    for tax in known.values():
        if tax.id in wanted:
            parts = [known[one] for one in tax.children_tax_ids if one in known]
            found += parts if tax.amount_type == "group" else [tax]
    return found


def percent_of(taxes: Iterable[Tax]) -> Decimal:
    """The rate of these taxes, in percent."""
    return sum((tax.amount for tax in taxes if tax.is_rate), Decimal(0))


def gross_of(price: Decimal, taxes: Sequence[Tax]) -> Decimal:
    """What a customer pays for one unit at Odoo's price, unrounded."""
    total = price
    base = price / (1 + percent_of(tax for tax in taxes if tax.price_include) / 100)
    for tax in taxes:
        if not tax.price_include:
            amount = _amount(tax, base)
            total += amount
            base += amount if tax.include_base_amount else 0
    return total


def _amount(tax: Tax, base: Decimal) -> Decimal:
    if tax.amount_type == "fixed":
        return tax.amount
    if tax.amount_type == "division":
        return base / (1 - tax.amount / 100) - base if tax.amount < 100 else Decimal(0)
    return base * tax.amount / 100


class TaxedLine(NamedTuple):
    """A line's gross total in whole cents, with its taxes."""

    total: Decimal
    taxes: tuple[Tax, ...]

    @property
    def factor(self) -> Decimal:
        """Gross by net."""
        return 1 + sum((tax.amount for tax in self.taxes), Decimal(0)) / 100

    @property
    def net(self) -> Decimal:
        """The net total, unrounded."""
        return self.total / self.factor

    @property
    def included(self) -> bool:
        """Whether prices contain all of its taxes."""
        return all(tax.price_include for tax in self.taxes)

    def unit_price(self, quantity: Decimal) -> Decimal:
        """The price of one unit as Odoo wants it: gross or net, as the taxes are."""
        return ((self.total if self.included else self.net) / quantity).quantize(_FINEST)


def taxes_for(rate: Decimal | None, own: Sequence[Tax], known: Iterable[Tax]) -> tuple[Tax, ...]:
    """The taxes of a line whose VAT rate is ``rate`` percent: the product's ``own`` where they come to that, or where
    no rate is told; else the first known tax of that rate, gross or net as the product's. None of that rate: the own.
    """
    rates = tuple(tax for tax in own if tax.is_rate)
    # taxes of one line are all gross or all net: what contradicts the first is another country's arithmetic
    rates = tuple(tax for tax in rates if tax.price_include is rates[0].price_include)
    if rate is None or sum((tax.amount for tax in rates), Decimal(0)) == rate:
        return rates
    if rate == 0:
        return ()
    include = rates[0].price_include if rates else False
    found = sorted((tax.price_include is not include, n, tax) for n, tax in enumerate(known) if _fits(tax, rate))
    return (found[0][2],) if found else rates


def _fits(tax: Tax, rate: Decimal) -> bool:
    return tax.is_rate and tax.amount == rate


def pos_totals(lines: Sequence[TaxedLine], *, per_line: bool, currency: str) -> tuple[Decimal, Decimal]:
    """Total and tax as Odoo will compute them from these lines."""
    base = tax = Decimal(0)
    for refund in (False, True):  # Odoo sums up lines that take money back apart
        group = [line for line in lines if (line.total < 0) is refund]
        net, vat = (_per_line if per_line else _globally)(group, currency)
        base += net
        tax += vat
    return base + tax, tax


def _per_line(lines: Sequence[TaxedLine], currency: str) -> tuple[Decimal, Decimal]:
    base = tax = Decimal(0)
    for line in lines:
        vat = sum((money.rounded(line.net * one.amount / 100, currency) for one in line.taxes), Decimal(0))
        base += line.total - vat if line.included else money.rounded(line.net, currency)
        tax += vat
    return base, tax


def _globally(lines: Sequence[TaxedLine], currency: str) -> tuple[Decimal, Decimal]:
    amounts: defaultdict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        for one in line.taxes:
            amounts[one.id] += line.net * one.amount / 100
    tax = sum((money.rounded(amount, currency) for amount in amounts.values()), Decimal(0))
    if all(line.included for line in lines):
        total = sum((line.total for line in lines), Decimal(0))
        return money.rounded(total, currency) - tax, tax
    return money.rounded(sum((line.net for line in lines), Decimal(0)), currency), tax
