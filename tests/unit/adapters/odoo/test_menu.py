"""Odoo's records as entities, without an Odoo: what the real one's tests cannot reach; nothing named is missing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.odoo.menu import MenuMaker
from adapters.odoo.menu_rows import AttributeRow, ValueAtProductRow
from app.domain.catalog import Catalog, EntityKind
from tests.unit.adapters.odoo.menus import (
    BACON,
    EGG,
    EXTRAS,
    LARGE,
    SIZE,
    SMALL,
    catalog,
    category,
    frame,
    page,
    template,
    value,
    variant,
)


def both(ident: int, of: int, bacon: str = "1", egg: str = "0.5") -> list[ValueAtProductRow]:
    return [value(ident, of, EXTRAS, BACON, bacon), value(ident + 1, of, EXTRAS, EGG, egg)]


def with_extras(ident: int, *taxes: int) -> object:
    return template(ident, attribute_line_ids=[ident * 10 + EXTRAS], taxes_id=[*taxes])


def missing(found: Catalog) -> dict[EntityKind, set[str]]:
    """What is named and not there."""
    named = {
        EntityKind.SECTION: {ident for menu in found.menus.values() for ident in menu.sections},
        EntityKind.PRODUCT: {ident for section in found.sections.values() for ident in section.products},
        EntityKind.VARIANT: {ident for product in found.products.values() for ident in product.variants},
        EntityKind.OPTION_CATEGORY: {one for product in found.products.values() for one in product.option_categories},
        EntityKind.OPTION: {ident for choice in found.option_categories.values() for ident in choice.options},
    }
    return {kind: gone for kind, idents in named.items() if (gone := idents - set(found.of(kind)))}


def test_a_product_without_a_variant_is_not_there() -> None:
    found = catalog(frame(), page([template(1), template(2)], [variant(1, 1)]))
    assert list(found.products) == ["T-1"]
    assert found.sections["C-1"].products == ("T-1",)


def test_no_products_no_sections_and_a_menu_that_says_so() -> None:
    found = catalog(frame(), page([], []))
    assert (found.menus["M-1"].sections, found.sections, found.products) == ((), {}, {})


def test_a_choice_comes_once_over_all_pages() -> None:
    pages = [page([with_extras(n, 2)], [variant(n, n)], *both(n * 100, n)) for n in (1, 2, 3)]  # type: ignore[list-item]
    found = catalog(frame(), *pages)
    assert list(found.option_categories) == ["A-2-10"]
    assert found.option_categories["A-2-10"].options == ("V-21-10", "V-22-10")
    assert [found.options[one].price for one in ("V-21-10", "V-22-10")] == [Decimal("1.10"), Decimal("0.55")]


@pytest.mark.parametrize(
    ("taxes", "common"), [([2], "A-2-10"), ([1], "A-2-21"), ([3], "A-2"), ([], "A-2"), ([1, 2], "A-2-31")]
)
def test_the_id_of_a_shared_choice_says_what_comes_on_top(taxes: list[int], common: str) -> None:
    found = catalog(frame(), page([with_extras(1, *taxes)], [variant(1, 1)], *both(100, 1)))  # type: ignore[list-item]
    assert found.products["T-1"].option_categories == (common,)


def test_a_product_with_other_prices_or_fewer_values_has_a_choice_of_its_own() -> None:
    templates = [with_extras(n, 3) for n in (1, 2, 3)]
    rows = [*both(100, 1), *both(200, 2, egg="0.7"), value(300, 3, EXTRAS, BACON, "1")]
    found = catalog(frame(), page(templates, [variant(n, n) for n in (1, 2, 3)], *rows))  # type: ignore[arg-type]
    categories = [found.products[f"T-{n}"].option_categories for n in (1, 2, 3)]
    assert categories == [("A-2",), ("A-2-L22",), ("A-2-L32",)]
    assert found.option_categories["A-2-L22"].options == ("V-21-P200", "V-22-P201")
    assert found.options["V-22-P201"].price == Decimal("0.70")
    assert found.option_categories["A-2-L32"].options == ("V-21-P300",)


def test_values_that_are_archived_are_not_offered() -> None:
    its = frame()
    del its.values[EGG]
    found = catalog(its, page([with_extras(1, 3)], [variant(1, 1)], *both(100, 1)))  # type: ignore[list-item]
    assert found.products["T-1"].option_categories == ("A-2",)
    assert found.option_categories["A-2"].options == ("V-21",)


def test_a_variant_by_the_names_of_its_values_in_each_language() -> None:
    its = frame(value_names={LARGE: {"en": "Large", "ca": "Gran"}, SMALL: {"en": "Medium"}})
    rows = [value(101, 1, SIZE, SMALL), value(102, 1, SIZE, LARGE)]
    found = catalog(its, page([template(1)], [variant(1, 1, "10", 101), variant(2, 1, "14.50", 102)], *rows))
    product = found.products["T-1"]
    assert (product.price, product.variants) == (None, ("P-1", "P-2"))
    large = found.variants["P-2"]
    assert (large.name, large.names, large.price) == ("Familiar", {"en": "Large", "ca": "Gran"}, Decimal("15.95"))


def test_the_one_variant_s_price_counts() -> None:
    """A product with one value of an attribute has one variant, whose price contains the value's."""
    found = catalog(frame(), page([template(1)], [variant(1, 1, "12.50")]))
    assert found.products["T-1"].price == Decimal("13.75")


