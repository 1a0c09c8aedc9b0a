"""What goes wrong on the wire, and what it is called (the table of adapters/odoo/wire.py)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.http import ANSWER_LIMIT
from adapters.odoo.wire import MESSAGE_LIMIT, Wire
from app.domain.errors import (
    OutcomeUnknown,
    PosBusy,
    PosError,
    PosNotFound,
    PosRefused,
    PosUnreachable,
    ProfileError,
)

TRACE = "Traceback (most recent call last): secret of the server"


def wire_of(answer: Callable[[httpx.Request], httpx.Response], **more: Any) -> Wire:
    options = {"url": "http://odoo.local/", "api_key": "k", "database": "", "timeout": 5, **more}
    return Wire(**options, transport=httpx.MockTransport(answer))


def fault(status: int, name: str, message: str = "no") -> Callable[[httpx.Request], httpx.Response]:
    body = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": TRACE}
    return lambda _: httpx.Response(status, json=body)


async def read(wire: Wire) -> dict[str, Any]:
    return await wire.read("pos.order", "read", dict[str, Any], ids=[1])


async def write(wire: Wire) -> dict[str, Any]:
    return await wire.write("pos.order", "sync_from_ui", dict[str, Any], orders=[])


async def test_a_call_goes_where_odoo_wants_it_with_exact_amounts() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ok": 1})

    wire = wire_of(answer, database="bar")
    assert await wire.write("pos.order", "write", dict[str, int], vals={"a": Decimal("9.917355371901")}) == {"ok": 1}
    (request,) = seen
    assert str(request.url) == "http://odoo.local/json/2/pos.order/write"
    assert request.content == b'{"vals":{"a":9.917355371901}}'
    assert (request.headers["authorization"], request.headers["x-odoo-database"]) == ("bearer k", "bar")


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (401, "werkzeug.exceptions.Unauthorized", ProfileError),
        (403, "odoo.exceptions.AccessError", ProfileError),
        (404, "werkzeug.exceptions.NotFound", ProfileError),
        (404, "odoo.exceptions.MissingError", PosNotFound),
        (422, "odoo.exceptions.ValidationError", PosRefused),
        (400, "werkzeug.exceptions.BadRequest", PosRefused),
        (429, "", PosBusy),
    ],
)
async def test_a_no_is_the_same_for_reads_and_writes(status: int, name: str, kind: type[PosError]) -> None:
    for call in (read, write):
        with pytest.raises(kind) as caught:
            await call(wire_of(fault(status, name)))
        assert type(caught.value) is kind


async def test_the_servers_traceback_is_never_shown() -> None:
    for status in (400, 401, 403, 404, 422, 429, 500, 502, 503):
        for call in (read, write):
            with pytest.raises(PosError) as caught:
                await call(wire_of(fault(status, "builtins.KeyError", "access_token")))
            assert "Traceback" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_failure_leaves_a_write_unknown(status: int) -> None:
    with pytest.raises(OutcomeUnknown):
        await write(wire_of(fault(status, "builtins.KeyError")))
    with pytest.raises(PosError) as caught:
        await read(wire_of(fault(status, "builtins.KeyError", "private")))
    assert caught.value.retryable
    assert "private" not in caught.value.message  # a failure may quote anything


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"a"', b"\xff\xfe"])
async def test_nonsense_is_a_failure(body: bytes) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body)

    with pytest.raises(OutcomeUnknown):
        await write(wire_of(answer))
    with pytest.raises(PosError) as caught:
        await read(wire_of(answer))
    assert caught.value.retryable


@pytest.mark.parametrize("status", [302, 404])
async def test_something_else_at_the_address_is_said_so(status: int) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text="<!DOCTYPE html>")

    with pytest.raises(ProfileError, match="no Odoo 19 answers"):
        await read(wire_of(answer))


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("9999", 300), ("Wed, 21 Oct", 5), ("", 5)])
async def test_a_busy_odoo_says_when(header: str, seconds: int) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"retry-after": header})

    with pytest.raises(PosBusy) as caught:
        await write(wire_of(answer))
    assert caught.value.retry_after.total_seconds() == seconds


@pytest.mark.parametrize(
    ("raised", "on_write"),
    [
        (httpx.ConnectError("refused"), PosUnreachable),
        (httpx.ConnectTimeout("late"), PosUnreachable),
        (httpx.ReadTimeout("late"), OutcomeUnknown),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown),
        (httpx.WriteError("cut"), OutcomeUnknown),
    ],
)
async def test_the_network(raised: Exception, on_write: type[PosError]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(PosUnreachable):
        await read(wire_of(answer))
    with pytest.raises(on_write) as caught:
        await write(wire_of(answer))
    assert type(caught.value) is on_write


async def test_answers_and_messages_are_bounded() -> None:
    with pytest.raises(PosUnreachable, match="larger than"):
        await read(wire_of(lambda _: httpx.Response(200, content=b"x" * (ANSWER_LIMIT + 1))))
    with pytest.raises(PosRefused) as caught:
        await write(wire_of(fault(422, "odoo.exceptions.UserError", "line\n" * 10_000)))
    assert len(caught.value.message) < MESSAGE_LIMIT + 50


@pytest.mark.parametrize(
    "options",
    [{"url": "odoo"}, {"url": "ftp://odoo"}, {"url": "http://[::1"}, {"api_key": "ключ"}, {"api_key": "a\nb"}],
)
def test_an_address_or_key_that_can_be_none(options: dict[str, str]) -> None:
    with pytest.raises(ProfileError) as caught:
        wire_of(lambda _: httpx.Response(200), **options)
    assert caught.value.hint
