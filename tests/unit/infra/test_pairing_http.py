"""Pairing against an HTTP server on loopback."""

import json
from typing import Any

import pytest

from app.domain.errors import ConfigurationError, CredentialsRefused, SinqroRefused, SinqroUnreachable
from app.infra.pairing_http import PairingResult, pair
from tests.helpers.http import FakeHttp

ANSWER: dict[str, Any] = {
    "userAccessToken": "token-1",
    "linkUrl": "wss://link.example.test/",
    "notificationUrl": "https://api.example.test/notifications",
    "notificationSecret": "whsec_c2VjcmV0",
    "sellingPoints": [{"id": 3961, "name": "SuperPizza", "timezone": "Europe/Madrid"}, {"id": "77"}],
}


async def paired(http: FakeHttp, code: str = "ABCD-2345", timeout: float = 5) -> PairingResult:
    return await pair(
        base_url=f"{http.url}/v1/", code=code, device_name="CAJA-1", installation_id="inst-1", timeout=timeout
    )


async def test_pairing() -> None:
    async with FakeHttp().running() as http:
        http.answer = http.response(200, json.dumps(ANSWER).encode())
        result = await paired(http, " abcd 2345")
        (sent,) = http.requests
    assert sent.target == "/v1/pairing"
    assert json.loads(sent.body) == {"code": "ABCD2345", "deviceName": "CAJA-1", "installationId": "inst-1"}
    assert result.user_access_token == "token-1"
    assert [(point.id, point.name, point.timezone) for point in result.selling_points] == [
        (3961, "SuperPizza", "Europe/Madrid"),
        ("77", "", "Europe/Madrid"),
    ]
    assert "token-1" not in repr(result)
    assert "whsec_" not in f"{result}"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, b"", "PAIRING_CODE_UNKNOWN"),
        (409, b"{}", "PAIRING_CODE_USED"),
        (410, b"", "PAIRING_CODE_EXPIRED"),
        (429, b"", "TOO_MANY_TRIES"),
        (410, b'{"code":"TOO_MANY_TRIES"}', "TOO_MANY_TRIES"),
    ],
)
async def test_codes_that_are_refused(status: int, body: bytes, code: str) -> None:
    async with FakeHttp().running() as http:
        http.answer = http.response(status, body)
        with pytest.raises(CredentialsRefused) as caught:
            await paired(http)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("code", ["", "ABC", "ABCD23456"])
async def test_a_code_of_another_length_costs_no_try(code: str) -> None:
    async with FakeHttp().running() as http:
        with pytest.raises(CredentialsRefused, match="8 letters and digits"):
            await paired(http, code)
        assert http.requests == []


@pytest.mark.parametrize(
    "changes",
    [
        {"userAccessToken": None},
        {"sellingPoints": [{"name": "x"}]},
        {"linkUrl": "ws://example.test/"},
        {"notificationUrl": "http://example.test/"},
    ],
)
async def test_an_answer_that_cannot_be_used(changes: dict[str, Any]) -> None:
    async with FakeHttp().running() as http:
        http.answer = http.response(200, json.dumps(ANSWER | changes).encode())
        with pytest.raises(SinqroRefused) as caught:
            await paired(http)
    assert "token-1" not in str(caught.value)


async def test_other_answers() -> None:
    async with FakeHttp().running() as http:
        http.answer = http.response(503)
        with pytest.raises(SinqroUnreachable, match="maintenance"):
            await paired(http)
        http.answer = http.response(302, location="https://elsewhere.test/")
        with pytest.raises(SinqroRefused, match="302"):
            await paired(http)
        http.answer = None
        with pytest.raises(SinqroUnreachable, match="does not answer"):
            await paired(http, timeout=0.05)
    with pytest.raises(SinqroUnreachable, match="cannot be reached"):
        await paired(http)


async def test_not_encrypted_is_for_this_machine_only() -> None:
    with pytest.raises(ConfigurationError):
        await pair(base_url="http://api.example.test", code="ABCD2345", device_name="x", installation_id="y")
