"""Closed: why, since when, until when, and how to open again: one's own closings, or everything."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.availability import Closing, ClosingSource
from app.ui.board import Board
from app.ui.open_answer import fact_of
from app.ui.open_state import OpenState, closing_text, read_states
from app.ui.panel import Panel, panel_title
from app.ui.theme import Look
from app.ui.widgets import Button, Elided, IconLabel, Label, clear_layout, rule, set_state
from app.ui.words import tr

_ICONS = {ClosingSource.STAFF: "person", ClosingSource.POS: "pos", ClosingSource.SINQRO: "link"}


class ReopenPanel(Panel):
    """``point`` is whose; the callbacks do what their buttons say."""

    side = True

    def __init__(
        self,
        *,
        look: Look,
        state: OpenState,
        now: Callable[[], datetime],
        lift: Callable[[Closing], object],
        open_own: Callable[[], object],
        open_all: Callable[[], object],
        longer: Callable[[int], object],
        close_more: Callable[[], object],
        hours: Callable[[], object],
        retry: Callable[[], object],
    ) -> None:
        super().__init__(look=look)
        self._now = now
        self._lift = lift
        self.point = state.outlet.id
        self._shown: object = None
        title = state.outlet.name or tr("Closed")
        self.setAccessibleName(tr("Open again"))
        self.top = QFrame()
        self.top.setObjectName("box")
        self._icon = IconLabel("pause", look=look, size=32)
        self._title = Label(look=look, font="title", wrap=True)
        self._proof = Label(look=look, font="note", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._proof)
        head = QHBoxLayout(self.top)
        head.setContentsMargins(14, 12, 14, 12)
        head.setSpacing(12)
        head.addWidget(self._icon)
        head.addLayout(words, 1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.note = Label(look=look, tone="quiet", wrap=True)
        self.longer = Button(tr("+%n min", n=20), look=look, kind="tall", act=lambda: self._do(lambda: longer(20)))
        self.more = Button(tr("Close more…"), look=look, kind="tall", act=lambda: self._do(close_more))
        self.all = Button(tr("Open everything"), look=look, kind="tall", act=lambda: self._do(open_all))
        self.hours = Button(tr("Hours…"), look=look, icon="calendar", kind="tall", act=lambda: self._do(hours))
        self.retry = Button(tr("Retry"), look=look, icon="retry", kind="tall", act=retry)
        self.button = Button(
            tr("Open now"), look=look, icon="store", kind="accept", font="title", act=lambda: self._do(open_own)
        )
        body = QVBoxLayout()
        body.setContentsMargins(20, 14, 20, 12)
        body.setSpacing(12)
        body.addWidget(self.top)
        body.addLayout(self._rows)
        body.addWidget(self.note)
        more = QHBoxLayout()
        more.setSpacing(8)
        for button in (self.retry, self.longer, self.more, self.all, self.hours):
            more.addWidget(button, 1)
        body.addLayout(more)
        body.addStretch(1)
        inner = QWidget()
        inner.setLayout(body)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(12)
        bottom.addWidget(Button(tr("Back"), look=look, kind="tall", act=self.close_panel))
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addWidget(scroll, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)
        self._show(state)

    def refresh(self, board: Board) -> None:
        for state in read_states(board.snapshot, self._now()):
            if state.outlet.id == self.point:
                self._show(state)

    def _show(self, state: OpenState) -> None:
        now = self._now()
        fact = fact_of(state, now, linked=True, link_since=None)
        self._title.setText(fact.title)
        self._proof.setText(fact.proof)
        set_state(self.top, fact.state)
        self._icon.set_icon(fact.icon, {"danger": "danger", "warn": "warnInk"}.get(fact.state, "ink"))
        if state.closings != self._shown:
            self._shown = state.closings
            clear_layout(self._rows)
            for closing in state.closings:
                self._rows.addWidget(self._row(closing, now))
        own, others = bool(state.own), bool(state.others)
        self.button.setVisible(own)
        self.longer.setVisible(any(closing.until is not None for closing in state.own))
        self.more.setVisible(state.whole is None)
        self.all.setVisible(others)
        self.hours.setVisible(not state.in_hours)
        self.retry.setVisible(state.differs)
        pos = any(closing.source is ClosingSource.POS for closing in state.closings)
        wrong = state.outlet.proof.message if state.differs else ""
        notes = [
            tr("Technical data: %1", wrong) if wrong else "",
            tr("Switched off in the POS: it may have to be switched on there.") if pos else "",
            tr("By its hours it is closed anyway: change them to open.") if not state.in_hours else "",
        ]
        self.note.setText(" ".join(note for note in notes if note))
        self.note.setVisible(bool(self.note.text()))

    def _row(self, closing: Closing, now: datetime) -> QFrame:
        frame = QFrame()
        frame.setObjectName("card")
        what, when = closing_text(closing, now)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(what, look=self.look, font="strong", wrap=True))
        words.addWidget(Elided(when, look=self.look))
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(IconLabel(_ICONS.get(closing.source, "clock"), look=self.look))
        row.addLayout(words, 1)
        if closing.source is ClosingSource.STAFF:
            lift = Button(tr("Lift"), look=self.look)
            lift.setAccessibleName(tr("Lift: %1", what))
            lift.clicked.connect(lambda _=False: self._lift(closing))
            row.addWidget(lift)
        return frame

    def first_focus(self) -> QWidget | None:
        return self.button if self.button.isVisibleTo(self) else self.all

    def confirm(self) -> None:
        if self.button.isVisibleTo(self):
            self.button.click()

    def _do(self, act: Callable[[], object]) -> None:
        self.close_panel()
        act()
