"""How long the installation in charge has been silent, and where the link is after a restart."""

import asyncio
from pathlib import Path
from typing import Any

from app.sandbox.sinqro import SinqroSandbox
from tests.helpers.fake_companion import FakeCompanion


async def active_of(viewer: FakeCompanion) -> dict[str, Any]:
    answer = await viewer.call("sellingPoint.get", {"sellingPointId": "3961"})
    active: dict[str, Any] = answer["result"]["active"]
    return active


async def test_a_viewer_sees_for_how_long_the_active_one_is_silent() -> None:
    async with SinqroSandbox() as sinqro:
        first = FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code())
        second = FakeCompanion(
            base_url=sinqro.base_url, code=sinqro.pairing_code(), installation_id="install-2", device_name="CAJA-2"
        )
        async with first, second:
            assert await active_of(second) == {"deviceName": "CAJA-1"}
            await first.disconnect()
            active = await active_of(second)
            for _ in range(100):
                if "silentSeconds" in active:
                    break
                await asyncio.sleep(0.02)
                active = await active_of(second)
            assert active["deviceName"] == "CAJA-1"
            assert 0 <= active["silentSeconds"] < 5


async def test_the_link_s_port_is_remembered_with_the_data(tmp_path: Path) -> None:
    async with SinqroSandbox(data=tmp_path) as sinqro:
        before = sinqro.link_url
    async with SinqroSandbox(data=tmp_path) as sinqro:
        assert sinqro.link_url == before
        async with SinqroSandbox(data=None) as other:
            assert other.link_url != before
