"""A POS by its profile: the port's methods, each a service of the profile. No retries, no state.

::

    profile ─► Program (compiled) ─► Calls (requests, pages, steps) ─► Wire (HTTP, limits, who we are)
                     our order ─► OrderViews ─┘    └─► mapping, StatusWords ─► PosOrder, entities …
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from adapters.rest.calls import AT_ONCE, Calls
from adapters.rest.capabilities import capabilities_of
from adapters.rest.cel_store import CheckedTrees
from adapters.rest.changes import ChangesReader, found_orders
from adapters.rest.hearing import Hearing
from adapters.rest.mapping import entity_of, flat, health_of, order_of, schedule_of, switch_of, zones_of
from adapters.rest.orders import OrderViews
from adapters.rest.profile import Profile
from adapters.rest.program import Program
from adapters.rest.statuses import StatusWords
from adapters.rest.wire import Wire
from app.domain import money
from app.domain.catalog import CatalogEntity
from app.domain.errors import PosError, PosNotFound, PosTillClosed, PosUnreachable, ProfileError
from app.domain.schedule import Schedule
from app.domain.selling_point import SellingPoint
from app.domain.status import Status
from app.ports.pos import (
    Capability,
    PosChanges,
    PosHealth,
    PosOrder,
    PosOrderRequest,
    PosSwitch,
    PosWarning,
    PosWebhook,
    WebhookProof,
)


class RestAdapter:
    """The adapter of a POS that a profile describes.

    ``url`` goes before the profile's own, ``timeout`` (seconds for one call) too; ``options`` are complete
    (:func:`~adapters.rest.find.options_of`); ``folder`` is the profile's, for files that it names. ``transport``
    replaces the network in tests. Raises :class:`~app.domain.errors.ProfileError` for an address or key that can't be
    any.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        point: SellingPoint,
        url: str = "",
        secrets: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
        folder: Path = Path(),
        timeout: float | None = None,
        trees: CheckedTrees | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.profile = profile
        self._point = point
        self._program = program = Program(profile, point, options, trees)
        self._wire = Wire(program, url=url, secrets=secrets or {}, folder=folder, timeout=timeout, transport=transport)
        self._calls = Calls(program, self._wire)
        self._words = StatusWords(program)
        self._views = OrderViews(profile, program.texts, sinqro=program.wants_the_original)
        self._changes = ChangesReader(profile, self._calls, self._words)
        self._hearing = Hearing(program, profile.webhooks) if profile.webhooks is not None else None
        self._capabilities = capabilities_of(profile)

    async def __aenter__(self) -> Self:
        """Nothing is sent yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._wire.close()

    @property
    def poll_seconds(self) -> float:
        """The POS is asked for changes no more often than this."""
        return self.profile.polling.changes.every_seconds

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._capabilities

    # ------------------------------------------------------------ webhooks

    @property
    def webhook_proof(self) -> WebhookProof | None:
        """How the POS's webhooks prove themselves; ``None``: it has none."""
        return self._hearing.proof if self._hearing is not None else None

    def heard(self, hint: PosWebhook) -> PosWebhook | None:
        """What a webhook of the POS means in our words; ``None``: nothing.

        Where the profile says nothing of webhooks, any that proves itself is a hint to look.
        """
        return self._hearing.hear(hint) if self._hearing is not None else hint

    # ------------------------------------------------------------ health

    async def health(self) -> PosHealth:
        try:
            if "health" not in self._program.services:
                await self._wire.probe()
                return PosHealth(ok=True)
            return health_of(await self._calls.run("health", {}))
        except PosUnreachable:
            raise
        except PosTillClosed as exc:
            return PosHealth(ok=True, till_open=False, message=exc.message)
        except PosError as exc:
            return PosHealth(ok=False, message=exc.message)

    # ------------------------------------------------------------ orders

    async def create_order(self, request: PosOrderRequest) -> PosOrder:
        views = self._views.view(request)
        made = await self._calls.run("create_order", views)
        return _warned(order_of("create_order", made, self._words, writing=True), request, views["payments"])

    async def update_order(self, pos_order_id: str, request: PosOrderRequest) -> PosOrder:
        views = self._views.view(request)
        made = await self._calls.run("update_order", {**views, "id": pos_order_id})
        order = order_of("update_order", made, self._words, ident=pos_order_id, writing=True)
        return _warned(order, request, views["payments"])

    async def find_order(self, reference: str) -> PosOrder | None:
        if not reference:
            return None
        try:
            result = await self._calls.run("find_order", {"reference": reference, "request": {"reference": reference}})
        except PosNotFound:
            return None
        orders = [order_of("find_order", each, self._words, writing=False) for each in found_orders(result)]
        # a POS whose search is a fuzzy one gives others too
        orders = [order for order in orders if order.reference in ("", reference)]
        if not orders:
            return None
        # the one that lives: after a void somebody may have entered it anew
        best = next((order for order in orders if order.status is not Status.CANCELLED), orders[0])
        return _with(best, PosWarning.DOUBLED) if len(orders) > 1 else best

    async def read_order(self, pos_order_id: str) -> PosOrder:
        service = "read_order" if "read_order" in self._program.services else "read_status"
        return await self._read(service, pos_order_id)

    async def read_status(self, pos_order_id: str) -> PosOrder:
        service = "read_status" if "read_status" in self._program.services else "read_order"
        return await self._read(service, pos_order_id)

    async def _read(self, service: str, pos_order_id: str) -> PosOrder:
        if not pos_order_id:
            raise PosNotFound("an order without an id is not in the POS")
        result = await self._calls.run(service, {"id": pos_order_id})
        return order_of(service, result, self._words, ident=pos_order_id, writing=False)

    async def change_status(
        self, pos_order_id: str, status: Status, *, reason: str = "", minutes: int | None = None
    ) -> None:
        code = self._words.write(status, pos_order_id)
        values = {"id": pos_order_id, "status": code, "target": status.value, "reason": reason, "minutes": minutes}
        await self._calls.run("change_status", values)

    async def changes(self, since: str) -> PosChanges:
        return await self._changes.read(since)

    # ------------------------------------------------------------ the restaurant

    async def read_catalog(self) -> AsyncIterator[CatalogEntity]:
        """Read whole before the first entity is given: a profile may need all of it to make one."""
        for index, each in enumerate(flat(await self._calls.run("read_catalog", {}))):
            if index % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            yield entity_of(each)

    async def read_availability(self) -> PosSwitch:
        return switch_of(await self._calls.run("read_availability", {}))

    async def set_availability(self, switch: PosSwitch) -> None:
        until = switch.until.isoformat() if switch.until is not None else None
        values = {"online": switch.online, "until": until, "reason": switch.reason}
        await self._calls.run("set_availability", values)

    async def read_schedule(self) -> Schedule:
        if "read_schedule" not in self._program.services:
            raise ProfileError("the POS tells no opening hours")
        return schedule_of(await self._calls.run("read_schedule", {}), self._point.timezone)

    async def read_tables(self) -> list[dict[str, Any]]:
        """Zones in Sinqro's form: ``code``, ``name``, ``serviceLocations`` of ``code`` and ``name``."""
        return zones_of(await self._calls.run("read_tables", {}))


def _warned(order: PosOrder, request: PosOrderRequest, payments: list[Any]) -> PosOrder:
    """The order with what staff should know about it."""
    wanted = money.rounded(request.order.total, request.order.currency_code)
    if order.total is not None and order.total != wanted and not request.order.is_reservation:
        order = _with(order, PosWarning.TOTAL_DIFFERS)
    prepaid = sum(1 for _, amount, paid in request.payments if paid and amount)
    if sum(1 for payment in payments if payment["prepaid"]) < prepaid:
        order = _with(order, PosWarning.PAYMENT_UNKNOWN)
    return order


def _with(order: PosOrder, warning: PosWarning) -> PosOrder:
    return msgspec.structs.replace(order, warnings=(*order.warnings, warning))
