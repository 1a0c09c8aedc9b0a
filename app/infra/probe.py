"""Short looks at other programs from outside, for the doctor: who answers at an address, and what time it is there.

No token is sent and nothing is changed: the link that a running companion keeps is not touched.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import msgspec

from app.infra.http_client import make_client
from app.link.clock import ClockOffset


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a host answers: its HTTP status, or why it does not."""

    host: str
    status: int = 0
    why: str = ""


def origin_of(url: str) -> str:
    """``https://host:port`` of any address of Sinqro's, the link's too; empty for none."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}" if parts.netloc else ""


async def look_at(origins: list[str], *, offset: ClockOffset, user_agent: str, timeout: float = 6) -> list[Seen]:
    """Ask each for its front page, all at the same time; any answer will do. ``timeout``: seconds for each.

    The ``Date`` of the answers goes to ``offset``. Raises :class:`~app.domain.errors.ConfigurationError` for a proxy
    that cannot be used.
    """
    tls = await asyncio.to_thread(ssl.create_default_context)
    async with make_client(tls=tls, user_agent=user_agent, timeout=timeout) as client:
        return list(await asyncio.gather(*(_ask(client, origin, offset, timeout) for origin in origins)))


async def _ask(client: httpx.AsyncClient, origin: str, offset: ClockOffset, timeout: float) -> Seen:
    host = urlsplit(origin).netloc
    began = time.monotonic()
    try:
        async with asyncio.timeout(timeout), client.stream("GET", f"{origin}/") as answer:
            took = time.monotonic() - began
            offset.http_date(
                answer.headers.get("date"), now=datetime.now(UTC), monotonic=time.monotonic(), round_trip=took
            )
            return Seen(host=host, status=answer.status_code)
    except (TimeoutError, httpx.TimeoutException):
        return Seen(host=host, why=f"no answer within {timeout:g} s")
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        if "CERTIFICATE_VERIFY_FAILED" in str(exc):
            return Seen(host=host, why="its certificate is not trusted")
        return Seen(host=host, why=f"it cannot be reached ({type(exc).__name__})")


async def listens(host: str, port: int, timeout: float = 3) -> bool:
    """Whether somebody takes connections there."""
    try:
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:  # a timeout is one too
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def can_listen(host: str, port: int) -> bool:
    """Whether this address is free for us."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows would share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
