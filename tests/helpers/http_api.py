"""The HTTP API on a real port of loopback, before a companion whose world is in the test's hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from app.bootstrap_http import DOCUMENT
from app.infra.http_api import HttpApi
from app.infra.http_api_server import HttpServer
from tests.helpers.fake_sinqro import POINT
from tests.helpers.services import Bench, open_bench

KEY = "sqc_sandbox_of-the-tests"
OTHER_POINT, OTHER_KEY = "72", "sqc_sandbox_of-another-restaurant"


class Api:
    """A bench, the server before it, and a client with the right key."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.keys: dict[str, str] = {POINT: KEY, OTHER_POINT: OTHER_KEY}
        self.key_error: Exception | None = None
        self.kept: list[tuple[bytes, str]] = []
        self.server: HttpServer
        self.http: httpx.AsyncClient

    @asynccontextmanager
    async def open(self, *, verify: Any = True, body_seconds: float = 10, **server: Any) -> AsyncIterator["Api"]:
        """Serve; ``server`` are the server's arguments."""
        self.server = HttpServer(
            host="127.0.0.1",
            port=server.pop("port", 0),
            make_app=lambda is_own_host: HttpApi(
                request=self.bench.companion.request,
                keep=self._keep,
                document=DOCUMENT.read_bytes(),
                key=self._key,
                is_own_host=is_own_host,
                body_seconds=body_seconds,
            ),
            **server,
        )
        async with self.server:
            headers = {"authorization": f"Bearer {KEY}"}
            async with httpx.AsyncClient(
                base_url=self.server.url, headers=headers, trust_env=False, verify=verify
            ) as client:
                self.http = client
                yield self

    async def ask(self, verb: str, path: str, **arguments: Any) -> httpx.Response:
        """A request about the selling point."""
        return await self.http.request(verb, f"/v1/selling-points/{POINT}{path}", **arguments)

    async def raw(self, sent: bytes, *, pause: float = 0, piece: int = 0) -> bytes:
        """What comes back for these bytes, sent in pieces with a pause where that is said, until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)

        async def send() -> None:
            pieces = [sent[i : i + piece] for i in range(0, len(sent), piece)] if piece else [sent]
            for each in pieces:
                writer.write(each)
                await writer.drain()
                await asyncio.sleep(pause)

        sending = asyncio.create_task(send())
        try:
            async with asyncio.timeout(20):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    async def _key(self, selling_point: str) -> str | None:
        if self.key_error is not None:
            raise self.key_error
        return self.keys.get(selling_point)

    async def _keep(self, raw: bytes, reason: str) -> None:
        self.kept.append((raw, reason))


@asynccontextmanager
async def open_api(folder: Path, **server: Any) -> AsyncIterator[Api]:
    """All of it."""
    async with open_bench(folder) as bench, Api(bench).open(**server) as api:
        yield api
