"""Who we are at the POS: every kind, tokens fetched once and renewed once."""

import asyncio
import base64
from urllib.parse import parse_qs

import httpx
import pytest

from app.domain.errors import PosError, PosUnreachable, ProfileError
from app.ports.pos import PosSwitch
from tests.helpers.rest import Pos, adapter_of, answer

HEALTH = """
[services.health]
path = "/health"
result = '{"ok": answer.ok}'
"""

LOGIN = (
    """
[auth]
kind = "login"
path = "/login"
body = '{"user": options.user, "password": secrets.password}'
token = "answer.token"
expires_in = "answer.?seconds.orValue(null)"
[options.user]
default = "sinqro"
"""
    + HEALTH
)

OAUTH = (
    """
[auth]
kind = "oauth2"
token_url = "/token"
client_id = "{options.client}"
scope = "orders menu"
[options.client]
default = "c1"
"""
    + HEALTH
)


@pytest.mark.parametrize(
    ("kind", "header", "value"),
    [
        ('kind = "none"', "authorization", None),
        ('kind = "basic"\nuser = "bar"', "authorization", "Basic " + base64.b64encode("bar:señal".encode()).decode()),
        ('kind = "header"\nheader = "X-Key"\nprefix = "k:"\nsecret = "plain"', "x-key", "k:abc"),
        ('kind = "bearer"\nsecret = "plain"', "authorization", "Bearer abc"),
    ],
)
async def test_keys_that_stay(kind: str, header: str, value: str | None) -> None:
    pos = Pos(lambda _: answer({"ok": True}))
    secrets = {"password": "señal", "plain": "abc"}
    async with adapter_of(f"[auth]\n{kind}\n{HEALTH}", pos, secrets=secrets) as adapter:
        assert (await adapter.health()).ok
    assert pos.requests[0].headers.get(header) == value


async def test_a_key_in_the_address() -> None:
    pos = Pos(lambda _: answer({"ok": True}))
    text = f'[auth]\nkind = "query"\nparameter = "key"\n{HEALTH}'
    async with adapter_of(text, pos, secrets={"api-key": "a&b"}) as adapter:
        await adapter.health()
    assert dict(pos.requests[0].url.params) == {"key": "a&b"}


@pytest.mark.parametrize("secret", ["ñ", "a\nb", "a\r\nX-Admin: 1"])
async def test_a_key_that_no_header_can_carry_is_said_and_not_shown(secret: str) -> None:
    with pytest.raises(ProfileError, match="characters that no header has") as refused:
        adapter_of(f'[auth]\nkind = "bearer"\n{HEALTH}', Pos(), secrets={"token": secret})
    assert secret not in str(refused.value)


def logging_in(seconds: object = None, good: str = "") -> Pos:
    """A POS that gives tokens t1, t2 …; ``good``: the only one that it takes."""
    given = 0

    def play(request: httpx.Request) -> httpx.Response:
        nonlocal given
        if request.url.path in ("/api/login", "/api/token"):
            given += 1
            return answer(
                {"token": f"t{given}", "access_token": f"t{given}", "seconds": seconds, "expires_in": seconds}
            )
        if good and request.headers["authorization"] != f"Bearer {good}":
            return answer({}, 401)
        return answer({"ok": True})

    return Pos(play)


async def test_a_login_is_made_once() -> None:
    pos = logging_in()
    async with adapter_of(LOGIN, pos, secrets={"password": "p"}) as adapter:
        assert all([(await adapter.health()).ok for _ in range(3)])
    assert pos.asked == ["POST /login", *["GET /health"] * 3]
    assert pos.sent(0) == {"user": "sinqro", "password": "p"}
    assert pos.requests[1].headers["authorization"] == "Bearer t1"


async def test_those_who_come_together_share_a_login() -> None:
    pos = logging_in(good="t2")
    async with adapter_of(LOGIN, pos, secrets={"password": "p"}) as adapter:
        healths = await asyncio.gather(*(adapter.health() for _ in range(6)))
    assert all(health.ok for health in healths)
    assert pos.asked.count("POST /login") == 2  # the first, and one after six answers of 401


async def test_a_token_that_is_refused_again_is_not_renewed_for_ever() -> None:
    pos = logging_in(good="none")
    async with adapter_of(LOGIN, pos, secrets={"password": "p"}) as adapter:
        health = await adapter.health()
    assert not health.ok
    assert "does not accept" in health.message
    assert pos.asked == ["POST /login", "GET /health", "POST /login", "GET /health"]


