"""What every adapter over HTTP shares: limits, and how what goes wrong on the wire becomes an error of ours.

=====================================  =================================  =============================
what happened                          on a read                          on a write
=====================================  =================================  =============================
no connection, no good certificate     PosUnreachable                     PosUnreachable
connection lost, no answer in time     PosUnreachable                     OutcomeUnknown
a larger answer than 16 MiB            PosUnreachable                     OutcomeUnknown
what the POS answers                   the adapter's own matter
=====================================  =================================  =============================
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from app.domain.addresses import is_local
from app.domain.errors import OutcomeUnknown, PosError, PosUnreachable, ProfileError

CONNECT_SECONDS = 3
"""A POS in the same house answers at once or is not there."""

IDLE_SECONDS = 4
"""Idle connections are given up after this, before a server of usual settings (5 s) gives them up while we write."""

ANSWER_LIMIT = 16 << 20
"""Bytes of the largest answer read."""

RETRY_LIMIT = 300
"""Seconds of the longest wait that a ``Retry-After`` is believed."""


def base_url(url: str, example: str) -> httpx.URL:
    """The POS's address, without a slash at its end. Raises :class:`ProfileError` for what can't be one.

    Plain http is taken for this machine and the own network only: anywhere else keys and customers could be read.
    """
    try:
        base = httpx.URL(url.strip().rstrip("/"))
    except httpx.InvalidURL as exc:
        raise ProfileError(f"{url!r:.200} is not an address", hint=f"write for instance {example}") from exc
    if base.scheme not in ("http", "https") or not base.host or base.userinfo or base.query or base.fragment:
        raise ProfileError(f"{url!r:.200} is not an address", hint=f"write for instance {example}")
    if base.scheme == "http" and not is_local(base.host):
        raise ProfileError(
            f"plain http to {base.host} would cross the internet unprotected",
            hint="write https://, or the POS's address in the restaurant's own network",
        )
    return base


def authorities(file: Path | None) -> ssl.SSLContext | bool:
    """Who may have signed the POS's certificate: the authority in a PEM file alone, or the system's (``True``).

    Raises :class:`ProfileError` for a file that holds none.
    """
    if file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError) as exc:
        raise ProfileError(
            f"{file}: there is no certificate to be read in it: {exc}",
            hint="it must hold the authority's certificate as PEM text (-----BEGIN CERTIFICATE-----)",
        ) from exc


@contextmanager
def translated(who: str, *, writing: bool) -> Iterator[None]:
    """The one place where httpx's exceptions become ours; ``who``: the POS, as a sentence begins."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
        raise PosUnreachable(f"{who} does not answer at its address: {_why(exc)}") from exc
    except (httpx.HTTPError, httpx.StreamError, TimeoutError) as exc:
        if writing:
            raise OutcomeUnknown(f"{who} did not say whether it did it: {_why(exc)}") from exc
        raise PosUnreachable(f"{who} gave no answer: {_why(exc)}") from exc


def _why(exc: Exception) -> str:
    return str(exc) or ("no answer in time" if isinstance(exc, TimeoutError | httpx.TimeoutException) else repr(exc))


async def body_of(response: httpx.Response) -> bytes:
    """The whole body, unpacked. Raises ``httpx.RemoteProtocolError`` for more than :data:`ANSWER_LIMIT`."""
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_LIMIT:
            raise httpx.RemoteProtocolError(f"the answer is larger than {ANSWER_LIMIT >> 20} MiB")
    return b"".join(chunks)


def failed(message: str, *, writing: bool) -> PosError:
    """The error for an answer that says nothing about what was done: after a write nobody knows, a read may go on."""
    if writing:
        return OutcomeUnknown(message)
    error = PosError(message)
    error.retryable = True
    return error


def delay(retry_after: str | None) -> timedelta:
    """``Retry-After`` in seconds; 5 where it is missing or a date (the POS's clock is not ours)."""
    text = (retry_after or "").strip()
    return timedelta(seconds=min(int(text), RETRY_LIMIT) if text.isascii() and text.isdigit() and len(text) < 10 else 5)
