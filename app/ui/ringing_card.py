"""The ringing card: a new order opened, with its countdown and the three answers, as real widgets."""

from datetime import datetime, timedelta

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.record import OrderRecord
from app.domain.status import Injection
from app.ui import explain
from app.ui.board import Card, NoteKind
from app.ui.card_closed import meets_closed_door
from app.ui.cards import card_title
from app.ui.items import ItemsView
from app.ui.theme import Look
from app.ui.widgets import AllergyBlock, Button, Elided, IconLabel, Label, Tag, set_state
from app.ui.words import (
    TYPE_ICONS,
    channel_name,
    channel_short,
    clock,
    countdown,
    day_and_clock,
    kind,
    money,
    short_customer,
    tr,
)

LAST_SECONDS = timedelta(seconds=30)


class Bar(QWidget):
    """The part of the time that is left."""

    def __init__(self, *, look: Look, full: str, rest: str) -> None:
        super().__init__()
        self._look = look
        self._colors = (full, rest)
        self._part = 1.0
        self.setFixedHeight(7)

    def set_part(self, part: float) -> None:
        """0 to 1."""
        part = min(1.0, max(0.0, part))
        if part != self._part:
            self._part = part
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        full, rest = (self._look.theme.color(name) for name in self._colors)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(full)
        painter.setBrush(rest)
        painter.drawRoundedRect(frame, 3, 3)
        if self._part > 0:
            painter.setBrush(full)
            painter.drawRoundedRect(QRectF(frame.x(), frame.y(), frame.width() * self._part, frame.height()), 3, 3)


def cancels_at(record: OrderRecord, channel: str) -> str:
    """Who cancels, and when."""
    return tr("%1 cancels it %2", channel, clock(record.accept_by)) if record.accept_by is not None else ""


def part_left(record: OrderRecord, now: datetime) -> float:
    """The part of the time to answer that is left."""
    if record.accept_by is None:
        return 1.0
    whole = (record.accept_by - record.received_at).total_seconds()
    return (record.accept_by - now).total_seconds() / whole if whole > 0 else 0.0


class OrderHead(QWidget):
    """Code, channel, type, time and allergy: the top of ringing card and panels."""

    def __init__(self, *, look: Look, code_font: str) -> None:
        super().__init__()
        self.code = Label(look=look, font=code_font)
        self.chip = Label(look=look, font="note_strong")
        self.chip.setObjectName("chip")
        self.chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chip.setFixedHeight(22)
        self.chip.setMinimumWidth(28)
        self.channel = Label(look=look, font="title")
        self._type_icon = IconLabel("delivery", look=look, size=18)
        self._type = Elided(look=look, font="body", tone="")
        self._due = Label(look=look, font="title")
        self._for = Label(tr("for"), look=look)
        self.allergy = AllergyBlock(look=look)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.code)
        first.addStretch(1)
        first.addWidget(self.chip)
        first.addWidget(self.channel)
        second = QHBoxLayout()
        second.setSpacing(6)
        second.addWidget(self._type_icon)
        second.addWidget(self._type, 1)
        second.addWidget(self._for)
        second.addWidget(self._due)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.allergy)

    def show_card(self, card: Card, now: datetime) -> None:
        """Show this order."""
        record, sheet = card.record, card.sheet
        self.code.setText(card_title(card))
        self.chip.setText(channel_short(record.channel))
        name = channel_name(record, sheet)
        self.chip.setAccessibleName(name)
        self.channel.setText(name)
        self._type_icon.set_icon(TYPE_ICONS[record.type], "ink")
        self._type.setText(kind(record, sheet))
        self._for.setVisible(record.execution_at is not None)
        self._due.setText(day_and_clock(record.execution_at, now) if record.execution_at is not None else "")
        self.allergy.show_words(tr("ALLERGY: %1", ", ".join(sheet.allergies)) if sheet.allergies else "")


def payment_tag(tag: Tag, card: Card) -> None:
    """Paid, or to collect, with the amount."""
    total = money(card.record.total, card.record.currency)
    if card.sheet.to_collect:
        tag.say(tr("COLLECT %1", money(card.sheet.to_collect, card.record.currency)), "unpaid", "warn")
    elif card.sheet.prepaid:
        tag.say(tr("Paid %1", total), "paid")
    else:
        tag.say("" if card.record.is_reservation else total)


