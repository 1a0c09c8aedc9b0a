"""The manager's PIN: five tries, waits that grow and outlive a restart, a pairing code for who forgot it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app.domain.errors import CredentialsRefused, VaultError
from app.ports.vault import VaultState
from app.services.manager_pin import FREE_TRIES, LONGEST_WAIT, NAME, ManagerPin, PinAnswer, PinError
from tests.helpers.clock import FakeClock


class MemoryVault:
    """Implements Vault."""

    def __init__(self, fault: VaultError | None = None) -> None:
        self.kept: dict[str, str] = {}
        self.fault = fault

    async def get(self, name: str) -> str | None:
        if self.fault is not None:
            raise self.fault
        return self.kept.get(name)

    async def set(self, name: str, value: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.kept[name] = value

    async def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    async def state(self) -> VaultState:
        return VaultState.AVAILABLE


async def proves(code: str) -> None:
    if code != "ABCD2345":
        raise CredentialsRefused("Sinqro does not know this code.", code="PAIRING_CODE_UNKNOWN")


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def made(vault: MemoryVault, clock: FakeClock, prove: Callable[[str], Awaitable[None]] = proves) -> ManagerPin:
    return ManagerPin(vault=vault, clock=clock, prove=prove)


async def test_without_a_pin_nothing_is_guarded(vault: MemoryVault, clock: FakeClock) -> None:
    pin = made(vault, clock)
    assert not await pin.is_set()
    assert (await pin.check("anything")).right


async def test_it_is_kept_as_a_salted_hash(vault: MemoryVault, clock: FakeClock) -> None:
    pin = made(vault, clock)
    await pin.change("482100")
    first = vault.kept[NAME]
    assert "482100" not in first
    assert (await pin.change("482100", old="482100")).right
    assert vault.kept[NAME] != first, "another salt"
    assert await pin.is_set()
    assert (await pin.check("482100")).right
    assert not (await pin.check("482101")).right


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a4", "١٢٣٤"])
async def test_what_cannot_be_a_pin(vault: MemoryVault, clock: FakeClock, text: str) -> None:
    with pytest.raises(PinError, match="4 to 8 digits"):
        await made(vault, clock).change(text)
    assert vault.kept == {}


async def test_five_tries_then_waits_that_grow(vault: MemoryVault, clock: FakeClock) -> None:
    pin = made(vault, clock)
    await pin.change("4821")
    left = [(await pin.check("0000")).tries_left for _ in range(FREE_TRIES)]
    assert left == [4, 3, 2, 1, 0]
    waits = []
    for _ in range(9):
        refused = await made(vault, clock).check("4821")
        assert not refused.right, "a restart gives no new tries, and the right one does not count while waiting"
        assert refused.wait_until is not None
        waits.append(int((refused.wait_until - clock.now()).total_seconds() // 60))
        await clock.advance((refused.wait_until - clock.now()).total_seconds())
        assert not (await pin.check("0000")).right
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    last = await pin.check("4821")
    assert last.wait_until is not None
    await clock.advance((last.wait_until - clock.now()).total_seconds())
    assert await pin.check("4821") == PinAnswer(right=True, tries_left=FREE_TRIES)
    assert (await pin.check("0000")).tries_left == FREE_TRIES - 1, "the right one forgives"


async def test_a_clock_that_was_years_ahead_locks_nobody_out(vault: MemoryVault, clock: FakeClock) -> None:
    pin = made(vault, FakeClock(clock.now() + timedelta(days=900)))
    await pin.change("4821")
    for _ in range(FREE_TRIES + 1):
        await pin.check("0000")
    assert (await made(vault, clock).check("4821")).right
    assert timedelta(hours=1) == LONGEST_WAIT


async def test_changing_and_removing_want_the_old_one(vault: MemoryVault, clock: FakeClock) -> None:
    pin = made(vault, clock)
    await pin.change("4821")
    assert not (await pin.change("9999", old="0000")).right
    assert not (await pin.remove("0000")).right
    assert (await pin.check("4821")).right
    assert (await pin.change("9999", old="4821")).right
    assert (await pin.check("9999")).right
    assert (await pin.remove("9999")).right
    assert not await pin.is_set()


async def test_a_pairing_code_gives_a_new_one(vault: MemoryVault, clock: FakeClock) -> None:
    pin = made(vault, clock)
    await pin.change("4821")
    for _ in range(FREE_TRIES):
        await pin.check("0000")
    with pytest.raises(CredentialsRefused):
        await pin.recover("WRONG", "7777")
    assert not (await pin.check("4821")).right, "still waiting"
    await pin.recover("ABCD2345", "7777")
    assert (await pin.check("7777")).right
    with pytest.raises(PinError):
        await pin.recover("ABCD2345", "77")


async def test_a_vault_that_is_not_there_guards_nothing_and_a_locked_one_is_said(clock: FakeClock) -> None:
    absent = made(MemoryVault(VaultError("there is no vault")), clock)
    assert not await absent.is_set()
    with pytest.raises(VaultError):
        await absent.change("4821")
    locked = made(MemoryVault(VaultError("it is locked", locked=True)), clock)
    with pytest.raises(VaultError):
        await locked.is_set()


async def test_a_damaged_entry_opens_nothing(vault: MemoryVault, clock: FakeClock) -> None:
    vault.kept[NAME] = "{}"
    with pytest.raises(PinError, match="damaged"):
        await made(vault, clock).is_set()
