"""Closed by anyone is closed: who closes and opens a selling point, for how long, and whether Sinqro shows it.

Closings come from staff, from the POS's own switch, from Sinqro, and by setting from a POS that is away too long. Each
has its owner: opening lifts only one's own, save "reopen everything" by a person. They end by themselves: one due row
for each selling point stands at the next moment at which any of them begins or ends.

Closing in the tray does not turn the POS's own switch: it would come back at the next poll as a closing of the POS's,
which nobody here could lift. "Reopen everything" turns it on where that can be done.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.domain.availability import Busy, Closing, ClosingSource
from app.domain.errors import CompanionError, PosError
from app.domain.opening import business_day_end, tomorrows_opening
from app.domain.record import DueKind, OrderKey
from app.domain.status import OrderType, Origin
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from app.ports.pos import Capability, PosSwitch
from app.services import closed_then
from app.services.bells import Bells
from app.services.busy import busy_name, busy_of
from app.services.hours import schedule_of
from app.services.injection import LEASE
from app.services.mirror import Mirror
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

POS_SWITCH = "pos-switch"
POS_AWAY = "pos-unreachable"
"""Ids of the closings that there is one of."""


class NotPossible(CompanionError):
    """What a person asked for cannot be done here and now."""

    code = "NOT_POSSIBLE"


class AvailabilityService:
    """Closings and the longer preparation of all selling points."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        clock: Clock,
        bells: Bells,
        mirror: Mirror,
        preparation: Mirror,
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._bells = bells
        self._mirror = mirror
        self._preparation = preparation

    # staff

    async def close(
        self,
        selling_point: str,
        *,
        until: datetime | None,
        reason: str = "",
        order_types: Iterable[OrderType] = (),
        channels: Iterable[str] = (),
        until_opening: bool = False,
    ) -> None:
        """Close; ``until`` missing: until somebody opens, with ``until_opening`` until the next business day opens."""
        outlet = self._in_charge(selling_point)
        now = self._clock.now()
        if until is not None and until <= now:
            raise NotPossible("That time has passed already.", code="TIME_PASSED", hint="Choose a later one.")

        def write(tx: LedgerTransaction) -> None:
            end = until
            if until_opening:
                schedule, _ = schedule_of(tx, outlet)
                end = tomorrows_opening(schedule, now) or business_day_end(now, schedule.timezone)
            closing = Closing(
                id=f"staff-{uuid.uuid4().hex[:12]}",
                source=ClosingSource.STAFF,
                since=now,
                until=end,
                reason=reason,
                order_types=tuple(order_types),
                channels=tuple(channel.lower() for channel in channels),
            )
            self._put(tx, outlet, closing, Origin.STAFF, now)

        await self._write(outlet, write)

    async def lift(self, selling_point: str, closing_id: str) -> None:
        """Staff open what staff closed; no error when it has ended meanwhile."""
        outlet = self._in_charge(selling_point)

        def write(tx: LedgerTransaction) -> None:
            for closing in tx.closings(outlet.id):
                if closing.id == closing_id:
                    if closing.source is not ClosingSource.STAFF:
                        raise NotPossible(
                            "Somebody else closed it.", code="CLOSED_BY_OTHERS", hint="Use “Reopen everything”."
                        )
                    self._remove(tx, outlet, closing, Origin.STAFF)
            self._settle(tx, outlet)

        await self._write(outlet, write)

    async def reopen_everything(self, selling_point: str) -> None:
        """A person lifts every closing, whoever made it, and turns the POS's own switch on where that can be done.

        Raises :class:`NotPossible` when the POS's switch could not be turned: everything else is open by then.
        """
        outlet = self._in_charge(selling_point)
        switched_off = await self._ledger.read(lambda view: any(c.id == POS_SWITCH for c in view.closings(outlet.id)))

        def write(tx: LedgerTransaction) -> None:
            for closing in tx.closings(outlet.id):
                self._remove(tx, outlet, closing, Origin.STAFF)
            self._settle(tx, outlet)

        await self._write(outlet, write)
        if not switched_off:
            return
        if not outlet.can(Capability.AVAILABILITY_WRITE):
            raise NotPossible(
                "The POS itself is switched off for online orders.",
                code="POS_SWITCHED_OFF",
                hint="Switch it on in the POS, else it closes again.",
            )
        try:
            await outlet.pos.set_availability(PosSwitch(online=True))
        except PosError as exc:
            raise NotPossible(
                f"The POS could not be switched on: {exc.message}",
                code="POS_SWITCHED_OFF",
                hint="Switch it on in the POS, else it closes again.",
            ) from exc

    async def set_busy(
        self, selling_point: str, extra_minutes: int, until: datetime, order_types: Iterable[OrderType] = ()
    ) -> None:
        """Everything takes longer until then."""
        outlet = self._in_charge(selling_point)
        if extra_minutes < 1 or until <= self._clock.now():
            raise NotPossible("More time needs some minutes, and an end to come.", hint="Choose again.")
        busy = Busy(extra_minutes=extra_minutes, until=until, order_types=tuple(order_types))
        await self._write(outlet, lambda tx: self._keep_busy(tx, outlet, busy, Origin.STAFF))

    async def clear_busy(self, selling_point: str) -> None:
        """As usual again."""
        outlet = self._in_charge(selling_point)
        await self._write(outlet, lambda tx: self._keep_busy(tx, outlet, None, Origin.STAFF))

    # Sinqro

    async def set_by_sinqro(self, outlet: Outlet, closing: Closing | None, lift: str | None) -> None:
        """``availability.set``: one closing of Sinqro's to add or change, or one of its own to lift."""

        def write(tx: LedgerTransaction) -> None:
            known = {each.id: each for each in tx.closings(outlet.id)}
            if closing is not None:
                own = known.get(closing.id)
                if own is not None and own.source is not ClosingSource.SINQRO:
                    return  # somebody else's id: it stays as it is
                self._put(tx, outlet, closing, Origin.SINQRO, self._clock.now())
            if lift is not None and lift in known and known[lift].source is ClosingSource.SINQRO:
                self._remove(tx, outlet, known[lift], Origin.SINQRO)
            self._settle(tx, outlet)

        await self._write(outlet, write)

    async def adopt(self, outlet: Outlet, shown: list[Closing]) -> None:
        """Closings that Sinqro shows and a lost ledger, or another device's, does not: they hold on.

        Asked for when this installation comes into charge, so that a closing does not end with the device that made it.
        """

        def write(tx: LedgerTransaction) -> None:
            now = self._clock.now()
            known = {closing.id for closing in tx.closings(outlet.id)}
            for closing in shown:
                if closing.id not in known and (closing.until is None or closing.until > now):
                    tx.put_closing(outlet.id, closing)
            self._settle(tx, outlet)

        await self._write(outlet, write)

    # the POS

    async def look_at_pos(self, outlet: Outlet) -> None:
        """Read the POS's own switch. Raises ``PosError``."""
        if not outlet.can(Capability.AVAILABILITY_READ) or not outlet.at_work:
            return
        switch = await outlet.pos.read_availability()
        now = self._clock.now()

        def known(view: LedgerView) -> Closing | None:
            return next((each for each in view.closings(outlet.id) if each.id == POS_SWITCH), None)

        before = await self._ledger.read(known)
        same = before is not None and (before.until, before.reason) == (switch.until, switch.reason)
        if (before is None) if switch.online else same:
            return

        def write(tx: LedgerTransaction) -> None:
            if switch.online:
                if before is not None:
                    self._remove(tx, outlet, before, Origin.POS)
                self._settle(tx, outlet)
                return
            closing = Closing(
                id=POS_SWITCH,
                source=ClosingSource.POS,
                since=before.since if before is not None else now,
                until=switch.until,
                reason=switch.reason,
            )
            self._put(tx, outlet, closing, Origin.POS, now)

        await self._write(outlet, write)

    async def pos_is(self, outlet: Outlet) -> None:
        """After each look at the POS: by setting, closed while it is away longer than the grace."""
        grace = outlet.selling_point.close_when_pos_unreachable_minutes
        if grace is None or not outlet.at_work:
            return
        now = self._clock.now()
        if outlet.pos_ok is False and outlet.pos_away_since is None:
            outlet.pos_away_since = now
        since = outlet.pos_away_since
        away = outlet.pos_ok is False and since is not None and now - since >= timedelta(minutes=grace)

        def write(tx: LedgerTransaction) -> None:
            known = next((each for each in tx.closings(outlet.id) if each.id == POS_AWAY), None)
            if away and known is None:
                closing = Closing(id=POS_AWAY, source=ClosingSource.POS_UNREACHABLE, since=now)
                self._put(tx, outlet, closing, Origin.AUTO, now)
            elif known is not None and outlet.pos_ok:
                self._remove(tx, outlet, known, Origin.AUTO)
                self._settle(tx, outlet)

        known = await self._ledger.read(lambda view: any(each.id == POS_AWAY for each in view.closings(outlet.id)))
        if away is not known and (away or outlet.pos_ok):
            await self._write(outlet, write)

    # time

    async def handle_due(self, key: OrderKey) -> None:
        """A due row of kind ``availability``: something begins or ends now."""
        outlet = self._outlets[key.selling_point]

        def write(tx: LedgerTransaction) -> None:
            if tx.claim(DueKind.AVAILABILITY, key, self._clock.now(), LEASE):
                self._settle(tx, outlet)

        await self._write(outlet, write)

    async def settle(self, outlet: Outlet) -> None:
        """At start and in charge: what ended meanwhile ends, and Sinqro hears how it is."""
        await self._write(outlet, lambda tx: self._settle(tx, outlet))

    # inside

    def _in_charge(self, selling_point: str) -> Outlet:
        outlet = self._outlets[selling_point]
        if not outlet.in_charge:
            raise NotPossible(
                "Another device is in charge of this restaurant.",
                code="SELLING_POINT_TAKEN",
                hint="Do it there, or take over first.",
            )
        return outlet

    async def _write(self, outlet: Outlet, work: Any) -> None:
        await self._ledger.write(work)
        self._bells.availability.ring()
        self._bells.changed(outlet.id)

    def _put(self, tx: LedgerTransaction, outlet: Outlet, closing: Closing, origin: Origin, now: datetime) -> None:
        tx.put_closing(outlet.id, closing)
        tx.add_history(
            OrderKey(outlet.id, ""),
            now,
            "closed",
            origin,
            id=closing.id,
            until=_text(closing.until),
            reason=closing.reason,
        )
        self._settle(tx, outlet)

    def _remove(self, tx: LedgerTransaction, outlet: Outlet, closing: Closing, origin: Origin) -> None:
        tx.remove_closing(outlet.id, closing.id)
        tx.add_history(OrderKey(outlet.id, ""), self._clock.now(), "reopened", origin, id=closing.id)

    def _keep_busy(self, tx: LedgerTransaction, outlet: Outlet, busy: Busy | None, origin: Origin) -> None:
        tx.set_value(busy_name(outlet.id), "" if busy is None else msgspec.json.encode(busy).decode())
        kind = "usual_time" if busy is None else "more_time"
        minutes = {} if busy is None else {"minutes": busy.extra_minutes, "until": _text(busy.until)}
        tx.add_history(OrderKey(outlet.id, ""), self._clock.now(), kind, origin, **minutes)
        self._settle(tx, outlet)

    def _settle(self, tx: LedgerTransaction, outlet: Outlet) -> None:
        """What has ended ends; the next moment is due; Sinqro and the upcoming orders hear what is new."""
        now = self._clock.now()
        key = OrderKey(outlet.id, "")
        for closing in tx.closings(outlet.id):
            # the POS's switch is open again when the POS shows it, not when it said that it would be
            if closing.until is not None and closing.until <= now and closing.id != POS_SWITCH:
                self._remove(tx, outlet, closing, Origin.AUTO)
        busy = busy_of(tx, outlet.id)
        if busy is not None and busy.until <= now:
            tx.set_value(busy_name(outlet.id), "")
            tx.add_history(key, now, "usual_time", Origin.AUTO)
            busy = None
        moments = [
            moment
            for closing in tx.closings(outlet.id)
            for moment in (closing.since, closing.until)
            if moment is not None
        ]
        moments += [busy.until] if busy is not None else []
        ahead = [moment for moment in moments if moment > now]
        if ahead:
            tx.set_due(DueKind.AVAILABILITY, key, min(ahead))
        else:
            tx.clear_due(key, DueKind.AVAILABILITY)
        self._mirror.settle(tx, outlet, now)
        self._preparation.settle(tx, outlet, now)
        closed_then.mark_all(tx, outlet, now)


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()
