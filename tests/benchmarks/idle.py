"""What the program costs while it only waits, how fast it is there, and whether its screen keeps up with a burst.

    python -m tests.benchmarks.idle [--json FILE] [--minutes 1] [--executable FILE]

In a real tray host: Xvfb, a session bus, xfwm4 and xfce4-panel, whose tray takes icons by StatusNotifier. The program
is ``sinqro-companion run`` between doubles of Sinqro and the POS, fresh ones for each start; in turns with it the
floor, a bare PySide6 tray (:mod:`~tests.benchmarks.bare_tray`). Then each waits alone, icon shown, link up, no window
open. At last 200 orders come at once while the Orders window is open, opened by a click on the icon: the machine has
no loudspeaker, so that the full-screen alarm is shown from the first second too.

======================= ===============================================================================================
``start_to_icon_s``     process started → first pixel of the panel changed, looked at every 2 ms; median of the starts
``start_to_link_s``     process started → ``link.hello`` has arrived at Sinqro; median of the same starts
``rss_mb`` ``pss_mb``   in memory after the waiting; PSS is the largest of several looks, since another process that
                        maps the same libraries makes it smaller (``qt_sharers``: the fewest seen)
``cpu_percent``         of one processor over ``--minutes``, all threads
``drift_mb``            with more than a minute: resident memory in the last fifth of it less that in the second fifth
``gui_stall_ms``        how late the GUI thread's event loop came at the worst in a burst; median of the bursts.
                        ``gui_stall_used_ms``: what of it the thread itself worked, the rest was waiting
``bare_…``              the same of the bare tray; ``packaged_…`` of ``--executable``
``others_share``        processors that others used while it waited; ``start_…`` and ``burst_…`` meanwhile: the doubles,
                        the desktop and the subject are in these two
======================= ===============================================================================================
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import footprint, machine
from tests.benchmarks.doubles import CloudDouble, PosDouble
from tests.benchmarks.load import Load, LoadFailed
from tests.benchmarks.subject import ROOT, end, product_files
from tests.helpers.panel_desktop import Box, PanelDesktop, missing

TARGETS = {
    "rss_mb": "<= 110",
    "pss_mb": "<= 85",
    "cpu_percent": "<= 0.2",
    "drift_mb": "<= 2",
    "start_to_icon_s": "<= 0.8",
    "start_to_link_s": "<= 1.5",
    "packaged_start_to_icon_s": "<= 1.0",
    "packaged_start_to_link_s": "<= 2.0",
    "gui_stall_ms": "<= 50",
}

PRODUCT = (sys.executable, "-m", "app", "run")
WATCHED = (sys.executable, "-m", "tests.benchmarks.gui_watch")
BARE = (sys.executable, "-m", "tests.benchmarks.bare_tray")

_LOOK = 0.002
"""Seconds between two looks at the panel."""

_AWAY = ("600", "400")
"""Where the pointer is not over the panel: it is painted too."""


class Plan(NamedTuple):
    """How much is measured."""

    starts: int = 7
    settle: float = 20
    """Seconds after the start until what it still does is done."""
    wait: float = 60
    looks: int = 10
    bare_wait: float = 10
    bursts: int = 3
    burst: int = 200


class Started(NamedTuple):
    """A tray program whose icon is shown."""

    process: int
    icon: Box
    icon_after: float
    link_after: float
    """NaN for one that has no link."""
    load: Load


class Waited(NamedTuple):
    """What a program took while it waited."""

    memory: list[footprint.Memory]
    cpu: float
    """Seconds a second."""
    others: float
    sharers: int


@asynccontextmanager
async def started(command: Sequence[str], desktop: PanelDesktop, *, link: bool = True) -> AsyncIterator[Started]:
    """Start a tray program on the desktop, with doubles of its own, and wait for icon and link."""
    with tempfile.TemporaryDirectory(prefix="idle-") as name:
        folder = Path(name)
        async with CloudDouble().running() as cloud, PosDouble().running() as pos:
            options = product_files(cloud, pos, folder) if link else []
            before = desktop.settle()
            log = folder / "output.log"
            with log.open("wb") as output:
                begun = time.monotonic()
                process = subprocess.Popen(
                    [*command, *options],
                    cwd=ROOT,
                    env=desktop.environ,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            try:
                icon_after = link_after = float("nan")
                async with asyncio.timeout(30):
                    while icon_after != icon_after or (link and link_after != link_after):  # NaN: not yet
                        if process.poll() is not None:
                            raise RuntimeError(f"it ended with {process.returncode}: {log.read_text()[-2000:]}")
                        if icon_after != icon_after and desktop.strip() != before:
                            icon_after = time.monotonic() - begun
                        if link_after != link_after and cloud.connected.is_set():
                            link_after = time.monotonic() - begun
                        await asyncio.sleep(_LOOK)
                await asyncio.to_thread(desktop.settle)
                icon = desktop.pixels.changed(before)
                assert icon is not None, "the icon went away again"
                load = Load(cloud=cloud, pos=pos, notifies=True)
                yield Started(process.pid, icon, icon_after, link_after, load)
            finally:
                await end(process)
        await _gone(desktop, before)


async def _gone(desktop: PanelDesktop, before: bytes) -> None:
    async with asyncio.timeout(20):
        while desktop.strip() != before:
            await asyncio.sleep(0.05)


async def waited(process: int, seconds: float, looks: int) -> Waited:
    """Look at a program's memory from time to time while it waits, and at its processor time over all of it."""
    begun, spent = time.monotonic(), footprint.cpu_time(footprint.family(process))
    others = machine.OthersWatch(process)
    seen: list[footprint.Memory] = []
    fewest = footprint.sharers(process)
    for number in range(looks):
        await asyncio.sleep(begun + seconds * (number + 1) / looks - time.monotonic())
        seen.append(footprint.memory(footprint.family(process)))
        fewest = min(fewest, footprint.sharers(process))
    cpu = (footprint.cpu_time(footprint.family(process)) - spent) / (time.monotonic() - begun)
    return Waited(seen, cpu, others.share(), fewest)


