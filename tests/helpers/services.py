"""The companion's services on a real ledger, with time, POS and Sinqro in the test's hand, moved step by step.

    async with open_bench(tmp_path) as bench:
        await bench.create(order_form(1001))        # Sinqro's request, to its answer
        await bench.pump()                          # everything that is due now
        await bench.deliver()                       # the outbox
        bench.pos.ticket("1001")

Nothing runs by itself: no poller, no timers. `restart` is a crash: the objects are thrown away, the ledger's file is
opened anew. This module alone knows the companion's inside.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.domain.record import DueKind, HistoryEntry, Notification, OrderKey, OrderRecord
from app.domain.selling_point import SellingPoint
from app.infra.ledger_sqlite import SqliteLedger
from app.link.clock import ClockOffset
from app.link.messages import encode
from app.link.wire import Wire, load_wire
from app.ports.ledger import Ledger
from app.runtime.companion import Companion
from app.services.outlet import Outlet
from tests.helpers.clock import FakeClock
from tests.helpers.fake_pos import FakePos
from tests.helpers.fake_sinqro import INSTALLATION, POINT, FakeSinqro, Json

ROUNDS = 200
"""Looks at what is due before a test is told that it never ends."""


class Bench:
    """One installation between its two fakes."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        point: SellingPoint,
        pos: FakePos,
        sinqro: FakeSinqro,
        clock: FakeClock,
        table: Wire | None = None,
    ) -> None:
        self.ledger = ledger
        self.pos = pos
        self.sinqro = sinqro
        self.clock = clock
        self.offset = ClockOffset()
        self.changed: list[str] = []
        self.companion = Companion(
            points=[(point, pos)],
            environment="sandbox",
            installation_id=INSTALLATION,
            device_name="CAJA-1",
            version="0",
            table=table or load_wire(),
            ledger=ledger,
            sender=sinqro,
            clock=clock,
            offset=self.offset,
            make_link=lambda _: sinqro,
            on_change=self.changed.append,
        )
        inside = self.companion
        self.staff = inside.staff
        self.injection = inside._injection
        self.follow = inside._follow
        self.relay = inside._relay
        self.notifier = inside._notifier
        self.charge = inside._charge
        self.catch_up = inside._charge._catch_up
        self.due = inside._due
        self.bells = inside._bells
        self.handlers = inside._handlers()

    @property
    def outlet(self) -> Outlet:
        return self.companion.outlets[POINT]

    # life

    async def start(self) -> None:
        """As :meth:`Companion.run` begins, to the end of the first hello."""
        await self.ledger.write(self.companion._recover)
        await self.hello()

    async def hello(self) -> None:
        """The link comes up, and Sinqro's list is gone through when it must be."""
        if not self.sinqro.off:
            await self.sinqro.open(self.companion)
            await self.catch_up.run(self.outlet)

    # Sinqro's requests

    async def request(self, method: str, params: Json | bytes) -> Any:
        raw = params if isinstance(params, bytes) else encode(params)
        return await self.companion.request(method, raw)

    async def create(self, form: Json) -> Any:
        """A new order, known to Sinqro too."""
        return await self.request("order.create", self.sinqro.place(form))

    async def edit(self, order_id: int | str, **changes: Any) -> Any:
        return await self.request("order.update", self.sinqro.edit(order_id, **changes))

    async def told(self, order_id: int | str, code: str, **more: Any) -> Any:
        """Sinqro says a status."""
        return await self.request("order.status.update", self.sinqro.status(order_id, code, **more))

    async def cancel(self, order_id: int | str) -> Any:
        return await self.request("order.status.update", self.sinqro.cancel(order_id))

    # what goes on by itself

    async def pump(self, *kinds: DueKind) -> int:
        """Do what is due now (of these kinds), until nothing is; returns how much there was."""
        done = 0
        for _ in range(ROUNDS):
            now = self.clock.now()
            rows = await self.ledger.read(lambda view, now=now: view.due_rows(now, [POINT], 100))  # type: ignore[misc]
            rows = [row for row in rows if not kinds or row.kind in kinds]
            if not rows or not self.outlet.at_work:
                return done
            results = await asyncio.gather(*(self.handlers[row.kind](row.key) for row in rows), return_exceptions=True)
            for result in results:  # all of them have ended: nothing goes on behind the test's back
                if isinstance(result, BaseException):
                    raise result
            done += len(rows)
        raise AssertionError("what is due never ends")

    async def turn(self) -> float:
        """One turn of the outbox, to the landing of what it sent; returns the pause it asks for."""
        async with asyncio.TaskGroup() as group:
            pause = await self.notifier._turn(group)
        await asyncio.sleep(0)  # landings are told by callbacks
        return pause

    async def deliver(self) -> None:
        """The outbox, as far as it is due now."""
        for _ in range(ROUNDS):
            before = len(self.sinqro.posts)
            await self.turn()
            if len(self.sinqro.posts) == before:
                return
        raise AssertionError("the outbox never ends")

    async def poll(self) -> None:
        """Ask the POS once, and do what follows from it."""
        await self.relay.poll(self.outlet)
        await self.pump()

    async def wait(self, seconds: float) -> None:
        """Time passes, and what is due by then is done."""
        self.clock.tick(seconds)
        await self.pump()

    # looking

    async def find(self, order_id: int | str) -> OrderRecord | None:
        return await self.ledger.read(lambda view: view.order(key_of(order_id)))

    async def record(self, order_id: int | str = 1001) -> OrderRecord:
        found = await self.find(order_id)
        assert found is not None, f"order {order_id} is not in the ledger"
        return found

    async def history(self, order_id: int | str = 1001) -> list[HistoryEntry]:
        return await self.ledger.read(lambda view: view.history(key_of(order_id)))

    async def happened(self, kind: str, order_id: int | str = 1001) -> list[HistoryEntry]:
        return [entry for entry in await self.history(order_id) if entry.kind == kind]

    async def outbox(self, order_id: int | str = 1001) -> list[Notification]:
        return await self.ledger.read(lambda view: view.undelivered(key_of(order_id)))

    async def queued(self, order_id: int | str = 1001) -> list[str]:
        """What Sinqro is still to hear: statuses by their name, else the type."""
        return [str(note.data.get("status") or note.type) for note in await self.outbox(order_id)]

    async def due_in(self, kind: DueKind, order_id: int | str = 1001) -> float | None:
        """Seconds from now until something is due; ``None``: it is not."""
        far = self.clock.now() + timedelta(days=400)
        rows = await self.ledger.read(lambda view: view.due_rows(far, [POINT], 1000))
        for row in rows:
            if row.kind is kind and row.key == key_of(order_id):
                return (row.at - self.clock.now()).total_seconds()
        return None


def key_of(order_id: int | str) -> OrderKey:
    return OrderKey(POINT, str(order_id))


@asynccontextmanager
async def open_bench(
    folder: Path,
    *,
    pos: FakePos | None = None,
    sinqro: FakeSinqro | None = None,
    clock: FakeClock | None = None,
    started: bool = True,
    **rules: Any,
) -> AsyncIterator[Bench]:
    """A companion in charge; ``rules`` are the selling point's. Give what an earlier bench left to go on with it."""
    clock = clock or FakeClock()
    with SqliteLedger(folder / "ledger.sqlite3") as ledger:
        bench = Bench(
            ledger=ledger,
            point=SellingPoint(id=POINT, name="SuperPizza", **rules),
            pos=pos or FakePos(),
            sinqro=sinqro or FakeSinqro(clock),
            clock=clock,
        )
        if started:
            await bench.start()
        yield bench
