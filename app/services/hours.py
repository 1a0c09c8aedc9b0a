"""A selling point's opening hours as the ledger has them, and in the form in which Sinqro is told."""

from datetime import datetime
from typing import Any

import msgspec

from app.domain.schedule import Schedule
from app.domain.schedule_form import of_sinqro, to_sinqro
from app.ports.ledger import LedgerView
from app.ports.pos import Capability
from app.services.outlet import Outlet

SCHEDULE = "schedule.changed"


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours and who entered them: ``pos`` or ``tray``."""

    schedule: Schedule
    source: str = "tray"


def schedule_of(view: LedgerView, outlet: Outlet) -> tuple[Schedule, str]:
    """The hours that count, and who keeps them (``pos`` or ``tray``)."""
    kept = hours_of(view, outlet)
    return kept.schedule, kept.source if outlet.can(Capability.SCHEDULE_READ) else "tray"


def hours_of(view: LedgerView, outlet: Outlet) -> Hours:
    """What is kept; none where nobody keeps hours."""
    text = view.value(hours_name(outlet.id))
    if text is None:
        return Hours(schedule=Schedule(timezone=outlet.selling_point.timezone))
    return msgspec.json.decode(text, type=Hours)


def schedule_value(view: LedgerView, outlet: Outlet, now: datetime) -> dict[str, Any]:
    """``schedule.changed`` and the answer to ``schedule.get``."""
    schedule, source = schedule_of(view, outlet)
    return {"sellingPointId": outlet.id, "source": source, **to_sinqro(schedule)}


def schedule_essence(value: dict[str, Any]) -> Any:
    """The hours themselves, however they are spelled."""
    return of_sinqro(value, "UTC")


def hours_name(selling_point: str) -> str:
    """Where the ledger keeps them."""
    return f"schedule/{selling_point}"
