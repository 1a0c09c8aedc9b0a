"""Orders through the reference POS's profile into its real till: to the cent, nothing lost."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest.expressions import Engine
from adapters.rest.load import load_profile
from adapters.rest.orders import ADJUSTMENT, OrderViews
from adapters.rest.profile import Profile
from adapters.rest.profile_parts import Lines, Payment, Taxes, Text
from adapters.rest.texts import Texts
from app.domain import money
from app.domain.errors import PosRefused
from app.domain.order import decode_order
from app.domain.selling_point import PaymentRule, SellingPoint, TaxRegime
from app.domain.status import OrderType, Status
from app.ports.pos import PosOrderRequest
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from app.sandbox.pos_catalog import PosCatalog
from app.sandbox.pos_forms import OrderForm, Ticket
from app.sandbox.pos_store import TicketStore
from app.sandbox.pos_till import Till

POINT = SellingPoint(id="3961")
PROFILE = load_profile(Path("resources/profiles/reference.toml")).profile
ADJUSTED = PROFILE.lines.adjustment_name


def request_for(order: dict[str, Any], point: SellingPoint = POINT, **more: Any) -> PosOrderRequest:
    decoded = decode_order(to_json({"id": 7, "type": "collection", **order}), point.zone)
    plain = {"reference": str(decoded.id), "order": decoded, "selling_point": point, "status": Status.ACCEPTED}
    return PosOrderRequest(**{**plain, **more})


def view(order: dict[str, Any], profile: Profile = PROFILE, **more: Any) -> dict[str, Any]:
    return OrderViews(profile, Texts(profile.text)).view(request_for(order, **more))


def changed(**parts: Any) -> Profile:
    return msgspec.structs.replace(PROFILE, **parts)


ENGINE = Engine()
for _name, _source in PROFILE.functions.items():
    ENGINE.define(_name, _source)
BODY = ENGINE.compile("ticket(order)", {"request", "order", "lines", "payments", "options", "point", "words"})


def form_of(order: dict[str, Any], **more: Any) -> OrderForm:
    values = {**view(order, **more), "words": PROFILE.words, "options": {}, "point": {}}
    body = {name: value for name, value in BODY.evaluate(values).items() if value is not None}
    return msgspec.convert(_without_nulls(body), OrderForm, strict=False)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


@pytest.fixture
def till() -> Iterator[Till]:
    yield from _till()


def _till() -> Iterator[Till]:
    store = TicketStore(None)
    yield Till(store=store, catalog=PosCatalog(restaurant=superpizza(), store=store), on_event=lambda event, data: None)
    store.close()


def in_the_till(order: dict[str, Any]) -> Ticket:
    for till in _till():
        return till.create(form_of(order), received_at=0, key="7")[0]
    raise AssertionError


@pytest.mark.parametrize("kind", OrderType)
def test_generated_orders(till: Till, kind: OrderType) -> None:
    generator = OrderGenerator(restaurant=superpizza(), seed=20)
    for _ in range(40):
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
            nothing = [] if kind is OrderType.RESERVATION else [ADJUSTED]
            assert [line.name for line in ticket.lines] == (
                [line["label"] for line in version["orderLines"]] or nothing
            )
            assert (ticket.vat, ticket.net) == (version["vatAmount"], version["baseAmount"])


AMOUNTS = st.decimals(min_value=-50, max_value=500, places=4, allow_nan=False, allow_infinity=False)


@given(
    st.lists(st.tuples(AMOUNTS, st.decimals(min_value=-3, max_value=20, places=3)), max_size=6),
    st.decimals(min_value=0, max_value=999, places=2),
)
def test_the_pos_total_is_the_orders_to_the_cent(lines: list[tuple[Decimal, Decimal]], total: Decimal) -> None:
    order_lines = [{"label": "x", "unitPrice": price, "quantity": quantity} for price, quantity in lines]
    ticket = in_the_till({"totalAmount": total, "orderLines": order_lines})
    assert ticket.total == money.rounded(total)


def test_nested_options_go_in_per_one_unit_of_the_line() -> None:
    half = {"label": "Mitad", "quantity": 2, "unitPrice": 1, "comment": "fría", "productOption": {"externalId": 9},
            "childrenOrderLines": [{"label": "Sin", "quantity": 3, "unitPrice": "0.25"}]}  # fmt: skip
    line = {"label": "Pizza", "quantity": 2, "unitPrice": 12, "childrenOrderLines": [half], "comment": "rápida"}
    (seen,) = view({"totalAmount": 24, "orderLines": [line]})["lines"]
    assert seen["options"] == [
        {"option": "9", "name": "Mitad", "quantity": "2", "price": "1", "notes": ["Mitad: fría"]},
        {"option": None, "name": "Sin", "quantity": "6", "price": "0.25", "notes": []},
    ]
    assert seen["notes"] == ["rápida", "Mitad: fría"]
    assert (seen["price"], seen["basePrice"], seen["total"]) == ("12", "8.50", "24.00")


def test_a_line_taken_back_costs_less_than_nothing() -> None:
    (line,) = view({"totalAmount": -5, "orderLines": [{"label": "x", "quantity": -2, "unitPrice": "2.5"}]})["lines"]
    assert (line["price"], line["quantity"], line["total"]) == ("-2.5", "2", "-5.00")


def test_a_line_of_none_is_a_remark() -> None:
    seen = view({"totalAmount": 0, "orderLines": [{"label": "Agua", "quantity": 0, "comment": "fría"}]})
    assert seen["order"]["notes"] == ["0 x Agua · fría"]


def test_the_adjustment_has_the_vat_of_what_weighs_most() -> None:
    lines = [{"label": "a", "unitPrice": 2, "vatValue": 21}, {"label": "b", "unitPrice": 9, "vatValue": 10}]
    last = view({"totalAmount": 12, "orderLines": lines})["lines"][-1]
    assert (last["type"], last["name"], last["price"], last["vat"]) == (ADJUSTMENT, "Ajuste", "1.00", "10")


def test_a_pos_that_adjusts_by_itself_gets_no_line() -> None:
    profile = changed(lines=Lines(adjustment=False))
    assert len(view({"totalAmount": 12, "orderLines": [{"label": "a", "unitPrice": 2}]}, profile)["lines"]) == 1


def test_a_pos_without_negative_lines_gets_a_discount() -> None:
    profile = changed(lines=Lines(negative=False))
    lines = [{"label": "a", "unitPrice": 20}, {"label": "Vale", "type": "DISCOUNT", "unitPrice": -3}]
    seen = view({"totalAmount": 16, "orderLines": lines}, profile)
    assert [line["name"] for line in seen["lines"]] == ["a"]
    assert Decimal(seen["order"]["discount"]) == 4


def test_lines_that_the_pos_does_not_know() -> None:
    order = {"totalAmount": 3, "orderLines": [{"unitPrice": 3, "type": "DELIVERY"}]}
    (line,) = view(order)["lines"]
    assert (line["product"], line["name"], line["type"]) == (None, "Gastos de envío", "DELIVERY")
    assert view(order, changed(lines=Lines(open_item="X-1")))["lines"][0]["product"] == "X-1"
    assert view(order, changed(lines=Lines(open_item="X-1", unknown="refuse")))["lines"][0]["product"] == "X-1"
    with pytest.raises(PosRefused, match="can't take 'Gastos de envío'"):
        view(order, changed(lines=Lines(unknown="refuse")))


def test_what_does_not_fit_its_field_stands_whole_in_the_notes() -> None:
    name = "Ana " * 80
    seen = view({"totalAmount": 0, "consumer": {"name": name}, "comment": "con prisa"})["order"]
    assert len(seen["customer"]["name"]) == PROFILE.text.name_limit
    assert " ".join(seen["notes"]) == f"con prisa {name.strip()}"


def test_texts_are_as_the_pos_prints_them() -> None:
    profile = changed(text=Text(charset="ascii", note_limit=22, note_entries=2))
    seen = view({"totalAmount": 0, "comment": "Alergia 🥜\nñ\nprisa", "consumer": {"name": "Núria 🌸"}}, profile)
    assert seen["order"]["customer"]["name"] == "Nuria"
    assert seen["order"]["notes"] == ["Alergia (cacahuetes) /", "n / prisa"]
    assert seen["order"]["comment"].startswith("Alergia 🥜")
    long = view({"totalAmount": 0, "comment": "x" * 60}, profile)["order"]["notes"]
    assert "".join(long) == "x" * 60  # too much for this POS, and nothing is cut


def test_tax_codes_by_regime() -> None:
    profile = changed(taxes=Taxes(iva={"10": "B", "10.5": "C"}, igic={"7": "G"}, default="?"))
    line = {"label": "a", "unitPrice": 11, "vatValue": "10.00"}
    seen = view({"totalAmount": 11, "orderLines": [line]}, profile)["lines"][0]
    assert (seen["tax"], seen["net"], seen["vat"]) == ("B", "10.00", "10.00")
    canary = SellingPoint(id="1", tax_regime=TaxRegime.IGIC)
    assert view({"totalAmount": 11, "orderLines": [line]}, profile, point=canary)["lines"][0]["tax"] == "?"


PAYMENTS = {"totalAmount": 9, "payments": [{"amount": 4, "paymentMethodName": "Card", "prepaid": True}, {"amount": 5}]}


def methods(profile: Profile, point: SellingPoint, *mapped: str | None) -> list[tuple[str, str]]:
    payments = tuple(zip(mapped, (Decimal(4), Decimal(5)), (True, False), strict=True))
    seen = view(PAYMENTS, profile, point=point, payments=payments)["payments"]
    return [(each["method"], each["amount"]) for each in seen]


def test_payments() -> None:
    ruled = SellingPoint(id="1", payments=(PaymentRule(pos_method="X"),))
    own = changed(payments=(Payment(pos_method="ONLINE", prepaid=True), Payment(pos_method="CASH", method="cash")))
    assert methods(PROFILE, POINT, "Card", None) == [("Card", "4.00")]  # not mapped: unpaid
    assert methods(own, POINT, "Card", "") == [("ONLINE", "4.00")]
    assert methods(own, ruled, "X", "Y") == [("X", "4.00"), ("Y", "5.00")]
    assert methods(own, ruled, None, "Y") == [("ONLINE", "4.00"), ("Y", "5.00")]


def test_every_value_is_there_and_plain() -> None:
    """Nothing is missing where an order is empty, and all of it is JSON as expressions take it."""
    full = OrderGenerator(restaurant=superpizza(), seed=3).order(OrderType.DELIVERY)

    def names(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: names(each) for name, each in value.items()}
        assert value is None or isinstance(value, str | int | bool | list), value
        return None

    shape, empty = names(view(full)), names(view({"totalAmount": None}))
    assert shape == empty


def test_the_order_as_sinqro_sent_it() -> None:
    views = OrderViews(PROFILE, Texts(PROFILE.text), sinqro=True)
    seen = views.view(request_for({"totalAmount": "9.50", "marketOrderId": 5}))["order"]["sinqro"]
    assert (seen["totalAmount"], seen["marketOrderId"]) == ("9.50", 5)
