"""The real program between the doubles: `sinqro-companion serve` as a process, set up as a person would.

    async with open_place(folder) as place:            # doubles, pairing, configuration, secret, started, in charge
        place.sinqro.place(order)
        await place.until(lambda: place.tickets(order["id"]), "the order in the POS")
        place.program.kill()
        await place.start()

Its folder holds configuration, secrets, data and what it printed; nothing of the user's is touched. Waits are bounded
and say what they waited for, with the end of the program's log.
"""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from app.domain.record import OrderKey, OrderRecord
from app.infra.ledger_reader import LedgerReader
from app.infra.settings_edit import update
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_forms import Ticket
from app.sandbox.sinqro import SinqroSandbox
from app.sandbox.sinqro_state import Event

POINT = "3961"
"""The sandbox's only selling point."""
COMMAND = shutil.which("sinqro-companion", path=str(Path(sys.executable).parent)) or "sinqro-companion"
LOOK = 0.02
"""Seconds between two looks at what a test waits for."""
START = 15.0
"""Seconds that a start may take on a busy machine."""
_OURS = ("SINQRO_COMPANION_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")

T = TypeVar("T")
Changes = dict[tuple[str | int, ...], Any]


class Finished(NamedTuple):
    """A command that has ended."""

    status: int
    out: str
    err: str


