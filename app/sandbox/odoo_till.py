"""A waiter at Odoo's till: what people see and do there, by Odoo's own API and without the companion's adapter.

The demo plays an evening with it, tests look at what the adapter made. Orders of the companion are known by the names
of their lines, ``SINQRO/<reference>/<number>``.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from app.domain.status import OrderType, Status
from app.sandbox.evening_board import AwayError

LINE = "SINQRO/"
WORDS = {"draft": Status.ACCEPTED, "cancel": Status.CANCELLED, "paid": Status.COMPLETED, "done": Status.COMPLETED}
"""Odoo's states in our words; a draft that the kitchen has is in preparation."""

SHOWS = frozenset({Status.ACCEPTED, Status.IN_PREPARATION, Status.COMPLETED, Status.CANCELLED})
"""What an order can be there."""

_FIELDS = [
    *("uuid", "state", "amount_total", "amount_tax", "amount_paid", "table_id", "partner_id", "session_id"),
    *("floating_order_name", "general_customer_note", "customer_count", "mobile", "create_date", "write_date"),
    *("last_order_preparation_change", "name", "pos_reference", "tracking_number", "preset_id", "preset_time"),
]
_LINE_FIELDS = [
    *("order_id", "name", "uuid", "product_id", "full_product_name", "qty", "price_unit", "price_subtotal"),
    *("price_subtotal_incl", "tax_ids", "attribute_value_ids", "customer_note"),
]


