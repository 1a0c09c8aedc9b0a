"""The reference POS over its HTTP API: one pooled client, no retries, no state.

:mod:`~adapters.reference.payload` makes the POS's form of an order, :mod:`~adapters.reference.forms` holds the words of
both sides, :mod:`~adapters.reference.wire` sends and translates what goes wrong. This module is the port's methods.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC
from types import TracebackType
from typing import Any, ClassVar, Self

import msgspec

from adapters.reference import forms
from adapters.reference.catalog import CatalogAnswer, entities_of
from adapters.reference.payload import ticket_of
from adapters.reference.wire import Wire
from app.domain.catalog import CatalogEntity
from app.domain.errors import PosError, PosNotFound, PosRefused, PosUnreachable, ProfileError
from app.domain.schedule import Schedule
from app.domain.status import Status
from app.ports.pos import Capability, PosChanges, PosHealth, PosOrder, PosOrderRequest, PosSwitch, PosWarning

_ID = re.compile(r"[A-Za-z0-9-]+")
"""What ids of this POS look like; anything else would become another address."""

PAGE = 200
"""Orders asked for at once by :meth:`ReferenceAdapter.changes`."""


class ReferenceAdapter:
    """Adapter of the reference POS. ``url`` is its base address, ``timeout`` seconds for a whole call."""

    SECRETS: ClassVar[tuple[str, ...]] = ("api-key",)
    """Names of the secrets that the constructor takes, as the vault has them."""

    def __init__(self, *, url: str, api_key: str, timeout: float = 10) -> None:
        self._wire = Wire(url=url, api_key=api_key, timeout=timeout)
        self._order = msgspec.json.Decoder(forms.Answer)
        self._orders = msgspec.json.Decoder(forms.AnswerList)
        self._catalog = msgspec.json.Decoder(CatalogAnswer)
        self._encoder = msgspec.json.Encoder()

    async def __aenter__(self) -> Self:
        """Nothing is sent yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._wire.close()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset(Capability) - {Capability.SCHEDULE_READ}

    async def health(self) -> PosHealth:
        try:
            found = await self._wire.read("/health", msgspec.json.Decoder(forms.HealthAnswer))
        except PosUnreachable:
            raise
        except PosError as exc:
            return PosHealth(ok=False, message=exc.message)
        message = "" if found.till_open else "no session is open in the till"
        return PosHealth(ok=found.ok, till_open=found.till_open, message=message, version=found.version)

    async def create_order(self, request: PosOrderRequest) -> PosOrder:
        body = self._encoder.encode(ticket_of(request))
        return _order_of(await self._wire.write("POST", "/orders", body, self._order, key=request.reference))

    async def update_order(self, pos_order_id: str, request: PosOrderRequest) -> PosOrder:
        body = self._encoder.encode(ticket_of(request))
        return _order_of(await self._wire.write("PUT", _path(pos_order_id), body, self._order))

    async def find_order(self, reference: str) -> PosOrder | None:
        found = (await self._wire.read("/orders", self._orders, reference=reference)).orders
        if not found:
            return None
        # the one that lives: after a void somebody may have entered it anew
        best = next((order for order in found if forms.FROM_POS.get(order.status) is not Status.CANCELLED), found[0])
        warnings = (PosWarning.DOUBLED,) if len(found) > 1 else ()
        return msgspec.structs.replace(_order_of(best), warnings=warnings)

    async def read_order(self, pos_order_id: str) -> PosOrder:
        return _order_of(await self._wire.read(_path(pos_order_id), self._order))

    async def read_status(self, pos_order_id: str) -> PosOrder:
        return _order_of(await self._wire.read(f"{_path(pos_order_id)}/status", self._order))

    async def change_status(
        self, pos_order_id: str, status: Status, *, reason: str = "", minutes: int | None = None
    ) -> None:
        words = forms.TO_BOOKING if pos_order_id.startswith(forms.BOOKING_ID) else forms.TO_ORDER
        word = words.get(status)
        if word is None:
            raise PosRefused(f"the POS has no status for {status.value} of {pos_order_id}", code="INVALID_TRANSITION")
        body = self._encoder.encode({"status": word, "reason": reason, "minutes": minutes})
        await self._wire.write("PATCH", f"{_path(pos_order_id)}/status", body, self._order)

    async def changes(self, since: str) -> PosChanges:
        if since:
            page = await self._wire.read("/orders", self._orders, since=since, limit=str(PAGE))
        else:
            page = await self._wire.read("/orders", self._orders, open="true")
        return PosChanges(orders=tuple(map(_order_of, page.orders)), cursor=page.cursor, more=page.more)

    async def read_catalog(self) -> AsyncIterator[CatalogEntity]:
        """Everything comes in one answer."""
        for entity in entities_of(await self._wire.read("/catalog", self._catalog)):
            yield entity

    async def read_availability(self) -> PosSwitch:
        return PosSwitch(
            online=(await self._wire.read("/availability", msgspec.json.Decoder(forms.OnlineAnswer))).online
        )

    async def set_availability(self, switch: PosSwitch) -> None:
        body = self._encoder.encode({"online": switch.online})
        await self._wire.write("PUT", "/availability", body, msgspec.json.Decoder(forms.OnlineAnswer))

    async def read_schedule(self) -> Schedule:
        raise ProfileError("the reference POS keeps no opening hours yet")

    async def read_tables(self) -> list[dict[str, Any]]:
        """Zones in Sinqro's form: ``code``, ``name``, ``serviceLocations`` of ``code`` and ``name``."""
        answer = await self._wire.read("/tables", msgspec.json.Decoder(forms.ZonesAnswer))
        return [
            {
                "code": zone.code,
                "name": zone.name,
                "serviceLocations": [{"code": table.code, "name": table.name} for table in zone.tables],
            }
            for zone in answer.zones
        ]


def _path(pos_order_id: str) -> str:
    if not _ID.fullmatch(pos_order_id):
        raise PosNotFound(f"{pos_order_id!r} is no order's id in the POS")
    return f"/orders/{pos_order_id}"


def _order_of(answer: forms.Answer) -> PosOrder:
    return PosOrder(
        id=answer.id,
        reference=answer.reference,
        status=forms.FROM_POS.get(answer.status),
        pos_status=answer.status,
        reason=answer.reason,
        preparation_minutes=answer.minutes,
        total=answer.total,
        changed_at=answer.changed_at.astimezone(UTC),
    )
