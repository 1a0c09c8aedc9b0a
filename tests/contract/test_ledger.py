"""What every ledger promises (ports/ledger.py), on each implementation: a new one is added to `bench`."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest

from app.domain.availability import Closing, ClosingSource
from app.domain.catalog_version import CatalogItem, CatalogOrigin, CatalogVersion
from app.domain.errors import LedgerError
from app.domain.record import (
    IN_COMPANION,
    DueKind,
    DueRow,
    Mark,
    Notification,
    OrderKey,
    OrderRecord,
)
from app.domain.status import Injection, OrderType, Origin, Status
from app.infra.ledger_sqlite import SqliteLedger
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from tests.helpers.clock import START
from tests.helpers.ledger import ELSEWHERE, KEY, MINUTE, OTHER, Gate, queued, record, told, version

LEASE = timedelta(seconds=30)


class ClosingLedger(Ledger, Protocol):
    """A ledger that can be closed."""

    def close(self) -> None: ...


class Bench(Protocol):
    """One implementation: what is opened again has what was kept before."""

    def open(self) -> AbstractContextManager[ClosingLedger]: ...


class SqliteBench:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.sqlite"

    def open(self) -> AbstractContextManager[ClosingLedger]:
        return SqliteLedger(self._path)


@pytest.fixture(params=["sqlite"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    return {"sqlite": SqliteBench}[request.param](tmp_path)


@pytest.fixture
async def ledger(bench: Bench) -> AsyncIterator[ClosingLedger]:
    with bench.open() as opened:
        yield opened


async def do(ledger: Ledger, *works: Callable[[LedgerTransaction], object]) -> None:
    """Several things as one piece of work."""

    def write(tx: LedgerTransaction) -> None:
        for work in works:
            work(tx)

    await ledger.write(write)


async def put(ledger: Ledger, *records: OrderRecord) -> None:
    def write(tx: LedgerTransaction) -> None:
        for one in records:
            tx.put_order(one)

    await ledger.write(write)


async def add(ledger: Ledger, *notifications: Notification) -> None:
    def write(tx: LedgerTransaction) -> None:
        for one in notifications:
            tx.add_notification(one)

    await ledger.write(write)


async def claimed(
    ledger: Ledger, at: datetime = START, limit: int = 10, points: Iterable[str] = ("3961", "77")
) -> list[str]:
    rows = await ledger.write(lambda tx: tx.claim_notifications(at, LEASE, limit, list(points)))
    return [row.id for row in rows]


async def orders_of(ledger: Ledger, look: Callable[[LedgerView], list[OrderRecord]]) -> list[str]:
    return [one.order_id for one in await ledger.read(look)]


# orders


async def test_a_record_comes_back_as_it_was(ledger: Ledger) -> None:
    whole = record(
        order_id_is_number=True,
        type=OrderType.RESERVATION,
        code="RNYLUD",
        channel="glovo",
        market_order_id="73626",
        execution_at=START + MINUTE,
        accept_by=START + timedelta(microseconds=1),
        scheduled=True,
        status=Status.SEATED,
        status_origin=Origin.STAFF,
        reason="other",
        comment="«sí» 🍕\0",
        preparation_minutes=0,
        injection=Injection.INJECTED,
        first_try_at=START,
        attempts=3,
        look_up_first=True,
        confirmed=True,
        print_ticket=False,
        pos_order_id="77",
        pos_status="Sentado",
        pos_has=Status.SEATED,
        version=2,
        created=False,
        sinqro_revision=8,
        revision=5,
        total=Decimal("58.50"),
        currency="KWD",
        total_difference=Decimal("-0.001"),
        refunded=Decimal("1E+2"),
        marks=frozenset({Mark.CHANGED, Mark.LATE}),
    )
    await put(ledger, whole, record(OTHER))
    found = await ledger.read(lambda view: view.order(KEY))
    assert found == whole
    assert found is not None
    assert found.total.as_tuple() == whole.total.as_tuple()
    assert await ledger.read(lambda view: view.order(OTHER)) == record(OTHER)
    assert await ledger.read(lambda view: view.order(ELSEWHERE)) is None


async def test_a_record_is_replaced(ledger: Ledger) -> None:
    await put(ledger, record(), record(status=Status.ACCEPTED))
    found = await ledger.read(lambda view: view.order(KEY))
    assert found == record(status=Status.ACCEPTED)
    assert await ledger.read(lambda view: view.open_count("3961")) == 1


async def test_order_by_pos_id(ledger: Ledger) -> None:
    later = START + MINUTE
    await put(
        ledger,
        record(KEY, pos_order_id="5"),
        record(ELSEWHERE, pos_order_id="6"),
        record(OTHER),
        record(OrderKey("3961", "new"), pos_order_id="5", received_at=later),
    )
    for point, name, expected in (("3961", "5", "new"), ("77", "6", "418774"), ("77", "5", None), ("3961", "", None)):
        found = await ledger.read(lambda view, at=point, pos=name: view.order_by_pos_id(at, pos))  # type: ignore[misc]
        assert (found.order_id if found else None) == expected
    await put(ledger, record(KEY, pos_order_id="9"))
    moved = await ledger.read(lambda view: view.order_by_pos_id("3961", "9"))
    assert moved is not None
    assert moved.key == KEY


@pytest.mark.parametrize(
    ("more", "open_"),
    [
        ({}, True),
        ({"status": Status.READY, "injection": Injection.INJECTED}, True),
        ({"status": Status.COMPLETED, "injection": Injection.INJECTED}, False),
        ({"status": Status.COMPLETED, "injection": Injection.HELD}, True),
        ({"status": Status.COMPLETED, "injection_code": IN_COMPANION}, False),
        ({"status": Status.CANCELLED, "injection": Injection.WITHDRAWN}, False),
        ({"status": Status.CANCELLED, "injection": Injection.INJECTING}, True),
        ({"status": Status.REJECTED, "injection": Injection.FAILED}, False),
        ({"status": Status.NO_SHOW, "injection": Injection.INJECTED}, False),
        (
            {"status": Status.CANCELLED, "injection": Injection.INJECTED, "marks": frozenset({Mark.CANCEL_BY_HAND})},
            True,
        ),
        ({"status": Status.COMPLETED, "injection": Injection.INJECTED, "marks": frozenset({Mark.REFUNDED})}, False),
    ],
)
async def test_which_orders_are_open(ledger: Ledger, more: dict[str, Any], open_: bool) -> None:
    await put(ledger, record(**more), record(ELSEWHERE))
    assert await orders_of(ledger, lambda view: view.open_orders("3961")) == ([KEY.order_id] if open_ else [])
    runs = open_ and not (more.get("marks") and more["status"].final)
    assert await ledger.read(lambda view: view.open_count("3961")) == runs
    assert await ledger.read(lambda view: view.open_count("none")) == 0
    assert len(await orders_of(ledger, lambda view: view.open_orders())) == 1 + open_


async def test_lists_go_from_old_to_new(ledger: Ledger) -> None:
    many = [record(OrderKey("3961", str(n)), received_at=START + (n * 7 % 10) * MINUTE) for n in range(10)]
    await put(ledger, *many, record(ELSEWHERE, received_at=START + 3 * MINUTE))
    by_age = [one.order_id for one in sorted(many, key=lambda one: one.received_at)]
    assert await orders_of(ledger, lambda view: view.open_orders("3961")) == by_age
    assert await orders_of(ledger, lambda view: view.orders_since(START + 3 * MINUTE, "3961")) == by_age[3:]
    everywhere = await orders_of(ledger, lambda view: view.orders_since(START + 3 * MINUTE))
    assert sorted(everywhere) == sorted([*by_age[3:], ELSEWHERE.order_id])
    assert await orders_of(ledger, lambda view: view.orders_since(START + 10 * MINUTE)) == []


# texts, history, early statuses


async def test_versions(ledger: Ledger) -> None:
    raws = [b'{"id": 1 ,  "x": "\xff"}', b"", bytes(range(256))]

    def write(tx: LedgerTransaction) -> None:
        tx.put_order(record(version=2))
        for number in (3, 1, 2):
            tx.add_version(KEY, version(number, raws[number - 1]))
        tx.add_version(OTHER, version(1))

    await ledger.write(write)
    assert await ledger.read(lambda view: view.versions(KEY)) == [version(n, raws[n - 1]) for n in (1, 2, 3)]
    assert await ledger.read(lambda view: view.version(KEY)) == version(2, raws[1])
    assert await ledger.read(lambda view: view.version(KEY, 3)) == version(3, raws[2])
    assert await ledger.read(lambda view: view.version(KEY, 4)) is None
    assert await ledger.read(lambda view: view.version(ELSEWHERE)) is None
    assert await ledger.read(lambda view: view.version(OTHER)) is None  # a text without a record has no current one


async def test_a_version_is_never_written_over(ledger: Ledger) -> None:
    await ledger.write(lambda tx: tx.add_version(KEY, version(1, b"first")))

    def again(tx: LedgerTransaction) -> None:
        tx.set_value("trace", "x")
        tx.add_version(KEY, version(1, b"second"))

    with pytest.raises(Exception, match=r"(?i)unique"):
        await ledger.write(again)
    assert await ledger.read(lambda view: view.version(KEY, 1)) == version(1, b"first")
    assert await ledger.read(lambda view: view.value("trace")) is None


async def test_history(ledger: Ledger) -> None:
    detail = {"posOrderId": "5", "attempts": 2, "total": Decimal("12.50"), "deep": {"list": [1, None, True, "ñ"]}}

    def write(tx: LedgerTransaction) -> None:
        tx.add_history(KEY, START + MINUTE, "injected", Origin.POS, **detail)
        tx.add_history(OTHER, START, "received", Origin.SINQRO)
        tx.add_history(KEY, START, "status", Origin.STAFF)  # told later of an earlier moment: stays where it came

    await ledger.write(write)
    entries = await ledger.read(lambda view: view.history(KEY))
    assert [(entry.at, entry.kind, entry.origin, entry.detail) for entry in entries] == [
        (START + MINUTE, "injected", Origin.POS, detail),
        (START, "status", Origin.STAFF, {}),
    ]
    assert await ledger.read(lambda view: view.history(ELSEWHERE)) == []


async def test_early_statuses(ledger: Ledger) -> None:
    messages = [{"status": "cancelled", "reason": "", "revision": 2}, {"status": "ready", "revision": 1}]

    def write(tx: LedgerTransaction) -> None:
        for message in messages:
            tx.add_early_status(KEY, START, message)
        tx.add_early_status(OTHER, START, {"status": "x"})

    await ledger.write(write)
    assert await ledger.read(lambda view: view.early_status(KEY)) == messages
    await ledger.write(lambda tx: tx.clear_early_status(KEY))
    assert await ledger.read(lambda view: view.early_status(KEY)) == []
    assert await ledger.read(lambda view: view.early_status(OTHER)) == [{"status": "x"}]


# small things


async def test_the_first_answer_stays(ledger: Ledger) -> None:
    first = {"state": "stored", "orderId": 418774, "total": Decimal("1.10")}

    def write(tx: LedgerTransaction) -> None:
        tx.put_answer("order.create", "3961", "r1", START, first)
        tx.put_answer("order.create", "3961", "r1", START, {"state": "other"})
        tx.put_answer("order.create", "77", "r1", START, [])

    await ledger.write(write)
    assert await ledger.read(lambda view: view.answer("order.create", "3961", "r1")) == first
    assert await ledger.read(lambda view: view.answer("order.create", "77", "r1")) == []
    assert await ledger.read(lambda view: view.answer("order.update", "3961", "r1")) is None
    assert await ledger.read(lambda view: view.answer("order.create", "3961", "r2")) is None


async def test_answers_nobody_asks_for_any_more_go_at_a_start(ledger: Ledger) -> None:
    def write(tx: LedgerTransaction) -> None:
        tx.put_answer("m", "3961", "old", START - timedelta(days=10), "old")
        tx.put_answer("m", "3961", "new", START - timedelta(hours=72), "new")
        tx.recover_leases(START)

    await ledger.write(write)
    assert await ledger.read(lambda view: view.answer("m", "3961", "old")) is None
    assert await ledger.read(lambda view: view.answer("m", "3961", "new")) == "new"


async def test_values(ledger: Ledger) -> None:
    for name, value in (("a", "1"), ("b", ""), ("a", "ñ\0")):
        await ledger.write(lambda tx, n=name, v=value: tx.set_value(n, v))  # type: ignore[misc]
    assert await ledger.read(lambda view: [view.value(name) for name in "abc"]) == ["ñ\0", "", None]


async def test_closings(ledger: Ledger) -> None:
    closing = Closing(
        id="b",
        source=ClosingSource.STAFF,
        since=START,
        until=START + MINUTE,
        order_types=(OrderType.DELIVERY,),
        channels=("glovo",),
    )
    plain = Closing(id="a", source=ClosingSource.POS, since=START)

    def write(tx: LedgerTransaction) -> None:
        tx.put_closing("3961", closing)
        tx.put_closing("3961", plain)
        tx.put_closing("77", plain)

    await ledger.write(write)
    assert sorted(await ledger.read(lambda view: view.closings("3961")), key=lambda one: one.id) == [plain, closing]
    changed = Closing(id="a", source=ClosingSource.POS, since=START, until=START + MINUTE)
    await do(
        ledger,
        lambda tx: tx.put_closing("3961", changed),
        lambda tx: tx.remove_closing("3961", "b"),
        lambda tx: tx.remove_closing("3961", "c"),
    )
    assert await ledger.read(lambda view: view.closings("3961")) == [changed]
    assert await ledger.read(lambda view: view.closings("77")) == [plain]


async def test_versions_of_a_catalog(ledger: Ledger) -> None:
    def catalog_version(number: int, changes: int = 3) -> CatalogVersion:
        return CatalogVersion(
            number=number, at=START, origin=CatalogOrigin.POS, entities=40, products=26, changes=changes
        )

    assert await ledger.read(lambda view: view.catalog_versions("3961")) == []

    def put(tx: LedgerTransaction) -> None:
        for number in (0, 1, 2, 3):
            tx.put_catalog_version("3961", catalog_version(number), b"%d" % number)
        tx.put_catalog_version("77", catalog_version(1), b"other")

    await ledger.write(put)
    found = await ledger.read(lambda view: view.catalog_versions("3961"))
    assert found == [catalog_version(3), catalog_version(2), catalog_version(1), catalog_version(0)]
    await ledger.write(lambda tx: tx.put_catalog_version("3961", catalog_version(0, changes=5), b"anew"))
    await ledger.write(lambda tx: tx.drop_catalog_versions("3961", [1, 99]))
    found = await ledger.read(lambda view: view.catalog_versions("3961"))
    assert found == [catalog_version(3), catalog_version(2), catalog_version(0, changes=5)]
    assert await ledger.read(lambda view: view.has_catalog("3961"))
    assert not await ledger.read(lambda view: view.has_catalog("88"))

    async def body(point: str, number: int) -> bytes | None:
        return await ledger.read(lambda view: view.catalog_body(point, number))

    assert (await body("3961", 0), await body("3961", 1), await body("77", 1)) == (b"anew", None, b"other")


async def test_items_of_the_published_catalog(ledger: Ledger) -> None:
    def item(ident: str, kind: str = "product", **changes: Any) -> CatalogItem:
        given: dict[str, Any] = {"name": "Margarita", "price": Decimal("9.50"), "available": True} | changes
        return CatalogItem(kind=kind, external_id=ident, **given)

    async def found(point: str, kind: str, ident: str) -> CatalogItem | None:
        return await ledger.read(lambda view: view.catalog_item(point, kind, ident))

    await ledger.write(lambda tx: tx.put_catalog_items("3961", [item("1"), item("2"), item("1", "productOption")], []))
    changed = item("1", price=None, available=False)
    await ledger.write(lambda tx: tx.put_catalog_items("3961", [changed], [item("2")]))
    assert await found("3961", "product", "1") == changed
    assert await found("3961", "product", "2") is None
    assert await found("3961", "productOption", "1") == item("1", "productOption")
    assert await found("77", "product", "1") is None
    assert not await ledger.read(lambda view: view.has_catalog("3961"))


async def test_what_a_person_matched(ledger: Ledger) -> None:
    await ledger.write(lambda tx: tx.put_match("3961", "product", "17", "P-1"))
    await ledger.write(lambda tx: tx.put_match("3961", "product", "18", "P-2"))
    await ledger.write(lambda tx: tx.put_match("3961", "product", "17", "P-3"))

    async def match(point: str, kind: str, ident: str) -> str | None:
        return await ledger.read(lambda view: view.match(point, kind, ident))

    assert await match("3961", "product", "17") == "P-3"
    assert await match("3961", "product", "18") == "P-2"
    assert await match("3961", "productOption", "17") is None
    assert await match("77", "product", "17") is None


async def test_quarantine_keeps_the_newest(ledger: Ledger) -> None:
    await ledger.write(lambda tx: tx.add_quarantine(START, "no id", b"\xff[[["))
    assert await ledger.read(lambda view: view.quarantine()) == [(START, "no id", b"\xff[[[")]

    def flood(tx: LedgerTransaction) -> None:
        for number in range(1000):
            tx.add_quarantine(START + MINUTE, str(number), b"")

    await ledger.write(flood)
    kept = [reason for _, reason, _ in await ledger.read(lambda view: view.quarantine())]
    assert 100 <= len(kept) < 1000
    assert kept == [str(n) for n in range(1000 - len(kept), 1000)]


# due rows


async def due(ledger: Ledger, at: datetime, points: Iterable[str] = ("3961", "77"), limit: int = 100) -> list[DueRow]:
    return await ledger.read(lambda view: view.due_rows(at, list(points), limit))


async def test_due_rows_come_oldest_first_for_those_who_ask(ledger: Ledger) -> None:
    rows = [
        DueRow(kind=DueKind.INJECT, key=KEY, at=START),
        DueRow(kind=DueKind.ALARM, key=ELSEWHERE, at=START - MINUTE),
        DueRow(kind=DueKind.ALARM, key=KEY, at=START - 2 * MINUTE),
        DueRow(kind=DueKind.INJECT, key=OTHER, at=START + timedelta(microseconds=1)),
    ]

    def write(tx: LedgerTransaction) -> None:
        for row in rows:
            tx.set_due(row.kind, row.key, row.at)

    await ledger.write(write)
    assert await due(ledger, START) == [rows[2], rows[1], rows[0]]
    assert await due(ledger, START, limit=2) == [rows[2], rows[1]]
    assert await due(ledger, START, ["77"]) == [rows[1]]
    assert await due(ledger, START, []) == []
    assert await due(ledger, START + MINUTE) == [rows[2], rows[1], rows[0], rows[3]]
    assert await ledger.read(lambda view: view.next_due(["3961", "77"])) == rows[2].at
    assert await ledger.read(lambda view: view.next_due(["77"])) == rows[1].at
    assert await ledger.read(lambda view: view.next_due(["none"])) is None
    assert await ledger.read(lambda view: view.next_due([])) is None


async def test_a_lease(ledger: Ledger) -> None:
    """Claimed once; not again while it lasts; again when it has run out."""

    async def claim(at: datetime) -> bool:
        return await ledger.write(lambda tx: tx.claim(DueKind.INJECT, KEY, at, LEASE))

    await ledger.write(lambda tx: tx.set_due(DueKind.INJECT, KEY, START))
    assert not await claim(START - MINUTE)
    assert await claim(START)
    assert not await claim(START)
    assert await due(ledger, START) == []
    assert await ledger.read(lambda view: view.next_due(["3961"])) == START + LEASE
    assert not await claim(START + LEASE - timedelta(microseconds=1))
    assert await due(ledger, START + LEASE) == [DueRow(kind=DueKind.INJECT, key=KEY, at=START + LEASE)]
    assert await claim(START + LEASE)
    assert not await ledger.write(lambda tx: tx.claim(DueKind.ALARM, KEY, START + MINUTE, LEASE))
    assert not await ledger.write(lambda tx: tx.claim(DueKind.INJECT, OTHER, START + MINUTE, LEASE))


async def test_a_lease_given_back(ledger: Ledger) -> None:
    def write(tx: LedgerTransaction) -> bool:
        tx.set_due(DueKind.INJECT, KEY, START)
        tx.claim(DueKind.INJECT, KEY, START, LEASE)
        tx.release_due(DueKind.INJECT, KEY, START + 5 * MINUTE)
        tx.release_due(DueKind.INJECT, OTHER, START)  # done meanwhile: does not come back
        return tx.claim(DueKind.INJECT, KEY, START + MINUTE, LEASE)

    assert not await ledger.write(write)
    assert await due(ledger, START + 5 * MINUTE) == [DueRow(kind=DueKind.INJECT, key=KEY, at=START + 5 * MINUTE)]


async def test_set_due_replaces_lease_and_all(ledger: Ledger) -> None:
    def write(tx: LedgerTransaction) -> bool:
        tx.set_due(DueKind.INJECT, KEY, START)
        tx.claim(DueKind.INJECT, KEY, START, timedelta(days=1))
        tx.set_due(DueKind.INJECT, KEY, START)
        return tx.claim(DueKind.INJECT, KEY, START, LEASE)

    assert await ledger.write(write)


async def test_clear_due(ledger: Ledger) -> None:
    def write(tx: LedgerTransaction) -> None:
        for kind in DueKind:
            for key in (KEY, OTHER, ELSEWHERE):
                tx.set_due(kind, key, START)
        tx.clear_due(KEY, DueKind.INJECT, DueKind.ALARM)
        tx.clear_due(OTHER)

    await ledger.write(write)
    left = {(row.kind, row.key) for row in await due(ledger, START)}
    gone = {(DueKind.INJECT, KEY), (DueKind.ALARM, KEY)}
    assert left == {(kind, key) for kind in DueKind for key in (KEY, ELSEWHERE)} - gone


async def test_leases_of_the_process_before_end_at_a_start(ledger: Ledger) -> None:
    """Rows that lie ahead on purpose stay where they are, retries don't."""

    def write(tx: LedgerTransaction) -> None:
        for kind in DueKind:
            tx.set_due(kind, KEY, START + timedelta(hours=2))
        tx.set_due(DueKind.POS_STATUS, OTHER, START)
        tx.claim(DueKind.POS_STATUS, OTHER, START, timedelta(hours=1))
        tx.add_notification(told("n"))
        tx.claim_notifications(START, timedelta(hours=1), 1, ["3961"])
        tx.recover_leases(START + MINUTE)

    await ledger.write(write)
    now_due = {(row.kind, row.key) for row in await due(ledger, START + MINUTE)}
    assert now_due == {
        (DueKind.POS_STATUS, OTHER),
        (DueKind.POS_STATUS, KEY),
        (DueKind.POS_UPDATE, KEY),
        (DueKind.WITHDRAW, KEY),
    }
    assert await claimed(ledger, START + MINUTE) == ["n"]


