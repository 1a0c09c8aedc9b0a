"""The companion's own requests to Sinqro and Sinqro's answers, as types: for the contract's documents.

The services read Sinqro's answers more liberally than these say (see their own forms); what they send is exactly this.
"""

from datetime import datetime
from typing import Literal

import msgspec

from app.domain.availability import Closing
from app.domain.order import Order
from app.domain.status import OrderType
from app.link.messages import Id
from app.link.results import HoursException, HoursRange, Result


class Hello(Result, frozen=True, kw_only=True):
    """``link.hello``: the first request on each connection."""

    companion_version: str
    """Version of the program."""
    contract_version: str
    """Version of this contract."""
    installation_id: str
    """Made at pairing; bound to the machine."""
    device_name: str
    """What staff call the machine."""
    selling_point_ids: list[str]
    """The selling points that it serves."""
    capabilities: dict[str, list[str]]
    """By selling point: what its POS can do."""
    unacknowledged: int
    """Notifications that Sinqro has not taken yet."""
    refusing: Literal["TOO_LARGE"] | None = None
    """Sinqro must not repeat the request whose frame closed the link twice."""


class Taken(Result, frozen=True, kw_only=True):
    """Another installation is in charge."""

    code: Literal["SELLING_POINT_TAKEN"]
    """Always this."""
    device_name: str
    """Which."""
    since: datetime
    """Since when."""


class PointRole(Result, frozen=True, kw_only=True):
    """What this installation is for one selling point."""

    id: Id
    """The selling point."""
    role: Literal["active", "viewer"]
    """A viewer injects nothing."""
    epoch: int
    """Counts who is in charge; notifications carry it."""
    taken: Taken | None = None
    """Of a viewer: who is in charge."""


class HelloAnswer(Result, frozen=True, kw_only=True):
    """Sinqro's answer to the hello."""

    time: datetime
    """Sinqro's clock."""
    selling_points: list[PointRole]
    """One entry for each selling point of the hello."""


class SinqroTime(Result, frozen=True, kw_only=True):
    """Sinqro lives."""

    time: datetime
    """Sinqro's clock."""


class Bye(Result, frozen=True, kw_only=True):
    """``link.bye``: the companion leaves on purpose."""

    reason: str
    """``quit`` or ``update``."""
    expected_back: datetime | None = None
    """When it will be there again, where that is known."""


class Epoch(Result, frozen=True, kw_only=True):
    """The answer to ``link.takeOver``."""

    epoch: int
    """From now on."""


class PointAsked(Result, frozen=True, kw_only=True):
    """A question about a selling point."""

    selling_point_id: str
    """Which."""


class OrderAsked(PointAsked, frozen=True, kw_only=True):
    """A question about an order."""

    order_id: Id
    """Which."""


class OrdersAsked(PointAsked, frozen=True, kw_only=True):
    """``order.list``: the orders of the last hours, to find what was missed."""

    since: datetime
    """Sinqro's list reaches back 72 hours."""
    limit: int
    """At most so many on a page."""
    cursor: str | None = None
    """As the page before gave it."""


class SinqroOrder(Result, frozen=True, kw_only=True):
    """An order as Sinqro has it."""

    order: Order
    """The whole order, with its status."""
    revision: int | None = None
    """Sinqro's counter of its changes."""
    notified_revision: int | None = None
    """The companion's revision that Sinqro took last."""


class SinqroOrders(Result, frozen=True, kw_only=True):
    """A page of Sinqro's orders."""

    orders: list[SinqroOrder]
    """Oldest first."""
    next_cursor: str | None = None
    """For the next page."""


class SinqroPoint(Result, frozen=True, kw_only=True):
    """A selling point as Sinqro has it: read where another installation is in charge."""

    silent_seconds: float | None = None
    """How long the installation in charge has not been heard."""


class SinqroClosings(Result, frozen=True, kw_only=True):
    """What customers see: the companion compares it with its own."""

    open: bool
    """Whether Sinqro takes orders, as far as closings go."""
    closings: list[Closing]
    """Those that Sinqro keeps."""


class SinqroPreparation(Result, frozen=True, kw_only=True):
    """How much longer Sinqro says that everything takes."""

    extra_minutes: int
    """0: as usual."""
    until: datetime | None = None
    """Until then."""
    order_types: tuple[OrderType, ...] = ()
    """Empty: all."""


class SinqroHours(Result, frozen=True, kw_only=True):
    """The opening hours that Sinqro shows."""

    timezone: str
    """IANA name of the zone."""
    ranges: list[HoursRange]
    """The week."""
    order_type_ranges: dict[OrderType, list[HoursRange]] = msgspec.field(default_factory=dict)
    """Order types with hours of their own."""
    exceptions: tuple[HoursException, ...] = ()
    """Dates with other hours."""


class SinqroCatalog(Result, frozen=True, kw_only=True):
    """Which menu Sinqro has taken."""

    version: int | None
    """Number of the menu that it fetched last; null: none."""
