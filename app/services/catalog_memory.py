"""What is remembered of a selling point's menu, and what follows from it: values and pure functions.

The last whole reading of the POS, what staff say is sold out and the published version are kept; findings, what can be
published, what differs and whether it waits for a person are worked out from them, each time anew.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from app.domain.availability import Proof
from app.domain.catalog import Catalog, EntityKind, Option, Product, SoldOut, Variant, with_sold_out
from app.domain.catalog_changes import CatalogChange, Guard, differences, guard
from app.domain.catalog_checks import findings
from app.domain.catalog_publish import publishable
from app.domain.catalog_rules import Finding
from app.domain.catalog_version import CatalogItem, CatalogVersion
from app.domain.record import Notification
from app.ports.ledger import LedgerTransaction, LedgerView

CHANGED = "catalog.changed"
CHANGES_AT_ONCE = 500

READING = 0
"""Number under which the last whole reading is kept."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of a selling point's menu besides its catalogs."""

    read_at: datetime | None = None
    """When the POS was last read whole."""
    failed_at: datetime | None = None
    """When reading failed since then."""
    failure: str = ""
    """Why, in a sentence."""
    repeated: tuple[tuple[EntityKind, str], ...] = ()
    put_back_at: datetime | None = None
    """When a person put an earlier version back: what the POS has waits since then."""
    sold_out: tuple[SoldOut, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A read under way."""

    since: datetime
    entities: int = 0
    products: int = 0


class MenuState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the screens show of a selling point's menu."""

    can_read: bool
    reading: Reading | None
    memory: Memory
    published: CatalogVersion | None
    versions: tuple[CatalogVersion, ...]
    found: tuple[Finding, ...]
    waiting: tuple[CatalogChange, ...]
    """What the POS has and Sinqro has not, until a person says so."""
    guard: Guard | None
    """Why it waits; ``None`` while something waits: an older version was put back."""
    proof: Proof


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a reading."""

    found: tuple[Finding, ...]
    candidate: Catalog
    changes: tuple[CatalogChange, ...]
    guard: Guard | None


def follow(reading: Catalog, memory: Memory, published: Catalog) -> Work:
    """Check, apply what staff say, compare and guard. Takes a while for a large menu: off the loop."""
    whole = with_sold_out(reading, memory.sold_out)
    found = findings(whole, memory.repeated)
    candidate = publishable(whole, found)
    changes = tuple(differences(published, candidate))
    return Work(
        found=tuple(found),
        candidate=candidate,
        changes=changes,
        guard=guard(published, changes),
    )


def memory_of(view: LedgerView, selling_point: str) -> Memory:
    """What is remembered of a selling point's menu."""
    text = view.value(f"catalog/{selling_point}")
    return Memory() if text is None else msgspec.json.decode(text, type=Memory)


def remember(tx: LedgerTransaction, selling_point: str, memory: Memory) -> None:
    """Keep it."""
    tx.set_value(f"catalog/{selling_point}", msgspec.json.encode(memory).decode())


def items_of(changes: tuple[CatalogChange, ...]) -> tuple[list[CatalogItem], list[CatalogItem]]:
    """The items to look up that a change brings, and those it takes away."""
    items: list[CatalogItem] = []
    gone: list[CatalogItem] = []
    for change in changes:
        entity: Any = change.after or change.before
        if isinstance(entity, Product | Variant | Option):
            item = CatalogItem(
                kind=change.kind.value,
                external_id=change.external_id,
                name=entity.name,
                price=entity.price,
                available=entity.is_available,
            )
            (gone if change.after is None else items).append(item)
    return items, gone


def tell(
    tx: LedgerTransaction, selling_point: str, version: int, changes: Sequence[CatalogChange], now: datetime
) -> None:
    """``catalog.changed``: which entities changed, at most 500 in a notification (contract)."""
    for start in range(0, len(changes), CHANGES_AT_ONCE):
        told = [
            {"kind": change.kind.value, "externalId": change.external_id, "change": change.change.value}
            for change in changes[start : start + CHANGES_AT_ONCE]
        ]
        notification = Notification(
            id=f"msg_{uuid.uuid4().hex}",
            selling_point=selling_point,
            type=CHANGED,
            data={"version": version, "changes": told},
            created_at=now,
        )
        tx.add_notification(notification)
