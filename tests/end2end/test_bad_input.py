"""Bad input over the running program's link: a clear error or an unreadable card, nothing lost, all else goes on."""

import json
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from app.domain.record import Mark
from app.domain.status import Injection, OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from tests.helpers.program import POINT, Place, open_place

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("program")]

MIB = 2**20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("bad-input")) as place:
        yield place
        assert " ERROR " not in place.program.log, place.program.tail()
        assert "Traceback" not in place.program.log + place.program.console


@pytest.fixture(scope="module")
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=17, run=uuid.uuid4().hex[:6])


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def the_rest_goes_on(place: Place, orders: OrderGenerator, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """After each test an ordinary order goes its way, over the same link as before."""
    links = len(place.events("link.opened"))
    yield
    order = orders.order()
    await place.placed(order, timeout=20)
    await place.in_pos(order["id"])
    assert len(place.events("link.opened")) == links or request.node.name == "test_seventeen_mebibytes"


def fault_of(answer: dict[str, Any]) -> tuple[int, str]:
    """Number and code of an error answer."""
    error = answer["error"]
    assert error["message"]
    assert error["data"]["retryable"] is False
    return error["code"], error["data"]["code"]


def frame(method: str, params: Any, ident: Any = "mine") -> str:
    return json.dumps({"jsonrpc": "2.0", "id": ident, "method": method, "params": params})


def unreadable_order(orders: OrderGenerator, **wrong: Any) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(to_json(orders.order(OrderType.DELIVERY)))
    return order | wrong


# ---------------------------------------------------------------- frames


@pytest.mark.parametrize("text", ['{"jsonrpc": "2.0", "id": 7, "method": ', "", "¿qué?", '{"id": 1}}'])
async def test_malformed_frame_is_kept_in_quarantine(place: Place, text: str) -> None:
    assert fault_of(await place.send_raw(text)) == (-32700, "PARSE_ERROR")
    assert not text or text.encode() in [raw for _, raw in place.program.quarantine()]


@pytest.mark.parametrize(
    "text",
    ["17", '"order.create"', "null", '{"jsonrpc": "2.0", "id": "x", "method": 5}', '{"jsonrpc": "2.0", "id": "x"}'],
)
async def test_frame_that_is_no_request(place: Place, text: str) -> None:
    assert fault_of(await place.send_raw(text)) == (-32600, "INVALID_REQUEST")


async def test_batch(place: Place, orders: OrderGenerator) -> None:
    order = unreadable_order(orders)
    one = frame("order.create", {"sellingPointId": POINT, "order": order})
    assert fault_of(await place.send_raw(f"[{one}, {one}]")) == (-32600, "BATCH")
    assert place.program.record(order["id"]) is None
    assert any(str(order["id"]).encode() in raw for _, raw in place.program.quarantine())


async def test_unknown_method(place: Place) -> None:
    answer = await place.ask("order.teleport", orderId=1)
    assert fault_of(answer) == (-32601, "METHOD_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "params", "path"),
    [
        ("order.create", [], "$"),
        ("order.create", {"sellingPointId": POINT}, "$.order"),
        ("order.create", {"sellingPointId": POINT, "order": 5}, "$.order.id"),
        ("order.create", {"sellingPointId": POINT, "order": {"type": "delivery"}}, "$.order.id"),
        ("order.create", {"sellingPointId": POINT, "order": {"id": {}}}, "$.order.id"),
        ("order.get", {"sellingPointId": POINT, "orderId": {"a": 1}}, "$.orderId"),
        ("order.status.update", {"sellingPointId": POINT, "orderId": 1, "status": 7}, "$.status"),
        (
            "order.status.update",
            {"sellingPointId": POINT, "orderId": 1, "status": "ready", "revision": []},
            "$.revision",
        ),
        ("availability.set", {"sellingPointId": POINT, "closing": {"id": 1, "orderTypes": ["x"]}}, "$.closing"),
        ("link.ping", {"sellingPointId": [1]}, "$.sellingPointId"),
    ],
)
async def test_wrong_types(place: Place, method: str, params: Any, path: str) -> None:
    answer = await place.send_raw(frame(method, params))
    assert fault_of(answer) == (-32602, "INVALID_PARAMS")
    assert answer["error"]["data"]["field"] == path


async def test_order_without_an_id_is_kept_in_quarantine(place: Place, orders: OrderGenerator) -> None:
    order = unreadable_order(orders)
    del order["id"]
    answer = await place.placed(order)
    assert fault_of(answer) == (-32602, "INVALID_PARAMS")
    assert any(order["marketOrderCode"].encode() in raw for _, raw in place.program.quarantine())


async def test_another_restaurants_order(place: Place) -> None:
    params = {"sellingPointId": 71, "order": {"id": 1}}
    assert fault_of(await place.send_raw(frame("order.create", params)))[1] == "SELLING_POINT_UNKNOWN"


# ---------------------------------------------------------------- size and depth


async def test_five_mebibytes(place: Place, orders: OrderGenerator) -> None:
    order = unreadable_order(orders, comment="x" * 5 * MIB)
    assert fault_of(await place.placed(order)) == (-32600, "TOO_LARGE")


async def test_large_order_that_is_still_taken(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION, extra="x" * 3 * MIB)
    assert "result" in await place.placed(order)
    await place.in_pos(order["id"])


async def test_seventeen_mebibytes(place: Place, orders: OrderGenerator) -> None:
    """The transport closes; after the second time the hello asks Sinqro not to repeat it."""
    order = unreadable_order(orders, comment="x" * 17 * MIB)
    assert fault_of(await place.placed(order, timeout=30)) == (-32600, "TOO_LARGE")
    assert place.events("link.hello")[-1].detail["hello"]["refusing"] == "TOO_LARGE"


@pytest.mark.parametrize("key", ["orderLines", "unknown"])
async def test_hundred_thousand_brackets(place: Place, orders: OrderGenerator, key: str) -> None:
    order = unreadable_order(orders)
    nested = b"[" * 100_000 + b"]" * 100_000
    raw = json.dumps(order | {key: 0}).encode().replace(f'"{key}": 0'.encode(), f'"{key}": '.encode() + nested)
    assert fault_of(await place.placed(raw)) == (-32600, "TOO_DEEP")
    assert nested in place.program.quarantine()[-1][1]


async def test_brackets_alone(place: Place) -> None:
    assert fault_of(await place.send_raw("{" * 100_000))[0] in (-32600, -32700)
    assert fault_of(await place.send_raw("[" * 100_000)) == (-32600, "BATCH")


@pytest.mark.parametrize("depth", [20, 200, 450])
async def test_options_of_options_of_options(place: Place, orders: OrderGenerator, depth: int) -> None:
    """Far deeper than any menu: in the POS, or a card that says why not."""
    order = unreadable_order(orders)
    line = order["orderLines"][0]
    for _ in range(depth):
        child = {"type": "PRODUCT_OPTION", "label": "más", "unitPrice": 0, "quantity": 1, "childrenOrderLines": []}
        line["childrenOrderLines"] = [child]
        line = child
    answer = await place.placed(order)
    if "error" in answer:
        assert fault_of(answer) == (-32600, "TOO_DEEP")
        return
    ends = (Injection.INJECTED, Injection.FAILED)
    record = await place.ledger_shows(order["id"], lambda it: it.injection in ends, "in the POS, or why not")
    assert record.injection is Injection.INJECTED or record.injection_message
    assert len(place.tickets(order["id"])) == (record.injection is Injection.INJECTED)
    assert record.injection is Injection.INJECTED or depth > 100


# ---------------------------------------------------------------- orders


async def test_totals_that_do_not_add_up(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)
    order["totalAmount"] += Decimal("0.37")
    answer = await place.placed(order)
    assert answer["result"]["state"] == "stored"
    assert [warning["code"] for warning in answer["result"]["warnings"]] == ["TOTALS_DIFFER"]
    ticket = await place.in_pos(order["id"])
    assert ticket.total == order["totalAmount"]
    assert ticket.lines[-1].total == Decimal("0.37")
    record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.INJECTED, "injected")
    assert Mark.TOTALS_DIFFER in record.marks
    assert record.total_difference == Decimal("0.37")


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"totalAmount": "NaN"}, "$.totalAmount"),
        ({"totalAmount": "Infinity"}, "$.totalAmount"),
        ({"totalAmount": 1e300}, "$.totalAmount"),
        ({"totalAmount": "0.123456789"}, "$.totalAmount"),
        ({"payments": [{"amount": "-NaN"}]}, "$.payments[0].amount"),
        ({"orderLines": [{"unitPrice": "NaN", "quantity": 1}]}, "$.orderLines[0].unitPrice"),
        ({"orderLines": [{"unitPrice": 1, "quantity": "1e99"}]}, "$.orderLines[0].quantity"),
        ({"orderLines": {"a": 1}}, "$.orderLines"),
        ({"type": "teleport"}, "$.type"),
        ({"type": None}, "$.type"),
        ({"executionTime": "mañana"}, "$.executionTime"),
        ({"consumer": "Núria"}, "$.consumer"),
        ({"currency": {"isoCode": 978}}, "$.currency"),
    ],
)
async def test_unreadable_order_is_stored(
    place: Place, orders: OrderGenerator, wrong: dict[str, Any], path: str
) -> None:
    order = unreadable_order(orders, **wrong)
    answer = await place.placed(order)
    assert answer["result"]["state"] == "stored"
    (warning,) = answer["result"]["warnings"]
    assert warning["code"] in ("ORDER_UNREADABLE", "AMOUNT_INVALID")
    assert warning["field"].startswith(path)
    record = place.program.record(order["id"])
    assert record is not None
    assert Mark.UNREADABLE in record.marks
    assert (record.status, record.injection, record.code) == (
        Status.PENDING,
        Injection.FAILED,
        order["marketOrderCode"],
    )
    assert path in record.injection_message
    assert not place.tickets(order["id"])

    mended = unreadable_order(orders) | {"id": order["id"]}
    place.sinqro.update(str(order["id"]), mended)
    await place.in_pos(order["id"])
    record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.INJECTED, "injected")
    assert Mark.UNREADABLE not in record.marks


