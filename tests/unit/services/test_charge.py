"""Who is in charge: Sinqro's word, a takeover by a person or after a silence, and coming back."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from app.domain.errors import SinqroRefused, SinqroUnreachable
from app.ports.sinqro import Role
from app.services import charge
from tests.helpers.fake_sinqro import POINT, order_form
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench


@asynccontextmanager
async def looking(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.charge.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(look: Callable[[], bool]) -> None:
    for _ in range(500):
        if look():
            return
        await asyncio.sleep(0.004)
    raise AssertionError("it did not happen")


async def test_coming_into_charge_begins_with_catching_up(make_bench: Any) -> None:
    async with make_bench(started=False) as bench:
        bench.sinqro.place(order_form())
        async with looking(bench):
            await bench.sinqro.open(bench.companion)
            await until(lambda: bool(bench.outlet.at_work))
        assert (await bench.record()).created
        await bench.pump()
        assert len(bench.pos.tickets) == 1


async def test_a_list_that_cannot_be_read_is_asked_for_again(
    make_bench: Any, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setattr(charge, "_AGAIN", 0.01)
    expected_logs.allow("app.services.catch_up", logging.WARNING, "cannot be read")
    async with make_bench(started=False) as bench:
        bench.sinqro.says("order.list", SinqroRefused("busy"), SinqroUnreachable("no answer"))
        async with looking(bench):
            await bench.sinqro.open(bench.companion)
            await until(lambda: bool(bench.outlet.at_work))
        assert bench.sinqro.called("order.list") == 3


async def test_a_viewer_does_nothing_and_says_who_is_in_charge(make_bench: Any) -> None:
    async with make_bench(started=False) as bench:
        bench.sinqro.role = Role.VIEWER
        async with looking(bench):
            await bench.sinqro.open(bench.companion)
            await asyncio.sleep(0.02)
        assert not bench.outlet.at_work
        assert bench.sinqro.called("order.list") == 0
        snapshot = await bench.companion.snapshot()
        assert (snapshot.outlets[0].role, snapshot.outlets[0].at_work) == (Role.VIEWER, False)


async def test_a_person_takes_over(make_bench: Any) -> None:
    async with make_bench(started=False) as bench:
        bench.sinqro.role = Role.VIEWER
        await bench.sinqro.open(bench.companion)
        async with looking(bench):
            await bench.companion.take_over(POINT)
            await until(lambda: bool(bench.outlet.at_work))
        assert bench.outlet.epoch == 2


async def test_a_refused_takeover_changes_nothing(bench: Bench) -> None:
    bench.outlet.step_down("CAJA-2", 2, bench.clock.now())
    bench.sinqro.says("link.takeOver", SinqroRefused("not allowed", code="FORBIDDEN"))
    with pytest.raises(SinqroRefused):
        await bench.companion.take_over(POINT)
    assert bench.outlet.role is Role.VIEWER


@pytest.mark.parametrize(("silent", "setting", "taken"), [(90, True, True), (30, True, False), (None, True, False)])
async def test_the_place_of_a_silent_device_is_taken_where_that_is_set(
    make_bench: Any,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
    silent: float | None,
    setting: bool,
    taken: bool,
) -> None:
    monkeypatch.setattr(charge, "_LOOK", 0.01)
    expected_logs.allow("app.services.charge", logging.WARNING, "silent for a minute")
    async with make_bench(started=False, take_over_silent=setting) as bench:
        bench.sinqro.role = Role.VIEWER
        bench.sinqro.silent_seconds = silent
        await bench.sinqro.open(bench.companion)
        async with looking(bench):
            if taken:
                await until(lambda: bool(bench.outlet.at_work))
            else:
                await until(lambda: bench.sinqro.called("sellingPoint.get") > 2)
        assert bench.sinqro.called("link.takeOver") == taken


async def test_without_the_setting_a_silent_device_is_left_alone(
    make_bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charge, "_LOOK", 0.01)
    async with make_bench(started=False) as bench:
        bench.sinqro.role = Role.VIEWER
        bench.sinqro.silent_seconds = 1000
        await bench.sinqro.open(bench.companion)
        async with looking(bench):
            await asyncio.sleep(0.05)
        assert not bench.sinqro.calls


@pytest.mark.parametrize("answer", [SinqroRefused("busy"), {"active": "nonsense"}, []])
async def test_an_answer_about_the_other_device_that_is_none(
    make_bench: Any, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(charge, "_LOOK", 0.01)
    async with make_bench(started=False, take_over_silent=True) as bench:
        bench.sinqro.role = Role.VIEWER
        bench.sinqro.says("sellingPoint.get", answer)
        await bench.sinqro.open(bench.companion)
        async with looking(bench):
            await until(lambda: bench.sinqro.called("sellingPoint.get") > 1)


async def test_the_same_word_again_changes_nothing(bench: Bench) -> None:
    await bench.hello()
    assert bench.outlet.at_work
    assert bench.sinqro.called("order.list") == 1
