"""Delivery of notifications over HTTP on loopback."""

import base64
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError, VaultError
from app.domain.record import Notification
from app.infra.http_client import ANSWER_LIMIT
from app.infra.notification_http import HttpNotifications
from app.link.clock import ClockOffset
from app.link.signing import verify
from app.ports.sinqro import Delivery, Verdict
from tests.helpers.http import FakeHttp
from tests.helpers.link import RealClock
from tests.helpers.tls import server_context

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
NOTIFICATION = Notification(
    id="evt-1", selling_point="3961", type="order.status_changed", data={"orderId": 5}, created_at=NOW, order_id="5"
)


class Sender:
    """A sender to a fake endpoint, with what it asks for."""

    def __init__(self, http: FakeHttp) -> None:
        self.http = http
        self.endpoint: str | None = f"{http.url}/notifications/3961"
        self.secret: str | None = SECRET
        self.locked = False
        self.offset = ClockOffset()
        self.sender = HttpNotifications(
            endpoint=lambda _: self.endpoint,
            secret=self.ask_secret,
            clock=RealClock(),
            offset=self.offset,
            user_agent="companion/test",
            timeout=5,
        )

    async def ask_secret(self, selling_point: str) -> str | None:
        assert selling_point == "3961"
        if self.locked:
            raise VaultError("the vault is locked", locked=True)
        return self.secret

    async def post(self, now: datetime = NOW) -> Delivery:
        return await self.sender.post(NOTIFICATION, installation_id="inst-1", epoch=3, now=now)


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    http = FakeHttp()
    async with http.running():
        made = Sender(http)
        async with made.sender:
            yield made


async def test_delivered_and_signed_anew_each_time(sender: Sender) -> None:
    assert await sender.post() == Delivery(verdict=Verdict.DELIVERED)
    assert await sender.post(NOW + timedelta(minutes=20)) == Delivery(verdict=Verdict.DELIVERED)
    first, second = sender.http.requests
    assert verify([SECRET], first.headers, first.body, now=NOW) == "evt-1"
    assert verify([SECRET], second.headers, second.body, now=NOW + timedelta(minutes=20)) == "evt-1"
    assert first.body == second.body
    assert first.target == "/notifications/3961"
    assert first.headers["content-type"] == "application/cloudevents+json"
    assert first.headers["user-agent"] == "companion/test"
    assert json.loads(first.body)["data"] == {
        "orderId": 5,
        "sellingPointId": "3961",
        "installationId": "inst-1",
        "epoch": 3,
    }
    assert sender.http.connections == 1  # kept alive


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b"", Verdict.DELIVERED),
        (202, b"{}", Verdict.DELIVERED),
        (400, b"", Verdict.FINAL),
        (404, b"not json", Verdict.FINAL),
        (422, b'{"code":"BAD"}', Verdict.FINAL),
        (410, b"", Verdict.GONE),
        (409, b'{"code":"SUPERSEDED"}', Verdict.SUPERSEDED),
        (409, b'{"errors":[{"code":"SUPERSEDED"}]}', Verdict.SUPERSEDED),
        (409, b'{"code":"OTHER"}', Verdict.FINAL),
        (409, b"[" * 5000, Verdict.FINAL),
        (401, b"", Verdict.CREDENTIALS),
        (403, b"", Verdict.CREDENTIALS),
        (301, b"", Verdict.RETRY),
        (408, b"", Verdict.RETRY),
        (413, b"", Verdict.RETRY),
        (500, b"", Verdict.RETRY),
    ],
)
async def test_verdicts(sender: Sender, status: int, body: bytes, verdict: Verdict) -> None:
    sender.http.answer = sender.http.response(status, body, Location="http://127.0.0.1:9/")
    delivery = await sender.post()
    assert delivery.verdict is verdict
    assert delivery.retry_after is None
    assert delivery.reason.startswith("" if verdict is Verdict.DELIVERED else f"HTTP {status}")


async def test_reason_says_what_sinqro_says(sender: Sender) -> None:
    body = json.dumps({"code": "NO_ORDER", "message": "no such\norder " + "x" * 1000}).encode()
    sender.http.answer = sender.http.response(422, body)
    reason = (await sender.post()).reason
    assert reason.startswith("HTTP 422 NO_ORDER no such order xxx")
    assert len(reason) < 300


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after(sender: Sender, status: int) -> None:
    sender.http.answer = sender.http.response(status, Retry_After="17")
    delivery = await sender.post()
    assert (delivery.verdict, delivery.retry_after) == (Verdict.RETRY, timedelta(seconds=17))


async def test_an_endless_answer_is_cut(sender: Sender) -> None:
    sender.http.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n" + b"x" * (ANSWER_LIMIT + 1)
    assert (await sender.post()).verdict is Verdict.DELIVERED


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nx"])
async def test_a_broken_answer_is_tried_again(sender: Sender, answer: bytes) -> None:
    sender.http.answer = answer
    sender.sender._timeout = 0.2  # a connection that stays open without saying more
    assert (await sender.post()).verdict is Verdict.RETRY


async def test_nobody_there_and_no_answer(sender: Sender) -> None:
    sender.http.answer = None
    sender.sender._timeout = 0.05
    assert await sender.post() == Delivery(verdict=Verdict.RETRY, reason="no answer within 0.05 s")
    sender.endpoint = "http://127.0.0.1:9/"
    sender.sender._timeout = 5
    delivery = await sender.post()
    assert (delivery.verdict, delivery.reason) == (Verdict.RETRY, "Sinqro cannot be reached (ConnectError)")


async def test_what_pairing_would_mend(sender: Sender) -> None:
    for endpoint, secret in (
        (None, SECRET),
        (sender.endpoint, None),
        (sender.endpoint, "no secret at all"),
        ("http://example.test/", SECRET),
        ("nonsense", SECRET),
        ("http://127.0.0.1:9/\x00", SECRET),
    ):
        sender.endpoint, sender.secret = endpoint, secret
        delivery = await sender.post()
        assert delivery.verdict is Verdict.CREDENTIALS
        assert "no secret at all" not in delivery.reason
    assert sender.http.requests == []


async def test_a_locked_vault_is_tried_again(sender: Sender) -> None:
    sender.locked = True
    assert await sender.post() == Delivery(verdict=Verdict.RETRY, reason="the vault is locked")


async def test_the_date_measures_the_clock(sender: Sender) -> None:
    theirs = datetime.now(UTC) + timedelta(hours=1)
    sender.http.answer = sender.http.response(401, Date=format_datetime(theirs.astimezone(UTC), usegmt=True))
    await sender.post()
    assert sender.offset.value is not None
    assert abs(sender.offset.value - timedelta(hours=1)) < timedelta(seconds=2)


async def test_no_secret_in_any_log(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await sender.post()
    sender.endpoint = "http://127.0.0.1:9/"
    await sender.post()
    assert SECRET not in caplog.text
    assert SECRET.removeprefix("whsec_") not in caplog.text


async def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    http = FakeHttp()
    async with http.running(server_context(tmp_path)):
        made = Sender(http)
        async with made.sender:
            assert await made.post() == Delivery(verdict=Verdict.RETRY, reason="Sinqro's certificate is not trusted")
    assert http.requests == []


async def test_a_proxy_that_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="proxy"):
        await Sender(FakeHttp()).sender.__aenter__()


async def test_closed_sender_is_a_bug() -> None:
    made = Sender(FakeHttp())
    with pytest.raises(RuntimeError):
        await made.post()
