"""A published version of a catalog, without the catalog itself: what the ledger lists."""

from datetime import datetime
from enum import StrEnum

import msgspec


class CatalogOrigin(StrEnum):
    """Where a version came from."""

    POS = "pos"
    """Read from the POS."""
    UNDO = "undo"
    """An earlier version put back by a person."""


class CatalogVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version. Number 0 is a reading of the POS that waits for a person."""

    number: int
    at: datetime
    origin: CatalogOrigin
    entities: int
    products: int
    changes: int
    """Entities that differ from the version before."""
