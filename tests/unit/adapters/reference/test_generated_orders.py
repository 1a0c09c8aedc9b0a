"""Every order that the generator makes up, edited and refunded too, is in the POS to the cent."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from adapters.reference.payload import ADJUSTMENT, ticket_of
from app.domain.order import decode_order
from app.domain.selling_point import SellingPoint
from app.domain.status import OrderType, Status
from app.ports.pos import PosOrderRequest
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from app.sandbox.pos_catalog import PosCatalog
from app.sandbox.pos_forms import OrderForm
from app.sandbox.pos_store import TicketStore
from app.sandbox.pos_till import Till

POINT = SellingPoint(id="3961")


@pytest.fixture
def till() -> Iterator[Till]:
    store = TicketStore(None)
    yield Till(store=store, catalog=PosCatalog(restaurant=superpizza(), store=store), on_event=lambda event, data: None)
    store.close()


def form_of(order: dict[str, Any]) -> OrderForm:
    decoded = decode_order(to_json(order), POINT.zone)
    request = PosOrderRequest(
        reference=str(decoded.id), order=decoded, selling_point=POINT, status=Status.PENDING, execution_at=None
    )
    return msgspec.json.decode(msgspec.json.encode(ticket_of(request)), type=OrderForm)


@pytest.mark.parametrize("kind", OrderType)
def test_generated_orders(till: Till, kind: OrderType) -> None:
    generator = OrderGenerator(restaurant=superpizza(), seed=20)
    for _ in range(60):
        order = generator.order(kind)
        made, new = till.create(form_of(order), received_at=0, key=str(order["id"]))
        versions = [order]
        for change in (generator.edit, generator.edit, *([] if kind is OrderType.RESERVATION else [generator.refund])):
            versions.append(change(versions[-1]))
        assert new
        assert made.total == order["totalAmount"]
        for version in versions:
            ticket = till.update(made.id, form_of(version))
            assert ticket.total == version["totalAmount"]
            # a till wants a line: where all were refunded it is one of nothing
            nothing = [] if kind is OrderType.RESERVATION else [ADJUSTMENT]
            assert [line.name for line in ticket.lines] == (
                [line["label"] for line in version["orderLines"]] or nothing
            )
            assert (ticket.vat, ticket.net) == (version["vatAmount"], version["baseAmount"])
