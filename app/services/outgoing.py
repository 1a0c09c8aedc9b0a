"""What Sinqro is told about an order: rows of the outbox, made in the transaction of the change they tell of."""

import uuid
from datetime import datetime
from typing import Any

from app.domain.record import Notification, OrderKey, OrderRecord
from app.domain.status import ANSWERS, Injection, Status
from app.ports.ledger import LedgerTransaction, LedgerView

INJECTED = "order.injected"
INJECTION_FAILED = "order.injection_failed"
ORDER_STATUS = "order.status_changed"
RESERVATION_STATUS = "reservation.status_changed"


def tell_injected(tx: LedgerTransaction, record: OrderRecord, now: datetime) -> None:
    """The POS has it (or staff entered it by hand: then without an id)."""
    _add(tx, record, INJECTED, now, _present(orderId=record.json_id, posOrderId=record.pos_order_id))


def tell_injection_failed(tx: LedgerTransaction, record: OrderRecord, now: datetime) -> None:
    """It is not in the POS, and a person is needed; ``waiting`` and ``withdrawn`` are told to nobody."""
    if record.injection in (Injection.FAILED, Injection.HELD, Injection.UNCERTAIN):
        data = _present(
            orderId=record.json_id,
            injection=record.injection.value,
            code=record.injection_code,
            message=record.injection_message,
        )
        _add(tx, record, INJECTION_FAILED, now, data)


def tell_status(tx: LedgerTransaction, record: OrderRecord, now: datetime) -> OrderRecord:
    """The status as it is now. Returns the record with its revision counted up.

    A later status replaces queued ones not yet tried, except the answers (accept, reject, cancel).
    """
    record = record.with_(revision=record.revision + 1)
    kind = RESERVATION_STATUS if record.is_reservation else ORDER_STATUS
    data = _present(
        orderId=record.json_id,
        posOrderId=record.pos_order_id,
        status=record.status.value,
        posStatus=record.pos_status,
        reason=record.reason,
        comment=record.comment,
        preparationTime=record.preparation_minutes,
        changedAt=record.status_at.isoformat(),
        origin=record.status_origin.value,
        revision=record.revision,
        basedOn=record.sinqro_revision or None,
    )
    replaced = [
        queued.id
        for queued in tx.undelivered(record.key)
        if queued.type == kind and queued.attempts == 0 and queued.data["status"] not in ANSWERS
    ]
    deliver_by = record.accept_by if record.status is Status.ACCEPTED else None
    _add(tx, record, kind, now, data, supersedes=replaced, deliver_by=deliver_by)
    return record


def tell_state(tx: LedgerTransaction, selling_point: str, kind: str, data: dict[str, Any], now: datetime) -> None:
    """What Sinqro shall show of a selling point, as it is now; an earlier one that was not yet tried is dropped."""
    queued = undelivered_state(tx, selling_point, kind)
    notification = Notification(
        id=f"msg_{uuid.uuid4().hex}", selling_point=selling_point, type=kind, data=data, created_at=now
    )
    tx.add_notification(notification, supersedes=[each.id for each in queued if each.attempts == 0])


def undelivered_state(view: LedgerView, selling_point: str, kind: str) -> list[Notification]:
    """Notifications of this kind, of no order, that Sinqro does not have yet."""
    return view.undelivered(OrderKey(selling_point, f"({kind})"))  # the lane of what is of no order


def refusal_name(selling_point: str, kind: str) -> str:
    """Where the ledger keeps why Sinqro refused the last notification of this kind that is of no order."""
    return f"refused/{kind}/{selling_point}"


def _add(
    tx: LedgerTransaction,
    record: OrderRecord,
    kind: str,
    now: datetime,
    data: dict[str, Any],
    *,
    supersedes: list[str] | None = None,
    deliver_by: datetime | None = None,
) -> None:
    notification = Notification(
        id=f"msg_{uuid.uuid4().hex}",
        selling_point=record.selling_point,
        order_id=record.order_id,
        type=kind,
        data=data,
        created_at=now,
        deliver_by=deliver_by,
    )
    tx.add_notification(notification, supersedes=supersedes or ())


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}
