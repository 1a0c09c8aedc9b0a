"""How a painted card is made of parts: texts, icons, blocks and buttons, laid out once and painted often.

A :class:`Sheet` grows downwards while its parts are added; what it gives, a :class:`CardLayout`, knows its height,
paints itself, and says which button is under a finger. Nothing here knows what an order is.
"""

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from app.ui.theme import TOUCH, Look

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter

_INSIDE = 10
_GAP = 6


@dataclass(frozen=True, slots=True)
class Text:
    """A text at its place; elided at the end where it is too long."""

    rect: QRect
    text: str
    font: str
    color: str
    align: Qt.AlignmentFlag = LEFT
    wrap: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An icon at its place."""

    rect: QRect
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filled or bordered rectangle."""

    rect: QRect
    fill: str = ""
    border: str = ""
    width: int = 1
    radius: int = 6
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A place to touch; what it does is the view's."""

    rect: QRect
    action: str
    text: str
    kind: str
    """``step``, ``accept``, ``reject`` or ``plain``."""


@dataclass(slots=True)
class CardLayout:
    """A card, laid out."""

    width: int
    height: int = 0
    border: str = "line"
    border_width: int = 1
    fill: str = "surface"
    parts: list[Text | Picture | Box] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def button_at(self, point: QPoint) -> Button | None:
        """The button under a point of the card."""
        return next((button for button in self.buttons if button.rect.contains(point)), None)

    def paint(self, painter: QPainter, look: Look, *, ratio: float, focused: bool, pressed: str = "") -> None:
        """Paint at the origin of ``painter``."""
        theme = look.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRect(0, 0, self.width, self.height)
        _box(painter, look, Box(whole, self.fill, self.border, self.border_width, 8))
        self.paint_parts(painter, look, ratio)
        if pressed:
            for button in self.buttons:
                if button.action == pressed:
                    ink = QColor(theme.color("ink"))
                    ink.setAlphaF(0.14)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(ink)
                    painter.drawRoundedRect(button.rect, 6, 6)
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 3))
            painter.drawRoundedRect(whole.adjusted(2, 2, -2, -2), 7, 7)

    def paint_parts(self, painter: QPainter, look: Look, ratio: float) -> None:
        """Paint what stands on the card, without the card."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part in self.parts:
            if isinstance(part, Text):
                _text(painter, look, part)
            elif isinstance(part, Picture):
                painter.drawPixmap(part.rect.topLeft(), look.pixmap(part.name, part.color, part.rect.width(), ratio))
            else:
                _box(painter, look, part)


def _box(painter: QPainter, look: Look, box: Box) -> None:
    painter.setBrush(look.theme.color(box.fill) if box.fill else Qt.BrushStyle.NoBrush)
    if box.border:
        style = Qt.PenStyle.DashLine if box.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(look.theme.color(box.border), box.width, style))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    half = (box.width + 1) // 2 if box.border else 0
    painter.drawRoundedRect(box.rect.adjusted(half, half, -half, -half), box.radius, box.radius)


def _text(painter: QPainter, look: Look, part: Text) -> None:
    font = look.theme.font(part.font)
    if part.struck:
        font.setStrikeOut(True)
    painter.setFont(font)
    font.setStrikeOut(False)
    painter.setPen(look.theme.color(part.color))
    text = part.text
    if part.wrap:
        painter.drawText(part.rect, int(part.align) | int(Qt.TextFlag.TextWordWrap), text)
        return
    metrics = painter.fontMetrics()
    if metrics.horizontalAdvance(text) > part.rect.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, part.rect.width())
    painter.drawText(part.rect, int(part.align) | int(Qt.TextFlag.TextSingleLine), text)


class Sheet:
    """A card being laid out."""

    def __init__(self, *, look: Look, width: int) -> None:
        self._look = look
        self.layout = CardLayout(width=width)
        self.left = _INSIDE
        self.right = width - _INSIDE
        self.y = _INSIDE

    @property
    def inner(self) -> int:
        """The width between the margins."""
        return self.right - self.left

    def metrics(self, font: str) -> QFontMetrics:
        """Measures of a font."""
        return self._look.theme.metrics(font)

    def advance(self, text: str, font: str) -> int:
        """How wide a text is."""
        return self.metrics(font).horizontalAdvance(text) + 1

    def line(self, font: str) -> int:
        """The line height of a font."""
        return self._look.theme.line(font)

    def skip(self, pixels: int = _GAP) -> None:
        """Leave a gap."""
        self.y += pixels

    def text(self, x: int, width: int, text: str, font: str, color: str, *, row: str = "", **more: object) -> None:
        """One line of text in the present row, which is as high as the font ``row``."""
        rect = QRect(x, self.y, max(0, width), self.line(row or font))
        self.layout.parts.append(Text(rect, text, font, color, **more))  # type: ignore[arg-type]

    def icon(self, x: int, name: str, color: str, size: int = 18, row: str = "body") -> None:
        """An icon in the middle of the present row."""
        top = self.y + (self.line(row) - size) // 2
        self.layout.parts.append(Picture(QRect(x, top, size, size), name, color))

    def chip(self, x: int, text: str, row: str) -> int:
        """A channel's letters in a frame; returns where it ends."""
        top = self.y + (self.line(row) - 22) // 2
        width = max(28, self.advance(text, "note_strong") + 8)
        rect = QRect(x, top, width, 22)
        self.layout.parts.append(Box(rect, border="ink", radius=4))
        self.layout.parts.append(Text(rect, text, "note_strong", "ink", CENTER))
        return x + width

    def end_row(self, font: str) -> None:
        """Go below the present row."""
        self.y += self.line(font)

    def wrapped(self, x: int, width: int, text: str, font: str, color: str) -> None:
        """A text of as many lines as it needs."""
        flags = int(Qt.TextFlag.TextWordWrap)
        needed = self.metrics(font).boundingRect(QRect(0, 0, width, 10_000), flags, text).height()
        rect = QRect(x, self.y, width, needed)
        self.layout.parts.append(Text(rect, text, font, color, Qt.AlignmentFlag.AlignLeft, wrap=True))
        self.y += needed

    def line_across(self) -> None:
        """A thin line between rows."""
        self.layout.parts.append(Box(QRect(self.left, self.y, self.inner, 1), "line", radius=0))
        self.y += 1

    def block(self, text: str, icon: str, *, fill: str, ink: str, border: str = "", small: bool = False) -> None:
        """A block over the whole width, with an icon: allergy, waiting; wraps."""
        font = "note_strong" if small else "strong"
        at = self.left + 10 + 18 + 8
        box_at = len(self.layout.parts)
        top = self.y
        self.y += 3 if small else 5
        icon_y = self.y
        self.wrapped(at, self.right - 6 - at, text, font, ink)
        self.y += 3 if small else 5
        rect = QRect(self.left, top, self.inner, self.y - top)
        self.layout.parts.insert(box_at, Box(rect, fill, border, 2, 4))
        self.layout.parts.append(Picture(QRect(self.left + 10, icon_y + 2, 18, 18), icon, ink))
        self.skip()

    def tag(self, text: str, icon: str, *, fill: str, ink: str) -> None:
        """A small label as wide as its text."""
        width = min(self.inner, self.advance(text, "note_strong") + 42)
        rect = QRect(self.left, self.y, width, 24)
        self.layout.parts.append(Box(rect, fill, radius=4))
        self.layout.parts.append(Picture(QRect(self.left + 8, self.y + 4, 16, 16), icon, ink))
        self.layout.parts.append(Text(QRect(self.left + 30, self.y, width - 36, 24), text, "note_strong", ink))
        self.y += 24
        self.skip()

    def message(self, title: str, lines: list[str], *, icon: str, fill: str, ink: str, border: str) -> None:
        """A box with a headline and sentences."""
        box_at = len(self.layout.parts)
        top = self.y
        self.y += 6
        at, width = self.left + 8, self.inner - 16
        self.layout.parts.append(Picture(QRect(at, self.y + 1, 18, 18), icon, ink))
        self.wrapped(at + 24, width - 24, title, "note_strong", ink)
        for line in lines:
            self.wrapped(at, width, line, "note", "ink")
        self.y += 6
        rect = QRect(self.left, top, self.inner, self.y - top)
        self.layout.parts.insert(box_at, Box(rect, fill, border, 1, 6))
        self.skip()

    def button(
        self, action: str, text: str, icon: str, kind: str = "step", *, x: int | None = None, width: int | None = None
    ) -> None:
        """A button of touch height in the present row; :meth:`end_buttons` goes below."""
        rect = QRect(self.left if x is None else x, self.y, self.inner if width is None else width, TOUCH)
        fill, border, ink = {
            "step": ("accentSoft", "accent", "accent"),
            "accept": ("ok", "", "onOk"),
            "reject": ("surface", "danger", "danger"),
            "plain": ("surface", "edge", "ink"),
            "sending": ("surface", "edge", "ink2"),
        }[kind]
        self.layout.parts.append(Box(rect, fill, border, 1, 6, dashed=kind == "sending"))
        advance = self.advance(text, "strong") if text else 0
        shown = bool(icon) and (not text or advance + 34 <= rect.width() - 12)
        total = (24 if shown else 0) + (8 if shown and text else 0) + min(advance, rect.width() - 12)
        start = rect.x() + (rect.width() - total) // 2
        if shown:
            self.layout.parts.append(Picture(QRect(start, rect.y() + 12, 24, 24), icon, ink))
            start += 32
        if text:
            self.layout.parts.append(
                Text(QRect(start, rect.y(), min(advance, rect.right() - 5 - start), TOUCH), text, "strong", ink)
            )
        if kind != "sending":
            self.layout.buttons.append(Button(rect, action, text, kind))

    def end_buttons(self) -> None:
        """Go below a row of buttons."""
        self.y += TOUCH
        self.skip()

    def done(self) -> CardLayout:
        """The finished card."""
        self.layout.height = self.y - _GAP + _INSIDE
        return self.layout
