"""Busy: everything takes so many minutes more, for a while; it ends by itself, or by a touch."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.choices import Tile
from app.ui.open_state import OpenState, left_text
from app.ui.panel import Panel, panel_title
from app.ui.pause_wish import duration
from app.ui.theme import Look
from app.ui.widgets import Button, Label, rule
from app.ui.words import clock, tr

EXTRA = (10, 20, 30)
FOR = (30, 60, 120)
"""Minutes."""


class BusyPanel(Panel):
    """``set_busy`` gets minutes and until when; ``clear`` ends it."""

    wide = False

    def __init__(
        self,
        *,
        look: Look,
        state: OpenState,
        now: Callable[[], datetime],
        set_busy: Callable[[int, datetime], object],
        clear: Callable[[], object],
    ) -> None:
        super().__init__(look=look)
        self._now = now
        self._set = set_busy
        self._clear = clear
        title = tr("Much to do")
        self.setAccessibleName(title)
        self.extra = QButtonGroup(self)
        self.extras = [Tile(tr("+%n min", n=minutes), look=look, icon="clock") for minutes in EXTRA]
        self.length = QButtonGroup(self)
        self.lengths = [Tile(duration(minutes), look=look, icon="kitchen") for minutes in FOR]
        words = Label(
            tr("Orders are promised later, and the channels are told. It ends by itself."), look=look, wrap=True
        )
        self.said = Label(look=look, font="strong", wrap=True)
        body = QVBoxLayout()
        body.setContentsMargins(20, 12, 20, 12)
        body.setSpacing(10)
        body.addWidget(words)
        for group, tiles in ((self.extra, self.extras), (self.length, self.lengths)):
            row = QHBoxLayout()
            row.setSpacing(10)
            for place, tile in enumerate(tiles):
                group.addButton(tile, place)
                tile.clicked.connect(lambda _=False: self._changed())
                row.addWidget(tile, 1)
            body.addLayout(row)
        body.addWidget(self.said)
        self.end = Button(tr("End it now"), look=look, kind="tall", act=self._end)
        self.button = Button(look=look, icon="clock", kind="primary", font="title", act=self._finish)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 14)
        bottom.setSpacing(12)
        bottom.addWidget(Button(tr("Back"), look=look, kind="tall", act=self.close_panel))
        bottom.addWidget(self.end)
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)
        busy = state.busy
        self.end.setVisible(busy is not None)
        if busy is not None:
            self.said.setText(
                tr(
                    "Now: +%1 min until %2, %3 left.",
                    busy.extra_minutes,
                    clock(busy.until),
                    left_text(busy.until - now()),
                )
            )
        self.extras[1].setChecked(True)
        self.lengths[1].setChecked(True)
        self._changed()

    def first_focus(self) -> QWidget | None:
        return self.button

    def _until(self) -> datetime:
        return self._now() + timedelta(minutes=FOR[self.length.checkedId()])

    def _changed(self) -> None:
        for tile, minutes in zip(self.lengths, FOR, strict=True):
            tile.say(tr("until %1", clock(self._now() + timedelta(minutes=minutes))))
        self.button.setText(tr("+%1 min until %2", EXTRA[self.extra.checkedId()], clock(self._until())))
        self.touched.emit()

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        minutes, until = EXTRA[self.extra.checkedId()], self._until()
        self.close_panel()
        self._set(minutes, until)

    def _end(self) -> None:
        self.close_panel()
        self._clear()
