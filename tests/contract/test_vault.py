"""What every vault promises, and what only some of them do."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from app.domain.errors import VaultError
from app.infra.vault_headless import EnvironmentVault, FileVault, WatchedVault, choose_vault, variable_of
from app.infra.vault_keyring import KeyringVault
from app.ports.vault import Vault, VaultState

NAME = "sandbox/user-access-token"
LONG = "0123456789" * 500 + "€" * 700 + "😀" * 900


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A backend with Windows' limit, that can fail, stand still, or forget."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()
        self.calls = 0
        self.writes_left = 1000

    def _enter(self, service: str) -> None:
        assert service == "sinqro-companion"
        self.calls += 1
        self.open.wait(10)
        if self.error:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self._enter(service)
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._enter(service)
        self.writes_left -= 1
        if self.writes_left < 0:
            raise OSError("power cut")
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError("CredWrite: the stub received bad data")
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._enter(service)
        if username not in self.kept:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.kept[username]


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    backend.open.set()
    keyring.set_keyring(before)


@pytest.fixture(params=["keyring", "file", "environment", "watched"])
def vault(request: pytest.FixtureRequest, backend: MemoryKeyring, tmp_path: Path) -> Vault:
    """Each vault, with one secret in it."""
    match request.param:
        case "keyring":
            backend.kept["production/kept"] = "value ñ"
            return KeyringVault()
        case "environment":
            return EnvironmentVault(environ={"SINQRO_COMPANION_SECRET_PRODUCTION_KEPT": "value ñ"})
        case _:
            path = tmp_path / "secrets.json"
            path.write_text('{"production/kept": "value ñ"}', encoding="utf-8")
            path.chmod(0o600)
            file = FileVault(path=path)
            return file if request.param == "file" else WatchedVault(vault=file, on_secret=lambda secret: None)


@pytest.fixture
def writable(vault: Vault) -> Vault:
    if isinstance(vault, EnvironmentVault):
        pytest.skip("read-only")
    return vault


async def test_reads(vault: Vault) -> None:
    assert await vault.state() is VaultState.AVAILABLE
    assert await vault.get("production/kept") == "value ñ"
    assert await vault.get("sandbox/kept") is None
    await vault.delete("sandbox/kept")


@pytest.mark.parametrize("value", ["a", "ñ€😀\n\"'\\", LONG, "@parts:3:abc", "@parts:"])
async def test_keeps_and_forgets(writable: Vault, value: str) -> None:
    await writable.set(NAME, value)
    assert await writable.get(NAME) == value
    assert await writable.get("production/kept") == "value ñ"
    await writable.set(NAME, "another")
    assert await writable.get(NAME) == "another"
    await writable.delete(NAME)
    assert await writable.get(NAME) is None
    await writable.delete(NAME)
    assert await writable.get("production/kept") == "value ñ"


async def test_an_empty_secret_is_a_mistake(writable: Vault) -> None:
    with pytest.raises(ValueError, match="no secret"):
        await writable.set(NAME, "")


async def test_many_at_once(writable: Vault) -> None:
    names = [f"sandbox/pos/71/{number}" for number in range(20)]
    await asyncio.gather(*(writable.set(name, name) for name in names))
    assert await asyncio.gather(*(writable.get(name) for name in names)) == names


# ---------------------------------------------------------------- the system's vault


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (keyring.errors.KeyringLocked("prompt dismissed"), VaultState.LOCKED),
        (keyring.errors.InitError("no D-Bus"), VaultState.ABSENT),
        (keyring.errors.NoKeyringError("none"), VaultState.ABSENT),
        (ConnectionRefusedError("what D-Bus raises"), VaultState.ABSENT),
    ],
)
async def test_keyring_failures_are_told_apart(backend: MemoryKeyring, error: Exception, state: VaultState) -> None:
    backend.error = error
    vault = KeyringVault()
    assert await vault.state() is state
    for call in (vault.get(NAME), vault.set(NAME, "planted"), vault.delete(NAME)):
        with pytest.raises(VaultError) as caught:
            await call
        assert caught.value.locked is (state is VaultState.LOCKED)
        assert caught.value.hint
        assert "planted" not in str(caught.value)
    backend.error = None
    assert await vault.state() is VaultState.AVAILABLE


@pytest.mark.parametrize("none", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
async def test_no_backend_is_absent(backend: MemoryKeyring, none: type[keyring.backend.KeyringBackend]) -> None:
    keyring.set_keyring(none())
    assert await KeyringVault().state() is VaultState.ABSENT


async def test_a_dialog_that_nobody_answers(backend: MemoryKeyring) -> None:
    backend.kept[NAME] = "value"
    backend.open.clear()
    vault = KeyringVault(timeout=0.2)
    for _ in range(2):
        with pytest.raises(VaultError) as caught:
            await vault.get(NAME)
        assert caught.value.locked
    assert backend.calls == 1  # one dialog
    assert [thread.daemon for thread in threading.enumerate() if thread.name == "vault"] == [True]
    backend.open.set()
    assert await vault.get(NAME) == "value"


def test_the_loop_may_end_before_the_dialog(backend: MemoryKeyring) -> None:
    backend.open.clear()
    with pytest.raises(VaultError):
        asyncio.run(KeyringVault(timeout=0.05).get(NAME))
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "vault"]
    backend.open.set()
    thread.join(5)
    assert not thread.is_alive()


async def test_long_secrets_leave_no_parts_behind(backend: MemoryKeyring) -> None:
    vault = KeyringVault()
    await vault.set(NAME, LONG)
    assert len(backend.kept) > 5
    await vault.set(NAME, LONG[::-1])
    await vault.set(NAME, "short")
    assert backend.kept == {NAME: "short"}
    await vault.set(NAME, LONG)
    await vault.delete(NAME)
    assert backend.kept == {}


@pytest.mark.parametrize("writes", [0, 1, 3])
async def test_a_write_cut_off_leaves_the_old_secret(backend: MemoryKeyring, writes: int) -> None:
    vault = KeyringVault()
    await vault.set(NAME, LONG)
    backend.writes_left = writes
    with pytest.raises(VaultError):
        await vault.set(NAME, LONG[::-1])
    assert await vault.get(NAME) == LONG


async def test_parts_that_are_gone_are_no_secret(backend: MemoryKeyring) -> None:
    vault = KeyringVault()
    await vault.set(NAME, LONG)
    del backend.kept[next(name for name in backend.kept if name.endswith("#1"))]
    assert await vault.get(NAME) is None
    await vault.delete(NAME)
    assert backend.kept == {}


# ---------------------------------------------------------------- file and environment


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
async def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"sandbox/x": "planted"}')
    path.chmod(0o640)
    vault = FileVault(path=path)
    assert await vault.state() is VaultState.ABSENT
    with pytest.raises(VaultError, match="can be read by other users") as caught:
        await vault.get("sandbox/x")
    assert "chmod 600" in caught.value.hint
    path.chmod(0o600)
    assert await vault.get("sandbox/x") == "planted"


async def test_a_new_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets.json"
    vault = FileVault(path=path)
    assert await vault.state() is VaultState.AVAILABLE
    await vault.set(NAME, "value")
    assert await FileVault(path=path).get(NAME) == "value"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"{", b'["planted"]', b'{"a": {"planted": 1}}', b"\xff", b"[" * 100_000])
async def test_a_file_that_is_not_understood(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secrets.json"
    path.write_bytes(content)
    path.chmod(0o600)
    vault = FileVault(path=path)
    assert await vault.state() is VaultState.ABSENT
    with pytest.raises(VaultError, match="is not understood") as caught:
        await vault.set(NAME, "value")
    assert "planted" not in f"{caught.value} {caught.value.__cause__}"
    assert path.read_bytes() == content


async def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError, match="cannot be"):
        await FileVault(path=tmp_path / "file" / "secrets.json").set(NAME, "value")


async def test_the_environment_cannot_be_written() -> None:
    vault = EnvironmentVault(environ={variable_of(NAME): "value", variable_of("sandbox/empty"): ""})
    assert await vault.get("sandbox/empty") is None
    for call in (vault.set(NAME, "planted"), vault.delete(NAME)):
        with pytest.raises(VaultError, match="cannot be changed") as caught:
            await call
        assert "SINQRO_COMPANION_SECRET_SANDBOX_USER_ACCESS_TOKEN" in caught.value.hint
        assert "planted" not in caught.value.hint


async def test_watched_vault_tells_what_passes(backend: MemoryKeyring) -> None:
    told: list[str] = []
    vault = WatchedVault(vault=KeyringVault(), on_secret=told.append)
    await vault.get("none")
    await vault.set(NAME, "value")
    assert told == ["value"]
    await vault.get(NAME)
    assert told == ["value", "value"]


def test_choice(tmp_path: Path) -> None:
    secret = {variable_of(NAME): "value"}
    file = {"SINQRO_COMPANION_SECRETS_FILE": str(tmp_path / "secrets.json")}
    assert isinstance(choose_vault(environ={}), KeyringVault)
    assert isinstance(choose_vault(environ={variable_of(NAME): ""}), KeyringVault)
    assert isinstance(choose_vault(environ=secret), EnvironmentVault)
    assert isinstance(choose_vault(environ=file | secret), FileVault)
    assert isinstance(choose_vault(environ=secret, file=tmp_path / "x.json"), FileVault)