# outbox


async def test_a_notification_goes_out_as_it_was_put_in(ledger: Ledger) -> None:
    data = {"orderId": 418774, "status": "accepted", "total": Decimal("12.50"), "preparationTime": None}
    whole = told("m1", data=data, created_at=START - MINUTE, deliver_by=START + MINUTE)
    await add(ledger, whole)
    (sent,) = await ledger.write(lambda tx: tx.claim_notifications(START, LEASE, 5, ["3961"]))
    assert (sent.id, sent.selling_point, sent.order_id, sent.type) == ("m1", *KEY, whole.type)
    assert sent.data == data
    assert (sent.created_at, sent.deliver_by, sent.due_at) == (START - MINUTE, START + MINUTE, START - MINUTE)
    assert (sent.attempts, sent.last_error) == (0, "")
    (waiting,) = await ledger.read(lambda view: view.undelivered(KEY))
    assert waiting.attempts == 1  # counted when claimed: it may have been sent


async def test_in_order_for_each_order_and_side_by_side_for_different_ones(ledger: Ledger) -> None:
    await add(ledger, told("a1"), told("a2"), told("b1", OTHER), told("c1", ELSEWHERE), told("b2", OTHER))
    assert await claimed(ledger) == ["a1", "b1", "c1"]
    assert await claimed(ledger) == []
    await ledger.write(lambda tx: tx.notification_delivered("b1", START))
    assert await claimed(ledger) == ["b2"]
    await ledger.write(lambda tx: tx.notification_failed("a1", START, "refused"))
    assert await claimed(ledger) == ["a2"]


