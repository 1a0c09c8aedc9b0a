"""From Sinqro's order form to a ``pos.order``: pure functions, no I/O.

Lines go at the order's prices, with the order's VAT. Where Odoo's arithmetic or the lines themselves do not come to
what the customer paid, an adjusting line makes up for it. Options that Odoo knows go as attribute values, others and
repeated ones into the line's note; no word of a note is lost.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from adapters.odoo import forms, texts
from adapters.odoo.shelf import Shelf, VariantRow
from adapters.odoo.taxes import Tax, TaxedLine, pos_totals, taxes_for
from adapters.odoo.venue import Place, Table
from app.domain import money
from app.domain.order import Order
from app.domain.order_parts import OrderLine
from app.ports.pos import PosOrderRequest

_CENT_STEP = Decimal("0.01")
"""Odoo keeps quantities with two decimals."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of Odoo that an order is made with."""

    place: Place
    shelf: Shelf
    per_line: bool
    extras: dict[str, int]
    """Product ids by kind of :data:`forms.EXTRAS`."""
    methods: dict[str, int]
    """Payment method ids by name."""
    preset: int | None = None
    contact: int | None = None
    table: Table | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line as Odoo wants it, before it has its number."""

    product: int
    name: str
    quantity: Decimal
    taxed: TaxedLine
    options: tuple[int, ...] = ()
    note: str = ""

    def values(self, reference: str, number: int) -> dict[str, Any]:
        """Its fields."""
        return {
            "uuid": forms.line_uuid(forms.order_uuid(reference), number),
            "name": forms.line_name(reference, number),
            "product_id": self.product,
            "full_product_name": self.name,
            "qty": self.quantity,
            "price_unit": self.taxed.unit_price(self.quantity),
            "price_type": "manual",  # else the till puts its own prices in when a customer or pricelist is chosen
            "price_subtotal": money.rounded(self.taxed.net),
            "price_subtotal_incl": self.taxed.total,
            "tax_ids": [[6, 0, [tax.id for tax in self.taxed.taxes]]],
            "attribute_value_ids": [[6, 0, list(self.options)]],
            "customer_note": self.note,
        }


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An order ready to be sent: its fields without lines and payments, those apart."""

    uuid: str
    head: dict[str, Any]
    lines: list[dict[str, Any]]
    payments: list[dict[str, Any]]
    total: Decimal
    tax: Decimal
    unpaid: bool
    """Whether Odoo lacks the method of something that was paid online: it goes in as if nobody had paid it."""


def extra_kinds(order: Order) -> set[str]:
    """Which products of their own the order may need."""
    return {"ROUNDING"} | {_kind(line) for line in order.lines if not _has_product(line)}


def draft_of(request: PosOrderRequest, setting: Setting) -> Draft:
    """Odoo's form of an order."""
    order = request.order
    lines = _lines(order, setting)
    remarks = [_zero(line) for line in order.lines if line.quantity == 0]
    total, tax = _totals(lines, order, setting)
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


# lines


def _lines(order: Order, setting: Setting) -> list[Line]:
    lines = [_line(line, order, setting) for line in order.lines if line.quantity != 0]
    wanted = money.rounded(order.total, order.currency_code)
    missing = wanted - sum((line.taxed.total for line in lines), Decimal(0))
    if missing or not lines:
        lines.append(_adjustment(missing, _main_taxes(lines), setting))
    left = wanted - _totals(lines, order, setting)[0]
    if left:  # a cent of Odoo's rounding
        lines.append(_adjustment(left, (), setting))
    return lines


def _totals(lines: list[Line], order: Order, setting: Setting) -> tuple[Decimal, Decimal]:
    return pos_totals([line.taxed for line in lines], per_line=setting.per_line, currency=order.currency_code)


def _adjustment(amount: Decimal, taxes: tuple[Tax, ...], setting: Setting) -> Line:
    return Line(
        product=setting.extras["ROUNDING"],
        name=forms.EXTRAS["ROUNDING"][1],
        quantity=Decimal(1),
        taxed=TaxedLine(amount, taxes),
    )


def _main_taxes(lines: list[Line]) -> tuple[Tax, ...]:
    """Taxes of the line that weighs most; the adjustment belongs to it."""
    return max(lines, key=lambda line: line.taxed.total).taxed.taxes if lines else ()


def _line(line: OrderLine, order: Order, setting: Setting) -> Line:
    product = setting.shelf.products[str(line.product.external_id)] if line.product and _has_product(line) else None
    options, words = _chosen(line, product, setting.shelf)
    own_name = product.display_name if product else forms.EXTRAS[_kind(line)][1]
    label = texts.name(line.label or "") or (own_name if product or _kind(line) else texts.name(line.type))
    total = money.line_total(line.price, line.quantity, order.currency_code)
    quantity = abs(line.quantity)
    if quantity != quantity.quantize(_CENT_STEP):  # Odoo would round it, and the total with it
        label, quantity = f"{_plain(quantity)} x {label}", Decimal(1)
        words.insert(0, label)
    elif product is None and label != own_name:  # the till's screen shows the product's name, whatever the line's is
        words.insert(0, label)
    own = [setting.shelf.taxes[tax] for tax in product.taxes_id if tax in setting.shelf.taxes] if product else []
    rate = line.vat_value if line.vat_value is not None and 0 <= line.vat_value < 100 else None
    return Line(
        product=product.id if product else setting.extras[_kind(line)],
        name=label,
        quantity=quantity,
        taxed=TaxedLine(total, taxes_for(rate, own, setting.shelf.taxes.values())),
        options=options,
        note=texts.note(*words, line.comment),
    )


def _chosen(line: OrderLine, product: VariantRow | None, shelf: Shelf) -> tuple[tuple[int, ...], list[str]]:
    """Options as Odoo's values, and in words what can't be one: unknown, repeated, of another product, commented."""
    values: list[int] = []
    words = []
    for child, times in _options(line, Decimal(1)):
        ref = child.product_option
        row = shelf.option(str(ref.external_id), product) if ref else None
        if row:
            values += [row.id] if row.id not in values else []
            if times == 1 and not child.comment:
                continue
        label = texts.name(child.label or "") or (row.name if row else child.type)
        counted = label if times == 1 else f"{_plain(times)} x {label}"
        words.append(f"{counted}: {child.comment}" if child.comment else counted)
    return tuple(values), words


def _options(line: OrderLine, times: Decimal) -> Iterator[tuple[OrderLine, Decimal]]:
    """Options and parts at any depth, each with its quantity per one unit of the top line."""
    for child in line.children:
        quantity = child.quantity * times
        if quantity > 0:
            yield child, quantity
            yield from _options(child, quantity)


def _has_product(line: OrderLine) -> bool:
    return line.product is not None and bool(line.product.external_id)


def _kind(line: OrderLine) -> str:
    kind = line.type.upper()
    return kind if kind in forms.EXTRAS and kind != "ROUNDING" else ""


def _zero(line: OrderLine) -> str:
    return " · ".join(filter(None, (f"0 x {line.label or line.type}", line.comment)))


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


# what is not a line


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
    """An address that no contact carries."""
    if order.delivery_address is not None and setting.contact is None:
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
            "isCombo": False,
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
