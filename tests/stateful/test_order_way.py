"""Nothing lost, nothing twice: an order's whole way as a state machine (promises.md).

Sinqro and the POS are in memory and keep the truth; between them stand the real services on the real ledger. Hypothesis
plays everybody: Sinqro sends orders, edits and cancellations in any order and more than once, staff and the people at
the POS do what they like, the POS drops answers, refuses and is switched off, Sinqro too. A fuse in the ledger ends the
process before or after any commit; the next one begins with the ledger's file alone.

After each step must hold what holds always, and at the end, when all faults are over and time has passed, everything
must have settled without a person, except what must ask one, and shows it.
"""

import asyncio
import logging
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.domain.errors import OutcomeUnknown, PosBusy, PosRefused, PosTillClosed, PosUnreachable, StatusError
from app.domain.record import Mark, OrderRecord
from app.domain.selling_point import AutoAccept, SellingPoint
from app.domain.status import ANSWERS, OFF, Injection, Merge, Origin, Status, merge, next_steps
from app.infra.ledger_reader import LedgerReader
from app.infra.ledger_rows import LedgerRows
from app.infra.ledger_sqlite import SqliteLedger
from app.ports.ledger import LedgerTransaction, LedgerView
from app.ports.pos import Capability
from app.ports.sinqro import Verdict
from tests.helpers.clock import FakeClock
from tests.helpers.fake_pos import ALL, BLIND, FakePos, Ticket
from tests.helpers.fake_sinqro import POINT, FakeSinqro, Json, order_form, reservation_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of

T = TypeVar("T")

KINDS_OF_POS = {
    "everything": ALL,
    "prints what it gets": ALL - {Capability.ORDER_PENDING},
    "searches only": BLIND | {Capability.ORDER_FIND_BY_REFERENCE},
    "repeats only": BLIND | {Capability.IDEMPOTENT_CREATE},
    "blind": BLIND,
    "blind printer": BLIND - {Capability.ORDER_PENDING},
    "no changes, no edits": ALL - {Capability.ORDER_CHANGES, Capability.ORDER_UPDATE},
}

FINDS = frozenset({Capability.ORDER_FIND_BY_REFERENCE, Capability.IDEMPOTENT_CREATE})

CALLS = ("create_order", "create_order", "find_order", "update_order", "change_status", "read_status", "changes")

POS_ERRORS = {
    "unreachable": PosUnreachable("off"),
    "busy": PosBusy("later", retry_after=timedelta(seconds=2)),
    "refused": PosRefused("no such product"),
    "till": PosTillClosed("no session"),
    "unknown": OutcomeUnknown("no answer"),
}

MEMORY = Path("/dev/shm")
"""Where a commit costs no disk; elsewhere the test only takes longer."""


class Died(BaseException):
    """The process ends here."""


class FragileLedger:
    """The real ledger's file and SQL, with a fuse: the process dies before or after the commit that burns it down.

    Without the ledger's thread: what runs beside what is Hypothesis's choice, never the machine's, so that an example
    can be played again. (The thread has a machine of its own.)
    """

    def __init__(self, path: Path) -> None:
        SqliteLedger(path).open().close()  # makes or migrates it
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._rows = LedgerRows(self._connection)
        self.dead = False
        self.fuse: int | None = None
        self.commits_first = False

    async def write(self, work: Callable[[LedgerTransaction], T]) -> T:
        await self._breath()
        burnt = self._burns()
        if burnt and not self.commits_first:
            raise Died
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._rows)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        await self._breath()
        return result

    async def read(self, work: Callable[[LedgerView], T]) -> T:
        await self._breath()
        return self.look(work)

    def look(self, work: Callable[[LedgerView], T]) -> T:
        """For those who stand beside the program."""
        return work(LedgerReader(self._connection))

    def close(self) -> None:
        self._connection.close()

    def _burns(self) -> bool:
        if self.fuse is None:
            return False
        self.fuse -= 1
        if self.fuse >= 0:
            return False
        self.fuse = None
        self.dead = True
        return True

    async def _breath(self) -> None:
        """Others get their turn; the dead get none."""
        await asyncio.sleep(0)
        if self.dead:
            raise Died


