"""The reference POS over HTTP: what an integrator meets, and the control API that scripts use."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.sandbox.pos import SANDBOX_KEY, ReferencePos
from app.sandbox.pos_control import PosFaults

ORDER: dict[str, Any] = {
    "reference": "R-1",
    "kind": "takeaway",
    "hold": True,
    "lines": [{"product": "P-101", "name": "Margarita", "quantity": 2, "price": "9.50"}],
}


@pytest.fixture
async def pos() -> AsyncIterator[ReferencePos]:
    async with ReferencePos() as made:
        yield made


@pytest.fixture
async def api(pos: ReferencePos) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=pos.url, headers={"x-api-key": SANDBOX_KEY}, trust_env=False) as client:
        yield client


async def create(api: httpx.AsyncClient, key: str = "", **more: Any) -> httpx.Response:
    return await api.post("/api/v1/orders", json=ORDER | more, headers={"idempotency-key": key} if key else {})


def code_of(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field", "")


# credentials and forms


@pytest.mark.parametrize("key", ["", "wrong", "ñ"])
async def test_a_wrong_key_opens_nothing(pos: ReferencePos, key: str) -> None:
    async with httpx.AsyncClient(base_url=pos.url, trust_env=False) as client:
        headers = {b"x-api-key": key.encode()}
        answers = [
            await client.get("/api/v1/health", headers=headers),
            await client.post("/api/v1/orders", json=ORDER, headers=headers),
        ]
    assert [code_of(answer)[:2] for answer in answers] == [(401, "unauthorized")] * 2
    assert pos.orders() == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", (400, "bad_json")),
        (b'{"x": ' + b"[" * 100_000, (400, "bad_json")),
        (b"\xff", (400, "bad_json")),
        (b"[]", (422, "bad_form")),
        (b'{"kind": "pizza"}', (422, "bad_form")),
        (b"x" * (1 << 21), (413, "body_too_large")),
    ],
)
async def test_a_bad_body_is_said_so(api: httpx.AsyncClient, body: bytes, code: tuple[int, str]) -> None:
    assert code_of(await api.post("/api/v1/orders", content=body))[:2] == code


async def test_a_refusal_names_the_field(api: httpx.AsyncClient) -> None:
    bad = [ORDER["lines"][0], {"product": "P-101", "price": {}}]
    assert code_of(await create(api, lines=bad)) == (422, "bad_form", "lines[1].price")
    assert code_of(await create(api, lines=[{"product": "P-9"}])) == (422, "unknown_product", "lines[0].product")


async def test_the_openapi_document_tells_every_route(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert document["openapi"] == "3.1.0"
    assert len(told) == 15
    assert ("PATCH", "/api/v1/orders/{id}/status") in told
    events = {"order.changed", "catalog.changed", "availability.changed", "schedule.changed"}
    assert set(document["webhooks"]) == events
    text = (await api.get("/openapi.json")).text
    for name in text.split("#/components/schemas/")[1:]:
        assert name.split('"')[0] in document["components"]["schemas"]


# orders


async def test_a_repeat_with_the_same_key_is_the_same_order(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    first, second, other = await create(api, "k1"), await create(api, "k1"), await create(api, "k2")
    assert [answer.status_code for answer in (first, second, other)] == [201, 200, 201]
    assert first.json() == second.json()
    assert [order["times_created"] for order in pos.orders()] == [2, 2]


async def test_a_pos_without_idempotency_makes_two() -> None:
    async with (
        ReferencePos(idempotent=False) as pos,
        httpx.AsyncClient(base_url=pos.url, headers={"x-api-key": SANDBOX_KEY}, trust_env=False) as api,
    ):
        await create(api, "k1")
        await create(api, "k1")
        assert [order["times_created"] for order in pos.orders()] == [2, 2]


async def test_the_till_fills_in_and_reckons(api: httpx.AsyncClient) -> None:
    lines = [
        {"product": "P-606-J", "quantity": "2", "options": [{"option": "O-121", "price": 1, "quantity": 2}]},
        {"name": "Regalo", "price": -0.05},
    ]
    made = (await create(api, lines=lines, total="99")).json()
    assert [(line["name"], line["price"], line["vat"], line["total"]) for line in made["lines"]] == [
        ("Cerveza de barril Jarra", "6.60", "10", "13.20"),
        ("Regalo", "-0.05", "10", "-0.05"),
    ]
    assert made["lines"][0]["options"][0]["name"] == "Bacon"
    assert (made["total"], made["net"], made["vat"]) == ("13.15", "11.95", "1.20")


async def test_received_at_is_the_clock_when_the_body_had_come(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    pos.set_faults(delay_ms=150)
    before = time.time()
    await create(api)
    after = time.time()
    (order,) = pos.orders()
    assert before <= order["received_at"] <= order["created_at"] + 1e-3
    assert after - order["received_at"] >= 0.15


async def test_orders_by_cursor_in_pages(api: httpx.AsyncClient) -> None:
    for number in range(5):
        await create(api, reference=f"R-{number}")
    first = (await api.get("/api/v1/orders", params={"since": "0", "limit": 3})).json()
    second = (await api.get("/api/v1/orders", params={"since": first["cursor"], "limit": 3})).json()
    assert [order["reference"] for order in first["orders"] + second["orders"]] == [f"R-{n}" for n in range(5)]
    assert (first["more"], second["more"], second["cursor"]) == (True, False, "5")


async def test_bad_cursors_and_limits_are_refused(api: httpx.AsyncClient) -> None:
    assert code_of(await api.get("/api/v1/orders?since=x"))[1] == "bad_cursor"
    assert code_of(await api.get("/api/v1/orders?since=-1"))[1] == "bad_cursor"
    assert code_of(await api.get("/api/v1/orders?since=1&limit=x"))[1] == "bad_limit"


async def test_a_restart_on_the_same_data_has_the_same_orders(tmp_path: Path) -> None:
    async with ReferencePos(data=tmp_path / "pos") as pos:
        async with httpx.AsyncClient(base_url=pos.url, headers={"x-api-key": SANDBOX_KEY}, trust_env=False) as api:
            await create(api, "k1")
            await api.put("/control/products/P-101", json={"available": False})
        pos.move("R-1", "accepted")
        pos.set_online(False)
        before, port = pos.orders(), pos.port
    async with ReferencePos(data=tmp_path / "pos", port=port) as pos:
        assert pos.orders() == before
        assert pos.online is False
        async with httpx.AsyncClient(base_url=pos.url, headers={"x-api-key": SANDBOX_KEY}, trust_env=False) as api:
            assert (await create(api, "k1")).status_code == 200
            assert (await create(api, "k2")).json()["number"] == before[0]["number"] + 1
            assert (await api.get("/api/v1/catalog/products/P-101")).json()["available"] is False


# catalog, availability


async def test_the_catalog_has_an_etag(api: httpx.AsyncClient) -> None:
    first = await api.get("/api/v1/catalog")
    headers = {"if-none-match": first.headers["etag"]}
    assert (await api.get("/api/v1/catalog", headers=headers)).status_code == 304
    await api.put("/control/products/P-101", json={"price": "9.95"})
    changed = await api.get("/api/v1/catalog", headers=headers)
    assert changed.status_code == 200
    prices = {product["id"]: product["price"] for product in changed.json()["products"]}
    assert (prices["P-101"], prices["P-102"]) == ("9.95", "11.00")


async def test_one_catalog_entity(api: httpx.AsyncClient) -> None:
    assert (await api.get("/api/v1/catalog/option_categories/OC-14")).json()["options"] == ["O-141", "O-142", "O-143"]
    assert code_of(await api.get("/api/v1/catalog/options/none"))[:2] == (404, "unknown_entity")
    assert code_of(await api.get("/api/v1/catalog/none/none"))[:2] == (404, "unknown_kind")


async def test_availability_is_set_and_read(api: httpx.AsyncClient) -> None:
    assert (await api.get("/api/v1/availability")).json() == {"online": True}
    assert (await api.put("/api/v1/availability", json={"online": False})).json() == {"online": False}
    assert (await api.get("/api/v1/availability")).json() == {"online": False}


async def test_online_orders_turn_back_by_themselves(api: httpx.AsyncClient) -> None:
    for hours, online in ((1, False), (-1, True)):
        until = datetime.now(UTC) + timedelta(hours=hours)
        await api.put("/control/availability", json={"online": False, "until": until.isoformat(), "reason": "lleno"})
        found = (await api.get("/api/v1/availability")).json()
        assert found["online"] is online
        assert found.get("reason") == (None if online else "lleno")


async def test_opening_hours_are_kept_and_told(api: httpx.AsyncClient) -> None:
    hours = {
        "timezone": "Europe/Madrid",
        "week": [{"day": 5, "opens": "20:00", "closes": "02:00"}],
        "days": [{"date": "2026-12-25", "hours": [], "note": "Navidad"}],
    }
    assert (await api.get("/api/v1/schedule")).json()["week"] == []
    assert (await api.put("/api/v1/schedule", json=hours)).json() == hours
    assert (await api.get("/api/v1/schedule")).json() == hours
    assert (await api.put("/control/schedule", json={})).json()["week"] == []


# control


async def test_people_type_orders_in_even_while_the_till_is_closed_to_the_api(api: httpx.AsyncClient) -> None:
    await api.put("/control/faults", json={"till_closed": True})
    assert code_of(await create(api)) == (409, "till_closed", "")
    typed = await api.post("/control/orders", json=ORDER | {"reference": "", "hold": False})
    assert (typed.status_code, typed.json()["origin"], typed.json()["status"]) == (201, "till", "open")
    assert (await api.get("/api/v1/orders?reference=")).json()["orders"] == []


async def test_people_move_orders_by_id_or_reference_in_either_words(api: httpx.AsyncClient) -> None:
    ident = (await create(api)).json()["id"]
    booking = {"kind": "booking", "reference": "B", "hold": True, "guests": 2}
    await api.post("/api/v1/orders", json=booking)
    moves = [("R-1", "accepted"), (ident, "preparing"), ("R-1", "completed"), ("B", "accepted"), ("B", "no_show")]
    statuses = []
    for name, status in moves:
        answer = await api.post(f"/control/orders/{name}/status", json={"status": status, "reason": "because"})
        statuses.append(answer.json()["status"])
    assert statuses == ["open", "preparing", "closed", "confirmed", "no_show"]
    back = await api.post("/control/orders/R-1/status", json={"status": "ready"})
    assert code_of(back) == (409, "invalid_transition", "status")
    assert code_of(await api.post("/control/orders/R-1/status", json={"status": "nonsense"}))[1] == "unknown_status"
    assert code_of(await api.post("/control/orders/none/status", json={"status": "ready"}))[0] == 404


async def test_the_control_api_shows_everything(api: httpx.AsyncClient) -> None:
    made = (await create(api)).json()
    (listed,) = (await api.get("/control/orders")).json()["orders"]
    assert (await api.get("/control/orders/R-1")).json() == listed
    assert listed["id"] == made["id"]
    assert listed["lines"] == made["lines"]
    assert listed["times_created"] == 1
    assert isinstance(listed["created_at"], float)


async def test_events_tell_what_happened_in_order(api: httpx.AsyncClient) -> None:
    await create(api, table="none")
    made = (await create(api)).json()
    await api.patch(f"/api/v1/orders/{made['id']}/status", json={"status": "open"})
    events = (await api.get("/control/events")).json()["events"]
    assert [(event["kind"], event.get("status")) for event in events] == [
        ("request", 422),
        ("order.changed", "held"),
        ("request", 201),
        ("order.changed", "open"),
        ("request", 200),
    ]
    assert [event["n"] for event in events] == [1, 2, 3, 4, 5]
    later = (await api.get("/control/events?since=4")).json()["events"]
    assert (later[0]["path"], later[0]["method"]) == (f"/api/v1/orders/{made['id']}/status", "PATCH")


# misbehaviour


async def test_unknown_faults_are_refused_with_the_names_there_are(api: httpx.AsyncClient) -> None:
    await api.put("/control/faults", json={"delay_ms": 1})
    many: list[Any] = [{"dely_ms": 5}, {"only": ["create", "nothing"]}, {"error_rate": 2}, {"delay_ms": -1}, []]
    for bad in many:
        answer = await api.put("/control/faults", json=bad)
        assert code_of(answer)[:2] == (400, "bad_faults")
    assert "drop_answer_rate" in (await api.put("/control/faults", json={"x": 1})).text
    assert "change_status" in (await api.put("/control/faults", json={"only": ["x"]})).text
    assert (await api.get("/control/faults")).json()["delay_ms"] == 1


async def test_faults_are_replaced_not_added(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    await api.put("/control/faults", json={"busy": True})
    await api.put("/control/faults", json={"till_closed": True})
    assert pos.faults == PosFaults(till_closed=True)
    await api.put("/control/faults", json={})
    assert (await create(api)).status_code == 201


async def test_a_dropped_answer_did_its_work(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    pos.set_faults(drop_answer_rate=1, only=("create",))
    with pytest.raises(httpx.RemoteProtocolError):
        await create(api)
    assert len(pos.orders()) == 1
    assert (await api.get("/api/v1/orders?reference=R-1")).status_code == 200


async def test_offline_does_nothing_but_listens_to_control(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    await api.put("/control/faults", json={"offline": True})
    with pytest.raises(httpx.TransportError):
        await create(api)
    assert pos.orders() == []
    await api.put("/control/faults", json={"offline": False})
    assert (await create(api)).status_code == 201


async def test_it_refuses_connections_for_a_while(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    await api.put("/control/faults", json={"refuse_connections": 0.5})
    refused = False
    for _ in range(300):
        try:
            async with httpx.AsyncClient(trust_env=False) as fresh:
                await fresh.get(f"{pos.url}/control/faults")
        except httpx.ConnectError:
            refused = True
        except httpx.TransportError:
            continue  # caught in the act of going down
        else:
            if refused:
                break
    assert refused
    assert (await create(api)).status_code == 201


async def test_errors_come_before_and_after_the_work(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    pos.set_faults(error_rate=1, seed=3)
    statuses = [(await create(api, reference=f"R-{n}")).status_code for n in range(20)]
    assert statuses == [500] * 20
    assert 0 < len(pos.orders()) < 20


async def test_the_same_seed_makes_the_same_faults(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    runs = []
    for _ in range(2):
        pos.set_faults(error_rate=0.5, seed=11)
        runs.append([(await api.get("/api/v1/health")).status_code for _ in range(12)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


async def test_a_busy_pos_says_when(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    pos.set_faults(busy=True)
    answer = await create(api)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_forgotten_orders_are_unknown_to_the_api_alone(pos: ReferencePos, api: httpx.AsyncClient) -> None:
    ident = (await create(api, "k1")).json()["id"]
    pos.set_faults(forget=(ident,))
    assert code_of(await api.get(f"/api/v1/orders/{ident}"))[:2] == (404, "unknown_order")
    for query in ("reference=R-1", "since=0", "open=true"):
        assert (await api.get(f"/api/v1/orders?{query}")).json()["orders"] == []
    assert len((await api.get("/control/orders")).json()["orders"]) == 1
    assert (await create(api, "k1")).status_code == 201
    assert [order["times_created"] for order in pos.orders()] == [2, 2]


async def test_it_stops_at_once_though_an_answer_is_delayed() -> None:
    async with ReferencePos() as pos:
        pos.set_faults(delay_ms=60_000)
        async with httpx.AsyncClient(base_url=pos.url, headers={"x-api-key": SANDBOX_KEY}, trust_env=False) as api:
            with pytest.raises(httpx.ReadTimeout):
                await api.get("/api/v1/health", timeout=0.1)
        before = time.monotonic()
    assert time.monotonic() - before < 5


async def test_a_taken_port_is_said_so(pos: ReferencePos) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - the system's words
        async with ReferencePos(port=pos.port):
            pass
