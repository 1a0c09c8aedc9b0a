"""The composition root with a screen: the window in the main thread, the companion in the loop's thread."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app import bootstrap
from app.infra.logs import Redactor, logging_to
from app.infra.paths import find_paths
from app.runtime.companion import Companion
from app.runtime.publisher import Publisher
from app.services.staff import Staff
from app.ui import application

if TYPE_CHECKING:
    from app import bootstrap_demo

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
        return show(opened)


def demo(*, data: Path | None, seed: int, open_pos: "bootstrap_demo.OpenPos") -> int:
    """The demo with a window: orders arrive every few seconds, a person plays the staff."""
    from app import bootstrap_demo

    with TemporaryDirectory(prefix="sinqro-demo-") as fresh:
        return show(
            lambda publisher: bootstrap_demo.open_evening(
                data or Path(fresh), seed=seed, publisher=publisher, open_pos=open_pos
            )
        )


def show(opened: Opener) -> int:
    """Run the companion that ``opened`` gives under the window."""
    bridge = application.make_bridge()
    publisher = Publisher(show=bridge.show)
    current: list[Companion] = []

    async def main() -> None:
        import asyncio

        async with opened(publisher) as companion, asyncio.TaskGroup() as tasks:
            current.append(companion)
            shown = tasks.create_task(publisher.run(companion), name="publisher")
            try:
                await companion.run()
            finally:
                shown.cancel()

    def staff() -> Staff | None:
        return current[0].staff if current else None

    async def take_over(selling_point: str) -> None:
        await current[0].take_over(selling_point)

    return application.run(bridge=bridge, main=main, staff=staff, take_over=take_over)
