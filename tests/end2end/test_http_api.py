"""`serve --http`: the real program answers the passive services over HTTP, as its own document says."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.helpers.program import POINT, START, Place, open_place

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CHECKS = Path(__file__).with_name("schemathesis.toml")
MOST_SECONDS = 100
"""It takes some 15 s alone on the machine; the test fails beyond this."""


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Place, httpx.AsyncClient]]:
    """A restaurant whose companion answers over HTTP, and a client with the selling point's key."""
    async with open_place(folder, started=False, close_when_pos_unreachable_minutes=None) as place:
        program = place.program
        made = await program.run("http-key", "new", POINT)
        assert made.status == 0, made
        key = made.out.strip()
        assert key.startswith("sqc_sandbox_")
        program.serve = ("serve", "--http", "127.0.0.1:0")
        await place.start()

        def address() -> str:
            found = re.search(r"the passive services answer at (\S+)", program.log)
            return found[1] if found else ""

        url = await place.until(address, "the address of the API", START)
        headers = {"authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=20) as client:
            yield place, client
        assert key not in program.log + program.console
        assert await program.stop() == 0


async def test_an_order_over_http_goes_into_the_pos_and_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path) as (place, http):
        orders = f"/v1/selling-points/{POINT}/orders"
        order = json.loads((Path(__file__).parent / "orders" / "delivery.json").read_bytes())
        made = await http.post(orders, json=order)
        assert (made.status_code, made.json()["state"]) == (201, "stored"), made.text
        await place.in_pos(order["id"])
        await place.ledger_shows(order["id"], lambda it: it.in_pos, "injected")
        seen = (await http.get(made.headers["location"])).json()
        assert (seen["source"], seen["injection"]) == ("pos", "injected")
        assert (await http.get(orders)).json()["orders"][0]["posOrderId"] == seen["posOrderId"]
        assert (await http.post(orders, json=order)).json() == made.json()
        assert len(place.tickets(order["id"])) == 1
        # told as every other; this Sinqro did not send it, and says so
        await place.until(lambda: place.events("notification.refused"), "its notification")


async def test_a_new_key_counts_within_seconds_and_a_deleted_one_is_none(tmp_path: Path) -> None:
    async with serving(tmp_path) as (place, http):
        path = f"/v1/selling-points/{POINT}/availability"
        assert (await http.get(path)).status_code == 200
        second = (await place.program.run("http-key", "new", POINT)).out.strip()
        async with asyncio.timeout(20):
            while (await http.get(path)).status_code != 401:
                await asyncio.sleep(0.1)
        http.headers["authorization"] = f"Bearer {second}"
        assert (await http.get(path)).status_code == 200
        await place.program.run("http-key", "delete", POINT)
        async with asyncio.timeout(20):
            while (await http.get(path)).status_code != 401:
                await asyncio.sleep(0.1)
        assert f"sinqro-companion http-key new {POINT}" in place.program.log
        other = await place.program.run("http-key", "new", "9999")
        assert other.status == 1
        assert f"There are: {POINT}." in other.err


async def test_an_open_address_without_tls_is_refused_at_the_start(tmp_path: Path) -> None:
    async with open_place(tmp_path, started=False) as place:
        done = await place.program.run("serve", "--http", "0.0.0.0:0")
        assert done.status == 1
        assert "without TLS" in done.err
        assert "behind_proxy" in done.err


async def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Every operation of the served document, with examples, edges and seeded random data, good and bad."""
    async with serving(tmp_path) as (place, http):
        product = await place.until(lambda: _product(str(http.base_url), http.headers), "a published menu", START)
        checks = CHECKS.read_text().replace("THE-SELLING-POINT", POINT).replace("A-PRODUCT", product)
        (tmp_path / "schemathesis.toml").write_text(checks)
        words = [SCHEMATHESIS, "--config-file", tmp_path / "schemathesis.toml", "run", f"{http.base_url}/openapi.json"]
        words += ["--header", f"Authorization: {http.headers['authorization']}", "--no-color"]
        status, printed = await _run(words, tmp_path)
        assert status == 0, printed
        assert "11 selected / 11 total" in printed
        assert place.program.running
        assert "Traceback" not in place.program.log


def _product(url: str, headers: Any) -> str:
    """The id of a product of the published menu."""
    page = httpx.get(f"{url}/v1/selling-points/{POINT}/catalog", headers=headers, trust_env=False).json()
    return str(page["products"][0]["externalId"]) if page["products"] else ""


async def _run(words: list[Any], folder: Path) -> tuple[int, str]:
    """A command, in a process group of its own that ends with it."""

    def work() -> tuple[int, str]:
        with (folder / "printed.txt").open("wb") as out:
            process = subprocess.Popen(words, cwd=folder, stdout=out, stderr=out, start_new_session=True)
            try:
                status = process.wait(MOST_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                status = process.wait()
        return status, (folder / "printed.txt").read_text()

    return await asyncio.to_thread(work)
