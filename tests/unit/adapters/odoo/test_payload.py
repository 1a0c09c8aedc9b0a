"""From Sinqro's order form to Odoo's: what is sent, without an Odoo."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from adapters.odoo import forms, payload
from adapters.odoo.lines import Setting, extra_kinds
from adapters.odoo.payload import Draft, draft_of
from adapters.odoo.shelf import OptionRow, Shelf, VariantRow
from adapters.odoo.taxes import Tax
from adapters.odoo.venue import Place, Table
from app.domain.order import decode_order
from app.domain.selling_point import SellingPoint
from app.domain.status import OrderType, Status
from app.ports.pos import PosOrderRequest
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json

POINT = SellingPoint(id="3961")
TAXES = {
    1: Tax(id=1, amount=Decimal(21)),
    2: Tax(id=2, amount=Decimal(10)),
    3: Tax(id=3, amount=Decimal(4)),
    4: Tax(id=4, amount=Decimal(10), price_include=True),
}
EXTRAS = {"DELIVERY": 101, "TIP": 102, "DISCOUNT": 103, "": 104, "ROUNDING": 105}


def product(ident: int, *taxes: int) -> VariantRow:
    return VariantRow(id=ident, display_name=f"Producto {ident}", product_tmpl_id=(ident + 500, ""), taxes_id=[*taxes])


def option(ident: int, template: int) -> OptionRow:
    value = (ident + 500, "")
    return OptionRow(id=ident, name=f"Opción {ident}", product_tmpl_id=(template, ""), product_attribute_value_id=value)


def setting(**more: Any) -> Setting:
    place = Place(config=1, name="Bar", company=1, currency="EUR", session=3, methods=(1, 2), presets=())
    shelf = Shelf(
        products={"T-507": product(7, 1), "T-520": product(20, 4)},
        options={"V-11": {507: option(11, 507)}, "V-12": {}},
        taxes=TAXES,
    )
    methods = {"card": 2, "2": 2, "cash": 1, "1": 1}
    values = {"place": place, "shelf": shelf, "per_line": False, "extras": EXTRAS, "methods": methods, **more}
    return Setting(**values)


def line(label: str, price: str, quantity: object = 1, **more: Any) -> dict[str, Any]:
    return {"label": label, "unitPrice": price, "quantity": quantity, "vatValue": 10, **more}


def draft(
    *lines: dict[str, Any], kind: str = "collection", request: dict[str, Any] | None = None, **more: Any
) -> Draft:
    place = more.pop("setting", None) or setting()
    order = {"id": 7, "type": kind, "orderLines": list(lines), "marketOrderCode": "4F7K", **more}
    decoded = decode_order(msgspec.json.encode(order), POINT.zone)
    made = PosOrderRequest(reference="7", order=decoded, selling_point=POINT, status=Status.ACCEPTED, **(request or {}))
    return draft_of(made, place)


def gross(found: Draft) -> list[Decimal]:
    return [values["price_subtotal_incl"] for values in found.lines]


# lines


def test_a_product_goes_at_the_orders_price_and_vat() -> None:
    pizza = line("Pizza", "12.00", 2, product={"externalId": "T-507"}, comment="Bien hecha")
    found = draft(pizza)
    (values,) = found.lines
    assert values == {
        "uuid": forms.line_uuid(forms.order_uuid("7"), 0),
        "name": "SINQRO/7/0",
        "product_id": 7,
        "full_product_name": "Pizza",
        "qty": Decimal(2),
        "price_unit": Decimal("10.909090909091"),
        "price_type": "manual",
        "price_subtotal": Decimal("21.82"),
        "price_subtotal_incl": Decimal("24.00"),
        "tax_ids": [[6, 0, [2]]],
        "attribute_value_ids": [[6, 0, []]],
        "customer_note": "Bien hecha",
        "combo_item_id": False,
        "combo_parent_id": False,
    }
    assert (found.total, found.tax) == (Decimal("24.00"), Decimal("2.18"))


def test_a_product_of_gross_prices_keeps_them() -> None:
    (values,) = draft(line("Cola", "2.20", 3, product={"externalId": "T-520"})).lines
    assert (values["price_unit"], values["tax_ids"]) == (Decimal("2.200000000000"), [[6, 0, [4]]])


def test_a_line_without_a_rate_has_the_products() -> None:
    (values,) = draft(line("Pizza", "12.10", vatValue=None, product={"externalId": "T-507"})).lines
    assert values["tax_ids"] == [[6, 0, [1]]]


def test_options_are_odoos_values_or_words() -> None:
    children = [
        {"label": "Bacon", "quantity": 1, "productOption": {"externalId": "V-11"}},
        {"label": "Bacon", "quantity": 1, "productOption": {"externalId": "V-11"}, "comment": "crujiente"},
        {"label": "Queso", "quantity": 2, "productOption": {"externalId": "V-11"}},
        {"label": "De otra", "quantity": 1, "productOption": {"externalId": "V-12"}},
        {"label": "Sin cebolla", "quantity": 1, "comment": "alergia"},
        {"label": "Nada", "quantity": 0},
        {"label": "Menú", "quantity": 2, "childrenOrderLines": [{"label": "Agua", "quantity": 1}]},
    ]
    (values,) = draft(line("Pizza", "12", product={"externalId": "T-507"}, childrenOrderLines=children)).lines
    assert values["attribute_value_ids"] == [[6, 0, [11]]]
    assert values["customer_note"].splitlines() == [
        *("Bacon: crujiente", "2 x Queso", "De otra", "Sin cebolla: alergia", "2 x Menú", "2 x Agua"),
    ]


def test_lines_that_are_no_products_have_products_of_their_own() -> None:
    lines = [
        {"type": "DELIVERY", "unitPrice": "1.90", "vatValue": 21},
        {"type": "TIP", "label": "Propina", "unitPrice": 1, "vatValue": 0},
        {"type": "DISCOUNT", "label": "Promo", "unitPrice": "-1.50", "vatValue": 10},
        line("Plato del día", "9.95", 2),
        {"type": "ROUNDING", "unitPrice": "0.10"},
    ]
    found = draft(*lines)
    assert [values["product_id"] for values in found.lines] == [101, 102, 103, 104, 104]
    assert [values["full_product_name"] for values in found.lines][:3] == ["Gastos de envío", "Propina", "Promo"]
    assert [values["tax_ids"][0][2] for values in found.lines] == [[1], [], [2], [2], []]
    assert [values["customer_note"] for values in found.lines] == ["", "", "Promo", "Plato del día", "ROUNDING"]
    assert gross(found) == [Decimal(amount) for amount in ("1.90", "1", "-1.50", "19.90", "0.10")]
    order = decode_order(msgspec.json.encode({"id": 7, "type": "insitu", "orderLines": lines}), POINT.zone)
    assert extra_kinds(order, setting().shelf) == {"DELIVERY", "TIP", "DISCOUNT", "", "ROUNDING"}


def test_what_the_customer_paid_stands() -> None:
    found = draft(line("Pizza", "10"), totalAmount="9.50")
    assert gross(found) == [Decimal(10), Decimal("-0.50")]
    assert (found.lines[1]["product_id"], found.lines[1]["tax_ids"]) == (105, [[6, 0, [2]]])
    assert found.total == Decimal("9.50")
    assert gross(draft(totalAmount="3")) == [Decimal(3)]


def test_a_cent_of_odoos_rounding_goes_on_a_line_without_tax() -> None:
    found = draft(line("Pan", "0.13", vatValue=4))  # net 0.125 and tax 0.005: Odoo rounds both up
    assert gross(found) == [Decimal("0.13"), Decimal("-0.01")]
    assert (found.lines[1]["tax_ids"], found.total) == ([[6, 0, []]], Decimal("0.13"))


def test_quantities_that_odoo_would_round_become_one() -> None:
    (values,) = draft(line("Jamón", "80", "0.125")).lines
    assert (values["qty"], values["full_product_name"]) == (Decimal(1), "0.125 x Jamón")
    assert values["customer_note"] == "0.125 x Jamón"  # the till shows the product's own name
    assert values["price_subtotal_incl"] == Decimal("10.00")


def test_a_line_of_none_is_a_remark_and_a_negative_one_gives_back() -> None:
    found = draft(
        line("Sin hielo", "1", 0, comment="gracias"), line("Agua", "2", -1), line("Vino", "9"), comment="Hola"
    )
    assert gross(found) == [Decimal(-2), Decimal(9)]
    assert (found.lines[0]["qty"], found.lines[0]["price_unit"] < 0) == (Decimal(1), True)
    assert found.head["general_customer_note"] == "Hola\n0 x Sin hielo · gracias"


@pytest.mark.parametrize("per_line", [True, False])
def test_generated_orders_come_to_their_totals(per_line: bool) -> None:
    restaurant = superpizza()
    products = {item.id: product(number, 2) for number, item in enumerate(restaurant.products)}
    products |= {v.id: product(900, 2) for item in restaurant.products for v in item.variants}
    options = [option.id for category in restaurant.option_categories for option in category.options]
    shelf = Shelf(products=products, options={ident: {} for ident in options}, taxes=TAXES)
    generator = OrderGenerator(restaurant=restaurant, seed=1)
    for number in range(300):
        order = generator.order(list(OrderType)[number % 4])
        decoded = decode_order(to_json(order), POINT.zone)
        request = PosOrderRequest(reference="7", order=decoded, selling_point=POINT, status=Status.ACCEPTED)
        found = draft_of(request, setting(shelf=shelf, per_line=per_line))
        assert found.total == decoded.total
        assert len(found.lines) - len(decoded.lines) in (0, 1)


# head


def test_the_head() -> None:
    found = draft(
        line("Pizza", "10"),
        kind="inside",
        comment="Sin cebolla 🧅\x00",
        market={"code": "web", "name": "Web · propia"},
        dinersNumber=4,
        consumer={"name": "Núria", "lastname": "Güell", "phone": 600000000, "email": "n@example.com"},
        request={"execution_at": datetime(2026, 3, 7, 20, 30, tzinfo=UTC)},
        setting=setting(contact=55, preset=1, table=Table(id=6, root=6, name="Mesa 5")),
    )
    head = found.head
    assert head["uuid"] == found.uuid == str(forms.order_uuid("7"))
    assert re.fullmatch("[0-9a-f]{32}", head["access_token"])
    assert (head["partner_id"], head["preset_id"], head["customer_count"]) == (55, 1, 4)
    assert (head["mobile"], head["email"]) == ("600000000", "n@example.com")
    assert head["general_customer_note"] == "Sin cebolla 🧅"
    assert head["preset_time"] == "2026-03-07 20:30:00"
    assert head["floating_order_name"] == "Mesa 5 · Web propia 4F7K"
    assert payload.name_at_table(head["floating_order_name"]) == "Web propia 4F7K"
    assert "table_id" not in head
    assert "last_order_preparation_change" not in head


def test_an_address_that_no_contact_carries_stands_in_the_note() -> None:
    where = {"street": "Rambla, 1", "city": "Viladecans"}
    assert draft(line("A", "1"), deliveryAddress=where).head["general_customer_note"] == "Rambla, 1, Viladecans"
    placed = draft(line("A", "1"), deliveryAddress=where, setting=setting(contact=5))
    assert placed.head["general_customer_note"] == ""


def test_an_order_without_a_ticket_is_one_that_the_kitchen_has() -> None:
    found = draft(line("Pizza", "10", 2), request={"print_ticket": False})
    sent = json.loads(found.head["last_order_preparation_change"])
    assert {key: (one["uuid"], one["quantity"]) for key, one in sent["lines"].items()} == {
        found.lines[0]["uuid"]: (found.lines[0]["uuid"], 2)
    }


def test_only_what_was_paid_online_by_a_known_method_is_paid() -> None:
    payments = (
        ("CARD", Decimal(5), True),
        ("1", Decimal(3), False),
        (None, Decimal(2), True),
        ("X", Decimal(1), True),
    )
    found = draft(line("Pizza", "11"), request={"payments": payments})
    assert [(one["payment_method_id"], one["amount"]) for one in found.payments] == [(2, Decimal("5.00"))]
    assert found.unpaid
    assert not draft(line("Pizza", "11"), request={"payments": payments[:3]}).unpaid
