"""A companion between a POS and a Sinqro in memory, moved step by step; see :mod:`tests.helpers.services`."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, open_bench

MakeBench = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture
def make_bench(tmp_path: Path) -> MakeBench:
    """Opens benches on one and the same ledger, with the rules or fakes given."""
    return partial(open_bench, tmp_path)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """One with a POS that can do everything: orders enter it on arrival, to be accepted."""
    async with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
def outages(expected_logs: ExpectedLogs) -> None:
    """Outages of POS and Sinqro belong to this test; that each is logged once is a test of its own."""
    expected_logs.allow("app.services.outlet", logging.WARNING, "does not answer")
    expected_logs.allow("app.services.notifier", logging.WARNING, "do not reach Sinqro")
