"""Sinqro's requests: stored before they are answered, done once, in any order, whatever their form."""

import logging
from typing import Any

import pytest

from app.domain.record import DueKind, Mark
from app.domain.status import Injection, Origin, Status
from app.link.messages import INVALID_PARAMS, METHOD_NOT_FOUND, RequestFault, encode
from app.ports.pos import Capability
from tests.helpers.fake_pos import ALL, FakePos
from tests.helpers.fake_sinqro import POINT, order_form, reservation_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of


async def quarantine(bench: Bench) -> list[tuple[str, bytes]]:
    return [(reason, raw) for _, reason, raw in await bench.ledger.read(lambda view: view.quarantine())]


async def versions(bench: Bench, order_id: int = 1001) -> list[int]:
    return [version.number for version in await bench.ledger.read(lambda view: view.versions(key_of(order_id)))]


async def refused(bench: Bench, method: str, params: Any) -> RequestFault:
    with pytest.raises(RequestFault) as caught:
        await bench.request(method, params)
    return caught.value


# ---------------------------------------------------------------- order.create


async def test_an_order_is_stored_with_its_own_text_before_the_answer(bench: Bench) -> None:
    form = order_form(1001)
    answer = await bench.create(form)
    assert answer == {"state": "stored", "orderId": 1001}
    record = await bench.record()
    assert (record.status, record.injection, record.code) == (Status.PENDING, Injection.STORED, "4F7K")
    version = await bench.ledger.read(lambda view: view.version(key_of(1001)))
    assert version is not None
    assert version.raw == encode(form)
    assert not bench.pos.calls  # nothing waits for the POS
    assert [entry.kind for entry in await bench.history()] == ["received"]


@pytest.mark.parametrize("order_id", [1001, "1001", "A-77"])
async def test_ids_go_back_in_the_type_they_came_in(bench: Bench, order_id: int | str) -> None:
    assert (await bench.create(order_form(order_id)))["orderId"] == order_id
    await bench.pump()
    await bench.deliver()
    assert bench.sinqro.taken[0].data["orderId"] == order_id


async def test_a_repeated_order_gets_the_same_answer_and_is_injected_once(bench: Bench) -> None:
    params = bench.sinqro.place(order_form())
    first = await bench.request("order.create", params)
    await bench.pump()
    assert await bench.request("order.create", params) == first
    other = encode({**params, "requestId": "another", "order": order_form(totalAmount="24.50", extra={"x": 1})})
    assert await bench.request("order.create", other) == first  # the same in another spelling
    await bench.pump()
    assert await versions(bench) == [1]
    assert len(bench.pos.tickets) == 1


