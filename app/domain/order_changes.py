"""The difference between two versions of an order, as staff read it: "+1 Coca-Cola · Mesa 4 → 7".

Two versions without a difference here are the same order said twice, whatever their texts look like: labels, colours,
status and number forms (12, 12.0, "12.00") don't count.
"""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.domain.order import Order
from app.domain.order_parts import OrderLine


class ChangeKind(StrEnum):
    """What changed."""

    TYPE = "type"
    LINE_ADDED = "line_added"
    LINE_REMOVED = "line_removed"
    TOTAL = "total"
    COMMENT = "comment"
    TIME = "time"
    DINERS = "diners"
    TABLE = "table"
    ADDRESS = "address"
    CUSTOMER = "customer"
    PAYMENT = "payment"
    COURIER = "courier"
    ETA = "eta"
    TRACKING = "tracking"


QUIET = frozenset({ChangeKind.COURIER, ChangeKind.ETA, ChangeKind.TRACKING})
"""Shown without ringing, and no business of the POS."""


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference. Texts are the order's own; words around them are the window's."""

    kind: ChangeKind
    before: str = ""
    after: str = ""
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    @property
    def rings(self) -> bool:
        """Whether staff must hear of it."""
        return self.kind not in QUIET

    def __str__(self) -> str:
        """Language-free short form for lists and logs."""
        sign = {ChangeKind.LINE_ADDED: "+", ChangeKind.LINE_REMOVED: "−"}.get(self.kind)  # noqa: RUF001
        if sign:
            return f"{sign}{_plain(self.quantity)} {self.after or self.before}"
        return f"{self.kind.value}: {self.before or '–'} → {self.after or '–'}"  # noqa: RUF001


def compare(old: Order, new: Order) -> list[Change]:
    """Every difference that matters to people, lines first. Empty: the same order."""
    changes = _lines(old, new)
    pairs: list[tuple[ChangeKind, str, str]] = [
        (ChangeKind.TYPE, old.type.value, new.type.value),
        (ChangeKind.TOTAL, _amount(old.total), _amount(new.total)),
        (ChangeKind.COMMENT, old.comment or "", new.comment or ""),
        (ChangeKind.TIME, old.execution_time or "", new.execution_time or ""),
        (ChangeKind.DINERS, _plain(old.diners_number), _plain(new.diners_number)),
        (ChangeKind.TABLE, _table(old), _table(new)),
        (ChangeKind.ADDRESS, _address(old), _address(new)),
        (ChangeKind.CUSTOMER, _customer(old), _customer(new)),
        (ChangeKind.PAYMENT, _payments(old), _payments(new)),
        (ChangeKind.COURIER, _deliveries(old, "courier"), _deliveries(new, "courier")),
        (ChangeKind.ETA, _deliveries(old, "eta"), _deliveries(new, "eta")),
        (ChangeKind.TRACKING, _deliveries(old, "tracking"), _deliveries(new, "tracking")),
    ]
    changes += [
        Change(
            kind=kind,
            before=before,
            after=after,
            amount=new.total - old.total if kind is ChangeKind.TOTAL else Decimal(0),
        )
        for kind, before, after in pairs
        if before != after and not (kind is ChangeKind.TIME and _same_moment(before, after))
    ]
    return changes


def _lines(old: Order, new: Order) -> list[Change]:
    before, after = _counted(old), _counted(new)
    changes = []
    for key in [*before, *(key for key in after if key not in before)]:
        more = after.get(key, Decimal(0)) - before.get(key, Decimal(0))
        if more > 0:
            changes.append(Change(kind=ChangeKind.LINE_ADDED, after=key[0], quantity=more, amount=key[1] * more))
        elif more < 0:
            changes.append(Change(kind=ChangeKind.LINE_REMOVED, before=key[0], quantity=-more, amount=key[1] * more))
    return changes


def _counted(order: Order) -> dict[tuple[str, Decimal, str, str], Decimal]:
    """Quantity by what makes lines the same: words, price, comment with options, catalog element."""
    counted: Counter[tuple[str, Decimal, str, str]] = Counter()
    for line in order.lines:
        ref = line.ref
        ident = str((ref.external_id or ref.id or ref.sinqro_id) if ref else "") + line.type
        counted[(_words(line), line.price.normalize(), line.comment or "", ident)] += line.quantity  # type: ignore[assignment]
    return {key: Decimal(quantity) for key, quantity in counted.items()}


def _words(line: OrderLine) -> str:
    options = ", ".join(_option(child) for child in line.children)
    label = line.label or line.type
    return f"{label} ({options})" if options else label


def _option(line: OrderLine) -> str:
    """An option may cost nothing: its quantity and comment show in no price."""
    quantity = "" if line.quantity == 1 else f"{_plain(line.quantity)} "
    comment = f": {line.comment}" if line.comment else ""
    return f"{quantity}{_words(line)}{comment}"


def _plain(value: Decimal | int | None) -> str:
    return "" if value is None else f"{Decimal(value).normalize() + 0:f}"  # + 0: no "-0"


def _same_moment(before: str, after: str) -> bool:
    """Two spellings of one time; of one with a zone and one without we can't know."""
    try:
        return datetime.fromisoformat(before.strip()) == datetime.fromisoformat(after.strip())
    except ValueError:
        return False


def _amount(value: Decimal) -> str:
    return _plain(value)


def _table(order: Order) -> str:
    place = order.service_location
    if place is None:
        return ""
    zone = place.service_zone
    parts = [place.name or str(place.code or ""), (zone.name or str(zone.code or "")) if zone else ""]
    return " · ".join(part for part in parts if part)


def _address(order: Order) -> str:
    """The address with what the courier is asked to do there."""
    wishes = [delivery.delivery_instructions for delivery in order.deliveries or []]
    return " · ".join(part for part in (str(order.delivery_address or ""), *wishes) if part)


def _customer(order: Order) -> str:
    who = order.consumer
    return "" if who is None else " ".join(part for part in (who.full_name, str(who.phone or "")) if part)


def _payments(order: Order) -> str:
    return " + ".join(
        f"{payment.payment_method_name or payment.method_code or '?'} {_plain(payment.amount)}"
        + (" (prepaid)" if payment.prepaid else "")
        for payment in order.payments or []
    )


def _deliveries(order: Order, what: str) -> str:
    parts = []
    for delivery in order.deliveries or []:
        if what == "courier":
            rider = delivery.driver
            parts.append(" ".join(p for p in (rider.name if rider else "", delivery.delivery_account_name) if p))
        elif what == "eta":
            parts.append(" ".join(p for p in (delivery.pickup_agreed_at, delivery.delivery_agreed_at) if p))
        else:
            parts.append(delivery.tracking_url or "")
    return " + ".join(part for part in parts if part)
