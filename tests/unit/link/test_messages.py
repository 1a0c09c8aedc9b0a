"""Frames and parameters."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.errors import LedgerError, SinqroRefused
from app.link import messages
from app.link.messages import RequestFault, decode_params


def test_order_text_is_handed_on_untouched() -> None:
    order = b'{ "id": 1,\n "total" : 12.10, "x":"\\u00f1" }'
    params = decode_params(messages.OrderCreate, b'{"requestId":7,"sellingPointId":"3961","order":' + order + b"}")
    assert bytes(params.order) == order
    assert (params.request, params.selling_point) == ("7", "3961")


@pytest.mark.parametrize(
    ("raw", "order_id", "revision"),
    [
        (b'{"sellingPointId":3961,"orderId":12.0,"revision":"3","order":{}}', 12, 3),
        (b'{"sellingPointId":3961,"orderId":"A1","revision":null,"order":{},"more":[1]}', "A1", None),
    ],
)
def test_parameters_are_read_liberally(raw: bytes, order_id: int | str, revision: int | None) -> None:
    params = decode_params(messages.OrderUpdate, raw)
    assert (params.order_id, params.revision, params.request) == (order_id, revision, "")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"sellingPointId":1,"orderId":2}', "$.status"),
        (b'{"sellingPointId":1,"status":"x","orderId":""}', "$.orderId"),
        (b'{"sellingPointId":1,"status":"x","orderId":2,"revision":1.5}', "$.revision"),
        (b'{"sellingPointId":[],"status":"x","orderId":2}', "$.sellingPointId"),
        (b"[1]", "$"),
        (b"", "$.sellingPointId"),
        (b'{"sellingPointId":1,"status":"\xff","orderId":2}', "$"),
    ],
)
def test_first_fault_is_named(raw: bytes, field: str) -> None:
    with pytest.raises(RequestFault) as caught:
        decode_params(messages.OrderStatusUpdate, raw)
    assert (caught.value.rpc_code, caught.value.field, caught.value.retryable) == (-32602, field, False)


def test_nested_fault_has_its_whole_path() -> None:
    with pytest.raises(RequestFault) as caught:
        decode_params(messages.AvailabilitySet, b'{"sellingPointId":1,"closing":{"id":1,"orderTypes":["x",{}]}}')
    assert caught.value.field == "$.closing.orderTypes[1]"


def test_ping_needs_nothing() -> None:
    assert decode_params(messages.Ping, b"").selling_point_id is None


def test_values_keep_their_precision() -> None:
    at = datetime(2026, 11, 25, 20, 6, tzinfo=UTC)
    assert messages.encode({"total": Decimal("68.00"), "at": at}) == b'{"total":68.00,"at":"2026-11-25T20:06:00Z"}'
    assert messages.decode_value(b'{"total":68.00,"n":3}') == {"total": Decimal("68.00"), "n": 3}


@pytest.mark.parametrize("raw", [b"", b"{", b'"\xff"', b"[" * 100_000])
def test_answer_that_is_no_json(raw: bytes) -> None:
    with pytest.raises(SinqroRefused) as caught:
        messages.decode_value(raw)
    assert caught.value.code == "ANSWER_UNREADABLE"


def test_id_goes_back_as_it_came() -> None:
    frame = messages.result_frame(b"12345678901234567890123", {"state": "stored"})
    assert frame == b'{"jsonrpc":"2.0","id":12345678901234567890123,"result":{"state":"stored"}}'


def test_fault_on_the_wire() -> None:
    fault = RequestFault("no such order", code="ORDER_NOT_FOUND", field="$.orderId")
    assert json.loads(messages.fault_frame(b'"a"', fault)) == {
        "jsonrpc": "2.0",
        "id": "a",
        "error": {
            "code": -32000,
            "message": "no such order",
            "data": {
                "code": "ORDER_NOT_FOUND",
                "message": "no such order",
                "retryable": False,
                "field": "$.orderId",
            },
        },
    }
    assert json.loads(messages.fault_frame(b"", messages.parse_fault()))["id"] is None


def test_an_error_of_the_world_keeps_its_code() -> None:
    fault = RequestFault.of(LedgerError("the disk is full"))
    assert (fault.code, fault.rpc_code, fault.retryable) == ("LEDGER_UNUSABLE", -32000, True)
    own = messages.unknown_method("x" * 5000)
    assert RequestFault.of(own) is own
    assert len(own.message) < 200


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b'{"code":-32601,"message":"no such method"}', "RPC_32601", "no such method"),
        (b'{"code":1,"message":"m","data":{"code":"GONE","message":"gone"}}', "GONE", "gone"),
        (b'{"code":-5,"message":"m","data":"text"}', "RPC_5", "m"),
        (b'{"code":-5}', "RPC_5", "error -5"),
        (b'"nonsense"', "SINQRO_REFUSED", "Sinqro answered with an error that cannot be read"),
    ],
)
def test_refusals(raw: bytes, code: str, message: str) -> None:
    refusal = messages.refusal_of(raw)
    assert (refusal.code, refusal.message) == (code, message)
