"""Every rule of the table finds its fault, once, and what has none is left alone; what is published is sound."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from msgspec.structs import replace

from app.domain.catalog import (
    Catalog,
    CatalogEntity,
    EntityKind,
    Image,
    Menu,
    MenuType,
    Option,
    OptionCategory,
    Product,
    Section,
    Variant,
    catalog_of,
)
from app.domain.catalog_checks import findings
from app.domain.catalog_publish import publishable
from app.domain.catalog_rules import DEAR, RULES, Severity
from tests.helpers.catalogs import catalogs

CENT = Decimal("10.00")


def sound(*changed: CatalogEntity, without: tuple[str, ...] = ()) -> Catalog:
    """A menu without a fault, with some entities replaced (by id) or added."""
    entities: list[CatalogEntity] = [
        Menu(external_id="m", name="Carta", sections=("s",)),
        Section(external_id="s", name="Pizzas", products=("p", "q")),
        Product(external_id="p", name="Margarita", price=CENT, vat=Decimal(10), allergens=(), option_categories=("c",)),
        Product(external_id="q", name="Cerveza", vat=Decimal(10), allergens=(), variants=("v", "w")),
        Variant(external_id="v", name="Caña", price=Decimal("2.50")),
        Variant(external_id="w", name="Jarra", price=Decimal("4.00")),
        OptionCategory(external_id="c", name="Extras", min_selection=1, max_selection=2, options=("o", "u")),
        Option(external_id="o", name="Bacon", price=Decimal("1.50")),
        Option(external_id="u", name="Atún", price=Decimal("1.50")),
    ]
    new = {each.external_id: each for each in changed}
    kept = [new.pop(each.external_id, each) for each in entities if each.external_id not in without]
    return catalog_of([*kept, *new.values()])


SOUND = sound()
MENU, SECTION = SOUND.menus["m"], SOUND.sections["s"]
PIZZA, BEER = SOUND.products["p"], SOUND.products["q"]
SMALL = SOUND.variants["v"]
EXTRAS, BACON = SOUND.option_categories["c"], SOUND.options["o"]
LONG = "x" * 200

BROKEN: dict[str, Callable[[], Catalog]] = {
    "G02": lambda: sound(
        replace(SECTION, products=("p", "q", "")),
        Product(external_id="", name="Sin id", price=CENT, vat=Decimal(10), allergens=()),
    ),
    "G03": lambda: sound(
        replace(SECTION, products=("p", "q", LONG)),
        Product(external_id=LONG, name="Larga", price=CENT, vat=Decimal(10), allergens=()),
    ),
    "G04": lambda: sound(replace(PIZZA, name=LONG)),
    "M01": lambda: sound(replace(MENU, name=" ")),
    "M02": lambda: sound(replace(MENU, type=MenuType.SET_MENU)),
    "M03": lambda: sound(replace(MENU, price=Decimal(-1))),
    "M04": lambda: sound(Menu(external_id="m2", name="Vacía")),
    "M05": lambda: sound(replace(MENU, sections=("s", "gone"))),
    "S01": lambda: sound(replace(SECTION, name="")),
    "S02": lambda: sound(replace(MENU, sections=("s", "t")), Section(external_id="t", name="Vacía")),
    "S03": lambda: sound(replace(SECTION, products=("p", "q", "gone"))),
    "S04": lambda: sound(replace(SECTION, min_selection=2, max_selection=1)),
    "S05": lambda: sound(replace(SECTION, min_selection=3)),
    "S06": lambda: sound(replace(SECTION, products=("p", "q", "p"))),
    "S07": lambda: sound(Section(external_id="t", name="Suelta", products=("p",))),
    "S08": lambda: sound(replace(BEER, name="Margarita")),
    "P01": lambda: sound(replace(PIZZA, name="")),
    "P02": lambda: sound(replace(PIZZA, price=None)),
    "P03": lambda: sound(replace(PIZZA, price=Decimal(-1))),
    "P04": lambda: sound(replace(PIZZA, price=Decimal(0))),
    "P05": lambda: sound(replace(PIZZA, price=DEAR + 1)),
    "P06": lambda: sound(replace(PIZZA, price=Decimal("9.999"))),
    "P07": lambda: sound(replace(PIZZA, vat=None)),
    "P08": lambda: sound(replace(PIZZA, vat=Decimal(110))),
    "P09": lambda: sound(replace(SECTION, products=("p",))),
    "P10": lambda: sound(replace(PIZZA, image=Image(url="file:///pizza.png"))),
    "P11": lambda: sound(replace(PIZZA, description="x" * 1001)),
    "P12": lambda: sound(replace(PIZZA, allergens=None)),
    "P13": lambda: sound(replace(BEER, variants=("v", "w", "gone"))),
    "P14": lambda: sound(replace(PIZZA, option_categories=("c", "gone"))),
    "P15": lambda: sound(replace(PIZZA, option_categories=("c", "c"))),
    "P16": lambda: sound(*(replace(SOUND.variants[name], is_available=False) for name in "vw")),
    "P17": lambda: sound(*(replace(SOUND.options[name], is_available=False) for name in "ou")),
    "P18": lambda: sound(replace(PIZZA, preparation_minutes=300)),
    "V01": lambda: sound(replace(SMALL, name="")),
    "V02": lambda: sound(replace(SMALL, price=None)),
    "V03": lambda: sound(replace(SMALL, price=Decimal(-1))),
    "V04": lambda: sound(replace(SMALL, price=Decimal("2.505"))),
    "V05": lambda: sound(Variant(external_id="x", name="Suelta", price=CENT)),
    "V06": lambda: sound(replace(PIZZA, variants=("v",))),
    "V07": lambda: sound(replace(SMALL, name="Jarra")),
    "C01": lambda: sound(replace(EXTRAS, name="")),
    "C02": lambda: sound(replace(EXTRAS, max_selection=0)),
    "C03": lambda: sound(replace(EXTRAS, min_selection=3, max_selection=3)),
    "C04": lambda: sound(replace(PIZZA, option_categories=("c", "d")), OptionCategory(external_id="d", name="Salsa")),
    "C05": lambda: sound(replace(EXTRAS, options=("o", "u", "gone"))),
    "C06": lambda: sound(OptionCategory(external_id="d", name="Suelta", options=("o",))),
    "C07": lambda: sound(replace(EXTRAS, min_selection=-1)),
    "C08": lambda: sound(replace(BACON, name="Atún")),
    "O01": lambda: sound(replace(BACON, name="")),
    "O02": lambda: sound(replace(BACON, price=Decimal(-1))),
    "O03": lambda: sound(replace(BACON, price=Decimal("1.505"))),
    "O04": lambda: sound(Option(external_id="x", name="Suelta")),
}


def test_a_sound_menu_has_no_findings_and_is_published_whole() -> None:
    assert not findings(SOUND)
    assert publishable(SOUND, []) == SOUND


def test_every_rule_is_tried_here() -> None:
    assert set(RULES) == {*BROKEN, "G01"}
    assert len(RULES) >= 30


@pytest.mark.parametrize("number", sorted(BROKEN))
def test_the_fault_is_found_and_nothing_else(number: str) -> None:
    found = findings(BROKEN[number]())
    assert {finding.rule.number for finding in found} == {number}
    twins = 2 if number == "V07" else 1  # both of the two are pointed at
    assert len(found) == twins


@pytest.mark.parametrize("number", sorted(BROKEN))
def test_sentence_and_fix_are_whole(number: str) -> None:
    for finding in findings(BROKEN[number]()):
        for text in (finding.sentence, finding.fix):
            assert text.endswith((".", "?", finding.values.get("url", "?")))
            assert "{" not in text


@pytest.mark.parametrize("number", sorted(BROKEN))
def test_an_error_keeps_back_and_a_warning_does_not(number: str) -> None:
    catalog = BROKEN[number]()
    found = findings(catalog)
    finding = found[0]
    published = publishable(catalog, found)
    assert (finding.external_id in published.of(finding.kind)) is (finding.rule.severity is Severity.WARNING)


def test_an_id_that_came_twice_is_pointed_out() -> None:
    found = findings(SOUND, [(EntityKind.PRODUCT, "p")])
    assert [(finding.rule.number, finding.external_id) for finding in found] == [("G01", "p")]
    assert publishable(SOUND, found) == SOUND


# ---------------------------------------------------------------- what goes with what is kept back


def test_a_product_goes_with_its_required_choice() -> None:
    catalog = sound(replace(EXTRAS, name=""))
    published = publishable(catalog, findings(catalog))
    assert set(published.products) == {"q"}
    assert published.sections["s"].products == ("q",)


def test_a_product_stays_without_a_choice_that_was_free() -> None:
    catalog = sound(replace(EXTRAS, name="", min_selection=0))
    assert publishable(catalog, findings(catalog)).products["p"].option_categories == ()


def test_a_menu_goes_with_its_last_section() -> None:
    catalog = sound(replace(PIZZA, name=""), replace(BEER, name=""))
    published = publishable(catalog, findings(catalog))
    assert not published.sections
    assert not published.menus


def test_one_of_two_variants_is_enough() -> None:
    catalog = sound(replace(SMALL, price=None))
    assert publishable(catalog, findings(catalog)).products["q"].variants == ("w",)


def test_a_product_whose_required_choice_is_sold_out_is_sold_out() -> None:
    catalog = BROKEN["P17"]()
    assert catalog.products["p"].is_available
    assert not publishable(catalog, findings(catalog)).products["p"].is_available


@given(catalogs())
def test_what_is_published_has_no_error_and_leads_nowhere(catalog: Catalog) -> None:
    published = publishable(catalog, findings(catalog))
    assert not [finding for finding in findings(published) if finding.keeps_back]
    for menu in published.menus.values():
        assert set(menu.sections) <= set(published.sections)
    for section in published.sections.values():
        assert set(section.products) <= set(published.products)
    for product in published.products.values():
        assert set(product.variants) <= set(published.variants)
        assert set(product.option_categories) <= set(published.option_categories)
    for category in published.option_categories.values():
        assert set(category.options) <= set(published.options)


@given(catalogs())
def test_what_is_published_is_left_as_it_is_the_second_time(catalog: Catalog) -> None:
    published = publishable(catalog, findings(catalog))
    assert publishable(published, findings(published)) == published
