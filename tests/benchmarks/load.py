"""Load on one subject: orders at a rate (open loop), or all at once, with the times of each order's way.

A run that loses, doubles or refuses an order raises: its figures would mean nothing.
"""

import asyncio
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tests.benchmarks.doubles import CloudDouble, PosDouble, now
from tests.benchmarks.orders_floor import SELLING_POINT, make_order


class Way(NamedTuple):
    """The moments of one order, in seconds of one clock."""

    sent: float
    response: float
    """Sinqro got ``stored``."""
    at_pos: float
    """The whole create arrived at the POS."""
    pos_answered: float
    told: float
    """``order.injected`` arrived at Sinqro; NaN for a subject that tells nothing."""


class LoadFailed(Exception):
    """An order was lost, doubled, refused, or the subject did something unforeseen."""


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that ``percent`` of all do not exceed; NaN of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else math.nan


class Load:
    """Drives one subject over the doubles. Orders are numbered on, so that no id comes twice."""

    def __init__(self, *, cloud: CloudDouble, pos: PosDouble, notifies: bool) -> None:
        self._cloud = cloud
        self._pos = pos
        self._notifies = notifies
        self._next = 1

    async def at_rate(self, count: int, per_second: float) -> list[Way]:
        """Send ``count`` orders, each at its time whatever became of the one before."""
        frames = self._frames(count)
        sent: dict[str, float] = {}
        start = now()
        for position, (order_id, frame) in enumerate(frames):
            while (ahead := start + position / per_second - now()) > 0:
                await asyncio.sleep(ahead)
            sent[order_id] = now()
            await self._cloud.send(frame)
        return await self._ways(sent)

    async def burst(self, count: int) -> list[Way]:
        """Send ``count`` orders as fast as the link takes them."""
        frames = self._frames(count)
        sent: dict[str, float] = {}
        for order_id, frame in frames:
            sent[order_id] = now()
            await self._cloud.send(frame)
        return await self._ways(sent)

    async def pings(self, every: float, until: Callable[[], bool]) -> list[float]:
        """Send ``link.ping`` and wait for its answer, again and again; seconds that each took."""
        took: list[float] = []
        while not until():
            name = f"ping-{len(took)}"
            begun = now()
            await self._cloud.send(json.dumps({"jsonrpc": "2.0", "id": name, "method": "link.ping", "params": {}}))
            async with asyncio.timeout(30):
                while name not in self._cloud.answered:
                    await asyncio.sleep(0.002)
            took.append(self._cloud.answered[name][0] - begun)
            await asyncio.sleep(every)
        return took

    def _frames(self, count: int) -> list[tuple[str, str]]:
        numbers = range(self._next, self._next + count)
        self._next += count
        return [(str(number), _frame(number)) for number in numbers]

    async def _ways(self, sent: dict[str, float]) -> list[Way]:
        cloud, pos = self._cloud, self._pos
        answered: list[Mapping[str, object]] = [cloud.answered, pos.answered]
        if self._notifies:
            answered.append(cloud.injected)
        try:
            async with asyncio.timeout(60 + len(sent) / 20):
                for order_id in sent:
                    while not all(order_id in seen for seen in answered):
                        await asyncio.sleep(0.02)
        except TimeoutError:
            self._check(sent)
        await asyncio.sleep(0.3)  # late duplicates
        self._check(sent)
        return [
            Way(
                sent=moment,
                response=cloud.answered[order_id][0],
                at_pos=pos.arrived[order_id][0],
                pos_answered=pos.answered[order_id],
                told=cloud.injected.get(order_id, math.nan),
            )
            for order_id, moment in sent.items()
        ]

    def _check(self, sent: dict[str, float]) -> None:
        faults = [*self._cloud.unexpected, *self._pos.unexpected]
        counts: dict[str, dict[str, list[float]]] = {"response": self._cloud.answered, "create": self._pos.arrived}
        for what, seen in counts.items():
            missing = sum(order_id not in seen for order_id in sent)
            doubled = sum(len(seen.get(order_id, ())) > 1 for order_id in sent)
            faults += [f"{missing} orders without a {what}"] if missing else []
            faults += [f"{doubled} orders with more than one {what}"] if doubled else []
        if self._notifies and (missing := sum(order_id not in self._cloud.injected for order_id in sent)):
            faults.append(f"{missing} orders never told as injected")
        if faults:
            raise LoadFailed("; ".join(faults[:5]))


def _frame(number: int) -> str:
    params = {"requestId": f"r{number}", "sellingPointId": SELLING_POINT, "order": make_order(number)}
    frame = {"jsonrpc": "2.0", "id": str(number), "method": "order.create", "params": params}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
