"""The longer preparation ("+20 min for an hour") as the ledger has it."""

import msgspec

from app.domain.availability import Busy
from app.domain.status import OrderType
from app.ports.ledger import LedgerView


def busy_of(view: LedgerView, selling_point: str) -> Busy | None:
    """Whether everything takes longer."""
    text = view.value(busy_name(selling_point))
    return msgspec.json.decode(text, type=Busy) if text else None


def extra_minutes(view: LedgerView, selling_point: str, order_type: OrderType) -> int:
    """How many minutes more an order of this type takes now."""
    busy = busy_of(view, selling_point)
    if busy is None or (busy.order_types and order_type not in busy.order_types):
        return 0
    return busy.extra_minutes


def busy_name(selling_point: str) -> str:
    """Where the ledger keeps it."""
    return f"busy/{selling_point}"
