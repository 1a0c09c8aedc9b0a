"""What a service's result may hold: names of fields, for checks when a profile is loaded.

Catalog entities and schedules are the domain's own types, in camelCase.
"""

from collections.abc import Mapping

import msgspec

from app.domain.catalog import KINDS, EntityKind
from app.domain.schedule import Schedule

ORDER = frozenset("id reference status reason preparationMinutes total changedAt type".split())
"""Of an order: ``type`` is ``reservation`` or anything else, where a status means different things for both."""

FIELDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys("create_order update_order find_order read_order read_status".split(), ORDER),
    "changes": frozenset({"orders", "cursor", "more"}),
    "read_availability": frozenset({"online", "until", "reason"}),
    "read_schedule": frozenset(field.encode_name for field in msgspec.structs.fields(Schedule)),
    "read_tables": frozenset({"code", "name", "serviceLocations"}),
    "health": frozenset({"ok", "tillOpen", "message", "version"}),
}
"""By service; what is written down in a result and is not among them is a typing mistake."""

NEEDED: Mapping[str, frozenset[str]] = {
    "create_order": frozenset({"id"}),
    "update_order": frozenset({"id"}),
    "find_order": frozenset({"id"}),
    "read_order": frozenset({"id", "status"}),
    "read_status": frozenset({"status"}),
    "changes": frozenset({"orders"}),
    "read_availability": frozenset({"online"}),
    "read_tables": frozenset({"code"}),
}
"""Fields without which a result means nothing."""

LISTS = frozenset({"read_catalog", "read_tables"})
"""Services whose result is a list."""

WITHOUT = frozenset({"change_status", "set_availability"})
"""Services that give nothing: what they did is read back."""


def entity_fields(kind: str) -> frozenset[str] | None:
    """Fields of a catalog entity, ``kind`` among them; ``None`` for a kind that there is not."""
    if kind not in set(EntityKind):
        return None
    fields = msgspec.structs.fields(KINDS[EntityKind(kind)])
    return frozenset(field.encode_name for field in fields) | {"kind"}
