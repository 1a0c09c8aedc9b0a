"""The reference POS's catalog and tables: the menu as flat lists by kind, with prices that staff can change.

``version`` changes with the content, so that it serves as the ETag.
"""

import hashlib
from decimal import Decimal
from typing import Any

import msgspec

from app.sandbox.menu import Option, Restaurant, Table, Zone
from app.sandbox.pos_forms import TillError
from app.sandbox.pos_store import TicketStore

KINDS = ("menus", "sections", "products", "variants", "option_categories", "options")
"""The lists of a catalog answer, and the kinds of ``/catalog/{kind}/{id}``."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What can be ordered: a product or a variant of one."""

    id: str
    name: str
    price: Decimal
    vat: Decimal


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What staff changed about a product or variant: sold out, or another price."""

    available: bool | None = None
    price: Decimal | None = None


class PosCatalog:
    """Catalog and tables of one restaurant; staff's changes are kept in ``store``."""

    def __init__(self, *, restaurant: Restaurant, store: TicketStore) -> None:
        self._restaurant = restaurant
        self._store = store
        self._changes = msgspec.json.decode(store.value("catalog", "{}"), type=dict[str, Change])
        self._options = {o.id: o for category in restaurant.option_categories for o in category.options}
        self._items: dict[str, Item] = {}
        self._lists: dict[str, dict[str, dict[str, Any]]] = {}
        self._answer = b""
        self._version = ""
        self._make()

    @property
    def version(self) -> str:
        """Names the present content."""
        return self._version

    @property
    def answer(self) -> bytes:
        """The whole catalog as JSON: ``version`` and a list for each of :data:`KINDS`."""
        return self._answer

    def entity(self, kind: str, ident: str) -> dict[str, Any]:
        """One catalog entity. Raises :class:`TillError`."""
        if kind not in KINDS:
            raise TillError("unknown_kind", f"{kind!r} is none of {', '.join(KINDS)}")
        found = self._lists[kind].get(ident)
        if found is None:
            raise TillError("unknown_entity", f"there is no {ident} among the {kind}")
        return found

    def change(self, ident: str, change: Change) -> None:
        """Staff change a product or variant. Raises :class:`TillError`."""
        if ident not in self._items:
            raise TillError("unknown_product", f"there is no product {ident}")
        before = self._changes.get(ident, Change())
        self._changes[ident] = Change(
            available=before.available if change.available is None else change.available,
            price=before.price if change.price is None else change.price,
        )
        self._store.set_value("catalog", msgspec.json.encode(self._changes).decode())
        self._make()

    def item(self, ident: str, field: str) -> Item:
        """A product or variant as ordered. Raises :class:`TillError`."""
        found = self._items.get(ident)
        if found is None:
            raise TillError("unknown_product", f"there is no product {ident}", field=field)
        return found

    def option(self, ident: str, field: str) -> Option:
        """An option. Raises :class:`TillError`."""
        found = self._options.get(ident)
        if found is None:
            raise TillError("unknown_option", f"there is no option {ident}", field=field)
        return found

    def table(self, name: str, zone_name: str | None) -> tuple[Table, Zone]:
        """A table by its code, or by its name within a zone. Raises :class:`TillError`."""
        places = [(table, zone) for zone in self._restaurant.zones for table in zone.tables]
        found = [place for place in places if place[0].code == name]
        found = found or [(t, z) for t, z in places if t.name == name and zone_name in (z.code, z.name)]
        if not found:
            raise TillError("unknown_table", f"there is no table {name}", field="table")
        return found[0]

    def zones(self) -> list[dict[str, Any]]:
        """Zones with their tables."""
        return [
            {"code": z.code, "name": z.name, "tables": [{"code": t.code, "name": t.name} for t in z.tables]}
            for z in self._restaurant.zones
        ]

    def _make(self) -> None:
        lists: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        self._items = {}
        for menu in self._restaurant.menus:
            lists["menus"].append({**msgspec.to_builtins(menu), "type": "card", "price": None})
        for section in self._restaurant.sections:
            products = [p.id for p in self._restaurant.products if p.section == section.id]
            choose = {"min_selection": 0, "max_selection": 0, "products": products}
            lists["sections"].append({**msgspec.to_builtins(section), **choose})
        for fixed in self._restaurant.set_menus:
            doc = msgspec.to_builtins(fixed)
            lists["sections"] += doc["sections"]
            lists["menus"].append({**doc, "type": "set", "sections": [section.id for section in fixed.sections]})
        for product in self._restaurant.products:
            doc = msgspec.to_builtins(product)
            doc["variants"] = [variant.id for variant in product.variants]
            lists["products"].append(self._sold(doc, product.vat))
            for variant in product.variants:
                entry = {**msgspec.to_builtins(variant), "product": product.id}
                lists["variants"].append(self._sold(entry, product.vat, f"{product.name} "))
        for category in self._restaurant.option_categories:
            doc = msgspec.to_builtins(category)
            lists["options"] += doc["options"]
            doc["options"] = [option.id for option in category.options]
            lists["option_categories"].append(doc)
        self._lists = {kind: {doc["id"]: doc for doc in docs} for kind, docs in lists.items()}
        content = msgspec.json.encode(lists)
        self._version = hashlib.sha256(content).hexdigest()[:16]
        self._answer = msgspec.json.encode({"version": self._version, **lists})

    def _sold(self, doc: dict[str, Any], vat: Decimal, prefix: str = "") -> dict[str, Any]:
        change = self._changes.get(doc["id"], Change())
        price = Decimal(doc["price"]) if change.price is None else change.price
        self._items[doc["id"]] = Item(id=doc["id"], name=prefix + doc["name"], price=price, vat=vat)
        return {**doc, "price": str(price), "vat": str(vat), "available": change.available is not False}
