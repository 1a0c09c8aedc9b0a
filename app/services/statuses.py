"""Changes of status: the one place where a status becomes another, whoever said so.

Each function works on a transaction and returns the new record, which the caller puts back; whatever follows from the
change (Sinqro told, POS told, withdrawn from the way into the POS, injected now) is written with it.
"""

from datetime import datetime

from app.domain.errors import StatusError
from app.domain.record import BY_HAND, IN_COMPANION, DueKind, Mark, OrderRecord
from app.domain.status import OFF, Injection, Merge, OrderType, Origin, Status, check_step, merge
from app.ports.ledger import LedgerTransaction
from app.ports.pos import Capability, PosOrder
from app.services.outgoing import tell_status
from app.services.outlet import Outlet

COMPLETED_OUTSIDE = "COMPLETED_OUTSIDE"


def change(
    tx: LedgerTransaction,
    outlet: Outlet,
    record: OrderRecord,
    target: Status,
    origin: Origin,
    now: datetime,
    *,
    reason: str = "",
    comment: str = "",
    minutes: int | None = None,
) -> OrderRecord:
    """Make ``target`` the status and do all that follows from it. Whether it may is the caller's question."""
    taken = record.status is not Status.PENDING
    tx.add_history(record.key, now, "status", origin, before=record.status.value, after=target.value, reason=reason)
    record = record.with_(
        status=target,
        status_origin=origin,
        status_at=now,
        reason=reason,
        comment=comment,
        preparation_minutes=record.preparation_minutes if minutes is None else minutes,
    )
    tx.clear_due(record.key, DueKind.ACCEPT_DEADLINE)
    if target.final:
        tx.clear_due(record.key, DueKind.ALARM)
    if origin is not Origin.SINQRO:
        record = tell_status(tx, record, now)
    if origin is not Origin.POS and record.in_pos and target is not record.pos_has:
        tx.set_due(DueKind.POS_STATUS, record.key, now)
    if target in OFF:
        tx.clear_due(record.key, DueKind.POS_UPDATE)
        if origin is Origin.SINQRO and taken:
            record = record.marked(Mark.STOP_COOKING)
        return withdraw(tx, record.unmarked(Mark.CHANGE_BY_HAND), now)
    at_once = not record.scheduled or outlet.selling_point.inject_scheduled_at_once
    if record.injection is Injection.STORED and not record.injection_code and at_once:
        tx.set_due(DueKind.INJECT, record.key, now)
    if target is Status.COMPLETED and record.injection in (Injection.STORED, Injection.WAITING):
        return _completed_outside(tx, record)
    return record


def withdraw(tx: LedgerTransaction, record: OrderRecord, now: datetime) -> OrderRecord:
    """Take an order that is off back from its way into the POS; once it is in, the POS is told instead."""
    if record.injection in (Injection.INJECTED, Injection.WITHDRAWN):
        return record
    perhaps_there = record.injection in (Injection.INJECTING, Injection.UNCERTAIN) or record.look_up_first
    tx.clear_due(record.key, DueKind.INJECT, DueKind.ALARM)
    if perhaps_there:
        tx.set_due(DueKind.WITHDRAW, record.key, now)
    return record.with_(injection=Injection.WITHDRAWN, injection_code="", injection_message="")


def _completed_outside(tx: LedgerTransaction, record: OrderRecord) -> OrderRecord:
    if record.injection_code == IN_COMPANION:
        return record
    tx.clear_due(record.key, DueKind.INJECT)
    return record.with_(
        injection=Injection.HELD,
        injection_code=COMPLETED_OUTSIDE,
        injection_message="It was completed without the POS.",
    )


def by_hand(
    tx: LedgerTransaction,
    outlet: Outlet,
    record: OrderRecord,
    target: Status,
    now: datetime,
    *,
    reason: str = "",
    comment: str = "",
    minutes: int | None = None,
) -> OrderRecord:
    """A person at the tray moves an order. Raises :class:`StatusError` when it cannot be."""
    check_step(record.type, record.status, target)
    answers = record.status is Status.PENDING and target not in OFF
    if answers and record.accept_by is not None and now > record.accept_by:
        raise StatusError(
            f"the time to accept this order ended at {record.accept_by:%H:%M:%S} UTC",
            code="ACCEPT_TOO_LATE",
            hint="Wait for the channel's word, or call the customer.",
        )
    return change(tx, outlet, record, target, Origin.STAFF, now, reason=reason, comment=comment, minutes=minutes)


