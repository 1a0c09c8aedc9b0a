"""Generated orders are good orders in Sinqro's form, and say the same for the same seed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain import money
from app.domain.order import Order, decode_order
from app.domain.order_changes import QUIET, ChangeKind, compare
from app.domain.status import OrderType
from app.domain.times import zone_of
from app.sandbox.menu import superpizza
from app.sandbox.orders import EDITS, OrderGenerator, to_json

NOW = datetime(2026, 11, 25, 20, 6, 52, tzinfo=UTC)
MADRID = zone_of("Europe/Madrid")


def generator(seed: int = 7, **kwargs: Any) -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=seed, now=lambda: NOW, **kwargs)


def decoded(order: dict[str, Any]) -> Order:
    return decode_order(to_json(order), MADRID)


def check_amounts(order: Order) -> None:
    assert order.total_difference == 0
    assert order.total >= 0
    for _, line in order.walk():
        assert line.total_amount is not None
        assert line.vat_value is not None
        assert line.total_amount == money.line_total(line.price, line.quantity)
        assert line.base_amount == money.net_of(line.total_amount, line.vat_value)
        assert line.vat_amount == line.total_amount - line.base_amount
    pairs = [(line.total_amount or Decimal(0), line.vat_value or Decimal(0)) for line in order.lines]
    assert (order.base_amount, order.vat_amount) == money.net_and_vat(pairs)
    if not order.is_reservation:
        assert sum(payment.amount or 0 for payment in order.payments or []) == order.total


@pytest.mark.parametrize("order_type", list(OrderType))
def test_every_order_decodes_and_adds_up(order_type: OrderType) -> None:
    make = generator()
    known = {p.id for p in superpizza().products} | {v.id for p in superpizza().products for v in p.variants}
    options = {option.id for category in superpizza().option_categories for option in category.options}
    for _ in range(60):
        raw = make.order(order_type)
        order = decoded(raw)
        check_amounts(order)
        assert order.type is order_type
        assert order.is_acceptable
        assert order.is_cancellable
        assert (order.execution_at(MADRID) or NOW) > NOW
        assert bool(order.lines) is not order.is_reservation
        assert (order.diners_number is not None) is (order_type in ("insitu", "inside", "reservation"))
        assert (order.service_location is not None) is (order_type is OrderType.INSIDE)
        assert (order.order_group_id is not None) is (order_type is OrderType.INSIDE)
        assert (order.delivery_address is not None) is (order_type is OrderType.DELIVERY)
        for _, line in order.walk():
            if line.type == "PRODUCT":
                assert line.product is not None
                assert line.product.external_id in known
            elif line.type == "PRODUCT_OPTION":
                assert line.product_option is not None
                assert line.product_option.external_id in options


def test_orders_are_various() -> None:
    make = generator()
    orders = [decoded(make.order()) for _ in range(300)]
    assert {order.type for order in orders} == set(OrderType)
    assert {order.channel for order in orders} == {"glovo", "ubereats", "justeat", "web"}
    assert {line.type for order in orders for line in order.lines} == {"PRODUCT", "DELIVERY", "TIP", "DISCOUNT"}
    assert {order.prepaid for order in orders if order.lines} == {True, False}
    assert {line.vat_value for order in orders for line in order.lines} >= {10, 21}
    assert any("gluten" in (order.comment or "") for order in orders)
    assert any(line.children for order in orders for line in order.lines)


def test_options_are_in_the_unit_price_and_not_added() -> None:
    make = generator()
    lines = [line for _ in range(100) for line in decoded(make.order(OrderType.INSITU)).lines if line.children]
    priced = [line for line in lines if sum(child.price * child.quantity for child in line.children)]
    assert priced
    products = {p.id: p.price for p in superpizza().products}
    products |= {v.id: v.price for p in superpizza().products for v in p.variants}
    for line in priced:
        assert line.product is not None
        options = sum(child.price * child.quantity for child in line.children)
        assert line.price == products[str(line.product.external_id)] + options


def test_same_seed_same_contents_other_ids() -> None:
    first, second = generator(first_id=1000, run="a"), generator(first_id=5000, run="b")
    own = {"id", "orderGroupId", "marketOrderId", "payments", "deliveries"}
    seen: set[Any] = set()
    for number in range(50):
        one, two = first.order(), second.order()
        first.edit(one)  # edits don't shift what comes after
        assert (one["id"], two["id"]) == (1000 + number, 5000 + number)
        assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in two.items() if k not in own}
        seen |= {one["id"], two["id"], one["marketOrderId"], two["marketOrderId"]}
    assert len(seen) == 200
    assert generator(seed=8).order() != generator(seed=9).order()


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_changes_that_and_still_adds_up(kind: str) -> None:
    expected = {
        "add": ChangeKind.LINE_ADDED,
        "remove": ChangeKind.LINE_REMOVED,
        "comment": ChangeKind.COMMENT,
        "time": ChangeKind.TIME,
        "table": ChangeKind.TABLE,
        "diners": ChangeKind.DINERS,
        "address": ChangeKind.ADDRESS,
    }[kind]
    order_type = {"table": OrderType.INSIDE, "diners": OrderType.RESERVATION}.get(kind, OrderType.DELIVERY)
    make = generator()
    edited = 0
    for _ in range(30):
        order = make.order(order_type)
        if kind == "remove" and sum(line["type"] == "PRODUCT" for line in order["orderLines"]) < 2:
            with pytest.raises(ValueError, match="cannot have"):
                make.edit(order, kind)
            continue
        before = to_json(order)
        new = decoded(make.edit(order, kind))
        assert to_json(order) == before
        check_amounts(new)
        assert expected in {change.kind for change in compare(decoded(order), new)}
        edited += 1
    assert edited > 10


def test_a_courier_is_a_quiet_change_each_time() -> None:
    make = generator()
    order = make.order(OrderType.DELIVERY)
    for _ in range(5):
        new = make.courier(order)
        changes = {change.kind for change in compare(decoded(order), decoded(new))}
        assert {ChangeKind.COURIER, ChangeKind.TRACKING} <= changes <= QUIET
        order = new


def test_a_refund_lowers_the_total() -> None:
    make = generator()
    for _ in range(60):
        order = make.order(OrderType.COLLECTION)
        refunded = decoded(make.refund(order))
        check_amounts(refunded)
        assert refunded.lines_total < decoded(order).lines_total or refunded.total == 0


def test_overrides_and_times() -> None:
    order = generator().order(
        OrderType.COLLECTION,
        channel="glovo",
        execution_at=NOW + timedelta(seconds=5),
        accept_by=NOW + timedelta(minutes=3),
        comment="mine",
    )
    assert order["executionTime"] == "2026-11-25T20:06:57+0000"
    assert order["executionTimeLabel"] == "hoy 25/11 a las 21:06h"
    assert order["acceptBy"] == "2026-11-25T20:09:52+0000"
    assert order["comment"] == "mine"
    assert decoded(order).channel == "glovo"