async def test_unreadable_order_is_cancelled(place: Place, orders: OrderGenerator) -> None:
    order = unreadable_order(orders, totalAmount="NaN")
    await place.placed(order)
    await place.sinqro.answer_of(place.sinqro.change_status(order["id"], "cancelled"))
    record = await place.ledger_shows(order["id"], lambda it: it.status is Status.CANCELLED, "cancelled")
    assert record.injection is Injection.WITHDRAWN


async def test_not_a_number_in_json(place: Place, orders: OrderGenerator) -> None:
    """The whole frame is no JSON then: refused, and kept for people."""
    order = unreadable_order(orders)
    raw = json.dumps(order | {"totalAmount": float("nan")}).encode()
    assert b"NaN" in raw
    assert fault_of(await place.placed(raw)) == (-32700, "PARSE_ERROR")
    assert raw in place.program.quarantine()[-1][1]


async def test_text_that_is_no_utf8(place: Place, orders: OrderGenerator) -> None:
    order = unreadable_order(orders)
    raw = json.dumps(order | {"comment": "¡"}, ensure_ascii=False).encode("latin-1", "replace")
    answer = await place.placed(raw)
    if "error" in answer:
        assert fault_of(answer) == (-32700, "PARSE_ERROR")
        assert raw in place.program.quarantine()[-1][1]
    else:
        record = place.program.record(order["id"])
        assert record is not None
        assert Mark.UNREADABLE in record.marks


async def test_unknown_product(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)
    order["orderLines"][0]["product"]["externalId"] = "P-999"
    await place.placed(order)
    record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.FAILED, "failed")
    assert record.injection_code
    assert "P-999" in record.injection_message
    assert not place.tickets(order["id"])
    await place.until(lambda: place.notifications(order["id"]), "Sinqro told")
    data = place.notifications(order["id"])[0].detail["data"]
    assert (data["injection"], data["code"], data["message"]) == (
        "failed",
        record.injection_code,
        record.injection_message,
    )


async def test_unknown_status(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)
    await place.placed(order)
    await place.in_pos(order["id"])
    answer = await place.sinqro.answer_of(place.sinqro.change_status(order["id"], "levitating"))
    assert answer == {"result": {"state": "stored", "status": "pending"}}
    record = await place.ledger_shows(order["id"], lambda it: it.sinqro_status == "levitating", "kept")
    assert record.status is Status.PENDING
