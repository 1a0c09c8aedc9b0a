"""The companion's requests over the link, answered by the Sinqro sandbox (contract: Companion → Sinqro)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.domain.times import parse_time
from app.link import wire
from app.link.messages import Id, RequestFault, decode_params, invalid_params, unknown_method
from app.sandbox.sinqro_peer import Peer
from app.sandbox.sinqro_state import Restaurant, SinqroOrder, SinqroState
from app.sandbox.sinqro_view import order_text

REACH = timedelta(hours=72)
"""How far back the list of orders goes."""
MOST_ORDERS = 100
PAGE_BYTES = 2**20
"""A page of orders is no longer than this, so that its frame is read."""
ORDER_BYTES = 2**21
"""An order whose text is longer is listed by its id and status alone."""

SELLING_POINT_GET = "sellingPoint.get"
AVAILABILITY_GET = "sellingPoint.availability.get"
SCHEDULE_GET = "sellingPoint.schedule.get"
PREPARATION_GET = "sellingPoint.preparation.get"
CATALOG_GET = "sellingPoint.catalog.get"
ORDER_GET = "order.get"
ORDER_LIST = "order.list"


class _Hello(msgspec.Struct, rename="camel"):
    installation_id: str
    device_name: str = ""
    selling_point_ids: list[Id] | None = None


class _Place(msgspec.Struct, rename="camel"):
    selling_point_id: Id


class _OrderGet(_Place, rename="camel"):
    order_id: Id


class _OrderList(_Place, rename="camel"):
    since: str | None = None
    cursor: str | None = None
    limit: int = MOST_ORDERS


class SinqroCallees:
    """Answers requests; each may raise :class:`RequestFault`."""

    def __init__(self, *, state: SinqroState) -> None:
        self.state = state
        self._methods: dict[str, Callable[[Peer, bytes], Any]] = {
            wire.HELLO: self._hello,
            wire.BYE: self._bye,
            wire.PING: self._ping,
            SELLING_POINT_GET: self._selling_point,
            AVAILABILITY_GET: self._availability,
            SCHEDULE_GET: self._schedule,
            PREPARATION_GET: self._preparation,
            CATALOG_GET: self._catalog,
            ORDER_GET: self._order,
            ORDER_LIST: self._orders,
        }

    def answer(self, peer: Peer, method: str, params: bytes) -> Any:
        """The result of a request."""
        known = self._methods.get(method)
        if known is None:
            raise unknown_method(method)
        return known(peer, params)

    def place_to_take(self, peer: Peer, params: bytes) -> Restaurant:
        """The selling point that a takeover is about."""
        place = self._place(decode_params(_Place, params))
        if not peer.installation_id:
            raise RequestFault("say link.hello first", code="HELLO_MISSING")
        return place

    def put_in_charge(self, place: Restaurant, peer: Peer) -> None:
        """From now on this installation is the active one, with a new epoch."""
        place.active, place.device_name = peer.installation_id, peer.device_name
        place.since, place.epoch = self.state.now(), place.epoch + 1
        self.state.save_restaurant(place)
        self.state.record(
            "link.in_charge",
            selling_point=place.id,
            deviceName=place.device_name,
            installationId=place.active,
            epoch=place.epoch,
        )

    def _place(self, params: _Place) -> Restaurant:
        place = self.state.restaurants.get(str(params.selling_point_id))
        if place is None:
            raise invalid_params(f"there is no selling point {params.selling_point_id}", "$.sellingPointId")
        return place

    def _hello(self, peer: Peer, params: bytes) -> dict[str, Any]:
        hello = decode_params(_Hello, params)
        if not hello.installation_id:
            raise invalid_params("an installation has an id", "$.installationId")
        peer.installation_id = hello.installation_id
        peer.device_name = hello.device_name or peer.device_name
        installation = peer.installation
        if not installation.installation_id:
            installation.installation_id = hello.installation_id
            self.state.save_installation(installation)
        self.state.record("link.hello", deviceName=peer.device_name, hello=msgspec.json.decode(params))
        wanted = {str(ident) for ident in hello.selling_point_ids or self.state.restaurants}
        roles = [self._role(peer, place) for place in self.state.restaurants.values() if place.id in wanted]
        return {"time": self.state.now(), "sellingPoints": roles}

    def _role(self, peer: Peer, place: Restaurant) -> dict[str, Any]:
        if not place.active:
            self.put_in_charge(place, peer)
        if place.active == peer.installation_id:
            return {"id": place.id, "role": "active", "epoch": place.epoch}
        taken = {"code": "SELLING_POINT_TAKEN", "deviceName": place.device_name, "since": place.since}
        return {"id": place.id, "role": "viewer", "epoch": place.epoch, "taken": taken}

    def _bye(self, peer: Peer, params: bytes) -> dict[str, Any]:
        self.state.record("link.bye", deviceName=peer.device_name, bye=decode_params(dict[str, Any], params))
        return {}

    def _ping(self, peer: Peer, params: bytes) -> dict[str, Any]:
        return {"time": self.state.now()}

    def _selling_point(self, peer: Peer, params: bytes) -> dict[str, Any]:
        place = self._place(decode_params(_Place, params))
        ident = int(place.id) if place.id.isdigit() else place.id
        return {
            "id": ident,
            "name": place.name,
            "timezone": place.timezone,
            "allowedOrderTypes": ["delivery", "collection", "insitu", "inside", "reservation"],
            "active": self._active(place),
        }

    def _active(self, place: Restaurant) -> dict[str, Any] | None:
        """Who is in charge, and for how long its link has been down (the companion's contract)."""
        if not place.active:
            return None
        since = self.state.silent_since.get(place.active)
        silent = {} if since is None else {"silentSeconds": round(time.monotonic() - since, 1)}
        return {"deviceName": place.device_name} | silent

    def _availability(self, peer: Peer, params: bytes) -> dict[str, Any]:
        place = self._place(decode_params(_Place, params))
        return {"sellingPointId": place.id, "open": place.open, "closings": place.closings}

    def _schedule(self, peer: Peer, params: bytes) -> dict[str, Any]:
        place = self._place(decode_params(_Place, params))
        return {"sellingPointId": place.id, **place.schedule}

    def _preparation(self, peer: Peer, params: bytes) -> dict[str, Any]:
        place = self._place(decode_params(_Place, params))
        return {"sellingPointId": place.id, "extraMinutes": 0, **place.preparation}

    def _catalog(self, peer: Peer, params: bytes) -> dict[str, Any]:
        place = self._place(decode_params(_Place, params))
        return {"sellingPointId": place.id, "version": place.catalog_version}

    def _order(self, peer: Peer, params: bytes) -> dict[str, Any]:
        wanted = decode_params(_OrderGet, params)
        order = self.state.orders.get(str(wanted.order_id))
        if order is None or not order.raw or order.selling_point != self._place(wanted).id:
            raise RequestFault(f"there is no order {wanted.order_id}", code="ORDER_NOT_FOUND")
        return self._listed(order)

    def _orders(self, peer: Peer, params: bytes) -> dict[str, Any]:
        wanted = decode_params(_OrderList, params)
        place = self._place(wanted)
        reach = datetime.now(UTC) - REACH
        try:
            since = max(parse_time(wanted.since, UTC), reach) if wanted.since else reach
            start = int(wanted.cursor or 0)
        except (ValueError, OverflowError) as exc:
            raise invalid_params(str(exc), "$.since") from exc
        orders = [
            order
            for order in self.state.orders.values()
            if order.selling_point == place.id and order.raw and order.changed_at >= since.timestamp()
        ]
        page: list[dict[str, Any]] = []
        size = 0
        for order in orders[start : start + max(1, min(wanted.limit, MOST_ORDERS))]:
            listed = self._listed(order)
            size += len(listed["order"])
            if page and size > PAGE_BYTES:
                break
            page.append(listed)
        answer: dict[str, Any] = {"orders": page}
        if start + len(page) < len(orders):
            answer["nextCursor"] = str(start + len(page))
        return answer

    def _listed(self, order: SinqroOrder) -> dict[str, Any]:
        text = order_text(order, self.state.wire, whole=len(order.raw) <= ORDER_BYTES)
        return {"order": msgspec.Raw(text), "revision": order.revision, "notifiedRevision": order.notified_revision}
