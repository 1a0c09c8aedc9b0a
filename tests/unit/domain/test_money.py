"""Every rule of Money, against arithmetic with fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import money
from app.domain.errors import AmountError
from tests.helpers.strategies import DECIMALS, VAT_RATES, amounts, half_up

currencies = st.sampled_from(sorted(DECIMALS))
rates = st.sampled_from(VAT_RATES)


@st.composite
def amounts_within(draw: st.DrawFn, currency: str, *, extra: int) -> Decimal:
    """|x| < 10⁹ with the currency's decimals + ``extra`` at most."""
    scale = DECIMALS[currency] + extra
    return Decimal(draw(st.integers(-(10 ** (9 + scale)) + 1, 10 ** (9 + scale) - 1))).scaleb(-scale)


# what is an amount


@given(st.data(), currencies, st.integers(0, 4))
def test_an_amount_passes_as_it_is(data: st.DataObject, currency: str, extra: int) -> None:
    amount = data.draw(amounts_within(currency, extra=extra))
    assert money.checked(amount, currency).as_tuple() == amount.as_tuple()


@pytest.mark.parametrize("text", ["NaN", "-NaN", "sNaN", "NaN123", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="not an amount"):
        money.checked(Decimal(text))


@given(st.integers(9, 500), st.integers(1, 9), st.booleans())
def test_nothing_of_a_thousand_million_or_more(power: int, digit: int, negative: bool) -> None:
    amount = Decimal(f"{'-' if negative else ''}{digit}E{power}")
    with pytest.raises(AmountError, match="too large") as refused:
        money.checked(amount)
    assert len(refused.value.message) < 100


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("999999999.99", True),
        ("-999999999.99", True),
        ("999999999.999999", True),
        ("1000000000", False),
        ("1e9", False),
    ],
)
def test_the_limit_itself(text: str, fits: bool) -> None:
    if fits:
        assert money.checked(Decimal(text)) == Decimal(text)
    else:
        with pytest.raises(AmountError):
            money.checked(Decimal(text))


@given(st.data(), currencies, st.integers(1, 60), st.integers(1, 9))
def test_more_decimals_than_exponent_and_four_are_refused(
    data: st.DataObject, currency: str, further: int, digit: int
) -> None:
    whole = data.draw(st.integers(-(10**8), 10**8))
    decimals = DECIMALS[currency] + 4 + further
    text = f"{whole}.{'0' * (decimals - 1)}{digit}"
    with pytest.raises(AmountError, match="more decimals"):
        money.checked(Decimal(text), currency)


@given(st.data(), currencies, st.integers(1, 60))
def test_zeros_at_the_end_are_no_decimals(data: st.DataObject, currency: str, zeros: int) -> None:
    amount = data.draw(amounts_within(currency, extra=0))
    text = f"{amount:f}{'' if '.' in f'{amount:f}' else '.'}{'0' * zeros}"
    assert money.checked(Decimal(text), currency) == amount


@pytest.mark.parametrize("text", ["0", "-0", "0E400", "0E-999999", "0E+999999", "-0.000000000"])
def test_nothing_is_an_amount_however_it_is_written(text: str) -> None:
    assert money.rounded(money.checked(Decimal(text))) == 0


def test_the_message_of_an_endless_amount_is_short() -> None:
    with pytest.raises(AmountError) as refused:
        money.checked(Decimal("0." + "123456789" * 20_000))
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("eur", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("BHD", 3), ("CLF", 4), ("USD", 2), ("XYZ", 2)],
)
def test_minor_units(currency: str, decimals: int) -> None:
    assert money.exponent(currency) == decimals
    assert money.rounded(Decimal("1.23456"), currency).as_tuple().exponent == -decimals


# rounding


@given(st.data(), currencies, st.integers(0, 4))
def test_rounded_is_half_up(data: st.DataObject, currency: str, extra: int) -> None:
    amount = data.draw(amounts_within(currency, extra=extra))
    assert money.rounded(amount, currency) == half_up(amount, DECIMALS[currency])


