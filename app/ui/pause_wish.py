"""What a person wants closed, and how long: the choices of the tray's menu and of the panel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.status import OrderType
from app.ui.words import tr

MINUTES = (20, 40, 60)
GROUPS: tuple[tuple[OrderType, ...], ...] = (
    (OrderType.DELIVERY,),
    (OrderType.COLLECTION,),
    (OrderType.INSIDE, OrderType.INSITU),
    (OrderType.RESERVATION,),
)
"""What staff tell apart: who sits in the restaurant is one."""


def group_name(group: tuple[OrderType, ...]) -> str:
    """A kind of orders, as one of several to choose from."""
    names: dict[OrderType, Callable[[], str]] = {
        OrderType.DELIVERY: lambda: tr("Delivery"),
        OrderType.COLLECTION: lambda: tr("Collection"),
        OrderType.INSIDE: lambda: tr("At the table"),
        OrderType.RESERVATION: lambda: tr("Reservations"),
    }
    return names[group[0]]()


def duration(minutes: int) -> str:
    """20 min, 40 min, 1 hour."""
    hours, rest = divmod(minutes, 60)
    if rest:
        return tr("%n min", n=minutes)
    return tr("1 hour") if hours == 1 else tr("%n hours", n=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseWish:
    """What a person wants closed. ``minutes`` from now; else ``until_opening``; else until somebody opens."""

    selling_points: tuple[str, ...] = ()
    """Empty: all."""
    minutes: int = 0
    until_opening: bool = False
    reason: str = ""
    order_types: tuple[OrderType, ...] = ()
    """Empty: all; so with the channels."""
    channels: tuple[str, ...] = ()

    def until(self, now: datetime) -> datetime | None:
        """When it ends by the clock."""
        return now + timedelta(minutes=self.minutes) if self.minutes else None
