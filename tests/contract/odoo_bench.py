"""The contract suite's bench for a real Odoo: the adapter, a waiter at the till, and a network that misbehaves."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx

from adapters.odoo.adapter import OdooAdapter
from app.domain.status import Status
from app.sandbox.odoo_till import LINE, OdooTill, status_of
from tests.contract.pos_bench import CALLS, Seen, SeenLine
from tests.real.server import Server, server


class Network(httpx.AsyncBaseTransport):
    """Between adapter and Odoo; `fault` as the bench's `misbehave` names them, or `off`."""

    def __init__(self) -> None:
        self._real = httpx.AsyncHTTPTransport()
        self.fault = "none"
        self.calls: tuple[str, ...] = ()
        self.sent: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.url.path)
        if self.fault == "off":
            raise httpx.ConnectError("connection refused")
        method = request.url.path.rsplit("/", 1)[-1]
        call = "create" if method == "sync_from_ui" else "find"
        if self.fault == "none" or (self.calls and call not in self.calls):
            return await self._real.handle_async_request(request)
        if self.fault == "busy":
            return httpx.Response(429, headers={"retry-after": "7"})
        if self.fault == "fail":
            return httpx.Response(500, json={"name": "builtins.KeyError", "message": "x", "debug": "Traceback SECRET"})
        if self.fault == "nonsense":
            return httpx.Response(200, text="<html>")
        if self.fault == "ignore_cancel" and method == "action_pos_order_cancel":
            return httpx.Response(200, json={"pos.order": []})
        response = await self._real.handle_async_request(request)
        if self.fault == "drop":
            await response.aread()
            raise httpx.ReadError("connection reset by peer")
        return response

    async def aclose(self) -> None:
        await self._real.aclose()


class OdooBench:
    """Odoo's example restaurant; its products stand in for those of the suite."""

    pizza = "T-7"
    pizza_name = "Pizza Margherita"
    bacon = "V-6-21"
    bacon_name = "Pepperoni"
    beer = "T-20"
    table = ("6", "2")
    further = Status.IN_PREPARATION
    many = 12

    def __init__(self, till: OdooTill, adapter: OdooAdapter, network: Network) -> None:
        self.till = till
        self.adapter = adapter
        self.network = network

    def prepaid(self, total: str) -> tuple[tuple[str | None, Decimal, bool], ...]:
        return (("Card", Decimal(total), True),)

    async def seen(self, reference: str) -> list[Seen]:
        return [await self._seen(reference, order) for order in await self.till.find(reference)]

    async def _seen(self, reference: str, order: dict[str, Any]) -> Seen:
        partner: dict[str, Any] = {}
        if order["partner_id"]:
            fields = ["name", "phone", "street", "zip", "city"]
            partner = (await self.till.call("res.partner", "read", ids=[order["partner_id"][0]], fields=fields))[0]
        delivery = order["preset_id"] and order["preset_id"][1] == "Delivery"
        return Seen(
            id=str(order["id"]),
            reference=reference,
            status=status_of(order),
            lines=tuple([await self._line(line) for line in order["lines"]]),
            total=Decimal(str(order["amount_total"])),
            table=str(order["table_id"][0]) if order["table_id"] else None,
            address=f"{partner['street']}, {partner['zip']} {partner['city']}" if delivery else "",
            guests=order["customer_count"],
            customer=partner.get("name") or "",
            phone=partner.get("phone") or "",
            note=order["general_customer_note"] or "",
            code=order["floating_order_name"].split()[-1],
            tickets=0 if order["last_order_preparation_change"] else 1,
        )

    async def _line(self, line: dict[str, Any]) -> SeenLine:
        product = (
            await self.till.call(
                "product.product", "read", ids=[line["product_id"][0]], fields=["product_tmpl_id", "default_code"]
            )
        )[0]
        ours = (product["default_code"] or "").startswith("SINQRO-")
        options = await self.till.call(
            "product.template.attribute.value", "read", ids=line["attribute_value_ids"], fields=["name"]
        )
        total, quantity = Decimal(str(line["price_subtotal_incl"])), Decimal(str(line["qty"]))
        return SeenLine(
            name=line["full_product_name"],
            product=None if ours else f"T-{product['product_tmpl_id'][0]}",
            quantity=quantity,
            price=total / quantity,
            total=total,
            note=line["customer_note"] or "",
            options=tuple((option["name"], Decimal(1)) for option in options),
        )

    async def move(self, reference: str, status: Status) -> None:
        await self.till.move(reference, status)

    async def keep_hours(self) -> None:
        raise AssertionError("Odoo keeps no opening hours")

    async def set_online(self, online: bool) -> None:
        raise AssertionError("Odoo has no such switch")

    async def go_off(self) -> None:
        self.network.fault, self.network.calls = "off", ()

    async def come_back(self) -> None:
        self.network.fault = "none"

    async def close_till(self) -> None:
        await self.till.close()

    async def misbehave(self, what: str, calls: str = "all") -> None:
        self.network.fault, self.network.calls = what, CALLS[calls]


async def put_away(till: OdooTill) -> None:
    """Make room: no order of an earlier test is known by its reference any more, or stands on a table."""
    lines = await till.call(
        "pos.order.line", "search_read", domain=[["name", "=like", f"{LINE}%"]], fields=["order_id"]
    )
    ours = {line["order_id"][0] for line in lines}
    drafts = await till.call("pos.order", "search", domain=[["state", "=", "draft"]])
    await till.call("pos.order", "write", ids=drafts, vals={"state": "cancel"})
    rows = await till.call("pos.order", "read", ids=sorted(ours | set(drafts)), fields=["state"])
    away = [row["id"] for row in rows if row["state"] == "cancel"]
    await till.call(
        "pos.payment", "unlink", ids=await till.call("pos.payment", "search", domain=[["pos_order_id", "in", away]])
    )
    await till.call("pos.order", "unlink", ids=away)
    for row in rows:
        if row["id"] not in away:
            await till.call("pos.order", "write", ids=[row["id"]], vals={"uuid": str(uuid.uuid4())})
            for line in (await till.read([row["id"]]))[0]["lines"]:
                vals = {"uuid": str(uuid.uuid4()), "name": "put away"}
                await till.call("pos.order.line", "write", ids=[line["id"]], vals=vals)
            payments = await till.call("pos.payment", "search", domain=[["pos_order_id", "=", row["id"]]])
            for payment in payments:
                await till.call("pos.payment", "write", ids=[payment], vals={"uuid": str(uuid.uuid4())})


@asynccontextmanager
async def odoo_bench(where: Server | None = None) -> AsyncIterator[OdooBench]:
    where = where or server()
    network = Network()
    async with (
        OdooTill(url=where.url, api_key=where.api_key) as till,
        OdooAdapter(url=where.url, api_key=where.api_key, timeout=60, transport=network) as adapter,
    ):
        await till.open()
        await put_away(till)
        yield OdooBench(till, adapter, network)
