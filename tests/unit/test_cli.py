"""The commands' words, exit statuses, and what they load."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "serve", "pair", "doctor", "secret", "sandbox", "demo"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert command in capsys.readouterr().out


def test_a_broken_configuration_is_said_in_one_line_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[sinqro]\nenvironment = "productoin"\n', "utf-8")
    assert main(["serve", "--config", str(config), "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert str(config) in said
    assert "sinqro.environment" in said
    assert "sandbox or production" in said
    assert "Traceback" not in said


def test_a_secret_goes_into_the_file_and_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    secrets = tmp_path / "secrets"
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    assert main(["secret", "set", "sandbox/pos/1/api-key", "--secrets", str(secrets)]) == 0
    assert "s3cret" in secrets.read_text("utf-8")
    assert main(["secret", "delete", "sandbox/pos/1/api-key", "--secrets", str(secrets)]) == 0
    assert "s3cret" not in secrets.read_text("utf-8")


def test_an_empty_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main(["secret", "set", "x", "--secrets", str(tmp_path / "secrets")]) == 1


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("app.bootstrap", {"PySide6", "starlette", "uvicorn", "tomlkit", "app.sandbox", "app.report", "keyring"}),
        ("app.cli", {"PySide6", "httpx", "websockets", "app.bootstrap"}),
        ("app.bootstrap_setup", {"PySide6", "starlette", "app.sandbox"}),
    ],
)
def test_a_command_loads_only_what_it_uses(module: str, forbidden: set[str]) -> None:
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not forbidden & set(loaded)
