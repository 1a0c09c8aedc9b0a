"""Who we are at the POS: keys that stay, and tokens that are fetched, kept until their end and renewed once on a 401.

A token is fetched by one call however many wait for it, and again by the next one where that failed.
"""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from adapters.rest.profile_parts import BasicAuth, BearerAuth, HeaderAuth, LoginAuth, NoAuth, OAuth2, QueryAuth
from adapters.rest.program import Program
from adapters.rest.refusals import decoded, unexpected
from adapters.rest.reply import Reply
from app.domain.errors import PosError, ProfileError
from app.domain.times import parse_time

EARLY = 30.0
"""Seconds before its end that a token is no longer used: a call and a slow clock must not run into it."""

TokenCall = Callable[[str, str, Mapping[str, str], Any, bool], Awaitable[Reply]]
"""Makes the call for a token: method, path or address, headers, body, and whether that is a form."""


class Stamp(NamedTuple):
    """What a request carries."""

    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    token: str = ""


class Fixed:
    """A key or password that stays as it is."""

    def __init__(self, stamp: Stamp) -> None:
        self._stamp = stamp

    async def stamp(self) -> Stamp:
        """What the next request carries."""
        return self._stamp

    async def renew(self, refused: Stamp) -> bool:
        """Whether a request that the POS answered with 401 is worth another try."""
        return False

    async def close(self) -> None:
        """Nothing is under way."""


class Fetched:
    """A token that a call gives."""

    def __init__(self, fetch: Callable[[], Awaitable[tuple[str, float | None]]], header: str, prefix: str) -> None:
        """``fetch`` gives the token and how many seconds it lasts, ``None``: until the POS says 401."""
        self._fetch = fetch
        self._header = header.lower()
        self._prefix = prefix
        self._token = ""
        self._until: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def stamp(self) -> Stamp:
        """What the next request carries. Raises what the call for the token raises."""
        if not self._token or (self._until is not None and time.monotonic() >= self._until):
            await self._renewed()
        return Stamp(headers={self._header: plain(f"{self._prefix}{self._token}", "the token")}, token=self._token)

    async def renew(self, refused: Stamp) -> bool:
        """Fetch another token, unless somebody did already since that request was made."""
        if refused.token == self._token:
            await self._renewed()
        return refused.token != self._token

    async def close(self) -> None:
        """Give up a call that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _renewed(self) -> None:
        """All who come while a call is under way share it, and its outcome."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._get(), name="token of the POS")
            self._fetching.add_done_callback(self._fetched)
        await asyncio.shield(self._fetching)

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._fetching = None
        if not task.cancelled():
            task.exception()  # told to those who wait; when all of them have gone it is nobody's

    async def _get(self) -> None:
        token, seconds = await self._fetch()
        self._token = token
        self._until = None if seconds is None else time.monotonic() + max(seconds - EARLY, seconds / 2)


Authentication = Fixed | Fetched


