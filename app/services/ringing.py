"""What must ring now, and why: from snapshots and the time, without a sound of its own.

:meth:`Ringing.show` takes each snapshot and remembers what one snapshot alone does not tell (what was there before,
since when the link is down, which panel is open). :meth:`Ringing.look` says at any time what rings and which orders
fill the screen. When each of them is to be heard is :mod:`app.services.cadence`.

An order without an answer rings until it has one, from somebody here, in the POS or at Sinqro, or until the channel's
deadline has passed; a cancelled or changed one until it is ticked off; what was accepted by rule rings once. An order
of a selling point that another device has in charge rings there. Being closed silences no order, quiet hours silence
none either; only both together do: nobody is there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

import msgspec

from app.domain.availability import is_open
from app.domain.record import Mark, OrderKey, OrderRecord
from app.domain.status import Injection, OrderType, Origin, Status
from app.link.state import LinkPhase
from app.ports.alarm import AlarmSettings, Sound
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot, Snapshot

LOUD = timedelta(seconds=60)
"""An order that waited so long rings at full volume."""

NEAR = timedelta(seconds=30)
"""So long before the channel's deadline it rings as a deadline."""

LOWERED = 0.3
"""Part of the volume while a panel for the order is open."""

PAUSE = timedelta(seconds=20)
"""So long without a touch, and an order whose panel is open rings as before."""

GRACE = timedelta(seconds=15)
"""A link or POS that is back sooner was not worth a sound."""

STALE = timedelta(seconds=60)
"""What rings once and could not be heard so long is left out: it is no news any more."""

_TRUST = timedelta(seconds=20)
"""So long an order may wait for its acceptance by rule before it rings like any other."""

_ON_ITS_WAY = (Injection.STORED, Injection.INJECTING, Injection.INJECTED)


class Reason(StrEnum):
    """Why something rings."""

    DEADLINE = "deadline"
    """No answer, and the channel cancels within 30 s."""
    NEW = "new"
    """An order without an answer."""
    RESERVATION = "reservation"
    """A reservation without an answer."""
    ARRIVED = "arrived"
    """It came accepted, or is accepted by rule: rings once."""
    DUE = "due"
    """A scheduled order, accepted earlier, must be started."""
    CANCELLED = "cancelled"
    """Off, after it was accepted: stop cooking."""
    CHANGED = "changed"
    LINK_LOST = "link_lost"
    LINK_BACK = "link_back"
    POS_AWAY = "pos_away"


UNANSWERED = frozenset({Reason.DEADLINE, Reason.NEW, Reason.RESERVATION})
"""Reasons that end with an answer and nothing else."""

_ORDERS = frozenset({Reason.DEADLINE, Reason.NEW, Reason.ARRIVED, Reason.DUE, Reason.CANCELLED})
"""Reasons that quiet hours leave alone while the restaurant is open."""

