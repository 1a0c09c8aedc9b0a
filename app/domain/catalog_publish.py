"""What of a catalog goes to Sinqro: everything without an error, and nothing that would lead nowhere.

An entity that is kept back takes with it what makes no sense without it: a product whose required choice is kept back
would be sold without the choice, a section without anything to choose from cannot be ordered from. The rest goes out;
what names something that is not there any more names it no longer. A product whose required choice is sold out is.
"""

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from app.domain.catalog import (
    Catalog,
    CatalogEntity,
    EntityKind,
    Menu,
    Option,
    OptionCategory,
    Product,
    Section,
    Variant,
    catalog_of,
)
from app.domain.catalog_rules import Finding


def publishable(catalog: Catalog, findings: Collection[Finding]) -> Catalog:
    """The part of the catalog that can be published, in its order."""
    sieve = _Sieve(catalog, findings)
    for kind in reversed(list(EntityKind)):  # what is named before what names it
        sieve.sort(kind)
    return catalog_of((entity for kind in EntityKind for entity in sieve.kept[kind].values()), catalog.currency)


class _Sieve:
    def __init__(self, catalog: Catalog, findings: Collection[Finding]) -> None:
        self.catalog = catalog
        self.back = {(finding.kind, finding.external_id) for finding in findings if finding.keeps_back}
        self.sold_out = {finding.external_id for finding in findings if finding.rule.number == "P17"}
        self.kept: dict[EntityKind, dict[str, CatalogEntity]] = {kind: {} for kind in EntityKind}

    def sort(self, kind: EntityKind) -> None:
        for name, entity in self.catalog.of(kind).items():
            if (kind, name) not in self.back:
                left = self._without_the_lost(entity)
                if left is not None:
                    self.kept[kind][name] = left

    def _without_the_lost(self, entity: CatalogEntity) -> CatalogEntity | None:
        """The entity naming only what is kept; ``None`` when it makes no sense then."""
        match entity:
            case Menu():
                sections = self._known(EntityKind.SECTION, entity.sections)
                return replace(entity, sections=sections) if sections else None
            case Section():
                products = self._known(EntityKind.PRODUCT, entity.products)
                enough = len(products) >= max(entity.min_selection, 1)
                return replace(entity, products=products) if enough else None
            case Product():
                return self._product(entity)
            case OptionCategory():
                options = self._known(EntityKind.OPTION, entity.options)
                most = len(options) * (entity.max_same_option_selection or 1)
                return replace(entity, options=options) if most >= max(entity.min_selection, 1) else None
            case Variant() | Option():
                return entity

    def _product(self, product: Product) -> Product | None:
        choices = self._known(EntityKind.OPTION_CATEGORY, product.option_categories)
        variants = self._known(EntityKind.VARIANT, product.variants)
        lost = (self.catalog.option_categories[name] for name in product.option_categories if name not in choices)
        if any(choice.min_selection > 0 for choice in lost) or (product.variants and not variants):
            return None
        there = product.is_available and product.external_id not in self.sold_out
        return replace(product, option_categories=choices, variants=variants, is_available=there)

    def _known(self, kind: EntityKind, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in self.kept[kind])
