"""The tray program in a StatusNotifier host (xfce4-panel), as on most Linux desktops: seen by the panel's pixels.

A D-Bus session of its own; the icon is read from the screen's memory, clicks are xdotool's. Where these programs are
missing the tests are skipped, and say so: ``.ci/run`` installs them. (XEmbed hosts: test_tray.py.)
"""

import asyncio
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.domain.status import OrderType
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from tests.helpers.panel_desktop import Box, PanelDesktop, missing
from tests.helpers.program import Place, Program, open_place

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("screen"),
    pytest.mark.skipif(sys.platform != "linux", reason="an X server"),
    pytest.mark.skipif(bool(missing()), reason=f"missing here: {', '.join(missing())} (.ci/run installs them)"),
]

AWAY = ("500", "500")
"""Where the pointer lights nothing up in the panel."""

NEW = (0xC2, 0x3F, 0x06)
"""The orange of a new order's icon, in both frames."""

SANDBOX = (0x6A, 0x2C, 0xA8)
"""The violet of its badge."""

VIEW = ("686", "692")
"""The button View of the full-screen alarm at 1024x768."""


class TrayProgram(Program):
    """``sinqro-companion run`` on this desktop."""

    def __init__(self, *, folder: Path, desktop: PanelDesktop) -> None:
        super().__init__(folder=folder)
        self.environ = {**self.environ, **desktop.environ}

    def _places(self, words: tuple[str, ...], *, vault: bool = True) -> list[str]:
        return super()._places(("run",) if words == ("serve",) else words, vault=vault)


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelDesktop]:
    made = PanelDesktop(tmp_path_factory.mktemp("desktop"))
    yield made
    made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(desktop: PanelDesktop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("tray"), started=False, changes={("language",): "es"}) as place:
        place.program = TrayProgram(folder=place.program.folder, desktop=desktop)
        yield place
        place.program.kill()


def sees(desktop: PanelDesktop, title: str) -> bool:
    return bool(desktop.do("search", "--onlyvisible", "--name", title))


def colours(desktop: PanelDesktop, empty: bytes) -> Counter[tuple[int, int, int]]:
    """What the icon is painted with: pixels by colour, in the part of the panel that was empty."""
    box = desktop.pixels.changed(empty)
    if box is None:
        return Counter()
    places = [(x, y) for x in range(box.left, box.right) for y in range(box.top, box.bottom)]
    return Counter(desktop.pixels.colour(x, y) for x, y in places)


async def painted(place: Place, desktop: PanelDesktop, empty: bytes) -> Box:
    """Wait until the icon is there and still."""
    await place.until(lambda: colours(desktop, empty)[SANDBOX] > 20, "the icon with its badge", 20)
    await asyncio.to_thread(desktop.settle, 0.3)
    box = desktop.pixels.changed(empty)
    assert box is not None
    return box


async def test_the_icon_is_painted_and_a_left_click_opens_orders(place: Place, desktop: PanelDesktop) -> None:
    empty = desktop.strip()
    await place.start()
    box = await painted(place, desktop, empty)
    width, height = box.right - box.left, box.bottom - box.top
    assert 14 <= width <= 28, "as large as this panel's icons"
    assert 14 <= height <= 28
    await open_orders(place, desktop, box)
    await close_orders(place, desktop)
    assert not sees(desktop, "^Companion$"), "the small window is for desktops without a host"


async def open_orders(place: Place, desktop: PanelDesktop, box: Box) -> None:
    """A left click on the icon; a busy machine may miss the first."""
    for _ in range(6):
        desktop.do("mousemove", *map(str, box.middle), "click", "1", "mousemove", *AWAY)
        for _ in range(50):
            if sees(desktop, "Pedidos"):
                return
            await asyncio.sleep(0.1)
    raise AssertionError(f"no Orders by a click on the icon\n{place.program.tail()}")


async def close_orders(place: Place, desktop: PanelDesktop) -> None:
    for _ in range(6):
        desktop.do("search", "--onlyvisible", "--name", "Pedidos", "windowactivate", "--sync", "key", "ctrl+w")
        for _ in range(30):
            if not sees(desktop, "Pedidos"):
                return
            await asyncio.sleep(0.1)
    raise AssertionError(f"Orders cannot be closed\n{place.program.tail()}")


def emptied(desktop: PanelDesktop) -> bytes:
    """The panel without an icon; the host takes it away when its program is gone."""
    return desktop.settle(1)


async def test_the_host_restarts_and_the_icon_comes_back(place: Place, desktop: PanelDesktop) -> None:
    place.program.kill()
    empty = await asyncio.to_thread(emptied, desktop)
    await place.start()
    await painted(place, desktop, empty)
    desktop.stop_host()
    await place.until(lambda: sees(desktop, "^Companion$"), "the small window in its place", 30)
    assert place.program.running
    await asyncio.to_thread(desktop.start_host)
    await painted(place, desktop, empty)
    await place.until(lambda: not sees(desktop, "^Companion$"), "the end of the small window", 20)
    assert await place.program.stop() == 0
    await asyncio.to_thread(emptied, desktop)


async def test_a_host_that_comes_late_gets_the_icon(place: Place, desktop: PanelDesktop) -> None:
    place.program.kill()
    empty = await asyncio.to_thread(emptied, desktop)
    desktop.stop_host()
    await place.start()
    await place.until(lambda: sees(desktop, "^Companion$"), "the small window", 20)
    await asyncio.to_thread(desktop.start_host)
    await painted(place, desktop, empty)
    await place.until(lambda: not sees(desktop, "^Companion$"), "the end of the small window", 20)
    assert await place.program.stop() == 0
    assert " ERROR " not in place.program.log, place.program.tail()


async def test_a_new_order_turns_it_orange(place: Place, desktop: PanelDesktop) -> None:
    place.program.kill()
    empty = await asyncio.to_thread(emptied, desktop)
    await place.start()
    await painted(place, desktop, empty)
    order = OrderGenerator(restaurant=superpizza(), seed=11, run=uuid.uuid4().hex[:6]).order(OrderType.COLLECTION)
    await place.placed(order)
    # there is no loudspeaker: the full-screen alarm comes at once, over the panel too, and View leaves it for a while
    await place.until(lambda: sees(desktop, "Sinqro Companion"), "the full-screen alarm")
    await asyncio.sleep(0.5)
    desktop.do("mousemove", *VIEW, "click", "1", "mousemove", *AWAY)
    await place.until(lambda: colours(desktop, empty)[NEW] > 40, "the orange of a new order", 20)
    assert place.program.running
    place.program.kill()
