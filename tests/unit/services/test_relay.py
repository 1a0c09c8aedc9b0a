"""Polling: what the POS shows becomes the order's status, nothing is missed, an outage is told once."""

import asyncio
import logging
from typing import Any

import pytest

from app.domain.errors import LedgerError, OutcomeUnknown, PosBusy, PosRefused, PosUnreachable
from app.domain.record import DueKind, Mark
from app.domain.status import Injection, Status
from app.ports.ledger import LedgerTransaction
from app.ports.pos import Capability, PosWebhook
from tests.helpers.fake_pos import ALL, BLIND, PAGE, FakePos
from tests.helpers.fake_sinqro import POINT, order_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of

CURSOR = f"pos-cursor/{POINT}"
NO_CHANGES = ALL - {Capability.ORDER_CHANGES}
VENUE = {"read_availability", "read_schedule"}
"""Calls that are not about orders."""


async def cursor(bench: Bench) -> str | None:
    return await bench.ledger.read(lambda view: view.value(CURSOR))


async def in_pos(bench: Bench, *order_ids: int) -> None:
    for order_id in order_ids or (1001,):
        await bench.create(order_form(order_id))
    await bench.pump()
    await bench.poll()
    await bench.deliver()


# ---------------------------------------------------------------- the cursor


async def test_the_cursor_is_kept_with_what_was_learnt_up_to_it(bench: Bench, monkeypatch: Any) -> None:
    await in_pos(bench)
    before = await cursor(bench)
    bench.pos.move("1001", Status.ACCEPTED)
    bench.pos.move("1001", Status.READY)
    real = bench.ledger.write

    async def fails_after(work: Any) -> Any:
        def doomed(tx: LedgerTransaction) -> Any:
            work(tx)
            raise LedgerError("disk full")

        return await real(doomed)

    with monkeypatch.context() as patch:
        patch.setattr(bench.ledger, "write", fails_after)
        with pytest.raises(LedgerError):
            await bench.relay.poll(bench.outlet)
    assert (await bench.record()).status is Status.PENDING
    assert await cursor(bench) == before
    await bench.poll()  # nothing was missed
    assert (await bench.record()).status is Status.READY
    assert await cursor(bench) != before


async def test_pages_are_read_to_their_end(bench: Bench) -> None:
    ids = list(range(1, 3 * PAGE))
    await in_pos(bench, *ids)
    for order_id in ids:
        bench.pos.move(str(order_id), Status.ACCEPTED)
    await bench.poll()
    assert {(await bench.record(order_id)).status for order_id in ids} == {Status.ACCEPTED}


async def test_repetitions_change_nothing(bench: Bench) -> None:
    await in_pos(bench)
    bench.pos.move("1001", Status.ACCEPTED)
    await bench.poll()
    history = await bench.history()
    await bench.ledger.write(lambda tx: tx.set_value(CURSOR, "0"))  # the POS tells all of it again
    await bench.poll()
    assert await bench.history() == history


async def test_without_a_cursor_what_ended_meanwhile_is_asked_for(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    bench.pos.move("1001", Status.COMPLETED)  # no longer in the POS's present
    await bench.poll()
    assert (await bench.record()).status is Status.COMPLETED


async def test_the_poss_own_orders_are_its_own(bench: Bench) -> None:
    await in_pos(bench)
    request = bench.pos.ticket("1001").request
    import msgspec

    bench.pos.type_in(msgspec.structs.replace(request, reference=""))
    bench.pos.type_in(msgspec.structs.replace(request, reference="9999"))
    await bench.poll()
    assert await bench.find(9999) is None


async def test_a_second_ticket_with_the_reference_says_nothing_about_ours(bench: Bench) -> None:
    """Somebody copied the order in the POS and voided the copy."""
    await in_pos(bench)
    copy = bench.pos.type_in(bench.pos.ticket("1001").request)
    copy.status = Status.CANCELLED
    await bench.poll()
    record = await bench.record()
    assert (record.status, record.pos_order_id) == (Status.PENDING, "P1")


# ---------------------------------------------------------------- found in the POS


async def test_an_uncertain_order_that_shows_up_is_in_the_pos(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(BLIND)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        assert (await bench.record()).injection is Injection.UNCERTAIN
        await bench.poll()
        record = await bench.record()
        assert (record.injection, record.pos_order_id) == (Injection.INJECTED, "P1")
        assert await bench.queued() == ["order.injection_failed", "order.injected"]


async def test_a_waiting_order_that_shows_up_is_not_sent_again(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.IDEMPOTENT_CREATE})) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        await bench.relay.poll(bench.outlet)
        assert (await bench.record()).injection is Injection.INJECTED
        await bench.wait(60)
        assert len(bench.pos.tickets) == 1


