"""One companion per data folder: two would fight over the ledger and ring twice.

The lock is the operating system's, on an open file: it goes with the process however that ends, so nothing is left
behind by a crash. The file itself stays (removing it would race with the next start) and names the process for people.
"""

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.errors import CompanionError, ConfigurationError
from app.infra.paths import private_folder

_FAR = 1 << 30
"""Windows keeps others from reading locked bytes: one far behind the text is locked."""


class AlreadyRunning(CompanionError):
    """Another companion works on this data folder."""

    code = "ALREADY_RUNNING"


class SingleInstance:
    """Holds the lock of a data folder within ``with``. Raises :class:`AlreadyRunning` when somebody else has it."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None

    def __enter__(self) -> Self:
        path = private_folder(self._folder) / "lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as exc:
            raise ConfigurationError(
                f"The file {path} cannot be opened: {exc.strerror}.", hint="Give this user the right to write there."
            ) from exc
        try:
            _lock(handle)
        except OSError as exc:
            os.close(handle)
            raise AlreadyRunning(
                f"The companion is running already{_owner(path)}.",
                hint=f"Use that one, or end it first. Its data lies in {self._folder}.",
            ) from exc
        self._handle = handle
        # For people only: a full disk must not look like a second companion.
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            os.close(self._handle)  # and with it the lock
            self._handle = None


def _owner(path: Path) -> str:
    try:
        process = path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return f" (process {process})" if process.isdigit() else ""


def _lock(handle: int) -> None:
    """Lock without waiting; raises ``OSError`` when somebody has it."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
