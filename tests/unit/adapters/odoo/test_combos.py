"""Set menus of an order as combos: which parts they have, and that their money adds up; see tests/real too."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.odoo.combos import Part, parts_of, shares
from adapters.odoo.shelf import ComboItem, Shelf, VariantRow
from app.domain.order_parts import OrderLine

MENU = VariantRow(id=60, display_name="Menú", product_tmpl_id=(6, ""), taxes_id=[], type="combo")
PIZZA = VariantRow(id=50, display_name="Pizza", product_tmpl_id=(5, ""), taxes_id=[1])
WINE = VariantRow(id=70, display_name="Vino", product_tmpl_id=(7, ""), taxes_id=[1])
SHELF = Shelf(
    products={"T-6": MENU, "T-5": PIZZA, "P-50": PIZZA, "T-7": WINE, "I-2": WINE, "T-8": WINE},
    options={},
    taxes={},
    combos={
        6: [
            ComboItem(id=1, variant=50, base_price=Decimal(8), extra_price=Decimal(0)),
            ComboItem(id=2, variant=70, base_price=Decimal(2), extra_price=Decimal("1.5")),
            ComboItem(id=3, variant=70, base_price=Decimal(2), extra_price=Decimal(0)),
        ]
    },
)


def line(*children: dict[str, Any]) -> OrderLine:
    return msgspec.convert({"label": "Menú", "childrenOrderLines": list(children)}, OrderLine, strict=False)


def part(external_id: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"label": external_id, "quantity": quantity, "product": {"externalId": external_id}, **more}


def found(*children: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(one.product.id, one.item.id, int(one.times)) for one in parts_of(line(*children), MENU, SHELF)]


def test_parts_are_found_by_product_variant_and_choice_under_any_heading() -> None:
    heading = {"label": "Bebida", "quantity": 2, "childrenOrderLines": [part("I-2", 3)]}
    assert found(part("T-5"), part("P-50", 2), heading) == [(50, 1, 1), (50, 1, 2), (70, 2, 6)]
    assert found(part("T-7")) == [(70, 2, 1)]


@pytest.mark.parametrize(
    "children",
    [
        [],
        [{"label": "Agua", "quantity": 1}],
        [part("T-5"), part("T-6")],
        [part("T-5", 0)],
    ],
)
def test_what_is_no_combo(children: list[dict[str, Any]]) -> None:
    assert found(*children) == []
    assert parts_of(line(*children), PIZZA, SHELF) == []
    assert parts_of(line(*children), None, SHELF) == []


@given(
    st.integers(0, 100_000),
    st.lists(
        st.tuples(st.integers(0, 3000), st.integers(0, 500), st.sampled_from(("1", "2", "0.5"))), min_size=1, max_size=8
    ),
)
def test_the_parts_come_to_the_whole(cents: int, items: list[tuple[int, int, str]]) -> None:
    total = Decimal(cents).scaleb(-2)
    parts = [
        Part(
            line(),
            Decimal(times),
            PIZZA,
            ComboItem(id=1, variant=50, base_price=Decimal(base).scaleb(-2), extra_price=Decimal(extra).scaleb(-2)),
        )
        for base, extra, times in items
    ]
    divided = shares(total, parts, "EUR")
    assert sum(divided) == total
    assert all(share == share.quantize(Decimal("0.01")) for share in divided)
    assert all(share >= -Decimal("0.04") for share in divided)
