"""Secrets where there is no desktop: from environment variables, or from a file; and the choice of a vault.

Both must be asked for explicitly. ``sandbox/user-access-token`` is the variable
``SINQRO_COMPANION_SECRET_SANDBOX_USER_ACCESS_TOKEN``, or in the file
``{"sandbox/user-access-token": "…"}``.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from app.domain.errors import ConfigurationError, VaultError
from app.infra.files import readable_by_others, write_private
from app.infra.paths import private_folder
from app.infra.vault_keyring import KeyringVault
from app.ports.vault import Vault, VaultState

FILE_VARIABLE = "SINQRO_COMPANION_SECRETS_FILE"
SECRET_PREFIX = "SINQRO_COMPANION_SECRET_"  # noqa: S105 - a name


class EnvironmentVault:
    """:class:`~app.ports.vault.Vault` of environment variables; it cannot be written."""

    def __init__(self, *, environ: Mapping[str, str]) -> None:
        self._environ = environ

    async def get(self, name: str) -> str | None:
        """The variable's value; an empty one is none."""
        return self._environ.get(variable_of(name)) or None

    async def set(self, name: str, value: str) -> None:
        """Refused: who starts the program sets its environment."""
        raise self._read_only(f"Set {variable_of(name)} where the program is started")

    async def delete(self, name: str) -> None:
        """Refused, unless there is none."""
        if await self.get(name) is not None:
            raise self._read_only(f"Take {variable_of(name)} away where the program is started")

    async def state(self) -> VaultState:
        """Always there."""
        return VaultState.AVAILABLE

    @staticmethod
    def _read_only(action: str) -> VaultError:
        return VaultError(
            "Secrets come from the environment here and cannot be changed by the program.",
            hint=f"{action}, or use a secrets file: {FILE_VARIABLE}.",
        )


class FileVault:
    """:class:`~app.ports.vault.Vault` of one JSON file that only the user can read; made at the first write."""

    def __init__(self, *, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()

    async def get(self, name: str) -> str | None:
        """The file is read each time: somebody may have changed it."""
        return (await asyncio.to_thread(self._read)).get(name) or None

    async def set(self, name: str, value: str) -> None:
        """Keep a secret: the file is replaced as a whole."""
        if not value:
            raise ValueError("an empty text is no secret")
        await self._change(lambda found: found.update({name: value}))

    async def delete(self, name: str) -> None:
        """Forget a secret."""
        if await self.get(name) is not None:
            await self._change(lambda found: found.pop(name, None))

    async def state(self) -> VaultState:
        """Available, a file not yet made too; absent when it cannot be used."""
        try:
            await asyncio.to_thread(self._read)
        except VaultError:
            return VaultState.ABSENT
        return VaultState.AVAILABLE

    async def _change(self, change: Callable[[dict[str, str]], object]) -> None:
        def work() -> None:
            found = self._read()
            change(found)
            try:
                private_folder(self._path.parent)
                write_private(self._path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
            except (OSError, ConfigurationError) as exc:
                raise self._unusable("cannot be written", "Let this user write the file and its folder.") from exc

        async with self._turn:
            await asyncio.to_thread(work)

    def _read(self) -> dict[str, str]:
        try:
            if readable_by_others(self._path):
                raise self._unusable("can be read by other users", f"Protect it: chmod 600 {self._path}")
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except OSError as exc:
            raise self._unusable("cannot be read", "Let this user read the file.") from exc
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            # Without the cause: its text may quote the file.
            raise self._unusable(
                "is not understood", 'Its form is {"sandbox/user-access-token": "…"}: JSON, names and texts.'
            ) from None

    def _unusable(self, what: str, hint: str) -> VaultError:
        return VaultError(f"The secrets file {self._path} {what}.", hint=hint)


class WatchedVault:
    """Another vault, with somebody who is told each secret that passes: the log, to mask it."""

    def __init__(self, *, vault: Vault, on_secret: Callable[[str], None]) -> None:
        self._vault = vault
        self._on_secret = on_secret

    async def get(self, name: str) -> str | None:
        """As the vault within."""
        value = await self._vault.get(name)
        if value is not None:
            self._on_secret(value)
        return value

    async def set(self, name: str, value: str) -> None:
        """As the vault within."""
        self._on_secret(value)
        await self._vault.set(name, value)

    async def delete(self, name: str) -> None:
        """As the vault within."""
        await self._vault.delete(name)

    async def state(self) -> VaultState:
        """As the vault within."""
        return await self._vault.state()


def choose_vault(*, environ: Mapping[str, str], file: Path | None = None) -> Vault:
    """A secrets file that is named, else environment variables when there are any, else the system's vault."""
    named = environ.get(FILE_VARIABLE)
    if file is not None or named:
        return FileVault(path=(file or Path(named or "")).expanduser().absolute())
    if any(variable.startswith(SECRET_PREFIX) and value for variable, value in environ.items()):
        return EnvironmentVault(environ=environ)
    return KeyringVault()


def variable_of(name: str) -> str:
    """The environment variable of a secret."""
    return SECRET_PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())
