"""``order.list``: what came here since a moment, for whoever wants to compare."""

from datetime import datetime, timedelta
from typing import Any

from app.domain.record import OrderRecord
from app.domain.times import parse_time
from app.link.messages import OrderList, invalid_params
from app.ports.ledger import Ledger
from app.services.outlet import Outlet

PAGE = 100
MOST = 500
"""Orders on a page: usually, and at the most."""
REACH = timedelta(hours=72)
"""As far back as Sinqro's own list."""


async def order_page(ledger: Ledger, outlet: Outlet, params: OrderList, now: datetime) -> dict[str, Any]:
    """One page of :class:`~app.link.results.OrderPage`; a cursor is the last order's time and id."""
    since, last = _since(params, outlet, now)
    records = await ledger.read(lambda view: view.orders_since(since, outlet.id))
    following = sorted((each for each in records if _place(each) > (since, last)), key=_place)
    page = following[: max(1, min(params.limit or PAGE, MOST))]
    answer: dict[str, Any] = {"orders": [_row(each) for each in page]}
    if len(page) < len(following):
        answer["nextCursor"] = f"{page[-1].received_at.isoformat()}/{page[-1].order_id}"
    return answer


def _since(params: OrderList, outlet: Outlet, now: datetime) -> tuple[datetime, str]:
    text, _, last = (params.cursor or "").partition("/")
    field = "$.cursor" if params.cursor else "$.since"
    if not params.cursor:
        if params.since is None:
            return now - REACH, ""
        text = params.since
    try:
        return parse_time(text, outlet.selling_point.zone), last
    except (ValueError, OverflowError) as exc:
        raise invalid_params(f"{text[:60]!r} is not a time", field) from exc


def _place(record: OrderRecord) -> tuple[datetime, str]:
    return record.received_at, record.order_id


def _row(record: OrderRecord) -> dict[str, Any]:
    row = {
        "orderId": record.json_id,
        "type": record.type.value,
        "code": record.code,
        "status": record.status.value,
        "posStatus": record.pos_status,
        "posOrderId": record.pos_order_id or None,
        "injection": record.injection.value,
        "changedAt": record.status_at,
        "origin": record.status_origin.value,
        "receivedAt": record.received_at,
        "total": record.total,
        "currency": record.currency,
        "revision": record.revision,
    }
    return row if record.execution_at is None else row | {"executionAt": record.execution_at}
