"""The ledger against a model of dictionaries: random work, some of it failing, several pieces at once, and crashes.

A crash is what another process finds when this one dies: the files are copied while the ledger is open, and the copy is
opened in its place. Everything that can be read is compared after each step.
"""

import asyncio
import copy
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.domain.availability import Closing, ClosingSource
from app.domain.record import (
    BY_HAND,
    SCHEDULED,
    DueKind,
    DueRow,
    HistoryEntry,
    Mark,
    Notification,
    OrderKey,
    OrderRecord,
    OrderVersion,
)
from app.domain.status import Injection, Origin, Status
from app.infra.ledger_sqlite import SqliteLedger
from tests.helpers.clock import START
from tests.helpers.ledger import ELSEWHERE, KEY, OTHER

KEYS = (KEY, OTHER, ELSEWHERE)
POINTS = ("3961", "77")
LEASE = timedelta(minutes=2)


class Row(NamedTuple):
    """A notification in the model's outbox."""

    notification: Notification
    attempts: int = 0
    due: datetime = START
    lease: datetime | None = None
    error: str = ""
    done: bool = False

    @property
    def lane(self) -> tuple[str, str]:
        n = self.notification
        return n.selling_point, n.order_id or f"({n.type})"

    def free_at(self) -> datetime:
        return self.due if self.lease is None else max(self.due, self.lease)