_URGENCY = {sound: place for place, sound in enumerate(Sound)}


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that rings."""

    reason: Reason
    sound: Sound
    selling_point: str = ""
    """Empty: the whole companion."""
    key: OrderKey | None = None
    volume: float
    """0 to 1."""
    often: int = 0
    """So many times one after the other, then every ``period``."""
    period: float | None
    """Seconds from one beginning to the next; ``None``: not again."""
    full_screen: bool = False
    """Whether it is shown on the whole screen."""

    @property
    def name(self) -> tuple[Reason, str, OrderKey | None]:
        """What makes it the same ring a moment later, however loud it has become."""
        return self.reason, self.selling_point, self.key


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """What rings at one moment, the most urgent first."""

    rings: tuple[Ring, ...]
    restless: bool
    """Whether this may become another without a new snapshot: look again within a second."""

    @property
    def full_screen(self) -> tuple[OrderKey, ...]:
        """The orders on the whole screen, the most urgent first."""
        return tuple(ring.key for ring in self.rings if ring.full_screen and ring.key is not None)


class Ringing:
    """The memory of the alarm; owned by the tray. ``zone`` is this machine's, for the quiet hours."""

    def __init__(self, *, settings: AlarmSettings, zone: tzinfo | None = None) -> None:
        self._settings = settings
        self._zone = zone
        self._snapshot: Snapshot | None = None
        self._orders: dict[OrderKey, OrderRecord] = {}
        self._arrived: dict[OrderKey, datetime] = {}
        self._due: dict[OrderKey, Status] = {}
        self._attended: dict[OrderKey, tuple[datetime, float]] = {}
        """Orders that somebody is busy with: until when, and at which part of the volume they ring."""
        self._pos_down: dict[str, datetime] = {}
        self._link_down: datetime | None = None
        self._link_back: datetime | None = None

    # what happens

    def show(self, snapshot: Snapshot) -> None:
        """Take a snapshot."""
        before, self._orders = self._orders, {record.key: record for record in _records(snapshot)}
        for key, record in self._orders.items():
            known = before.get(key)
            if known is None and _came_accepted(record, snapshot.at):
                self._arrived[key] = snapshot.at
            elif known is not None and known.scheduled and not record.scheduled and _running(record):
                self._due[key] = record.status
        for kept in (self._arrived, self._due, self._attended):
            for key in [key for key in kept if key not in self._orders]:
                del kept[key]
        for key in [key for key in self._attended if self._orders[key].status is not Status.PENDING]:
            del self._attended[key]
        for key in [key for key, status in self._due.items() if self._orders[key].status is not status]:
            del self._due[key]
        self._snapshot = snapshot
        self._watch_link(snapshot)
        self._watch_pos(snapshot)

    def lower(self, key: OrderKey, now: datetime) -> None:
        """A panel for this order was opened or touched."""
        self._attended[key] = now + PAUSE, LOWERED

    def restore(self, key: OrderKey) -> None:
        """The panel was closed."""
        self._attended.pop(key, None)

    def leave(self, key: OrderKey, now: datetime) -> None:
        """The full-screen alarm of this order was left, to look at it: it comes back."""
        self._attended[key] = now + PAUSE, 1.0

    def seen(self, key: OrderKey) -> None:
        """A person saw that this scheduled order is due."""
        self._due.pop(key, None)

    # what rings

    def look(self, now: datetime, *, audible: bool = True) -> Calls:
        """What rings at ``now``. Without a sound (``audible=False``) orders are on the screen from the first second."""
        if self._snapshot is None:
            return Calls(rings=(), restless=False)
        served = [outlet for outlet in self._snapshot.outlets if ours(outlet)]
        quiet = self._quiet(now)
        restless = self._link_down is not None or bool(self._pos_down)
        rings: list[Ring] = []
        for outlet in served:
            found = list(self._of(outlet, now, audible))
            restless = restless or bool(found) or any(Mark.AUTO_ACCEPT in record.marks for record in outlet.orders)
            rings += [ring for ring in found if not (quiet and self._silenced(ring, outlet, now))]
        if not quiet and not all(_shut(outlet, now) for outlet in served):
            rings += self._of_link(now)
        rings.sort(key=self._urgency)
        return Calls(rings=tuple(rings), restless=restless)

    def _of(self, outlet: OutletSnapshot, now: datetime, audible: bool) -> Iterator[Ring]:
        for record in outlet.orders:
            waiting = self._waiting(record, now, audible)
            if waiting is not None:
                yield waiting
            if Mark.STOP_COOKING in record.marks:
                yield self._ring(Reason.CANCELLED, Sound.ORDER_CANCELLED, record, period=10, often=3)
            elif Mark.CHANGED in record.marks:
                yield self._ring(Reason.CHANGED, Sound.ORDER_CHANGED, record, period=30, often=2)
            if record.key in self._due:
                yield self._ring(Reason.DUE, Sound.ORDER_NEW, record, period=10, often=3)
            if now - self._arrived.get(record.key, now - STALE) < STALE:
                sound = Sound.RESERVATION_NEW if record.is_reservation else Sound.ORDER_NEW
                yield self._ring(Reason.ARRIVED, sound, record, period=None)
        away = self._pos_down.get(outlet.id)
        if away is not None and GRACE <= now - away < GRACE + STALE:
            yield self._plain(Reason.POS_AWAY, Sound.LINK_LOST, outlet.id, period=None)

    def _waiting(self, record: OrderRecord, now: datetime, audible: bool) -> Ring | None:
        """An order or reservation without an answer."""
        if not unanswered(record, now):
            return None
        age = max(now - record.received_at, timedelta(0))
        near = record.accept_by is not None and record.accept_by - now <= NEAR
        full = age.total_seconds() >= self._settings.flash_seconds
        reason, sound = Reason.NEW, Sound.ORDER_NEW
        period: float = 0.7 if full else 1 if age >= LOUD else 2
        if record.is_reservation:
            reason, sound, period, full = Reason.RESERVATION, Sound.RESERVATION_NEW, 6, False
        if near:
            reason, sound, period = Reason.DEADLINE, Sound.DEADLINE_NEAR, 1
        loud = near or full or (age >= LOUD and not record.is_reservation)
        until, part = self._attended.get(record.key, (now, 1.0))
        volume = (1.0 if loud else self._volume) * (part if until > now else 1)
        shown = not record.is_reservation and (full or near or not audible)
        # Whoever is busy with an order must not have another one thrown over its panel.
        busy = any(until > now for until, _ in self._attended.values())
        ring = self._ring(reason, sound, record, period=period)
        return msgspec.structs.replace(ring, volume=volume, full_screen=shown and not busy)

    def _of_link(self, now: datetime) -> Iterator[Ring]:
        if self._link_down is not None and now - self._link_down >= GRACE:
            yield self._plain(Reason.LINK_LOST, Sound.LINK_LOST, "", period=60)
        if self._link_back is not None and now - self._link_back < STALE:
            yield self._plain(Reason.LINK_BACK, Sound.LINK_BACK, "", period=None)

    # parts

    @property
    def _volume(self) -> float:
        return self._settings.volume / 100

    def _ring(self, reason: Reason, sound: Sound, record: OrderRecord, *, period: float | None, often: int = 0) -> Ring:
        return Ring(
            reason=reason,
            sound=sound,
            selling_point=record.selling_point,
            key=record.key,
            volume=self._volume,
            period=period,
            often=often,
        )

    def _plain(self, reason: Reason, sound: Sound, selling_point: str, *, period: float | None) -> Ring:
        return Ring(reason=reason, sound=sound, selling_point=selling_point, volume=self._volume, period=period)

    def _urgency(self, ring: Ring) -> tuple[int, datetime, str]:
        record = self._orders.get(ring.key) if ring.key is not None else None
        assert self._snapshot is not None
        since = self._snapshot.at if record is None else record.accept_by or record.received_at
        return _URGENCY[ring.sound], since, str(ring.key)

    def _silenced(self, ring: Ring, outlet: OutletSnapshot, now: datetime) -> bool:
        """Whether quiet hours silence it: orders only where the restaurant is closed to such an order."""
        record = self._orders.get(ring.key) if ring.key is not None else None
        if record is None or ring.reason not in _ORDERS:
            return True
        return not is_open(outlet.closings, now, record.type, record.channel)

    def _quiet(self, now: datetime) -> bool:
        begin, end = self._settings.quiet_from, self._settings.quiet_until
        if not begin or not end or begin == end:
            return False
        time = now.astimezone(self._zone).strftime("%H:%M")
        return begin <= time < end if begin < end else time >= begin or time < end

    def _watch_link(self, snapshot: Snapshot) -> None:
        if snapshot.link.phase is LinkPhase.OPEN:
            if self._link_down is not None and snapshot.at - self._link_down >= GRACE:
                self._link_back = snapshot.at
            self._link_down = None
        elif snapshot.link.phase is LinkPhase.STOPPED:
            self._link_down = None
        elif self._link_down is None:
            self._link_down, self._link_back = snapshot.at, None

    def _watch_pos(self, snapshot: Snapshot) -> None:
        down = [outlet.id for outlet in snapshot.outlets if outlet.pos_ok is False]
        self._pos_down = {name: self._pos_down.get(name, snapshot.at) for name in down}


