"""How a POS proves that a webhook is its own: Standard Webhooks, an HMAC of the body, or a token, in a header."""

import base64
import hmac
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from app.infra.local_http import Head
from app.link import signing
from app.link.signing import SignatureError


class SchemeKind(StrEnum):
    """What is in the header."""

    STANDARD = "standard"
    """The three of Standard Webhooks; the only scheme that tells a repetition from a new message."""
    HMAC = "hmac"
    """The HMAC-SHA256 of the body."""
    TOKEN = "token"  # noqa: S105 - a name
    """The secret itself."""


class WebhookScheme(msgspec.Struct, frozen=True, kw_only=True):
    """The scheme of one POS; all but ``kind`` is for ``hmac`` and ``token``."""

    kind: SchemeKind = SchemeKind.STANDARD
    header: str = "x-webhook-signature"
    prefix: str = ""
    """What stands before the value: ``sha256=``, ``Bearer``."""
    encoding: Literal["hex", "base64"] = "hex"
    """How the HMAC is written."""


def verify(scheme: WebhookScheme, secret: str, head: Head, body: bytes, *, now: datetime) -> str:
    """Return the message's id, empty where the scheme has none. Raises :class:`~app.link.signing.SignatureError`.

    All comparisons take the same time whatever is compared.
    """
    if scheme.kind is SchemeKind.STANDARD:
        headers = {name: head.one(name) for name in (signing.ID, signing.TIMESTAMP, signing.SIGNATURE)}
        return signing.verify((secret,), headers, body, now=now)
    offered = head.one(scheme.header.lower()).strip()
    if not offered:
        raise SignatureError("the message is not signed", code="SIGNATURE_MISSING")
    if not offered.startswith(scheme.prefix):
        raise SignatureError("the signature does not match")
    value = offered.removeprefix(scheme.prefix).strip()
    if not hmac.compare_digest(_expected(scheme, secret, body), _plain(scheme, value)):
        raise SignatureError("the signature does not match")
    return ""


def _expected(scheme: WebhookScheme, secret: str, body: bytes) -> bytes:
    if scheme.kind is SchemeKind.TOKEN:
        return secret.encode()
    digest = hmac.digest(secret.encode(), body, "sha256")
    return base64.b64encode(digest) if scheme.encoding == "base64" else digest.hex().encode()


def _plain(scheme: WebhookScheme, value: str) -> bytes:
    """Hex may come in capitals. Headers were read as Latin-1, which is undone."""
    is_hex = scheme.kind is SchemeKind.HMAC and scheme.encoding == "hex"
    return (value.lower() if is_hex else value).encode("latin-1", "replace")
