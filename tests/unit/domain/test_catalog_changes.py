"""Differences of two catalogs: complete, told in the notification's words, and guarded."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from msgspec.structs import replace

from app.domain.catalog import Catalog, CatalogEntity, EntityKind, Image, Option, Product, catalog_of
from app.domain.catalog_changes import CatalogChange, ChangeType, Fact, applied, differences, guard
from app.domain.status import OrderType
from tests.helpers.catalogs import catalogs, entities, pizzas


@given(catalogs(), catalogs())
def test_the_changes_applied_to_one_give_the_other(before: Catalog, after: Catalog) -> None:
    assert applied(before, differences(before, after)) == after


@given(catalogs(), catalogs())
def test_each_entity_is_told_once_and_only_where_it_differs(before: Catalog, after: Catalog) -> None:
    told = [(change.kind, change.external_id) for change in differences(before, after)]
    assert len(told) == len(set(told))
    expected = {
        (kind, name)
        for kind in EntityKind
        for name in {*before.of(kind), *after.of(kind)}
        if before.of(kind).get(name) != after.of(kind).get(name)
    }
    assert set(told) == expected


@given(catalogs())
def test_nothing_differs_from_itself(catalog: Catalog) -> None:
    assert not differences(catalog, catalog)
    assert guard(catalog, []) is None


@given(entities())
def test_an_entity_is_the_same_after_its_json(entity: CatalogEntity) -> None:
    raw = msgspec.json.encode(entity)
    assert msgspec.json.decode(raw, type=type(entity)) == entity


def one(before: Catalog, after: Catalog) -> CatalogChange:
    changes = differences(before, after)
    assert len(changes) == 1
    return changes[0]


def test_a_price_is_one_change_with_one_fact() -> None:
    change = one(pizzas(), pizzas(price=Decimal("12.50")))
    assert (change.kind, change.external_id, change.change) == (EntityKind.PRODUCT, "p0", ChangeType.UPDATED)
    assert change.name == "Pizza 0"
    assert change.facts == (Fact("price", Decimal("10.00"), Decimal("12.50")),)


def test_the_same_amount_written_otherwise_is_no_change() -> None:
    assert not differences(pizzas(), pizzas(price=Decimal(10)))


@pytest.mark.parametrize(
    "changes",
    [
        {"is_available": False},
        {"is_available": False, "available_from": datetime(2026, 11, 26, 6, 0, tzinfo=UTC)},
    ],
)
def test_sold_out_is_a_change_of_availability(changes: dict[str, Any]) -> None:
    assert one(pizzas(), pizzas(**changes)).change is ChangeType.AVAILABILITY


def test_sold_out_with_a_new_price_is_an_update() -> None:
    assert one(pizzas(), pizzas(is_available=False, price=Decimal(11))).change is ChangeType.UPDATED


def test_what_came_into_a_list_and_what_left_it() -> None:
    change = one(pizzas(option_categories=("a", "b")), pizzas(option_categories=("b", "c")))
    assert change.facts == (Fact("option_categories", ("a",), ("c",)),)
    assert one(pizzas(option_categories=("a", "b")), pizzas(option_categories=("b", "a"))).facts == (
        Fact("order", key="option_categories"),
    )


def test_prices_by_order_type_and_names_by_language_are_told_one_by_one() -> None:
    before = pizzas(prices={OrderType.DELIVERY: Decimal(11)}, names={"en": "Pizza", "ca": "Pizza"})
    after = pizzas(prices={OrderType.DELIVERY: Decimal(12), OrderType.INSIDE: Decimal(9)}, names={"en": "Pie"})
    assert set(one(before, after).facts) == {
        Fact("prices", Decimal(11), Decimal(12), "delivery"),
        Fact("prices", None, Decimal(9), "inside"),
        Fact("names", "Pizza", "Pie", "en"),
        Fact("names", "Pizza", None, "ca"),
    }


def test_what_came_or_went_has_no_facts_but_a_name() -> None:
    gone = one(
        pizzas(),
        applied(pizzas(), [CatalogChange(kind=EntityKind.PRODUCT, external_id="p0", change=ChangeType.REMOVED)]),
    )
    assert (gone.change, gone.name, gone.facts) == (ChangeType.REMOVED, "Pizza 0", ())
    come = one(Catalog(), catalog_of([Option(external_id="o", name="Bacon")]))
    assert (come.change, come.name, come.facts) == (ChangeType.CREATED, "Bacon", ())


def test_of_two_entities_with_one_id_the_first_counts() -> None:
    first, second = Product(external_id="p", name="one"), Product(external_id="p", name="two")
    assert catalog_of([first, second]).products["p"] is first


def test_an_image_that_changed_under_the_same_address_is_seen() -> None:
    before, after = (pizzas(image=Image(url="https://x.example/1.jpg", hash=text)) for text in ("1", "2"))
    assert [fact.field for fact in one(before, after).facts] == ["image"]


# ---------------------------------------------------------------- the guard


def without(catalog: Catalog, *names: str) -> Catalog:
    left = {name: product for name, product in catalog.products.items() if name not in names}
    return replace(catalog, products=left)


@pytest.mark.parametrize(("gone", "waits"), [(0, False), (1, False), (2, False), (3, True), (10, True)])
def test_more_than_a_fifth_of_the_products_gone_waits_for_a_person(gone: int, waits: bool) -> None:
    before = pizzas(10)
    found = guard(before, differences(before, without(before, *(f"p{n}" for n in range(gone)))))
    assert (found is not None) is waits
    if found is not None:
        assert (found.removed, found.products, found.prices) == (gone, 10, ())


@pytest.mark.parametrize(
    ("price", "waits"), [("15.00", False), ("15.01", True), ("5.00", False), ("4.99", True), ("0", True)]
)
def test_a_price_that_moves_by_more_than_half_waits_for_a_person(price: str, waits: bool) -> None:
    found = guard(pizzas(), differences(pizzas(), pizzas(price=Decimal(price))))
    assert (found is not None) is waits
    if found is not None:
        assert [(move.name, move.before, move.after) for move in found.prices] == [
            ("Pizza 0", Decimal("10.00"), Decimal(price))
        ]


def test_prices_by_order_type_are_guarded_too() -> None:
    before, after = (pizzas(prices={OrderType.DELIVERY: Decimal(n)}) for n in (10, 100))
    found = guard(before, differences(before, after))
    assert found is not None
    assert found.prices[0].order_type == "delivery"


@pytest.mark.parametrize(("before", "after"), [(None, Decimal(9)), (Decimal(0), Decimal(9))])
def test_a_price_that_was_missing_is_believed(before: Decimal | None, after: Decimal) -> None:
    assert guard(pizzas(price=before), differences(pizzas(price=before), pizzas(price=after))) is None


@given(catalogs())
def test_a_first_catalog_never_waits(after: Catalog) -> None:
    assert guard(Catalog(), differences(Catalog(), after)) is None


@given(catalogs())
def test_a_catalog_that_came_empty_waits_whenever_there_were_products(before: Catalog) -> None:
    found = guard(before, differences(before, Catalog()))
    assert (found is not None) is bool(before.products)
