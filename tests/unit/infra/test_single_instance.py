"""One companion per data folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.infra.single_instance import AlreadyRunning, SingleInstance

HOLDER = """
import sys
from pathlib import Path
from app.infra.single_instance import SingleInstance
with SingleInstance(folder=Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    with SingleInstance(folder=tmp_path), SingleInstance(folder=tmp_path / "other"):
        with pytest.raises(AlreadyRunning) as caught, SingleInstance(folder=tmp_path):
            pytest.fail("two at once")
        assert f"(process {os.getpid()})" in str(caught.value)
        assert str(tmp_path) in caught.value.hint
    with SingleInstance(folder=tmp_path):
        pass


def test_a_killed_process_leaves_nothing_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=f"process {process.pid}"), SingleInstance(folder=tmp_path):
            pytest.fail("two at once")
        process.kill()
        process.wait(10)
    with SingleInstance(folder=tmp_path):
        pass


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be opened"), SingleInstance(folder=tmp_path):
        pytest.fail("no lock")
