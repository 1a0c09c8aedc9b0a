"""Where things are kept."""

import os
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.infra.paths import find_paths, private_folder


def test_system_folders(user_folders: Path) -> None:
    paths = find_paths(environ={})
    assert paths.config.name == "config.toml"
    assert paths.ledger == paths.data / "ledger.sqlite3"
    assert "sinqro-companion" in str(paths.logs)
    assert not paths.data.exists()
    if os.name == "posix":
        assert user_folders in paths.config.parents


def test_environment_and_arguments(tmp_path: Path) -> None:
    environ = {"SINQRO_COMPANION_CONFIG": str(tmp_path / "a.toml"), "SINQRO_COMPANION_DATA": str(tmp_path / "a")}
    paths = find_paths(environ=environ)
    assert (paths.config, paths.data, paths.logs) == (tmp_path / "a.toml", tmp_path / "a", tmp_path / "a" / "logs")
    paths = find_paths(environ=environ, config=tmp_path / "b.toml", data=tmp_path / "b")
    assert (paths.config, paths.data, paths.logs) == (tmp_path / "b.toml", tmp_path / "b", tmp_path / "b" / "logs")


def test_folder_is_private(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert private_folder(folder) == folder
    if os.name == "posix":
        assert {place.stat().st_mode & 0o777 for place in (folder, folder.parent)} == {0o700}


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "inner"):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            private_folder(folder)
