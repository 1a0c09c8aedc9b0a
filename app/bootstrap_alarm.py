"""Puts the alarm together: settings, loudspeaker, the system's volume, the full screen, and the last test as a file.

The last test is kept in the data folder, so that the menu says "today 19:52, good" after a restart too.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path

import msgspec

from app.infra.files import write_private
from app.infra.system_volume import system_volume
from app.ports.alarm import AlarmSettings, AlarmTest
from app.ui.alarm import Alarm
from app.ui.alarm_sound import MiniaudioSpeaker
from app.ui.flash import Flash
from app.ui.theme import Look

log = logging.getLogger(__name__)

TEST_FILE = "alarm-test.json"


def make_alarm(*, settings: AlarmSettings, data: Path, look: Look, minutes: int, now: Callable[[], datetime]) -> Alarm:
    """The alarm, to be fed with snapshots and closed at the end; made in the GUI thread.

    ``data`` is the data folder, ``minutes`` what the full screen's Accept promises.
    """
    file = data / TEST_FILE
    alarm = Alarm(
        settings=settings,
        speaker=MiniaudioSpeaker(folder=sounds_folder(), settings=settings),
        volume=system_volume(),
        flash=Flash(look=look, minutes=minutes),
        now=now,
        last_test=read_test(file),
    )
    alarm.tested.connect(lambda test: keep_test(file, test))
    return alarm


def sounds_folder() -> Path:
    """Where our sounds are."""
    return Path(str(resources.files("resources") / "sounds"))


def read_test(file: Path) -> AlarmTest | None:
    """The last test; ``None`` when there was none, or its file is no good."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=AlarmTest)
    except (OSError, msgspec.DecodeError):
        return None


def keep_test(file: Path, test: AlarmTest) -> None:
    """Keep a test; a full disk costs no more than its date."""
    try:
        write_private(file, msgspec.json.encode(test))
    except OSError as exc:
        log.info("the test of the alarm is not kept: %s", exc)
