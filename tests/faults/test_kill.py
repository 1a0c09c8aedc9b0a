"""SIGKILL at random moments of an evening: afterwards nothing is lost, doubled, or injected after its cancellation."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.evenings import RULES, check, evening_at, settle_evening
from tests.helpers.program import Place, open_place

pytestmark = pytest.mark.xdist_group("program")


async def kill_again_and_again(place: Place, *, times: int, seed: int, longest: float) -> None:
    """Kill the program at random moments after its hello, and start it again at once."""
    dice = random.Random(f"{seed}/kills")
    for _ in range(times):
        await asyncio.sleep(dice.uniform(0, longest))
        await place.restart()


async def campaign(folder: Path, *, orders: int, reservations: int, kills: int, seed: int, rate: float) -> None:
    """The POS makes a new order of each request that it gets: only looking first keeps an order from being doubled."""
    async with open_place(folder, idempotent=False, **RULES) as place:
        evening = evening_at(place, orders=orders, reservations=reservations, rate=rate, seed=seed)
        playing = asyncio.create_task(evening.play())
        await kill_again_and_again(place, times=kills, seed=seed, longest=1.2)
        summary = await playing
        await settle_evening(place, evening)
        await check(place, summary, orders + reservations)
        assert " ERROR " not in place.program.log, place.program.tail(60)


@pytest.mark.timeout(150)
async def test_killed_twenty_times_in_an_evening(tmp_path: Path) -> None:
    await campaign(tmp_path, orders=200, reservations=20, kills=20, seed=11, rate=12)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(5))
async def test_killed_hundreds_of_times(tmp_path: Path, seed: int) -> None:
    await campaign(tmp_path, orders=400, reservations=40, kills=50, seed=seed, rate=10)