async def test_without_an_order_they_go_in_order_of_their_type(ledger: Ledger) -> None:
    catalog = [told(name, OrderKey("3961", ""), type="catalog.changed") for name in ("c1", "c2")]
    await add(ledger, *catalog, told("d1", OrderKey("3961", ""), type="availability.changed"), told("a1"))
    assert await claimed(ledger) == ["c1", "d1", "a1"]


async def test_claiming_is_limited_and_for_selling_points(ledger: Ledger) -> None:
    await add(ledger, told("a"), told("b", OTHER), told("c", ELSEWHERE))
    assert await claimed(ledger, points=[]) == []
    assert await claimed(ledger, points=["77"]) == ["c"]
    assert await claimed(ledger, limit=1) == ["a"]
    assert await claimed(ledger, limit=5) == ["b"]


async def test_a_lost_lease_is_sent_again_under_the_same_id(ledger: Ledger) -> None:
    await add(ledger, told("a1"), told("a2"))
    assert await claimed(ledger) == ["a1"]
    assert await ledger.read(lambda view: view.next_notification_due(("3961",))) == START + LEASE
    assert await claimed(ledger, START + LEASE - timedelta(microseconds=1)) == []
    (again,) = await ledger.write(lambda tx: tx.claim_notifications(START + LEASE, LEASE, 5, ["3961"]))
    assert (again.id, again.attempts) == ("a1", 1)


