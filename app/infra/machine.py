"""What tells this machine from another: a copied data folder is asked about instead of served twice."""

import hashlib
import platform
import sys
import uuid
from pathlib import Path

_MACHINE_ID = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def fingerprint() -> str:
    """A hash of the system's own machine id (Linux: ``/etc/machine-id``, Windows: ``MachineGuid``), else of the name
    and network address. Stable over restarts and updates; says nothing about the machine to whoever reads it.
    """
    identity = _windows_id() if sys.platform == "win32" else _linux_id()
    identity = identity or f"{platform.node()} {uuid.getnode():x}"
    return hashlib.sha256(f"sinqro-companion {identity}".encode()).hexdigest()[:16]


def _linux_id() -> str:
    for path in _MACHINE_ID:
        try:
            if text := path.read_text("ascii").strip():
                return text
        except (OSError, UnicodeDecodeError):
            continue
    return ""


if sys.platform == "win32":

    def _windows_id() -> str:
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return ""

else:

    def _windows_id() -> str:
        return ""
