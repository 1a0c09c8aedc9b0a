"""What the requests of the link are answered, as types: the contract's documents are made from them.

The services answer with plain maps, which a test holds against these. All times are ISO 8601 with their offset, all
amounts decimals in currency units. Ids of orders go back in the JSON type in which they came.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from app.domain.availability import Closing
from app.domain.catalog import EntityKind, Menu, Option, OptionCategory, Product, Section, Variant
from app.domain.order import Order
from app.domain.status import Injection, OrderType, Origin, Status
from app.link.messages import Id


class Result(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Base of what is answered."""


class OrderWarning(Result, frozen=True, kw_only=True):
    """Something that staff are shown about an order's form."""

    code: str
    """``TOTALS_DIFFER`` or ``ORDER_UNREADABLE``."""
    message: str
    """What, in a sentence."""
    field: str = ""
    """JSON path in the order."""


class Stored(Result, frozen=True, kw_only=True):
    """The order is in the ledger and cannot be lost; that it is in the POS is told by ``order.injected``."""

    state: Literal["stored"]
    """Always ``stored``."""
    order_id: Id
    """The order's id, as it came."""
    warnings: list[OrderWarning] = []
    """What staff are shown about its form: totals that don't add up, a text that cannot be read."""


class StatusStored(Result, frozen=True, kw_only=True):
    """The status is in the ledger; the POS follows."""

    state: Literal["stored"]
    """Always ``stored``."""
    status: str
    """The order's status from now on. An order that has not come yet: the code as it was sent."""


class OrderView(Result, frozen=True, kw_only=True):
    """An order as it is now."""

    source: Literal["pos", "ledger"]
    """``pos``: the POS was asked now. ``ledger``: it has it not, does not say, or did not answer within 2 s."""
    order: Order | None
    """The newest text of the order, as Sinqro sent it; null when none has come yet."""
    status: Status
    """Its status in the companion's words."""
    pos_status: str = ""
    """The POS's own code; empty when it has told none."""
    pos_order_id: str | None
    """The POS's id of it; null while the POS does not have it."""
    injection: Injection
    """How far it got into the POS."""
    changed_at: datetime
    """When the status changed last."""
    revision: int
    """The companion's counter of this order's changes."""
    pos_total: Decimal | None = None
    """What the POS asks for it, where the POS was asked and says so."""


class OrderStatusView(Result, frozen=True, kw_only=True):
    """An order's status as it is now."""

    status: Status
    """In the companion's words."""
    pos_status: str = ""
    """The POS's own code; empty when it has told none."""
    injection: Injection
    """How far the order got into the POS."""
    changed_at: datetime
    """When the status changed last."""
    origin: Origin
    """Who changed it."""


class OrderRow(OrderStatusView, frozen=True, kw_only=True):
    """An order in a list: all but its text."""

    order_id: Id
    """Sinqro's id of it."""
    type: OrderType
    """Delivery, collection … or reservation."""
    code: str = ""
    """What staff and riders read out."""
    pos_order_id: str | None
    """The POS's id of it; null while the POS does not have it."""
    received_at: datetime
    """When it came."""
    execution_at: datetime | None = None
    """When it is wanted; missing: as soon as possible."""
    total: Decimal
    """What the customer pays."""
    currency: str
    """ISO 4217."""
    revision: int
    """The companion's counter of its changes."""


class OrderPage(Result, frozen=True, kw_only=True):
    """Orders received since a moment, oldest first."""

    orders: list[OrderRow]
    """At most as many as were asked for."""
    next_cursor: str | None = None
    """Hand it back for the next page; missing on the last one."""


class Availability(Result, frozen=True, kw_only=True):
    """Whether a selling point takes orders, and why not."""

    selling_point_id: str
    """The selling point."""
    open: bool
    """False while a closing of the whole selling point holds. Opening hours are apart: ``schedule.get``."""
    closings: list[Closing]
    """Those that hold now and those to come."""


