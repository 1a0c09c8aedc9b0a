"""The Sinqro sandbox's pages: the restaurant's test account, for people.

``/`` the orders and what came back · ``/place`` new ones · ``/order?id=`` one of them · ``/request?id=`` one request
and its answer · ``/restaurant`` pairing and who is in charge · ``/faults``. Each does what the control API does; a form
that worked leads to the page where its effect is seen.
"""

import secrets
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.status import OrderType
from app.sandbox import orders_people as people
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from app.sandbox.orders_edits import EditError, Editor, made_odd, soon
from app.sandbox.pages import Frame, PageError, el, form_of, is_live, page, routes_of, see
from app.sandbox.pages_faults import faults_json, faults_panel, faults_tag
from app.sandbox.sinqro_control import SinqroDesk
from app.sandbox.sinqro_faults import FaultsUnknown, SinqroFaults, decode_faults
from app.sandbox.sinqro_form_views import place_view, restaurant_view
from app.sandbox.sinqro_order_view import order_view, request_view
from app.sandbox.sinqro_state import LinkRequest, Restaurant, SinqroOrder
from app.sandbox.sinqro_view import values_of
from app.sandbox.sinqro_views import orders_view

ANSWER_WAIT = 1.5
"""Seconds to wait for the companion's answer before its page is shown, while its link is up."""

TABS = (("/", "Orders"), ("/place", "Place"), ("/restaurant", "Restaurant"), ("/faults", "Faults"))

EXPLAINED = {
    "offline": "Nothing answers: links are cut and refused, HTTP says 503.",
    "close_link": "The links open now are cut, once.",
    "half_open": "The connections open now are no longer read, nor told; new ones are fine.",
    "drop": "Chance from 0 to 1 that a frame of the link is lost, though the connection goes on.",
    "duplicate": "Chance that a frame comes twice.",
    "reorder": "Chance that a frame leaves after the one behind it.",
    "delay_ms": "Milliseconds by which each frame leaves later.",
    "refuse_link": "HTTP status (400 to 599) for every handshake of the link; empty: none.",
    "notification_status": "HTTP status for every notification, which is then not taken; empty: none.",
    "notification_delay_ms": "Milliseconds before a notification is answered, after it was taken.",
    "notification_drop_answer": "Chance that a notification is taken and the connection closes without an answer.",
    "refuse_types": "Notifications of these types (availability.changed, …) are answered 422.",
    "lose_types": "Notifications of these types are taken, and nothing of them is shown.",
    "clock_offset_s": "Seconds by which Sinqro's clock is wrong.",
    "seed": "Makes the dice of the chances repeatable.",
}
"""Each fault in words (a test keeps them complete)."""


class SinqroPageDesk(SinqroDesk, Protocol):
    """What the pages need of the sandbox (see there)."""

    @property
    def base_url(self) -> str: ...
    @property
    def link_url(self) -> str: ...
    def summary(self) -> dict[str, float | int | None]: ...


