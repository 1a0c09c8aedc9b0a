"""Sinqro's requests: everything is in the ledger before it is answered, and nothing waits for the POS.

Requests of one order are handled in the order they came: the ledger's single writer keeps it, as each is handed to it
before the next is read. A repeated request finds what the first one left and gets the same answer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from app.domain.availability import Closing, ClosingSource
from app.domain.errors import LedgerError, PosError
from app.domain.order import order_id_of
from app.domain.record import DueKind, DueRow, OrderKey, OrderRecord
from app.domain.status import OFF, Injection, Merge, OrderType, merge
from app.domain.times import parse_time
from app.link import messages
from app.link.messages import RequestFault, decode_params, invalid_params, unknown_method
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.ports.pos import Capability
from app.services import receiving, statuses
from app.services.arrival import Arrival, arrival
from app.services.availability import AvailabilityService
from app.services.bells import Bells
from app.services.catalog_door import CatalogDoor
from app.services.due import DueService
from app.services.hours import schedule_value
from app.services.injection import InjectionService
from app.services.menus import MenuReader
from app.services.order_list import order_page
from app.services.outlet import Outlet
from app.services.shown import availability_value

P = TypeVar("P", bound=messages.Params)
log = logging.getLogger(__name__)

_READ_POS = 2.0
"""Seconds that ``order.get`` may wait for the POS."""


class Intake:
    """One handler for each method; anything else is -32601."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        clock: Clock,
        bells: Bells,
        due: DueService,
        injection: InjectionService,
        availability: AvailabilityService,
        catalog: CatalogDoor,
        menus: MenuReader,
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._bells = bells
        self._due = due
        self._injection = injection
        self._availability = availability
        self._catalog = catalog
        self._menus = menus
        self._methods: dict[str, Callable[[bytes], Awaitable[Any]]] = {
            "order.create": self._create,
            "order.update": self._update,
            "order.get": self._get,
            "order.list": self._list,
            "order.status.get": self._status_get,
            "order.status.update": self._status_update,
            "availability.get": self._availability_get,
            "availability.set": self._availability_set,
            "link.superseded": self._superseded,
            "link.ping": self._ping,
            "tables.get": self._tables,
            "schedule.get": self._schedule,
            "catalog.get": self._catalog_get,
            "catalog.entity.get": self._catalog_entity,
        }

    async def request(self, method: str, params: bytes) -> Any:
        """Answer one request; raises :class:`RequestFault`."""
        handler = self._methods.get(method)
        if handler is None:
            raise unknown_method(method)
        try:
            return await handler(params)
        except LedgerError as exc:
            raise RequestFault.of(exc) from exc

    def _outlet(self, params: messages.Params) -> Outlet:
        outlet = self._outlets.get(params.selling_point)
        if outlet is None:
            message = f"this installation does not serve selling point {params.selling_point}"
            raise RequestFault(message, code="SELLING_POINT_UNKNOWN", field="$.sellingPointId")
        return outlet

    # orders

    async def _create(self, raw: bytes) -> Any:
        params = await self._decoded(messages.OrderCreate, raw)
        text = bytes(params.order)
        order_id = order_id_of(text)
        if order_id is None:
            await self.quarantine(raw, "order.create without an id")
            raise invalid_params("the order has no id", "$.order.id")
        outlet = self._outlet(params)
        return await self._store(outlet, arrival(outlet, order_id, text, self._clock.now()))

    async def _update(self, raw: bytes) -> Any:
        params = await self._decoded(messages.OrderUpdate, raw)
        outlet = self._outlet(params)
        revision = params.revision
        if revision is None:
            known = await self._ledger.read(lambda view: view.order(OrderKey(outlet.id, str(params.order_id))))
            revision = known.sinqro_revision + 1 if known else 1
        now = self._clock.now()
        new = arrival(outlet, params.order_id, bytes(params.order), now, revision=revision, source="order.update")
        return await self._store(outlet, new)

    async def _store(self, outlet: Outlet, new: Arrival) -> Any:
        record = await self._ledger.write(lambda tx: receiving.store(tx, outlet, new))
        if record.injection is Injection.STORED and receiving.goes_now(outlet, record):
            self._due.hand(DueRow(kind=DueKind.INJECT, key=record.key, at=new.received_at))
        self._bells.changed(outlet.id)
        answer: dict[str, Any] = {"state": "stored", "orderId": record.json_id}
        if warnings := new.warnings:
            answer["warnings"] = warnings
        return answer

    async def quarantine(self, raw: bytes, reason: str) -> None:
        """Keep a text that is no order; `doctor` shows it."""
        log.warning("a message of Sinqro's was put into quarantine: %s", reason)
        now = self._clock.now()
        await self._ledger.write(lambda tx: tx.add_quarantine(now, reason, raw))

    async def _decoded(self, form: type[P], raw: bytes) -> P:
        """Parameters that carry an order: what cannot be understood is kept before it is refused."""
        try:
            return decode_params(form, raw)
        except RequestFault as exc:
            await self.quarantine(raw, f"{exc.field}: {exc.message}")
            raise

    async def _get(self, raw: bytes) -> Any:
        params = decode_params(messages.OrderParams, raw)
        outlet = self._outlet(params)
        record = await self._known(outlet, params)
        pos = None
        if record.in_pos and outlet.can(Capability.ORDER_READ):
            try:
                async with asyncio.timeout(_READ_POS):
                    pos = await outlet.pos.read_order(record.pos_order_id)
            except (TimeoutError, PosError):
                pos = None
        version = await self._ledger.read(lambda view: view.version(record.key))
        answer: dict[str, Any] = {
            "source": "ledger" if pos is None else "pos",
            "order": msgspec.Raw(version.raw) if version else None,
            "status": record.status.value,
            "posStatus": pos.pos_status if pos else record.pos_status,
            "posOrderId": record.pos_order_id or None,
            "injection": record.injection.value,
            "changedAt": record.status_at,
            "revision": record.revision,
        }
        if pos is not None and pos.status is not None:
            answer["status"] = pos.status.value
        if pos is not None and pos.total is not None:
            answer["posTotal"] = pos.total
        return answer

    async def _list(self, raw: bytes) -> Any:
        params = decode_params(messages.OrderList, raw)
        return await order_page(self._ledger, self._outlet(params), params, self._clock.now())

    async def _status_get(self, raw: bytes) -> Any:
        params = decode_params(messages.OrderParams, raw)
        record = await self._known(self._outlet(params), params)
        return {
            "status": record.status.value,
            "posStatus": record.pos_status,
            "injection": record.injection.value,
            "changedAt": record.status_at,
            "origin": record.status_origin.value,
        }

    async def _known(self, outlet: Outlet, params: messages.OrderParams) -> OrderRecord:
        key = OrderKey(outlet.id, str(params.order_id))
        record = await self._ledger.read(lambda view: view.order(key))
        if record is None:
            raise RequestFault(f"there is no order {params.order_id} here", code="ORDER_NOT_FOUND", field="$.orderId")
        return record

    async def _status_update(self, raw: bytes) -> Any:
        params = decode_params(messages.OrderStatusUpdate, raw)
        outlet = self._outlet(params)
        method = "order.status.update"

        def write(tx: LedgerTransaction) -> tuple[Any, OrderRecord | None]:
            if params.request and (known := tx.answer(method, outlet.id, params.request)):
                return known, tx.order(OrderKey(outlet.id, str(params.order_id)))
            record = self._apply_status(tx, outlet, params)
            # without a record its order has not come yet
            answer = {"state": "stored", "status": record.status.value if record else params.status}
            if params.request:
                tx.put_answer(method, outlet.id, params.request, self._clock.now(), answer)
            return answer, record

        answer, record = await self._ledger.write(write)
        if record is not None and record.status in OFF:
            self._injection.stop(record.key)
        self._bells.changed(outlet.id)
        return answer

    def _apply_status(
        self, tx: LedgerTransaction, outlet: Outlet, params: messages.OrderStatusUpdate
    ) -> OrderRecord | None:
        now = self._clock.now()
        key = OrderKey(outlet.id, str(params.order_id))
        record = tx.order(key)
        revision = params.revision
        if record is None:
            message = {
                "status": params.status,
                "reason": params.reason or "",
                "comment": params.comment or "",
                "revision": revision or 0,
            }
            if message not in tx.early_status(key):
                tx.add_early_status(key, now, message)
            return None
        status = outlet.wire.status(params.status)
        news = status is not None and merge(record.type, record.status, status) in (Merge.APPLIED, Merge.REFUND)
        if revision is not None and revision <= record.sinqro_revision and not news:
            return record  # a step forward that an edit overtook is one all the same; none goes back
        record = statuses.told_by_sinqro(
            tx,
            outlet,
            record.with_(sinqro_revision=max(revision or 0, record.sinqro_revision)),
            status,
            params.status,
            now,
            reason=params.reason or "",
            comment=params.comment or "",
        )
        tx.put_order(record)
        return record

    # the rest of the restaurant

    async def _availability_get(self, raw: bytes) -> Any:
        outlet = self._outlet(decode_params(messages.Params, raw))
        now = self._clock.now()
        return await self._ledger.read(lambda view: availability_value(view, outlet, now))

    async def _availability_set(self, raw: bytes) -> Any:
        params = decode_params(messages.AvailabilitySet, raw)
        outlet = self._outlet(params)
        if params.closing is None and params.lift is None:
            raise invalid_params("a closing to set, or the id of one to lift", "$.closing")
        closing = None if params.closing is None else self._closing(outlet, params.closing)
        lift = None if params.lift is None else str(params.lift)
        await self._availability.set_by_sinqro(outlet, closing, lift)
        return await self._availability_get(raw)

    async def _schedule(self, raw: bytes) -> Any:
        outlet = self._outlet(decode_params(messages.Params, raw))
        now = self._clock.now()
        return await self._ledger.read(lambda view: schedule_value(view, outlet, now))

    async def _catalog_get(self, raw: bytes) -> Any:
        from app.services.catalog_pages import catalog_page

        params = decode_params(messages.CatalogGet, raw)
        outlet = self._outlet(params)
        if not await self._ledger.read(lambda view: view.has_catalog(outlet.id)):
            self._menus.want(outlet.id)  # `catalog.changed` follows when it was read
        return await catalog_page(self._catalog.sync, outlet.id, params.cursor, params.limit)

    async def _catalog_entity(self, raw: bytes) -> Any:
        from app.services.catalog_pages import catalog_entity

        params = decode_params(messages.CatalogEntityGet, raw)
        return await catalog_entity(self._catalog.sync, self._outlet(params).id, params.kind, str(params.external_id))

    def _closing(self, outlet: Outlet, form: messages.ClosingForm) -> Closing:
        zone = outlet.selling_point.zone
        try:
            return Closing(
                id=str(form.id),
                source=ClosingSource.SINQRO,
                since=parse_time(form.since, zone) if form.since else self._clock.now(),
                until=parse_time(form.until, zone) if form.until else None,
                reason=form.reason or "",
                order_types=tuple(OrderType(name) for name in form.order_types or ()),
                channels=tuple(name.lower() for name in form.channels or ()),
            )
        except ValueError as exc:
            raise invalid_params(str(exc), "$.closing") from exc

    async def _tables(self, raw: bytes) -> Any:
        outlet = self._outlet(decode_params(messages.Params, raw))
        if not outlet.can(Capability.TABLES_READ):
            raise RequestFault("this POS has no tables", code="NOT_SUPPORTED")
        try:
            return {"zones": await outlet.pos.read_tables()}
        except PosError as exc:
            raise RequestFault.of(exc) from exc

    # the link itself

    async def _superseded(self, raw: bytes) -> Any:
        params = decode_params(messages.Superseded, raw)
        outlet = self._outlet(params)
        log.warning("%s is in charge of selling point %s now", params.device_name or "another device", outlet.id)
        outlet.step_down(params.device_name, params.epoch, self._clock.now())
        await self._injection.quiet()
        self._bells.changed(outlet.id)
        return {}

    async def _ping(self, raw: bytes) -> Any:
        params = decode_params(messages.Ping, raw)
        name = None if params.selling_point_id is None else str(params.selling_point_id)
        outlets = [outlet for outlet in self._outlets.values() if name in (None, outlet.id)]
        return {
            "time": self._clock.now(),
            "pos": "unreachable" if any(outlet.pos_ok is False for outlet in outlets) else "ok",
            "queueDepth": self._injection.busy,
        }