@given(st.data(), currencies)
def test_rounding_what_is_rounded_changes_nothing(data: st.DataObject, currency: str) -> None:
    amount = data.draw(amounts(currency))
    assert money.rounded(amount, currency) == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.125", "0.13"), ("0.135", "0.14"), ("2.665", "2.67"), ("-0.125", "-0.13"), ("0.1249", "0.12")],
)
def test_half_a_cent_goes_up_where_python_goes_to_even(text: str, expected: str) -> None:
    assert money.rounded(Decimal(text)) == Decimal(expected)


def test_python_would_have_rounded_otherwise() -> None:
    assert round(Decimal("0.125"), 2) == Decimal("0.12") != money.rounded(Decimal("0.125"))


def test_yen_and_dinars_have_decimals_of_their_own() -> None:
    assert money.rounded(Decimal("1234.5"), "JPY") == 1235
    assert money.rounded(Decimal("1.2345"), "KWD") == Decimal("1.235")


# lines and sums


@given(st.data(), currencies, st.integers(0, 20_000))
def test_line_total(data: st.DataObject, currency: str, thousandths: int) -> None:
    price, quantity = data.draw(amounts(currency)), Decimal(thousandths) / 1000
    exact = Fraction(price) * Fraction(thousandths, 1000)
    assert money.line_total(price, quantity, currency) == half_up(exact, DECIMALS[currency])


def test_options_are_in_the_unit_price() -> None:
    assert money.line_total(Decimal("12.00"), Decimal(3)) == 36  # 11.00 and an option of 1.00, three times


@given(st.data(), currencies, rates)
def test_net_of_a_line(data: st.DataObject, currency: str, vat: Decimal) -> None:
    total = data.draw(amounts(currency))
    exact = Fraction(total) / (1 + Fraction(vat) / 100)
    assert money.net_of(total, vat, currency) == half_up(exact, DECIMALS[currency])


@given(st.data(), currencies)
def test_net_and_vat_of_an_order_are_sums_of_the_rounded_lines(data: st.DataObject, currency: str) -> None:
    lines = data.draw(st.lists(st.tuples(amounts(currency), rates), max_size=8))
    net, vat = money.net_and_vat(lines, currency)
    exact = [Fraction(total) / (1 + Fraction(rate) / 100) for total, rate in lines]
    assert net == sum(half_up(one, DECIMALS[currency]) for one in exact)
    assert net + vat == sum(total for total, _ in lines)
    assert (net, vat) == money.net_and_vat(reversed(lines), currency)


@given(st.data(), currencies)
def test_net_of_the_lines_stays_near_the_net_of_the_total(data: st.DataObject, currency: str) -> None:
    totals = data.draw(st.lists(amounts(currency), max_size=8))
    net, _ = money.net_and_vat([(total, Decimal(10)) for total in totals], currency)
    of_the_total = Fraction(sum(totals, Decimal(0))) / Fraction(11, 10)
    assert abs(Fraction(net) - of_the_total) <= Fraction(len(totals), 2 * 10 ** DECIMALS[currency])


def test_the_insitu_example_of_sinqro() -> None:
    """Reference, 5.5: 50.01 where 55 / 1.1 is 50.00."""
    lines = [(Decimal(total), Decimal(10)) for total in ("24.00", "27.00", "4.00")]
    assert money.net_and_vat(lines) == (Decimal("50.01"), Decimal("4.99"))
    assert money.net_of(Decimal("55.00"), Decimal(10)) == Decimal("50.00")


def test_the_delivery_example_of_sinqro() -> None:
    lines = [
        (Decimal(36), Decimal(10)),
        (Decimal(27), Decimal(10)),
        (Decimal(4), Decimal(10)),
        (Decimal(1), Decimal(21)),
    ]
    assert money.net_and_vat(lines) == (Decimal("61.75"), Decimal("6.25"))


def test_an_order_without_lines_costs_nothing() -> None:
    assert money.net_and_vat([]) == (Decimal(0), Decimal(0))
