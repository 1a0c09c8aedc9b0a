"""The composition root with a screen: tray and windows in the main thread, the companion in the loop's thread."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from app import bootstrap
from app.bootstrap_guard import manager_pin
from app.domain.errors import ConfigurationError
from app.infra.holidays import HolidayTables
from app.infra.logs import Redactor, logging_to
from app.infra.paths import find_paths, private_folder
from app.infra.system_volume import system_volume
from app.ports.alarm import AlarmSettings, AlarmTest
from app.runtime.companion import Companion
from app.runtime.publisher import Publisher
from app.services.manager_pin import ManagerPin
from app.ui import application
from app.ui.alarm import Alarm
from app.ui.board import STANDARD_MINUTES
from app.ui.desk import utc_now
from app.ui.flash import Flash
from app.ui.placement import Places
from app.ui.theme import Look

if TYPE_CHECKING:
    from app.bootstrap_demo_pos import OpenPos

Opener = Callable[[Publisher], AbstractAsyncContextManager[Companion]]


def run(*, config: Path | None, data: Path | None, secrets: Path | None) -> int:
    """The program of a restaurant."""
    environ = bootstrap.process_environment()
    paths = find_paths(environ=environ, config=config, data=data)
    settings = bootstrap.load_settings(paths, environ)
    redactor = Redactor()
    vault = bootstrap.open_vault(environ, redactor, secrets)

    @asynccontextmanager
    async def opened(publisher: Publisher) -> AsyncIterator[Companion]:
        async with bootstrap.open_companion(
            settings=settings, paths=paths, vault=vault, on_change=publisher.ring, on_link=publisher.ring
        ) as companion:
            yield companion

    log = settings.log
    with logging_to(
        folder=paths.logs, console=False, redactor=redactor, level=log.level, max_mb=log.max_mb, files=log.files
    ):
        return show(
            opened,
            folder=paths.data,
            language=settings.language,
            sandbox=settings.environment.value == "sandbox",
            alarm=settings.alarm,
            show_orders=False,
            pin=manager_pin(vault=vault, paths=paths, environ=environ),
        )


def demo(*, data: Path | None, seed: int, open_pos: "OpenPos") -> int:
    """The demo with a window: orders arrive every few seconds, a person plays the staff."""
    from app import bootstrap_demo

    with TemporaryDirectory(prefix="sinqro-demo-") as fresh:
        folder = data or Path(fresh)
        return show(
            lambda publisher: bootstrap_demo.open_evening(folder, seed=seed, publisher=publisher, open_pos=open_pos),
            folder=folder,
            language="",
            sandbox=True,
            alarm=AlarmSettings(),
            show_orders=True,
            pin=bootstrap_demo.manager_pin(folder),
        )


def show(
    opened: Opener,
    *,
    folder: Path,
    language: str,
    sandbox: bool,
    alarm: AlarmSettings,
    show_orders: bool,
    pin: ManagerPin | None = None,
) -> int:
    """Run the companion that ``opened`` gives below tray and windows; ``show_orders`` opens the Orders window."""
    with suppress(ConfigurationError):  # the companion says so when it starts
        private_folder(folder)
    bridge = application.make_bridge()
    publisher = Publisher(show=bridge.show)
    current: list[Companion] = []

    async def main() -> None:
        async with opened(publisher) as companion, asyncio.TaskGroup() as tasks:
            current.append(companion)
            shown = tasks.create_task(publisher.run(companion), name="publisher")
            try:
                await companion.run()
            finally:
                shown.cancel()

    return application.run(
        bridge=bridge,
        main=main,
        companion=lambda: current[0] if current else None,
        folder=folder,
        language=language,
        sandbox=sandbox,
        make_alarm=lambda look, places: make_alarm(alarm, look, places),
        show_orders=show_orders,
        pin=pin,
        holidays=HolidayTables,
    )


def make_alarm(settings: AlarmSettings, look: Look, places: Places) -> Alarm:
    """The alarm with this machine's loudspeaker."""
    from app.ui.alarm_sound import MiniaudioSpeaker

    speaker = MiniaudioSpeaker(folder=Path(str(files("resources") / "sounds")), settings=settings)
    kept = places.text("alarm/test")
    try:
        last = msgspec.json.decode(kept, type=AlarmTest) if kept else None
    except msgspec.MsgspecError:  # of another version
        last = None
    return Alarm(
        settings=settings,
        speaker=speaker,
        volume=system_volume(),
        flash=Flash(look=look, minutes=STANDARD_MINUTES),
        now=utc_now,
        last_test=last,
    )
