"""Everything that can go wrong, at random and at once, all evening long; then it ends, and all settles by itself."""

import asyncio
import random
from pathlib import Path

import pytest

from app.sandbox.sinqro_faults import SinqroFaults
from tests.faults.evenings import RULES, check, evening_at, settle_evening
from tests.helpers.program import Place, open_place

pytestmark = [pytest.mark.xdist_group("program"), pytest.mark.slow]


async def kill(place: Place, dice: random.Random) -> None:
    await place.restart()


async def pos_off(place: Place, dice: random.Random) -> None:
    await place.pos.go_off()
    await asyncio.sleep(dice.uniform(0.1, 2))
    await place.pos.come_back()


async def pos_fails(place: Place, dice: random.Random) -> None:
    kind = dice.choice(["error_rate", "drop_answer_rate"])
    place.pos.set_faults(**{kind: 0.5}, seed=dice.randrange(1000))
    await asyncio.sleep(dice.uniform(0.1, 2))
    place.pos.set_faults()


async def till_closed(place: Place, dice: random.Random) -> None:
    place.pos.set_faults(till_closed=True)
    await asyncio.sleep(dice.uniform(0.1, 2))
    place.pos.set_faults()


async def endpoint_fails(place: Place, dice: random.Random) -> None:
    place.sinqro.set_faults(
        dice.choice([SinqroFaults(notification_status=500), SinqroFaults(notification_drop_answer=0.5)])
    )
    await asyncio.sleep(dice.uniform(0.1, 2))
    place.sinqro.set_faults(SinqroFaults())


async def link_fails(place: Place, dice: random.Random) -> None:
    faults = SinqroFaults(drop=0.1, duplicate=0.1, reorder=0.2, delay_ms=50, close_link=dice.random() < 0.5)
    place.sinqro.set_faults(faults)
    await asyncio.sleep(dice.uniform(0.1, 2))
    place.sinqro.set_faults(SinqroFaults())


async def sinqro_away(place: Place, dice: random.Random) -> None:
    place.sinqro.set_faults(SinqroFaults(offline=True))
    await asyncio.sleep(dice.uniform(0.1, 2))
    place.sinqro.set_faults(SinqroFaults())


TROUBLES = (kill, kill, pos_off, pos_fails, till_closed, endpoint_fails, link_fails, sinqro_away)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(6))
async def test_everything_at_once(tmp_path: Path, seed: int) -> None:
    async with open_place(tmp_path, idempotent=False, **RULES) as place:
        dice = random.Random(f"{seed}/troubles")
        evening = evening_at(place, orders=150, reservations=20, rate=3, seed=seed)
        playing = asyncio.create_task(evening.play())
        while len(evening.stories) < 170:
            await dice.choice(TROUBLES)(place, dice)
            if not place.program.running:
                await place.start()
            await asyncio.sleep(dice.uniform(0, 0.5))
        summary = await playing
        await settle_evening(place, evening, timeout=60)
        await check(place, summary, 170)
        assert " ERROR " not in place.program.log, place.program.tail(60)
