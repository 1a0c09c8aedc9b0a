"""What our HTTPS calls to Sinqro have in common: a client that verifies TLS always, and answers of limited size."""

import ssl

import httpx
import msgspec

from app.domain.errors import ConfigurationError

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that are read; nothing Sinqro answers to us is longer."""

_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as far as it was read."""

    status: int
    headers: httpx.Headers
    body: bytes


class Problem(msgspec.Struct, frozen=True):
    """What an error answer says, in any of the forms seen: ours, problem details, Sinqro's ``errors[]``."""

    code: str = ""
    message: str = ""


def make_client(*, tls: ssl.SSLContext, user_agent: str, timeout: float) -> httpx.AsyncClient:
    """A pooled client: the system's proxy except for this machine, no redirects; ``timeout``: seconds for each step.

    Raises :class:`ConfigurationError` for a proxy that cannot be used.
    """
    try:
        return _client(tls, user_agent, timeout)
    except (ImportError, ValueError, httpx.InvalidURL) as exc:  # SOCKS, another scheme, no address
        raise ConfigurationError(
            "the proxy set on this computer cannot be used", hint="Set an HTTP proxy, or none (ALL_PROXY, HTTPS_PROXY)."
        ) from exc


def _client(tls: ssl.SSLContext, user_agent: str, timeout: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=tls,
        timeout=timeout,
        limits=httpx.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=30),
        # Not compressed: a small text may unpack into a large one.
        headers={"user-agent": user_agent, "accept-encoding": "identity"},
        mounts=dict.fromkeys(_LOOPBACK),
        follow_redirects=False,
    )


async def post_json(client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """One POST. Raises ``httpx.HTTPError`` for what the network does; a longer answer is cut at the limit."""
    async with client.stream("POST", url, content=body, headers=headers) as response:
        parts, size = [], 0
        async for part in response.aiter_raw():
            parts.append(part)
            size += len(part)
            if size >= ANSWER_LIMIT:
                break
    return Answer(status=response.status_code, headers=response.headers, body=b"".join(parts)[:ANSWER_LIMIT])


def problem_of(body: bytes) -> Problem:
    """The code and message in an error's body; empty where it has none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Problem()
    if not isinstance(found, dict):
        return Problem()
    errors = found.get("errors")
    if "code" not in found and isinstance(errors, list) and errors and isinstance(errors[0], dict):
        found = errors[0]
    message = found.get("message") or found.get("detail") or found.get("title") or ""
    return Problem(_line(found.get("code", "")), _line(message))


def _line(value: object) -> str:
    """A plain value as one short line."""
    return " ".join(str(value).split())[:200] if isinstance(value, str | int) else ""
