from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reference.forms import PosTicket
from adapters.reference.payload import ADJUSTMENT, ticket_of
from app.domain import money
from app.domain.order import decode_order
from app.domain.selling_point import SellingPoint
from app.domain.status import OrderType, Status
from app.ports.pos import PosOrderRequest
from app.sandbox.menu import superpizza
from app.sandbox.pos_catalog import PosCatalog
from app.sandbox.pos_forms import OrderForm, Ticket
from app.sandbox.pos_store import TicketStore
from app.sandbox.pos_till import Till

POINT = SellingPoint(id="1")


def ticket(order: dict[str, Any], **more: Any) -> PosTicket:
    form = {"id": 7, "type": "collection", **order}
    decoded = decode_order(msgspec.json.encode(form), POINT.zone)
    request = {
        "reference": str(decoded.id),
        "order": decoded,
        "selling_point": POINT,
        "status": Status.ACCEPTED,
        **more,
    }
    return ticket_of(PosOrderRequest(**request))


def in_the_till(form: PosTicket) -> Ticket:
    store = TicketStore(None)
    try:
        till = Till(
            store=store, catalog=PosCatalog(restaurant=superpizza(), store=store), on_event=lambda event, data: None
        )
        return till.create(msgspec.json.decode(msgspec.json.encode(form), type=OrderForm), received_at=0)[0]
    finally:
        store.close()


def test_nested_options_go_in_per_one_unit_of_the_line() -> None:
    sauce = {"type": "PRODUCT_OPTION", "label": "Salsa", "quantity": 2, "comment": "aparte", "unitPrice": 0.5}
    side = {"type": "PRODUCT", "label": "Patatas", "quantity": 3, "childrenOrderLines": [sauce]}
    line = {"label": "Menú", "unitPrice": 12, "childrenOrderLines": [side]}
    (made,) = ticket({"orderLines": [line], "totalAmount": 12}).lines
    assert [(option.name, option.quantity) for option in made.options] == [
        ("Patatas", Decimal(3)),
        ("Salsa", Decimal(6)),
    ]
    assert made.note == ("Salsa: aparte",)
    assert made.price == 12


def test_ids_may_be_numbers() -> None:
    option = {"type": "PRODUCT_OPTION", "label": "Bacon", "productOption": {"externalId": 8}}
    line = {"label": "x", "unitPrice": 1, "product": {"externalId": 17}, "childrenOrderLines": [option]}
    (made,) = ticket({"orderLines": [line]}).lines
    assert (made.product, made.options[0].option) == ("17", "8")


def test_an_empty_external_id_is_none() -> None:
    assert (
        ticket({"orderLines": [{"label": "x", "unitPrice": 1, "product": {"externalId": ""}}]}).lines[0].product is None
    )


def test_a_line_taken_back_costs_less_than_nothing() -> None:
    made = ticket({"orderLines": [{"label": "Pizza", "unitPrice": 9, "quantity": -2}], "totalAmount": -18})
    assert [(line.quantity, line.price) for line in made.lines] == [(Decimal(2), Decimal(-9))]


def test_a_line_of_none_is_a_remark() -> None:
    lines = [{"label": "Pan", "quantity": 0, "comment": "sin sal"}, {"label": "Agua", "unitPrice": 2}]
    made = ticket({"orderLines": lines, "totalAmount": 2, "comment": "hola"})
    assert [line.name for line in made.lines] == ["Agua"]
    assert made.note == ("hola", "0 x Pan · sin sal")


def test_an_order_without_lines_goes_in_as_its_total() -> None:
    made = ticket({"totalAmount": 25})
    assert [(line.name, line.price) for line in made.lines] == [(ADJUSTMENT, Decimal("25.00"))]


def test_the_adjustment_has_the_vat_of_what_weighs_most() -> None:
    lines = [{"label": "Vino", "unitPrice": 9, "vatValue": 21}, {"label": "Menú", "unitPrice": 12, "vatValue": 10}]
    made = ticket({"orderLines": lines, "totalAmount": 20})
    assert (made.lines[-1].name, made.lines[-1].price, made.lines[-1].vat) == (
        ADJUSTMENT,
        Decimal("-1.00"),
        Decimal(10),
    )


def test_what_does_not_fit_its_field_stands_whole_in_the_notes() -> None:
    address = "Carrer " + "molt " * 60 + "llarg"
    label = "Pizza " + "con todo " * 40
    order = {"deliveryAddress": {"street": address}, "orderLines": [{"label": label, "unitPrice": 1}], "totalAmount": 1}
    made = ticket(order)
    assert " ".join(made.note) == address
    assert " ".join(made.lines[0].note) == label.strip()
    in_the_till(made)


def test_an_unmapped_payment_goes_in_unpaid() -> None:
    order = {"orderLines": [{"label": "x", "unitPrice": 5}], "totalAmount": 5}
    made = ticket(order, payments=((None, Decimal(3), True), ("online", Decimal(2), True)))
    assert [(payment.method, payment.amount) for payment in made.payments] == [("online", Decimal(2))]
    assert in_the_till(made).paid == 2


@pytest.mark.parametrize("place", [{"code": 5}, {"name": "Mesa 5"}, {}, {"serviceZone": {"name": "Sala"}}])
def test_places_in_every_form(place: dict[str, Any]) -> None:
    made = ticket({"type": "inside", "serviceLocation": place, "orderLines": [{"label": "x", "unitPrice": 5}]})
    assert made.table == (
        {"code": "5", "name": "Mesa 5"}[next(iter(place))] if place and "serviceZone" not in place else None
    )


amounts = st.decimals(min_value=-500, max_value=2000, places=4) | st.decimals(min_value=0, max_value=50, places=2)
quantities = st.decimals(min_value=Decimal(-3), max_value=20, places=3) | st.integers(-1, 9)
lines = st.fixed_dictionaries(
    {"label": st.text(max_size=30), "quantity": quantities},
    optional={
        "unitPrice": amounts,
        "unitFinalAmount": amounts,
        "totalAmount": amounts,
        "vatValue": st.sampled_from([0, 4, "10.00", 21, None, -5, 150, "5.00001"]),
        "type": st.sampled_from(["PRODUCT", "DELIVERY", "TIP", "DISCOUNT", "Ünknown"]),
        "comment": st.text(max_size=600),
    },
)


@given(st.lists(lines, max_size=6), st.none() | amounts, st.sampled_from(OrderType))
def test_the_pos_total_is_the_orders_to_the_cent(
    order_lines: list[dict[str, Any]], total: Decimal | None, kind: OrderType
) -> None:
    order = {"id": 7, "type": kind, "orderLines": order_lines, "totalAmount": total}
    decoded = decode_order(msgspec.json.encode(order), POINT.zone)
    made = in_the_till(
        ticket_of(PosOrderRequest(reference="7", order=decoded, selling_point=POINT, status=Status.PENDING))
    )
    assert made.total == money.rounded(decoded.total)
