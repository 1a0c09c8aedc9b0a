"""Orders and reservations of every type, from Sinqro through the running program into the POS, and all that follows."""

import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.domain.record import Mark
from app.domain.status import Injection, OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from app.sandbox.pos_forms import Kind, PosStatus
from tests.helpers.program import Place, open_place

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("program")]

ORDERS = Path(__file__).parent / "orders"
KINDS = {
    OrderType.DELIVERY: Kind.DELIVERY,
    OrderType.COLLECTION: Kind.TAKEAWAY,
    OrderType.INSITU: Kind.EAT_IN,
    OrderType.INSIDE: Kind.TABLE,
    OrderType.RESERVATION: Kind.BOOKING,
}
COOKS = {
    OrderType.DELIVERY: ["preparing", "ready", "out", "closed"],
    OrderType.RESERVATION: ["seated", "finished"],
}
"""What people at the till do after accepting; for the other types :data:`COOKS_HERE`."""
COOKS_HERE = ["preparing", "ready", "closed"]
TOLD = {
    "preparing": Status.IN_PREPARATION,
    "ready": Status.READY,
    "out": Status.DISPATCHED,
    "closed": Status.COMPLETED,
    "seated": Status.SEATED,
    "finished": Status.COMPLETED,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("orders")) as place:
        yield place
        assert place.sinqro.state.refused == 0, place.events("notification.refused")
        assert " ERROR " not in place.program.log, place.program.tail()
        assert await place.program.stop() == 0


@pytest.fixture(scope="module")
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=7, run=uuid.uuid4().hex[:6])


# ---------------------------------------------------------------- into the POS


async def test_delivery_order_in_sinqros_own_form(place: Place) -> None:
    answer = await place.placed((ORDERS / "delivery.json").read_bytes())
    assert answer == {"result": {"state": "stored", "orderId": 731905}}
    ticket = await place.in_pos(731905)
    assert (ticket.kind, ticket.status, ticket.code) == (Kind.DELIVERY, PosStatus.HELD, "K4TPQA")
    lines: list[Any] = [
        (line.product, line.name, line.quantity, line.price, line.vat, line.total, line.note) for line in ticket.lines
    ]
    assert lines == [
        (None, "Pizza de l'hort", 3, Decimal("10.5"), 10, Decimal("31.50"), ()),
        (None, "Amanida verda", 2, 7, 10, 14, ("alergia a los frutos secos",)),
        (None, "Gastos de envío", 1, Decimal("1.95"), 21, Decimal("1.95"), ()),
    ]
    options: list[Any] = [
        (option.option, option.name, option.quantity, option.price) for option in ticket.lines[0].options
    ]
    assert options == [
        (None, "Ceba caramel·litzada", 1, Decimal("1.25")),
        (None, "Massa fina", 1, 0),
    ]
    assert (ticket.total, ticket.net, ticket.vat) == (Decimal("47.45"), Decimal("42.98"), Decimal("4.47"))
    assert (ticket.paid, ticket.payments[0].method) == (Decimal("47.45"), "Tarjeta online")
    assert ticket.address == "Carrer de Mostra, 21, 3r 2a, 08850 Gavà"
    assert (ticket.customer.name, ticket.customer.phone) == ("Núria Ejemplo", "+34611000111")
    assert ticket.note == ("Sin cubiertos, por favor", "Llamar al timbre de abajo")


async def test_order_at_a_table_in_sinqros_own_form(place: Place) -> None:
    answer = await place.placed((ORDERS / "table.json").read_bytes())
    assert answer == {"result": {"state": "stored", "orderId": 731942}}
    ticket = await place.in_pos(731942)
    assert (ticket.kind, ticket.table, ticket.zone, ticket.guests) == (Kind.TABLE, "TZ10", "TZ", 2)
    lines: list[Any] = [(line.name, line.quantity, line.total, line.note) for line in ticket.lines]
    assert lines == [
        ("Hamburguesa de la casa", 2, Decimal("19.60"), ("una muy hecha",)),
        ("Cerveza 33cl", 2, Decimal("4.00"), ()),
    ]
    assert [option.name for option in ticket.lines[0].options] == ["Queso extra"]
    assert (ticket.total, ticket.net, ticket.paid) == (Decimal("23.60"), Decimal("21.46"), Decimal(0))


