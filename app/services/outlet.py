"""A selling point at work: its rules, its POS, and whether this installation is in charge of it."""

import asyncio
import logging
from datetime import datetime

from app.domain.selling_point import InjectOn, SellingPoint
from app.domain.status import OrderType
from app.link.wire import Wire
from app.ports.pos import Capability, PosAdapter
from app.ports.sinqro import Role, SellingPointRole

log = logging.getLogger(__name__)

POS_AT_ONCE = 8
"""Calls to one POS at the same time: a till is a small machine."""


class Outlet:
    """Mutable, owned by the loop; one for each selling point."""

    def __init__(self, *, selling_point: SellingPoint, pos: PosAdapter, wire: Wire) -> None:
        self.selling_point = selling_point
        self.pos = pos
        self.wire = wire
        self.lane = asyncio.Semaphore(POS_AT_ONCE)

        # who is in charge: Sinqro's word
        self.role = Role.VIEWER
        self.epoch = 0
        self.taken_by = ""
        self.taken_since: datetime | None = None
        self.caught_up = False
        """Whether Sinqro's list of orders has been gone through; until then nothing is injected."""

        # the POS
        self.pos_ok: bool | None = None
        """``None`` before the first answer."""
        self.till_open = True
        self.pos_message = ""
        self.pos_away_since: datetime | None = None
        """Since when it is known not to answer; kept by :mod:`app.services.availability`."""

        # notifications
        self.endpoint_stopped = ""
        """Why nothing is sent any more until somebody pairs again; empty while all is well."""

    @property
    def id(self) -> str:
        """Sinqro's id of the selling point."""
        return self.selling_point.id

    @property
    def crowded(self) -> bool:
        """Whether orders queue for a POS that answers: all the calls it may have at once are under way."""
        return self.lane.locked() and self.pos_ok is not False

    @property
    def in_charge(self) -> bool:
        """Whether this installation does the work."""
        return self.role is Role.ACTIVE

    @property
    def at_work(self) -> bool:
        """In charge, and caught up with what happened before."""
        return self.in_charge and self.caught_up

    @property
    def inject_on(self) -> InjectOn:
        """The setting, else what the POS is made for."""
        if self.selling_point.inject_on is not None:
            return self.selling_point.inject_on
        return InjectOn.ARRIVAL if self.can(Capability.ORDER_PENDING) else InjectOn.ACCEPTANCE

    def can(self, *capabilities: Capability) -> bool:
        """Whether the POS has all of these."""
        return self.pos.capabilities.issuperset(capabilities)

    def has_place_for(self, order_type: OrderType) -> bool:
        """Whether the POS takes such an order at all."""
        reservation = order_type is OrderType.RESERVATION
        return self.can(Capability.RESERVATION_CREATE if reservation else Capability.ORDER_CREATE)

    def assign(self, role: SellingPointRole) -> None:
        """Take Sinqro's word on who is in charge."""
        if role.role is not self.role or role.epoch != self.epoch:
            log.info("selling point %s: %s, epoch %d", self.id, role.role.value, role.epoch)
            self.caught_up = False
        self.role, self.epoch = role.role, role.epoch
        self.taken_by, self.taken_since = role.taken_by, role.taken_since

    def step_down(self, device_name: str, epoch: int, now: datetime) -> None:
        """Another installation is in charge from now on."""
        self.role = Role.VIEWER
        self.epoch = max(self.epoch, epoch)
        self.taken_by, self.taken_since = device_name, now
        self.caught_up = False

    def pos_answered(self, *, till_open: bool = True, message: str = "") -> bool:
        """The POS answered; returns whether orders may go on now: an outage ended (logged once), or the till opened."""
        opened = till_open and not self.till_open
        ended = self.pos_ok is False
        if ended:
            log.info("the POS of selling point %s answers again", self.id)
        self.pos_ok, self.till_open, self.pos_message = True, till_open, message
        self.pos_away_since = None
        return ended or opened

    def pos_failed(self, message: str) -> None:
        """The POS did not answer (logged once for each outage)."""
        if self.pos_ok is not False:
            log.warning("the POS of selling point %s does not answer: %s", self.id, message)
        self.pos_ok, self.pos_message = False, message
