"""Plain questions: a headline, a sentence, and two or three buttons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.status import Status
from app.ports.alarm import AlarmTest
from app.ui import explain
from app.ui.board import Card
from app.ui.panel import Panel
from app.ui.theme import Look
from app.ui.widgets import Button, IconLabel, Label
from app.ui.words import channel_name, clock, tr


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way out: what it is, what it means, what it does."""

    text: str
    more: str = ""
    icon: str = ""
    kind: str = ""
    act: Callable[[], object]


class Question(Panel):
    """A headline, a sentence, and two or three buttons; none is in focus when none may be the likely one."""

    wide = False

    def __init__(
        self,
        *,
        look: Look,
        title: str,
        text: str,
        icon: str,
        tint: str,
        choices: Sequence[Choice],
        card: Card | None = None,
    ) -> None:
        super().__init__(look=look, key=card.key if card is not None else None)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.title = Label(title, look=look, font="code_small", wrap=True)
        self.text = Label(text, look=look, wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.text)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(IconLabel(icon, look=look, tint=tint, size=36), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        self.buttons: list[Button] = []
        for choice in choices:
            button = Button(choice.text, look=look, icon=choice.icon, kind=choice.kind)
            button.setMinimumHeight(56)
            button.clicked.connect(lambda _=False, act=choice.act: self._do(act))
            self.buttons.append(button)
            bottom.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addLayout(bottom)

    def first_focus(self) -> QWidget | None:
        return next((button for button in self.buttons if button.property("kind") == "primary"), None)

    def _do(self, act: Callable[[], object]) -> None:
        self.close_panel()
        act()


def uncertain(card: Card, *, look: Look, entered: Callable[[], object], send: Callable[[], object]) -> Question:
    """Is it in the POS? Two equal buttons, none filled, none in focus."""
    record = card.record
    channel = channel_name(record, card.sheet)
    dishes = int(sum(line.quantity for line in card.sheet.lines if not line.charge))
    look_for = tr("Look for it in the POS: %1, %n dishes.", channel, n=dishes)
    return Question(
        look=look,
        card=card,
        title=explain.trouble_title(record),
        text=f"{explain.what_happened(record)} {look_for}",
        icon="help",
        tint="warnInk",
        choices=[
            Choice(text=tr("Yes, it is there"), icon="check", act=entered),
            Choice(text=tr("It is not: send it"), icon="retry", act=send),
        ],
    )


def too_late(card: Card, *, look: Look) -> Question:
    """The deadline passed while somebody was deciding."""
    record = card.record
    channel = channel_name(record, card.sheet)
    when = clock(record.accept_by, seconds=True) if record.accept_by is not None else ""
    return Question(
        look=look,
        card=card,
        title=tr("%1 can no longer be accepted", record.code),
        text=tr("The time that %1 gives ended at %2. Nothing was sent.", channel, when),
        icon="clock",
        tint="danger",
        choices=[Choice(text=tr("Understood"), kind="primary", act=lambda: None)],
    )


def closed_then(card: Card, *, look: Look, reject: Callable[[], object], keep: Callable[[], object]) -> Question:
    """Reject with a reason, keep it, or call the customer first: the number is shown."""
    record, sheet = card.record, card.sheet
    when = clock(record.execution_at) if record.execution_at is not None else ""
    said = [tr("It is wanted at %1 (%2), and by then it is closed.", when, channel_name(record, sheet))]
    if sheet.phone:
        said.append(tr("Call %1: %2.", sheet.customer or tr("the customer"), sheet.phone))
    pending = record.status is Status.PENDING
    return Question(
        look=look,
        card=card,
        title=tr("%1 is for a time when it is closed", record.code),
        text=" ".join(said),
        icon="moon",
        tint="warnInk",
        choices=[
            Choice(text=tr("Reject…") if pending else tr("Cancel…"), icon="cross", kind="reject", act=reject),
            Choice(text=tr("Keep it"), icon="check", act=keep),
        ],
    )


def unsaved(changes: int, *, look: Look, leave: Callable[[], object]) -> Question:
    """Close although something is not saved?"""
    return Question(
        look=look,
        title=tr("%n changes are not saved", n=changes),
        text=tr("If you close this window now, they are lost."),
        icon="warning",
        tint="warnInk",
        choices=[
            Choice(text=tr("Stay"), kind="primary", act=lambda: None),
            Choice(text=tr("Close without saving"), kind="reject", act=leave),
        ],
    )


def quit_question(running: int, *, look: Look, leave: Callable[[], object]) -> Question:
    """Quit although orders are open?"""
    return Question(
        look=look,
        title=tr("Quit with %n orders running?", n=running),
        text=tr("If you quit, nothing rings and Sinqro sees this restaurant without connection."),
        icon="quit",
        tint="danger",
        choices=[
            Choice(text=tr("Stay"), kind="primary", act=lambda: None),
            Choice(text=tr("Quit anyway"), kind="reject", act=leave),
        ],
    )


def alarm_tested(test: AlarmTest, *, look: Look, heard: Callable[[bool], object]) -> Question:
    """After the alarm was tested: was it heard?"""
    if test.why_not:
        return Question(
            look=look,
            title=tr("The alarm is silent"),
            text=f"{test.why_not} {tr('The screen flashes with each order.')}",
            icon="volume-off",
            tint="danger",
            choices=[Choice(text=tr("Understood"), kind="primary", act=lambda: None)],
        )
    return Question(
        look=look,
        title=tr("Was it heard?"),
        text=tr("The alarm rang once through %1.", test.device or tr("the loudspeaker")),
        icon="volume",
        tint="ink",
        choices=[
            Choice(text=tr("Yes"), icon="check", act=lambda: heard(True)),
            Choice(text=tr("No"), icon="cross", act=lambda: heard(False)),
        ],
    )
