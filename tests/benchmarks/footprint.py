"""What a process takes, from ``/proc``: memory and processor time, of it and of what it started. Linux."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Memory(NamedTuple):
    """In MB of 2**20 bytes."""

    resident: float
    proportional: float
    """PSS: a page that several processes map counts for each by its share."""


def family(process: int) -> list[int]:
    """The process and all that it started."""
    found, todo = [], [process]
    while todo:
        number = todo.pop()
        try:
            for task in Path(f"/proc/{number}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
            found.append(number)
        except OSError:  # ended meanwhile
            continue
    return found


def memory(processes: Iterable[int]) -> Memory:
    """What they have in memory together."""
    resident = proportional = 0
    for number in processes:
        for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, value = line.partition(":")
            if name == "Rss":
                resident += int(value.split()[0])
            elif name == "Pss":
                proportional += int(value.split()[0])
    return Memory(resident / 1024, proportional / 1024)


def cpu_time(processes: Iterable[int]) -> float:
    """Seconds of processor time of all their threads, to the nanosecond (``schedstat``; ``stat`` counts in ticks)."""
    spent = 0
    for number in processes:
        for task in Path(f"/proc/{number}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e9


def sharers(process: int, library: str = "libQt6Core") -> int:
    """How many other processes have the same copy of a library in memory, which makes the process's PSS smaller."""
    files = _mapped(process, library)
    others = (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return sum(bool(files & _mapped(other, library)) for other in others if other != process)


def _mapped(process: int, library: str) -> set[str]:
    try:
        lines = Path(f"/proc/{process}/maps").read_text().splitlines()
    except OSError:
        return set()
    return {line.split(maxsplit=5)[5] for line in lines if library in line}
