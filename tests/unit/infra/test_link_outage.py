"""What the websocket library's exceptions mean."""

import socket
from datetime import UTC, datetime

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosedError,
    InvalidMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidUpgrade,
)
from websockets.frames import Close
from websockets.http11 import Response

from app.domain.errors import ConfigurationError, CredentialsRefused, SinqroRefused
from app.infra.link_outage import outage_of
from app.link.state import LinkPhase

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


def answered(status: int, **headers: str) -> InvalidStatus:
    return InvalidStatus(Response(status, "", Headers(headers)))


def caused(exc: Exception, cause: Exception) -> Exception:
    exc.__cause__ = cause
    return exc


@pytest.mark.parametrize(
    ("exc", "phase", "code", "wait"),
    [
        (answered(500), LinkPhase.WAITING, "BUSY", 0),
        (answered(503, **{"Retry-After": "20"}), LinkPhase.WAITING, "BUSY", 20),
        (answered(429, **{"Retry-After": "soon"}), LinkPhase.WAITING, "BUSY", 0),
        (answered(408), LinkPhase.WAITING, "BUSY", 0),
        (answered(403), LinkPhase.CREDENTIALS, "CREDENTIALS_REFUSED", 900),
        (answered(410), LinkPhase.REFUSED, "NO_LINK", 60),
        (InvalidUpgrade("Upgrade", "h2"), LinkPhase.REFUSED, "NO_LINK", 60),
        (InvalidProxyStatus(Response(407, "", Headers())), LinkPhase.WAITING, "PROXY", 0),
        (ImportError("connecting through a SOCKS proxy requires python-socks"), LinkPhase.WAITING, "PROXY", 0),
        (caused(InvalidMessage("x"), EOFError()), LinkPhase.WAITING, "UNREACHABLE", 0),
        (InvalidMessage("x"), LinkPhase.REFUSED, "NO_LINK", 60),
        (socket.gaierror(-2, "Name or service not known"), LinkPhase.WAITING, "UNREACHABLE", 0),
        (ConnectionResetError(104, "Connection reset by peer"), LinkPhase.WAITING, "UNREACHABLE", 0),
        (TimeoutError(), LinkPhase.WAITING, "UNREACHABLE", 0),
        (ConnectionClosedError(Close(1012, "restart"), None), LinkPhase.WAITING, "CLOSED", 0),
        (ConnectionClosedError(Close(1009, ""), Close(1009, ""), True), LinkPhase.WAITING, "CLOSED", 0),
        (ConnectionClosedError(None, None), LinkPhase.WAITING, "UNREACHABLE", 0),
        (SinqroRefused("no", code="VERSION"), LinkPhase.REFUSED, "VERSION", 60),
        (SinqroRefused("no", code="CREDENTIALS_REFUSED"), LinkPhase.CREDENTIALS, "CREDENTIALS_REFUSED", 900),
        (CredentialsRefused("no"), LinkPhase.CREDENTIALS, "CREDENTIALS_REFUSED", 900),
        (ConfigurationError("no"), LinkPhase.WAITING, "CONFIGURATION_INVALID", 0),
    ],
)
def test_meaning(exc: Exception, phase: LinkPhase, code: str, wait: float) -> None:
    outage = outage_of(exc, NOW)
    assert (outage.phase, outage.code, outage.wait) == (phase, code, wait)
    assert outage.why
    assert not outage.too_large


def test_a_frame_that_we_refused() -> None:
    assert outage_of(ConnectionClosedError(None, Close(1009, "")), NOW).too_large
    assert outage_of(ConnectionClosedError(Close(1009, ""), Close(1009, ""), False), NOW).too_large


@pytest.mark.parametrize("exc", [KeyError("x"), ImportError("no module named x"), TypeError()])
def test_a_bug_stays_a_bug(exc: Exception) -> None:
    with pytest.raises(type(exc)):
        outage_of(exc, NOW)
