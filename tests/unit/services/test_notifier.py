"""The outbox on its way: in order for each order, again and again for three days, and never what is no longer true."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import SinqroRefused
from app.domain.record import Mark, Notification
from app.domain.status import Status
from app.ports.sinqro import Delivery, Role, Verdict
from app.services.notifier import AT_ONCE
from tests.helpers.clock import START
from tests.helpers.fake_sinqro import POINT, later, order_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, key_of


def note(number: int, order_id: int | None = None, *, kind: str = "order.injected", **data: Any) -> Notification:
    return Notification(
        id=f"msg_{number}",
        selling_point=POINT,
        type=kind,
        data={"orderId": order_id or number, **data},
        created_at=START,
        order_id="" if order_id == 0 else str(order_id or number),
    )


async def put(bench: Bench, *notes: Notification) -> None:
    for one in notes:
        await bench.ledger.write(lambda tx, one=one: tx.add_notification(one))  # type: ignore[misc]


async def left(bench: Bench) -> int:
    return await bench.ledger.read(lambda view: view.outbox_size())


async def retry_after(bench: Bench, number: int = 1) -> float:
    """Seconds from now until it is tried again."""
    due = await bench.ledger.read(lambda view: view.next_notification_due((POINT,)))
    assert due is not None
    return (due - bench.clock.now()).total_seconds()


# ---------------------------------------------------------------- in order


async def test_what_is_delivered_is_done(bench: Bench) -> None:
    await put(bench, note(1))
    await bench.deliver()
    assert [taken.id for taken in bench.sinqro.taken] == ["msg_1"]
    assert await left(bench) == 0
    await bench.deliver()
    assert len(bench.sinqro.posts) == 1


async def test_the_notifications_of_an_order_arrive_in_their_order(bench: Bench, outages: None) -> None:
    await put(bench, *(note(number, 1001) for number in range(5)))
    bench.sinqro.answers(Verdict.DELIVERED, Verdict.RETRY, Verdict.RETRY)
    for _ in range(6):
        await bench.deliver()
        bench.clock.tick(3)
    assert [taken.id for taken in bench.sinqro.taken] == [f"msg_{number}" for number in range(5)]


async def test_one_that_fails_holds_up_its_order_and_no_other(bench: Bench, outages: None) -> None:
    await put(bench, note(1, 1001), note(2, 1001), note(3, 1002))
    bench.sinqro.answers(Verdict.RETRY)
    await bench.deliver()
    assert [taken.id for taken in bench.sinqro.taken] == ["msg_3"]


async def test_a_few_at_the_same_time(bench: Bench) -> None:
    under_way = most = 0
    real = bench.sinqro.post

    async def slow(notification: Notification, **more: Any) -> Delivery:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return await real(notification, **more)

    bench.sinqro.post = slow  # type: ignore[method-assign]
    await put(bench, *(note(number) for number in range(1, 13)))
    await bench.deliver()
    assert most == AT_ONCE
    assert await left(bench) == 0


async def test_each_attempt_is_under_the_same_id_and_says_who_and_when(bench: Bench, outages: None) -> None:
    seen: list[dict[str, Any]] = []
    real = bench.sinqro.post

    async def watched(notification: Notification, **more: Any) -> Delivery:
        seen.append({"id": notification.id, **more})
        return await real(notification, **more)

    bench.sinqro.post = watched  # type: ignore[method-assign]
    now, monotonic = bench.clock.now(), bench.clock.monotonic()
    bench.offset.sample(now + timedelta(seconds=90), now=now, monotonic=monotonic, round_trip=0)
    bench.sinqro.answers(Verdict.RETRY)
    await put(bench, note(1))
    await bench.deliver()
    bench.clock.tick(2)
    await bench.deliver()
    assert [(entry["id"], entry["epoch"], entry["installation_id"]) for entry in seen] == [
        ("msg_1", 1, "inst_here")
    ] * 2
    assert seen[0]["now"] == START + timedelta(seconds=90)  # by Sinqro's clock
    assert seen[1]["now"] == START + timedelta(seconds=92)


# ---------------------------------------------------------------- again


async def delays(bench: Bench, times: int) -> list[float]:
    """What lies between failing attempts."""
    found = []
    bench.sinqro.off = True
    await bench.deliver()
    for _ in range(times):
        pause = await retry_after(bench)
        found.append(pause)
        bench.clock.tick(pause + 0.001)
        before = len(bench.sinqro.posts)
        await bench.deliver()
        assert len(bench.sinqro.posts) == before + 1
    return found


async def test_retries_slow_down(bench: Bench, outages: None) -> None:
    await put(bench, note(1))
    for pause, expected in zip(await delays(bench, 9), (1, 2, 5, 10, 30, 120, 600, 3600, 3600), strict=True):
        assert 0.89 * expected <= pause <= 1.11 * expected


async def test_retries_stay_quick_while_an_order_has_an_open_deadline(bench: Bench, outages: None) -> None:
    await bench.create(order_form(acceptBy="2026-11-25T21:30:00+0000"))
    await put(bench, note(1, 5))
    for pause, expected in zip(await delays(bench, 7), (1, 2, 5, 10, 10, 10, 10), strict=True):
        assert 0.89 * expected <= pause <= 1.11 * expected


async def test_an_accept_on_its_way_counts_as_an_open_deadline(bench: Bench, outages: None) -> None:
    await bench.create(order_form(acceptBy="2026-11-25T21:30:00+0000"))
    bench.sinqro.off = True
    await bench.staff.accept(key_of(1001))
    assert max(await delays(bench, 8)) <= 11


async def test_sinqro_may_ask_for_more_time(bench: Bench, outages: None) -> None:
    bench.sinqro.answers(later(300))
    await put(bench, note(1))
    await bench.deliver()
    assert await retry_after(bench) == pytest.approx(300, abs=1)


async def test_not_delivered_in_three_days_it_is_given_up(bench: Bench, expected_logs: ExpectedLogs) -> None:
    await bench.create(order_form())
    await bench.pump()
    bench.clock.tick(72 * 3600 + 1)
    with expected_logs("app.services.notifier", logging.WARNING, "given up after 72 hours"):
        await bench.deliver()
    assert not bench.sinqro.posts
    assert await left(bench) == 0
    assert len(await bench.happened("notification_refused")) == 1


async def test_an_outage_is_told_once_and_its_end_once(
    bench: Bench, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.sinqro.off = True
    await put(bench, note(1), note(2))
    with expected_logs("app.services.notifier", logging.WARNING, "do not reach Sinqro") as said:
        for _ in range(4):
            await bench.deliver()
            bench.clock.tick(6)
    assert len(said) == 1
    bench.sinqro.off = False
    bench.clock.tick(60)
    await bench.deliver()
    assert not bench.notifier.failing
    assert sum("reach Sinqro again" in record.message for record in caplog.records) == 1


async def test_a_sign_of_life_makes_everything_due(bench: Bench, outages: None) -> None:
    await put(bench, note(1), note(2))
    await delays(bench, 1)
    bench.clock.tick(100)
    await bench.deliver()
    bench.sinqro.off = False
    assert await retry_after(bench) > 1
    bench.companion.alive()
    await bench.deliver()
    assert await left(bench) == 0


async def test_signs_of_life_are_heard_once_a_second(bench: Bench, outages: None) -> None:
    bench.sinqro.off = True
    await put(bench, note(1))
    await bench.deliver()
    for _ in range(100):  # a busy link, and an endpoint that is down
        bench.companion.alive()
        await bench.deliver()
    assert len(bench.sinqro.posts) <= 3


async def test_a_new_link_makes_everything_due(bench: Bench, outages: None) -> None:
    bench.sinqro.off = True
    await put(bench, note(1))
    await delays(bench, 7)
    bench.sinqro.off = False
    await bench.hello()
    await bench.deliver()
    assert await left(bench) == 0


async def test_when_much_fails_only_the_oldest_is_tried(bench: Bench, outages: None) -> None:
    bench.sinqro.off = True
    await put(bench, *(note(number) for number in range(1, 40)))
    for _ in range(8):
        await bench.deliver()
        bench.clock.tick(1)
    assert 15 < len(bench.sinqro.posts) < 40
    before = len(bench.sinqro.posts)
    for _ in range(60):
        await bench.turn()
        bench.clock.tick(1)
    assert 4 <= len(bench.sinqro.posts) - before <= 7  # one in ten seconds
    bench.sinqro.off = False
    for _ in range(15):
        await bench.deliver()
        bench.clock.tick(1)
    bench.companion.alive()
    bench.clock.tick(3600)
    await bench.deliver()
    assert await left(bench) == 0  # one that arrives ends it


# ---------------------------------------------------------------- verdicts


@pytest.mark.parametrize("verdict", [Verdict.FINAL, Verdict.GONE])
async def test_refused_for_good_it_is_shown_and_the_next_goes_on(
    bench: Bench, expected_logs: ExpectedLogs, verdict: Verdict
) -> None:
    await bench.create(order_form())
    await bench.pump()
    await bench.staff.accept(key_of(1001))
    bench.sinqro.answers(Delivery(verdict=verdict, reason="HTTP 422 BAD"))
    with expected_logs("app.services.notifier", logging.WARNING, "does not take order.injected"):
        await bench.deliver()
    assert bench.sinqro.told(1001) == ["accepted"]
    (entry,) = await bench.happened("notification_refused")
    assert entry.detail == {"type": "order.injected", "reason": "HTTP 422 BAD"}
    assert not bench.outlet.endpoint_stopped


async def test_gone_three_times_in_a_row_the_endpoint_stops_and_wants_pairing(
    bench: Bench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("app.services.notifier", logging.WARNING)
    await put(bench, *(note(number, 1001) for number in range(1, 9)))
    bench.sinqro.answers(*[Verdict.GONE] * 2, Verdict.DELIVERED, *[Verdict.GONE] * 3)
    await bench.deliver()
    assert "pair again" in bench.outlet.endpoint_stopped
    assert len(bench.sinqro.posts) == 6
    assert await left(bench) == 2  # kept for the new pairing
    assert (await bench.companion.snapshot()).outlets[0].endpoint_stopped


async def test_bad_credentials_are_tried_again_slowly(bench: Bench, outages: None) -> None:
    bench.sinqro.answers(Verdict.CREDENTIALS)
    await put(bench, note(1))
    await bench.deliver()
    assert await left(bench) == 1
    bench.clock.tick(2)
    await bench.deliver()
    assert await left(bench) == 0


async def test_superseded_stops_everything_and_asks_who_is_in_charge(bench: Bench, expected_logs: ExpectedLogs) -> None:
    await put(bench, note(1), note(2, 1))
    bench.sinqro.epoch = 2  # another one took over; its word to us got lost
    with expected_logs("app.services.charge", logging.WARNING, "another installation"):
        await bench.deliver()
    assert bench.outlet.role is Role.VIEWER
    assert bench.sinqro.reconnects == 1
    posts = len(bench.sinqro.posts)
    bench.clock.tick(100)
    await bench.deliver()
    assert len(bench.sinqro.posts) == posts
    assert await left(bench) == 2
    await bench.charge.take_over(POINT)  # a person takes over again: it goes on, under the new epoch
    await bench.deliver()
    assert await left(bench) == 0


async def test_a_sender_that_trips_us_does_not_stop_the_others(bench: Bench, expected_logs: ExpectedLogs) -> None:
    def trips(notification: Notification) -> None:
        if notification.id == "msg_1" and len(bench.sinqro.posts) < 3:
            raise KeyError("a bug")

    bench.sinqro.before_post = trips
    await put(bench, note(1), note(2))
    with expected_logs("app.services.notifier", logging.ERROR, "a bug of ours"):
        await bench.deliver()
    assert [taken.id for taken in bench.sinqro.taken] == ["msg_2"]
    bench.sinqro.before_post = None
    bench.clock.tick(61)
    await bench.deliver()
    assert await left(bench) == 0


# ---------------------------------------------------------------- superseding


async def test_a_later_status_replaces_what_was_not_yet_tried(bench: Bench) -> None:
    await bench.create(order_form(status={"code": "accepted"}))
    for step in (Status.IN_PREPARATION, Status.READY, Status.DISPATCHED):
        await bench.staff.move(key_of(1001), step)
    assert await bench.queued() == ["dispatched"]


async def test_answers_are_never_replaced(bench: Bench) -> None:
    await bench.create(order_form())
    await bench.staff.accept(key_of(1001))
    await bench.staff.move(key_of(1001), Status.READY)
    await bench.staff.cancel(key_of(1001), "technical")
    assert await bench.queued() == ["accepted", "cancelled"]
    await bench.deliver()
    assert bench.sinqro.told(1001) == ["accepted", "cancelled"]
    assert not bench.sinqro.faults


async def test_what_was_perhaps_sent_is_never_replaced(bench: Bench, outages: None) -> None:
    await bench.create(order_form(status={"code": "accepted"}))
    await bench.staff.move(key_of(1001), Status.IN_PREPARATION)
    bench.sinqro.off = True
    await bench.deliver()
    await bench.staff.move(key_of(1001), Status.READY)
    assert await bench.queued() == ["in_preparation", "ready"]
    bench.sinqro.off = False
    bench.clock.tick(5)
    await bench.deliver()
    assert bench.sinqro.told(1001) == ["in_preparation", "ready"]


async def test_each_order_replaces_only_its_own(bench: Bench) -> None:
    for number in (1, 2):
        await bench.create(order_form(number, status={"code": "accepted"}))
        await bench.staff.move(key_of(number), Status.IN_PREPARATION)
    await bench.staff.move(key_of(1), Status.READY)
    assert (await bench.queued(1), await bench.queued(2)) == (["ready"], ["in_preparation"])


# ---------------------------------------------------------------- an accept after its deadline


async def accepted_offline(bench: Bench) -> None:
    """Accepted in time; Sinqro is out of reach until after the deadline."""
    await bench.create(order_form())
    await bench.pump()
    await bench.deliver()
    bench.sinqro.off = True
    await bench.staff.accept(key_of(1001), 20)
    await bench.deliver()
    bench.clock.tick(400)
    bench.sinqro.off = False


@pytest.fixture
async def offline(bench: Bench, outages: None) -> Bench:
    await accepted_offline(bench)
    return bench


async def test_still_acceptable_it_is_sent(offline: Bench) -> None:
    await offline.deliver()
    assert offline.sinqro.called("order.get") == 1
    assert offline.sinqro.told(1001)[-1] == "accepted"


async def test_cancelled_meanwhile_staff_are_told_to_stop_cooking(offline: Bench) -> None:
    offline.sinqro.status(1001, "cancelled")
    await offline.deliver()
    record = await offline.record()
    assert record.status is Status.CANCELLED
    assert Mark.STOP_COOKING in record.marks
    assert offline.sinqro.told(1001) == ["order.injected"]
    assert not await offline.queued()
    await offline.pump()
    assert offline.pos.ticket("1001").status is Status.CANCELLED
    await offline.deliver()  # and nothing is left of it
    assert offline.sinqro.told(1001) == ["order.injected"]


async def test_accepted_by_somebody_else_it_is_not_sent_again(offline: Bench) -> None:
    offline.sinqro.status(1001, "accepted")
    await offline.deliver()
    assert (await offline.record()).status is Status.ACCEPTED
    assert not await offline.queued()
    assert not (await offline.record()).marks


async def test_while_it_cannot_be_read_it_waits(offline: Bench) -> None:
    posts = len(offline.sinqro.posts)
    offline.sinqro.says("order.get", SinqroRefused("busy"), {"order": {}}, {})
    for _ in range(3):
        await offline.deliver()
        offline.clock.tick(31)
    assert len(offline.sinqro.posts) == posts
    await offline.deliver()
    assert offline.sinqro.told(1001)[-1] == "accepted"


async def test_without_a_link_it_waits_and_is_not_counted(offline: Bench) -> None:
    offline.sinqro.off = True
    attempts = (await offline.outbox())[0].attempts
    await offline.deliver()
    assert (await offline.outbox())[0].attempts == attempts
    offline.sinqro.off = False
    offline.clock.tick(6)
    await offline.deliver()
    assert offline.sinqro.told(1001)[-1] == "accepted"


async def test_a_reject_is_sent_however_late(bench: Bench, outages: None) -> None:
    await bench.create(order_form())
    bench.sinqro.off = True
    await bench.staff.reject(key_of(1001), "too_busy")
    await bench.deliver()
    bench.clock.tick(4000)
    bench.sinqro.off = False
    await bench.deliver()
    assert bench.sinqro.called("order.get") == 0
    assert bench.sinqro.told(1001) == ["rejected"]


# ---------------------------------------------------------------- crashes, and by itself


async def test_a_crash_while_it_is_sent_sends_it_again_under_its_id(make_bench: Any) -> None:
    async with make_bench() as first:
        await put(first, note(1))

        class Died(BaseException):
            pass

        async def dies(*_: Any, **__: Any) -> None:
            raise Died

        real = first.sinqro.post

        async def sent_and_died(notification: Notification, **more: Any) -> Delivery:
            await real(notification, **more)
            raise Died

        first.sinqro.post = sent_and_died
        with pytest.raises(BaseExceptionGroup):
            await first.turn()
        first.sinqro.post = real
    async with make_bench(pos=first.pos, sinqro=first.sinqro, clock=first.clock) as bench:
        await bench.deliver()
        assert [post.id for post in bench.sinqro.posts] == ["msg_1", "msg_1"]
        assert len(bench.sinqro.taken) == 1
        assert not bench.sinqro.faults
        assert await left(bench) == 0


async def test_it_runs_by_itself_and_is_woken_by_what_is_committed(bench: Bench) -> None:
    task = asyncio.create_task(bench.notifier.run())
    try:
        await asyncio.sleep(0.02)
        await bench.create(order_form())
        await bench.staff.accept(key_of(1001))
        for _ in range(500):
            if bench.sinqro.taken:
                break
            await asyncio.sleep(0.004)
        assert bench.sinqro.told(1001) == ["accepted"]
        assert bench.notifier.backlog == 0 or bench.notifier.backlog == 1
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_hello_says_how_much_sinqro_lacks(make_bench: Any) -> None:
    async with make_bench() as first:
        await put(first, note(1), note(2))
    async with make_bench(started=False) as bench:
        bench.sinqro.off = True
        await bench.start()
        assert bench.companion.hello()["unacknowledged"] == 2
