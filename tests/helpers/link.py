"""A bare Sinqro for tests of the link: answers the hello, and lets the test send and read frames by hand."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response as HttpResponse

from app.infra.link_websocket import LinkClient
from app.link.backoff import Backoff
from app.link.clock import ClockOffset
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import LinkHandler, SellingPointRole

SUBPROTOCOL = "sinqro-link.v1"


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FakeSinqro:
    """Each connection is put into ``connections`` after its hello was answered."""

    def __init__(self) -> None:
        self.connections: asyncio.Queue[ServerConnection] = asyncio.Queue()
        self.hellos: list[dict[str, Any]] = []
        self.handshakes: list[Headers] = []
        self.answer: dict[str, Any] | None = {"result": {"sellingPoints": [{"id": 1, "role": "active", "epoch": 1}]}}
        self.refusal: Callable[[], HttpResponse | None] = lambda: None
        self.url = ""

    async def connection(self) -> ServerConnection:
        async with asyncio.timeout(5):
            return await self.connections.get()

    def process_request(self, _: ServerConnection, request: HttpRequest) -> HttpResponse | None:
        self.handshakes.append(request.headers)
        return self.refusal()

    async def handle(self, websocket: ServerConnection) -> None:
        hello = json.loads(await websocket.recv())
        self.hellos.append(hello["params"])
        if self.answer is not None:
            await websocket.send(json.dumps({"jsonrpc": "2.0", "id": hello["id"]} | self.answer))
        self.connections.put_nowait(websocket)
        await websocket.wait_closed()

    @asynccontextmanager
    async def running(self, port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
        server = await serve(
            self.handle,
            "127.0.0.1",
            port,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item] # a NewType of str
            process_request=self.process_request,
            max_size=2**24,
            ping_interval=None,
            close_timeout=0.2,
            ssl=tls,
        )
        async with server:
            self.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{server.sockets[0].getsockname()[1]}/link"
            yield server


class FakeHandler:
    """Services that answer with what they were asked; ``on_request`` may do better."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.roles: list[SellingPointRole] = []
        self.on_request: Callable[[str, bytes], Awaitable[Any]] = self.echo
        self.on_opened: Callable[[], Awaitable[None]] | None = None

    async def echo(self, method: str, params: bytes) -> Any:
        return {"method": method, "params": json.loads(params or b"null")}

    def hello(self) -> dict[str, Any]:
        return {"deviceName": "CAJA-1"}

    async def opened(self, roles: list[SellingPointRole]) -> None:
        self.roles = roles
        if self.on_opened is not None:
            await self.on_opened()
        self.events.append("opened")

    def alive(self) -> None:
        self.events.append("alive")

    def closed(self, why: str) -> None:
        self.events.append(f"closed: {why}")

    async def request(self, method: str, params: bytes) -> Any:
        self.events.append(method)
        return await self.on_request(method, params)


class Link:
    """A client under test with everything it tells."""

    def __init__(self, url: str, **options: Any) -> None:
        self.handler = FakeHandler()
        handler: LinkHandler = self.handler
        self.offset = ClockOffset()
        self.states: list[LinkState] = []
        self.faults: list[tuple[bytes, str]] = []
        self._changed = asyncio.Event()
        defaults: dict[str, Any] = {
            "tokens": self.tokens,
            "clock": RealClock(),
            "proxy": None,
            "on_fault": self.on_fault,
            "backoff": Backoff(first=0.02, most=0.05, reset_after=60),
        }
        self.client = LinkClient(
            url=url,
            subprotocol=SUBPROTOCOL,
            user_agent="companion/test",
            handler=handler,
            offset=self.offset,
            on_state=self.on_state,
            **(defaults | options),
        )

    async def tokens(self) -> dict[str, str]:
        return {"x-api-user-access-token": "token-1"}

    def on_state(self, state: LinkState) -> None:
        self.states.append(state)
        self._changed.set()

    async def on_fault(self, raw: bytes, code: str) -> None:
        self.faults.append((raw, code))

    async def until(self, phase: LinkPhase) -> LinkState:
        """Wait until the link is in this phase."""
        async with asyncio.timeout(5):
            while self.client.state.phase is not phase:
                self._changed.clear()
                await self._changed.wait()
        return self.client.state

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Link"]:
        task = asyncio.create_task(self.client.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error


async def ask(websocket: ServerConnection, frame: Any) -> Any:
    """Send a frame (values or raw text) and read the next one."""
    await websocket.send(frame if isinstance(frame, str) else json.dumps(frame))
    async with asyncio.timeout(5):
        return json.loads(await websocket.recv())