@pytest.mark.parametrize("kind", list(OrderType))
async def test_each_type_with_the_kitchen_at_the_pos(place: Place, orders: OrderGenerator, kind: OrderType) -> None:
    order = orders.order(kind)
    await place.placed(order)
    ticket = await place.in_pos(order["id"])
    assert ticket.kind is KINDS[kind]
    assert ticket.total == order["totalAmount"]
    assert [(line.product, line.quantity) for line in ticket.lines] == [
        (line.get("product", {}).get("externalId"), line["quantity"]) for line in order["orderLines"]
    ]
    assert [[option.option for option in line.options] for line in ticket.lines] == [
        [child["productOption"]["externalId"] for child in line["childrenOrderLines"]] for line in order["orderLines"]
    ]
    assert ticket.guests == order.get("dinersNumber")
    assert ticket.table == order.get("serviceLocation", {}).get("code")

    first = "confirmed" if kind is OrderType.RESERVATION else "open"
    place.pos.move(str(order["id"]), first, minutes=25)
    await place.sinqro_shows(order["id"], Status.ACCEPTED)
    for step in COOKS.get(kind, COOKS_HERE):
        place.pos.move(str(order["id"]), step)
        await place.sinqro_shows(order["id"], TOLD[step])

    told = place.notifications(order["id"])
    assert told[0].detail["type"] == "order.injected"
    assert told[0].detail["data"]["posOrderId"] == ticket.id
    changed = "reservation.status_changed" if kind is OrderType.RESERVATION else "order.status_changed"
    assert {event.detail["type"] for event in told[1:]} == {changed}
    revisions = [event.detail["data"]["revision"] for event in told[1:]]
    assert revisions == sorted(set(revisions))
    accepted = next(event.detail["data"] for event in told[1:] if event.detail["data"]["status"] == "accepted")
    assert (accepted["origin"], accepted["preparationTime"]) == ("pos", 25)
    assert accepted["installationId"] == place.program.installation_id
    assert accepted["epoch"] == 1
    assert {event.detail["outcome"] for event in told} <= {"applied", "recorded"}


@pytest.mark.parametrize("kind", list(OrderType))
async def test_each_type_moved_by_sinqro(place: Place, orders: OrderGenerator, kind: OrderType) -> None:
    order = orders.order(kind)
    await place.placed(order)
    await place.in_pos(order["id"])
    booking = kind is OrderType.RESERVATION
    for status, shown in (
        ("accepted", "confirmed" if booking else "open"),
        ("completed", "finished" if booking else "closed"),
    ):
        place.sinqro.change_status(order["id"], status)
        await place.pos_shows(order["id"], shown)
    record = await place.ledger_shows(order["id"], lambda it: it.status is Status.COMPLETED, "completed")
    assert record.injection is Injection.INJECTED
    assert not record.marks


# ---------------------------------------------------------------- changes


async def test_edits_reach_the_pos(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.INSIDE)
    await place.placed(order)
    before = await place.in_pos(order["id"])
    edits = ("add", "table", "diners", "comment", "time")
    for edit in edits:
        order = orders.edit(order, edit)
        place.sinqro.update(str(order["id"]), order)
    await place.ledger_shows(order["id"], lambda it: it.pos_version == len(edits) + 1, "updated in the POS")
    ticket = await place.in_pos(order["id"])
    assert (ticket.id, ticket.total, ticket.table, ticket.guests) == (
        before.id,
        order["totalAmount"],
        order["serviceLocation"]["code"],
        order["dinersNumber"],
    )
    assert len(ticket.lines) == len(order["orderLines"]) == len(before.lines) + 1
    assert order["comment"] in ticket.note
    assert ticket.due_at is not None
    assert f"{ticket.due_at:%Y-%m-%dT%H:%M:%S}" == order["executionTime"][:19]


async def test_courier_is_no_business_of_the_pos(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.DELIVERY)
    await place.placed(order)
    before = await place.in_pos(order["id"])
    place.sinqro.update(str(order["id"]), orders.courier(order))
    record = await place.ledger_shows(order["id"], lambda it: it.version == 2, "with its courier")
    assert Mark.CHANGED not in record.marks
    assert (await place.in_pos(order["id"])).change == before.change


async def test_order_sent_again_with_other_content_is_an_edit(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)
    await place.placed(order)
    await place.placed(order)
    await place.in_pos(order["id"])
    edited = orders.edit(order, "add")
    await place.placed(edited)
    await place.until(
        lambda: place.tickets(order["id"])[0].total == edited["totalAmount"], "the edited total in the POS"
    )
    assert len(place.tickets(order["id"])) == 1


async def test_refund_leaves_the_paid_order_alone(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)
    await place.placed(order)
    await place.in_pos(order["id"])
    place.pos.move(str(order["id"]), "completed")
    await place.sinqro_shows(order["id"], Status.COMPLETED)
    refunded = orders.refund(order)
    place.sinqro.update(str(order["id"]), refunded)
    record = await place.ledger_shows(order["id"], lambda it: Mark.REFUNDED in it.marks, "refunded")
    assert record.refunded == order["totalAmount"] - refunded["totalAmount"]
    assert place.tickets(order["id"])[0].total == order["totalAmount"]


# ---------------------------------------------------------------- cancellations


@pytest.mark.parametrize("taken", [False, True], ids=["pending", "accepted"])
@pytest.mark.parametrize("kind", [OrderType.DELIVERY, OrderType.RESERVATION])
async def test_cancelled_by_the_channel(place: Place, orders: OrderGenerator, kind: OrderType, taken: bool) -> None:
    order = orders.order(kind)
    await place.placed(order)
    await place.in_pos(order["id"])
    if taken:
        place.pos.move(str(order["id"]), "accepted")
        await place.sinqro_shows(order["id"], Status.ACCEPTED)
    place.sinqro.change_status(order["id"], "cancelled", reason="customer_request")
    await place.pos_shows(order["id"], "void")


