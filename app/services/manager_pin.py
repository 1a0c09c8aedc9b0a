"""The manager's PIN: guards what a waiter should not change in passing (hours, long closings; later the settings).

Without one nothing is guarded. The vault keeps a salted scrypt hash and the number of wrong tries, so that neither a
restart nor another window gives new tries. Five are free, then each wrong one is followed by a wait that doubles: one
minute at first, an hour at the most. Who forgot it proves with a fresh pairing code of Sinqro that the restaurant is
theirs, and chooses a new one.
"""

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from app.domain.errors import CompanionError, VaultError
from app.ports.clock import Clock
from app.ports.vault import Vault

NAME = "manager-pin"
"""Of the entry in the vault."""

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
DIGITS = (4, 8)
"""The fewest and the most digits of a PIN."""

_COST = {"n": 2**14, "r": 8, "p": 1}
"""Of scrypt: 16 MB and some 50 ms on a till of two cores (OWASP, Password Storage: the least for interactive use)."""


class PinError(CompanionError):
    """A PIN that cannot be one, or a code that does not prove anything."""

    code = "PIN_INVALID"


class PinAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a PIN that was typed. ``wait_until``: no try counts before; ``tries_left`` before a wait begins."""

    right: bool
    tries_left: int = 0
    wait_until: datetime | None = None


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    salt: str
    hash: str
    wrong: int = 0
    wait_until: datetime | None = None


class ManagerPin:
    """``prove`` raises unless a fresh pairing code belongs to this restaurant."""

    def __init__(self, *, vault: Vault, clock: Clock, prove: Callable[[str], Awaitable[None]]) -> None:
        self._vault = vault
        self._clock = clock
        self._prove = prove
        self._turn = asyncio.Lock()

    async def is_set(self) -> bool:
        """Whether anything is guarded. A vault that is not there has no PIN.

        Raises ``VaultError`` where it is locked, :class:`PinError` where the entry is damaged: nothing is let through.
        """
        try:
            return await self._read() is not None
        except VaultError as exc:
            if exc.locked:
                raise
            return False

    async def check(self, pin: str) -> PinAnswer:
        """Try a PIN. Raises ``VaultError``."""
        async with self._turn:
            return await self._check(pin)

    async def change(self, new: str, *, old: str = "") -> PinAnswer:
        """Set one, or another in the place of ``old``. Raises :class:`PinError` and ``VaultError``."""
        must_be_pin(new)
        async with self._turn:
            answer = await self._check(old)
            if answer.right:
                await self._keep(new)
            return answer

    async def remove(self, old: str) -> PinAnswer:
        """Guard nothing any more."""
        async with self._turn:
            answer = await self._check(old)
            if answer.right:
                await self._vault.delete(NAME)
            return answer

    async def recover(self, code: str, new: str) -> None:
        """Choose a new one with a pairing code. Raises :class:`PinError`, ``VaultError`` and what ``prove`` raises."""
        must_be_pin(new)
        async with self._turn:
            await self._prove(code)
            await self._keep(new)

    async def _check(self, pin: str) -> PinAnswer:
        kept = await self._read()
        if kept is None:
            return PinAnswer(right=True, tries_left=FREE_TRIES)
        now = self._clock.now()
        # A wait longer than the longest was written by a clock that went wrong since.
        if kept.wait_until is not None and now < kept.wait_until <= now + LONGEST_WAIT:
            return PinAnswer(right=False, wait_until=kept.wait_until)
        found = await asyncio.to_thread(_hash, pin, base64.b64decode(kept.salt))
        if hmac.compare_digest(found, kept.hash):
            if kept.wrong:
                await self._write(msgspec.structs.replace(kept, wrong=0, wait_until=None))
            return PinAnswer(right=True, tries_left=FREE_TRIES)
        wrong = kept.wrong + 1
        wait = now + _wait_after(wrong) if wrong >= FREE_TRIES else None
        await self._write(msgspec.structs.replace(kept, wrong=wrong, wait_until=wait))
        return PinAnswer(right=False, tries_left=max(0, FREE_TRIES - wrong), wait_until=wait)

    async def _keep(self, pin: str) -> None:
        salt = os.urandom(16)
        found = await asyncio.to_thread(_hash, pin, salt)
        await self._write(_Kept(salt=base64.b64encode(salt).decode(), hash=found))

    async def _read(self) -> _Kept | None:
        text = await self._vault.get(NAME)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=_Kept)
        except msgspec.MsgspecError as exc:
            raise PinError(
                f"The entry {NAME!r} of the vault is damaged.",
                code="PIN_DAMAGED",
                hint=f"Remove it: sinqro-companion secret delete {NAME}.",
            ) from exc

    async def _write(self, kept: _Kept) -> None:
        await self._vault.set(NAME, msgspec.json.encode(kept).decode())


def must_be_pin(pin: str) -> None:
    """Raises :class:`PinError` for what cannot be a PIN."""
    fewest, most = DIGITS
    if not (fewest <= len(pin) <= most and pin.isascii() and pin.isdigit()):
        raise PinError(f"A PIN has {fewest} to {most} digits.")


def _wait_after(wrong: int) -> timedelta:
    doublings: int = 1 << min(wrong - FREE_TRIES, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * doublings)


def _hash(pin: str, salt: bytes) -> str:
    made = hashlib.scrypt(pin.encode(), salt=salt, dklen=32, **_COST)
    return base64.b64encode(made).decode()