class Model:
    """The port in memory, as plainly as it can be said."""

    def __init__(self) -> None:
        self.orders: dict[OrderKey, OrderRecord] = {}
        self.texts: dict[tuple[OrderKey, int], OrderVersion] = {}
        self.entries: list[tuple[OrderKey, HistoryEntry]] = []
        self.early: list[tuple[OrderKey, Any]] = []
        self.answers: dict[tuple[str, ...], Any] = {}
        self.values: dict[str, str] = {}
        self.closed: dict[tuple[str, str], Closing] = {}
        self.due: dict[tuple[DueKind, OrderKey], datetime] = {}
        self.outbox: dict[str, Row] = {}
        self.odd: list[tuple[datetime, str, bytes]] = []

    # writing

    def put_order(self, record: OrderRecord) -> None:
        self.orders[record.key] = record

    def add_version(self, key: OrderKey, version: OrderVersion) -> None:
        if (key, version.number) in self.texts:
            raise ValueError("unique")
        self.texts[key, version.number] = version

    def add_history(self, key: OrderKey, at: datetime, kind: str, origin: str, **detail: Any) -> None:
        self.entries.append((key, HistoryEntry(at=at, kind=kind, origin=Origin(origin), detail=detail)))

    def add_early_status(self, key: OrderKey, at: datetime, message: dict[str, Any]) -> None:
        self.early.append((key, message))

    def clear_early_status(self, key: OrderKey) -> None:
        self.early = [pair for pair in self.early if pair[0] != key]

    def put_answer(self, method: str, selling_point: str, request_id: str, at: datetime, result: Any) -> None:
        self.answers.setdefault((method, selling_point, request_id), result)

    def set_value(self, name: str, value: str) -> None:
        self.values[name] = value

    def put_closing(self, selling_point: str, closing: Closing) -> None:
        self.closed[selling_point, closing.id] = closing

    def remove_closing(self, selling_point: str, closing_id: str) -> None:
        self.closed.pop((selling_point, closing_id), None)

    def set_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        self.due[kind, key] = at

    def clear_due(self, key: OrderKey, *kinds: DueKind) -> None:
        for kind in kinds or DueKind:
            self.due.pop((kind, key), None)

    def claim(self, kind: DueKind, key: OrderKey, now: datetime, lease_for: timedelta) -> bool:
        free = (kind, key) in self.due and self.due[kind, key] <= now
        if free:
            self.due[kind, key] = now + lease_for
        return free

    def release_due(self, kind: DueKind, key: OrderKey, at: datetime) -> None:
        if (kind, key) in self.due:
            self.due[kind, key] = at

    def recover_leases(self, now: datetime) -> None:
        for kind, key in self.due:
            if kind not in SCHEDULED:
                self.due[kind, key] = min(now, self.due[kind, key])
        self._each(lambda row: row._replace(lease=None))

    def add_notification(self, notification: Notification, *, supersedes: Iterable[str] = ()) -> None:
        new = Row(notification, due=notification.due_at or notification.created_at)
        for name in supersedes:
            old = self.outbox.get(name)
            if old is not None and old.lane == new.lane and old.attempts == 0:
                self.outbox[name] = old._replace(done=True)
        if notification.id in self.outbox:
            raise ValueError("unique")
        self.outbox[notification.id] = new

    def claim_notifications(
        self, now: datetime, lease_for: timedelta, limit: int, selling_points: Sequence[str]
    ) -> list[Notification]:
        free = [
            row for row in self.heads() if row.free_at() <= now and row.notification.selling_point in selling_points
        ]
        for row in free[:limit]:
            self.outbox[row.notification.id] = row._replace(attempts=row.attempts + 1, lease=now + lease_for)
        return [shown(row) for row in free[:limit]]

    def notification_delivered(self, notification_id: str, at: datetime) -> None:
        self._one(notification_id, lambda row: row._replace(done=True))

    def notification_failed(self, notification_id: str, at: datetime, reason: str) -> None:
        self._one(notification_id, lambda row: row._replace(done=True))

    def notification_retry(self, notification_id: str, at: datetime, reason: str, *, counted: bool = True) -> None:
        less = 0 if counted else 1
        self._one(
            notification_id, lambda row: row._replace(due=at, lease=None, error=reason, attempts=row.attempts - less)
        )

    def notifications_due_now(self, now: datetime) -> int:
        later = [row for row in self.waiting() if row.due > now]
        self._each(lambda row: row._replace(due=min(row.due, now)))
        return len(later)

    def add_quarantine(self, at: datetime, reason: str, raw: bytes) -> None:
        self.odd.append((at, reason, raw))

    def _one(self, name: str, change: Callable[[Row], Row]) -> None:
        if name in self.outbox and not self.outbox[name].done:
            self.outbox[name] = change(self.outbox[name])

    def _each(self, change: Callable[[Row], Row]) -> None:
        for row in self.waiting():
            self._one(row.notification.id, change)

    # reading

    def waiting(self) -> list[Row]:
        return [row for row in self.outbox.values() if not row.done]

    def heads(self) -> list[Row]:
        """The first of each lane."""
        first: dict[tuple[str, str], Row] = {}
        for row in self.waiting():
            first.setdefault(row.lane, row)
        return list(first.values())

    def order(self, key: OrderKey) -> OrderRecord | None:
        return self.orders.get(key)

    def order_by_pos_id(self, selling_point: str, pos_order_id: str) -> OrderRecord | None:
        found = [one for one in self.orders_since(START, selling_point) if pos_order_id in ("", one.pos_order_id)]
        return found[-1] if found and pos_order_id else None

    def open_orders(self, selling_point: str | None = None) -> list[OrderRecord]:
        return [record for record in self.orders_since(START, selling_point) if is_open(record)]

    def orders_since(self, since: datetime, selling_point: str | None = None) -> list[OrderRecord]:
        found = [one for one in self.orders.values() if selling_point in (None, one.selling_point)]
        return sorted((one for one in found if one.received_at >= since), key=lambda one: one.received_at)

    def version(self, key: OrderKey, number: int | None = None) -> OrderVersion | None:
        if number is None:
            number = self.orders[key].version if key in self.orders else 0
        return self.texts.get((key, number))

    def versions(self, key: OrderKey) -> list[OrderVersion]:
        return [self.texts[pair] for pair in sorted(self.texts) if pair[0] == key]

    def history(self, key: OrderKey) -> list[HistoryEntry]:
        return [entry for of, entry in self.entries if of == key]

    def early_status(self, key: OrderKey) -> list[dict[str, Any]]:
        return [message for of, message in self.early if of == key]

    def answer(self, method: str, selling_point: str, request_id: str) -> Any | None:
        return self.answers.get((method, selling_point, request_id))

    def value(self, name: str) -> str | None:
        return self.values.get(name)

    def closings(self, selling_point: str) -> list[Closing]:
        return [self.closed[pair] for pair in sorted(self.closed) if pair[0] == selling_point]

    def due_rows(self, now: datetime, selling_points: Sequence[str], limit: int) -> list[DueRow]:
        rows = [DueRow(kind=kind, key=key, at=at) for (kind, key), at in self.due.items()]
        return [row for row in rows if row.at <= now and row.key.selling_point in selling_points][:limit]

    def next_due(self, selling_points: Sequence[str]) -> datetime | None:
        return min((at for (_, key), at in self.due.items() if key.selling_point in selling_points), default=None)

    def open_count(self, selling_point: str) -> int:
        return sum(runs(record) for record in self.open_orders(selling_point))

    def outbox_size(self, selling_point: str | None = None) -> int:
        return sum(selling_point in (None, row.notification.selling_point) for row in self.waiting())

    def undelivered(self, key: OrderKey) -> list[Notification]:
        return [shown(row) for row in self.waiting() if row.lane == tuple(key)]

    def next_notification_due(self, selling_points: Sequence[str]) -> datetime | None:
        heads = (row for row in self.heads() if row.notification.selling_point in selling_points)
        return min((row.free_at() for row in heads), default=None)

    def quarantine(self) -> list[tuple[datetime, str, bytes]]:
        return list(self.odd)


