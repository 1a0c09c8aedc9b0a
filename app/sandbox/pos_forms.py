"""The reference POS's own words: the JSON forms of its API, its statuses and the ways between them.

On purpose they are not Sinqro's: a POS has its own (``takeaway``, ``hold``, ``void``), and an adapter translates. Money
is gross decimal text ("12.50") or a JSON number, exact either way; texts are short and plain, as tills want them.
"""

import datetime as dt
import unicodedata
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

NOTE_LIMIT = 250
"""Longest entry of a note; a note has as many entries as it needs."""

NAME_LIMIT = 200
"""Longest name of a line, option or customer, and longest address."""


class Kind(StrEnum):
    """What an order is."""

    DELIVERY = "delivery"
    TAKEAWAY = "takeaway"
    EAT_IN = "eat_in"
    TABLE = "table"
    BOOKING = "booking"


class PosStatus(StrEnum):
    """Where an order or a booking stands in the till."""

    HELD = "held"
    OPEN = "open"
    PREPARING = "preparing"
    READY = "ready"
    OUT = "out"
    CLOSED = "closed"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    SEATED = "seated"
    FINISHED = "finished"
    REFUSED = "refused"
    VOID = "void"
    NO_SHOW = "no_show"


ORDER_WAY = (
    PosStatus.HELD,
    PosStatus.OPEN,
    PosStatus.PREPARING,
    PosStatus.READY,
    PosStatus.OUT,
    PosStatus.CLOSED,
)
BOOKING_WAY = (PosStatus.REQUESTED, PosStatus.CONFIRMED, PosStatus.SEATED, PosStatus.FINISHED)
DONE = frozenset({PosStatus.CLOSED, PosStatus.FINISHED})
"""Paid and over: asked to void one, the till says yes and changes nothing, as real ones do."""

FINAL = DONE | {PosStatus.REFUSED, PosStatus.VOID, PosStatus.NO_SHOW}
CANCELS = frozenset({PosStatus.REFUSED, PosStatus.VOID, PosStatus.NO_SHOW})


def way_of(kind: Kind) -> tuple[PosStatus, ...]:
    """The statuses of such an order in order; going forward may skip some."""
    if kind is Kind.BOOKING:
        return BOOKING_WAY
    return ORDER_WAY if kind is Kind.DELIVERY else tuple(status for status in ORDER_WAY if status is not PosStatus.OUT)


def may_follow(kind: Kind, current: PosStatus, target: PosStatus) -> bool:
    """Whether the till lets an order go from ``current`` to ``target``."""
    if current in FINAL:
        return False
    way = way_of(kind)
    if target is PosStatus.VOID:
        return True
    if target is PosStatus.REFUSED:
        return current is way[0]
    if target is PosStatus.NO_SHOW:
        return kind is Kind.BOOKING and current is not PosStatus.SEATED
    return target in way and way.index(target) > way.index(current)


class OptionForm(msgspec.Struct, frozen=True, kw_only=True):
    """An option of a line, per one unit of it. ``option`` is the catalog's id, ``null`` for one typed by hand."""

    option: str | None = None
    name: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)


class LineForm(msgspec.Struct, frozen=True, kw_only=True):
    """A line. ``product`` is a product's or variant's id, ``null`` makes an open item of ``name`` and ``price``.

    ``price`` is for one unit, its options contained, ``vat`` in percent; where missing they are the catalog's.
    """

    product: str | None = None
    name: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    vat: Decimal | None = None
    note: tuple[str, ...] = ()
    options: tuple[OptionForm, ...] = ()


class CustomerForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who ordered."""

    name: str = ""
    phone: str = ""


class PaymentForm(msgspec.Struct, frozen=True, kw_only=True):
    """Money: ``prepaid`` was taken online, other payments are still to be taken."""

    method: str
    amount: Decimal
    prepaid: bool = False


class OrderForm(msgspec.Struct, frozen=True, kw_only=True):
    """An order or a booking as a caller gives it.

    ``reference`` is the caller's own id. ``hold``: to be accepted in the till, not printed before. ``print``: with a
    kitchen ticket. ``total``: what the caller reckons; the till answers with its own. ``due_at``: when it is wanted.
    ``table`` is a table's code, or its name within ``zone``.
    """

    kind: Kind
    reference: str = ""
    hold: bool = False
    print: bool = True
    code: str = ""
    channel: str = ""
    lines: tuple[LineForm, ...] = ()
    total: Decimal | None = None
    customer: CustomerForm = CustomerForm()
    address: str = ""
    table: str | None = None
    zone: str | None = None
    guests: int | None = None
    due_at: datetime | None = None
    minutes: int | None = None
    note: tuple[str, ...] = ()
    payments: tuple[PaymentForm, ...] = ()


class TicketLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the till has it: catalog's name, price and VAT filled in, and its total."""

    product: str | None
    name: str
    quantity: Decimal
    price: Decimal
    vat: Decimal
    total: Decimal
    note: tuple[str, ...] = ()
    options: tuple[OptionForm, ...] = ()


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """An order or booking as the till has it. Ids of orders begin with ``T-``, of bookings with ``B-``.

    ``printed`` counts kitchen tickets, ``change`` grows with each change over all orders.
    """

    id: str
    number: int
    change: int
    kind: Kind
    status: PosStatus
    created_at: datetime
    changed_at: datetime
    received_at: float
    """``time.time()`` at which the creating request had been read."""
    origin: str
    """``api`` or ``till``."""
    reference: str = ""
    code: str = ""
    channel: str = ""
    print: bool = True
    printed: int = 0
    reason: str = ""
    minutes: int | None = None
    lines: tuple[TicketLine, ...] = ()
    total: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    customer: CustomerForm = CustomerForm()
    address: str = ""
    table: str | None = None
    table_name: str = ""
    zone: str | None = None
    zone_name: str = ""
    guests: int | None = None
    due_at: datetime | None = None
    note: tuple[str, ...] = ()
    payments: tuple[PaymentForm, ...] = ()


class TicketStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The status of an order alone."""

    id: str
    reference: str
    status: PosStatus
    changed_at: datetime
    reason: str = ""
    minutes: int | None = None


class TicketList(msgspec.Struct, frozen=True, kw_only=True):
    """Orders; ``cursor`` is what to ask ``since`` for next, ``more`` whether to ask at once."""

    orders: tuple[Ticket, ...]
    cursor: str
    more: bool = False


class StatusForm(msgspec.Struct, frozen=True, kw_only=True):
    """A change of status asked for; ``minutes`` of preparation to promise."""

    status: PosStatus
    reason: str = ""
    minutes: int | None = None


class Online(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether the restaurant takes online orders now; ``until``: when it turns back by itself."""

    online: bool
    until: datetime | None = None
    reason: str = ""


class OpenHours(msgspec.Struct, frozen=True, kw_only=True):
    """Open hours on a weekday (Monday is 1); closing at or before opening is on the day after."""

    day: int
    opens: str
    closes: str


class SpecialDay(msgspec.Struct, frozen=True, kw_only=True):
    """A date with other hours, or none: closed."""

    date: dt.date
    hours: tuple[OpenHours, ...] = ()
    note: str = ""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """The restaurant's opening hours, in its zone. None at all: it keeps none in the till."""

    timezone: str = "Europe/Madrid"
    week: tuple[OpenHours, ...] = ()
    days: tuple[SpecialDay, ...] = ()


class WebhookForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where to tell of changes: ``{event}`` in the address becomes the event's name; an empty one ends it.

    ``secret`` is ``whsec_`` and base64, as Standard Webhooks has it.
    """

    url: str
    secret: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the till is."""

    ok: bool
    till_open: bool
    version: str


class TillError(Exception):
    """The till says no: ``code`` in lower case, ``field`` the JSON path of what it did not like."""

    def __init__(self, code: str, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


def check_text(text: str, field: str, limit: int = NAME_LIMIT) -> str:
    """Return ``text`` when a till can print it: not too long, no control characters, no pictures."""
    if len(text) > limit:
        raise TillError("text_too_long", f"at most {limit} characters", field=field)
    if text.isascii() and text.isprintable():
        return text
    for character in text:
        category = unicodedata.category(character)
        if category[0] == "C" or ord(character) >= 0x10000 or (category == "So" and ord(character) >= 0x2190):
            raise TillError("bad_character", f"the till cannot print {character!r}", field=field)
    return text


def check_amount(amount: Decimal, field: str, *, positive: bool = False) -> Decimal:
    """Return ``amount`` when the till can reckon with it: finite, under 10⁹, at most 6 decimals."""
    if not amount.is_finite() or abs(amount) >= 10**9 or amount != round(amount, 6) or (positive and amount <= 0):
        raise TillError("bad_amount", f"{amount} is no amount", field=field)
    return amount