async def starts(commands: dict[str, Sequence[str]], desktop: PanelDesktop, plan: Plan) -> dict[str, float]:
    """How fast each is there; they take turns, and a first round only fills the caches."""
    icons: dict[str, list[float]] = {name: [] for name in commands}
    links: dict[str, list[float]] = {name: [] for name in commands}
    others = machine.OthersWatch()
    for number in range(plan.starts + 1):
        for name, command in commands.items():
            async with started(command, desktop, link=name != "bare_") as there:
                if number:
                    icons[name].append(there.icon_after)
                    links[name].append(there.link_after)
    found: dict[str, float] = {}
    for name in commands:
        found[f"{name}start_to_icon_s"] = statistics.median(icons[name])
        if name != "bare_":
            found[f"{name}start_to_link_s"] = statistics.median(links[name])
    return found | {"start_others_share": others.share()}


async def idles(commands: dict[str, Sequence[str]], desktop: PanelDesktop, plan: Plan) -> dict[str, float]:
    """What each takes while it waits, alone."""
    found: dict[str, float] = {}
    for name, command in commands.items():
        bare = name == "bare_"
        async with started(command, desktop, link=not bare) as there:
            await asyncio.sleep(plan.settle if not bare else 3)
            rest = await waited(there.process, plan.bare_wait if bare else plan.wait, plan.looks)
        found[f"{name}rss_mb"] = statistics.median(look.resident for look in rest.memory[-3:])
        found[f"{name}pss_mb"] = max(look.proportional for look in rest.memory)
        found[f"{name}cpu_percent"] = rest.cpu * 100
        if not bare and plan.wait > 60:
            found[f"{name}drift_mb"] = drift([look.resident for look in rest.memory])
        if not name:
            found |= {"qt_sharers": rest.sharers, "others_share": rest.others}
    return found


