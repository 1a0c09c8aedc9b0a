"""The passive services over HTTP, over real sockets: the same answers as over the link, and nothing for strangers."""

import asyncio
import contextlib
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap_http import DOCUMENT
from app.domain.errors import ConfigurationError, LedgerError, PosRefused, PosUnreachable, VaultError
from app.infra.http_api import MOST_BODY, HttpApi
from app.infra.http_api_server import MOST_HEAD, HttpServer, tls_of
from app.link.calls import HTTP, SERVED_BY_NAME
from app.link.messages import encode
from app.ports.pos import Capability
from tests.helpers import tls
from tests.helpers.contract import faults
from tests.helpers.fake_pos import ALL
from tests.helpers.fake_sinqro import POINT, order_form
from tests.helpers.http_api import KEY, OTHER_KEY, OTHER_POINT, Api, open_api
from tests.helpers.logfail import ExpectedLogs

JSON = {"content-type": "application/json"}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with open_api(tmp_path) as opened:
        yield opened


def problem(response: Any) -> tuple[int, str]:
    """Status and code, once it was seen to be problem details."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"] == "about:blank"
    assert body["detail"]
    assert isinstance(body["retryable"], bool)
    return response.status_code, body["code"]


async def create(api: Api, form: Any = None, **headers: str) -> Any:
    return await api.ask("POST", "/orders", content=encode(form or order_form()), headers=JSON | headers)


# ---------------------------------------------------------------- the services


async def test_an_order_comes_goes_its_way_and_is_told(api: Api) -> None:
    made = await create(api)
    assert (made.status_code, made.json()) == (201, {"state": "stored", "orderId": 1001})
    where = made.headers["location"]
    assert where == f"/v1/selling-points/{POINT}/orders/1001"
    await api.bench.pump()
    assert len(api.bench.pos.tickets) == 1
    seen = (await api.http.get(where)).json()
    assert seen["source"] == "pos"
    assert seen["order"] == json.loads(encode(order_form()))
    assert [row["orderId"] for row in (await api.ask("GET", "/orders")).json()["orders"]] == [1001]
    status = await api.http.patch(f"{where}/status", json={"status": "cancelled", "reason": "customer_request"})
    assert (status.status_code, status.json()) == (200, {"state": "stored", "status": "cancelled"})
    assert (await api.http.get(f"{where}/status")).json()["status"] == "cancelled"
    await api.bench.pump()
    api.bench.sinqro.place(order_form())
    await api.bench.deliver()
    assert "order.injected" in {note.type for note in api.bench.sinqro.posts}


async def test_a_repeated_order_is_one_order(api: Api) -> None:
    first, second = await create(api), await create(api)
    assert first.json() == second.json()
    await api.bench.pump()
    assert len(api.bench.pos.tickets) == 1


async def test_an_idempotency_key_gives_the_same_answer(api: Api) -> None:
    await create(api)
    named = {"idempotency-key": "rq-1"}
    first = await api.ask("PATCH", "/orders/1001/status", json={"status": "accepted"}, headers=named)
    again = await api.ask("PATCH", "/orders/1001/status", json={"status": "cancelled"}, headers=named)
    assert first.json() == again.json() == {"state": "stored", "status": "accepted"}
    assert (await api.ask("GET", "/orders/1001/status")).json()["status"] == "accepted"
    refused = await create(api, **{"idempotency-key": "x" * 201})
    assert problem(refused) == (400, "INVALID_PARAMS")


async def test_closings_hours_tables_and_the_menu(api: Api) -> None:
    closing = {"id": "c-1", "until": "2027-01-01T00:00:00Z"}
    closed = await api.ask("PUT", "/availability", json={"closing": closing})
    assert (closed.status_code, closed.json()["open"]) == (200, False)
    assert (await api.ask("GET", "/availability")).json() == closed.json()
    assert (await api.ask("PUT", "/availability", json={"lift": "c-1"})).json()["open"] is True
    for path, name in (("/schedule", "Hours"), ("/tables", "Tables"), ("/catalog?limit=2", "CatalogPage")):
        answer = await api.ask("GET", path)
        assert answer.status_code == 200, answer.text
        assert not faults(name, answer.content)
    assert problem(await api.ask("GET", "/catalog/product/none")) == (404, "ENTITY_NOT_FOUND")
    assert problem(await api.ask("GET", "/catalog/soup/1")) == (400, "INVALID_PARAMS")


async def test_ids_may_have_any_character(api: Api) -> None:
    made = await create(api, order_form("A/7 ñ?"))
    assert made.headers["location"].endswith("/orders/A%2F7%20%C3%B1%3F")
    assert (await api.http.get(made.headers["location"])).json()["order"]["id"] == "A/7 ñ?"


async def test_a_plus_in_a_time_is_a_plus(api: Api) -> None:
    await create(api)
    for since, found in (("2020-01-01T00:00:00+01:00", 1), ("2090-01-01T00:00:00%2B01:00", 0)):
        answer = await api.ask("GET", f"/orders?since={since}")
        assert len(answer.json()["orders"]) == found
    assert problem(await api.ask("GET", "/orders?since=yesterday")) == (400, "INVALID_PARAMS")


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PosUnreachable("off"), 503),
        (PosRefused("no"), 502),
        (LedgerError("the disk is full"), 503),
        (ValueError("a bug"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_errors_of_the_world_and_of_ours(
    api: Api, error: Any, status: int, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise error

    monkeypatch.setattr(api.bench.pos, "read_tables", fail)
    if status == 500:
        expected_logs.allow("app.infra.http_api", logging.ERROR, "could not be answered")
    answer = await api.ask("GET", "/tables")
    assert problem(answer)[0] == status
    assert ("retry-after" in answer.headers) == (status == 503)
    assert "Traceback" not in answer.text


async def test_what_is_not_there(api: Api) -> None:
    api.bench.pos.capabilities = ALL - {Capability.TABLES_READ}
    assert problem(await api.ask("GET", "/tables")) == (501, "NOT_SUPPORTED")
    assert problem(await api.ask("GET", "/orders/9")) == (404, "ORDER_NOT_FOUND")
    assert problem(await api.ask("GET", "/nothing")) == (404, "NOT_FOUND")
    refused = await api.ask("DELETE", "/orders")
    assert problem(refused) == (405, "METHOD_NOT_ALLOWED")
    assert refused.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("body", [b"", b"nope", b"[1", b'{"id": 1}, "sellingPointId": "72"', b"\xff\xfe"])
async def test_a_body_that_is_no_json_is_refused_and_an_order_of_it_kept(api: Api, body: bytes) -> None:
    answer = await api.ask("POST", "/orders", content=body, headers=JSON)
    assert problem(answer) == (400, "INVALID_PARAMS")
    assert [raw for raw, _ in api.kept] == ([body] if body else [])


async def test_other_kinds_of_bodies_are_refused(api: Api) -> None:
    assert problem(await api.ask("POST", "/orders", content=b"id=1")) == (415, "NOT_JSON")
    assert problem(await api.ask("PATCH", "/orders/1/status", json=[1])) == (400, "INVALID_PARAMS")
    answer = await api.ask("PATCH", "/orders/1/status", json={})
    assert (problem(answer), answer.json()["field"]) == ((400, "INVALID_PARAMS"), "$.status")


# ---------------------------------------------------------------- who may ask


WRONG = ("", "Bearer", "Bearer wrong", f"Bearer {OTHER_KEY}", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer ñ")


@pytest.mark.parametrize("call", HTTP, ids=lambda call: f"{call.verb} {call.method}")
async def test_without_its_key_nothing_is_told(api: Api, call: Any) -> None:
    path = call.path.format(sellingPointId=POINT, orderId="1001", kind="product", externalId="1")
    for authorization in WRONG:
        headers = {b"authorization": authorization.encode("latin-1")}
        refused = await api.http.request(call.verb, path, headers=headers, content=b"{}")
        assert problem(refused) == (401, "KEY_REFUSED"), authorization
        assert refused.headers["www-authenticate"] == "Bearer"
        other = await api.http.request(call.verb, path.replace(POINT, "nobody", 1), headers=headers, content=b"{}")
        assert (other.status_code, other.content) == (401, refused.content)


async def test_a_key_opens_its_own_selling_point_only(api: Api) -> None:
    other = await api.http.get(f"/v1/selling-points/{OTHER_POINT}/orders")
    assert problem(other) == (401, "KEY_REFUSED")
    tricked = await api.ask("PATCH", "/orders/1/status", json={"sellingPointId": OTHER_POINT, "status": "accepted"})
    assert tricked.status_code == 200  # of the path's selling point, whatever the body says
    own = await api.http.get(
        f"/v1/selling-points/{OTHER_POINT}/orders", headers={"authorization": f"Bearer {OTHER_KEY}"}
    )
    assert problem(own) == (404, "SELLING_POINT_UNKNOWN")  # its key is good, this bench does not serve it


async def test_no_key_opens_a_selling_point_that_has_none(api: Api) -> None:
    api.keys.clear()
    for authorization in ("Bearer", "Bearer None", ""):
        refused = await api.ask("GET", "/orders", headers={"authorization": authorization})
        assert problem(refused) == (401, "KEY_REFUSED")


async def test_a_locked_vault_is_said(api: Api) -> None:
    api.key_error = VaultError("locked", locked=True)
    assert problem(await api.ask("GET", "/orders")) == (503, "VAULT_LOCKED")


async def test_the_document_needs_no_key(api: Api) -> None:
    api.http.headers.pop("authorization")
    answer = await api.http.get("/openapi.json")
    assert answer.content == DOCUMENT.read_bytes()
    assert answer.headers["content-type"] == "application/json"
    assert problem(await api.http.post("/openapi.json")) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1"])
async def test_a_web_page_is_refused(api: Api, origin: str) -> None:
    for path in ("/openapi.json", f"/v1/selling-points/{POINT}/orders"):
        assert problem(await api.http.get(path, headers={"origin": origin})) == (403, "FROM_A_WEB_PAGE")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}"])
async def test_on_loopback_another_host_is_refused(api: Api, host: str) -> None:
    named = {"host": host.format(port=api.server.port)}
    assert problem(await api.http.get("/openapi.json", headers=named)) == (403, "OTHER_HOST")
    assert (await api.http.get("/openapi.json", headers={"host": f"localhost:{api.server.port}"})).status_code == 200


async def test_behind_a_proxy_the_hosts_are_the_proxys(tmp_path: Path) -> None:
    async with open_api(tmp_path, behind_proxy=True) as api:
        answer = await api.http.get("/openapi.json", headers={"host": "pos.restaurant.example"})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/selling-points/71/../71/orders",
        "/v1/selling-points/72%2F..%2F71/orders",
        "//v1/selling-points/71/orders",
        "/v1/selling-points//orders",
        "/v1/selling-points/71/orders/",
        "/v1/selling-points/71%00/orders",
        "/v1/selling-points/%ff/orders",
        "/V1/selling-points/71/orders",
        "/../etc/passwd",
        "/openapi.json/..",
        "/openapi%2ejson",
        "http://127.0.0.1/v1/selling-points/71/orders",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
async def test_paths_do_no_tricks(api: Api, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{api.server.port}\r\nconnection: close\r\n"
    answer = await api.raw(f"{request}authorization: Bearer {KEY}\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"401", b"404"), answer


# ---------------------------------------------------------------- how much, how fast


async def test_a_huge_body_is_refused_told_or_not(api: Api) -> None:
    told = await api.ask("POST", "/orders", content=b" " * (MOST_BODY + 1), headers=JSON)
    assert problem(told) == (413, "TOO_LARGE")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MOST_BODY // 65536 + 2):
            yield b" " * 65536

    assert problem(await api.ask("POST", "/orders", content=pieces(), headers=JSON)) == (413, "TOO_LARGE")
    assert (await api.ask("GET", "/availability")).status_code == 200


async def test_the_largest_body_is_read(api: Api) -> None:
    form = order_form(comment="x" * (MOST_BODY - 2000))
    assert (await create(api, form)).status_code == 201


async def test_slow_heads_are_cut_off(tmp_path: Path) -> None:
    async with open_api(tmp_path, head_seconds=0.5) as api:
        began = time.monotonic()
        assert await api.raw(b"GET /openapi.json HTTP/1.1\r\nx: " + b"y" * 4000, pause=0.1, piece=8) == b""
        assert time.monotonic() - began < 5
        assert await api.raw(b"") == b""  # nothing at all
        host = f"host: 127.0.0.1:{api.server.port}\r\n".encode()
        whole = b"GET /openapi.json HTTP/1.1\r\n" + host + b"\r\n"
        second = await api.raw(whole + b"GET /v1", pause=0)  # a good request, and half of another
        assert second.startswith(b"HTTP/1.1 200")
        assert second.count(b"HTTP/1.1") == 1


async def test_a_slow_body_is_told(tmp_path: Path) -> None:
    async with open_api(tmp_path, body_seconds=0.3, head_seconds=1) as api:
        head = f"POST /v1/selling-points/{POINT}/orders HTTP/1.1\r\nhost: 127.0.0.1:{api.server.port}\r\n"
        head += f"authorization: Bearer {KEY}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
        answer = await api.raw(head.encode() + b" " * 400, pause=0.05, piece=200)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b'"code":"TOO_SLOW"' in answer


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["no http", "no host", "no ascii", "no length", "two lengths", "a large head", "tls"],
)
async def test_what_is_no_http_is_a_problem_too(tmp_path: Path, sent: bytes) -> None:
    async with open_api(tmp_path, head_seconds=1) as api:
        answer = await api.raw(sent)
        head, _, body = answer.partition(b"\r\n\r\n")
        if answer:
            assert head.startswith(b"HTTP/1.1 400"), answer
            assert json.loads(body)["code"] == "NOT_HTTP"
        else:
            # too little to tell anything from; or so much that closing resets the connection
            assert sent.startswith(b"\x16") or len(sent) > MOST_HEAD


async def test_two_keys_are_none(api: Api) -> None:
    head = f"GET /v1/selling-points/{POINT}/orders HTTP/1.1\r\nhost: 127.0.0.1:{api.server.port}\r\n"
    head += f"connection: close\r\nauthorization: Bearer x\r\nauthorization: Bearer {KEY}\r\n\r\n"
    assert (await api.raw(head.encode())).startswith(b"HTTP/1.1 400")


async def test_too_many_connections_and_requests(tmp_path: Path) -> None:
    async with open_api(tmp_path, most_connections=3, head_seconds=5) as api:
        held = [await asyncio.open_connection("127.0.0.1", api.server.port) for _ in range(3)]
        await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection("127.0.0.1", api.server.port)
        async with asyncio.timeout(3):
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        for _, each in (*held, (reader, writer)):
            each.close()
        async with asyncio.timeout(10):
            while api.server._state.connections:
                await asyncio.sleep(0.01)
        assert (await api.http.get("/openapi.json")).status_code == 200


async def test_so_many_requests_at_once() -> None:
    gate = asyncio.Event()

    async def slow(method: str, params: bytes) -> Any:
        await gate.wait()
        return {}

    async def key(point: str) -> str:
        return KEY

    async def keep(raw: bytes, reason: str) -> None: ...

    app = HttpApi(request=slow, keep=keep, document=b"{}", key=key, is_own_host=lambda _: True, most_at_once=2)
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any: ...

    scope = {
        "method": "GET",
        "raw_path": b"/v1/selling-points/71/tables",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {KEY}".encode())],
    }
    under_way = [asyncio.create_task(app(scope, receive, send)) for _ in range(2)]
    await asyncio.sleep(0)
    await app(scope, receive, send)
    assert [message.get("status") for message in told] == [503, None]
    gate.set()
    await asyncio.gather(*under_way)
    assert [message.get("status") for message in told[2:]] == [200, None, 200, None]


# ---------------------------------------------------------------- where it listens


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::"])
def test_without_tls_it_listens_on_this_machine_only(host: str) -> None:
    def build(**more: Any) -> HttpServer:
        return HttpServer(host=host, port=0, make_app=lambda _: pytest.fail("not served"), **more)

    with pytest.raises(ConfigurationError, match="without TLS") as caught:
        build()
    assert "behind_proxy" in caught.value.hint
    build(behind_proxy=True)
    build(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


def test_a_name_is_no_address() -> None:
    with pytest.raises(ConfigurationError, match="no address"):
        HttpServer(host="caja-1", port=0, make_app=lambda _: pytest.fail("not served"))


async def test_a_port_in_use_is_said(api: Api) -> None:
    with pytest.raises(ConfigurationError, match="cannot listen"):
        async with Api(api.bench).open(port=api.server.port):
            pass


async def test_over_tls(tmp_path: Path) -> None:
    tls.server_context(tmp_path)
    certificate, key = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    trust = ssl.create_default_context(cafile=certificate)
    async with open_api(tmp_path, tls=tls_of(certificate, key), verify=trust) as api:
        assert api.server.url.startswith("https://")
        assert (await api.ask("GET", "/availability")).status_code == 200
        assert await api.raw(b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n") == b""  # plainly: nothing


def test_tls_files_that_are_none(tmp_path: Path) -> None:
    assert tls_of("", "") is None
    with pytest.raises(ConfigurationError, match="both"):
        tls_of("certificate.pem", "")
    with pytest.raises(ConfigurationError, match="cannot be set up"):
        tls_of(str(tmp_path / "none.pem"), str(tmp_path / "none.pem"))
    (tmp_path / "text.pem").write_text("nonsense")
    with pytest.raises(ConfigurationError, match="cannot be set up"):
        tls_of(str(tmp_path / "text.pem"), str(tmp_path / "text.pem"))


def test_all_of_the_table_is_served() -> None:
    assert {each.method for each in HTTP} <= set(SERVED_BY_NAME)