@pytest.mark.parametrize(("seconds", "passed", "logins"), [(100, 60, 1), (100, 71, 2), (20, 9, 1), (20, 11, 2)])
async def test_a_token_is_renewed_before_its_end(
    monkeypatch: pytest.MonkeyPatch, seconds: int, passed: float, logins: int
) -> None:
    now = 1000.0
    monkeypatch.setattr("adapters.rest.auth.time.monotonic", lambda: now)
    pos = logging_in(seconds)
    async with adapter_of(LOGIN, pos, secrets={"password": "p"}) as adapter:
        await adapter.health()
        now += passed
        await adapter.health()
    assert pos.asked.count("POST /login") == logins


async def test_the_end_of_a_token_as_a_time() -> None:
    text = LOGIN.replace('expires_in = "answer.?seconds.orValue(null)"', "expires_at = 'time(answer.ends)'")
    ends = iter(["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])

    def play(request: httpx.Request) -> httpx.Response:
        return answer({"token": "t", "ends": next(ends)} if request.method == "POST" else {"ok": True})

    pos = Pos(play)
    async with adapter_of(text, pos, secrets={"password": "p"}) as adapter:
        for _ in range(3):
            await adapter.health()
    assert pos.asked.count("POST /login") == 2


@pytest.mark.parametrize(
    ("reply", "kind", "retryable"),
    [
        (answer({}, 401), ProfileError, False),
        (answer({}, 503), PosError, True),
        (answer({"other": 1}), ProfileError, True),
        (httpx.Response(200, text="<html>"), ProfileError, True),
    ],
)
async def test_a_login_that_fails_has_sent_nothing(
    reply: httpx.Response, kind: type[PosError], retryable: bool
) -> None:
    pos = Pos()
    text = LOGIN + '[services.set_availability]\nmethod = "PUT"\npath = "/online"\nbody = "{}"\n'
    async with adapter_of(text, pos, secrets={"password": "p"}) as adapter:
        pos.answers = [reply]
        with pytest.raises(kind) as refused:
            await adapter.set_availability(PosSwitch(online=True))
        assert refused.value.retryable is retryable
        assert pos.asked == ["POST /login"]
        # and the next one tries again
        pos.answers = [answer({"token": "t"}), answer({})]
        await adapter.set_availability(PosSwitch(online=True))


async def test_a_login_that_nobody_answers_is_unreachable() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    async with adapter_of(LOGIN, Pos(play), secrets={"password": "p"}) as adapter:
        with pytest.raises(PosUnreachable):
            await adapter.health()


async def test_client_credentials() -> None:
    pos = logging_in(3600)
    async with adapter_of(OAUTH, pos, secrets={"client-secret": "s"}) as adapter:
        assert (await adapter.health()).ok
    assert pos.asked == ["POST /token", "GET /health"]
    assert pos.requests[0].headers["authorization"] == "Basic " + base64.b64encode(b"c1:s").decode()
    assert parse_qs(pos.requests[0].content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["orders menu"],
    }
    assert pos.requests[1].headers["authorization"] == "Bearer t1"


async def test_client_credentials_in_the_body_at_another_address() -> None:
    text = OAUTH.replace('"/token"', '"https://login.example.com/api/token"\nclient_auth = "body"\naudience = "pos"')
    pos = logging_in(3600)
    async with adapter_of(text, pos, secrets={"client-secret": "s"}) as adapter:
        await adapter.health()
    assert str(pos.requests[0].url) == "https://login.example.com/api/token"
    sent = parse_qs(pos.requests[0].content.decode())
    assert (sent["client_id"], sent["client_secret"], sent["audience"]) == (["c1"], ["s"], ["pos"])


async def test_a_token_does_not_go_over_the_internet_unprotected() -> None:
    text = OAUTH.replace('"/token"', '"http://login.example.com/token"')
    async with adapter_of(text, Pos(), secrets={"client-secret": "s"}) as adapter:
        health = await adapter.health()
    assert "unprotected" in health.message


async def test_secrets_in_headers_of_the_connection() -> None:
    text = '[connection]\nheaders = { "X-Venue" = "{options.venue}", "X-App" = "{secrets.app_key}" }\n'
    text += '[options.venue]\ndefault = 12\ntype = "number"\n[secrets.app-key]\n' + HEALTH
    pos = Pos(lambda _: answer({"ok": True}))
    async with adapter_of(text, pos, secrets={"app-key": "k"}, options={"venue": 12}) as adapter:
        await adapter.health()
    assert (pos.requests[0].headers["x-venue"], pos.requests[0].headers["x-app"]) == ("12", "k")
