"""How fast an order is stored and injected, beside the bare floor in the same run.

    python -m tests.benchmarks.order_latency [--json FILE]

The subject (the real program by ``sinqro-companion serve``, or :mod:`~tests.benchmarks.floor`) runs on a processor of
its own; Sinqro and the POS are doubles in this process on another, with one clock. Floor and product take turns, round
by round, each started anew: 20 orders a second, then 1,000 at once, the POS answering each in 5 ms. A figure is the
median over the rounds, a ratio the median of the rounds' ratios. At the end the product takes 1,000 at once on a disk
whose every ``fdatasync`` needs 25 ms (strace), while ``link.ping`` is asked all the time.

========================== ============================================================================================
``response_p50_ms`` …      ``order.create`` sent → ``stored`` received, at 20/s; ``floor_…``: of the floor
``ratio_to_floor``         p50 of the product over the floor's; ``ratio_p99`` the same for p99
``injection_overhead_…``   from ``stored`` received to ``order.injected`` received, less what the POS took to answer:
                           all that the product adds, with the way to the POS, the commit and the telling of it
``to_pos_p99_ms``          of that, ``stored`` received → the create has arrived at the POS
``burst_injected_per_s``   orders of a burst over the time from the first frame sent to the POS's last answer
``slow_disk_stored_per_s`` orders of a burst over the time from the first frame to the last ``stored``
``slow_disk_ping_ms``      the slowest ``link.ping`` meanwhile; ``slow_disk_response_…`` as above, on that disk
``others_share``           processors that others used meanwhile: over 0.1 the figures are worth little
========================== ============================================================================================

Exit status 1 when an order was lost, doubled or refused.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import machine
from tests.benchmarks.doubles import CloudDouble, PosDouble
from tests.benchmarks.load import Load, LoadFailed, Way, percentile
from tests.benchmarks.subject import Subject, running

TARGETS = {
    "ratio_to_floor": "<= 1.5",
    "ratio_p99": "<= 2",
    "injection_overhead_p99_ms": "< 20",
    "burst_ratio": ">= 0.6",
    "slow_disk_stored_per_s": ">= 100",
    "slow_disk_ping_ms": "< 1000",
}


class Plan(NamedTuple):
    """How much is measured."""

    rounds: int = 5
    at_rate: int = 240
    per_second: float = 20
    burst: int = 1000
    warm_up: int = 20


class Round(NamedTuple):
    """One subject's turn."""

    at_rate: list[Way]
    burst: list[Way]
    cpu_ms: float
    """Processor time of the subject for an order of the burst."""
    others: float


@asynccontextmanager
async def loaded(subject: Subject, *, slow_disk: bool = False) -> AsyncIterator[tuple[Load, int]]:
    """A fresh subject with fresh doubles, under load; with its process id. ``TMPDIR`` says which disk is measured."""
    with tempfile.TemporaryDirectory(prefix="order-latency-") as folder:
        async with (
            CloudDouble().running() as cloud,
            PosDouble().running() as pos,
            running(subject, cloud=cloud, pos=pos, folder=Path(folder), slow_disk=slow_disk) as process,
        ):
            await asyncio.sleep(1)  # what a start still does
            yield Load(cloud=cloud, pos=pos, notifies=subject is Subject.PRODUCT), process


async def turn(subject: Subject, plan: Plan) -> Round:
    """One subject's turn: some orders to warm up, then the rate, then the burst."""
    async with loaded(subject) as (load, process):
        await load.at_rate(plan.warm_up, plan.per_second)
        others = machine.OthersWatch(process)
        at_rate = await load.at_rate(plan.at_rate, plan.per_second)
        before = machine.cpu_seconds(process)
        burst = await load.burst(plan.burst)
        cpu_ms = (machine.cpu_seconds(process) - before) * 1000 / plan.burst
        return Round(at_rate, burst, cpu_ms, others.share())


async def on_slow_disk(plan: Plan) -> dict[str, float]:
    """The burst on a till's disk, with the link asked for a sign of life all the time."""
    async with loaded(Subject.PRODUCT, slow_disk=True) as (load, _):
        slowed = await load.at_rate(20, plan.per_second)
        burst = asyncio.create_task(load.burst(plan.burst))
        pings = await load.pings(every=0.05, until=burst.done)
        ways = await burst
    return {
        "slow_disk_response_p50_ms": percentile([way.response - way.sent for way in slowed], 50) * 1000,
        "slow_disk_stored_per_s": len(ways) / (max(way.response for way in ways) - ways[0].sent),
        "slow_disk_ping_ms": max(pings) * 1000,
    }


def figures(rounds: dict[Subject, list[Round]]) -> dict[str, float]:
    """The keys of promises.md, and some besides."""
    floor, product = rounds[Subject.FLOOR], rounds[Subject.PRODUCT]

    def response(turns: list[Round], percent: float) -> list[float]:
        return [percentile([way.response - way.sent for way in turn.at_rate], percent) * 1000 for turn in turns]

    def ratio(over: list[float], under: list[float]) -> float:
        return statistics.median(a / b for a, b in zip(over, under, strict=True))

    def per_second(turns: list[Round]) -> list[float]:
        return [len(t.burst) / (max(way.pos_answered for way in t.burst) - t.burst[0].sent) for t in turns]

    def overhead(way: Way) -> float:
        return (way.told - way.response) - (way.pos_answered - way.at_pos)

    median = statistics.median
    return {
        "floor_p50_ms": median(response(floor, 50)),
        "floor_p99_ms": median(response(floor, 99)),
        "response_p50_ms": median(response(product, 50)),
        "response_p99_ms": median(response(product, 99)),
        "ratio_to_floor": ratio(response(product, 50), response(floor, 50)),
        "ratio_p99": ratio(response(product, 99), response(floor, 99)),
        "to_pos_p99_ms": median(percentile([w.at_pos - w.response for w in t.at_rate], 99) * 1000 for t in product),
        "injection_overhead_p99_ms": median(percentile([*map(overhead, t.at_rate)], 99) * 1000 for t in product),
        "burst_injected_per_s": median(per_second(product)),
        "floor_burst_per_s": median(per_second(floor)),
        "burst_ratio": ratio(per_second(product), per_second(floor)),
        "burst_told_per_s": median(len(t.burst) / (max(w.told for w in t.burst) - t.burst[0].sent) for t in product),
        "burst_cpu_ms_per_order": median(t.cpu_ms for t in product),
        "floor_burst_cpu_ms_per_order": median(t.cpu_ms for t in floor),
        "others_share": max(t.others for t in floor + product),
    }


async def measure(plan: Plan) -> dict[str, float]:
    """Everything, in turns; about four minutes by the usual plan."""
    rounds: dict[Subject, list[Round]] = {subject: [] for subject in Subject}
    for number in range(plan.rounds):
        for subject in Subject:
            print(f"round {number + 1} of {plan.rounds}: {subject}", file=sys.stderr)
            rounds[subject].append(await turn(subject, plan))
    found = figures(rounds)
    if shutil.which("strace"):
        print("slow disk", file=sys.stderr)
        found |= await on_slow_disk(plan)
    else:
        print("slow disk: not measured, there is no strace here", file=sys.stderr)
    return found


def table(found: dict[str, float]) -> str:
    """For people."""
    return machine.table(found, TARGETS)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    try:
        found = asyncio.run(measure(Plan()))
    except LoadFailed as exc:
        print(f"worthless: {exc}", file=sys.stderr)
        return 1
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps({**machine.description(), **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