def shown(row: Row) -> Notification:
    n = row.notification
    return Notification(
        id=n.id,
        selling_point=n.selling_point,
        order_id=n.order_id,
        type=n.type,
        data=n.data,
        created_at=n.created_at,
        deliver_by=n.deliver_by,
        attempts=row.attempts,
        due_at=row.due,
        last_error=row.error,
    )


def runs(record: OrderRecord) -> bool:
    if record.status in (Status.PENDING, Status.ACCEPTED, Status.READY) or record.injection is Injection.INJECTING:
        return True
    waits = (Injection.STORED, Injection.HELD, Injection.FAILED)
    return record.status is Status.COMPLETED and record.injection in waits


def is_open(record: OrderRecord) -> bool:
    return runs(record) or bool(record.marks & BY_HAND)


def everything(view: Any) -> dict[str, Any]:
    """All that can be read; the order of rows that are due at the same moment is anybody's."""

    def unnumbered(row: Notification) -> dict[str, Any]:
        return {name: getattr(row, name) for name in row.__struct_fields__ if name != "sequence"}

    seen: dict[str, Any] = {
        "values": [view.value(name) for name in "abc"],
        "quarantine": view.quarantine(),
        "size": [view.outbox_size(at) for at in (None, *POINTS)],
        "next notification": [view.next_notification_due(at) for at in (POINTS, ("77",), ())],
        "open": [view.open_orders(at) for at in (None, *POINTS)],
        "since": [view.orders_since(START + timedelta(minutes=n)) for n in range(3)],
        "due": sorted(view.due_rows(START + timedelta(minutes=3), POINTS, 100), key=lambda row: (row.key, row.kind)),
        "next due": [view.next_due(at) for at in (POINTS, ("77",), ())],
        "answers": [view.answer("m", at, name) for at in POINTS for name in "12"],
    }
    for point in POINTS:
        seen[f"point {point}"] = [view.open_count(point), view.closings(point)]
        seen[f"pos {point}"] = [view.order_by_pos_id(point, name) for name in ("", "P1", "P2")]
    for key in KEYS:
        seen[str(key)] = [view.order(key), view.version(key), view.version(key, 2), view.versions(key)]
        seen[f"{key} more"] = [view.history(key), view.early_status(key)]
        seen[f"{key} outbox"] = [unnumbered(row) for row in view.undelivered(key)]
    return seen


# what may be done


class Step(NamedTuple):
    """A call of the transaction's."""

    method: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]

    def on(self, tx: Any) -> Any:
        return getattr(tx, self.method)(*self.arguments, **self.named)


def step(method: str, *arguments: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.just(method), st.tuples(*arguments), st.fixed_dictionaries(named))


keys = st.sampled_from(KEYS)
points = st.sampled_from(POINTS)
kinds = st.sampled_from((DueKind.INJECT, DueKind.POS_STATUS))
names = st.sampled_from([f"n{number}" for number in range(4)])
moments = st.integers(0, 4).map(lambda halves: START + timedelta(seconds=30 * halves))
plain = st.fixed_dictionaries({"a": st.none() | st.integers() | st.text(max_size=3) | st.booleans()})

records = st.builds(
    lambda key, **more: OrderRecord(
        selling_point=key.selling_point,
        order_id=key.order_id,
        received_at=START + timedelta(minutes=KEYS.index(key)),
        status_at=START,
        **more,
    ),
    keys,
    status=st.sampled_from((Status.PENDING, Status.READY, Status.COMPLETED, Status.CANCELLED)),
    injection=st.sampled_from((Injection.STORED, Injection.INJECTING, Injection.INJECTED, Injection.WITHDRAWN)),
    pos_order_id=st.sampled_from(("", "P1", "P2")),
    version=st.integers(1, 3),
    total=st.decimals(-1000, 1000, places=2),
    marks=st.frozensets(st.sampled_from((Mark.CHANGED, Mark.CANCEL_BY_HAND)), max_size=2),
)
versions = st.builds(
    OrderVersion, number=st.integers(1, 3), raw=st.binary(max_size=5), received_at=moments, revision=st.integers(0, 9)
)
notifications = st.builds(
    lambda key, ordered, **more: Notification(
        selling_point=key.selling_point, order_id=key.order_id if ordered else "", type="order.status_changed", **more
    ),
    keys,
    st.booleans() | st.just(True),
    id=names,
    data=plain,
    created_at=moments,
    due_at=st.none() | moments,
    deliver_by=st.none() | moments,
)
closings = st.builds(Closing, id=st.sampled_from("xy"), source=st.sampled_from(ClosingSource), since=moments)

