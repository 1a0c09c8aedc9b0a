"""What the ledger has of catalogs besides their bodies: versions to list, items to look up."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec


class CatalogOrigin(StrEnum):
    """Where a version came from."""

    POS = "pos"
    """Read from the POS."""
    UNDO = "undo"
    """An earlier version put back by a person."""


class CatalogItem(msgspec.Struct, frozen=True, kw_only=True):
    """A product, variant or option of the published catalog, as much as looking it up needs."""

    kind: str
    """:class:`~app.domain.catalog.EntityKind` by its value."""
    external_id: str
    name: str
    price: Decimal | None
    available: bool


class CatalogVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version. Number 0 is a reading of the POS that waits for a person."""

    number: int
    at: datetime
    origin: CatalogOrigin
    entities: int
    products: int
    changes: int
    """Entities that differ from the version before."""
