"""The reference POS's JSON forms, and its words beside ours. Data only."""

from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.status import OrderType, Status

KINDS = {
    OrderType.DELIVERY: "delivery",
    OrderType.COLLECTION: "takeaway",
    OrderType.INSITU: "eat_in",
    OrderType.INSIDE: "table",
    OrderType.RESERVATION: "booking",
}
"""Our order types in the POS's words."""

FROM_POS = {
    "held": Status.PENDING,
    "open": Status.ACCEPTED,
    "preparing": Status.IN_PREPARATION,
    "ready": Status.READY,
    "out": Status.DISPATCHED,
    "closed": Status.COMPLETED,
    "requested": Status.PENDING,
    "confirmed": Status.ACCEPTED,
    "seated": Status.SEATED,
    "finished": Status.COMPLETED,
    "refused": Status.REJECTED,
    "void": Status.CANCELLED,
    "no_show": Status.NO_SHOW,
}
"""The POS's statuses in our words; a word of the POS is unique over orders and bookings."""

_ONLY_ORDERS = ("held", "open", "preparing", "ready", "out", "closed")
_ONLY_BOOKINGS = ("requested", "confirmed", "seated", "finished", "no_show")

TO_ORDER = {status: word for word, status in FROM_POS.items() if word not in _ONLY_BOOKINGS}
"""Our statuses in the POS's words for an order."""

TO_BOOKING = {status: word for word, status in FROM_POS.items() if word not in _ONLY_ORDERS}
"""Our statuses in the POS's words for a booking."""

BOOKING_ID = "B-"
"""How the POS's ids of bookings begin; those of orders do not."""


class PosOption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An option of a line, per one unit of it."""

    option: str | None = None
    name: str
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)


class PosLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line; without ``product`` an open item. ``price`` is for one unit, options contained."""

    product: str | None = None
    name: str
    quantity: Decimal = Decimal(1)
    price: Decimal
    vat: Decimal | None = None
    note: tuple[str, ...] = ()
    options: tuple[PosOption, ...] = ()


class PosCustomer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who ordered."""

    name: str = ""
    phone: str = ""


class PosPayment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A payment by a method of the POS."""

    method: str
    amount: Decimal
    prepaid: bool = False


class PosTicket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order or booking on its way into the POS."""

    reference: str
    kind: str
    hold: bool = False
    print: bool = True
    code: str = ""
    channel: str = ""
    lines: tuple[PosLine, ...] = ()
    total: Decimal | None = None
    customer: PosCustomer | None = None
    address: str = ""
    table: str | None = None
    zone: str | None = None
    guests: int | None = None
    due_at: datetime | None = None
    minutes: int | None = None
    note: tuple[str, ...] = ()
    payments: tuple[PosPayment, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What we read of an order that the POS answers with."""

    id: str
    status: str
    changed_at: datetime
    reference: str = ""
    reason: str = ""
    minutes: int | None = None
    total: Decimal | None = None


class AnswerList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of orders with its cursor."""

    orders: tuple[Answer, ...]
    cursor: str
    more: bool = False


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How the till is."""

    ok: bool
    till_open: bool
    version: str = ""


class OnlineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether online orders are taken."""

    online: bool


class TableAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A table."""

    code: str
    name: str


class ZoneAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A zone."""

    code: str
    name: str
    tables: tuple[TableAnswer, ...]


class ZonesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every zone."""

    zones: tuple[ZoneAnswer, ...]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why the POS says no."""

    code: str = ""
    message: str = ""
    field: str = ""


class FaultAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An error answer."""

    error: Fault
