"""Telling the POS: a status, a new version, a withdrawal. Due rows until the POS is *seen* to have followed.

A 200 proves nothing (a cancel of a paid order is answered 200 and ignored by real systems): the order is read back.
"""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.domain.errors import OrderFormError, OutcomeUnknown, PosError, PosNoSuchStatus, PosNotFound, PosRefused
from app.domain.order import decode_order
from app.domain.record import DueKind, Mark, OrderKey, OrderRecord
from app.domain.status import OFF, Merge, Origin, Status, merge
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from app.ports.pos import Capability, PosOrder
from app.services import injected, statuses
from app.services.injection import LEASE
from app.services.outlet import Outlet

_RETRY = (1, 2, 5)
"""Seconds before the next tries while the POS is away; then every 10 s."""


class PosFollow:
    """Handles due rows of kinds ``pos_status``, ``pos_update`` and ``withdraw``."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        clock: Clock,
        under_way: Callable[[OrderKey], bool],
    ) -> None:
        """``under_way``: whether an order is on its way into the POS just now."""
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._under_way = under_way
        self._busy: set[tuple[DueKind, OrderKey]] = set()
        self._tries: dict[tuple[DueKind, OrderKey], int] = {}

    async def handle(self, kind: DueKind, key: OrderKey) -> None:
        """Do what is due of this kind for this order, when it is."""
        outlet = self._outlets.get(key.selling_point)
        if outlet is None or (kind, key) in self._busy:
            return
        work = {
            DueKind.POS_STATUS: self._status,
            DueKind.POS_UPDATE: self._update,
            DueKind.WITHDRAW: self._withdraw,
        }[kind]
        self._busy.add((kind, key))
        try:
            async with outlet.lane:
                if outlet.at_work:
                    await self._guarded(kind, key, outlet, work)
        finally:
            self._busy.discard((kind, key))

    async def _guarded(
        self, kind: DueKind, key: OrderKey, outlet: Outlet, work: Callable[[Outlet, OrderRecord], Awaitable[None]]
    ) -> None:
        def claimed(tx: LedgerTransaction) -> OrderRecord | None:
            return tx.order(key) if tx.claim(kind, key, self._clock.now(), LEASE) else None

        record = await self._ledger.write(claimed)
        if record is None:
            return
        try:
            await work(outlet, record)
        except PosError as exc:  # away, busy, till closed, unknown: the row stays, the same is asked again
            tries = self._tries[kind, key] = self._tries.get((kind, key), 0) + 1
            seconds = _RETRY[tries - 1] if tries <= len(_RETRY) else 10
            again = self._clock.now() + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311
            if exc.code == "POS_UNREACHABLE":
                outlet.pos_failed(exc.message)
            await self._ledger.write(lambda tx: tx.release_due(kind, key, again))
        else:
            self._tries.pop((kind, key), None)

    # a status

    async def _status(self, outlet: Outlet, record: OrderRecord) -> None:
        target, key = record.status, record.key
        if not record.pos_order_id or target is record.pos_has:
            await self._ledger.write(lambda tx: tx.clear_due(key, DueKind.POS_STATUS))
            return
        if not statuses.may_tell_pos(outlet, record.type, target):
            await self._ledger.write(lambda tx: self._seen(tx, outlet, key, target, None, "the POS can't be told"))
            return
        why = ""
        try:
            await outlet.pos.change_status(
                record.pos_order_id, target, reason=record.reason, minutes=record.preparation_minutes
            )
        except PosNoSuchStatus:
            await self._ledger.write(lambda tx: self._not_there(tx, key, target))
            return
        except PosNotFound as exc:
            why = exc.message
            await self._ledger.write(lambda tx: self._seen(tx, outlet, key, target, None, why))
            return
        except (PosRefused, OutcomeUnknown) as exc:
            why = exc.message
        seen = await outlet.pos.read_status(record.pos_order_id)
        await self._ledger.write(lambda tx: self._seen(tx, outlet, key, target, seen, why))

    def _not_there(self, tx: LedgerTransaction, key: OrderKey, target: Status) -> None:
        """The POS has no such step: it keeps the status it has, and nobody need do anything."""
        record = tx.order(key)
        if record is not None and record.status is target:
            tx.clear_due(key, DueKind.POS_STATUS)
        elif record is not None:
            tx.set_due(DueKind.POS_STATUS, key, self._clock.now())

    def _seen(
        self, tx: LedgerTransaction, outlet: Outlet, key: OrderKey, target: Status, seen: PosOrder | None, why: str
    ) -> None:
        record = tx.order(key)
        if record is None:
            return
        now = self._clock.now()
        if record.status is target:  # else it moved on meanwhile, and the row is due again for that
            tx.clear_due(key, DueKind.POS_STATUS)
        if seen is not None and _followed(record, target, seen):
            record = record.unmarked(Mark.CANCEL_BY_HAND, Mark.STATUS_BY_HAND)
            tx.put_order(statuses.told_by_pos(tx, outlet, record, seen, now))
            return
        if seen is not None:
            record = record.with_(pos_has=seen.status, pos_status=seen.pos_status)
        if record.status is not target:
            tx.set_due(DueKind.POS_STATUS, key, now)
            tx.put_order(record)
            return
        optional = target not in OFF and not statuses.may_tell_pos(outlet, record.type, target)
        if not optional:  # a POS that knows no statuses is no news at every step
            record = statuses.not_followed(tx, record, now, why or "the POS did not change it")
        tx.put_order(record)

    # a new version

    async def _update(self, outlet: Outlet, record: OrderRecord) -> None:
        key = record.key
        version = await self._ledger.read(lambda view: _current(view, key))
        try:
            order = decode_order(version, outlet.selling_point.zone)
        except OrderFormError:
            await self._ledger.write(lambda tx: self._updated(tx, key, 0))
            return
        if not record.in_pos or not outlet.can(Capability.ORDER_UPDATE) or record.status.final:
            await self._ledger.write(lambda tx: self._updated(tx, key, 0 if record.in_pos else record.version))
            return
        try:
            seen = await outlet.pos.update_order(record.pos_order_id, injected.request_for(outlet, record, order))
        except PosRefused:
            await self._ledger.write(lambda tx: self._updated(tx, key, 0))
            return
        await self._ledger.write(lambda tx: self._updated(tx, key, record.version, seen))

    def _updated(self, tx: LedgerTransaction, key: OrderKey, version: int, seen: PosOrder | None = None) -> None:
        """The POS has this version; 0: it could not be told, a person does it by hand."""
        record = tx.order(key)
        if record is None:
            return
        now = self._clock.now()
        tx.clear_due(key, DueKind.POS_UPDATE)
        if record.status in OFF:  # nothing of it is cooked: no person has to change anything either
            return
        if version == 0:
            tx.add_history(key, now, "update_refused", Origin.POS, version=record.version)
            tx.put_order(record.marked(Mark.CHANGE_BY_HAND))
            return
        tx.add_history(key, now, "updated_in_pos", Origin.POS, version=version)
        if version != record.version:
            tx.set_due(DueKind.POS_UPDATE, key, now)
        record = record.with_(pos_version=version).unmarked(Mark.CHANGE_BY_HAND)
        tx.put_order(injected.warned(tx, record, seen, now) if seen is not None else record)

    # a withdrawal of an order that may have got there

    async def _withdraw(self, outlet: Outlet, record: OrderRecord) -> None:
        key = record.key
        if record.pos_order_id:
            await self._ledger.write(lambda tx: self._to_cancel(tx, key))
            return
        if self._under_way(key):  # not there yet says nothing: its attempt must end first
            again = self._clock.now() + timedelta(seconds=1)
            await self._ledger.write(lambda tx: tx.release_due(DueKind.WITHDRAW, key, again))
            return
        if not outlet.can(Capability.ORDER_FIND_BY_REFERENCE):
            await self._ledger.write(lambda tx: self._by_hand(tx, key))
            return
        seen = await outlet.pos.find_order(record.order_id)
        if seen is None and not injected.settled(record, self._clock.now()):
            again = self._clock.now() + timedelta(seconds=2)
            await self._ledger.write(lambda tx: tx.release_due(DueKind.WITHDRAW, key, again))
        elif seen is None:
            await self._ledger.write(lambda tx: tx.clear_due(key, DueKind.WITHDRAW))
        else:
            now = self._clock.now()
            await self._ledger.write(lambda tx: injected.injected(tx, outlet, key, seen, now))

    def _to_cancel(self, tx: LedgerTransaction, key: OrderKey) -> None:
        tx.clear_due(key, DueKind.WITHDRAW)
        tx.set_due(DueKind.POS_STATUS, key, self._clock.now())

    def _by_hand(self, tx: LedgerTransaction, key: OrderKey) -> None:
        tx.clear_due(key, DueKind.WITHDRAW)
        record = tx.order(key)
        if record is not None:
            tx.put_order(record.marked(Mark.CANCEL_BY_HAND))


def _followed(record: OrderRecord, target: Status, seen: PosOrder) -> bool:
    """Whether the POS has the status, or is further on already."""
    if seen.status is target:
        return True
    return seen.status is not None and merge(record.type, target, seen.status) is Merge.APPLIED


def _current(view: LedgerView, key: OrderKey) -> bytes:
    version = view.version(key)
    return version.raw if version else b""
