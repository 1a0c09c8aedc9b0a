"""One order in full: what was ordered at the left, what happened to it at the right, the next step at the bottom."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.record import OrderKey
from app.domain.status import Status
from app.services.sheets import OrderStory
from app.ui import explain, story_texts
from app.ui.board import Board, Card, Lane, NoteKind
from app.ui.card_closed import meets_closed_door
from app.ui.cards import card_title
from app.ui.detail_parts import Facts, Painted, Steps, paint_history, paint_items, technical
from app.ui.panel import comment_box
from app.ui.ringing_card import payment_tag
from app.ui.story_texts import Line
from app.ui.theme import Look
from app.ui.widgets import AllergyBlock, Button, Elided, IconLabel, Label, Tag, clear_layout, rule
from app.ui.words import (
    STATUS_ICONS,
    TYPE_ICONS,
    channel_name,
    channel_short,
    day_and_clock,
    kind,
    money,
    status_name,
    tr,
)

LANE_NAMES: dict[Lane, Callable[[], str]] = {
    Lane.NEW: lambda: tr("New", about="lane"),
    Lane.KITCHEN: lambda: tr("In the kitchen"),
    Lane.READY: lambda: tr("Ready", about="lane"),
    Lane.UPCOMING: lambda: tr("Upcoming"),
    Lane.RESERVATIONS: lambda: tr("Reservations"),
}


class Detail(QWidget):
    """The page. Signals carry what is to be done with the card."""

    back = Signal()
    go = Signal(int)
    """−1: the order before, +1: the one after."""  # noqa: RUF001 - a minus
    acted = Signal(object, str)
    stepped = Signal(object, object)

    def __init__(self, *, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._look = look
        self._now = now
        self._card: Card | None = None
        self._story: OrderStory | None = None
        self.key: OrderKey | None = None
        self._lines: list[Line] = []
        self._place = Elided(look=look, font="body")
        self._code = Label(look=look, font="code_detail")
        self._chip = Label(look=look, font="note_strong")
        self._chip.setObjectName("chip")
        self._channel = Label(look=look, font="title")
        self._kind_icon = IconLabel("delivery", look=look, size=18)
        self._kind = Elided(look=look, font="body", tone="")
        self._due = Label(look=look, font="code")
        self._trouble = Label(look=look, font="strong", tone="danger", wrap=True)
        self._resolve = Button(tr("Resolve…"), look=look, icon="help", act=lambda: self._act("resolve"))
        self._tick = Button(tr("Done by hand"), look=look, icon="check", act=lambda: self._act("tick"))
        self._failure = Label(look=look, font="strong", tone="danger", wrap=True)
        self.steps = Steps(look=look)
        self.steps.asked.connect(self._step_to)
        self._allergy = AllergyBlock(look=look)
        self._items = Painted(look=look, lay_out=lambda sheet: paint_items(sheet, self._story))
        self._payment = Tag(look=look)
        self._total = Label(look=look, font="code_small")
        self._facts = Facts(look=look)
        self._comment = QVBoxLayout()
        self.history = Painted(look=look, lay_out=lambda sheet: paint_history(sheet, self._lines))
        self._technical = Label(look=look, font="note", tone="quiet", wrap=True)
        self._technical.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._fold = Button(tr("Technical data"), look=look, icon="chevron-right", act=self._unfold)
        self.cancel = Button(tr("Cancel…"), look=look, kind="reject", act=lambda: self._act("refuse"))
        self.step = Button(look=look, kind="primary", font="title", act=lambda: self._act("step"))
        self._side = self._make_side(look)
        self._build(look)

    def _build(self, look: Look) -> None:
        sub = QFrame()
        sub.setObjectName("subheader")
        sub.setFixedHeight(57)
        bar = QHBoxLayout(sub)
        bar.setContentsMargins(4, 0, 4, 0)
        bar.addWidget(Button(tr("Orders"), look=look, icon="chevron-left", kind="link", act=self.back.emit))
        bar.addWidget(self._place, 1)
        before = Button(tr("Previous"), look=look, icon="chevron-up", kind="link", act=lambda: self.go.emit(-1))
        after = Button(tr("Next"), look=look, icon="chevron-down", kind="link", act=lambda: self.go.emit(1))
        bar.addWidget(before)
        bar.addWidget(after)
        self._body = QWidget()  # nothing to press before it is known what for
        keeps_place = self._body.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self._body.setSizePolicy(keeps_place)
        self._body.hide()
        self._columns = QHBoxLayout(self._body)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(0)
        self._columns.addWidget(self._make_left(look), 617)
        self._columns.addWidget(self._side, 407)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(sub)
        layout.addWidget(self._body, 1)

    def _make_left(self, look: Look) -> QScrollArea:
        names = QVBoxLayout()
        names.setSpacing(0)
        self._chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._chip.setFixedSize(30, 22)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._chip)
        first.addWidget(self._channel)
        first.addStretch(1)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self._kind_icon)
        second.addWidget(self._kind, 1)
        names.addLayout(first)
        names.addLayout(second)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._code)
        top.addLayout(names, 1)
        top.addWidget(self._due)
        paid = QHBoxLayout()
        paid.addWidget(self._payment)
        paid.addStretch(1)
        paid.addWidget(Label(tr("Total"), look=look))
        paid.addWidget(self._total)
        inner = QWidget()
        inner.setObjectName("window")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(top)
        for widget in (self._trouble, self._resolve, self._tick, self._failure, self.steps, self._allergy, self._items):
            column.addWidget(widget)
        column.addLayout(paid)
        column.addWidget(rule())
        column.addWidget(self._facts)
        column.addLayout(self._comment)
        column.addStretch(1)
        return _scrolled(inner)

    def _make_side(self, look: Look) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        head = QHBoxLayout()
        head.addWidget(Label(tr("History"), look=look, font="title"), 1)
        head.addWidget(Label(tr("who"), look=look, font="note", tone="quiet"))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addWidget(self.history)
        column.addWidget(self._fold)
        column.addWidget(self._technical)
        column.addStretch(1)
        self._technical.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.cancel.setMinimumHeight(60)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.step, 1)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(_scrolled(inner), 1)
        layout.addLayout(buttons)
        return side

    def show_place(self, board: Board, key: OrderKey) -> None:
        """Which order, among which: before its story has come."""
        if key != self.key:
            self._story = None
            self._body.hide()
        self.key = key
        card = board.card(key)
        if card is not None:
            self._card = card
            lane = board.lanes[card.lane]
            place = next(number for number, other in enumerate(lane, 1) if other.key == key)
            self._place.setText(tr("%1 of %2 · %3", place, len(lane), LANE_NAMES[card.lane]()))
            self._show_note(card)
        elif self._card is not None and self._card.key != key:
            self._card = None

    def show_story(self, story: object) -> None:
        """The story came from the ledger."""
        if not isinstance(story, OrderStory) or story.record.key != self.key or story == self._story:
            return
        self._story = story
        self._body.show()
        record, sheet = story.record, story.sheet
        card = self._card
        if card is None:  # no longer on the board: it is final
            self._place.setText(status_name(record.status))
            card = Card(
                record=record,
                sheet=sheet,
                lane=Lane.READY,
                can_act=False,
                ours=True,
                can_skip_print=False,
                link_open=True,
                minutes_to_due=None,
                minutes_waiting=0,
                rings=False,
                unsent=False,
            )
        self._code.setText(card_title(card))
        self._chip.setText(channel_short(record.channel))
        self._channel.setText(channel_name(record, sheet))
        self._kind_icon.set_icon(TYPE_ICONS[record.type], "ink")
        self._kind.setText(kind(record, sheet))
        self._due.setText(day_and_clock(record.execution_at, self._now()) if record.execution_at is not None else "")
        self._show_trouble(card)
        self.steps.show_story(story, can_act=card.can_act)
        self._allergy.show_words(tr("ALLERGY: %1", ", ".join(sheet.allergies)) if sheet.allergies else "")
        payment_tag(self._payment, card)
        self._total.setText("" if record.is_reservation else money(record.total, record.currency))
        self._show_people(story)
        self._lines = story_texts.lines(record, story.history, story.unsent)
        self._technical.setText(technical(story))
        self._items.refresh()
        self.history.refresh()
        self.history.setAccessibleName(
            ". ".join(f"{line.at} {line.title} {line.proof} {line.who}" for line in self._lines)
        )
        self._show_buttons(card)

    def _show_trouble(self, card: Card) -> None:
        record = card.record
        texts = []
        if card.needs_person:
            texts += [explain.trouble_title(record), explain.what_happened(record), explain.for_service(record)]
        shut = meets_closed_door(record) and not card.off
        texts += [tr("Closed at that time")] if shut else []
        texts += [explain.by_hand(record, mark) for mark in sorted(card.by_hand)]
        if card.by_hand or card.sheet.changes:
            texts += [explain.change_text(change, record.currency) for change in card.sheet.changes]
        self._trouble.setText("\n".join(texts))
        self._trouble.setVisible(bool(texts))
        self._resolve.setVisible((card.needs_person or shut) and card.can_act)
        self._tick.setVisible(bool(card.by_hand) and card.can_act)

    def _show_note(self, card: Card) -> None:
        note = card.note
        failed = note is not None and note.kind is NoteKind.FAILED
        self._failure.setVisible(failed)
        if note is not None and failed:
            self._failure.setText(explain.said_error(note.why, note.hint))
        sending = note is not None and note.kind is NoteKind.SENDING
        self.step.setEnabled(card.can_act and not sending)
        self.cancel.setEnabled(card.can_act and not sending)

    def _show_buttons(self, card: Card) -> None:
        pending = card.record.status is Status.PENDING
        step = Status.ACCEPTED if pending else card.next_step
        shown = step is not None and card.can_act and (card.rings or not pending)
        self.step.setVisible(shown)
        self.cancel.setVisible(card.can_act and not card.record.status.final)
        self.cancel.setText(tr("Reject…") if pending else tr("Cancel…"))
        if step is not None:
            name = (
                tr("Accept…")
                if pending and not card.record.is_reservation
                else explain.step_name(step, reservation=card.record.is_reservation)
            )
            self.step.setText(name)
            self.step.set_icon_name(STATUS_ICONS[step])
            self.step.set_kind("accept" if pending else "primary")

    def _show_people(self, story: OrderStory) -> None:
        self._facts.show_story(story)
        clear_layout(self._comment)
        if story.sheet.address:
            self._comment.addWidget(Label(story.sheet.address, look=self._look, wrap=True))
        if story.sheet.comment:
            self._comment.addWidget(comment_box(story.sheet.comment, look=self._look))

    def _unfold(self) -> None:
        shown = not self._technical.isVisibleTo(self)
        self._technical.setVisible(shown)
        self._fold.set_icon_name("chevron-down" if shown else "chevron-right")

    def _step_to(self, status: object) -> None:
        if self._card is not None:
            self.stepped.emit(self._card, status)

    def _act(self, action: str) -> None:
        if self._card is not None:
            self.acted.emit(self._card, action)


def _scrolled(inner: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inner)
    return scroll
