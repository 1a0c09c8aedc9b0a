"""Who keeps the hours, and how far they are: the words beside the button that saves them."""

from app.domain.availability import ProofState
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot
from app.ui.words import clock, tr


def state_text(outlet: OutletSnapshot | None, wrong: str, *, edited: bool) -> tuple[str, str]:
    """Text and tone. ``wrong``: what keeps them from being saved; ``edited``: what is shown is not what is kept."""
    if outlet is None:
        return "", "quiet"
    if outlet.schedule_source == "pos":
        return tr("The POS keeps the hours: change them there."), "quiet"
    if outlet.role is not Role.ACTIVE:
        there = tr("%1 is in charge: change them there.", outlet.taken_by)
        return there if outlet.taken_by else tr("Connecting…"), "quiet"
    if wrong:
        return wrong, "danger"
    proof = outlet.schedule_proof
    if not edited:
        when = clock(proof.at) if proof.at is not None else ""
        if proof.state is ProofState.PROVEN:
            return tr("Saved, confirmed by Sinqro %1", when), "quiet"
        if proof.state is ProofState.PENDING:
            return tr("Saved; Sinqro is being told…"), "quiet"
        if proof.state is ProofState.DIFFERS:
            return tr("Saved here, but NOT on Sinqro. It is tried again by itself."), "danger"
    return tr("Kept here: the POS has no hours."), "quiet"
