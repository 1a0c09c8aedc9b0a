"""One text of an order as it arrived, and what it says, put on the order's record."""

from datetime import datetime, timedelta

import msgspec

from app.domain.errors import OrderFormError
from app.domain.order import Order, decode_order, glimpse_of
from app.domain.order_parts import CodeName, Form
from app.domain.record import Mark, OrderKey, OrderRecord
from app.domain.status import Injection, OrderType, Status
from app.services import preflight
from app.services.outlet import Outlet


class _StatusOnly(Form, frozen=True, kw_only=True):
    status: CodeName | None = None


_STATUS = msgspec.json.Decoder(_StatusOnly, strict=False)


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


def described(record: OrderRecord, outlet: Outlet, new: Arrival) -> OrderRecord:
    """The record with what the text says: unreadable where it cannot be decoded."""
    if new.order is None:
        glimpse = glimpse_of(new.raw)
        code = glimpse.get("marketOrderCode") or glimpse.get("code") or record.order_id
        told = _glimpsed_status(new.raw)
        return record.marked(Mark.UNREADABLE).with_(
            code=code,
            status=(outlet.wire.status(told) if told else None) or Status.PENDING,
            sinqro_status=told,
            type=_type_of(glimpse.get("type")),
            injection=Injection.FAILED,
            injection_code="ORDER_UNREADABLE",
            injection_message=f"{new.fault.path}: {new.fault.message}" if new.fault else "",
        )
    order, zone = new.order, outlet.selling_point.zone
    execution_at = order.execution_at(zone)
    scheduled = is_scheduled(outlet, order, execution_at, record.received_at)
    sinqro_status = order.status.code if order.status and order.status.code else ""
    status = _initial_status(outlet, order, sinqro_status)
    accept_by = order.accept_by_at(zone)
    if accept_by is None and not scheduled and not order.is_reservation:
        accept_by = record.received_at + outlet.selling_point.accept_window(order.channel)
    if preflight.unmapped_payments(outlet, order):
        record = record.marked(Mark.PAYMENT_UNMAPPED)
    return with_money(record, order).with_(
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


def is_scheduled(outlet: Outlet, order: Order, execution_at: datetime | None, now: datetime) -> bool:
    """Whether an order is for later; a reservation always is, and goes into the POS's book at once."""
    after = timedelta(minutes=outlet.selling_point.scheduled_after_minutes)
    return not order.is_reservation and execution_at is not None and execution_at - now > after


def with_money(record: OrderRecord, order: Order) -> OrderRecord:
    """The record with the order's amounts, flagged where they don't add up."""
    difference = order.total_difference
    record = record.marked(Mark.TOTALS_DIFFER) if difference else record.unmarked(Mark.TOTALS_DIFFER)
    return record.with_(total=order.total, currency=order.currency_code, total_difference=difference)


def _type_of(text: str | None) -> OrderType:
    try:
        return OrderType(text or "")
    except ValueError:
        return OrderType.DELIVERY


def _glimpsed_status(raw: bytes) -> str:
    """Sinqro's code of an order whose other parts cannot be read; empty where that cannot either."""
    try:
        found = _STATUS.decode(raw).status
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ""
    return (found.code if found else None) or ""


def _initial_status(outlet: Outlet, order: Order, code: str) -> Status:
    """Sinqro's code by the table; of one we don't know, its own flags say what is possible."""
    known = outlet.wire.status(code) if code else Status.PENDING
    if known is not None:
        return known
    if order.status is not None and order.status.is_final_status:
        return Status.CANCELLED  # over on Sinqro for a reason we don't know: nothing may be cooked
    return Status.PENDING if order.is_acceptable is not False else Status.ACCEPTED
