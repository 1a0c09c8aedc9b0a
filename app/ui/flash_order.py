"""What the full-screen alarm shows; apart from its windows, which are loaded when there is something to show."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.record import OrderRecord
from app.services.sheets import OrderSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashOrder:
    """The most urgent order without an answer."""

    record: OrderRecord
    sheet: OrderSheet
    count: int
    """How many orders would be shown."""
    problem: str = ""
    """Why nothing can be heard; empty while it rings."""
    sandbox: bool = False
    minutes: int = 0
    """What one touch promises; 0: the standard ones."""
    at: datetime
