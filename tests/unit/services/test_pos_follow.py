"""Telling the POS: done when it is seen to be done, retried while it is away, left to a person when it will not."""

from typing import Any

import pytest

from app.domain.errors import OutcomeUnknown, PosBusy, PosNotFound, PosRefused, PosUnreachable
from app.domain.record import DueKind, Mark
from app.domain.status import Injection, Status
from app.ports.pos import Capability
from tests.helpers.fake_pos import ALL, FakePos
from tests.helpers.fake_sinqro import order_form
from tests.helpers.services import Bench, key_of

pytestmark = pytest.mark.usefixtures("outages")


async def accepted(bench: Bench) -> None:
    """In the POS, accepted on all sides."""
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.accept(key_of(1001), 20)
    await bench.pump()
    await bench.deliver()
    assert bench.pos.ticket("1001").status is Status.ACCEPTED


# ---------------------------------------------------------------- a status


async def test_each_step_is_told_with_reason_and_minutes_and_read_back(bench: Bench) -> None:
    await accepted(bench)
    ticket = bench.pos.ticket("1001")
    for step in (Status.IN_PREPARATION, Status.READY, Status.DISPATCHED):
        await bench.staff.move(key_of(1001), step)
        await bench.pump()
        record = await bench.record()
        assert (ticket.status, record.pos_has, record.pos_status) == (step, step, step.value.upper())
        assert await bench.due_in(DueKind.POS_STATUS) is None
    await bench.staff.cancel(key_of(1001), "customer_request", "no viene")
    await bench.pump()
    assert (ticket.status, ticket.reason) == (Status.CANCELLED, "customer_request")


