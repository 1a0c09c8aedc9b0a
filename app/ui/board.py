"""The board: a snapshot sorted into lanes of cards, with what each card must say now. Values only, nothing of Qt.

Two boards of the same moment are equal, and so are cards that look the same: models repaint what differs. Times are
kept in whole minutes, so that a card changes once a minute; the countdown of a ringing card is its widget's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.record import BY_HAND, Mark, OrderKey, OrderRecord
from app.domain.status import OFF, Injection, OrderType, Status, ladder
from app.link.state import LinkPhase
from app.ports.sinqro import Role
from app.services.ringing import ours, unanswered
from app.services.sheets import OrderSheet
from app.services.snapshot import OutletSnapshot, Snapshot

STANDARD_MINUTES = 25
"""What one touch promises."""

NEEDS_PERSON = frozenset({Injection.HELD, Injection.UNCERTAIN, Injection.FAILED})

_NO_SHEET = OrderSheet(readable=False)
_MINUTE = timedelta(minutes=1)


class Lane(StrEnum):
    """The lanes, in their order on the screen."""

    NEW = "new"
    KITCHEN = "kitchen"
    READY = "ready"
    UPCOMING = "upcoming"
    RESERVATIONS = "reservations"


class NoteKind(StrEnum):
    """How an action stands."""

    SENDING = "sending"
    KEPT = "kept"
    """In the ledger; Sinqro does not know it yet."""
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of the last thing a person did with an order."""

    kind: NoteKind
    step: Status | None = None
    """The step that was asked for, where it was one."""
    at: datetime
    why: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One order on the board."""

    record: OrderRecord
    sheet: OrderSheet
    lane: Lane
    can_act: bool
    """Whether this installation is in charge of it."""
    ours: bool
    """Whether it calls here: not while another device is known to be in charge."""
    can_skip_print: bool
    """Whether its POS takes it without a kitchen ticket."""
    link_open: bool
    minutes_to_due: int | None
    """Whole minutes until it is wanted, negative when late."""
    minutes_waiting: int
    """Since its first try to enter the POS."""
    rings: bool
    """Whether somebody must answer it, and still can."""
    unsent: bool
    """Whether Sinqro does not know the newest of it."""
    minutes: int = STANDARD_MINUTES
    """What one touch promises now: more while there is much to do."""
    note: Note | None = None

    @property
    def key(self) -> OrderKey:
        """The order's key."""
        return self.record.key

    @property
    def off(self) -> bool:
        """Whether it was cancelled or rejected and stays only until a person has seen it."""
        return self.record.status in OFF

    @property
    def needs_person(self) -> bool:
        """Whether it cannot reach the POS without a decision."""
        return self.record.injection in NEEDS_PERSON and not self.off

    @property
    def not_in_pos(self) -> bool:
        """Accepted, and still not in the POS."""
        taken = self.record.status not in (Status.PENDING, *OFF) and not self.record.scheduled
        missing = self.record.injection in (Injection.WAITING, Injection.INJECTING, *NEEDS_PERSON)
        return taken and missing

    @property
    def by_hand(self) -> frozenset[Mark]:
        """What a person must do in the POS."""
        return self.record.marks & BY_HAND

    @property
    def late(self) -> bool:
        """Whether the kitchen should have finished it."""
        return self.lane is Lane.KITCHEN and not self.off and (self.minutes_to_due or 0) < 0

    @property
    def next_step(self) -> Status | None:
        """The step of the card's one button."""
        return next_step(self.record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the Orders window shows."""

    snapshot: Snapshot
    lanes: Mapping[Lane, tuple[Card, ...]]

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards, lane after lane."""
        return tuple(card for lane in Lane for card in self.lanes[lane])

    def card(self, key: OrderKey) -> Card | None:
        """The card of an order."""
        return next((card for card in self.cards if card.key == key), None)

    @property
    def ringing(self) -> tuple[Card, ...]:
        """What must be answered here, the most urgent first."""
        return tuple(sorted((card for card in self.cards if card.rings and card.ours), key=_urgency))

    @property
    def held(self) -> tuple[Card, ...]:
        """Orders that waited too long and were accepted: perhaps cooked from paper."""
        return tuple(card for card in self.troubled if card.record.injection is Injection.HELD)

    @property
    def troubled(self) -> tuple[Card, ...]:
        """Orders about which a person must decide."""
        return tuple(card for card in self.cards if card.needs_person and card.can_act)

    @property
    def waiting(self) -> tuple[Card, ...]:
        """Orders that go into the POS as soon as it answers."""
        return tuple(card for card in self.cards if card.record.injection is Injection.WAITING)

    def count(self, lane: Lane) -> int:
        """How many cards a lane has."""
        return len(self.lanes[lane])


def next_step(record: OrderRecord) -> Status | None:
    """The step that follows on the board: the kitchen's two statuses are one lane there."""
    if record.status.final or record.status is Status.PENDING:
        return None
    if record.type is OrderType.RESERVATION:
        return Status.SEATED if record.status is Status.ACCEPTED else Status.COMPLETED
    if record.status in (Status.ACCEPTED, Status.IN_PREPARATION):
        return Status.READY
    steps = ladder(record.type)
    return steps[min(steps.index(record.status) + 1, len(steps) - 1)] if record.status in steps else Status.COMPLETED


def build(snapshot: Snapshot, now: datetime, notes: Mapping[OrderKey, Note]) -> Board:
    """Sort a snapshot into lanes."""
    open_link = snapshot.link.phase is LinkPhase.OPEN
    lanes: dict[Lane, list[Card]] = {lane: [] for lane in Lane}
    for outlet in snapshot.outlets:
        sheets = outlet.sheets or (_NO_SHEET,) * len(outlet.orders)
        for record, sheet in zip(outlet.orders, sheets, strict=True):
            card = _card(outlet, record, sheet, now, open_link, notes.get(record.key))
            lanes[card.lane].append(card)
    for lane, cards in lanes.items():
        cards.sort(key=_urgency if lane is Lane.NEW else _due)
    return Board(snapshot=snapshot, lanes={lane: tuple(cards) for lane, cards in lanes.items()})


def lane_of(record: OrderRecord) -> Lane:
    """Where an order stands."""
    if record.is_reservation:
        return Lane.RESERVATIONS
    if record.status is Status.PENDING:
        return Lane.NEW
    if record.scheduled and not record.status.final:
        return Lane.UPCOMING
    if record.status in (Status.READY, Status.DISPATCHED, Status.COMPLETED):
        return Lane.READY
    return Lane.KITCHEN


def _card(
    outlet: OutletSnapshot, record: OrderRecord, sheet: OrderSheet, now: datetime, link_open: bool, note: Note | None
) -> Card:
    due = record.execution_at
    waited = record.first_try_at if record.injection in (Injection.WAITING, Injection.INJECTING) else None
    return Card(
        record=record,
        sheet=sheet,
        lane=lane_of(record),
        can_act=outlet.role is Role.ACTIVE,
        ours=ours(outlet),
        can_skip_print=outlet.can_skip_print,
        link_open=link_open,
        minutes_to_due=None if due is None else (due - now) // _MINUTE,
        minutes_waiting=0 if waited is None else max(0, (now - waited) // _MINUTE),
        rings=unanswered(record, now),
        unsent=record.order_id in outlet.unsent,
        minutes=promised(outlet, record, now),
        note=note,
    )


def promised(outlet: OutletSnapshot, record: OrderRecord, now: datetime) -> int:
    """What one touch promises for an order: the standard minutes, and those of a busy kitchen."""
    busy = outlet.busy
    meant = busy is not None and now < busy.until and (not busy.order_types or record.type in busy.order_types)
    return STANDARD_MINUTES + (busy.extra_minutes if busy is not None and meant else 0)


def _urgency(card: Card) -> tuple[bool, datetime, OrderKey]:
    """Time left; what nobody waits for any more comes last."""
    record = card.record
    return (not card.rings, record.accept_by or record.received_at + timedelta(days=1), record.key)


def _due(card: Card) -> tuple[bool, bool, datetime, datetime, OrderKey]:
    """What must be answered first, then what must be seen, then by the time it is wanted."""
    record = card.record
    return (
        not card.rings,
        not card.off,
        record.execution_at or record.received_at,
        record.received_at,
        record.key,
    )
