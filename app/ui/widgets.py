"""Small widgets of all windows: labels in the design's fonts, buttons with tinted icons, blocks and tags."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFocusEvent, QIcon, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import Look

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)

_THIN = "\N{EN SPACE}"
"""Between a button's icon and its word: style sheets know no gap there."""


class Label(QLabel):
    """Plain text in a role's font; never rich text: customers write what they like."""

    def __init__(self, text: str = "", *, look: Look, font: str = "body", tone: str = "", wrap: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self._look = look
        self._role = font
        self._full = text
        if tone:
            self.setProperty("tone", tone)
        self._dress()
        look.changed.connect(self._dress)

    def set_tone(self, tone: str) -> None:
        """Another colour."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            repolish(self)

    def set_role(self, font: str) -> None:
        """Another font of the scale."""
        if font != self._role:
            self._role = font
            self._dress()

    def _dress(self) -> None:
        self.setFont(self._look.theme.font(self._role))


class Elided(Label):
    """A label that gives way: its text is cut at the end, the whole is in its tooltip."""

    def __init__(self, text: str = "", *, look: Look, font: str = "note", tone: str = "quiet") -> None:
        super().__init__(text, look=look, font=font, tone=tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().windowText().color())
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)
        cut = self.text() if text != self.text() else ""
        if self.toolTip() != cut:
            self.setToolTip(cut)


class IconLabel(QLabel):
    """An icon in a token's colour."""

    def __init__(self, name: str, *, look: Look, tint: str = "ink", size: int = 24) -> None:
        super().__init__()
        self._look = look
        self._shown = (name, tint, size)
        self.setFixedSize(size, size)
        self._dress()
        look.changed.connect(self._dress)

    def set_icon(self, name: str, tint: str) -> None:
        """Another icon or colour."""
        shown = (name, tint, self._shown[2])
        if shown != self._shown:
            self._shown = shown
            self._dress()

    def _dress(self) -> None:
        name, tint, size = self._shown
        self.setPixmap(self._look.pixmap(name, tint, size, self.devicePixelRatioF()))


class Button(QPushButton):
    """A button of the design; a ring shows the keyboard's focus. ``act`` is called when it is pressed."""

    def __init__(
        self,
        text: str = "",
        *,
        look: Look,
        icon: str = "",
        kind: str = "",
        font: str = "strong",
        act: Callable[[], object] | None = None,
        name: str = "",
    ) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self._room_for_icon = True
        self.setText(text)
        self._role = font
        self._ring = False
        if kind:
            self.setProperty("kind", kind)
        self.setAutoDefault(False)
        if name or not text:
            self.setAccessibleName(name)
            self.setToolTip(name if not text else "")
        if act is not None:
            self.clicked.connect(lambda _=False: act())
        self._dress()
        look.changed.connect(self._dress)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        gap = _THIN if self._icon and text and self._room_for_icon else ""
        super().setText(gap + text.replace("&", "&&"))  # a dish with an ampersand has no shortcut

    def text(self) -> str:
        return super().text().removeprefix(_THIN).replace("&&", "&")

    def set_kind(self, kind: str) -> None:
        """Another look."""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            repolish(self)
            self._dress()

    def set_icon_name(self, name: str) -> None:
        """Another icon."""
        if name != self._icon:
            text = self.text()
            self._icon = name
            self.setText(text)
            self._dress()

    def setEnabled(self, enabled: bool) -> None:  # noqa: N802 - Qt's name
        super().setEnabled(enabled)
        self._dress()

    def _dress(self) -> None:
        self.setFont(self._look.theme.font(self._role))
        if self._icon and not self._room_for_icon:
            self.setIcon(QIcon())
        elif self._icon:
            tints = {
                "accept": "onOk",
                "primary": "onAccent",
                "danger": "onDanger",
                "close": "onClosed",
                "save": "onAccent",
                "reject": "danger",
                "step": "accent",
                "link": "accent",
                "more": "accent",
            }
            tint = tints.get(str(self.property("kind")), "ink") if self.isEnabled() else "ink2"
            self.setIcon(self._look.icon(self._icon, tint))
            self.setIconSize(QSize(24, 24))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The word of a button is never cut: its icon goes first."""
        if self._icon and self.text():
            fits = self.fontMetrics().horizontalAdvance(super().text()) + 24 + 20 <= self.width()
            if fits is self.icon().isNull():
                text = self.text()
                self._room_for_icon = fits
                self.setText(text)
                self._dress()
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self._ring = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self._ring and self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            filled = str(self.property("kind")) in ("accept", "primary", "danger", "close", "save")
            painter.setPen(QPen(self._look.theme.color("surface" if filled else "accent"), 3))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -4, -4), 5, 5)


class ChoiceButton(Button):
    """One of several choices: a circle that is filled when chosen, an icon, a title and what it means."""

    def __init__(self, title: str, *, look: Look, more: str = "", icon: str = "") -> None:
        super().__init__(look=look, kind="choice", name=f"{title}. {more}" if more else title)
        self.title = title
        self._more = more
        self._picture = icon
        self.setToolTip("")
        self.setCheckable(True)
        self.setMinimumHeight(60 if more else 52)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() // 2
        painter.setPen(QPen(theme.color("accent" if self.isChecked() else "edge"), 2))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(14, middle - 13, 26, 26)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(20, middle - 7, 14, 14)
        left = 54
        if self._picture:
            painter.drawPixmap(left, middle - 12, self._look.pixmap(self._picture, "ink", 24, self.devicePixelRatioF()))
            left += 36
        width = self.width() - left - 10
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("strong"))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, width)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(
            left, middle - 23 if self._more else 0, width, 24 if self._more else self.height(), flags, title
        )
        if self._more:
            painter.setPen(theme.color("ink2"))
            painter.setFont(theme.font("note"))
            more = painter.fontMetrics().elidedText(self._more, Qt.TextElideMode.ElideRight, width)
            painter.drawText(left, middle, width, 22, flags, more)


def repolish(widget: QWidget) -> None:
    """Let a widget look as its properties say now."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def set_state(widget: QWidget, state: str) -> None:
    """A widget's ``state`` for the style sheet."""
    if widget.property("state") != state:
        widget.setProperty("state", state)
        repolish(widget)


class AllergyBlock(QFrame):
    """The yellow block; hidden while there is nothing to say."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("allergy")
        self.text = Label(look=look, font="strong", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(10)
        row.addWidget(IconLabel("allergy", look=look, tint="onAllergy"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self.hide()

    def show_words(self, text: str) -> None:
        """Say it, or hide."""
        self.text.setText(text)
        self.setVisible(bool(text))


class Tag(QFrame):
    """A short word on a tint, with an icon; ``small`` in rows that are not pressed."""

    def __init__(self, *, look: Look, small: bool = False) -> None:
        super().__init__()
        self.setObjectName("tag")
        self._icon = IconLabel("paid", look=look, size=16 if small else 18)
        self._text = Label(look=look, font="note_strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(*(6, 0, 6, 0) if small else (8, 3, 8, 3))
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, text: str, icon: str = "", state: str = "") -> None:
        """Say it, or hide."""
        self._text.setText(text)
        tint = {"warn": "warnInk", "info": "accent"}.get(state, "")
        self._text.set_tone(tint)
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.set_icon(icon, tint or "ink")
        self.setVisible(bool(text))
        set_state(self, state)


def rule() -> QFrame:
    """A line between parts."""
    line = QFrame()
    line.setObjectName("rule")
    return line


def column(*widgets: QWidget, spacing: int = 8, margins: int = 0) -> QVBoxLayout:
    """Widgets under each other."""
    layout = QVBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(margins, margins, margins, margins)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def clear_layout(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout and free it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
