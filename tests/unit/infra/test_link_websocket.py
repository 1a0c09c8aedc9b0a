"""The link over a real websocket on loopback."""

import asyncio
import http
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response as HttpResponse

from app.domain.errors import (
    ConfigurationError,
    CredentialsRefused,
    LedgerError,
    SinqroRefused,
    SinqroUnreachable,
    VaultError,
)
from app.infra.link_connection import BACKLOG, IN_FLIGHT
from app.infra.link_websocket import MEASURE_EVERY
from app.link.backoff import Backoff
from app.link.messages import RequestFault
from app.link.state import LinkPhase
from tests.helpers.link import FakeSinqro, Link, RealClock, ask
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.tls import server_context

LINK_LOG = "app.infra.link_websocket"


def status(code: int, **headers: str) -> HttpResponse:
    fields = Headers({name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Length": "0"})
    return HttpResponse(code, http.HTTPStatus(code).phrase, fields, b"")


def request(number: int, method: str = "order.create", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def told(link: Link) -> list[str]:
    """What the handler was told, without the signs of life."""
    return [event for event in link.handler.events if event != "alive"]


async def test_hello_request_and_call() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        assert link.client.connected
        assert sinqro.hellos == [{"deviceName": "CAJA-1"}]
        assert sinqro.handshakes[0]["x-api-user-access-token"] == "token-1"
        assert sinqro.handshakes[0]["user-agent"] == "companion/test"
        assert websocket.subprotocol == "sinqro-link.v1"
        answer = await ask(websocket, request(5, "order.get", orderId=7))
        assert answer == {"jsonrpc": "2.0", "id": 5, "result": {"method": "order.get", "params": {"orderId": 7}}}
        assert link.handler.roles[0].id == "1"
        assert told(link) == ["opened", "order.get"]
        assert link.handler.events.count("alive") == 1  # of several frames within a second

        call = asyncio.create_task(link.client.call("order.list", {"since": 1}))
        asked = json.loads(await websocket.recv())
        assert (asked["method"], asked["params"]) == ("order.list", {"since": 1})
        await websocket.send(json.dumps({"id": asked["id"], "result": {"orders": []}}))
        assert await call == {"orders": []}


async def test_errors_of_calls() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        call = asyncio.create_task(link.client.call("order.get", {}))
        asked = json.loads(await websocket.recv())
        error = {"code": -32000, "message": "m", "data": {"code": "NO_ORDER", "message": "there is no such order"}}
        await websocket.send(json.dumps({"id": asked["id"], "error": error}))
        with pytest.raises(SinqroRefused, match="there is no such order"):
            await call
        with pytest.raises(SinqroUnreachable, match=r"did not answer order\.get within 0\.01 s"):
            await link.client.call("order.get", {}, timeout=0.01)


async def test_no_call_without_a_link() -> None:
    link = Link("ws://127.0.0.1:9")
    with pytest.raises(SinqroUnreachable):
        await link.client.call("order.get", {})


async def test_pending_calls_fail_at_once_and_the_link_comes_back(expected_logs: ExpectedLogs) -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        with expected_logs(LINK_LOG, logging.WARNING, "no link to Sinqro") as records:
            calls = [asyncio.create_task(link.client.call("order.get", {}, timeout=60)) for _ in range(3)]
            await websocket.recv()
            websocket.transport.abort()
            for outcome in await asyncio.gather(*calls, return_exceptions=True):
                assert isinstance(outcome, SinqroUnreachable)
            await ask(await sinqro.connection(), request(1))
        assert len(records) == 1
        assert told(link) == ["opened", "closed: the connection to Sinqro broke", "opened", "order.create"]


async def test_one_outage_is_one_line(expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LINK_LOG)
    sinqro = FakeSinqro()
    failures = 5

    def refuse() -> HttpResponse | None:
        return status(503) if len(sinqro.handshakes) <= failures else None

    sinqro.refusal = refuse
    with expected_logs(LINK_LOG, logging.WARNING, r"maintenance \(503\)") as records:
        async with sinqro.running(), Link(sinqro.url).running() as link:
            await link.until(LinkPhase.OPEN)
    assert len(records) == 1
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.INFO] == [
        "the link to Sinqro is back"
    ]
    assert len([event for event in link.handler.events if event.startswith("closed")]) == 1
    waiting = [state for state in link.states if state.phase is LinkPhase.WAITING]
    assert len(waiting) == failures
    assert waiting[0].code == "BUSY"
    assert all(state.retry_at is not None for state in waiting)


@pytest.mark.parametrize("code", [401, 403])
async def test_refused_tokens_wait_for_a_person(code: int, expected_logs: ExpectedLogs) -> None:
    sinqro = FakeSinqro()
    sinqro.refusal = lambda: status(code)
    with expected_logs(LINK_LOG, logging.WARNING, "pair again") as records:
        async with sinqro.running(), Link(sinqro.url).running() as link:
            state = await link.until(LinkPhase.CREDENTIALS)
            assert state.retry_at is not None
            assert state.retry_at - datetime.now(UTC) > timedelta(minutes=14)
            await asyncio.sleep(0.2)  # several times the backoff
            assert len(sinqro.handshakes) == 1
            sinqro.refusal = lambda: None
            link.client.wake()
            await link.until(LinkPhase.OPEN)
    assert len(records) == 1


async def test_vault_and_missing_tokens(expected_logs: ExpectedLogs) -> None:
    errors: list[Exception] = [VaultError("locked", locked=True), CredentialsRefused("not paired yet")]

    async def tokens() -> dict[str, str]:
        if errors:
            raise errors.pop(0)
        return {}

    sinqro = FakeSinqro()
    expected_logs.allow(LINK_LOG, logging.WARNING, "locked|not paired yet")
    async with sinqro.running(), Link(sinqro.url, tokens=tokens).running() as link:
        await link.until(LinkPhase.CREDENTIALS)
        assert [(state.phase, state.code) for state in link.states if state.retry_at] == [
            (LinkPhase.WAITING, "VAULT_LOCKED"),
            (LinkPhase.CREDENTIALS, "CREDENTIALS_REFUSED"),
        ]
        link.client.reconnect_now()
        await link.until(LinkPhase.OPEN)


async def test_retry_after_is_honoured(expected_logs: ExpectedLogs) -> None:
    sinqro = FakeSinqro()
    sinqro.refusal = lambda: status(429, Retry_After="30")
    expected_logs.allow(LINK_LOG, logging.WARNING, "429")
    async with sinqro.running(), Link(sinqro.url).running() as link:
        state = await link.until(LinkPhase.WAITING)
        assert state.retry_at is not None
        assert timedelta(seconds=29) < state.retry_at - datetime.now(UTC) < timedelta(seconds=31)


@pytest.mark.parametrize(
    "refusal",
    [status(404), status(301, Location="ws://127.0.0.1:9/elsewhere"), status(200)],
    ids=["404", "redirect", "200"],
)
async def test_what_is_no_link_is_refused(refusal: HttpResponse, expected_logs: ExpectedLogs) -> None:
    """A redirect is not followed: the tokens would go wherever it leads."""
    sinqro = FakeSinqro()
    sinqro.refusal = lambda: refusal
    expected_logs.allow(LINK_LOG, logging.WARNING, "no link")
    async with sinqro.running(), Link(sinqro.url).running() as link:
        state = await link.until(LinkPhase.REFUSED)
        assert state.code == "NO_LINK"
        assert len(sinqro.handshakes) == 1


async def test_refused_hello(expected_logs: ExpectedLogs) -> None:
    sinqro = FakeSinqro()
    sinqro.answer = {"error": {"code": -32000, "message": "too old", "data": {"code": "VERSION", "message": "too old"}}}
    expected_logs.allow(LINK_LOG, logging.WARNING, "does not take this companion: too old")
    async with sinqro.running(), Link(sinqro.url).running() as link:
        assert (await link.until(LinkPhase.REFUSED)).code == "VERSION"
        assert not link.client.connected


async def test_nobody_there(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, r"cannot be reached|closed the link \(1001\)")
    sinqro = FakeSinqro()
    async with sinqro.running():
        pass
    async with Link(sinqro.url).running() as link:
        assert (await link.until(LinkPhase.WAITING)).code == "UNREACHABLE"
        port = int(sinqro.url.split(":")[2].split("/")[0])
        async with sinqro.running(port):
            await link.until(LinkPhase.OPEN)


async def test_plain_ws_is_for_this_machine_only() -> None:
    with pytest.raises(ConfigurationError):
        Link("ws://link.example.test/")


async def test_a_certificate_that_is_not_trusted(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "certificate is not trusted")
    sinqro = FakeSinqro()
    async with sinqro.running(tls=server_context(tmp_path)), Link(sinqro.url).running() as link:
        assert (await link.until(LinkPhase.WAITING)).code == "TLS"
        assert sinqro.handshakes == []  # no token has left


async def test_a_certificate_that_the_system_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    sinqro = FakeSinqro()
    async with sinqro.running(tls=tls), Link(sinqro.url).running() as link:
        await link.until(LinkPhase.OPEN)


async def test_a_hello_without_an_answer(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "does not answer in time")
    sinqro = FakeSinqro()
    sinqro.answer = None
    async with sinqro.running(), Link(sinqro.url, open_timeout=0.1).running() as link:
        assert (await link.until(LinkPhase.WAITING)).code == "UNREACHABLE"
        assert len(sinqro.hellos) == 1


@pytest.mark.parametrize("token", ["a\r\nx-evil: 1", "señal", " "])
async def test_a_token_that_is_none_is_not_sent(token: str, expected_logs: ExpectedLogs) -> None:
    async def tokens() -> dict[str, str]:
        return {"x-api-user-access-token": token}

    expected_logs.allow(LINK_LOG, logging.WARNING, "characters that no token has")
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url, tokens=tokens).running() as link:
        await link.until(LinkPhase.CREDENTIALS)
        assert sinqro.handshakes == []


async def test_half_open_socket_is_found(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "stopped answering|broke")
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url, ping_interval=0.1, ping_timeout=0.1).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        websocket.transport.pause_reading()
        try:
            async with asyncio.timeout(3):  # 0.1 + 0.1 and the close timeout of a second
                await sinqro.connection()
                await link.until(LinkPhase.OPEN)
        finally:
            websocket.transport.abort()


