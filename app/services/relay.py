"""Statuses made in the POS, on their way to Sinqro: polling is the truth, a webhook is a hint to poll now.

Every 3 s while an order is open, every 20 s else (settings of the selling point). The cursor is kept in the same
transaction as what was learnt up to it, so that nothing is missed and a repetition changes nothing.
"""

import asyncio
import logging
import random

from app.domain.errors import PosError, PosNotFound, PosUnreachable
from app.domain.record import DueKind, OrderKey, OrderRecord
from app.domain.status import Injection
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from app.ports.pos import Capability, PosOrder
from app.services import injected, statuses
from app.services.availability import AvailabilityService
from app.services.bells import Bell, Bells
from app.services.outlet import Outlet
from app.services.schedules import ScheduleService

log = logging.getLogger(__name__)

_PAGES = 100
"""Pages of changes read in one go, at most."""


class StatusRelay:
    """One poller for each selling point."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        clock: Clock,
        bells: Bells,
        availability: AvailabilityService,
        schedules: ScheduleService,
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._bells = bells
        self._availability = availability
        self._schedules = schedules
        self._hinted: set[str] = set()
        self._hints = {name: Bell() for name in outlets}
        self._back: set[str] = set()
        self._venue_message: dict[str, str] = {}

    def hint(self, selling_point: str) -> None:
        """Something changed in this POS: poll now."""
        if selling_point in self._hints:
            self._hinted.add(selling_point)
            self._hints[selling_point].ring()

    def pos_back(self, selling_point: str) -> None:
        """This POS answered somebody else after an outage: what waits for it is due now."""
        self._back.add(selling_point)
        self.hint(selling_point)

    async def run(self, outlet: Outlet) -> None:
        """Poll one POS for ever; never ends by what the POS does."""
        point = outlet.selling_point
        while True:
            await self.poll(outlet)
            waited = 0.0
            while waited < point.poll_idle_seconds:
                pause = point.poll_open_seconds * random.uniform(0.9, 1.1)  # noqa: S311 - spreads polls
                pause = min(pause, max(0.1, point.poll_idle_seconds - waited))
                waited += pause
                rang = await self._hints[outlet.id].wait(pause)
                if rang or await self._ledger.read(lambda view: view.open_count(outlet.id) > 0):
                    break

    async def poll(self, outlet: Outlet) -> None:
        """Ask the POS once whether it is there and what changed."""
        try:
            if not outlet.at_work or not _relays(outlet):
                health = await outlet.pos.health()
                back = outlet.pos_answered(till_open=health.till_open, message=health.message)
            elif outlet.can(Capability.ORDER_CHANGES):
                back = await self._changes(outlet)
            else:
                back = await self._each(outlet)
            if back or outlet.id in self._back or not outlet.till_open:
                await self._resume(outlet)
                self._back.discard(outlet.id)
            await self._venue(outlet)
        except PosError as exc:
            was = outlet.pos_ok
            outlet.pos_failed(exc.message)
            if was is not False:
                self._bells.changed(outlet.id)
        await self._availability.pos_is(outlet)

    async def _venue(self, outlet: Outlet) -> None:
        """The POS's own switch and hours. What fails here is no outage of the orders' way."""
        hinted = outlet.id in self._hinted
        self._hinted.discard(outlet.id)
        try:
            await self._availability.look_at_pos(outlet)
            await self._schedules.look_at_pos(outlet, hinted=hinted)
        except PosUnreachable:
            raise
        except PosError as exc:
            self._tell_once(outlet, exc.message)
        else:
            self._tell_once(outlet, "")

    def _tell_once(self, outlet: Outlet, message: str) -> None:
        if message and self._venue_message.get(outlet.id) != message:
            log.warning("selling point %s: the POS's switch and hours cannot be read: %s", outlet.id, message)
        self._venue_message[outlet.id] = message

    async def _resume(self, outlet: Outlet) -> None:
        """The POS answers again: what waits for it is due now."""
        health = await outlet.pos.health()
        outlet.pos_answered(till_open=health.till_open, message=health.message)
        if health.till_open:
            await self._ledger.write(lambda tx: self._hasten(tx, outlet))
        self._bells.changed(outlet.id)

    def _hasten(self, tx: LedgerTransaction, outlet: Outlet) -> None:
        now = self._clock.now()
        for record in tx.open_orders(outlet.id):
            if record.injection is Injection.WAITING:
                tx.release_due(DueKind.INJECT, record.key, now)
            if record.pos_order_id:
                tx.release_due(DueKind.POS_STATUS, record.key, now)
                tx.release_due(DueKind.POS_UPDATE, record.key, now)
            tx.release_due(DueKind.WITHDRAW, record.key, now)

    async def _changes(self, outlet: Outlet) -> bool:
        cursor = await self._ledger.read(lambda view: view.value(_cursor_name(outlet.id)))
        if not cursor:
            return await self._first_changes(outlet)
        back, complete = False, True
        for _ in range(_PAGES):
            changes = await outlet.pos.changes(cursor)
            back = outlet.pos_answered(till_open=outlet.till_open) or back
            if changes.orders or changes.cursor != cursor:
                complete = await self._learn(outlet, changes.orders, changes.cursor if complete else "") and complete
            cursor = changes.cursor
            if not changes.more:
                break
        return back

    async def _first_changes(self, outlet: Outlet) -> bool:
        """Without a cursor a POS tells its present: an order of ours that is over there by now is asked for by itself.

        The cursor is kept last, so that a failure on the way begins all of this again; so does an order under way,
        which may be over there before we hear of it.
        """
        present = await outlet.pos.changes("")
        back = outlet.pos_answered(till_open=outlet.till_open)
        await self._learn(outlet, present.orders, "")
        if outlet.can(Capability.ORDER_READ):
            back = await self._each(outlet) or back

        def keep(tx: LedgerTransaction) -> None:
            if not any(record.injection is Injection.INJECTING for record in tx.open_orders(outlet.id)):
                tx.set_value(_cursor_name(outlet.id), present.cursor)

        await self._ledger.write(keep)
        return back

    async def _learn(self, outlet: Outlet, orders: tuple[PosOrder, ...], cursor: str) -> bool:
        """Write down what the POS shows, and the cursor behind it unless an order must be looked at again.

        Returns whether all could be applied.
        """

        def write(tx: LedgerTransaction) -> tuple[int, bool]:
            applied, complete = self._apply(tx, outlet, orders)
            if complete and cursor:
                tx.set_value(_cursor_name(outlet.id), cursor)
            return applied, complete

        applied, complete = await self._ledger.write(write)
        if applied:
            self._bells.changed(outlet.id)
        return complete

    async def _each(self, outlet: Outlet) -> bool:
        """A POS that tells no changes is asked for each open order."""
        records = await self._ledger.read(lambda view: [r for r in view.open_orders(outlet.id) if r.in_pos])
        if not records:
            health = await outlet.pos.health()
            return outlet.pos_answered(till_open=health.till_open, message=health.message)

        async def read(record: OrderRecord) -> PosOrder:
            async with outlet.lane:
                return await outlet.pos.read_status(record.pos_order_id)

        answers = await asyncio.gather(*(read(record) for record in records), return_exceptions=True)
        seen = tuple(answer for answer in answers if isinstance(answer, PosOrder))
        back = outlet.pos_answered(till_open=outlet.till_open) if seen else False
        await self._learn(outlet, seen, "")
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, PosNotFound):  # one it forgot is no outage
                raise answer
        return back

    def _apply(self, tx: LedgerTransaction, outlet: Outlet, orders: tuple[PosOrder, ...]) -> tuple[int, bool]:
        """Returns how many were news, and whether all could be taken.

        An order whose own answer is still under way cannot: that answer may be older than what is shown here.
        """
        now = self._clock.now()
        applied, complete = 0, True
        for seen in orders:
            record = _find(tx, outlet, seen)
            if record is None:  # the POS's own
                continue
            if not record.pos_order_id and record.injection in (
                Injection.INJECTING,
                Injection.UNCERTAIN,
                Injection.WAITING,
            ):
                if record.injection is Injection.INJECTING:
                    complete = False
                    continue
                injected.injected(tx, outlet, record.key, seen, now)
                applied += 1
                continue
            if not record.pos_order_id:
                continue
            changed = statuses.told_by_pos(tx, outlet, record, seen, now)
            if changed != record:
                tx.put_order(changed)
                applied += 1
        return applied, complete


def _find(view: LedgerView, outlet: Outlet, seen: PosOrder) -> OrderRecord | None:
    record = view.order_by_pos_id(outlet.id, seen.id)
    if record is None and seen.reference:
        record = view.order(OrderKey(outlet.id, seen.reference))
        if record is not None and record.pos_order_id:  # ours is another one: this is somebody's copy
            return None
    return record


def _relays(outlet: Outlet) -> bool:
    return outlet.can(Capability.ORDER_CHANGES) or outlet.can(Capability.ORDER_READ)


def _cursor_name(selling_point: str) -> str:
    return f"pos-cursor/{selling_point}"
