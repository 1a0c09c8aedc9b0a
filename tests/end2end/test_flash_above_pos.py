"""On a real X server with a window manager: the full-screen alarm covers a full-screen POS, and the POS keeps the
keyboard while it does. (Offscreen neither can be seen.)
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("Xvfb", "openbox", "xdotool")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="an X server"),
    pytest.mark.skipif(
        any(shutil.which(name) is None for name in NEEDED), reason=f"{', '.join(NEEDED)}: .ci/run installs them"
    ),
]

POS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
app = QApplication([])
window, line = QWidget(), QLineEdit()
QVBoxLayout(window).addWidget(line)
window.showFullScreen()
line.setFocus()
def tell():
    # what a person sees in a corner of the screen, and what was typed here
    corner = app.primaryScreen().grabWindow(0).toImage().pixelColor(4, 4).name()
    open(sys.argv[1], "w").write(f"{line.text()}|{corner}|{window.isActiveWindow()}")
timer = QTimer()
timer.timeout.connect(tell)
timer.start(100)
app.exec()
"""

FLASH = """
import sys
from datetime import UTC, datetime, timedelta
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.domain.record import OrderRecord
from app.services.sheets import OrderSheet
from app.ui.flash import Flash
from app.ui.flash_order import FlashOrder
from app.ui.theme import Look
now = datetime.now(UTC)
record = OrderRecord(selling_point="71", order_id="1", code="482", received_at=now, status_at=now)
order = FlashOrder(record=record, sheet=OrderSheet(), count=1, at=now)
look = Look(dark=False)
look.apply()
flash = Flash(look=look, minutes=25)
flash.accept_asked.connect(lambda key: open(sys.argv[1], "w").write(str(key)))
flash.show(order)
timer = QTimer()
timer.timeout.connect(lambda: flash.show(order))
timer.start(1000)
app.exec()
"""


@contextmanager
def running(*command: str, display: str = "", **more: object) -> Iterator["subprocess.Popen[str]"]:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "PYTHONPATH": str(ROOT), "DISPLAY": display}
    process = subprocess.Popen(
        command, env=environment, text=True, stderr=subprocess.DEVNULL, **({"stdout": subprocess.DEVNULL} | more)
    )  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def display() -> Iterator[str]:
    server = ("Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp")
    with running(*server, stdout=subprocess.PIPE) as xvfb:
        assert xvfb.stdout is not None
        name = f":{xvfb.stdout.readline().strip()}"
        with running("openbox", display=name):
            yield name


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def test_the_flash_is_above_a_full_screen_pos_which_keeps_the_keyboard(display: str, tmp_path: Path) -> None:
    told, asked = tmp_path / "pos", tmp_path / "asked"

    def seen() -> list[str]:
        return [*(told.read_text() if told.exists() else "").split("|"), "", "", ""]

    def press(*what: str) -> None:
        subprocess.run(["xdotool", *what], env={"PATH": "/usr/bin:/bin", "DISPLAY": display}, check=True, timeout=10)

    with ExitStack() as stack:
        stack.enter_context(running(sys.executable, "-c", POS, str(told), display=display))
        until(lambda: seen()[2] == "True", "the POS never had the keyboard")
        before = seen()[1]
        press("type", "abc")
        until(lambda: seen()[0] == "abc", "nothing can be typed")

        stack.enter_context(running(sys.executable, "-c", FLASH, str(asked), display=display))
        until(lambda: seen()[1] in ("#b33a05", "#ffffff") and seen()[1] != before, f"the POS covers it: {seen()}")
        press("type", "def")
        until(lambda: seen()[0] == "abcdef", f"the alarm took the keyboard: {seen()}")

        press("mousemove", "200", "690", "click", "1")
        until(lambda: asked.exists() and asked.read_text() == "71/1", "the touch did not reach it")
        press("type", "ghi")
        until(lambda: seen()[0] == "abcdefghi", f"the touch took the keyboard: {seen()}")