class JumpingClock(RealClock):
    """Its wall clock can be put forward, as sleep of the machine does."""

    jump = timedelta(0)
    passed = 0.0

    def now(self) -> datetime:
        return super().now() + self.jump

    def monotonic(self) -> float:
        return super().monotonic() + self.passed


@pytest.mark.parametrize("seconds", [31 + 0.2, -3600])
async def test_a_jump_of_the_clock_reconnects(seconds: float, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "broke")
    clock = JumpingClock()
    sinqro = FakeSinqro()
    # So patient that only the jump can bring it back in time.
    patient = Backoff(first=1000, most=1000)
    async with sinqro.running(), Link(sinqro.url, clock=clock, tick=0.05, backoff=patient).running() as link:
        await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        await asyncio.sleep(0.12)
        assert len(sinqro.handshakes) == 1
        clock.jump = timedelta(seconds=seconds)
        await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        assert len(sinqro.handshakes) == 2


async def test_sinqro_s_clock_is_measured_now_and_then() -> None:
    clock = JumpingClock()
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url, clock=clock, tick=0.02).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        clock.passed = MEASURE_EVERY + 1
        asked = json.loads(await websocket.recv())
        assert asked["method"] == "link.ping"
        theirs = datetime.now(UTC) + timedelta(minutes=7)
        answer = {"id": asked["id"], "result": {"time": theirs.isoformat()}}
        await websocket.send(json.dumps(answer))
        assert (await ask(websocket, request(1)))["id"] == 1
        assert link.offset.value is not None
        assert abs(link.offset.value - timedelta(minutes=7)) < timedelta(seconds=1)