def told_by_sinqro(
    tx: LedgerTransaction,
    outlet: Outlet,
    record: OrderRecord,
    status: Status | None,
    code: str,
    now: datetime,
    *,
    reason: str = "",
    comment: str = "",
) -> OrderRecord:
    """Sinqro (channel, customer, panel) says a status; ``None``: a code that we don't know, kept and shown."""
    record = record.with_(sinqro_status=code)
    if status is None:
        tx.add_history(record.key, now, "unknown_status", Origin.SINQRO, code=code)
        return record
    match merge(record.type, record.status, status):
        case Merge.APPLIED:
            return change(tx, outlet, record, status, Origin.SINQRO, now, reason=reason, comment=comment)
        case Merge.REFUND:
            tx.add_history(record.key, now, "cancelled_after_completion", Origin.SINQRO, reason=reason)
            return record.marked(Mark.REFUNDED).with_(refunded=record.total)
        case Merge.LOST | Merge.STALE as verdict:
            tx.add_history(record.key, now, "status_not_applied", Origin.SINQRO, status=status.value, why=verdict.value)
    return record


def told_by_pos(
    tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, seen: PosOrder, now: datetime
) -> OrderRecord:
    """The POS shows a status: apply it when it is further on than ours."""
    news = seen.status is not record.pos_has or seen.pos_status != record.pos_status
    record = record.with_(pos_status=seen.pos_status, pos_has=seen.status)
    if not news or seen.status is None:
        return record
    if record.status is seen.status:
        tx.clear_due(record.key, DueKind.POS_STATUS)
        return record.unmarked(Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND)
    match merge(record.type, record.status, seen.status):
        case Merge.APPLIED if _too_late(record, seen, now):
            tx.add_history(record.key, now, "accept_too_late", Origin.POS, status=seen.status.value)
            return record.marked(Mark.LATE)
        case Merge.APPLIED:
            minutes = seen.preparation_minutes
            return change(tx, outlet, record, seen.status, Origin.POS, now, reason=seen.reason, minutes=minutes)
        case Merge.LOST | Merge.REFUND as verdict:
            tx.add_history(
                record.key, now, "status_not_applied", Origin.POS, status=seen.status.value, why=verdict.value
            )
    return record


def _too_late(record: OrderRecord, seen: PosOrder, now: datetime) -> bool:
    """Whether the POS accepted after the channel's deadline; what it did in time but told late is in time."""
    if record.status is not Status.PENDING or seen.status is None or seen.status in OFF or record.accept_by is None:
        return False
    return min(now, seen.changed_at or now) > record.accept_by


def may_tell_pos(outlet: Outlet, order_type: OrderType, target: Status) -> bool:
    """Whether the POS can be told this status."""
    if order_type is OrderType.RESERVATION:
        return outlet.can(Capability.RESERVATION_STATUS)
    return outlet.can(Capability.ORDER_CANCEL if target in OFF else Capability.ORDER_STATUS)


def not_followed(tx: LedgerTransaction, record: OrderRecord, now: datetime, why: str) -> OrderRecord:
    """The POS did not follow: "do it in the POS by hand", and Sinqro hears the truth at once."""
    mark = Mark.CANCEL_BY_HAND if record.status in OFF else Mark.STATUS_BY_HAND
    if mark in record.marks:
        return record
    tx.add_history(record.key, now, "pos_did_not_follow", Origin.POS, status=record.status.value, why=why)
    return tell_status(tx, record.marked(mark), now)


def ticked_off(record: OrderRecord) -> OrderRecord:
    """A person did by hand what the POS could not be told, or keeps an order that meets a closing."""
    if Mark.CLOSED_THEN in record.marks:
        record = record.unmarked(Mark.CLOSED_THEN).marked(Mark.KEPT_THOUGH_CLOSED)
    return record.unmarked(*BY_HAND).with_(pos_version=max(record.pos_version, record.version))
