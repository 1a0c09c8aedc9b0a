"""From Sinqro's order form to the reference POS's: pure functions, no I/O.

Lines go at the order's prices. A line without the POS's id, and every line that is no product (delivery, tip, discount,
unknown types), becomes an open item at its amount. Where the lines don't sum to what the customer paid, an adjusting
line is added, so that the POS's total is the order's to the cent. Notes are never cut.
"""

from collections.abc import Iterator
from decimal import Decimal

from adapters.reference import texts
from adapters.reference.forms import KINDS, PosCustomer, PosLine, PosOption, PosPayment, PosTicket
from app.domain import money
from app.domain.order import Order
from app.domain.order_parts import CatalogRef, OrderLine
from app.domain.status import Status
from app.ports.pos import PosOrderRequest

ADJUSTMENT = "Ajuste"
"""Name of the line that makes up for lines which don't sum to the order's total, as it stands on the ticket."""

_NAMES = {"DELIVERY": "Gastos de envío", "TIP": "Propina", "DISCOUNT": "Descuento"}
"""Names on the ticket for lines that come without a label, by type; others show their type."""

_FINEST = Decimal("0.000001")
"""Unit prices and quantities of the POS have six decimals at most."""

_ONE = Decimal(1)


def ticket_of(request: PosOrderRequest) -> PosTicket:
    """The POS's form of an order or booking."""
    order = request.order
    place = order.service_location
    zone = place.service_zone if place else None
    lines, remarks = _lines(order)
    return PosTicket(
        reference=request.reference,
        kind=KINDS[order.type],
        hold=request.status is Status.PENDING,
        print=request.print_ticket,
        code=texts.name(order.display_code),
        channel=texts.name(order.channel),
        lines=lines,
        total=_cents(order.total, order),
        customer=_customer(order),
        address=texts.name(str(order.delivery_address or "")),
        table=texts.name(str(place.code or place.name or "")) or None if place else None,
        zone=texts.name(str(zone.code or zone.name or "")) or None if zone else None,
        guests=order.diners_number,
        due_at=request.execution_at,
        minutes=request.preparation_minutes,
        note=texts.notes([order.comment, *remarks, *_too_long(order), *_instructions(order)]),
        payments=tuple(
            PosPayment(method=texts.name(method), amount=_cents(amount, order), prepaid=prepaid)
            for method, amount, prepaid in request.payments
            if method is not None  # not mapped: it goes in unpaid
        ),
    )


def _lines(order: Order) -> tuple[tuple[PosLine, ...], list[str]]:
    """The POS's lines, and remarks for what can't be a line there."""
    lines, remarks = [], []
    for line in order.lines:
        if line.quantity == 0:
            remarks.append(" · ".join(filter(None, (f"0 x {_label(line)}", line.comment))))
        else:
            lines.append(_line(line))
    difference = _cents(order.total, order) - sum(
        (money.line_total(line.price, line.quantity, order.currency_code) for line in lines), Decimal(0)
    )
    if difference or (not lines and not order.is_reservation):
        lines.append(PosLine(name=ADJUSTMENT, price=difference, vat=_main_vat(lines)))
    return tuple(lines), remarks


def _line(line: OrderLine) -> PosLine:
    price, quantity = line.price, line.quantity
    if quantity < 0:
        price, quantity = -price, -quantity
    options = list(_options(line, _ONE))
    product = _external(line.product)
    label = _label(line)
    comments = [line.comment, *(comment for _, comment in options)]
    return PosLine(
        product=product,
        name=texts.name(label) or line.type.capitalize() or "?",
        quantity=_fine(quantity),
        price=_fine(price),
        vat=_rate(line.vat_value),
        note=texts.notes([*comments, None if texts.fits(label) else label]),
        options=tuple(option for option, _ in options),
    )


def _options(line: OrderLine, times: Decimal) -> Iterator[tuple[PosOption, str | None]]:
    """Options and parts at any depth, per one unit of the top line, each with its comment."""
    for child in line.children:
        quantity = child.quantity * times
        label = _label(child)
        if quantity > 0:
            option = PosOption(
                option=_external(child.product_option),
                name=texts.name(label) or "?",
                quantity=_fine(quantity),
                price=_fine(child.price),
            )
            comment = f"{label}: {child.comment}" if child.comment else None if texts.fits(label) else label
            yield option, comment
            yield from _options(child, quantity)


def _label(line: OrderLine) -> str:
    return line.label or _NAMES.get(line.type.upper(), line.type)


def _external(ref: CatalogRef | None) -> str | None:
    return None if ref is None or ref.external_id in (None, "") else str(ref.external_id)


def _rate(vat: Decimal | None) -> Decimal | None:
    """A VAT rate that can be one; else the POS's own for the product stands."""
    return _fine(vat) if vat is not None and 0 <= vat < 100 else None


def _main_vat(lines: list[PosLine]) -> Decimal | None:
    """VAT of the line that weighs most; the adjustment belongs to it."""
    return max(lines, key=lambda line: line.price * line.quantity).vat if lines else None


def _customer(order: Order) -> PosCustomer | None:
    who = order.consumer
    return None if who is None else PosCustomer(name=texts.name(who.full_name), phone=texts.name(str(who.phone or "")))


def _too_long(order: Order) -> Iterator[str]:
    """The whole of what does not fit its field."""
    for text in (order.consumer.full_name if order.consumer else "", str(order.delivery_address or "")):
        if not texts.fits(text):
            yield text


def _instructions(order: Order) -> Iterator[str | None]:
    return (delivery.delivery_instructions for delivery in order.deliveries or ())


def _fine(amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    return amount.quantize(_FINEST) if isinstance(exponent, int) and exponent < -6 else amount


def _cents(amount: Decimal, order: Order) -> Decimal:
    return money.rounded(amount, order.currency_code)
