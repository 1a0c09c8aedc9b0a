"""Notifications as they leave: a CloudEvents 1.0 envelope, signed as Standard Webhooks describes.

``cloud_event`` makes the body, ``sign`` gives the three headers for one attempt; the receiver's side is ``verify``,
which the local receiver and the sandbox use too. The signature covers ``id.timestamp.body`` with HMAC-SHA256; the
secret is the base64 after ``whsec_``. Several signatures and several secrets may stand side by side while a secret is
changed.
Source: standardwebhooks.com, specification 1.0.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import CompanionError
from app.domain.record import Notification
from app.link.messages import encode

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"
TOLERANCE = timedelta(minutes=5)
CLOUD_EVENT = "application/cloudevents+json"

_PREFIX = "whsec_"
_MOST_SIGNATURES = 16


class SignatureError(CompanionError):
    """A message that is not, or no longer, signed by whom it should be; or a secret that is none."""

    code = "SIGNATURE_INVALID"


def sign(secret: str, *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers for one attempt at ``at`` (the receiver's time).

    Raises :class:`SignatureError` for a secret that is none.
    """
    stamp = str(int(at.timestamp()))
    return {ID: message_id, TIMESTAMP: stamp, SIGNATURE: f"v1,{_signature(_key(secret), message_id, stamp, body)}"}


def verify(
    secrets: Iterable[str], headers: Mapping[str, str], body: bytes, *, now: datetime, tolerance: timedelta = TOLERANCE
) -> str:
    """Return the message's id when one of ``secrets`` signed it within ``tolerance`` of ``now``.

    ``headers`` may be written in any case. Raises :class:`SignatureError`, whose text holds no secret and no signature.
    """
    found = {name.lower(): value for name, value in headers.items()}
    message_id, stamp, offered = (found.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not (message_id and stamp and offered):
        raise SignatureError("the message is not signed", code="SIGNATURE_MISSING")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise SignatureError("the signature's time is no number")
    if abs(now.timestamp() - int(stamp)) > tolerance.total_seconds():
        raise SignatureError("the signature is too old, or from a clock that runs ahead", code="SIGNATURE_EXPIRED")
    candidates = [part[3:].encode() for part in offered.split()[:_MOST_SIGNATURES] if part.startswith("v1,")]
    good = False
    for secret in secrets:
        expected = _signature(_key(secret), message_id, stamp, body).encode()
        for candidate in candidates:  # no early end: the time taken tells nothing
            good |= hmac.compare_digest(expected, candidate)
    if not good:
        raise SignatureError("the signature does not match")
    return message_id


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.strip().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        # Without the cause: its text may quote the secret.
        raise SignatureError(f"the secret is not of the form {_PREFIX}<base64>", code="SECRET_INVALID") from None
    return key


def _signature(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    content = b"%b.%b.%b" % (message_id.encode(), stamp.encode(), body)
    return base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def cloud_event(notification: Notification, *, installation_id: str, epoch: int) -> bytes:
    """The notification's body: structured JSON, with selling point, installation and epoch added to its data."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": notification.id,
        "source": f"/sinqro-companion/{installation_id}",
        "type": notification.type,
        "time": notification.created_at,
        "datacontenttype": "application/json",
        "data": notification.data
        | {"sellingPointId": notification.selling_point, "installationId": installation_id, "epoch": epoch},
    }
    if notification.order_id:  # a CloudEvents subject must not be empty
        event["subject"] = notification.order_id
    return encode(event)
