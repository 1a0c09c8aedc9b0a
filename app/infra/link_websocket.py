"""The link to Sinqro: one websocket kept open for ever.

``run`` connects, lets :class:`~app.infra.link_connection.LinkConnection` serve the connection until it ends, tells the
tray why it ended, waits and starts again. How long it waits is decided by what happened: network and Sinqro's 5xx and
429 follow the backoff (``Retry-After`` counts), a clean refusal waits a minute, refused tokens a quarter of an hour or
until a person brings new ones. Sleep of the machine is noticed by its wall clock.

The library's own reconnecting iterator is not used: its wait cannot be cut short, starts anew after each handshake and
knows no ``Retry-After``, and it gives up at 401, 429 and TLS errors. Its redirects are switched off, since it would
hand our tokens to any host it is sent to.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.domain.errors import CredentialsRefused, SinqroError, SinqroUnreachable
from app.infra.link_connection import LinkConnection
from app.infra.link_outage import Outage, outage_of
from app.link import wire
from app.link.backoff import Backoff
from app.link.clock import ClockOffset
from app.link.state import LinkPhase, LinkState
from app.link.urls import checked_url, is_loopback
from app.ports.clock import Clock
from app.ports.sinqro import LinkHandler, SinqroCalls

JUMP = 30.0
"""Seconds that the wall clock may be off after a tick; more is sleep, or somebody set the clock."""

MEASURE_EVERY = 300.0
"""Seconds between two measurements of Sinqro's clock."""

log = logging.getLogger(__name__)


class _Connect(connect):
    """The library's connect without redirects."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _NoFrames(logging.LoggerAdapter[logging.Logger]):
    """The library's logger without its DEBUG records: they show headers, and with them our tokens."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - logging's name
        return level > logging.DEBUG and super().isEnabledFor(level)


def _header_value(token: str) -> str:
    """A token as it may stand in a header: pasted ones bring blanks along, and worse."""
    value = token.strip()
    if not (value and value.isascii() and value.isprintable()):
        raise CredentialsRefused("the token holds characters that no token has: pair again, or type it anew")
    return value


