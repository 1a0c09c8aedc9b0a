"""The floor of a tray program: an icon and a menu by PySide6, nothing else."""

import signal
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon


def main() -> int:
    """Show it until a signal ends it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    application = QApplication(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    picture = QPixmap(64, 64)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setBrush(QColor("#2a9d4a"))
    painter.drawEllipse(4, 4, 56, 56)
    painter.end()
    menu = QMenu()
    menu.addAction("Quit", application.quit)
    icon = QSystemTrayIcon(QIcon(picture))
    icon.setContextMenu(menu)
    icon.setToolTip("bare tray")
    icon.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
