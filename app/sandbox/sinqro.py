"""The Sinqro sandbox: a double of Sinqro on loopback for the demo, for tests and for integrators.

::

    async with SinqroSandbox(port=0, link_port=0) as sinqro:
        code = sinqro.pairing_code()          # the companion pairs at sinqro.base_url and dials in
        made = sinqro.place(order)            # passed on as it is, repeated until answered
        await sinqro.answer_of(made)
        sinqro.change_status("418774", "cancelled", reason="customer_request")

Its parts: :mod:`~app.sandbox.sinqro_state` what it knows, :mod:`~app.sandbox.sinqro_link` the websocket,
:mod:`~app.sandbox.sinqro_http` pairing and notifications, :mod:`~app.sandbox.sinqro_control` the control API, which
does what the methods here do. With ``data`` a restart knows the same orders, installations and unanswered requests.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from app.domain.status import Status
from app.link.messages import encode
from app.link.wire import load_wire
from app.sandbox.pos_server import HOST, LoopbackServer
from app.sandbox.sinqro_control import REQUEST_WAIT, SinqroControl
from app.sandbox.sinqro_faults import Misbehaviour, SinqroFaults
from app.sandbox.sinqro_http import SinqroHttp
from app.sandbox.sinqro_ids import FRAME, id_in, is_broken, json_id
from app.sandbox.sinqro_link import SinqroLink
from app.sandbox.sinqro_listener import listen
from app.sandbox.sinqro_menu import SinqroMenus
from app.sandbox.sinqro_page import SinqroPage
from app.sandbox.sinqro_state import LinkRequest, SinqroOrder, SinqroState
from app.sandbox.sinqro_store import SinqroStore
from app.sandbox.sinqro_view import values_of

SUPERPIZZA = ("3961", "SuperPizza", "Europe/Madrid")
"""The restaurant of Sinqro's own examples: id, name, zone."""


