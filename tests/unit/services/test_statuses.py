"""Two sides and the staff change one order: who wins, who is told, and what comes too late."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import StatusError
from app.domain.record import Mark
from app.domain.status import Origin, Status
from app.ports.pos import PosOrder
from app.services import statuses
from tests.helpers.clock import START
from tests.helpers.fake_sinqro import order_form
from tests.helpers.services import Bench, key_of


async def ready_for_news(bench: Bench) -> None:
    """In the POS, everything told, the poller up to date."""
    await bench.create(order_form())
    await bench.pump()
    await bench.deliver()
    await bench.poll()


# ---------------------------------------------------------------- from the POS


async def test_accepted_in_the_pos(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.pos.move("1001", Status.ACCEPTED, minutes=35)
    await bench.poll()
    record = await bench.record()
    assert (record.status, record.status_origin, record.preparation_minutes) == (Status.ACCEPTED, Origin.POS, 35)
    await bench.deliver()
    told = bench.sinqro.taken[-1].data
    assert (told["status"], told["preparationTime"], told["origin"]) == ("accepted", 35, "pos")
    assert bench.pos.count("change_status") == 0  # no echo


async def test_accepted_in_the_pos_after_the_deadline_is_not_told(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.clock.tick(200)
    bench.pos.move("1001", Status.ACCEPTED)
    await bench.poll()
    record = await bench.record()
    assert record.status is Status.PENDING
    assert Mark.LATE in record.marks
    assert "accepted" not in await bench.queued()
    assert len(await bench.happened("accept_too_late")) == 1
    await bench.cancel(1001)  # and the channel cancels, as it must
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.CANCELLED


async def test_accepted_in_time_and_seen_late_is_in_time(bench: Bench) -> None:
    await ready_for_news(bench)
    record = await bench.record()
    seen = PosOrder(id="P1", status=Status.ACCEPTED, pos_status="A", changed_at=START + timedelta(seconds=170))
    late = START + timedelta(seconds=200)
    changed = await bench.ledger.write(lambda tx: statuses.told_by_pos(tx, bench.outlet, record, seen, late))
    assert changed.status is Status.ACCEPTED


async def test_rejected_in_the_pos_after_the_deadline_is_told(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.clock.tick(200)
    bench.pos.move("1001", Status.REJECTED, reason="too_busy")
    await bench.poll()
    (told,) = await bench.outbox()
    assert (told.data["status"], told.data["reason"]) == ("rejected", "too_busy")


async def test_a_code_of_the_pos_nobody_knows_is_kept_and_shown(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.pos.code("1001", "EN_EL_HORNO")
    await bench.poll()
    record = await bench.record()
    assert (record.status, record.pos_status) == (Status.PENDING, "EN_EL_HORNO")
    assert not await bench.queued()


async def test_a_jump_forward_is_one_step(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.pos.move("1001", Status.READY)
    await bench.poll()
    assert await bench.queued() == ["ready"]


async def test_the_same_news_twice_is_told_once(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.pos.move("1001", Status.ACCEPTED)
    await bench.poll()
    bench.pos.move("1001", Status.ACCEPTED)
    await bench.poll()
    assert await bench.queued() == ["accepted"]


# ---------------------------------------------------------------- echoes


async def test_what_sinqro_said_is_not_told_back(bench: Bench) -> None:
    await ready_for_news(bench)
    await bench.told(1001, "accepted")
    await bench.pump()
    await bench.poll()  # the POS shows what we told it
    assert not await bench.queued()
    assert (await bench.record()).status_origin is Origin.SINQRO


async def test_what_staff_did_is_told_to_both_once(bench: Bench) -> None:
    await ready_for_news(bench)
    await bench.staff.accept(key_of(1001), 15)
    await bench.pump()
    await bench.poll()
    await bench.poll()
    assert await bench.queued() == ["accepted"]
    assert bench.pos.ticket("1001").told == [Status.ACCEPTED]
    await bench.deliver()
    await bench.told(1001, "accepted")  # Sinqro's echo
    await bench.pump()
    assert not await bench.queued()
    assert bench.pos.ticket("1001").told == [Status.ACCEPTED]


# ---------------------------------------------------------------- both at once


@pytest.mark.parametrize(
    ("pos", "sinqro", "winner"),
    [
        (Status.READY, "accepted", Status.READY),  # the one further on
        (Status.ACCEPTED, "ready", Status.READY),
        (Status.READY, "cancelled", Status.CANCELLED),  # final beats what is not
        (Status.CANCELLED, "ready", Status.CANCELLED),
    ],
)
@pytest.mark.parametrize("pos_first", [True, False])
async def test_both_sides_change_at_once(
    bench: Bench, pos: Status, sinqro: str, winner: Status, pos_first: bool
) -> None:
    await ready_for_news(bench)
    bench.pos.move("1001", pos)
    if pos_first:
        await bench.relay.poll(bench.outlet)
    await bench.told(1001, sinqro)
    await bench.poll()
    await bench.deliver()
    await bench.poll()
    record = await bench.record()
    assert record.status is winner
    assert bench.pos.ticket("1001").status is winner
    assert bench.sinqro.orders["1001"].status is winner
    assert not record.marks & {Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND}
    assert not bench.sinqro.faults


async def test_final_against_final_the_first_stays_and_both_are_in_the_history(bench: Bench) -> None:
    await ready_for_news(bench)
    await bench.cancel(1001)
    bench.pos.move("1001", Status.COMPLETED)
    bench.pos.deaf = frozenset({Status.CANCELLED})
    await bench.poll()
    record = await bench.record()
    assert record.status is Status.CANCELLED
    assert Mark.CANCEL_BY_HAND in record.marks  # the kitchen has handed it out: somebody must look
    told = [entry for entry in await bench.history() if entry.kind in ("status", "status_not_applied")]
    assert {entry.origin for entry in told} == {Origin.SINQRO, Origin.POS}


async def test_cancelled_in_the_pos_after_completion_is_recorded(bench: Bench) -> None:
    await ready_for_news(bench)
    await bench.staff.move(key_of(1001), Status.COMPLETED)
    await bench.pump()
    bench.pos.move("1001", Status.CANCELLED)
    await bench.poll()
    assert (await bench.record()).status is Status.COMPLETED
    assert len(await bench.happened("status_not_applied")) == 1


async def test_staff_cancel_while_the_channel_cancels(bench: Bench) -> None:
    await ready_for_news(bench)
    await bench.staff.accept(key_of(1001))
    cancel = bench.sinqro.cancel(1001)
    await bench.staff.cancel(key_of(1001), "technical")
    await bench.request("order.status.update", cancel)
    await bench.pump()
    await bench.deliver()
    record = await bench.record()
    assert (record.status, record.status_origin) == (Status.CANCELLED, Origin.STAFF)
    assert bench.pos.ticket("1001").status is Status.CANCELLED


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.PENDING, Status.REJECTED, Status.SEATED])
async def test_no_step_back_and_none_of_another_type(bench: Bench, status: Status) -> None:
    await bench.create(order_form())
    await bench.staff.move(key_of(1001), Status.READY)
    with pytest.raises(StatusError):
        await bench.staff.move(key_of(1001), status)
    assert (await bench.record()).status is Status.READY


async def test_nothing_follows_a_final_state(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.staff.reject(key_of(1001), "closed")
    with pytest.raises(StatusError) as caught:
        await bench.staff.accept(key_of(1001))
    assert caught.value.code == "STATUS_FINAL"


async def test_each_change_has_its_origin_time_and_reason(bench: Bench) -> None:
    await ready_for_news(bench)
    bench.clock.tick(30)
    await bench.staff.accept(key_of(1001), 15)
    bench.clock.tick(30)
    await bench.told(1001, "cancelled", reason="customer", comment="demasiado tarde")
    changes: list[tuple[Any, ...]] = [
        (entry.detail["after"], entry.origin, (entry.at - START).total_seconds(), entry.detail["reason"])
        for entry in await bench.happened("status")
    ]
    assert changes == [("accepted", Origin.STAFF, 30, ""), ("cancelled", Origin.SINQRO, 60, "customer")]
    assert (await bench.record()).comment == "demasiado tarde"


async def test_our_revision_counts_up_and_names_what_it_was_based_on(bench: Bench) -> None:
    await ready_for_news(bench)
    await bench.edit(1001, comment="x")
    await bench.staff.accept(key_of(1001))
    await bench.staff.move(key_of(1001), Status.READY)
    revisions = [(note.data["revision"], note.data["basedOn"]) for note in await bench.outbox()]
    assert revisions == [(1, 1), (2, 1)]
