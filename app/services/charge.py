"""Who is in charge of a selling point: Sinqro's word at each hello, a takeover, a refusal of our notifications.

Coming into charge begins with catching up (:mod:`app.services.catch_up`), tried again while Sinqro's list cannot be
read. A viewer with ``take_over_silent`` looks whether the active installation is still there, and takes over when it
has been silent for a minute.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

import msgspec

from app.domain.errors import SinqroError
from app.link import wire
from app.link.messages import RequestFault, decode_form, encode
from app.ports.clock import Clock
from app.ports.sinqro import Role, SellingPointRole, SinqroCalls
from app.services.bells import Bell, Bells
from app.services.catch_up import CatchUp
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

_AGAIN = 5.0
"""Seconds until Sinqro's list is asked for again after it could not be read."""

_LOOK = 15.0
"""Seconds between two looks whether the active installation is silent."""

SILENT = timedelta(seconds=60)
"""Silence after which a viewer may take over by itself, where that is set."""


class _Active(msgspec.Struct, rename="camel"):
    device_name: str = ""
    silent_seconds: float | None = None
    """How long its link has been down; missing while it is up."""


class _SellingPoint(msgspec.Struct):
    active: _Active | None = None


class Charge:
    """Keeps the outlets' roles."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        sinqro: SinqroCalls,
        catch_up: CatchUp,
        clock: Clock,
        bells: Bells,
        reconnect: Callable[[], None],
    ) -> None:
        self._outlets = outlets
        self._sinqro = sinqro
        self._catch_up = catch_up
        self._clock = clock
        self._bells = bells
        self._reconnect = reconnect
        self._bell = Bell()

    async def run(self) -> None:
        """For ever."""
        while True:
            waiting = [outlet for outlet in self._outlets.values() if outlet.in_charge and not outlet.caught_up]
            done = [await self._catch_up.run(outlet) for outlet in waiting if self._sinqro.connected]
            if any(done):
                self._bells.due.ring()
            for outlet in waiting:
                if outlet.caught_up:  # its POS is looked at now, before the first order gets there
                    self._bells.pos_back(outlet.id)
            watched = [outlet for outlet in self._outlets.values() if self._watches(outlet)]
            for outlet in watched:
                await self._look(outlet)
            pending = len(done) < len(waiting) or not all(done)
            await self._bell.wait(_AGAIN if pending else _LOOK if watched else None)

    def assign(self, roles: list[SellingPointRole]) -> None:
        """Sinqro's word."""
        for role in roles:
            outlet = self._outlets.get(role.id)
            if outlet is not None:
                outlet.assign(role)
                self._bells.changed(outlet.id)
        self._bell.ring()

    async def take_over(self, selling_point: str) -> None:
        """Make this installation the one in charge. Raises ``SinqroError``; Sinqro stops the other one first."""
        answer = await self._sinqro.call(wire.TAKE_OVER, {"sellingPointId": selling_point}, timeout=15)
        self.assign([SellingPointRole(id=selling_point, role=Role.ACTIVE, epoch=int(answer["epoch"]))])

    def superseded(self, outlet: Outlet) -> None:
        """Sinqro refused a notification of ours as an older epoch: ask anew who is in charge."""
        log.warning("another installation is in charge of selling point %s", outlet.id)
        outlet.step_down("", outlet.epoch, self._clock.now())
        self._reconnect()

    def _watches(self, outlet: Outlet) -> bool:
        return outlet.selling_point.take_over_silent and not outlet.in_charge and self._sinqro.connected

    async def _look(self, outlet: Outlet) -> None:
        try:
            found = await self._sinqro.call("sellingPoint.get", {"sellingPointId": outlet.id})
            active = decode_form(_SellingPoint, encode(found)).active
            if active is not None and (active.silent_seconds or 0) > SILENT.total_seconds():
                log.warning("%s has been silent for a minute: taking over", active.device_name or "the other device")
                await self.take_over(outlet.id)
        except (SinqroError, RequestFault) as exc:
            log.info("cannot see who is in charge of selling point %s: %s", outlet.id, exc.message)
