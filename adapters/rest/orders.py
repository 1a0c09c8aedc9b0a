"""An order as expressions see it: complete, in plain JSON values, with texts that the POS can print.

Lines go at the order's prices. A line without the POS's id, and every line that is no product (delivery, tip, discount,
unknown types), is an open item at its amount. Where the lines don't sum to what the customer paid, an adjusting line is
added, so that the POS's total is the order's to the cent. What doesn't fit its field stands whole among the notes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from adapters.rest.profile import Profile
from adapters.rest.texts import Texts
from app.domain import money
from app.domain.errors import PosRefused
from app.domain.order import Order
from app.domain.order_parts import CatalogRef, OrderLine, Payment
from app.domain.selling_point import SellingPoint
from app.domain.status import Status
from app.ports.pos import PosOrderRequest

ADJUSTMENT = "ADJUSTMENT"
"""Type of the line that makes up for lines which don't sum to the order's total."""

NAMES = {"DELIVERY": "Gastos de envío", "TIP": "Propina", "DISCOUNT": "Descuento"}
"""Names on the ticket for lines that come without a label, by type; others show their type."""

_FINEST = Decimal("0.000001")
"""Unit prices and quantities have six decimals at most."""

_ONE = Decimal(1)


def point_view(point: SellingPoint) -> dict[str, Any]:
    """The selling point."""
    return {"id": point.id, "name": point.name, "timezone": point.timezone}


class OrderViews:
    """Makes the views of one POS's orders. ``sinqro``: some expression wants the order as Sinqro sent it."""

    def __init__(self, profile: Profile, texts: Texts, *, sinqro: bool = False) -> None:
        self._profile = profile
        self._texts = texts
        self._sinqro = sinqro

    def view(self, request: PosOrderRequest) -> dict[str, Any]:
        """The variables ``request``, ``order``, ``lines`` and ``payments``.

        Raises :class:`~app.domain.errors.PosRefused` for a line that this POS can't take.
        """
        order = request.order
        lines, remarks, discount = _Lines(self._profile, self._texts, request).all()
        payments = list(self._payments(request))
        view = self._order(request, lines, payments, remarks, discount)
        if self._sinqro:
            view["sinqro"] = msgspec.to_builtins(order, builtin_types=(), str_keys=True)
        common = {
            "reference": request.reference,
            "print": request.print_ticket,
            "status": request.status.value,
            "hold": request.status is Status.PENDING,
            "preparationMinutes": request.preparation_minutes,
        }
        return {"request": common, "order": view, "lines": lines, "payments": payments}

    def _order(
        self, request: PosOrderRequest, lines: list[Any], payments: list[Any], remarks: list[str], discount: Decimal
    ) -> dict[str, Any]:
        order, name = request.order, self._texts.name
        place, who, address = order.service_location, order.consumer, order.delivery_address
        zone = place.service_zone if place else None
        notes = [order.comment, *remarks, *self._too_long(order), *_instructions(order)]
        return {
            "reference": request.reference,
            "id": str(order.id),
            "type": order.type.value,
            "status": request.status.value,
            "code": name(order.display_code),
            "channel": name(order.channel),
            "currency": order.currency_code,
            "total": _text(_cents(order.total, order)),
            "discount": _text(discount),
            "comment": order.comment or "",
            "notes": self._texts.notes(notes),
            "prepaid": order.prepaid,
            "diners": order.diners_number,
            "executionAt": _time(request.execution_at),
            "preparationMinutes": request.preparation_minutes,
            "hold": request.status is Status.PENDING,
            "print": request.print_ticket,
            "lines": lines,
            "payments": payments,
            "customer": {
                "name": name(who.full_name) if who else "",
                "firstName": name(who.name or "") if who else "",
                "lastName": name(who.lastname or "") if who else "",
                "phone": name(str(who.phone or "")) if who else "",
                "email": name(who.email or "") if who else "",
            },
            "address": {
                "text": name(str(address or "")),
                "street": name(address.street or "") if address else "",
                "details": name(address.details or "") if address else "",
                "city": name(address.city or "") if address else "",
                "province": name(address.province or "") if address else "",
                "postalCode": name(str(address.postal_code or "")) if address else "",
                "latitude": _text(address.latitude) if address else None,
                "longitude": _text(address.longitude) if address else None,
            },
            "table": {
                "code": name(str(place.code or "")) if place else "",
                "name": name(place.name or "") if place else "",
                "zone": name(str(zone.code or "")) if zone else "",
                "zoneName": name(zone.name or "") if zone else "",
            },
        }

    def _too_long(self, order: Order) -> Iterator[str]:
        """The whole of what does not fit its field."""
        for text in (order.consumer.full_name if order.consumer else "", str(order.delivery_address or "")):
            if not self._texts.fits(text):
                yield text

    def _payments(self, request: PosOrderRequest) -> Iterator[dict[str, Any]]:
        """Payments with a method of the POS's: by the restaurant's rules, else by the profile's."""
        theirs = request.order.payments or []
        ours = self._profile.payments
        for index, (mapped, amount, prepaid) in enumerate(request.payments):
            method = mapped
            if ours and (mapped is None or not request.selling_point.payments):
                payment = theirs[index] if index < len(theirs) else Payment()
                name = payment.payment_method_name or payment.method_code or ""
                rules = (rule for rule in ours if rule.matches(request.order.channel, name, prepaid))
                method = next((rule.pos_method for rule in rules), None)
            if method is not None:  # not mapped: it goes in unpaid
                paid = _text(_cents(amount, request.order))
                yield {"method": self._texts.name(method), "amount": paid, "prepaid": prepaid}


