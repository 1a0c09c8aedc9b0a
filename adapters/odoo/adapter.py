"""Odoo 19 Point of Sale with its restaurant module: one pooled client, no retries, no state.

::

    order → place (point of sale, session) → shelf (products, options, taxes) and table
          → contact, products of their own for delivery, tip, discount → Draft → sync_from_ui → table → read back

:mod:`~adapters.odoo.wire` sends and translates what goes wrong, :mod:`~adapters.odoo.payload` makes Odoo's form of an
order, :mod:`~adapters.odoo.till` writes and reads one, :mod:`~adapters.odoo.changes` follows all of them,
:mod:`~adapters.odoo.catalog` reads the menu.

Odoo's till has no place for a reservation (the companion is its book), cannot hold an order that nobody took yet,
prints nothing by itself (staff send an order to the kitchen), and knows three steps: open, sent to the kitchen, paid.
"""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, ClassVar, Self

import httpx

from adapters.odoo import catalog, changes, customers, forms, shelf, till, venue
from adapters.odoo.forms import OrderRow, ident, text
from adapters.odoo.lines import Setting, extra_kinds
from adapters.odoo.payload import Draft, draft_of
from adapters.odoo.venue import Place
from adapters.odoo.wire import Wire
from app.domain.catalog import CatalogEntity
from app.domain.errors import PosError, PosNoSuchStatus, PosRefused, PosUnreachable, ProfileError
from app.domain.order import Order
from app.domain.schedule import Schedule
from app.domain.status import Status
from app.ports.pos import Capability, PosChanges, PosHealth, PosOrder, PosOrderRequest, PosSwitch, PosWarning

MOST = 20_000
"""Open orders that are read at once when the companion begins to follow a till."""


