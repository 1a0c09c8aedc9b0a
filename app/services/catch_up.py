"""Catching up with Sinqro after a ledger was lost, or after this installation took charge.

Sinqro's list (72 hours) is gone through: what we don't know is stored like an order that waited and looked up in the
POS by reference before anything else; what we know gets Sinqro's status. Until that is done nothing is injected; new
orders ring all the same. A new ledger and a ledger that was lost look alike, and are treated alike: on a first day the
list is empty.
"""

import logging
from datetime import timedelta
from typing import Any

import msgspec

from app.domain.availability import Closing
from app.domain.errors import SinqroError, SinqroRefused
from app.domain.record import OrderKey
from app.domain.status import Injection, Merge, merge
from app.link.messages import encode
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.ports.sinqro import SinqroCalls
from app.services import receiving, statuses
from app.services.arrival import arrival
from app.services.availability import AvailabilityService
from app.services.bells import Bells
from app.services.outlet import Outlet
from app.services.schedules import ScheduleService

log = logging.getLogger(__name__)

_REACH = timedelta(hours=72)
_PAGES = 10_000


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    orders: list[Any] | None = None
    next_cursor: str | int | None = None


class CatchUp:
    """Goes through Sinqro's list when a selling point needs it."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        sinqro: SinqroCalls,
        clock: Clock,
        bells: Bells,
        availability: AvailabilityService,
        schedules: ScheduleService,
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._sinqro = sinqro
        self._clock = clock
        self._bells = bells
        self._availability = availability
        self._schedules = schedules

    async def run(self, outlet: Outlet) -> bool:
        """Catch up if needed; returns whether the selling point is at work now."""
        if not outlet.in_charge or outlet.caught_up:
            return outlet.at_work
        name = f"caught-up/{outlet.id}"
        epoch = str(outlet.epoch)
        done = await self._ledger.read(lambda view: view.value(name))
        if done != epoch:
            try:
                await self._list(outlet)
            except SinqroError as exc:
                log.warning("Sinqro's list of orders for %s cannot be read: %s", outlet.id, exc.message)
                return False
            await self._adopt_closings(outlet)
            await self._ledger.write(lambda tx: tx.set_value(name, epoch))
        await self._availability.settle(outlet)
        await self._schedules.settle(outlet)
        outlet.caught_up = True
        self._bells.changed(outlet.id)
        return True

    async def _adopt_closings(self, outlet: Outlet) -> None:
        """What Sinqro shows as closed and we don't know stays closed; where it can't be asked nothing is adopted."""
        try:
            answer = await self._sinqro.call("sellingPoint.availability.get", {"sellingPointId": outlet.id})
            shown = msgspec.convert(answer.get("closings") or [], list[Closing], strict=False)
        except (SinqroError, msgspec.ValidationError, AttributeError) as exc:
            log.info("what Sinqro shows as closed at %s cannot be read: %s", outlet.id, exc)
            return
        await self._availability.adopt(outlet, shown)

    async def _list(self, outlet: Outlet) -> None:
        since = self._clock.now() - _REACH
        params: dict[str, Any] = {"sellingPointId": outlet.id, "since": since.isoformat(), "limit": 100}
        for _ in range(_PAGES):
            page = _page(await self._sinqro.call("order.list", params, timeout=30))
            for entry in page.orders or ():
                if isinstance(entry, dict) and _id_of(entry.get("order")) is not None:
                    await self._ledger.write(lambda tx, entry=entry: self._take(tx, outlet, entry))  # type: ignore[misc]
            if not page.next_cursor:
                return
            params = params | {"cursor": page.next_cursor}

    def _take(self, tx: LedgerTransaction, outlet: Outlet, entry: dict[str, Any]) -> None:
        now = self._clock.now()
        order_id = entry["order"]["id"]
        key = OrderKey(outlet.id, str(order_id))
        revision = _number(entry.get("revision"))
        before = tx.order(key)
        status = entry["order"].get("status")
        code = str(status.get("code", "")) if isinstance(status, dict) else ""
        new = arrival(outlet, order_id, encode(entry["order"]), now, revision=revision, source="order.list")
        record = receiving.store(tx, outlet, new, waited=True)
        if before is None:
            # of an order that was changed since, the first text may still come: it is older than this one
            record = record.with_(created=revision == 0)
            if record.status.final and record.injection is Injection.STORED:
                # over before we knew it: nothing of it is ours to do
                tx.clear_due(key)
                record = record.with_(injection=Injection.WITHDRAWN)
        else:
            known = outlet.wire.status(code)
            news = known is not None and merge(record.type, record.status, known) in (Merge.APPLIED, Merge.REFUND)
            if news:  # what it does not know yet is on its way in our outbox
                record = statuses.told_by_sinqro(tx, outlet, record, known, code, now)
        tx.put_order(
            record.with_(
                revision=max(record.revision, _number(entry.get("notifiedRevision"))),
                sinqro_revision=max(record.sinqro_revision, revision),
            )
        )


def _page(answer: object) -> _Page:
    try:
        return msgspec.convert(answer, _Page)
    except msgspec.ValidationError as exc:
        raise SinqroRefused(f"the answer is no list: {exc}", code="ANSWER_UNREADABLE") from exc


def _id_of(order: object) -> int | str | None:
    found = order.get("id") if isinstance(order, dict) else None
    return found if isinstance(found, int | str) and found != "" else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
