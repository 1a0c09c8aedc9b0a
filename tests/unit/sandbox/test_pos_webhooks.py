"""The three webhooks of the reference POS, as their receiver sees them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import pytest
import standardwebhooks
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox import pos_webhooks
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_catalog import Change
from app.sandbox.pos_control import Journal
from app.sandbox.pos_forms import Kind, LineForm, OrderForm, TillError, WebhookForm
from app.sandbox.pos_server import LoopbackServer

SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
FORM = OrderForm(kind=Kind.TAKEAWAY, reference="R-1", hold=True, lines=(LineForm(product="P-101"),))


class Receiver:
    """Answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.server = LoopbackServer(Starlette(routes=[Route("/{path:path}", self._hear, methods=["POST"])]), port=0)
        self._heard = asyncio.Condition()

    async def _hear(self, request: Request) -> Response:
        self.requests.append((request.url.path, dict(request.headers), await request.body()))
        async with self._heard:
            self._heard.notify_all()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    async def wait_for(self, number: int) -> None:
        async with asyncio.timeout(10), self._heard:
            await self._heard.wait_for(lambda: len(self.requests) >= number)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.server.start()
    yield made
    await made.server.stop()


@pytest.fixture
async def pos(receiver: Receiver) -> AsyncIterator[ReferencePos]:
    async with ReferencePos() as made:
        made.set_webhook(WebhookForm(url=f"http://127.0.0.1:{receiver.server.port}/pos/1/{{event}}", secret=SECRET))
        yield made


async def test_all_three_are_told_and_signed(pos: ReferencePos, receiver: Receiver) -> None:
    ticket = pos.type_in(FORM)
    pos.set_product("P-101", Change(available=False))
    pos.set_online(False)
    await receiver.wait_for(3)
    told = {}
    for path, headers, body in receiver.requests:
        content = standardwebhooks.Webhook(SECRET).verify(body, headers)
        told[path] = content["data"]
        assert path == f"/pos/1/{content['type']}"
    assert told["/pos/1/order.changed"] == {"id": ticket.id, "reference": "R-1", "status": "held", "what": "created"}
    assert told["/pos/1/catalog.changed"]["id"] == "P-101"
    assert told["/pos/1/availability.changed"] == {"online": False}


async def test_a_failed_one_is_tried_again_under_the_same_id(receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    target = WebhookForm(url=f"http://127.0.0.1:{receiver.server.port}/x", secret=SECRET)
    async with pos_webhooks.WebhookSender(target=target, journal=Journal(), first_delay=0.01) as sender:
        sender.send("order.changed", {"id": "T-1"})
        await receiver.wait_for(3)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1
    assert len({body for _, _, body in receiver.requests}) == 1


async def test_it_gives_up_after_a_few_tries_and_goes_on(receiver: Receiver) -> None:
    journal = Journal()
    receiver.statuses = [500] * pos_webhooks.TRIES
    target = WebhookForm(url=f"http://127.0.0.1:{receiver.server.port}/x", secret=SECRET)
    async with pos_webhooks.WebhookSender(target=target, journal=journal, first_delay=0.001) as sender:
        sender.send("order.changed", {"id": "T-1"})
        await receiver.wait_for(pos_webhooks.TRIES)
        await asyncio.sleep(0.05)
        sender.send("order.changed", {"id": "T-2"})
        await receiver.wait_for(pos_webhooks.TRIES + 1)
        await asyncio.sleep(0.05)
    assert json.loads(receiver.requests[-1][2])["data"] == {"id": "T-2"}
    attempts = [(entry["attempt"], entry["outcome"]) for entry in journal.since()]
    assert attempts == [(1, "500"), (2, "500"), (3, "500"), (4, "500"), (5, "500"), (1, "200")]


async def test_duplicates_on_demand(pos: ReferencePos, receiver: Receiver) -> None:
    pos.set_faults(duplicate_webhooks=2)
    pos.type_in(FORM)
    await receiver.wait_for(3)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1


async def test_a_receiver_that_is_not_there_holds_nothing_up(pos: ReferencePos, receiver: Receiver) -> None:
    await receiver.server.stop()
    for _ in range(1200):
        pos.type_in(FORM)
    await asyncio.sleep(0.1)
    events = pos.journal.since()
    assert sum(event["kind"] == "order.changed" for event in events) == 1200
    assert any(event.get("outcome") == "dropped: too many waiting" for event in events)
    assert any(event.get("outcome") == "ConnectError" for event in events)


async def test_an_empty_address_ends_it(pos: ReferencePos, receiver: Receiver) -> None:
    pos.set_webhook(WebhookForm(url=""))
    pos.type_in(FORM)
    await asyncio.sleep(0.05)
    assert receiver.requests == []


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", SECRET.removeprefix("whsec_")])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(TillError):
        pos_webhooks.secret_bytes(secret)