async def test_a_good_while_starts_the_delays_anew(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "broke")
    clock = JumpingClock()
    sinqro = FakeSinqro()
    growing = Backoff(first=0.01, most=1000, reset_after=60)
    async with sinqro.running(), Link(sinqro.url, clock=clock, backoff=growing).running() as link:
        for _ in range(14):  # without a new start the last delay would be up to 80 s
            websocket = await sinqro.connection()
            await link.until(LinkPhase.OPEN)
            clock.passed += 61
            websocket.transport.abort()
        await sinqro.connection()


async def test_a_handshake_that_hangs_can_be_cut_short(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "in time")
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.put_nowait(writer)

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        patient = Backoff(first=1000, most=1000)
        async with Link(f"ws://127.0.0.1:{port}", open_timeout=60, backoff=patient).running() as link:
            async with asyncio.timeout(5):
                first = await accepted.get()
                link.client.reconnect_now()
                link.client.reconnect_now()
                second = await accepted.get()
        first.close()
        second.close()


async def test_requests_come_in_order_and_answer_as_they_are_done() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        came: list[int] = []
        first_may_end = asyncio.Event()

        async def on_request(_: str, params: bytes) -> Any:
            number = json.loads(params)["n"]
            came.append(number)
            if number == 0:
                await first_may_end.wait()
            return number

        link.handler.on_request = on_request
        for number in range(50):
            await websocket.send(json.dumps(request(number, n=number)))
        answers = [json.loads(await websocket.recv())["id"] for _ in range(49)]
        assert answers == list(range(1, 50))
        first_may_end.set()
        assert json.loads(await websocket.recv())["id"] == 0
        assert came == list(range(50))