async def test_create_again_with_other_content_is_an_update(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.create(order_form(comment="con mucha cebolla"))
    record = await bench.record()
    assert record.version == 2
    assert Mark.CHANGED in record.marks
    await bench.pump()
    assert bench.pos.ticket("1001").order.comment == "con mucha cebolla"
    await bench.create(order_form())  # the first text once more: repeated, not changed back
    assert (await bench.record()).version == 2


async def test_an_edit_before_its_order(bench: Bench) -> None:
    create = bench.sinqro.place(order_form())
    await bench.edit(1001, comment="sin sal")
    await bench.pump()
    assert bench.pos.ticket("1001").order.comment == "sin sal"
    assert await bench.request("order.create", create) == {"state": "stored", "orderId": 1001}
    await bench.pump()
    record = await bench.record()
    assert record.version == 1  # the older text is kept, and changes nothing
    assert await versions(bench) == [1, 2]
    assert Mark.CHANGED not in record.marks
    assert len(bench.pos.tickets) == 1


async def test_a_status_before_its_order_is_applied_with_it(bench: Bench) -> None:
    create = bench.sinqro.place(order_form())
    answer = await bench.told(1001, "accepted")
    assert answer == {"state": "stored", "status": "accepted"}
    assert await bench.find(1001) is None
    await bench.request("order.create", create)
    record = await bench.record()
    assert (record.status, record.status_origin) == (Status.ACCEPTED, Origin.SINQRO)
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.ACCEPTED


async def test_a_cancellation_before_its_order_never_rings_and_never_enters_the_pos(bench: Bench) -> None:
    create = bench.sinqro.place(order_form())
    await bench.cancel(1001)
    await bench.cancel(1001)
    await bench.request("order.create", create)
    record = await bench.record()
    assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
    await bench.wait(3600)
    assert not bench.pos.calls
    assert not await bench.queued()  # Sinqro said it itself


async def test_accepted_and_cancelled_before_its_order_nobody_need_stop_cooking(bench: Bench) -> None:
    create = bench.sinqro.place(order_form())
    await bench.told(1001, "accepted")
    await bench.cancel(1001)
    await bench.request("order.create", create)
    record = await bench.record()
    assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
    assert Mark.STOP_COOKING not in record.marks


async def test_status_edit_and_order_in_the_worst_order(bench: Bench) -> None:
    create = bench.sinqro.place(order_form())
    update = bench.sinqro.edit(1001, comment="x")
    cancel = bench.sinqro.cancel(1001)
    await bench.request("order.status.update", cancel)
    await bench.request("order.update", update)
    await bench.request("order.create", create)
    await bench.pump()
    assert (await bench.record()).status is Status.CANCELLED
    assert not bench.pos.tickets


# ---------------------------------------------------------------- whatever its form


async def test_an_unreadable_order_is_kept_answered_and_shown(bench: Bench) -> None:
    answer = await bench.create(order_form(totalAmount="NaN", code="77", marketOrderCode=None))
    assert answer["state"] == "stored"
    assert answer["warnings"][0]["code"] == "ORDER_UNREADABLE"
    assert answer["warnings"][0]["field"] == "$.totalAmount"
    record = await bench.record()
    assert (record.injection, record.code) == (Injection.FAILED, "77")
    assert Mark.UNREADABLE in record.marks
    await bench.pump()
    assert not bench.pos.tickets
    # staff answer it all the same, and enter it by hand
    await bench.staff.accept(key_of(1001), 20)
    entered = await bench.staff.entered_by_hand(key_of(1001), "P99")
    assert (entered.injection, entered.pos_order_id) == (Injection.INJECTED, "P99")
    assert Mark.UNREADABLE not in entered.marks
    assert await bench.queued() == ["accepted", "order.injected"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"code": "accepted"}, Status.ACCEPTED),
        ({"code": "cancelled"}, Status.CANCELLED),
        ({"code": "strange"}, Status.PENDING),
        ({"code": {}}, Status.PENDING),
        (7, Status.PENDING),
    ],
)
async def test_the_status_of_an_unreadable_order_counts_where_it_can_be_read(
    bench: Bench, status: Any, expected: Status
) -> None:
    await bench.create(order_form(totalAmount="NaN", status=status))
    record = await bench.record()
    assert record.status is expected
    assert Mark.UNREADABLE in record.marks
    assert record.injection is (Injection.WITHDRAWN if expected is Status.CANCELLED else Injection.FAILED)


async def test_totals_that_do_not_add_up_are_stored_injected_and_flagged(bench: Bench) -> None:
    answer = await bench.create(order_form(totalAmount=20))
    assert answer["warnings"][0]["code"] == "TOTALS_DIFFER"
    await bench.pump()
    record = await bench.record()
    assert record.injection is Injection.INJECTED
    assert Mark.TOTALS_DIFFER in record.marks
    assert str(record.total_difference) == "-4.50"


async def test_an_order_without_id_is_refused_and_kept_in_quarantine(bench: Bench, expected_logs: ExpectedLogs) -> None:
    raw = encode({"sellingPointId": POINT, "order": {"type": "delivery", "consumer": {"name": "Ana"}}})
    with expected_logs("app.services.intake", logging.WARNING, "without an id") as said:
        fault = await refused(bench, "order.create", raw)
    assert (fault.rpc_code, fault.field) == (INVALID_PARAMS, "$.order.id")
    assert [kept for _, kept in await quarantine(bench)] == [raw]
    assert "Ana" not in said[0].getMessage()  # no customer in the log


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("order.create", {"sellingPointId": POINT}, "$.order"),
        ("order.create", {"order": order_form()}, "$.sellingPointId"),
        ("order.update", {"sellingPointId": POINT, "order": order_form()}, "$.orderId"),
        ("order.update", {"sellingPointId": POINT, "orderId": [], "order": order_form()}, "$.orderId"),
        ("order.create", b"[1", "$"),
    ],
)
async def test_what_carries_an_order_and_cannot_be_understood_is_kept(
    bench: Bench, expected_logs: ExpectedLogs, method: str, params: Any, field: str
) -> None:
    with expected_logs("app.services.intake", logging.WARNING, "quarantine"):
        fault = await refused(bench, method, params)
    assert (fault.rpc_code, fault.field) == (INVALID_PARAMS, field)
    assert len(await quarantine(bench)) == 1