class WeekDay(Result, frozen=True, kw_only=True):
    """A day of the week, as Sinqro writes it."""

    id: int
    """1 is Monday, 7 Sunday."""
    name: str = ""
    """In English."""


class HoursRange(Result, frozen=True, kw_only=True):
    """Open from a day and time of the week to another; it may pass midnight. The same twice is the whole week."""

    start_day: WeekDay
    """The day on which it opens."""
    start_time: str
    """Local time, ``11:00``."""
    end_day: WeekDay
    """The day on which it closes."""
    end_time: str
    """Local time; ``00:00`` is midnight at the beginning of the day."""
    timezone: str
    """IANA name of the zone, the same in all ranges."""


class DayHours(Result, frozen=True, kw_only=True):
    """Open hours of one date."""

    start_time: str
    """Local time."""
    end_time: str
    """Local time; at or before the start: on the next day."""


class HoursException(Result, frozen=True, kw_only=True):
    """Other hours on one date: they replace the ranges that start on it."""

    date: str
    """``2026-12-24``."""
    ranges: list[DayHours]
    """None: closed."""
    order_types: list[OrderType]
    """Empty: all."""
    note: str
    """For people."""
    holiday: str
    """Id of the public holiday it stands for; empty: none."""


class Hours(Result, frozen=True, kw_only=True):
    """Opening hours. No range at all means that nobody keeps hours here: open."""

    selling_point_id: str
    """The selling point."""
    source: Literal["pos", "tray"]
    """Who keeps them: the POS, or a person in the companion."""
    timezone: str
    """IANA name of the zone of all times."""
    ranges: list[HoursRange]
    """The week, for all order types that have no hours of their own."""
    order_type_ranges: dict[OrderType, list[HoursRange]]
    """Order types with hours of their own; an empty list: never open."""
    exceptions: list[HoursException]
    """Dates with other hours."""


class Table(Result, frozen=True, kw_only=True):
    """A table of the restaurant."""

    code: Id
    """The POS's id of it; ``serviceLocation.code`` of an order at this table."""
    name: str
    """What staff call it."""


class Zone(Result, frozen=True, kw_only=True):
    """A zone of the restaurant."""

    code: Id
    """The POS's id of it."""
    name: str
    """Terrace, dining room."""
    service_locations: list[Table]
    """Its tables."""


class Tables(Result, frozen=True, kw_only=True):
    """Where guests sit."""

    zones: list[Zone]
    """All zones of the POS."""


class CatalogPage(Result, frozen=True, kw_only=True):
    """A page of the published menu: each entity of it is on exactly one page, menus first."""

    selling_point_id: str
    """The selling point."""
    version: int
    """Number of the published menu; 0: none was published yet."""
    currency: str
    """ISO 4217 code of all prices."""
    menus: list[Menu]
    """Menus and set menus, which name sections."""
    menu_sections: list[Section]
    """Sections, which name products."""
    products: list[Product]
    """Products, which name variants and option categories."""
    product_variants: list[Variant]
    """Ways in which products are sold: sizes, bases."""
    product_option_categories: list[OptionCategory]
    """Choices that products offer; one that several share stands once."""
    product_options: list[Option]
    """Options of the choices."""
    next_cursor: str | None = None
    """Hand it back for the next page of this version; missing on the last one."""


class CatalogEntityView(Result, frozen=True, kw_only=True):
    """One entity of the published menu."""

    selling_point_id: str
    """The selling point."""
    version: int
    """Number of the published menu."""
    kind: EntityKind
    """What it is."""
    entity: msgspec.Raw
    """The entity, in the form of its kind."""


class Pong(Result, frozen=True, kw_only=True):
    """The companion lives."""

    time: datetime
    """The machine's clock."""
    pos: Literal["ok", "unreachable"]
    """Whether the POS answered when it was last asked."""
    queue_depth: int
    """Orders on their way into the POS at this moment."""


class Nothing(Result, frozen=True, kw_only=True):
    """Done: there is nothing to say."""
