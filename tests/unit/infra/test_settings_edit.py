"""Writing to the configuration: the owner's text stays, the file is whole or the old one."""

import os
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.infra.settings import Environment, load
from app.infra.settings_edit import PairedSellingPoint, Pairing, update, write_pairing

OWNERS = """\
# Our bar. Ask Pepe before touching this.
device_name = "CAJA-1"   # the one by the door

[[selling_points]]
id = "71"          # centre
lead_minutes = 30
pos = { adapter = "odoo", url = "http://192.168.1.20:8069" }

[log]
level = "debug" # until the printer works
"""
PAIRING = Pairing(
    link_url="wss://link.example.com",
    notification_url="https://n.example.com",
    installation_id="i-1",
    machine="m-1",
    selling_points=(
        PairedSellingPoint(id="71", name="Centro"),
        PairedSellingPoint(id="72", name="Playa", timezone="Atlantic/Canary"),
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(OWNERS, encoding="utf-8")
    return file


def test_update_keeps_what_the_owner_wrote(path: Path) -> None:
    update(path, {("receiver", "enabled"): True, ("device_name",): "CAJA-2", ("selling_points", 0, "lead_minutes"): 40})
    text = path.read_text(encoding="utf-8")
    for comment in ("# Our bar", "# the one by the door", "# centre", "# until the printer works"):
        assert comment in text
    settings = load(path, environ={})
    assert (settings.device, settings.receiver.enabled, settings.here[0].lead_minutes) == ("CAJA-2", True, 40)


def test_update_removes_with_none(path: Path) -> None:
    update(path, {("device_name",): None, ("sinqro", "sandbox", "machine"): None})
    text = path.read_text(encoding="utf-8")
    assert "device_name" not in text
    assert "sinqro" not in text


def test_update_makes_file_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    update(path, {("log", "level"): "error"})
    assert load(path, environ={}).log.level == "error"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_only_the_user_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    update(path, {("log", "level"): "error"})
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    "changes",
    [
        {("log", "level"): "loud"},
        {("nonsense",): 1},
        {("selling_points", 7, "name"): "x"},
        {("device_name", "x"): "y"},
        {("sinqro", "sandbox", "token"): "planted"},
    ],
)
def test_a_bad_change_changes_nothing(path: Path, changes: dict[tuple[str | int, ...], object]) -> None:
    with pytest.raises(ConfigurationError):
        update(path, changes)
    assert path.read_text(encoding="utf-8") == OWNERS
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_a_broken_file_is_not_touched(path: Path) -> None:
    path.write_text("[log\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no TOML"):
        update(path, {("log", "level"): "error"})
    assert path.read_text(encoding="utf-8") == "[log\n"


def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        update(path, {("log", "level"): "error"})
    assert path.read_text(encoding="utf-8") == OWNERS
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("no symbolic links here")
    update(link, {("log", "level"): "error"})
    assert link.is_symlink()
    assert load(path, environ={}).log.level == "error"


def test_pairing_adds_and_keeps(path: Path) -> None:
    write_pairing(path, Environment.SANDBOX, PAIRING)
    settings = load(path, environ={})
    assert settings.current.paired
    assert settings.current.machine == "m-1"
    assert [(point.id, point.name, point.timezone) for point in settings.here] == [
        ("71", "", "Europe/Madrid"),
        ("72", "Playa", "Atlantic/Canary"),
    ]
    assert settings.here[0].lead_minutes == 30
    assert "# centre" in path.read_text(encoding="utf-8")


def test_pairing_twice_adds_once_and_apart(path: Path) -> None:
    for _ in range(2):
        for environment in Environment:
            write_pairing(path, environment, PAIRING)
    settings = load(path, environ={})
    assert [(point.id, point.environment.value) for point in settings.selling_points] == [
        ("71", "sandbox"),
        ("72", "sandbox"),
        ("71", "production"),
        ("72", "production"),
    ]


@pytest.mark.parametrize("text", ["", "selling_points = []\n", "selling_points = [{ id = '70' }]\n[log]\nfiles = 3\n"])
def test_pairing_into_any_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    write_pairing(path, Environment.PRODUCTION, PAIRING)
    assert {point.id for point in load(path, environ={}).selling_points} >= {"71", "72"}