def drift(resident: list[float]) -> float:
    """How much more there is in the last fifth than in the second."""
    fifth = max(1, len(resident) // 5)
    return statistics.median(resident[-fifth:]) - statistics.median(resident[fifth : 2 * fifth])


async def stalls(desktop: PanelDesktop, plan: Plan) -> dict[str, float]:
    """How late the GUI thread came in bursts of orders, Orders window open; each burst meets a fresh program."""
    worst: list[tuple[float, float]] = []
    others = machine.OthersWatch()
    for _ in range(plan.bursts):
        with tempfile.TemporaryDirectory(prefix="idle-gaps-") as folder:
            gaps = Path(folder) / "gaps.jsonl"
            async with started([*WATCHED, str(gaps)], desktop) as there:
                await asyncio.sleep(5)
                await asyncio.to_thread(_open_orders, desktop, there.icon)
                await asyncio.sleep(2)
                begun = time.monotonic()
                await there.load.burst(plan.burst)
                await asyncio.sleep(1)
                over = time.monotonic()
            seen = [json.loads(line) for line in gaps.read_text().splitlines()]
            within = [(gap["ms"], gap["used_ms"]) for gap in seen if begun < gap["at"] < over]
            worst.append(max(within, default=(0.0, 0.0)))
    ms, used = statistics.median_low(worst)
    return {"gui_stall_ms": ms, "gui_stall_used_ms": used, "burst_others_share": others.share()}


def _open_orders(desktop: PanelDesktop, icon: Box) -> None:
    """A click on the icon; a busy machine may miss the first."""
    for _ in range(5):
        desktop.do("mousemove", *map(str, icon.middle), "click", "1", "mousemove", *_AWAY)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if desktop.do("search", "--onlyvisible", "--name", "SuperPizza"):
                return
            time.sleep(0.1)
    raise RuntimeError("a click on the icon does not open Orders")


async def measure(plan: Plan, executable: Path | None = None) -> dict[str, object]:
    """Everything; about four minutes by the usual plan."""
    commands: dict[str, Sequence[str]] = {"": PRODUCT, "bare_": BARE}
    if executable is not None:
        commands["packaged_"] = (str(executable.resolve()), "run")
    with tempfile.TemporaryDirectory(prefix="idle-desktop-") as folder:
        desktop = await asyncio.to_thread(PanelDesktop, Path(folder))
        try:
            found: dict[str, object] = {"tray": host(desktop)}
            for what, work in (("starts", starts), ("waiting", idles)):
                print(what, file=sys.stderr)
                found |= (part := await work(commands, desktop, plan))
                print(machine.table(part, TARGETS), file=sys.stderr)  # a later part may turn out worthless
            print("bursts", file=sys.stderr)
            return found | await stalls(desktop, plan)
        finally:
            await asyncio.to_thread(desktop.close)


def host(desktop: PanelDesktop) -> str:
    """The tray host and its version."""
    command = ["xfce4-panel", "--version"]
    done = subprocess.run(command, env=desktop.environ, capture_output=True, text=True, check=True, timeout=20)
    return f"{' '.join(done.stdout.split()[:2])}, StatusNotifier"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--minutes", type=float, default=1, help="how long it waits (60: tells the drift)")
    parser.add_argument("--executable", type=Path, metavar="FILE", help="a packaged program, measured besides")
    options = parser.parse_args()
    if absent := missing():
        print(f"not measured, missing here: {', '.join(absent)}", file=sys.stderr)
        return 2
    plan = Plan(wait=options.minutes * 60, looks=max(10, round(options.minutes * 2)))
    try:
        found = asyncio.run(measure(plan, options.executable))
    except LoadFailed as exc:
        print(f"worthless: {exc}", file=sys.stderr)
        return 1
    print(machine.table(found, TARGETS))
    if options.json:
        options.json.write_text(json.dumps({**machine.description(), **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
