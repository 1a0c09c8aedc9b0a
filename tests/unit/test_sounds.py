"""The seven sounds: ours to the last byte, small, loud, and as the design's tokens say."""

import array
import importlib.util
import json
import math
import wave
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.ports.alarm import Sound

ROOT = Path(__file__).parents[2]
SOUNDS = ROOT / "resources" / "sounds"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sounds", ROOT / "packaging" / "make_sounds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def samples(path: Path) -> tuple[int, "array.array[int]"]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), array.array("h", file.readframes(file.getnframes()))


def strength(rate: int, part: "array.array[int]", pitch: float) -> float:
    """How much of a pitch is in it (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * pitch / rate)
    before, last = 0.0, 0.0
    for value in part:
        before, last = last, value + turn * last - before
    return math.sqrt(last * last + before * before - turn * last * before) / len(part)


def test_there_is_one_for_each_and_no_other() -> None:
    assert {path.name for path in SOUNDS.iterdir()} == {f"{sound.value}.wav" for sound in Sound}


def test_the_script_makes_them(maker: ModuleType, tmp_path: Path) -> None:
    for name, strokes in maker.SOUNDS.items():
        maker.write(maker.sound(strokes), tmp_path / f"{name}.wav")
        (_, made), (_, kept) = samples(tmp_path / f"{name}.wav"), samples(SOUNDS / f"{name}.wav")
        assert len(made) == len(kept)
        # another system's sine may round the other way
        assert all(abs(one - other) <= 1 for one, other in zip(made, kept, strict=True)), name


@pytest.mark.parametrize("sound", Sound)
def test_small_loud_and_short(sound: Sound) -> None:
    path = SOUNDS / f"{sound.value}.wav"
    rate, heard = samples(path)
    assert path.stat().st_size < 60_000
    assert 0.85 * 32767 < max(abs(value) for value in heard) < 32767
    begin = next(n for n, value in enumerate(heard) if abs(value) > 0.5 * 32767)
    assert begin / rate < 0.010, "a sound that comes slowly is not heard over a hood"
    assert abs(heard[-1]) < 700, "it does not end in a click"


@pytest.mark.parametrize(
    ("sound", "limit"), [(Sound.ORDER_NEW, 0.7), (Sound.DEADLINE_NEAR, 1.0), (Sound.LINK_LOST, 2.0)]
)
def test_none_is_longer_than_its_fastest_repetition(sound: Sound, limit: float) -> None:
    rate, heard = samples(SOUNDS / f"{sound.value}.wav")
    assert len(heard) / rate < limit


def test_pitches_are_the_designs(maker: ModuleType) -> None:
    tokens: dict[str, Any] = json.loads((ROOT / "resources" / "theme" / "tokens.json").read_text(encoding="utf-8"))
    for name, strokes in maker.SOUNDS.items():
        drawn = tokens["sound"].get(name, {}).get("hz")
        if drawn is not None:
            assert [pitch for *_, pitch, _ in strokes] == drawn, name


def test_each_stroke_sounds_at_its_pitch_with_overtones(maker: ModuleType) -> None:
    for name, strokes in maker.SOUNDS.items():
        rate, heard = samples(SOUNDS / f"{name}.wav")
        for begin, length, pitch, _ in strokes:
            first = round(begin * rate)
            part = heard[first : first + round(min(length, 0.09) * rate)]
            right = strength(rate, part, pitch)
            assert right > 2 * strength(rate, part, pitch * 0.75), name
            assert right > 2 * strength(rate, part, pitch * 1.33), name
            assert strength(rate, part, pitch * 2) > 0.1 * right, name
