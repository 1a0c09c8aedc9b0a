"""A selling point's opening hours: the POS's when it has some, else the tray's; told to Sinqro and read back."""

import logging

import msgspec

from app.domain.errors import CompanionError, PosError
from app.domain.record import OrderKey
from app.domain.schedule import Schedule
from app.domain.schedule_check import ScheduleFault, faults, normalised
from app.domain.status import Origin
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.ports.pos import Capability
from app.services import closed_then
from app.services.bells import Bells
from app.services.hours import Hours, hours_name, hours_of, schedule_of
from app.services.mirror import Mirror
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

POS_READ_SECONDS = 600.0
"""Seconds between two looks at the POS's hours; its webhook makes it sooner."""


class ScheduleRefused(CompanionError):
    """These hours cannot be saved; ``faults`` says all that is wrong with them."""

    code = "SCHEDULE_REFUSED"

    def __init__(self, message: str, *, hint: str = "", faults: tuple[ScheduleFault, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.faults = faults


class ScheduleService:
    """The hours of all selling points."""

    def __init__(
        self, *, outlets: dict[str, Outlet], ledger: Ledger, clock: Clock, bells: Bells, mirror: Mirror
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._bells = bells
        self._mirror = mirror
        self._read_at: dict[str, float] = {}

    async def save(self, selling_point: str, schedule: Schedule) -> None:
        """Keep hours that a person entered. Raises :class:`ScheduleRefused`."""
        outlet = self._outlets[selling_point]
        if not outlet.in_charge:
            raise ScheduleRefused("Another device is in charge of this restaurant.", hint="Change the hours there.")
        if await self._ledger.read(lambda view: schedule_of(view, outlet)[1]) == "pos":
            raise ScheduleRefused("The POS keeps the hours.", hint="Change them in the POS.")
        found = faults(schedule)
        if found:
            raise ScheduleRefused(found[0].sentence, hint=found[0].hint, faults=found)
        await self._keep(outlet, Hours(schedule=normalised(schedule)), Origin.STAFF)

    async def look_at_pos(self, outlet: Outlet, *, hinted: bool = False) -> None:
        """Read the POS's hours when it is time. Raises ``PosError``."""
        if not outlet.can(Capability.SCHEDULE_READ) or not outlet.at_work:
            return
        now = self._clock.monotonic()
        last = self._read_at.get(outlet.id)
        if not hinted and last is not None and now - last < POS_READ_SECONDS:
            return
        schedule = await outlet.pos.read_schedule()
        self._read_at[outlet.id] = now
        found = faults(schedule)
        if found:
            raise PosError(f"the POS's opening hours cannot be used: {found[0].sentence}")
        known = await self._ledger.read(lambda view: hours_of(view, outlet))
        has_some = schedule.weekly or schedule.by_type or schedule.exceptions
        kept = Hours(schedule=normalised(schedule), source="pos" if has_some else "tray")
        if known != kept and (has_some or known.source == "pos"):  # a POS without hours leaves them to the tray
            await self._keep(outlet, kept, Origin.POS)

    async def settle(self, outlet: Outlet) -> None:
        """In charge: Sinqro hears the hours where it does not have them."""
        await self._ledger.write(lambda tx: self._mirror.settle(tx, outlet, self._clock.now()))
        self._bells.availability.ring()

    async def _keep(self, outlet: Outlet, kept: Hours, origin: Origin) -> None:
        def write(tx: LedgerTransaction) -> None:
            now = self._clock.now()
            tx.set_value(hours_name(outlet.id), msgspec.json.encode(kept).decode())
            tx.add_history(OrderKey(outlet.id, ""), now, "hours_changed", origin)
            self._mirror.settle(tx, outlet, now)
            closed_then.mark_all(tx, outlet, now)

        await self._ledger.write(write)
        self._bells.availability.ring()
        self._bells.changed(outlet.id)
