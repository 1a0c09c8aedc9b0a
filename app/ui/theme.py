"""Colours, fonts and the style sheet, made from the tokens of the design (``resources/theme/tokens.json``).

A :class:`Theme` is one frozen appearance: light or dark, at one size of letters. :class:`Look` holds the one in use,
follows the system while the program runs, and hands out tinted icons.
"""

import json
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.ui.style import style_sheet

TOUCH = 48
"""Pixels: nothing to press is smaller."""


def load_tokens() -> dict[str, Any]:
    """The design's values."""
    text = (resources.files("resources") / "theme" / "tokens.json").read_text(encoding="utf-8")
    tokens: dict[str, Any] = json.loads(text)
    return tokens


class Theme:
    """One appearance. ``scale`` multiplies the sizes of letters."""

    def __init__(self, *, tokens: dict[str, Any], dark: bool, scale: float = 1.0) -> None:
        self.dark = dark
        self._names: dict[str, str] = tokens["color"]["dark" if dark else "light"]
        self._colors = {name: QColor(value) for name, value in self._names.items()}
        self._sizes: dict[str, list[int]] = tokens["font"]["scale"]
        self._scale = scale
        strong = tokens["font"]["weights"]["strong"]
        self._strong = int(strong["windows" if sys.platform == "win32" else "macos" if _mac() else "linux"])
        self._base = _base_font()
        self._fonts: dict[str, QFont] = {}
        self._metrics: dict[str, QFontMetrics] = {}

    def color(self, name: str) -> QColor:
        """A colour by its token."""
        return self._colors[name]

    def hex(self, name: str) -> str:
        """A colour as ``#rrggbb``."""
        return self._names[name]

    def font(self, role: str) -> QFont:
        """A font by its role in the scale; ``note_strong`` is a note in strong weight."""
        found = self._fonts.get(role)
        if found is None:
            size, _, weight = self._sizes[role.removesuffix("_strong") if role != "strong" else role]
            strong = weight > 400 or role.endswith("_strong")
            found = QFont(self._base)
            found.setPixelSize(max(14, round(size * self._scale)) if self._scale >= 1 else round(size * self._scale))
            found.setWeight(QFont.Weight(self._strong if strong else 400))
            found.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[role] = found
        return found

    def metrics(self, role: str) -> QFontMetrics:
        """Measures of a role's font."""
        found = self._metrics.get(role)
        if found is None:
            found = self._metrics[role] = QFontMetrics(self.font(role))
        return found

    def line(self, role: str) -> int:
        """The line height of a role, in pixels."""
        return round(self._sizes[role.removesuffix("_strong") if role != "strong" else role][1] * self._scale)


def _mac() -> bool:
    return sys.platform == "darwin"


def _base_font() -> QFont:
    """The desktop's font, with fall-backs where the desktop names none."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if sys.platform == "win32":
        font.setFamilies(["Segoe UI"])
    elif not _mac():
        font.setFamilies([*font.families(), "Noto Sans", "DejaVu Sans"])
        if font.families()[0].casefold() in ("", "sans", "sans serif", "sans-serif", "dejavu sans"):
            font.setFamilies(["Noto Sans", "DejaVu Sans"])
    return font


class Look(QObject):
    """The appearance in use; lives as long as the application. ``dark=None`` follows the system."""

    changed = Signal()
    """Colours or sizes are others now: icons must be drawn anew."""

    def __init__(self, *, scale: float = 1.0, dark: bool | None = None) -> None:
        super().__init__()
        self._tokens = load_tokens()
        self._scale = scale
        self._dark = dark
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._sources: dict[str, bytes] = {}
        # Found once, since each search reads the folders; by a file, since "resources" may be in several places.
        self._icons = Path(str(resources.files("resources") / "icons" / "bell.svg")).parent
        self.theme = self._made()
        if dark is None:
            QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def set_dark(self, dark: bool | None) -> None:
        """Choose light or dark; ``None`` follows the system."""
        self._dark = dark
        self._system_changed()

    def apply(self) -> None:
        """Give the application this appearance."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(self.theme.font("body"))
            application.setStyleSheet(style_sheet(self.theme))

    def _made(self) -> Theme:
        dark = self._dark
        if dark is None:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return Theme(tokens=self._tokens, dark=dark, scale=self._scale)

    def _system_changed(self, *_: object) -> None:
        self.theme = self._made()
        self._pixmaps.clear()
        self.apply()
        self.changed.emit()

    def pixmap(self, name: str, tint: str, size: int = 24, ratio: float = 1.0) -> QPixmap:
        """An icon in a token's colour, ``size`` device-independent pixels wide."""
        key = (name, self.theme.hex(tint), size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            source = self.svg(name).replace(b"currentColor", key[1].encode())
            found = render(source, size, ratio)
            self._pixmaps[key] = found
        return found

    def icon(self, name: str, tint: str = "ink", size: int = 24) -> QIcon:
        """The same as an icon for buttons and menus, sharp at common pixel ratios."""
        icon = QIcon()
        for ratio in (1.0, 2.0):
            icon.addPixmap(self.pixmap(name, tint, size, ratio))
        return icon

    def svg(self, name: str) -> bytes:
        """An icon's source."""
        if name not in self._sources:
            self._sources[name] = (self._icons / f"{name}.svg").read_bytes()
        return self._sources[name]


def render(source: bytes, size: int, ratio: float, paint_over: Callable[[QPainter], None] | None = None) -> QPixmap:
    """SVG bytes as a pixmap; ``paint_over`` may add to it, in a square of 24 units."""
    pixels = round(size * ratio)
    pixmap = QPixmap(QSize(pixels, pixels))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(source).render(painter, QRectF(0, 0, pixels, pixels))
    if paint_over is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(pixels / 24, pixels / 24)
        paint_over(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