class Program:
    """One installation: its folder, and its process while it runs."""

    def __init__(self, *, folder: Path, device: str = "CAJA-1") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.device = device
        self.config = folder / "config.toml"
        self.data = folder / "data"
        self.secrets = folder / "secrets.json"
        self.ledger_file = self.data / "ledger.sqlite3"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        self.serve: tuple[str, ...] = ("serve",)
        """The command that :meth:`start` starts."""
        self._console = folder / "console.txt"
        self._process: subprocess.Popen[bytes] | None = None

    # ---------------------------------------------------------------- commands

    def _places(self, words: tuple[str, ...], *, vault: bool = True) -> list[str]:
        places = ["--config", str(self.config), "--data", str(self.data)]
        return [COMMAND, *words, *places, *(["--secrets", str(self.secrets)] if vault else [])]

    async def run(self, *words: str, given: str = "", vault: bool = True, timeout: float = START) -> Finished:
        """A command to its end. Without ``vault``: with the system's, which the tests' environment has not."""

        def work() -> Finished:
            done = subprocess.run(
                self._places(words, vault=vault),
                input=given.encode(),
                capture_output=True,
                timeout=timeout,
                env=self.environ,
                check=False,
            )
            return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

        return await asyncio.to_thread(work)

    async def pair(self, sinqro: SinqroSandbox) -> None:
        """Type the code that Sinqro shows."""
        done = await self.run("pair", sinqro.pairing_code(), "--url", sinqro.base_url, "--device", self.device)
        assert done == (0, f"Paired with SuperPizza ({POINT}).\n", ""), done

    async def set_up_pos(self, pos: ReferencePos, **rules: Any) -> None:
        """The POS's address and key, and rules of the selling point."""
        self.configure({("selling_points", 0, "pos"): {"adapter": "rest", "profile": "reference", "url": pos.url}})
        self.configure({("selling_points", 0, name): value for name, value in rules.items()})
        done = await self.run("secret", "set", f"sandbox/pos/{POINT}/api-key", given=f"{pos.api_key}\n")
        assert done.status == 0, done

    def configure(self, changes: Changes) -> None:
        """Entries of the configuration file."""
        update(self.config, changes)

    def read_secrets(self) -> dict[str, str]:
        """The secrets file as it is."""
        found: dict[str, str] = json.loads(self.secrets.read_text())
        return found

    def set_secret(self, name: str, value: str) -> None:
        """Write a secret, as an editor would."""
        self.secrets.write_text(json.dumps(self.read_secrets() | {name: value}))

    @property
    def installation_id(self) -> str:
        """As pairing wrote it down."""
        from app.infra.settings import load

        return load(self.config, environ={}).current.installation_id

    # ---------------------------------------------------------------- the process

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start `serve`."""
        assert not self.running
        with self._console.open("ab") as console:
            self._process = subprocess.Popen(
                self._places(self.serve),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=self.environ,
            )

    def kill(self) -> None:
        """End it without a word, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    async def stop(self, timeout: float = 10) -> int:
        """Ask it to end; its exit status."""
        assert self._process is not None
        self._process.terminate()
        return await self.ended(timeout)

    async def ended(self, timeout: float) -> int:
        """Wait for its end; its exit status."""
        process = self._process
        assert process is not None
        try:
            status = await asyncio.to_thread(process.wait, timeout)
        except subprocess.TimeoutExpired:
            pytest.fail(f"the program did not end within {timeout:g} s\n{self.tail()}", pytrace=False)
        self._process = None
        return status

    @property
    def console(self) -> str:
        """Everything its runs printed."""
        return self._console.read_text() if self._console.exists() else ""

    @property
    def log(self) -> str:
        """Its log, the current file."""
        file = self.data / "logs" / "sinqro-companion.log"
        return file.read_text() if file.exists() else ""

    def tail(self, lines: int = 25) -> str:
        """The end of log and console, for a failure's message."""
        log = "\n".join(self.log.splitlines()[-lines:])
        return f"--- log of {self.device}\n{log}\n--- console\n{self.console[-2000:]}"

    @contextmanager
    def ledger(self) -> Iterator[LedgerReader]:
        """Its ledger, read beside it."""
        connection = sqlite3.connect(f"{self.ledger_file.as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            yield LedgerReader(connection)
        finally:
            connection.close()

    def record(self, order_id: int | str) -> OrderRecord | None:
        """What its ledger knows of an order."""
        if not self.ledger_file.exists():
            return None
        with self.ledger() as ledger:
            return ledger.order(OrderKey(POINT, str(order_id)))

    def quarantine(self) -> list[tuple[str, bytes]]:
        """Reason and text of what was no order at all."""
        with self.ledger() as ledger:
            return [(reason, raw) for _, reason, raw in ledger.quarantine()]


class Place:
    """A restaurant of the test's: Sinqro, its POS, and the program between them."""

    def __init__(self, *, sinqro: SinqroSandbox, pos: ReferencePos, program: Program) -> None:
        self.sinqro = sinqro
        self.pos = pos
        self.program = program

    async def start(self, program: Program | None = None) -> None:
        """Start the program (that one, or a second installation) and wait for its hello."""
        program = program or self.program
        known = len(self.sinqro.state.events)
        program.start()
        installation = program.installation_id

        def greeted() -> bool:
            assert program.running, f"the program ended by itself\n{program.tail()}"
            return any(
                event.kind == "link.hello" and event.detail["hello"]["installationId"] == installation
                for event in self.sinqro.state.events[known:]
            )

        await self.until(greeted, "the program's hello", START)

    async def restart(self) -> None:
        """Kill the program and start it again."""
        self.program.kill()
        await self.start()

    async def until(self, look: Callable[[], T], what: str, timeout: float = 10) -> T:
        """Look until there is something; fails with the program's log after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not (found := look()):
            if time.monotonic() > deadline:
                pytest.fail(f"after {timeout:g} s still not: {what}\n{self.program.tail()}", pytrace=False)
            await asyncio.sleep(LOOK)
        return found

    # ---------------------------------------------------------------- what both sides show

    def tickets(self, order_id: int | str) -> list[Ticket]:
        """Every order of the POS with that reference, the oldest first."""
        return self.pos.till.find_all(str(order_id))

    async def in_pos(self, order_id: int | str, timeout: float = 10) -> Ticket:
        """The POS's order; fails when there is none in time, or more than one."""
        found = await self.until(lambda: self.tickets(order_id), f"order {order_id} in the POS", timeout)
        assert len(found) == 1, f"order {order_id} is in the POS {len(found)} times"
        return found[0]

    async def pos_shows(self, order_id: int | str, status: str, timeout: float = 10) -> Ticket:
        """Wait for a status in the till's own words."""

        def look() -> Ticket | None:
            return next((ticket for ticket in self.tickets(order_id) if ticket.status.value == status), None)

        found = await self.until(look, f"order {order_id} {status} in the POS", timeout)
        assert found is not None
        return found

    async def sinqro_shows(self, order_id: int | str, status: str, timeout: float = 10) -> None:
        """Wait for a status of Sinqro's, in the companion's words."""
        await self.until(
            lambda: self.sinqro.status(order_id) == status, f"order {order_id} {status} on Sinqro", timeout
        )

    async def ledger_shows(
        self, order_id: int | str, look: Callable[[OrderRecord], object], what: str, timeout: float = 10
    ) -> OrderRecord:
        """Wait for an order's record in the ledger to be as ``look`` wants it."""

        def found() -> OrderRecord | None:
            record = self.program.record(order_id)
            return record if record is not None and look(record) else None

        record = await self.until(found, f"order {order_id} {what} in the ledger", timeout)
        assert record is not None
        return record

    async def placed(self, order: bytes | dict[str, Any], timeout: float = 10) -> dict[str, Any]:
        """A new order from Sinqro; the companion's whole answer."""
        answer = await self.sinqro.answer_of(self.sinqro.place(order), timeout)
        assert answer is not None, f"no answer to order.create within {timeout:g} s\n{self.program.tail()}"
        return answer

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Any request; the companion's whole answer."""
        answer = await self.sinqro.request(method, params)
        assert answer is not None, f"no answer to {method}\n{self.program.tail()}"
        return answer

    async def send_raw(self, frame: str) -> dict[str, Any]:
        """A frame just so; its answer."""
        answer = await self.sinqro.send_raw(frame)
        assert answer is not None, f"no answer to the frame\n{self.program.tail()}"
        return answer

    def events(self, kind: str, order_id: int | str = "") -> list[Event]:
        """What happened at Sinqro, of one kind (and order)."""
        return [
            event
            for event in self.sinqro.state.events
            if event.kind == kind and (not order_id or event.order_id == str(order_id))
        ]

    def notifications(self, order_id: int | str) -> list[Event]:
        """Those that Sinqro verified and took, in order."""
        return self.events("notification", order_id)


@asynccontextmanager
async def open_place(
    folder: Path, *, idempotent: bool = True, changes: Changes | None = None, started: bool = True, **rules: Any
) -> AsyncIterator[Place]:
    """A restaurant; ``rules`` are the selling point's, ``changes`` other entries of the configuration."""
    async with SinqroSandbox() as sinqro, ReferencePos(idempotent=idempotent) as pos:
        program = Program(folder=folder / "companion")
        place = Place(sinqro=sinqro, pos=pos, program=program)
        await program.pair(sinqro)
        await program.set_up_pos(pos, **{"poll_open_seconds": 0.5, "poll_idle_seconds": 1.0, **rules})
        if changes:
            program.configure(changes)
        try:
            if started:
                await place.start()
            yield place
        finally:
            program.kill()
