"""The Sinqro sandbox's link and notifications against a companion small enough to read."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import websockets

from app.domain.status import OrderType, Status
from app.link import wire
from app.sandbox import sinqro_link
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from app.sandbox.sinqro import SinqroSandbox
from app.sandbox.sinqro_faults import SinqroFaults
from tests.helpers.fake_companion import FakeCompanion, Refused, store


@pytest.fixture
async def sinqro() -> AsyncIterator[SinqroSandbox]:
    async with SinqroSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def make() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=11, first_id=700_000)


def companion(sinqro: SinqroSandbox, **kwargs: Any) -> FakeCompanion:
    return FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code(), **kwargs)


def silent(method: str, params: dict[str, Any]) -> Any:
    return None


@asynccontextmanager
async def two(sinqro: SinqroSandbox, **kwargs: Any) -> AsyncIterator[tuple[FakeCompanion, FakeCompanion]]:
    async with (
        companion(sinqro, **kwargs) as one,
        companion(sinqro, installation_id="install-2", device_name="CAJA-2") as other,
    ):
        yield one, other


def methods(one: FakeCompanion) -> list[str]:
    return [method for method, _ in one.received]


# ---------------------------------------------------------------- orders


async def test_an_order_is_passed_on_as_it_is(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    raw = to_json(make.order(OrderType.DELIVERY)).replace(b'"id":', b' "unknown" : [1.10, null],\n "id" :  ', 1)
    async with companion(sinqro) as one:
        made = sinqro.place(raw)
        assert await sinqro.answer_of(made) == {"result": {"state": "stored", "orderId": 700_000}}
        assert raw.decode() in one.raw[-1]
        _, params = one.received[0]
        assert params["requestId"] == made.id
        assert params["sellingPointId"] == "3961"
    order = sinqro.order(700_000)
    assert order is not None
    assert order.status == "waiting_sp_validation"
    assert order.response_ms is not None
    assert 0 < order.response_ms < 5000
    assert sinqro.summary()["placed"] == 1
    assert sinqro.summary()["response_p99_ms"] == order.response_ms


async def test_requests_wait_for_the_first_companion_and_keep_their_order(
    sinqro: SinqroSandbox, make: OrderGenerator
) -> None:
    order = make.order(OrderType.DELIVERY)
    sinqro.place(order)
    sinqro.update(str(order["id"]), make.edit(order))
    last = sinqro.change_status(str(order["id"]), "cancelled", reason="customer_request")
    async with companion(sinqro) as one:
        await sinqro.answer_of(last)
        assert methods(one) == ["order.create", "order.update", "order.status.update"]
        assert [params.get("revision") for _, params in one.received] == [None, 1, 2]
        assert one.received[2][1]["reason"] == "customer_request"
        assert len({params["requestId"] for _, params in one.received}) == 3
    assert sinqro.state.unanswered == {}


async def test_an_unanswered_request_is_repeated_after_a_reconnect_until_answered(
    sinqro: SinqroSandbox, make: OrderGenerator
) -> None:
    async with companion(sinqro, handle=silent) as one:
        made = sinqro.place(make.order())
        while not one.received:
            await asyncio.sleep(0.005)
        one.vanish()
        await one.closed()
        one.handle = store
        await one.connect()
        assert await sinqro.answer_of(made) is not None
        first, second = one.received
        assert first == second
        await one.disconnect()
        await one.connect()
        await one.call("link.ping", {})
        assert len(one.received) == 2


async def test_a_retryable_error_is_repeated_and_another_is_final(
    sinqro: SinqroSandbox, make: OrderGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinqro_link, "RETRY", 0.05)
    answers = iter([True, True, False])

    def refuse(method: str, params: dict[str, Any]) -> Any:
        raise Refused({"code": -32000, "message": "no", "data": {"code": "BUSY", "retryable": next(answers)}})

    async with companion(sinqro, handle=refuse) as one:
        answer = await sinqro.answer_of(sinqro.place(make.order()))
        assert answer is not None
        assert answer["error"]["data"]["retryable"] is False
        assert len(one.received) == 3


async def test_a_backlog_that_moves_is_not_sent_again(
    sinqro: SinqroSandbox, make: OrderGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinqro_link, "SILENCE", 0.1)
    monkeypatch.setattr(sinqro_link, "RETRY", 0.02)

    def slow(method: str, params: dict[str, Any]) -> Any:
        time.sleep(0.002)
        return store(method, params)

    async with companion(sinqro, handle=slow) as one:
        made = [sinqro.place(make.order()) for _ in range(200)]
        for request in made:
            assert await sinqro.answer_of(request) is not None
        assert len(one.received) == 200


async def test_frames_that_are_no_answer_end_nothing(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    async with companion(sinqro, handle=silent) as one:
        made = sinqro.place(make.order())
        for text in (
            "[]",
            '{"result": 1}',
            '{"id": [1], "result": 1}',
            '{"id": "unknown", "error": null}',
            '{"method": "link.ping"}',
            '{"id": "%s", "result": %s%s}' % (made.id, "[" * 900, "]" * 900),  # noqa: UP031
            '{"id": "%s", "result": %s%s}' % (made.id, "[" * 100_000, "]" * 100_000),  # noqa: UP031
        ):
            await one.send(text)
        assert (await one.call("link.ping", {}))["result"]


async def test_nonsense_is_sent_raw_and_its_refusal_is_final(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    async with companion(sinqro) as one:
        made = sinqro.place(b'{"id": 77, "totalAmount": NaN, oops')
        answer = await sinqro.answer_of(made)
        assert answer is not None
        assert answer["error"]["code"] == -32700
        assert '"order":{"id": 77, "totalAmount": NaN, oops}' in one.raw[-1]
        good = sinqro.place(make.order())
        assert await sinqro.answer_of(good) is not None
    order = sinqro.order(77)
    assert order is not None
    assert order.raw.endswith(b"oops")
    assert sinqro.state.unanswered == {}


async def test_the_status_of_an_order_that_has_not_come_yet(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    order = make.order()
    async with companion(sinqro) as one:
        sinqro.change_status(str(order["id"]), "cancelled")
        await sinqro.answer_of(sinqro.place(order))
        assert methods(one) == ["order.status.update", "order.create"]
        assert one.received[0][1]["orderId"] == order["id"]
    known = sinqro.order(order["id"])
    assert known is not None
    assert known.status == "cancelled"
    assert known.cancel_answered_at is not None


# ---------------------------------------------------------------- the companion's requests


async def test_orders_are_given_out_with_what_became_of_them(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    async with companion(sinqro) as one:
        ids = [make.order()["id"] for _ in range(3)]
        make = OrderGenerator(restaurant=superpizza(), seed=11, first_id=ids[0])
        for _ in ids:
            await sinqro.answer_of(sinqro.place(make.order()))
        assert (await one.status(ids[0], "accepted")).status_code == 200
        sinqro.change_status(str(ids[1]), "cancelled", comment="no longer hungry")
        got = (await one.call("order.get", {"sellingPointId": "3961", "orderId": ids[0]}))["result"]
        assert got["order"]["status"]["code"] == "accepted"
        assert got["order"]["isAcceptable"] is False
        assert got["order"]["isCancellable"] is True
        assert (got["revision"], got["notifiedRevision"]) == (0, 1)
        first = (await one.call("order.list", {"sellingPointId": "3961", "limit": 2}))["result"]
        rest = (await one.call("order.list", {"sellingPointId": "3961", "cursor": first["nextCursor"]}))["result"]
        listed = first["orders"] + rest["orders"]
        assert [item["order"]["id"] for item in listed] == ids
        assert "nextCursor" not in rest
        off = listed[1]
        assert (off["order"]["status"]["code"], off["order"]["status"]["isFinalStatus"]) == ("cancelled", True)
        assert off["order"]["cancellationComment"] == "no longer hungry"
        assert off["revision"] == 1
        later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        empty = await one.call("order.list", {"sellingPointId": "3961", "since": later})
        assert empty["result"] == {"orders": []}


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("link.dance", {}, -32601),
        ("order.get", {"sellingPointId": "3961", "orderId": 1}, -32000),
        ("order.get", {"sellingPointId": "1", "orderId": 1}, -32602),
        ("order.get", {"sellingPointId": "3961"}, -32602),
        ("order.list", {"sellingPointId": "3961", "since": "yesterday"}, -32602),
    ],
)
async def test_requests_that_cannot_be_answered(
    sinqro: SinqroSandbox, method: str, params: dict[str, Any], code: int
) -> None:
    async with companion(sinqro) as one:
        if code == -32602 and params.get("sellingPointId") == "1":
            sinqro.place(b'{"id": 1}')
        assert (await one.call(method, params))["error"]["code"] == code


async def test_selling_point_ping_bye_and_a_frame_that_is_none(sinqro: SinqroSandbox) -> None:
    async with companion(sinqro) as one:
        place = (await one.call("sellingPoint.get", {"sellingPointId": "3961"}))["result"]
        assert (place["id"], place["timezone"]) == (3961, "Europe/Madrid")
        told = datetime.fromisoformat((await one.call("link.ping", {}))["result"]["time"])
        assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)
        data = {"open": False, "closings": [{"id": "c1"}]}
        assert (await one.notify("availability.changed", data)).status_code == 200
        read = await one.call("sellingPoint.availability.get", {"sellingPointId": "3961"})
        assert read["result"] == {"sellingPointId": "3961", **data}
        await one.send("{not json")
        assert (await one.call("link.bye", {"reason": "quit"}))["result"] == {}
        assert json.loads(one.raw[-2])["error"]["code"] == -32700


# ---------------------------------------------------------------- who is in charge


async def test_a_second_installation_is_a_viewer_until_it_takes_over(
    sinqro: SinqroSandbox, make: OrderGenerator
) -> None:
    async with two(sinqro, handle=lambda m, p: {} if m == "link.superseded" else None) as (one, other):
        role = other.hello["sellingPoints"][0]
        assert (role["role"], role["epoch"], role["taken"]["deviceName"]) == ("viewer", 1, "CAJA-1")
        assert role["taken"]["code"] == "SELLING_POINT_TAKEN"
        made = sinqro.place(make.order())
        while not one.received:
            await asyncio.sleep(0.005)
        assert other.received == []
        taken = await other.call("link.takeOver", {"sellingPointId": "3961"})
        assert taken["result"] == {"epoch": 2}
        assert one.received[-1][0] == "link.superseded"
        assert one.received[-1][1]["epoch"] == 2
        assert one.received[-1][1]["deviceName"] == "CAJA-2"
        assert await sinqro.answer_of(made) is not None  # repeated to the winner
        assert methods(other) == ["order.create"]
        old = await one.status(700_000, "accepted")
        assert (old.status_code, old.json()["code"]) == (409, "SUPERSEDED")
        assert (await other.status(700_000, "accepted", epoch=2)).status_code == 200
        assert (await other.call("link.takeOver", {"sellingPointId": "3961"}))["result"] == {"epoch": 2}
        await one.disconnect()
        await one.connect()
        assert one.hello["sellingPoints"][0]["role"] == "viewer"


async def test_what_comes_during_a_takeover_goes_to_the_winner(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    order = make.order()

    def stops(method: str, params: dict[str, Any]) -> Any:
        sinqro.place(order)
        return {}

    async with two(sinqro, handle=stops) as (one, other):
        await other.call("link.takeOver", {"sellingPointId": "3961"})
        while not other.received:
            await asyncio.sleep(0.005)
        assert methods(one) == ["link.superseded"]
        assert methods(other) == ["order.create"]


async def test_a_takeover_goes_on_without_the_loser(sinqro: SinqroSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinqro_link, "HANDOVER", 0.1)
    async with two(sinqro, handle=silent) as (one, other):
        assert (await other.call("link.takeOver", {"sellingPointId": "3961"}))["result"] == {"epoch": 2}
        await one.disconnect()
        late = await one.http.get(f"{sinqro.base_url}/control/orders")
        assert late.status_code == 200
        await one.connect()
        await one.call("link.takeOver", {"sellingPointId": "3961"})
        assert sinqro.state.restaurants["3961"].epoch == 3


async def test_an_answer_of_the_loser_does_not_count(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    async with two(sinqro, handle=lambda m, p: {} if m == "link.superseded" else None) as (one, other):
        made = sinqro.place(make.order())
        while not one.received:
            await asyncio.sleep(0.005)
        other.handle = silent
        await other.call("link.takeOver", {"sellingPointId": "3961"})
        await one.send(json.dumps({"jsonrpc": "2.0", "id": made.id, "result": {"state": "stored"}}))
        await one.call("link.ping", {})
        assert not made.answered
        assert [event.kind for event in sinqro.state.events].count("answer.ignored") == 1


async def test_revoking_closes_the_link_and_refuses_all(sinqro: SinqroSandbox) -> None:
    async with two(sinqro) as (one, other):
        assert sinqro.revoke(one.pairing["userAccessToken"]) == 1
        assert await one.closed() == 1008
        with pytest.raises(websockets.InvalidStatus) as refused:
            await one.connect()
        assert refused.value.response.status_code == 401
        assert (await one.notify("availability.changed", {})).status_code == 401
        # Nobody is in charge now: who says hello next is.
        await other.disconnect()
        await other.connect()
        assert other.hello["sellingPoints"][0] == {"id": "3961", "role": "active", "epoch": 2}
        assert sinqro.revoke("install-2") == 1
        assert await other.closed() == 1008
        assert sinqro.revoke("nobody") == 0


# ---------------------------------------------------------------- notifications


async def test_statuses_are_applied_and_the_first_final_one_stays(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    order_id = make.order()["id"]
    async with companion(sinqro) as one:
        sinqro.place(json.dumps({"id": order_id, "type": "collection"}).encode())
        assert (await one.status(order_id, "accepted")).json() == {"state": "applied"}
        assert (await one.status(order_id, "accepted")).json() == {"state": "same"}
        assert (await one.status(order_id, "in_preparation", webhook_id="a")).json() == {"state": "applied"}
        assert (await one.status(order_id, "in_preparation", webhook_id="a")).json() == {"state": "repeated"}
        data = {"orderId": order_id, "status": "ready", "revision": 2}
        assert (await one.notify("order.status_changed", data)).json() == {"state": "ignored"}
        injected = await one.notify("order.injected", {"orderId": order_id, "posOrderId": "T-9"})
        assert injected.json() == {"state": "recorded"}
        sinqro.change_status(str(order_id), "cancelled")
        assert (await one.status(order_id, "completed")).json() == {"state": "late"}
    order = sinqro.order(order_id)
    assert order is not None
    assert (order.status, order.pos_order_id, order.injection) == ("cancelled", "T-9", "injected")
    assert order.accepted_at is not None
    assert sinqro.status(order_id) is Status.CANCELLED
    assert sinqro.summary()["notifications_verified"] == 6
    assert sinqro.summary()["notifications_refused"] == 0


async def test_a_cancellation_after_completion_is_a_refund(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    order = make.order(OrderType.COLLECTION)
    async with companion(sinqro) as one:
        sinqro.place(order)
        await one.status(order["id"], "completed")
        sinqro.change_status(str(order["id"]), "cancelled")
    known = sinqro.order(order["id"])
    assert known is not None
    assert (known.status, known.refunded) == ("completed", True)


async def test_bad_notifications_are_refused_and_counted(sinqro: SinqroSandbox) -> None:
    async with companion(sinqro) as one:
        sinqro.place(b'{"id": 5}')
        ago = datetime.now(UTC) - timedelta(minutes=6)
        wrong = "whsec_" + "A" * 32
        answers = [
            await one.status(5, "accepted", secret=wrong),
            await one.status(5, "accepted", at=ago),
            await one.http.post(f"{sinqro.base_url}/notifications/3961", json={}),
            await one.status(6, "accepted"),
            await one.status(5, "accepted", epoch=0),
            await one.status(5, "accepted", selling_point="99"),
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 404, 409, 404]
        assert all(answer.json()["code"] and answer.json()["message"] for answer in answers)
    assert sinqro.status(5) is Status.PENDING
    assert sinqro.summary()["notifications_refused"] == 6
    assert sinqro.summary()["notifications_verified"] == 0


# ---------------------------------------------------------------- restart


async def test_a_restart_on_the_same_data_knows_everything(tmp_path: Path, make: OrderGenerator) -> None:
    orders = [make.order() for _ in range(2)]
    async with SinqroSandbox(data=tmp_path) as sinqro:
        one = companion(sinqro, handle=silent)
        async with one:
            made = sinqro.place(orders[0])
            sinqro.change_status(str(orders[1]["id"]), "cancelled")
            while not one.received:
                await asyncio.sleep(0.005)
            await one.notify("order.injected", {"orderId": orders[0]["id"], "posOrderId": "T-1"}, webhook_id="w1")
            pairing = one.pairing
    async with SinqroSandbox(data=tmp_path) as again:
        again_companion = FakeCompanion(base_url=again.base_url, code="")
        again_companion.pairing = {**pairing, "linkUrl": again.link_url}
        again_companion.pairing["notificationUrl"] = f"{again.base_url}/notifications"
        try:
            await again_companion.connect()
            assert again_companion.hello["sellingPoints"] == [{"id": "3961", "role": "active", "epoch": 1}]
            assert await again.answer_of(again.state.requests[made.id]) is not None
            assert again_companion.received[0][1]["requestId"] == made.id
            known = again.order(orders[0]["id"])
            assert known is not None
            assert known.pos_order_id == "T-1"
            repeated = await again_companion.notify("order.injected", {"orderId": orders[0]["id"]}, webhook_id="w1")
            assert repeated.json() == {"state": "repeated"}
            assert again.status(orders[1]["id"]) is Status.CANCELLED
            assert again.summary()["notifications_verified"] == 1
        finally:
            await again_companion.__aexit__(None, None, None)


# ---------------------------------------------------------------- faults


async def test_lost_frames_are_repeated_on_the_open_link(
    sinqro: SinqroSandbox, make: OrderGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinqro_link, "SILENCE", 0.02)
    monkeypatch.setattr(sinqro_link, "MOST_SILENCE", 0.1)
    monkeypatch.setattr(sinqro_link, "RETRY", 0.05)
    async with companion(sinqro) as one:
        sinqro.set_faults(SinqroFaults(drop=0.5, duplicate=0.3, reorder=0.3, delay_ms=2, seed=4))
        made = [sinqro.place(make.order()) for _ in range(40)]
        for request in made:
            assert await sinqro.answer_of(request) is not None
        assert len(one.received) > 40
        assert {params["order"]["id"] for _, params in one.received} == {int(request.order) for request in made}


async def test_frames_are_delayed_and_reordered(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    async with companion(sinqro) as one:
        sinqro.set_faults(SinqroFaults(delay_ms=60, reorder=1))
        made = [sinqro.place(make.order()) for _ in range(2)]
        for request in made:
            await sinqro.answer_of(request)
        assert [params["requestId"] for _, params in one.received] == [made[1].id, made[0].id]
        order = sinqro.order(made[0].order)
        assert order is not None
        assert order.answered_at is not None
        assert order.placed_at is not None
        assert order.answered_at - order.placed_at >= 0.055


async def test_the_link_is_refused_cut_or_half_open(sinqro: SinqroSandbox, make: OrderGenerator) -> None:
    async with companion(sinqro) as one:
        sinqro.set_faults(SinqroFaults(refuse_link=429, close_link=True))
        await one.closed()
        with pytest.raises(websockets.InvalidStatus) as refused:
            await one.connect()
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "1"
        sinqro.set_faults(SinqroFaults())
        await one.connect()
        sinqro.set_faults(SinqroFaults(half_open=True))
        with pytest.raises(TimeoutError):
            await one.call("link.ping", {}, timeout=0.2)
        await one.connect()  # a new connection is fine
        assert (await one.call("link.ping", {}))["result"]
        made = sinqro.place(make.order())
        assert await sinqro.answer_of(made) is not None


async def test_half_open_heals(sinqro: SinqroSandbox) -> None:
    async with companion(sinqro) as one:
        sinqro.set_faults(SinqroFaults(half_open=True))
        late = asyncio.create_task(one.call("link.ping", {}))
        await asyncio.sleep(0.05)
        assert not late.done()
        sinqro.set_faults(SinqroFaults())
        assert (await late)["result"]


async def test_a_wrong_clock_shows_everywhere(sinqro: SinqroSandbox) -> None:
    async with companion(sinqro) as one:
        sinqro.place(b'{"id": 5}')
        sinqro.set_faults(SinqroFaults(clock_offset_s=600))
        ahead = datetime.now(UTC) + timedelta(seconds=600)
        refused = await one.status(5, "accepted")
        assert (refused.status_code, refused.json()["code"]) == (401, "SIGNATURE_EXPIRED")
        date = datetime.strptime(refused.headers["date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        told = datetime.fromisoformat((await one.call("link.ping", {}))["result"]["time"])
        assert abs(date - ahead) < timedelta(seconds=5)
        assert abs(told - ahead) < timedelta(seconds=5)
        assert (await one.status(5, "accepted", at=ahead)).status_code == 200


async def test_too_large_at_hello_is_not_repeated(sinqro: SinqroSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TRANSPORT_LIMIT", 2000)
    async with companion(sinqro, handle=silent, dial=False) as one:
        big = sinqro.place(json.dumps({"id": 8, "comment": "x" * 3000}).encode())
        small = sinqro.place(json.dumps({"id": 9, "totalAmount": float(Decimal("1.5"))}).encode())
        one.hello_extra = {"refusing": "TOO_LARGE"}
        await one.connect()
        while not one.received:
            await asyncio.sleep(0.005)
        assert one.received[0][1]["requestId"] == small.id
        assert big.answer["error"]["data"]["code"] == "TOO_LARGE"
