"""The [alarm] table of the configuration."""

from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.infra.settings import parse
from app.ports.alarm import AlarmSettings, AlarmSounds, Sound

FILE = Path("config.toml")


def test_without_a_table_the_alarm_is_loud_enough_and_never_quiet() -> None:
    assert parse("", FILE).alarm == AlarmSettings()
    assert AlarmSettings().volume >= 40
    assert not AlarmSettings().quiet_from


def test_everything_is_read() -> None:
    text = """
        [alarm]
        volume = 100
        device = "Barra"
        flash_seconds = 60
        quiet_from = "23:30"
        quiet_until = "09:00"
        [alarm.sounds]
        order_new = "/home/bar/campana.wav"
        """
    assert parse(text, FILE).alarm == AlarmSettings(
        volume=100,
        device="Barra",
        flash_seconds=60,
        quiet_from="23:30",
        quiet_until="09:00",
        sounds=AlarmSounds(order_new="/home/bar/campana.wav"),
    )


def test_every_sound_can_be_another() -> None:
    for sound in Sound:
        chosen = parse(f'[alarm.sounds]\n{sound.value} = "x.wav"', FILE).alarm.sounds
        assert [chosen.of(other) for other in Sound] == ["x.wav" if other is sound else "" for other in Sound]


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ("volume = 39", "alarm.volume", ""),
        ("volume = 101", "alarm.volume", ""),
        ("flash_seconds = 1", "alarm.flash_seconds", ""),
        ('quiet_from = "24:00"', "'24:00' is no time of day", 'Write it like "23:30".'),
        ('quiet_from = "9:00"', "'9:00' is no time of day", 'Write it like "23:30".'),
        ('quiet_from = "23:30"', "the entry quiet_until is missing", 'Add a line: quiet_until = "09:00"'),
        ('quiet_until = "09:00"', "the entry quiet_from is missing", 'Add a line: quiet_from = "09:00"'),
        ('sounds = { order_nwe = "x" }', "there is no such entry", "Did you mean order_new?"),
        ("mute = true", "there is no such entry", ""),
    ],
)
def test_faults_are_said_with_their_place(entry: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.toml, line \d") as caught:
        parse(f"[alarm]\n{entry}", FILE)
    assert message in caught.value.message
    assert hint in caught.value.hint