@pytest.mark.parametrize("kind", [OrderType.INSITU, OrderType.RESERVATION])
async def test_cancelled_before_it_came(place: Place, orders: OrderGenerator, kind: OrderType) -> None:
    order = orders.order(kind)
    made = place.sinqro.change_status(order["id"], "cancelled")
    assert await place.sinqro.answer_of(made) == {"result": {"state": "stored", "status": "cancelled"}}
    await place.placed(order)
    record = await place.ledger_shows(order["id"], lambda it: it.created, "stored")
    assert (record.status, record.injection) == (Status.CANCELLED, Injection.WITHDRAWN)
    await place.placed(order)
    after = orders.order(kind)
    await place.placed(after)
    await place.in_pos(after["id"])
    assert not place.tickets(order["id"])


@pytest.mark.parametrize(
    ("word", "told"), [("refused", Status.REJECTED), ("void", Status.CANCELLED), ("no_show", Status.NO_SHOW)]
)
async def test_off_at_the_pos(place: Place, orders: OrderGenerator, word: str, told: Status) -> None:
    order = orders.order(OrderType.RESERVATION)
    await place.placed(order)
    await place.in_pos(order["id"])
    place.pos.move(str(order["id"]), word, reason="no_table")
    await place.sinqro_shows(order["id"], told)
    known = place.sinqro.order(order["id"])
    assert known is not None
    assert known.reason == "no_table"


async def test_cancelled_after_completion_is_told_to_staff(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.DELIVERY)
    await place.placed(order)
    await place.in_pos(order["id"])
    place.pos.move(str(order["id"]), "completed")
    await place.sinqro_shows(order["id"], Status.COMPLETED)
    place.sinqro.change_status(order["id"], "cancelled", reason="customer_request")
    record = await place.ledger_shows(order["id"], lambda it: Mark.REFUNDED in it.marks, "refunded")
    assert (record.status, record.refunded) == (Status.COMPLETED, order["totalAmount"])
    assert place.tickets(order["id"])[0].status is PosStatus.CLOSED


# ---------------------------------------------------------------- Sinqro asks


async def test_requests_through_the_control_api(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)

    async with httpx.AsyncClient(base_url=place.sinqro.base_url, trust_env=False, timeout=10) as http:

        async def ask(method: str, **params: Any) -> dict[str, Any]:
            reply = await http.post("/control/requests", json={"method": method, "params": params})
            assert reply.status_code == 200
            answer: dict[str, Any] = reply.json()
            return answer

        await place.placed(order)
        ticket = await place.in_pos(order["id"])
        place.pos.move(ticket.id, "accepted")
        await place.sinqro_shows(order["id"], Status.ACCEPTED)

        got = (await ask("order.get", orderId=order["id"]))["result"]
        assert (got["source"], got["status"], got["posStatus"], got["posOrderId"], got["injection"]) == (
            "pos",
            "accepted",
            "open",
            ticket.id,
            "injected",
        )
        assert got["order"]["id"] == order["id"]
        assert Decimal(str(got["posTotal"])) == order["totalAmount"]
        status = (await ask("order.status.get", orderId=str(order["id"])))["result"]
        assert (status["status"], status["posStatus"], status["injection"], status["origin"]) == (
            "accepted",
            "open",
            "injected",
            "pos",
        )
        ping = (await ask("link.ping"))["result"]
        assert (ping["pos"], ping["queueDepth"]) == ("ok", 0)
        zones = (await ask("tables.get"))["result"]["zones"]
        assert [zone["code"] for zone in zones] == ["TZ", "SA"]

        unknown = (await ask("order.status.get", orderId=1))["error"]
        assert unknown["data"]["code"] == "ORDER_NOT_FOUND"
        method = (await ask("order.teleport", orderId=order["id"]))["error"]
        assert (method["code"], method["data"]["code"], method["data"]["retryable"]) == (
            -32601,
            "METHOD_NOT_FOUND",
            False,
        )


async def test_order_get_while_the_pos_is_off(place: Place, orders: OrderGenerator) -> None:
    order = orders.order(OrderType.COLLECTION)
    await place.placed(order)
    await place.in_pos(order["id"])
    await place.pos.go_off()
    got = (await place.ask("order.get", orderId=order["id"]))["result"]
    assert (got["source"], got["status"], got["injection"]) == ("ledger", "pending", "injected")
    await place.until(lambda: "does not answer" in place.program.log, "the outage in the log")
    assert (await place.ask("link.ping"))["result"]["pos"] == "unreachable"
    await place.pos.come_back()
    await place.until(lambda: "answers again" in place.program.log, "the recovery in the log")
    assert (await place.ask("link.ping"))["result"]["pos"] == "ok"
