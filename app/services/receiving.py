"""Orders as they come from Sinqro: stored first, whatever their form, then understood as far as possible.

Functions on a transaction. A new order gets its record, its deadline and its way into the POS in the same commit as its
raw text; a later version is compared with the one before, and each side hears only what concerns it.
"""

from datetime import datetime, timedelta

import msgspec

from app.domain.errors import OrderFormError
from app.domain.order import Order, decode_order, glimpse_of
from app.domain.order_changes import Change, ChangeKind, compare
from app.domain.record import IN_COMPANION, DueKind, Mark, OrderKey, OrderRecord, OrderVersion
from app.domain.status import Injection, OrderType, Origin, Status
from app.ports.ledger import LedgerTransaction
from app.ports.pos import Capability
from app.services import preflight, statuses
from app.services.outlet import Outlet


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One text of an order on its way into the ledger, decoded outside the transaction."""

    key: OrderKey
    id_is_number: bool
    raw: bytes
    order: Order | None
    fault: OrderFormError | None
    revision: int = 0
    source: str = "order.create"
    received_at: datetime

    @property
    def warnings(self) -> list[dict[str, str]]:
        """What the answer to Sinqro points out."""
        if self.fault is not None:
            return [{"code": self.fault.code, "message": self.fault.message, "field": self.fault.path}]
        assert self.order is not None
        if self.order.total_difference:
            message = f"the lines add up to {self.order.lines_total}, the order says {self.order.total}"
            return [{"code": "TOTALS_DIFFER", "message": message, "field": "$.totalAmount"}]
        return []


def arrival(outlet: Outlet, order_id: int | str, raw: bytes, now: datetime, **more: object) -> Arrival:
    """Decode one text, liberally; never raises for its form."""
    order, fault = None, None
    try:
        order = decode_order(raw, outlet.selling_point.zone)
    except OrderFormError as exc:
        fault = exc
    number = isinstance(order_id, int)
    key = OrderKey(outlet.id, str(order_id))
    return Arrival(key=key, id_is_number=number, raw=raw, order=order, fault=fault, received_at=now, **more)  # type: ignore[arg-type]


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
    elif (new.source == "order.update" and new.revision <= record.sinqro_revision) or (
        new.source == "order.create" and _known(tx, outlet, new)
    ):
        return record
    else:
        record = _next(tx, outlet, record, new)
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
    record = _described(record, outlet, new)
    record = _apply_early_status(tx, outlet, record, now)
    if record.status.final:
        return statuses.withdraw(tx, record, now)
    if record.status is Status.PENDING and record.accept_by is not None:
        tx.set_due(DueKind.ACCEPT_DEADLINE, record.key, record.accept_by)
    return plan_injection(tx, outlet, record, new.order, now)


def _described(record: OrderRecord, outlet: Outlet, new: Arrival) -> OrderRecord:
    """What the order's text says, on the record."""
    if new.order is None:
        glimpse = glimpse_of(new.raw)
        code = glimpse.get("marketOrderCode") or glimpse.get("code") or record.order_id
        return record.marked(Mark.UNREADABLE).with_(
            code=code,
            type=_type_of(glimpse.get("type")),
            injection=Injection.FAILED,
            injection_code="ORDER_UNREADABLE",
            injection_message=f"{new.fault.path}: {new.fault.message}" if new.fault else "",
        )
    order, zone = new.order, outlet.selling_point.zone
    execution_at = order.execution_at(zone)
    scheduled = _is_scheduled(outlet, order, execution_at, record.received_at)
    sinqro_status = order.status.code if order.status and order.status.code else ""
    status = _initial_status(outlet, order, sinqro_status)
    accept_by = order.accept_by_at(zone)
    if accept_by is None and not scheduled and not order.is_reservation:
        accept_by = record.received_at + outlet.selling_point.accept_window(order.channel)
    if preflight.unmapped_payments(outlet, order):
        record = record.marked(Mark.PAYMENT_UNMAPPED)
    return _with_money(record, order).with_(
        type=order.type,
        code=order.display_code,
        channel=order.channel,
        market_order_id=str(order.market_order_id or ""),
        execution_at=execution_at,
        scheduled=scheduled,
        accept_by=accept_by,
        status=status,
        sinqro_status=sinqro_status,
    )


def _is_scheduled(outlet: Outlet, order: Order, execution_at: datetime | None, now: datetime) -> bool:
    """Whether an order is for later; a reservation always is, and goes into the POS's book at once."""
    after = timedelta(minutes=outlet.selling_point.scheduled_after_minutes)
    return not order.is_reservation and execution_at is not None and execution_at - now > after


def _with_money(record: OrderRecord, order: Order) -> OrderRecord:
    difference = order.total_difference
    record = record.marked(Mark.TOTALS_DIFFER) if difference else record.unmarked(Mark.TOTALS_DIFFER)
    return record.with_(total=order.total, currency=order.currency_code, total_difference=difference)


def _type_of(text: str | None) -> OrderType:
    try:
        return OrderType(text or "")
    except ValueError:
        return OrderType.DELIVERY


def _initial_status(outlet: Outlet, order: Order, code: str) -> Status:
    """Sinqro's code by the table; of one we don't know, its own flags say what is possible."""
    known = outlet.wire.status(code) if code else Status.PENDING
    if known is not None:
        return known
    if order.status is not None and order.status.is_final_status:
        return Status.CANCELLED  # over on Sinqro for a reason we don't know: nothing may be cooked
    return Status.PENDING if order.is_acceptable is not False else Status.ACCEPTED


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
        record = record.marked(Mark.AUTO_ACCEPT).with_(preparation_minutes=rule.minutes)
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
    return _changed(tx, outlet, record, new.order, changes, now)


def _changed(
    tx: LedgerTransaction, outlet: Outlet, record: OrderRecord, order: Order, changes: list[Change], now: datetime
) -> OrderRecord:
    loud = any(change.rings for change in changes)
    execution_at = order.execution_at(outlet.selling_point.zone)
    record = _with_money(record, order).with_(execution_at=execution_at, code=order.display_code)
    if loud:
        record = record.marked(Mark.CHANGED)
    if any(change.kind is ChangeKind.TIME for change in changes) and record.injection is Injection.STORED:
        record = record.with_(scheduled=_is_scheduled(outlet, order, execution_at, now))
        record = plan_injection(tx, outlet, record, order, now)
    if not loud or record.injection is not Injection.INJECTED:
        return record if loud else record.with_(pos_version=record.version if record.in_pos else record.pos_version)
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
    record = _described(record.unmarked(Mark.UNREADABLE), outlet, new).with_(
        status=kept.status, sinqro_status=kept.sinqro_status
    )
    if record.injection is Injection.FAILED and record.injection_code == "ORDER_UNREADABLE":
        record = record.with_(injection=Injection.STORED, injection_code="", injection_message="")
        return plan_injection(tx, outlet, record, new.order, now)
    return record


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
