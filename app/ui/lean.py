"""Keeps the waiting tray small: what libraries and the C library hold on to without need.

PySide6 replaces Python's import by one that opens each module's source to see whether it uses PySide6, for the sake of
``from __feature__ import …``, which nobody uses here. That costs a tray that waits 8 MB of cached source lines, its
start 50 ms, and each import inside a function a detour. (``shibokensupport/feature.py`` and ``signature/loader.py`` of
PySide6 6.11: without ``__feature__`` nothing else asks what it found.)

glibc gives each thread a pool of its own to allocate from, and keeps what is freed. Threads that take turns by Python's
lock gain nothing from that.
"""

import builtins
import sys

import PySide6.QtCore  # noqa: F401 - it is there now that puts its import in place

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``malloc.h``."""


def take_import_back() -> None:
    """Put Python's own import back; call it before the rest of the program is imported."""
    theirs = getattr(builtins, "__orig_import__", None)
    if theirs is not None:
        builtins.__import__ = theirs


def one_pool() -> None:
    """Let all threads allocate from one pool; call it before there are any. Only glibc knows."""
    _glibc("mallopt", _ARENA_MAX, 1)


def give_back() -> None:
    """Give freed memory back to the system; some milliseconds. Only glibc knows."""
    _glibc("malloc_trim", 0)


def _glibc(function: str, *numbers: int) -> None:
    if sys.platform == "linux":
        import ctypes

        try:
            getattr(ctypes.CDLL("libc.so.6"), function)(*numbers)
        except (OSError, AttributeError):  # another C library
            return
