"""The outcomes of an injection, as functions on a transaction, and the request that a POS gets."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.errors import OutcomeUnknown, PosBusy, PosError, PosTillClosed
from app.domain.order import Order
from app.domain.record import DueKind, Mark, OrderKey, OrderRecord
from app.domain.status import OFF, Injection, Origin, Status
from app.ports.ledger import LedgerTransaction
from app.ports.pos import Capability, PosOrder, PosOrderRequest, PosWarning
from app.services import outgoing, statuses
from app.services.outlet import Outlet

_MARKS = {PosWarning.TABLE_BUSY: Mark.TABLE_BUSY, PosWarning.PAYMENT_UNKNOWN: Mark.PAYMENT_UNMAPPED}
"""Warnings with a mark of their own; the others are :attr:`Mark.POS_DIFFERS`."""


SETTLES = timedelta(seconds=20)
"""A POS that got a request has done its work by then, or never will: calls end after 15 s at the most."""

_LOOK_AGAIN = timedelta(seconds=3)

_DELAYS = (1, 2, 5)
"""Seconds before the next tries; then every 10 s."""


def request_for(outlet: Outlet, record: OrderRecord, order: Order) -> PosOrderRequest:
    """What the adapter is asked to create or to change the POS's order to."""
    point = outlet.selling_point
    payments = []
    for payment in order.payments or []:
        method = payment.payment_method_name or payment.method_code or ""
        prepaid = bool(payment.prepaid)
        pos_method = point.pos_payment(order.channel, method, prepaid) if point.payments else method or None
        payments.append((pos_method, payment.amount if payment.amount is not None else Decimal(0), prepaid))
    return PosOrderRequest(
        reference=record.order_id,
        order=order,
        selling_point=point,
        status=record.status,
        execution_at=record.execution_at,
        preparation_minutes=record.preparation_minutes,
        print_ticket=record.print_ticket,
        payments=tuple(payments),
    )


def injected(tx: LedgerTransaction, outlet: Outlet, key: OrderKey, seen: PosOrder, now: datetime) -> None:
    """The POS has the order: written together with Sinqro's notification, and with whatever happened meanwhile."""
    record = tx.order(key)
    if record is None or record.in_pos:
        return
    tx.clear_due(key, DueKind.INJECT, DueKind.WITHDRAW)
    tx.add_history(key, now, "injected", Origin.POS, posOrderId=seen.id, attempts=record.attempts)
    was = record.injection
    record = record.with_(
        injection=Injection.INJECTED,
        injection_code="",
        injection_message="",
        look_up_first=False,
        last_try_at=None,
        pos_order_id=seen.id,
        pos_version=record.pos_version or 1,  # written down at the start of the attempt; 0: the ledger was lost
        pos_status=seen.pos_status,
        pos_has=seen.status,
    )
    record = warned(tx, record, seen, now)
    if was is Injection.WITHDRAWN or record.status in OFF:  # it was under way when it was cancelled
        record = record.with_(injection=Injection.WITHDRAWN)
        if seen.status is not None and seen.status in OFF:
            tx.put_order(record)
            return
        tx.set_due(DueKind.POS_STATUS, key, now)
        tx.put_order(record)
        return
    outgoing.tell_injected(tx, record, now)
    if seen.status is not None and seen.status is not record.status:
        before = record.with_(pos_has=None)  # what the POS shows counts as news
        record = statuses.told_by_pos(tx, outlet, before, seen, now)
    record = _accept_by_rule(tx, outlet, record, now)
    if record.status is not record.pos_has and record.status is not Status.PENDING:
        tx.set_due(DueKind.POS_STATUS, key, now)
    if record.pos_version != record.version:
        if outlet.can(Capability.ORDER_UPDATE):
            tx.set_due(DueKind.POS_UPDATE, key, now)
        else:
            record = record.marked(Mark.CHANGE_BY_HAND)
    tx.put_order(record)


def warned(tx: LedgerTransaction, record: OrderRecord, seen: PosOrder, now: datetime) -> OrderRecord:
    """What the POS made of it that staff must know."""
    if not seen.warnings:
        return record
    tx.add_history(record.key, now, "pos_warning", Origin.POS, warnings=[warning.value for warning in seen.warnings])
    return record.marked(*(_MARKS.get(warning, Mark.POS_DIFFERS) for warning in seen.warnings))


def _accept_by_rule(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, now: datetime) -> OrderRecord:
    if Mark.AUTO_ACCEPT not in record.marks:
        return record
    record = record.unmarked(Mark.AUTO_ACCEPT)
    if record.status is not Status.PENDING or (record.accept_by is not None and now > record.accept_by):
        return record
    return statuses.change(tx, outlet, record, Status.ACCEPTED, Origin.AUTO, now)


def settled(record: OrderRecord, now: datetime) -> bool:
    """Whether no attempt of this order can still be at work in the POS."""
    return record.last_try_at is None or now - record.last_try_at >= SETTLES


def look_again(tx: LedgerTransaction, key: OrderKey, now: datetime) -> None:
    """Not there yet says nothing while the POS may still be at work on the attempt before: look later."""
    record = tx.order(key)
    if record is None or record.last_try_at is None or record.status in OFF or record.injection is Injection.INJECTED:
        return
    tx.set_due(DueKind.INJECT, key, min(now + _LOOK_AGAIN, record.last_try_at + SETTLES))
    tx.put_order(
        record.with_(
            injection=Injection.WAITING,
            injection_code=OutcomeUnknown.code,
            injection_message="The POS may still be at work on it.",
            look_up_first=True,
        )
    )


def _stuck(
    tx: LedgerTransaction, record: OrderRecord, injection: Injection, code: str, message: str, now: datetime
) -> OrderRecord:
    tx.clear_due(record.key, DueKind.INJECT)
    tx.add_history(record.key, now, injection.value, Origin.AUTO, code=code)
    record = record.with_(injection=injection, injection_code=code, injection_message=message)
    outgoing.tell_injection_failed(tx, record, now)
    return record


def failed(tx: LedgerTransaction, record: OrderRecord, code: str, message: str, now: datetime) -> OrderRecord:
    """The POS refuses it: needs a person."""
    return _stuck(tx, record, Injection.FAILED, code, message, now)


def held(tx: LedgerTransaction, record: OrderRecord, code: str, message: str, now: datetime) -> OrderRecord:
    """Perhaps cooked from paper already: staff decide."""
    return _stuck(tx, record, Injection.HELD, code, message, now)


def uncertain(tx: LedgerTransaction, record: OrderRecord, now: datetime) -> OrderRecord:
    """It may be in the POS, which can't be asked: "is it in the POS?"."""
    message = "The POS did not answer: look whether the order is there."
    return _stuck(tx, record, Injection.UNCERTAIN, "POS_OUTCOME_UNKNOWN", message, now)


def retry_delay(record: OrderRecord, error: PosError) -> timedelta:
    """How long to wait before the next attempt."""
    if isinstance(error, PosBusy):
        return error.retry_after
    quick = 1 <= record.attempts <= len(_DELAYS) and not isinstance(error, PosTillClosed)
    seconds = _DELAYS[record.attempts - 1] if quick else 10
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads retries, no secret
