"""The running program's own life: rules of the selling point, webhooks, leaving and coming back, two copies."""

import contextlib
import socket
import uuid
from pathlib import Path

import pytest

from app.domain.status import Injection, OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from app.sandbox.pos_forms import PosStatus, WebhookForm
from tests.helpers.program import POINT, Changes, open_place

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=3, run=uuid.uuid4().hex[:6])


async def test_accepted_by_rule(tmp_path: Path, orders: OrderGenerator) -> None:
    rule = {"channel": "glovo", "order_types": ["delivery"], "minutes": 35}
    async with open_place(tmp_path, inject_on="acceptance", auto_accept=[rule]) as place:
        await place.until(place.pos.journal.since, "the POS's first poll")
        mine = orders.order(OrderType.DELIVERY, channel="glovo")
        other = orders.order(OrderType.DELIVERY, channel="ubereats")
        await place.placed(mine)
        await place.placed(other)
        await place.sinqro_shows(mine["id"], Status.ACCEPTED)
        ticket = await place.in_pos(mine["id"])
        await place.pos_shows(mine["id"], "open")
        told = place.notifications(mine["id"])
        assert [event.detail["type"] for event in told][:2] == ["order.injected", "order.status_changed"]
        assert (told[1].detail["data"]["origin"], told[1].detail["data"]["preparationTime"]) == ("auto", 35)
        assert ticket.reference == str(mine["id"])

        record = await place.ledger_shows(other["id"], lambda it: True, "stored")
        assert (record.status, record.injection) == (Status.PENDING, Injection.STORED)
        assert not place.tickets(other["id"])
        place.sinqro.change_status(other["id"], "accepted")
        assert (await place.in_pos(other["id"])).status is PosStatus.OPEN


async def test_webhooks_are_hints(tmp_path: Path, orders: OrderGenerator) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    changes: Changes = {("receiver", "enabled"): True, ("receiver", "port"): port}
    async with open_place(
        tmp_path, started=False, changes=changes, poll_open_seconds=60, poll_idle_seconds=60
    ) as place:
        secret = f"whsec_{uuid.uuid4().hex}"
        await place.program.run("secret", "set", f"sandbox/pos/{POINT}/webhook-secret", given=secret)
        await place.start()
        place.pos.set_webhook(WebhookForm(url=f"http://127.0.0.1:{port}/pos/{POINT}/{{event}}", secret=secret))
        order = orders.order(OrderType.COLLECTION)
        await place.placed(order)
        await place.in_pos(order["id"])
        for word, status in (("open", Status.ACCEPTED), ("ready", Status.READY), ("closed", Status.COMPLETED)):
            place.pos.move(str(order["id"]), word)
            await place.sinqro_shows(order["id"], status, timeout=5)


async def test_leaving_and_coming_back(tmp_path: Path, orders: OrderGenerator) -> None:
    async with open_place(tmp_path) as place:
        here = orders.order(OrderType.DELIVERY)
        await place.placed(here)
        await place.in_pos(here["id"])
        assert await place.program.stop() == 0
        byes = [event.detail["bye"]["reason"] for event in place.events("link.bye")]
        assert byes == ["quit"]

        place.pos.move(str(here["id"]), "accepted")
        meanwhile = orders.order(OrderType.INSIDE)
        place.sinqro.place(meanwhile)
        place.sinqro.change_status(here["id"], "cancelled")
        await place.start()
        await place.in_pos(meanwhile["id"])
        await place.pos_shows(here["id"], "void")
        record = await place.ledger_shows(here["id"], lambda it: it.status is Status.CANCELLED, "cancelled")
        assert record.injection is Injection.INJECTED


async def test_one_program_for_each_data_folder(tmp_path: Path) -> None:
    async with open_place(tmp_path) as place:
        second = await place.program.run("serve")
        assert second.status == 1
        assert "running already" in second.err
        assert "Traceback" not in second.err
        assert (await place.ask("link.ping"))["result"]["pos"] == "ok"
