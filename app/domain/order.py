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
from app.domain.status import OrderType
from app.domain.times import parse_time

Id = int | str
"""An id as it came: a number or a text."""


class Form(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything that has a JSON form in Sinqro's spelling."""


class ServiceZone(Form, frozen=True, kw_only=True):
    """A zone of the restaurant: terrace, dining room."""

    code: Id | None = None
    name: str | None = None


class ServiceLocation(Form, frozen=True, kw_only=True):
    """A table, with its zone."""

    code: Id | None = None
    name: str | None = None
    service_zone: ServiceZone | None = None


class Consumer(Form, frozen=True, kw_only=True):
    """The customer."""

    id: Id | None = None
    name: str | None = None
    lastname: str | None = None
    email: str | None = None
    phone: Id | None = None

    @property
    def full_name(self) -> str:
        """Name and surname, as one text; empty when neither is known."""
        return " ".join(part for part in (self.name, self.lastname) if part)


class Address(Form, frozen=True, kw_only=True):
    """Where to deliver."""

    street: str | None = None
    details: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: Id | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    place_name: str | None = None
    complete_address: str | None = None

    def __str__(self) -> str:
        """One line, as a courier reads it."""
        town = " ".join(str(part) for part in (self.postal_code, self.city) if part)
        line = ", ".join(part for part in (self.street, self.details, town) if part)
        return line or self.complete_address or self.place_name or ""


class Payment(Form, frozen=True, kw_only=True):
    """A payment: its method is free text, ``prepaid`` says whether the money was taken online."""

    amount: Decimal | None = None
    payment_method_name: str | None = None
    method_code: str | None = None
    prepaid: bool | None = None


class CatalogRef(Form, frozen=True, kw_only=True):
    """Reference to a catalog element; ``externalId`` is the POS's own id."""

    id: Id | None = None
    sinqro_id: Id | None = None
    external_id: Id | None = None


class OrderLine(Form, frozen=True, kw_only=True):
    """A line. Its unit price contains its options; ``children_order_lines`` are shown, never added."""

    type: str = "PRODUCT"
    label: str | None = None
    comment: str | None = None
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    unit_amount: Decimal | None = None
    unit_additional_amount: Decimal | None = None
    unit_final_amount: Decimal | None = None
    total_amount: Decimal | None = None
    base_amount: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_value: Decimal | None = None
    children_order_lines: list["OrderLine"] | None = None
    product: CatalogRef | None = None
    product_option: CatalogRef | None = None

    @property
    def children(self) -> list["OrderLine"]:
        """Options and parts of this line, per one unit of it."""
        return self.children_order_lines or []

    @property
    def price(self) -> Decimal:
        """Gross price of one unit, options contained; worked out from what the line has."""
        if self.unit_price is not None:
            return self.unit_price
        if self.unit_final_amount is not None:
            return self.unit_final_amount
        if self.unit_amount is not None:
            return self.unit_amount + (self.unit_additional_amount or 0)
        if self.total_amount is not None:
            return self.total_amount / self.quantity if self.quantity else self.total_amount
        return Decimal(0)

    @property
    def ref(self) -> CatalogRef | None:
        """The catalog element of this line, product or option."""
        return self.product or self.product_option


class Courier(Form, frozen=True, kw_only=True):
    """The rider, as far as told."""

    name: str | None = None
    phone: Id | None = None


class CodeName(Form, frozen=True, kw_only=True):
    """A code with its localised name."""

    code: str | None = None
    name: str | None = None
    is_final_status: bool | None = None
    global_status_code: str | None = None


class Delivery(Form, frozen=True, kw_only=True):
    """One transport of the order."""

    id: Id | None = None
    status: CodeName | None = None
    driver: Courier | None = None
    delivery_account_name: str | None = None
    delivery_agreed_at: str | None = None
    pickup_agreed_at: str | None = None
    delivery_instructions: str | None = None
    tracking_url: str | None = None


class Currency(Form, frozen=True, kw_only=True):
    """Currency as Sinqro gives it out."""

    iso_code: str = "EUR"
    symbol: str | None = None


class SellingPointRef(Form, frozen=True, kw_only=True):
    """The restaurant an order is for."""

    id: Id | None = None
    sinqro_id: Id | None = None
    name: str | None = None
    timezone: str | None = None


class Market(Form, frozen=True, kw_only=True):
    """The channel an order came through (the companion's contract: the public form names none)."""

    code: str | None = None
    name: str | None = None


class Order(Form, frozen=True, kw_only=True):
    """An order or a reservation."""

    id: Id
    type: OrderType
    order_group_id: Id | None = None
    status: CodeName | None = None
    total_amount: Decimal | None = None
    base_amount: Decimal | None = None
    vat_amount: Decimal | None = None
    delivery_amount: Decimal | None = None
    currency: Currency | str | None = None
    execution_time: str | None = None
    accept_by: str | None = None
    comment: str | None = None
    cancellation_comment: str | None = None
    consumer: Consumer | None = None
    selling_point: SellingPointRef | None = None
    market: Market | None = None
    payments: list[Payment] | None = None
    order_lines: list[OrderLine] | None = None
    is_cancellable: bool | None = None
    is_acceptable: bool | None = None
    pos_order_id: Id | None = None
    market_order_id: Id | None = None
    market_order_code: Id | None = None
    code: Id | None = None
    delivery_address: Address | None = None
    deliveries: list[Delivery] | None = None
    diners_number: int | None = None
    service_location: ServiceLocation | None = None

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
        raise OrderFormError(message, path=path.rstrip("`") or "$") from exc
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
                raise OrderFormError(f"{text!r} is not a time", path=path) from exc
