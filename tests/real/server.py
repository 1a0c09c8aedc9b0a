"""The real Odoo of the lane `odoo`: brought up by `tests/real/odoo.sh start DIR`, told by `SINQRO_ODOO_DIR=DIR`."""

import os
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

SCRIPT = Path(__file__).with_name("odoo.sh")
VARIABLE = "SINQRO_ODOO_DIR"


class Server(NamedTuple):
    folder: Path

    @property
    def url(self) -> str:
        return (self.folder / "url").read_text().strip()

    @property
    def api_key(self) -> str:
        return (self.folder / "api.key").read_text().strip()

    @property
    def waiter_key(self) -> str:
        """Of a user who may use the till, and nothing else of Odoo."""
        return (self.folder / "waiter.key").read_text().strip()

    def kill(self) -> None:
        """SIGKILL to Odoo itself; its PostgreSQL stays."""
        os.kill(int((self.folder / "server.pid").read_text()), signal.SIGKILL)

    def start(self) -> None:
        """Bring it up again, where it was."""
        subprocess.run(
            ["bash", str(SCRIPT), "start", str(self.folder)], check=True, stdout=subprocess.DEVNULL, timeout=300
        )


def server() -> Server:
    """The server, or a skip that says how to get one."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"bash tests/real/odoo.sh start DIR, then {VARIABLE}=DIR pytest -m odoo")
    return Server(Path(folder))
