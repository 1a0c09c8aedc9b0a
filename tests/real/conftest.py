"""A bench on the real Odoo for each test: the adapter, and a waiter at the till."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.odoo_bench import OdooBench, odoo_bench


@pytest.fixture
async def odoo() -> AsyncIterator[OdooBench]:
    async with odoo_bench() as bench:
        yield bench
