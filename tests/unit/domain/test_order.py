"""An order in Sinqro's own form: decoded liberally, kept exactly, refused only with the place of the fault."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import money
from app.domain.errors import OrderFormError
from app.domain.order import Order, decode_order, glimpse_of, order_id_of
from app.domain.status import OrderType
from tests.helpers.strategies import (
    DECIMALS,
    Json,
    amounts,
    half_up,
    ids,
    lines,
    moments,
    orders,
    respelled,
    time_texts,
    to_raw,
)

MADRID = ZoneInfo("Europe/Madrid")
FEWER = settings(max_examples=40)
"""Whole orders take a while to draw."""
BRACKETS = b"[" * 100_000


def decoded(order: Json) -> Order:
    return decode_order(to_raw(order), MADRID)


def small(**more: Any) -> bytes:
    return to_raw({"id": 1, "type": "collection", **more})


def with_text(name: str, text: bytes) -> bytes:
    """An order with one field whose JSON is given as it is."""
    return small(**{name: msgspec.Raw(text)})


def fault_of(raw: bytes) -> OrderFormError:
    with pytest.raises(OrderFormError) as refused:
        decode_order(raw, MADRID)
    return refused.value


# every type, in every spelling


@pytest.mark.parametrize("kind", list(OrderType))
@given(st.data())
@FEWER
def test_every_type_decodes(kind: OrderType, data: st.DataObject) -> None:
    raw = data.draw(orders(kind))
    order = decoded(raw)
    assert order.type is kind
    assert order.is_reservation is (kind is OrderType.RESERVATION)
    assert order.id == raw["id"]
    assert type(order.id) is type(raw["id"])
    assert order.total == raw["totalAmount"]
    assert order.diners_number == raw.get("dinersNumber")
    assert order.currency_code == raw["currency"]["isoCode"]
    assert order.execution_at(MADRID) == datetime.fromisoformat(raw["executionTime"])
    assert [line.label for line in order.lines] == [line["label"] for line in raw["orderLines"]]
    assert (order.service_location is not None) is (kind is OrderType.INSIDE)
    assert (order.delivery_address is not None) is (kind is OrderType.DELIVERY)


@given(st.data())
@FEWER
def test_another_spelling_is_the_same_order(data: st.DataObject) -> None:
    raw = data.draw(orders())
    order, other = decoded(raw), decode_order(data.draw(respelled(raw)), MADRID)
    assert other.execution_at(MADRID) == order.execution_at(MADRID)
    same_text = msgspec.structs.replace(other, execution_time=order.execution_time)
    assert without_empty(same_text) == without_empty(order)


def without_empty(order: Order) -> Any:
    """As plain values; a missing list and an empty one are the same."""
    return _pruned(msgspec.to_builtins(order, builtin_types=(Decimal,)))


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(part) for name, part in value.items() if part not in (None, [])}
    return [_pruned(part) for part in value] if isinstance(value, list) else value


@given(orders())
@FEWER
def test_unknown_fields_and_line_types_are_no_fault(raw: Json) -> None:
    stranger = {"type": "SURPRISE", "label": "?", "unitPrice": 1, "quantity": 1, "weird": [[{}]]}
    order = decoded(raw | {"orderLines": [*raw["orderLines"], stranger], "new": {"a": [1, None]}, "label": 5})
    assert order.lines[-1].type == "SURPRISE"
    assert len(order.lines) == len(raw["orderLines"]) + 1


def test_the_least_order() -> None:
    order = decode_order(b'{"id":"x","type":"delivery"}', MADRID)
    assert order.lines == []
    assert (order.total, order.total_difference) == (Decimal(0), Decimal(0))
    assert order.currency_code == "EUR"
    assert (order.channel, order.display_code, order.prepaid) == ("sinqro", "x", False)
    assert order.execution_at(MADRID) is order.accept_by_at(MADRID) is None


def test_an_id_and_a_type_and_nothing_but_nulls() -> None:
    names = [field.encode_name for field in msgspec.structs.fields(Order) if field.encode_name not in ("id", "type")]
    assert decoded({"id": 5, "type": "inside"} | dict.fromkeys(names)) == Order(id=5, type=OrderType.INSIDE)


# ids


@given(ids())
def test_an_id_keeps_its_type(value: int | str) -> None:
    order = decode_order(small(marketOrderCode=value).replace(b'"id":1', b'"id":' + json.dumps(value).encode()), MADRID)
    assert (order.id, type(order.id)) == (value, type(value))
    assert order.display_code == str(value)


@pytest.mark.parametrize(
    ("text", "value"), [(b'"0012"', "0012"), (b"12", 12), (b"12.0", 12), (b'"12.0"', "12.0"), (b'"null"', "null")]
)
def test_texts_that_look_like_something_else_stay_texts(text: bytes, value: int | str) -> None:
    found = decode_order(with_text("posOrderId", text), MADRID).pos_order_id
    assert (found, type(found)) == (value, type(value))


def test_what_staff_read_out() -> None:
    assert decoded({"id": 1, "type": "inside", "marketOrderId": 7}).display_code == "7"
    assert decoded({"id": 1, "type": "inside", "marketOrderId": 7, "code": "AB"}).display_code == "AB"
    every = {"id": 1, "type": "inside", "marketOrderId": 7, "code": "AB", "marketOrderCode": "RNYLUD"}
    assert decoded(every).display_code == "RNYLUD"


@given(ids(), st.sampled_from((b"", b',"orderLines":5', b',"type":[{}]', b',"totalAmount":"NaN"', b',"id2":null')))
def test_the_id_is_found_whatever_the_rest_is(value: int | str, rest: bytes) -> None:
    found = order_id_of(b'{"id":' + json.dumps(value).encode() + rest + b"}")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"5",
        b"{}",
        b'{"id":null}',
        b'{"id":""}',
        b'{"id":true}',
        b'{"id":1.5}',
        b'{"id":[1]}',
        b'{"id":1',
        b'{"id":"\xff"}',
        b'{"id":"\\ud800"}',
        b'{"id":' + b"1" * 5000 + b"}",
        BRACKETS,
        b'{"x":' + BRACKETS,
    ],
    ids=lambda raw: str(raw[:12]),
)
def test_there_is_no_id(raw: bytes) -> None:
    assert order_id_of(raw) is None


@given(st.binary(max_size=60))
def test_any_bytes_have_an_id_or_none(raw: bytes) -> None:
    found = order_id_of(raw)
    assert found is None or isinstance(found, int | str)
    assert isinstance(glimpse_of(raw), dict)
    with pytest.raises(OrderFormError):
        decode_order(raw, MADRID)


# amounts


@given(orders())
@FEWER
def test_totals_of_good_orders_add_up(raw: Json) -> None:
    order = decoded(raw)
    assert order.total_difference == 0
    assert order.lines_total == order.total == sum(line.total_amount or 0 for line in order.lines)
    pairs = [(line.total_amount or Decimal(0), line.vat_value or Decimal(0)) for line in order.lines]
    assert money.net_and_vat(pairs, order.currency_code) == (order.base_amount, order.vat_amount)


@given(st.data())
@FEWER
def test_a_difference_is_told_and_is_no_fault(data: st.DataObject) -> None:
    raw = data.draw(orders())
    cents = data.draw(amounts(raw["currency"]["isoCode"], low=-3, high=3))
    order = decoded(raw | {"totalAmount": raw["totalAmount"] + cents})
    assert order.total_difference == (0 if order.is_reservation else cents)
    assert order.total == raw["totalAmount"] + cents


@given(orders())
@FEWER
def test_children_are_not_added(raw: Json) -> None:
    for line in raw["orderLines"]:
        line["childrenOrderLines"] = [{"type": "PRODUCT_OPTION", "unitPrice": 99, "quantity": 7, "totalAmount": 693}]
    assert decoded(raw).lines_total == raw["totalAmount"]


@given(orders())
@FEWER
def test_without_a_total_it_is_the_sum_of_the_lines(raw: Json) -> None:
    del raw["totalAmount"]
    order = decoded(raw)
    assert order.total == order.lines_total
    assert order.total_difference == 0


@given(lines(), st.integers(1, 9))
def test_the_price_is_found_in_every_form_of_a_line(line: Json, quantity: int) -> None:
    price = line["unitPrice"]
    own = {"type": "PRODUCT", "quantity": quantity}
    forms: list[Json] = [
        {"unitPrice": price, "unitFinalAmount": 5000, "totalAmount": 5000},  # given out
        {"unitFinalAmount": price, "unitAmount": 5000, "totalAmount": 5000},  # sent in
        {"unitAmount": price},
        {"unitAmount": price - 1, "unitAdditionalAmount": 1},
        {"totalAmount": price * quantity},
    ]
    order = decoded({"id": 1, "type": "inside", "orderLines": [own | form for form in forms]})
    assert order.lines_total == 5 * price * quantity
    assert [half_up(line.price, 2) for line in order.lines] == [price] * 5


def test_a_line_without_any_amount_costs_nothing() -> None:
    order = decode_order(small(orderLines=[{"label": "?"}, {"quantity": 0, "totalAmount": 5}]), MADRID)
    assert order.lines_total == 0
    assert [line.price for line in order.lines] == [0, 5]


@pytest.mark.parametrize("text", [b'"NaN"', b'"Infinity"', b'"-Infinity"', b"1e400", b"1e9", b'"1e9"', b"0.0000001"])
@pytest.mark.parametrize("name", ["totalAmount", "baseAmount", "vatAmount", "deliveryAmount"])
def test_what_is_no_money_names_its_place(name: str, text: bytes) -> None:
    assert fault_of(with_text(name, text)).path == f"$.{name}"


LINE_AMOUNTS = (
    "quantity unitPrice unitAmount unitAdditionalAmount unitFinalAmount totalAmount baseAmount vatAmount vatValue"
).split()


@pytest.mark.parametrize("name", LINE_AMOUNTS)
def test_also_in_a_line_and_in_its_options(name: str) -> None:
    bad = {name: "NaN"}
    good = {"label": "Pan"}
    assert fault_of(small(orderLines=[good, bad])).path == f"$.orderLines[1].{name}"
    nested = {"childrenOrderLines": [good, {"childrenOrderLines": [bad]}]}
    path = f"$.orderLines[0].childrenOrderLines[1].childrenOrderLines[0].{name}"
    assert fault_of(small(orderLines=[nested])).path == path


def test_also_in_a_payment() -> None:
    assert fault_of(small(payments=[{"amount": 1}, {"amount": "Infinity"}])).path == "$.payments[1].amount"


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                LINE_AMOUNTS,
                st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.sampled_from(("0E400", "1E-7", "-0")),
            ),
        ),
        max_size=3,
    ),
    st.sampled_from(sorted(DECIMALS)),
)
def test_whatever_decodes_can_be_added_up(many: list[Json], currency: str) -> None:
    try:
        order = decode_order(small(orderLines=many, currency=currency), MADRID)
    except OrderFormError:
        return
    assert order.total_difference == 0
    assert order.total.is_finite()


def test_decimals_follow_the_currency() -> None:
    assert decode_order(small(currency="KWD", totalAmount="1.1234567"), MADRID).total == Decimal("1.1234567")
    assert fault_of(small(currency={"isoCode": "JPY"}, totalAmount="1.12345")).path == "$.totalAmount"
    assert decode_order(small(currency={"isoCode": "jpy"}, totalAmount=700), MADRID).currency_code == "jpy"


def test_numbers_are_never_floats() -> None:
    order = decode_order(with_text("totalAmount", b"0.1"), MADRID)
    assert order.total_amount is not None
    assert order.total_amount.as_tuple() == Decimal("0.1").as_tuple()


# times, diners


@given(st.data(), moments())
@FEWER
def test_times_in_any_spelling(data: st.DataObject, moment: datetime) -> None:
    text = data.draw(time_texts(moment))
    order = decode_order(small(executionTime=text, acceptBy=text), MADRID)
    assert order.execution_at(MADRID) == order.accept_by_at(UTC) == moment


def test_a_time_without_zone_is_the_restaurants() -> None:
    order = decode_order(small(executionTime="2026-07-23 09:06:52"), MADRID)
    assert order.execution_at(MADRID) == datetime(2026, 7, 23, 7, 6, 52, tzinfo=UTC)


@pytest.mark.parametrize("name", ["executionTime", "acceptBy"])
@pytest.mark.parametrize("text", ["soon", "2026-11-25", "2026-11-25T99:00:00Z", "0001-01-01T00:00+10:00"])
def test_what_is_no_time_names_its_place(name: str, text: str) -> None:
    assert fault_of(small(**{name: text})).path == f"$.{name}"


@pytest.mark.parametrize(
    ("text", "number"), [(b"4", 4), (b'"4"', 4), (b"4.0", 4), (b'"4.0"', 4), (b"0", 0), (b"null", None)]
)
def test_diners(text: bytes, number: int | None) -> None:
    assert decode_order(with_text("dinersNumber", text), MADRID).diners_number == number


@pytest.mark.parametrize("text", [b"-1", b"10000", b"4.5", b'"four"', b"1e30"])
def test_what_is_no_number_of_diners(text: bytes) -> None:
    assert fault_of(with_text("dinersNumber", text)).path == "$.dinersNumber"


# faults of form


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"type": "banquet"}, "$.type"),
        ({"type": None}, "$.type"),
        ({"id": True}, "$.id"),
        ({"id": [1]}, "$.id"),
        ({"orderLines": {}}, "$.orderLines"),
        ({"orderLines": [5]}, "$.orderLines[0]"),
        ({"orderLines": [{}, {"quantity": "two"}]}, "$.orderLines[1].quantity"),
        ({"orderLines": [{"childrenOrderLines": "none"}]}, "$.orderLines[0].childrenOrderLines"),
        ({"consumer": "Ana"}, "$.consumer"),
        ({"consumer": {"name": 5}}, "$.consumer.name"),
        ({"payments": [{"prepaid": "perhaps"}]}, "$.payments[0].prepaid"),
        ({"serviceLocation": {"serviceZone": []}}, "$.serviceLocation.serviceZone"),
        ({"deliveryAddress": {"latitude": "north"}}, "$.deliveryAddress.latitude"),
        ({"totalAmount": True}, "$.totalAmount"),
        ({"totalAmount": "12,50"}, "$.totalAmount"),
        ({"comment": 5}, "$.comment"),
    ],
)
def test_a_wrong_type_names_its_place(more: Json, path: str) -> None:
    fault = fault_of(small(**more))
    assert fault.path == path
    assert fault.message
    assert "`" not in fault.path


@pytest.mark.parametrize("missing", ["id", "type"])
def test_what_must_be_there(missing: str) -> None:
    order = {"id": 1, "type": "inside"}
    del order[missing]
    assert missing in fault_of(to_raw(order)).message


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"hello",
        b"{",
        b'{"id":1,"type":"inside"',
        b'{"id":1,"type":"inside"}}',
        b"\xef\xbb\xbf{}",
        b'{"id":1,"type":"inside","comment":"\xff\xfe"}',
        b'{"id":1,"type":"inside","comment":"\\ud800"}',
        '{"id":1,"type":"inside"}'.encode("utf-16"),
        b'{"id":1,"type":"inside","x":NaN}',
    ],
    ids=str,
)
def test_what_is_no_json(raw: bytes) -> None:
    assert fault_of(raw).message.startswith("not JSON")


@pytest.mark.parametrize(
    "raw", [b'{"x":' + BRACKETS, b'{"id":1,"type":"inside","x":' + BRACKETS + b"1", b'{"a":' * 50_000], ids=len
)
def test_a_hundred_thousand_brackets(raw: bytes) -> None:
    assert fault_of(raw).message == "nested too deeply"


def test_lines_nested_deeply_are_lines() -> None:
    """Walked without recursion of ours: what the decoder takes must not break us."""
    line: Json = {"label": "last", "unitPrice": "NaN"}
    for _ in range(200):
        line = {"childrenOrderLines": [line]}
    fault = fault_of(small(orderLines=[line]))
    assert fault.path == "$.orderLines[0]" + ".childrenOrderLines[0]" * 200 + ".unitPrice"


def test_walk_goes_parents_first() -> None:
    tree = [
        {"label": "a", "childrenOrderLines": [{"label": "b", "childrenOrderLines": [{"label": "c"}]}, {"label": "d"}]},
        {"label": "e"},
    ]
    order = decode_order(small(orderLines=tree), MADRID)
    assert [line.label for _, line in order.walk()] == ["a", "b", "c", "d", "e"]
    assert {line.label: path for path, line in order.walk()}["c"] == (
        "$.orderLines[0].childrenOrderLines[0].childrenOrderLines[0]"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"type": "x" * 50_000},
        {"executionTime": "9" * 50_000},
        {"totalAmount": "0." + "3" * 50_000},
        {"currency": "E" * 50_000, "totalAmount": "0." + "3" * 20},
    ],
)
def test_the_message_is_short_whatever_the_fault_is(more: Json) -> None:
    assert len(fault_of(small(**more)).message) < 250


# payments, parts


def test_prepaid_only_when_everything_is() -> None:
    paid, cash = {"amount": 5, "prepaid": True}, {"amount": 5, "prepaid": False}
    for payments, expected in (([], False), ([paid], True), ([paid, cash], False), ([{"amount": 5}], False)):
        assert decode_order(small(payments=payments), MADRID).prepaid is expected


def test_texts_of_people() -> None:
    order = decoded(
        {
            "id": 1,
            "type": "delivery",
            "consumer": {"name": "Ana", "lastname": None},
            "deliveryAddress": {"street": "Major 1", "details": "", "postalCode": 8840, "city": "Viladecans"},
            "market": {"code": "GLOVO"},
        }
    )
    assert order.consumer is not None
    assert order.consumer.full_name == "Ana"
    assert str(order.delivery_address) == "Major 1, 8840 Viladecans"
    assert order.channel == "glovo"


def test_the_address_may_be_one_text() -> None:
    order = decode_order(small(deliveryAddress={"completeAddress": "Major 1, Viladecans"}), MADRID)
    assert str(order.delivery_address) == "Major 1, Viladecans"


# what an unreadable order still shows


def test_a_glimpse_shows_the_plain_values() -> None:
    raw = b'{"id":5,"code":7,"marketOrderCode":"AB","totalAmount":12.50,"comment":["x"],"type":{"a":1},"orderLines":5}'
    assert glimpse_of(raw) == {"code": "7", "marketOrderCode": "AB", "totalAmount": "12.50"}


@pytest.mark.parametrize("raw", [b"", b"5", b"{", b'{"code":"\xff"}', BRACKETS, b'{"code":' + BRACKETS], ids=len)
def test_a_glimpse_of_nothing(raw: bytes) -> None:
    assert glimpse_of(raw) == {}


@given(orders())
@FEWER
def test_a_glimpse_of_a_good_order_says_what_it_says(raw: Json) -> None:
    glimpse = glimpse_of(to_raw(raw))
    assert Decimal(glimpse["totalAmount"]) == raw["totalAmount"]
    assert glimpse["type"] == raw["type"]
    assert glimpse.get("marketOrderCode") == (None if raw["marketOrderCode"] is None else str(raw["marketOrderCode"]))
