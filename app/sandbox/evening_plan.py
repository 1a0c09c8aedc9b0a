"""What happens to each order of an evening, decided before it begins.

Types and endings go round, so that even a short evening has every type and most endings, on turns whose lengths share
no divisor; the seed says where each round starts. Who moves an order goes by turns as well: the tray (staff), the POS,
Sinqro.
"""

import random
from enum import StrEnum

import msgspec

from app.domain.status import OrderType


class Side(StrEnum):
    """Who makes a step."""

    STAFF = "staff"
    POS = "pos"
    SINQRO = "sinqro"


class Ending(StrEnum):
    """How an order ends."""

    COMPLETED = "completed"
    REJECTED = "rejected"
    NO_SHOW = "no_show"
    CANCELLED_FIRST = "cancelled_first"
    """The channel's cancellation comes before the order."""
    CANCELLED_AT_ONCE = "cancelled_at_once"
    """…and right behind it, without waiting for any answer."""
    CANCELLED_LATER = "cancelled_later"
    """…and after it was accepted."""
    CANCELLED_HERE = "cancelled_here"
    """Staff or the POS cancel it after accepting it."""
    RACED = "raced"
    """One side completes it while the channel cancels it."""
    REFUNDED = "refunded"
    """A part is given back after completion."""
    CANCELLED_AFTER = "cancelled_after"
    """The channel cancels it after completion."""


_ORDERS = (OrderType.DELIVERY, OrderType.COLLECTION, OrderType.INSIDE, OrderType.INSITU)
_ORDER_ENDINGS = (
    *(Ending.COMPLETED, Ending.CANCELLED_AT_ONCE, Ending.COMPLETED, Ending.REJECTED, Ending.CANCELLED_LATER),
    *(Ending.COMPLETED, Ending.REFUNDED, Ending.CANCELLED_HERE, Ending.COMPLETED, Ending.CANCELLED_FIRST),
    *(Ending.COMPLETED, Ending.RACED, Ending.CANCELLED_AFTER, Ending.COMPLETED, Ending.CANCELLED_HERE),
)
_RESERVATION_ENDINGS = (
    *(Ending.COMPLETED, Ending.NO_SHOW, Ending.COMPLETED, Ending.CANCELLED_LATER, Ending.REJECTED),
    *(Ending.CANCELLED_AT_ONCE, Ending.NO_SHOW),
)
_CANCELLED_EARLY = (Ending.CANCELLED_FIRST, Ending.CANCELLED_AT_ONCE)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The story of one order; ``sides`` take turns with its steps."""

    type: OrderType
    ending: Ending
    sides: tuple[Side, ...]
    scheduled: bool = False
    edited: bool = False
    courier: bool = False
    sent_twice: bool = False
    """Sinqro sends the same order again, as a new request."""
    hurried: bool = False
    """Whoever moves it skips steps, as a POS of three states does."""


def plan_evening(*, orders: int, reservations: int, seed: int, staffed: bool) -> list[Plan]:
    """Every order and reservation of the evening, in the order in which they come."""
    rng = random.Random(f"{seed}/evening")  # noqa: S311 - contents of a demo
    start = rng.randrange(1000)
    plans = [_plan(number, rng, staffed) for number in range(start, start + orders)]
    plans += [_reservation(number, rng, staffed) for number in range(start, start + reservations)]
    rng.shuffle(plans)
    return plans


def _plan(number: int, rng: random.Random, staffed: bool) -> Plan:
    ending = _ORDER_ENDINGS[number % len(_ORDER_ENDINGS)]
    kind = _ORDERS[number % len(_ORDERS)]
    early = ending in _CANCELLED_EARLY
    return Plan(
        type=kind,
        ending=ending,
        sides=_sides(number, rng, staffed),
        scheduled=number % 7 == 3 and not early,
        edited=rng.random() < 0.25 and not early,
        courier=kind is OrderType.DELIVERY and rng.random() < 0.6,
        sent_twice=number % 11 == 5,
        hurried=rng.random() < 0.3,
    )


def _reservation(number: int, rng: random.Random, staffed: bool) -> Plan:
    ending = _RESERVATION_ENDINGS[number % len(_RESERVATION_ENDINGS)]
    return Plan(
        type=OrderType.RESERVATION,
        ending=ending,
        sides=_sides(number, rng, staffed),
        edited=rng.random() < 0.3 and ending not in _CANCELLED_EARLY,
    )


def _sides(number: int, rng: random.Random, staffed: bool) -> tuple[Side, ...]:
    """The first side answers the order; the kitchen's steps are the restaurant's: Sinqro makes only that one."""
    here = (Side.STAFF, Side.POS) if staffed else (Side.POS,)
    answer = (*here, *here, Side.SINQRO)[number % (2 * len(here) + 1)]
    return (answer, *(rng.choice(here) for _ in range(5)))
