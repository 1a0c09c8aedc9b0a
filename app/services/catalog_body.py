"""A catalog as bytes for the ledger, and as pages for Sinqro. Everything here may take a while: off the loop."""

import hashlib
import zlib
from typing import Any

import msgspec

from app.domain.catalog import KINDS, Catalog, CatalogEntity, EntityKind, catalog_of

PAGE_NAMES = {
    EntityKind.MENU: "menus",
    EntityKind.SECTION: "menuSections",
    EntityKind.PRODUCT: "products",
    EntityKind.VARIANT: "productVariants",
    EntityKind.OPTION_CATEGORY: "productOptionCategories",
    EntityKind.OPTION: "productOptions",
}
"""The lists of a page of ``catalog.get``."""

_ENCODER = msgspec.json.Encoder()
_DECODERS = {kind: msgspec.json.Decoder(list[each]) for kind, each in KINDS.items()}  # type: ignore[valid-type]


def packed(catalog: Catalog) -> bytes:
    """Compressed."""
    lists = {kind.value: msgspec.Raw(_ENCODER.encode(list(catalog.of(kind).values()))) for kind in EntityKind}
    return zlib.compress(_ENCODER.encode({"currency": catalog.currency, **lists}), 6)


def unpacked(body: bytes) -> Catalog:
    """The catalog again."""
    parts = msgspec.json.decode(zlib.decompress(body), type=dict[str, msgspec.Raw])
    currency = msgspec.json.decode(parts["currency"], type=str)
    entities: list[CatalogEntity] = []
    for kind, decoder in _DECODERS.items():
        entities += decoder.decode(parts[kind.value])
    return catalog_of(entities, currency)


def digest(catalog: Catalog) -> str:
    """A mark of its content; the order in which the POS gave it does not count."""
    mark = hashlib.sha256(catalog.currency.encode())
    for kind in EntityKind:
        for _, entity in sorted(catalog.of(kind).items()):
            mark.update(_ENCODER.encode(entity))
    return mark.hexdigest()


def page(catalog: Catalog, start: int, limit: int) -> tuple[dict[str, list[Any]], int | None]:
    """Entities from ``start`` on, at most ``limit``, by the lists of a page; and where the next page starts.

    Every entity of the catalog is on exactly one page, menus first.
    """
    lists: dict[str, list[Any]] = {name: [] for name in PAGE_NAMES.values()}
    skipped, left = start, limit
    for kind, name in PAGE_NAMES.items():
        entities = catalog.of(kind)
        if skipped >= len(entities):
            skipped -= len(entities)
            continue
        lists[name] = list(entities.values())[skipped : skipped + left]
        left -= len(lists[name])
        skipped = 0
        if not left:
            break
    end = start + limit - left
    return lists, end if end < len(catalog) else None
