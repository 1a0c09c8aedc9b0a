"""Where windows were: kept in an INI file in the data folder, taken back only onto screens that are there."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget


class Places:
    """``folder`` is the data folder; it need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._settings = QSettings(str(folder / "windows.ini"), QSettings.Format.IniFormat)

    def restore(self, name: str, window: QWidget) -> None:
        """Put a window where it was; nothing is known: where the desktop puts it."""
        kept = self._settings.value(f"{name}/geometry")
        if isinstance(kept, QByteArray | bytes):
            window.restoreGeometry(QByteArray(kept))

    def keep(self, name: str, window: QWidget) -> None:
        """Remember where a window is."""
        self._settings.setValue(f"{name}/geometry", window.saveGeometry())
        self._settings.sync()

    def text(self, name: str) -> str:
        """A small text that is kept between starts; empty: none."""
        return str(self._settings.value(name) or "")

    def keep_text(self, name: str, text: str) -> None:
        """Keep a small text."""
        self._settings.setValue(name, text)
        self._settings.sync()
