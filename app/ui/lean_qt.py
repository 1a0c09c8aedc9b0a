"""Keeps PySide6 from reading the source of all that is imported after it.

PySide6 replaces Python's import by one that opens each module's source to see whether it uses PySide6, for the sake of
``from __feature__ import …``, which nobody uses here. That costs a tray that waits 8 MB of cached source lines, its
start 50 ms, and each import inside a function a detour. (``shibokensupport/feature.py`` and ``signature/loader.py`` of
PySide6 6.11: without ``__feature__`` nothing else asks what it found.)
"""

import builtins

import PySide6.QtCore  # noqa: F401 - it is there now that puts its import in place


def take_import_back() -> None:
    """Put Python's own import back; call it before the rest of the program is imported."""
    theirs = getattr(builtins, "__orig_import__", None)
    if theirs is not None:
        builtins.__import__ = theirs
