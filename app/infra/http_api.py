"""The passive services over HTTP: the link's own handlers, asked the classic way.

A request is judged from the outside in: who asks (no web page, the right ``Host``), where (the paths of
:data:`app.link.calls.HTTP`), with which key, how much; then it becomes a request of the link and is answered by the
same handler. Nothing here knows what an order is. Every error is problem details (RFC 9457).

The key belongs to one selling point. One that is missing, wrong, of another selling point or of one that is not here
is told apart by nothing, neither answer nor time.
"""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from app.domain.errors import CompanionError
from app.link.calls import ERRORS, HTTP, HttpCall
from app.link.messages import RequestFault, encode
from app.link.wire import FRAME_LIMIT

log = logging.getLogger(__name__)

DOCUMENT_PATH = "/openapi.json"
MOST_BODY = FRAME_LIMIT
"""Bytes of a body: as much as a frame of the link."""
MOST_AT_ONCE = 32
"""Requests under way; one more is answered 503."""

_ANSWER_SECONDS = 30.0
_REQUEST_ID = re.compile(r"[!-~]{1,200}")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Problem(Exception):
    """The request is answered with this."""

    def __init__(
        self, status: int, code: str, detail: str, *, field: str = "", retryable: bool = False, **headers: str
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.retryable = retryable
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def of(cls, error: CompanionError) -> "Problem":
        """What an error of a handler is over HTTP."""
        kind = ERRORS.get(error.code)
        status = kind.http if kind else 503 if error.retryable else 502
        field = error.field if isinstance(error, RequestFault) else ""
        return cls(status, error.code, error.message, field=field, retryable=error.retryable)

    def body(self) -> bytes:
        """RFC 9457."""
        title = HTTPStatus(self.status).phrase
        members: dict[str, Any] = {"type": "about:blank", "title": title, "status": self.status}
        members |= {"detail": self.detail, "code": self.code, "retryable": self.retryable}
        return encode(members | ({"field": self.field} if self.field else {}))


class Route(NamedTuple):
    """Where a request goes, and what its path says."""

    call: HttpCall
    values: dict[str, str]


class HttpApi:
    """An ASGI application. ``request`` is the companion's answer to a request of the link."""

    def __init__(
        self,
        *,
        # who answers
        request: Callable[[str, bytes], Awaitable[Any]],
        keep: Callable[[bytes, str], Awaitable[None]],
        document: bytes,
        # who may ask
        key: Callable[[str], Awaitable[str | None]],
        is_own_host: Callable[[str], bool],
        # how long
        body_seconds: float = 10,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        """``key`` gives a selling point's key, asked for each request, and ``None`` for one that has none.

        ``keep`` puts an order's text that is no JSON into quarantine, so that nothing is lost. It is told why.
        """
        self._request = request
        self._keep = keep
        self._document = document
        self._key = key
        self._is_own_host = is_own_host
        self._body_seconds = body_seconds
        self._most_at_once = most_at_once
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        self._under_way += 1
        try:
            status, body, headers = await self._answer(scope, receive)
        except Problem as problem:
            status, body = problem.status, problem.body()
            headers = {"content-type": "application/problem+json", **problem.headers}
            if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
                headers["retry-after"] = "5"
        finally:
            self._under_way -= 1
        headers |= {
            "content-length": str(len(body)),
            "date": formatdate(usegmt=True),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes, dict[str, str]]:
        headers = _headers(scope)
        if "origin" in headers:
            raise Problem(403, "FROM_A_WEB_PAGE", "this is not for browsers")
        if not self._is_own_host(headers.get("host", "").lower()):
            raise Problem(403, "OTHER_HOST", "the request names another host than this one")
        if self._under_way > self._most_at_once:
            raise Problem(503, "TOO_BUSY", "too many requests at once", retryable=True)
        json = {"content-type": "application/json"}
        if scope["raw_path"] == DOCUMENT_PATH.encode():
            if scope["method"] != "GET":
                raise Problem(405, "METHOD_NOT_ALLOWED", "this can be read only", allow="GET")
            return 200, self._document, json
        route = _route(scope["method"], scope["raw_path"])
        await self._check_key(route.values["sellingPointId"], headers.get("authorization", ""))
        params = await self._params(route, scope, headers, receive)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                result = await self._request(route.call.method, encode(params))
        except TimeoutError as exc:
            raise Problem(503, "TOO_BUSY", "no answer within 30 s", retryable=True) from exc
        except CompanionError as exc:
            raise Problem.of(exc) from exc
        except Exception as exc:
            log.exception("A request over HTTP could not be answered: %s", route.call.method)
            raise Problem(500, "INTERNAL_ERROR", "the companion failed, its log says why", retryable=True) from exc
        if route.call.status == HTTPStatus.CREATED:
            json["location"] = _location(route, result)
        return route.call.status, encode(result), json

    async def _check_key(self, selling_point: str, authorization: str) -> None:
        scheme, _, given = authorization.partition(" ")
        try:
            wanted = await self._key(selling_point)
        except CompanionError as exc:  # the vault is locked
            raise Problem(503, exc.code, "keys cannot be compared now", retryable=True) from exc
        same = hmac.compare_digest(_digest(given.strip()), _digest(wanted or ""))
        if scheme.lower() != "bearer" or not wanted or not same:
            detail = "a key of this selling point is needed: Authorization: Bearer KEY"
            raise Problem(401, "KEY_REFUSED", detail, www_authenticate="Bearer")

    # ---------------------------------------------------------------- what is asked

    async def _params(
        self, route: Route, scope: Scope, headers: Mapping[str, str], receive: Receive
    ) -> dict[str, object]:
        """The parameters of the link's request. What path, key and header say, the body cannot say otherwise."""
        call = route.call
        own: dict[str, object] = {**_query(scope["query_string"], call.query), **route.values}
        if call.verb == "GET":
            return own
        if "idempotency-key" in headers:
            own["requestId"] = headers["idempotency-key"]
            if not _REQUEST_ID.fullmatch(headers["idempotency-key"]):
                raise Problem(400, "INVALID_PARAMS", "an Idempotency-Key has 1 to 200 visible ASCII characters")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Problem(415, "NOT_JSON", "send the body as application/json")
        body = await self._body(headers, receive)
        try:
            # Decoded as a whole first: a text like `{"id": 1}, "sellingPointId": "other"` must not get any further.
            if call.body:
                return {call.body: msgspec.json.decode(body, type=msgspec.Raw), **own}
            given = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            if call.body and body:
                await self._quarantine(body, f"{call.verb} {call.path}: {exc}")
            raise Problem(400, "INVALID_PARAMS", f"the body cannot be read: {exc}", field="$") from exc
        given.pop("requestId", None)
        return {**given, **own}

    async def _quarantine(self, body: bytes, reason: str) -> None:
        try:
            await self._keep(body, reason)
        except CompanionError as exc:
            raise Problem.of(exc) from exc

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > MOST_BODY:
            raise _too_large()
        pieces = bytearray()
        try:
            async with asyncio.timeout(self._body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Problem(400, "NOT_HTTP", "the request ended before its body")
                    pieces += message.get("body", b"")
                    if len(pieces) > MOST_BODY:
                        raise _too_large()
                    if not message.get("more_body"):
                        return bytes(pieces)
        except TimeoutError as exc:
            raise Problem(408, "TOO_SLOW", "the body took too long") from exc


def _too_large() -> Problem:
    return Problem(413, "TOO_LARGE", f"a body is {MOST_BODY >> 20} MiB at most")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _headers(scope: Scope) -> dict[str, str]:
    """By name in small letters. Raises :class:`Problem` for one that must not come twice and does."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in found and key in ("host", "authorization", "content-type", "idempotency-key"):
            raise Problem(400, "NOT_HTTP", f"the header {key} came twice")
        found[key] = value.decode("latin-1")
    return found


def _route(method: str, raw_path: bytes) -> Route:
    """Each part of a path is decoded on its own: ``%2F`` stays within its part, and ``..`` is a name like others."""
    try:
        parts = [unquote(part, errors="strict") for part in raw_path.decode("ascii").split("/")]
    except UnicodeDecodeError as exc:
        raise Problem(404, "NOT_FOUND", "there is nothing here") from exc
    allowed: list[str] = []
    for call in HTTP:
        values = _match(call.path.split("/"), parts)
        if values is None:
            continue
        if call.verb == method:
            return Route(call, values)
        allowed.append(call.verb)
    if allowed:
        raise Problem(405, "METHOD_NOT_ALLOWED", f"{method} does not go here", allow=", ".join(sorted(allowed)))
    raise Problem(404, "NOT_FOUND", "there is nothing here")


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    values: dict[str, str] = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            if not part:
                return None
            values[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return values


def _query(raw: bytes, names: tuple[str, ...]) -> dict[str, object]:
    """Those that the call knows. A plus is a plus: ``since=2026-11-25T20:00:00+01:00`` is what people write."""
    found: dict[str, object] = {}
    for pair in raw.decode("latin-1").split("&"):
        name, _, value = (unquote(part) for part in pair.partition("="))
        if name not in names:
            continue
        if name in found:
            raise Problem(400, "INVALID_PARAMS", "it came twice", field=f"$.{name}")
        found[name] = value
    limit = found.get("limit", "1")
    if not re.fullmatch(r"[0-9]{1,9}", str(limit)):
        raise Problem(400, "INVALID_PARAMS", "this must be a number", field="$.limit")
    return found


def _location(route: Route, result: Any) -> str:
    base = route.call.path.format(**{name: quote(value, safe="") for name, value in route.values.items()})
    return f"{base}/{quote(str(result['orderId']), safe='')}"
