"""A POS that knows fewer steps than we do, and one that does not do quite what it was asked."""

import pytest

from app.domain.errors import PosNoSuchStatus
from app.domain.record import DueKind, Mark
from app.domain.status import Status
from app.ports.pos import PosWarning
from tests.helpers.fake_sinqro import order_form
from tests.helpers.services import Bench, key_of


async def test_a_step_that_the_pos_does_not_know_asks_nobody(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.accept(key_of(1001), 20)
    await bench.pump()
    bench.pos.fails("change_status", PosNoSuchStatus("no such step"))
    await bench.staff.move(key_of(1001), Status.READY)
    await bench.pump()
    record = await bench.record()
    assert (record.status, record.pos_has, record.marks) == (Status.READY, Status.ACCEPTED, frozenset())
    assert await bench.due_in(DueKind.POS_STATUS) is None

    await bench.staff.move(key_of(1001), Status.COMPLETED)
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.COMPLETED


@pytest.mark.parametrize(
    ("warning", "mark"),
    [
        (PosWarning.TABLE_BUSY, Mark.TABLE_BUSY),
        (PosWarning.PAYMENT_UNKNOWN, Mark.PAYMENT_UNMAPPED),
        (PosWarning.MERGED, Mark.POS_DIFFERS),
        (PosWarning.TOTAL_DIFFERS, Mark.POS_DIFFERS),
        (PosWarning.DOUBLED, Mark.POS_DIFFERS),
    ],
)
async def test_what_the_pos_made_of_it_is_marked_and_kept(bench: Bench, warning: PosWarning, mark: Mark) -> None:
    bench.pos.warnings = (warning,)
    await bench.create(order_form())
    await bench.pump()
    assert mark in (await bench.record()).marks
    history = await bench.ledger.read(lambda view: view.history(key_of(1001)))
    assert [entry.detail for entry in history if entry.kind == "pos_warning"] == [{"warnings": [warning.value]}]
    ticked = await bench.staff.tick_off(key_of(1001))
    assert Mark.POS_DIFFERS not in ticked.marks
