"""One websocket connection: the session core driven by I/O.

The hello goes out first. Then each received frame goes into the session; a request of Sinqro's becomes a task that
asks the handler and sends the answer. Tasks start in the order of arrival, at most :data:`IN_FLIGHT` at a time; more
wait in a backlog, and when that is full nothing more is read. A ping and a takeover do not wait. When the connection
ends, every pending call fails at once; requests under way are finished by the handler and their answers dropped: Sinqro
repeats what it got no answer to.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from app.domain.errors import CompanionError, SinqroUnreachable
from app.link import wire
from app.link.clock import ClockOffset
from app.link.messages import RequestFault, decode_value, internal_fault
from app.link.session import Answered, Faulty, HelloRefused, Opened, Request, Session, SessionState
from app.ports.clock import Clock
from app.ports.sinqro import LinkHandler, SellingPointRole

IN_FLIGHT = 256
BACKLOG = 4096
BACKLOG_BYTES = 64 * 2**20
ALIVE_EVERY = 1.0
"""Seconds between two signs of life told to the handler: a burst of frames is one."""

log = logging.getLogger(__name__)


class LinkConnection:
    """Serves one connection: :meth:`serve` until it ends, :meth:`call` meanwhile."""

    def __init__(
        self,
        *,
        websocket: ClientConnection,
        handler: LinkHandler,
        clock: Clock,
        offset: ClockOffset,
        tasks: asyncio.TaskGroup,
        on_open: Callable[[], None],
        on_fault: Callable[[bytes, str], Awaitable[None]] | None,
    ) -> None:
        self._websocket = websocket
        self._handler = handler
        self._clock = clock
        self._tasks = tasks
        self._on_open = on_open
        self._on_fault = on_fault
        self._session = Session(offset=offset)
        self._calls: dict[int, asyncio.Future[bytes]] = {}
        self._running = 0
        self._backlog: deque[Request] = deque()
        self._backlog_size = 0
        self._room = asyncio.Event()
        self._room.set()
        self._told_alive = float("-inf")
        self._opening: asyncio.Task[None] | None = None
        self._opened_at: float | None = None

    @property
    def open(self) -> bool:
        """Whether the hello was answered and the connection stands."""
        return self._session.state is SessionState.OPEN

    @property
    def age(self) -> float:
        """Seconds since the hello was answered; 0 before."""
        return 0 if self._opened_at is None else self._clock.monotonic() - self._opened_at

    async def serve(self, *, hello_timeout: float, refusing: str = "") -> None:
        """Say hello, which Sinqro has ``hello_timeout`` seconds to answer, and serve. Ends by an exception only.

        ``ConnectionClosed``: of the library; :class:`SinqroError`: the hello was refused; ``TimeoutError``: it was not
        answered in time.
        """
        params = self._handler.hello()
        try:
            async with asyncio.timeout(hello_timeout):
                hello = self._session.hello(params, monotonic=self._clock.monotonic(), refusing=refusing)
                await self._websocket.send(hello, text=True)
                while not self.open:
                    await self._step()
            while True:
                if not self._room.is_set():
                    await self._wait_for_room()
                await self._step()
        finally:
            self._end()

    async def call(self, method: str, params: dict[str, Any], timeout: float) -> Any:
        """One request of ours, as :meth:`app.ports.sinqro.SinqroCalls.call`."""
        call_id, frame = self._session.call(method, params, monotonic=self._clock.monotonic())
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._calls[call_id] = answer
        try:
            async with asyncio.timeout(timeout):
                await self._websocket.send(frame, text=True)
                return decode_value(await answer)
        except TimeoutError as exc:
            raise SinqroUnreachable(f"Sinqro did not answer {method} within {timeout:g} s") from exc
        except ConnectionClosed as exc:
            raise SinqroUnreachable("the link to Sinqro broke") from exc
        finally:
            self._session.forget(call_id)
            del self._calls[call_id]
            if answer.done() and not answer.cancelled():
                answer.exception()  # looked at, whoever gave up first

    def abort(self) -> None:
        """Drop the connection without a word: it is, or may be, dead."""
        self._websocket.transport.abort()

    async def close(self) -> None:
        """Close it properly, within the library's close timeout."""
        await self._websocket.close()

    async def _wait_for_room(self) -> None:
        """Until requests are done; or the connection is gone, which the handler may take long to let us notice."""
        waiters = [asyncio.ensure_future(self._room.wait()), asyncio.ensure_future(self._websocket.wait_closed())]
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()

    async def _step(self) -> None:
        raw = await self._websocket.recv(decode=False)
        monotonic = self._clock.monotonic()
        event = self._session.receive(raw, now=self._clock.now(), monotonic=monotonic)
        if monotonic - self._told_alive >= ALIVE_EVERY and self.open:
            self._told_alive = monotonic
            self._handler.alive()
        if isinstance(event, Request):
            self._take(event)
        elif event is not None:
            await self._other(event)

    async def _other(self, event: Answered | Opened | HelloRefused | Faulty) -> None:
        if isinstance(event, Answered):
            answer = self._calls.get(event.call_id)
            if answer is None or answer.done():
                return
            if event.error is not None:
                answer.set_exception(event.error)
            else:
                answer.set_result(event.result)
        elif isinstance(event, Opened):
            self._opened_at = self._clock.monotonic()
            self._on_open()
            self._opening = self._tasks.create_task(self._open(event.roles), name="link opened")
        elif isinstance(event, HelloRefused):
            raise event.error
        else:
            log.info("frame refused: %s", event.fault.message)
            # Kept before it is answered, as everything is: Sinqro does not repeat it then. And here, so that a flood of
            # them is read no faster.
            if event.raw and self._on_fault is not None:
                await self._tell_fault(self._on_fault, event)
            if event.answer:
                await self._websocket.send(event.answer, text=True)

    async def _open(self, roles: list[SellingPointRole]) -> None:
        try:
            await self._handler.opened(roles)
        except CompanionError as exc:
            log.warning("link dropped, since the companion was not ready: %s", exc)
            self.abort()
        except Exception:
            log.exception("bug: the handler failed when the link opened")
            self.abort()
        else:
            for request in self._session.start():
                self._take(request)

    async def _tell_fault(self, on_fault: Callable[[bytes, str], Awaitable[None]], event: Faulty) -> None:
        try:
            await on_fault(event.raw, event.fault.code)
        except CompanionError as exc:
            log.warning("a frame that is no request could not be kept: %s", exc)
        except Exception:
            log.exception("bug: a frame that is no request could not be kept")

    def _take(self, request: Request) -> None:
        if request.method in wire.URGENT:
            self._tasks.create_task(self._answer(request))
        elif self._running < IN_FLIGHT:
            self._start(request)
        else:
            self._backlog.append(request)
            self._backlog_size += len(request.params)
            if len(self._backlog) >= BACKLOG or self._backlog_size >= BACKLOG_BYTES:
                self._room.clear()

    def _start(self, request: Request) -> None:
        self._running += 1
        self._tasks.create_task(self._work(request))

    async def _work(self, request: Request) -> None:
        try:
            await self._answer(request)
        finally:
            self._running -= 1
            if self._backlog:
                # As a task of its own: it starts after those that came before it and have not started yet.
                following = self._backlog.popleft()
                self._backlog_size -= len(following.params)
                self._start(following)
                self._room.set()

    async def _answer(self, request: Request) -> None:
        try:
            result = await self._handler.request(request.method, request.params)
            frame = self._session.result(request, result)
        except CompanionError as exc:
            frame = self._session.fault(request, RequestFault.of(exc))
        except Exception:
            log.exception("bug: the handler of %s failed", request.method)
            frame = self._session.fault(request, internal_fault())
        if frame and self.open:
            with suppress(ConnectionClosed):  # Sinqro repeats the request
                await self._websocket.send(frame, text=True)

    def _end(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
        self._backlog.clear()
        self._backlog_size = 0
        for call_id in self._session.close():
            answer = self._calls.get(call_id)
            if answer is not None and not answer.done():
                answer.set_exception(SinqroUnreachable("the link to Sinqro broke"))