def authentication(program: Program, secrets: Mapping[str, str], call: TokenCall) -> Authentication:
    """The profile's way. Raises :class:`~app.domain.errors.ProfileError` for a secret that no request can carry."""
    auth = program.profile.auth
    values = {"options": program.base["options"], "secrets": named(secrets)}

    def text(template: str) -> str:
        return program.template(template).render(values) or ""

    match auth:
        case NoAuth():
            return Fixed(Stamp())
        case BasicAuth():
            pair = f"{text(auth.user)}:{secrets[auth.secret]}"
            return Fixed(Stamp(headers={"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}))
        case BearerAuth():
            return Fixed(Stamp(headers={"authorization": plain(f"Bearer {secrets[auth.secret]}", auth.secret)}))
        case HeaderAuth():
            return Fixed(Stamp(headers={auth.header.lower(): plain(auth.prefix + secrets[auth.secret], auth.secret)}))
        case QueryAuth():
            return Fixed(Stamp(query={auth.parameter: secrets[auth.secret]}))
        case LoginAuth():
            return Fetched(_Login(program, auth, values, call).fetch, auth.header, auth.prefix)
        case OAuth2():
            client = text(auth.client_id)
            return Fetched(_Grant(auth, client, text(auth.token_url), secrets, call).fetch, "authorization", "Bearer ")


class _Login:
    """The login call of a profile."""

    def __init__(self, program: Program, auth: LoginAuth, values: Mapping[str, Any], call: TokenCall) -> None:
        self._auth = auth
        self._values = values
        self._call = call
        self._path = program.template(auth.path)
        self._headers = [(name.lower(), program.template(source)) for name, source in auth.headers.items()]
        self._body = program.expression(auth.body, "auth")
        self._token = program.expression(auth.token, "answer")
        self._in = program.expression(auth.expires_in, "answer")
        self._at = program.expression(auth.expires_at, "answer")

    async def fetch(self) -> tuple[str, float | None]:
        """A new token and its seconds."""
        auth, values = self._auth, self._values
        headers = {name: plain(template.render(values) or "", name) for name, template in self._headers}
        body = await self._body.run(values) if self._body is not None else None
        path = self._path.render(values) or ""
        reply = await self._call(auth.method, path, headers, body, auth.encoding == "form")
        seen = _granted(reply)
        try:
            token = await self._token.run(seen) if self._token is not None else None
            lasts = await self._in.run(seen) if self._in is not None else None
            ends = await self._at.run(seen) if self._at is not None else None
            seconds = float(lasts) if lasts is not None else _until(ends)
        except (ProfileError, ValueError, TypeError) as exc:
            raise unexpected(f"auth: the POS's answer to the login is another than expected: {exc}") from exc
        return _token(token), seconds


class _Grant:
    """OAuth 2 client credentials."""

    def __init__(self, auth: OAuth2, client: str, address: str, secrets: Mapping[str, str], call: TokenCall) -> None:
        self._auth = auth
        self._client = client
        self._address = address
        self._secret = secrets[auth.secret]
        self._call = call

    async def fetch(self) -> tuple[str, float | None]:
        """A new token and its seconds."""
        auth = self._auth
        form = {"grant_type": "client_credentials", "scope": auth.scope, "audience": auth.audience}
        headers = {}
        if auth.client_auth == "basic":
            pair = f"{self._client}:{self._secret}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._client, "client_secret": self._secret}
        body = {name: value for name, value in form.items() if value}
        answer = _granted(await self._call("POST", self._address, headers, body, True))["answer"]
        found = answer if isinstance(answer, dict) else {}
        try:
            seconds = float(found["expires_in"]) if found.get("expires_in") is not None else None
        except (ValueError, TypeError) as exc:
            raise unexpected("auth: the POS's token says no number of seconds in expires_in") from exc
        return _token(found.get("access_token")), seconds


def _granted(reply: Reply) -> dict[str, Any]:
    """The answer as expressions see it. Raises the error that it is."""
    answer, _ = decoded(reply)
    if 200 <= reply.status < 300:
        return {"answer": answer, "code": reply.status, "headers": reply.names()}
    if reply.status == 429 or reply.status >= 500:
        error = PosError(f"the POS gives no token: it answered {reply.status}")
        error.retryable = True
        raise error
    raise ProfileError(
        f"the POS does not accept who we are: it answered {reply.status} to the login",
        hint="set the POS's key or password anew",
    )


def _token(found: Any) -> str:
    if not isinstance(found, str) or not found:
        raise unexpected("auth: the POS's answer to the login has no token")
    return found


def _until(ends: Any) -> float | None:
    if ends is None:
        return None
    return max(0.0, (parse_time(str(ends), UTC) - datetime.now(UTC)).total_seconds())


def named(secrets: Mapping[str, str]) -> dict[str, str]:
    """Secrets by the names that expressions have for them."""
    return {name.replace("-", "_"): value for name, value in secrets.items()}


def plain(value: str, what: str) -> str:
    """A value that a header can carry. Raises ``ProfileError``, which does not show the value."""
    if not (value.isascii() and value.isprintable()):
        raise ProfileError(f"{what} has characters that no header has", hint="copy it again, without line breaks")
    return value
