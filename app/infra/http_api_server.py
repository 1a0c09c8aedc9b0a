"""Serves the HTTP API on a port: uvicorn's HTTP/1.1 protocol in the running loop, with everything bounded.

uvicorn's own server is left out: it takes the process's signals and wakes ten times a second. What it does not bound is
bounded here: a TLS handshake, a request's head (once for each request of a connection) and the number of connections.

Plain HTTP goes to this machine only, unless a setting says that a reverse proxy with TLS stands before it.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import TracebackType
from typing import Any, Self

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from app.domain.errors import ConfigurationError
from app.infra.http_api import HttpApi, Problem

log = logging.getLogger(__name__)

MOST_HEAD = 16 << 10
MOST_CONNECTIONS = 256
_LEAVE_SECONDS = 2.0


class HttpServer:
    """Serves within ``async with``; entering raises ``ConfigurationError`` when the address cannot be had.

    ``make_app`` is given the test of a ``Host`` header, which depends on the port that was bound.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        make_app: Callable[[Callable[[str], bool]], HttpApi],
        tls: ssl.SSLContext | None = None,
        behind_proxy: bool = False,
        head_seconds: float = 10,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        """``port`` 0 is any free one. Raises ``ConfigurationError`` for an open address without TLS."""
        address = check_address(host, tls=tls, behind_proxy=behind_proxy)
        self._address = str(address)
        self._loopback = address.is_loopback and not behind_proxy
        self._wanted_port = port
        self._make_app = make_app
        self._tls = tls
        self._head_seconds = head_seconds
        self._most_connections = most_connections
        self._server: asyncio.Server | None = None
        self._state = ServerState()

    @property
    def port(self) -> int:
        """The port that is bound."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{'http' if self._tls is None else 'https'}://{self._printed}:{self.port}"

    @property
    def _printed(self) -> str:
        return f"[{self._address}]" if ":" in self._address else self._address

    def _is_own(self, host: str) -> bool:
        """Whether a ``Host`` means this server. Open to others it cannot know all its names; there TLS does."""
        return not self._loopback or host in (f"{self._printed}:{self.port}", f"localhost:{self.port}")

    async def __aenter__(self) -> Self:
        config = Config(
            self._make_app(self._is_own),
            interface="asgi3",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",  # "invalid request" would let anybody fill the log
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=15,
            h11_max_incomplete_event_size=MOST_HEAD,
        )
        config.load()
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: _Protocol(config, self._state, {}, loop).bounded(self._head_seconds, self._most_connections),
                self._address,
                self._wanted_port,
                ssl=self._tls,
                ssl_handshake_timeout=10 if self._tls else None,
            )
        except OSError as exc:
            raise ConfigurationError(
                f"The API cannot listen on {self._address}, port {self._wanted_port}: {exc.strerror or exc}.",
                hint="Choose another port: serve --http HOST:PORT.",
            ) from exc
        log.info("the passive services answer at %s", self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        tasks = set(self._state.tasks)
        if tasks:  # what is being answered gets a moment
            await asyncio.wait(tasks, timeout=_LEAVE_SECONDS)
        for connection in list(self._state.connections):
            connection.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()


class _Protocol(H11Protocol):
    """One connection, with a limit for the head of each request."""

    _timer: asyncio.TimerHandle | None = None
    _head_seconds: float = 10
    _most_connections: int = MOST_CONNECTIONS

    def bounded(self, head_seconds: float, most_connections: int) -> Self:
        """Set its limits."""
        self._head_seconds = head_seconds
        self._most_connections = most_connections
        return self

    def connection_made(self, transport: Any) -> None:
        """Begin waiting for a head."""
        super().connection_made(transport)
        if len(self.connections) > self._most_connections:
            transport.abort()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A head that is complete stops the clock; the beginning of another starts it."""
        super().data_received(data)
        if self._answering:
            self._unwatch()
        else:  # a refused body that still comes is dropped, and counts as waiting too
            self._watch()

    def on_response_complete(self) -> None:
        """The next request may begin."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._answering:
            self._watch()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered as every other error."""
        body = Problem(400, "NOT_HTTP", "this is not a request of HTTP/1.1").body()
        headers = [
            ("content-type", "application/problem+json"),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def _answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self._head_seconds, self._too_slow)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        self.transport.abort()


def check_address(host: str, *, tls: ssl.SSLContext | None, behind_proxy: bool) -> IPv4Address | IPv6Address:
    """The address to listen on. Raises ``ConfigurationError`` for one that is none, or open without TLS."""
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as exc:
        raise ConfigurationError(f"{host!r} is no address of this machine.", hint="Write 127.0.0.1:8713.") from exc
    if not address.is_loopback and tls is None and not behind_proxy:
        raise ConfigurationError(
            f"The API is not served on {host} without TLS: keys and orders would be readable on the way.",
            hint="Set certificate_file and key_file in the [http] table, or behind_proxy = true where a reverse "
            "proxy with TLS stands before it.",
        )
    return address


def tls_of(certificate_file: str, key_file: str) -> ssl.SSLContext | None:
    """TLS from these files, ``None`` where none are named. Raises ``ConfigurationError``."""
    if not certificate_file and not key_file:
        return None
    if not certificate_file or not key_file:
        raise ConfigurationError(
            "TLS needs both files.", hint="Set certificate_file and key_file in the [http] table, or neither."
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate_file, key_file, password="")
    except (OSError, ValueError) as exc:  # ssl.SSLError is an OSError
        raise ConfigurationError(
            f"TLS cannot be set up with {certificate_file} and {key_file}: {exc}.",
            hint="They must be PEM: the certificate with its chain, and its key without a password.",
        ) from exc
    return context
