"""Calls to a POS by HTTP: one pool of connections, the profile's limits, who we are, whole answers.

No retries but one: a request that the POS answered with 401 is made again with a new token, where there are tokens.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from adapters.http import IDLE_SECONDS, authorities, base_url, body_of, translated
from adapters.rest.auth import authentication, named, plain
from adapters.rest.cel_values import kind
from adapters.rest.program import Program
from adapters.rest.reply import Reply
from app.domain.errors import PosBusy, ProfileError

LONGEST_WAIT = 5.0
"""Seconds that a call waits for the POS's rate limit; one that would have to wait longer is told to come back."""

_JSON = msgspec.json.Encoder()


class Rate:
    """So many requests a second at most, a few of them at once: a bucket that fills all the time."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._ahead = self._interval * (per_second // 4)
        self._next = 0.0

    async def take(self) -> None:
        """Wait for one's turn. Raises ``PosBusy`` when that is too far."""
        if not self._interval:
            return
        now = time.monotonic()
        turn = max(now, self._next)
        wait = turn - self._ahead - now
        if wait > LONGEST_WAIT:
            raise PosBusy("the POS allows no more requests now", retry_after=timedelta(seconds=round(wait) + 1))
        self._next = turn + self._interval
        if wait > 0:
            await asyncio.sleep(wait)


class Wire:
    """A POS's address, credentials and connections.

    ``url`` goes before the profile's; ``timeout`` too. ``folder``: where the profile is. ``transport`` replaces the
    network in tests. Raises :class:`~app.domain.errors.ProfileError` for an address or a secret that can't be any.
    """

    def __init__(
        self,
        program: Program,
        *,
        url: str,
        secrets: Mapping[str, str],
        folder: Path,
        timeout: float | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        connection = program.profile.connection
        self._base = base_url(url or connection.url, connection.url or "https://pos.example.com/api")
        self._root = str(self._base).rstrip("/")
        self._timeout = timeout or connection.timeout_seconds
        values = {"options": program.base["options"], "secrets": named(secrets)}
        self._headers = {"accept-encoding": "identity"}
        for name, source in connection.headers.items():
            value = program.template(source).render(values)
            if value is not None:
                self._headers[name.lower()] = plain(value, f"connection.headers.{name}")
        self._auth = authentication(program, secrets, self._token_call)
        self._steps = {
            "timeout": httpx.Timeout(
                self._timeout, connect=min(connection.connect_seconds, self._timeout / 2)
            ).as_dict()
        }
        self._rate = Rate(connection.requests_per_second)
        self._places = asyncio.Semaphore(connection.concurrency)
        # The transport alone: a third of a call's cost is what a client adds, and there are no cookies, redirects or
        # proxies here (a POS is in the house, never behind the system's proxy).
        self._transport = transport or httpx.AsyncHTTPTransport(
            verify=authorities(folder / connection.ca_file if connection.ca_file else None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=16, keepalive_expiry=IDLE_SECONDS),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._auth.close()
        await self._transport.aclose()

    def address(self, path: str, query: Mapping[str, str]) -> httpx.URL:
        """An address below the base one; ``path`` is escaped already."""
        return httpx.URL(self._root + path, params=query) if query else httpx.URL(self._root + path)

    def next_page(self, current: httpx.URL, link: str) -> httpx.URL:
        """The address that an answer names as the next page. Raises ``ProfileError`` where it is on another host."""
        try:
            url = current.join(link)
        except httpx.InvalidURL as exc:
            raise ProfileError(f"the POS names a next page that is no address: {link!r:.200}") from exc
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise ProfileError(f"the POS names a next page on another host: {url.host}")  # it would get our key
        return url

    async def send(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None, *, writing: bool
    ) -> Reply:
        """Make a request and read its whole answer, whatever that says."""
        async with self._places:
            stamp = await self._auth.stamp()
            reply = await self._once(method, _with(url, stamp.query), {**headers, **stamp.headers}, content, writing)
            if reply.status == 401 and await self._auth.renew(stamp):
                stamp = await self._auth.stamp()
                reply = await self._once(
                    method, _with(url, stamp.query), {**headers, **stamp.headers}, content, writing
                )
        return reply

    async def probe(self) -> None:
        """See whether anything answers at the address; what it says is no matter."""
        await self._once("GET", self.address("", {}), {}, None, False)

    async def _once(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None, writing: bool
    ) -> Reply:
        await self._rate.take()
        request = httpx.Request(
            method, url, headers={**self._headers, **headers}, content=content, extensions=self._steps
        )
        with translated("the POS", writing=writing):
            async with asyncio.timeout(self._timeout):
                response = await self._transport.handle_async_request(request)
                try:
                    body = await body_of(response)
                finally:
                    await response.aclose()
        return Reply(response.status_code, response.headers, body)

    async def _token_call(self, method: str, where: str, headers: Mapping[str, str], body: Any, form: bool) -> Reply:
        """The call for a token: it changes nothing in the POS."""
        url = self.address(where, {}) if where.startswith("/") else base_url(where, "https://login.example.com/token")
        content, kind_of = encoded(body, form=form, omit=True) if body is not None else (None, "")
        named_kind = {"content-type": kind_of} if kind_of else {}
        return await self._once(method, url, {**headers, **named_kind}, content, False)


def encoded(body: Any, *, form: bool, omit: bool) -> tuple[bytes, str]:
    """A body as bytes, and its content type. ``omit``: fields that are null are left out."""
    if not form:
        return _JSON.encode(_without_nulls(body) if omit else body), "application/json"
    if not isinstance(body, dict):
        raise ProfileError(f"a form is made of a map, not of {kind(body)}")
    return urlencode(_fields(body)).encode(), "application/x-www-form-urlencoded"


def _fields(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, value in body.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict | list):
                raise ProfileError(f"a form is flat: {name} has {kind(each)}")
            if each is not None:
                found.append((name, str(each).lower() if isinstance(each, bool) else str(each)))
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _with(url: httpx.URL, query: Mapping[str, str]) -> httpx.URL:
    return url.copy_merge_params(dict(query)) if query else url
