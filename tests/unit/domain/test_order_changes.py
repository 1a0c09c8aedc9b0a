"""Two versions of an order, and what staff are told of the difference."""

from collections import Counter
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.order import Order, decode_order
from app.domain.order_changes import QUIET, Change, ChangeKind, compare
from app.domain.status import OrderType
from tests.helpers.strategies import Json, lines, orders, respelled, to_raw

MADRID = ZoneInfo("Europe/Madrid")
FEWER = settings(max_examples=40)
"""Whole orders take a while to draw."""
LINE_KINDS = (ChangeKind.LINE_ADDED, ChangeKind.LINE_REMOVED)


def decoded(order: Json) -> Order:
    return decode_order(to_raw(order), MADRID)


def order(**more: Any) -> Order:
    return decoded({"id": 1, "type": "inside", **more})


def line(label: str, price: str = "2.50", quantity: int | str = 1, **more: Any) -> Json:
    return {"type": "PRODUCT", "label": label, "unitPrice": price, "quantity": quantity, **more}


def kinds(old: Order, new: Order) -> list[ChangeKind]:
    return [change.kind for change in compare(old, new)]


# the same


@given(orders())
@FEWER
def test_an_order_does_not_differ_from_itself(raw: Json) -> None:
    assert compare(decoded(raw), decoded(raw)) == []


@given(st.data())
@FEWER
def test_another_spelling_is_no_change(data: st.DataObject) -> None:
    raw = data.draw(orders())
    assert compare(decoded(raw), decode_order(data.draw(respelled(raw)), MADRID)) == []


@given(st.data())
@FEWER
def test_the_order_of_the_lines_is_no_change(data: st.DataObject) -> None:
    raw = data.draw(orders())
    other = raw | {"orderLines": data.draw(st.permutations(raw["orderLines"]))}
    assert compare(decoded(raw), decoded(other)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"status": {"code": "accepted", "name": "Aceptado", "color": "#fff"}},
        {"executionTimeLabel": "mañana"},
        {"isAcceptable": False},
        {"comment": ""},
        {"posOrderId": "77"},
        {"currency": {"isoCode": "EUR", "symbol": "E"}},
        {"consumer": None},
        {"payments": []},
    ],
)
def test_what_does_not_count(more: Json) -> None:
    assert compare(order(), order(**more)) == []


def test_nothing_costs_nothing_however_it_is_written() -> None:
    assert compare(order(totalAmount="0.00"), order(totalAmount="-0.0")) == []


# lines


@given(orders(OrderType.DELIVERY, "EUR"), st.lists(lines(), max_size=3))
@FEWER
def test_lines_added_and_removed_make_one_order_the_other(raw: Json, others: list[Json]) -> None:
    kept = raw["orderLines"][1:]
    old, new = decoded(raw), decoded(raw | {"orderLines": kept + others})
    changes = [change for change in compare(old, new) if change.kind in LINE_KINDS]
    counted: Counter[str] = Counter()
    for sign, lines_ in ((-1, old.lines), (1, new.lines)):
        for one in lines_:
            counted[one.label or one.type] += sign * one.quantity  # type: ignore[assignment]
    for change in changes:
        assert change.quantity > 0
        words = change.after if change.kind is ChangeKind.LINE_ADDED else change.before
        assert words
    plus = sum(change.quantity for change in changes if change.kind is ChangeKind.LINE_ADDED)
    minus = sum(change.quantity for change in changes if change.kind is ChangeKind.LINE_REMOVED)
    assert plus - minus == sum(Decimal(quantity) for quantity in counted.values())
    rounding = Decimal("0.005") * (len(old.lines) + len(new.lines))
    assert abs(sum(change.amount for change in changes) - (new.lines_total - old.lines_total)) <= rounding


@given(orders(OrderType.COLLECTION), orders(OrderType.COLLECTION))
@FEWER
def test_the_way_back_is_the_way_there_turned_round(one: Json, other: Json) -> None:
    def turned(change: Change) -> Change:
        if change.kind in LINE_KINDS:
            kind = LINE_KINDS[1 - LINE_KINDS.index(change.kind)]
            return Change(
                kind=kind, before=change.after, after=change.before, quantity=change.quantity, amount=-change.amount
            )
        return Change(kind=change.kind, before=change.after, after=change.before, amount=-change.amount)

    there = [turned(change) for change in compare(decoded(one), decoded(other))]
    back = compare(decoded(other), decoded(one))
    assert len(there) == len(back)
    assert all(change in back for change in there)


def test_more_of_the_same() -> None:
    old, new = order(orderLines=[line("Coca-Cola")]), order(orderLines=[line("Coca-Cola", quantity=3)])
    (change, total) = compare(old, new)
    assert str(change) == "+2 Coca-Cola"
    assert change.amount == total.amount == 5
    assert str(total) == "total: 2.5 → 7.5"


def test_one_line_of_three_is_three_lines_of_one() -> None:
    assert compare(order(orderLines=[line("Pan", quantity=3)]), order(orderLines=[line("Pan")] * 3)) == []


def test_less_of_the_same() -> None:
    old, new = order(orderLines=[line("Pan", quantity="1.500")]), order(orderLines=[line("Pan", quantity="0.25")])
    assert str(compare(old, new)[0]) == "−1.25 Pan"  # noqa: RUF001