texts = st.one_of(
    step("add_version", keys, versions),
    step("add_history", keys, moments, st.just("k"), st.sampled_from(Origin), detail=plain),
    step("add_early_status", keys, moments, plain),
    step("clear_early_status", keys),
    step("put_answer", st.just("m"), points, st.sampled_from("12"), st.just(START), plain),
    step("set_value", st.sampled_from("abc"), st.text(max_size=3)),
    step("put_closing", points, closings),
    step("remove_closing", points, st.sampled_from("xyz")),
    step("add_quarantine", moments, st.text(max_size=3), st.binary(max_size=3)),
)
due = st.one_of(
    step("set_due", kinds, keys, moments),
    step("clear_due", keys),
    step("clear_due", keys, kinds),
    step("claim", kinds, keys, moments, st.just(LEASE)),
    step("release_due", kinds, keys, moments),
)
outbox = st.one_of(
    step("add_notification", notifications),
    step("add_notification", notifications, supersedes=st.lists(names, max_size=3)),
    step("claim_notifications", moments, st.just(LEASE), st.integers(1, 4), st.sampled_from((POINTS, ("77",), ()))),
    step("notification_delivered", names, moments),
    step("notification_failed", names, moments, st.just("no")),
    step("notification_retry", names, moments, st.text(max_size=3)),
    step("notifications_due_now", moments),
    step("recover_leases", moments),
)
steps = step("put_order", records) | texts | due | outbox


class Failing(Exception):
    """Raised by work after it has done its steps."""


class Work:
    """Steps in one transaction; may raise at its end."""

    def __init__(self, wanted: list[Step], fails: bool) -> None:
        self.wanted = wanted
        self.fails = fails

    def __repr__(self) -> str:
        return f"Work({self.wanted}, fails={self.fails})"

    def __call__(self, tx: Any) -> list[Any]:
        results = [one.on(tx) for one in self.wanted]
        if self.fails:
            raise Failing
        return results


works = st.builds(Work, st.lists(steps, min_size=1, max_size=4), st.sampled_from((False, False, False, True)))


class LedgerMachine(RuleBasedStateMachine):
    """Ledger and model side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-machine-"))
        self.lives = 0
        self.model = Model()
        self.runner = asyncio.Runner()
        self.ledger = self._open()

    def _open(self) -> SqliteLedger:
        return SqliteLedger(self.folder / f"life-{self.lives}" / "ledger.sqlite").open()

    def teardown(self) -> None:
        self.ledger.close()
        self.runner.close()
        shutil.rmtree(self.folder)

    @initialize(
        records=st.lists(records, max_size=3), waiting=st.lists(notifications, max_size=3, unique_by=lambda n: n.id)
    )
    def an_evening_under_way(self, records: list[OrderRecord], waiting: list[Notification]) -> None:
        self._all([Work([Step("put_order", (one,), {}) for one in records], fails=False)])
        self._all([Work([Step("add_notification", (one,), {}) for one in waiting], fails=False)])

    @rule(work=works)
    def write(self, work: Work) -> None:
        self._all([work])

    @rule(many=st.lists(works, min_size=2, max_size=4))
    def write_at_once(self, many: list[Work]) -> None:
        self._all(many)

    def _all(self, many: list[Work]) -> None:
        expected: list[list[Any] | None] = []
        for work in many:
            trial = copy.deepcopy(self.model)
            try:
                expected.append(work(trial))
            except (Failing, ValueError):
                expected.append(None)
            else:
                self.model = trial

        async def together() -> list[list[Any] | BaseException]:
            return await asyncio.gather(*(self.ledger.write(work) for work in many), return_exceptions=True)

        found = self.runner.run(together())
        assert [plainly(one) for one in found] == [plainly(one) for one in expected]

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        self.ledger = self._open()

    @rule()
    def crash(self) -> None:
        dying = self.ledger
        self.lives += 1
        copy_of = self.folder / f"life-{self.lives}"
        copy_of.mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(dying.path.with_name(dying.path.name + suffix), copy_of)
        dying.close()
        self.ledger = self._open()

    @invariant()
    def says_what_the_model_says(self) -> None:
        found = self.runner.run(self.ledger.read(everything))
        assert found == everything(self.model)


def plainly(result: list[Any] | BaseException | None) -> Any:
    """Results of work that compare: none at all when it failed, notifications without their number."""
    if result is None or isinstance(result, BaseException):
        return "failed"
    return [[(n.id, n.attempts) for n in one] if isinstance(one, list) else one for one in result]


def test_ledger() -> None:
    run_state_machine_as_test(LedgerMachine, settings=settings(max_examples=40, stateful_step_count=20))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ledger_at_length() -> None:
    run_state_machine_as_test(LedgerMachine, settings=settings(max_examples=500, stateful_step_count=50))
