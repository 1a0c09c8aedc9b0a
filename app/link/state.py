"""What the tray shows of the link."""

from datetime import datetime
from enum import StrEnum

import msgspec


class LinkPhase(StrEnum):
    """How the link is."""

    CONNECTING = "connecting"
    OPEN = "open"
    WAITING = "waiting"
    """Down, tried again at ``retry_at``: network, Sinqro busy, vault locked."""
    CREDENTIALS = "credentials"
    """Sinqro does not take the tokens, or there are none: a person must pair again."""
    REFUSED = "refused"
    """Sinqro is there and does not want this program (version, address): tried again, slowly."""
    STOPPED = "stopped"
    """We said bye."""


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """One state; ``code`` is stable and upper snake case, ``why`` one sentence."""

    phase: LinkPhase
    code: str = ""
    why: str = ""
    retry_at: datetime | None = None