async def test_a_retry(ledger: Ledger) -> None:
    await add(ledger, told("a1"), told("a2"))
    await claimed(ledger)
    await ledger.write(lambda tx: tx.notification_retry("a1", START + MINUTE, "503"))
    assert await claimed(ledger, START + MINUTE - timedelta(microseconds=1)) == []
    (again,) = await ledger.write(lambda tx: tx.claim_notifications(START + MINUTE, LEASE, 5, ["3961"]))
    assert (again.id, again.attempts, again.last_error, again.due_at) == ("a1", 1, "503", START + MINUTE)


async def test_a_retry_that_was_no_try(ledger: Ledger) -> None:
    await add(ledger, told("a1"))
    await claimed(ledger)
    await ledger.write(lambda tx: tx.notification_retry("a1", START, "no link", counted=False))
    (again,) = await ledger.write(lambda tx: tx.claim_notifications(START, LEASE, 5, ["3961"]))
    assert again.attempts == 0


async def test_not_before_it_is_due(ledger: Ledger) -> None:
    await add(ledger, told("a", due_at=START + MINUTE))
    assert await ledger.read(lambda view: view.next_notification_due(("3961",))) == START + MINUTE
    assert await claimed(ledger) == []
    assert await claimed(ledger, START + MINUTE) == ["a"]


