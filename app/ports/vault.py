"""Where secrets live."""

from enum import StrEnum
from typing import Protocol


class VaultState(StrEnum):
    """What the vault can do now."""

    AVAILABLE = "available"
    LOCKED = "locked"
    ABSENT = "absent"


class Vault(Protocol):
    """Secrets by name, for instance ``sandbox/user-access-token``. Every call may take seconds: a person unlocks it.

    Raises :class:`~app.domain.errors.VaultError`, which tells locked from absent.
    """

    async def get(self, name: str) -> str | None:
        """The secret called ``name``, ``None`` when there is none."""
        ...

    async def set(self, name: str, value: str) -> None:
        """Keep a secret."""
        ...

    async def delete(self, name: str) -> None:
        """Forget a secret; no error when there is none."""
        ...

    async def state(self) -> VaultState:
        """What the vault can do now; never raises."""
        ...
