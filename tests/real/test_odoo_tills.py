"""Several points of sale, and the session of one: what is read and what is opened, on a second one of the real Odoo."""

import asyncio
from typing import Any

import pytest

from adapters.odoo.adapter import OdooAdapter
from app.domain.errors import PosTillClosed, ProfileError
from app.domain.status import Status
from tests.contract.odoo_bench import OdooBench
from tests.contract.pos_bench import order_of, request_of

pytestmark = pytest.mark.odoo


def adapter(odoo: OdooBench, **options: Any) -> OdooAdapter:
    return OdooAdapter(url=odoo.till.url, api_key=odoo.till.api_key, timeout=60, **options)


async def sessions(odoo: OdooBench, config: int) -> list[dict[str, Any]]:
    fields = ["state", "user_id", "cash_register_balance_start"]
    found: list[dict[str, Any]] = await odoo.till.call(
        "pos.session", "search_read", domain=[["config_id", "=", config]], fields=fields, order="id"
    )
    return found


async def test_one_of_several_must_be_chosen_and_the_message_names_them(odoo: OdooBench, second: int) -> None:
    async with adapter(odoo) as unsaid, adapter(odoo, config_id=987) as wrong, adapter(odoo, config_id=second) as right:
        with pytest.raises(ProfileError) as caught:
            await unsaid.read_tables()
        assert caught.value.message == f"Odoo has several points of sale: Restaurant (1), Terraza ({second})"
        assert caught.value.hint == "set config_id to the number of one"
        health = await unsaid.health()
        assert (health.ok, "Terraza" in health.message) == (False, True)
        with pytest.raises(ProfileError) as caught:
            await wrong.read_tables()
        assert caught.value.message == (f"Odoo has no point of sale 987, it has: Restaurant (1), Terraza ({second})")
        health = await right.health()
        assert (health.ok, health.till_open, health.message) == (True, False, "no session of Terraza is open in Odoo")
        entities = [entity async for entity in right.read_catalog()]
        assert f"M-{second}" in [entity.external_id for entity in entities]
        assert {"T-7", "T-20"} <= {entity.external_id for entity in entities}


async def test_a_closed_till_stays_closed_unless_it_may_be_opened(odoo: OdooBench, second: int) -> None:
    async with adapter(odoo, config_id=second) as careful:
        with pytest.raises(PosTillClosed):
            await careful.create_order(request_of(order_of(odoo, "collection", 901)))
    async with adapter(odoo, config_id=second, open_session=True) as opener:
        health = await opener.health()
        assert health.till_open
        assert health.message == "no session of Terraza is open in Odoo: the next order opens it"
        [entity async for entity in opener.read_catalog()]
        await opener.read_tables()
        assert await opener.find_order("901") is None
        await opener.changes("")
        assert await sessions(odoo, second) == [], "looking opens nothing"

        made = await asyncio.gather(
            *(opener.create_order(request_of(order_of(odoo, "collection", 901 + number))) for number in range(3))
        )
        assert {order.status for order in made} == {Status.ACCEPTED}
        (session,) = await sessions(odoo, second)
        assert session["state"] == "opened"
        assert (await opener.health()).message == ""


async def test_a_till_that_people_are_opening_or_closing(odoo: OdooBench, second: int) -> None:
    await odoo.till.call("pos.config", "open_ui", ids=[second])
    (session,) = await sessions(odoo, second)
    assert session["state"] == "opening_control"
    async with adapter(odoo, config_id=second, open_session=True) as opener:
        await opener.create_order(request_of(order_of(odoo, "collection", 911)))
        assert [one["state"] for one in await sessions(odoo, second)] == ["opened"]
        # they count the money: nothing opens it under their hands
        await odoo.till.call("pos.session", "write", ids=[session["id"]], vals={"state": "closing_control"})
        with pytest.raises(PosTillClosed):
            await opener.create_order(request_of(order_of(odoo, "collection", 912)))
        assert [one["state"] for one in await sessions(odoo, second)] == ["closing_control"]
