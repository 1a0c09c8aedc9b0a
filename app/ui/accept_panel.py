"""Accept with another time: the minutes beside the order, and what speaks for or against them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.board import Board, Card, Lane
from app.ui.panel import OrderSide, Panel, panel_title
from app.ui.ringing_card import Bar, cancels_at, part_left
from app.ui.theme import Look
from app.ui.widgets import Button, IconLabel, Label, rule, set_state
from app.ui.words import channel_name, clock, countdown, tr

PRESETS = (15, 20, 25, 30, 40, 60)
STEP = 5
_MOST = 240


class Countdown(QWidget):
    """The time that is left to answer, over a panel."""

    def __init__(self, *, look: Look, what: str) -> None:
        super().__init__()
        self._what = what
        self._left = Label(look=look, font="title", tone="new")
        self._who = Label(look=look, font="note", tone="quiet")
        self._bar = Bar(look=look, full="new", rest="sunken")
        row = QHBoxLayout()
        row.addWidget(self._left, 1)
        row.addWidget(self._who)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self._bar)

    def show_card(self, card: Card, now: datetime) -> None:
        """One second later."""
        record = card.record
        self.setVisible(record.accept_by is not None)
        if record.accept_by is not None:
            self._left.setText(f"{countdown(record.accept_by - now)} {self._what}")
            channel = channel_name(record, card.sheet)
            self._who.setText(f"{cancels_at(record, channel)} · {tr('the alarm is low')}")
            self._bar.set_part(part_left(record, now))


class Check(QFrame):
    """One line of what was checked: icon and sentence, on a tint."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("box")
        self._icon = IconLabel("check", look=look)
        self._text = Label(look=look, wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, text: str, state: str, icon: str) -> None:
        """Say it."""
        set_state(self, state)
        self._icon.set_icon(icon, {"ok": "ok", "warn": "warnInk"}.get(state, "ink2"))
        self._text.setText(text)
        self.setVisible(bool(text))


class AcceptPanel(Panel):
    """``accept`` gets the minutes."""

    def __init__(
        self,
        *,
        look: Look,
        card: Card,
        board: Board,
        now: Callable[[], datetime],
        accept: Callable[[int], None],
    ) -> None:
        super().__init__(look=look, key=card.key)
        self._card = card
        self._now = now
        self._accept = accept
        self.minutes = card.minutes
        self._typed = ""
        self._countdown = Countdown(look=look, what=tr("to accept"))
        self._number = Label(look=look, font="minutes")
        self._ready = Label(look=look)
        self._presets = QButtonGroup(self)
        self._in_time = Check(look=look)
        self._pos = Check(look=look)
        self._load = Check(look=look)
        self.button = Button(look=look, icon="check", kind="accept", font="code_small", act=self._done)
        self._build(look, card)
        self.refresh(board)
        self._show_minutes()

    def _build(self, look: Look, card: Card) -> None:
        self.setAccessibleName(tr("Accept %1: ready in how long?", card.record.code))
        stepper = QHBoxLayout()
        stepper.setSpacing(8)
        less = Button(f"− {STEP}", look=look, kind="stepper", font="code_small", act=lambda: self._add(-STEP))  # noqa: RUF001
        less.setAccessibleName(tr("5 minutes less"))
        more = Button(f"+ {STEP}", look=look, kind="stepper", font="code_small", act=lambda: self._add(STEP))
        more.setAccessibleName(tr("5 minutes more"))
        middle = QVBoxLayout()
        middle.setSpacing(0)
        for label in (self._number, self._ready):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            middle.addWidget(label)
        stepper.addWidget(less)
        stepper.addLayout(middle, 1)
        stepper.addWidget(more)
        presets = QGridLayout()
        presets.setSpacing(8)
        for place, minutes in enumerate(PRESETS):
            button = Button(str(minutes), look=look, kind="preset", font="code_small")
            button.setCheckable(True)
            button.setAccessibleName(tr("%n minutes", n=minutes))
            button.clicked.connect(lambda _=False, minutes=minutes: self._set(minutes))
            self._presets.addButton(button, minutes)
            presets.addWidget(button, 0, place)
        body = QVBoxLayout()
        body.setContentsMargins(20, 12, 20, 12)
        body.setSpacing(10)
        body.addWidget(self._countdown)
        body.addLayout(stepper)
        body.addLayout(presets)
        for check in (self._in_time, self._pos, self._load):
            body.addWidget(check)
        body.addStretch(1)
        back = Button(tr("Back"), look=look, kind="tall", act=self.close_panel)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(10)
        bottom.addWidget(back)
        bottom.addWidget(self.button, 1)
        right = QVBoxLayout()
        right.setSpacing(0)
        title = tr("Accept %1: ready in how long?", card.record.code)
        right.addLayout(panel_title(title, look=look, close=self.close_panel))
        right.addWidget(rule())
        right.addLayout(body, 1)
        right.addWidget(rule())
        right.addLayout(bottom)
        side = OrderSide(look=look, card=card, now=self._now())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side, 334)
        layout.addLayout(right, 662)

    def first_focus(self) -> QWidget | None:
        return self.button

    def refresh(self, board: Board) -> None:
        card = board.card(self._card.key) or self._card
        self._card = card
        self._countdown.show_card(card, self._now())
        outlets = {outlet.id: outlet for outlet in board.snapshot.outlets}
        outlet = outlets.get(card.record.selling_point)
        away = outlet is not None and outlet.pos_ok is False
        self._pos.say(tr("It goes into the POS when that is back.") if away else "", "warn", "pos")
        kitchen = board.lanes[Lane.KITCHEN]
        last = max((c.record.execution_at for c in kitchen if c.record.execution_at is not None), default=None)
        text = tr("%n in the kitchen now", n=len(kitchen))
        if last is not None:
            text += tr("; the last one for %1.", clock(last))
        self._load.say(text, "", "kitchen")
        self._show_minutes()

    def _add(self, minutes: int) -> None:
        self._set(self.minutes + minutes)

    def _set(self, minutes: int) -> None:
        self.minutes = min(_MOST, max(1, minutes))
        self._show_minutes()
        self.touched.emit()

    def _show_minutes(self) -> None:
        now = self._now()
        ready = now + timedelta(minutes=self.minutes)
        self._number.setText(str(self.minutes))
        self._number.setAccessibleName(tr("%1 minutes, ready at %2", self.minutes, clock(ready)))
        self._ready.setText(tr("min · ready at %1", clock(ready)))
        self.button.setText(tr("Accept · %n min", n=self.minutes))
        self._presets.setExclusive(False)
        for button in self._presets.buttons():
            button.setChecked(self._presets.id(button) == self.minutes)
        self._presets.setExclusive(True)
        due = self._card.record.execution_at
        channel = channel_name(self._card.record, self._card.sheet)
        if due is None:
            self._in_time.say("", "", "check")
        elif ready <= due:
            self._in_time.say(tr("In time. %1 expects it at %2.", channel, clock(due)), "ok", "check")
        else:
            late = -(-int((ready - due).total_seconds()) // 60)
            self._in_time.say(tr("%n min after what %1 expects.", channel, n=late), "warn", "warning")

    def _done(self) -> None:
        self._accept(self.minutes)
        self.close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Minus):
            self._add(-STEP)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Plus):
            self._add(STEP)
        elif event.text().isdigit() and not event.modifiers():
            self._typed = (self._typed + event.text())[-3:]
            self._set(int(self._typed))
        else:
            super().keyPressEvent(event)
