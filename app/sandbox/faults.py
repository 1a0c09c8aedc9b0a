"""Misbehaviour on demand for the sandbox's HTTP servers.

``PUT /control/faults`` replaces the present faults by the JSON object sent; ``{}`` ends them all. A :class:`Gate`
stands before every endpoint of the API proper (never before ``/control``) and does what the faults say::

    request read ─ offline? hang up ─ busy? 429 ─ error? 500 (half of them after the work) ─ the work
        ─ delay ─ drop? hang up ─ nonsense? 200 with something else ─ the answer

The delay comes after the work: a caller that gave up waiting finds its order made.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

TRANSPORT = "sandbox.transport"
"""Key of the ASGI scope under which the server hands out the connection (:mod:`app.sandbox.pos_server`)."""

Endpoint = Callable[[Request], Awaitable[Response]]


class HttpFaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may go wrong with any HTTP server. Rates are between 0 and 1; the defaults mean no fault."""

    delay_ms: float = 0
    """Milliseconds between the work and its answer."""
    error_rate: float = 0
    """Answered 500; half of these after the work was done."""
    drop_answer_rate: float = 0
    """The work is done, then the connection closes without an answer."""
    offline: bool = False
    """Every call is hung up on, nothing is done. ``/control`` stays reachable."""
    busy: bool = False
    """429 with ``Retry-After: 1``."""
    nonsense: bool = False
    """The work is done and answered 200 with something that is none of this API's answers."""
    only: tuple[str, ...] = ()
    """Names of the calls that all this is for; empty means all."""
    seed: int = 0
    """Makes the dice of the rates repeatable; they start anew with each ``PUT``."""


F = TypeVar("F", bound=HttpFaults)


class FaultsInvalid(ValueError):
    """The faults asked for are none; the message names those there are."""


def decode_faults(raw: bytes, form: type[F], calls: frozenset[str]) -> F:
    """Faults from the JSON of a control request. Raises :class:`FaultsInvalid`."""
    try:
        faults = msgspec.json.decode(raw or b"{}", type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise FaultsInvalid(f"{exc}; the faults are {', '.join(form.__struct_fields__)}") from exc
    unknown = set(faults.only) - calls
    if unknown:
        raise FaultsInvalid(f"no such calls: {', '.join(sorted(unknown))}; the calls are {', '.join(sorted(calls))}")
    if not all(0 <= rate <= 1 for rate in (faults.error_rate, faults.drop_answer_rate)) or faults.delay_ms < 0:
        raise FaultsInvalid("rates are between 0 and 1, delay_ms is not negative")
    return faults


class HangUp(Response):
    """No answer at all: the connection closes."""

    status_code = 0

    def __init__(self) -> None:
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close, and stay until the server has noticed: an application that just returns is answered for with a 500."""
        scope[TRANSPORT].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class Gate:
    """Stands before endpoints and misbehaves. ``faults`` may be replaced at any time."""

    def __init__(self, faults: HttpFaults) -> None:
        self._dice = random.Random(faults.seed)  # noqa: S311 - dice of a test double
        self._faults = faults
        self._closing = asyncio.Event()

    @property
    def faults(self) -> HttpFaults:
        """The present faults."""
        return self._faults

    @faults.setter
    def faults(self, faults: HttpFaults) -> None:
        self._faults = faults
        self._dice = random.Random(faults.seed)  # noqa: S311

    def close(self) -> None:
        """End all delays: the server stops."""
        self._closing.set()

    def guard(self, call: str, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` with the faults before it; ``call`` is its name in ``only``."""

        async def guarded(request: Request) -> Response:
            faults = self._faults
            if faults.only and call not in faults.only:
                return await endpoint(request)
            return await self._misbehave(faults, request, endpoint)

        return guarded

    async def _misbehave(self, faults: HttpFaults, request: Request, endpoint: Endpoint) -> Response:
        if faults.offline:
            return HangUp()
        if faults.busy:
            return error_answer(429, "busy", "come back later", headers={"retry-after": "1"})
        failing = self._happens(faults.error_rate)
        if failing and self._happens(0.5):
            return error_answer(500, "internal_error", "something broke before the work")
        answer = await endpoint(request)
        if faults.delay_ms:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), faults.delay_ms / 1000)
        if failing:
            return error_answer(500, "internal_error", "something broke after the work")
        if self._happens(faults.drop_answer_rate):
            return HangUp()
        if faults.nonsense:
            return PlainTextResponse("<html><body>It works!</body></html>", media_type="text/html")
        return answer

    def _happens(self, rate: float) -> bool:
        return rate > 0 and self._dice.random() < rate


def error_answer(
    status: int, code: str, message: str, *, field: str = "", headers: dict[str, str] | None = None
) -> Response:
    """An error in the form of the reference POS: ``{"error": {code, message, field?}}``."""
    error: dict[str, Any] = {"code": code, "message": message}
    if field:
        error["field"] = field
    return JSONResponse({"error": error}, status, headers)
