"""Every PySide6 import of the project."""
