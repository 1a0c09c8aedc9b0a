"""Open and closed as people handle it: what the tray's menu and the header's switch do, reminders, the manager's PIN.

Snapshots come in, the states of all selling points are read from them; panels open over whichever window asked. What
lasts longer than the business day wants a manager where there is a PIN.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.availability import Closing
from app.services.manager_pin import ManagerPin, PinAnswer
from app.services.snapshot import Snapshot
from app.ui.board import Board
from app.ui.closing_watch import ClosingWatch, next_look
from app.ui.desk import Desk, Told
from app.ui.notifications import Notifications
from app.ui.open_state import OpenState, read_states
from app.ui.pause_wish import PauseWish
from app.ui.placement import Places
from app.ui.theme import Look
from app.ui.words import channel_code_name, tr

if TYPE_CHECKING:  # panels are loaded when they are opened
    from app.ui.panel import Overlay
    from app.ui.pin_panel import Reply

Act = Callable[[], object]


class FrontDoor(QObject):
    """``pin`` is ``None`` where there is no vault to keep one."""

    time_passed = Signal()
    """Something is other now than at the last snapshot, only because time passed."""
    overlay_wanted = Signal(object)
    """A panel must be shown and no window is there: a function that gets its overlay."""
    schedule_asked = Signal()

    def __init__(
        self,
        *,
        look: Look,
        desk: Desk,
        places: Places,
        notifications: Notifications,
        pin: Callable[[], ManagerPin | None] = lambda: None,
    ) -> None:
        super().__init__()
        self._look = look
        self._desk = desk
        self._places = places
        self._notifications = notifications
        self._pin = pin
        self._now: Callable[[], datetime] = desk.now
        self._watch = ClosingWatch()
        self._board: Board | None = None
        self._snapshot: Snapshot | None = None
        self._channels: set[str] = {code for code in places.text("closing/channels").split(",") if code}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_passed)

    # news

    def take(self, board: Board, states: tuple[OpenState, ...]) -> None:
        """See how things are, and tell what has to be told."""
        self._board, self._snapshot = board, board.snapshot
        now = self._now()
        seen = {record.channel for outlet in board.snapshot.outlets for record in outlet.orders if record.channel}
        seen |= {code for state in states for closing in state.closings for code in closing.channels}
        if not seen <= self._channels:
            self._channels |= seen
            self._places.keep_text("closing/channels", ",".join(sorted(self._channels)))
        for title, text in self._watch.news(states, now):
            self._notifications.tell(title, text)
        self._wait(next_look(states, now), now)

    @property
    def states(self) -> tuple[OpenState, ...]:
        """All selling points now."""
        return read_states(self._snapshot, self._now()) if self._snapshot is not None else ()

    def _mine(self) -> list[OpenState]:
        return [state for state in self.states if state.mine]

    def _wait(self, moment: datetime | None, now: datetime) -> None:
        if moment is None:
            self._timer.stop()
            return
        milliseconds = int((moment - now) / timedelta(milliseconds=1)) + 50
        self._timer.start(max(50, min(milliseconds, 3_600_000)))

    def _time_passed(self) -> None:
        if self._board is not None:
            self.time_passed.emit()

    # from the tray's menu: at once

    def pause(self, wish: PauseWish) -> None:
        """Close as wished; what outlasts the business day only with a manager."""
        states = [state for state in self._mine() if not wish.selling_points or state.outlet.id in wish.selling_points]
        now = self._now()

        def close() -> None:
            for state in states:
                self._desk.close(
                    state.outlet.id,
                    until=wish.until(now),
                    reason=wish.reason,
                    order_types=wish.order_types,
                    channels=wish.channels,
                    until_opening=wish.until_opening,
                )

        if wish.minutes or wish.until_opening:
            close()
        else:
            self.guarded(close, tr("Closing until somebody opens lasts longer than today."))

    def open_now(self) -> None:
        """Lift all closings of our own."""
        for state in self._mine():
            for closing in state.own:
                self._desk.lift(state.outlet.id, closing.id)

    # panels

    def open_switch(self, overlay: "Overlay") -> None:
        """The header's switch was touched: close, or see why it is closed."""
        mine = self._mine()
        worst = sorted(mine, key=lambda state: (not state.differs, state.is_open))
        shut = next((state for state in worst if state.differs or not state.is_open or state.closings), None)
        if shut is not None:
            self._open_reopen(overlay, shut)
        elif mine:
            self.open_pause(overlay)

    def open_pause(self, overlay: "Overlay") -> None:
        """The panel to close for a while."""
        from app.ui.pause_panel import PausePanel

        new = sum(1 for card in self._board.ringing if not card.record.is_reservation) if self._board else 0
        names = {code: channel_code_name(code) for code in sorted(self._channels)}
        overlay.open(
            PausePanel(
                look=self._look, states=self._mine(), channels=names, new_orders=new, now=self._now, done=self.pause
            )
        )

    def _open_reopen(self, overlay: "Overlay", state: OpenState) -> None:
        from app.ui.reopen_panel import ReopenPanel

        point = state.outlet.id

        def current() -> OpenState:
            return next((each for each in self.states if each.outlet.id == point), state)

        def lift(closing: Closing) -> None:
            self._desk.lift(point, closing.id)

        def open_own() -> None:
            for closing in current().own:
                lift(closing)

        overlay.open(
            ReopenPanel(
                look=self._look,
                state=state,
                now=self._now,
                lift=lift,
                open_own=open_own,
                open_all=lambda: self._desk.reopen_everything(point),
                longer=lambda minutes: self._longer(current(), minutes),
                close_more=lambda: self.open_pause(overlay),
                hours=self.schedule_asked.emit,
                retry=lambda: self._desk.look_at_sinqro(point),
            )
        )

    def _longer(self, state: OpenState, minutes: int) -> None:
        """The same closings, so much longer: the new one first, so that it is never open in between."""
        for closing in state.own:
            if closing.until is not None:
                self._desk.close(
                    state.outlet.id,
                    until=closing.until + timedelta(minutes=minutes),
                    reason=closing.reason,
                    order_types=closing.order_types,
                    channels=closing.channels,
                )
                self._desk.lift(state.outlet.id, closing.id)

    def open_busy(self, overlay: "Overlay") -> None:
        """The panel of more time."""
        from app.ui.busy_panel import BusyPanel

        mine = self._mine()
        if not mine:
            return
        busy = next((state for state in mine if state.busy is not None), mine[0])

        def set_busy(minutes: int, until: datetime) -> None:
            for state in mine:
                self._desk.set_busy(state.outlet.id, minutes, until)

        def clear() -> None:
            for state in mine:
                self._desk.clear_busy(state.outlet.id)

        overlay.open(BusyPanel(look=self._look, state=busy, now=self._now, set_busy=set_busy, clear=clear))

    # the manager

    def guarded(self, act: Act, what: str) -> None:
        """Do it once a manager is known to want it; without a PIN at once."""
        pin = self._pin()
        if pin is None:
            act()
            return

        def known(is_set: object) -> None:
            if is_set:
                self.overlay_wanted.emit(lambda overlay: self._ask_pin(overlay, pin, act, what))
            else:
                act()

        self._desk.ask(pin.is_set, Told(known, self._failed))

    def _ask_pin(self, overlay: "Overlay", pin: ManagerPin, act: Act, what: str) -> None:
        from app.ui.pin_panel import AskPin

        def check(typed: str, reply: "Reply") -> None:
            self._desk.ask(lambda: pin.check(typed), _told(reply))

        overlay.open(
            AskPin(
                look=self._look,
                what=what,
                now=self._now,
                check=check,
                done=act,
                recover=lambda: self._open_set_pin(overlay, pin, is_set=True, recovering=True),
            )
        )

    def open_pin(self, overlay: "Overlay") -> None:
        """Set, change or remove the PIN."""
        pin = self._pin()
        if pin is None:
            self._failed(tr("The program is still starting."))
            return

        def known(is_set: object) -> None:
            self._open_set_pin(overlay, pin, is_set=bool(is_set), recovering=False)

        self._desk.ask(pin.is_set, Told(known, self._failed))

    def _open_set_pin(self, overlay: "Overlay", pin: ManagerPin, *, is_set: bool, recovering: bool) -> None:
        from app.ui.pin_panel import SetPin

        def change(old: str, new: str, reply: "Reply") -> None:
            self._desk.ask(lambda: pin.change(new, old=old), _told(reply))

        def recover(code: str, new: str, reply: "Reply") -> None:
            done = Told(lambda _: reply(PinAnswer(right=True), ""), lambda why: reply(None, why))
            self._desk.ask(lambda: pin.recover(code, new), done)

        def remove(old: str, reply: "Reply") -> None:
            self._desk.ask(lambda: pin.remove(old), _told(reply))

        overlay.open(
            SetPin(
                look=self._look,
                is_set=is_set,
                recovering=recovering,
                now=self._now,
                change=change,
                recover=recover,
                remove=remove,
            )
        )

    def _failed(self, why: str) -> None:
        self._desk.failed.emit(why, "")


def _told(reply: "Reply") -> Told:
    return Told(lambda answer: reply(answer, ""), lambda why: reply(None, why))
