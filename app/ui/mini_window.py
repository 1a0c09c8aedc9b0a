"""The small window where there is no tray: the three answers, the ringing order's buttons, Orders and the menu.

It is always reachable: on the taskbar, minimised but never closed. It stays above others only while an order rings.
"""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.answers import Answers
from app.ui.board import Board, Card
from app.ui.facts import Fact
from app.ui.header import Cell, SandboxStrip
from app.ui.theme import Look
from app.ui.widgets import AllergyBlock, Button
from app.ui.words import channel_name, countdown, tr

_WIDTH = 300


class MiniWindow(QWidget):
    """Signals carry the ringing card."""

    orders_asked = Signal()
    menu_asked = Signal(object)
    accepted = Signal(object)
    viewed = Signal(object)
    rejected = Signal(object)

    def __init__(self, *, look: Look, sandbox: bool) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.CustomizeWindowHint | Qt.WindowType.WindowTitleHint
        super().__init__(None, flags | Qt.WindowType.WindowMinimizeButtonHint)
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("Companion")
        self.card: Card | None = None
        self.working = Cell(look=look)
        self.todo = Cell(look=look)
        self.open = Cell(look=look, switch=True)
        self.allergy = AllergyBlock(look=look)
        self.accept = Button(look=look, icon="check", kind="accept", font="title", act=lambda: self._say(self.accepted))
        self.view = Button(tr("View"), look=look, act=lambda: self._say(self.viewed))
        self.reject = Button(tr("Reject"), look=look, icon="cross", kind="reject", act=lambda: self._say(self.rejected))
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(self.view, 1)
        answers.addWidget(self.reject, 1)
        self.ringing = QFrame()
        box = QVBoxLayout(self.ringing)
        box.setContentsMargins(10, 10, 10, 10)
        box.setSpacing(8)
        box.addWidget(self.allergy)
        box.addWidget(self.accept)
        box.addLayout(answers)
        self.ringing.hide()
        orders = Button(tr("Orders"), look=look, icon="ready", act=self.orders_asked.emit)
        menu = Button(look=look, icon="menu", name=tr("Menu"))
        menu.setFixedWidth(52)
        menu.clicked.connect(lambda _=False: self.menu_asked.emit(menu))
        bottom = QHBoxLayout()
        bottom.setContentsMargins(10, 10, 10, 10)
        bottom.setSpacing(8)
        bottom.addWidget(orders, 1)
        bottom.addWidget(menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        strip = SandboxStrip(look=look, narrow=True)
        strip.setVisible(sandbox)
        for widget in (strip, self.working, self.todo, self.ringing, self.open):
            layout.addWidget(widget)
        layout.addLayout(bottom)
        for cell in (self.working, self.todo, self.open):
            cell.setFixedHeight(62)
            cell.clicked.connect(lambda _=False: self.orders_asked.emit())
        self.setFixedWidth(_WIDTH)

    def show_board(self, board: Board, answers: Answers, now: datetime) -> None:
        """Show how things are."""
        self.working.show_fact(answers.working)
        self.open.show_fact(answers.open)
        before = self.card
        self.card = next((card for card in board.ringing if card.can_act), None)
        if self.card is None:
            self.todo.show_fact(answers.todo)
        else:
            self._show_ringing(self.card, now)
        self.ringing.setVisible(self.card is not None)
        if (before is None) != (self.card is None):
            self._stay_above(self.card is not None)
        height = self.layout().sizeHint().height()  # type: ignore[union-attr]
        if height != self.height():
            self.setFixedHeight(height)
            QTimer.singleShot(0, self, self.stay_on_screen)  # when it has grown

    def show_dead(self, why: str) -> None:
        """The loop died before anything was known."""
        self.working.show_fact(Fact(title=tr("Stopped"), proof=why, icon="error", state="danger"))

    def _show_ringing(self, card: Card, now: datetime) -> None:
        record, sheet = card.record, card.sheet
        left = countdown(record.accept_by - now) if record.accept_by is not None else ""
        self.todo.show_fact(
            Fact(
                title=f"{record.code} · {channel_name(record, sheet)}",
                proof=tr("%1 left to accept", left) if left else tr("to accept"),
                icon="bell",
                state="new",
            )
        )
        self.allergy.show_words(tr("ALLERGY: %1", ", ".join(sheet.allergies)) if sheet.allergies else "")
        plain = record.is_reservation
        self.accept.setText(tr("Accept") if plain else tr("Accept · %n min", n=card.minutes))
        self.accept.setAccessibleName(f"{self.accept.text()} {record.code}")
        sending = card.note is not None and card.note.kind.value in ("sending", "kept")
        for button in (self.accept, self.reject):
            button.setEnabled(not sending)

    def _stay_above(self, above: bool) -> None:
        """Above others while an order rings, without taking the keyboard."""
        shown = self.isVisible()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, above)
        if shown:
            self.show()

    def to_corner(self) -> None:
        """To the lower right of the screen."""
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            room = screen.availableGeometry()
            self.move(room.right() - self.width() - 12, room.bottom() - self.sizeHint().height() - 48)

    def stay_on_screen(self) -> None:
        """Come back whole onto the screen it is on: with an order ringing it is twice as high."""
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
        top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
        if (left, top) != (frame.left(), frame.top()):
            self.move(left, top)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        QTimer.singleShot(0, self, self.stay_on_screen)  # kept from a larger screen, perhaps

    def _say(self, signal: object) -> None:
        if self.card is not None:
            signal.emit(self.card)  # type: ignore[attr-defined]

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """It cannot be closed: a process without any window would be hidden."""
        event.ignore()
        self.showMinimized()
