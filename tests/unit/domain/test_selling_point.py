"""The rules that a selling point's orders follow."""

from datetime import timedelta

import msgspec
import pytest

from app.domain.selling_point import AutoAccept, PaymentRule, SellingPoint, TaxRegime
from app.domain.status import OrderType


def point(**more: object) -> SellingPoint:
    return msgspec.convert({"id": "3961", **more}, SellingPoint)


def test_what_holds_when_nothing_is_said() -> None:
    plain = point()
    assert plain.zone.key == "Europe/Madrid"
    assert plain.tax_regime is TaxRegime.IVA
    assert plain.accept_window("glovo") == timedelta(minutes=3)
    assert plain.auto_accept_for("glovo", OrderType.DELIVERY) is None
    assert plain.pos_payment("glovo", "Efectivo", prepaid=False) is None


def test_a_zone_that_is_none() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        _ = point(timezone="Mars/Olympus").zone


@pytest.mark.parametrize(
    "wrong",
    [
        {"nmae": "typing mistake"},
        {"inject_on": "sometimes"},
        {"auto_accept": [{"chanel": "glovo"}]},
        {"payments": [{"method": "Efectivo"}]},
    ],
)
def test_a_typing_mistake_is_said(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        point(**wrong)


def test_the_minutes_of_a_channel() -> None:
    assert point(accept_minutes={"glovo": 1.5}).accept_window("glovo") == timedelta(seconds=90)
    assert point(accept_minutes={"glovo": 1.5}).accept_window("ubereats") == timedelta(minutes=3)


@pytest.mark.parametrize(
    ("rule", "channel", "kind", "matches"),
    [
        (AutoAccept(), "glovo", OrderType.RESERVATION, True),
        (AutoAccept(channel="glovo"), "glovo", OrderType.DELIVERY, True),
        (AutoAccept(channel="glovo"), "ubereats", OrderType.DELIVERY, False),
        (AutoAccept(order_types=(OrderType.DELIVERY,)), "glovo", OrderType.DELIVERY, True),
        (AutoAccept(order_types=(OrderType.DELIVERY,)), "glovo", OrderType.COLLECTION, False),
        (AutoAccept(channel="glovo", order_types=(OrderType.DELIVERY,)), "sinqro", OrderType.DELIVERY, False),
    ],
)
def test_which_orders_a_rule_accepts(rule: AutoAccept, channel: str, kind: OrderType, matches: bool) -> None:
    assert rule.matches(channel, kind) is matches
    found = SellingPoint(id="1", auto_accept=(rule,)).auto_accept_for(channel, kind)
    assert found is (rule if matches else None)


def test_the_first_rule_that_matches_counts() -> None:
    rules = (AutoAccept(channel="glovo", minutes=10), AutoAccept(minutes=30))
    found = SellingPoint(id="1", auto_accept=rules).auto_accept_for
    assert [rule.minutes for rule in (found("glovo", OrderType.DELIVERY), found("x", OrderType.DELIVERY)) if rule] == [
        10,
        30,
    ]


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (PaymentRule(pos_method="9"), True),
        (PaymentRule(pos_method="9", channel="glovo"), True),
        (PaymentRule(pos_method="9", channel="ubereats"), False),
        (PaymentRule(pos_method="9", method="EFECTIVO"), True),
        (PaymentRule(pos_method="9", method="efectivo"), True),
        (PaymentRule(pos_method="9", method="Tarjeta"), False),
        (PaymentRule(pos_method="9", prepaid=False), True),
        (PaymentRule(pos_method="9", prepaid=True), False),
        (PaymentRule(pos_method="9", channel="glovo", method="Efectivo", prepaid=True), False),
    ],
)
def test_which_payments_a_rule_maps(rule: PaymentRule, matches: bool) -> None:
    assert rule.matches("glovo", "Efectivo", prepaid=False) is matches
    found = SellingPoint(id="1", payments=(rule,)).pos_payment("glovo", "Efectivo", prepaid=False)
    assert found == ("9" if matches else None)


def test_names_of_payments_compare_without_case_in_any_language() -> None:
    assert PaymentRule(pos_method="9", method="STRASSE").matches("x", "straße", prepaid=True)
