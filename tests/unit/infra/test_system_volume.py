"""What the system says of its loudspeaker, asked of a program that a test writes."""

import sys
from pathlib import Path

import pytest

from app.infra import system_volume as module
from app.infra.system_volume import Pactl, system_volume
from app.ports.alarm import VolumeReading

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pactl is asked on Linux; the scripts are for sh")

VOLUME = "Volume: front-left: 42598 /  65% / -11.23 dB,   front-right: 39321 /  60% / -13.31 dB"


def program(folder: Path, mute: str, volume: str = VOLUME, before: str = "") -> Pactl:
    file = folder / "pactl"
    file.write_text(
        f'#!/bin/sh\n{before}\n[ "$LC_ALL" = C ] || exit 1\n[ "$2" = @DEFAULT_SINK@ ] || exit 1\n'
        f'case $1 in\nget-sink-mute) echo "{mute}";;\nget-sink-volume) echo "{volume}";;\n*) exit 1;;\nesac\n'
    )
    file.chmod(0o755)
    return Pactl(program=str(file))


def test_mute_and_the_loudest_channel(tmp_path: Path) -> None:
    assert program(tmp_path, "Mute: no").read() == VolumeReading(muted=False, percent=65)
    assert program(tmp_path, "Mute: yes").read() == VolumeReading(muted=True, percent=65)


@pytest.mark.parametrize("volume", ["", "no numbers here"])
def test_an_answer_that_says_nothing_is_no_knowledge(tmp_path: Path, volume: str) -> None:
    assert program(tmp_path, "Mute: no", volume).read() is None


def test_no_program_no_server_no_answer_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Pactl(program=str(tmp_path / "none")).read() is None
    assert program(tmp_path, "Mute: no", before="exit 1").read() is None
    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    assert program(tmp_path, "Mute: no", before="exec sleep 30").read() is None


def test_linux_asks_pactl() -> None:
    assert isinstance(system_volume(), Pactl)
