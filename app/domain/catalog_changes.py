"""What differs between two catalogs, as ``catalog.changed`` tells it and as a manager reads it.

One :class:`CatalogChange` for each entity that was created, updated, removed, or whose availability alone changed. Its
facts say what a person wants to know ("price: 11.95 → 12.50"); the screens put them into words. Applying the changes to
the first catalog gives the second, whatever the two are.

A change that would empty a menu or turn prices over waits for a person (:func:`guard`): that is how a failed read or a
slipped decimal point looks.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from app.domain.catalog import Catalog, CatalogEntity, EntityKind

REMOVED_LIMIT = Decimal("0.2")
"""Share of the products beyond which their removal waits for a person."""

PRICE_LIMIT = Decimal("0.5")
"""Share by which a price may move without one."""

_AVAILABILITY = frozenset({"is_available", "available_from"})
_LISTS = frozenset({"sections", "products", "variants", "option_categories", "options"})


class ChangeType(StrEnum):
    """The four words of the notification."""

    CREATED = "created"
    UPDATED = "updated"
    REMOVED = "removed"
    AVAILABILITY = "availability"


class Fact(msgspec.Struct, frozen=True):
    """One field that changed; of ``prices`` and ``names`` one entry, of a list of ids what came or went."""

    field: str
    """As the entity's type names it: ``price``, ``products`` …; ``order`` for a list (``key``) put in another order."""
    before: Any = None
    after: Any = None
    key: str = ""
    """Order type of ``prices``, language of ``names``, list of ``order``."""


class CatalogChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one entity. ``before`` is missing for a new one, ``after`` for one that is gone."""

    kind: EntityKind
    external_id: str
    change: ChangeType
    before: CatalogEntity | None = None
    after: CatalogEntity | None = None

    @property
    def name(self) -> str:
        """The entity's name as it is now, or was last."""
        entity = self.after or self.before
        return entity.name if entity is not None else ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What changed in it; none for one that came or went as a whole."""
        if self.before is None or self.after is None:
            return ()
        return tuple(_facts(self.before, self.after))


def differences(before: Catalog, after: Catalog) -> list[CatalogChange]:
    """Every entity that differs: what came and changed in the order of ``after``, then what went."""
    changes = []
    for kind in EntityKind:
        old, new = before.of(kind), after.of(kind)
        for external_id, entity in new.items():
            known = old.get(external_id)
            if known is None:
                changes.append(_change(ChangeType.CREATED, after=entity))
            elif known != entity:
                changes.append(_change(_how(known, entity), before=known, after=entity))
        changes += [_change(ChangeType.REMOVED, before=old[gone]) for gone in old if gone not in new]
    return changes


def applied(catalog: Catalog, changes: Iterable[CatalogChange]) -> Catalog:
    """The catalog after these changes. A change of an entity that is not there creates it."""
    entities = {kind: dict(catalog.of(kind)) for kind in EntityKind}
    for change in changes:
        if change.after is None:
            entities[change.kind].pop(change.external_id, None)
        else:
            entities[change.kind][change.external_id] = change.after
    result = Catalog(
        currency=catalog.currency,
        menus={},
        sections={},
        products={},
        variants={},
        option_categories={},
        options={},
    )
    for kind, found in entities.items():
        result.of(kind).update(found)
    return result


class PriceMove(msgspec.Struct, frozen=True, kw_only=True):
    """A price that moved too far to be believed without a person."""

    kind: EntityKind
    external_id: str
    name: str
    before: Decimal
    after: Decimal
    order_type: str = ""


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person must look before this is published."""

    removed: int = 0
    """Products that would go, when they are too many; else 0."""
    products: int = 0
    """How many there were."""
    prices: tuple[PriceMove, ...] = ()


def guard(before: Catalog, changes: Iterable[CatalogChange]) -> Guard | None:
    """What waits for a person, or ``None``. A first catalog has nothing to lose."""
    removed, moves = 0, []
    for change in changes:
        if change.change is ChangeType.REMOVED and change.kind is EntityKind.PRODUCT:
            removed += 1
        elif change.change is ChangeType.UPDATED:
            moves += list(_moves(change))
    count = len(before.products)
    too_many = removed > count * REMOVED_LIMIT
    if not too_many and not moves:
        return None
    return Guard(removed=removed if too_many else 0, products=count, prices=tuple(moves))


def _moves(change: CatalogChange) -> Iterator[PriceMove]:
    for fact in change.facts:
        if fact.field not in ("price", "prices") or fact.before is None or fact.after is None:
            continue
        # from nothing to something is a price that was missing; the other way round a gift
        if fact.before > 0 and abs(fact.after - fact.before) > fact.before * PRICE_LIMIT:
            yield PriceMove(
                kind=change.kind,
                external_id=change.external_id,
                name=change.name,
                before=fact.before,
                after=fact.after,
                order_type=fact.key,
            )


def _change(
    change: ChangeType, *, before: CatalogEntity | None = None, after: CatalogEntity | None = None
) -> CatalogChange:
    entity = after or before
    assert entity is not None
    return CatalogChange(kind=entity.kind, external_id=entity.external_id, change=change, before=before, after=after)


def _how(before: CatalogEntity, after: CatalogEntity) -> ChangeType:
    names = {name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)}
    return ChangeType.AVAILABILITY if names <= _AVAILABILITY else ChangeType.UPDATED


def _facts(before: CatalogEntity, after: CatalogEntity) -> Iterator[Fact]:
    for name in before.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            for key in (*old, *(key for key in new if key not in old)):
                if old.get(key) != new.get(key):
                    yield Fact(name, old.get(key), new.get(key), str(key))
        elif name in _LISTS:
            gone, come = tuple(i for i in old if i not in new), tuple(i for i in new if i not in old)
            yield Fact(name, gone, come) if gone or come else Fact("order", key=name)
        else:
            yield Fact(name, old, new)
