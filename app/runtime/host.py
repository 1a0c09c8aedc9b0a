"""Where the bridge's loop runs: in a thread of its own beside the tray, or alone in the main thread for ``serve``.

Both run the same ``main``: a coroutine function that works until it is cancelled and then ends within a few seconds.
Between the tray and the loop there is one way in, :meth:`Host.submit`; the way out is the UI's own.
"""

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from types import FrameType
from typing import Any, TypeVar

from app.domain.errors import CompanionError

log = logging.getLogger(__name__)

T = TypeVar("T")

DEADLINE = 5.0
"""Seconds a clean stop may take."""


class HostStopped(CompanionError):
    """The bridge does not run (any more): nothing was begun."""

    code = "BRIDGE_STOPPED"


class Host:
    """The loop's thread, called ``bridge``. It is no daemon: the ledger is closed properly before the program ends.

    ``on_death`` is called in that thread when ``main`` ended without :meth:`stop`, with what it raised (``None`` when
    it simply returned): the tray turns red.
    """

    def __init__(
        self, *, main: Callable[[], Awaitable[None]], on_death: Callable[[BaseException | None], None]
    ) -> None:
        self._main = main
        self._on_death = on_death
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=False)
        self._ready = threading.Event()
        self._lock = threading.Lock()
        """Guards all below: they belong to both threads."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._pending: dict[concurrent.futures.Future[Any], Coroutine[Any, Any, Any]] = {}

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; :meth:`submit` works from then on."""
        self._thread.start()
        self._ready.wait()

    def submit(self, work: Callable[[], Awaitable[T]]) -> concurrent.futures.Future[T]:
        """Call ``work`` in the loop. From the GUI thread add a callback to the future, never wait for it.

        Without a running loop the future ends in :class:`HostStopped`. A bug in ``work`` is also logged.
        """

        async def run() -> T:
            try:
                return await work()
            except CompanionError:
                raise
            except Exception:
                log.exception("What the user interface asked for failed.")
                raise

        coroutine = run()
        with self._lock:
            if self._loop is None:
                coroutine.close()
                refused: concurrent.futures.Future[T] = concurrent.futures.Future()
                refused.set_exception(HostStopped("The bridge is not running."))
                return refused
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
            self._pending[future] = coroutine
        future.add_done_callback(self._forget)
        return future

    def stop(self, deadline: float = DEADLINE) -> bool:
        """Cancel ``main`` and wait for the thread's end, ``deadline`` seconds at most. Returns whether it has ended.

        If not, the process must be ended the hard way (``os._exit``), since Python waits for the thread; the ledger
        takes no harm.
        """
        with self._lock:
            self._stopping = True
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
        if self._thread.ident is not None:
            self._thread.join(deadline)
        return not self._thread.is_alive()

    def _forget(self, future: concurrent.futures.Future[Any]) -> None:
        with self._lock:
            self._pending.pop(future, None)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            with asyncio.Runner() as runner:
                try:
                    runner.run(self._until_stopped())
                finally:
                    with self._lock:
                        self._loop = self._task = None
                    # What was submitted a moment ago becomes tasks now, so that closing the runner cancels them.
                    runner.run(asyncio.sleep(0))
        except asyncio.CancelledError:
            pass
        except BaseException as exc:  # the thread ends here: there is nobody above to raise to
            error = exc
        finally:
            self._ready.set()
            self._refuse_pending()
        if error is not None:
            log.critical("The bridge stopped working.", exc_info=error)
        if not self._stopping:
            self._on_death(error)

    async def _until_stopped(self) -> None:
        async def main() -> None:
            await self._main()

        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.create_task(main(), name="main")
            if self._stopping:
                self._task.cancel()
        self._ready.set()
        await self._task

    def _refuse_pending(self) -> None:
        """What was submitted in the loop's last moment and never began; the rest was cancelled with the loop."""
        with self._lock:
            left = dict(self._pending)
        for future, coroutine in left.items():
            coroutine.close()
            if not future.done():
                future.set_exception(HostStopped("The bridge has stopped."))


def run_headless(
    main: Callable[[], Awaitable[None]], *, deadline: float = DEADLINE, hard_exit: Callable[[int], object] = os._exit
) -> None:
    """Run ``main`` in this thread until it returns, raises (raised here too), or SIGINT or SIGTERM cancels it.

    After a signal it has ``deadline`` seconds; then ``hard_exit`` ends the process with status 1: the ledger is made
    for that.
    """
    watchdog = threading.Timer(deadline, _too_late, (hard_exit,))
    watchdog.daemon = True
    asked = threading.Event()

    async def until_signal() -> None:
        async def work() -> None:
            await main()

        task = asyncio.create_task(work(), name="main")

        def stop() -> None:
            if not asked.is_set():  # a second signal changes nothing
                asked.set()
                watchdog.start()
                task.cancel()

        with _signals(asyncio.get_running_loop(), stop):
            await task

    try:
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner() as runner:
            runner.run(until_signal())
    finally:
        watchdog.cancel()


def _too_late(hard_exit: Callable[[int], object]) -> None:
    log.error("The companion did not stop in time and is ended the hard way.")
    hard_exit(1)


@contextlib.contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """Calls ``stop`` in the loop when the system asks the process to end."""

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    before: dict[signal.Signals, Any] = {}
    in_loop: list[signal.Signals] = []
    # SIGBREAK is what Windows sends to a console program that can be stopped from outside.
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGBREAK", None)):
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, stop)
            in_loop.append(number)
        except NotImplementedError:  # Windows
            before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number in in_loop:
            loop.remove_signal_handler(number)
        for number, handler in before.items():
            signal.signal(number, handler)
