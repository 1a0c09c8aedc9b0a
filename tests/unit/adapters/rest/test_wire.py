"""What goes wrong on the wire, and what it is called: the reference POS's profile against servers that misbehave."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from adapters.http import ANSWER_LIMIT, base_url
from adapters.rest.adapter import RestAdapter
from adapters.rest.load import load_profile
from adapters.rest.wire import LONGEST_WAIT, Rate
from app.domain.errors import (
    OutcomeUnknown,
    PosBusy,
    PosError,
    PosNotFound,
    PosRefused,
    PosTillClosed,
    PosUnreachable,
    ProfileError,
)
from app.domain.status import Status
from tests.contract.pos_bench import REFERENCE
from tests.helpers.rest import POINT, Pos, adapter_of, answer, request_for
from tests.helpers.tls import server_context

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking_to(talk: Talk, timeout: float = 5) -> AsyncIterator[RestAdapter]:
    """An adapter of a server that reads a request's head, then does as `talk` says and closes."""

    ends: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        ends.append(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except ConnectionError:
            pass  # the wire hung up first
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    try:
        async with RestAdapter(REFERENCE, point=POINT, url=url, secrets={"api-key": "k"}, timeout=timeout) as adapter:
            yield adapter
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*ends), 10)
        await server.wait_closed()


def answering(status: str, body: bytes = b"", headers: str = "") -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{headers}connection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return talk


def error(code: str, field: str = "") -> bytes:
    return msgspec.json.encode({"error": {"code": code, "message": "no", "field": field}})


async def both(talk: Talk, timeout: float = 5) -> tuple[PosError, PosError]:
    """The errors of a read and of a write."""
    caught = []
    async with talking_to(talk, timeout) as adapter:
        for call in (adapter.read_order("17"), adapter.change_status("17", Status.READY)):
            with pytest.raises(PosError) as info:
                await call
            caught.append(info.value)
    return caught[0], caught[1]


HTML = b"<html>It works!</html>"


@pytest.mark.parametrize(
    ("status", "body", "headers", "reading", "writing"),
    [
        ("500 Oh", b"", "", PosError, OutcomeUnknown),
        ("502 Bad Gateway", b"<html>", "", PosError, OutcomeUnknown),
        ("503 Later", b"", "", PosError, OutcomeUnknown),
        ("503 Later", b"", "retry-after: 7\r\n", PosBusy, PosBusy),
        ("429 Slow", b"", "", PosBusy, PosBusy),
        ("200 OK", HTML, "", PosError, OutcomeUnknown),
        ("409 No", error("till_closed"), "", PosTillClosed, PosTillClosed),
        ("409 No", error("invalid_transition"), "", PosRefused, PosRefused),
        ("404 No", error("unknown_order"), "", PosNotFound, PosNotFound),
        ("404 No", b"Not Found", "", ProfileError, ProfileError),
        ("401 No", error("unauthorized"), "", ProfileError, ProfileError),
        ("403 No", b"", "", ProfileError, ProfileError),
        ("302 Elsewhere", b"", "location: http://127.0.0.1:1/\r\n", ProfileError, ProfileError),
        ("422 No", error("unknown_product", "lines[0]"), "", PosRefused, PosRefused),
        ("400 No", b"[]", "", PosRefused, PosRefused),
    ],
)
async def test_answers(
    status: str, body: bytes, headers: str, reading: type[PosError], writing: type[PosError]
) -> None:
    read, write = await both(answering(status, body, headers))
    assert (type(read), type(write)) == (reading, writing)
    assert read.retryable is (reading in (PosError, PosBusy, PosTillClosed))


@pytest.mark.parametrize(
    "body", [b"", b'{"a": 1}', b'{"a": "\xff"}', b'{"a": ' + b"[" * 100_000, b"[1]", b'{"id": true, "status": "open"}']
)
async def test_an_order_of_another_form_is_worth_another_try_and_an_unknown_outcome_after_a_create(
    body: bytes,
) -> None:
    async with talking_to(answering("200 OK", body)) as adapter:
        with pytest.raises(PosError) as read:
            await adapter.read_order("17")
        assert read.value.retryable
        with pytest.raises(OutcomeUnknown):
            await adapter.create_order(request_for())


async def test_a_refusal_carries_code_field_and_hint() -> None:
    _, refused = await both(answering("422 No", error("unknown_product", "lines[0].product")))
    assert isinstance(refused, PosRefused)
    assert (refused.code, refused.field) == ("UNKNOWN_PRODUCT", "lines[0].product")
    assert "map the product" in refused.hint


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("99999", 300), ("", 5), ("Wed, 21 Oct 2026 07:28:00 GMT", 5), ("-3", 5)]
)
async def test_how_long_to_wait(header: str, seconds: int) -> None:
    busy, _ = await both(answering("429 Slow", b"", f"retry-after: {header}\r\n"))
    assert isinstance(busy, PosBusy)
    assert busy.retry_after.total_seconds() == seconds


async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """No answer."""


