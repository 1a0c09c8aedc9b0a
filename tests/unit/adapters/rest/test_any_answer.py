"""Whatever a POS answers, and whatever an id is: an error of ours or a result, never a bug, never another address."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest.adapter import RestAdapter
from adapters.rest.statuses import StatusWords
from app.domain.errors import OutcomeUnknown, PosError, PosNotFound
from app.domain.status import Status
from app.ports.pos import PosSwitch, PosWebhook
from tests.contract.pos_bench import REFERENCE
from tests.helpers.rest import ORDERS, POINT, Pos, adapter_of, request_for

NAMES = "id status orders cursor more total changed_at reference reason minutes online until menus products name price"
FIELDS = st.sampled_from([*NAMES.split(), "zones", "tables", "code", "ok", "till_open", "error", "week", "days", "x"])
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["open", "void", "2026-11-25T20:00:00Z", "5.00", "1e999", "B-1"])
)
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=8), max_leaves=20
)


def whole(**parts: Any) -> dict[str, Any]:
    """An order of the reference POS, but for these parts."""
    plain = {"id": "P-1", "reference": "7", "status": "open", "reason": "", "minutes": None, "total": "5.00"}
    return {**plain, "changed_at": "2026-11-25T20:00:00Z", **parts}


NEARLY = st.dictionaries(st.sampled_from(sorted(whole())), JSON, max_size=3).map(lambda parts: whole(**parts))
ANSWERS = JSON | NEARLY | NEARLY.map(lambda order: {"orders": [order], "cursor": "1", "more": False})


async def catalog(adapter: RestAdapter) -> object:
    return [entity async for entity in adapter.read_catalog()]


CALLS: dict[str, Callable[[RestAdapter], Awaitable[object]]] = {
    "availability": lambda adapter: adapter.read_availability(),
    "catalog": catalog,
    "change": lambda adapter: adapter.change_status("P-1", Status.READY),
    "changes": lambda adapter: adapter.changes("1"),
    "create": lambda adapter: adapter.create_order(request_for()),
    "find": lambda adapter: adapter.find_order("7"),
    "health": lambda adapter: adapter.health(),
    "read": lambda adapter: adapter.read_order("P-1"),
    "schedule": lambda adapter: adapter.read_schedule(),
    "status": lambda adapter: adapter.read_status("P-1"),
    "switch": lambda adapter: adapter.set_availability(PosSwitch(online=True)),
    "tables": lambda adapter: adapter.read_tables(),
    "update": lambda adapter: adapter.update_order("P-1", request_for()),
}


POS = Pos()
ADAPTER = RestAdapter(
    REFERENCE, point=POINT, url="http://pos.local", secrets={"api-key": "k"}, transport=httpx.MockTransport(POS)
)
"""One for all examples: it keeps nothing, and to compile a profile takes longer than to run it."""


@pytest.mark.parametrize("name", sorted(CALLS))
@given(value=ANSWERS, status=st.sampled_from([200, 200, 200, 201, 304, 400, 404, 409, 500]))
async def test_any_answer(name: str, value: Any, status: int) -> None:
    POS.answers = [httpx.Response(status, content=_encoded(value))]
    try:
        await CALLS[name](ADAPTER)
    except PosError as exc:
        assert exc.message  # noqa: PT017
        wrote = name in ("create", "update")
        assert status >= 300 or isinstance(exc, OutcomeUnknown) is wrote  # noqa: PT017


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")  # NaN and the like too: no JSON


IDS = Pos(lambda _: httpx.Response(200, json={}))
BY_ID = adapter_of(
    """
[services.read_order]
path = "/orders/{id}/whole"
query = { again = "{id}" }
result = '{"id": id, "status": "open"}'
"""
    + ORDERS,
    IDS,
)


@given(ident=st.text(max_size=30) | st.text(alphabet="./\\%2eE ?#&;@:", max_size=8))
async def test_any_id(ident: str) -> None:
    IDS.requests.clear()
    try:
        assert (await BY_ID.read_order(ident)).id == ident
    except PosNotFound:
        assert IDS.requests == []
        return
    (request,) = IDS.requests
    path, _, query = request.url.raw_path.decode().partition("?")
    assert path.startswith("/api/orders/")
    assert path.endswith("/whole")
    assert path.count("/") == 4
    assert request.url.host == "pos.local"
    assert dict(request.url.params) == {"again": ident}
    assert query.count("&") == 0


@given(body=st.dictionaries(FIELDS, JSON, max_size=5), event=st.text(max_size=10))
async def test_any_webhook(body: dict[str, Any], event: str) -> None:
    for name in (event, "order.changed"):
        ADAPTER.heard(PosWebhook(selling_point="71", event=name, body=body))


def test_statuses_of_the_reference_pos_go_both_ways() -> None:
    words: StatusWords = ADAPTER._words
    for ident, table in (("1", REFERENCE.status.order), ("B-1", REFERENCE.status.reservation)):
        for code, status in table.read.items():
            assert words.read(code, ident) is status
            assert words.write(status, ident) == code
