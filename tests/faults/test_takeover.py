"""Two installations of one selling point: a takeover in the middle of a burst, and back, puts nothing in twice."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.bootstrap import open_companion
from app.domain.status import Injection, OrderType, Status
from app.infra.paths import Paths
from app.infra.settings import load
from app.infra.vault_headless import FileVault
from app.ports.sinqro import Role
from app.runtime.companion import Companion
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from tests.faults.evenings import settle
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.program import POINT, Place, Program, open_place

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=13, run=uuid.uuid4().hex[:6])


@pytest.fixture(autouse=True)
def takeovers_are_told(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("app.services", logging.WARNING, r"in charge of selling point")
    # One that learns of it by a refused notification connects anew to hear who is.
    expected_logs.allow("app.infra.link_websocket", logging.WARNING, "no link to Sinqro")


@asynccontextmanager
async def installation(place: Place, program: Program) -> AsyncIterator[Companion]:
    """A paired installation at work in this process, so that a test can press its buttons."""
    paths = Paths(config=program.config, data=program.data, logs=program.data / "logs")
    settings = load(program.config, environ={})
    async with open_companion(
        settings=settings, paths=paths, vault=FileVault(path=program.secrets), proxy=None
    ) as companion:
        running = asyncio.create_task(companion.run())
        try:
            await place.until(lambda: companion.link.connected, "the link")
            yield companion
        finally:
            companion.stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(running, 8)


@asynccontextmanager
async def two(folder: Path) -> AsyncIterator[tuple[Place, Companion, Place, Companion]]:
    """CAJA-1, in charge, and CAJA-2; each with its view of the place (whose ledger differs)."""
    async with open_place(folder, idempotent=False, started=False) as first:
        second = Place(sinqro=first.sinqro, pos=first.pos, program=Program(folder=folder / "second", device="CAJA-2"))
        await second.program.pair(first.sinqro)
        await second.program.set_up_pos(first.pos, poll_open_seconds=0.5, poll_idle_seconds=1.0)
        async with installation(first, first.program) as one:
            await first.until(lambda: one.outlets[POINT].at_work, "CAJA-1 at work")
            async with installation(second, second.program) as other:
                yield first, one, second, other


@pytest.mark.parametrize("moment", [0.0, 0.15, 0.4])
async def test_in_the_middle_of_a_burst(tmp_path: Path, orders: OrderGenerator, moment: float) -> None:
    async with two(tmp_path) as (first, one, second, other):
        outlet = other.outlets[POINT]
        assert (outlet.role, outlet.taken_by) == (Role.VIEWER, "CAJA-1")
        first.pos.set_faults(delay_ms=30)
        made = [orders.order() for _ in range(60)]
        for order in made[:40]:
            first.sinqro.place(order)
        await asyncio.sleep(moment)
        taking = asyncio.create_task(other.take_over(POINT))
        for order in made[40:]:
            first.sinqro.place(order)
            await asyncio.sleep(0.005)
        await taking
        assert one.outlets[POINT].role is Role.VIEWER
        await second.until(lambda: outlet.at_work, "CAJA-2 at work")
        for order in made:
            await second.in_pos(order["id"], timeout=20)
        for order in made:
            second.pos.move(str(order["id"]), "completed")
        await settle(second, [order["id"] for order in made], timeout=20)
        assert not first.sinqro.state.unanswered


async def test_there_and_back(tmp_path: Path, orders: OrderGenerator) -> None:
    async with two(tmp_path) as (first, one, _, other):
        made = []
        for turn in range(4):
            burst = [orders.order() for _ in range(10)]
            made += burst
            for order in burst:
                first.sinqro.place(order)
            await (other if turn % 2 == 0 else one).take_over(POINT)
            await asyncio.sleep(0.2)
        winner = one.outlets[POINT]
        await first.until(lambda: winner.at_work, "CAJA-1 at work again")
        assert winner.epoch == 5
        for order in made:
            await first.in_pos(order["id"], timeout=20)
            first.pos.move(str(order["id"]), "completed")
        await settle(first, [order["id"] for order in made], timeout=20)


async def test_viewer_does_nothing(tmp_path: Path, orders: OrderGenerator, expected_logs: ExpectedLogs) -> None:
    """The loser has an order in its ledger that it could not inject: the winner does it, once."""
    async with two(tmp_path) as (first, _, second, other):
        expected_logs.allow("app.services.outlet", logging.WARNING, "does not answer")
        await first.pos.go_off()
        order = orders.order(OrderType.DELIVERY)
        await first.placed(order)
        await first.ledger_shows(order["id"], lambda it: it.injection is Injection.WAITING, "waiting")
        await other.take_over(POINT)
        await first.pos.come_back()
        await second.in_pos(order["id"])
        first.sinqro.change_status(order["id"], "accepted")
        await second.pos_shows(order["id"], "open")
        await asyncio.sleep(1.5)
        assert len(first.tickets(order["id"])) == 1
        record = first.program.record(order["id"])
        assert record is not None
        assert (record.status, record.injection) == (Status.PENDING, Injection.WAITING)
