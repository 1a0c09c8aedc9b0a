"""Into the POS, once: every answer a POS may give or keep to itself, crashes in between, orders that waited."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import (
    OutcomeUnknown,
    PosBusy,
    PosError,
    PosRefused,
    PosTillClosed,
    PosUnreachable,
    ProfileError,
    SinqroRefused,
    SinqroUnreachable,
)
from app.domain.record import DueKind, Mark
from app.domain.selling_point import InjectOn
from app.domain.status import Injection, Status
from app.ports.pos import Capability, PosWarning
from app.ports.sinqro import Role, SellingPointRole
from app.services.outlet import POS_AT_ONCE
from tests.helpers.clock import START
from tests.helpers.fake_pos import ALL, BLIND, FakePos
from tests.helpers.fake_sinqro import order_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of

SEARCHES = BLIND | {Capability.ORDER_FIND_BY_REFERENCE}
REPEATS = BLIND | {Capability.IDEMPOTENT_CREATE}

pytestmark = pytest.mark.usefixtures("outages")


class Died(BaseException):
    """The process ends here."""


async def dies_when_answered(bench: Bench) -> None:
    """The POS does its work; we die before the outcome is written down."""

    async def die(*_: Any) -> None:
        raise Died

    bench.injection._injected = die  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        await bench.pump()


# ---------------------------------------------------------------- well


async def test_injected_and_told_in_one_commit(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    record = await bench.record()
    assert (record.injection, record.pos_order_id, record.pos_has) == (Injection.INJECTED, "P1", Status.PENDING)
    assert (record.attempts, record.pos_version) == (1, 1)
    (told,) = await bench.outbox()
    assert (told.type, told.data) == ("order.injected", {"orderId": 1001, "posOrderId": "P1"})
    request = bench.pos.ticket("1001").request
    assert (request.reference, request.print_ticket, request.selling_point.id) == ("1001", True, "71")
    assert bench.changed


async def test_what_the_pos_points_out_is_marked(bench: Bench) -> None:
    bench.pos.warnings = (PosWarning.TABLE_BUSY,)
    await bench.create(order_form())
    await bench.pump()
    assert Mark.TABLE_BUSY in (await bench.record()).marks


async def test_a_till_is_a_small_machine(bench: Bench) -> None:
    for number in range(30):
        await bench.create(order_form(number))
    await bench.pump()
    assert len(bench.pos.tickets) == 30
    assert 1 < bench.pos.most_at_once <= POS_AT_ONCE


async def test_one_row_handed_twice_is_done_once(bench: Bench) -> None:
    await bench.create(order_form())
    key = key_of(1001)
    await asyncio.gather(bench.injection.handle(key), bench.injection.handle(key), bench.injection.handle(key))
    assert bench.pos.count("create_order") == 1


# ---------------------------------------------------------------- what a POS answers


@pytest.mark.parametrize(
    ("error", "low", "high"),
    [
        (PosUnreachable("off"), 0.8, 1.2),
        (PosBusy("later", retry_after=timedelta(seconds=7)), 7, 7),
        (PosTillClosed("no session"), 8, 12),
        (OutcomeUnknown("no answer"), 0.8, 1.2),
    ],
)
async def test_what_may_pass_is_waited_for(bench: Bench, error: PosError, low: float, high: float) -> None:
    bench.pos.fails("create_order", error)
    await bench.create(order_form())
    await bench.pump()
    record = await bench.record()
    assert (record.injection, record.injection_code) == (Injection.WAITING, error.code)
    delay = await bench.due_in(DueKind.INJECT)
    assert delay is not None
    assert low <= delay <= high
    assert not await bench.queued()  # `waiting` is told to nobody
    await bench.wait(high)
    assert (await bench.record()).injection is Injection.INJECTED
    assert len(bench.pos.tickets) == 1


@pytest.mark.parametrize(
    "error", [PosRefused("no such product", code="PRODUCT_UNKNOWN", field="$.lines[0]"), ProfileError("bad profile")]
)
async def test_what_will_not_pass_needs_a_person(bench: Bench, error: PosError) -> None:
    bench.pos.fails("create_order", error)
    await bench.create(order_form())
    await bench.pump()
    record = await bench.record()
    assert (record.injection, record.injection_code) == (Injection.FAILED, error.code)
    assert error.message in record.injection_message
    assert await bench.due_in(DueKind.INJECT) is None
    (told,) = await bench.outbox()
    assert told.data["injection"] == "failed"
    assert told.data["code"] == error.code
    await bench.staff.send(key_of(1001))
    await bench.pump()
    assert (await bench.record()).injection is Injection.INJECTED


async def test_retries_slow_down_and_an_outage_is_logged_once(bench: Bench, expected_logs: ExpectedLogs) -> None:
    bench.pos.off = True
    with expected_logs("app.services.outlet", logging.WARNING, "does not answer") as said:
        await bench.create(order_form())
        await bench.pump()
        for _ in range(60):
            await bench.wait(1)
    assert len(said) == 1
    assert 7 <= bench.pos.count("create_order") <= 10  # 0, 1, 3, 8, 18 … give or take the jitter
    bench.pos.off = False
    await bench.wait(12)
    assert (await bench.record()).injection is Injection.INJECTED


async def test_the_till_is_closed(bench: Bench) -> None:
    bench.pos.fails("create_order", PosTillClosed("no session"))
    await bench.create(order_form())
    await bench.pump()
    assert not bench.outlet.till_open
    bench.pos.till_open = False
    await bench.poll()
    assert bench.pos.count("create_order") == 1  # not hastened while it is closed
    bench.pos.till_open = True
    await bench.poll()  # the poller sees that it was opened
    assert (await bench.record()).injection is Injection.INJECTED


# ---------------------------------------------------------------- what a POS keeps to itself


async def test_a_lost_answer_is_looked_up(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(SEARCHES)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        assert (await bench.record()).look_up_first
        await bench.wait(2)
        record = await bench.record()
        assert (record.injection, record.pos_order_id) == (Injection.INJECTED, "P1")
        assert bench.pos.count("create_order") == 1
        assert len(bench.pos.tickets) == 1


async def test_a_lost_request_is_looked_up_and_sent_again(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(SEARCHES)) as bench:
        bench.pos.fails("create_order", OutcomeUnknown("no answer"))
        await bench.create(order_form())
        await bench.pump()
        await bench.wait(2)
        record = await bench.record()
        assert (record.injection, record.injection_code) == (Injection.WAITING, "POS_OUTCOME_UNKNOWN")
        assert bench.pos.count("create_order") == 1  # the POS may still be at work on it
        for _ in range(7):
            await bench.wait(3)
        names = [name for name, _ in bench.pos.calls]
        assert names[0] == names[-1] == "create_order"
        assert set(names[1:-1]) == {"find_order"}
        assert (await bench.record()).injection is Injection.INJECTED


async def test_a_slow_pos_makes_one_order(make_bench: Any) -> None:
    """The call times out and the POS goes on working: a look-up before it is done leads to no second order."""
    async with make_bench(pos=FakePos(SEARCHES)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        ticket = bench.pos.tickets.pop()  # not done yet
        await bench.wait(4)
        assert bench.pos.count("create_order") == 1
        bench.pos.tickets.append(ticket)
        await bench.wait(4)
        assert (await bench.record()).injection is Injection.INJECTED
        assert bench.pos.count("create_order") == 1


async def test_a_failed_look_up_keeps_the_doubt(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(SEARCHES)) as bench:
        bench.pos.drops("create_order")
        bench.pos.fails("find_order", PosUnreachable("off"), PosBusy("later"), OutcomeUnknown("?"))
        await bench.create(order_form())
        await bench.pump()
        for _ in range(6):
            await bench.wait(12)
        assert (await bench.record()).injection is Injection.INJECTED
        assert len(bench.pos.tickets) == 1
        assert bench.pos.count("create_order") == 1


async def test_an_idempotent_pos_is_simply_asked_again(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(REPEATS)) as bench:
        bench.pos.drops("create_order", 2)
        await bench.create(order_form())
        await bench.pump()
        for _ in range(3):
            await bench.wait(6)
        assert (await bench.record()).injection is Injection.INJECTED
        assert len(bench.pos.tickets) == 1


@pytest.mark.parametrize("there", [True, False])
async def test_where_neither_helps_a_person_is_asked(make_bench: Any, there: bool) -> None:
    async with make_bench(pos=FakePos(BLIND)) as bench:
        if there:
            bench.pos.drops("create_order")
        else:
            bench.pos.fails("create_order", OutcomeUnknown("no answer"))
        await bench.create(order_form())
        await bench.pump()
        await bench.wait(3600)
        assert (await bench.record()).injection is Injection.UNCERTAIN
        assert bench.pos.count("create_order") == 1  # never by itself
        assert (await bench.outbox())[0].data["injection"] == "uncertain"
        if there:  # "is it in the POS?" - yes
            record = await bench.staff.entered_by_hand(key_of(1001), "P1")
            assert (record.injection, record.pos_order_id) == (Injection.INJECTED, "P1")
        else:  # no: send it
            await bench.staff.send(key_of(1001))
            await bench.pump()
        assert (await bench.record()).injection is Injection.INJECTED
        assert len(bench.pos.tickets) == 1


# ---------------------------------------------------------------- crashes


async def test_a_crash_between_answer_and_commit_makes_no_second_order(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(SEARCHES)) as first:
        await first.create(order_form())
        await dies_when_answered(first)
        assert (await first.record()).injection is Injection.INJECTING
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.pump()
        record = await bench.record()
        assert (record.injection, record.pos_order_id) == (Injection.INJECTED, "P1")
        assert len(bench.pos.tickets) == 1
        assert await bench.queued() == ["order.injected"]


async def test_a_crash_with_an_idempotent_pos(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(REPEATS)) as first:
        await first.create(order_form())
        await dies_when_answered(first)
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.pump()
        assert (await bench.record()).injection is Injection.INJECTED
        assert len(bench.pos.tickets) == 1


async def test_a_crash_with_a_pos_that_can_tell_nothing(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(BLIND)) as first:
        await first.create(order_form())
        await dies_when_answered(first)
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.pump()
        assert (await bench.record()).injection is Injection.UNCERTAIN
        assert len(bench.pos.tickets) == 1


async def test_a_crash_before_the_pos_was_called(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(SEARCHES)) as first:
        await first.create(order_form())
        with first.pos.holding("create_order"):
            task = asyncio.create_task(first.pump())
            while not first.pos.calls:
                await asyncio.sleep(0.001)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.pump()
        assert not bench.pos.tickets  # its request may still be on its way
        for _ in range(7):
            await bench.wait(3)
        assert (await bench.record()).injection is Injection.INJECTED
        assert len(bench.pos.tickets) == 1


# ---------------------------------------------------------------- cancelled on the way


async def cancelled_under_way(bench: Bench, *, drop: bool) -> None:
    await bench.create(order_form())
    if drop:
        bench.pos.drops("create_order")
    with bench.pos.holding("create_order") as gate:
        task = asyncio.create_task(bench.pump())
        while not bench.pos.calls:
            await asyncio.sleep(0.001)
        await bench.cancel(1001)
        assert (await bench.record()).injection is Injection.WITHDRAWN
        other = asyncio.create_task(bench.pump(DueKind.WITHDRAW))  # looks while the POS is still at it
        await asyncio.sleep(0.02)
        gate.set()
        await asyncio.gather(task, other)


@pytest.mark.parametrize("capabilities", [SEARCHES, ALL])
@pytest.mark.parametrize("drop", [False, True])
async def test_cancelled_under_way_it_is_cancelled_in_the_pos_once_found(
    make_bench: Any, capabilities: frozenset[Capability], drop: bool
) -> None:
    async with make_bench(pos=FakePos(capabilities)) as bench:
        await cancelled_under_way(bench, drop=drop)
        for _ in range(4):
            await bench.wait(12)
        assert bench.pos.ticket("1001").status is Status.CANCELLED
        record = await bench.record()
        assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
        assert not record.marks
        assert not await bench.queued()


async def test_cancelled_under_way_and_we_die(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(SEARCHES)) as first:
        await first.create(order_form())
        with first.pos.holding("create_order") as gate:
            task = asyncio.create_task(first.pump(DueKind.INJECT))
            while not first.pos.calls:
                await asyncio.sleep(0.001)
            await first.cancel(1001)
            await first.pump(DueKind.WITHDRAW)

            async def die(*_: Any) -> None:
                raise Died

            first.injection._injected = die
            gate.set()
            with pytest.raises(Died):
                await task
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        for _ in range(4):
            await bench.wait(12)
        assert bench.pos.ticket("1001").status is Status.CANCELLED


async def test_cancelled_under_way_in_a_pos_that_can_tell_nothing(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(BLIND)) as bench:
        await cancelled_under_way(bench, drop=True)
        for _ in range(4):
            await bench.wait(12)
        record = await bench.record()
        assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
        assert Mark.CANCEL_BY_HAND in record.marks  # "look whether it is there"


async def test_cancelled_while_a_doubt_cannot_be_looked_up(make_bench: Any) -> None:
    """The look-up fails just when the cancellation comes: the doubt must outlive both."""
    async with make_bench(pos=FakePos(SEARCHES)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        bench.pos.fails("find_order", PosUnreachable("off"))
        with bench.pos.holding("find_order") as gate:
            bench.clock.tick(2)
            task = asyncio.create_task(bench.pump(DueKind.INJECT))
            while bench.pos.count("find_order") == 0:
                await asyncio.sleep(0.001)
            await bench.cancel(1001)
            gate.set()
            await task
        for _ in range(4):
            await bench.wait(12)
        assert bench.pos.ticket("1001").status is Status.CANCELLED


async def test_cancelled_after_a_repetition_that_failed_the_doubt_is_still_there(make_bench: Any) -> None:
    """An idempotent POS that cannot be searched: only its answer would tell."""
    async with make_bench(pos=FakePos(REPEATS)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        bench.pos.fails("create_order", PosUnreachable("off"))
        await bench.wait(2)
        await bench.cancel(1001)
        await bench.pump()
        assert Mark.CANCEL_BY_HAND in (await bench.record()).marks


async def test_cancelled_while_waiting_it_never_gets_there(bench: Bench) -> None:
    bench.pos.off = True
    await bench.create(order_form())
    await bench.pump()
    await bench.cancel(1001)
    bench.pos.off = False
    await bench.wait(60)
    assert not bench.pos.tickets
    record = await bench.record()
    assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
    assert not await bench.queued()  # `withdrawn` is told to nobody


async def test_cancelled_in_the_moment_we_began_nothing_is_sent(bench: Bench) -> None:
    await bench.create(order_form())
    begin = bench.injection._begin

    def cancelled_right_after(tx: Any, outlet: Any, key: Any) -> Any:
        attempt = begin(tx, outlet, key)
        asyncio.run_coroutine_threadsafe(bench.cancel(1001), loop)
        return attempt

    loop = asyncio.get_running_loop()
    bench.injection._begin = cancelled_right_after  # type: ignore[method-assign]
    await bench.pump(DueKind.INJECT)
    await bench.pump()
    record = await bench.record()
    assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
    assert all(not ticket.lives for ticket in bench.pos.tickets)


async def test_rejected_by_staff_while_it_is_uncertain(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(BLIND)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        await bench.staff.reject(key_of(1001), "technical")
        await bench.pump()
        record = await bench.record()
        assert record.injection is Injection.WITHDRAWN
        assert Mark.CANCEL_BY_HAND in record.marks


# ---------------------------------------------------------------- an order that waited


async def waited(bench: Bench, minutes: float = 6, **form: Any) -> None:
    """It came while the POS was off for so long."""
    bench.pos.off = True
    await bench.create(order_form(**form))
    await bench.pump()
    bench.clock.tick(minutes * 60)
    bench.pos.off = False


async def test_still_to_be_accepted_on_sinqro_it_goes_by_itself(bench: Bench) -> None:
    await waited(bench)
    await bench.pump()
    assert bench.sinqro.called("order.get") == 1
    assert (await bench.record()).injection is Injection.INJECTED


async def test_a_short_wait_asks_nobody(bench: Bench) -> None:
    await waited(bench, 2)
    await bench.pump()
    assert bench.sinqro.called("order.get") == 0
    assert (await bench.record()).injection is Injection.INJECTED


@pytest.mark.parametrize("code", ["cancelled", "rejected"])
async def test_off_on_sinqro_it_never_enters(bench: Bench, code: str) -> None:
    await waited(bench)
    bench.sinqro.status(1001, code)  # the message of it is lost
    await bench.pump()
    record = await bench.record()
    assert (record.status.value, record.injection) == (code, Injection.WITHDRAWN)
    assert not bench.pos.tickets


@pytest.mark.parametrize("code", ["accepted", "in_preparation", "completed", "nobody knows"])
async def test_taken_on_sinqro_it_is_perhaps_cooked_already(bench: Bench, code: str) -> None:
    await waited(bench)
    bench.sinqro.status(1001, code)
    await bench.pump()
    record = await bench.record()
    assert (record.injection, record.injection_code) == (Injection.HELD, "WAITED")
    assert not bench.pos.tickets
    assert (await bench.outbox())[-1].data["injection"] == "held"
    await bench.wait(3600)
    assert not bench.pos.tickets


async def test_accepted_here_it_is_perhaps_cooked_from_paper(bench: Bench) -> None:
    """Staff took it while the POS was down, and Sinqro has not heard yet."""
    bench.pos.off = True
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.accept(key_of(1001), 20)
    bench.clock.tick(360)
    bench.pos.off = False
    await bench.pump()
    assert (await bench.record()).injection is Injection.HELD


@pytest.mark.parametrize("answer", [SinqroUnreachable("no link"), SinqroRefused("no such order"), {"order": {}}, {}])
async def test_where_sinqro_cannot_be_asked_it_is_held(bench: Bench, answer: Any) -> None:
    await waited(bench)
    bench.sinqro.says("order.get", answer)
    await bench.pump()
    assert (await bench.record()).injection is Injection.HELD


async def test_pending_and_no_longer_acceptable_it_is_held(bench: Bench) -> None:
    await waited(bench)
    bench.sinqro.says("order.get", {"order": {"status": {"code": "waiting_sp_validation"}, "isAcceptable": False}})
    await bench.pump()
    assert (await bench.record()).injection is Injection.HELD


async def test_not_answered_by_its_deadline_its_state_is_asked(bench: Bench) -> None:
    await waited(bench, 4)  # the channel waits 3 minutes
    await bench.pump()
    assert bench.sinqro.called("order.get") == 1


async def test_past_the_time_it_is_wanted_its_state_is_asked(bench: Bench) -> None:
    soon = (START + timedelta(minutes=2)).isoformat()
    await waited(bench, 2.5, executionTime=soon, status={"code": "accepted"})
    await bench.pump()
    assert (await bench.record()).injection is Injection.HELD


async def test_wanted_before_it_came_says_nothing(bench: Bench) -> None:
    past = (START - timedelta(minutes=2)).isoformat()
    await bench.create(order_form(executionTime=past))
    await bench.pump()
    assert bench.sinqro.called("order.get") == 0
    assert (await bench.record()).injection is Injection.INJECTED


async def test_a_scheduled_order_whose_lead_has_not_come_goes_by_itself(make_bench: Any) -> None:
    async with make_bench(inject_scheduled_at_once=True) as bench:
        late = (START + timedelta(hours=5)).isoformat()
        await waited(bench, 30, executionTime=late, status={"code": "accepted"})
        await bench.pump()
        assert (await bench.record()).injection is Injection.INJECTED


async def test_cancelled_while_sinqro_is_asked(bench: Bench) -> None:
    await waited(bench)
    ask = bench.sinqro.call

    async def cancelled_meanwhile(method: str, params: Any, timeout: float = 10) -> Any:
        answer = await ask(method, params, timeout)
        await bench.cancel(1001)
        return answer

    bench.sinqro.call = cancelled_meanwhile  # type: ignore[method-assign]
    await bench.pump()
    assert not bench.pos.tickets
    assert (await bench.record()).injection is Injection.WITHDRAWN


# ---------------------------------------------------------------- held orders and what staff do


async def held(bench: Bench, order_id: int = 1001) -> None:
    bench.pos.off = True
    await bench.create(order_form(order_id, status={"code": "accepted"}))
    await bench.pump()
    bench.clock.tick(600)
    bench.pos.off = False
    await bench.pump()
    assert (await bench.record(order_id)).injection is Injection.HELD


@pytest.mark.parametrize("printed", [True, False])
async def test_a_held_order_is_sent_with_or_without_a_ticket(bench: Bench, printed: bool) -> None:
    await held(bench)
    await bench.staff.send(key_of(1001), print_ticket=printed)
    await bench.pump()
    assert (await bench.record()).injection is Injection.INJECTED
    assert bench.pos.ticket("1001").printed == printed
    assert bench.sinqro.called("order.get") == 1  # a person decided: nobody is asked again


async def test_a_held_order_was_entered_by_hand(bench: Bench) -> None:
    await held(bench)
    record = await bench.staff.entered_by_hand(key_of(1001))
    assert (record.injection, record.pos_order_id) == (Injection.INJECTED, "")
    assert Mark.ENTERED_BY_HAND in record.marks
    await bench.wait(60)
    assert not bench.pos.tickets
    (_, told) = await bench.outbox()
    assert (told.type, told.data) == ("order.injected", {"orderId": 1001})
    await bench.staff.move(key_of(1001), Status.READY)  # its way goes on without the POS
    await bench.pump()
    assert bench.pos.count("change_status") == 0


async def test_sent_by_hand_it_waits_like_any_other(bench: Bench) -> None:
    await held(bench)
    bench.pos.off = True
    await bench.staff.send(key_of(1001))
    await bench.pump()
    bench.clock.tick(900)
    bench.pos.off = False
    await bench.pump()
    assert (await bench.record()).injection is Injection.INJECTED


async def test_a_held_order_is_cancelled(bench: Bench) -> None:
    await held(bench)
    await bench.cancel(1001)
    await bench.wait(60)
    assert (await bench.record()).injection is Injection.WITHDRAWN
    assert not bench.pos.tickets


async def test_completed_while_it_waits_it_is_held_not_printed(bench: Bench) -> None:
    bench.pos.off = True
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.move(key_of(1001), Status.COMPLETED)
    bench.pos.off = False
    await bench.wait(60)
    assert not bench.pos.tickets
    record = await bench.record()
    assert (record.injection, record.injection_code) == (Injection.HELD, "COMPLETED_OUTSIDE")


# ---------------------------------------------------------------- edits on the way


async def edited_under_way(bench: Bench) -> None:
    await bench.create(order_form())
    with bench.pos.holding("create_order") as gate:
        task = asyncio.create_task(bench.pump())
        while not bench.pos.calls:
            await asyncio.sleep(0.001)
        await bench.edit(1001, comment="sin sal")
        gate.set()
        await task
    await bench.pump()


async def test_edited_under_way_the_pos_gets_the_new_version_after(bench: Bench) -> None:
    await edited_under_way(bench)
    assert bench.pos.ticket("1001").order.comment == "sin sal"
    record = await bench.record()
    assert (record.pos_version, record.version) == (2, 2)


async def test_edited_under_way_where_the_pos_cannot_change_orders(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.ORDER_UPDATE})) as bench:
        await edited_under_way(bench)
        assert Mark.CHANGE_BY_HAND in (await bench.record()).marks


async def test_edited_before_it_is_sent_the_new_version_goes(bench: Bench) -> None:
    bench.pos.off = True
    await bench.create(order_form())
    await bench.pump()
    await bench.edit(1001, comment="sin sal")
    bench.pos.off = False
    await bench.wait(12)
    assert bench.pos.ticket("1001").order.comment == "sin sal"
    assert bench.pos.count("update_order") == 0


@pytest.mark.parametrize("capabilities", [SEARCHES, REPEATS])
async def test_edited_while_nobody_knows_whether_the_pos_has_it(
    make_bench: Any, capabilities: frozenset[Capability]
) -> None:
    """What is found there, or kept by an idempotent POS, is the version that was sent."""
    async with make_bench(pos=FakePos(capabilities)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        await bench.edit(1001, comment="sin sal")
        await bench.wait(2)
        assert bench.pos.ticket("1001").order.comment == "sin sal"
        assert (await bench.record()).pos_version == 2


async def test_edited_while_it_is_looked_up(make_bench: Any) -> None:
    """What was read before the look-up is what is sent: the edit follows."""
    async with make_bench(pos=FakePos(SEARCHES)) as bench:
        bench.pos.fails("create_order", OutcomeUnknown("no answer"))
        await bench.create(order_form())
        await bench.pump()
        bench.clock.tick(25)
        with bench.pos.holding("find_order") as gate:
            task = asyncio.create_task(bench.pump())
            while bench.pos.count("find_order") == 0:
                await asyncio.sleep(0.001)
            await bench.edit(1001, comment="sin sal")
            gate.set()
            await task
        await bench.pump()
        assert bench.pos.ticket("1001").order.comment == "sin sal"


async def test_edited_while_it_is_uncertain(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(BLIND)) as bench:
        bench.pos.drops("create_order")
        await bench.create(order_form())
        await bench.pump()
        await bench.edit(1001, comment="sin sal")
        record = await bench.staff.entered_by_hand(key_of(1001), "P1")  # it is there, as it was sent
        assert Mark.CHANGE_BY_HAND in record.marks


async def test_courier_news_under_way_are_no_new_version_for_the_pos(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.ORDER_UPDATE})) as bench:
        await bench.create(order_form())
        with bench.pos.holding("create_order") as gate:
            task = asyncio.create_task(bench.pump())
            while not bench.pos.calls:
                await asyncio.sleep(0.001)
            await bench.edit(1001, deliveries=[{"id": 1, "driver": {"name": "Leo"}}])
            gate.set()
            await task
        assert not (await bench.record()).marks


async def test_accepted_under_way_the_pos_hears_it_after(bench: Bench) -> None:
    await bench.create(order_form())
    with bench.pos.holding("create_order") as gate:
        task = asyncio.create_task(bench.pump())
        while not bench.pos.calls:
            await asyncio.sleep(0.001)
        await bench.staff.accept(key_of(1001), 10)
        gate.set()
        await task
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.ACCEPTED


async def test_the_pos_accepts_at_once(make_bench: Any) -> None:
    """A POS that shows its own status in the answer: that is news."""
    async with make_bench(inject_on=InjectOn.ARRIVAL) as bench:
        create = bench.pos.create_order

        async def accepts(request: Any) -> Any:
            await create(request)
            bench.pos.move("1001", Status.IN_PREPARATION)
            return bench.pos.ticket("1001").seen()

        bench.pos.create_order = accepts
        await bench.create(order_form())
        await bench.pump()
        assert (await bench.record()).status is Status.IN_PREPARATION
        assert await bench.queued() == ["order.injected", "in_preparation"]


# ---------------------------------------------------------------- who is in charge


async def test_superseded_before_it_is_sent_it_is_left_to_the_other(bench: Bench) -> None:
    await bench.create(order_form())
    begin = bench.injection._begin

    def superseded_right_after(tx: Any, outlet: Any, key: Any) -> Any:
        attempt = begin(tx, outlet, key)
        outlet.step_down("CAJA-2", 2, START)
        return attempt

    bench.injection._begin = superseded_right_after  # type: ignore[method-assign]
    await bench.pump()
    record = await bench.record()
    assert (record.injection, record.attempts) == (Injection.STORED, 0)
    assert not bench.pos.calls
    assert await bench.due_in(DueKind.INJECT) is not None
    await bench.injection.quiet()


async def test_after_a_takeover_each_is_looked_up_first(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    bench.outlet.assign(SellingPointRole(id="71", role=Role.ACTIVE, epoch=2))
    bench.outlet.caught_up = True
    await bench.create(order_form(1002))
    await bench.pump()
    assert [name for name, what in bench.pos.calls if what == "1002"] == ["find_order", "create_order"]


async def test_a_viewer_injects_nothing(bench: Bench) -> None:
    bench.outlet.step_down("CAJA-2", 2, START)
    await bench.create(order_form())
    await bench.injection.handle(key_of(1001))
    assert not bench.pos.calls


async def test_quiet_waits_for_what_is_under_way(bench: Bench) -> None:
    await bench.create(order_form())
    with bench.pos.holding("create_order") as gate:
        task = asyncio.create_task(bench.pump())
        while not bench.pos.calls:
            await asyncio.sleep(0.001)
        assert bench.injection.busy == 1
        quiet = asyncio.create_task(bench.injection.quiet())
        await asyncio.sleep(0.01)
        assert not quiet.done()
        gate.set()
        await asyncio.gather(task, quiet)
    assert bench.injection.busy == 0