async def test_a_cancellation_that_is_ignored_is_left_to_a_person_and_sinqro_hears_the_truth(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.deaf = frozenset({Status.CANCELLED})  # answered 200, nothing done
    await bench.cancel(1001)
    await bench.pump()
    record = await bench.record()
    assert record.status is Status.CANCELLED
    assert Mark.CANCEL_BY_HAND in record.marks
    assert record.pos_has is Status.ACCEPTED
    (told,) = await bench.outbox()
    assert (told.data["status"], told.data["posStatus"]) == ("cancelled", "ACCEPTED")
    assert await bench.due_in(DueKind.POS_STATUS) is None  # no quarrel with the POS
    open_orders = await bench.ledger.read(lambda view: view.open_orders())
    assert [found.order_id for found in open_orders] == ["1001"]  # shown until ticked off
    ticked = await bench.staff.tick_off(key_of(1001))
    assert not ticked.marks
    assert await bench.ledger.read(lambda view: view.open_count("71")) == 0


async def test_cancelled_by_hand_in_the_pos_the_card_clears_itself(bench: Bench) -> None:
    await accepted(bench)
    await bench.poll()
    bench.pos.deaf = frozenset({Status.CANCELLED})
    await bench.cancel(1001)
    await bench.pump()
    bench.pos.move("1001", Status.CANCELLED)
    await bench.poll()
    assert Mark.CANCEL_BY_HAND not in (await bench.record()).marks


async def test_a_refused_cancellation_says_why_in_the_history(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.fails("change_status", PosRefused("already paid"))
    await bench.staff.cancel(key_of(1001), "technical")
    await bench.pump()
    assert Mark.CANCEL_BY_HAND in (await bench.record()).marks
    (entry,) = await bench.happened("pos_did_not_follow")
    assert entry.detail["why"] == "already paid"


async def test_a_refused_step_is_left_to_a_person(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.fails("change_status", PosRefused("not possible"))
    await bench.staff.move(key_of(1001), Status.READY)
    await bench.pump()
    record = await bench.record()
    assert (record.status, record.pos_has) == (Status.READY, Status.ACCEPTED)
    assert Mark.STATUS_BY_HAND in record.marks
    assert bench.pos.count("change_status") == 2
    await bench.staff.move(key_of(1001), Status.DISPATCHED)  # the next one is told all the same, and clears it
    await bench.pump()
    assert not (await bench.record()).marks


@pytest.mark.parametrize("error", [PosUnreachable("off"), PosBusy("later")])
async def test_while_the_pos_is_away_it_is_told_again(bench: Bench, error: Any) -> None:
    await accepted(bench)
    bench.pos.fails("change_status", *[error] * 5)
    await bench.staff.move(key_of(1001), Status.READY)
    await bench.pump()
    delays = []
    for _ in range(5):
        delay = await bench.due_in(DueKind.POS_STATUS)
        assert delay is not None
        delays.append(delay)
        await bench.wait(delay + 0.001)
    for delay, expected in zip(delays, (1, 2, 5, 10, 10), strict=True):
        assert 0.8 * expected <= delay <= 1.2 * expected
    assert bench.pos.ticket("1001").status is Status.READY
    assert not (await bench.record()).marks


async def test_a_lost_answer_is_read_back(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.drops("change_status")
    await bench.cancel(1001)
    await bench.pump()
    assert bench.pos.count("change_status") == 2  # accept and cancel: not sent twice
    record = await bench.record()
    assert record.pos_has is Status.CANCELLED
    assert Mark.CANCEL_BY_HAND not in record.marks


async def test_a_lost_request_that_did_nothing_is_found_out(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.fails("change_status", OutcomeUnknown("no answer"))
    await bench.cancel(1001)
    await bench.pump()
    assert Mark.CANCEL_BY_HAND in (await bench.record()).marks


async def test_a_read_back_that_fails_is_done_again(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.fails("read_status", PosUnreachable("off"))
    await bench.cancel(1001)
    await bench.pump()
    assert Mark.CANCEL_BY_HAND not in (await bench.record()).marks
    await bench.wait(2)
    assert (await bench.record()).pos_has is Status.CANCELLED


async def test_an_order_that_the_pos_forgot(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.tickets.clear()
    await bench.cancel(1001)
    await bench.pump()
    assert Mark.CANCEL_BY_HAND in (await bench.record()).marks
    assert await bench.due_in(DueKind.POS_STATUS) is None


async def test_the_pos_is_further_on_already(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.move("1001", Status.DISPATCHED)
    bench.pos.fails("change_status", PosRefused("no way back"))
    await bench.staff.move(key_of(1001), Status.READY)
    await bench.pump()
    record = await bench.record()
    assert record.status is Status.DISPATCHED  # what it shows is news
    assert not record.marks
    assert (await bench.queued())[-1] == "dispatched"


async def test_moved_on_meanwhile_the_newest_is_told_next(bench: Bench) -> None:
    import asyncio

    await accepted(bench)
    await bench.staff.move(key_of(1001), Status.IN_PREPARATION)
    with bench.pos.holding("change_status") as gate:
        task = asyncio.create_task(bench.pump())
        while bench.pos.count("change_status") < 2:
            await asyncio.sleep(0.001)
        await bench.cancel(1001)
        gate.set()
        await task
    await bench.pump()
    assert bench.pos.ticket("1001").told == [Status.ACCEPTED, Status.IN_PREPARATION, Status.CANCELLED]
    record = await bench.record()
    assert (record.status, record.pos_has) == (Status.CANCELLED, Status.CANCELLED)
    assert not record.marks & {Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND}


@pytest.mark.parametrize(
    ("lacks", "step", "marks"),
    [
        (Capability.ORDER_CANCEL, Status.CANCELLED, {Mark.CANCEL_BY_HAND}),
        (Capability.ORDER_STATUS, Status.READY, set()),
    ],
)
async def test_what_the_pos_cannot_be_told(make_bench: Any, lacks: Capability, step: Status, marks: set[Mark]) -> None:
    async with make_bench(pos=FakePos(ALL - {lacks})) as bench:
        await bench.create(order_form(status={"code": "accepted"}))
        await bench.pump()
        await bench.staff.move(key_of(1001), step)
        await bench.pump()
        assert set((await bench.record()).marks) == marks
        assert bench.pos.count("change_status") == 0
        assert step.value in await bench.queued()  # Sinqro hears of it all the same


async def test_a_row_without_anything_to_do_goes(bench: Bench) -> None:
    await accepted(bench)
    await bench.ledger.write(lambda tx: tx.set_due(DueKind.POS_STATUS, key_of(1001), bench.clock.now()))
    await bench.pump()
    assert await bench.due_in(DueKind.POS_STATUS) is None
    assert bench.pos.count("change_status") == 1


# ---------------------------------------------------------------- a new version


async def test_a_new_version_reaches_the_pos(bench: Bench) -> None:
    await accepted(bench)
    await bench.edit(1001, comment="sin sal")
    await bench.pump()
    record = await bench.record()
    assert (record.pos_version, record.version) == (2, 2)
    assert Mark.CHANGED in record.marks  # staff have not looked yet
    assert len(await bench.happened("updated_in_pos")) == 1


async def test_a_refused_version_is_left_to_a_person(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.fails("update_order", PosRefused("in the oven"))
    await bench.edit(1001, comment="sin sal")
    await bench.pump()
    assert Mark.CHANGE_BY_HAND in (await bench.record()).marks
    await bench.edit(1001, comment="sin nada")  # the next one may be taken
    await bench.pump()
    assert Mark.CHANGE_BY_HAND not in (await bench.record()).marks


@pytest.mark.parametrize("error", [PosUnreachable("off"), OutcomeUnknown("no answer"), PosBusy("later")])
async def test_a_version_is_told_again(bench: Bench, error: Any) -> None:
    await accepted(bench)
    bench.pos.fails("update_order", error, error)
    await bench.edit(1001, comment="sin sal")
    for _ in range(4):
        await bench.wait(6)
    assert bench.pos.ticket("1001").order.comment == "sin sal"
    assert Mark.CHANGE_BY_HAND not in (await bench.record()).marks


async def test_edited_again_while_it_is_told(bench: Bench) -> None:
    import asyncio

    await accepted(bench)
    await bench.edit(1001, comment="one")
    with bench.pos.holding("update_order") as gate:
        task = asyncio.create_task(bench.pump())
        while bench.pos.count("update_order") == 0:
            await asyncio.sleep(0.001)
        await bench.edit(1001, comment="two")
        gate.set()
        await task
    await bench.pump()
    assert bench.pos.ticket("1001").order.comment == "two"
    assert (await bench.record()).pos_version == 3


async def test_nobody_is_asked_to_change_an_order_that_is_off(bench: Bench) -> None:
    await accepted(bench)
    await bench.edit(1001, comment="sin sal")
    await bench.cancel(1001)
    await bench.pump()
    record = await bench.record()
    assert Mark.CHANGE_BY_HAND not in record.marks
    assert bench.pos.ticket("1001").status is Status.CANCELLED


# ---------------------------------------------------------------- a withdrawal


async def test_withdrawn_with_the_pos_away_it_is_found_when_it_is_back(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.IDEMPOTENT_CREATE})) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        bench.pos.off = True
        await bench.cancel(1001)
        await bench.wait(30)
        bench.pos.off = False
        await bench.wait(15)
        assert bench.pos.ticket("1001").status is Status.CANCELLED
        assert (await bench.record()).injection is Injection.WITHDRAWN


async def test_withdrawn_and_not_there_nothing_is_left(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.IDEMPOTENT_CREATE})) as bench:
        bench.pos.fails("create_order", OutcomeUnknown("no answer"))
        await bench.create(order_form())
        await bench.pump()
        await bench.cancel(1001)
        await bench.pump()
        assert await bench.due_in(DueKind.WITHDRAW) is not None  # the POS may still be at work on it
        for _ in range(12):
            await bench.wait(2)
        assert await bench.due_in(DueKind.WITHDRAW) is None
        assert not bench.pos.tickets
        assert not (await bench.record()).marks


async def test_withdrawn_and_cancelled_in_the_pos_already(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.IDEMPOTENT_CREATE})) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        bench.pos.move("1001", Status.CANCELLED)
        await bench.cancel(1001)
        await bench.pump()
        assert bench.pos.count("change_status") == 0


async def test_only_who_is_in_charge_tells_the_pos(bench: Bench) -> None:
    await accepted(bench)
    await bench.staff.move(key_of(1001), Status.READY)
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    await bench.follow.handle(DueKind.POS_STATUS, key_of(1001))
    assert bench.pos.count("change_status") == 1


async def test_a_pos_that_does_not_find_it_while_reading_back(bench: Bench) -> None:
    await accepted(bench)
    bench.pos.fails("read_status", PosNotFound("gone"))
    await bench.cancel(1001)
    await bench.pump()
    await bench.wait(15)
    assert (await bench.record()).status is Status.CANCELLED