class OdooAdapter:
    """Adapter of one point of sale in Odoo.

    ``url`` is Odoo's base address, ``database`` names one of several there, ``config_id`` one of several points of
    sale; ``timeout`` is seconds for a whole call. With ``open_session`` an order opens the till's session where none is
    open; else it waits until people open it, since opening counts cash and names who is responsible. Nothing but an
    order opens it. ``transport`` replaces the network in tests.

    The API key's user needs the rights *Point of Sale / User*, *Contact / Creation* (without it customers stand in the
    orders' notes) and *Products / Create* (for five services that stand for delivery, tip, discount, open items and
    adjustments; made once).
    """

    SECRETS: ClassVar[tuple[str, ...]] = ("api-key",)
    """Names of the secrets that the constructor takes, as the vault has them."""

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        database: str = "",
        config_id: int | None = None,
        open_session: bool = False,
        timeout: float = 15,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if type(config_id) not in (int, type(None)):  # options come from a file
            raise ProfileError(f"config_id is a number, not {config_id!r}", hint="write for instance config_id = 1")
        if type(open_session) is not bool:
            raise ProfileError(f"open_session is true or false, not {open_session!r}", hint="write it without quotes")
        self._wire = Wire(url=url, api_key=api_key, database=database, timeout=timeout, transport=transport)
        self._config = config_id
        self._opens = open_session
        self._opening = asyncio.Lock()
        self._making = asyncio.Lock()
        """Contacts and products are looked for and made by one call at a time, else there would be two."""

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
        return frozenset(
            {
                Capability.ORDER_CREATE,
                Capability.ORDER_UPDATE,
                Capability.ORDER_NO_PRINT,
                Capability.ORDER_FIND_BY_REFERENCE,
                Capability.IDEMPOTENT_CREATE,
                Capability.ORDER_READ,
                Capability.ORDER_STATUS,
                Capability.ORDER_CANCEL,
                Capability.ORDER_CHANGES,
                Capability.CATALOG_READ,
                Capability.TABLES_READ,
            }
        )

    async def health(self) -> PosHealth:
        try:
            version = await self._wire.version()
            place = await self._place()
        except PosUnreachable:
            raise
        except PosError as exc:
            return PosHealth(ok=False, message=exc.message)
        message = "" if place.session is not None else f"no session of {place.name} is open in Odoo"
        if message and self._opens:
            message += ": the next order opens it"
        return PosHealth(ok=True, till_open=self._opens or not message, message=message, version=version)

    # orders

    async def create_order(self, request: PosOrderRequest) -> PosOrder:
        place = await self._open_place()
        setting = await self._setting(place, request.order)
        draft = draft_of(request, setting)
        try:
            await till.create(self._wire, place, draft)
        except PosRefused:
            # Odoo refuses the lines of an order that it has already; and says in many words that a session was closed
            if await till.by_uuid(self._wire, draft.uuid) is None:
                (await self._place()).open_session()
                raise
        return await self._placed(place, draft, request.reference, setting)

    async def update_order(self, pos_order_id: str, request: PosOrderRequest) -> PosOrder:
        row = await till.by_id(self._wire, pos_order_id)
        if row.state != "draft":
            raise PosRefused("the order is paid or cancelled in Odoo", code="ORDER_CLOSED")
        place = await self._open_place()
        setting = await self._setting(place, request.order)
        draft = draft_of(request, setting)
        there = ident(row.table_id)
        stays = setting.table is not None and there == setting.table.root
        if stays:
            draft.head["floating_order_name"] = text(row.floating_order_name)
        elif there is not None:
            await till.unseat(self._wire, row, draft.head["floating_order_name"])
        await till.replace(self._wire, place, row, draft)
        updated = await self._placed(place, draft, request.reference, setting, alone=False)
        if updated.status in (None, Status.COMPLETED, Status.CANCELLED):
            # Odoo ignores what is sent about an order that is over, and answers as if it had been done
            raise PosRefused("the order was paid or cancelled in Odoo meanwhile", code="ORDER_CLOSED")
        return updated

    async def _placed(
        self, place: Place, draft: Draft, reference: str, setting: Setting, *, alone: bool = True
    ) -> PosOrder:
        """The order on its table, read back."""
        row = await self._known(draft.uuid)
        if setting.table is not None and row.state == "draft":
            await till.seat(self._wire, place, row, setting.table)
            row = await self._known(draft.uuid)
        lines = await till.lines_of(self._wire, [row.id])
        return till.seen(row, reference, till.warnings_of(row, lines, draft, alone=alone))

    async def _known(self, own: str) -> OrderRow:
        row = await till.by_uuid(self._wire, own)
        if row is None:
            raise PosRefused("Odoo took the order and does not have it", code="NOT_THERE")
        return row

    async def find_order(self, reference: str) -> PosOrder | None:
        row = await till.by_uuid(self._wire, str(forms.order_uuid(reference))) if reference else None
        if row is None:
            return None
        return till.seen(row, reference, (PosWarning.TABLE_BUSY,) if row.without_table else ())

    async def read_order(self, pos_order_id: str) -> PosOrder:
        row = await till.by_id(self._wire, pos_order_id)
        return till.seen(row, (await self._references([row])).get(row.id, ""))

    async def read_status(self, pos_order_id: str) -> PosOrder:
        return await self.read_order(pos_order_id)

    async def change_status(
        self, pos_order_id: str, status: Status, *, reason: str = "", minutes: int | None = None
    ) -> None:
        row = await till.by_id(self._wire, pos_order_id)
        now, word = forms.status_of(row)
        if till.is_off(status):
            await till.cancel(self._wire, row)
        elif row.state != "draft":
            if status is not now:
                raise PosRefused(f"the order is over in Odoo ({word})", code="INVALID_TRANSITION")
        elif status is Status.COMPLETED:
            await till.close(self._wire, await self._place(), row)
        elif status is Status.ACCEPTED and now is Status.IN_PREPARATION:
            raise PosRefused("the kitchen has the order already", code="INVALID_TRANSITION")
        elif status is not now:
            raise PosNoSuchStatus(f"Odoo has no step {status.value}")

    async def changes(self, since: str) -> PosChanges:
        place = await self._place()
        of_this = ["config_id", "=", place.config]
        cursor = changes.parse(since)
        if cursor is None:
            newest = await self._rows([of_this], order="write_date desc,id desc", limit=1)
            at = newest[0].write_date if newest else "2000-01-01 00:00:00"
            window = ["write_date", ">=", changes.window_before(at)]
            rows = await self._rows([of_this, "|", ["state", "=", "draft"], window], order="id", limit=MOST)
            new, after, more = rows, changes.start(at, rows), False
        else:
            domain = [of_this, ["write_date", ">=", cursor.since], ["id", ">", cursor.after]]
            rows = await self._rows(domain, order="id", limit=changes.PAGE)
            new, after, more = changes.step(cursor, rows)
        references = await self._references(new)
        ours = tuple(till.seen(row, references[row.id]) for row in new if row.id in references)
        return PosChanges(orders=ours, cursor=str(after), more=more)

    async def _rows(self, domain: list[Any], *, order: str, limit: int) -> list[OrderRow]:
        return await self._wire.read(
            "pos.order",
            "search_read",
            list[OrderRow],
            domain=domain,
            fields=forms.fields_of(OrderRow),
            order=order,
            limit=limit,
        )

    async def _references(self, rows: list[OrderRow]) -> dict[int, str]:
        """Sinqro's references by the orders' ids; those of others are left out."""
        if not rows:
            return {}
        lines = await till.lines_of(self._wire, [row.id for row in rows])
        owners = {ident(line.order_id) or 0: forms.reference_of(line.name) for line in reversed(lines) if line.name}
        uuids = {row.id: text(row.uuid) for row in rows}
        # a line that was moved by hand makes no other order ours
        return {
            order: reference
            for order, reference in owners.items()
            if reference and str(forms.order_uuid(reference)) == uuids.get(order)
        }

    # venue and catalog

    def read_catalog(self) -> AsyncIterator[CatalogEntity]:
        """See :func:`adapters.odoo.catalog.read_entities`."""
        return self._entities()

    async def _entities(self) -> AsyncIterator[CatalogEntity]:
        async for entity in catalog.read_entities(self._wire, await self._place()):
            yield entity

    async def read_tables(self) -> list[dict[str, Any]]:
        """Floors as zones in Sinqro's form: ``code``, ``name``, ``serviceLocations`` of ``code`` and ``name``."""
        return venue.zones_of(await venue.read_tables(self._wire, await self._place()))

    async def read_availability(self) -> PosSwitch:
        """Odoo's till has no switch for online orders; not called, and no capability says otherwise."""
        raise ProfileError("Odoo's till has no switch for online orders")

    async def set_availability(self, switch: PosSwitch) -> None:
        """As :meth:`read_availability`."""
        raise ProfileError("Odoo's till has no switch for online orders")

    async def read_schedule(self) -> Schedule:
        """Odoo's till keeps no opening hours; not called."""
        raise ProfileError("Odoo's till keeps no opening hours")

    async def _place(self) -> Place:
        return await venue.read_place(self._wire, self._config)

    async def _open_place(self) -> Place:
        """The place with its session open. Raises :class:`PosTillClosed`."""
        place = await self._place()
        if place.session is None and self._opens:
            async with self._opening:
                place = await self._place()
                if place.session is None:
                    await venue.open_till(self._wire, place)
                    place = await self._place()
        place.open_session()
        return place

    async def _setting(self, place: Place, order: Order) -> Setting:
        """Read what the order is made with; contacts and products that are missing are made last."""
        wire = self._wire
        if order.currency_code != place.currency:
            raise PosRefused(f"the point of sale takes {place.currency}, not {order.currency_code}", code="CURRENCY")
        found = await shelf.shelf_for(wire, place, order)
        table = await venue.find_table(wire, place, order.service_location)
        per_line = await venue.rounds_per_line(wire, place)
        methods = await venue.read_methods(wire, place)
        preset = (await venue.presets_of(wire, place)).get(order.type)
        async with self._making:
            extras = await shelf.extra_products(wire, sorted(extra_kinds(order, found)))
            contact = await customers.contact_for(wire, order)
        return Setting(
            place=place,
            shelf=found,
            per_line=per_line,
            extras=extras,
            methods=methods,
            preset=preset,
            contact=contact,
            table=table,
        )
