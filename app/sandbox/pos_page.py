"""The reference POS's pages: the till, for people.

``/`` the board of open orders and bookings · ``/order?id=`` one of them · ``/menu`` what is sold out · ``/faults``.
Each form does what the control API does, then leads back to the page where its effect is seen.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.faults import FaultsInvalid, decode_faults
from app.sandbox.pages import Child, Frame, PageError, el, form_of, is_live, link, page, routes_of, see, tag
from app.sandbox.pages_faults import faults_json, faults_panel, faults_tag
from app.sandbox.pos_catalog import Change
from app.sandbox.pos_control import PosFaults
from app.sandbox.pos_forms import FINAL, Online, TillError
from app.sandbox.pos_http import PREFIX, Desk
from app.sandbox.pos_till import status_word
from app.sandbox.pos_views import board_view, menu_view, switches, ticket_view

TABS = (("/", "Orders"), ("/menu", "Menu"), ("/faults", "Faults"))

MINUTES_DIGITS = 3
"""Nobody promises a longer preparation."""

EXPLAINED = {
    "till_closed": "No session is open: the API's new orders are refused with 409.",
    "offline": "Every call of the API is hung up on.",
    "busy": "429 with Retry-After: 1.",
    "nonsense": "The work is done and answered with something that is none of this API's answers.",
    "not_idempotent": "The idempotency key is not looked at: sending twice makes two.",
    "ignore_cancel": "A cancellation is answered 200 and changes nothing.",
    "delay_ms": "Milliseconds between the work and its answer.",
    "error_rate": "Chance from 0 to 1 of a 500; half of these after the work was done.",
    "drop_answer_rate": "Chance that the work is done and the connection closes without an answer.",
    "duplicate_webhooks": "Copies sent besides each webhook.",
    "refuse_connections": "Seconds for which nothing listens at the port, this page neither; it comes back by itself.",
    "forget": "Ids or references of orders that the API no longer knows.",
    "only": "Names of the calls that all this is for (create, find, read …); empty: all.",
    "seed": "Makes the dice of the chances repeatable.",
}
"""Each fault in words (a test keeps them complete)."""


class PosPage(NamedTuple):
    """The pages."""

    desk: Desk
    faults: Callable[[], PosFaults]
    set_faults: Callable[[PosFaults], Awaitable[None]]
    set_product: Callable[[str, Change], None]
    calls: frozenset[str]
    api_key: str
    """Shown to integrators: it opens this double and nothing else."""

    def routes(self) -> list[Route]:
        """For the application."""
        return routes_of(
            self._frame,
            [
                ("GET", "/", self._board),
                ("GET", "/order", self._order),
                ("POST", "/order/move", self._move),
                ("POST", "/till", self._till),
                ("POST", "/online", self._online),
                ("GET", "/menu", self._menu),
                ("POST", "/menu", self._product),
                ("GET", "/faults", self._faults),
                ("POST", "/faults", self._set_faults),
            ],
            refusals=(TillError, FaultsInvalid),
        )

    def _frame(self) -> Frame:
        state: list[Child] = [
            None if self._till_open else tag("till closed", "closed"),
            None if self.desk.switch().online else tag("online orders off", "closed"),
            faults_tag(self.faults()),
        ]
        return Frame("Reference POS", TABS, state)

    @property
    def _till_open(self) -> bool:
        return not self.desk.till.temper.closed

    # looking

    async def _board(self, request: Request) -> Response:
        body = board_view(self.desk.till.everything(), self._till_open, self.desk.switch(), self.desk.hours())
        where = f"API at http://{request.headers['host']}{PREFIX}, with x-api-key: {self.api_key}"
        body.append(el("section", el("p", el("small", where, " · ", link("its document", "/openapi.json")))))
        return page(self._frame(), "Orders", body, here="/", live=is_live(request))

    async def _order(self, request: Request) -> Response:
        ticket = self.desk.till.look_up(request.query_params.get("id", ""))
        return page(self._frame(), f"Order {ticket.code or ticket.id}", ticket_view(ticket))

    async def _menu(self, request: Request) -> Response:
        body = menu_view(msgspec.json.decode(self.desk.catalog.answer))
        return page(self._frame(), "Menu", body, here="/menu")

    async def _faults(self, request: Request) -> Response:
        hint = el("p", "What the POS does wrong on purpose. These pages and the control API never misbehave.")
        now = switches(self._till_open, self.desk.switch(), self.desk.hours())
        panel = faults_panel(self.faults(), EXPLAINED)
        return page(self._frame(), "Faults", el("h1", "Faults"), hint, now, el("section", panel), here="/faults")

    # doing

    async def _move(self, request: Request) -> Response:
        sent = await form_of(request)
        ticket = self.desk.till.look_up(sent.get("id", ""))
        minutes = sent.get("minutes", "").strip()
        if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) <= MINUTES_DIGITS):
            raise PageError(f"Minutes are a number of {MINUTES_DIGITS} digits at most.")
        moved = self.desk.till.change_status(
            ticket.id,
            status_word(sent.get("status", ""), ticket.kind),
            reason=sent.get("reason", ""),
            minutes=int(minutes) if minutes else None,
            by="till",
        )
        if sent.get("back") == "board":
            return see("/", at="" if moved.status in FINAL else moved.id)
        return see("/order", id=moved.id)

    async def _till(self, request: Request) -> Response:
        closed = (await form_of(request)).get("open") != "on"
        # an outage asked for earlier is over, and must not begin again
        await self.set_faults(msgspec.structs.replace(self.faults(), till_closed=closed, refuse_connections=0))
        return see("/")

    async def _online(self, request: Request) -> Response:
        self.desk.set_switch(Online(online=(await form_of(request)).get("online") == "on"))
        return see("/")

    async def _product(self, request: Request) -> Response:
        sent = await form_of(request)
        ident = sent.get("id", "")
        self.set_product(ident, Change(available=sent.get("available") == "on"))
        return see("/menu", at=ident)

    async def _set_faults(self, request: Request) -> Response:
        faults = decode_faults(faults_json(PosFaults, await form_of(request)), PosFaults, self.calls)
        await self.set_faults(faults)
        return see("/faults")
