"""What a figure was measured on, and whether the machine was quiet meanwhile."""

import importlib.metadata
import os
import platform
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def description() -> dict[str, str]:
    """Machine and versions, for people to compare."""
    versions = {name: importlib.metadata.version(name) for name in ("httpx", "websockets", "msgspec")}
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {_memory():.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **versions,
    }


def table(found: Mapping[str, object], targets: Mapping[str, str]) -> str:
    """Figures for people: what they were measured on, then one a line with its target."""
    about = ", ".join(f"{name} {value}" for name, value in description().items())
    lines = [f"{name:<30} {_shown(value):>10}   {targets.get(name, '')}".rstrip() for name, value in found.items()]
    return "\n".join([about, *lines])


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


class OthersWatch:
    """How much of a processor everybody else used: over 0.1 the figures are worth little. Linux."""

    def __init__(self, *processes: int) -> None:
        self._processes = processes
        self._start = self._read()

    def share(self) -> float:
        """Processors used by others since the start, on average."""
        moment, busy, own = self._read()
        was, was_busy, was_own = self._start
        return max(0.0, ((busy - was_busy) - (own - was_own)) / (moment - was))

    def _read(self) -> tuple[float, float, float]:
        tick = os.sysconf("SC_CLK_TCK")
        user, nice, system, _, _, irq, softirq, steal = map(int, _words("/proc/stat")[1:9])
        busy = (user + nice + system + irq + softirq + steal) / tick
        return time.monotonic(), busy, time.process_time() + sum(map(cpu_seconds, self._processes))


def cpu_seconds(process: int) -> float:
    """Processor time of a process and what it started."""
    found = 0.0
    todo: list[Any] = [process]
    while todo:
        folder = Path(f"/proc/{todo.pop()}")
        fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        for task in (folder / "task").iterdir():
            todo += (task / "children").read_text().split()
    return found


def _words(path: str) -> list[str]:
    return Path(path).read_text().split()