async def test_an_order_under_way_is_left_to_its_own_answer(bench: Bench) -> None:
    await in_pos(bench)
    bench.pos.drops("create_order")
    await bench.create(order_form(1002))
    record = (await bench.record(1002)).with_(injection=Injection.INJECTING)
    await bench.ledger.write(lambda tx: tx.put_order(record))
    bench.pos.type_in(bench.pos.ticket("1001").request)
    await bench.relay.poll(bench.outlet)
    assert (await bench.record(1002)).injection is Injection.INJECTING


# ---------------------------------------------------------------- a POS that tells no changes


async def test_each_open_order_is_asked_for(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NO_CHANGES)) as bench:
        await in_pos(bench, 1, 2, 3)
        bench.pos.move("1", Status.ACCEPTED)
        bench.pos.move("2", Status.COMPLETED)
        await bench.poll()
        assert [(await bench.record(number)).status.value for number in (1, 2, 3)] == [
            *("accepted", "completed", "pending")
        ]
        before = bench.pos.count("read_status")
        await bench.relay.poll(bench.outlet)
        assert bench.pos.count("read_status") == before + 2  # what is over is not asked for
        assert bench.pos.count("changes") == 0


async def test_without_open_orders_its_health_is_asked(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NO_CHANGES)) as bench:
        await bench.poll()
        assert [name for name, _ in bench.pos.calls if name not in VENUE] == ["health"]
        assert bench.outlet.pos_ok is True


async def test_one_order_that_cannot_be_read_does_not_hide_the_others(
    make_bench: Any, expected_logs: ExpectedLogs
) -> None:
    async with make_bench(pos=FakePos(NO_CHANGES)) as bench:
        await in_pos(bench, 1, 2)
        bench.pos.move("1", Status.ACCEPTED)
        bench.pos.move("2", Status.ACCEPTED)
        bench.pos.fails("read_status", PosUnreachable("off"))
        with expected_logs("app.services.outlet", logging.WARNING, "does not answer"):
            await bench.relay.poll(bench.outlet)
        statuses = {(await bench.record(number)).status for number in (1, 2)}
        assert statuses == {Status.PENDING, Status.ACCEPTED}


async def test_an_order_that_the_pos_forgot_is_no_outage(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NO_CHANGES)) as bench:
        await in_pos(bench, 1, 2)
        bench.pos.tickets.pop(0)
        bench.pos.move("2", Status.ACCEPTED)
        await bench.poll()
        assert bench.outlet.pos_ok is True
        assert (await bench.record(2)).status is Status.ACCEPTED


async def test_a_pos_that_tells_nothing_at_all(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NO_CHANGES - {Capability.ORDER_READ})) as bench:
        await bench.create(order_form())
        await bench.poll()
        assert {name for name, _ in bench.pos.calls} - VENUE == {"health", "create_order"}


# ---------------------------------------------------------------- outages