class RingingCard(QFrame):
    """One new order, opened. Signals carry the card."""

    accepted = Signal(object)
    other_time = Signal(object)
    rejected = Signal(object)
    resolve = Signal(object)
    details = Signal(object)

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("ringing")
        self._look = look
        self.card: Card | None = None
        self.time = Label(look=look, font="code")
        self._why = Label(look=look, font="note_strong")
        self._who = Label(look=look, font="note_strong")
        self._bar = Bar(look=look, full="onNew", rest="new")
        self._top = self._make_top()
        self.head = OrderHead(look=look, code_font="code")
        self.items = ItemsView(look=look)
        self._customer = Elided(look=look, font="body", tone="")
        self._payment = Tag(look=look)
        self._trouble = Label(look=look, font="note_strong", tone="danger", wrap=True)
        self._trouble_button = Button(tr("Resolve…"), look=look, icon="help", act=lambda: self._say(self.resolve))
        self._note = Label(look=look, font="note_strong", tone="danger", wrap=True)
        self.accept = Button(look=look, icon="check", kind="accept", font="title", act=lambda: self._say(self.accepted))
        self.other = Button(tr("Other time"), look=look, icon="clock", act=lambda: self._say(self.other_time))
        self.reject = Button(tr("Reject"), look=look, icon="cross", kind="reject", act=lambda: self._say(self.rejected))
        self._build()

    def _make_top(self) -> QFrame:
        top = QFrame()
        top.setObjectName("ringingTop")
        right = QVBoxLayout()
        right.setSpacing(0)
        for label in (self._why, self._who):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            right.addWidget(label)
        row = QHBoxLayout()
        row.addWidget(self.time)
        row.addStretch(1)
        row.addLayout(right)
        layout = QVBoxLayout(top)
        layout.setContentsMargins(10, 5, 10, 6)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self._bar)
        return top

    def _build(self) -> None:
        money_row = QHBoxLayout()
        money_row.addWidget(self._customer, 1)
        money_row.addWidget(self._payment)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(self.other, 1)
        answers.addWidget(self.reject, 1)
        body = QVBoxLayout()
        body.setContentsMargins(10, 4, 10, 7)
        body.setSpacing(5)
        body.addWidget(self.head)
        body.addWidget(self.items)
        body.addLayout(money_row)
        for widget in (self._trouble, self._trouble_button, self._note, self.accept):
            body.addWidget(widget)
        body.addLayout(answers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._top)
        layout.addLayout(body)

    def show_card(self, card: Card, now: datetime) -> None:
        """Show this order; what stays the same is not touched."""
        if card == self.card:
            return
        self.card = card
        record, sheet = card.record, card.sheet
        code = record.code
        self.setAccessibleName(tr("Order %1", card_title(card)))
        self.head.show_card(card, now)
        self.items.show_card(card)
        self._customer.setText(short_customer(sheet.customer))
        payment_tag(self._payment, card)
        self._who.setText(cancels_at(record, channel_name(record, sheet)))
        trouble = card.needs_person and record.injection is not Injection.WAITING
        shut = tr("Closed at that time") if meets_closed_door(record) else ""
        self._trouble.setText(explain.trouble_title(record) if trouble else shut)
        self._trouble.setVisible(trouble or bool(shut))
        self._trouble_button.setVisible(trouble)
        self.accept.setText(tr("Accept · %n min", n=card.minutes))
        self._show_note(card)
        self.accept.setAccessibleName(tr("Accept %1 with %2 minutes", code, card.minutes))
        self.other.setAccessibleName(tr("Accept %1 with another time", code))
        self.reject.setAccessibleName(tr("Reject %1", code))
        self.tick(now)

    def _show_note(self, card: Card) -> None:
        note = card.note
        sending = note is not None and note.kind in (NoteKind.SENDING, NoteKind.KEPT)
        failed = note is not None and note.kind is NoteKind.FAILED
        self._note.setVisible(failed)
        if note is not None and failed:
            self._note.setText(explain.said_error(note.why, note.hint))
        for button in (self.accept, self.other, self.reject):
            button.setEnabled(card.can_act and not sending)
        if sending:
            self.accept.setText(tr("Sending…"))

    def tick(self, now: datetime) -> None:
        """One second later."""
        if self.card is None:
            return
        record = self.card.record
        if record.accept_by is None:
            self.time.setText(tr("New", about="order"))
            self._why.setText(tr("to accept"))
            self._bar.hide()
            return
        left = record.accept_by - now
        last = left <= LAST_SECONDS
        self.time.setText(countdown(left))
        self.time.set_role("code_detail" if last else "code")
        self._why.setText(tr("last seconds") if last else tr("to accept"))
        self._bar.show()
        self._bar.set_part(part_left(record, now))
        set_state(self, "last" if last else "")

    def fit(self, height: int, width: int) -> None:
        """Fold the items until the card is no higher than ``height``; the buttons always stay."""
        self.items.set_most(None)
        most = self.items.line_count
        while most > 2 and self.needed(width) > height:
            most = most - 2 if most == self.items.line_count else most - 1
            self.items.set_most(most)

    def needed(self, width: int) -> int:
        """The height this card needs with all the lines that it shows."""
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        return layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()

    def _say(self, signal: object) -> None:
        if self.card is not None:
            signal.emit(self.card)  # type: ignore[attr-defined]

    def mouseReleaseEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        self._say(self.details)