def ours(outlet: OutletSnapshot) -> bool:
    """Whether what comes here rings here: not while another device is known to be in charge."""
    return outlet.role is Role.ACTIVE or not outlet.taken_by


def _shut(outlet: OutletSnapshot, now: datetime) -> bool:
    """Whether a closing covers all of it, whatever the type and channel."""
    whole = [closing for closing in outlet.closings if not closing.order_types and not closing.channels]
    return not is_open(whole, now, OrderType.DELIVERY, "")


def unanswered(record: OrderRecord, now: datetime) -> bool:
    """Whether somebody must answer this order, and still can."""
    if record.status is not Status.PENDING or (record.accept_by is not None and now >= record.accept_by):
        return False
    return not _by_rule(record, now)


def _by_rule(record: OrderRecord, now: datetime) -> bool:
    """Whether it is about to be accepted without anybody: on its way into the POS, and not stuck there."""
    on_its_way = record.injection in _ON_ITS_WAY and now - record.received_at < _TRUST
    return Mark.AUTO_ACCEPT in record.marks and on_its_way


def _came_accepted(record: OrderRecord, at: datetime) -> bool:
    if at - record.received_at >= STALE or (record.first_try_at or record.received_at) < record.received_at:
        return False  # from a list of earlier orders
    if record.status is Status.PENDING:
        return _by_rule(record, at)
    return not record.status.final and record.status_origin is not Origin.STAFF


def _running(record: OrderRecord) -> bool:
    return record.status is not Status.PENDING and not record.status.final and not record.is_reservation


def _records(snapshot: Snapshot) -> Iterator[OrderRecord]:
    for outlet in snapshot.outlets:
        yield from outlet.orders
