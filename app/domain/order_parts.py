"""The parts of an order in Sinqro's own form (reference, 5.3 ff.): lines, customer, address, payments, deliveries."""

from decimal import Decimal

import msgspec

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
