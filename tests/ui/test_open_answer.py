"""Are we open? What the header, the tray and the reminders say, state by state, with its proof."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from app.domain.availability import Busy, Closing, ClosingSource, Proof, ProofState
from app.domain.schedule import Schedule, WeeklyRange
from app.domain.status import OrderType
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import Role
from app.services.snapshot import Snapshot
from app.ui.answers import Answers, TrayState, Watch, answer
from app.ui.board import build
from app.ui.closing_watch import ClosingWatch, closing_line, next_look
from app.ui.facts import Fact
from app.ui.open_state import left_text, read_states
from app.ui.words import clock
from tests.ui.scene import NOW, at, order_482, snapshot, week_of_the_picture

CLOSES = datetime(2026, 12, 4, 23, 30, tzinfo=UTC)
"""Half past midnight in Madrid."""
OPENS = datetime(2026, 12, 5, 12, 0, tzinfo=UTC)
PROVEN = Proof(state=ProofState.PROVEN, at=at(0))


def closing(**changes: Any) -> Closing:
    known: dict[str, Any] = {"id": "c1", "source": ClosingSource.STAFF, "since": NOW, "until": at(20)}
    return Closing(**(known | changes))


def answers(shown: Snapshot, minutes: float = 0) -> Answers:
    board = build(shown, at(minutes), {})
    watch = Watch()
    watch.see(shown)
    return answer(board, watch, at(minutes))


def fact(minutes: float = 0, **outlet: Any) -> Fact:
    return answers(snapshot(**outlet), minutes).open


def test_open_with_its_proof() -> None:
    said = fact(proof=Proof(state=ProofState.PROVEN, at=at(-94)))
    assert (said.title, said.proof) == ("Open", f"on Sinqro since {clock(at(-94))}")
    assert said.is_open is True
    assert said.state == ""


def test_before_anything_was_compared_nothing_is_said_of_sinqro() -> None:
    said = fact()
    assert (said.title, said.proof) == ("Open", "orders can come in")


def test_closed_for_a_while_counts_down_and_says_since_when_on_sinqro() -> None:
    said = fact(8, closings=(closing(),), proof=PROVEN)
    assert said.title == "Closed · 20 min"
    assert said.proof == f"on Sinqro since {clock(NOW)} · opens by itself {clock(at(20))} (12 min)"
    assert (said.is_open, said.state, said.icon) == (False, "closed", "pause")


def test_what_is_told_is_not_yet_so() -> None:
    said = fact(closings=(closing(),), proof=Proof(state=ProofState.PENDING, at=NOW))
    assert (said.title, said.proof) == ("Closing…", f"sent {clock(NOW)} · telling Sinqro…")
    assert said.is_open is None, "the switch moves only when it is confirmed"
    assert fact(proof=Proof(state=ProofState.PENDING, at=NOW)).title == "Opening…"


def test_a_difference_is_loud_and_turns_the_tray() -> None:
    proof = Proof(state=ProofState.DIFFERS, at=NOW, message="Sinqro shows it open.")
    shown = snapshot(closings=(closing(),), proof=proof)
    said = answers(shown)
    assert said.open.title == "NOT closed on Sinqro"
    assert "Orders may come in" in said.open.proof
    assert said.open.state == "danger"
    assert said.open.is_open is None
    assert said.tray is TrayState.ERROR
    assert "NOT closed on Sinqro" in said.sentence
    assert fact(proof=proof).title == "NOT open on Sinqro"
    part = closing(order_types=(OrderType.DELIVERY,))
    assert fact(closings=(part,), proof=proof).title == "NOT closed in part on Sinqro"


def test_a_ringing_order_comes_before_a_difference_in_the_tray() -> None:
    proof = Proof(state=ProofState.DIFFERS, at=NOW)
    assert answers(snapshot(order_482(), proof=proof)).tray is TrayState.NEW


def test_closed_turns_the_tray_and_says_so_in_its_sentence() -> None:
    said = answers(snapshot(closings=(closing(),), proof=PROVEN))
    assert said.tray is TrayState.CLOSED
    assert said.sentence.startswith("Sinqro Companion: Closed · 20 min, on Sinqro since")


def test_closed_is_in_the_trays_sentence_whatever_else_is_wrong() -> None:
    said = answers(snapshot(closings=(closing(),), proof=PROVEN, pos_ok=False)).sentence
    assert "POS not answering" in said
    assert "Closed · 20 min" in said


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (ClosingSource.POS, "Closed in the POS"),
        (ClosingSource.POS_UNREACHABLE, "Closed: the POS is away"),
        (ClosingSource.SINQRO, "Closed by Sinqro"),
        (ClosingSource.STAFF, "Closed"),
    ],
)
def test_who_closed_it(source: ClosingSource, title: str) -> None:
    said = fact(closings=(closing(source=source, until=None),), proof=PROVEN)
    assert said.title == title
    until = "until you open" if source is ClosingSource.STAFF else "until it is opened there"
    assert said.proof.endswith(until)


def test_closed_in_part() -> None:
    part = closing(order_types=(OrderType.DELIVERY,), channels=("glovo",))
    said = fact(closings=(part,), proof=PROVEN)
    assert said.title == "Open in part"
    assert said.proof.startswith(f"closed: Delivery, Glovo, until {clock(at(20))}")
    assert said.is_open is True


def test_the_longest_closing_says_when_it_opens() -> None:
    both = (closing(), closing(id="c2", source=ClosingSource.POS, until=None))
    said = fact(closings=both, proof=PROVEN)
    assert said.title == "Closed in the POS"
    later = closing(id="c3", since=at(60), until=None)
    assert fact(closings=(closing(), later), proof=PROVEN).title == "Closed · 20 min", "not yet"


def test_busy_is_said_with_what_is_left() -> None:
    said = fact(proof=PROVEN, busy=Busy(extra_minutes=20, until=at(46)))
    assert said.proof.endswith(f"+20 min until {clock(at(46))} (46 min)")


def test_without_a_link_nothing_is_confirmed() -> None:
    shown = snapshot(link=LinkState(phase=LinkPhase.WAITING), closings=(closing(),), proof=PROVEN)
    said = answers(shown).open
    assert said.title == "Closed, unconfirmed"
    assert (said.state, said.is_open) == ("warn", None)


def test_a_viewer_shows_no_proof_of_its_own() -> None:
    proof = Proof(state=ProofState.DIFFERS, at=NOW)
    assert fact(role=Role.VIEWER, taken_by="CAJA-2", proof=proof).title == "Open"


def several(*outlets: dict[str, Any]) -> Snapshot:
    shown = [snapshot(id=str(number), name=f"R{number}", **outlet) for number, outlet in enumerate(outlets)]
    first = shown[0]
    return Snapshot(
        at=first.at,
        environment=first.environment,
        link=first.link,
        clock_offset_seconds=0,
        outlets=tuple(each.outlets[0] for each in shown),
    )


def test_several_selling_points_say_the_loudest_with_its_name() -> None:
    one_closed = answers(several({}, {"closings": (closing(),), "proof": PROVEN})).open
    assert one_closed.title == "1 of 2 open"
    assert one_closed.proof.startswith("R1: Closed · 20 min")
    wrong = answers(several({}, {"proof": Proof(state=ProofState.DIFFERS, at=NOW)})).open
    assert wrong.title == "NOT open on Sinqro"
    assert wrong.proof.startswith("R1: ")
    assert answers(several({"proof": PROVEN}, {"proof": PROVEN})).open.title == "Open"


# reminders


def told(watch: ClosingWatch, minutes: float, **outlet: Any) -> list[str]:
    return [title for title, _ in watch.news(read_states(snapshot(**outlet), at(minutes)), at(minutes))]


def test_ten_minutes_before_it_opens_is_told_once() -> None:
    watch = ClosingWatch()
    shut = {"closings": (closing(),), "proof": PROVEN}
    assert told(watch, 9, **shut) == []
    assert told(watch, 10.5, **shut) == [f"Opens by itself at {clock(at(20))}"]
    assert told(watch, 12, **shut) == []
    longer = {"closings": (closing(until=at(60)),), "proof": PROVEN}
    assert told(watch, 13, **longer) == []
    assert told(watch, 51, **longer) == [f"Opens by itself at {clock(at(60))}"]


def test_a_closing_of_ten_minutes_or_less_needs_no_warning() -> None:
    assert told(ClosingWatch(), 1, closings=(closing(until=at(10)),)) == []


def test_without_an_end_it_is_told_each_hour() -> None:
    watch = ClosingWatch()
    shut = {"closings": (closing(until=None),)}
    assert told(watch, 59, **shut) == []
    assert told(watch, 60, **shut) == ["Still closed: it does not open by itself"]
    assert told(watch, 119, **shut) == []
    assert told(watch, 121, **shut) == ["Still closed: it does not open by itself"]
    assert told(ClosingWatch(), 185, **shut) == ["Still closed: it does not open by itself"], "after a restart: once"


def test_a_closing_of_the_pos_without_an_end_is_not_staffs_to_be_reminded_of() -> None:
    assert told(ClosingWatch(), 200, closings=(closing(source=ClosingSource.POS, until=None),)) == []


def test_a_difference_is_told_once() -> None:
    watch = ClosingWatch()
    wrong = {"closings": (closing(),), "proof": Proof(state=ProofState.DIFFERS, at=NOW)}
    assert told(watch, 1, **wrong) == ["NOT closed on Sinqro"]
    assert told(watch, 2, **wrong) == []
    again = {"closings": (closing(),), "proof": Proof(state=ProofState.DIFFERS, at=at(5))}
    assert told(watch, 6, **again) == ["NOT closed on Sinqro"]


def test_the_line_of_the_windows() -> None:
    def line(minutes: float, **outlet: Any) -> tuple[str, str] | None:
        found = closing_line(read_states(snapshot(**outlet), at(minutes)), at(minutes))
        return (found.state, found.title) if found is not None else None

    assert line(1, closings=(closing(),)) is None
    assert line(12, closings=(closing(),)) == ("closed", f"Opens by itself at {clock(at(20))}")
    assert line(90, closings=(closing(until=None),)) == ("closed", "Still closed: it does not open by itself")
    wrong = Proof(state=ProofState.DIFFERS, at=NOW)
    assert line(12, closings=(closing(),), proof=wrong) == ("danger", "NOT closed on Sinqro")


def test_when_to_look_again_without_any_news() -> None:
    def look(minutes: float, **outlet: Any) -> float | None:
        found = next_look(read_states(snapshot(**outlet), at(minutes)), at(minutes))
        return (found - NOW) / timedelta(minutes=1) if found is not None else None

    assert look(0) is None
    assert look(0, closings=(closing(),)) == 10
    assert look(11, closings=(closing(),)) == 20
    assert look(30, closings=(closing(until=None),)) == 60
    assert look(60, closings=(closing(until=None),)) == 120
    assert look(0, busy=Busy(extra_minutes=10, until=at(5))) == 5


@pytest.mark.parametrize(
    ("minutes", "text"), [(0.2, "1 min"), (12, "12 min"), (12.3, "13 min"), (89, "89 min"), (125, "2 h 05")]
)
def test_what_is_left(minutes: float, text: str) -> None:
    assert left_text(timedelta(minutes=minutes)) == text


# with hours


def test_open_until_the_hours_end() -> None:
    said = fact(proof=PROVEN, schedule=week_of_the_picture())
    assert said.proof == f"on Sinqro since {clock(NOW)} · closes {clock(CLOSES)}"


def test_closed_by_its_hours_until_they_begin() -> None:
    after = (CLOSES - NOW) / timedelta(minutes=1) + 10
    said = fact(after, proof=PROVEN, schedule=week_of_the_picture())
    assert said.title == "Closed by its hours"
    assert said.proof == f"since {clock(CLOSES)} · opens Sat {clock(OPENS)}"
    assert (said.state, said.is_open, said.icon) == ("closed", False, "moon")


def test_without_an_opening_for_days_nothing_is_said_of_since_when() -> None:
    only = Schedule(weekly=(WeeklyRange(start_day=6, start_time=time(13), end_day=6, end_time=time(16)),))
    said = fact(proof=PROVEN, schedule=only)
    assert said.proof == f"opens Sat {clock(OPENS)}"


def test_a_closing_beyond_the_business_day_is_told_when_it_is_made() -> None:
    watch = ClosingWatch()
    hours = {"schedule": week_of_the_picture(), "closings": (closing(until=OPENS),)}
    assert told(watch, 0, **hours) == ["Stays closed past today"]
    assert told(watch, 1, **hours) == []
    assert told(ClosingWatch(), 0, **hours | {"closings": (closing(until=at(200)),)}) == []


def test_outside_the_hours_nobody_is_reminded() -> None:
    hours = {"schedule": week_of_the_picture(), "closings": (closing(until=None),)}
    assert told(ClosingWatch(), 60 * 5, **hours) == [], "02:34, closed anyway"
    assert told(ClosingWatch(), 60 * 16, **hours) == ["Still closed: it does not open by itself"]


def test_the_hours_are_looked_at_when_they_change() -> None:
    states = read_states(snapshot(schedule=week_of_the_picture()), NOW)
    assert next_look(states, NOW) == CLOSES
    assert states[0].tomorrow == OPENS
