"""The tray's icon: a shape and colour for each state, the count painted in, the sandbox's badge over any of them."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap

from app.ui.answers import TrayState
from app.ui.theme import Look, render

MOST_COUNTED = 9
"""More are "9+"."""

SIZES = (16, 20, 22, 24, 32, 44, 48, 64)

_FILES = {
    TrayState.CONNECTED: "tray-connected",
    TrayState.CONNECTING: "tray-connecting",
    TrayState.CLOSED: "tray-closed",
    TrayState.WARNING: "tray-warning",
    TrayState.ERROR: "tray-error",
}


def tray_icon(look: Look, state: TrayState, *, count: int = 0, second: bool = False, sandbox: bool = False) -> QIcon:
    """The icon in all sizes. ``second`` is the other frame of a ringing one."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(_pixmap(look, state, size, count=count, second=second, sandbox=sandbox))
    return icon


def _pixmap(look: Look, state: TrayState, size: int, *, count: int, second: bool, sandbox: bool) -> QPixmap:
    name = _FILES.get(state, "tray-new-b" if second else "tray-new")

    def over(painter: QPainter) -> None:
        if state is TrayState.NEW:
            _count(painter, look, count, QColor("#8F2D02" if second else "#FFFFFF"))
        if sandbox:
            badge = render(look.svg("badge-sandbox"), 24, max(1.0, size / 24))
            painter.drawPixmap(QRectF(0, 0, 24, 24), badge, QRectF(badge.rect()))

    return render(look.svg(name), size, 1.0, over)


def _count(painter: QPainter, look: Look, count: int, color: QColor) -> None:
    """1 to 9, then "9+": painted, since text in an SVG depends on installed fonts."""
    text = str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"
    font = QFont(look.theme.font("strong"))
    font.setPixelSize(15 if len(text) == 1 else 11)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QRectF(0, 0, 24, 24), Qt.AlignmentFlag.AlignCenter, text)
