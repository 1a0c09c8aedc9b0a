"""Sinqro and the POS as lean as they can be, in one process with one clock, so that what is timed is the subject.

The cloud double is a websocket server that speaks the link's contract, and an HTTP endpoint that takes notifications.
The POS double speaks as much of the reference POS's API as a burst of orders needs; a create is answered after
``answer_after`` seconds. Both stamp what they see with ``time.perf_counter``. Loopback only.
"""

import asyncio
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.benchmarks.orders_floor import SELLING_POINT

now = time.perf_counter

ANSWER_AFTER = 0.005
"""Seconds that the POS takes to create an order."""

_ORDER_PATH = re.compile(rb"/api/v1/orders/P-(\w+)(?:/status)?")


class HttpExchange(asyncio.Protocol):
    """Just enough HTTP/1.1: one request after another, each with a known length, on a kept-alive connection."""

    def __init__(self, on_request: Callable[["HttpExchange", bytes, bytes, float], None]) -> None:
        self._on_request = on_request
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        arrived = now()
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            whole = end + 4 + int(header(head, b"content-length") or 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._on_request(self, head, body, arrived)

    def answer(self, status: bytes, body: bytes) -> None:
        """Write the answer, if somebody still listens."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                % (status, len(body), body)
            )


def header(head: bytes, name: bytes) -> bytes:
    """A header's value, empty when there is none."""
    for line in head.split(b"\r\n")[1:]:
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip()
    return b""


class PosDouble:
    """What arrived, by reference, and what was answered."""

    def __init__(self, *, answer_after: float = ANSWER_AFTER) -> None:
        self.url = ""
        self.arrived: dict[str, list[float]] = {}
        self.answered: dict[str, float] = {}
        self.open = 0
        self.open_most = 0
        self.unexpected: list[str] = []
        self._answer_after = answer_after

    @asynccontextmanager
    async def running(self) -> AsyncIterator["PosDouble"]:
        """Listen on a free port."""
        server = await asyncio.get_running_loop().create_server(lambda: HttpExchange(self._take), "127.0.0.1", 0)
        async with server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield self

    def _take(self, exchange: HttpExchange, head: bytes, body: bytes, arrived: float) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
        path = target.partition(b"?")[0]
        if method == b"POST" and path == b"/api/v1/orders":
            self._create(exchange, header(head, b"idempotency-key").decode(), arrived)
        elif method == b"GET" and path == b"/api/v1/orders":
            exchange.answer(b"200 OK", b'{"orders":[],"cursor":"1","more":false}')
        elif method == b"GET" and path == b"/api/v1/health":
            exchange.answer(b"200 OK", b'{"ok":true,"till_open":true,"version":"benchmark"}')
        elif method == b"GET" and path == b"/api/v1/availability":
            exchange.answer(b"200 OK", b'{"online":true}')
        elif method == b"GET" and path == b"/api/v1/schedule":
            exchange.answer(b"200 OK", b'{"timezone":"Europe/Madrid","week":[],"days":[]}')
        elif method == b"GET" and (known := _ORDER_PATH.fullmatch(path)):
            exchange.answer(b"200 OK", _order(known[1].decode()))
        else:
            self.unexpected.append(f"{method.decode()} {target.decode()}")
            exchange.answer(b"404 Not Found", b'{"error":{"code":"not_found","message":"not part of the benchmark"}}')

    def _create(self, exchange: HttpExchange, reference: str, arrived: float) -> None:
        self.arrived.setdefault(reference, []).append(arrived)
        self.open += 1
        self.open_most = max(self.open_most, self.open)
        asyncio.get_running_loop().call_later(self._answer_after, self._created, exchange, reference)

    def _created(self, exchange: HttpExchange, reference: str) -> None:
        self.open -= 1
        self.answered[reference] = now()
        exchange.answer(b"201 Created", _order(reference))


def _order(reference: str) -> bytes:
    """An order as the POS has it: to be accepted there."""
    order: dict[str, str | None] = {"id": f"P-{reference}", "reference": reference, "status": "held"}
    order |= {"changed_at": _now(), "reason": "", "minutes": None}
    return json.dumps(order).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat()


class CloudDouble:
    """Sinqro: sends requests, and keeps when each was answered and when each order was told as injected."""

    def __init__(self) -> None:
        self.link_url = ""
        self.notification_url = ""
        self.connected = asyncio.Event()
        self.connection: ServerConnection | None = None
        self.answered: dict[str, list[float]] = {}
        """By the request's id."""
        self.injected: dict[str, float] = {}
        """By the order's id: arrival of the first ``order.injected``."""
        self.unexpected: list[str] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator["CloudDouble"]:
        """Listen on free ports."""
        loop = asyncio.get_running_loop()
        http = await loop.create_server(lambda: HttpExchange(self._notified), "127.0.0.1", 0)
        # Not compressed, as the floor: on loopback that would only measure zlib, on both sides.
        link = await serve(
            self._serve,
            "127.0.0.1",
            0,
            select_subprotocol=lambda _, offered: Subprotocol(offered[0]) if offered else None,
            compression=None,
            max_size=2**20,
            close_timeout=1,
        )
        async with http, link:
            self.link_url = f"ws://127.0.0.1:{next(iter(link.sockets)).getsockname()[1]}"
            self.notification_url = f"http://127.0.0.1:{http.sockets[0].getsockname()[1]}/notifications"
            yield self

    async def send(self, text: str) -> None:
        """One frame of ours."""
        assert self.connection is not None
        await self.connection.send(text)

    async def _serve(self, connection: ServerConnection) -> None:
        self.connection = connection
        with suppress(ConnectionClosed):  # a subject that is ended says no goodbye
            await self._read(connection)

    async def _read(self, connection: ServerConnection) -> None:
        async for text in connection:
            arrived = now()
            frame = json.loads(text)
            if "method" in frame:
                await connection.send(json.dumps(self._answer(frame)))
            else:
                self.answered.setdefault(str(frame["id"]), []).append(arrived)
                if "result" not in frame:
                    self.unexpected.append(f"error answer: {frame.get('error')}")

    def _answer(self, frame: dict[str, Any]) -> dict[str, Any]:
        match frame["method"]:
            case "link.hello":
                point = {"id": SELLING_POINT, "role": "active", "epoch": 1}
                result: dict[str, Any] = {"time": _now(), "sellingPoints": [point]}
                self.connected.set()
            case "order.list":
                result = {"orders": []}
            case "sellingPoint.availability.get":
                result = {"open": True, "closings": []}
            case "sellingPoint.preparation.get":
                result = {"extraMinutes": 0}
            case "sellingPoint.schedule.get":
                result = {"timezone": "Europe/Madrid", "ranges": [], "orderTypeRanges": {}, "exceptions": []}
            case "link.ping":
                result = {"time": _now()}
            case "link.bye":
                result = {}
            case method:
                self.unexpected.append(f"request {method}")
                result = {}
        return {"jsonrpc": "2.0", "id": frame["id"], "result": result}

    def _notified(self, exchange: HttpExchange, _: bytes, body: bytes, arrived: float) -> None:
        event = json.loads(body)
        if event["type"] == "order.injected":
            self.injected.setdefault(str(event["data"]["orderId"]), arrived)
        else:
            self.unexpected.append(f"notification {event['type']}: {event['data']}")
        exchange.answer(b"202 Accepted", b"{}")
