"""How a stored order goes on: deadlines, schedules, rules that accept by themselves, the companion's own book."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.availability import Closing, ClosingSource
from app.domain.errors import PosRefused, StatusError
from app.domain.record import IN_COMPANION, DueKind, Mark
from app.domain.selling_point import AutoAccept, InjectOn, PaymentRule
from app.domain.status import Injection, OrderType, Origin, Status
from app.ports.pos import Capability
from app.services import preflight
from tests.helpers.clock import START
from tests.helpers.fake_pos import ALL, FakePos
from tests.helpers.fake_sinqro import POINT, order_form, reservation_form
from tests.helpers.services import Bench, key_of

NOBODY_PENDING = ALL - {Capability.ORDER_PENDING}
"""A POS that prints whatever it is given: orders enter it once somebody took them."""

ANYTHING = (AutoAccept(minutes=25),)


def at(minutes: float) -> str:
    """Minutes from the start, as Sinqro writes it."""
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")


# ---------------------------------------------------------------- when it enters the POS


async def test_on_arrival_where_the_pos_can_hold_it_as_to_be_accepted(bench: Bench) -> None:
    assert bench.outlet.inject_on is InjectOn.ARRIVAL
    await bench.create(order_form())
    await bench.pump()
    ticket = bench.pos.ticket("1001")
    assert (ticket.status, ticket.printed) == (Status.PENDING, 0)
    await bench.staff.accept(key_of(1001), 15)
    await bench.pump()
    assert (ticket.status, ticket.printed, ticket.minutes) == (Status.ACCEPTED, 1, 15)


async def test_on_acceptance_elsewhere_no_kitchen_cooks_what_nobody_took(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING)) as bench:
        assert bench.outlet.inject_on is InjectOn.ACCEPTANCE
        await bench.create(order_form())
        await bench.pump()
        assert not bench.pos.calls
        await bench.staff.accept(key_of(1001), 15)
        await bench.pump()
        ticket = bench.pos.ticket("1001")
        assert (ticket.request.status, ticket.request.preparation_minutes) == (Status.ACCEPTED, 15)
        assert (await bench.record()).in_pos


@pytest.mark.parametrize("setting", list(InjectOn))
async def test_the_setting_wins_over_what_the_pos_is_made_for(make_bench: Any, setting: InjectOn) -> None:
    pos = FakePos(NOBODY_PENDING if setting is InjectOn.ARRIVAL else ALL)
    async with make_bench(pos=pos, inject_on=setting) as bench:
        await bench.create(order_form())
        await bench.pump()
        assert len(pos.tickets) == (setting is InjectOn.ARRIVAL)


async def test_an_order_that_comes_accepted_is_injected_at_once(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING)) as bench:
        await bench.create(order_form(status={"code": "accepted"}))
        await bench.pump()
        assert bench.pos.ticket("1001").status is Status.ACCEPTED
        assert await bench.queued() == ["order.injected"]  # nobody accepted it here
        with pytest.raises(StatusError):
            await bench.staff.accept(key_of(1001))


async def test_a_rejected_order_never_enters_the_pos(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING)) as bench:
        await bench.create(order_form())
        await bench.staff.reject(key_of(1001), "too_busy", "llenos")
        await bench.wait(3600)
        record = await bench.record()
        assert (record.status, record.injection) == (Status.REJECTED, Injection.WITHDRAWN)
        assert not bench.pos.calls
        (told,) = await bench.outbox()
        assert (told.data["status"], told.data["reason"], told.data["comment"]) == ("rejected", "too_busy", "llenos")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"code": "Waiting_SP_Validation"}, Status.PENDING),
        ({"code": "strange", "isFinalStatus": True}, Status.CANCELLED),
        ({"code": "strange"}, Status.PENDING),
        (None, Status.PENDING),
    ],
)
async def test_a_code_nobody_knows_goes_by_its_flags(bench: Bench, status: Any, expected: Status) -> None:
    await bench.create(order_form(status=status))
    assert (await bench.record()).status is expected


async def test_a_code_nobody_knows_that_cannot_be_accepted_was_accepted(bench: Bench) -> None:
    await bench.create(order_form(status={"code": "strange"}, isAcceptable=False))
    record = await bench.record()
    assert (record.status, record.sinqro_status) == (Status.ACCEPTED, "strange")


# ---------------------------------------------------------------- deadlines


@pytest.mark.parametrize(
    ("form", "minutes"),
    [
        (order_form(), 3),
        (order_form(market={"code": "JustEat"}), 8),
        (order_form(acceptBy=at(12)), 12),
        (order_form(acceptBy="2026-11-25T21:12:00"), 12),  # in the restaurant's own time
        (order_form(executionTime=at(300)), None),
        (reservation_form(1001), None),
    ],
)
async def test_the_deadline_is_the_orders_else_the_channels(make_bench: Any, form: Any, minutes: int | None) -> None:
    async with make_bench(accept_minutes={"justeat": 8}) as bench:
        await bench.create(form)
        record = await bench.record()
        expected = None if minutes is None else START + timedelta(minutes=minutes)
        assert record.accept_by == expected
        assert await bench.due_in(DueKind.ACCEPT_DEADLINE) == (None if minutes is None else minutes * 60)


async def test_never_accepted_after_the_deadline(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.wait(181)
    assert Mark.LATE in (await bench.record()).marks
    with pytest.raises(StatusError) as caught:
        await bench.staff.accept(key_of(1001))
    assert caught.value.code == "ACCEPT_TOO_LATE"
    assert caught.value.hint
    rejected = await bench.staff.reject(key_of(1001), "too_busy")  # the rest can still be done
    assert rejected.status is Status.REJECTED


async def test_accepted_in_time_there_is_no_deadline_any_more(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.staff.accept(key_of(1001))
    assert await bench.due_in(DueKind.ACCEPT_DEADLINE) is None
    await bench.wait(600)
    assert Mark.LATE not in (await bench.record()).marks


# ---------------------------------------------------------------- scheduled orders


async def test_a_scheduled_order_enters_the_pos_at_its_lead(bench: Bench) -> None:
    await bench.create(order_form(executionTime=at(180)))
    record = await bench.record()
    assert record.scheduled
    await bench.staff.accept(key_of(1001))
    await bench.wait(134 * 60)
    assert not bench.pos.tickets
    assert (await bench.record()).injection is Injection.STORED
    await bench.wait(60)
    assert bench.pos.ticket("1001").status is Status.ACCEPTED
    assert bench.sinqro.called("order.get") == 0  # it did not wait: it was early
    assert not (await bench.record()).scheduled


async def test_within_the_usual_it_is_not_scheduled(bench: Bench) -> None:
    await bench.create(order_form(executionTime=at(90)))
    await bench.pump()
    assert len(bench.pos.tickets) == 1


async def test_scheduled_orders_at_once_by_setting(make_bench: Any) -> None:
    async with make_bench(inject_scheduled_at_once=True) as bench:
        await bench.create(order_form(executionTime=at(180)))
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_scheduled_orders_at_once_after_acceptance(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING), inject_scheduled_at_once=True) as bench:
        await bench.create(order_form(executionTime=at(180)))
        await bench.pump()
        assert not bench.pos.tickets
        await bench.staff.accept(key_of(1001))
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_the_lead_is_a_setting(make_bench: Any) -> None:
    async with make_bench(lead_minutes=20, scheduled_after_minutes=30) as bench:
        await bench.create(order_form(executionTime=at(60), status={"code": "accepted"}))
        assert await bench.due_in(DueKind.INJECT) == 40 * 60
        assert await bench.due_in(DueKind.ALARM) == 40 * 60


async def test_a_scheduled_order_nobody_took_waits_for_a_person_even_after_its_lead(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING)) as bench:
        await bench.create(order_form(executionTime=at(180)))
        await bench.wait(136 * 60)
        assert not bench.pos.calls
        await bench.staff.accept(key_of(1001))
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_accepted_in_the_very_moment_of_its_lead_it_is_not_forgotten(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING)) as bench:
        await bench.create(order_form(executionTime=at(180)))
        bench.clock.tick(136 * 60)
        await bench.pump(DueKind.INJECT)  # nobody took it yet
        await bench.staff.accept(key_of(1001))
        await bench.pump(DueKind.ALARM)
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_a_second_confirmation_where_the_channel_wants_one(make_bench: Any) -> None:
    async with make_bench(confirm_twice=("glovo",)) as bench:
        await bench.create(order_form(executionTime=at(180)))
        await bench.staff.accept(key_of(1001))
        await bench.deliver()
        await bench.wait(136 * 60)
        await bench.deliver()
        assert bench.sinqro.told(1001).count("accepted") == 2
        await bench.create(order_form(1002, executionTime=at(360), market={"code": "own"}))
        await bench.staff.accept(key_of(1002))
        await bench.wait(300 * 60)
        await bench.deliver()
        assert bench.sinqro.told(1002).count("accepted") == 1


async def test_a_scheduled_order_moved_to_now_is_injected_now(bench: Bench) -> None:
    await bench.create(order_form(executionTime=at(600)))
    await bench.staff.accept(key_of(1001))
    await bench.edit(1001, executionTime=at(30))
    await bench.pump()
    assert len(bench.pos.tickets) == 1


async def test_a_scheduled_order_moved_away_waits_for_the_new_time(bench: Bench) -> None:
    await bench.create(order_form(executionTime=at(180)))
    await bench.edit(1001, executionTime=at(600))
    assert await bench.due_in(DueKind.INJECT) == (600 - 45) * 60
    await bench.wait(200 * 60)
    assert not bench.pos.tickets


async def test_a_scheduled_order_cancelled_before_its_lead(bench: Bench) -> None:
    await bench.create(order_form(executionTime=at(180)))
    await bench.cancel(1001)
    await bench.wait(4 * 3600)
    assert not bench.pos.calls


# ---------------------------------------------------------------- accepted by rule


async def test_accepted_by_rule_on_arrival_once_the_pos_has_it(make_bench: Any) -> None:
    async with make_bench(auto_accept=ANYTHING) as bench:
        await bench.create(order_form())
        assert (await bench.record()).status is Status.PENDING
        await bench.pump()
        record = await bench.record()
        assert (record.status, record.status_origin, record.preparation_minutes) == (Status.ACCEPTED, Origin.AUTO, 25)
        assert bench.pos.ticket("1001").status is Status.ACCEPTED
        await bench.deliver()
        assert bench.sinqro.told(1001) == ["order.injected", "accepted"]
        assert bench.sinqro.taken[1].data["preparationTime"] == 25


async def test_accepted_by_rule_on_acceptance_only_after_the_pos_confirmed(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING), auto_accept=ANYTHING) as bench:
        bench.pos.fails("create_order", PosRefused("unknown product"))
        await bench.create(order_form())
        await bench.pump()
        record = await bench.record()
        assert (record.status, record.injection) == (Status.PENDING, Injection.FAILED)
        assert await bench.queued() == ["order.injection_failed"]
        await bench.staff.send(key_of(1001))
        await bench.pump()
        assert (await bench.record()).status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("rule", "accepted"),
    [
        (AutoAccept(channel="glovo"), True),
        (AutoAccept(channel="uber"), False),
        (AutoAccept(order_types=(OrderType.DELIVERY,)), True),
        (AutoAccept(order_types=(OrderType.COLLECTION, OrderType.RESERVATION)), False),
    ],
)
async def test_a_rule_speaks_of_a_channel_and_types(make_bench: Any, rule: AutoAccept, accepted: bool) -> None:
    async with make_bench(auto_accept=(rule,)) as bench:
        await bench.create(order_form())
        await bench.pump()
        assert ((await bench.record()).status is Status.ACCEPTED) is accepted


async def _close(bench: Bench) -> None:
    closing = Closing(id="1", source=ClosingSource.STAFF, since=START, until=START + timedelta(hours=1))
    await bench.ledger.write(lambda tx: tx.put_closing(POINT, closing))


async def _pos_away(bench: Bench) -> None:
    bench.outlet.pos_ok = False


async def _till_closed(bench: Bench) -> None:
    bench.outlet.till_open = False


async def _nothing(bench: Bench) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "form", "code"),
    [
        (_close, {}, "CLOSED"),
        (_pos_away, {}, "POS_UNREACHABLE"),
        (_till_closed, {}, "POS_TILL_CLOSED"),
        (_nothing, {"totalAmount": 20}, "TOTALS_DIFFER"),
        (_nothing, {"payments": [{"amount": "24.50", "paymentMethodName": "bitcoin"}]}, "PAYMENT_NOT_MAPPED"),
    ],
)
async def test_what_speaks_against_a_rule_never_blocks_a_person(
    make_bench: Any, prepare: Any, form: dict[str, Any], code: str
) -> None:
    payments = (PaymentRule(pos_method="CARD", method="card"),)
    async with make_bench(auto_accept=ANYTHING, payments=payments) as bench:
        await prepare(bench)
        await bench.create(order_form(**form))
        record = await bench.record()
        order = await _decoded(bench)
        found = await bench.ledger.read(lambda view: preflight.check(view, bench.outlet, record, order, START))
        assert code in [finding.code for finding in found if finding.blocks]
        await bench.pump()
        assert (await bench.record()).status is Status.PENDING
        assert (await bench.staff.accept(key_of(1001), 20)).status is Status.ACCEPTED


async def _decoded(bench: Bench) -> Any:
    from app.domain.order import decode_order

    version = await bench.ledger.read(lambda view: view.version(key_of(1001)))
    assert version is not None
    return decode_order(version.raw, bench.outlet.selling_point.zone)


async def test_closed_for_others_or_later_is_no_reason(make_bench: Any) -> None:
    async with make_bench(auto_accept=ANYTHING) as bench:
        closings: dict[str, dict[str, Any]] = {
            "uber": {"channels": ("uber",)},
            "tables": {"order_types": (OrderType.INSIDE,)},
            "later": {"since": START + timedelta(hours=1)},
            "over": {"since": START - timedelta(hours=2), "until": START},
        }
        for name, more in closings.items():
            closing = Closing(**{"id": name, "source": ClosingSource.POS, "since": START, **more})
            await bench.ledger.write(lambda tx, closing=closing: tx.put_closing(POINT, closing))
        await bench.create(order_form())
        await bench.pump()
        assert (await bench.record()).status is Status.ACCEPTED


async def test_a_closing_counts_at_the_time_it_is_wanted_for(make_bench: Any) -> None:
    async with make_bench(auto_accept=ANYTHING) as bench:
        closing = Closing(
            id="1", source=ClosingSource.SCHEDULE, since=START + timedelta(hours=2), until=START + timedelta(hours=4)
        )
        await bench.ledger.write(lambda tx: tx.put_closing(POINT, closing))
        await bench.create(order_form(executionTime=at(180)))
        assert (await bench.record()).status is Status.PENDING


async def test_a_scheduled_order_is_accepted_by_rule_at_once(make_bench: Any) -> None:
    async with make_bench(auto_accept=ANYTHING) as bench:
        await bench.create(order_form(executionTime=at(180)))
        record = await bench.record()
        assert (record.status, record.injection) == (Status.ACCEPTED, Injection.STORED)
        assert await bench.queued() == ["accepted"]
        await bench.wait(136 * 60)
        assert bench.pos.ticket("1001").status is Status.ACCEPTED


async def test_no_rule_accepts_after_the_deadline(make_bench: Any, outages: None) -> None:
    async with make_bench(auto_accept=ANYTHING) as bench:
        bench.pos.off = True
        await bench.create(order_form())
        await bench.wait(170)
        bench.clock.tick(20)
        bench.pos.off = False
        await bench.pump()
        record = await bench.record()
        assert (record.status, record.injection) == (Status.PENDING, Injection.INJECTED)
        assert "accepted" not in await bench.queued()


async def test_what_no_rule_may_accept_any_more_is_not_cooked_either(make_bench: Any, outages: None) -> None:
    async with make_bench(pos=FakePos(NOBODY_PENDING), auto_accept=ANYTHING) as bench:
        bench.pos.off = True
        await bench.create(order_form())
        await bench.wait(170)
        bench.clock.tick(20)
        bench.pos.off = False
        await bench.wait(60)
        assert not bench.pos.tickets
        record = await bench.record()
        assert (record.status, record.injection) == (Status.PENDING, Injection.STORED)
        assert Mark.AUTO_ACCEPT not in record.marks
        await bench.told(1001, "accepted")  # somebody took it in Sinqro's panel
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_cancelled_before_the_rule_could_accept(make_bench: Any) -> None:
    async with make_bench(auto_accept=ANYTHING) as bench:
        await bench.create(order_form())
        await bench.cancel(1001)
        await bench.pump()
        assert (await bench.record()).status is Status.CANCELLED
        assert not await bench.queued()


# ---------------------------------------------------------------- money


async def test_payments_go_by_the_restaurants_table(make_bench: Any) -> None:
    from decimal import Decimal

    rules = (
        PaymentRule(pos_method="GLOVO", channel="glovo", prepaid=True),
        PaymentRule(pos_method="CASH", method="Efectivo"),
    )
    paid = [
        {"amount": "20", "paymentMethodName": "whatever", "prepaid": True},
        {"amount": "3.50", "paymentMethodName": "EFECTIVO", "prepaid": False},
        {"amount": "1", "paymentMethodName": "vale", "prepaid": False},
    ]
    async with make_bench(payments=rules) as bench:
        await bench.create(order_form(payments=paid))
        assert Mark.PAYMENT_UNMAPPED in (await bench.record()).marks
        await bench.pump()
        assert bench.pos.ticket("1001").request.payments == (
            ("GLOVO", Decimal(20), True),
            ("CASH", Decimal("3.50"), False),
            (None, Decimal(1), False),
        )


async def test_without_a_table_the_channels_word_goes_through(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    assert bench.pos.ticket("1001").request.payments[0][0] == "card"
    assert Mark.PAYMENT_UNMAPPED not in (await bench.record()).marks


# ---------------------------------------------------------------- reservations, and the companion's own book


async def test_a_reservation_goes_the_same_way(bench: Bench) -> None:
    await bench.create(reservation_form())
    await bench.pump()
    assert bench.pos.ticket("2001").status is Status.PENDING
    for step in (Status.ACCEPTED, Status.SEATED, Status.COMPLETED):
        await bench.staff.move(key_of(2001), step)
        await bench.pump()
        assert bench.pos.ticket("2001").status is step
    await bench.deliver()
    told = [(note.type, note.data.get("status")) for note in bench.sinqro.taken]
    assert told[0] == ("order.injected", None)
    assert set(told[1:]) == {("reservation.status_changed", name) for name in ("accepted", "seated", "completed")} - {
        ("reservation.status_changed", "seated")
    }  # completed superseded it in the outbox


async def test_a_guest_who_does_not_come(bench: Bench) -> None:
    await bench.create(reservation_form())
    await bench.staff.accept(key_of(2001))
    record = await bench.staff.move(key_of(2001), Status.NO_SHOW)
    assert record.status is Status.NO_SHOW
    with pytest.raises(StatusError):
        await bench.staff.move(key_of(2001), Status.SEATED)
    await bench.create(order_form())
    with pytest.raises(StatusError):
        await bench.staff.move(key_of(1001), Status.NO_SHOW)


async def test_where_the_pos_has_no_place_the_companion_is_the_book(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.RESERVATION_CREATE})) as bench:
        await bench.create(reservation_form())
        await bench.wait(3600)
        record = await bench.record(2001)
        assert (record.injection, record.injection_code) == (Injection.STORED, IN_COMPANION)
        for step in (Status.ACCEPTED, Status.SEATED, Status.COMPLETED):
            await bench.staff.move(key_of(2001), step)
        await bench.edit(2001, dinersNumber=9)
        await bench.pump()
        record = await bench.record(2001)
        assert (record.status, record.injection_code) == (Status.COMPLETED, IN_COMPANION)
        assert not bench.pos.calls
        assert await bench.ledger.read(lambda view: view.open_count(POINT)) == 0
        assert "completed" in await bench.queued(2001)


async def test_a_rule_accepts_what_only_the_companion_keeps(make_bench: Any) -> None:
    pos = FakePos(ALL - {Capability.RESERVATION_CREATE})
    async with make_bench(pos=pos, auto_accept=(AutoAccept(order_types=(OrderType.RESERVATION,)),)) as bench:
        await bench.create(reservation_form())
        record = await bench.record(2001)
        assert (record.status, record.status_origin) == (Status.ACCEPTED, Origin.AUTO)
        assert record.injection_code == IN_COMPANION
        assert await bench.queued(2001) == ["accepted"]


async def test_without_any_pos_all_of_it_is_in_the_book(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(frozenset())) as bench:
        await bench.create(order_form())
        await bench.staff.accept(key_of(1001))
        await bench.staff.move(key_of(1001), Status.READY)
        await bench.cancel(1001)
        await bench.pump()
        record = await bench.record()
        assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
        assert not bench.pos.calls
        assert Mark.CANCEL_BY_HAND not in record.marks  # there is nothing to cancel it in


# ---------------------------------------------------------------- everything is in one commit


async def test_an_order_whose_commit_fails_leaves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.domain.errors import LedgerError
    from app.link.messages import RequestFault
    from app.services import receiving

    def full(*_: object) -> None:
        raise LedgerError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "plan_injection", full)
        with pytest.raises(RequestFault) as caught:
            await bench.create(order_form())
    assert (caught.value.code, caught.value.retryable) == ("LEDGER_UNUSABLE", True)
    assert await bench.find(1001) is None
    assert not await bench.ledger.read(lambda view: view.versions(key_of(1001)))
    assert (await bench.create(order_form()))["state"] == "stored"  # Sinqro repeats it
