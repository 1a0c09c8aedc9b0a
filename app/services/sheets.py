"""What a card shows of an order's text: lines, customer, payments, allergies, differences. Frozen, ready to paint.

An order's text is decoded once for each of its versions, in the ledger's reading thread: a burst of 200 orders costs
200 decodings, not 200 at each snapshot.
"""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from app.domain.errors import OrderFormError
from app.domain.money import line_total
from app.domain.order import Order, decode_order, glimpse_of
from app.domain.order_changes import Change, compare
from app.domain.order_parts import OrderLine
from app.domain.record import HistoryEntry, Mark, OrderKey, OrderRecord
from app.domain.times import parse_time
from app.ports.ledger import LedgerView
from app.services.allergy import AllergyFinder, load_finder


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One top-level line."""

    quantity: Decimal
    label: str
    options: tuple[str, ...] = ()
    comment: str = ""
    total: Decimal = Decimal(0)
    charge: bool = False
    """No dish: delivery, tip, discount."""


class OrderSheet(msgspec.Struct, frozen=True, kw_only=True):
    """An order's text as staff read it; of an unreadable one only :attr:`raw`."""

    version: int = 0
    readable: bool = True
    lines: tuple[SheetLine, ...] = ()
    comment: str = ""
    allergies: tuple[str, ...] = ()
    """In the customer's own words."""

    # who and where
    channel_name: str = ""
    customer: str = ""
    phone: str = ""
    address: str = ""
    diners: int | None = None
    table: str = ""
    zone: str = ""
    rider: str = ""
    pickup_at: datetime | None = None

    # money
    prepaid: bool = False
    to_collect: Decimal | None = None
    """``None``: the order says nothing of its payment."""
    payment: str = ""

    changes: tuple[Change, ...] = ()
    """Against what the POS has, else against the version before; empty for a first version."""
    raw: tuple[tuple[str, str], ...] = ()
    """Fields of an unreadable order, by their names."""


class OrderStory(msgspec.Struct, frozen=True, kw_only=True):
    """One order with all that happened to it, oldest first."""

    record: OrderRecord
    sheet: OrderSheet
    history: tuple[HistoryEntry, ...]
    unsent: int
    """Notifications of it that Sinqro does not have yet."""


class SheetBook:
    """The sheets of the open orders, each made once per version. Used in the ledger's reading thread alone."""

    def __init__(self) -> None:
        self._sheets: dict[OrderKey, tuple[tuple[int, int, bool], OrderSheet]] = {}
        self._finder: AllergyFinder | None = None

    def sheets(self, view: LedgerView, records: Iterable[OrderRecord], zone: tzinfo) -> tuple[OrderSheet, ...]:
        """The sheets of these orders, in their order."""
        return tuple(self.sheet(view, record, zone) for record in records)

    def keep_only(self, keys: set[OrderKey]) -> None:
        """Forget the sheets of all other orders."""
        for key in self._sheets.keys() - keys:
            del self._sheets[key]

    def sheet(self, view: LedgerView, record: OrderRecord, zone: tzinfo) -> OrderSheet:
        """The sheet of one order."""
        base = record.pos_version if Mark.CHANGE_BY_HAND in record.marks and record.pos_version else record.version - 1
        state = (record.version, base, record.created)
        known = self._sheets.get(record.key)
        if known is None or known[0] != state:
            known = (state, self._make(view, record, base, zone))
            self._sheets[record.key] = known
        return known[1]

    def _make(self, view: LedgerView, record: OrderRecord, base: int, zone: tzinfo) -> OrderSheet:
        version = view.version(record.key, record.version)
        if version is None:
            return OrderSheet(version=record.version, readable=False)
        try:
            order = decode_order(version.raw, zone)
        except OrderFormError:
            raw = tuple(glimpse_of(version.raw).items())
            comment = dict(raw).get("comment", "")
            return OrderSheet(
                version=record.version, readable=False, raw=raw, comment=comment, allergies=self._allergies(comment)
            )
        changes: list[Change] = []
        before = view.version(record.key, base) if 0 < base < record.version else None
        if before is not None:
            try:
                changes = compare(decode_order(before.raw, zone), order)
            except OrderFormError:
                changes = []
        return self._read(order, record, tuple(changes), zone)

    def _read(self, order: Order, record: OrderRecord, changes: tuple[Change, ...], zone: tzinfo) -> OrderSheet:
        lines = tuple(_line(line, order.currency_code) for line in order.lines)
        place, who = order.service_location, order.consumer
        delivery = next(iter(order.deliveries or ()), None)
        driver = delivery.driver if delivery is not None else None
        return OrderSheet(
            version=record.version,
            lines=lines,
            comment=order.comment or "",
            allergies=self._allergies(order.comment or "", *(line.comment for line in lines)),
            channel_name=(order.market.name if order.market else "") or "",
            customer=who.full_name if who else "",
            phone=str(who.phone or "") if who else "",
            address=str(order.delivery_address or ""),
            diners=order.diners_number,
            table=_name(place.name, place.code) if place else "",
            zone=_name(place.service_zone.name, place.service_zone.code) if place and place.service_zone else "",
            rider=((driver.name if driver else "") or (delivery.delivery_account_name if delivery else "")) or "",
            pickup_at=_time(delivery.pickup_agreed_at if delivery else None, zone),
            prepaid=order.prepaid,
            to_collect=_to_collect(order),
            payment=next((p.payment_method_name or p.method_code or "" for p in order.payments or ()), ""),
            changes=changes,
        )

    def _allergies(self, *texts: str) -> tuple[str, ...]:
        if not any(texts):
            return ()
        if self._finder is None:
            self._finder = load_finder()
        found = {word.casefold(): word for text in texts for word in self._finder.find(text)}
        return tuple(found.values())


def _line(line: OrderLine, currency: str) -> SheetLine:
    return SheetLine(
        quantity=line.quantity,
        label=line.label or line.type,
        options=tuple(_options(line)),
        comment=line.comment or "",
        total=line_total(line.price, line.quantity, currency),
        charge=line.type.upper() not in ("PRODUCT", "MENU", "COMBO"),
    )


def _options(line: OrderLine) -> Iterable[str]:
    for child in line.children:
        label = child.label or child.type
        more = "" if child.quantity == 1 else f"{child.quantity.normalize():f}× "  # noqa: RUF001
        comment = f" «{child.comment}»" if child.comment else ""
        yield f"{more}{label}{comment}"
        yield from _options(child)


def _name(name: str | None, code: object) -> str:
    return name or str(code or "")


def _to_collect(order: Order) -> Decimal | None:
    if not order.payments:
        return None
    paid = sum((p.amount or Decimal(0) for p in order.payments if p.prepaid), Decimal(0))
    return Decimal(0) if order.prepaid else max(Decimal(0), order.total - paid)


def _time(text: str | None, zone: tzinfo) -> datetime | None:
    if not text:
        return None
    try:
        return parse_time(text, zone)
    except (ValueError, OverflowError):  # a courier's time is a courtesy
        return None
