"""Decisions about orders that are not in the POS: one that did not reach it, or several that came while it was off.

Errors have three parts: what happened, what it means for service, what to do as buttons.
"""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.status import Injection, Status
from app.ui import explain
from app.ui.board import Board, Card
from app.ui.panel import Panel, panel_title
from app.ui.questions import Choice
from app.ui.theme import Look
from app.ui.widgets import Button, ChoiceButton, Elided, IconLabel, Label, clear_layout, rule, set_state
from app.ui.words import channel_name, clock, day_and_clock, tr, type_name


class TroublePanel(Panel):
    """An order that is not in the POS: three parts and the ways out; the likely one is chosen."""

    wide = False

    def __init__(self, *, look: Look, card: Card, choices: Sequence[Choice]) -> None:
        super().__init__(look=look, key=card.key)
        record = card.record
        title = explain.trouble_title(record)
        self.setAccessibleName(title)
        self._choices = list(choices)
        self.rows = QButtonGroup(self)
        accepted = tr("accepted %1", clock(record.status_at)) if record.status is not Status.PENDING else ""
        due = tr("for %1", clock(record.execution_at)) if record.execution_at is not None else ""
        facts = [channel_name(record, card.sheet), type_name(record.type), accepted, due]
        top = QFrame()
        top.setObjectName("panelTop")
        set_state(top, "danger")
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label(title, look=look, font="code_small", wrap=True))
        names.addWidget(Elided(" · ".join(fact for fact in facts if fact), look=look, font="body"))
        head = QHBoxLayout(top)
        head.setContentsMargins(22, 14, 20, 14)
        head.setSpacing(18)
        head.addWidget(IconLabel("error", look=look, tint="danger", size=36))
        head.addLayout(names, 1)
        body = QVBoxLayout()
        body.setContentsMargins(20, 14, 20, 14)
        body.setSpacing(10)
        parts = [(tr("What happened"), explain.what_happened(record)), (tr("For service"), explain.for_service(record))]
        for name, sentence in parts:
            part = QVBoxLayout()
            part.setSpacing(0)
            part.addWidget(Label(name, look=look, font="note_strong", tone="quiet"))
            part.addWidget(Label(sentence, look=look, wrap=True))
            body.addLayout(part)
        for number, choice in enumerate(self._choices):
            row = ChoiceButton(choice.text, look=look, more=choice.more, icon=choice.icon)
            row.clicked.connect(lambda _=False: self._changed())
            self.rows.addButton(row, number)
            body.addWidget(row)
        if record.injection_code or record.injection_message:
            details = " · ".join(part for part in (record.injection_code, record.injection_message) if part)
            body.addWidget(Elided(tr("Technical data: %1", details), look=look, font="note"))
        later = Button(tr("Later"), look=look, kind="tall", act=self.close_panel)
        self.button = Button(look=look, icon="check", kind="primary", font="title", act=self._finish)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 14)
        bottom.setSpacing(12)
        bottom.addWidget(later)
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)
        self.rows.button(0).setChecked(True)
        self._changed()

    def first_focus(self) -> QWidget | None:
        return self.button

    def _changed(self) -> None:
        self.button.setText(self._choices[self.rows.checkedId()].text)
        self.touched.emit()

    def _finish(self) -> None:
        act = self._choices[self.rows.checkedId()].act
        self.close_panel()
        act()