@pytest.mark.parametrize("error", [PosUnreachable("off"), PosBusy("later"), OutcomeUnknown("?"), PosRefused("401")])
async def test_an_outage_is_told_once_and_its_end_once(
    bench: Bench, error: Any, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await in_pos(bench)
    bench.changed.clear()
    bench.pos.fails("changes", error, error, error)
    with expected_logs("app.services.outlet", logging.WARNING, "does not answer") as said:
        for _ in range(3):
            await bench.relay.poll(bench.outlet)
    assert len(said) == 1
    assert (await bench.request("link.ping", b""))["pos"] == "unreachable"
    assert bench.changed == [POINT]  # the tray hears of it, once
    for _ in range(3):
        await bench.poll()
    assert (await bench.request("link.ping", b""))["pos"] == "ok"
    assert sum("answers again" in record.message for record in caplog.records) == 1


async def test_what_waited_is_due_when_the_pos_is_back(bench: Bench, outages: None) -> None:
    await in_pos(bench)
    bench.pos.off = True
    await bench.create(order_form(1002))
    await bench.staff.accept(key_of(1001))
    for _ in range(4):
        await bench.wait(6)
    bench.pos.off = False
    await bench.relay.poll(bench.outlet)
    assert (await bench.due_in(DueKind.INJECT, 1002)) == 0
    assert (await bench.due_in(DueKind.POS_STATUS, 1001)) == 0
    await bench.pump()
    assert (await bench.record(1002)).in_pos
    assert bench.pos.ticket("1001").status is Status.ACCEPTED


async def test_scheduled_orders_are_not_hastened(bench: Bench, outages: None) -> None:
    await bench.create(order_form(executionTime="2026-11-26T01:00:00+0000", status={"code": "accepted"}))
    due = await bench.due_in(DueKind.INJECT)
    bench.pos.off = True
    await bench.relay.poll(bench.outlet)
    bench.pos.off = False
    await bench.relay.poll(bench.outlet)
    assert await bench.due_in(DueKind.INJECT) == due


async def test_a_pos_that_falls_over_again_at_once(bench: Bench, outages: None) -> None:
    bench.pos.off = True
    await bench.create(order_form())
    await bench.poll()
    bench.pos.off = False
    bench.pos.fails("health", PosUnreachable("off again"))
    await bench.relay.poll(bench.outlet)  # it must not end by what the POS does
    assert bench.outlet.pos_ok is False
    await bench.poll()
    assert (await bench.record()).in_pos


async def test_the_pos_answered_somebody_else_first(bench: Bench, outages: None) -> None:
    """An injection finds the POS back before the poller does: what else waits is due then too."""
    bench.pos.off = True
    for number in range(3):
        await bench.create(order_form(number))
    for _ in range(3):
        await bench.wait(8)
    bench.pos.off = False
    bench.clock.tick(3)
    await bench.injection.handle(key_of(0))
    if not (await bench.record(0)).in_pos:  # not due yet: its turn comes
        bench.clock.tick(10)
        await bench.injection.handle(key_of(0))
    await bench.relay.poll(bench.outlet)
    await bench.pump()
    assert len(bench.pos.tickets) == 3


# ---------------------------------------------------------------- by itself


async def test_it_polls_at_once_when_the_pos_gives_a_hint(make_bench: Any) -> None:
    async with make_bench(poll_open_seconds=60, poll_idle_seconds=60) as bench:
        await in_pos(bench)
        task = asyncio.create_task(bench.relay.run(bench.outlet))
        try:
            count = bench.pos.count("changes")
            while bench.pos.count("changes") == count:
                await asyncio.sleep(0.002)
            await asyncio.sleep(0.05)
            bench.pos.move("1001", Status.ACCEPTED)
            hint = PosWebhook(selling_point=POINT, event="order", body={})
            await bench.companion.pos_webhook(hint)
            for _ in range(500):
                if (await bench.record()).status is Status.ACCEPTED:
                    break
                await asyncio.sleep(0.005)
            assert (await bench.record()).status is Status.ACCEPTED
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    bench.relay.hint("another")  # of a selling point that is not here


async def test_it_polls_faster_while_an_order_is_open(make_bench: Any) -> None:
    async with make_bench(poll_open_seconds=0.02, poll_idle_seconds=0.4) as bench:
        for expected, create in ((range(2, 5), False), (range(12, 60), True)):
            if create:
                await in_pos(bench)
            before = bench.pos.count("changes") + bench.pos.count("health")
            task = asyncio.create_task(bench.relay.run(bench.outlet))
            await asyncio.sleep(0.9)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            # without an order the first poll may ask more than once
            polls = bench.pos.count("changes") + bench.pos.count("health") - before
            assert polls in expected or (not create and polls <= 6), polls


async def test_a_viewer_only_looks_whether_the_pos_is_there(bench: Bench) -> None:
    await in_pos(bench)
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    bench.pos.move("1001", Status.ACCEPTED)
    await bench.relay.poll(bench.outlet)
    assert (await bench.record()).status is Status.PENDING
    assert bench.pos.calls[-1][0] == "health"
    assert Mark.LATE not in (await bench.record()).marks
