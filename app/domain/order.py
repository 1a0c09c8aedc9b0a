"""An order in Sinqro's own form (reference, 5.3 to 5.5), decoded liberally.

Numbers may come as text, integers as 1.0, ids as number or text, optional parts may be missing or null, unknown fields
and unknown line types are kept (fields: with the raw text in the ledger). What cannot be decoded even so raises
:class:`~app.domain.errors.OrderFormError`; the order is then kept as `unreadable`, never refused.

"""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from app.domain import money
from app.domain.errors import AmountError, OrderFormError
from app.domain.order_parts import (
    Address,
    CodeName,
    Consumer,
    Currency,
    Delivery,
    Form,
    Id,
    Market,
    OrderLine,
    Payment,
    SellingPointRef,
    ServiceLocation,
)
from app.domain.status import OrderType
from app.domain.times import parse_time


class Order(Form, frozen=True, kw_only=True):
    """An order or a reservation."""

    id: Id
    """Sinqro's id: the key of everything about the order."""
    type: OrderType
    """Delivery, collection, on premises or reservation."""
    order_group_id: Id | None = None
    """Orders of one table share it."""
    status: CodeName | None = None
    """Status on Sinqro."""
    total_amount: Decimal | None = None
    """What the customer pays."""
    base_amount: Decimal | None = None
    """The total without VAT."""
    vat_amount: Decimal | None = None
    """The VAT in the total."""
    delivery_amount: Decimal | None = None
    """What the delivery costs; also a line of its own."""
    currency: Currency | str | None = None
    """ISO 4217 code, or an object with it; missing: EUR."""
    execution_time: str | None = None
    """When it is wanted: ISO 8601, without zone in the selling point's; missing: as soon as possible."""
    accept_by: str | None = None
    """Until when the channel waits for an answer."""
    comment: str | None = None
    """Of the whole order."""
    cancellation_comment: str | None = None
    """Why it was cancelled."""
    consumer: Consumer | None = None
    """The customer."""
    selling_point: SellingPointRef | None = None
    """The restaurant."""
    market: Market | None = None
    """The channel; missing: Sinqro itself."""
    payments: list[Payment] | None = None
    """What was or will be paid."""
    order_lines: list[OrderLine] | None = None
    """What was ordered; none for a reservation."""
    is_cancellable: bool | None = None
    """Whether it can be cancelled now."""
    is_acceptable: bool | None = None
    """Whether it waits for an answer."""
    pos_order_id: Id | None = None
    """The POS's id, where Sinqro knows it."""
    market_order_id: Id | None = None
    """The channel's id."""
    market_order_code: Id | None = None
    """The channel's short code, which riders read out."""
    code: Id | None = None
    """A short code for people."""
    delivery_address: Address | None = None
    """Where to deliver."""
    deliveries: list[Delivery] | None = None
    """The transports of the order."""
    diners_number: int | None = None
    """How many sit at the table."""
    service_location: ServiceLocation | None = None
    """The table."""

    @property
    def currency_code(self) -> str:
        """ISO 4217 code, EUR where none is told."""
        if isinstance(self.currency, Currency):
            return self.currency.iso_code
        return self.currency or "EUR"

    @property
    def display_code(self) -> str:
        """What staff and riders read out."""
        return str(self.market_order_code or self.code or self.market_order_id or self.id)

    @property
    def channel(self) -> str:
        """Code of the channel in lower case, ``sinqro`` where none is told."""
        return (self.market.code if self.market and self.market.code else "sinqro").lower()

    @property
    def lines(self) -> list[OrderLine]:
        """Top-level lines."""
        return self.order_lines or []

    @property
    def is_reservation(self) -> bool:
        """Whether this is a table booking."""
        return self.type is OrderType.RESERVATION

    @property
    def total(self) -> Decimal:
        """What the customer pays: the order's own total, else the sum of its lines."""
        return self.total_amount if self.total_amount is not None else self.lines_total

    @property
    def lines_total(self) -> Decimal:
        """Sum of the top-level lines; children are not added."""
        currency = self.currency_code
        return sum((money.line_total(line.price, line.quantity, currency) for line in self.lines), Decimal(0))

    @property
    def total_difference(self) -> Decimal:
        """Order total minus the sum of its lines: not 0 means that the totals don't add up (flagged, never refused)."""
        return Decimal(0) if self.is_reservation else self.total - self.lines_total

    @property
    def prepaid(self) -> bool:
        """Whether everything was paid online."""
        return bool(self.payments) and all(payment.prepaid for payment in self.payments or [])

    def walk(self) -> Iterator[tuple[str, OrderLine]]:
        """Every line with its JSON path, parents first."""
        stack = [(f"$.orderLines[{i}]", line) for i, line in enumerate(self.lines)]
        while stack:
            path, line = stack.pop(0)
            yield path, line
            stack[:0] = [(f"{path}.childrenOrderLines[{i}]", child) for i, child in enumerate(line.children)]

    def execution_at(self, zone: tzinfo) -> datetime | None:
        """When it is wanted; a time without zone is in ``zone`` (the selling point's)."""
        return parse_time(self.execution_time, zone) if self.execution_time else None

    def accept_by_at(self, zone: tzinfo) -> datetime | None:
        """The channel's deadline for an answer, where it sent one."""
        return parse_time(self.accept_by, zone) if self.accept_by else None


