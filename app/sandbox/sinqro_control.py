"""The control API of the Sinqro sandbox: what scripts and people do by hand, as JSON. It never misbehaves.

================================= ======================================================================
``POST /control/pairing-codes``    ``{code}``: a new code to pair with
``POST /control/revoke``           ``{token}`` or ``{installationId}``: that companion must pair again
``POST /control/orders``           an order in Sinqro's form, passed on as it is; ``?wait=5`` waits for the answer
``PUT /control/orders/{id}``       the order as it is now, edited
``POST /control/orders/{id}/status`` ``{status, reason?, comment?}``: customer, channel or panel change it
``GET /control/orders[/{id}]``     everything known, with the companion's answers and all events
``POST /control/requests``         ``{method, params}`` or ``{raw}``: any frame; the companion's answer
``GET /control/events``            what happened, in order; ``?since=n`` from the n-th on
``GET`` and ``PUT /control/faults`` misbehaviour, replaced as a whole
================================= ======================================================================
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.link.messages import encode
from app.sandbox.sinqro_faults import FaultsUnknown, SinqroFaults, decode_faults
from app.sandbox.sinqro_http import problem
from app.sandbox.sinqro_state import LinkRequest, SinqroState
from app.sandbox.sinqro_view import order_page

MOST_WAIT = 60.0
"""Seconds that a caller may wait for an answer at most."""
REQUEST_WAIT = 10.0
"""Seconds to wait for the answer to a request made by hand."""


class SinqroDesk(Protocol):
    """What the control API needs of the sandbox: the same that tests call in the process (see there)."""

    state: SinqroState

    def pairing_code(self) -> str: ...
    def revoke(self, token_or_installation: str) -> int: ...
    def place(self, order: bytes) -> LinkRequest: ...
    def update(self, order_id: str, order: bytes) -> LinkRequest: ...
    def change_status(self, order_id: str, status: str, *, reason: str = "", comment: str = "") -> LinkRequest: ...
    async def answer_of(self, request: LinkRequest, timeout: float = REQUEST_WAIT) -> dict[str, Any] | None: ...
    async def request(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float = REQUEST_WAIT
    ) -> dict[str, Any] | None: ...
    async def send_raw(self, text: str, *, timeout: float = REQUEST_WAIT) -> dict[str, Any] | None: ...
    def set_faults(self, faults: SinqroFaults) -> None: ...


class _Revoke(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    token: str = ""
    installation_id: str = ""


class _Status(msgspec.Struct, forbid_unknown_fields=True):
    status: str
    reason: str = ""
    comment: str = ""


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    method: str = ""
    params: dict[str, Any] | None = None
    raw: str | None = None


class SinqroControl:
    """The endpoints."""

    def __init__(self, *, desk: SinqroDesk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """For the application."""
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("POST", "/control/pairing-codes", self._new_code),
            ("POST", "/control/revoke", self._revoke),
            ("POST", "/control/orders", self._place),
            ("GET", "/control/orders", self._orders),
            ("GET", "/control/orders/{id}", self._order),
            ("PUT", "/control/orders/{id}", self._update),
            ("POST", "/control/orders/{id}/status", self._status),
            ("POST", "/control/requests", self._request),
            ("GET", "/control/events", self._events),
            ("PUT", "/control/faults", self._set_faults),
            ("GET", "/control/faults", self._faults),
        ]
        return [Route(path, _guarded(endpoint), methods=[method]) for method, path, endpoint in table]

    async def _new_code(self, request: Request) -> Response:
        return _json({"code": self.desk.pairing_code()}, 201)

    async def _revoke(self, request: Request) -> Response:
        form = msgspec.json.decode(await request.body(), type=_Revoke)
        return _json({"revoked": self.desk.revoke(form.token or form.installation_id)})

    async def _place(self, request: Request) -> Response:
        made = self.desk.place(await request.body())
        order = self.desk.state.orders.get(made.order)
        answer: dict[str, Any] = {"orderId": order.id if order else None, "requestId": made.id}
        wait = _seconds(request, "wait")
        if wait:
            response = await self.desk.answer_of(made, wait)
            answer |= {"pending": True} if response is None else {"response": response, "responseMs": made.response_ms}
        return _json(answer, 202)

    async def _update(self, request: Request) -> Response:
        made = self.desk.update(request.path_params["id"], await request.body())
        return _json({"orderId": request.path_params["id"], "requestId": made.id}, 202)

    async def _status(self, request: Request) -> Response:
        form = msgspec.json.decode(await request.body(), type=_Status)
        order_id = request.path_params["id"]
        made = self.desk.change_status(order_id, form.status, reason=form.reason, comment=form.comment)
        now = self.desk.state.orders[made.order].status
        return _json({"orderId": order_id, "requestId": made.id, "status": now}, 202)

    async def _orders(self, request: Request) -> Response:
        state = self.desk.state
        return _json({"orders": [order_page(order, state.wire) for order in state.orders.values()]})

    async def _order(self, request: Request) -> Response:
        state = self.desk.state
        order = state.orders.get(request.path_params["id"])
        if order is None:
            return problem(404, "ORDER_NOT_FOUND", f"there is no order {request.path_params['id']}")
        events = [event for event in state.events if event.order_id == order.key]
        return _json(order_page(order, state.wire) | {"events": events})

    async def _request(self, request: Request) -> Response:
        form = msgspec.json.decode(await request.body(), type=_Request)
        if form.raw is not None:
            answer = await self.desk.send_raw(form.raw)
        elif form.method:
            answer = await self.desk.request(form.method, form.params)
        else:
            return problem(400, "REQUEST_INVALID", "a request has a method, or is raw")
        return _json({"pending": True} if answer is None else answer)

    async def _events(self, request: Request) -> Response:
        start = int(_seconds(request, "since", most=float("inf")))
        return _json({"events": self.desk.state.events[start:]})

    async def _set_faults(self, request: Request) -> Response:
        try:
            self.desk.set_faults(decode_faults(await request.body()))
        except FaultsUnknown as exc:
            return problem(400, "FAULTS_UNKNOWN", str(exc))
        return await self._faults(request)

    async def _faults(self, request: Request) -> Response:
        return _json(self.desk.state.misbehaviour.faults)


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as exc:
            return problem(400, "REQUEST_INVALID", str(exc))
        except LookupError as exc:
            return problem(404, "NOT_FOUND", str(exc.args[0] if exc.args else exc))

    return answer


def _json(content: Any, status: int = 200) -> Response:
    return Response(encode(content), status, media_type="application/json")


def _seconds(request: Request, name: str, most: float = MOST_WAIT) -> float:
    return min(max(float(request.query_params.get(name) or 0), 0), most)
