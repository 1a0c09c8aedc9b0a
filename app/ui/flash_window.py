"""One screen's window of the full-screen alarm, as drawn: code and time left at the left, dishes at the right, below
them the three answers.
"""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QFontMetrics, QGuiApplication, QScreen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.record import OrderRecord
from app.services.sheets import OrderSheet
from app.ui.flash_dishes import FlashDishes, font, framed, label
from app.ui.flash_order import FlashOrder
from app.ui.theme import Look
from app.ui.words import TYPE_ICONS, channel_name, clock, countdown, kind, tr

SENDING_MS = 3000
"""So long the answers stay pressed while the answer is on its way; then they may be pressed again."""

_BUTTON = 104
"""Pixels, as all full-screen targets."""

_MARGINS = (32, 24, 32, 24)

_DRAWN = (1024, 700)
"""Width and height from which all is as large as drawn; smaller screens make it smaller."""

_ANY = 16_777_215
"""Qt's height of a widget that may have any."""

_STRIP = 38

_AROUND = 2 * 24 + 48 + 2 + _BUTTON + 4 * 16
"""Pixels of the height that are not the dishes'."""

_SHEET = """
QWidget#flash {{ background: {back}; }}
QWidget#flash QLabel {{ background: transparent; color: {front}; }}
QFrame#flashLine {{ background: {front}; border: none; max-height: 2px; min-height: 2px; }}
QPushButton {{ background: transparent; color: {front}; border: 3px solid {front}; border-radius: 8px; padding: 0 12px;
    min-height: {button}px; }}
QPushButton:pressed {{ border-width: 8px; }}
QPushButton:disabled {{ background: transparent; color: {front}; border: 3px dashed {front}; }}
QPushButton#flashAccept {{ background: {front}; color: {back}; }}
QPushButton#flashAccept:pressed {{ border: 8px solid {back}; }}
QPushButton#flashAccept:disabled {{ background: transparent; color: {front}; border: 3px dashed {front}; }}
QFrame#allergy {{ background: {allergy}; border: 2px solid {on_allergy}; border-radius: 4px; }}
QWidget#flash QFrame#allergy QLabel {{ color: {on_allergy}; }}
QFrame#sandbox {{ background: {sandbox}; border: none; }}
QWidget#flash QFrame#sandbox QLabel {{ color: {on_sandbox}; }}
"""


