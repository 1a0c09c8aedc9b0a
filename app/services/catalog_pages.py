"""``catalog.get`` and ``catalog.entity.get``: the published menu as Sinqro fetches it.

A cursor names its version, so that a newer one that arrives meanwhile changes nothing on the pages to come.
"""

from typing import Any

from app.domain.catalog import EntityKind
from app.link.messages import RequestFault, invalid_params
from app.services.catalog_body import page
from app.services.catalog_sync import CatalogRefused, CatalogSync

PAGE = 500
MOST = 2000
"""Entities on a page: usually, and at the most."""


async def catalog_page(sync: CatalogSync, selling_point: str, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """One page: ``version``, ``currency``, the lists of the six kinds, and ``nextCursor`` where more follow.

    Raises :class:`RequestFault`: ``CURSOR_GONE`` when the cursor's version is not kept any more (begin anew).
    """
    version, start = _read(cursor)
    try:
        number, catalog = await sync.published(selling_point, version)
    except CatalogRefused as exc:
        raise RequestFault(exc.message, code="CURSOR_GONE", field="$.cursor") from exc
    lists, following = page(catalog, start, max(1, min(limit or PAGE, MOST)))
    answer = {"sellingPointId": selling_point, "version": number, "currency": catalog.currency, **lists}
    return answer if following is None else answer | {"nextCursor": f"{number}:{following}"}


async def catalog_entity(sync: CatalogSync, selling_point: str, kind: str, external_id: str) -> dict[str, Any]:
    """One entity with its ``kind`` and the ``version`` it is of. Raises :class:`RequestFault`: ``ENTITY_NOT_FOUND``."""
    try:
        wanted = EntityKind(kind)
    except ValueError as exc:
        raise invalid_params(f"kinds are {', '.join(EntityKind)}", "$.kind") from exc
    number, catalog = await sync.published(selling_point)
    entity = catalog.of(wanted).get(external_id)
    if entity is None:
        raise RequestFault(f"the menu has no {kind} {external_id}", code="ENTITY_NOT_FOUND", field="$.externalId")
    return {"sellingPointId": selling_point, "version": number, "kind": kind, "entity": entity}


def _read(cursor: str | None) -> tuple[int | None, int]:
    if not cursor:
        return None, 0
    version, _, start = cursor.partition(":")
    if not (version.isascii() and version.isdigit() and start.isascii() and start.isdigit()):
        raise invalid_params("not a cursor of catalog.get", "$.cursor")
    return int(version), int(start)
