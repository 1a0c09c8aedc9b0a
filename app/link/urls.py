"""Which addresses may be spoken to: encrypted ones anywhere, plain ones on this machine only."""

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from app.domain.errors import ConfigurationError

Kind = Literal["http", "ws"]


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def checked_url(url: str, kind: Kind) -> str:
    """Return ``url`` when it is ``https``/``wss``, or plain to loopback, and carries no user or password.

    Raises :class:`ConfigurationError` for anything else.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # port: raises for nonsense
    except ValueError as exc:
        raise ConfigurationError(f"{url!r} is not an address: {exc}") from exc
    if not host or parts.scheme not in (kind, f"{kind}s"):
        raise ConfigurationError(f"{url!r} is not an address of the form {kind}s://host/…")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            f"the address of {host} must not carry a name or password", hint="Secrets belong into the vault."
        )
    if parts.scheme == kind and not is_loopback(url):
        raise ConfigurationError(
            f"{kind}://{host} is not encrypted", hint=f"Write {kind}s://; plain {kind}:// is for this machine only."
        )
    return url
