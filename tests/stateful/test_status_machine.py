"""One order, and everybody who may change its status, in any order: staff, Sinqro, the POS, the way into the POS.

On a real transaction of the ledger (SQLite in memory). The POS and Sinqro may say anything at all, as often as they
like; what is kept must obey domain.md, "Status", whatever they say.
"""

import itertools
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.domain.errors import StatusError
from app.domain.record import DueKind, Mark, Notification, OrderRecord
from app.domain.selling_point import SellingPoint
from app.domain.status import ANSWERS, OFF, Injection, OrderType, Origin, Status, ladder, next_steps
from app.infra.ledger_rows import LedgerRows
from app.infra.ledger_sqlite import migrations
from app.link.wire import Wire
from app.ports.pos import Capability, PosAdapter, PosOrder
from app.services import injected, statuses
from app.services.outlet import Outlet
from tests.helpers.clock import START, FakeClock
from tests.helpers.ledger import KEY

LEASE = timedelta(seconds=30)
SETTLED = (Injection.INJECTED, Injection.WITHDRAWN)
STATUS_TYPES = ("order.status_changed", "reservation.status_changed")

any_status = st.sampled_from(Status)
pos_codes = st.sampled_from(("new", "doing", "done", "42"))


class NoPos:
    """A POS that is never called: statuses are decided without it."""

    def __init__(self, capabilities: frozenset[Capability]) -> None:
        self.capabilities = capabilities


