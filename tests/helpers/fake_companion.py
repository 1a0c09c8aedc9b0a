"""A companion small enough to read: it pairs, dials in, stores what it is told, and notifies. For tests of the doubles.

``handle`` answers each request; by default it stores orders and statuses. What was received stands in ``received``.
"""

import asyncio
import itertools
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx
import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.domain.record import Notification
from app.link.signing import CLOUD_EVENT, cloud_event, sign

Handler = Callable[[str, dict[str, Any]], Any]


class Refused(Exception):
    """Raised by a handler: the error object to answer with."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.error = error


def store(method: str, params: dict[str, Any]) -> Any:
    """What a companion answers that does nothing but store."""
    if method == "order.create":
        return {"state": "stored", "orderId": params["order"]["id"]}
    if method in ("order.update", "order.status.update", "link.superseded"):
        return {"state": "stored"} if method != "link.superseded" else {}
    raise Refused(
        {"code": -32601, "message": "no such method", "data": {"code": "METHOD_NOT_FOUND", "retryable": False}}
    )


class FakeCompanion:
    """One installation. ``async with`` it: pairs, and connects unless ``dial=False``."""

    def __init__(
        self,
        *,
        base_url: str,
        code: str,
        installation_id: str = "install-1",
        device_name: str = "CAJA-1",
        handle: Handler = store,
        dial: bool = True,
    ) -> None:
        self.base_url = base_url
        self.code = code
        self.installation_id = installation_id
        self.device_name = device_name
        self.handle = handle
        self.dial = dial
        self.pairing: dict[str, Any] = {}
        self.hello: dict[str, Any] = {}
        self.hello_extra: dict[str, Any] = {}
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.raw: list[str] = []
        self.epochs: dict[str, int] = {}
        self.close_code: int | None = None
        self.http = httpx.AsyncClient(trust_env=False, timeout=5)
        self._ids = itertools.count(1)
        self._revision = itertools.count(1)
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._connection: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        form = {"code": self.code, "deviceName": self.device_name, "installationId": self.installation_id}
        answer = await self.http.post(f"{self.base_url}/pairing", json=form)
        answer.raise_for_status()
        self.pairing = answer.json()
        if self.dial:
            await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()
        await self.http.aclose()

    async def connect(self, *, hello: bool = True) -> None:
        """Dial in, say hello and begin to answer."""
        self._connection = await connect(
            self.pairing["linkUrl"],
            additional_headers={"x-api-user-access-token": self.pairing["userAccessToken"]},
            subprotocols=[Subprotocol("sinqro-link.v1")],
            proxy=None,
            max_size=16 * 2**20,
            close_timeout=1,
        )
        self._reader = asyncio.create_task(self._read(self._connection))
        if hello:
            await self.say_hello()

    async def say_hello(self) -> None:
        params = {
            "companionVersion": "0",
            "contractVersion": "1.0",
            "installationId": self.installation_id,
            "deviceName": self.device_name,
            "sellingPointIds": [place["id"] for place in self.pairing["sellingPoints"]],
            "capabilities": [],
            "unacknowledged": 0,
            **self.hello_extra,
        }
        self.hello = (await self.call("link.hello", params))["result"]
        self.epochs = {place["id"]: place["epoch"] for place in self.hello["sellingPoints"]}

    async def disconnect(self) -> None:
        if self._connection is not None and self._reader is not None:
            await self._connection.close()
            await self._reader
            self._connection = None

    def vanish(self) -> None:
        """The process is killed."""
        assert self._connection is not None
        self._connection.transport.abort()

    async def closed(self) -> int | None:
        """Wait until the link is down; its close code."""
        assert self._reader is not None
        await asyncio.wait_for(asyncio.shield(self._reader), 5)
        return self.close_code

    async def call(self, method: str, params: dict[str, Any], timeout: float = 6) -> dict[str, Any]:
        """A request of ours; the whole answer."""
        assert self._connection is not None
        number = next(self._ids)
        self._calls[number] = asyncio.get_running_loop().create_future()
        frame = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        await self._connection.send(json.dumps(frame))
        return await asyncio.wait_for(self._calls[number], timeout)

    async def send(self, text: str) -> None:
        """Any frame."""
        assert self._connection is not None
        await self._connection.send(text)

    async def notify(
        self,
        kind: str,
        data: dict[str, Any],
        *,
        selling_point: str = "3961",
        webhook_id: str | None = None,
        at: datetime | None = None,
        secret: str | None = None,
        epoch: int | None = None,
    ) -> httpx.Response:
        """One notification, signed."""
        ident = webhook_id or uuid.uuid4().hex
        if "orderId" in data:
            data = {"revision": next(self._revision), **data}
        notification = Notification(
            id=ident, selling_point=selling_point, type=kind, data=data, created_at=datetime.now(UTC)
        )
        body = cloud_event(
            notification,
            installation_id=self.installation_id,
            epoch=self.epochs.get(selling_point, 1) if epoch is None else epoch,
        )
        headers = sign(
            secret or self.pairing["notificationSecret"], message_id=ident, at=at or datetime.now(UTC), body=body
        )
        return await self.http.post(
            f"{self.pairing['notificationUrl']}/{selling_point}",
            content=body,
            headers={**headers, "content-type": CLOUD_EVENT},
        )

    async def status(self, order_id: int | str, status: str, **more: Any) -> httpx.Response:
        """``order.status_changed``."""
        return await self.notify("order.status_changed", {"orderId": order_id, "status": status}, **more)

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for message in connection:
                self.raw.append(str(message))
                await self._take(connection, str(message))
        except websockets.ConnectionClosed as exc:
            self.close_code = exc.rcvd.code if exc.rcvd else None
        else:
            self.close_code = connection.close_code

    async def _take(self, connection: ClientConnection, message: str) -> None:
        try:
            frame = json.loads(message)
        except ValueError:
            error = {"code": -32700, "message": "no JSON", "data": {"code": "PARSE_ERROR", "retryable": False}}
            await connection.send(json.dumps({"jsonrpc": "2.0", "id": None, "error": error}))
            return
        if "method" not in frame:
            call = self._calls.pop(frame["id"], None)
            if call is not None and not call.done():
                call.set_result(frame)
            return
        self.received.append((frame["method"], frame["params"]))
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": frame["id"]}
        try:
            result = self.handle(frame["method"], frame["params"])
        except Refused as refused:
            answer["error"] = refused.error
        else:
            if result is None:  # a companion that never answers
                return
            answer["result"] = result
        await connection.send(json.dumps(answer))
