"""After a lost ledger or a takeover: Sinqro's list is gone through before anything is injected, and none is doubled."""

import logging
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import SinqroRefused
from app.domain.record import DueKind, Mark
from app.domain.status import Injection, Status
from app.ports.pos import Capability
from tests.helpers.fake_pos import ALL, BLIND, FakePos
from tests.helpers.fake_sinqro import POINT, order_form, reservation_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of, open_bench

NOBODY_PENDING = ALL - {Capability.ORDER_PENDING}


async def lost(bench: Bench, folder: Path, **rules: Any) -> Any:
    """A new, empty ledger between the same POS and the same Sinqro."""
    folder.mkdir()
    return open_bench(folder, pos=bench.pos, sinqro=bench.sinqro, clock=bench.clock, **rules)


async def test_an_empty_list_is_a_first_day(bench: Bench) -> None:
    assert bench.outlet.at_work
    assert bench.sinqro.called("order.list") == 1
    params = bench.sinqro.calls[0][1]
    assert (params["sellingPointId"], params["since"][:10]) == (POINT, "2026-11-22")  # 72 hours


async def test_nothing_is_injected_before_the_list_came_but_new_orders_are_taken(
    make_bench: Any, expected_logs: ExpectedLogs
) -> None:
    async with make_bench(started=False) as bench:
        bench.sinqro.says("order.list", SinqroRefused("busy"), SinqroRefused("busy"))
        with expected_logs("app.services.catch_up", logging.WARNING, "cannot be read"):
            await bench.start()
        assert not bench.outlet.at_work
        assert (await bench.create(order_form()))["state"] == "stored"
        await bench.pump()
        assert not bench.pos.calls
        with expected_logs("app.services.catch_up", logging.WARNING, "cannot be read"):
            assert not await bench.catch_up.run(bench.outlet)
        assert await bench.catch_up.run(bench.outlet)
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_a_lost_ledger_doubles_nothing(bench: Bench, tmp_path: Path) -> None:
    for number in range(1, 6):
        await bench.create(order_form(number))
    await bench.create(reservation_form(9))
    await bench.pump()
    await bench.staff.accept(key_of(2), 20)
    await bench.pump()
    await bench.deliver()
    await bench.cancel(3)
    await bench.pump()
    async with await lost(bench, tmp_path / "new") as found:
        await found.pump()
        assert len(found.pos.tickets) == 6
        assert found.pos.count("create_order") == 6
        assert [(await found.record(n)).status.value for n in (1, 2, 3, 9)] == [
            *("pending", "accepted", "cancelled", "pending")
        ]
        assert (await found.record(1)).in_pos
        assert (await found.record(3)).injection is Injection.WITHDRAWN
        await found.staff.accept(key_of(1), 10)  # and it goes on
        await found.pump()
        await found.deliver()
        assert found.pos.ticket("1").status is Status.ACCEPTED
        assert not found.sinqro.faults  # our revisions go on where they were


async def test_what_was_never_injected_goes_the_way_of_an_order_that_waited(bench: Bench, tmp_path: Path) -> None:
    bench.outlet.caught_up = False
    for number, code in enumerate(("waiting_sp_validation", "accepted", "cancelled", "completed"), 1):
        await bench.create(order_form(number, status={"code": code}))
    async with await lost(bench, tmp_path / "new") as found:
        await found.pump()
        injections = [(await found.record(number)).injection for number in range(1, 5)]
        assert injections == [Injection.INJECTED, Injection.HELD, Injection.WITHDRAWN, Injection.WITHDRAWN]
        assert [ticket.reference for ticket in found.pos.tickets] == ["1"]


async def test_cancelled_on_sinqro_and_alive_in_the_pos_it_is_cancelled_there(bench: Bench, tmp_path: Path) -> None:
    await bench.create(order_form())
    await bench.pump()
    bench.sinqro.cancel(1001)  # nobody told us
    async with await lost(bench, tmp_path / "new") as found:
        await found.pump()
        assert found.pos.ticket("1001").status is Status.CANCELLED


async def test_where_the_pos_cannot_be_asked_they_are_held(tmp_path: Path) -> None:
    async with open_bench(tmp_path, pos=FakePos(BLIND)) as first:
        await first.create(order_form())
        await first.pump()
    async with await lost(first, tmp_path / "new") as found:
        await found.pump()
        record = await found.record()
        assert (record.injection, record.injection_code) == (Injection.HELD, "LEDGER_LOST")
        assert len(found.pos.tickets) == 1
        await found.staff.entered_by_hand(key_of(1001), "P1")
        assert (await found.record()).in_pos


async def test_not_taken_yet_it_waits_for_staff(tmp_path: Path) -> None:
    async with open_bench(tmp_path, pos=FakePos(NOBODY_PENDING)) as first:
        await first.create(order_form())
    async with await lost(first, tmp_path / "new") as found:
        await found.pump()
        assert (await found.record()).injection is Injection.STORED
        await found.staff.accept(key_of(1001))
        await found.pump()
        assert [name for name, _ in found.pos.calls] == ["find_order"]
        assert (await found.record()).injection is Injection.HELD  # it waited, and is accepted: a person decides


async def test_a_long_list_comes_in_pages(bench: Bench, tmp_path: Path) -> None:
    bench.sinqro.page = 3
    for number in range(1, 12):
        bench.sinqro.place(order_form(number))
    async with await lost(bench, tmp_path / "new") as found:
        await found.pump()
        assert len(found.pos.tickets) == 11
        assert found.sinqro.called("order.list") == 1 + 4