async def test_a_full_house_keeps_the_order_and_lets_pings_through() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        came: list[int] = []
        running = most = 0
        go_on = asyncio.Event()

        async def on_request(method: str, params: bytes) -> Any:
            nonlocal running, most
            if method == "link.ping":
                return "pong"
            came.append(json.loads(params)["n"])
            running += 1
            most = max(most, running)
            await go_on.wait()
            running -= 1
            return None

        link.handler.on_request = on_request
        total = IN_FLIGHT + 300
        for number in range(total):
            await websocket.send(json.dumps(request(number, n=number)))
        assert (await ask(websocket, request(9999, "link.ping")))["result"] == "pong"
        assert len(came) == IN_FLIGHT
        go_on.set()
        for _ in range(total):
            await websocket.recv()
        assert came == list(range(total))
        assert most == IN_FLIGHT


async def test_a_dead_connection_is_noticed_while_nothing_is_read(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "broke")
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        came = 0
        go_on = asyncio.Event()

        async def on_request(_: str, __: bytes) -> Any:
            nonlocal came
            came += 1
            await go_on.wait()

        link.handler.on_request = on_request
        for number in range(IN_FLIGHT + BACKLOG + 50):
            await websocket.send(json.dumps(request(number)))
        await websocket.send(json.dumps(request(1, "link.ping")))
        async with asyncio.timeout(5):
            while came < IN_FLIGHT:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert came == IN_FLIGHT  # not even the ping is read any more
        link.client.reconnect_now()
        websocket = await sinqro.connection()
        go_on.set()
        assert (await ask(websocket, request(7)))["id"] == 7


