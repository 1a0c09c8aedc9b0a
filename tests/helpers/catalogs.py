"""Hypothesis strategies and small makers for catalogs."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.catalog import (
    Allergen,
    Catalog,
    CatalogEntity,
    Image,
    Menu,
    Option,
    OptionCategory,
    Product,
    Section,
    Variant,
    catalog_of,
)
from app.domain.status import OrderType

NAMES = ("Margarita", "4 quesos", "Coca-Cola", "Menú del día", "Bacon", "")
IDS = tuple("abcdef")


def prices() -> st.SearchStrategy[Decimal]:
    """Prices in whole cents."""
    return st.integers(0, 5000).map(lambda cents: Decimal(cents).scaleb(-2))


def _ids() -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(IDS), max_size=4, unique=True).map(tuple)


def entities() -> st.SearchStrategy[CatalogEntity]:
    """Any entity, of few ids, so that two catalogs share many."""
    ident, name, price = st.sampled_from(IDS), st.sampled_from(NAMES), prices()
    by_type = st.dictionaries(st.sampled_from(sorted(OrderType)), price, max_size=2)
    when = st.none() | st.just(datetime(2026, 11, 26, 12, 0, tzinfo=UTC))
    names = st.dictionaries(st.sampled_from(("en", "ca")), name, max_size=2)
    return st.one_of(
        st.builds(Menu, external_id=ident, name=name, names=names, price=st.none() | price, sections=_ids()),
        st.builds(Section, external_id=ident, name=name, position=st.integers(0, 3), products=_ids()),
        st.builds(
            Product,
            external_id=ident,
            name=name,
            price=st.none() | price,
            prices=by_type,
            vat=st.none() | st.sampled_from((Decimal(10), Decimal(21))),
            allergens=st.none() | st.lists(st.sampled_from(sorted(Allergen)), max_size=2, unique=True).map(tuple),
            image=st.none() | st.builds(Image, url=st.just("https://x.example/1.jpg"), hash=st.sampled_from("12")),
            is_available=st.booleans(),
            available_from=when,
            variants=_ids(),
            option_categories=_ids(),
        ),
        st.builds(Variant, external_id=ident, name=name, price=st.none() | price, is_available=st.booleans()),
        st.builds(
            OptionCategory, external_id=ident, name=name, max_selection=st.none() | st.integers(0, 3), options=_ids()
        ),
        st.builds(Option, external_id=ident, name=name, price=price, is_available=st.booleans(), available_from=when),
    )


def catalogs() -> st.SearchStrategy[Catalog]:
    """Any catalog, sound or not."""
    return st.lists(entities(), max_size=25).map(catalog_of)


def pizzas(count: int = 10, **changes: object) -> Catalog:
    """A menu of one section with so many products at 10.00, each sound; ``changes`` are of the first product."""
    products = [
        Product(external_id=f"p{n}", name=f"Pizza {n}", price=Decimal("10.00"), vat=Decimal(10), allergens=())
        for n in range(count)
    ]
    if products and changes:
        products[0] = replace(products[0], **changes)
    section = Section(external_id="s", name="Pizzas", products=tuple(each.external_id for each in products))
    return catalog_of([Menu(external_id="m", name="Carta", sections=("s",)), section, *products])
