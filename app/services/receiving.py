"""Orders as they come from Sinqro: stored first, whatever their form, then understood as far as possible.

Functions on a transaction. A new order gets its record, its deadline and its way into the POS in the same commit as its
raw text; a later version is compared with the one before, and each side hears only what concerns it.
"""

from datetime import datetime, timedelta

from app.domain.errors import OrderFormError
from app.domain.order import Order, decode_order
from app.domain.order_changes import Change, ChangeKind, compare
from app.domain.record import IN_COMPANION, DueKind, Mark, OrderKey, OrderRecord, OrderVersion
from app.domain.status import Injection, Origin, Status
from app.ports.ledger import LedgerTransaction
from app.ports.pos import Capability
from app.services import closed_then, preflight, statuses
from app.services.arrival import Arrival, described, is_scheduled, with_money
from app.services.busy import extra_minutes
from app.services.outlet import Outlet


def store(tx: LedgerTransaction, outlet: Outlet, new: Arrival, *, waited: bool = False) -> OrderRecord:
    """``order.create`` or ``order.update``: store it and return the record as it is then.

    ``waited``: from Sinqro's list, after the ledger was lost or taken over: treated like an order that waited.
    """
    record = tx.order(new.key)
    if record is None:
        record = _first(tx, outlet, new, waited=waited)
    elif new.source == "order.create" and not record.created:
        # an update came first: this older text is kept, and changes nothing
        tx.add_version(new.key, _version(new, _next_number(tx, new.key)))
        record = record.with_(created=True)
    elif _is_old(tx, outlet, record, new):
        return record
    else:
        record = _next(tx, outlet, record, new)
    record = closed_then.marked(tx, outlet, record, new.received_at)
    tx.put_order(record)
    return record


def _first(tx: LedgerTransaction, outlet: Outlet, new: Arrival, *, waited: bool) -> OrderRecord:
    now = new.received_at
    tx.add_version(new.key, _version(new, 1))
    tx.add_history(new.key, now, "received", Origin.SINQRO, method=new.source)
    record = OrderRecord(
        selling_point=new.key.selling_point,
        order_id=new.key.order_id,
        order_id_is_number=new.id_is_number,
        received_at=now,
        status_at=now,
        created=new.source == "order.create",
        sinqro_revision=new.revision,
        look_up_first=waited,
        first_try_at=now - timedelta(days=1) if waited else None,
    )
    record = described(record, outlet, new)
    record = _apply_early_status(tx, outlet, record, now)
    if record.status.final:
        return statuses.withdraw(tx, record, now)
    if record.status is Status.PENDING and record.accept_by is not None:
        tx.set_due(DueKind.ACCEPT_DEADLINE, record.key, record.accept_by)
    return plan_injection(tx, outlet, record, new.order, now)


def _apply_early_status(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, now: datetime) -> OrderRecord:
    for message in tx.early_status(record.key):
        code = str(message["status"])
        record = statuses.told_by_sinqro(
            tx,
            outlet,
            record,
            outlet.wire.status(code),
            code,
            now,
            reason=message["reason"],
            comment=message["comment"],
        )
        record = record.with_(sinqro_revision=max(record.sinqro_revision, message["revision"]))
    tx.clear_early_status(record.key)
    return record.unmarked(Mark.STOP_COOKING)  # nobody has seen it yet


def plan_injection(
    tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, order: Order | None, now: datetime
) -> OrderRecord:
    """Decide how a stored order goes on: into the POS now or later, after acceptance, or not at all."""
    if order is None or record.injection is not Injection.STORED:
        return record
    rule = outlet.selling_point.auto_accept_for(record.channel, record.type)
    if rule is not None and record.status is Status.PENDING and not preflight.blocks(tx, outlet, record, order, now):
        minutes = rule.minutes + extra_minutes(tx, outlet.id, record.type)
        record = record.marked(Mark.AUTO_ACCEPT).with_(preparation_minutes=minutes)
    if not outlet.has_place_for(record.type):
        record = record.with_(injection_code=IN_COMPANION)
        return _accept_now(tx, outlet, record, now)
    if record.scheduled and not outlet.selling_point.inject_scheduled_at_once:
        assert record.execution_at is not None
        lead = timedelta(minutes=outlet.selling_point.lead_minutes)
        tx.set_due(DueKind.INJECT, record.key, max(now, record.execution_at - lead))
        tx.set_due(DueKind.ALARM, record.key, max(now, record.execution_at - lead))
        return _accept_now(tx, outlet, record, now)  # the POS gets it hours later: nothing to wait for
    if goes_now(outlet, record):
        tx.set_due(DueKind.INJECT, record.key, now)
    return record


def _accept_now(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, now: datetime) -> OrderRecord:
    """By rule, where no POS has to have it first."""
    if Mark.AUTO_ACCEPT not in record.marks:
        return record
    return statuses.change(tx, outlet, record.unmarked(Mark.AUTO_ACCEPT), Status.ACCEPTED, Origin.AUTO, now)


def goes_now(outlet: Outlet, record: OrderRecord) -> bool:
    """Whether a stored order enters the POS without anybody's word."""
    if record.status is not Status.PENDING or Mark.AUTO_ACCEPT in record.marks:
        return True
    return outlet.inject_on.value == "arrival"