async def test_requests_wait_until_the_services_are_ready() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running():
        link = Link(sinqro.url)
        ready = asyncio.Event()

        async def on_opened() -> None:
            # What a service may do at this moment: ask Sinqro.
            assert await link.client.call("order.list", {}) == "list"
            await ready.wait()

        link.handler.on_opened = on_opened
        async with link.running():
            websocket = await sinqro.connection()
            asked = json.loads(await websocket.recv())
            await websocket.send(json.dumps(request(1)))
            await websocket.send(json.dumps({"id": asked["id"], "result": "list"}))
            pong = await websocket.ping()
            await pong
            assert "order.create" not in link.handler.events
            ready.set()
            assert json.loads(await websocket.recv())["id"] == 1
            assert told(link) == ["opened", "order.create"]


async def test_services_that_cannot_open_get_another_try(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("app.infra", logging.WARNING, "not ready: disk full|broke")
    sinqro = FakeSinqro()
    async with sinqro.running():
        link = Link(sinqro.url)
        tries = 0

        async def on_opened() -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise LedgerError("disk full")

        link.handler.on_opened = on_opened
        async with link.running():
            await sinqro.connection()
            websocket = await sinqro.connection()
            assert (await ask(websocket, request(1)))["id"] == 1
            assert tries == 2


async def test_a_bug_at_opening_gets_another_try(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "broke")
    sinqro = FakeSinqro()
    async with sinqro.running():
        link = Link(sinqro.url)

        async def on_opened() -> None:
            if len(sinqro.hellos) == 1:
                raise ZeroDivisionError

        link.handler.on_opened = on_opened
        with expected_logs("app.infra.link_connection", logging.ERROR, "bug: the handler failed when the link opened"):
            async with link.running():
                await sinqro.connection()
                assert (await ask(await sinqro.connection(), request(1)))["id"] == 1


async def test_a_fault_that_cannot_be_kept(expected_logs: ExpectedLogs) -> None:
    errors: list[Exception] = [LedgerError("disk full"), ZeroDivisionError()]

    async def on_fault(_: bytes, __: str) -> None:
        raise errors.pop(0)

    expected_logs.allow("app.infra.link_connection", logging.WARNING, "could not be kept: disk full")
    expected_logs.allow("app.infra.link_connection", logging.ERROR, "bug: .* could not be kept")
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url, on_fault=on_fault).running():
        websocket = await sinqro.connection()
        for number in range(2):
            assert (await ask(websocket, "{"))["error"]["code"] == -32700
            assert (await ask(websocket, request(number)))["id"] == number
    assert errors == []


async def test_faults_and_bugs_of_the_handler(expected_logs: ExpectedLogs) -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        outcomes: list[Any] = [
            RequestFault("no", code="NO", field="$.x"),
            LedgerError("disk full"),
            ZeroDivisionError(),
            object(),
            "fine",
        ]

        async def on_request(_: str, __: bytes) -> Any:
            outcome = outcomes.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        link.handler.on_request = on_request
        with expected_logs("app.infra.link_connection", logging.ERROR, "bug: the handler of order.create") as records:
            answers = [await ask(websocket, request(number)) for number in range(5)]
        assert len(records) == 2
        assert all(record.exc_info for record in records)
        codes = [answer.get("error", {}).get("code") for answer in answers]
        assert codes == [-32000, -32000, -32603, -32603, None]
        assert answers[1]["error"]["data"] == {"code": "LEDGER_UNUSABLE", "message": "disk full", "retryable": True}
        assert answers[4]["result"] == "fine"


async def test_bad_frames_do_not_end_the_link() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        deep = '{"id":4,"method":"order.create","params":' + "[" * 100_000
        for frame, code in (("{", -32700), ("[]", -32600), ('{"id":1,"method":2}', -32600), (deep, -32600)):
            assert (await ask(websocket, frame))["error"]["code"] == code
        assert (await ask(websocket, request(5)))["id"] == 5
        assert [code for _, code in link.faults] == ["PARSE_ERROR", "BATCH", "INVALID_REQUEST", "TOO_DEEP"]
        assert link.faults[3][0] == deep.encode()


