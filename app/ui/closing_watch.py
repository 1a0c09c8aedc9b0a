"""What staff are reminded of while closed: that it opens in ten minutes, stays closed past today, or waits for them.

Each is told once (a notification), and stands as a line in the windows as long as it holds. A closing without an end
is told again each hour, within the opening hours: who forgets it loses the evening.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.availability import Closing, ClosingSource
from app.ui.open_answer import fact_of
from app.ui.open_state import OpenState, scope_text
from app.ui.words import clock, day_and_clock, tr

SOON = timedelta(minutes=10)
AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """For the banner: colour, icon, what, what it means, and the button's word (it opens the panel)."""

    state: str
    icon: str
    title: str
    text: str
    button: str


class ClosingWatch:
    """Remembers what was told; owned by the shell."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str, str, object]] = set()

    def news(self, states: Sequence[OpenState], now: datetime) -> list[tuple[str, str]]:
        """Titles and texts of what has to be told now, each once."""
        found = []
        holds: set[tuple[str, str, str, object]] = set()
        for state in states:
            if state.differs:
                key: tuple[str, str, str, object] = (state.outlet.id, "differs", "", state.outlet.proof.at)
                holds.add(key)
                if key not in self._told:
                    fact = fact_of(state, now, linked=True, link_since=None)
                    found.append((fact.title, fact.proof))
            for closing in state.closings:
                for kind, mark, title, text in _reminders(state, closing, now):
                    key = (state.outlet.id, kind, closing.id, mark)
                    holds.add(key)
                    if key not in self._told:
                        found.append((title, text))
        self._told = holds
        return found


def closing_line(states: Sequence[OpenState], now: datetime) -> Line | None:
    """The most important one; ``None``: nothing to be reminded of."""
    for state in states:
        if state.differs:
            fact = fact_of(state, now, linked=True, link_since=None)
            return Line(state="danger", icon="error", title=fact.title, text=fact.proof, button=tr("View"))
    for state in states:
        for closing in state.closings:
            for kind, _, title, text in _reminders(state, closing, now):
                if kind != "past today":
                    return Line(state="closed", icon="pause", title=title, text=text, button=tr("View"))
    return None


def next_look(states: Sequence[OpenState], now: datetime) -> datetime | None:
    """When something of this changes without any news from outside."""
    moments = [state.changes_at for state in states]
    for state in states:
        for closing in state.closings:
            moments += [closing.until, closing.until - SOON if closing.until is not None else None]
            if closing.until is None:
                hours = int((now - closing.since) / AGAIN) + 1
                moments.append(closing.since + hours * AGAIN)
        moments.append(state.busy.until if state.busy is not None else None)
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _reminders(state: OpenState, closing: Closing, now: datetime) -> list[tuple[str, object, str, str]]:
    """Kind, what makes it another one, title and text."""
    found: list[tuple[str, object, str, str]] = []
    name = f"{state.outlet.name}: " if state.outlet.name else ""
    what = name + scope_text(closing)
    if closing.until is None:
        hours = int((now - closing.since) / AGAIN)
        if closing.source is ClosingSource.STAFF and hours >= 1 and state.in_hours:
            title = tr("Still closed: it does not open by itself")
            found.append(("reminder", hours, title, tr("%1, since %2.", what, day_and_clock(closing.since, now))))
        return found
    left = closing.until - now
    if timedelta(0) < left <= SOON and closing.until - closing.since > SOON and state.in_hours:
        minutes = max(1, round(left / timedelta(minutes=1)))
        found.append(
            (
                "soon",
                closing.until,
                tr("Opens by itself at %1", clock(closing.until)),
                tr("%1, in %n min.", what, n=minutes),
            )
        )
    elif state.day_ends is not None and closing.until > state.day_ends:
        title = tr("Stays closed past today")
        found.append(("past today", closing.until, title, tr("%1, until %2.", what, day_and_clock(closing.until, now))))
    return found
