"""What the ledger knows about an order besides its texts: codes, states, times, totals, and no customer data."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from app.domain.status import Injection, OrderType, Origin, Status


class OrderKey(NamedTuple):
    """Selling point and Sinqro's order id, both as text."""

    selling_point: str
    order_id: str

    def __str__(self) -> str:
        """For logs."""
        return f"{self.selling_point}/{self.order_id}"


class Mark(StrEnum):
    """A flag on an order's card."""

    UNREADABLE = "unreadable"
    TOTALS_DIFFER = "totals_differ"
    PAYMENT_UNMAPPED = "payment_unmapped"
    ENTERED_BY_HAND = "entered_by_hand"
    CHANGED = "changed"
    """Changed since it was last looked at."""
    CHANGE_BY_HAND = "change_by_hand"
    """The POS does not have the newest version: "change it in the POS by hand"."""
    CANCEL_BY_HAND = "cancel_by_hand"
    """"Cancel it in the POS by hand"."""
    STATUS_BY_HAND = "status_by_hand"
    """The POS did not follow a status."""
    REFUNDED = "refunded"
    """Cancelled or reduced after completion."""
    STOP_COOKING = "stop_cooking"
    """Cancelled on Sinqro after it was accepted, and nobody here has said that he knows."""
    AUTO_ACCEPT = "auto_accept"
    """To be accepted by rule as soon as the POS has it."""
    LATE = "late"
    """Nobody answered before the channel's deadline."""
    TABLE_BUSY = "table_busy"
    """The POS's table had an open order: staff join them in the POS."""
    CLOSED_THEN = "closed_then"
    """Wanted at a time at which the restaurant is closed."""
    KEPT_THOUGH_CLOSED = "kept_though_closed"
    """Staff keep it all the same."""
    POS_DIFFERS = "pos_differs"
    """The POS has other lines or another total than the order, or has it twice: staff look at it there."""


BY_HAND = frozenset(
    {Mark.CANCEL_BY_HAND, Mark.CHANGE_BY_HAND, Mark.STATUS_BY_HAND, Mark.STOP_COOKING, Mark.POS_DIFFERS}
)
"""Marks that wait for a person to tick them off."""

IN_COMPANION = "IN_COMPANION"
"""``injection_code`` of an order that the POS has no place for: it stays ``stored``, the companion is its book."""


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one order or reservation. A new state is a new record (``msgspec.structs.replace``)."""

    # who
    selling_point: str
    order_id: str
    order_id_is_number: bool = False
    type: OrderType = OrderType.DELIVERY
    code: str = ""
    channel: str = "sinqro"
    market_order_id: str = ""

    # when
    received_at: datetime
    execution_at: datetime | None = None
    accept_by: datetime | None = None
    scheduled: bool = False

    # status: shared with Sinqro
    status: Status = Status.PENDING
    status_origin: Origin = Origin.SINQRO
    status_at: datetime
    sinqro_status: str = ""
    """Sinqro's own code, kept as it came."""
    reason: str = ""
    comment: str = ""
    preparation_minutes: int | None = None

    # injection: how far the POS got
    injection: Injection = Injection.STORED
    injection_code: str = ""
    injection_message: str = ""
    first_try_at: datetime | None = None
    last_try_at: datetime | None = None
    """When the POS was last asked to create it, while the outcome is unknown: it may still be at work on it."""
    attempts: int = 0
    look_up_first: bool = False
    """An earlier attempt may have reached the POS: ask by reference before any other."""
    confirmed: bool = False
    """A person (or Sinqro, asked) decided that it goes to the POS although it waited."""
    print_ticket: bool = True
    pos_order_id: str = ""
    pos_status: str = ""
    pos_has: Status | None = None
    """The status the POS is known to have, in our words."""
    pos_version: int = 0
    """The version of the order that the POS has."""

    # versions and revisions
    version: int = 1
    created: bool = True
    """Whether the ``order.create`` itself has come (an update or a status may come first)."""
    sinqro_revision: int = 0
    revision: int = 0

    # money
    total: Decimal = Decimal(0)
    currency: str = "EUR"
    total_difference: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)

    marks: frozenset[Mark] = frozenset()

    @property
    def key(self) -> OrderKey:
        """Its key in the ledger."""
        return OrderKey(self.selling_point, self.order_id)

    @property
    def json_id(self) -> int | str:
        """Sinqro's id in the JSON type it came in."""
        return int(self.order_id) if self.order_id_is_number else self.order_id

    @property
    def is_reservation(self) -> bool:
        """Whether this is a table booking."""
        return self.type is OrderType.RESERVATION

    @property
    def in_pos(self) -> bool:
        """Whether the POS has it under an id we know."""
        return self.injection is Injection.INJECTED and bool(self.pos_order_id)

    def with_(self, **changes: Any) -> "OrderRecord":
        """A new record with these fields changed."""
        return msgspec.structs.replace(self, **changes)

    def marked(self, *marks: Mark) -> "OrderRecord":
        """With these marks added."""
        return self.with_(marks=self.marks | set(marks))

    def unmarked(self, *marks: Mark) -> "OrderRecord":
        """With these marks taken off."""
        return self.with_(marks=self.marks - set(marks))


class OrderVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One text of an order as Sinqro sent it."""

    number: int
    raw: bytes
    received_at: datetime
    revision: int = 0
    source: str = "order.create"


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to an order; append-only. ``kind`` is a short word, ``detail`` plain JSON values."""

    at: datetime
    kind: str
    origin: Origin
    detail: dict[str, Any]


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One notification to Sinqro in the outbox. ``id`` is its ``webhook-id`` and CloudEvents id at every attempt."""

    id: str
    selling_point: str
    type: str
    data: dict[str, Any]
    created_at: datetime
    order_id: str = ""
    attempts: int = 0
    due_at: datetime | None = None
    last_error: str = ""
    deliver_by: datetime | None = None
    """An accept is not sent blindly after this moment: the order is read first."""
    sequence: int = 0


class DueKind(StrEnum):
    """What must happen at a time."""

    INJECT = "inject"
    POS_STATUS = "pos_status"
    POS_UPDATE = "pos_update"
    ACCEPT_DEADLINE = "accept_deadline"
    ALARM = "alarm"
    """A scheduled order is due: rings again."""
    WITHDRAW = "withdraw"
    """Cancel in the POS once found."""
    AVAILABILITY = "availability"
    """Of a selling point (its order id is empty): a closing begins or ends, or the longer preparation does."""
    SOLD_OUT = "sold_out"
    """Of a selling point (its order id is empty): something that was sold out until now is there again."""


SCHEDULED = frozenset({DueKind.INJECT, DueKind.ACCEPT_DEADLINE, DueKind.ALARM, DueKind.AVAILABILITY, DueKind.SOLD_OUT})
"""Kinds whose rows may lie far ahead on purpose; rows of the others are retries."""


class DueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of one order that must happen at a time; at most one of each kind."""

    kind: DueKind
    key: OrderKey
    at: datetime