async def test_when_the_next_may_be_tried(ledger: Ledger) -> None:
    """What waits behind another of its order may not: else the sender would turn on the spot."""

    async def coming() -> datetime | None:
        return await ledger.read(lambda view: view.next_notification_due(("3961",)))

    assert await coming() is None
    await add(ledger, told("a1"), told("a2"))
    assert await coming() == START
    await claimed(ledger)
    await ledger.write(lambda tx: tx.notification_retry("a1", START + 5 * MINUTE, "503"))
    assert await coming() == START + 5 * MINUTE
    await add(ledger, told("b1", OTHER, created_at=START + MINUTE))
    assert await coming() == START + MINUTE
    await do(
        ledger, lambda tx: tx.notification_delivered("a1", START), lambda tx: tx.notification_delivered("b1", START)
    )
    assert await coming() == START
    await ledger.write(lambda tx: tx.notification_delivered("a2", START))
    assert await coming() is None


async def test_a_later_status_replaces_what_was_not_tried(ledger: Ledger) -> None:
    await add(ledger, told("tried"), told("waiting"), told("kept"), told("other", OTHER), told("there", ELSEWHERE))
    await claimed(ledger, limit=1)
    names = ["tried", "waiting", "other", "there", "nobody"]
    await ledger.write(lambda tx: tx.add_notification(told("new"), supersedes=names))
    assert [one.id for one in await ledger.read(lambda view: view.undelivered(KEY))] == ["tried", "kept", "new"]
    assert [one.id for one in await ledger.read(lambda view: view.undelivered(OTHER))] == ["other"]
    assert await ledger.read(lambda view: view.outbox_size()) == 5
    await ledger.write(lambda tx: tx.notification_delivered("tried", START))
    assert await claimed(ledger, points=["3961"]) == ["kept", "other"]