class OrderHead(Form, frozen=True, kw_only=True):
    """The least of an order: what must be readable even when the rest is not."""

    id: Id | None = None


class Glimpse(Form, frozen=True, kw_only=True):
    """What an `unreadable` order's card can still show; every part on its own may be anything."""

    type: object = None
    code: object = None
    market_order_code: object = None
    market_order_id: object = None
    total_amount: object = None
    comment: object = None
    execution_time: object = None


_ORDER = msgspec.json.Decoder(Order, strict=False)
_HEAD = msgspec.json.Decoder(OrderHead, strict=False)
_GLIMPSE = msgspec.json.Decoder(Glimpse, strict=False, float_hook=Decimal)


def order_id_of(raw: bytes) -> Id | None:
    """The id of an order whose other parts may be nonsense; ``None`` when there is none to be read."""
    try:
        found = _HEAD.decode(raw).id
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return None if found == "" else found


def glimpse_of(raw: bytes) -> dict[str, str]:
    """The raw fields of an unreadable order that are plain values, by their JSON names, for its card."""
    try:
        parts = msgspec.to_builtins(_GLIMPSE.decode(raw), builtin_types=(Decimal,))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {}
    return {name: str(value) for name, value in parts.items() if isinstance(value, str | int | Decimal)}


def decode_order(raw: bytes, zone: tzinfo) -> Order:
    """Decode one order. Raises :class:`OrderFormError` with the JSON path of the first fault.

    ``zone`` is the selling point's, for times without one. Amounts are checked here (NaN and 1e400 pass as Decimal);
    totals that don't add up are not a fault of form.
    """
    try:
        order = _ORDER.decode(raw)
    except msgspec.ValidationError as exc:
        message, _, path = str(exc).partition(" - at `")
        raise OrderFormError(message[:200], path=path.rstrip("`") or "$") from exc  # it may quote a long text
    except RecursionError as exc:
        raise OrderFormError("nested too deeply") from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise OrderFormError(f"not JSON: {exc}") from exc
    _check(order, zone)
    return order


def _check(order: Order, zone: tzinfo) -> None:
    currency = order.currency_code
    amounts: list[tuple[str, Decimal | None]] = [
        ("$.totalAmount", order.total_amount),
        ("$.baseAmount", order.base_amount),
        ("$.vatAmount", order.vat_amount),
        ("$.deliveryAmount", order.delivery_amount),
    ]
    amounts += [(f"$.payments[{i}].amount", payment.amount) for i, payment in enumerate(order.payments or [])]
    for path, line in order.walk():
        amounts += [
            (f"{path}.quantity", line.quantity),
            (f"{path}.unitPrice", line.unit_price),
            (f"{path}.unitAmount", line.unit_amount),
            (f"{path}.unitAdditionalAmount", line.unit_additional_amount),
            (f"{path}.unitFinalAmount", line.unit_final_amount),
            (f"{path}.totalAmount", line.total_amount),
            (f"{path}.baseAmount", line.base_amount),
            (f"{path}.vatAmount", line.vat_amount),
            (f"{path}.vatValue", line.vat_value),
        ]
    for path, amount in amounts:
        if amount is not None:
            try:
                money.checked(amount, currency)
            except AmountError as exc:
                raise OrderFormError(exc.message, path=path) from exc
    if order.diners_number is not None and not 0 <= order.diners_number < 10_000:
        raise OrderFormError(f"{order.diners_number} is no number of diners", path="$.dinersNumber")
    for path, text in (("$.executionTime", order.execution_time), ("$.acceptBy", order.accept_by)):
        if text:
            try:
                parse_time(text, zone)
            except (ValueError, OverflowError) as exc:
                raise OrderFormError(f"{text[:60]!r} is not a time", path=path) from exc
