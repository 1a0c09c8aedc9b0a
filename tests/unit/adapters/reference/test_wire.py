"""What goes wrong on the wire, and what it is called (the table of adapters/reference/wire.py)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from adapters.reference.wire import ANSWER_LIMIT, Wire
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

ANY = msgspec.json.Decoder(dict[str, str])
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking_to(talk: Talk, timeout: float = 5) -> AsyncIterator[Wire]:
    """A wire to a server that reads a request's head, then does as `talk` says and closes."""

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
    wire = Wire(url=f"http://127.0.0.1:{port}/", api_key="k", timeout=timeout)
    try:
        yield wire
    finally:
        await wire.close()
        server.close()
        await asyncio.wait_for(asyncio.gather(*ends), 5)
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
    async with talking_to(talk, timeout) as wire:
        for call in (wire.read("/x", ANY), wire.write("POST", "/x", b"{}", ANY)):
            with pytest.raises(PosError) as info:
                await call
            caught.append(info.value)
    return caught[0], caught[1]


@pytest.mark.parametrize(
    ("status", "body", "headers", "reading", "writing"),
    [
        ("500 Oh", b"", "", PosError, OutcomeUnknown),
        ("502 Bad Gateway", b"<html>", "", PosError, OutcomeUnknown),
        ("503 Later", b"", "", PosError, OutcomeUnknown),
        ("503 Later", b"", "retry-after: 7\r\n", PosBusy, PosBusy),
        ("429 Slow", b"", "", PosBusy, PosBusy),
        ("200 OK", b"<html>It works!</html>", "", PosError, OutcomeUnknown),
        ("200 OK", b"", "", PosError, OutcomeUnknown),
        ("200 OK", b'{"a": 1}', "", PosError, OutcomeUnknown),
        ("200 OK", b'{"a": "\xff"}', "", PosError, OutcomeUnknown),
        ("200 OK", b'{"a": ' + b"[" * 100_000, "", PosError, OutcomeUnknown),
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
    if type(read) is PosError:
        assert read.retryable


async def test_a_refusal_says_what_where_and_how_to_mend_it() -> None:
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

    async with talking_to(trickle, timeout=0.1) as wire:
        before = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            await wire.write("POST", "/x", b"{}", ANY)
    assert 0.1 < time.monotonic() - before < 1


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("127.0.0.1:80", "k"),
        ("", "k"),
        ("ftp://127.0.0.1", "k"),
        ("http://", "k"),
        ("http://127.0.0.1", "ké"),
        ("http://127.0.0.1", "k\n"),
    ],
)
def test_an_address_or_key_that_is_none_is_said_at_once(url: str, key: str) -> None:
    with pytest.raises(ProfileError):
        Wire(url=url, api_key=key, timeout=1)


async def test_nothing_listens() -> None:
    wire = Wire(url="http://127.0.0.1:1", api_key="k", timeout=1)
    for call in (wire.read("/x", ANY), wire.write("POST", "/x", b"{}", ANY)):
        with pytest.raises(PosUnreachable):
            await call
    await wire.close()


async def test_the_idempotency_key_of_any_reference_is_sent_in_ascii() -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire = Wire(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", api_key="k", timeout=5)
    for key in ("418774", "pedido-ñ", "a\r\nb", "x" * 5000):
        await wire.write("POST", "/orders", b"{}", ANY, key=key)
    await wire.close()
    server.close()
    await server.wait_closed()
    sent = [line for head in heads for line in head.decode().split("\r\n") if line.startswith("idempotency-key")]
    plain, *hashed = (line.removeprefix("idempotency-key: ") for line in sent)
    assert plain == "418774"
    assert [len(key) for key in hashed] == [71, 71, 71]
    assert len(set(hashed)) == 3