async def test_a_sign_of_life_makes_everything_due(ledger: Ledger) -> None:
    await add(ledger, told("a"), told("b", OTHER, due_at=START + 50 * MINUTE), told("c", ELSEWHERE))
    assert await claimed(ledger) == ["a", "c"]
    await ledger.write(lambda tx: tx.notification_retry("a", START + 60 * MINUTE, "503"))
    assert await ledger.write(lambda tx: tx.notifications_due_now(START)) == 2
    assert await claimed(ledger) == ["a", "b"]  # c is under way
    assert await ledger.write(lambda tx: tx.notifications_due_now(START)) == 0


async def test_what_is_done_stays_done(ledger: Ledger) -> None:
    await add(ledger, told("a"), told("b", OTHER))
    await claimed(ledger)

    def write(tx: LedgerTransaction) -> None:
        tx.notification_delivered("a", START)
        tx.notification_failed("b", START, "gone")
        for name in ("a", "b", "nobody"):
            tx.notification_failed(name, START, "late word")
            tx.notification_retry(name, START, "late word")
            tx.notification_delivered(name, START)

    await ledger.write(write)
    assert await claimed(ledger, START + timedelta(days=1)) == []
    assert await ledger.read(lambda view: view.outbox_size()) == 0


async def test_what_is_not_delivered(ledger: Ledger) -> None:
    await add(ledger, told("a1"), told("a2"), told("b", OTHER), told("c", ELSEWHERE))
    assert [one.id for one in await ledger.read(lambda view: view.undelivered(KEY))] == ["a1", "a2"]
    await claimed(ledger, limit=1)
    await ledger.write(lambda tx: tx.notification_delivered("a1", START))
    assert [one.id for one in await ledger.read(lambda view: view.undelivered(KEY))] == ["a2"]
    sizes = [await ledger.read(lambda view, at=at: view.outbox_size(at)) for at in (None, "3961", "77", "none")]  # type: ignore[misc]
    assert sizes == [3, 2, 1, 0]


