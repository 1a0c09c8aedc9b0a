"""What Sinqro shall show of a selling point, and how two such values are compared however they are spelled."""

from datetime import datetime
from typing import Any

import msgspec

from app.domain.availability import Closing
from app.ports.ledger import LedgerView
from app.services.busy import busy_of
from app.services.outlet import Outlet

AVAILABILITY = "availability.changed"
PREPARATION = "preparation.changed"


def availability_value(view: LedgerView, outlet: Outlet, now: datetime) -> dict[str, Any]:
    """What Sinqro shall show: the closings that hold or are to come, and whether the whole place is open."""
    active = [each for each in view.closings(outlet.id) if each.until is None or each.until > now]
    whole = any(each.since <= now and not each.order_types and not each.channels for each in active)
    return {"sellingPointId": outlet.id, "open": not whole, "closings": active}


def availability_essence(value: dict[str, Any]) -> Any:
    """Open or not, and each closing by id with its end and scope. Raises ``ValueError`` for a form that is none."""
    closings = msgspec.convert(value.get("closings") or [], list[Closing], strict=False)
    return (
        bool(value.get("open")),
        sorted((each.id, _text(each.until), sorted(each.order_types), sorted(each.channels)) for each in closings),
    )


def preparation_value(view: LedgerView, outlet: Outlet, now: datetime) -> dict[str, Any]:
    """How much longer everything takes; 0 minutes: as usual."""
    busy = busy_of(view, outlet.id)
    if busy is None or busy.until <= now:
        return {"sellingPointId": outlet.id, "extraMinutes": 0}
    types = {"orderTypes": list(busy.order_types)} if busy.order_types else {}
    return {"sellingPointId": outlet.id, "extraMinutes": busy.extra_minutes, "until": busy.until.isoformat(), **types}


def preparation_essence(value: dict[str, Any]) -> Any:
    """Minutes, end and types."""
    until = value.get("until")
    moment = datetime.fromisoformat(until) if isinstance(until, str) and value.get("extraMinutes") else None
    return int(value.get("extraMinutes") or 0), moment, sorted(value.get("orderTypes") or [])


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()
