"""Reject or cancel: a reason from the list, chosen with one touch; the red button waits until there is one."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.status import RejectReason, Status
from app.ui.accept_panel import Countdown
from app.ui.board import Board, Card
from app.ui.explain import reason_name
from app.ui.panel import OrderSide, Panel, panel_title
from app.ui.theme import Look
from app.ui.widgets import Button, ChoiceButton, IconLabel, Label, rule
from app.ui.words import channel_name, money, tr

_ORDER = (
    RejectReason.ITEM_UNAVAILABLE,
    RejectReason.TOO_BUSY,
    RejectReason.CLOSED,
    RejectReason.CUSTOMER_REQUEST,
    RejectReason.OTHER,
)
_BOOKING = (RejectReason.NO_TABLE, RejectReason.CLOSED, RejectReason.CUSTOMER_REQUEST, RejectReason.OTHER)


class RejectPanel(Panel):
    """``done`` gets reason and comment. An order that was taken is cancelled, not rejected."""

    def __init__(
        self,
        *,
        look: Look,
        card: Card,
        now: Callable[[], datetime],
        done: Callable[[str, str], None],
    ) -> None:
        super().__init__(look=look, key=card.key)
        self._card = card
        self._now = now
        self._done = done
        self._rejects = card.record.status is Status.PENDING
        self._countdown = Countdown(look=look, what=tr("to answer"))
        self.reasons = QButtonGroup(self)
        self._missing = QWidget()
        self.missing: list[Button] = []
        self.comment = QLineEdit()
        self.comment.setPlaceholderText(tr("Write why"))
        self.comment.setAccessibleName(tr("Write why"))
        self.comment.setMaxLength(200)
        self.comment.textEdited.connect(lambda _: self._changed())
        word = tr("Reject %1") if self._rejects else tr("Cancel %1")
        self.button = Button(
            word.replace("%1", card.record.code), look=look, icon="cross", kind="danger", font="title", act=self._finish
        )
        self._build(look, card)
        self._changed()

    @property
    def reason(self) -> RejectReason | None:
        """What was chosen."""
        button = self.reasons.checkedButton()
        return RejectReason(button.property("reason")) if button is not None else None

    def choose(self, reason: RejectReason) -> None:
        """Choose a reason, as a touch does."""
        for button in self.reasons.buttons():
            if button.property("reason") == reason.value:
                button.click()

    def _build(self, look: Look, card: Card) -> None:
        title = tr("Reject %1: why?") if self._rejects else tr("Cancel %1: why?")
        title = title.replace("%1", card.record.code)
        self.setAccessibleName(title)
        body = QVBoxLayout()
        body.setContentsMargins(20, 12, 20, 12)
        body.setSpacing(8)
        if self._rejects:
            self._countdown.show_card(card, self._now())
            body.addWidget(self._countdown)
        for reason in _BOOKING if card.record.is_reservation else _ORDER:
            row = ChoiceButton(reason_name(reason), look=look)
            row.setProperty("reason", reason.value)
            row.clicked.connect(lambda _=False: self._changed())
            self.reasons.addButton(row)
            body.addWidget(row)
            if reason is RejectReason.ITEM_UNAVAILABLE:
                body.addWidget(self._which(look, card))
            elif reason is RejectReason.OTHER:
                body.addWidget(self.comment)
        body.addStretch(1)
        inner = QWidget()
        inner.setLayout(body)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        back = Button(tr("Back"), look=look, kind="tall", act=self.close_panel)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(12)
        bottom.addWidget(back, 1)
        bottom.addWidget(self.button, 1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(panel_title(title, look=look, close=self.close_panel))
        right.addWidget(rule())
        right.addWidget(scroll, 1)
        right.addLayout(self._outcome(look, card))
        right.addWidget(rule())
        right.addLayout(bottom)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(OrderSide(look=look, card=card, now=self._now()), 334)
        layout.addLayout(right, 662)

    def _which(self, look: Look, card: Card) -> QWidget:
        row = QGridLayout(self._missing)
        row.setContentsMargins(48, 0, 0, 0)
        row.setSpacing(8)
        labels = dict.fromkeys(line.label for line in card.sheet.lines if not line.charge)
        for place, label in enumerate(labels):
            button = Button(label, look=look, kind="choice")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False: self._changed())
            self.missing.append(button)
            row.addWidget(button, place // 2, place % 2)
        return self._missing

    def _outcome(self, look: Look, card: Card) -> QHBoxLayout:
        """What the customer will get."""
        channel = channel_name(card.record, card.sheet)
        if card.sheet.prepaid:
            text = tr(
                "%1 gives back %2 and tells the customer.", channel, money(card.record.total, card.record.currency)
            )
        else:
            text = tr("%1 tells the customer.", channel)
        row = QHBoxLayout()
        row.setContentsMargins(20, 6, 20, 10)
        row.setSpacing(10)
        row.addWidget(IconLabel("info", look=look))
        row.addWidget(Label(f"{text} {tr('It cannot be undone.')}", look=look, wrap=True), 1)
        return row

    def refresh(self, board: Board) -> None:
        card = board.card(self._card.key)
        if card is not None:
            self._card = card
            if self._rejects:
                self._countdown.show_card(card, self._now())

    def _changed(self) -> None:
        reason = self.reason
        self._missing.setVisible(reason is RejectReason.ITEM_UNAVAILABLE)
        self.comment.setVisible(reason is RejectReason.OTHER)
        wanted = reason is not None and (reason is not RejectReason.OTHER or bool(self.comment.text().strip()))
        self.button.setEnabled(wanted)
        self.button.setToolTip("" if wanted else tr("Choose a reason first"))
        self.touched.emit()

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        reason = self.reason
        if reason is None or not self.button.isEnabled():
            return
        comment = self.comment.text().strip() if reason is RejectReason.OTHER else ""
        if reason is RejectReason.ITEM_UNAVAILABLE:
            comment = ", ".join(button.text() for button in self.missing if button.isChecked())
        self._done(reason.value, comment)
        self.close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.focusWidget() is self.button:
            pass  # a bare Enter never rejects: barcode readers end in one
        else:
            super().keyPressEvent(event)
