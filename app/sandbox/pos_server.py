"""A web server on loopback inside the running loop, which can be stopped and brought back at the same port.

uvicorn with two differences: it leaves the process's signals alone, and it hands each request its connection
(:data:`~app.sandbox.faults.TRANSPORT` in the ASGI scope), so that a fault can hang up.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.sandbox.faults import TRANSPORT

HOST = "127.0.0.1"
"""The only address the sandbox binds."""


class _Protocol(H11Protocol):
    """Hands the connection to the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner: Any = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = self.transport
            await inner(scope, receive, send)

        self.app = app


class _Server(uvicorn.Server):
    """Lives inside somebody else's program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


class LoopbackServer:
    """Serves ``app`` at ``127.0.0.1:port``; port 0 takes a free one, kept over stop and start.

    ``date=False`` leaves the ``Date`` header to the application (a double whose clock may be wrong).
    """

    def __init__(self, app: ASGIApp, *, port: int, date: bool = True) -> None:
        self._app = app
        self._date = date
        self._port = port
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port; known after the first :meth:`start`."""
        return self._port

    async def start(self) -> None:
        """Listen. Raises ``OSError`` when the port is taken."""
        if self._task is not None:
            return
        listening = _bound(self._port)
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=self._date,
            proxy_headers=False,
            timeout_keep_alive=75,
        )
        self._server = server = _Server(config)
        self._task = task = asyncio.create_task(server.serve(sockets=[listening]), name=f"sandbox-server-{self._port}")
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.001)

    async def stop(self) -> None:
        """Close port and connections, whatever is under way on them."""
        if self._task is None or self._server is None:
            return
        server, task = self._server, self._task
        self._server = self._task = None
        server.should_exit = True
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await task


def _bound(port: int) -> socket.socket:
    # the protocol is named since asyncio sets TCP_NODELAY only then: without it every answer waits 40 ms for an ACK
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows it would let two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except BaseException:
        listening.close()
        raise
    return listening
