"""A real Chromium, driven through chromedriver by plain W3C WebDriver calls.

    async with open_browser(folder) as browser:
        await browser.open("http://127.0.0.1:8000/")
        await browser.click("button", "Delivery")        # as a person does; waits for the page it leads to
        assert "stored" in await browser.text("main")

Nothing of the user's is touched: the profile lies in ``folder``. Where there is no Chromium the test is skipped, and
says so.
"""

import asyncio
import base64
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-proxy-server"),
)
SIZE = (1024, 768)
"""The smallest screen that the pages are made for."""
START = 30.0
"""Seconds that chromedriver or Chromium may take to start on a busy machine."""
PATIENCE = 5.0
"""Seconds for a step of a person's: to find an element, to come to the page that it leads to."""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which WebDriver gives an element's id (W3C WebDriver, 12.1)."""


class Browser:
    """One window. Every call waits for the page to be loaded."""

    def __init__(self, *, http: httpx.AsyncClient, session: str) -> None:
        self._http = http
        self._session = session

    async def open(self, url: str) -> None:
        """Go there."""
        await self._call("POST", "/url", url=url)

    async def click(self, tag: str, words: str) -> None:
        """Click the first element of that kind whose text (or label read aloud) is ``words``; wait for the next page.

        A live page may be read again at any moment: what went away before it was clicked is looked for once more.
        """
        label = f"//{tag}[normalize-space(.)='{words}' or @aria-label='{words}']"
        await self.evaluate("window.beforeClick = true")
        await self._again(lambda: self._press("xpath", label))
        await self._again(self._new_page)

    async def _again(self, step: Callable[[], Awaitable[None]]) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await step()
            except BrowserError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.05)

    async def _press(self, using: str, value: str) -> None:
        await self._call("POST", f"/element/{await self._found(using, value)}/click")

    async def _new_page(self) -> None:
        if not await self.evaluate("return !window.beforeClick && document.readyState == 'complete'"):
            raise BrowserError("the click led nowhere")

    async def fill(self, selector: str, words: str) -> None:
        """Type into a field, in place of what stands there."""
        element = await self._found("css selector", selector)
        await self._call("POST", f"/element/{element}/clear")
        await self._call("POST", f"/element/{element}/value", text=words)

    async def press(self, selector: str) -> None:
        """Click the element of a CSS selector, which leads nowhere."""
        await self._press("css selector", selector)

    async def text(self, selector: str = "body") -> str:
        """The text that a person sees there."""
        found = await self._call("GET", f"/element/{await self._found('css selector', selector)}/text")
        return str(found)

    async def until(self, words: str, *, selector: str = "main", timeout: float = 15) -> str:
        """Look until ``words`` are to be seen; the page may refresh by itself meanwhile."""
        deadline = time.monotonic() + timeout
        seen = ""
        while time.monotonic() < deadline:
            with contextlib.suppress(BrowserError):  # the page was refreshed between finding and reading
                seen = await self.text(selector)
                if words in seen:
                    return seen
            await asyncio.sleep(0.1)
        pytest.fail(f"after {timeout:g} s still not on the page: {words!r}\n{seen}", pytrace=False)

    async def url(self) -> str:
        """Where it is."""
        return str(await self._call("GET", "/url"))

    async def evaluate(self, script: str) -> Any:
        """What a script gives back."""
        return await self._call("POST", "/execute/sync", script=script, args=[])

    async def dark(self, dark: bool) -> None:
        """The colours that the system asks for."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self._call("POST", "/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"features": features})

    async def complaints(self) -> list[str]:
        """What Chromium's console said since the last time: violations of the page's policy, things not found."""
        entries = await self._call("POST", "/se/log", type="browser")
        return [entry["message"] for entry in entries]

    async def screenshot(self, file: Path) -> None:
        """The window as a PNG."""
        file.write_bytes(base64.b64decode(await self._call("GET", "/screenshot")))

    async def _found(self, using: str, value: str) -> str:
        found = await self._call("POST", "/element", using=using, value=value)
        return str(found[_ELEMENT])

    async def _call(self, method: str, path: str, **body: Any) -> Any:
        answer = await self._http.request(
            method, f"/session/{self._session}{path}", json=body if method == "POST" else None
        )
        value = answer.json()["value"]
        if answer.status_code != 200:
            raise BrowserError(f"{path} {body}: {value['error']}: {value['message']}")
        return value


class BrowserError(Exception):
    """WebDriver said no."""


@asynccontextmanager
async def open_browser(folder: Path) -> AsyncIterator[Browser]:
    """Chromium without a window, at :data:`SIZE`. Skips the test where it is not installed."""
    driver, chromium = shutil.which("chromedriver"), next(filter(None, map(shutil.which, CHROMIUM)), None)
    if driver is None or chromium is None:
        pytest.skip("NO CHROMIUM, SO THE PAGES ARE NOT TESTED IN A BROWSER: apt-get install chromium chromium-driver")
    process = await asyncio.create_subprocess_exec(
        driver, "--port=0", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        port = await asyncio.wait_for(_port(process), START)
        address = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=START) as http:
            session = await _session(http, chromium, folder)
            try:
                yield Browser(http=http, session=session)
            finally:
                await http.delete(f"/session/{session}")  # ends Chromium
    finally:
        process.terminate()
        await process.wait()


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    async for line in process.stdout:
        if b"started successfully on port " in line:
            return int(line.split(b"on port ")[1].strip().rstrip(b"."))
    raise AssertionError("chromedriver ended without a word")


async def _session(http: httpx.AsyncClient, chromium: str, folder: Path) -> str:
    # Chromium's sandbox wants a user that root is not
    unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    size = f"--window-size={SIZE[0]},{SIZE[1]}"
    options = {"binary": chromium, "args": [*FLAGS, *unboxed, size, f"--user-data-dir={folder}"]}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}, "pageLoadStrategy": "normal"}
    answer = await http.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
    value = answer.json()["value"]
    assert answer.status_code == 200, value
    return str(value["sessionId"])