def test_another_company_s_taxes_do_not_count() -> None:
    found = catalog(frame(), page([template(1, taxes_id=[2, 99])], [variant(1, 1)]))
    assert (found.products["T-1"].price, found.products["T-1"].vat) == (Decimal("11.00"), Decimal(10))


def test_texts() -> None:
    html = "<p>Tomate &amp; queso</p><p><br></p><ul><li>sin</li></ul>"
    described = template(1, name="  Pizza\n 🍕 ", public_description=html)
    spoken = template(2, description_sale="Con patatas\r\ny salsa")
    found = catalog(frame(), page([described, spoken], [variant(1, 1), variant(2, 2)]))
    assert (found.products["T-1"].name, found.products["T-1"].description) == ("Pizza 🍕", "Tomate & queso\nsin")
    assert found.products["T-2"].description == "Con patatas\ny salsa"


def test_pictures_only_where_everybody_may_see_them() -> None:
    shown = page([template(1)], [variant(1, 1)], pictures={1: "abcdef0123456789"})
    image = catalog(frame(url="http://odoo.test", category_pictures={1: "99887766aa"}), shown)
    product = image.products["T-1"].image
    assert product is not None
    assert product.url == "http://odoo.test/web/image/product.template/1/image_512?unique=abcdef01"
    assert product.hash == "abcdef0123456789"
    assert image.sections["C-1"].image is not None
    assert catalog(frame(), shown).products["T-1"].image is None


def test_tags_that_customers_see() -> None:
    found = catalog(frame(tags={7: "Vegano"}), page([template(1, product_tag_ids=[7, 8])], [variant(1, 1)]))
    assert found.products["T-1"].tags == ("Vegano",)


def test_one_must_be_chosen_of_a_list_that_is_not_of_many() -> None:
    radio = AttributeRow(id=EXTRAS, name="Guarnición", display_type="pills", create_variant="no_variant")
    its = frame()
    its.attributes[EXTRAS] = radio
    found = catalog(its, page([with_extras(1, 3)], [variant(1, 1)], *both(100, 1)))  # type: ignore[list-item]
    choice = found.option_categories["A-2"]
    assert (choice.min_selection, choice.max_selection, choice.max_same_option_selection) == (1, 1, 1)


def test_a_category_below_one_that_the_till_does_not_have_is_there() -> None:
    rows = [category(1, "Comida", 77), category(2, "Huevo", 3), category(3, "Gallina", 77)]
    found = catalog(
        frame(categories=rows),
        page([template(n, pos_categ_ids=[n]) for n in (1, 2, 3)], [variant(n, n) for n in (1, 2, 3)]),
    )
    assert found.menus["M-1"].sections == ("C-1", "C-3", "C-2")
    assert missing(found) == {}


def test_what_is_not_shown_stands_in_no_section() -> None:
    maker = MenuMaker(frame())
    made = list(maker.of_page(page([template(1)], [variant(1, 1)]), shown=False)) + list(maker.menu())
    assert [entity.kind for entity in made] == [EntityKind.PRODUCT, EntityKind.MENU]


@given(st.data())
def test_whatever_odoo_has_nothing_named_is_missing(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(1, 30), unique=True, max_size=8))
    pages, number = [], 1000
    for ident in ids:
        rows = []
        for attribute, values in ((SIZE, (SMALL, LARGE)), (EXTRAS, (BACON, EGG))):
            for one in data.draw(st.lists(st.sampled_from(values), unique=True)):
                number += 1
                price = data.draw(st.sampled_from(("0", "0.5", "1")))
                rows.append(value(number, ident, attribute, one, price))
        sizes = [row.id for row in rows if row.attribute_id == (SIZE, "")]
        variants = [variant(ident * 10 + n, ident, "10", size) for n, size in enumerate(sizes or [0])]
        row = template(
            ident,
            attribute_line_ids=[ident * 10 + SIZE, ident * 10 + EXTRAS],
            taxes_id=data.draw(st.lists(st.sampled_from((1, 2, 3, 9)), unique=True)),
            pos_categ_ids=data.draw(st.lists(st.sampled_from((1, 2, 3)), unique=True)),
        )
        pages.append(page([row], variants if data.draw(st.booleans()) else [], *rows))
    found = catalog(frame(categories=[category(1, "a"), category(2, "a", 1)]), *pages)
    # a category that Odoo did not give is none of the till's
    assert missing(found) == {}
    assert all(choice.options for choice in found.option_categories.values())