class SinqroPage:
    """The pages. Orders placed here are made up by a generator of this run's own."""

    def __init__(self, *, desk: SinqroPageDesk) -> None:
        self.desk = desk
        self._menu = superpizza()
        self._generators: dict[str, OrderGenerator] = {}

    def routes(self) -> list[Route]:
        """For the application."""
        return routes_of(
            self._frame,
            [
                ("GET", "/", self._orders),
                ("GET", "/place", self._place_form),
                ("POST", "/place", self._place),
                ("POST", "/place/raw", self._place_raw),
                ("GET", "/order", self._order),
                ("POST", "/order/status", self._status),
                ("POST", "/order/edit", self._edit),
                ("POST", "/order/text", self._text),
                ("GET", "/request", self._request),
                ("GET", "/restaurant", self._restaurant),
                ("POST", "/restaurant/code", self._code),
                ("POST", "/restaurant/revoke", self._revoke),
                ("GET", "/faults", self._faults),
                ("POST", "/faults", self._set_faults),
            ],
            refusals=(EditError, FaultsUnknown),
        )

    def _frame(self) -> Frame:
        return Frame("Sinqro sandbox", TABS, faults_tag(self.desk.state.misbehaviour.faults))

    # ---------------------------------------------------------------- looking

    async def _orders(self, request: Request) -> Response:
        body = orders_view(self.desk.state, self.desk.summary())
        return page(self._frame(), "Orders", body, here="/", live=is_live(request))

    async def _place_form(self, request: Request) -> Response:
        return page(self._frame(), "Place an order", place_view(self.desk.state.restaurants.values()), here="/place")

    async def _order(self, request: Request) -> Response:
        order = self._known(request.query_params.get("id", ""))
        return page(self._frame(), f"Order {order.key}", order_view(order, self.desk.state, self._menu))

    async def _request(self, request: Request) -> Response:
        ident = request.query_params.get("id", "")
        found = self.desk.state.requests.get(ident)
        if found is None:
            raise PageError(f"There is no request {ident}.", status=404)
        return page(self._frame(), found.method, request_view(found))

    async def _restaurant(self, request: Request) -> Response:
        body = restaurant_view(self.desk.state, self.desk.base_url, self.desk.link_url)
        return page(self._frame(), "Restaurant", body, here="/restaurant", live=is_live(request))

    async def _faults(self, request: Request) -> Response:
        panel = faults_panel(self.desk.state.misbehaviour.faults, EXPLAINED)
        hint = el("p", "What the sandbox does wrong on purpose. These pages and the control API never misbehave.")
        return page(self._frame(), "Faults", el("h1", "Faults"), hint, panel, here="/faults")

    # ---------------------------------------------------------------- orders

    async def _place(self, request: Request) -> Response:
        sent = await form_of(request)
        place = self._place_of(sent.get("place", ""))
        kind = next((kind for kind in OrderType if kind == sent.get("type")), None)
        if kind is None:
            raise PageError("An order has one of the types on the page.")
        overrides: dict[str, Any] = {"comment": sent["comment"]} if sent.get("comment") else {}
        if "allergy" in sent:
            overrides["comment"] = f"{overrides.get('comment', '')} {secrets.choice(people.ALLERGIES)}".strip()
        minutes = sent.get("minutes", "")
        order = self._generator(place).order(
            kind,
            channel=sent.get("channel") or None,
            execution_at=soon(int(minutes)) if minutes.isdecimal() and len(minutes) < 6 else None,
            **overrides,
        )
        made_odd(order, wrong_totals="totals" in sent, unknown_product="unknown" in sent)
        raw = to_json(order)
        made = self.desk.place(raw)
        if "twice" in sent:
            made = self.desk.place(raw)
        if "quick" in sent:
            await self._answered(made)
            return see("/", at=f"order-{made.order}")
        return await self._seen(made)

    async def _place_raw(self, request: Request) -> Response:
        return await self._seen(self.desk.place(_typed(await form_of(request))))

    async def _text(self, request: Request) -> Response:
        sent = await form_of(request)
        order = self._known(sent.get("id", ""))
        return await self._seen(self.desk.update(order.key, _typed(sent)))

    async def _status(self, request: Request) -> Response:
        sent = await form_of(request)
        order = self._known(sent.get("id", ""))
        if not sent.get("status"):
            raise PageError("A status is missing.")
        made = self.desk.change_status(
            order.key, sent["status"], reason=sent.get("reason", ""), comment=sent.get("comment", "")
        )
        return await self._seen(made)

    async def _edit(self, request: Request) -> Response:
        sent = await form_of(request)
        order = self._known(sent.get("id", ""))
        values = values_of(order.raw)
        if values is None:
            raise EditError("The order's text is no JSON object: edit the text itself.")
        place = self._place_of(order.selling_point)
        editor = Editor(restaurant=self._menu, generator=self._generator(place), zone=place.timezone)
        edited = editor.edit(values, sent.get("what", ""), sent.get("value", ""))
        return await self._seen(self.desk.update(order.key, to_json(edited)))

    # ---------------------------------------------------------------- the restaurant

    async def _code(self, request: Request) -> Response:
        self.desk.pairing_code()
        return see("/restaurant")

    async def _revoke(self, request: Request) -> Response:
        number = (await form_of(request)).get("number", "")
        tokens = list(self.desk.state.installations)
        if not number.isdecimal() or int(number) >= len(tokens):
            raise PageError("There is no such installation.", status=404)
        self.desk.revoke(tokens[int(number)])
        return see("/restaurant")

    async def _set_faults(self, request: Request) -> Response:
        self.desk.set_faults(decode_faults(faults_json(SinqroFaults, await form_of(request))))
        return see("/faults")

    # ---------------------------------------------------------------- inside

    def _known(self, key: str) -> SinqroOrder:
        order = self.desk.state.orders.get(key)
        if order is None:
            raise PageError(f"There is no order {key}.", status=404)
        return order

    def _place_of(self, ident: str) -> Restaurant:
        restaurants = self.desk.state.restaurants
        return restaurants.get(ident) or next(iter(restaurants.values()))

    def _generator(self, place: Restaurant) -> OrderGenerator:
        if place.id not in self._generators:
            self._generators[place.id] = OrderGenerator(
                restaurant=self._menu,
                seed=secrets.randbits(32),
                # orders of an earlier run may still be known: no two share an id
                first_id=100_000_000 + secrets.randbelow(800_000_000),
                selling_point=(place.id, place.name, place.timezone),
            )
        return self._generators[place.id]

    async def _answered(self, made: LinkRequest) -> None:
        place = self.desk.state.restaurants.get(made.selling_point)
        if place is not None and place.active and place.active not in self.desk.state.silent_since:
            await self.desk.answer_of(made, ANSWER_WAIT)

    async def _seen(self, made: LinkRequest) -> Response:
        """To the page of the order, or of the request where the text names no order."""
        await self._answered(made)
        return see("/order", id=made.order) if made.order else see("/request", id=made.id)


def _typed(sent: dict[str, str]) -> bytes:
    """The text as it was typed; forms send every line's end as CR LF."""
    return sent.get("raw", "").replace("\r\n", "\n").encode(errors="replace")