async def abort(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"a": ')


async def gibberish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")


async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1 << 16)
    await reader.read()  # till the wire hangs up


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
    for _ in range(ANSWER_LIMIT // (1 << 20) + 2):
        writer.write(b" " * (1 << 20))
        await writer.drain()


@pytest.mark.parametrize("talk", [close, abort, half, gibberish, flood])
async def test_no_answer_or_a_broken_one(talk: Talk) -> None:
    read, write = await both(talk)
    assert (type(read), type(write)) == (PosUnreachable, OutcomeUnknown)


async def test_no_answer_in_time() -> None:
    read, write = await both(wait, timeout=0.1)
    assert (type(read), type(write)) == (PosUnreachable, OutcomeUnknown)


async def test_an_answer_that_trickles_ends_too() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with talking_to(trickle, timeout=0.1) as adapter:
        before = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            await adapter.change_status("17", Status.READY)
    assert 0.1 < time.monotonic() - before < 5


async def test_nothing_listens() -> None:
    async with RestAdapter(
        REFERENCE, point=POINT, url="http://127.0.0.1:1", secrets={"api-key": "k"}, timeout=1
    ) as adapter:
        for call in (adapter.read_order("17"), adapter.change_status("17", Status.READY), adapter.health()):
            with pytest.raises(PosUnreachable):
                await call


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:80", "not an address"),
        ("ftp://127.0.0.1", "not an address"),
        ("http://", "not an address"),
        ("http://user:pass@127.0.0.1", "not an address"),
        ("http://127.0.0.1?x=1", "not an address"),
        ("", "not an address"),
        ("http://pos.example.com", "unprotected"),
        ("http://8.8.8.8", "unprotected"),
        ("http://134744072", "unprotected"),
    ],
)
def test_an_address_that_is_none_is_said_at_once(url: str, said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        RestAdapter(REFERENCE, point=POINT, url=url, secrets={"api-key": "k"})


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8090/", "http://192.168.1.20/api/", "http://[fd00::5]", "http://caja", "https://a.example.com"],
)
def test_addresses(url: str) -> None:
    assert str(base_url(url, "")).rstrip("/") == url.rstrip("/")


# ---------------------------------------------------------------- TLS


@asynccontextmanager
async def over_tls(folder: Path) -> AsyncIterator[str]:
    context = server_context(folder)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


HEALTH = '[services.health]\npath = "/health"\nresult = \'{"ok": true}\'\n'


async def test_a_certificate_of_ones_own_authority(tmp_path: Path) -> None:
    async with over_tls(tmp_path) as url:
        own = f'[connection]\nca_file = "certificate.pem"\n{HEALTH}'
        file = tmp_path / "pos.toml"
        file.write_text(f'[pos]\nname = "POS"\n{own}')
        async with RestAdapter(load_profile(file).profile, point=POINT, url=url, folder=tmp_path) as adapter:
            assert (await adapter.health()).ok
        file.write_text(f'[pos]\nname = "POS"\n{HEALTH}')
        async with RestAdapter(load_profile(file).profile, point=POINT, url=url) as adapter:
            with pytest.raises(PosUnreachable, match="certificate"):
                await adapter.health()


def test_a_file_without_a_certificate_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ProfileError, match=r"ca\.pem"):
        adapter_of(f'[connection]\nca_file = "ca.pem"\n{HEALTH}', Pos(), folder=tmp_path, transport=None)


# ---------------------------------------------------------------- limits


async def test_requests_under_way_are_bounded() -> None:
    under_way = most = 0

    class Slow(Pos):
        async def __call__(self, request: object) -> object:  # type: ignore[override]
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return answer({})

    async with adapter_of(f"[connection]\nconcurrency = 3\n{HEALTH}", Slow()) as adapter:
        await asyncio.gather(*(adapter.health() for _ in range(20)))
    assert most == 3


async def test_a_rate_is_kept_and_who_would_wait_too_long_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = 100.0, []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))

    monkeypatch.setattr("adapters.rest.wire.time.monotonic", lambda: now)
    monkeypatch.setattr("adapters.rest.wire.asyncio.sleep", sleep)
    rate = Rate(4)
    for _ in range(5):
        await rate.take()
    assert waits == [0.25, 0.5, 0.75]  # two at once, then one each quarter of a second
    for _ in range(17):
        await rate.take()
    assert waits[-1] == LONGEST_WAIT
    with pytest.raises(PosBusy) as busy:
        await rate.take()
    assert LONGEST_WAIT < busy.value.retry_after.total_seconds() <= LONGEST_WAIT + 2
    now += 60
    await rate.take()
    await Rate(0).take()


async def test_the_idempotency_key_of_any_reference_is_sent_in_ascii() -> None:
    text = """
[services.create_order]
method = "POST"
path = "/orders"
idempotency_header = "Idempotency-Key"
body = '{"id": order.reference}'
result = '{"id": "1"}'
[status.order.read]
open = "accepted"
"""
    pos = Pos(lambda _: answer({}))
    async with adapter_of(text, pos) as adapter:
        for name in ("418774", "pedido-ñ", "a\r\nb", "x" * 5000):
            await adapter.create_order(request_for({"id": name}))
    plain, *hashed = (request.headers["idempotency-key"] for request in pos.requests)
    assert plain == "418774"
    assert [len(key) for key in hashed] == [71, 71, 71]
    assert len(set(hashed)) == 3
