"""The doctor's line on open and closed: what holds here, and whether Sinqro is known to show it."""

from datetime import datetime

import msgspec

from app.domain.availability import Proof, ProofState
from app.domain.opening import State, overall
from app.domain.schedule import Schedule
from app.domain.times import zone_of
from app.ports.ledger import LedgerView
from app.report.doctor import Line, failed, ok, warning
from app.services.hours import Hours, hours_name
from app.services.mirror import proof_in
from app.services.shown import AVAILABILITY

_MOMENT = "%Y-%m-%d %H:%M"


def of_opening(view: LedgerView, selling_point: str, timezone: str, at: datetime, *, running: bool) -> Line:
    """One selling point; ``timezone`` is its own, in which moments are said."""
    check = f"open {selling_point}"
    text = view.value(hours_name(selling_point))
    schedule = Schedule(timezone=timezone) if text is None else msgspec.json.decode(text, type=Hours).schedule
    here = overall(view.closings(selling_point), schedule, at)
    zone = zone_of(timezone)
    says = _WORDS[here.state]
    if here.closings:
        says += f" ({', '.join(sorted({closing.source.value for closing in here.closings}))})"
    elif not here.in_hours:
        says += " by its hours"
    if here.until is not None:
        says += f" until {here.until.astimezone(zone):{_MOMENT}}"
    proof = proof_in(view, AVAILABILITY, selling_point)
    says = f"{says}; {_proven(proof, zone_name=timezone)}."
    if proof.state is ProofState.DIFFERS:
        return failed(check, f"{says} {proof.message}", "It is told again by itself; if it stays so, call Sinqro.")
    if proof.state is ProofState.PENDING and not running:
        return warning(check, says, "Start the companion: it tells Sinqro and looks whether it is shown.")
    return ok(check, says)


_WORDS = {State.OPEN: "Open", State.PARTLY: "Partly closed", State.CLOSED: "Closed"}


def _proven(proof: Proof, *, zone_name: str) -> str:
    since = f" since {proof.at.astimezone(zone_of(zone_name)):{_MOMENT}}" if proof.at is not None else ""
    return {
        ProofState.UNKNOWN: "not compared with Sinqro yet",
        ProofState.PENDING: f"being told to Sinqro{since}",
        ProofState.PROVEN: f"read back from Sinqro as the same{since}",
        ProofState.DIFFERS: f"Sinqro shows something else{since}",
    }[proof.state]
