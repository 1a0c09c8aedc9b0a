"""Webhooks of a POS with a profile: proved as its maker does it, told in our words."""

import hashlib
import hmac
import logging
from pathlib import Path

import httpx
import pytest

from app.bootstrap_pos import receiver, webhook_secret
from app.domain.selling_point import SellingPoint
from app.infra.clock import SystemClock
from app.infra.paths import Paths
from app.infra.settings import PosSettings, ReceiverSettings, SellingPointSettings, Settings
from app.ports.pos import PosAdapter, PosWebhook
from app.services.no_pos import NoPos
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.rest import ORDERS, Pos, adapter_of

PROFILE = (
    """
[services.read_order]
path = "/orders/{id}"
result = '{"id": id, "status": answer.state}'
[webhooks]
signature = { kind = "hmac", header = "X-Bar-Signature", prefix = "sha256=", secret = "bar-hook" }
event = "body.kind"
[webhooks.events."ticket.moved"]
means = "orders"
id = "body.ticket"
"""
    + ORDERS
)
POINTS = (SellingPointSettings(id="71"), SellingPointSettings(id="72"))
SETTINGS = Settings(selling_points=POINTS, receiver=ReceiverSettings(enabled=True, port=0))


async def secret_of(name: str) -> str | None:
    return {"sandbox/pos/71/bar-hook": "s3cret"}.get(name)


@pytest.mark.parametrize(
    ("signed_with", "body", "status", "told"),
    [
        ("s3cret", b'{"kind": "ticket.moved", "ticket": 5}', 200, [("order.changed", {"data": {"id": "5"}})]),
        ("s3cret", b'{"kind": "coffee"}', 200, []),
        ("other", b'{"kind": "ticket.moved", "ticket": 5}', 401, []),
    ],
)
async def test_a_webhook_of_the_poss_own_form(
    signed_with: str, body: bytes, status: int, told: list[tuple[str, object]], expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("app.infra.pos_webhooks", logging.WARNING, "Webhooks of the POS of 71 are refused")
    heard: list[PosWebhook] = []

    async def hear(hint: PosWebhook) -> None:
        heard.append(hint)

    async with adapter_of(PROFILE, Pos()) as adapter:
        points: list[tuple[SellingPoint, PosAdapter]] = [(POINTS[0], adapter), (POINTS[1], NoPos())]
        async with receiver(SETTINGS, points, secret_of, hear, SystemClock()) as listening:
            digest = hmac.new(signed_with.encode(), body, hashlib.sha256).hexdigest()
            async with httpx.AsyncClient(trust_env=False) as client:
                headers = {"x-bar-signature": f"sha256={digest}"}
                answer = await client.post(f"{listening.url}/71/x", content=body, headers=headers)
    assert answer.status_code // 100 == status // 100
    assert [(hint.event, hint.body) for hint in heard] == told


async def test_a_pos_without_a_profile_proves_itself_as_ever(expected_logs: ExpectedLogs) -> None:
    async def hear(hint: PosWebhook) -> None:
        raise AssertionError("it was not proved")

    async with adapter_of(PROFILE, Pos()) as adapter:
        points: list[tuple[SellingPoint, PosAdapter]] = [(POINTS[0], adapter), (POINTS[1], NoPos())]
        async with (
            receiver(SETTINGS, points, secret_of, hear, SystemClock()) as listening,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            with expected_logs("app.infra.pos_webhooks", logging.WARNING, "POS of 72 are refused: SECRET_MISSING"):
                answer = await client.post(f"{listening.url}/72/x", content=b"{}")
    assert answer.status_code == 401


def test_the_secret_of_webhooks_is_named_by_the_profile(tmp_path: Path) -> None:
    paths = Paths(config=tmp_path / "config.toml", data=tmp_path, logs=tmp_path)
    (tmp_path / "bar.toml").write_text(f'[pos]\nname = "Bar"\n{PROFILE}')
    (tmp_path / "deaf.toml").write_text('[pos]\nname = "Deaf"\n')
    (tmp_path / "bad.toml").write_text("[pos]\n")

    def named(adapter: str, **options: str) -> str | None:
        pos = PosSettings(adapter=adapter, options=dict(options))
        return webhook_secret(SellingPointSettings(id="71", pos=pos), paths)

    assert named("rest", profile="bar.toml") == "sandbox/pos/71/bar-hook"
    assert named("rest", profile="deaf.toml") is None
    usual = "sandbox/pos/71/webhook-secret"
    assert named("rest", profile="bad.toml") == named("rest") == named("odoo") == named("reference") == usual
