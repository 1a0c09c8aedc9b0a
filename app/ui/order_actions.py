"""What the buttons of orders do: tell the desk, or open the panel that asks first."""

from PySide6.QtCore import QObject

from app.domain.record import OrderKey
from app.domain.status import Injection, Status
from app.ui import decision_panels as decisions
from app.ui import questions
from app.ui.accept_panel import AcceptPanel
from app.ui.board import Board, Card
from app.ui.card_closed import meets_closed_door
from app.ui.desk import Desk
from app.ui.panel import Overlay
from app.ui.reject_panel import RejectPanel
from app.ui.theme import Look


class OrderActions(QObject):
    """``board`` is the one that is shown."""

    def __init__(self, *, look: Look, desk: Desk, overlay: Overlay) -> None:
        super().__init__(overlay)
        self._look = look
        self._desk = desk
        self._now = desk.now
        self._overlay = overlay
        self.board: Board | None = None

    def act(self, card: Card, action: str) -> None:
        """Do what a card's button says."""
        key = card.key
        if action == "accept":
            self._accept(card)
        elif action == "other_time":
            self._other_time(card)
        elif action in ("reject", "refuse"):
            self.open_reject(key)
        elif action == "step":
            if card.record.status is Status.PENDING:
                self._accept(card) if card.record.is_reservation else self._other_time(card)
            elif card.next_step is not None:
                self._desk.move(key, card.next_step)
        elif action == "tick":
            self._desk.tick_off(key)
        elif action == "resolve":
            self._resolve(card)
        elif action == "closed_then":
            self._decide_closed(card)

    def _accept(self, card: Card) -> None:
        left = card.record.accept_by
        if left is not None and left <= self._now():
            self._overlay.open(questions.too_late(card, look=self._look))
        elif card.record.is_reservation:
            self._desk.accept_reservation(card.key)
        else:
            self._desk.accept(card.key, card.minutes)

    def _other_time(self, card: Card) -> None:
        if self.board is None or not card.rings or card.record.is_reservation or not card.can_act:
            return
        self._overlay.open(
            AcceptPanel(
                look=self._look,
                card=card,
                board=self.board,
                now=self._now,
                accept=lambda minutes: self._desk.accept(card.key, minutes),
            )
        )

    def open_reject(self, key: OrderKey) -> None:
        """Ask why an order is rejected, or cancelled when it was taken already."""
        card = self.board.card(key) if self.board is not None else None
        if card is None or not card.can_act or card.record.status.final:
            return
        act = self._desk.reject if card.record.status is Status.PENDING else self._desk.cancel
        self._overlay.open(
            RejectPanel(look=self._look, card=card, now=self._now, done=lambda reason, note: act(key, reason, note))
        )

    def _decide_closed(self, card: Card) -> None:
        key = card.key
        panel = questions.closed_then(
            card, look=self._look, reject=lambda: self.open_reject(key), keep=lambda: self._desk.tick_off(key)
        )
        self._overlay.open(panel)

    def _resolve(self, card: Card) -> None:
        key, desk = card.key, self._desk
        if not card.needs_person and meets_closed_door(card.record):
            self._decide_closed(card)
            return
        if card.record.injection is Injection.UNCERTAIN:
            panel = questions.uncertain(
                card, look=self._look, entered=lambda: desk.entered_by_hand(key), send=lambda: desk.send(key)
            )
            self._overlay.open(panel)
            return
        choices = decisions.ways_out(
            card,
            send=lambda: desk.send(key),
            send_quietly=lambda: desk.send(key, print_ticket=False),
            entered=lambda: desk.entered_by_hand(key),
            refuse=lambda: self.open_reject(key),
        )
        self._overlay.open(decisions.TroublePanel(look=self._look, card=card, choices=choices))

    def open_held(self) -> None:
        """The list of the orders that came while the POS was off."""
        if self.board is not None and self.board.held:
            desk = self._desk
            self._overlay.open(
                decisions.HeldPanel(
                    look=self._look,
                    board=self.board,
                    send=lambda card: desk.send(card.key),
                    send_quietly=lambda card: desk.send(card.key, print_ticket=False),
                    entered=lambda card: desk.entered_by_hand(card.key),
                )
            )

    def still_possible(self, board: Board) -> bool:
        """Whether the open panel's order can still be answered; else the panel becomes a question."""
        panel = self._overlay.panel
        if not isinstance(panel, AcceptPanel | RejectPanel) or panel.key is None:
            return True
        before = self.board.card(panel.key) if self.board is not None else None
        if before is None or not before.rings:
            return True
        card = board.card(panel.key)
        if card is not None and card.rings:
            return True
        self._overlay.close_panel()
        if card is None or card.record.status is Status.PENDING:
            self._overlay.open(questions.too_late(card or before, look=self._look))
        return False
