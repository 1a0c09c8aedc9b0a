"""Pairing and the control API of the Sinqro sandbox over HTTP, as scripts and people use them."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from app.sandbox.sinqro import SinqroSandbox, percentile, serve
from app.sandbox.sinqro_faults import FaultsUnknown, SinqroFaults, decode_faults
from tests.helpers.fake_companion import FakeCompanion


@pytest.fixture
async def sinqro() -> AsyncIterator[SinqroSandbox]:
    async with SinqroSandbox(
        selling_points=[("3961", "SuperPizza", "Europe/Madrid"), ("7", "Bar", "Atlantic/Canary")]
    ) as it:
        yield it


@pytest.fixture
async def http(sinqro: SinqroSandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sinqro.base_url, trust_env=False, timeout=5) as client:
        yield client


async def pair(http: httpx.AsyncClient, code: str) -> httpx.Response:
    return await http.post("/pairing", json={"code": code, "deviceName": "CAJA-1"})


# ---------------------------------------------------------------- pairing


async def test_a_code_pairs_once(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    code = (await http.post("/control/pairing-codes")).json()["code"]
    assert len(code) == 8
    paired = await pair(http, f" {code[:4]}-{code[4:].lower()} ")
    assert paired.status_code == 200
    told = paired.json()
    assert told["linkUrl"] == sinqro.link_url
    assert told["notificationUrl"] == f"{sinqro.base_url}/notifications"
    assert told["notificationSecret"].startswith("whsec_")
    assert told["sellingPoints"] == [
        {"id": "3961", "name": "SuperPizza", "timezone": "Europe/Madrid"},
        {"id": "7", "name": "Bar", "timezone": "Atlantic/Canary"},
    ]
    again = await pair(http, code)
    assert (again.status_code, again.json()["code"]) == (410, "PAIRING_CODE_USED")
    other = await pair(http, sinqro.pairing_code())
    assert other.json()["userAccessToken"] != told["userAccessToken"]


async def test_wrong_codes_and_too_many_of_them(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    good = sinqro.pairing_code()
    wrong = [await pair(http, "WRONGONE") for _ in range(5)]
    assert [(answer.status_code, answer.json()["code"]) for answer in wrong] == [(404, "PAIRING_CODE_UNKNOWN")] * 5
    assert wrong[0].headers["content-type"] == "application/problem+json"
    locked = await pair(http, good)
    assert (locked.status_code, locked.json()["code"]) == (429, "TOO_MANY_TRIES")
    assert (await pair(http, sinqro.pairing_code())).status_code == 200


async def test_an_old_code_and_no_code(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    code = sinqro.pairing_code()
    sinqro.state.codes[code].expires_at = time.time() - 1
    assert (await pair(http, code)).json()["code"] == "PAIRING_CODE_EXPIRED"
    assert (await http.post("/pairing", json={"code": 5})).status_code == 400


# ---------------------------------------------------------------- orders


async def test_an_order_from_its_placing_to_its_events(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    order = OrderGenerator(restaurant=superpizza(), seed=2, first_id=81).order()
    async with FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code()) as one:
        placed = await http.post("/control/orders", params={"wait": 5}, content=to_json(order))
        assert placed.status_code == 202
        assert placed.json()["orderId"] == 81
        assert placed.json()["response"]["result"]["state"] == "stored"
        edited = await http.put("/control/orders/81", content=to_json({**order, "comment": "changed"}))
        assert edited.status_code == 202
        cancelled = await http.post("/control/orders/81/status", json={"status": "cancelled", "reason": "too_busy"})
        assert cancelled.json()["status"] == "cancelled"
        await sinqro.answer_of(sinqro.state.requests[cancelled.json()["requestId"]])
        await one.status(81, "accepted")
        page = (await http.get("/control/orders/81")).json()
        assert page["status"] == "cancelled"
        assert page["revision"] == 2
        assert page["response"]["result"]["state"] == "stored"
        assert page["responseMs"] > 0
        assert page["order"]["comment"] == "changed"
        assert page["order"]["status"]["isFinalStatus"] is True
        assert page["cancelAnsweredAt"]
        kinds = [event["kind"] for event in page["events"]]
        assert kinds == ["request", "answer", "request", "answer", "status", "request", "answer", "notification"]
        assert page["events"][-1]["detail"]["outcome"] == "late"
        listed = (await http.get("/control/orders")).json()["orders"]
        assert [item["id"] for item in listed] == [81]
        events = (await http.get("/control/events")).json()["events"]
        assert {"paired", "link.opened", "link.hello", "link.in_charge", "answer"} <= {
            event["kind"] for event in events
        }
        assert (await http.get("/control/events", params={"since": len(events)})).json() == {"events": []}
    assert (await http.get("/control/orders/82")).status_code == 404


async def test_orders_go_to_their_selling_point_and_without_id_too(
    http: httpx.AsyncClient, sinqro: SinqroSandbox
) -> None:
    await http.post("/control/orders", content=b'{"id": "a-1", "sellingPoint": {"id": 7}}')
    await http.post("/control/orders", content=b'{"id": 2, "sellingPoint": {"id": 99}}')
    nothing = await http.post("/control/orders", content=b"nonsense")
    assert nothing.json()["orderId"] is None
    deep = await http.post("/control/orders", content=b'{"id": 3, "x": ' + b"[" * 100_000)
    assert deep.json()["orderId"] == 3
    assert [request.selling_point for request in sinqro.state.requests.values()] == ["7", "3961", "3961", "3961"]
    assert (await http.get("/control/orders/3")).json()["raw"].endswith("[[[")


async def test_any_request(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    def echo(method: str, params: dict[str, Any]) -> Any:
        return {"method": method, "params": params}

    async def ask(**body: Any) -> Any:
        return (await http.post("/control/requests", json=body)).json()

    async with FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code(), handle=echo):
        answer = (await ask(method="tables.get"))["result"]
        assert answer["method"] == "tables.get"
        assert answer["params"]["sellingPointId"] == "3961"
        assert answer["params"]["requestId"]
        raw = await ask(raw='{"jsonrpc":"2.0","id":5,"method":"x","params":{}}')
        assert raw["result"] == {"method": "x", "params": {}}
        assert (await ask(raw="}{"))["error"]["code"] == -32700
        assert (await http.post("/control/requests", json={})).status_code == 400
    assert await ask(raw="}{") == {"pending": True}


async def test_revoke(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    async with FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code()) as one:
        assert (await http.post("/control/revoke", json={"installationId": "install-1"})).json() == {"revoked": 1}
        assert await one.closed() == 1008


# ---------------------------------------------------------------- faults


async def test_faults_are_replaced_as_a_whole(http: httpx.AsyncClient) -> None:
    await http.put("/control/faults", json={"drop": 0.5, "seed": 3})
    now = await http.put("/control/faults", json={"delay_ms": 5})
    assert now.json() == (await http.get("/control/faults")).json()
    assert (now.json()["drop"], now.json()["delay_ms"]) == (0, 5)
    wrong = await http.put("/control/faults", json={"dorp": 1})
    assert wrong.status_code == 400
    assert "notification_drop_answer" in wrong.json()["message"]
    assert (await http.get("/control/faults")).json()["delay_ms"] == 5


@pytest.mark.parametrize("raw", [b'{"drop": 2}', b'{"delay_ms": -1}', b'{"refuse_link": 200}', b"[]", b"\xff"])
def test_faults_that_are_none(raw: bytes) -> None:
    with pytest.raises(FaultsUnknown):
        decode_faults(raw)


async def test_notifications_misbehave(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    async with FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code()) as one:
        sinqro.place(b'{"id": 5}')
        sinqro.set_faults(SinqroFaults(notification_status=429))
        refused = await one.status(5, "accepted")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert sinqro.order(5).notified_revision == 0  # type: ignore[union-attr]
        sinqro.set_faults(SinqroFaults(notification_drop_answer=1))
        with pytest.raises(httpx.TransportError):
            await one.status(5, "accepted")
        assert sinqro.order(5).status == "accepted"  # type: ignore[union-attr]
        sinqro.set_faults(SinqroFaults(notification_delay_ms=50))
        start = time.perf_counter()
        assert (await one.status(5, "ready")).status_code == 200
        assert time.perf_counter() - start >= 0.05


async def test_offline_and_back(http: httpx.AsyncClient, sinqro: SinqroSandbox) -> None:
    async with FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code()) as one:
        sinqro.set_faults(SinqroFaults(offline=True))
        await one.closed()
        assert (await one.notify("availability.changed", {})).status_code == 503
        assert (await pair(http, sinqro.pairing_code())).status_code == 503
        assert (await http.put("/control/faults", json={})).status_code == 200
        await one.connect()
        assert (await one.notify("availability.changed", {})).status_code == 200


# ---------------------------------------------------------------- alone


async def test_it_starts_alone_and_says_where(tmp_path: Path) -> None:
    said: list[str] = []
    alone = asyncio.create_task(serve(port=0, data=tmp_path, announce=said.append))
    while len(said) < 2:
        await asyncio.sleep(0.01)
    url = said[0].split()[2]
    code = said[1].split()[2]
    async with FakeCompanion(base_url=url, code=code) as one:
        assert one.hello["sellingPoints"][0]["role"] == "active"
    alone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await alone


def test_percentile() -> None:
    assert percentile([], 50) is None
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(range(1, 101), 99) == 100
