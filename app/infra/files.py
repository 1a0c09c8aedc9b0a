"""Small files that hold what must not be lost, half written or read by others: the configuration, a secrets file."""

import os
import stat
import tempfile
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Replace the file as a whole: after a power cut it is the old one or the new one. Only the user can read it.

    A symbolic link stays one: what it points to is replaced. Raises ``OSError``.
    """
    target = path.resolve()
    # mkstemp makes it 0600 where the system has modes; in the same folder, since a rename cannot cross file systems.
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def readable_by_others(path: Path) -> bool:
    """Whether users other than its owner may read or write the file; always ``False`` where there are no modes."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; Windows cannot open a folder and needs no such thing."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
