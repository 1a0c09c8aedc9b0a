"""The desk: what people press reaches the companion once, and its fate is told order by order."""

from app.domain.errors import StatusError
from app.domain.record import OrderKey
from app.domain.status import Status
from app.ui.board import NoteKind
from app.ui.desk import Desk
from tests.ui.scene import NOW, POINT, Clock, FakeCompanion, StraightBridge, at, record, snapshot

KEY = OrderKey(POINT, "1")


def test_sending_kept_confirmed_gone(
    desk: Desk, bridge: StraightBridge, companion: FakeCompanion, clock: Clock
) -> None:
    bridge.hold = True
    desk.accept(KEY, 25)
    desk.accept(KEY, 25)  # the same finger twice
    assert companion.calls == [("accept", KEY, 25)]
    assert desk.notes[KEY].kind is NoteKind.SENDING
    bridge.let_go()
    assert desk.notes[KEY].kind is NoteKind.KEPT
    desk.took_snapshot(snapshot(record("1"), unsent=frozenset({"1"})))
    assert desk.notes[KEY].kind is NoteKind.KEPT, "Sinqro does not know it yet"
    desk.took_snapshot(snapshot(record("1"), when=at(1)))
    assert desk.notes[KEY].kind is NoteKind.CONFIRMED
    clock.forward(seconds=3)
    desk._expire()
    assert KEY not in desk.notes


def test_a_snapshot_from_before_confirms_nothing(desk: Desk, clock: Clock) -> None:
    desk.move(KEY, Status.READY)
    desk.took_snapshot(snapshot(record("1"), when=at(-1)))
    assert desk.notes[KEY].kind is NoteKind.KEPT
    assert clock() == NOW


def test_a_failure_stays_with_reason_and_way_out(desk: Desk, companion: FakeCompanion) -> None:
    companion.fail = StatusError("the time to accept this order ended at 20:36 UTC", code="ACCEPT_TOO_LATE")
    answered: list[tuple[object, bool]] = []
    desk.answered.connect(lambda key, done: answered.append((key, done)))
    desk.accept(KEY, 25)
    note = desk.notes[KEY]
    assert note.kind is NoteKind.FAILED
    assert note.why == "The time to accept it is over."
    assert note.hint
    assert answered == [(KEY, False)]
    companion.fail = None
    desk.accept(KEY, 25)
    assert desk.notes[KEY].kind is NoteKind.KEPT


def test_what_is_no_orders_fails_for_all_to_see(desk: Desk, companion: FakeCompanion) -> None:
    companion.fail = StatusError("no", code="SINQRO_UNREACHABLE")
    told: list[str] = []
    desk.failed.connect(lambda message, hint: told.append(message))
    desk.take_over(POINT)
    assert told == ["Sinqro cannot be reached now."]


def test_before_the_companion_stands_nothing_is_claimed(bridge: StraightBridge, clock: Clock) -> None:
    desk = Desk(bridge=bridge, companion=lambda: None, now=clock)
    desk.accept(KEY, 25)
    assert desk.notes[KEY].kind is NoteKind.FAILED