class HeldPanel(Panel):
    """The orders that came while the POS was off: one decision for each, or one for all."""

    def __init__(
        self,
        *,
        look: Look,
        board: Board,
        send: Callable[[Card], object],
        send_quietly: Callable[[Card], object],
        entered: Callable[[Card], object],
    ) -> None:
        super().__init__(look=look)
        self._acts = {"send": send, "quiet": send_quietly, "entered": entered}
        self._cards: tuple[Card, ...] = ()
        self._title_row = QVBoxLayout()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 12, 20, 12)
        column.addLayout(self._rows)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        self.all = {
            "send": Button(tr("Send all to POS and kitchen"), look=look, icon="kitchen"),
            "quiet": Button(tr("Enter all without printing"), look=look, icon="pos"),
            "entered": Button(tr("All are in already"), look=look, icon="check"),
        }
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(8)
        back = Button(tr("Back"), look=look, act=self.close_panel)
        bottom.addWidget(back)
        for name, button in self.all.items():
            button.setMinimumHeight(56)
            button.clicked.connect(lambda _=False, name=name: self._do_all(name))
            bottom.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._title = Label(look=look, font="code_small", wrap=True)
        head = panel_title("", look=look, close=self.close_panel)
        head.insertWidget(0, self._title, 1)
        layout.addLayout(head)
        text = tr("They were accepted, so the kitchen may have them from paper. Decide for each, or for all below.")
        words = Label(text, look=look, wrap=True)
        words.setContentsMargins(20, 0, 20, 12)
        layout.addWidget(words)
        layout.addWidget(rule())
        layout.addWidget(scroll, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)
        self.refresh(board)

    def refresh(self, board: Board) -> None:
        cards = board.held
        if not cards:
            self.close_panel()
        elif cards != self._cards:
            self._cards = cards
            self._title.setText(tr("%n orders came while the POS was off", n=len(cards)))
            quiet = all(card.can_skip_print for card in cards)
            self.all["quiet"].setVisible(quiet)
            clear_layout(self._rows)
            for card in cards[:100]:
                self._rows.addWidget(self._row(card))

    def _row(self, card: Card) -> QFrame:
        record = card.record
        frame = QFrame()
        frame.setObjectName("card")
        when = day_and_clock(record.execution_at, record.received_at) if record.execution_at is not None else ""
        facts = " · ".join(part for part in (channel_name(record, card.sheet), type_name(record.type), when) if part)
        row = QHBoxLayout(frame)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(8)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label(record.code, look=self.look, font="title"))
        names.addWidget(Elided(facts, look=self.look))
        row.addLayout(names, 1)
        words = {"send": tr("Send"), "quiet": tr("Without printing"), "entered": tr("Is in already")}
        for name, word in words.items():
            if name == "quiet" and not card.can_skip_print:
                continue
            button = Button(word, look=self.look, kind="step" if name == "send" else "")
            button.setAccessibleName(f"{word} {record.code}")
            button.setEnabled(card.can_act)
            button.clicked.connect(lambda _=False, name=name, card=card: self._acts[name](card))
            row.addWidget(button)
        return frame

    def _do_all(self, name: str) -> None:
        for card in self._cards:
            if card.can_act:
                self._acts[name](card)


def ways_out(
    card: Card,
    *,
    send: Callable[[], object],
    send_quietly: Callable[[], object],
    entered: Callable[[], object],
    refuse: Callable[[], object],
) -> list[Choice]:
    """What can be done about an order that is not in the POS, the likely thing first."""
    record = card.record
    held = record.injection is Injection.HELD
    by_hand = Choice(
        text=tr("I have entered it by hand"),
        more=tr("It counts as entered and is not sent again."),
        icon="edit",
        act=entered,
    )
    choices: list[Choice] = []
    if card.sheet.readable:
        if held:
            choices.append(Choice(text=tr("Send to POS and kitchen"), icon="kitchen", act=send))
        else:
            more = tr("When it has been put right in the POS.")
            choices.append(Choice(text=tr("Try again as it is"), more=more, icon="retry", act=send))
        if card.can_skip_print:
            more = tr("The kitchen gets no ticket.")
            choices.append(Choice(text=tr("Enter without printing"), more=more, icon="pos", act=send_quietly))
    choices.append(by_hand)
    if not record.status.final:
        word = tr("Reject it…") if record.status is Status.PENDING else tr("Cancel it…")
        choices.append(Choice(text=word, icon="cross", act=refuse))
    return choices
