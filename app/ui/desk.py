"""What people do at the screen: commands into the loop, and what became of each, order by order.

An action is *sending* until the ledger has it, then *kept* until Sinqro knows it, then *confirmed* for three seconds;
a failure stays until the next action on that order.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.record import OrderKey
from app.domain.schedule import Schedule
from app.domain.status import OrderType, Status
from app.runtime.companion import Companion
from app.services.snapshot import Snapshot
from app.ui.board import Note, NoteKind
from app.ui.bridge import Answer, Bridge
from app.ui.explain import error_text
from app.ui.words import tr

CONFIRMED_FOR = timedelta(seconds=3)

Work = Callable[[Companion], Awaitable[object]]


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """Who wants to know what came of something asked: ``done`` gets its result, ``failed`` one sentence."""

    done: Callable[[Any], object]
    failed: Callable[[str], object]


class Desk(QObject):
    """``companion`` gives the companion once it stands; until then nothing can be done, and that is said."""

    notes_changed = Signal()
    """A note came, went or changed."""
    failed = Signal(str, str)
    """Something that is no order's could not be done: message and hint."""
    answered = Signal(object, bool)
    """An action on an order (its key) came back: whether it was done."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        companion: Callable[[], Companion | None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__()
        self._bridge = bridge
        self._companion = companion
        self.now = now
        self.notes: dict[OrderKey, Note] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._expire)
        bridge.answered.connect(self._came_back)

    # orders

    def accept(self, key: OrderKey, minutes: int) -> None:
        """Accept, ready in so many minutes."""
        self._on_order(key, Status.ACCEPTED, lambda c: c.staff.accept(key, minutes))

    def accept_reservation(self, key: OrderKey) -> None:
        """Accept a table booking."""
        self._on_order(key, Status.ACCEPTED, lambda c: c.staff.accept(key))

    def reject(self, key: OrderKey, reason: str, comment: str = "") -> None:
        """Reject what is not answered yet."""
        self._on_order(key, Status.REJECTED, lambda c: c.staff.reject(key, reason, comment))

    def cancel(self, key: OrderKey, reason: str, comment: str = "") -> None:
        """Cancel what was taken."""
        self._on_order(key, Status.CANCELLED, lambda c: c.staff.cancel(key, reason, comment))

    def move(self, key: OrderKey, status: Status) -> None:
        """Move on."""
        self._on_order(key, status, lambda c: c.staff.move(key, status))

    def send(self, key: OrderKey, *, print_ticket: bool = True) -> None:
        """Send to the POS (again)."""
        self._on_order(key, None, lambda c: c.staff.send(key, print_ticket=print_ticket))

    def entered_by_hand(self, key: OrderKey) -> None:
        """It is in the POS."""
        self._on_order(key, None, lambda c: c.staff.entered_by_hand(key))

    def tick_off(self, key: OrderKey) -> None:
        """Done by hand, or seen."""
        self._on_order(key, None, lambda c: c.staff.tick_off(key))

    # open, closed, hours

    def close(
        self,
        selling_point: str,
        *,
        until: datetime | None,
        reason: str = "",
        order_types: tuple[OrderType, ...] = (),
        channels: tuple[str, ...] = (),
        until_opening: bool = False,
    ) -> None:
        """Close for a while."""
        self._ask(
            None,
            lambda c: c.availability.close(
                selling_point,
                until=until,
                reason=reason,
                order_types=order_types,
                channels=channels,
                until_opening=until_opening,
            ),
        )

    def lift(self, selling_point: str, closing_id: str) -> None:
        """Take one closing of our own away."""
        self._ask(None, lambda c: c.availability.lift(selling_point, closing_id))

    def reopen_everything(self, selling_point: str) -> None:
        """Lift all closings, whoever made them."""
        self._ask(None, lambda c: c.availability.reopen_everything(selling_point))

    def set_busy(self, selling_point: str, extra_minutes: int, until: datetime) -> None:
        """Everything takes longer until then."""
        self._ask(None, lambda c: c.availability.set_busy(selling_point, extra_minutes, until))

    def clear_busy(self, selling_point: str) -> None:
        """As usual again."""
        self._ask(None, lambda c: c.availability.clear_busy(selling_point))

    def look_at_sinqro(self, selling_point: str) -> None:
        """See now whether Sinqro shows what is so here, and tell it again."""
        self._ask(None, lambda c: c.look_at_sinqro(selling_point))

    def save_schedule(self, selling_point: str, schedule: Schedule, told: Told) -> None:
        """Keep other hours."""
        self._ask(told, lambda c: c.schedules.save(selling_point, schedule))

    # the rest

    def ask(self, work: Callable[[], Awaitable[object]], told: Told) -> None:
        """Have the loop do what is no companion's."""
        self._bridge.ask(work, ticket=told)

    def take_over(self, selling_point: str) -> None:
        """Make this installation the one in charge."""
        self._ask(None, lambda c: c.take_over(selling_point))

    def reconnect(self) -> None:
        """Try the link now."""
        self._ask(None, lambda c: c.reconnect())

    def look_at_pos(self, selling_point: str) -> None:
        """Try the POS now."""
        self._ask(None, lambda c: c.look_at_pos(selling_point))

    def story(self, key: OrderKey, show: Callable[[object], None]) -> None:
        """Read an order with its history; ``show`` gets the :class:`OrderStory`, or ``None``, in the GUI thread."""
        self._ask(show, lambda c: c.story(key))

    def clear_note(self, key: OrderKey) -> None:
        """A failure was read."""
        if self.notes.pop(key, None) is not None:
            self.notes_changed.emit()

    def took_snapshot(self, snapshot: Snapshot) -> None:
        """See what Sinqro knows by now; called before a board is built."""
        unsent = {OrderKey(outlet.id, ident) for outlet in snapshot.outlets for ident in outlet.unsent}
        for key, note in list(self.notes.items()):
            if note.kind is NoteKind.KEPT and snapshot.at >= note.at and key not in unsent:
                self._note(key, Note(kind=NoteKind.CONFIRMED, step=note.step, at=self.now()))

    def _on_order(self, key: OrderKey, step: Status | None, work: Work) -> None:
        note = self.notes.get(key)
        if note is not None and note.kind is NoteKind.SENDING:
            return  # a second touch of the same finger
        self._note(key, Note(kind=NoteKind.SENDING, step=step, at=self.now()))
        self._ask(key, work)
        self.notes_changed.emit()

    def _ask(self, ticket: object, work: Work) -> None:
        companion = self._companion()
        if companion is None:
            self._came_back(Answer(ticket=ticket, error=tr("The program is still starting.")))
        else:
            self._bridge.ask(lambda: work(companion), ticket=ticket)

    def _came_back(self, answer: Answer) -> None:
        if isinstance(answer.ticket, OrderKey):
            self._about_order(answer.ticket, answer)
        elif isinstance(answer.ticket, Told):
            if answer.error:
                answer.ticket.failed(" ".join(error_text(answer.code, answer.error, answer.hint)).strip())
            else:
                answer.ticket.done(answer.result)
        elif answer.error:
            self.failed.emit(*error_text(answer.code, answer.error, answer.hint))
        elif callable(answer.ticket):
            answer.ticket(answer.result)

    def _about_order(self, key: OrderKey, answer: Answer) -> None:
        before = self.notes.get(key)
        step = before.step if before is not None else None
        if answer.error:
            why, hint = error_text(answer.code, answer.error, answer.hint)
            note = Note(kind=NoteKind.FAILED, step=step, at=self.now(), why=why, hint=hint)
        else:
            note = Note(kind=NoteKind.KEPT, step=step, at=self.now())
        self._note(key, note)
        self.answered.emit(key, not answer.error)
        self.notes_changed.emit()

    def _note(self, key: OrderKey, note: Note) -> None:
        self.notes[key] = note
        self._timer.start()

    def _expire(self) -> None:
        now = self.now()
        gone = [
            key
            for key, note in self.notes.items()
            if note.kind is NoteKind.CONFIRMED and now - note.at >= CONFIRMED_FOR
        ]
        for key in gone:
            del self.notes[key]
        sending = any(note.kind is NoteKind.SENDING for note in self.notes.values())
        if gone or sending:
            self.notes_changed.emit()
        if not any(note.kind in (NoteKind.CONFIRMED, NoteKind.SENDING) for note in self.notes.values()):
            self._timer.stop()
