"""The rhythm: what is heard when, counted over minutes without a clock."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.record import OrderKey
from app.ports.alarm import Sound
from app.services.cadence import ROOM, SHORTEST, Cadence
from app.services.ringing import Reason, Ring


def ring(reason: Reason, sound: Sound, period: float | None, key: str = "1", **changes: object) -> Ring:
    known: dict[str, object] = {"volume": 0.8, "often": 0}
    return Ring(reason=reason, sound=sound, key=OrderKey("71", key), period=period, **(known | changes))  # type: ignore[arg-type]


NEW = ring(Reason.NEW, Sound.ORDER_NEW, 2)
CANCELLED = ring(Reason.CANCELLED, Sound.ORDER_CANCELLED, 10, often=3)
CHANGED = ring(Reason.CHANGED, Sound.ORDER_CHANGED, 30, often=2)
TABLE = ring(Reason.RESERVATION, Sound.RESERVATION_NEW, 6)
BACK = ring(Reason.LINK_BACK, Sound.LINK_BACK, None)


def played(rings: Sequence[Ring] | Callable[[float], Sequence[Ring]], seconds: float) -> list[tuple[float, Ring]]:
    """What is heard, when it is asked as the alarm asks."""
    cadence, at, heard = Cadence(), 0.0, []
    while at < seconds:
        now = rings(at) if callable(rings) else rings
        one, wait = cadence.next(now, at)
        if one is not None:
            heard.append((round(at, 2), one))
        if wait is None:
            break
        assert wait > 0
        at += min(wait, 1.0)
    return heard


def times(heard: list[tuple[float, Ring]], sound: Sound) -> list[float]:
    return [at for at, ring in heard if ring.sound is sound]


def test_silence_needs_nothing() -> None:
    assert Cadence().next([], 5) == (None, None)


def test_a_new_order_every_two_seconds() -> None:
    assert times(played([NEW], 9), Sound.ORDER_NEW) == [0, 2, 4, 6, 8]


def test_cancelled_three_times_then_every_ten_seconds() -> None:
    assert times(played([CANCELLED], 30), Sound.ORDER_CANCELLED) == [0, 2, 4, 14, 24]


def test_changed_twice_then_every_half_minute() -> None:
    assert times(played([CHANGED], 70), Sound.ORDER_CHANGED) == [0, 2, 32, 62]


def test_what_rings_once_rings_once() -> None:
    assert played([BACK], 100) == [(0, BACK)]


def test_one_sound_at_a_time_and_no_pause_for_others_while_an_order_rings() -> None:
    assert {one.sound for _, one in played([NEW, CANCELLED, TABLE, BACK], 60)} == {Sound.ORDER_NEW}


def test_less_urgent_sounds_fill_long_pauses() -> None:
    heard = played([CANCELLED, TABLE], 60)
    assert times(heard, Sound.ORDER_CANCELLED) == [0, 2, 4, 14, 24, 34, 44, 54]
    tables = times(heard, Sound.RESERVATION_NEW)
    assert len(tables) >= 8
    assert all(not 0 <= off - table < ROOM for table in tables for off in times(heard, Sound.ORDER_CANCELLED))


def test_what_had_to_wait_is_heard_when_its_turn_has_come() -> None:
    heard = played(lambda at: [NEW, BACK] if at < 10 else [BACK], 30)
    assert times(heard, Sound.LINK_BACK) == [10]


def test_orders_that_ring_alike_ring_together_and_the_loudest_counts() -> None:
    other = ring(Reason.NEW, Sound.ORDER_NEW, 2, "2", volume=0.3)
    heard = played([other, NEW], 9)
    assert [at for at, _ in heard] == [0, 2, 4, 6, 8]
    assert {one.volume for _, one in heard} == {0.8}


def test_a_further_order_rings_at_once() -> None:
    other = ring(Reason.NEW, Sound.ORDER_NEW, 2, "2")
    cadence = Cadence()
    assert cadence.next([NEW], 0)[0] == NEW
    assert cadence.next([NEW], 1)[0] is None
    assert cadence.next([NEW, other], 1)[0] is not None


@given(st.lists(st.floats(0.001, 0.3), min_size=50, max_size=200))
def test_a_burst_of_orders_does_not_stutter(gaps: list[float]) -> None:
    cadence, at, heard = Cadence(), 0.0, []
    rings: list[Ring] = []
    for number, gap in enumerate(gaps):
        at += gap
        rings.append(ring(Reason.NEW, Sound.ORDER_NEW, 0.7, str(number)))
        if cadence.next(rings, at)[0] is not None:
            heard.append(at)
    assert heard
    assert all(second - first >= SHORTEST - 1e-9 for first, second in pairwise(heard))


def test_what_has_ended_and_rings_again_is_new() -> None:
    cadence = Cadence()
    cadence.next([CANCELLED], 0)
    cadence.next([], 1)
    assert cadence.next([CANCELLED], 5)[0] == CANCELLED
