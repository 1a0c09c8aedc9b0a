"""The tray program on a real X server, handled by mouse and keyboard: an order's way, and the end by the tray's menu.

Xvfb, a window manager and a tray host (XEmbed); what is pressed is pressed by xdotool, what came of it is seen at both
doubles. Where these programs are missing the tests are skipped, and say so: ``.ci/run`` installs them.
"""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from app.domain.status import OrderType
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from tests.helpers.program import Place, Program, open_place

T = TypeVar("T")

NEEDED = ("Xvfb", "openbox", "trayer", "xdotool", "dbus-run-session")
MISSING = [name for name in NEEDED if shutil.which(name) is None]

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("screen"),
    pytest.mark.skipif(sys.platform != "linux", reason="an X server"),
    pytest.mark.skipif(bool(MISSING), reason=f"missing here: {', '.join(MISSING)} (.ci/run installs them)"),
]


class Desktop:
    """A screen of 1024×768 with a window manager and a tray host."""  # noqa: RUF002 - the sign of sizes

    def __init__(self) -> None:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        self._processes = [subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)]
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"
        self.environ = {**os.environ, "DISPLAY": self.display}
        self._start("openbox")
        self.host = self.start_host()

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._processes.append(process)
        return process

    def start_host(self) -> "subprocess.Popen[bytes]":
        """The tray host, at the lower right."""
        place = ("--edge", "bottom", "--align", "right", "--height", "28", "--SetDockType", "true")
        return self._start("trayer", *place, "--widthtype", "request", "--monitor", "0")

    def do(self, *words: str) -> str:
        """xdotool; empty where it finds nothing."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environ, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()

    def window(self, title: str) -> str:
        """The id of the window with that title, as soon as it can be seen."""
        return until(lambda: self.do("search", "--onlyvisible", "--name", title).splitlines()[-1:], f"window {title}")[
            0
        ]

    def gone(self, title: str) -> None:
        """Wait until no such window can be seen."""
        until(lambda: not self.do("search", "--onlyvisible", "--name", title), f"no window {title}")

    def press(self, title: str, *keys: str) -> None:
        """Keys into a window."""
        self.do("windowactivate", "--sync", self.window(title))
        time.sleep(0.3)
        for key in keys:
            self.do("key", "--clearmodifiers", key)
            time.sleep(0.3)

    def click_tray(self, button: int) -> None:
        """Click the icon: trayer's window is as wide as its one icon."""
        window = until(lambda: self.do("search", "--onlyvisible", "--class", "trayer").splitlines()[-1:], "trayer")[0]
        lines = self.do("getwindowgeometry", "--shell", window).splitlines()
        shape = {name: int(value) for name, _, value in (line.partition("=") for line in lines) if value.isdigit()}
        x, y = shape["X"] + shape["WIDTH"] // 2, shape["Y"] + shape["HEIGHT"] // 2
        self.do("mousemove", str(x), str(y), "click", str(button))

    def sees(self, title: str, seconds: float = 4) -> bool:
        """Whether such a window can be seen within some seconds."""
        deadline = time.monotonic() + seconds
        while not (found := bool(self.do("search", "--onlyvisible", "--name", title))) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def open_orders(self) -> None:
        """A left click on the icon; a busy machine may miss the first."""

        def opened() -> bool:
            self.click_tray(1)
            return self.sees("Pedidos")

        until(opened, "Orders by a click on the icon", 30)

    def close_orders(self) -> None:
        """Ctrl+W in the Orders window, once it takes keys."""

        def closed() -> bool:
            if self.sees("Pedidos", 0):
                self.press("Pedidos", "ctrl+w")
            return not self.sees("Pedidos", 0)

        until(closed, "the end of the Orders window", 30)

    def close(self) -> None:
        """End it all, the screen last."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(10)


def until(look: Callable[[], T], what: str, timeout: float = 20) -> T:
    deadline = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < deadline, f"after {timeout:g} s still not: {what}"
        time.sleep(0.1)
    return found


class TrayProgram(Program):
    """`sinqro-companion run` instead of `serve`, on a screen and a bus of its own."""

    def __init__(self, *, folder: Path, desktop: Desktop) -> None:
        super().__init__(folder=folder)
        self.environ |= {"DISPLAY": desktop.display, "QT_QPA_PLATFORM": "xcb", "HOME": str(folder)}
        self.environ.pop("WAYLAND_DISPLAY", None)
        self.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)

    def _places(self, words: tuple[str, ...], *, vault: bool = True) -> list[str]:
        if words == ("serve",):
            return ["dbus-run-session", "--", *super()._places(("run",))]
        return super()._places(words, vault=vault)


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    made = Desktop()
    yield made
    made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("tray"), started=False, changes={("language",): "es"}) as place:
        serve = place.program
        place.program = TrayProgram(folder=serve.folder, desktop=desktop)
        await place.start()
        yield place
        place.program.kill()


def order() -> dict[str, object]:
    generator = OrderGenerator(restaurant=superpizza(), seed=7, run=uuid.uuid4().hex[:6])
    return generator.order(OrderType.COLLECTION)


async def test_an_order_s_whole_way_by_mouse_and_keyboard(place: Place, desktop: Desktop) -> None:
    # a left click on the icon opens Orders
    await place.until(lambda: place.program.running, "the program")
    desktop.open_orders()
    placed = order()
    await place.placed(placed)
    # the first Ctrl+Enter shows which order, the second accepts it
    desktop.press("Pedidos", "ctrl+Return", "ctrl+Return")
    await place.in_pos(placed["id"])  # type: ignore[arg-type]
    await place.sinqro_shows(placed["id"], "accepted")  # type: ignore[arg-type]
    for status in ("ready", "completed"):
        time.sleep(0.5)
        desktop.press("Pedidos", "F6", "ctrl+l")
        await place.sinqro_shows(placed["id"], status)  # type: ignore[arg-type]


async def test_the_icon_comes_back_with_its_host(place: Place, desktop: Desktop) -> None:
    desktop.close_orders()
    desktop.host.terminate()
    desktop.host.wait(10)
    small = desktop.window("^Companion$")
    assert small
    assert place.program.running, "never a hidden process"
    desktop.host = desktop.start_host()
    desktop.gone("^Companion$")
    desktop.open_orders()


async def test_a_second_start_brings_the_window_up_and_ends(place: Place, desktop: Desktop) -> None:
    desktop.close_orders()
    second = await place.program.run("run")
    assert second.status == 0, second
    desktop.window("Pedidos")


async def test_quit_by_the_tray_s_menu(place: Place, desktop: Desktop) -> None:
    desktop.close_orders()
    desktop.click_tray(3)
    time.sleep(2)
    desktop.do("key", "Up")
    time.sleep(0.5)
    desktop.do("key", "Return")
    assert await place.program.ended(10) == 0
    assert " ERROR " not in place.program.log, place.program.tail()