@pytest.mark.parametrize(
    "other",
    [
        line("Pizza", comment="sin queso"),
        line("Pizza", price="2.60"),
        line("Pizza", product={"id": 5}),
        line("Pizza", childrenOrderLines=[line("Bacon", "0")]),
        {**line("Pizza"), "type": "TIP"},
    ],
)
def test_what_makes_a_line_another(other: Json) -> None:
    changes = compare(order(orderLines=[line("Pizza")]), order(orderLines=[other]))
    assert [change.kind for change in changes[:2]] == [ChangeKind.LINE_REMOVED, ChangeKind.LINE_ADDED]
    assert all(change.rings for change in changes)


@pytest.mark.parametrize(
    "other", [line("Ketchup", "0", 2), line("Ketchup", "0", comment="aparte"), line("Mayonesa", "0")]
)
def test_an_option_that_costs_nothing_counts_too(other: Json) -> None:
    old = order(orderLines=[line("Patatas", childrenOrderLines=[line("Ketchup", "0")])])
    new = order(orderLines=[line("Patatas", childrenOrderLines=[other])])
    removed, added = compare(old, new)
    assert (removed.kind, added.kind) == (ChangeKind.LINE_REMOVED, ChangeKind.LINE_ADDED)
    assert removed.before == "Patatas (Ketchup)"
    assert added.after != removed.before


def test_a_line_without_a_label_is_called_by_its_type() -> None:
    (change, _) = compare(order(), order(orderLines=[{"type": "DELIVERY", "unitPrice": 1}]))
    assert str(change) == "+1 DELIVERY"


def test_a_discount_is_a_line_like_another() -> None:
    discount = {"type": "DISCOUNT", "label": "Promo", "unitPrice": "-3"}
    (change, total) = compare(order(orderLines=[line("Pan")]), order(orderLines=[line("Pan"), discount]))
    assert change.kind is ChangeKind.LINE_ADDED
    assert change.amount == total.amount == -3


# everything else


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        (ChangeKind.TOTAL, {"totalAmount": 10}, {"totalAmount": "9.50"}, ("10", "9.5")),
        (ChangeKind.COMMENT, {}, {"comment": "sin sal"}, ("", "sin sal")),
        (
            ChangeKind.TIME,
            {"executionTime": "2026-11-25T20:00:00+0000"},
            {"executionTime": "2026-11-25T20:15:00+0000"},
            ("2026-11-25T20:00:00+0000", "2026-11-25T20:15:00+0000"),
        ),
        (ChangeKind.DINERS, {"dinersNumber": 4}, {"dinersNumber": 10}, ("4", "10")),
        (
            ChangeKind.TABLE,
            {"serviceLocation": {"code": 4, "name": "Mesa 4"}},
            {"serviceLocation": {"code": 7}},
            ("Mesa 4", "7"),
        ),
        (
            ChangeKind.ADDRESS,
            {"deliveryAddress": {"street": "Major 1"}},
            {"deliveryAddress": {"street": "Major 1", "details": "2º"}},
            ("Major 1", "Major 1, 2º"),
        ),
        (
            ChangeKind.CUSTOMER,
            {"consumer": {"name": "Ana", "phone": 600}},
            {"consumer": {"name": "Ana", "phone": "601"}},
            ("Ana 600", "Ana 601"),
        ),
        (
            ChangeKind.PAYMENT,
            {"payments": [{"amount": 5, "paymentMethodName": "Efectivo"}]},
            {"payments": [{"amount": 5, "paymentMethodName": "Efectivo", "prepaid": True}]},
            ("Efectivo 5", "Efectivo 5 (prepaid)"),
        ),
        (ChangeKind.COURIER, {}, {"deliveries": [{"driver": {"name": "Leo"}}]}, ("", "Leo")),
        (ChangeKind.ETA, {}, {"deliveries": [{"pickupAgreedAt": "21:10"}]}, ("", "21:10")),
        (ChangeKind.TRACKING, {}, {"deliveries": [{"trackingUrl": "https://t"}]}, ("", "https://t")),
    ],
)
def test_one_change(kind: ChangeKind, old: Json, new: Json, words: tuple[str, str]) -> None:
    (change,) = compare(order(**old), order(**new))
    assert change.kind is kind
    assert (change.before, change.after) == words
    assert str(change) == f"{kind.value}: {words[0] or '–'} → {words[1] or '–'}"  # noqa: RUF001
    assert change.rings is (kind not in {ChangeKind.COURIER, ChangeKind.ETA, ChangeKind.TRACKING})


def test_a_time_with_and_one_without_zone_may_be_two() -> None:
    """Which it is only the zone of the restaurant tells: better a bell too many."""
    old, new = order(executionTime="2026-11-25T20:00:00"), order(executionTime="2026-11-25T20:00:00Z")
    assert kinds(old, new) == [ChangeKind.TIME]


def test_quiet_is_what_the_courier_does() -> None:
    assert {ChangeKind.COURIER, ChangeKind.ETA, ChangeKind.TRACKING} == QUIET


@given(orders(), st.sampled_from(("driver", "pickupAgreedAt", "trackingUrl")), st.text("abc", min_size=1))
@FEWER
def test_what_the_courier_does_never_rings(raw: Json, name: str, text: str) -> None:
    before = raw | {"deliveries": [{"id": 1}]}
    after = raw | {"deliveries": [{"id": 1, name: {"name": text} if name == "driver" else text}]}
    (change,) = compare(decoded(before), decoded(after))
    assert not change.rings
