"""The menu with the real program: read from the POS, published, fetched by Sinqro, a change told as one change."""

import contextlib
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.pos_catalog import Change
from app.sandbox.pos_forms import WebhookForm
from tests.helpers.program import POINT, Place, open_place

pytestmark = pytest.mark.xdist_group("program")


@asynccontextmanager
async def place_with_menu(tmp_path: Path) -> AsyncIterator[Place]:
    """A restaurant whose POS tells of changes of its menu, read and fetched once."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    receiver: Any = {("receiver", "enabled"): True, ("receiver", "port"): port}
    async with open_place(tmp_path, started=False, changes=receiver) as place:
        secret = f"whsec_{uuid.uuid4().hex}"
        await place.program.run("secret", "set", f"sandbox/pos/{POINT}/webhook-secret", given=secret)
        place.pos.set_webhook(WebhookForm(url=f"http://127.0.0.1:{port}/pos/{POINT}/{{event}}", secret=secret))
        await place.start()
        first = await place.ask("catalog.get")
        assert first["result"]["version"] == 0  # nothing was read yet: this made it read
        await fetched(place, 1)
        yield place


async def fetched(place: Place, version: int) -> dict[str, Any]:
    """Wait until Sinqro has fetched that version."""

    def look() -> dict[str, Any] | None:
        menu = place.sinqro.menus.shown.get(POINT)
        return menu if menu is not None and menu["version"] == version else None

    menu = await place.until(look, f"version {version} of the menu at Sinqro", 30)
    assert menu is not None
    return menu


def told(place: Place) -> list[dict[str, Any]]:
    """Every change that notifications told of, in order."""
    return [
        change
        for event in place.events("notification")
        if event.detail["type"] == "catalog.changed"
        for change in event.detail["data"]["changes"]
    ]


async def test_one_new_price_is_one_change(tmp_path: Path) -> None:
    async with place_with_menu(tmp_path) as place:
        menu = await fetched(place, 1)
        assert {change["change"] for change in told(place)} == {"created"}
        counts = {name: len(each) for name, each in menu.items() if isinstance(each, list)}
        assert len(told(place)) == sum(counts.values())
        product = next(each for each in menu["products"] if each.get("price"))
        before = len(told(place))
        price = Decimal(str(product["price"])) + Decimal("0.50")
        place.pos.set_product(product["externalId"], Change(price=price))
        menu = await fetched(place, 2)
        assert told(place)[before:] == [{"kind": "product", "externalId": product["externalId"], "change": "updated"}]
        changed = next(each for each in menu["products"] if each["externalId"] == product["externalId"])
        assert Decimal(str(changed["price"])) == price


async def test_sold_out_in_the_pos_is_a_change_of_availability(tmp_path: Path) -> None:
    async with place_with_menu(tmp_path) as place:
        product = (await fetched(place, 1))["products"][0]
        before = len(told(place))
        place.pos.set_product(product["externalId"], Change(available=False))
        menu = await fetched(place, 2)
        assert [change["change"] for change in told(place)[before:]] == ["availability"]
        changed = next(each for each in menu["products"] if each["externalId"] == product["externalId"])
        assert changed["isAvailable"] is False


@pytest.mark.parametrize("fault", [{"error_rate": 1}, {"nonsense": True}, {"drop_answer_rate": 1}, {"busy": True}])
async def test_a_read_that_fails_takes_nothing_away(tmp_path: Path, fault: dict[str, Any]) -> None:
    async with place_with_menu(tmp_path) as place:
        menu = await fetched(place, 1)
        place.pos.set_faults(only=("catalog",), **fault)
        product = next(each for each in menu["products"] if each.get("price"))
        price = Decimal(str(product["price"]))
        place.pos.set_product(product["externalId"], Change(price=price + Decimal("0.10")))
        await place.until(lambda: "menu of selling point" in place.program.log, "the sentence about the menu", 30)
        assert place.sinqro.menus.shown[POINT] == menu
        place.pos.set_faults()
        place.pos.set_product(product["externalId"], Change(price=price + Decimal("0.20")))
        await fetched(place, 2)