class OrderWay(RuleBasedStateMachine):
    """Everybody around one companion."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        shared = str(MEMORY) if MEMORY.is_dir() else None
        self.folder = tempfile.TemporaryDirectory(prefix="order-way-", dir=shared, ignore_cleanup_errors=True)
        self.clock = FakeClock()
        self.pos = FakePos()
        self.sinqro = FakeSinqro(self.clock)
        self.settings_here: Json = {}
        self.mail: list[tuple[str, Json]] = []
        """Requests that Sinqro has sent or will send; one stays until it was answered, some longer."""
        self.number = 1000
        self.seen: dict[str, Status] = {}
        """The furthest status of each order in the ledger."""
        self.acknowledged: set[str] = set()
        self.off_since: dict[str, int] = {}
        """How many calls the POS had got when an order's end was acknowledged."""
        self.ledger: FragileLedger | None = None
        self.bench: Bench

    # ---------------------------------------------------------------- life and death

    @initialize(pos=st.sampled_from(sorted(KINDS_OF_POS)), auto=st.booleans(), at_once=st.booleans())
    def opens(self, pos: str, auto: bool, at_once: bool) -> None:
        self.pos = FakePos(KINDS_OF_POS[pos])
        self.settings_here = {
            "auto_accept": (AutoAccept(minutes=20),) if auto else (),
            "inject_scheduled_at_once": at_once,
        }
        self.start()

    def start(self) -> None:
        """A new process on whatever the ledger's file holds."""
        self.stop()
        self.ledger = FragileLedger(Path(self.folder.name) / "ledger.sqlite3")
        self.bench = Bench(
            ledger=self.ledger,
            point=SellingPoint(id=POINT, **self.settings_here),
            pos=self.pos,
            sinqro=self.sinqro,
            clock=self.clock,
        )
        self.runner.run(self.bench.start())

    def stop(self) -> None:
        if self.ledger is not None:
            self.ledger.close()
            self.ledger = None

    def teardown(self) -> None:
        try:
            if self.ledger is not None:
                self.settle()
        finally:
            self.stop()
            self.runner.close()
            self.folder.cleanup()

    def do(self, *work: Coroutine[Any, Any, Any]) -> None:
        """Let these happen at the same time; the process may die of it."""
        results = self.runner.run(_all(work))
        for result in results:
            if isinstance(result, BaseException) and not _is_death(result):
                raise result
        if self.ledger is None or self.ledger.dead:
            self.start()

    # ---------------------------------------------------------------- Sinqro

    @rule(
        kind=st.sampled_from(["delivery", "collection", "scheduled", "reservation"]),
        accepted=st.booleans(),
        unreadable=st.sampled_from([False] * 7 + [True]),
        delayed=st.sampled_from([False, False, True]),
    )
    def order_comes(self, kind: str, accepted: bool, unreadable: bool, delayed: bool) -> None:
        self.number += 1
        changes: Json = {"status": {"code": "accepted"}} if accepted else {}
        if kind == "reservation":
            form = reservation_form(self.number, **changes)
        else:
            if kind == "scheduled":
                changes["executionTime"] = (self.clock.now() + timedelta(hours=2)).isoformat()
            else:
                changes["type"] = kind
            if unreadable:
                changes["totalAmount"] = "NaN"
            form = order_form(self.number, **changes)
        self.post(("order.create", self.sinqro.place(form)), delayed=delayed)

    def post(self, letter: tuple[str, Json], *, delayed: bool) -> None:
        """Sinqro sends it: now, or it is on its way for a while."""
        self.mail.append(letter)
        if not delayed and not self.sinqro.off:
            self.do(self.receive(letter))

    def some_order(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.sinqro.orders)))

    @precondition(lambda self: self.sinqro.orders)
    @rule(data=st.data(), comment=st.sampled_from(["a", "b", "c"]), delayed=st.booleans())
    def order_is_edited(self, data: st.DataObject, comment: str, delayed: bool) -> None:
        order_id = self.some_order(data)
        if not self.sinqro.orders[order_id].status.final:
            self.post(("order.update", self.sinqro.edit(order_id, comment=comment)), delayed=delayed)

    @precondition(lambda self: self.sinqro.orders)
    @rule(data=st.data(), delayed=st.booleans())
    def customer_cancels(self, data: st.DataObject, delayed: bool) -> None:
        order_id = self.some_order(data)
        if self.sinqro.orders[order_id].status not in OFF:
            self.post(("order.status.update", self.sinqro.cancel(order_id)), delayed=delayed)

    @precondition(lambda self: self.sinqro.orders)
    @rule(data=st.data(), status=st.sampled_from([Status.ACCEPTED, Status.READY, Status.COMPLETED]))
    def panel_moves(self, data: st.DataObject, status: Status) -> None:
        order_id = self.some_order(data)
        known = self.sinqro.orders[order_id]
        if status in next_steps(known.type, known.status):
            self.post(("order.status.update", self.sinqro.status(order_id, status.value)), delayed=True)

    @precondition(lambda self: self.mail and not self.sinqro.off)
    @rule(data=st.data(), again=st.sampled_from([False, False, True]))
    def mail_arrives(self, data: st.DataObject, again: bool) -> None:
        letter = self.mail[data.draw(st.integers(0, len(self.mail) - 1))]
        self.do(self.receive(letter, again=again))

    async def receive(self, letter: tuple[str, Json], *, again: bool = False) -> None:
        method, params = letter
        answer = await self.bench.request(method, params)
        assert answer["state"] == "stored"
        order_id = str(params["order"]["id"] if method == "order.create" else params["orderId"])
        if method != "order.status.update":
            self.acknowledged.add(order_id)
        record = await self.bench.find(order_id)
        if record is not None and record.status in OFF:
            self.off_since.setdefault(order_id, len(self.pos.calls))
        if not again and letter in self.mail:
            self.mail.remove(letter)

    @rule(what=st.sampled_from(["link", "link", "endpoint", "charge"]))
    def sinqro_misbehaves(self, what: str) -> None:
        """Out of reach, or there again; notifications fail; another installation was in charge for a while."""
        if what == "link":
            self.sinqro.off = not self.sinqro.off
        elif what == "endpoint":
            self.sinqro.answers(Verdict.RETRY, Verdict.RETRY)
        else:
            self.sinqro.epoch += 1
        if what != "endpoint" and not self.sinqro.off:
            self.do(self.bench.hello())

    # ---------------------------------------------------------------- people

    @precondition(lambda self: self.acknowledged)
    @rule(data=st.data())
    def staff_move(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(sorted(self.acknowledged)))
        status = data.draw(st.sampled_from([Status.ACCEPTED, Status.ACCEPTED, Status.ACCEPTED, *Status]))
        self.do(self.by_hand(order_id, status))

    async def by_hand(self, order_id: str, status: Status) -> None:
        key = key_of(order_id)
        try:
            match status:
                case Status.ACCEPTED:
                    await self.bench.staff.accept(key, 15)
                case Status.REJECTED:
                    await self.bench.staff.reject(key, "too_busy")
                case Status.CANCELLED:
                    await self.bench.staff.cancel(key, "technical")
                case _:
                    await self.bench.staff.move(key, status)
        except StatusError:
            return
        if status in OFF:
            self.off_since.setdefault(order_id, len(self.pos.calls))

    @precondition(lambda self: self.acknowledged)
    @rule(data=st.data(), print_ticket=st.booleans())
    def staff_decide(self, data: st.DataObject, print_ticket: bool) -> None:
        """They look into the POS, and say the truth."""
        self.do(self.decide(data.draw(st.sampled_from(sorted(self.acknowledged))), print_ticket))

    async def decide(self, order_id: str, print_ticket: bool) -> None:
        record = await self.bench.record(order_id)
        if record.injection not in (Injection.HELD, Injection.FAILED, Injection.UNCERTAIN):
            return
        there = self.pos.all_of(order_id)
        try:
            if there:
                await self.bench.staff.entered_by_hand(key_of(order_id), there[0].id)
            elif Mark.UNREADABLE in record.marks:
                await self.bench.staff.entered_by_hand(key_of(order_id))
            else:
                await self.bench.staff.send(key_of(order_id), print_ticket=print_ticket)
        except StatusError:
            return

    @precondition(lambda self: self.pos.tickets)
    @rule(data=st.data())
    def pos_moves(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.pos.tickets))
        steps = sorted(next_steps(ticket.order.type, ticket.status))
        if steps:
            ticket.status = data.draw(st.sampled_from(steps))
            self.pos.note(ticket)

    # ---------------------------------------------------------------- the POS misbehaves

    @rule(what=st.sampled_from(["power", "deaf", "drops", "drops", *sorted(POS_ERRORS)]), method=st.sampled_from(CALLS))
    def pos_misbehaves(self, what: str, method: str) -> None:
        """Off, or on again; ignores cancellations, or no longer; loses an answer, or fails the next call."""
        match what:
            case "power":
                self.pos.off = not self.pos.off
            case "deaf":
                self.pos.deaf = frozenset() if self.pos.deaf else OFF
            case "drops":
                self.pos.drops(method)
            case error:
                self.pos.fails(method, POS_ERRORS[error])

    # ---------------------------------------------------------------- what goes on by itself, and its end

    @rule()
    def due_is_done(self) -> None:
        self.do(self.bench.pump())

    @rule()
    def pos_is_polled(self) -> None:
        self.do(self.bench.poll())

    @rule(seconds=st.sampled_from([0, 1, 3, 12]))
    def life_goes_on(self, seconds: int) -> None:
        self.clock.tick(seconds)
        self.do(self.bench.pump())
        self.do(self.bench.poll())
        self.do(self.send())

    @rule()
    def life_goes_on_at_once(self) -> None:
        self.do(self.bench.pump(), self.bench.poll(), self.send())

    async def send(self) -> None:
        asked = self.sinqro.reconnects
        await self.bench.deliver()
        if self.sinqro.reconnects > asked and not self.sinqro.off:
            await self.bench.hello()

    @rule(seconds=st.sampled_from([1, 3, 15, 70, 200, 400, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.tick(seconds)

    @rule(
        drops=st.booleans(),
        slow=st.sampled_from([1, 1, 6, 30]),
        turns=st.integers(0, 14),
        what=st.sampled_from(["customer", "staff", "edit", "panel", "pos"]),
        dies=st.sampled_from([None, None, None, 0, 1, 2, 3]),
    )
    def things_cross(self, drops: bool, slow: int, turns: int, what: str, dies: int | None) -> None:
        """An order is on its way into the POS, and just then something happens to it."""
        self.order_comes(kind="delivery", accepted=True, unreadable=False, delayed=False)
        order_id = str(self.number)
        if self.sinqro.off or order_id not in self.acknowledged:
            return
        self.pos.slow["create_order"] = slow
        if drops:
            self.pos.drops("create_order")
        if dies is not None and self.ledger is not None:
            self.ledger.fuse, self.ledger.commits_first = dies, drops
        self.do(self.bench.pump(), self.crossing(order_id, turns, what))
        self.do(self.bench.pump())

    async def crossing(self, order_id: str, turns: int, what: str) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        match what:
            case "customer":
                letter = ("order.status.update", self.sinqro.cancel(order_id))
            case "edit":
                letter = ("order.update", self.sinqro.edit(order_id, comment="x"))
            case "panel":
                letter = ("order.status.update", self.sinqro.status(order_id, "ready"))
            case "staff":
                await self.by_hand(order_id, Status.CANCELLED)
                await self.bench.pump()
                return
            case _:
                await self.bench.poll()
                return
        self.mail.append(letter)
        await self.receive(letter)
        await self.bench.pump()

    @rule(data=st.data())
    def all_at_once(self, data: st.DataObject) -> None:
        work: list[Callable[[], Coroutine[Any, Any, Any]]] = [self.bench.pump, self.bench.poll, self.send]
        if self.mail and not self.sinqro.off:
            count = data.draw(st.integers(1, min(3, len(self.mail))))
            work += [partial(self.receive, letter) for letter in data.draw(st.permutations(self.mail))[:count]]
        if self.acknowledged:
            order_id = data.draw(st.sampled_from(sorted(self.acknowledged)))
            status = data.draw(st.sampled_from([Status.ACCEPTED, Status.CANCELLED]))
            work.append(partial(self.by_hand, order_id, status))
        order = data.draw(st.permutations(range(len(work))))
        self.do(*(work[index]() for index in order))

    @rule(commits=st.integers(-1, 5), commits_first=st.booleans())
    def process_is_killed(self, commits: int, commits_first: bool) -> None:
        """Now, or before or after one of its next commits."""
        if commits < 0:
            self.start()
        elif self.ledger is not None:
            self.ledger.fuse, self.ledger.commits_first = commits, commits_first

    # ---------------------------------------------------------------- what holds always

    @invariant()
    def holds(self) -> None:
        if self.ledger is not None:
            self.check()

    def check(self) -> None:
        assert not self.sinqro.faults, self.sinqro.faults
        self.never_twice()
        self.never_after_its_end()
        for order_id in sorted(self.acknowledged):
            record = self.look(lambda view, order_id=order_id: view.order(key_of(order_id)))  # type: ignore[misc]
            assert record is not None, f"order {order_id} is lost"
            self.check_status(record)
            if record.in_pos and Mark.ENTERED_BY_HAND not in record.marks:
                assert [ticket.id for ticket in self.pos.all_of(order_id)] == [record.pos_order_id]

    def look(self, work: Callable[[LedgerView], T]) -> T:
        assert self.ledger is not None
        return self.ledger.look(work)

    def never_twice(self) -> None:
        references = [ticket.reference for ticket in self.pos.tickets]
        twice = sorted({reference for reference in references if references.count(reference) > 1})
        assert not twice, f"in the POS twice: {twice}"

    def never_after_its_end(self) -> None:
        for order_id, calls in self.off_since.items():
            later = [name for name, what in self.pos.calls[calls:] if what == order_id and name == "create_order"]
            assert not later, f"order {order_id} went to the POS after its end was acknowledged"

    def check_status(self, record: OrderRecord) -> None:
        before = self.seen.get(record.order_id, Status.PENDING)
        moved = merge(record.type, before, record.status)
        assert moved in (Merge.SAME, Merge.APPLIED), f"{record.order_id} went from {before} to {record.status}"
        self.seen[record.order_id] = record.status
        if record.accept_by is None:
            return
        for entry in self.look(lambda view: view.history(record.key)):
            detail = entry.detail
            if entry.kind == "status" and detail["before"] == "pending" and detail["after"] not in OFF:
                in_time = entry.at <= record.accept_by or entry.origin is Origin.SINQRO
                assert in_time, f"{record.order_id} was taken after its deadline by {entry.origin}"

    # ---------------------------------------------------------------- what holds in the end

    def settle(self) -> None:
        """All faults are over; nobody touches anything any more."""
        assert self.ledger is not None
        self.ledger.fuse = None
        self.pos.recovers()
        self.sinqro.recovers()
        self.runner.run(self.settled())

    async def settled(self) -> None:
        await self.bench.hello()
        for letter in list(self.mail):
            await self.receive(letter)
        for seconds in (0, 1, 2, 5, 12, 12, 35, 70, 140, 700, 4000, 4000, 4000, 12, 12):
            self.clock.tick(seconds)
            for _ in range(2):
                await self.bench.poll()
                await self.send()
        self.check()
        assert self.look(lambda view: view.outbox_size()) == 0
        assert await self.bench.pump() == 0
        for order_id in self.sinqro.orders:
            await self.check_end(await self.bench.record(order_id))

    async def check_end(self, record: OrderRecord) -> None:
        story = [(entry.kind, entry.origin.value, entry.detail) for entry in await self.bench.history(record.order_id)]
        there = self.sinqro.orders[record.order_id].status
        agreed = there is record.status or (there.final and record.status.final)
        assert agreed, f"{record} but Sinqro says {there}: {story}"
        self.check_answers(record, story)
        tickets = self.pos.all_of(record.order_id)
        self.check_injection(record, tickets, story)
        for ticket in tickets:
            self.check_ticket(record, ticket, story)

    def check_answers(self, record: OrderRecord, story: Any) -> None:
        """What we answered, Sinqro has heard: each by itself, but for an accept that came too late to be sent."""
        told = self.sinqro.told(record.order_id)
        for kind, origin, detail in story:
            if kind == "status" and origin != Origin.SINQRO.value and detail["after"] in ANSWERS:
                late = detail["after"] == Status.ACCEPTED and record.accept_by is not None
                assert late or detail["after"] in told, f"{record}: Sinqro never heard {detail}: {told}"

    def check_injection(self, record: OrderRecord, tickets: list[Ticket], story: Any) -> None:
        """Settled, or asking a person for a reason that it shows."""
        asks = {Injection.HELD, Injection.FAILED}
        if not self.pos.capabilities & FINDS:
            asks.add(Injection.UNCERTAIN)
        if record.injection is Injection.INJECTED:
            assert tickets or Mark.ENTERED_BY_HAND in record.marks, f"{record}: {story}"
        elif record.injection is Injection.STORED:
            waits = record.status is Status.PENDING and Capability.ORDER_PENDING not in self.pos.capabilities
            assert waits, f"{record} is forgotten: {story}"
        elif record.injection is Injection.WITHDRAWN:
            assert record.status.final, f"{record}: {story}"
        else:
            assert record.injection in asks, f"{record} is stuck: {story}"
            assert record.injection_code, f"{record} does not say why: {story}"

    def check_ticket(self, record: OrderRecord, ticket: Ticket, story: Any) -> None:
        """The POS shows the same, or the card says what is to be done by hand."""
        if record.injection in (Injection.HELD, Injection.FAILED, Injection.UNCERTAIN):
            return  # staff look into the POS
        by_hand = {Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND, Mark.LATE, Mark.ENTERED_BY_HAND}
        same = ticket.status is record.status or (ticket.status.final and record.status.final)
        assert same or record.marks & by_hand, f"{record} but the POS has {ticket.status}: {story}"
        wanted = self.sinqro.orders[record.order_id].form.get("comment")
        newest = ticket.order.comment == wanted
        excused = record.status.final or record.marks & {Mark.CHANGE_BY_HAND, Mark.UNREADABLE, Mark.ENTERED_BY_HAND}
        assert newest or excused, f"{record} has an old version in the POS: {story}"


async def _all(work: tuple[Awaitable[Any], ...]) -> list[Any]:
    return await asyncio.gather(*work, return_exceptions=True)


def _is_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_death(one) for one in error.exceptions)
    return isinstance(error, Died)


def play(expected_logs: ExpectedLogs, examples: int) -> None:
    for name in ("app.services.outlet", "app.services.notifier", "app.services.charge", "app.services.catch_up"):
        expected_logs.allow(name, logging.WARNING)
    run_state_machine_as_test(
        OrderWay,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )


def test_nothing_lost_nothing_twice(expected_logs: ExpectedLogs) -> None:
    play(expected_logs, 150)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_lost_nothing_twice_at_length(expected_logs: ExpectedLogs) -> None:
    play(expected_logs, 1500)
