"""Secrets in the system's own vault: Credential Manager, Keychain, Secret Service (GNOME, KDE), by ``keyring``.

Such a vault may be missing, or locked; then the system asks the user, and the call stands still until somebody answers.
So each call runs in a thread of its own for 10 s at most. The thread cannot be ended: it is left to the dialog, as a
daemon, so that it never keeps the program from quitting, and until it is done other calls wait for it and then say
"locked" instead of opening one dialog after the other.

Windows holds about 1,280 characters per secret, a token may be longer: long ones are kept in parts.
"""

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

from app.domain.errors import VaultError
from app.ports.vault import VaultState

T = TypeVar("T")

SERVICE = "sinqro-companion"
LOCKED_HINT = (
    "The password store of this computer is locked: log in, or unlock it when the computer asks. "
    "The companion tries again by itself."
)
ABSENT_HINT = (
    "This computer has no password store that works (on Linux: GNOME Keyring or KWallet, within a desktop session). "
    "For a computer without one, name a secrets file: SINQRO_COMPANION_SECRETS_FILE."
)
_PROBE = "probe"
_PARTS = "@parts:"
"""Begins the head of a value in parts, ``@parts:<number>:<tag>``; each part is called ``<name>#<tag>#<index>``."""
_PART = 1000
"""UTF-16 units in a part."""


class KeyringVault:
    """:class:`~app.ports.vault.Vault` of this user on this machine. Belongs to one loop."""

    def __init__(self, *, timeout: float = 10) -> None:
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._standing: asyncio.Future[None] | None = None
        """Done when the call that ran into the timeout has come back."""

    async def get(self, name: str) -> str | None:
        """The secret; in parts that are not all there any more: ``None``."""
        return await self._call(lambda keyring: _get(keyring, name))

    async def set(self, name: str, value: str) -> None:
        """Keep a secret; a crash on the way leaves the old one."""
        if not value:
            raise ValueError("an empty text is no secret")
        await self._call(lambda keyring: _set(keyring, name, value))

    async def delete(self, name: str) -> None:
        """Forget a secret."""
        await self._call(lambda keyring: _delete(keyring, name))

    async def state(self) -> VaultState:
        """Asks for a secret that nobody has; the system may ask the user to unlock the vault."""
        try:
            await self.get(_PROBE)
        except VaultError as exc:
            return VaultState.LOCKED if exc.locked else VaultState.ABSENT
        return VaultState.AVAILABLE

    async def _call(self, work: Callable[[ModuleType], T]) -> T:
        """Run ``work`` beside the loop, one call after the other."""
        try:
            async with asyncio.timeout(self._timeout), self._turn:
                if self._standing is not None:
                    await asyncio.shield(self._standing)
                return await self._in_thread(work)
        except TimeoutError as exc:
            raise VaultError("The password store does not answer.", locked=True, hint=LOCKED_HINT) from exc

    async def _in_thread(self, work: Callable[[ModuleType], T]) -> T:
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        done: asyncio.Future[None] = loop.create_future()

        def settle(value: T | None, error: BaseException | None) -> None:
            done.set_result(None)
            if result.done():  # nobody waits any more
                return
            if error is not None:
                result.set_exception(error)
            else:
                result.set_result(value)  # type: ignore[arg-type]

        def run() -> None:
            value, error = None, None
            try:
                value = _translated(work)
            except BaseException as exc:  # handed over to who waits
                error = exc
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(settle, value, error)

        self._standing = done
        threading.Thread(target=run, name="vault", daemon=True).start()
        return await result


def _translated(work: Callable[[ModuleType], T]) -> T:
    """Run ``work``; what keyring and its backends raise becomes a ``VaultError``."""
    try:
        # Here: it looks for backends at import, which takes time and memory.
        import keyring
        from keyring.backends import fail, null
        from keyring.errors import InitError, KeyringLocked, NoKeyringError
    except ImportError as exc:
        raise VaultError("There is no password store.", hint=ABSENT_HINT) from exc
    try:
        if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring):
            raise VaultError("There is no password store.", hint=ABSENT_HINT)
        return work(keyring)
    except VaultError:
        raise
    except KeyringLocked as exc:
        raise VaultError("The password store is locked.", locked=True, hint=LOCKED_HINT) from exc
    except (InitError, NoKeyringError) as exc:
        raise VaultError("There is no password store.", hint=ABSENT_HINT) from exc
    except Exception as exc:
        # A backend is the system's or somebody's plug-in (D-Bus, Win32, AppKit): it raises what it likes.
        raise VaultError(f"The password store failed ({type(exc).__name__}).", hint=ABSENT_HINT) from exc


def _get(keyring: ModuleType, name: str) -> str | None:
    head = keyring.get_password(SERVICE, name)
    if not head or not head.startswith(_PARTS):
        return head or None
    parts = [keyring.get_password(SERVICE, part) for part in _part_names(name, head)]
    return None if None in parts else "".join(parts)


def _set(keyring: ModuleType, name: str, value: str) -> None:
    before = keyring.get_password(SERVICE, name)
    parts = _cut(value)
    head = value
    if len(parts) > 1 or value.startswith(_PARTS):
        # New names each time: until the head is written the old secret is whole.
        head = f"{_PARTS}{len(parts)}:{secrets.token_hex(4)}"
        for part_name, part in zip(_part_names(name, head), parts, strict=True):
            keyring.set_password(SERVICE, part_name, part)
    keyring.set_password(SERVICE, name, head)
    _delete_parts(keyring, name, before)


def _delete(keyring: ModuleType, name: str) -> None:
    before = keyring.get_password(SERVICE, name)
    if before is not None:
        keyring.delete_password(SERVICE, name)
        _delete_parts(keyring, name, before)


def _delete_parts(keyring: ModuleType, name: str, head: str | None) -> None:
    if head and head.startswith(_PARTS):
        for part in _part_names(name, head):
            if keyring.get_password(SERVICE, part) is not None:
                keyring.delete_password(SERVICE, part)


def _part_names(name: str, head: str) -> list[str]:
    number, _, tag = head.removeprefix(_PARTS).partition(":")
    return [f"{name}#{tag}#{index}" for index in range(int(number))]


def _cut(value: str) -> list[str]:
    """Pieces of at most :data:`_PART` UTF-16 units, which is what Windows counts."""
    pieces: list[str] = []
    start, units = 0, 0
    for position, character in enumerate(value):
        width = 2 if ord(character) > 0xFFFF else 1
        if units + width > _PART:
            pieces.append(value[start:position])
            start, units = position, 0
        units += width
    return [*pieces, value[start:]]