def _next(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, new: Arrival) -> OrderRecord:
    """A further version: keep it, find the differences, let each side know what concerns it."""
    now = new.received_at
    before = _decoded(outlet, tx.version(record.key, record.version))
    number = _next_number(tx, record.key)
    tx.add_version(record.key, _version(new, number))
    current = record.pos_version == record.version
    record = record.with_(version=number, sinqro_revision=max(record.sinqro_revision, new.revision))
    if new.order is None:
        tx.add_history(record.key, now, "changed_unreadable", Origin.SINQRO, version=number)
        record = record.marked(Mark.UNREADABLE, Mark.CHANGED)
        return record.marked(Mark.CHANGE_BY_HAND) if record.in_pos else _unreadable_now(tx, record, new)
    changes = compare(before, new.order) if before is not None else []
    tx.add_history(
        record.key,
        now,
        "changed",
        Origin.SINQRO,
        version=number,
        kinds=sorted({change.kind.value for change in changes}),
    )
    if record.status.final:
        return _after_the_end(record, new.order, changes)
    if Mark.UNREADABLE in record.marks:
        return _readable_at_last(tx, outlet, record, new, now)
    if current and not any(change.rings for change in changes):
        record = record.with_(pos_version=number)  # no business of the POS
    return _changed(tx, outlet, record, new.order, changes, now)


def _changed(
    tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, order: Order, changes: list[Change], now: datetime
) -> OrderRecord:
    loud = any(change.rings for change in changes)
    execution_at = order.execution_at(outlet.selling_point.zone)
    record = with_money(record, order).with_(type=order.type, execution_at=execution_at, code=order.display_code)
    if loud:
        record = record.marked(Mark.CHANGED)
    if any(change.kind is ChangeKind.TIME for change in changes) and record.injection is Injection.STORED:
        record = record.with_(scheduled=is_scheduled(outlet, order, execution_at, now))
        record = plan_injection(tx, outlet, record, order, now)
    if not loud or record.injection is not Injection.INJECTED:
        return record
    if outlet.can(Capability.ORDER_UPDATE) and record.in_pos:
        tx.set_due(DueKind.POS_UPDATE, record.key, now)
        return record
    return record.marked(Mark.CHANGE_BY_HAND)


def _after_the_end(record: OrderRecord, order: Order, changes: list[Change]) -> OrderRecord:
    """What changes after completion is money: a refund is recorded, the paid order in the POS is left alone."""
    less = record.total - order.total
    if record.status is not Status.COMPLETED or not any(change.rings for change in changes):
        return record
    record = record.marked(Mark.CHANGED)
    return (
        record.marked(Mark.REFUNDED).with_(refunded=record.refunded + less, total=order.total) if less > 0 else record
    )


def _unreadable_now(tx: LedgerTransaction, record: OrderRecord, new: Arrival) -> OrderRecord:
    if record.injection not in (Injection.STORED, Injection.WAITING, Injection.HELD):
        return record
    tx.clear_due(record.key, DueKind.INJECT)
    return record.with_(
        injection=Injection.FAILED,
        injection_code="ORDER_UNREADABLE",
        injection_message=f"{new.fault.path}: {new.fault.message}" if new.fault else "",
    )


def _readable_at_last(
    tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, new: Arrival, now: datetime
) -> OrderRecord:
    kept = record
    record = described(record.unmarked(Mark.UNREADABLE), outlet, new).with_(
        status=kept.status, sinqro_status=kept.sinqro_status
    )
    if record.injection is Injection.FAILED and record.injection_code == "ORDER_UNREADABLE":
        record = record.with_(injection=Injection.STORED, injection_code="", injection_message="")
        return plan_injection(tx, outlet, record, new.order, now)
    return record


def _is_old(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, new: Arrival) -> bool:
    """Whether a further text says nothing new. Texts count among themselves: a status may overtake an edit."""
    if new.source == "order.create":
        return _known(tx, outlet, new)
    current = tx.version(record.key, record.version)
    if current is not None and new.revision <= current.revision:
        return True
    if new.source == "order.update":
        return False
    known = _decoded(outlet, current)  # Sinqro's list counts changes of status too
    if known is None or new.order is None:
        return known is new.order
    return not compare(known, new.order)


def _known(tx: LedgerTransaction, outlet: Outlet, new: Arrival) -> bool:
    """Whether this content was there before, in whatever spelling: then it is a repetition."""
    for version in tx.versions(new.key):
        if version.raw == new.raw:
            return True
        earlier = _decoded(outlet, version)
        if earlier is not None and new.order is not None and not compare(earlier, new.order):
            return True
    return False


def _decoded(outlet: Outlet, version: OrderVersion | None) -> Order | None:
    if version is None:
        return None
    try:
        return decode_order(version.raw, outlet.selling_point.zone)
    except OrderFormError:
        return None


def _version(new: Arrival, number: int) -> OrderVersion:
    return OrderVersion(
        number=number, raw=new.raw, received_at=new.received_at, revision=new.revision, source=new.source
    )


def _next_number(tx: LedgerTransaction, key: OrderKey) -> int:
    return max((version.number for version in tx.versions(key)), default=0) + 1