async def test_another_restaurant_is_not_served(bench: Bench) -> None:
    params = {**bench.sinqro.place(order_form()), "sellingPointId": 99}
    assert (await refused(bench, "order.create", params)).code == "SELLING_POINT_UNKNOWN"
    assert await bench.find(1001) is None


async def test_a_number_for_the_selling_point_will_do(bench: Bench) -> None:
    await bench.request("order.create", {**bench.sinqro.place(order_form()), "sellingPointId": int(POINT)})
    assert await bench.find(1001) is not None


async def test_an_unknown_method(bench: Bench) -> None:
    assert (await refused(bench, "order.destroy", {})).rpc_code == METHOD_NOT_FOUND


# ---------------------------------------------------------------- order.update and its revisions


async def test_an_edit_with_an_old_revision_changes_nothing(bench: Bench) -> None:
    await bench.create(order_form())
    old = bench.sinqro.edit(1001, comment="first")
    new = bench.sinqro.edit(1001, comment="second")
    await bench.request("order.update", new)
    await bench.request("order.update", old)
    await bench.request("order.update", new)
    record = await bench.record()
    assert (record.version, record.sinqro_revision) == (2, 2)


async def test_an_edit_that_was_overtaken_by_a_status_still_counts(bench: Bench) -> None:
    await bench.create(order_form())
    edit = bench.sinqro.edit(1001, comment="sin sal")
    await bench.told(1001, "accepted")
    await bench.request("order.update", edit)
    await bench.pump()
    assert bench.pos.ticket("1001").order.comment == "sin sal"
    assert (await bench.record()).sinqro_revision == 2


async def test_an_edit_without_revision_counts_as_newer(bench: Bench) -> None:
    await bench.create(order_form())
    for comment in ("a", "b"):
        params = bench.sinqro.edit(1001, comment=comment)
        del params["revision"]
        await bench.request("order.update", params)
    assert (await bench.record()).version == 3


async def test_an_edit_in_a_pos_that_cannot_is_done_by_hand(make_bench: Any) -> None:
    async with make_bench(pos=FakePos(ALL - {Capability.ORDER_UPDATE})) as bench:
        await bench.create(order_form())
        await bench.pump()
        await bench.edit(1001, comment="sin sal")
        await bench.pump()
        assert Mark.CHANGE_BY_HAND in (await bench.record()).marks
        ticked = await bench.staff.tick_off(key_of(1001))
        assert not ticked.marks
        assert ticked.pos_version == 2


