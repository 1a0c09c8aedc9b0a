"""The notifications to Sinqro, as types: CloudEvents whose ``data`` is one of these by ``type``.

The services make them as plain maps (:mod:`app.services.outgoing` and its neighbours), which a test holds against
these; selling point, installation and epoch are added where they are sent.
"""

from datetime import datetime
from typing import Literal

import msgspec

from app.domain.availability import Closing
from app.domain.catalog import EntityKind
from app.domain.catalog_changes import ChangeType
from app.domain.status import OrderType, Origin, Status
from app.link.messages import Id
from app.link.results import HoursException, HoursRange


class Notice(msgspec.Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """What every notification's data carries."""

    selling_point_id: str
    """The selling point it is about."""
    installation_id: str
    """The installation that sends it."""
    epoch: int
    """Counts who is in charge. An older one than Sinqro's is answered 409 ``SUPERSEDED``: the sender stops."""


class OrderInjected(Notice, frozen=True, kw_only=True):
    """The POS has the order."""

    order_id: Id
    """Sinqro's id, in the JSON type in which it came."""
    pos_order_id: str | None = None
    """The POS's id; missing when staff entered it by hand."""


class InjectionFailed(Notice, frozen=True, kw_only=True):
    """The order is not, or perhaps not, in the POS, and a person at the restaurant has been called."""

    order_id: Id
    """Sinqro's id."""
    injection: Literal["failed", "held", "uncertain"]
    """``failed``: refused by the POS; ``held``: waits for a person; ``uncertain``: nobody knows if the POS has it."""
    code: str = ""
    """Why, for programs: ``POS_REFUSED`` and the like, or the POS's own code."""
    message: str = ""
    """Why, for people."""


class StatusChanged(Notice, frozen=True, kw_only=True):
    """The status of an order or reservation changed, whoever changed it."""

    order_id: Id
    """Sinqro's id."""
    pos_order_id: str | None = None
    """The POS's id, where it has it."""
    status: Status
    """The new status, in the companion's words."""
    pos_status: str = ""
    """The POS's own code, where it told one."""
    reason: str = ""
    """Of a rejection or cancellation: one of ``too_busy``, ``closed``, ``item_unavailable``, ``out_of_range``,
    ``no_table``, ``customer_request``, ``wrong_price``, ``technical``, ``other``, or the POS's own."""
    comment: str = ""
    """What staff wrote to it."""
    preparation_time: int | None = None
    """Minutes that staff promised when they accepted."""
    changed_at: datetime
    """When it changed."""
    origin: Origin
    """Who changed it."""
    revision: int
    """The companion's counter of this order: ignore what is not above the last one."""
    based_on: int | None = None
    """The last revision of Sinqro's that the companion knew."""


class CatalogChangeNotice(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """One entity that changed."""

    kind: EntityKind
    """What it is."""
    external_id: str
    """The POS's id of it."""
    change: ChangeType
    """``availability``: nothing but that changed."""


class CatalogChanged(Notice, frozen=True, kw_only=True):
    """A new menu was published: fetch it, or these entities of it, by ``catalog.get``."""

    version: int
    """Number of the published menu."""
    changes: list[CatalogChangeNotice]
    """At most 500; more come in further notifications of the same version."""


class AvailabilityChanged(Notice, frozen=True, kw_only=True):
    """The restaurant closed, opened, or a closing moved. A later one replaces an earlier one."""

    open: bool
    """False while a closing of the whole selling point holds."""
    closings: list[Closing]
    """All that hold now and those to come."""


class PreparationChanged(Notice, frozen=True, kw_only=True):
    """Everything takes longer for a while, or as long as usual again."""

    extra_minutes: int
    """0: as usual."""
    until: datetime | None = None
    """Until then; missing with 0 minutes."""
    order_types: list[OrderType] = []
    """Empty: all."""


class ScheduleChanged(Notice, frozen=True, kw_only=True):
    """The opening hours changed: all of them, as they are now."""

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


NOTICES: dict[str, type[Notice]] = {
    "order.injected": OrderInjected,
    "order.injection_failed": InjectionFailed,
    "order.status_changed": StatusChanged,
    "reservation.status_changed": StatusChanged,
    "catalog.changed": CatalogChanged,
    "availability.changed": AvailabilityChanged,
    "preparation.changed": PreparationChanged,
    "schedule.changed": ScheduleChanged,
}
"""By CloudEvents ``type``."""
