"""Close for a while: how long, what of it, why. The first choice is made already: two touches close for 20 minutes.

Closing rejects nothing: orders that wait for an answer go on ringing, and the panel says so. Several selling points:
those that are ticked.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
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

from app.ui.board import Board
from app.ui.choices import Check, Tile
from app.ui.open_state import OpenState, said_now
from app.ui.panel import Panel, panel_title
from app.ui.pause_wish import GROUPS, MINUTES, PauseWish, duration, group_name
from app.ui.theme import Look
from app.ui.widgets import Button, Elided, IconLabel, Label, rule
from app.ui.words import clock, long_day_and_clock, tr


class PausePanel(Panel):
    """``states``: the selling points as they are; ``channels``: codes with names; ``done`` gets the wish."""

    side = True

    def __init__(
        self,
        *,
        look: Look,
        states: Sequence[OpenState],
        channels: Mapping[str, str],
        new_orders: int,
        now: Callable[[], datetime],
        done: Callable[[PauseWish], object],
    ) -> None:
        super().__init__(look=look)
        self._states = list(states)
        self._now = now
        self._done = done
        self.setAccessibleName(tr("Close for a while"))
        self.lengths = QButtonGroup(self)
        self.tiles: list[Tile] = []
        self.types = {group: Check(group_name(group), look=look, checked=True, act=self._changed) for group in GROUPS}
        self.channels = {
            code: Check(name, look=look, checked=True, act=self._changed) for code, name in channels.items()
        }
        self.points = {
            state.outlet.id: Check(
                state.outlet.name or state.outlet.id, look=look, checked=state.mine, act=self._changed
            )
            for state in self._states
        }
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Reason (optional), for instance: oven broken"))
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setMaxLength(120)
        self.reason.setMinimumHeight(40)
        self.reason.textEdited.connect(lambda _: self.touched.emit())
        self._sub = Elided(look=look, font="body")
        self._all_channels = Label(look=look)
        self._channel_box = QWidget()
        self.pick_channels = Button(tr("Choose…"), look=look, act=self._show_channels)
        self.warning = QFrame()
        self._warning_text = Label(look=look, wrap=True)
        self.button = Button(look=look, icon="pause", kind="close", font="title", act=self._finish)
        self._build(look)
        self._warn(new_orders)
        self.tiles[0].setChecked(True)
        self._changed()

    # what it is made of

    def _build(self, look: Look) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(20, 10, 20, 6)
        body.setSpacing(7)
        body.addLayout(self._lengths(look))
        body.addWidget(rule())
        if len(self.points) > 1:
            body.addWidget(Label(tr("Which restaurant?"), look=look, font="strong"))
            body.addLayout(_grid(list(self.points.values())))
            body.addWidget(rule())
        what = QHBoxLayout()
        what.setSpacing(12)
        what.addWidget(Label(tr("What is closed?"), look=look, font="strong"), 1)
        if len(self.channels) > 1:
            what.addWidget(self._all_channels)
            what.addWidget(self.pick_channels)
        body.addLayout(what)
        channel_rows = QVBoxLayout(self._channel_box)
        channel_rows.setContentsMargins(0, 0, 0, 0)
        channel_rows.addLayout(_grid(list(self.channels.values())))
        self._channel_box.hide()
        body.addWidget(self._channel_box)
        body.addLayout(_grid(list(self.types.values())))
        body.addWidget(self.reason)
        body.addWidget(self._warning_row(look))
        body.addStretch(1)
        inner = QWidget()
        inner.setLayout(body)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        back = Button(tr("Back"), look=look, kind="tall", act=self.close_panel)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(12)
        bottom.addWidget(back)
        bottom.addWidget(self.button, 1)
        title = panel_title(tr("Close for a while"), look=look, close=self.close_panel, more=self._sub)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(title)
        layout.addWidget(rule())
        layout.addWidget(scroll, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)

    def _lengths(self, look: Look) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        tiles = [Tile(duration(minutes), look=look) for minutes in MINUTES]
        tiles.append(Tile(tr("Until tomorrow"), look=look, icon="moon"))
        tiles.append(Tile(tr("Until I open"), look=look, icon="pause"))
        for place, tile in enumerate(tiles):
            self.lengths.addButton(tile, place)
            tile.clicked.connect(lambda _=False: self._changed())
            last = place == len(tiles) - 1
            grid.addWidget(tile, place // 2, 0 if last else place % 2, 1, 2 if last else 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.tiles = tiles
        return grid

    def _warning_row(self, look: Look) -> QFrame:
        self.warning.setObjectName("box")
        self.warning.setProperty("state", "warn")
        row = QHBoxLayout(self.warning)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(IconLabel("bell", look=look, tint="warnInk"))
        row.addWidget(self._warning_text, 1)
        return self.warning

    # what it says

    def refresh(self, board: Board) -> None:
        self._warn(sum(1 for card in board.ringing if not card.record.is_reservation))
        self._say()

    def _warn(self, new_orders: int) -> None:
        self.warning.setVisible(new_orders > 0)
        self._warning_text.setText(
            tr("%n new orders are not accepted yet: closing does not cancel them.", n=new_orders)
        )

    def _say(self) -> None:
        now = self._now()
        self._sub.setText(tr("Now: %1", said_now(self._states, now)))
        for tile, minutes in zip(self.tiles, MINUTES, strict=False):
            tile.say(tr("opens by itself %1", clock(now + timedelta(minutes=minutes))))
        opening = next((state.tomorrow for state in self._chosen() if state.tomorrow is not None), None)
        self.tiles[3].say(
            tr("opens %1", long_day_and_clock(opening, now)) if opening is not None else tr("no hours are kept")
        )
        self.tiles[3].setEnabled(opening is not None)
        self.tiles[4].say(tr("does not open by itself: the companion reminds every hour"))

    def _chosen(self) -> list[OpenState]:
        if len(self._states) == 1:
            return self._states
        return [state for state in self._states if self.points[state.outlet.id].isChecked()]

    @property
    def wish(self) -> PauseWish | None:
        """What is chosen; ``None``: nothing that could be closed."""
        picked = self.lengths.checkedId()
        types = tuple(kind for group, box in self.types.items() if box.isChecked() for kind in group)
        channels = tuple(code for code, box in self.channels.items() if box.isChecked())
        points = tuple(state.outlet.id for state in self._chosen())
        if picked < 0 or not types or not points or (self.channels and not channels):
            return None
        return PauseWish(
            selling_points=points,
            minutes=MINUTES[picked] if picked < len(MINUTES) else 0,
            until_opening=picked == len(MINUTES),
            reason=self.reason.text().strip(),
            order_types=() if all(box.isChecked() for box in self.types.values()) else types,
            channels=() if len(channels) == len(self.channels) else channels,
        )

    def _show_channels(self) -> None:
        self._channel_box.show()
        self.pick_channels.hide()
        self._all_channels.hide()
        self.touched.emit()

    def _changed(self) -> None:
        picked = self.lengths.checkedId()
        words = [tr("Close %1", duration(minutes)) for minutes in MINUTES]
        words += [tr("Close until tomorrow"), tr("Close until I open")]
        self.button.setText(words[picked] if picked >= 0 else words[0])
        wish = self.wish
        self.button.setEnabled(wish is not None)
        self.button.setToolTip("" if wish is not None else tr("Choose what is closed first"))
        named = tr("all %1", len(self.channels)) if self.channels else ""
        self._all_channels.setText(tr("Channels: %1", named))
        self._say()
        self.touched.emit()

    # what it does

    def first_focus(self) -> QWidget | None:
        return self.button

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        wish = self.wish
        if wish is not None:
            self.close_panel()
            self._done(wish)


def _grid(boxes: Sequence[QWidget]) -> QGridLayout:
    """Two columns."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(0)
    for place, box in enumerate(boxes):
        grid.addWidget(box, place // 2, place % 2)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    return grid