async def test_courier_news_do_not_ring_and_are_no_business_of_the_pos(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.edit(1001, deliveries=[{"id": 1, "driver": {"name": "Leo"}, "deliveryAgreedAt": "21:40"}])
    await bench.pump()
    record = await bench.record()
    assert record.version == 2
    assert not record.marks & {Mark.CHANGED, Mark.CHANGE_BY_HAND}
    assert bench.pos.count("update_order") == 0


async def test_a_line_taken_off_after_completion_is_a_refund(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.move(key_of(1001), Status.COMPLETED)
    await bench.pump()
    lines = order_form()["orderLines"][:1]
    await bench.edit(1001, orderLines=lines, totalAmount=20)
    await bench.pump()
    record = await bench.record()
    assert (record.status, str(record.refunded), str(record.total)) == (Status.COMPLETED, "4.50", "20")
    assert Mark.REFUNDED in record.marks
    assert bench.pos.count("update_order") == 0  # the paid order is left alone
    await bench.edit(1001, orderLines=[], totalAmount=0)
    assert str((await bench.record()).refunded) == "24.50"


async def test_an_edit_of_a_cancelled_order_changes_nothing(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.cancel(1001)
    await bench.edit(1001, comment="x")
    await bench.pump()
    record = await bench.record()
    assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
    assert not record.marks & {Mark.CHANGED, Mark.CHANGE_BY_HAND, Mark.REFUNDED}
    assert not bench.pos.tickets


async def test_an_order_that_becomes_readable_goes_on(bench: Bench) -> None:
    await bench.create(order_form(orderLines="nonsense"))
    assert (await bench.record()).injection is Injection.FAILED
    await bench.edit(1001, orderLines=order_form()["orderLines"])
    await bench.pump()
    record = await bench.record()
    assert record.injection is Injection.INJECTED
    assert Mark.UNREADABLE not in record.marks
    assert record.code == "4F7K"


async def test_a_readable_order_that_becomes_unreadable(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.edit(1001, orderLines="nonsense")
    await bench.pump()
    record = await bench.record()
    assert (record.injection, record.injection_code) == (Injection.FAILED, "ORDER_UNREADABLE")
    assert not bench.pos.tickets


async def test_an_unreadable_edit_of_an_order_in_the_pos_is_done_by_hand(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.edit(1001, orderLines="nonsense")
    await bench.pump()
    record = await bench.record()
    assert record.injection is Injection.INJECTED
    assert {Mark.UNREADABLE, Mark.CHANGE_BY_HAND} <= record.marks


async def test_a_reservation_moves_to_another_time_and_party(bench: Bench) -> None:
    await bench.create(reservation_form())
    await bench.pump()
    await bench.edit(2001, executionTime="2026-11-25T23:00:00+0100", dinersNumber=6)
    await bench.pump()
    record = await bench.record(2001)
    assert record.execution_at is not None
    assert f"{record.execution_at:%H:%M}" == "22:00"
    assert bench.pos.ticket("2001").order.diners_number == 6


# ---------------------------------------------------------------- order.status.update


async def test_a_status_is_applied_once_and_told_to_the_pos_alone(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    params = bench.sinqro.status(1001, "accepted", comment="ya")
    answer = await bench.request("order.status.update", params)
    assert answer == {"state": "stored", "status": "accepted"}
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.ACCEPTED
    await bench.staff.move(key_of(1001), Status.READY)
    assert await bench.request("order.status.update", params) == answer  # the same answer, though it is ready by now
    assert (await bench.record()).status is Status.READY
    assert "accepted" not in await bench.queued()


async def test_a_step_back_and_an_old_revision_are_not_applied(bench: Bench) -> None:
    await bench.create(order_form())
    old = bench.sinqro.status(1001, "accepted")
    await bench.told(1001, "ready")
    assert (await bench.request("order.status.update", old))["status"] == "ready"
    assert (await bench.told(1001, "accepted"))["status"] == "ready"
    assert len(await bench.happened("status_not_applied")) == 1


async def test_a_cancellation_that_was_overtaken_by_an_edit_still_counts(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    cancel = bench.sinqro.cancel(1001)
    await bench.edit(1001, comment="late")
    assert (await bench.request("order.status.update", cancel))["status"] == "cancelled"
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.CANCELLED
    assert (await bench.record()).sinqro_revision == 2


async def test_a_status_that_was_overtaken_by_an_edit_still_counts(bench: Bench) -> None:
    await bench.create(order_form())
    accepted = bench.sinqro.status(1001, "accepted")
    await bench.edit(1001, comment="late")
    await bench.request("order.status.update", accepted)
    assert (await bench.record()).status is Status.ACCEPTED


async def test_an_unknown_code_is_kept_and_shown(bench: Bench) -> None:
    await bench.create(order_form())
    answer = await bench.told(1001, "teleported")
    assert answer["status"] == "pending"
    record = await bench.record()
    assert (record.status, record.sinqro_status) == (Status.PENDING, "teleported")
    assert len(await bench.happened("unknown_status")) == 1


async def test_cancelled_after_completion_is_a_refund(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.move(key_of(1001), Status.COMPLETED)
    answer = await bench.cancel(1001)
    assert answer["status"] == "completed"
    record = await bench.record()
    assert Mark.REFUNDED in record.marks
    assert str(record.refunded) == "24.50"
    await bench.pump()
    assert bench.pos.ticket("1001").status is Status.COMPLETED


# ---------------------------------------------------------------- reading


async def test_an_order_is_read_from_the_pos_else_from_the_ledger(bench: Bench) -> None:
    params = {"sellingPointId": POINT, "orderId": 1001}
    await bench.create(order_form())
    stored = await bench.request("order.get", params)
    assert (stored["source"], stored["posOrderId"]) == ("ledger", None)
    await bench.pump()
    bench.pos.move("1001", Status.READY)
    live = await bench.request("order.get", params)
    assert (live["source"], live["status"], live["posOrderId"]) == ("pos", "ready", "P1")
    assert bytes(live["order"]) == encode(order_form())
    bench.pos.off = True
    assert (await bench.request("order.get", params))["source"] == "ledger"
    status = await bench.request("order.status.get", params)
    assert (status["status"], status["injection"], status["origin"]) == ("pending", "injected", "sinqro")


@pytest.mark.parametrize("method", ["order.get", "order.status.get"])
async def test_an_order_nobody_knows(bench: Bench, method: str) -> None:
    fault = await refused(bench, method, {"sellingPointId": POINT, "orderId": 5})
    assert (fault.code, fault.field) == ("ORDER_NOT_FOUND", "$.orderId")


async def test_closings_are_set_shown_and_lifted_by_whoever_set_them(bench: Bench) -> None:
    ask = {"sellingPointId": POINT}
    assert (await bench.request("availability.get", ask))["open"] is True
    closing = {"id": 7, "until": "2026-11-25T22:00:00", "reason": "full"}
    found = await bench.request("availability.set", {**ask, "closing": closing})
    assert found["open"] is False
    assert f"{found['closings'][0].until:%H:%M%z}" == "21:00+0000"  # the restaurant's own time
    partly = {"id": "p", "orderTypes": ["delivery"], "channels": ["Glovo"]}
    await bench.request("availability.set", {**ask, "closing": partly})
    found = await bench.request("availability.set", {**ask, "lift": 7})
    assert found["open"] is True  # closed for some is not closed
    assert [entry.id for entry in found["closings"]] == ["p"]
    from app.domain.availability import Closing, ClosingSource

    ours = Closing(id="s", source=ClosingSource.STAFF, since=bench.clock.now())
    await bench.ledger.write(lambda tx: tx.put_closing(POINT, ours))
    assert (await bench.request("availability.set", {**ask, "lift": "s"}))["open"] is False


@pytest.mark.parametrize(
    "params", [{}, {"closing": {"id": 1, "until": "tomorrow"}}, {"closing": {"id": 1, "orderTypes": ["party"]}}]
)
async def test_a_closing_that_is_none(bench: Bench, params: dict[str, Any]) -> None:
    fault = await refused(bench, "availability.set", {"sellingPointId": POINT, **params})
    assert fault.rpc_code == INVALID_PARAMS


async def test_tables_where_the_pos_has_them(make_bench: Any) -> None:
    async with make_bench() as bench:
        assert (await bench.request("tables.get", {"sellingPointId": POINT}))["zones"][0]["code"] == "T"
        bench.pos.off = True
        fault = await refused(bench, "tables.get", {"sellingPointId": POINT})
        assert (fault.code, fault.retryable) == ("POS_UNREACHABLE", True)
        bench.pos.capabilities = ALL - {Capability.TABLES_READ}
        assert (await refused(bench, "tables.get", {"sellingPointId": POINT})).code == "NOT_SUPPORTED"


async def test_a_ping_tells_of_the_pos(bench: Bench) -> None:
    assert (await bench.request("link.ping", b""))["pos"] == "ok"
    bench.outlet.pos_ok = False
    assert (await bench.request("link.ping", {"sellingPointId": POINT}))["pos"] == "unreachable"
    assert (await bench.request("link.ping", {"sellingPointId": "other"}))["pos"] == "ok"


async def test_superseded_stops_the_work_before_it_is_answered(bench: Bench, expected_logs: ExpectedLogs) -> None:
    await bench.create(order_form())
    with expected_logs("app.services.intake", logging.WARNING, "CAJA-2 is in charge"):
        answer = await bench.request("link.superseded", {"sellingPointId": POINT, "deviceName": "CAJA-2", "epoch": 2})
    assert answer == {}
    assert not bench.outlet.at_work
    await bench.pump()
    assert not bench.pos.calls
    assert (await bench.due_in(DueKind.INJECT)) is not None  # still there, should it come back
