"""The reference POS's API over HTTP: five services, health, tables and the webhooks' address, behind an API key.

Each request passes journal → faults → key → endpoint. :data:`calls` is the one table of calls: the routes, the names
that faults use and the OpenAPI document are made from it.
"""

import hmac
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.faults import Endpoint, Gate, HangUp, error_answer
from app.sandbox.pos_catalog import PosCatalog
from app.sandbox.pos_forms import (
    Health,
    Hours,
    Online,
    OrderForm,
    StatusForm,
    Ticket,
    TicketList,
    TicketStatus,
    TillError,
    WebhookForm,
)
from app.sandbox.pos_till import MAX_PAGE, Till

PREFIX = "/api/v1"
VERSION = "1.0"

BODY_LIMIT = 1 << 20
"""Bytes of the longest request body."""

_STATUS = {
    "unknown_order": 404,
    "unknown_kind": 404,
    "unknown_entity": 404,
    "till_closed": 409,
    "invalid_transition": 409,
    "order_final": 409,
    "bad_json": 400,
    "body_too_large": 413,
}
"""HTTP status of the till's refusals; 422 for all others."""

T = TypeVar("T")


class Call(NamedTuple):
    """One call of the API. ``takes`` and ``gives`` are the forms of body and answer, ``query`` names its parameters."""

    name: str
    method: str
    path: str
    endpoint: Endpoint
    summary: str
    takes: Any = None
    gives: Any = None
    query: tuple[str, ...] = ()
    status: int = 200


class Desk(NamedTuple):
    """What stands behind the API."""

    till: Till
    catalog: PosCatalog
    switch: Callable[[], Online]
    set_switch: Callable[[Online], None]
    hours: Callable[[], Hours]
    set_hours: Callable[[Hours], None]
    set_webhook: Callable[[WebhookForm], None]
    webhook: Callable[[], WebhookForm]


