"""Closings: a selling point is closed while any of them covers the moment (domain rules, Availability)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from app.domain.order_parts import Form
from app.domain.status import OrderType


class ClosingSource(StrEnum):
    """Who closed."""

    STAFF = "staff"
    POS = "pos"
    SINQRO = "sinqro"
    SCHEDULE = "schedule"
    POS_UNREACHABLE = "posUnreachable"


class Closing(Form, frozen=True, kw_only=True):
    """One reason to be closed; ``until`` missing means until somebody lifts it, empty types or channels mean all."""

    id: str
    """Its id; of a closing that Sinqro set, Sinqro's."""
    source: ClosingSource
    """Who closed."""
    since: datetime
    """From when on."""
    until: datetime | None = None
    """When it ends by itself; missing: when somebody lifts it."""
    reason: str = ""
    """For people."""
    order_types: tuple[OrderType, ...] = ()
    """Only these types of orders; empty: all."""
    channels: tuple[str, ...] = ()
    """Only these channels, by code in lower case; empty: all."""

    def covers(self, at: datetime, order_type: OrderType, channel: str) -> bool:
        """Whether an order of this type and channel meets a closed door at ``at``."""
        return (
            self.since <= at
            and (self.until is None or at < self.until)
            and (not self.order_types or order_type in self.order_types)
            and (not self.channels or channel in self.channels)
        )


class ProofState(StrEnum):
    """How far Sinqro is known to have what we told it."""

    UNKNOWN = "unknown"
    """Nothing was told or compared yet."""
    PENDING = "pending"
    """Told, not read back yet."""
    PROVEN = "proven"
    """Read back from Sinqro, and the same."""
    DIFFERS = "differs"
    """Sinqro shows something else, or does not take it: repaired, and told to staff."""


class Proof(Form, frozen=True, kw_only=True):
    """What Sinqro was seen to show. ``at``: when it was first seen in this state."""

    state: ProofState = ProofState.UNKNOWN
    at: datetime | None = None
    message: str = ""
    """Of a difference: one sentence for staff."""


class Busy(Form, frozen=True, kw_only=True):
    """Everything takes longer for a while: so many minutes more, until then; empty types mean all."""

    extra_minutes: int
    until: datetime
    order_types: tuple[OrderType, ...] = ()


def is_open(closings: Iterable[Closing], at: datetime, order_type: OrderType, channel: str) -> bool:
    """Closed by anyone is closed."""
    return not any(closing.covers(at, order_type, channel) for closing in closings)
