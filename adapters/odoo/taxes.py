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
    """A sale tax; only percentages are known here."""

    id: int
    amount: Decimal
    amount_type: str = "percent"
    price_include: bool = False

    @property
    def is_rate(self) -> bool:
        """Whether it is a plain percentage."""
        return self.amount_type == "percent" and self.amount >= 0


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
