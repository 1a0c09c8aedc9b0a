"""The banner under the header: the one thing about the whole program that staff must know, with what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.link.state import LinkPhase
from app.ports.sinqro import Role
from app.ui.answers import Watch
from app.ui.board import Board
from app.ui.closing_watch import Line, closing_line
from app.ui.open_state import read_states
from app.ui.theme import Look
from app.ui.widgets import Button, IconLabel, Label, set_state
from app.ui.words import tr


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerText:
    """What the banner says; ``action`` is ``reconnect``, ``pos``, ``take_over``, ``held``, ``switch`` or
    ``understood``.
    """

    state: str
    icon: str
    title: str
    text: str
    button: str = ""
    action: str = ""


def banner(board: Board, watch: Watch, now: datetime, failure: tuple[str, str]) -> BannerText | None:
    """The most important one; ``None``: all is well."""
    link = board.snapshot.link
    if watch.dead:
        return dead_text(watch.dead)
    if failure[0]:
        return BannerText(
            state="danger",
            icon="error",
            title=tr("That could not be done"),
            text=" ".join(failure),
            button=tr("Understood"),
            action="understood",
        )
    if link.phase in (LinkPhase.CREDENTIALS, LinkPhase.REFUSED):
        return BannerText(
            state="danger",
            icon="link-off",
            title=tr("Sinqro does not let this machine in: no new orders"),
            text=tr("Pair it again with a new code. (%1)", link.why),
            button=tr("Now"),
            action="reconnect",
        )
    if link.phase is LinkPhase.WAITING:
        seconds = max(0, int((link.retry_at - now).total_seconds())) if link.retry_at is not None else 0
        again = tr("Next try in %n s.", n=seconds) if seconds else tr("Trying now.")
        return BannerText(
            state="danger",
            icon="link-off",
            title=tr("No internet: no new orders come in"),
            text=f"{tr('The earlier ones stay and can be moved; that is sent when it is back.')} {again}",
            button=tr("Now"),
            action="reconnect",
        )
    line = closing_line(read_states(board.snapshot, now), now)
    if line is not None and line.state == "danger":
        return _of_line(line)
    for outlet in board.snapshot.outlets:
        name = outlet.name or outlet.id
        if outlet.role is Role.VIEWER and outlet.taken_by:
            return BannerText(
                state="info",
                icon="info",
                title=tr("%1 is in charge", outlet.taken_by),
                text=tr("Here you see the orders of %1. Take over to answer them on this machine.", name),
                button=tr("Take over"),
                action=f"take_over {outlet.id}",
            )
        if outlet.pos_ok is False:
            waiting = tr("%n orders wait and go in by themselves, not twice.", n=len(board.waiting))
            return BannerText(
                state="warn",
                icon="warning",
                title=tr("The POS does not answer: orders come in, but do not reach it"),
                text=waiting if board.waiting else tr("Orders will wait and go in by themselves."),
                button=tr("Try"),
                action=f"pos {outlet.id}",
            )
        if not outlet.till_open:
            return BannerText(
                state="warn",
                icon="pos",
                title=tr("The till is closed: open it in the POS"),
                text=tr("Orders wait until then and go in by themselves."),
                button=tr("Try"),
                action=f"pos {outlet.id}",
            )
    if board.held:
        return BannerText(
            state="warn",
            icon="warning",
            title=tr("%n orders came while the POS was off", n=len(board.held)),
            text=tr("The kitchen may have them from paper: say what is to be done with each."),
            button=tr("Decide…"),
            action="held",
        )
    return _of_line(line) if line is not None else None


def _of_line(line: Line) -> BannerText:
    """What staff are reminded of while closed."""
    return BannerText(
        state=line.state, icon=line.icon, title=line.title, text=line.text, button=line.button, action="switch"
    )


def dead_text(why: str) -> BannerText:
    """The loop is dead."""
    return BannerText(
        state="danger",
        icon="error",
        title=tr("The program has stopped working"),
        text=tr("Nothing comes in and nothing is sent. Quit it and start it again. (%1)", why),
    )


class Banner(QFrame):
    """``act`` gets the action of the button."""

    def __init__(self, *, look: Look, act: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._action = ""
        self._icon = IconLabel("warning", look=look, size=36)
        self.title = Label(look=look, font="title", wrap=True)
        self.text = Label(look=look, wrap=True)
        self.button = Button(look=look, act=lambda: act(self._action))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(14)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_text(self, said: BannerText | None) -> None:
        """Say it, or hide."""
        self.setVisible(said is not None)
        if said is not None:
            set_state(self, said.state)
            self._action = said.action
            self._icon.set_icon(said.icon, {"danger": "danger", "warn": "warnInk"}.get(said.state, "accent"))
            self.title.setText(said.title)
            self.text.setText(said.text)
            self.button.setText(said.button)
            self.button.setVisible(bool(said.button))
