"""The POS, as the services need it. An adapter states its capabilities and implements the methods they stand for.

Adapters do no retries and keep no state: services do. Success is read back by the services, never inferred from an
answer. Errors are the :class:`~app.domain.errors.PosError` tree: in particular a request that may have reached the POS
without an answer is :class:`~app.domain.errors.OutcomeUnknown`, and one that surely did not is ``PosUnreachable``.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

import msgspec

from app.domain.catalog import CatalogEntity
from app.domain.order import Order
from app.domain.schedule import Schedule
from app.domain.selling_point import SellingPoint
from app.domain.status import Status


class Capability(StrEnum):
    """One thing a POS can do; the text after each is Sinqro's wording of the feature it belongs to."""

    ORDER_CREATE = "order_create"
    """Receive orders in the POS."""
    ORDER_PENDING = "order_pending"
    """Accept orders through the POS: it can hold one as *to be accepted* without printing it."""
    ORDER_UPDATE = "order_update"
    """Update an order's content in the POS."""
    ORDER_NO_PRINT = "order_no_print"
    """Enter an order without a kitchen ticket."""
    ORDER_FIND_BY_REFERENCE = "order_find_by_reference"
    """Find an order by Sinqro's reference."""
    IDEMPOTENT_CREATE = "idempotent_create"
    """Sending the same order twice makes one."""
    ORDER_READ = "order_read"
    """Read an order or its status from the POS."""
    ORDER_STATUS = "order_status"
    """Update the status of orders through us: the POS can be told."""
    ORDER_CANCEL = "order_cancel"
    """Cancel orders in the POS."""
    ORDER_CHANGES = "order_changes"
    """Get any status update made in the POS."""
    RESERVATION_CREATE = "reservation_create"
    """Receive reservations in the POS."""
    RESERVATION_STATUS = "reservation_status"
    """Update the status of reservations."""
    RESERVATION_CHANGES = "reservation_changes"
    """Get any status update of reservations made in the POS."""
    CATALOG_READ = "catalog_read"
    """Send products and menus."""
    AVAILABILITY_READ = "availability_read"
    """Close temporarily from the POS."""
    AVAILABILITY_WRITE = "availability_write"
    """Close temporarily in the POS."""
    SCHEDULE_READ = "schedule_read"
    """Update operating schedules."""
    TABLES_READ = "tables_read"
    """Zones and tables."""
    WEBHOOKS = "webhooks"
    """The POS tells of changes by itself."""


class PosOrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One order on its way into the POS."""

    reference: str
    """Sinqro's order id: unique within the POS, and the idempotency key."""
    order: Order
    selling_point: SellingPoint
    status: Status
    """``pending``: to be accepted in the POS; anything else: already taken."""
    execution_at: datetime | None = None
    preparation_minutes: int | None = None
    print_ticket: bool = True
    payments: tuple[tuple[str | None, Decimal, bool], ...] = ()
    """POS method (``None``: not mapped, goes in unpaid), amount, prepaid."""


class PosWarning(StrEnum):
    """What staff should know about an order as the POS has it."""

    TABLE_BUSY = "table_busy"
    """Its table had an open order: it went in without the table, staff join them in the POS."""
    MERGED = "merged"
    """The POS put it together with another order all the same."""
    TOTAL_DIFFERS = "total_differs"
    """The POS's total is not the order's."""
    PAYMENT_UNKNOWN = "payment_unknown"
    """Money that was paid online could not be entered, the POS has no such method: it went in unpaid."""
    DOUBLED = "doubled"
    """The POS has it more than once."""


class PosOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the POS has it now."""

    id: str
    reference: str = ""
    status: Status | None = None
    """In our words; ``None`` when the POS's code is not in the map."""
    pos_status: str = ""
    """The POS's own code."""
    reason: str = ""
    preparation_minutes: int | None = None
    total: Decimal | None = None
    changed_at: datetime | None = None
    warnings: tuple[PosWarning, ...] = ()


class PosChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in the POS since a cursor; ``cursor`` is handed back next time. Repetitions are harmless."""

    orders: tuple[PosOrder, ...]
    cursor: str
    more: bool = False


class PosHealth(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the POS can be worked with."""

    ok: bool
    till_open: bool = True
    message: str = ""
    version: str = ""


class PosSwitch(msgspec.Struct, frozen=True, kw_only=True):
    """The POS's own switch for online orders."""

    online: bool
    until: datetime | None = None
    """When it turns back by itself, where the POS says so."""
    reason: str = ""


class PosAdapter(Protocol):
    """One POS. Methods may be called at the same time; only those the capabilities name are called.

    Opened with ``async with``.
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this POS can do."""
        ...

    async def health(self) -> PosHealth:
        """Whether the POS answers and its till is open. Raises ``PosUnreachable`` when it does not answer."""
        ...

    async def create_order(self, request: PosOrderRequest) -> PosOrder:
        """Create an order or a reservation."""
        ...

    async def update_order(self, pos_order_id: str, request: PosOrderRequest) -> PosOrder:
        """Change an order's content to this version."""
        ...

    async def find_order(self, reference: str) -> PosOrder | None:
        """Look an order up by Sinqro's reference; ``None``: surely not there."""
        ...

    async def read_order(self, pos_order_id: str) -> PosOrder:
        """The order as it is now. Raises ``PosNotFound``."""
        ...

    async def read_status(self, pos_order_id: str) -> PosOrder:
        """Its status alone, as cheap as the POS allows."""
        ...

    async def change_status(
        self, pos_order_id: str, status: Status, *, reason: str = "", minutes: int | None = None
    ) -> None:
        """Ask the POS to change the status. Success is read back by the caller.

        Raises ``PosNoSuchStatus`` for a step that this POS does not know, ``PosRefused`` for one that it won't make.
        """
        ...

    async def changes(self, since: str) -> PosChanges:
        """What changed since the cursor ``since`` (empty: the POS's present)."""
        ...

    def read_catalog(self) -> AsyncIterator[CatalogEntity]:
        """Every entity of the catalog, as it comes, in any order. Prices contain the taxes.

        An iterator that ends without an error was read whole; one that raises was not, and nothing may be concluded
        from what it did not give. An entity may come twice when it was changed meanwhile: the first one counts.
        """
        ...

    async def read_availability(self) -> PosSwitch:
        """Whether the POS takes online orders now (its own switch)."""
        ...

    async def set_availability(self, switch: PosSwitch) -> None:
        """Turn the POS's own switch. Success is read back by the caller."""
        ...

    async def read_schedule(self) -> Schedule:
        """The POS's opening hours."""
        ...

    async def read_tables(self) -> list[dict[str, Any]]:
        """Zones with their tables."""
        ...


class PosWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """A hint from the POS that something changed: the companion then reads the POS."""

    selling_point: str
    event: str
    body: dict[str, Any]
    headers: dict[str, str] = {}
    """By name in small letters, as the POS sent it."""


class WebhookProof(msgspec.Struct, frozen=True, kw_only=True):
    """How a POS's webhooks prove that they are its own; all but ``kind`` and ``secret`` is for ``hmac``, ``token``."""

    kind: Literal["standard", "hmac", "token"] = "standard"
    secret: str = "webhook-secret"  # noqa: S105 - its name in the vault
    header: str = ""
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"


class PosHearing(Protocol):
    """An adapter whose POS has webhooks of its own form."""

    @property
    def webhook_proof(self) -> WebhookProof | None:
        """How they prove themselves; ``None``: the POS has none."""
        ...

    def heard(self, hint: PosWebhook) -> PosWebhook | None:
        """What one means in our words (``order.changed``, ``catalog.changed`` …); ``None``: nothing."""
        ...


AdapterContext = AbstractAsyncContextManager[PosAdapter]
"""What an adapter's factory returns: entered once, left at the end."""
