"""Calls to the reference POS over HTTP, and what can go wrong with them in the words of :mod:`app.domain.errors`.

=====================================  =================================  =============================
what happened                          on a read                          on a write
=====================================  =================================  =============================
no connection                          PosUnreachable                     PosUnreachable
connection lost, no answer in time     PosUnreachable                     OutcomeUnknown
429, or 503 with ``Retry-After``       PosBusy                            PosBusy
other 5xx                              PosError, worth a retry            OutcomeUnknown
2xx with another body than ours        PosError, worth a retry            OutcomeUnknown
409 ``till_closed``                    PosTillClosed                      PosTillClosed
404 ``unknown_order``                  PosNotFound                        PosNotFound
401, 403, another 404, a redirect      ProfileError                       ProfileError
other 4xx                              PosRefused                         PosRefused
=====================================  =================================  =============================
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple, NoReturn, TypeVar

import httpx
import msgspec

from adapters.reference.forms import Fault, FaultAnswer
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

PREFIX = "/api/v1"

CONNECT_SECONDS = 3
"""A POS in the same house answers at once or is not there."""

IDLE_SECONDS = 4
"""Idle connections are given up after this, before a server of usual settings (5 s) gives them up while we write."""

ANSWER_LIMIT = 16 << 20
"""Bytes of the largest answer read."""

RETRY_LIMIT = 300
"""Seconds of the longest wait that a ``Retry-After`` is believed."""

T = TypeVar("T")

_HINTS = {
    "unknown_product": "map the product to one of the POS, or set its externalId in Sinqro to the POS's id",
    "unknown_option": "map the option to one of the POS, or set its externalId in Sinqro to the POS's id",
    "unknown_table": "set the table's code in Sinqro to the POS's",
}
"""How to mend what the POS refuses, by its code."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,100}")

_FAULT = msgspec.json.Decoder(FaultAnswer)


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    retry_after: str | None
    body: bytes


class Wire:
    """The POS's address, key and connections. Raises :class:`ProfileError` when address or key can't be any."""

    def __init__(self, *, url: str, api_key: str, timeout: float) -> None:
        try:
            base = httpx.URL(url.rstrip("/") + PREFIX)
        except httpx.InvalidURL as exc:
            raise ProfileError(f"{url!r} is not an address", hint="write for instance http://127.0.0.1:8090") from exc
        if base.scheme not in ("http", "https") or not base.host:
            raise ProfileError(f"{url!r} is not an address", hint="write for instance http://127.0.0.1:8090")
        if not (api_key.isascii() and api_key.isprintable()):
            raise ProfileError("the API key has characters that no key has", hint="copy it again from the POS")
        self._base = str(base)
        self._timeout = timeout
        self._headers = {"x-api-key": api_key, "accept": "application/json", "accept-encoding": "identity"}
        self._steps = {"timeout": httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout / 2)).as_dict()}
        # The transport alone: a third of a call's cost is what a client adds, and there are no cookies, redirects or
        # proxies here (a POS is in the house, never behind the system's proxy).
        self._transport = httpx.AsyncHTTPTransport(
            # no maximum: how much goes on at once is the services' matter, and waiting here would look like a slow POS
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=16, keepalive_expiry=IDLE_SECONDS),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def read(self, path: str, decoder: msgspec.json.Decoder[T], **query: str) -> T:
        """A call that changes nothing."""
        url = httpx.URL(self._base + path, params=query) if query else httpx.URL(self._base + path)
        request = httpx.Request("GET", url, headers=self._headers, extensions=self._steps)
        return _decoded(await self._send(request, writing=False), decoder, writing=False)

    async def write(self, method: str, path: str, body: bytes, decoder: msgspec.json.Decoder[T], *, key: str = "") -> T:
        """A call that changes the POS; ``key`` names the change, so that repeating it does it once."""
        headers = self._headers | {"content-type": "application/json"}
        if key:
            # ids come from outside and may be anything; a header may not
            plain = _PLAIN_KEY.fullmatch(key) is not None
            headers["idempotency-key"] = key if plain else f"sha256-{hashlib.sha256(key.encode()).hexdigest()}"
        request = httpx.Request(method, self._base + path, content=body, headers=headers, extensions=self._steps)
        return _decoded(await self._send(request, writing=True), decoder, writing=True)

    async def _send(self, request: httpx.Request, *, writing: bool) -> Reply:
        with _translated(writing=writing):
            async with asyncio.timeout(self._timeout):
                response = await self._transport.handle_async_request(request)
                try:
                    body = await _body(response)
                finally:
                    await response.aclose()
        return Reply(response.status_code, response.headers.get("retry-after"), body)


async def _body(response: httpx.Response) -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_LIMIT:
            raise httpx.RemoteProtocolError(f"the answer is larger than {ANSWER_LIMIT >> 20} MiB")
    return b"".join(chunks)


@contextmanager
def _translated(*, writing: bool) -> Iterator[None]:
    """The one place where httpx's exceptions become ours."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
        raise PosUnreachable(f"the POS does not answer at its address: {_why(exc)}") from exc
    except (httpx.HTTPError, httpx.StreamError, TimeoutError) as exc:
        if writing:
            raise OutcomeUnknown(f"the POS did not say whether it did it: {_why(exc)}") from exc
        raise PosUnreachable(f"the POS gave no answer: {_why(exc)}") from exc


def _why(exc: Exception) -> str:
    return str(exc) or ("no answer in time" if isinstance(exc, TimeoutError | httpx.TimeoutException) else repr(exc))


def _decoded(reply: Reply, decoder: msgspec.json.Decoder[T], *, writing: bool) -> T:
    """The answer's content, or the error that it is."""
    if not 200 <= reply.status < 300:
        _refuse(reply, writing=writing)
    try:
        return decoder.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise _broken(f"the POS answered {reply.status} with something else than its API's form", writing) from exc


def _refuse(reply: Reply, *, writing: bool) -> NoReturn:
    try:
        fault = _FAULT.decode(reply.body).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        fault = Fault()
    told = fault.message or f"it answered {reply.status}"
    if reply.status == 429 or (reply.status == 503 and reply.retry_after):
        raise PosBusy(f"the POS is busy: {told}", retry_after=_delay(reply.retry_after))
    if reply.status >= 500:
        raise _broken(f"the POS failed: {told}", writing)
    if fault.code == "till_closed":
        raise PosTillClosed("no session is open in the POS", hint="open the till in the POS")
    if fault.code == "unknown_order":
        raise PosNotFound(f"the POS does not know the order: {told}")
    if reply.status in (401, 403):
        raise ProfileError("the POS does not accept the API key", hint="set the POS's API key anew")
    if reply.status < 400 or (reply.status == 404 and not fault.code):
        raise ProfileError(f"no reference POS answers at the address: {told}", hint="check the POS's address")
    code = fault.code.upper() or None
    raise PosRefused(f"the POS refuses: {told}", code=code, field=fault.field, hint=_HINTS.get(fault.code, ""))


def _broken(message: str, writing: bool) -> PosError:
    if writing:
        return OutcomeUnknown(message)
    error = PosError(message)
    error.retryable = True
    return error


def _delay(retry_after: str | None) -> timedelta:
    """``Retry-After`` in seconds; 5 where it is missing or a date (the POS's clock is not ours)."""
    text = (retry_after or "").strip()
    return timedelta(seconds=min(int(text), RETRY_LIMIT) if text.isascii() and text.isdigit() else 5)