class OdooError(Exception):
    """Odoo said no: its HTTP status and the name of its error."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(f"Odoo answered {status} {name}: {message[:300]}")
        self.status = status
        self.name = name
        self.message = message


class OdooTill:
    """The people at the (first) point of sale of an Odoo at ``url``."""

    look_every = 0.5
    takes_money = True

    def __init__(self, *, url: str, api_key: str) -> None:
        self.url = url
        self.api_key = api_key
        self.config = 0
        """Id of the point of sale, once :meth:`open` has found it."""
        self._http = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"bearer {api_key}"}, timeout=60, trust_env=False
        )
        self._shown: dict[int, tuple[str, Status | None]] = {}
        self._since = ""
        """Odoo's time of the newest order there was before the player began."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def call(self, model: str, method: str, **arguments: Any) -> Any:
        """One call of the API; raises :class:`OdooError`, or :class:`AwayError` without an answer."""
        try:
            response = await self._http.post(f"/json/2/{model}/{method}", json=arguments)
        except httpx.HTTPError as exc:
            raise AwayError(str(exc)) from exc
        if response.status_code == 200:
            return response.json()
        try:
            fault = response.json()
        except ValueError:
            fault = {}
        raise OdooError(response.status_code, str(fault.get("name", "")), str(fault.get("message", "")))

    # ---------------------------------------------------------------- the till

    async def open(self) -> int:
        """Open the till, with Odoo's own example restaurant where there is none yet; the session's id."""
        found = await self.call("pos.config", "search_read", domain=[], fields=["current_session_id"], limit=1)
        if not found:
            await self.call("pos.config", "load_onboarding_restaurant_scenario")
            found = await self.call("pos.config", "search_read", domain=[], fields=["current_session_id"], limit=1)
        self.config = int(found[0]["id"])
        session = found[0]["current_session_id"]
        if not session:
            await self.call("pos.config", "open_ui", ids=[self.config])
            session = (await self.call("pos.config", "read", ids=[self.config], fields=["current_session_id"]))[0][
                "current_session_id"
            ]
        number = int(session[0])
        state = (await self.call("pos.session", "read", ids=[number], fields=["state"]))[0]["state"]
        if state == "opening_control":
            await self.call("pos.session", "set_opening_control", ids=[number], cashbox_value=0, notes="")
        elif state == "closing_control":
            await self.call("pos.session", "write", ids=[number], vals={"state": "opened"})
        return number

    async def close(self) -> None:
        """Begin to close the till (Odoo's "closing control"): no order enters any more."""
        await self.call("pos.session", "write", ids=[await self.open()], vals={"state": "closing_control"})

    # ---------------------------------------------------------------- orders

    async def find(self, reference: str) -> list[dict[str, Any]]:
        """Every order with lines of this reference, the oldest first; its lines stand in ``lines``."""
        lines = await self._lines([["name", "=like", f"{LINE}{reference}/%"]])
        return await self.read({line["order_id"][0] for line in lines})

    async def read(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """Orders with all of their lines."""
        orders = await self.call("pos.order", "read", ids=sorted(ids), fields=_FIELDS)
        by_order = defaultdict(list)
        for line in await self._lines([["order_id", "in", [order["id"] for order in orders]]]):
            by_order[line["order_id"][0]].append(line)
        return [{**order, "lines": by_order[order["id"]]} for order in orders]

    async def _lines(self, domain: list[Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.call(
            "pos.order.line", "search_read", domain=domain, fields=_LINE_FIELDS, order="id"
        )
        return found

    async def move(self, reference: str, status: Status, reason: str = "") -> None:
        """Move the order on: into the kitchen, paid (what is missing is taken in cash), cancelled."""
        order = (await self.find(reference))[-1]
        if status in (Status.CANCELLED, Status.REJECTED):
            await self.call("pos.order", "action_pos_order_cancel", ids=[order["id"]])
        elif status is Status.COMPLETED:
            await self.pay(order)
        elif status is Status.IN_PREPARATION:
            sent = {line["uuid"]: {"uuid": line["uuid"], "quantity": line["qty"]} for line in order["lines"]}
            await self.sync(order, last_order_preparation_change=json.dumps({"lines": sent, "metadata": {}}))

    async def pay(self, order: dict[str, Any], method: str = "cash") -> None:
        """Take what is missing and close the order, as the payment screen does."""
        missing = round(order["amount_total"] - order["amount_paid"], 2)
        payments = []
        if missing:
            payments = [[0, 0, {"amount": missing, "payment_method_id": await self.method(method)}]]
        await self.sync(order, state="paid", payment_ids=payments, amount_return=0)

    async def method(self, kind: str) -> int:
        """A payment method of the till: ``cash`` or ``bank``."""
        config = (await self.call("pos.config", "read", ids=[self.config], fields=["payment_method_ids"]))[0]
        found = await self.call("pos.payment.method", "read", ids=config["payment_method_ids"], fields=["type"])
        return next(int(method["id"]) for method in found if method["type"] == kind)

    async def sync(self, order: dict[str, Any], **values: Any) -> list[int]:
        """What the till's screen sends about an order; ids of the orders that took part."""
        body = {
            "uuid": order["uuid"],
            "access_token": uuid.uuid4().hex,
            "session_id": order["session_id"][0],
            "state": "draft",
            "lines": [],
            "payment_ids": [],
            **values,
        }
        answer = await self.call("pos.order", "sync_from_ui", orders=[body])
        return [int(one["id"]) for one in answer["pos.order"]]

    async def order_at(self, table: int, product: int, price: float, tax: int | None = None) -> int:
        """A waiter opens an order at a table, with one product; the id of the order that it went into."""
        own = str(uuid.uuid4())
        total = round(price * 1.21, 2) if tax else price
        line = {
            "uuid": str(uuid.uuid4()),
            "product_id": product,
            "qty": 1,
            "price_unit": price,
            "price_subtotal": price,
            "price_subtotal_incl": total,
            "tax_ids": [[6, 0, [tax] if tax else []]],
        }
        session = await self.open()
        order = {"uuid": own, "session_id": [session, ""]}
        amounts = {"amount_total": total, "amount_tax": total - price, "amount_paid": 0, "amount_return": 0}
        return (await self.sync(order, table_id=table, lines=[[0, 0, line]], **amounts))[0]

    # ---------------------------------------------------------------- for a player

    def shows(self, order_type: OrderType) -> frozenset[Status]:
        """Statuses that an order of this type can have there; none: there is no place for it."""
        return frozenset() if order_type is OrderType.RESERVATION else SHOWS

    async def changed(self) -> list[tuple[str, Status]]:
        """Orders of the companion that look different from the last time, with their status."""
        rows = await self._ours()
        found = []
        for order, (reference, status) in rows.items():
            if self._shown.get(order) != (reference, status):
                self._shown[order] = (reference, status)
                if status is not None:
                    found.append((reference, status))
        return found

    async def received(self) -> list[tuple[str, float]]:
        """Every order of the companion with the time it was made (seconds since 1970; Odoo tells whole seconds)."""
        rows = await self._ours()
        orders = await self.call("pos.order", "read", ids=list(rows), fields=["create_date"])
        return [(rows[order["id"]][0], _seconds(order["create_date"])) for order in orders]

    async def _ours(self) -> dict[int, tuple[str, Status | None]]:
        try:
            return await self._look()
        except OdooError as exc:
            if exc.status < 500:
                raise
            raise AwayError(str(exc)) from exc  # it is starting

    async def _look(self) -> dict[int, tuple[str, Status | None]]:
        if not self._since:
            newest = await self.call(
                "pos.order", "search_read", domain=[], fields=["create_date"], order="create_date desc", limit=1
            )
            self._since = newest[0]["create_date"] if newest else "2000-01-01 00:00:00"
        since = ["create_date", ">=", self._since]
        lines = await self._lines([["name", "=like", f"{LINE}%"], since])
        references = {line["order_id"][0]: line["name"][len(LINE) :].rpartition("/")[0] for line in lines}
        fields = ["state", "last_order_preparation_change"]
        orders = await self.call("pos.order", "read", ids=list(references), fields=fields)
        return {order["id"]: (references[order["id"]], status_of(order)) for order in orders}


def status_of(order: dict[str, Any]) -> Status | None:
    """What people at the till see."""
    if order["state"] == "draft" and '"uuid"' in (order["last_order_preparation_change"] or ""):
        return Status.IN_PREPARATION
    return WORDS.get(order["state"])


def _seconds(odoo_time: str) -> float:
    return datetime.strptime(odoo_time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
