"""The manager's PIN: asked before something guarded, set, changed or removed, and a way out for who forgot it.

A pad of large digits for fingers; digits of the keyboard do the same. What is typed is never shown.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.services.manager_pin import DIGITS, PinAnswer
from app.ui.panel import Panel, panel_title
from app.ui.theme import TOUCH, Look
from app.ui.widgets import Button, Label, rule
from app.ui.words import clock, tr

Reply = Callable[[PinAnswer | None, str], None]
"""Gets what came of it: an answer, or ``None`` and why it could not be tried."""


class PinPad(QWidget):
    """Dots for what is typed, and the digits."""

    def __init__(self, *, look: Look, name: str, changed: Callable[[], object]) -> None:
        super().__init__()
        self._changed = changed
        self._pin = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.dots = Label(look=look, font="code")
        self.dots.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.dots.setMinimumHeight(TOUCH)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.keys: dict[str, Button] = {}
        for place, digit in enumerate("123456789"):
            grid.addWidget(self._key(digit, look), place // 3, place % 3)
        grid.addWidget(self._key("0", look), 3, 1)
        erase = Button(look=look, icon="undo", name=tr("Delete the last digit"), act=self.erase)
        erase.setMinimumSize(80, 56)
        erase.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        grid.addWidget(erase, 3, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.dots)
        layout.addLayout(grid)
        self._show()

    def _key(self, digit: str, look: Look) -> Button:
        key = Button(digit, look=look, font="code_small", act=lambda: self.press(digit))
        key.setMinimumSize(80, 56)
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.keys[digit] = key
        return key

    @property
    def pin(self) -> str:
        """What was typed."""
        return self._pin

    def press(self, digit: str) -> None:
        """One more."""
        if len(self._pin) < DIGITS[1]:
            self._pin += digit
            self._show()

    def erase(self) -> None:
        """One less."""
        self._pin = self._pin[:-1]
        self._show()

    def clear(self) -> None:
        """From the beginning."""
        self._pin = ""
        self._show()

    def _show(self) -> None:
        self.dots.setText("\N{BLACK CIRCLE} " * len(self._pin) or "\N{EN DASH}")
        self.dots.setAccessibleName(tr("%n digits typed", n=len(self._pin)))
        self._changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        text = event.text()
        if text.isascii() and text.isdigit():
            self.press(text)
        elif event.key() == Qt.Key.Key_Backspace:
            self.erase()
        else:
            super().keyPressEvent(event)


class _PinPanel(Panel):
    """What both panels share: a title, words, a pad, what is wrong, and two buttons."""

    wide = False

    def __init__(self, *, look: Look, title: str, button: str, now: Callable[[], datetime]) -> None:
        super().__init__(look=look)
        self.setAccessibleName(title)
        self._now = now
        self.words = Label(look=look, wrap=True)
        self.pad = PinPad(look=look, name=title, changed=self._changed)
        self.fault = Label(look=look, tone="danger", wrap=True)
        self.code = QLineEdit()
        self.code.setPlaceholderText(tr("Pairing code of Sinqro"))
        self.code.setAccessibleName(tr("Pairing code of Sinqro"))
        self.code.setMaxLength(12)
        self.code.setMinimumHeight(40)
        self.code.textEdited.connect(lambda _: self._changed())
        self.code.hide()
        self.forgot = Button(tr("Forgotten?"), look=look, kind="link")
        self.button = Button(button, look=look, icon="check", kind="primary", font="title", act=self._finish)
        back = Button(tr("Back"), look=look, kind="tall", act=self.close_panel)
        body = QVBoxLayout()
        body.setContentsMargins(20, 10, 20, 10)
        body.setSpacing(8)
        for widget in (self.words, self.code, self.pad, self.fault):
            body.addWidget(widget)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 14)
        bottom.setSpacing(12)
        bottom.addWidget(back)
        bottom.addWidget(self.forgot)
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)

    def first_focus(self) -> QWidget | None:
        return self.pad

    def confirm(self) -> None:
        self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focusWidget() in (self.pad, self.code):
            self._finish()
        else:
            super().keyPressEvent(event)

    @property
    def typed_enough(self) -> bool:
        """Whether it can be a PIN."""
        return len(self.pad.pin) >= DIGITS[0]

    def _changed(self) -> None:
        if hasattr(self, "button"):
            self.button.setEnabled(self.typed_enough)

    def _finish(self) -> None:
        raise NotImplementedError

    def show_refusal(self, answer: PinAnswer | None, why: str) -> None:
        """It was not right, or could not be tried."""
        self.pad.clear()
        if answer is None:
            self.fault.setText(why)
        elif answer.wait_until is not None:
            self.fault.setText(tr("Too many tries. The next one counts at %1.", clock(answer.wait_until, seconds=True)))
        else:
            self.fault.setText(tr("That is not the PIN. %n tries left.", n=answer.tries_left))


class AskPin(_PinPanel):
    """``check`` tries a PIN and tells; ``done`` goes on with what is guarded; ``recover`` opens the way out."""

    def __init__(
        self,
        *,
        look: Look,
        what: str,
        now: Callable[[], datetime],
        check: Callable[[str, Reply], object],
        done: Callable[[], object],
        recover: Callable[[], object],
    ) -> None:
        super().__init__(look=look, title=tr("Manager's PIN"), button=tr("Go on"), now=now)
        self.words.setText(what)
        self._check = check
        self._done = done
        self.forgot.clicked.connect(lambda _=False: recover())
        self._changed()

    def _finish(self) -> None:
        if self.button.isEnabled():
            self.button.setEnabled(False)
            self._check(self.pad.pin, self._answered)

    def _answered(self, answer: PinAnswer | None, why: str) -> None:
        if answer is not None and answer.right:
            self.close_panel()
            self._done()
        else:
            self.show_refusal(answer, why)


class SetPin(_PinPanel):
    """Sets a PIN in steps: the old one where there is one (or a pairing code), the new one, the new one again.

    ``change`` gets old and new, ``recover`` code and new; ``remove`` the old one: nothing is guarded any more.
    """

    def __init__(
        self,
        *,
        look: Look,
        is_set: bool,
        recovering: bool,
        now: Callable[[], datetime],
        change: Callable[[str, str, Reply], object],
        recover: Callable[[str, str, Reply], object],
        remove: Callable[[str, Reply], object],
    ) -> None:
        title = tr("Change the manager's PIN") if is_set else tr("Set a manager's PIN")
        super().__init__(look=look, title=title, button=tr("Go on"), now=now)
        self._change = change
        self._recover = recover
        self._remove = remove
        self._old = ""
        self._new = ""
        self._recovering = False
        self._step = "old" if is_set else "new"
        self.forgot.clicked.connect(lambda _=False: self._start_recovery())
        self.drop = Button(tr("Remove the PIN"), look=look, kind="link", act=self._start_removal)
        self._removing = False
        self.layout().itemAt(self.layout().count() - 1).layout().insertWidget(2, self.drop)  # type: ignore[union-attr]
        if recovering:
            self._start_recovery()
        else:
            self._show_step()

    def _show_step(self) -> None:
        words = {
            "old": tr("The PIN as it is now."),
            "new": tr("Choose 4 to 8 digits. It guards the hours, and closings longer than today."),
            "again": tr("Type the new PIN again."),
        }
        text = words[self._step]
        if self._recovering and self._step == "new":
            text = tr("Have Sinqro show a pairing code for this restaurant, type it, and choose a new PIN.")
        if self._removing:
            text = tr("Type the PIN to remove it. Then nothing is guarded.")
        self.words.setText(text)
        self.code.setVisible(self._recovering and self._step == "new")
        self.forgot.setVisible(self._step == "old")
        self.drop.setVisible(self._step == "old" and not self._removing)
        self.button.setText(tr("Remove") if self._removing else tr("Keep") if self._step == "again" else tr("Go on"))
        self.pad.clear()
        self.fault.setText("")
        self._changed()

    def _start_recovery(self) -> None:
        self._recovering, self._removing, self._step = True, False, "new"
        self._show_step()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _start_removal(self) -> None:
        self._removing = True
        self._show_step()
        self.pad.setFocus(Qt.FocusReason.OtherFocusReason)

    def _changed(self) -> None:
        if hasattr(self, "button"):
            code = not self.code.isVisibleTo(self) or len(self.code.text().strip()) >= 8
            self.button.setEnabled(self.typed_enough and code)

    def _finish(self) -> None:
        if not self.button.isEnabled():
            return
        pin = self.pad.pin
        if self._removing:
            self._remove(pin, self._answered)
        elif self._step == "old":
            self._old, self._step = pin, "new"
            self._show_step()
        elif self._step == "new":
            self._new, self._step = pin, "again"
            self._show_step()
        elif pin != self._new:
            self._step = "new"
            self._show_step()
            self.fault.setText(tr("They were not the same. Choose it again."))
        elif self._recovering:
            self._recover(self.code.text().strip(), pin, self._answered)
        else:
            self._change(self._old, pin, self._answered)

    def _answered(self, answer: PinAnswer | None, why: str) -> None:
        if answer is not None and answer.right:
            self.close_panel()
            return
        self._step = "new" if self._recovering or not self._old else "old"
        removing, self._removing = self._removing, self._removing
        if not removing:
            self._show_step()
        self.show_refusal(answer, why)