class PosApi:
    """The endpoints. ``journal(kind, **detail)`` hears of every request."""

    def __init__(self, *, desk: Desk, api_key: str, gate: Gate, journal: Callable[..., None]) -> None:
        self._desk = desk
        self._key = api_key.encode()
        self._gate = gate
        self._journal = journal

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call of the API."""
        return (
            Call(
                "create", "POST", "/orders", self._create, "Create an order or booking", OrderForm, Ticket, status=201
            ),
            Call(
                "find",
                "GET",
                "/orders",
                self._list,
                "Orders by `reference`, changed `since` a cursor, or all that are `open`",
                None,
                TicketList,
                ("reference", "since", "limit", "open"),
            ),
            Call("read", "GET", "/orders/{id}", self._read, "Read an order", None, Ticket),
            Call("update", "PUT", "/orders/{id}", self._update, "Give an order new content", OrderForm, Ticket),
            Call("status", "GET", "/orders/{id}/status", self._status, "Read its status", None, TicketStatus),
            Call("change_status", "PATCH", "/orders/{id}/status", self._change, "Change it", StatusForm, TicketStatus),
            Call("catalog", "GET", "/catalog", self._catalog, "The whole catalog, with an ETag", None, dict[str, Any]),
            Call("entity", "GET", "/catalog/{kind}/{id}", self._entity, "One entity", None, dict[str, Any]),
            Call("availability", "GET", "/availability", self._availability, "Online orders on or off", None, Online),
            Call("set_availability", "PUT", "/availability", self._set_availability, "Turn them", Online, Online),
            Call("schedule", "GET", "/schedule", self._schedule, "The opening hours", None, Hours),
            Call("set_schedule", "PUT", "/schedule", self._set_schedule, "Give other hours", Hours, Hours),
            Call("tables", "GET", "/tables", self._tables, "Zones with their tables", None, dict[str, Any]),
            Call("health", "GET", "/health", self._health, "Whether the till is well and open", None, Health),
            Call("webhooks", "PUT", "/webhooks", self._webhooks, "Where to tell of changes", WebhookForm, WebhookForm),
        )

    def routes(self) -> list[Route]:
        """The calls as routes."""
        return [
            Route(
                PREFIX + call.path,
                self._journaled(call.name, self._gate.guard(call.name, self._keyed(call.endpoint))),
                methods=[call.method],
            )
            for call in self.calls
        ]

    def _journaled(self, name: str, endpoint: Endpoint) -> Endpoint:
        async def journaled(request: Request) -> Response:
            answer = await endpoint(request)
            outcome: int | str = "hung up" if isinstance(answer, HangUp) else answer.status_code
            self._journal("request", call=name, method=request.method, path=_path(request), status=outcome)
            return answer

        return journaled

    def _keyed(self, endpoint: Endpoint) -> Endpoint:
        async def keyed(request: Request) -> Response:
            if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), self._key):
                return error_answer(401, "unauthorized", "the x-api-key is not good")
            return await refusals(endpoint)(request)

        return keyed

    # endpoints

    async def _create(self, request: Request) -> Response:
        form = await body_of(request, OrderForm)
        received_at = time.time()
        key = request.headers.get("idempotency-key", "")
        ticket, new = self._desk.till.create(form, received_at=received_at, key=key)
        return answer_of(ticket, 201 if new else 200)

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        if "reference" in query:
            return answer_of(self._desk.till.find(query["reference"]))
        if query.get("open") == "true":
            return answer_of(self._desk.till.open_orders())
        limit = query.get("limit", str(MAX_PAGE))
        if not (limit.isascii() and limit.isdigit() and len(limit) < 6):
            raise TillError("bad_limit", f"{limit!r} is no number of orders", field="limit")
        return answer_of(self._desk.till.since(query.get("since", ""), int(limit)))

    async def _read(self, request: Request) -> Response:
        return answer_of(self._desk.till.read(request.path_params["id"]))

    async def _update(self, request: Request) -> Response:
        form = await body_of(request, OrderForm)
        return answer_of(self._desk.till.update(request.path_params["id"], form))

    async def _status(self, request: Request) -> Response:
        return answer_of(_status_of(self._desk.till.read(request.path_params["id"])))

    async def _change(self, request: Request) -> Response:
        form = await body_of(request, StatusForm)
        ticket = self._desk.till.change_status(
            request.path_params["id"], form.status, reason=form.reason, minutes=form.minutes
        )
        return answer_of(_status_of(ticket))

    async def _catalog(self, request: Request) -> Response:
        etag = f'"{self._desk.catalog.version}"'
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"etag": etag})
        return Response(self._desk.catalog.answer, media_type="application/json", headers={"etag": etag})

    async def _entity(self, request: Request) -> Response:
        return answer_of(self._desk.catalog.entity(request.path_params["kind"], request.path_params["id"]))

    async def _availability(self, request: Request) -> Response:
        return answer_of(self._desk.switch())

    async def _set_availability(self, request: Request) -> Response:
        self._desk.set_switch(await body_of(request, Online))
        return answer_of(self._desk.switch())

    async def _schedule(self, request: Request) -> Response:
        return answer_of(self._desk.hours())

    async def _set_schedule(self, request: Request) -> Response:
        self._desk.set_hours(await body_of(request, Hours))
        return answer_of(self._desk.hours())

    async def _tables(self, request: Request) -> Response:
        return answer_of({"zones": self._desk.catalog.zones()})

    async def _health(self, request: Request) -> Response:
        return answer_of(Health(ok=True, till_open=not self._desk.till.temper.closed, version=VERSION))

    async def _webhooks(self, request: Request) -> Response:
        self._desk.set_webhook(await body_of(request, WebhookForm))
        return answer_of(WebhookForm(url=self._desk.webhook().url))


def refusals(endpoint: Endpoint) -> Endpoint:
    """``endpoint`` with the till's refusals as answers."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except TillError as exc:
            return error_answer(_STATUS.get(exc.code, 422), exc.code, exc.message, field=exc.field)
        except ClientDisconnect:
            return HangUp()

    return answered


async def body_of(request: Request, form: type[T]) -> T:
    """The request's body, decoded. Raises :class:`TillError`."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise TillError("body_too_large", f"at most {BODY_LIMIT} bytes")
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.ValidationError as exc:
        message, _, path = str(exc).partition(" - at `$")
        raise TillError("bad_form", message, field=path.strip("`.")) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise TillError("bad_json", f"not JSON: {exc}") from exc


def answer_of(value: object, status: int = 200) -> Response:
    """``value`` as JSON; decimals as text."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _status_of(ticket: Ticket) -> TicketStatus:
    return TicketStatus(
        id=ticket.id,
        reference=ticket.reference,
        status=ticket.status,
        changed_at=ticket.changed_at,
        reason=ticket.reason,
        minutes=ticket.minutes,
    )


def _path(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
