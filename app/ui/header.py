"""The header of every window: is it working? is there something for me? are we open? And the clock."""

from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.answers import Answers
from app.ui.facts import Fact
from app.ui.theme import Look
from app.ui.widgets import Button, Elided, IconLabel, Label, set_state
from app.ui.words import clock, tr

_TINTS = {
    "": "ink",
    "ok": "ok",
    "new": "onNew",
    "danger": "onDanger",
    "warn": "onWarn",
    "closed": "closed",
    "info": "accent",
}
_TONES = {"new": "onNew", "danger": "onDanger", "warn": "onWarn"}


class Switch(QWidget):
    """Open or closed, drawn as a switch with a tick or a dash; it shows, it is not touched."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self._open = True
        self.setFixedSize(64, 36)
        look.changed.connect(self.update)

    def set_open(self, is_open: bool) -> None:
        """Open: to the right."""
        self._open = is_open
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(1, 1, 62, 34)
        painter.setPen(QPen(theme.color("ok" if self._open else "edge"), 2))
        painter.setBrush(theme.color("ok" if self._open else "surface"))
        painter.drawRoundedRect(body, 17, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface" if self._open else "edge"))
        painter.drawEllipse(QRectF(33, 4, 28, 28) if self._open else QRectF(3, 4, 28, 28))
        painter.setPen(QPen(theme.color("onOk" if self._open else "edge"), 2))
        if self._open:
            painter.drawPolyline([QPointF(13, 18), QPointF(18, 23), QPointF(28, 13)])
        else:
            painter.drawLine(40, 18, 54, 18)


class Cell(Button):
    """One answer: icon, title, proof; the colour says how urgent it is."""

    def __init__(self, *, look: Look, switch: bool = False) -> None:
        super().__init__(look=look, kind="cell")
        self._icon_label = IconLabel("check", look=look, size=28)
        self._switch = Switch(look=look)
        self._switch.setVisible(False)
        self._has_switch = switch
        self._title = Elided(look=look, font="title", tone="")
        self._proof = Elided(look=look, font="note", tone="quiet")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        texts.addWidget(self._title)
        texts.addWidget(self._proof)
        texts.addStretch(1)
        self._row = row = QHBoxLayout(self)
        self.set_narrow(False)
        row.addWidget(self._icon_label)
        row.addWidget(self._switch)
        row.addLayout(texts, 1)
        for child in (self._icon_label, self._switch, self._title, self._proof):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_narrow(self, narrow: bool) -> None:
        """Tighter."""
        self._row.setContentsMargins(8 if narrow else 14, 0, 4 if narrow else 10, 0)
        self._row.setSpacing(6 if narrow else 12)
        self._title.set_role("strong" if narrow else "title")

    @property
    def text_shown(self) -> str:
        """Title and proof, for tests and screen readers."""
        return f"{self._title.text()} · {self._proof.text()}"

    def show_fact(self, fact: Fact) -> None:
        """Say it."""
        set_state(self, fact.state)
        tone = _TONES.get(fact.state, "")
        self._title.setText(fact.title)
        self._title.set_tone(tone)
        self._proof.setText(fact.proof)
        self._proof.set_tone(tone or "quiet")
        switch = self._has_switch and fact.is_open is not None
        self._switch.setVisible(switch)
        if fact.is_open is not None:
            self._switch.set_open(fact.is_open)
        self._icon_label.setVisible(not switch)
        self._icon_label.set_icon(fact.icon, "ok" if fact.good else _TINTS[fact.state])
        self.setAccessibleName(f"{fact.title}: {fact.proof}")


class Header(QFrame):
    """The bar on top; ``menu_asked`` wants the tray's menu below its button."""

    working_asked = Signal()
    todo_asked = Signal()
    open_asked = Signal()
    menu_asked = Signal(object)

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(69)
        self.working = Cell(look=look)
        self.todo = Cell(look=look)
        self.open = Cell(look=look, switch=True)
        self.working.clicked.connect(lambda _=False: self.working_asked.emit())
        self.todo.clicked.connect(lambda _=False: self.todo_asked.emit())
        self.open.clicked.connect(lambda _=False: self.open_asked.emit())
        self._clock = Label(look=look, font="code_small")
        self._clock.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.menu = Button(look=look, icon="menu", kind="flat", name=tr("Menu"))
        self.menu.setFixedWidth(56)
        self.menu.clicked.connect(lambda _=False: self.menu_asked.emit(self.menu))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        for widget in (self.working, self.todo, self.open):
            self._row.addWidget(widget)
        self._row.addWidget(self._clock)
        self._row.addWidget(self.menu)

    def show_answers(self, answers: Answers, now: datetime) -> None:
        """Say all three."""
        self.working.show_fact(answers.working)
        self.todo.show_fact(answers.todo)
        self.open.show_fact(answers.open)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """The clock."""
        self._clock.setText(clock(now))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small: it becomes tighter when the window does."""
        return QSize(320, 69)

    def set_narrow(self, narrow: bool) -> None:
        """Without the clock, and tighter, on narrow windows."""
        self._clock.setVisible(not narrow)
        self._clock.setFixedWidth(88)
        for cell, width in ((self.working, 226), (self.todo, 222)):
            cell.setFixedWidth(154 if narrow else width)
        for cell in (self.working, self.todo, self.open):
            cell.set_narrow(narrow)


class SandboxStrip(QFrame):
    """The violet strip that no production window has; in two lines where the window is ``narrow``."""

    def __init__(self, *, look: Look, narrow: bool = False) -> None:
        super().__init__()
        self.setObjectName("sandbox")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 2)
        text = tr("SANDBOX · orders are not real")
        words = Label(text.replace(" · ", "\n") if narrow else text, look=look, font="note_strong")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(words)
