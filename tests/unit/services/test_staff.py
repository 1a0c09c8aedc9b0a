"""What people do at the tray: only what is possible, only by who is in charge, all of it in the history."""

from typing import Any

import pytest

from app.domain.errors import PosRefused, StatusError
from app.domain.record import BY_HAND, DueKind, Mark
from app.domain.status import Injection, Origin, Status
from tests.helpers.fake_sinqro import order_form
from tests.helpers.services import Bench, key_of

pytestmark = pytest.mark.usefixtures("outages")


async def refused(step: Any) -> StatusError:
    with pytest.raises(StatusError) as caught:
        await step
    return caught.value


async def seven_that_waited(bench: Bench) -> list[int]:
    """ "7 orders came while the POS was off"."""
    ids = list(range(1, 8))
    bench.pos.off = True
    for number in ids:
        await bench.create(order_form(number, status={"code": "accepted"}))
    await bench.pump()
    bench.clock.tick(900)
    bench.pos.off = False
    await bench.pump()
    assert {(await bench.record(number)).injection for number in ids} == {Injection.HELD}
    return ids


async def test_one_list_for_what_waited_and_three_ways_out_for_each(bench: Bench) -> None:
    ids = await seven_that_waited(bench)
    snapshot = await bench.companion.snapshot()
    assert [int(order.order_id) for order in snapshot.outlets[0].orders] == ids
    for number in ids[:3]:
        await bench.staff.send(key_of(number))
    for number in ids[3:5]:
        await bench.staff.send(key_of(number), print_ticket=False)
    for number in ids[5:]:
        await bench.staff.entered_by_hand(key_of(number))
    await bench.pump()
    assert [(ticket.reference, ticket.printed) for ticket in bench.pos.tickets] == [
        *(("1", 1), ("2", 1), ("3", 1), ("4", 0), ("5", 0))
    ]
    assert {(await bench.record(number)).injection for number in ids} == {Injection.INJECTED}
    await bench.deliver()
    told = {number: bench.sinqro.told(number) for number in ids}
    assert all(told[number][-1] == "order.injected" for number in ids)


async def test_who_decided_is_in_the_history(bench: Bench) -> None:
    await seven_that_waited(bench)
    await bench.staff.send(key_of(1), print_ticket=False)
    await bench.staff.entered_by_hand(key_of(2), "P77")
    (sent,) = await bench.happened("sent_by_hand", 1)
    (typed,) = await bench.happened("entered_by_hand", 2)
    assert (sent.origin, sent.detail) == (Origin.STAFF, {"printed": False})
    assert (typed.origin, typed.detail) == (Origin.STAFF, {"posOrderId": "P77"})


async def test_entered_by_hand_under_an_id_it_follows_the_pos(bench: Bench) -> None:
    bench.pos.fails("create_order", PosRefused("unknown product"))
    await bench.create(order_form())
    await bench.create(order_form(1002))
    await bench.pump()
    ours = 1002 if (await bench.record(1001)).in_pos else 1001
    await bench.poll()
    ticket = bench.pos.type_in(bench.pos.tickets[0].request)
    ticket.reference = ""
    await bench.staff.entered_by_hand(key_of(ours), ticket.id)
    ticket.status = Status.ACCEPTED
    bench.pos.note(ticket)
    await bench.poll()
    assert (await bench.record(ours)).status is Status.ACCEPTED


@pytest.mark.parametrize("kind", ["stored", "injected", "cancelled"])
async def test_only_what_waits_for_a_person_can_be_sent_or_entered(bench: Bench, kind: str) -> None:
    if kind == "cancelled":
        await seven_that_waited(bench)
        await bench.cancel(1)
        key = key_of(1)
    else:
        await bench.create(order_form())
        if kind == "injected":
            await bench.pump()
        key = key_of(1001)
    assert (await refused(bench.staff.send(key))).code == "NOT_WAITING"
    assert (await refused(bench.staff.entered_by_hand(key))).code == "NOT_WAITING"


async def test_entered_by_hand_while_it_is_retried(bench: Bench) -> None:
    bench.pos.off = True
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.entered_by_hand(key_of(1001))
    bench.pos.off = False
    await bench.wait(60)
    assert not bench.pos.tickets
    assert await bench.due_in(DueKind.INJECT) is None


async def test_what_was_done_by_hand_is_ticked_off(bench: Bench) -> None:
    await bench.create(order_form())
    record = (await bench.record()).marked(*BY_HAND, Mark.CHANGED, Mark.TOTALS_DIFFER)
    await bench.ledger.write(lambda tx: tx.put_order(record))
    ticked = await bench.staff.tick_off(key_of(1001))
    assert ticked.marks == {Mark.TOTALS_DIFFER}  # which nobody can do by hand
    (entry,) = await bench.happened("ticked_off")
    assert entry.origin is Origin.STAFF


async def test_where_another_device_is_in_charge_nothing_can_be_done(bench: Bench) -> None:
    await bench.create(order_form())
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    error = await refused(bench.staff.accept(key_of(1001)))
    assert (error.code, error.hint) == ("SELLING_POINT_TAKEN", "Take over first.")
    assert "CAJA-2" in error.message
    assert (await bench.record()).status is Status.PENDING
    await bench.companion.take_over("71")
    assert (await bench.staff.accept(key_of(1001))).status is Status.ACCEPTED


async def test_an_order_that_is_not_there(bench: Bench) -> None:
    assert (await refused(bench.staff.accept(key_of(5)))).code == "ORDER_NOT_FOUND"
    from app.domain.record import OrderKey

    await refused(bench.staff.accept(OrderKey("99", "5")))


async def test_accepted_twice_by_two_hands(bench: Bench) -> None:
    import asyncio

    await bench.create(order_form())
    found = await asyncio.gather(
        *(bench.staff.accept(key_of(1001), minutes) for minutes in (10, 20)), return_exceptions=True
    )
    assert [type(one).__name__ for one in found] == ["OrderRecord", "StatusError"]
    assert await bench.queued() == ["accepted"]


async def test_without_pos_and_sinqro_staff_can_still_answer(bench: Bench) -> None:
    bench.pos.off = bench.sinqro.off = True
    await bench.create(order_form())
    await bench.pump()
    record = await bench.staff.accept(key_of(1001), 20)
    assert (record.status, record.injection) == (Status.ACCEPTED, Injection.WAITING)
    await bench.deliver()
    assert await bench.queued() == ["accepted"]
    bench.pos.off = bench.sinqro.off = False
    await bench.wait(15)
    await bench.deliver()
    assert bench.pos.ticket("1001").status is Status.ACCEPTED
    assert bench.sinqro.told(1001)[0] == "accepted"


async def test_a_change_rings_the_screens(bench: Bench) -> None:
    await bench.create(order_form())
    bench.changed.clear()
    await bench.staff.accept(key_of(1001))
    assert bench.changed == ["71"]
