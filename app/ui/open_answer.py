"""Are we open? In one title and one line: with its proof on Sinqro, since when, until when, and what is left of it.

Only what was read back from Sinqro is called open or closed there. A difference is the loudest thing this cell says.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.availability import Closing, ClosingSource, ProofState
from app.ui.facts import Fact
from app.ui.open_state import OpenState, busy_text, left_text, scope_text
from app.ui.words import clock, coming, day_and_clock, tr

_LOUDEST = ("danger", "warn", "info", "closed", "")


def answer_open(states: Sequence[OpenState], now: datetime, *, linked: bool, link_since: datetime | None) -> Fact:
    """The answer for all selling points: the loudest, with its name where they are several."""
    if not states:
        return Fact(title=tr("Open?"), proof=tr("not known yet"), icon="help")
    facts = [fact_of(state, now, linked=linked, link_since=link_since) for state in states]
    if len(facts) == 1:
        return facts[0]
    if len({(fact.title, fact.state) for fact in facts}) == 1:
        return facts[0]
    loudest = min(facts, key=lambda fact: _LOUDEST.index(fact.state))
    which = states[facts.index(loudest)]
    if loudest.state == "closed":
        count = sum(1 for state in states if state.is_open)
        title = tr("%1 of %2 open", count, len(states))
        proof = f"{which.outlet.name}: {loudest.title}, {loudest.proof}"
        return replace(loudest, title=title, proof=proof, is_open=count > 0, state="closed")
    return replace(loudest, proof=f"{which.outlet.name}: {loudest.proof}")


def fact_of(state: OpenState, now: datetime, *, linked: bool, link_since: datetime | None) -> Fact:
    """The answer for one."""
    word = tr("Open") if state.is_open else tr("Closed")
    if not linked:
        since = tr("last word from Sinqro: %1", clock(link_since)) if link_since is not None else ""
        return Fact(title=tr("%1, unconfirmed", word), proof=since, icon="help", state="warn")
    proof = state.outlet.proof
    if state.differs:
        return _differs(state)
    if state.mine and proof.state is ProofState.PENDING:
        title = tr("Opening…") if state.is_open and not state.closings else tr("Closing…")
        sent = tr("sent %1 · telling Sinqro…", clock(proof.at)) if proof.at is not None else tr("telling Sinqro…")
        return Fact(title=title, proof=sent, icon="connecting", state="info")
    if state.whole is not None:
        return _closed(state, state.whole, now)
    if not state.in_hours:
        return _outside_hours(state, now)
    return _open(state, now)


def _differs(state: OpenState) -> Fact:
    if not state.is_open:
        title = tr("NOT closed on Sinqro")
        means = tr("Orders may come in. It is tried again by itself.")
    elif state.closings:
        title = tr("NOT closed in part on Sinqro")
        means = tr("Orders may come in. It is tried again by itself.")
    else:
        title = tr("NOT open on Sinqro")
        means = tr("No orders come in. It is tried again by itself.")
    return Fact(title=title, proof=means, icon="error", state="danger")


def _closed(state: OpenState, closing: Closing, now: datetime) -> Fact:
    titles = {
        ClosingSource.POS: tr("Closed in the POS"),
        ClosingSource.SINQRO: tr("Closed by Sinqro"),
        ClosingSource.POS_UNREACHABLE: tr("Closed: the POS is away"),
        ClosingSource.SCHEDULE: tr("Closed by its hours"),
    }
    title = titles.get(closing.source, tr("Closed"))
    if closing.source is ClosingSource.STAFF and closing.until is not None:
        minutes = round((closing.until - closing.since) / timedelta(minutes=1))
        title = tr("Closed · %n min", n=minutes) if minutes <= 90 else title
    parts = [_proven(state, closing, now)]
    if closing.until is None:
        parts.append(tr("until you open") if closing.source is ClosingSource.STAFF else tr("until it is opened there"))
    else:
        left = left_text(closing.until - now)
        parts.append(tr("opens by itself %1 (%2)", coming(closing.until, now), left))
    return Fact(title=title, proof=" · ".join(parts), icon="pause", state="closed", is_open=False)


def _proven(state: OpenState, closing: Closing, now: datetime) -> str:
    proof = state.outlet.proof
    if proof.state is ProofState.PROVEN:
        since = max(proof.at, closing.since) if proof.at is not None else closing.since
        return tr("on Sinqro since %1", day_and_clock(since, now))
    return tr("since %1", day_and_clock(closing.since, now))


def _outside_hours(state: OpenState, now: datetime) -> Fact:
    parts = [
        tr("since %1", day_and_clock(state.since, now)) if state.since is not None else "",
        tr("opens %1", coming(state.changes_at, now)) if state.changes_at is not None else "",
    ]
    said = " · ".join(part for part in parts if part)
    return Fact(title=tr("Closed by its hours"), proof=said, icon="moon", state="closed", is_open=False)


def _open(state: OpenState, now: datetime) -> Fact:
    proof = state.outlet.proof
    parts = []
    if proof.state is ProofState.PROVEN and state.mine:
        moments = [moment for moment in (proof.at, state.since) if moment is not None]
        parts.append(tr("on Sinqro since %1", day_and_clock(max(moments), now)) if moments else tr("on Sinqro"))
    if state.closings:
        first = state.closings[0]
        until = tr("until %1", coming(first.until, now)) if first.until is not None else tr("until you open")
        parts = [tr("closed: %1, %2", scope_text(first), until), *parts]
    elif state.changes_at is not None:
        parts.append(tr("closes %1", coming(state.changes_at, now)))
    elif not parts:
        parts.append(tr("orders can come in"))
    if state.busy is not None:
        parts.append(busy_text(state.busy, now))
    title = tr("Open in part") if state.closings else tr("Open")
    return Fact(title=title, proof=" · ".join(parts), icon="check", is_open=True)
