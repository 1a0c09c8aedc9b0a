"""The loop's thread and the headless run."""

import asyncio
import concurrent.futures
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from app.domain.errors import VaultError
from app.runtime.host import Host, HostStopped, run_headless
from tests.helpers.logfail import ExpectedLogs


class Main:
    """Works until cancelled; keeps what happened."""

    def __init__(self, *, cleanup: float = 0, dies: BaseException | None = None, returns: bool = False) -> None:
        self.events: list[str] = []
        self.die = asyncio.Event()
        self._cleanup = cleanup
        self._dies = dies
        self._returns = returns

    async def __call__(self) -> None:
        self.events.append(f"started in {threading.current_thread().name}")
        try:
            if self._returns:
                return
            await self.die.wait()
            if self._dies:
                raise self._dies
        finally:
            await asyncio.sleep(self._cleanup)
            self.events.append("cleaned up")


class Deaths:
    def __init__(self) -> None:
        self.seen: list[BaseException | None] = []
        self.came = threading.Event()

    def __call__(self, error: BaseException | None) -> None:
        self.seen.append(error)
        self.came.set()


async def answer() -> int:
    return 42


def test_runs_beside_and_stops() -> None:
    main, deaths = Main(), Deaths()
    host = Host(main=main, on_death=deaths)
    host.start()
    alive = [host.alive]
    assert host.submit(answer).result(5) == 42
    assert host.stop()
    alive.append(host.alive)
    assert alive == [True, False]
    assert main.events == ["started in bridge", "cleaned up"]
    assert deaths.seen == []


def test_submit_without_a_loop() -> None:
    host = Host(main=Main(), on_death=Deaths())
    with pytest.raises(HostStopped):
        host.submit(answer).result(5)
    host.start()
    assert host.stop()
    with pytest.raises(HostStopped):
        host.submit(answer).result(5)
    assert host.stop()


def test_stop_before_start() -> None:
    assert Host(main=Main(), on_death=Deaths()).stop()


def test_errors_come_back_and_only_bugs_are_logged(expected_logs: ExpectedLogs) -> None:
    async def world() -> None:
        raise VaultError("locked", locked=True)

    async def bug() -> None:
        raise KeyError("bug")

    host = Host(main=Main(), on_death=Deaths())
    host.start()
    try:
        with pytest.raises(VaultError):
            host.submit(world).result(5)
        with expected_logs("app.runtime.host", logging.ERROR, "asked for failed"), pytest.raises(KeyError):
            host.submit(bug).result(5)
    finally:
        assert host.stop()


def test_what_is_under_way_ends_with_the_loop() -> None:
    begun = threading.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    host = Host(main=Main(), on_death=Deaths())
    host.start()
    future = host.submit(endless)
    assert begun.wait(5)
    assert host.stop()
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(5)


async def answer_late() -> int:
    await asyncio.sleep(60)
    return 42


@pytest.mark.parametrize("work", [answer, answer_late])
def test_nothing_submitted_while_it_stops_is_left_hanging(work: Callable[[], Awaitable[int]]) -> None:
    for _ in range(20):
        host = Host(main=Main(), on_death=Deaths())
        host.start()
        futures = []
        stopper = threading.Thread(target=host.stop)
        stopper.start()
        for _ in range(200):
            futures.append(host.submit(work))  # noqa: PERF401 - spread over the stop
        stopper.join(5)
        done, left = concurrent.futures.wait(futures, timeout=5)
        assert not left
        assert all(future.cancelled() or future.exception() or future.result() == 42 for future in done)


@pytest.mark.parametrize("error", [RuntimeError("a bug"), SystemExit(3)])
def test_death_is_told(error: BaseException, expected_logs: ExpectedLogs) -> None:
    main, deaths = Main(dies=error), Deaths()
    host = Host(main=main, on_death=deaths)
    host.start()

    async def die() -> None:
        main.die.set()

    with expected_logs("app.runtime.host", logging.CRITICAL, "stopped working"):
        host.submit(die)
        assert deaths.came.wait(5)
        assert host.stop()
    assert deaths.seen == [error]
    with pytest.raises(HostStopped):
        host.submit(answer).result(5)


def test_an_early_end_is_a_death_too() -> None:
    deaths = Deaths()
    host = Host(main=Main(returns=True), on_death=deaths)
    host.start()
    assert deaths.came.wait(5)
    assert deaths.seen == [None]
    assert host.stop()


def test_stop_has_a_deadline() -> None:
    host = Host(main=Main(cleanup=0.5), on_death=Deaths())
    host.start()
    assert host.submit(answer).result(5) == 42
    started = time.monotonic()
    assert not host.stop(0.05)
    assert time.monotonic() - started < 0.4
    assert host.stop()


# ---------------------------------------------------------------- headless


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(os.name != "posix", reason="signals to oneself are POSIX")
def test_a_signal_stops_cleanly(number: signal.Signals) -> None:
    usual = signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)  # a shell starts background jobs with SIGINT ignored
    main = Main()
    exits: list[int] = []
    timer = threading.Timer(0.1, os.kill, (os.getpid(), number))
    timer.start()
    try:
        run_headless(main, hard_exit=exits.append)
        assert main.events == ["started in MainThread", "cleaned up"]
        assert exits == []
        assert signal.getsignal(number) == usual
    finally:
        signal.signal(number, before)


@pytest.mark.skipif(os.name != "posix", reason="signals to oneself are POSIX")
def test_too_slow_a_stop_is_ended_hard(expected_logs: ExpectedLogs) -> None:
    exits: list[int] = []
    timers = [threading.Timer(delay, os.kill, (os.getpid(), signal.SIGTERM)) for delay in (0.05, 0.1)]
    for timer in timers:
        timer.start()
    with expected_logs("app.runtime.host", logging.ERROR, "did not stop in time"):
        run_headless(Main(cleanup=0.5), deadline=0.2, hard_exit=exits.append)
    assert exits == [1]


def test_headless_raises_what_main_raises() -> None:
    async def bad() -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        run_headless(bad)
    run_headless(Main(returns=True))


PORTABLE = """
import asyncio
from app.runtime import host

def refused(self, *arguments):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = refused   # as on Windows

async def main():
    print("ready", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        print("clean", flush=True)

host.run_headless(main)
print("end", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM to a process is POSIX")
def test_signals_without_the_loops_help() -> None:
    with subprocess.Popen([sys.executable, "-c", PORTABLE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "clean\nend\n"
    assert process.returncode == 0
