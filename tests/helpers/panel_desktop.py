"""A desktop with a StatusNotifier host, for tests and benchmarks of the tray: Xvfb, a session bus, xfwm4, xfce4-panel.

The panel lies at the top and holds nothing but its tray, so that whatever appears in it is an icon. The screen's memory
is a file (Xvfb ``-fbdir``): what is painted is read from there, without asking the X server for anything, which would
cost the program that is looked at. Linux; Debian's xvfb, xfwm4, xfce4-panel, dbus-daemon, xdotool.
"""

import mmap
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")

NEEDED = ("Xvfb", "xfwm4", "xfce4-panel", "dbus-daemon", "xdotool")
PANEL_HEIGHT = 28

_PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
<property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/><property name="panel-1" type="empty">
<property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/>
<property name="position-locked" type="bool" value="true"/><property name="size" type="uint" value="28"/>
<property name="plugin-ids" type="array"><value type="int" value="1"/></property></property></property>
<property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray">
<property name="square-icons" type="bool" value="true"/></property></property>
</channel>
"""


class Box(NamedTuple):
    """A part of the screen, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle(self) -> tuple[int, int]:
        """Where to click."""
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


def missing() -> list[str]:
    """Programs of it that are not here."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Pixels:
    """The screen as Xvfb keeps it: an XWD file (``XWDFile.h`` of X11) with four bytes a pixel, blue first."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        words = struct.unpack(">25I", self._memory[:100])
        self.width, self.height, self._line = words[4], words[5], words[12]
        self._start = words[0] + 12 * words[19]  # the header, then the colour map

    def strip(self, top: int, bottom: int) -> bytes:
        """The rows from ``top`` to before ``bottom``."""
        return self._memory[self._start + top * self._line : self._start + bottom * self._line]

    def colour(self, x: int, y: int) -> tuple[int, int, int]:
        """Red, green and blue at a place."""
        at = self._start + y * self._line + 4 * x
        blue, green, red = self._memory[at : at + 3]
        return red, green, blue

    def changed(self, before: bytes, top: int = 0) -> Box | None:
        """The smallest box around what differs from an earlier :meth:`strip` that began at ``top``."""
        rows = len(before) // self._line
        after = self.strip(top, top + rows)
        if after == before:
            return None
        lines = [
            number for number in range(rows) if _row(after, number, self._line) != _row(before, number, self._line)
        ]
        places = [
            at // 4
            for number in lines
            for at in range(self._line)
            if after[number * self._line + at] != before[number * self._line + at]
        ]
        return Box(min(places), top + lines[0], max(places) + 1, top + lines[-1] + 1)

    def close(self) -> None:
        """Read no more."""
        self._memory.close()


def _row(strip: bytes, number: int, line: int) -> bytes:
    return strip[number * line : (number + 1) * line]


class PanelDesktop:
    """``folder`` is the session's home; ``environ`` is what programs on this desktop are started with."""

    def __init__(self, folder: Path, *, width: int = 1024, height: int = 768, host: bool = True) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._log = (folder / "desktop.log").open("wb")
        for name in (".config", ".cache", ".local/share", "run"):
            (folder / name).mkdir(parents=True)
        (folder / "run").chmod(0o700)
        channels = folder / ".config/xfce4/xfconf/xfce-perchannel-xml"
        channels.mkdir(parents=True)
        (channels / "xfce4-panel.xml").write_text(_PANEL)
        self.environ = {name: value for name, value in os.environ.items() if not _of_a_desktop(name)} | {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / ".config"),
            "XDG_CACHE_HOME": str(folder / ".cache"),
            "XDG_DATA_HOME": str(folder / ".local/share"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_CURRENT_DESKTOP": "XFCE",
            "NO_AT_BRIDGE": "1",  # no service for screen readers is started
            "QT_ACCESSIBILITY": "0",
            "QT_QPA_PLATFORM": "xcb",
        }
        try:
            self._start_screen(folder, width, height)
            self._start_bus()
            self.start("xfwm4", "--compositor=off")
            self.host: subprocess.Popen[bytes] | None = self.start_host() if host else None
        except BaseException:
            self.close()
            raise

    def _start_screen(self, folder: Path, width: int, height: int) -> None:
        memory = folder / "screen"
        memory.mkdir()
        read, write = os.pipe()
        size = ("-screen", "0", f"{width}x{height}x24", "-fbdir", str(memory))
        self._started("Xvfb", "-displayfd", str(write), *size, "-nolisten", "tcp", pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as told:
            self.environ["DISPLAY"] = f":{told.readline().strip()}"
        self.pixels = Pixels(memory / "Xvfb_screen0")

    def _start_bus(self) -> None:
        read, write = os.pipe()
        self._started("dbus-daemon", "--session", "--nofork", f"--print-address={write}", pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as told:
            self.environ["DBUS_SESSION_BUS_ADDRESS"] = told.readline().strip()

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """A program on this desktop; ended with it."""
        return self._started(*command)

    def _started(self, *command: str, pass_fds: tuple[int, ...] = ()) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=pass_fds,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def start_host(self) -> "subprocess.Popen[bytes]":
        """The panel, waited for until it is painted and still."""
        before = self.strip()
        self.host = self.start("xfce4-panel", "--disable-wm-check")
        until(lambda: self.strip() != before, "the panel")
        self.settle()
        return self.host

    def stop_host(self) -> None:
        """End the panel, as its restart does."""
        assert self.host is not None
        self.host.terminate()
        self.host.wait(10)
        self._processes.remove(self.host)
        self.host = None

    def strip(self) -> bytes:
        """The panel as it is painted now."""
        return self.pixels.strip(0, PANEL_HEIGHT)

    def settle(self, quiet: float = 0.5) -> bytes:
        """Wait until nothing has changed in the panel for some time; the panel then."""
        deadline = time.monotonic() + 20
        shown, since = self.strip(), time.monotonic()
        while time.monotonic() - since < quiet:
            time.sleep(0.02)
            if (now := self.strip()) != shown:
                assert time.monotonic() < deadline, "the panel never comes to rest"
                shown, since = now, time.monotonic()
        return shown

    def do(self, *words: str) -> str:
        """xdotool; empty where it finds nothing."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environ, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()

    def close(self) -> None:
        """End it all, the screen last."""
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        if hasattr(self, "pixels"):
            self.pixels.close()
        self._log.close()


def _of_a_desktop(name: str) -> bool:
    """Variables of the desktop the tests run on."""
    return name.startswith(("XDG_", "QT_", "DBUS_")) or name in ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")


def until(look: Callable[[], T], what: str, timeout: float = 20, every: float = 0.02) -> T:
    """Wait until something is true."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < deadline, f"after {timeout:g} s still not: {what}"
        time.sleep(every)
    return found