class FlashWindow(QWidget):
    """Above everything on its screen, without the keyboard. What it shows comes by :meth:`set_order`."""

    accept_asked = Signal(object)
    view_asked = Signal(object)
    reject_asked = Signal(object)

    def __init__(self, *, look: Look, minutes: int, screen: QScreen) -> None:
        flags = (
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        if QGuiApplication.platformName() == "xcb":  # or a window manager keeps a full-screen POS above us
            flags |= Qt.WindowType.X11BypassWindowManagerHint
        super().__init__(None, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("flash")
        self.setWindowTitle("Sinqro Companion")
        self._look = look
        self._minutes = minutes
        self._place = screen
        self.screen_name = screen.name()
        size = screen.size()
        self._scale = min(1.0, size.width() / _DRAWN[0], size.height() / _DRAWN[1])
        self._order: FlashOrder | None = None
        self._body_of: tuple[OrderRecord, OrderSheet, int] | None = None
        self._swapped = False
        self._sending = QTimer(self)
        self._sending.setSingleShot(True)
        self._sending.setInterval(SENDING_MS)
        self._sending.timeout.connect(self._let_press)
        self._build()
        self._colour()

    def appear(self) -> None:
        """Cover the screen, above everything."""
        if QGuiApplication.platformName().startswith("wayland"):  # where no program places its windows
            self.setScreen(self._place)
            self.showFullScreen()
            return
        self.setGeometry(self._place.geometry())
        self.show()
        self.raise_()

    def polish(self) -> None:
        """Let the style sheet reach all that is in it, which :meth:`appear` would do too, all at once."""
        for widget in (self, *self.findChildren(QWidget)):
            widget.ensurePolished()

    def set_order(self, order: FlashOrder) -> None:
        """Show this order; the same order is only brought up to date."""
        before, self._order = self._order, order
        if before is None or before.record.key != order.record.key:
            self._sending.stop()
            self._let_press()
        shown = (order.record, order.sheet, order.minutes)
        if self._body_of != shown:
            self._body_of = shown
            self._minutes = order.minutes or self._minutes
            self._fill(order.record, order.sheet, sandbox=order.sandbox)
        self._tick(order)
        if self.isVisible():
            self.raise_()  # whatever came up since

    def set_swapped(self, swapped: bool) -> None:
        """The drawn frame, or the one in swapped colours."""
        if swapped is not self._swapped:
            self._swapped = swapped
            self._colour()

    # made once

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._sandbox = framed("sandbox", label(self._look, 16, strong=True, text=tr("SANDBOX · orders are not real")))
        self._sandbox.hide()
        outer.addWidget(self._sandbox)
        inner = QVBoxLayout()
        inner.setContentsMargins(*_MARGINS)
        inner.setSpacing(16)
        outer.addLayout(inner, 1)

        self._bell = QLabel()
        self.title = self._label(28, strong=True)
        self.note = self._label(22)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._bell)
        top.addWidget(self.title)
        top.addStretch(1)
        top.addWidget(self.note)
        inner.addLayout(top)
        line = QFrame()
        line.setObjectName("flashLine")
        inner.addWidget(line)
        body = QHBoxLayout()
        body.setSpacing(32)
        body.addLayout(self._build_left(), 1)
        self._dishes = FlashDishes(look=self._look, scale=self._scale)
        body.addWidget(self._dishes, 1)
        inner.addLayout(body, 1)
        inner.addLayout(self._build_buttons())

    def _build_left(self) -> QVBoxLayout:
        self.code = self._label(140, strong=True)
        self.channel = self._label(40, strong=True)
        self._type_icon = QLabel()
        self.what = self._label(28)
        self.due = self._label(28, strong=True)
        self.left = self._label(104, strong=True)
        self.left.setFixedHeight(self._px(104))
        self.after = self._label(28)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.code)
        left.addWidget(self.channel)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(self._type_icon)
        row.addWidget(self.what)
        row.addWidget(self.due)
        row.addStretch(1)
        left.addLayout(row)
        left.addSpacing(self._px(34))
        left.addWidget(self.left)
        left.addWidget(self.after)
        left.addStretch(1)
        return left

    def _build_buttons(self) -> QHBoxLayout:
        self.accept = self._button("flashAccept", 34, lambda: self._answer(self.accept_asked))
        self.view = self._button("flashView", 24, lambda: self._answer(self.view_asked))
        self.reject = self._button("flashReject", 24, lambda: self._answer(self.reject_asked))
        self.view.setText(tr("View"))
        self.reject.setText(f" {tr('Reject')}")
        self.view.setMinimumWidth(self._px(180))
        self.reject.setMinimumWidth(self._px(200))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.accept, 1)
        row.addWidget(self.view)
        row.addWidget(self.reject)
        return row

    def _button(self, name: str, size: int, act: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setFont(font(self._look, self._px(size), strong=True))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(act)
        return button

    # what it says

    def _fill(self, record: OrderRecord, sheet: OrderSheet, *, sandbox: bool) -> None:
        channel = channel_name(record, sheet)
        self.title.setText(tr("New order without an answer"))
        self._fit(self.code, record.code or record.order_id, 140)
        self._fit(self.channel, channel, 40)
        self.what.setText(kind(record, sheet) + (f" · {tr('for')}" if record.execution_at else ""))
        self.due.setText(clock(record.execution_at) if record.execution_at else "")
        self.after.setText(tr("and %1 cancels it", channel) if record.accept_by else tr("waiting"))
        accept = tr("Accept · %1 min", self._minutes)
        self.accept.setText(f" {accept}")
        self.accept.setAccessibleName(tr("Accept %1 in %2 minutes", record.code, self._minutes))
        self.reject.setAccessibleName(tr("Reject %1", record.code))
        self.view.setAccessibleName(tr("View %1", record.code))
        self.setAccessibleName(tr("New order without an answer") + f": {record.code}, {channel}")
        room = self._place.size().height() - self._px(_AROUND) - (_STRIP if sandbox else 0)
        self._dishes.fill(record, sheet, room=room, width=self._column())
        self._draw_icons()

    def _tick(self, order: FlashOrder) -> None:
        record = order.record
        left = record.accept_by - order.at if record.accept_by else order.at - record.received_at
        self.left.setText(countdown(left))
        many = tr("1 of %1", order.count) + " · " if order.count > 1 else ""
        self.note.setText(many + (order.problem or tr("the alarm rings at full volume")))
        self._sandbox.setVisible(order.sandbox)

    # how it looks

    def _colour(self) -> None:
        """Give the frame its colours; as dear as all else together, so only when they change."""
        back, front = self._tokens()
        color = self._look.theme.hex
        self.setStyleSheet(
            _SHEET.format(
                button=self._px(_BUTTON) - 6,  # its borders
                back=color(back),
                front=color(front),
                allergy=color("allergy"),
                on_allergy=color("onAllergy"),
                sandbox=color("sandbox"),
                on_sandbox=color("onSandbox"),
            )
        )
        self._draw_icons()

    def _tokens(self) -> tuple[str, str]:
        return ("onNew", "new") if self._swapped else ("new", "onNew")

    def _draw_icons(self) -> None:
        back, front = self._tokens()
        ratio = self.devicePixelRatioF()
        pixmap = self._look.pixmap
        self._bell.setPixmap(pixmap("bell", front, 48, ratio))
        if self._order is not None:
            self._type_icon.setPixmap(pixmap(TYPE_ICONS[self._order.record.type], front, 32, ratio))
        sending = self._sending.isActive()
        self.accept.setIcon(pixmap("check", front if sending else back, 44, ratio))
        self.accept.setIconSize(QSize(44, 44))
        self.reject.setIcon(pixmap("cross", front, 32, ratio))
        self.reject.setIconSize(QSize(32, 32))

    def _label(self, size: int, *, strong: bool = False, text: str = "") -> QLabel:
        return label(self._look, self._px(size), strong=strong, text=text)

    def _fit(self, shown: QLabel, text: str, size: int) -> None:
        """A code is never cut: its letters become smaller."""
        size = self._px(size)
        while size > 20 and QFontMetrics(font(self._look, size, strong=True)).horizontalAdvance(text) > self._column():
            size -= 4
        shown.setFont(font(self._look, size, strong=True))
        shown.setText(text)
        if size > 80 and not set(text) & set("gjpqyQÇ,;"):  # as drawn: nothing reaches below the line
            shown.setFixedHeight(size)
        else:
            shown.setMinimumHeight(0)
            shown.setMaximumHeight(_ANY)

    def _px(self, drawn: int) -> int:
        return round(drawn * self._scale)

    def _column(self) -> int:
        return (self._place.size().width() - 2 * 32 - 32) // 2

    # answers

    def _answer(self, signal: SignalInstance) -> None:
        if self._order is None or self._sending.isActive():
            return
        self._sending.start()
        for button in (self.accept, self.reject, self.view):
            button.setEnabled(False)
        self._draw_icons()
        signal.emit(self._order.record.key)

    def _let_press(self) -> None:
        for button in (self.accept, self.reject, self.view):
            button.setEnabled(True)
        self._draw_icons()
