"""How the Sinqro sandbox shows an order: its text with what became of it, and the page for people and scripts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.status import OFF, Status
from app.link.messages import encode
from app.link.wire import Wire
from app.sandbox.sinqro_state import SinqroOrder

_VALUES = msgspec.json.Decoder(float_hook=Decimal)

_SHOWN = {
    Status.PENDING: ("Esperando validación del negocio", "#f7981d"),
    Status.ACCEPTED: ("Aceptado", "#3d9be9"),
    Status.IN_PREPARATION: ("En preparación", "#3d9be9"),
    Status.READY: ("Listo", "#3d9be9"),
    Status.DISPATCHED: ("En reparto", "#3d9be9"),
    Status.SEATED: ("En la mesa", "#3d9be9"),
    Status.COMPLETED: ("Completado", "#4caf50"),
    Status.REJECTED: ("Rechazado", "#d9534f"),
    Status.CANCELLED: ("Cancelado", "#d9534f"),
    Status.NO_SHOW: ("No presentado", "#d9534f"),
}


def values_of(raw: bytes) -> dict[str, Any] | None:
    """An order's text as plain values; ``None`` when it is no JSON object."""
    try:
        values = _VALUES.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def order_text(order: SinqroOrder, wire: Wire, *, whole: bool = True) -> bytes:
    """The order's JSON as Sinqro gives it out now; of a text that is no JSON object, only what we know ourselves."""
    values = (values_of(order.raw) if whole else None) or {"id": order.id}
    status = wire.status(order.status)
    name, color = _SHOWN.get(status, (order.status, "#999999")) if status else (order.status, "#999999")
    final = status is not None and status.final
    values["status"] = {
        "code": order.status,
        "name": name,
        "color": color,
        "isFinalStatus": final,
        "globalStatusCode": "cancelled" if status in OFF else "completed" if final else "processing",
    }
    values["isAcceptable"] = status is Status.PENDING
    values["isCancellable"] = not final
    if order.pos_order_id:
        values["posOrderId"] = order.pos_order_id
    if status in OFF:
        values["cancellationComment"] = order.comment or order.reason or None
    return encode(values)


def order_page(order: SinqroOrder, wire: Wire) -> dict[str, Any]:
    """One order for the control API, without its events."""
    page: dict[str, Any] = {
        "id": order.id,
        "sellingPointId": order.selling_point,
        "type": order.type,
        "status": order.status,
        "reason": order.reason,
        "comment": order.comment,
        "revision": order.revision,
        "notifiedRevision": order.notified_revision,
        "posOrderId": order.pos_order_id,
        "injection": order.injection,
        "refunded": order.refunded,
        "placedAt": _moment(order.placed_at),
        "changedAt": _moment(order.changed_at),
        "answeredAt": _moment(order.answered_at),
        "acceptedAt": _moment(order.accepted_at),
        "cancelledAt": _moment(order.cancelled_at),
        "cancelAnsweredAt": _moment(order.cancel_answered_at),
        "response": order.answer,
        "responseMs": order.response_ms,
    }
    if order.raw:
        page["order"] = msgspec.Raw(order_text(order, wire))
        if values_of(order.raw) is None:
            page["raw"] = order.raw.decode(errors="replace")
    return page


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
