"""Closed by anyone is closed, it opens by itself, and the truth about Sinqro is shown at all times."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from app.domain.availability import Closing, ClosingSource, ProofState
from app.domain.errors import PosRefused, PosUnreachable
from app.domain.record import DueKind, Mark
from app.domain.schedule import Schedule
from app.domain.selling_point import AutoAccept
from app.domain.status import OrderType
from app.ports.pos import Capability, PosSwitch
from app.ports.sinqro import Verdict
from app.services.availability import POS_AWAY, POS_SWITCH, NotPossible
from app.services.schedules import ScheduleRefused
from tests.helpers.fake_pos import ALL, FakePos
from tests.helpers.fake_sinqro import POINT, order_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, open_bench
from tests.unit.domain.test_schedule import span

NO_SWITCH = ALL - {Capability.AVAILABILITY_READ, Capability.AVAILABILITY_WRITE, Capability.SCHEDULE_READ}


@pytest.fixture
async def bench(tmp_path: Any) -> Any:
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH)) as opened:
        yield opened


async def closings(bench: Bench) -> list[Closing]:
    return await bench.ledger.read(lambda view: view.closings(POINT))


async def close(bench: Bench, minutes: float | None = 20, **more: Any) -> None:
    until = None if minutes is None else bench.clock.now() + timedelta(minutes=minutes)
    await bench.companion.availability.close(POINT, until=until, **more)


def told(bench: Bench, kind: str = "availability.changed") -> list[dict[str, Any]]:
    return [note.data for note in bench.sinqro.taken if note.type == kind]


async def proof(bench: Bench) -> Any:
    return (await bench.companion.snapshot()).outlets[0].proof


async def look(bench: Bench, seconds: float = 0) -> None:
    bench.clock.tick(seconds)
    await bench.pump()
    await bench.deliver()
    await bench.companion._mirrors.look()


# ---------------------------------------------------------------- staff


async def test_closed_for_twenty_minutes_and_open_again(bench: Bench) -> None:
    await close(bench, 20, reason="horno averiado")
    await bench.deliver()
    (closing,) = await closings(bench)
    assert (closing.source, closing.reason) == (ClosingSource.STAFF, "horno averiado")
    assert [note["open"] for note in told(bench)] == [False]
    assert await bench.due_in(DueKind.AVAILABILITY, "") == 1200
    await bench.wait(1200)
    await bench.deliver()
    assert not await closings(bench)
    assert [note["open"] for note in told(bench)] == [False, True]
    history = await bench.history("")
    assert [(entry.kind, entry.origin.value) for entry in history] == [("closed", "staff"), ("reopened", "auto")]


async def test_two_closings_end_one_after_the_other(bench: Bench) -> None:
    await close(bench, 20)
    await close(bench, 60, order_types=[OrderType.DELIVERY])
    await bench.wait(1200)
    assert [closing.order_types for closing in await closings(bench)] == [(OrderType.DELIVERY,)]
    await bench.deliver()
    assert told(bench)[-1]["open"] is True
    await bench.wait(2400)
    assert not await closings(bench)


async def test_until_somebody_opens(bench: Bench) -> None:
    await close(bench, None)
    assert await bench.due_in(DueKind.AVAILABILITY, "") is None
    (closing,) = await closings(bench)
    await bench.companion.availability.lift(POINT, closing.id)
    assert not await closings(bench)
    await bench.companion.availability.lift(POINT, closing.id)


async def test_until_tomorrows_opening(bench: Bench) -> None:
    week = Schedule(weekly=tuple(span(day, "13:00", day, "16:00") for day in range(1, 8)))
    await bench.companion.schedules.save(POINT, week)
    await close(bench, None, until_opening=True)
    (closing,) = await closings(bench)
    assert closing.until is not None
    local = closing.until.astimezone(bench.outlet.selling_point.zone)
    assert (local.hour, local.date() - bench.clock.now().date()) == (13, timedelta(days=1))


async def test_a_time_that_has_passed_is_refused(bench: Bench) -> None:
    with pytest.raises(NotPossible, match="passed"):
        await close(bench, -1)


async def test_a_viewer_cannot_close(bench: Bench) -> None:
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    with pytest.raises(NotPossible, match="in charge"):
        await close(bench)


async def test_an_order_that_comes_while_closed_is_not_accepted_by_rule_and_says_so(tmp_path: Any) -> None:
    rule = AutoAccept(channel="*")
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH), auto_accept=(rule,)) as bench:
        await close(bench)
        at = bench.clock.now() + timedelta(minutes=10)
        await bench.create(order_form(executionTime=at.isoformat()))
        record = await bench.record()
        assert Mark.CLOSED_THEN in record.marks
        assert Mark.AUTO_ACCEPT not in record.marks
        await bench.companion.staff.tick_off(record.key)
        kept = await bench.record()
        assert Mark.CLOSED_THEN not in kept.marks
        await close(bench, 30)  # it stays silent
        assert Mark.CLOSED_THEN not in (await bench.record()).marks


async def test_an_upcoming_order_meets_a_closing_made_later_and_is_free_when_it_is_lifted(bench: Bench) -> None:
    at = bench.clock.now() + timedelta(hours=3)
    await bench.create(order_form(executionTime=at.isoformat()))
    assert Mark.CLOSED_THEN not in (await bench.record()).marks
    await close(bench, 240)
    assert Mark.CLOSED_THEN in (await bench.record()).marks
    await bench.companion.availability.reopen_everything(POINT)
    assert Mark.CLOSED_THEN not in (await bench.record()).marks


# ---------------------------------------------------------------- who lifts what


async def test_lifting_lifts_only_ones_own(bench: Bench) -> None:
    await close(bench)
    until = (bench.clock.now() + timedelta(hours=1)).isoformat()
    answer = await bench.request("availability.set", {"sellingPointId": POINT, "closing": {"id": "S1", "until": until}})
    assert answer["open"] is False
    staff, sinqro = sorted(await closings(bench), key=lambda each: each.id, reverse=True)
    with pytest.raises(NotPossible, match="Somebody else"):
        await bench.companion.availability.lift(POINT, sinqro.id)
    await bench.request("availability.set", {"sellingPointId": POINT, "lift": staff.id})
    assert len(await closings(bench)) == 2
    await bench.request("availability.set", {"sellingPointId": POINT, "lift": "S1"})
    assert [each.id for each in await closings(bench)] == [staff.id]


async def test_sinqro_moves_the_end_of_its_own_closing(bench: Bench) -> None:
    for hours in (1, 2):
        until = bench.clock.now() + timedelta(hours=hours)
        form = {"id": "S1", "until": until.isoformat()}
        await bench.request("availability.set", {"sellingPointId": POINT, "closing": form})
    assert await bench.due_in(DueKind.AVAILABILITY, "") == 7200


async def test_a_person_reopens_everything(bench: Bench) -> None:
    await close(bench)
    await bench.request("availability.set", {"sellingPointId": POINT, "closing": {"id": "S1"}})
    await bench.companion.availability.reopen_everything(POINT)
    assert not await closings(bench)
    await bench.deliver()
    assert told(bench)[-1]["open"] is True


# ---------------------------------------------------------------- the POS


@pytest.fixture
async def with_switch(tmp_path: Any) -> Any:
    async with open_bench(tmp_path, pos=FakePos(ALL - {Capability.SCHEDULE_READ})) as opened:
        yield opened


async def test_the_poss_switch_closes_and_opens(with_switch: Bench) -> None:
    bench = with_switch
    bench.pos.switch = PosSwitch(online=False, reason="lleno")
    await bench.poll()
    (closing,) = await closings(bench)
    assert (closing.id, closing.source, closing.reason) == (POS_SWITCH, ClosingSource.POS, "lleno")
    before = await bench.history("")
    await bench.poll()
    assert await bench.history("") == before
    bench.pos.switch = PosSwitch(online=True)
    await bench.poll()
    assert not await closings(bench)


async def test_reopening_everything_turns_the_poss_switch_on(with_switch: Bench) -> None:
    bench = with_switch
    bench.pos.switch = PosSwitch(online=False)
    await bench.poll()
    await bench.companion.availability.reopen_everything(POINT)
    assert bench.pos.switch.online
    bench.pos.switch = PosSwitch(online=False)
    await bench.poll()
    bench.pos.capabilities = bench.pos.capabilities - {Capability.AVAILABILITY_WRITE}
    with pytest.raises(NotPossible, match="switched off"):
        await bench.companion.availability.reopen_everything(POINT)


async def test_a_switch_that_cannot_be_read_stays_as_it_was(with_switch: Bench, expected_logs: ExpectedLogs) -> None:
    bench = with_switch
    bench.pos.switch = PosSwitch(online=False)
    await bench.poll()
    with expected_logs("app.services.relay", logging.WARNING, "switch and hours cannot be read"):
        for _ in range(2):  # told once
            bench.pos.fails("read_availability", PosRefused("no"))
            await bench.poll()
    assert len(await closings(bench)) == 1
    assert bench.outlet.pos_ok


@pytest.mark.usefixtures("outages")
async def test_a_pos_that_is_away_too_long_closes_by_setting(tmp_path: Any) -> None:
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH), close_when_pos_unreachable_minutes=5) as bench:
        bench.pos.off = True
        await bench.poll()
        bench.clock.tick(240)
        await bench.poll()
        assert not await closings(bench)
        bench.clock.tick(60)
        await bench.poll()
        assert [closing.id for closing in await closings(bench)] == [POS_AWAY]
        bench.pos.off = False
        await bench.poll()
        assert not await closings(bench)


@pytest.mark.usefixtures("outages")
async def test_without_the_setting_a_pos_that_is_away_closes_nothing(bench: Bench) -> None:
    bench.pos.fails("changes", PosUnreachable("gone"))
    await bench.poll()
    bench.clock.tick(7200)
    bench.pos.fails("changes", PosUnreachable("gone"))
    await bench.poll()
    assert not await closings(bench)


# ---------------------------------------------------------------- the proof


async def test_what_sinqro_shows_is_read_back(bench: Bench) -> None:
    bench.sinqro.mirrors = True
    await close(bench)
    assert (await proof(bench)).state is ProofState.PENDING
    await look(bench, 1)
    assert (await proof(bench)).state is ProofState.PROVEN
    assert (await proof(bench)).at == bench.clock.now()


async def test_a_change_that_sinqro_loses_is_told_again(bench: Bench, expected_logs: ExpectedLogs) -> None:
    bench.sinqro.mirrors = True
    bench.sinqro.loses = 1
    await close(bench)
    expected_logs.allow("app.services.mirror", logging.WARNING, "does not show")
    states = []
    for _ in range(12):
        await look(bench, 2)
        states.append((await proof(bench)).state)
    assert ProofState.DIFFERS in states
    assert states[-1] is ProofState.PROVEN
    assert len(told(bench)) == 2


async def test_a_change_that_sinqro_refuses_is_loud_and_tried_again(bench: Bench, expected_logs: ExpectedLogs) -> None:
    bench.sinqro.mirrors = True
    expected_logs.allow("app.services.mirror", logging.WARNING, "does not show")
    expected_logs.allow("app.services.notifier", logging.WARNING, "does not take")
    bench.sinqro.answers(Verdict.FINAL, Verdict.FINAL)
    await close(bench)
    await look(bench, 1)
    found = await proof(bench)
    assert found.state is ProofState.DIFFERS
    assert "does not show" in found.message
    for _ in range(20):
        await look(bench, 10)
    assert (await proof(bench)).state is ProofState.PROVEN


async def test_sinqro_that_cannot_be_reached_proves_nothing(bench: Bench) -> None:
    bench.sinqro.mirrors = True
    await close(bench)
    await bench.deliver()
    bench.sinqro.off = True
    bench.clock.tick(1)
    await bench.companion._mirrors.look()
    assert (await proof(bench)).state is ProofState.PENDING


async def test_sinqro_that_cannot_be_asked_is_said(bench: Bench) -> None:
    await close(bench)
    await look(bench, 1)
    assert (await proof(bench)).state is ProofState.UNKNOWN


# ---------------------------------------------------------------- a restart, another device


async def test_what_ended_while_we_were_off_is_open_at_the_start(tmp_path: Any) -> None:
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH)) as first:
        await close(first, 20)
        await first.deliver()
        clock, sinqro = first.clock, first.sinqro
    clock.tick(3600)
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH), clock=clock, sinqro=sinqro) as again:
        await again.pump()
        await again.deliver()
        assert not await closings(again)
        assert [note["open"] for note in told(again)] == [False, True]


async def test_a_closing_that_sinqro_shows_survives_a_lost_ledger(tmp_path: Any) -> None:
    async with open_bench(tmp_path / "one", pos=FakePos(NO_SWITCH)) as first:
        first.sinqro.mirrors = True
        await close(first, 60)
        await first.deliver()
        clock, sinqro = first.clock, first.sinqro
        kept = await closings(first)
    async with open_bench(tmp_path / "two", pos=FakePos(NO_SWITCH), clock=clock, sinqro=sinqro) as second:
        assert await closings(second) == kept
        assert await second.due_in(DueKind.AVAILABILITY, "") == 3600


# ---------------------------------------------------------------- more time for everything


async def test_more_time_for_a_while(tmp_path: Any) -> None:
    rule = AutoAccept(channel="*", minutes=20)
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH), auto_accept=(rule,)) as bench:
        until = bench.clock.now() + timedelta(hours=1)
        await bench.companion.availability.set_busy(POINT, 15, until)
        await bench.create(order_form())
        assert (await bench.record()).preparation_minutes == 35
        snapshot = (await bench.companion.snapshot()).outlets[0]
        assert snapshot.busy is not None
        assert snapshot.busy.extra_minutes == 15
        await bench.deliver()
        assert told(bench, "preparation.changed") == [
            {"sellingPointId": POINT, "extraMinutes": 15, "until": until.isoformat()}
        ]
        await bench.wait(3600)
        await bench.deliver()
        assert told(bench, "preparation.changed")[-1]["extraMinutes"] == 0
        await bench.create(order_form(1002))
        assert (await bench.record(1002)).preparation_minutes == 20


@pytest.mark.parametrize(("minutes", "hours"), [(0, 1), (-10, 1), (10, -1)])
async def test_more_time_that_is_none_is_refused(bench: Bench, minutes: int, hours: int) -> None:
    with pytest.raises(NotPossible, match="More time"):
        await bench.companion.availability.set_busy(POINT, minutes, bench.clock.now() + timedelta(hours=hours))


# ---------------------------------------------------------------- hours

DINNER = Schedule(weekly=(span(5, "20:00", 6, "02:00"),))


async def test_hours_are_kept_told_and_answered(bench: Bench) -> None:
    await bench.companion.schedules.save(POINT, DINNER)
    await bench.deliver()
    (note,) = told(bench, "schedule.changed")
    assert note["ranges"][0]["startDay"]["id"] == 5
    assert note["ranges"][0]["endTime"] == "02:00"
    answer = await bench.request("schedule.get", {"sellingPointId": POINT})
    assert answer["ranges"] == note["ranges"]
    assert (answer["source"], answer["timezone"]) == ("tray", "Europe/Madrid")
    await bench.companion.schedules.save(POINT, DINNER)
    await bench.deliver()
    assert len(told(bench, "schedule.changed")) == 1


async def test_hours_with_a_fault_are_refused(bench: Bench) -> None:
    twice = Schedule(weekly=(span(5, "20:00", 6, "02:00"), span(5, "21:00", 5, "22:00")))
    with pytest.raises(ScheduleRefused, match="overlaps") as refused:
        await bench.companion.schedules.save(POINT, twice)
    assert [fault.code for fault in refused.value.faults] == ["OVERLAP"]


async def test_the_poss_hours_win(tmp_path: Any) -> None:
    async with open_bench(tmp_path) as bench:
        bench.pos.schedule = DINNER
        await bench.poll()
        snapshot = (await bench.companion.snapshot()).outlets[0]
        assert (snapshot.schedule.weekly, snapshot.schedule_source) == (DINNER.weekly, "pos")
        with pytest.raises(ScheduleRefused, match="POS keeps"):
            await bench.companion.schedules.save(POINT, Schedule())
        bench.pos.schedule = Schedule()
        await bench.poll()  # it is not asked at each poll
        assert (await bench.companion.snapshot()).outlets[0].schedule.weekly == DINNER.weekly
        bench.clock.tick(601)
        await bench.poll()
        snapshot = (await bench.companion.snapshot()).outlets[0]
        assert (snapshot.schedule.weekly, snapshot.schedule_source) == ((), "tray")
        await bench.companion.schedules.save(POINT, DINNER)
        await bench.poll()
        assert (await bench.companion.snapshot()).outlets[0].schedule.weekly == DINNER.weekly


async def test_an_order_outside_the_hours_is_pointed_out(bench: Bench) -> None:
    at = bench.clock.now() + timedelta(hours=4)
    await bench.create(order_form(executionTime=at.isoformat()))
    closed_then = Schedule(
        weekly=(span((at.isoweekday() + 2) % 7 + 1, "20:00", (at.isoweekday() + 2) % 7 + 1, "21:00"),)
    )
    await bench.companion.schedules.save(POINT, closed_then)
    assert Mark.CLOSED_THEN in (await bench.record()).marks
