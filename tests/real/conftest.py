"""A bench on the real Odoo for each test: the adapter, and a waiter at the till."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.odoo_bench import OdooBench, odoo_bench


@pytest.fixture
async def odoo() -> AsyncIterator[OdooBench]:
    async with odoo_bench() as bench:
        yield bench


@pytest.fixture
async def second(odoo: OdooBench) -> AsyncIterator[int]:
    """A second point of sale, archived at the end."""
    name = {"name": "Terraza", "module_pos_restaurant": True}
    (config,) = await odoo.till.call("pos.config", "create", vals_list=[name])
    yield int(config)
    (sessions,) = await odoo.till.call("pos.config", "read", ids=[config], fields=["session_ids"])
    orders = await odoo.till.call("pos.order", "search", domain=[["session_id", "in", sessions["session_ids"]]])
    await odoo.till.call("pos.order", "write", ids=orders, vals={"state": "cancel"})
    await odoo.till.call("pos.order", "unlink", ids=orders)
    for session in sessions["session_ids"]:
        await odoo.till.call("pos.session", "write", ids=[session], vals={"state": "closed"})
    await odoo.till.call("pos.config", "write", ids=[config], vals={"active": False})
