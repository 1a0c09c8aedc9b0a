"""Standard Webhooks, cross-checked with the reference library; CloudEvents."""

import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.domain.record import Notification
from app.link.signing import SignatureError, cloud_event, sign, verify

NOW = datetime(2026, 11, 25, 20, 0, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
OTHER = "whsec_" + base64.b64encode(b"another-secret-of-24-bytes").decode()
BODY = b'{"a":1}'


def signed(secret: str = SECRET, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    return sign(secret, message_id="msg_1", at=at, body=body)


@given(body=st.text(alphabet=st.characters(exclude_categories=["Cs"])), key=st.binary(min_size=24, max_size=64))
def test_the_reference_library_agrees(body: str, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    at = datetime.now(UTC)  # the library looks at the real clock
    ours = signed(secret, at, body.encode())
    assert ours["webhook-signature"] == Webhook(secret).sign("msg_1", at, body)
    assert verify([secret], ours, body.encode(), now=at) == "msg_1"


def test_the_reference_library_verifies_ours() -> None:
    headers = signed(at=datetime.now(UTC))
    assert Webhook(SECRET).verify(BODY, headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


def test_headers_in_any_case_and_several_signatures_and_secrets() -> None:
    headers = {name.title(): value for name, value in signed().items()}
    headers["Webhook-Signature"] = f"v1a,xyz v1,AAAA {headers['Webhook-Signature']}"
    assert verify([OTHER, SECRET], headers, BODY, now=NOW) == "msg_1"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_are_allowed(seconds: int) -> None:
    assert verify([SECRET], signed(), BODY, now=NOW + timedelta(seconds=seconds)) == "msg_1"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_older_or_newer_is_refused(seconds: int) -> None:
    with pytest.raises(SignatureError) as caught:
        verify([SECRET], signed(), BODY, now=NOW + timedelta(seconds=seconds))
    assert caught.value.code == "SIGNATURE_EXPIRED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"webhook-id": "msg_2"}, "SIGNATURE_INVALID"),
        ({"webhook-signature": "v1,AAAA"}, "SIGNATURE_INVALID"),
        ({"webhook-signature": "v1,ñ"}, "SIGNATURE_INVALID"),
        ({"webhook-signature": ""}, "SIGNATURE_MISSING"),
        ({"webhook-timestamp": "today"}, "SIGNATURE_INVALID"),
        ({"webhook-timestamp": "9" * 400}, "SIGNATURE_INVALID"),
        ({"webhook-timestamp": str(int(NOW.timestamp()) + 1)}, "SIGNATURE_INVALID"),
    ],
)
def test_what_was_changed_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify([SECRET], signed() | changes, BODY, now=NOW)
    assert caught.value.code == code


def test_another_body_and_no_secret_are_refused() -> None:
    for secrets, body in (([SECRET], BODY + b" "), ([], BODY), ([OTHER], BODY)):
        with pytest.raises(SignatureError):
            verify(secrets, signed(), body, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***", "plain text", "whsec_ñ"])
def test_a_bad_secret_is_said_without_showing_it(secret: str) -> None:
    with pytest.raises(SignatureError) as caught:
        signed(secret)
    assert caught.value.code == "SECRET_INVALID"
    assert caught.value.__cause__ is None
    assert "***" not in str(caught.value)


def test_cloud_event() -> None:
    notification = Notification(
        id="01HX",
        selling_point="3961",
        type="order.status_changed",
        data={"orderId": 5, "total": Decimal("12.50")},
        created_at=NOW,
        order_id="5",
    )
    body = cloud_event(notification, installation_id="inst-1", epoch=3)
    assert b'"total":12.50' in body
    assert json.loads(body) == {
        "specversion": "1.0",
        "id": "01HX",
        "source": "/sinqro-companion/inst-1",
        "type": "order.status_changed",
        "time": "2026-11-25T20:00:00Z",
        "subject": "5",
        "datacontenttype": "application/json",
        "data": {"orderId": 5, "total": 12.5, "sellingPointId": "3961", "installationId": "inst-1", "epoch": 3},
    }


def test_event_about_no_order_has_no_subject() -> None:
    notification = Notification(id="1", selling_point="1", type="availability.changed", data={}, created_at=NOW)
    assert "subject" not in json.loads(cloud_event(notification, installation_id="i", epoch=1))