async def test_one_id_is_one_notification(ledger: Ledger) -> None:
    await add(ledger, told("a"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await add(ledger, told("b"), told("a", OTHER))
    assert await ledger.read(lambda view: view.outbox_size()) == 1


# work


class OddError(Exception):
    """Raised by work in these tests."""


async def test_work_that_raises_leaves_nothing(ledger: Ledger) -> None:
    await put(ledger, record())

    def write(tx: LedgerTransaction) -> None:
        tx.put_order(record(status=Status.CANCELLED))
        tx.put_order(record(OTHER))
        tx.add_version(KEY, version(1))
        tx.add_history(KEY, START, "x", Origin.POS)
        tx.add_early_status(KEY, START, {})
        tx.put_answer("m", "3961", "r", START, 1)
        tx.set_value("v", "1")
        tx.put_closing("3961", Closing(id="c", source=ClosingSource.POS, since=START))
        tx.set_due(DueKind.INJECT, KEY, START)
        tx.add_notification(told("n"))
        tx.add_quarantine(START, "why", b"")
        assert tx.order(OTHER) is not None  # work sees what it does
        raise OddError("no")

    with pytest.raises(OddError, match="no"):
        await ledger.write(write)

    def look(view: LedgerView) -> list[Any]:
        return [
            view.order(KEY),
            *(view.order(OTHER), view.answer("m", "3961", "r"), view.value("v"), view.next_due(["3961"])),
            *(view.versions(KEY), view.history(KEY), view.early_status(KEY), view.closings("3961"), view.quarantine()),
            view.outbox_size(),
        ]

    assert await ledger.read(look) == [record(), None, None, None, None, [], [], [], [], [], 0]


async def test_one_that_fails_takes_nothing_with_it(ledger: Ledger) -> None:
    """All of them in one batch, since the writer was busy."""

    def failing(tx: LedgerTransaction) -> None:
        tx.set_value("bad", "1")
        raise OddError

    async with Gate(ledger) as gate:
        tasks = await queued(
            ledger, lambda tx: tx.set_value("one", "1"), failing, lambda tx: tx.set_value("two", str(tx.value("bad")))
        )
        gate.open()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), OddError, type(None)]
    assert await ledger.read(lambda view: [view.value(name) for name in ("one", "bad", "two")]) == ["1", None, "None"]


@pytest.mark.parametrize(
    "raised", [StopIteration, RuntimeError, KeyError, asyncio.CancelledError, LedgerError, OddError]
)
async def test_whatever_work_raises_everybody_is_answered(ledger: Ledger, raised: type[BaseException]) -> None:
    def failing(tx: LedgerTransaction) -> None:
        raise raised("odd")

    async with Gate(ledger) as gate:
        tasks = await queued(ledger, failing, lambda tx: "fine")
        gate.open()
        async with asyncio.timeout(10):
            results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[1] == "fine"
    assert isinstance(results[0], RuntimeError if raised is StopIteration else raised)


async def test_work_is_done_one_after_the_other_in_the_order_of_the_calls(ledger: Ledger) -> None:
    """What a piece of work reads is what it changes: none of 300 counts is lost."""

    def count(tx: LedgerTransaction) -> int:
        number = int(tx.value("count") or 0) + 1
        tx.set_value("count", str(number))
        return number

    assert await asyncio.gather(*(ledger.write(count) for _ in range(300))) == list(range(1, 301))
    assert await ledger.read(lambda view: view.value("count")) == "300"


async def test_what_work_returns_is_handed_over(ledger: Ledger) -> None:
    thing = object()
    assert await ledger.write(lambda tx: thing) is thing
    assert await ledger.read(lambda view: thing) is thing


async def test_a_read_sees_what_was_written_before_it(ledger: Ledger) -> None:
    for number in range(20):
        await ledger.write(lambda tx, n=number: tx.set_value("v", str(n)))  # type: ignore[misc]
        assert await ledger.read(lambda view: view.value("v")) == str(number)


async def test_reading_goes_on_beside_a_busy_writer_and_sees_nothing_unfinished(ledger: Ledger) -> None:
    await ledger.write(lambda tx: tx.set_value("v", "old"))
    entered, go_on = threading.Event(), threading.Event()

    def slow(tx: LedgerTransaction) -> None:
        tx.set_value("v", "new")
        entered.set()
        assert go_on.wait(20)

    writing = asyncio.create_task(ledger.write(slow))
    assert await asyncio.to_thread(entered.wait, 20)
    async with asyncio.timeout(10):
        assert await ledger.read(lambda view: view.value("v")) == "old"
    go_on.set()
    await writing
    assert await ledger.read(lambda view: view.value("v")) == "new"