@dataclass
class _Lines:
    """The lines of one order."""

    profile: Profile
    texts: Texts
    request: PosOrderRequest

    def all(self) -> tuple[list[dict[str, Any]], list[str], Decimal]:
        """The lines, remarks for what can't be a line, and what is taken off where no line may be negative."""
        order, rules = self.request.order, self.profile.lines
        lines, remarks = [], []
        summed = discount = Decimal(0)
        heaviest: tuple[Decimal, Decimal | None] | None = None
        for line in order.lines:
            if line.quantity == 0:
                remarks.append(" · ".join(filter(None, (f"0 x {_label(line)}", line.comment))))
                continue
            total = money.line_total(line.price, line.quantity, order.currency_code)
            summed += total
            if total < 0 and not rules.negative:
                discount -= total
                continue
            if heaviest is None or total > heaviest[0]:
                heaviest = total, _rate(line.vat_value)
            lines.append(self._line(line, total))
        left = _cents(order.total, order) - summed
        if not rules.adjustment:
            return lines, remarks, discount
        if left < 0 and not rules.negative:
            return lines, remarks, discount - left
        if left or (not lines and not order.is_reservation):
            lines.append(self._adjustment(left, heaviest[1] if heaviest else None))
        return lines, remarks, discount

    def _line(self, line: OrderLine, total: Decimal) -> dict[str, Any]:
        price, quantity = line.price, line.quantity
        if quantity < 0:
            price, quantity = -price, -quantity
        options = list(self._options(line, _ONE))
        label = _label(line)
        comments = [line.comment, *(note for option in options for note in option["notes"])]
        extra = sum((option["cost"] for option in options), Decimal(0))
        for option in options:
            del option["cost"]
        return {
            "product": self._product(line, label),
            "name": self.texts.name(label) or line.type.capitalize() or "?",
            "label": label,
            "type": line.type.upper(),
            "quantity": _text(_fine(quantity)),
            "price": _text(_fine(price)),
            "basePrice": _text(_fine(price - extra)),
            **self._taxed(total, _rate(line.vat_value)),
            "notes": self.texts.notes([*comments, None if self.texts.fits(label) else label]),
            "options": options,
        }

    def _adjustment(self, amount: Decimal, vat: Decimal | None) -> dict[str, Any]:
        """It has the VAT of the line that weighs most."""
        name = self.profile.lines.adjustment_name
        return {
            "product": self.profile.lines.open_item or None,
            "name": self.texts.name(name),
            "label": name,
            "type": ADJUSTMENT,
            "quantity": "1",
            "price": _text(amount),
            "basePrice": _text(amount),
            **self._taxed(amount, vat),
            "notes": [],
            "options": [],
        }

    def _taxed(self, total: Decimal, vat: Decimal | None) -> dict[str, Any]:
        taxes = self.profile.taxes
        codes: dict[str, str] = getattr(taxes, self.request.selling_point.tax_regime.value)
        code = next((code for percent, code in codes.items() if vat is not None and Decimal(percent) == vat), "")
        currency = self.request.order.currency_code
        return {
            "total": _text(total),
            "net": _text(money.net_of(total, vat, currency)) if vat is not None else None,
            "vat": _text(vat),
            "tax": code or taxes.default or None,
        }

    def _product(self, line: OrderLine, label: str) -> str | None:
        product = _external(line.product)
        rules = self.profile.lines
        if product is None and rules.unknown == "refuse" and not rules.open_item:
            raise PosRefused(
                f"the POS can't take {label!r:.60}: it has no id of the POS's",
                code="UNKNOWN_PRODUCT",
                field="orderLines",
                hint="map the product to one of the POS",
            )
        return product or rules.open_item or None

    def _options(self, line: OrderLine, times: Decimal) -> Iterator[dict[str, Any]]:
        """Options and parts at any depth, per one unit of the top line."""
        for child in line.children:
            quantity = child.quantity * times
            if quantity <= 0:
                continue
            label = _label(child)
            note = f"{label}: {child.comment}" if child.comment else "" if self.texts.fits(label) else label
            yield {
                "option": _external(child.product_option) or _external(child.product),
                "name": self.texts.name(label) or "?",
                "quantity": _text(_fine(quantity)),
                "price": _text(_fine(child.price)),
                "notes": self.texts.notes([note]),
                "cost": child.price * quantity,
            }
            yield from self._options(child, quantity)


def _label(line: OrderLine) -> str:
    return line.label or NAMES.get(line.type.upper(), line.type)


def _external(ref: CatalogRef | None) -> str | None:
    return None if ref is None or ref.external_id in (None, "") else str(ref.external_id)


def _rate(vat: Decimal | None) -> Decimal | None:
    """A VAT rate that can be one; else the POS's own for the product stands."""
    return _fine(vat) if vat is not None and 0 <= vat < 100 else None


def _instructions(order: Order) -> Iterator[str | None]:
    return (delivery.delivery_instructions for delivery in order.deliveries or ())


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _fine(amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    return amount.quantize(_FINEST) if isinstance(exponent, int) and exponent < -6 else amount


def _cents(amount: Decimal, order: Order) -> Decimal:
    return money.rounded(amount, order.currency_code)
