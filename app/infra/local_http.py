"""The least HTTP server that can take small posts from the POS: one request a connection, everything bounded.

On h11, which httpx brings anyway (0.3 MB; starlette and uvicorn would cost the idle tray 4 MB and bound neither slow
headers nor slow bodies). It serves no file and knows no route: who uses it judges the head before the body is read, and
then answers. Head and body together have ten seconds.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import NamedTuple, Self

import h11

log = logging.getLogger(__name__)

MOST_BODY = 1 << 20
MOST_HEAD = 16 << 10
MOST_CONNECTIONS = 64

_CHUNK = 64 << 10
_LINGER_SECONDS = 1.0
_LINGER_BYTES = 8 << 20


class Refused(Exception):
    """The request is answered with this status and code, and nothing is done."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Head(NamedTuple):
    """A request without its body; header names are in lower case, in the order they came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """The header's value, empty when missing. Raises :class:`Refused` when it is there twice."""
        found = [value for key, value in self.headers if key == name]
        if len(found) > 1:
            raise Refused(400, "HEADER_TWICE")
        return found[0] if found else ""


class LocalHttp:
    """Serves within ``async with``; at its end open connections are closed. ``OSError`` when the port is not free."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        check: Callable[[Head], None],
        answer: Callable[[Head, bytes], Awaitable[str]],
        refused: Callable[[str], None],
        read_seconds: float = 10,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        """``check`` and ``answer`` raise :class:`Refused`; ``answer`` returns the code of a 200.

        ``refused`` is told the code of what is refused here already. ``port`` 0 is any free one.
        """
        self._host = host
        self._port = port
        self._check = check
        self._answer = answer
        self._refused = refused
        self._read_seconds = read_seconds
        self._most_connections = most_connections
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port that is bound."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, self._host, self._port, limit=_CHUNK)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= 2 * self._most_connections:  # not even a refusal is owed
            self._refused("TOO_MANY_CONNECTIONS")
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer), name="local-http")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        exchange = _Exchange(reader, writer)
        try:
            status, code = await self._status(exchange)
            if status:
                await exchange.respond(status, code)
        except (OSError, TimeoutError):
            pass  # the other side went away: it gets no answer, and will come again
        except Exception:
            log.exception("Answering a local request failed.")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _status(self, exchange: "_Exchange") -> tuple[int, str]:
        """What is answered; status 0: nothing, since nothing was asked."""
        if len(self._connections) > self._most_connections:
            self._refused("TOO_MANY_CONNECTIONS")
            return 503, "TOO_MANY_CONNECTIONS"
        try:
            async with asyncio.timeout(self._read_seconds):
                head = await exchange.head()
                if head is None:
                    return 0, ""
                self._check(head)
                body = await exchange.body()
        except TimeoutError:
            self._refused("TOO_SLOW")
            return 408, "TOO_SLOW"
        except h11.RemoteProtocolError as exc:
            self._refused("NOT_HTTP")
            return exc.error_status_hint, "NOT_HTTP"
        except Refused as exc:
            self._refused(exc.code)
            return exc.status, exc.code
        try:
            return 200, await self._answer(head, body)
        except Refused as exc:
            self._refused(exc.code)
            return exc.status, exc.code


class _Exchange:
    """One request and its response over a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._method = ""
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD)

    async def head(self) -> Head | None:
        """The head; ``None`` when the other side closes without one."""
        event = await self._next()
        if not isinstance(event, h11.Request):
            return None
        headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        self._method = event.method.decode("ascii")
        found = Head(self._method, event.target.decode("latin-1"), headers)
        length = found.one("content-length")
        if length and int(length) > MOST_BODY:  # h11 let digits through, and nothing else
            raise Refused(413, "TOO_LARGE")
        return found

    async def body(self) -> bytes:
        """The whole body."""
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))
        pieces = bytearray()
        while isinstance(event := await self._next(), h11.Data):
            pieces += event.data
            if len(pieces) > MOST_BODY:
                raise Refused(413, "TOO_LARGE")
        return bytes(pieces)

    async def respond(self, status: int, code: str) -> None:
        """Send the response, and see that it is read."""
        async with asyncio.timeout(_LINGER_SECONDS):
            body = b'{"code":"%b"}' % code.encode()
            headers = [
                ("content-type", "application/json"),
                ("content-length", str(len(body))),
                ("connection", "close"),
                *([("retry-after", "5")] if status in (429, 503) else []),
                *([("allow", "POST")] if status == 405 else []),
            ]
            self._send(h11.Response(status_code=status, headers=headers))
            if self._method != "HEAD":
                self._send(h11.Data(data=body))
            self._send(h11.EndOfMessage())
            await self._writer.drain()
            if self._http.their_state is h11.DONE:
                return
            # Closing on unread data resets the connection, and the other side would lose the response.
            self._writer.write_eof()
            left = _LINGER_BYTES
            while left > 0 and (data := await self._reader.read(_CHUNK)):
                left -= len(data)

    async def _next(self) -> object:
        """The next event of h11's."""
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            self._http.receive_data(await self._reader.read(_CHUNK))

    def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
