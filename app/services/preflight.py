"""The check before Accept: what could go wrong with this order, as far as it can be known here.

Warnings never block a person; they block auto-accept. Checks that need the catalog (unknown product, sold out, price
moved) belong to the reading of menus: until then the finding ``CATALOG_NOT_CHECKED`` says so, and an unknown product
is the POS's refusal (injection ``failed``).
"""

from datetime import datetime

import msgspec

from app.domain.opening import opening_at
from app.domain.order import Order
from app.domain.record import Mark, OrderRecord
from app.ports.ledger import LedgerView
from app.services.hours import schedule_of
from app.services.outlet import Outlet


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing staff should know before they accept. ``blocks``: not accepted by rule."""

    code: str
    message: str
    blocks: bool = True


def check(view: LedgerView, outlet: Outlet, record: OrderRecord, order: Order, now: datetime) -> list[Finding]:
    """Everything there is to say about this order, worst first."""
    found = []
    if Mark.UNREADABLE in record.marks:
        found.append(Finding(code="UNREADABLE", message="The order cannot be read completely."))
    if outlet.pos_ok is False:
        found.append(Finding(code="POS_UNREACHABLE", message="The POS does not answer."))
    elif not outlet.till_open:
        found.append(Finding(code="POS_TILL_CLOSED", message="The till is closed: open it in the POS."))
    schedule, _ = schedule_of(view, outlet)
    at = record.execution_at or now
    if not opening_at(view.closings(outlet.id), schedule, at, record.type, record.channel).open:
        found.append(Finding(code="CLOSED", message="The restaurant is closed at that time."))
    if record.total_difference:
        found.append(
            Finding(code="TOTALS_DIFFER", message=f"The total and the lines differ by {record.total_difference}.")
        )
    if unmapped := unmapped_payments(outlet, order):
        found.append(
            Finding(
                code="PAYMENT_NOT_MAPPED",
                message=f"No payment method of the POS is set for {', '.join(unmapped)}: it goes in unpaid.",
            )
        )
    if not record.is_reservation:
        found.append(
            Finding(
                code="CATALOG_NOT_CHECKED", message="Products and prices were not compared with the POS.", blocks=False
            )
        )
    return found


def blocks(view: LedgerView, outlet: Outlet, record: OrderRecord, order: Order, now: datetime) -> bool:
    """Whether something speaks against accepting this order without a person."""
    return any(finding.blocks for finding in check(view, outlet, record, order, now))


def unmapped_payments(outlet: Outlet, order: Order) -> list[str]:
    """Payment methods that the selling point's table does not map; nothing where the restaurant has no table yet."""
    point = outlet.selling_point
    if not point.payments:
        return []
    methods = [
        (payment.payment_method_name or payment.method_code or "", bool(payment.prepaid))
        for payment in order.payments or []
    ]
    return sorted({method for method, prepaid in methods if point.pos_payment(order.channel, method, prepaid) is None})
