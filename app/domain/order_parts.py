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
    """The POS's id of the zone."""
    name: str | None = None
    """Its name."""


class ServiceLocation(Form, frozen=True, kw_only=True):
    """A table, with its zone."""

    code: Id | None = None
    """The POS's id of the table."""
    name: str | None = None
    """What staff call it."""
    service_zone: ServiceZone | None = None
    """Where it stands."""


class Consumer(Form, frozen=True, kw_only=True):
    """The customer."""

    id: Id | None = None
    """Sinqro's id of the customer."""
    name: str | None = None
    """First name."""
    lastname: str | None = None
    """Surname."""
    email: str | None = None
    """For questions."""
    phone: Id | None = None
    """For questions; with its country code."""

    @property
    def full_name(self) -> str:
        """Name and surname, as one text; empty when neither is known."""
        return " ".join(part for part in (self.name, self.lastname) if part)


class Address(Form, frozen=True, kw_only=True):
    """Where to deliver."""

    street: str | None = None
    """Street and number."""
    details: str | None = None
    """Floor, door, what the courier must know."""
    city: str | None = None
    """Town."""
    province: str | None = None
    """Province."""
    postal_code: Id | None = None
    """Postal code."""
    latitude: Decimal | None = None
    """Degrees north."""
    longitude: Decimal | None = None
    """Degrees east."""
    place_name: str | None = None
    """Name of the place."""
    complete_address: str | None = None
    """All in one line, where the parts are not known."""

    def __str__(self) -> str:
        """One line, as a courier reads it."""
        town = " ".join(str(part) for part in (self.postal_code, self.city) if part)
        line = ", ".join(part for part in (self.street, self.details, town) if part)
        return line or self.complete_address or self.place_name or ""


class Payment(Form, frozen=True, kw_only=True):
    """A payment: its method is free text, ``prepaid`` says whether the money was taken online."""

    amount: Decimal | None = None
    """In currency units, VAT contained."""
    payment_method_name: str | None = None
    """Method in the words of the channel."""
    method_code: str | None = None
    """Method as a code, where there is one."""
    prepaid: bool | None = None
    """Whether the money was taken online."""


class CatalogRef(Form, frozen=True, kw_only=True):
    """Reference to a catalog element; ``externalId`` is the POS's own id."""

    id: Id | None = None
    """Sinqro's id of the element."""
    sinqro_id: Id | None = None
    """The same, as channels write it."""
    external_id: Id | None = None
    """The POS's id of the element."""


class OrderLine(Form, frozen=True, kw_only=True):
    """A line. Its unit price contains its options; ``children_order_lines`` are shown, never added."""

    type: str = "PRODUCT"
    """`PRODUCT`, `PRODUCT_OPTION`, `DELIVERY`; others are kept and shown."""
    label: str | None = None
    """What it is called."""
    comment: str | None = None
    """What the customer wants with it."""
    quantity: Decimal = Decimal(1)
    """How many."""
    unit_price: Decimal | None = None
    """Gross price of one, options contained."""
    unit_amount: Decimal | None = None
    """Gross price of one without its options."""
    unit_additional_amount: Decimal | None = None
    """What the options add to one."""
    unit_final_amount: Decimal | None = None
    """The sum of both."""
    total_amount: Decimal | None = None
    """Unit price times quantity, VAT contained."""
    base_amount: Decimal | None = None
    """The total without VAT."""
    vat_amount: Decimal | None = None
    """The VAT in the total."""
    vat_value: Decimal | None = None
    """VAT in percent."""
    children_order_lines: list["OrderLine"] | None = None
    """Options and parts, per one of this line; contained in its price."""
    product: CatalogRef | None = None
    """The product."""
    product_option: CatalogRef | None = None
    """The option."""

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
    """Name."""
    phone: Id | None = None
    """Telephone."""


class CodeName(Form, frozen=True, kw_only=True):
    """A code with its localised name."""

    code: str | None = None
    """The status's code."""
    name: str | None = None
    """The status's name in the restaurant's language."""
    is_final_status: bool | None = None
    """Whether nothing follows."""
    global_status_code: str | None = None
    """The coarse code above it."""


class Delivery(Form, frozen=True, kw_only=True):
    """One transport of the order."""

    id: Id | None = None
    """Sinqro's id of the transport."""
    status: CodeName | None = None
    """How far it is."""
    driver: Courier | None = None
    """Who rides."""
    delivery_account_name: str | None = None
    """The company that delivers."""
    delivery_agreed_at: str | None = None
    """When it shall be at the customer."""
    pickup_agreed_at: str | None = None
    """When the rider shall be at the restaurant."""
    delivery_instructions: str | None = None
    """For the rider."""
    tracking_url: str | None = None
    """Where it can be followed."""


class Currency(Form, frozen=True, kw_only=True):
    """Currency as Sinqro gives it out."""

    iso_code: str = "EUR"
    """ISO 4217."""
    symbol: str | None = None
    """As it is printed."""


class SellingPointRef(Form, frozen=True, kw_only=True):
    """The restaurant an order is for."""

    id: Id | None = None
    """Sinqro's id of the restaurant."""
    sinqro_id: Id | None = None
    """The same, as channels write it."""
    name: str | None = None
    """Name."""
    timezone: str | None = None
    """IANA name of its zone."""


class Market(Form, frozen=True, kw_only=True):
    """The channel an order came through (the companion's contract: the public form names none)."""

    code: str | None = None
    """Code of the channel."""
    name: str | None = None
    """Name of the channel."""
