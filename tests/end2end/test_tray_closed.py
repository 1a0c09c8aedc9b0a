"""Open and closed on a real X server: from the tray's menu to closed on Sinqro and back, hours saved by the keyboard.

What is pressed is pressed by xdotool; what came of it is seen at Sinqro's double. See :mod:`tests.end2end.test_tray`.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.end2end import test_tray
from tests.end2end.test_tray import Desktop, TrayProgram
from tests.helpers.program import Place, open_place

pytestmark = test_tray.pytestmark


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    made = Desktop()
    yield made
    made.close()


reference = Path(str(files("resources") / "profiles" / "reference.toml"))


def without_hours(profile: str) -> str:
    """The reference POS's profile as that of a POS that keeps no hours: the tray keeps them."""
    service = re.compile(r"^\[services\.read_schedule\]\n(?:(?!^\[).*\n)*", re.MULTILINE)
    event = re.compile(r'^\[webhooks\.events\."schedule\.changed"\]\n(?:(?!^\[).*\n)*', re.MULTILINE)
    changed = event.sub("", service.sub("", profile))
    assert "read_schedule" not in changed
    return changed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("closed"), started=False, changes={("language",): "es"}) as place:
        serve = place.program
        place.program = TrayProgram(folder=serve.folder, desktop=desktop)
        profile = serve.folder / "till.toml"
        profile.write_text(without_hours(reference.read_text(encoding="utf-8")), encoding="utf-8")
        place.program.configure({("selling_points", 0, "pos", "profile"): str(profile)})
        await place.start()
        yield place
        place.program.kill()


def closings(place: Place) -> list[object]:
    """What Sinqro shows of the one restaurant."""
    (restaurant,) = place.sinqro.state.restaurants.values()
    return list(restaurant.closings)


def hours_told(place: Place) -> list[dict[str, Any]]:
    """What Sinqro was told of the hours."""
    told = [event.detail for event in place.events("notification") if event.detail.get("type") == "schedule.changed"]
    return [detail["data"] for detail in told]


async def pressed(place: Place, press: Callable[[], None], done: Callable[[], bool], what: str) -> None:
    """Press until it has its effect: a busy machine may miss a key or a click."""
    for _ in range(4):
        press()
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            if done():
                return
            await asyncio.sleep(0.1)
    raise AssertionError(f"still not: {what}")


async def test_closed_for_20_minutes_by_two_touches_of_the_tray(place: Place, desktop: Desktop) -> None:
    def menu() -> None:
        desktop.do("key", "Escape")
        desktop.click_tray(3)
        time.sleep(1.5)
        for key in ("Down", "Down", "Return"):
            desktop.do("key", key)
            time.sleep(0.3)

    await pressed(place, menu, lambda: bool(closings(place)), "closed on Sinqro")
    assert len(closings(place)) == 1
    # the switch leads to the panel, whose button has the focus
    desktop.open_orders()

    def switch() -> None:
        desktop.press("Pedidos", "ctrl+d", "Return")

    await pressed(place, switch, lambda: not closings(place), "open on Sinqro again")
    assert " ERROR " not in place.program.log, place.program.tail()


async def test_hours_are_made_by_the_keyboard_and_told_to_sinqro(place: Place, desktop: Desktop) -> None:
    assert hours_told(place) == []
    desktop.open_orders()

    def make() -> None:
        desktop.press("Pedidos", "ctrl+2")
        desktop.press("Horario", "F6", "Insert", "ctrl+s")

    await pressed(place, make, lambda: bool(hours_told(place)), "told to Sinqro")
    assert hours_told(place)[-1]["ranges"]
    desktop.press("Horario", "ctrl+w")
    assert " ERROR " not in place.program.log, place.program.tail()