class LinkClient(SinqroCalls):
    """The link of one installation; an owner runs :meth:`run`. Raises :class:`ConfigurationError` for a bad address."""

    def __init__(
        self,
        *,
        # Where and who
        url: str,
        subprotocol: str,
        tokens: Callable[[], Awaitable[dict[str, str]]],
        user_agent: str,
        # Whom it serves and tells
        handler: LinkHandler,
        clock: Clock,
        offset: ClockOffset,
        on_state: Callable[[LinkState], None] | None = None,
        on_fault: Callable[[bytes, str], Awaitable[None]] | None = None,
        # How it behaves; the defaults are the contract's, tests are in more of a hurry
        proxy: str | Literal[True] | None = True,
        backoff: Backoff | None = None,
        open_timeout: float = 10,
        ping_interval: float = 10,
        ping_timeout: float = 8,
        tick: float = 3,
    ) -> None:
        """``tokens`` gives the handshake's headers anew at each connect.

        It may raise ``VaultError`` (tried again) or ``CredentialsRefused`` (there are none: a person must pair).
        ``on_fault`` gets the text of a frame that is no request, with the fault's code, to be kept for people.
        """
        self._url = checked_url(url, "ws")
        self._subprotocol = Subprotocol(subprotocol)
        self._tokens = tokens
        self._user_agent = user_agent
        self._handler = handler
        self._clock = clock
        self._offset = offset
        self._on_state = on_state
        self._on_fault = on_fault
        self._proxy = None if is_loopback(url) else proxy
        self._backoff = backoff or Backoff()
        self._open_timeout = open_timeout
        self._ping_interval, self._ping_timeout = ping_interval, ping_timeout
        self._tick = tick
        self._state = LinkState(phase=LinkPhase.CONNECTING)
        self._connection: LinkConnection | None = None
        self._opening: asyncio.Timeout | None = None
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._outage: LinkPhase | None = None
        self._told_closed = False
        self._too_large = 0
        self._tls: ssl.SSLContext | None = None

    @property
    def state(self) -> LinkState:
        """What the tray shows."""
        return self._state

    @property
    def connected(self) -> bool:
        return self._connection is not None and self._connection.open

    async def run(self) -> None:
        """Keep the link, until :meth:`bye` or cancellation."""
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._watch_clock(), name="link clock watch")
            try:
                await self._keep_connected(tasks)
            finally:
                watch.cancel()
                self._connection = None

    async def call(self, method: str, params: dict[str, Any], timeout: float = 10) -> Any:
        connection = self._connection
        if connection is None or not connection.open:
            raise SinqroUnreachable("there is no link to Sinqro now")
        return await connection.call(method, params, timeout)

    def wake(self) -> None:
        """Something may have changed for the better (new credentials, network): a wait ends now."""
        if self._connection is None:
            self._wake.set()

    def reconnect_now(self) -> None:
        """Drop what there is and connect at once (the machine slept, or there are other tokens)."""
        self._wake.set()
        if self._opening is not None:
            self._opening.reschedule(asyncio.get_running_loop().time())
            self._opening = None  # a second time would be an error of asyncio
        if self._connection is not None:
            self._connection.abort()

    async def bye(self, reason: str, expected_back: datetime | None = None) -> None:
        """Take leave within a second; :meth:`run` then ends. ``reason``: ``quit``, ``update``, …"""
        self._stopping.set()
        self._wake.set()
        connection = self._connection
        if connection is not None and connection.open:
            params: dict[str, Any] = {"reason": reason}
            if expected_back is not None:
                params["expectedBack"] = expected_back
            try:
                async with asyncio.timeout(1):
                    with suppress(SinqroError):
                        await connection.call(wire.BYE, params, 0.7)
                    await connection.close()
            except TimeoutError:
                log.info("Sinqro did not answer our bye")
        self.reconnect_now()  # drops what is left; run() sees that we are stopping

    async def _keep_connected(self, tasks: asyncio.TaskGroup) -> None:
        delays = self._backoff.delays()
        while not self._stopping.is_set():
            self._wake.clear()
            outage, good_for = await self._connect_once(tasks)
            if self._stopping.is_set():
                break
            if good_for >= self._backoff.reset_after:
                delays = self._backoff.delays()
            # Refused twice for the same frame, Sinqro is asked not to repeat it.
            self._too_large = self._too_large + 1 if outage.too_large else 0
            await self._pause(outage, outage.wait + next(delays))
        self._closed("the companion ends")
        self._show(LinkState(phase=LinkPhase.STOPPED))

    async def _connect_once(self, tasks: asyncio.TaskGroup) -> tuple[Outage, float]:
        """One connection from handshake to end; returns why it ended and for how many seconds it was good."""
        self._show(LinkState(phase=LinkPhase.CONNECTING, code=self._state.code, why=self._state.why))
        try:
            websocket = await self._websocket()
        except Exception as exc:
            return outage_of(exc, self._clock.now()), 0
        connection = self._connection = LinkConnection(
            websocket=websocket,
            handler=self._handler,
            clock=self._clock,
            offset=self._offset,
            tasks=tasks,
            on_open=self._opened,
            on_fault=self._on_fault,
        )
        try:
            refusing = "TOO_LARGE" if self._too_large > 1 else ""
            await connection.serve(hello_timeout=self._open_timeout, refusing=refusing)
        except Exception as exc:
            return outage_of(exc, self._clock.now()), connection.age
        finally:
            self._connection = None
            await websocket.close()
        raise AssertionError("serve ends by an exception only")

    async def _websocket(self) -> ClientConnection:
        headers = {name: _header_value(value) for name, value in (await self._tokens()).items()}
        options: dict[str, Any] = {}
        if self._url.startswith("wss:"):
            if self._tls is None:  # reads the system's certificates: once, and not in the loop
                self._tls = await asyncio.to_thread(ssl.create_default_context)
            options["ssl"] = self._tls
        try:
            async with asyncio.timeout(self._open_timeout) as self._opening:
                return await _Connect(
                    self._url,
                    subprotocols=[self._subprotocol],
                    additional_headers=headers,
                    user_agent_header=self._user_agent,
                    proxy=self._proxy,
                    open_timeout=None,  # ours can be cut short
                    ping_interval=self._ping_interval,
                    ping_timeout=self._ping_timeout,
                    close_timeout=1,  # the library's 10 s would come on top when a socket is dead
                    max_size=wire.TRANSPORT_LIMIT,
                    logger=_NoFrames(logging.getLogger("websockets.client"), {}),
                    **options,
                )
        finally:
            self._opening = None

    def _opened(self) -> None:
        self._told_closed = False
        if self._outage is not None:
            log.info("the link to Sinqro is back")
            self._outage = None
        self._show(LinkState(phase=LinkPhase.OPEN))

    async def _pause(self, outage: Outage, seconds: float) -> None:
        self._closed(outage.why)
        # Once for an outage, and once more when it turns into one that needs a person.
        if self._outage is None or (outage.phase is LinkPhase.CREDENTIALS and self._outage is not outage.phase):
            log.warning("no link to Sinqro: %s", outage.why)
        self._outage = outage.phase
        retry_at = self._clock.now() + timedelta(seconds=seconds)
        self._show(LinkState(phase=outage.phase, code=outage.code, why=outage.why, retry_at=retry_at))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _closed(self, why: str) -> None:
        if not self._told_closed:
            self._told_closed = True
            self._handler.closed(why)

    def _show(self, state: LinkState) -> None:
        if state != self._state:
            self._state = state
            if self._on_state is not None:
                self._on_state(state)

    async def _watch_clock(self) -> None:
        """Notice sleep, in which a socket may die unseen; and keep Sinqro's clock measured."""
        measured = self._clock.monotonic()
        while True:
            before = self._clock.now()
            await self._clock.sleep(self._tick)
            # Against the tick: after sleep the monotonic clock went on too on some systems, on others not.
            jump = (self._clock.now() - before).total_seconds() - self._tick
            if abs(jump) > JUMP:
                log.info("the clock jumped by %.0f s: connecting anew", jump)
                self.reconnect_now()
            elif self.connected and self._clock.monotonic() - measured > MEASURE_EVERY:
                measured = self._clock.monotonic()
                with suppress(SinqroError):
                    await self.call(wire.PING, {})
