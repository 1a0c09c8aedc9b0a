"""From Sinqro's order form to a ``pos.order``: pure functions, no I/O. Lines are made in :mod:`adapters.odoo.lines`."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from adapters.odoo import forms, texts
from adapters.odoo.lines import Setting, lines_of, totals_of
from adapters.odoo.venue import Table
from app.domain import money
from app.domain.order import Order
from app.domain.order_parts import OrderLine
from app.ports.pos import PosOrderRequest


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An order ready to be sent: its fields without lines and payments, those apart."""

    uuid: str
    head: dict[str, Any]
    lines: list[dict[str, Any]]
    payments: list[dict[str, Any]]
    total: Decimal
    tax: Decimal
    parts: dict[str, str]
    """Lines that are parts of a combo, by uuid: the uuid of the combo's line."""
    unpaid: bool
    """Whether Odoo lacks the method of something that was paid online: it goes in as if nobody had paid it."""


def draft_of(request: PosOrderRequest, setting: Setting) -> Draft:
    """Odoo's form of an order."""
    order = request.order
    lines = lines_of(order, setting)
    remarks = [_zero(line) for line in order.lines if line.quantity == 0]
    total, tax = totals_of(lines, order, setting)
    own = forms.order_uuid(request.reference)
    values = [line.values(request.reference, number) for number, line in enumerate(lines)]
    note = texts.note(order.comment, *remarks, *_unplaced(order, setting), *_instructions(order))
    who = order.consumer
    head: dict[str, Any] = {
        "uuid": str(own),
        "access_token": uuid.uuid4().hex,  # Odoo answers 500 without one
        "company_id": setting.place.company,
        "state": "draft",
        "floating_order_name": order_name(order, setting.table),
        "general_customer_note": note,
        "fiscal_position_id": False,  # VAT is the order's
        "partner_id": setting.contact or False,
        "preset_id": setting.preset or False,
        "preset_time": _odoo_time(request.execution_at),
        "customer_count": order.diners_number or 0,
        "email": texts.name(who.email or "") if who else "",
        "mobile": texts.name(str(who.phone or "")) if who else "",
        "amount_total": total,
        "amount_tax": tax,
        "amount_return": 0,
    }
    if not request.print_ticket:
        head["last_order_preparation_change"] = _already_sent(values, note, setting.preset)
    return Draft(
        uuid=str(own),
        head=head,
        lines=values,
        payments=_payments(request, own, setting),
        total=total,
        tax=tax,
        parts={
            value["uuid"]: values[line.part_of]["uuid"]
            for line, value in zip(lines, values, strict=True)
            if line.part_of is not None
        },
        # one that nobody mapped (None) is the services' to tell
        unpaid=any(paid and name and name.casefold() not in setting.methods for name, _, paid in request.payments),
    )


def order_name(order: Order, table: Table | None) -> str:
    """What the till calls it: channel and code, and the table where it is not known to be on it."""
    channel = order.market.name if order.market and order.market.name else "Sinqro"
    name = texts.name(f"{channel} {order.display_code}").replace(forms.BETWEEN, " ")
    return f"{table.name}{forms.BETWEEN}{name}" if table else name


def name_at_table(name: str) -> str:
    """The name of an order that is on its table, or needs none."""
    return name.rpartition(forms.BETWEEN)[2]


def _zero(line: OrderLine) -> str:
    return " · ".join(filter(None, (f"0 x {line.label or line.type}", line.comment)))


def _payments(request: PosOrderRequest, own: uuid.UUID, setting: Setting) -> list[dict[str, Any]]:
    """What was paid online, by methods that Odoo knows; all else is to be collected at the till."""
    found: list[dict[str, Any]] = []
    for method, amount, prepaid in request.payments:
        known = setting.methods.get(method.casefold()) if method else None
        if prepaid and known is not None and amount:
            value = money.rounded(amount, request.order.currency_code)
            found.append({"uuid": forms.payment_uuid(own, len(found)), "payment_method_id": known, "amount": value})
    return found


def _unplaced(order: Order, setting: Setting) -> Iterator[str]:
    """A customer and an address that no contact carries."""
    if setting.contact is not None:
        return
    who = order.consumer
    if who is not None:
        yield ", ".join(filter(None, (texts.name(who.full_name), texts.name(str(who.phone or "")))))
    if order.delivery_address is not None:
        yield str(order.delivery_address)


def _instructions(order: Order) -> Iterator[str | None]:
    return (delivery.delivery_instructions for delivery in order.deliveries or ())


def _odoo_time(moment: datetime | None) -> str | bool:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else False


def _already_sent(lines: list[dict[str, Any]], note: str, preset: int | None) -> str:
    """The till's own record of what the kitchen has, saying "all of it": it then prints nothing."""
    sent = {
        line["uuid"]: {
            "uuid": line["uuid"],
            "product_id": line["product_id"],
            "name": line["full_product_name"],
            "basic_name": line["full_product_name"],
            "display_name": line["full_product_name"],
            "attribute_value_names": [],
            "isCombo": line["combo_item_id"],
            "note": "[]",
            "quantity": float(line["qty"]),
            "customer_note": line["customer_note"],
        }
        for line in lines
    }
    record = {
        "lines": sent,
        "general_customer_note": note,
        "internal_note": "",
        "sittingMode": preset or 0,
        "metadata": {"serverDate": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")},
    }
    return msgspec.json.encode(record).decode()