class StatusMachine(RuleBasedStateMachine):
    """What each side does is a rule; what must hold whatever they do is an invariant."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        for script in migrations():
            self.connection.executescript(script)
        self.tx = LedgerRows(self.connection)
        self.clock = FakeClock()
        self.before: OrderRecord | None = None
        self.told: dict[str, Notification] = {}

    def teardown(self) -> None:
        self.connection.close()

    @initialize(
        kind=st.sampled_from(OrderType),
        accept_by=st.none() | st.just(START + timedelta(minutes=3)),
        known_for=st.sampled_from((0, 179, 181)),
        scheduled=st.booleans(),
        capabilities=st.frozensets(st.sampled_from(Capability)),
        auto=st.booleans(),
        taken=st.booleans(),
    )
    def an_order_comes(
        self,
        kind: OrderType,
        accept_by: datetime | None,
        known_for: int,
        scheduled: bool,
        capabilities: frozenset[Capability],
        auto: bool,
        taken: bool,
    ) -> None:
        pos = cast("PosAdapter", NoPos(capabilities))
        wire = cast("Wire", None)  # no rule here reads Sinqro's codes
        self.outlet = Outlet(selling_point=SellingPoint(id=KEY.selling_point), pos=pos, wire=wire)
        record = OrderRecord(
            selling_point=KEY.selling_point,
            order_id=KEY.order_id,
            type=kind,
            received_at=START,
            status_at=START,
            accept_by=accept_by,
            scheduled=scheduled,
            status=Status.ACCEPTED if taken else Status.PENDING,
            marks=frozenset({Mark.AUTO_ACCEPT} if auto and not taken else ()),
        )
        self.clock.tick(known_for)
        self.tx.put_order(record)
        if accept_by and not taken:
            self.tx.set_due(DueKind.ACCEPT_DEADLINE, KEY, accept_by)
        self.tx.set_due(DueKind.ALARM, KEY, START + timedelta(hours=1))
        self.tx.set_due(DueKind.INJECT, KEY, START)

    # what everybody does

    @property
    def record(self) -> OrderRecord:
        found = self.tx.order(KEY)
        assert found is not None
        return found

    def apply(self, change: Callable[[OrderRecord, datetime], OrderRecord]) -> None:
        self.tx.put_order(change(self.record, self.clock.now()))

    @rule(wanted=any_status, minutes=st.none() | st.integers(0, 90))
    def staff(self, wanted: Status, minutes: int | None) -> None:
        record, now = self.record, self.clock.now()
        self.connection.execute("BEGIN")
        try:
            changed = statuses.by_hand(self.tx, self.outlet, record, wanted, now, minutes=minutes, reason="other")
        except StatusError as exc:
            self.connection.execute("ROLLBACK")
            assert self.record == record
            late = exc.code == "ACCEPT_TOO_LATE"
            assert late == (wanted in next_steps(record.type, record.status))
            return
        assert changed.status is wanted
        assert changed.status_origin is Origin.STAFF
        late = record.accept_by is not None and now > record.accept_by
        assert not (late and record.status is Status.PENDING and wanted not in OFF), "accepted after its deadline"
        self.tx.put_order(changed)
        self.connection.execute("COMMIT")

    @rule(status=st.none() | any_status)
    def sinqro(self, status: Status | None) -> None:
        code = "something_new" if status is None else status.value
        self.apply(lambda record, now: statuses.told_by_sinqro(self.tx, self.outlet, record, status, code, now))
        assert self.record.sinqro_status == code

    @rule(status=st.none() | any_status, code=pos_codes, ago=st.none() | st.integers(0, 400))
    def pos(self, status: Status | None, code: str, ago: int | None) -> None:
        before = self.record
        changed_at = None if ago is None else self.clock.now() - timedelta(seconds=ago)
        seen = PosOrder(id=before.pos_order_id, status=status, pos_status=code, changed_at=changed_at)
        self.apply(lambda record, now: statuses.told_by_pos(self.tx, self.outlet, record, seen, now))
        after = self.record
        assert (after.pos_status, after.pos_has) == (code, status)
        answered_late = before.accept_by is not None and (changed_at or self.clock.now()) > before.accept_by
        if answered_late and before.status is Status.PENDING:
            assert after.status is Status.PENDING or after.status in OFF, "accepted after its deadline"

    @precondition(lambda self: self.record.status is not self.record.pos_has)
    @rule()
    def the_pos_does_not_follow(self) -> None:
        self.apply(lambda record, now: statuses.not_followed(self.tx, record, now, "it says so"))

    @rule()
    def somebody_ticks_it_off(self) -> None:
        self.apply(lambda record, _: statuses.ticked_off(record))

    @rule(seconds=st.sampled_from((1, 60, 200)))
    def time_passes(self, seconds: int) -> None:
        self.clock.tick(seconds)

    # the way into the POS, as the injection service takes it

    @precondition(lambda self: self.record.injection in (Injection.STORED, Injection.WAITING, Injection.HELD))
    @precondition(lambda self: self.record.status not in OFF)
    @rule()
    def an_attempt_begins(self) -> None:
        self.apply(lambda record, _: record.with_(injection=Injection.INJECTING, attempts=record.attempts + 1))

    @precondition(lambda self: self.record.injection in (Injection.INJECTING, Injection.UNCERTAIN) or self.wanted_back)
    @rule(status=st.none() | any_status, code=pos_codes)
    def the_pos_has_it(self, status: Status | None, code: str) -> None:
        seen = PosOrder(id="P1", reference=KEY.order_id, status=status, pos_status=code)
        before = self.record
        injected.injected(self.tx, self.outlet, KEY, seen, self.clock.now())
        assert self.record.pos_order_id == "P1"
        assert not self.wanted_back
        if before.status in OFF:  # it got there all the same: to be cancelled, and no news for Sinqro
            assert self.record.injection is Injection.WITHDRAWN
            assert (DueKind.POS_STATUS in self.due()) or status in OFF
            assert all(one.type != "order.injected" for one in self.tx.undelivered(KEY))

    @precondition(lambda self: self.record.injection is Injection.INJECTING)
    @rule(ends=st.sampled_from((injected.failed, injected.held)))
    def the_pos_has_it_not(self, ends: Callable[..., OrderRecord]) -> None:
        self.apply(lambda record, now: ends(self.tx, record, "CODE", "Why.", now))

    @precondition(lambda self: self.record.injection is Injection.INJECTING)
    @rule()
    def nobody_knows_whether_the_pos_has_it(self) -> None:
        self.apply(lambda record, now: injected.uncertain(self.tx, record, now))

    @property
    def wanted_back(self) -> bool:
        return DueKind.WITHDRAW in self.due() and not self.record.pos_order_id

    # the outbox

    @rule(arrives=st.sampled_from((True, True, False)))
    def a_notification_is_sent(self, arrives: bool) -> None:
        now = self.clock.now()
        for notification in self.tx.claim_notifications(now, LEASE, 1, [KEY.selling_point]):
            if arrives:
                self.tx.notification_delivered(notification.id, now)
            else:
                self.tx.notification_retry(notification.id, now + timedelta(seconds=1), "503")

    # what must hold

    def due(self) -> set[DueKind]:
        return {row.kind for row in self.tx.due_rows(START + timedelta(days=9), [KEY.selling_point], 99)}

    @invariant()
    def the_status_never_goes_back_and_a_final_one_stays(self) -> None:
        record, before = self.record, self.before or self.record
        self.before = record
        steps = ladder(record.type)
        assert record.status in {*steps, Status.REJECTED, Status.CANCELLED, Status.NO_SHOW}
        assert record.status is not Status.NO_SHOW or record.is_reservation
        if before.status.final:
            assert record.status is before.status
            assert record.status_at == before.status_at
        elif not record.status.final:
            assert steps.index(record.status) >= steps.index(before.status)

    @invariant()
    def what_is_off_never_goes_on_into_the_pos(self) -> None:
        record = self.record
        if record.status in OFF:
            assert record.injection in SETTLED
            assert not self.due() & {DueKind.INJECT, DueKind.ALARM, DueKind.POS_UPDATE}

    @invariant()
    def nobody_waits_for_an_answer_that_was_given(self) -> None:
        record = self.record
        kinds = self.due()
        if record.status is not Status.PENDING:
            assert DueKind.ACCEPT_DEADLINE not in kinds
        if record.status.final:
            assert DueKind.ALARM not in kinds

    @invariant()
    def history_tells_every_change(self) -> None:
        changes = [entry for entry in self.tx.history(KEY) if entry.kind == "status"]
        told = [(entry.detail["before"], entry.detail["after"]) for entry in changes]
        assert all(after == following for (_, after), (following, _) in itertools.pairwise(told))
        if told:
            assert told[-1][1] == self.record.status
            assert changes[-1].origin is self.record.status_origin

    @invariant()
    def each_notification_counts_further(self) -> None:
        """Strictly up; and the last one says what is so now, unless Sinqro said it itself."""
        for notification in self.tx.undelivered(KEY):
            self.told.setdefault(notification.id, notification)
        revisions = [one.data["revision"] for one in self.told.values() if one.type in STATUS_TYPES]
        assert revisions == sorted(set(revisions))
        record = self.record
        assert not revisions or revisions[-1] == record.revision
        own = record.status_origin is not Origin.SINQRO
        if own and revisions:
            last = [one for one in self.told.values() if one.type in STATUS_TYPES][-1]
            assert last.data["status"] == record.status

    @invariant()
    def answers_are_never_replaced(self) -> None:
        rows = self.connection.execute("SELECT sequence, data FROM outbox WHERE state = 3").fetchall()
        for sequence, data in rows:
            assert msgspec.json.decode(data)["status"] not in ANSWERS
            later = "SELECT count(*) FROM outbox WHERE sequence > ? AND type LIKE '%.status_changed'"
            assert self.connection.execute(later, (sequence,)).fetchone()[0]


def test_statuses() -> None:
    run_state_machine_as_test(StatusMachine, settings=settings(max_examples=150, stateful_step_count=25))