class SinqroSandbox:
    """Sinqro for one restaurant's set-up. All methods are called in the loop that runs it."""

    def __init__(
        self,
        *,
        port: int = 0,
        link_port: int = 0,
        data: Path | None = None,
        selling_points: Sequence[tuple[str, str, str]] = (SUPERPIZZA,),
    ) -> None:
        self._link_port = link_port
        self._default = selling_points[0][0]
        self._store = SinqroStore(None if data is None else data / "sinqro-sandbox.sqlite3")
        self.state = SinqroState(
            store=self._store, selling_points=selling_points, misbehaviour=Misbehaviour(), wire=load_wire()
        )
        self._link = SinqroLink(state=self.state)
        self._http = SinqroHttp(state=self.state)
        self.menus = SinqroMenus(state=self.state, ask=self.request)
        self.state.on_catalog = self.menus.changed
        routes = [*self._http.routes(), *SinqroControl(desk=self).routes(), *SinqroPage(desk=self).routes()]
        self._application = Starlette(routes=routes)
        self._server = LoopbackServer(self._dated, port=port, date=False)

    async def __aenter__(self) -> Self:
        """Listen on both ports."""
        listener = listen(self._store, self._link_port)
        self._link_port = listener.getsockname()[1]
        try:
            await self._server.start()
        except BaseException:
            listener.close()
            raise
        self._http.link_url, self._http.notification_url = self.link_url, f"{self.base_url}/notifications"
        await self._link.start(listener)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both ports and the file."""
        await self.menus.close()
        await self._link.close()
        await self._server.stop()
        self._store.close()

    @property
    def base_url(self) -> str:
        """Where pairing, notifications and the control API are."""
        return f"http://{HOST}:{self._server.port}"

    @property
    def link_url(self) -> str:
        """Where the link is."""
        return f"ws://{HOST}:{self._link_port}"

    # ---------------------------------------------------------------- installations

    def pairing_code(self) -> str:
        """A new code of 8 characters, for one pairing within 10 minutes."""
        return self.state.new_code()

    def revoke(self, token_or_installation: str) -> int:
        """Take tokens back, by token or installation id; says how many. Their links are closed."""
        gone = [
            one
            for one in self.state.installations.values()
            if not one.revoked and token_or_installation in (one.token, one.installation_id) and token_or_installation
        ]
        for installation in gone:
            installation.revoked = True
            self.state.save_installation(installation)
        in_charge = {one.installation_id for one in gone}
        in_charge -= {one.installation_id for one in self.state.installations.values() if not one.revoked}
        for place in self.state.restaurants.values():
            if place.active in in_charge:  # the next hello takes its place, with a higher epoch
                place.active = ""
                self.state.save_restaurant(place)
        self.state.record("revoked", count=len(gone))
        self._link.revoke(gone)
        return len(gone)

    # ---------------------------------------------------------------- orders

    def place(self, order: bytes | dict[str, Any]) -> LinkRequest:
        """A new order, handed to the installation in charge. ``bytes`` go into the frame just as they are."""
        raw = order if isinstance(order, bytes) else encode(order)
        values = values_of(raw) or {}
        ident = id_in(raw)
        if ident is None:
            return self._request("order.create", {"sellingPointId": self._default}, raw)
        known = self._order(ident)
        self._fill(known, raw, values)
        if known.placed_at is None:
            known.placed_at = time.time()
        self.state.save_order(known)
        return self._request("order.create", {"sellingPointId": known.selling_point}, raw, known)

    def update(self, order_id: str, order: bytes | dict[str, Any]) -> LinkRequest:
        """The whole order as it is now, after the customer or the channel changed it."""
        raw = order if isinstance(order, bytes) else encode(order)
        known = self._order(order_id)
        self._fill(known, raw, values_of(raw) or {})
        known.revision, known.changed_at = known.revision + 1, time.time()
        self.state.save_order(known)
        params = {"sellingPointId": known.selling_point, "orderId": known.id, "revision": known.revision}
        return self._request("order.update", params, raw, known)

    def change_status(self, order_id: str, status: str, *, reason: str = "", comment: str = "") -> LinkRequest:
        """Customer, channel or panel change the status (Sinqro's code, or the companion's word for it).

        An order that has not come yet is known by this status until it does.
        """
        code = self.state.wire.code(Status(status)) if status in Status.__members__.values() else status
        known = self._order(order_id)
        outcome = self.state.change_status(known, code, ours=True, reason=reason, comment=comment)
        known.revision += 1
        self.state.save_order(known)
        self.state.record(
            "status",
            selling_point=known.selling_point,
            order=known.key,
            status=code,
            reason=reason,
            outcome=outcome.value,
        )
        params = {
            "sellingPointId": known.selling_point,
            "orderId": known.id,
            "status": code,
            "revision": known.revision,
        }
        params |= {name: text for name, text in (("reason", reason), ("comment", comment)) if text}
        return self._request("order.status.update", params, None, known, status=code)

    def order(self, order_id: str | int) -> SinqroOrder | None:
        """What is known of an order."""
        return self.state.orders.get(str(order_id))

    def status(self, order_id: str | int) -> Status | None:
        """An order's status in the companion's words; ``None`` for an unknown order or code."""
        order = self.order(order_id)
        return None if order is None else self.state.status_of(order.status)

    async def wait_order(self, order_id: str | int, done: Callable[[SinqroOrder], bool], timeout: float) -> bool:
        """Wait until an order is as ``done`` wants it; ``False``: it is not, within ``timeout`` seconds."""

        def holds() -> bool:
            order = self.order(order_id)
            return order is not None and done(order)

        return await self.state.wait(holds, timeout, str(order_id))

    # ---------------------------------------------------------------- any request

    async def answer_of(self, request: LinkRequest, timeout: float = REQUEST_WAIT) -> dict[str, Any] | None:
        """The companion's answer ``{"result": …}`` or ``{"error": …}``; ``None`` when none came in time."""
        await self.state.wait(lambda: request.answered, timeout, request.order)
        return request.answer if request.answered else None

    async def request(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float = REQUEST_WAIT
    ) -> dict[str, Any] | None:
        """Any request; ``requestId`` and ``sellingPointId`` are put in where missing. Repeated until answered."""
        filled = {"sellingPointId": self._default, **(params or {})}
        return await self.answer_of(self._request(method, filled, None), timeout)

    async def send_raw(self, text: str, *, timeout: float = REQUEST_WAIT) -> dict[str, Any] | None:
        """A frame just so, sent once to the installation in charge; its answer, or ``None``."""
        peer = self._link.peer_of(self._default)
        if peer is None:
            return None
        try:
            raw_id: str | None = bytes(FRAME.decode(text).id).decode() or None
        except (msgspec.MsgspecError, RecursionError):
            raw_id = None
        return await peer.ask(text, raw_id, timeout)

    def set_faults(self, faults: SinqroFaults) -> None:
        """Misbehave like this from now on, and no other way."""
        self.state.misbehaviour.replace(faults)
        self.state.record("faults")
        self._link.apply_faults()

    def summary(self) -> dict[str, float | int | None]:
        """Orders placed, response times in ms, notifications verified and refused, by the names of the demo."""
        placed = [order for order in self.state.orders.values() if order.placed_at is not None]
        times = [order.response_ms for order in placed if order.response_ms is not None]
        return {
            "placed": len(placed),
            "response_p50_ms": percentile(times, 50),
            "response_p99_ms": percentile(times, 99),
            "notifications_verified": self.state.verified,
            "notifications_refused": self.state.refused,
        }

    # ---------------------------------------------------------------- inside

    def _order(self, ident: int | str) -> SinqroOrder:
        known = self.state.orders.get(str(ident))
        if known is None:
            status = self.state.wire.code(Status.PENDING)
            known = SinqroOrder(
                key=str(ident), id=json_id(ident), selling_point=self._default, status=status, changed_at=time.time()
            )
        return known

    def _fill(self, order: SinqroOrder, raw: bytes, values: dict[str, Any]) -> None:
        """Take a text over. An order that comes with a status of its own keeps it, unless we know better."""
        place = values.get("sellingPoint")
        place_id = str(place.get("id")) if isinstance(place, dict) else ""
        if place_id in self.state.restaurants:
            order.selling_point = place_id
        status = values.get("status")
        code = status.get("code") if isinstance(status, dict) else None
        if not order.raw and order.revision == 0 and isinstance(code, str):
            order.status = code
        order.type = str(values.get("type") or "")
        order.raw = raw

    def _request(
        self,
        method: str,
        params: dict[str, Any],
        raw: bytes | None,
        order: SinqroOrder | None = None,
        *,
        status: str = "",
    ) -> LinkRequest:
        ident = self.state.new_request_id()
        text = encode({"requestId": ident, **params})
        if raw is not None:
            text = b'%b,"order":%b}' % (text[:-1], raw)
        frame = b'{"jsonrpc":"2.0","id":"%b","method":%b,"params":%b}' % (ident.encode(), encode(method), text)
        request = LinkRequest(
            id=ident,
            method=method,
            selling_point=str(params["sellingPointId"]),
            order=order.key if order else "",
            status=status,
            frame=frame,
            broken=is_broken(frame),
            made_at=time.time(),
        )
        self.state.add_request(request)
        self._link.deliver(request)
        return request

    async def _dated(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, with Sinqro's clock in ``Date``."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self.state.now(), usegmt=True).encode()
                message["headers"] = [*message.get("headers", []), (b"date", date)]
            await send(message)

        await self._application(scope, receive, dated)


async def serve(
    *, port: int, link_port: int | None = None, data: Path | None = None, announce: Callable[[str], None]
) -> None:
    """Run alone until cancelled; ``announce`` is told addresses and a pairing code.

    The link is at a free port, which pairing tells; with ``data`` it is the same one at each start.
    """
    async with SinqroSandbox(port=port, link_port=link_port or 0, data=data) as sinqro:
        announce(f"Sinqro sandbox: {sinqro.base_url} (link {sinqro.link_url})")
        announce(f"Pair with {sinqro.pairing_code()} (a new code: POST {sinqro.base_url}/control/pairing-codes)")
        await asyncio.Event().wait()


def percentile(values: Sequence[float], percent: float) -> float | None:
    """By nearest rank; ``None`` without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else None