async def test_5_mib_are_answered() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        answer = await ask(websocket, request(5, x="x" * 5 * 2**20))
        assert (answer["id"], answer["error"]["data"]["code"]) == (5, "TOO_LARGE")
        assert (await ask(websocket, request(6)))["id"] == 6


async def test_17_mib_close_and_after_two_sinqro_is_asked_not_to_repeat(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "larger than 16 MiB")
    sinqro = FakeSinqro()
    huge = json.dumps(request(5, x="x" * 17 * 2**20))
    async with sinqro.running(), Link(sinqro.url).running() as link:
        for _ in range(2):
            websocket = await sinqro.connection()
            with pytest.raises(ConnectionClosed):  # noqa: PT012 - either may notice
                await websocket.send(huge)
                await websocket.recv()
            assert websocket.close_code == 1009
        websocket = await sinqro.connection()
        assert [hello.get("refusing") for hello in sinqro.hellos] == [None, None, "TOO_LARGE"]
        assert (await ask(websocket, request(6)))["id"] == 6
        assert link.client.connected


async def test_bye_is_said_and_ends_the_run() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running():
        link = Link(sinqro.url)
        run = asyncio.create_task(link.client.run())
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        back = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
        bye = asyncio.create_task(link.client.bye("update", back))
        said = json.loads(await websocket.recv())
        assert (said["method"], said["params"]) == (
            "link.bye",
            {"reason": "update", "expectedBack": "2026-11-25T20:00:00Z"},
        )
        await websocket.send(json.dumps({"id": said["id"], "result": {}}))
        await bye
        async with asyncio.timeout(1):
            await run
        assert websocket.close_code == 1000
        assert link.client.state.phase is LinkPhase.STOPPED
        assert link.handler.events[-1] == "closed: the companion ends"
        assert len(sinqro.handshakes) == 1


async def test_bye_does_not_wait_for_a_silent_sinqro() -> None:
    sinqro = FakeSinqro()
    async with sinqro.running():
        link = Link(sinqro.url)
        run = asyncio.create_task(link.client.run())
        websocket = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        websocket.transport.pause_reading()
        async with asyncio.timeout(1.5):
            await link.client.bye("quit")
            await run
        websocket.transport.abort()


async def test_bye_without_a_link(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "cannot be reached")
    link = Link("ws://127.0.0.1:9", backoff=Backoff(first=1000, most=1000))
    run = asyncio.create_task(link.client.run())
    await link.until(LinkPhase.WAITING)
    async with asyncio.timeout(1):
        await link.client.bye("quit")
        await run


async def test_answers_of_a_lost_connection_are_dropped(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow(LINK_LOG, logging.WARNING, "broke")
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        websocket: ServerConnection = await sinqro.connection()
        await link.until(LinkPhase.OPEN)
        started, may_end = asyncio.Event(), asyncio.Event()

        async def on_request(_: str, params: bytes) -> Any:
            if json.loads(params)["n"] == 1:
                started.set()
                await may_end.wait()
            return json.loads(params)["n"]

        link.handler.on_request = on_request
        await websocket.send(json.dumps(request(1, n=1)))
        await started.wait()
        websocket.transport.abort()
        websocket = await sinqro.connection()
        may_end.set()  # its id is not of this connection
        assert await ask(websocket, request(2, n=2)) == {"jsonrpc": "2.0", "id": 2, "result": 2}
        assert (await ask(websocket, request(3, n=3)))["id"] == 3


async def test_no_token_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sinqro = FakeSinqro()
    async with sinqro.running(), Link(sinqro.url).running() as link:
        await link.until(LinkPhase.OPEN)
    ours = [record for record in caplog.records if record.name != "websockets.server"]
    assert not [record for record in ours if "token-1" in record.getMessage()]
