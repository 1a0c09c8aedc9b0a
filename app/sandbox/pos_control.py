"""The control API of the reference POS: what people at the till do and see, for scripts. JSON, no key, no faults.

``POST /control/orders`` (an order typed in by hand) · ``POST /control/orders/{id}/status`` ``{status, reason?,
minutes?}`` · ``GET /control/orders[/{id}]`` · ``PUT /control/products/{id}`` ``{available?, price?}`` · ``PUT
/control/availability`` ``{online, until?, reason?}`` · ``PUT
/control/schedule`` · ``GET /control/events[?since=n]`` · ``GET`` and ``PUT /control/faults``.
``{id}`` is the POS's id or the caller's reference; statuses may be the till's words or Sinqro's.
"""

import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.faults import FaultsInvalid, HttpFaults, decode_faults, error_answer
from app.sandbox.pos_catalog import Change
from app.sandbox.pos_forms import Hours, Online, OrderForm, Ticket
from app.sandbox.pos_http import Desk, answer_of, body_of, refusals
from app.sandbox.pos_till import status_word

JOURNAL_LIMIT = 100_000
"""Events kept; the oldest go first."""


class PosFaults(HttpFaults, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Misbehaviour of a POS, besides that of any HTTP server."""

    refuse_connections: float = 0
    """Seconds for which nothing listens at the port, ``/control`` neither; it comes back by itself."""
    till_closed: bool = False
    """The API's new orders are refused: 409 ``till_closed``."""
    not_idempotent: bool = False
    """``idempotency-key`` is not looked at."""
    ignore_cancel: bool = False
    """A cancellation is answered 200 and changes nothing."""
    forget: tuple[str, ...] = ()
    """Ids or references of orders that the API no longer knows."""
    duplicate_webhooks: int = 0
    """Copies sent besides each webhook."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A change of status by hand."""

    status: str
    reason: str = ""
    minutes: int | None = None


class Journal:
    """Everything that happened, in order."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=JOURNAL_LIMIT)
        self._count = 0

    def __call__(self, kind: str, **detail: Any) -> None:
        """Write an entry down."""
        self._count += 1
        self._entries.append({"n": self._count, "at": time.time(), "kind": kind, **detail})

    def since(self, number: int = 0) -> list[dict[str, Any]]:
        """Entries numbered above ``number``."""
        return [entry for entry in self._entries if entry["n"] > number]


def shown(tickets: list[Ticket]) -> list[dict[str, Any]]:
    """Orders as the control API shows them: times of creation as ``time.time()``, and ``times_created``."""
    times = Counter(ticket.reference for ticket in tickets)
    return [
        {
            **msgspec.to_builtins(ticket),
            "created_at": ticket.created_at.timestamp(),
            "times_created": times[ticket.reference] if ticket.reference else 1,
        }
        for ticket in tickets
    ]


class PosControl(NamedTuple):
    """The endpoints."""

    desk: Desk
    journal: Journal
    faults: Callable[[], PosFaults]
    set_faults: Callable[[PosFaults], Awaitable[None]]
    set_product: Callable[[str, Change], None]
    calls: frozenset[str]

    def routes(self) -> list[Route]:
        """The endpoints as routes."""
        table = [
            ("/orders", "POST", self._type_in),
            ("/orders", "GET", self._orders),
            ("/orders/{id}", "GET", self._order),
            ("/orders/{id}/status", "POST", self._move),
            ("/products/{id}", "PUT", self._product),
            ("/availability", "PUT", self._availability),
            ("/schedule", "PUT", self._schedule),
            ("/events", "GET", self._events),
            ("/faults", "GET", self._faults),
            ("/faults", "PUT", self._set_faults),
        ]
        return [Route(f"/control{path}", refusals(endpoint), methods=[method]) for path, method, endpoint in table]

    async def _type_in(self, request: Request) -> Response:
        form = await body_of(request, OrderForm)
        ticket, _ = self.desk.till.create(form, received_at=time.time(), origin="till")
        return answer_of(self._shown(ticket), 201)

    async def _orders(self, request: Request) -> Response:
        return answer_of({"orders": shown(self.desk.till.everything())})

    async def _order(self, request: Request) -> Response:
        return answer_of(self._shown(self.desk.till.look_up(request.path_params["id"])))

    async def _move(self, request: Request) -> Response:
        move = await body_of(request, Move)
        ticket = self.desk.till.look_up(request.path_params["id"])
        status = status_word(move.status, ticket.kind)
        ticket = self.desk.till.change_status(ticket.id, status, reason=move.reason, minutes=move.minutes, by="till")
        return answer_of(self._shown(ticket))

    async def _product(self, request: Request) -> Response:
        self.set_product(request.path_params["id"], await body_of(request, Change))
        return answer_of({"version": self.desk.catalog.version})

    async def _availability(self, request: Request) -> Response:
        self.desk.set_switch(await body_of(request, Online))
        return answer_of(self.desk.switch())

    async def _schedule(self, request: Request) -> Response:
        self.desk.set_hours(await body_of(request, Hours))
        return answer_of(self.desk.hours())

    async def _events(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        number = int(since) if since.isascii() and since.isdigit() else 0
        return answer_of({"events": self.journal.since(number)})

    async def _faults(self, request: Request) -> Response:
        return answer_of(self.faults())

    async def _set_faults(self, request: Request) -> Response:
        try:
            faults = decode_faults(await request.body(), PosFaults, self.calls)
        except FaultsInvalid as exc:
            return error_answer(400, "bad_faults", str(exc))
        await self.set_faults(faults)
        return answer_of(faults)

    def _shown(self, ticket: Ticket) -> dict[str, Any]:
        same = self.desk.till.find_all(ticket.reference) if ticket.reference else [ticket]
        return next(doc for doc in shown(same) if doc["id"] == ticket.id)
