"""The local receiver, over real sockets."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError, LedgerError, VaultError
from app.infra.clock import SystemClock
from app.infra.local_http import MOST_BODY, Head, Refused
from app.infra.pos_webhook_schemes import SchemeKind, WebhookScheme
from app.infra.pos_webhooks import MOST_A_SECOND, PosWebhooks, WebhookSource
from app.link.signing import sign
from app.ports.pos import PosWebhook
from tests.helpers.logfail import ExpectedLogs

SECRET = "whsec_" + base64.b64encode(b"a key for the tests of webhooks").decode()
STANDARD = WebhookScheme()
BODY = b'{"order": "17", "total": 68.10}'


class Receiver:
    """The receiver under test with what it handed over."""

    def __init__(self) -> None:
        self.taken: list[PosWebhook] = []
        self.error: Exception | None = None
        self.secret: str | None = SECRET
        self.vault_error: Exception | None = None
        self.clock = SystemClock()
        self._stack = AsyncExitStack()

    async def open(self, scheme: WebhookScheme | None = STANDARD, **arguments: Any) -> PosWebhooks:
        self.webhooks = await self._stack.enter_async_context(
            PosWebhooks(
                sources={"71": WebhookSource(scheme, self._secret), "7 2": WebhookSource(None, self._secret)},
                on_webhook=self._on_webhook,
                clock=self.clock,
                port=0,
                **arguments,
            )
        )
        self.http = await self._stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        return self.webhooks

    async def close(self) -> None:
        await self._stack.aclose()

    async def post(
        self, path: str = "/71/order", body: bytes = BODY, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        response = await self.http.post(f"{self.webhooks.url}{path}", content=body, headers=headers)
        return response.status_code, response.json()["code"]

    def signed(self, message_id: str = "m1", *, body: bytes = BODY, late: timedelta = timedelta(0)) -> dict[str, str]:
        return sign(SECRET, message_id=message_id, at=datetime.now(UTC) - late, body=body)

    async def raw(self, sent: bytes, *, eof: bool = False) -> bytes:
        """What comes back for these bytes."""
        reader, writer = await self.connect()
        writer.write(sent)
        if eof:
            writer.write_eof()
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", httpx.URL(self.webhooks.url).port)

    async def _secret(self) -> str | None:
        if self.vault_error:
            raise self.vault_error
        return self.secret

    async def _on_webhook(self, webhook: PosWebhook) -> None:
        if self.error:
            raise self.error
        self.taken.append(webhook)


@pytest.fixture
async def receiver(expected_logs: ExpectedLogs) -> AsyncIterator[Receiver]:
    expected_logs.allow("app.infra.pos_webhooks", logging.WARNING, "are refused")
    receiver = Receiver()
    yield receiver
    await receiver.close()


async def test_a_webhook_is_handed_over(receiver: Receiver) -> None:
    await receiver.open()
    assert await receiver.post(headers=receiver.signed()) == (200, "OK")
    (webhook,) = receiver.taken
    assert (webhook.selling_point, webhook.event) == ("71", "order")
    assert webhook.body == {"order": "17", "total": Decimal("68.10")}
    assert await receiver.post("/7%202/catalog.changed?x=1", b"") == (200, "OK")
    assert (receiver.taken[1].selling_point, receiver.taken[1].body) == ("7 2", {})
    assert receiver.webhooks.counts == {"OK": 2}


@pytest.mark.parametrize(
    ("scheme", "good"),
    [
        (
            WebhookScheme(kind=SchemeKind.HMAC, header="X-Pos-Signature", prefix="sha256="),
            {"x-pos-signature": "sha256=" + hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest().upper()},
        ),
        (
            WebhookScheme(kind=SchemeKind.HMAC, encoding="base64"),
            {"x-webhook-signature": base64.b64encode(hmac.digest(SECRET.encode(), BODY, "sha256")).decode()},
        ),
        (
            WebhookScheme(kind=SchemeKind.TOKEN, header="authorization", prefix="Bearer"),
            {"authorization": f"Bearer {SECRET}"},
        ),
    ],
)
async def test_other_schemes(receiver: Receiver, scheme: WebhookScheme, good: dict[str, str]) -> None:
    await receiver.open(scheme)
    assert await receiver.post(headers=good) == (200, "OK")
    ((name, value),) = good.items()
    for bad in (value[:-1], value + "0", value.removeprefix(scheme.prefix).strip() if scheme.prefix else "x", "é"):
        assert await receiver.post(headers=httpx.Headers({name: bad.encode()})) == (401, "SIGNATURE_INVALID")  # type: ignore[arg-type]
    assert await receiver.post() == (401, "SIGNATURE_MISSING")
    if scheme.kind is SchemeKind.HMAC:
        assert await receiver.post(body=b"{}", headers=good) == (401, "SIGNATURE_INVALID")
    assert len(receiver.taken) == 1


async def test_standard_webhooks_refusals(receiver: Receiver) -> None:
    await receiver.open()
    good = receiver.signed()
    cases = [
        ({}, "SIGNATURE_MISSING"),
        (good | {"webhook-id": "m2"}, "SIGNATURE_INVALID"),
        (receiver.signed(body=b"{}"), "SIGNATURE_INVALID"),
        (receiver.signed(late=timedelta(minutes=6)), "SIGNATURE_EXPIRED"),
        (receiver.signed(late=timedelta(minutes=-6)), "SIGNATURE_EXPIRED"),
    ]
    for headers, code in cases:
        assert await receiver.post(headers=headers) == (401, code)
    receiver.secret = None
    assert await receiver.post(headers=good) == (401, "SECRET_MISSING")
    assert receiver.taken == []


async def test_a_repetition_is_taken_once(receiver: Receiver) -> None:
    await receiver.open()
    receiver.error = LedgerError("disk full")
    headers = receiver.signed()
    assert await receiver.post(headers=headers) == (503, "LEDGER_UNUSABLE")
    receiver.error = None
    assert await receiver.post(headers=headers) == (200, "OK")
    assert await receiver.post(headers=receiver.signed(late=timedelta(seconds=9))) == (200, "REPEATED")
    assert await receiver.post(headers=receiver.signed("m2")) == (200, "OK")
    assert len(receiver.taken) == 2


async def test_what_fails_is_not_answered_2xx(receiver: Receiver, expected_logs: ExpectedLogs) -> None:
    await receiver.open()
    receiver.vault_error = VaultError("locked", locked=True)
    assert await receiver.post(headers=receiver.signed()) == (503, "VAULT_LOCKED")
    receiver.vault_error = None
    receiver.error = KeyError("bug")
    with expected_logs("app.infra.pos_webhooks", logging.ERROR, "could not be handled"):
        assert await receiver.post(headers=receiver.signed()) == (500, "BUG")
    assert receiver.webhooks.counts == {"VAULT_LOCKED": 1, "BUG": 1}


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff", b"nul", b"[" * 100_000, b'{"a":' * 100_000])
async def test_bad_bodies(receiver: Receiver, body: bytes) -> None:
    await receiver.open()
    assert await receiver.post("/7%202/order", body) == (400, "NOT_A_JSON_OBJECT")


async def test_refused_by_head(receiver: Receiver) -> None:
    await receiver.open()
    port = httpx.URL(receiver.webhooks.url).port
    for host in ("evil.example.com", f"evil.example.com:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil.example.com"):
        assert await receiver.post(headers={"host": host}) == (403, "OTHER_HOST")
    for origin in ("https://evil.example.com", "null", f"http://127.0.0.1:{port}"):
        assert await receiver.post("/7%202/order", headers={"origin": origin}) == (403, "FROM_A_WEB_PAGE")
    for path in ("/72/order", "/71", "/71/", "/71/a/b", "/71/a%2Fb", "/../etc/passwd"):
        assert (await receiver.post(path))[0] == 404
    for method in ("GET", "HEAD", "PUT", "OPTIONS"):
        response = await receiver.http.request(method, f"{receiver.webhooks.url}/71/order")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert await receiver.post("/7%202/order", headers={"host": f"localhost:{port}"}) == (200, "OK")
    assert len(receiver.taken) == 1


async def test_too_large(receiver: Receiver) -> None:
    await receiver.open()
    most = json.dumps({"x": "y" * (MOST_BODY - 9)}).encode()
    assert len(most) == MOST_BODY
    assert await receiver.post("/7%202/order", most) == (200, "OK")
    assert await receiver.post("/7%202/order", most + b" ") == (413, "TOO_LARGE")
    assert await receiver.post("/7%202/order", most * 4) == (413, "TOO_LARGE")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    response = await receiver.http.post(f"{receiver.webhooks.url}/7%202/order", content=chunks())
    assert response.status_code == 413
    answer = await receiver.raw(b"POST /pos/71/order HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000)
    assert answer.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello \r\n\r\n",
        b"POST /pos/71/order HTTP/1.1\r\n\r\n",
        b"POST /pos/71/order HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /pos/71/order HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /pos/71/order HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /pos/71/order HTTP/1.1\r\nHost: a\r\nbad name: 1\r\n\r\n",
    ],
)
async def test_not_http(receiver: Receiver, sent: bytes) -> None:
    await receiver.open()
    assert (await receiver.raw(sent)).startswith(b"HTTP/1.1 400")
    assert receiver.webhooks.counts == {"NOT_HTTP": 1}


async def test_a_body_that_stops_early(receiver: Receiver) -> None:
    webhooks = await receiver.open()
    port = httpx.URL(webhooks.url).port
    sent = f"POST /pos/7%202/order HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 9\r\n\r\n{{}}".encode()
    assert (await receiver.raw(sent, eof=True)).startswith(b"HTTP/1.1 400")
    assert await receiver.raw(b"", eof=True) == b""
    assert receiver.taken == []


async def test_expect_continue_and_pipelining(receiver: Receiver) -> None:
    webhooks = await receiver.open()
    port = httpx.URL(webhooks.url).port
    head = f"POST /pos/7%202/order HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 2\r\n"
    reader, writer = await receiver.connect()
    writer.write(f"{head}Expect: 100-continue\r\n\r\n".encode())
    async with asyncio.timeout(5):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(f"{{}}{head}\r\n{{}}".encode())  # and a second request, which is not looked at
        answer = await reader.read()
    assert answer.count(b"HTTP/1.1") == 1
    assert b"connection: close" in answer.lower()
    writer.close()
    await writer.wait_closed()
    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /pos/71", b"POST /pos/7%202/order HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 9\r\n\r\n{"],
)
async def test_too_slow(receiver: Receiver, sent: bytes) -> None:
    webhooks = await receiver.open(read_seconds=0.1)
    answer = await receiver.raw(sent.replace(b"PORT", str(httpx.URL(webhooks.url).port).encode()))
    assert answer.startswith(b"HTTP/1.1 408")
    assert webhooks.counts == {"TOO_SLOW": 1}


async def test_connections_are_bounded(receiver: Receiver) -> None:
    webhooks = await receiver.open(most_connections=3)
    held = [await receiver.connect() for _ in range(3)]
    assert await receiver.post("/7%202/order") == (503, "TOO_MANY_CONNECTIONS")
    held += [await receiver.connect() for _ in range(3)]
    with pytest.raises(httpx.TransportError):
        await receiver.post("/7%202/order")
    for _, writer in held:
        writer.close()
        await writer.wait_closed()
    async with asyncio.timeout(5):
        while await receiver.post("/7%202/order") != (200, "OK"):
            await asyncio.sleep(0.01)
    assert webhooks.counts["OK"] == 1


async def test_rate_is_bounded(receiver: Receiver) -> None:
    await receiver.open()
    receiver.clock.monotonic = lambda: 7.0  # type: ignore[method-assign]
    codes = [(await receiver.post("/none/order"))[0] for _ in range(MOST_A_SECOND + 2)]
    assert codes == [404] * MOST_A_SECOND + [429] * 2
    receiver.clock.monotonic = lambda: 8.0  # type: ignore[method-assign]
    assert (await receiver.post("/7%202/order"))[0] == 200


async def test_the_end_does_not_wait_for_the_slow(receiver: Receiver) -> None:
    await receiver.open()
    reader, writer = await receiver.connect()
    writer.write(b"POST /pos")
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await receiver.close()
        assert await reader.read() == b""
    writer.close()


async def test_refusals_are_logged_once(receiver: Receiver, expected_logs: ExpectedLogs) -> None:
    await receiver.open()
    with expected_logs(
        "app.infra.pos_webhooks", logging.WARNING, "POS of 71 are refused: SIGNATURE_MISSING"
    ) as records:
        for _ in range(3):
            await receiver.post()
        assert len(records) == 1
        await receiver.post(headers=receiver.signed())
        await receiver.post()
    assert len(records) == 2


async def test_only_with_secrets_for_others(receiver: Receiver) -> None:
    with pytest.raises(ConfigurationError, match=r"not on 0\.0\.0\.0"):
        await receiver.open(host="0.0.0.0")


async def test_a_port_in_use(receiver: Receiver) -> None:
    webhooks = await receiver.open()
    port = httpx.URL(webhooks.url).port
    assert port is not None
    other = PosWebhooks(sources={}, on_webhook=receiver._on_webhook, clock=SystemClock(), port=port)
    with pytest.raises(ConfigurationError, match=f"port {port}"):
        await other.__aenter__()


HEADER_NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature", "x-webhook-signature"]


@given(
    scheme=st.builds(WebhookScheme, kind=st.sampled_from(SchemeKind), prefix=st.sampled_from(["", "sha256="])),
    headers=st.lists(st.tuples(st.sampled_from(HEADER_NAMES), st.text(st.characters(max_codepoint=255)))),
    target=st.one_of(st.text(), st.builds("/pos/71/{}".format, st.text())),
    body=st.binary(),
)
def test_nothing_unsigned_gets_through(
    scheme: WebhookScheme, headers: list[tuple[str, str]], target: str, body: bytes
) -> None:
    receiver = Receiver()
    webhooks = PosWebhooks(
        sources={"71": WebhookSource(scheme, receiver._secret)}, on_webhook=receiver._on_webhook, clock=receiver.clock
    )
    logging.getLogger("app.infra.pos_webhooks").disabled = True
    try:
        with pytest.raises(Refused) as caught:
            asyncio.run(webhooks._answer(Head("POST", target, tuple(headers)), body))
    finally:
        logging.getLogger("app.infra.pos_webhooks").disabled = False
    assert caught.value.status in (400, 401, 404)
    assert receiver.taken == []