async def test_known_orders_get_sinqros_status(make_bench: Any) -> None:
    async with make_bench() as first:
        for number in (1, 2, 3):
            await first.create(order_form(number))
        await first.pump()
        await first.deliver()
        await first.staff.move(key_of(3), Status.READY)  # Sinqro has not heard it yet
    first.sinqro.status(1, "accepted")
    first.sinqro.cancel(2)
    first.sinqro.epoch += 1  # this installation takes charge again
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.pump()
        assert [(await bench.record(n)).status.value for n in (1, 2, 3)] == ["accepted", "cancelled", "ready"]
        assert bench.pos.ticket("1").status is Status.ACCEPTED
        assert bench.pos.ticket("2").status is Status.CANCELLED
        await bench.deliver()
        assert bench.sinqro.orders["3"].status is Status.READY


async def test_the_first_text_of_an_order_comes_after_its_newer_one_on_the_list(make_bench: Any) -> None:
    async with make_bench(started=False) as bench:
        create = bench.sinqro.place(order_form())
        update = bench.sinqro.edit(1001, comment="sin sal")
        await bench.start()
        await bench.request("order.create", create)
        await bench.request("order.update", update)
        await bench.pump()
        assert bench.pos.ticket("1001").order.comment == "sin sal"
        assert Mark.CHANGED not in (await bench.record()).marks


async def test_an_order_changed_by_a_second_create_after_the_list(make_bench: Any) -> None:
    async with make_bench(started=False) as bench:
        create = bench.sinqro.place(order_form())
        await bench.start()
        await bench.request("order.create", create)
        await bench.request("order.create", {**create, "order": order_form(comment="sin sal")})
        await bench.pump()
        assert bench.pos.ticket("1001").order.comment == "sin sal"


async def test_known_orders_get_sinqros_newest_text(make_bench: Any) -> None:
    async with make_bench() as first:
        for number in (1, 2, 3):
            await first.create(order_form(number))
        await first.pump()
        await first.deliver()
    update = first.sinqro.edit(1, comment="sin sal")  # on its way while another one was in charge
    first.sinqro.status(2, "accepted")  # a revision too, and no other text
    first.sinqro.epoch += 1
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.request("order.update", update)
        await bench.pump()
        assert [(await bench.record(number)).version for number in (1, 2, 3)] == [2, 1, 1]
        assert bench.pos.ticket("1").order.comment == "sin sal"
        assert not (await bench.record(2)).marks


async def test_a_list_is_gone_through_once_for_each_epoch(make_bench: Any) -> None:
    async with make_bench() as first:
        pass
    async with make_bench(sinqro=first.sinqro, clock=first.clock) as bench:
        assert bench.outlet.at_work
        assert bench.sinqro.called("order.list") == 1
        bench.sinqro.epoch += 1
        await bench.hello()
        assert bench.sinqro.called("order.list") == 2


async def test_an_unreadable_order_on_the_list_is_kept(bench: Bench, tmp_path: Path) -> None:
    bench.sinqro.place(order_form(1, orderLines="nonsense"))
    bench.sinqro.place(order_form(2))
    async with await lost(bench, tmp_path / "new") as found:
        assert Mark.UNREADABLE in (await found.record(1)).marks
        assert (await found.record(2)).injection is Injection.STORED


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"orders": None},
        {"orders": [{}, {"order": None}, {"order": {"id": None}}, {"order": "x"}, 7]},
        {"orders": [{"order": order_form(1, status="nonsense"), "revision": "x"}]},
    ],
)
async def test_nonsense_on_the_list_does_not_stop_the_restaurant(
    make_bench: Any, expected_logs: ExpectedLogs, answer: Any
) -> None:
    expected_logs.allow("app.services.catch_up", logging.WARNING)
    async with make_bench(started=False) as bench:
        bench.sinqro.says("order.list", answer)
        await bench.start()
        assert bench.outlet.at_work


@pytest.mark.parametrize("answer", [[], "x", None])
async def test_an_answer_that_is_no_list_is_asked_for_again(
    make_bench: Any, expected_logs: ExpectedLogs, answer: Any
) -> None:
    async with make_bench(started=False) as bench:
        bench.sinqro.says("order.list", answer)
        with expected_logs("app.services.catch_up", logging.WARNING, "cannot be read"):
            await bench.start()
        assert not bench.outlet.at_work
        await bench.hello()
        assert bench.outlet.at_work


async def test_a_crash_in_the_middle_begins_again(make_bench: Any, tmp_path: Path) -> None:
    async with make_bench(started=False) as bench:
        for number in range(1, 8):
            bench.sinqro.place(order_form(number))
        bench.sinqro.page = 3

        class Died(BaseException):
            pass

        real = bench.sinqro.call

        async def dies(method: str, params: Any, timeout: float = 10) -> Any:
            if params.get("cursor"):
                raise Died
            return await real(method, params, timeout)

        bench.sinqro.call = dies
        with pytest.raises(Died):
            await bench.start()
        bench.sinqro.call = real
    async with make_bench(pos=bench.pos, sinqro=bench.sinqro, clock=bench.clock) as again:
        await again.pump()
        assert len(again.pos.tickets) == 7
        assert await again.due_in(DueKind.INJECT, 1) is None


async def test_a_viewer_does_not_catch_up(bench: Bench) -> None:
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    assert not await bench.catch_up.run(bench.outlet)
    assert bench.sinqro.called("order.list") == 1
