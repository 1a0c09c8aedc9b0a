"""The two facts about an order: its **status** (what kitchen and Sinqro share) and its **injection** (into the POS).

``pending → accepted → in_preparation → ready → dispatched (delivery only) → completed`` for orders,
``pending → accepted → seated → completed`` for reservations. Forward jumps are legal, going back is not.
"""

from enum import StrEnum

from app.domain.errors import StatusError


class OrderType(StrEnum):
    """Sinqro's order types (reference, 5.1)."""

    DELIVERY = "delivery"
    COLLECTION = "collection"
    INSITU = "insitu"
    INSIDE = "inside"
    RESERVATION = "reservation"


class Status(StrEnum):
    """Status of an order or reservation, in the companion's words."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    IN_PREPARATION = "in_preparation"
    READY = "ready"
    DISPATCHED = "dispatched"
    SEATED = "seated"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self in FINAL


FINAL = frozenset({Status.COMPLETED, Status.REJECTED, Status.CANCELLED, Status.NO_SHOW})
OFF = frozenset({Status.REJECTED, Status.CANCELLED, Status.NO_SHOW})
"""Final states after which nothing may be cooked: such an order never enters the POS."""

ANSWERS = frozenset({Status.ACCEPTED, Status.REJECTED, Status.CANCELLED})
"""Changes that Sinqro must hear one by one: a later status never replaces them in the outbox."""

_COMMON = (Status.PENDING, Status.ACCEPTED, Status.IN_PREPARATION, Status.READY)
_LADDERS = {
    OrderType.DELIVERY: (*_COMMON, Status.DISPATCHED, Status.COMPLETED),
    OrderType.RESERVATION: (Status.PENDING, Status.ACCEPTED, Status.SEATED, Status.COMPLETED),
}
_OTHER_LADDER = (*_COMMON, Status.COMPLETED)

_HEIGHT = {status: height for height, status in enumerate(_LADDERS[OrderType.DELIVERY])} | {Status.SEATED: 2}
"""How far on, whatever the type: an order read at last may be of another type than its status was made for."""


class Injection(StrEnum):
    """How far an order got into the POS."""

    STORED = "stored"
    INJECTING = "injecting"
    INJECTED = "injected"
    WAITING = "waiting"
    HELD = "held"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Who made a change."""

    POS = "pos"
    SINQRO = "sinqro"
    STAFF = "staff"
    AUTO = "auto"


class RejectReason(StrEnum):
    """Why staff reject or cancel; ``OTHER`` wants a comment."""

    TOO_BUSY = "too_busy"
    CLOSED = "closed"
    ITEM_UNAVAILABLE = "item_unavailable"
    OUT_OF_RANGE = "out_of_range"
    NO_TABLE = "no_table"
    CUSTOMER_REQUEST = "customer_request"
    WRONG_PRICE = "wrong_price"
    TECHNICAL = "technical"
    OTHER = "other"


class Merge(StrEnum):
    """What becomes of a status that arrives from the other side."""

    APPLIED = "applied"
    SAME = "same"
    """Already so: an echo or a repetition."""
    STALE = "stale"
    """A step back, or one that this type of order does not have: recorded, not applied."""
    LOST = "lost"
    """The order is final already: recorded, and told when the loser was ours."""
    REFUND = "refund"
    """Cancelled by the channel after completion: the order stays completed, the money goes back."""


def ladder(order_type: OrderType) -> tuple[Status, ...]:
    """The way of an order of this type from ``pending`` to ``completed``."""
    return _LADDERS.get(order_type, _OTHER_LADDER)


def next_steps(order_type: OrderType, current: Status) -> frozenset[Status]:
    """Every status that an order of this type may be given by hand now."""
    if current.final:
        return frozenset()
    possible = {step for step in ladder(order_type) if _HEIGHT[step] > _HEIGHT[current]} | {Status.CANCELLED}
    if current is Status.PENDING:
        possible.add(Status.REJECTED)
    if order_type is OrderType.RESERVATION and current in (Status.ACCEPTED, Status.PENDING):
        possible.add(Status.NO_SHOW)
    return frozenset(possible)


def check_step(order_type: OrderType, current: Status, target: Status) -> None:
    """Raise :class:`StatusError` unless people on our side may move an order from ``current`` to ``target``."""
    if target in next_steps(order_type, current):
        return
    if current.final:
        raise StatusError(f"the order is {current.value} already: nothing can follow", code="STATUS_FINAL")
    raise StatusError(f"an order of type {order_type.value} cannot go from {current.value} to {target.value}")


def merge(order_type: OrderType, current: Status, incoming: Status) -> Merge:
    """Decide about a status told by the other side (POS or Sinqro), which may have changed at the same time as ours.

    A final state beats one that is not, else the one further on; final against final: the first recorded stays.
    """
    if incoming is current:
        return Merge.SAME
    if current.final:
        return Merge.REFUND if (current, incoming) == (Status.COMPLETED, Status.CANCELLED) else Merge.LOST
    if incoming.final:
        known = order_type is OrderType.RESERVATION or incoming is not Status.NO_SHOW
        return Merge.APPLIED if known else Merge.STALE
    if incoming not in ladder(order_type) or _HEIGHT[incoming] <= _HEIGHT[current]:
        return Merge.STALE
    return Merge.APPLIED
