"""Why there is no link: every exception of the websocket library, the network and TLS, told in our words.

The one place that knows the library's exceptions. ``wait`` comes before the backoff's own delay.
"""

import ssl
from datetime import datetime

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidStatus, ProxyError, WebSocketException

from app.domain.errors import CompanionError, CredentialsRefused, SinqroError
from app.link.backoff import parse_retry_after
from app.link.state import LinkPhase

REFUSED_SECONDS = 60.0
"""Before another try where Sinqro refused for good: only a new version on one side changes that."""

CREDENTIALS_SECONDS = 900.0
"""Before another try with refused tokens: Sinqro's own mistakes must not keep a restaurant closed all evening, and four
tries an hour are no storm. New tokens are tried at once."""

TLS_SECONDS = 10.0
"""Before another try where the certificate is not trusted (a wrong clock, a strange network)."""

_TOO_LARGE = 1009


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """Why a connection failed or ended, and how long to wait (seconds) before the backoff's delay."""

    phase: LinkPhase = LinkPhase.WAITING
    code: str
    why: str
    wait: float = 0
    too_large: bool = False
    """We closed it, since a frame was larger than the transport takes."""


def outage_of(exc: Exception, now: datetime) -> Outage:
    """What ``exc`` means. Raises it again when it is none of the world's: a bug."""
    if isinstance(exc, CompanionError):
        return _ours(exc)
    if isinstance(exc, WebSocketException):
        return _library(exc, now)
    if isinstance(exc, OSError | EOFError):
        return _network(exc)
    if isinstance(exc, ImportError) and "SOCKS" in str(exc):  # how the library says it
        return Outage(code="PROXY", why="a SOCKS proxy is set on this computer, which is not supported")
    raise exc


def _ours(exc: CompanionError) -> Outage:
    if exc.code == CredentialsRefused.code:
        return _credentials(exc.message)
    if isinstance(exc, SinqroError):  # the answer to our hello
        return _refused(f"Sinqro does not take this companion: {exc.message}", exc.code)
    return Outage(code=exc.code, why=exc.message)


def _library(exc: WebSocketException, now: datetime) -> Outage:
    if isinstance(exc, ConnectionClosed):
        return _closed(exc)
    if isinstance(exc, InvalidStatus):
        return _status(exc, now)
    if isinstance(exc, ProxyError):
        return Outage(code="PROXY", why=f"the network's proxy does not let us through: {exc}")
    if isinstance(exc.__cause__, EOFError):  # in the middle of the handshake
        return _network(exc.__cause__)
    return _refused(f"what answers at Sinqro's address is no link: {exc}", "NO_LINK")


def _network(exc: OSError | EOFError) -> Outage:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return Outage(code="TLS", why=f"Sinqro's certificate is not trusted: {exc.verify_message}", wait=TLS_SECONDS)
    if isinstance(exc, TimeoutError):
        return Outage(code="UNREACHABLE", why="Sinqro does not answer in time")
    if isinstance(exc, OSError):
        return Outage(code="UNREACHABLE", why=f"Sinqro cannot be reached: {exc.strerror or exc}")
    return Outage(code="UNREACHABLE", why="Sinqro broke the connection off")


def _credentials(why: str) -> Outage:
    return Outage(phase=LinkPhase.CREDENTIALS, code=CredentialsRefused.code, why=why, wait=CREDENTIALS_SECONDS)


def _refused(why: str, code: str) -> Outage:
    return Outage(phase=LinkPhase.REFUSED, code=code, why=why, wait=REFUSED_SECONDS)


def _closed(exc: ConnectionClosed) -> Outage:
    if exc.sent is not None and exc.sent.code == _TOO_LARGE and not exc.rcvd_then_sent:
        return Outage(code="TOO_LARGE", why="Sinqro sent a message larger than 16 MiB", too_large=True)
    if exc.rcvd is not None:
        reason = f": {exc.rcvd.reason}" if exc.rcvd.reason else ""
        return Outage(code="CLOSED", why=f"Sinqro closed the link ({exc.rcvd.code}{reason})")
    if exc.sent is not None and exc.sent.reason == "keepalive ping timeout":
        return Outage(code="UNREACHABLE", why="Sinqro stopped answering")
    return Outage(code="UNREACHABLE", why="the connection to Sinqro broke")


def _status(exc: InvalidStatus, now: datetime) -> Outage:
    status = exc.response.status_code
    if status in (401, 403):
        return _credentials(f"Sinqro does not take this installation's tokens ({status}): pair again")
    if status == 429 or status == 408 or status >= 500:
        after = parse_retry_after(exc.response.headers.get("Retry-After"), now)
        wait = after.total_seconds() if after is not None else 0
        return Outage(code="BUSY", why=f"Sinqro is busy or in maintenance ({status})", wait=wait)
    return _refused(f"there is no link at Sinqro's address ({status})", "NO_LINK")
