"""What the campaigns share: an evening of a place, and waiting for its three sides to agree."""

import asyncio
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from app.domain.status import Injection
from app.sandbox.evening import Evening, Summary
from app.sandbox.evening_pos import PlayedReference
from app.sandbox.menu import superpizza
from tests.faults.comparison import faults
from tests.helpers.program import Place

LEAD = timedelta(hours=1)
RULES: dict[str, Any] = {
    "lead_minutes": LEAD.total_seconds() / 60,
    "scheduled_after_minutes": LEAD.total_seconds() / 60,
}
"""Scheduled orders of the evening enter the POS within seconds."""


def evening_at(place: Place, *, orders: int, reservations: int, rate: float, seed: int) -> Evening:
    """An evening without staff in the tray: Sinqro's customers and the kitchen at the POS."""
    return Evening(
        sinqro=place.sinqro,
        pos=PlayedReference(place.pos),
        restaurant=superpizza(),
        staff=None,
        orders=orders,
        reservations=reservations,
        rate=rate,
        seed=seed,
        run_id=uuid.uuid4().hex[:8],
        lead=LEAD,
    )


async def settle(
    place: Place, ids: Iterable[int | str], *, explained: frozenset[Injection] = frozenset(), timeout: float = 10
) -> None:
    """Wait for the three sides to agree: the last statuses are on their way when an evening ends."""
    names = list(ids)
    found: list[str] = []
    for _ in range(int(timeout / 0.1)):
        found = faults(place, names, explained=explained)
        if not found:
            return
        await asyncio.sleep(0.1)
    pytest.fail("\n".join([f"{len(found)} faults:", *found, place.program.tail()]), pytrace=False)


async def settle_evening(
    place: Place, evening: Evening, *, explained: frozenset[Injection] = frozenset(), timeout: float = 10
) -> None:
    """The same for all orders of an evening."""
    await settle(place, [story.id for story in evening.stories], explained=explained, timeout=timeout)


async def check(place: Place, summary: Summary, placed: int) -> None:
    """As promised. A request whose answer was lost is repeated, which may take longer than the evening."""
    await place.until(lambda: not place.sinqro.state.unanswered, "an answer to every request", 40)
    assert (summary.placed, summary.final) == (placed, placed), summary
    assert (summary.lost, summary.doubled, summary.injected_after_cancel) == (0, 0, 0), summary
    assert summary.notifications_refused == 0, summary
    refused = [event for event in place.events("answer") if "error" in event.detail]
    assert not refused, refused