async def test_one_read_sees_one_state(ledger: Ledger) -> None:
    await ledger.write(lambda tx: tx.set_value("v", "old"))
    looked, go_on = threading.Event(), threading.Event()

    def twice(view: LedgerView) -> list[str | None]:
        first = view.value("v")
        looked.set()
        assert go_on.wait(20)
        return [first, view.value("v")]

    reading = asyncio.create_task(ledger.read(twice))
    assert await asyncio.to_thread(looked.wait, 20)
    await ledger.write(lambda tx: tx.set_value("v", "new"))
    go_on.set()
    assert await reading == ["old", "old"]
    assert await ledger.read(lambda view: view.value("v")) == "new"


async def test_a_read_that_raises_breaks_nothing(ledger: Ledger) -> None:
    def failing(view: LedgerView) -> None:
        raise OddError

    for _ in range(2):
        with pytest.raises(OddError):
            await ledger.read(failing)
    assert await ledger.read(lambda view: view.value("v")) is None


async def test_a_caller_that_goes_away_takes_nobody_with_it(ledger: Ledger) -> None:
    async with Gate(ledger) as gate:
        gone, waiting = await queued(ledger, lambda tx: tx.set_value("gone", "1"), lambda tx: tx.set_value("v", "1"))
        gone.cancel()
        await asyncio.wait([gone])
        gate.open()
        await waiting
    assert gone.cancelled()
    assert await ledger.read(lambda view: [view.value("v"), view.value("gone")]) == ["1", "1"]  # handed over is done


async def test_callers_from_several_loops(ledger: Ledger) -> None:
    def elsewhere(name: str) -> str:
        def write(tx: LedgerTransaction) -> str:
            tx.set_value(name, "1")
            return name

        return asyncio.run(ledger.write(write))

    names = [f"n{number}" for number in range(4)]
    found = await asyncio.gather(
        *(asyncio.to_thread(elsewhere, name) for name in names), ledger.write(lambda tx: "own")
    )
    assert found == [*names, "own"]
    assert await ledger.read(lambda view: [view.value(name) for name in names]) == ["1"] * 4


# its life


async def test_a_restart_keeps_everything(bench: Bench) -> None:
    def write(tx: LedgerTransaction) -> None:
        tx.put_order(record(pos_order_id="5"))
        tx.add_version(KEY, version(1, b"\xff"))
        tx.add_history(KEY, START, "x", Origin.POS, a=1)
        tx.add_early_status(OTHER, START, {"status": "x"})
        tx.put_answer("m", "3961", "r", START, {"a": 1})
        tx.set_value("v", "1")
        tx.put_closing("3961", Closing(id="c", source=ClosingSource.POS, since=START))
        tx.set_due(DueKind.INJECT, KEY, START)
        tx.claim(DueKind.INJECT, KEY, START, LEASE)
        for name in ("n1", "n2"):
            tx.add_notification(told(name))
        tx.claim_notifications(START, LEASE, 1, ["3961"])
        tx.notification_retry("n1", START + MINUTE, "503")
        tx.add_quarantine(START, "why", b"\xfe")

    def look(view: LedgerView) -> list[Any]:
        return [
            *(view.order(KEY), view.order_by_pos_id("3961", "5"), view.open_orders(), view.orders_since(START)),
            *(view.versions(KEY), view.history(KEY), view.early_status(OTHER), view.answer("m", "3961", "r")),
            *(view.value("v"), view.closings("3961"), view.next_due(["3961"]), view.undelivered(KEY)),
            *(view.next_notification_due(("3961",)), view.outbox_size(), view.quarantine()),
        ]

    with bench.open() as first:
        await first.write(write)
        before = await first.read(look)
    with bench.open() as second:
        assert await second.read(look) == before
        assert await claimed(second, START + MINUTE) == ["n1"]
        await second.write(lambda tx: tx.set_value("v", "2"))
    with bench.open() as third:
        assert await third.read(lambda view: view.value("v")) == "2"
    assert all(part not in (None, []) for part in before)


async def test_closing_finishes_what_is_queued(bench: Bench) -> None:
    with bench.open() as ledger:
        async with Gate(ledger) as gate:
            tasks = await queued(ledger, *(lambda tx, n=n: tx.set_value(f"v{n}", "1") for n in range(300)))
            closing = asyncio.create_task(asyncio.to_thread(ledger.close))
            await asyncio.sleep(0.05)
            with pytest.raises(LedgerError):  # what comes later is refused, not forgotten
                await ledger.write(lambda tx: None)
            gate.open()
            async with asyncio.timeout(20):
                await asyncio.gather(*tasks)
                await closing
    with bench.open() as again:
        assert await again.read(lambda view: all(view.value(f"v{n}") == "1" for n in range(300)))


async def test_a_closed_ledger_says_so(bench: Bench) -> None:
    with bench.open() as ledger:
        await ledger.read(lambda view: None)
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        await ledger.write(lambda tx: None)
    with pytest.raises(LedgerError, match="closed"):
        await ledger.read(lambda view: None)
