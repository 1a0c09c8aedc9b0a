"""Money: ``Decimal`` currency units (68.00 = 68 EUR), VAT included, never floats and never cents.

The rules are recomputed from Sinqro's own orders (reference, section 5.5): a line's unit price already contains its
options, so a child line is never added; net and VAT of an order are sums of the rounded lines.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from app.domain.errors import AmountError

LIMIT = Decimal(10) ** 9
"""No amount of a restaurant reaches this, in any currency."""

EXTRA_DECIMALS = 4
"""Decimals allowed beyond the currency's own: unit prices by weight, net prices."""

_EXPONENTS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
"""ISO 4217 minor units that are not 2."""


def exponent(currency: str) -> int:
    """Number of decimals of a currency by ISO 4217; 2 where we know nothing else."""
    return _EXPONENTS.get(currency.upper(), 2)


def checked(amount: Decimal, currency: str = "EUR") -> Decimal:
    """Return ``amount`` when it can be money in ``currency``.

    Raises :class:`AmountError` for NaN and infinities (they pass as Decimal), for |amount| ≥ 10⁹ and for more
    decimals than the currency's exponent + 4.
    """
    if not amount.is_finite():
        raise AmountError(f"{amount} is not an amount of money")
    if abs(amount) >= LIMIT:
        raise AmountError(f"{amount:.3E} is too large for an amount of money")
    if amount != amount.quantize(Decimal(1).scaleb(-exponent(currency) - EXTRA_DECIMALS)):
        raise AmountError(f"{amount:.12g} has more decimals than an amount in {currency:.10} can have")
    return amount


def rounded(amount: Decimal, currency: str = "EUR") -> Decimal:
    """``amount`` to the currency's decimals, half up (Python's ``round`` is half even)."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP)


def line_total(unit_price: Decimal, quantity: Decimal, currency: str = "EUR") -> Decimal:
    """Gross total of a line: its unit price, options contained, times its quantity."""
    return rounded(unit_price * quantity, currency)


def net_of(total: Decimal, vat_percent: Decimal, currency: str = "EUR") -> Decimal:
    """Net of a gross line total at a VAT rate in percent. Raises :class:`AmountError` for a rate of -100 or less."""
    if vat_percent <= -100:
        raise AmountError(f"{vat_percent} % is no rate of VAT")
    return rounded(total / (1 + vat_percent / 100), currency)


def net_and_vat(lines: Iterable[tuple[Decimal, Decimal]], currency: str = "EUR") -> tuple[Decimal, Decimal]:
    """Net and VAT of an order from its lines' ``(gross total, VAT percent)``: sums of the *rounded* lines."""
    net = vat = Decimal(0)
    for total, percent in lines:
        line_net = net_of(total, percent, currency)
        net += line_net
        vat += rounded(total, currency) - line_net
    return net, vat
