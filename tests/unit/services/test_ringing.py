"""What rings and why, of single stories and of any."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.availability import Closing, ClosingSource
from app.domain.record import Mark
from app.domain.status import Injection, OrderType, Origin, Status
from app.link.state import LinkPhase
from app.ports.alarm import AlarmSettings, Sound
from app.ports.sinqro import Role
from app.services.ringing import UNANSWERED, Calls, Reason, Ringing
from tests.unit.services.alarm_bench import NOW, later, order, snapshot

CLOSED = (Closing(id="c", source=ClosingSource.STAFF, since=NOW - timedelta(hours=1)),)
QUIET = AlarmSettings(quiet_from="19:00", quiet_until="09:00")


def ringing(**changes: Any) -> Ringing:
    return Ringing(settings=AlarmSettings(**changes), zone=UTC)


def reasons(calls: Calls) -> list[Reason]:
    return [ring.reason for ring in calls.rings]


def looked(records: Any = (), at: float = 0, settings: AlarmSettings | None = None, **changes: Any) -> Calls:
    alarm = Ringing(settings=settings or AlarmSettings(), zone=UTC)
    alarm.show(snapshot(records, at=later(at), **changes))
    return alarm.look(later(at))


def test_nothing_rings_before_the_first_snapshot_and_without_orders() -> None:
    assert ringing().look(NOW) == Calls(rings=(), restless=False)
    assert looked() == Calls(rings=(), restless=False)


@pytest.mark.parametrize(
    ("age", "volume", "period", "full_screen"),
    [(0, 0.8, 2, False), (59, 0.8, 2, False), (60, 1.0, 1, False), (75, 1.0, 0.7, True), (149, 1.0, 0.7, True)],
)
def test_a_new_order_becomes_louder_and_fills_the_screen(
    age: float, volume: float, period: float, full_screen: bool
) -> None:
    (ring,) = looked([order()], at=age).rings
    assert (ring.reason, ring.sound) == (Reason.NEW, Sound.ORDER_NEW)
    assert (ring.volume, ring.period, ring.full_screen) == (volume, period, full_screen)


def test_the_last_half_minute_has_its_own_sound_and_the_screen_however_young_the_order() -> None:
    (ring,) = looked([order(accept_by=later(40))], at=10).rings
    assert (ring.reason, ring.sound, ring.period, ring.volume) == (Reason.DEADLINE, Sound.DEADLINE_NEAR, 1, 1.0)
    assert ring.full_screen


def test_after_the_deadline_nobody_can_answer() -> None:
    assert reasons(looked([order()], at=179.9)) == [Reason.DEADLINE]
    assert looked([order(marks=frozenset({Mark.LATE}))], at=180).rings == ()


def test_an_order_without_a_deadline_rings_until_it_is_answered() -> None:
    unreadable = order(accept_by=None, injection=Injection.FAILED, marks=frozenset({Mark.UNREADABLE}))
    assert reasons(looked([unreadable], at=86400)) == [Reason.NEW]


def test_a_clock_that_was_set_back_makes_it_young_not_silent() -> None:
    (ring,) = looked([order()], at=-500).rings
    assert (ring.reason, ring.volume) == (Reason.NEW, 0.8)


def test_a_reservation_rings_its_own_way_and_leaves_the_screen_alone() -> None:
    table = order(type=OrderType.RESERVATION, accept_by=None)
    (ring,) = looked([table], at=90).rings
    assert (ring.reason, ring.sound, ring.period, ring.volume) == (
        Reason.RESERVATION,
        Sound.RESERVATION_NEW,
        6,
        0.8,
    )
    assert not ring.full_screen


def test_without_sound_orders_fill_the_screen_from_the_first_second() -> None:
    alarm = ringing()
    alarm.show(snapshot([order("1"), order("2", accept_by=later(100)), order("3", type=OrderType.RESERVATION)]))
    assert alarm.look(NOW).full_screen == ()
    assert [key.order_id for key in alarm.look(NOW, audible=False).full_screen] == ["2", "1"]


def test_the_most_urgent_comes_first() -> None:
    records = [
        order("late", accept_by=later(170)),
        order("changed", status=Status.ACCEPTED, status_origin=Origin.STAFF, marks=frozenset({Mark.CHANGED})),
        order("off", status=Status.CANCELLED, marks=frozenset({Mark.STOP_COOKING})),
        order("soon", accept_by=later(100)),
        order("now", accept_by=later(20)),
        order("table", type=OrderType.RESERVATION, accept_by=None),
    ]
    rings = looked(records).rings
    assert [ring.key.order_id for ring in rings if ring.key] == ["now", "soon", "late", "off", "changed", "table"]


def test_cancelled_after_acceptance_rings_until_it_is_ticked_off() -> None:
    (ring,) = looked([order(status=Status.CANCELLED, marks=frozenset({Mark.STOP_COOKING, Mark.CHANGED}))]).rings
    assert (ring.sound, ring.often, ring.period) == (Sound.ORDER_CANCELLED, 3, 10)
    assert looked([order(status=Status.CANCELLED)]).rings == ()


# who has it in charge


def test_what_another_device_has_in_charge_rings_there() -> None:
    assert looked([order()], role=Role.VIEWER, taken_by="CAJA-2").rings == ()
    assert reasons(looked([order()], role=Role.VIEWER)) == [Reason.NEW], "nobody has said who is in charge"


# accepted by rule


def test_accepted_by_rule_rings_once() -> None:
    alarm = ringing()
    alarm.show(snapshot())
    by_rule = order(marks=frozenset({Mark.AUTO_ACCEPT}))
    alarm.show(snapshot([by_rule], at=later(1)))
    (ring,) = alarm.look(later(1)).rings
    assert (ring.reason, ring.sound, ring.period, ring.full_screen) == (Reason.ARRIVED, Sound.ORDER_NEW, None, False)
    accepted = by_rule.unmarked(Mark.AUTO_ACCEPT).with_(status=Status.ACCEPTED, status_origin=Origin.AUTO)
    alarm.show(snapshot([accepted], at=later(2)))
    assert [ring.name for ring in alarm.look(later(2)).rings] == [ring.name], "the same ring, not another one"
    assert alarm.look(later(62)).rings == ()


@pytest.mark.parametrize("stuck", [Injection.WAITING, Injection.HELD, Injection.UNCERTAIN, Injection.FAILED])
def test_what_the_rule_cannot_accept_rings_like_any_other(stuck: Injection) -> None:
    record = order(marks=frozenset({Mark.AUTO_ACCEPT}), injection=stuck)
    assert reasons(looked([record], at=5)) == [Reason.NEW]


def test_a_rule_that_takes_too_long_is_not_waited_for() -> None:
    calls = looked([order(marks=frozenset({Mark.AUTO_ACCEPT}), first_try_at=NOW - timedelta(days=1))], at=5)
    assert calls == Calls(rings=(), restless=True), "looked at again although nothing rings"
    assert reasons(looked([order(marks=frozenset({Mark.AUTO_ACCEPT}))], at=25)) == [Reason.NEW]


def test_orders_of_a_list_read_after_a_loss_are_no_news() -> None:
    old = order(status=Status.READY, first_try_at=NOW - timedelta(days=1))
    assert looked([old]).rings == ()


def test_what_staff_answered_between_two_snapshots_is_no_news() -> None:
    assert looked([order(status=Status.ACCEPTED, status_origin=Origin.STAFF)]).rings == ()
    assert reasons(looked([order(status=Status.ACCEPTED, status_origin=Origin.POS)])) == [Reason.ARRIVED]


# scheduled


def test_a_scheduled_order_rings_again_when_it_is_due_until_it_moves_or_is_seen() -> None:
    alarm = ringing()
    kept = order(status=Status.ACCEPTED, status_origin=Origin.STAFF, scheduled=True)
    alarm.show(snapshot([kept]))
    assert alarm.look(NOW).rings == ()
    due = kept.with_(scheduled=False)
    alarm.show(snapshot([due], at=later(1)))
    (ring,) = alarm.look(later(1)).rings
    assert (ring.reason, ring.sound) == (Reason.DUE, Sound.ORDER_NEW)
    alarm.show(snapshot([due], at=later(2)))
    assert reasons(alarm.look(later(2))) == [Reason.DUE]
    alarm.show(snapshot([due.with_(status=Status.IN_PREPARATION)], at=later(3)))
    assert alarm.look(later(3)).rings == ()

    alarm.show(snapshot([kept]))
    alarm.show(snapshot([due]))
    alarm.seen(due.key)
    assert alarm.look(NOW).rings == ()


# a panel is open


def test_an_open_panel_lowers_its_order_for_twenty_seconds_and_keeps_the_screen_free() -> None:
    alarm = ringing()
    alarm.show(snapshot([order("1"), order("2")], at=later(80)))
    key = order("1").key
    alarm.lower(key, later(80))
    calls = alarm.look(later(99))
    assert {ring.key.order_id: ring.volume for ring in calls.rings if ring.key} == {"1": 0.3, "2": 1.0}
    assert calls.full_screen == ()
    assert len(alarm.look(later(100)).full_screen) == 2
    assert alarm.look(later(100)).rings[0].volume == 1.0

    alarm.lower(key, later(100))
    alarm.restore(key)
    assert len(alarm.look(later(101)).full_screen) == 2


def test_leaving_the_screen_lowers_nothing_and_ends_with_the_answer() -> None:
    alarm = ringing()
    alarm.show(snapshot([order("1"), order("2")], at=later(80)))
    alarm.leave(order("1").key, later(80))
    assert [ring.volume for ring in alarm.look(later(81)).rings] == [1.0, 1.0]
    assert alarm.look(later(81)).full_screen == ()
    alarm.show(snapshot([order("1", status=Status.ACCEPTED), order("2")], at=later(82)))
    assert [key.order_id for key in alarm.look(later(82)).full_screen] == ["2"]


# link and POS


def test_a_lost_link_rings_after_a_while_and_its_return_once() -> None:
    alarm = ringing()
    alarm.show(snapshot(phase=LinkPhase.WAITING))
    assert alarm.look(later(14)) == Calls(rings=(), restless=True)
    (ring,) = alarm.look(later(15)).rings
    assert (ring.reason, ring.sound, ring.period) == (Reason.LINK_LOST, Sound.LINK_LOST, 60)
    alarm.show(snapshot(phase=LinkPhase.CONNECTING, at=later(20)))
    assert reasons(alarm.look(later(20))) == [Reason.LINK_LOST]
    alarm.show(snapshot(at=later(30)))
    (ring,) = alarm.look(later(30)).rings
    assert (ring.reason, ring.sound, ring.period) == (Reason.LINK_BACK, Sound.LINK_BACK, None)
    assert alarm.look(later(90)) == Calls(rings=(), restless=False)


def test_a_short_interruption_and_a_goodbye_are_not_worth_a_sound() -> None:
    alarm = ringing()
    alarm.show(snapshot(phase=LinkPhase.WAITING))
    alarm.show(snapshot(at=later(14)))
    assert alarm.look(later(14)).rings == ()
    alarm.show(snapshot(phase=LinkPhase.STOPPED, at=later(20)))
    assert alarm.look(later(60)).rings == ()


def test_a_lost_link_is_silent_while_closed() -> None:
    alarm = ringing()
    alarm.show(snapshot(phase=LinkPhase.WAITING, closings=CLOSED))
    assert alarm.look(later(30)).rings == ()


def test_a_pos_that_stays_away_is_told_once() -> None:
    alarm = ringing()
    alarm.show(snapshot(pos_ok=False))
    assert alarm.look(later(10)).rings == ()
    alarm.show(snapshot(pos_ok=False, at=later(12)))
    (ring,) = alarm.look(later(16)).rings
    assert (ring.reason, ring.sound, ring.period) == (Reason.POS_AWAY, Sound.LINK_LOST, None)
    alarm.show(snapshot(at=later(20)))
    assert alarm.look(later(20)) == Calls(rings=(), restless=False)


# quiet hours


def test_quiet_hours_silence_all_but_orders() -> None:
    records = [
        order("new"),
        order("table", type=OrderType.RESERVATION, accept_by=None),
        order("changed", status=Status.ACCEPTED, status_origin=Origin.STAFF, marks=frozenset({Mark.CHANGED})),
        order("off", status=Status.CANCELLED, marks=frozenset({Mark.STOP_COOKING})),
    ]
    calls = looked(records, settings=QUIET)
    assert reasons(calls) == [Reason.NEW, Reason.CANCELLED]


def test_quiet_hours_silence_orders_where_we_are_closed_to_them() -> None:
    assert looked([order()], settings=QUIET, closings=CLOSED) == Calls(rings=(), restless=True)
    assert reasons(looked([order()], closings=CLOSED)) == [Reason.NEW], "closing alone silences nothing"
    other = (Closing(id="c", source=ClosingSource.STAFF, since=NOW, channels=("ubereats",)),)
    assert reasons(looked([order()], settings=QUIET, closings=other)) == [Reason.NEW]


@pytest.mark.parametrize(
    ("begin", "end", "quiet"),
    [("19:00", "21:00", True), ("20:00", "20:01", True), ("20:01", "19:59", False), ("19:00", "20:00", False)],
)
def test_quiet_hours_run_past_midnight(begin: str, end: str, quiet: bool) -> None:
    settings = AlarmSettings(quiet_from=begin, quiet_until=end)
    table = order(type=OrderType.RESERVATION, accept_by=None)
    assert (looked([table], settings=settings).rings == ()) is quiet


# any story

records = st.builds(
    order,
    st.sampled_from([str(n) for n in range(6)]),
    type=st.sampled_from(OrderType),
    status=st.sampled_from(Status),
    status_origin=st.sampled_from(Origin),
    injection=st.sampled_from(Injection),
    scheduled=st.booleans(),
    received_at=st.integers(-300, 300).map(later),
    accept_by=st.none() | st.integers(-200, 400).map(later),
    marks=st.frozensets(st.sampled_from(Mark), max_size=3),
)
stories = st.lists(
    st.lists(records, max_size=5, unique_by=lambda record: record.order_id)
    | st.sampled_from(["lower", "leave", "restore", "seen"]),
    max_size=8,
)


@given(stories, st.booleans(), st.sampled_from([AlarmSettings(), QUIET, AlarmSettings(volume=40)]), st.booleans())
def test_never_silent_while_somebody_must_answer_and_silent_once_all_is_answered(
    story: list[Any], audible: bool, settings: AlarmSettings, closed: bool
) -> None:
    alarm = Ringing(settings=settings, zone=UTC)
    shown: list[Any] = []
    for second, step in enumerate(story):
        now = later(second)
        key = order("1").key
        if isinstance(step, list):
            shown = step
            alarm.show(snapshot(shown, at=now, closings=CLOSED if closed else ()))
        elif step in ("lower", "leave"):
            getattr(alarm, step)(key, now)
        else:
            getattr(alarm, step)(key)
        calls = alarm.look(now, audible=audible)
        asked = {ring.key for ring in calls.rings if ring.reason in UNANSWERED}
        must = {
            record.key
            for record in shown
            if record.status is Status.PENDING
            and (record.accept_by is None or record.accept_by > now)
            and Mark.AUTO_ACCEPT not in record.marks
            and not (settings is QUIET and (closed or (record.is_reservation and not _near(record, now))))
        }
        pending = {record.key for record in shown if record.status is Status.PENDING}
        assert must <= asked <= pending
        assert all(0.3 * 0.4 <= ring.volume <= 1 for ring in calls.rings)
        assert calls.restless or not calls.rings
        assert len({ring.name for ring in calls.rings}) == len(calls.rings)
        order_of = [list(Sound).index(ring.sound) for ring in calls.rings]
        assert order_of == sorted(order_of)

    alarm.show(snapshot([record.with_(status=Status.COMPLETED, marks=frozenset()) for record in shown], at=later(9)))
    assert [ring for ring in alarm.look(later(9)).rings if ring.period is not None] == []


def _near(record: Any, now: Any) -> bool:
    return record.accept_by is not None and record.accept_by - now <= timedelta(seconds=30)
