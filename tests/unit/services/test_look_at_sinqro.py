"""A person does not want to wait: what Sinqro shows is looked at now, and told again where it differs."""

import logging
from typing import Any

import pytest

from app.domain.availability import ProofState
from tests.helpers.fake_pos import FakePos
from tests.helpers.fake_sinqro import POINT
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench, open_bench
from tests.unit.services.test_availability import NO_SWITCH, close, look, proof, told


@pytest.fixture
async def bench(tmp_path: Any) -> Any:
    async with open_bench(tmp_path, pos=FakePos(NO_SWITCH)) as opened:
        yield opened


async def test_it_is_looked_at_now_and_told_again(bench: Bench, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("app.services.mirror", logging.WARNING, "does not show")
    bench.sinqro.mirrors = True
    bench.sinqro.loses = 5
    await close(bench)
    for _ in range(40):
        await look(bench, 2)
    assert (await proof(bench)).state is ProofState.DIFFERS
    bench.sinqro.loses = 0
    before = len(told(bench))
    await look(bench, 0.1)
    assert len(told(bench)) == before, "its turn has not come"
    await bench.companion.look_at_sinqro(POINT)
    await look(bench)
    await look(bench)
    assert len(told(bench)) == before + 1
    await bench.companion.look_at_sinqro(POINT)
    await look(bench)
    assert (await proof(bench)).state is ProofState.PROVEN
