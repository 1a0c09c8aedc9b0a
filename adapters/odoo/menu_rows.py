"""Odoo's menu as it is read: its records, page by page.

Pages are walked by id, each of a bounded size, whatever the size of the menu: a menu of 10,000 products is no single
call. What comes is never older than the read's begin, never twice and never left out; what is new or archived meanwhile
may be in it or not. Translated names are read once more for each other language that is installed.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from adapters.odoo import forms
from adapters.odoo.forms import Link, Text, text
from adapters.odoo.venue import Place
from adapters.odoo.wire import Wire

PRODUCTS = 250
"""Product templates in a page; what belongs to them comes in calls of its own."""

ROWS = 2000
"""Other records in a page."""

Names = dict[int, dict[str, str]]
"""Names in other languages (ISO 639-1) by the record's id; only those that differ from the first language's."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A record of Odoo's."""

    id: int


class NamedRow(Row, frozen=True, kw_only=True):
    """One with a name, in the first language."""

    name: str


class TemplateRow(NamedRow, frozen=True, kw_only=True):
    """A ``product.template``."""

    type: str
    list_price: Decimal
    taxes_id: list[int]
    pos_categ_ids: list[int]
    pos_sequence: int
    attribute_line_ids: list[int]
    combo_ids: list[int]
    product_tag_ids: list[int]
    categ_id: Link
    """The accountant's group, which price lists know."""
    public_description: Text = False
    description_sale: Text = False
    self_order_available: bool = True
    """Whether it can be ordered online; only where Odoo's self order is installed, as it is with the restaurant."""


class VariantRow(Row, frozen=True, kw_only=True):
    """A ``product.product``."""

    product_tmpl_id: Link
    lst_price: Decimal
    standard_price: Decimal
    product_template_variant_value_ids: list[int]


class ValueAtProductRow(Row, frozen=True, kw_only=True):
    """A ``product.template.attribute.value``."""

    product_tmpl_id: Link
    attribute_id: Link
    attribute_line_id: Link
    product_attribute_value_id: Link
    price_extra: Decimal


class CategoryRow(NamedRow, frozen=True, kw_only=True):
    """A ``pos.category``."""

    parent_id: Link
    sequence: int


class AttributeRow(NamedRow, frozen=True, kw_only=True):
    """A ``product.attribute``."""

    display_type: str
    create_variant: str


class ValueRow(NamedRow, frozen=True, kw_only=True):
    """A ``product.attribute.value``."""

    sequence: int
    attribute_id: Link


class TagRow(NamedRow, frozen=True, kw_only=True):
    """A ``product.tag``."""


class ComboRow(NamedRow, frozen=True, kw_only=True):
    """A ``product.combo``: one choice that set menus offer. ``qty_free`` of its items belong to the menu's price."""

    base_price: Decimal
    qty_free: int
    combo_item_ids: list[int]


class ComboItemRow(Row, frozen=True, kw_only=True):
    """A ``product.combo.item``."""

    combo_id: Link
    product_id: Link
    extra_price: Decimal


class _Picture(Row, frozen=True, kw_only=True):
    res_id: int
    checksum: Text


class _Language(Row, frozen=True, kw_only=True):
    code: str
    iso_code: Text


class _Context(msgspec.Struct, frozen=True, kw_only=True):
    lang: Text = False


class _Usual(msgspec.Struct, frozen=True, kw_only=True):
    product_attribute_value_id: Link
    price_extra: Decimal
    count: int = msgspec.field(name="__count")


T = TypeVar("T", bound=Row)


class MenuReader:
    """Reads one company's menu records in the language of the API key's user, and names in the others."""

    def __init__(self, wire: Wire, place: Place, languages: Sequence[tuple[str, str]]) -> None:
        self._wire = wire
        self._languages = languages
        """Odoo's code and the ISO 639-1 code of each, the first being the user's."""
        self._company = [place.company]

    async def pages(
        self, model: str, form: type[T], domain: list[Any], *, size: int = ROWS, without: Collection[str] = ()
    ) -> AsyncIterator[list[T]]:
        """Every record in pages by id; fields of the form that are ``without`` are not asked for."""
        answer: type[list[T]] = list[form]  # type: ignore[valid-type]
        fields = [field for field in forms.fields_of(form) if field not in without]
        after = 0
        while True:
            found = await self._wire.read(
                model,
                "search_read",
                answer,
                domain=[["id", ">", after], *domain],
                fields=fields,
                order="id",
                limit=size,
                context=self._context(self._languages[0][0]),
            )
            if found:
                yield found
            if len(found) < size:
                return
            after = found[-1].id

    async def all(self, model: str, form: type[T], domain: list[Any]) -> list[T]:
        """Every record."""
        return [row async for page in self.pages(model, form, domain) for row in page]

    async def names(self, model: str, rows: Sequence[NamedRow]) -> Names:
        """Their names in the other languages; ``rows`` have theirs in the first as ``name``."""
        found: Names = {}
        for code, iso in self._languages[1:]:
            for start in range(0, len(rows), ROWS):
                part = {row.id: row.name for row in rows[start : start + ROWS]}
                named = await self._wire.read(
                    model,
                    "search_read",
                    list[TagRow],
                    domain=[["id", "in", list(part)]],
                    fields=["name"],
                    context=self._context(code),
                )
                for row in named:
                    if row.name and row.name != part[row.id]:
                        found.setdefault(row.id, {})[iso] = row.name
        return found

    async def usual_prices(self) -> dict[int, Decimal]:
        """What each value of a ``no_variant`` attribute costs at most products that the till sells, before taxes."""
        rows = await self._wire.read(
            "product.template.attribute.value",
            "formatted_read_group",
            list[_Usual],
            domain=[
                ["ptav_active", "=", True],
                ["attribute_id.create_variant", "=", "no_variant"],
                ["product_tmpl_id.available_in_pos", "=", True],
            ],
            groupby=["product_attribute_value_id", "price_extra"],
            aggregates=["__count"],
            context=self._context(self._languages[0][0]),
        )
        best: dict[int, _Usual] = {}
        for row in rows:
            value = forms.ident(row.product_attribute_value_id) or 0
            there = best.get(value)
            if there is None or (-row.count, row.price_extra) < (-there.count, there.price_extra):
                best[value] = row
        return {value: row.price_extra for value, row in best.items()}

    async def pictures(self, model: str, field: str, ids: Sequence[int]) -> dict[int, str]:
        """A mark of the picture's content for each record that has one; no picture is read."""
        domain = [["res_model", "=", model], ["res_field", "=", field], ["res_id", "in", list(ids)]]
        return {row.res_id: text(row.checksum) for row in await self.all("ir.attachment", _Picture, domain)}

    async def has_field(self, model: str, field: str) -> bool:
        """Whether a field is there: it may belong to a module that is not installed."""
        return bool(await self._wire.read(model, "fields_get", dict[str, Any], allfields=[field], attributes=["type"]))

    def _context(self, code: str) -> dict[str, Any]:
        return {"lang": code, "allowed_company_ids": self._company}


async def open_reader(wire: Wire, place: Place) -> MenuReader:
    """A reader in the user's language; the others are those that are installed, one for each ISO 639-1 code."""
    user = await wire.read("res.users", "context_get", _Context)
    rows = await wire.read(
        "res.lang",
        "search_read",
        list[_Language],
        domain=[["active", "=", True]],
        fields=["code", "iso_code"],
        order="id",
        limit=ROWS,
    )
    languages = {row.code: (text(row.iso_code) or row.code)[:2].lower() for row in rows}
    first = text(user.lang) if text(user.lang) in languages else next(iter(languages), "en_US")
    found = {languages.pop(first, first[:2]): first}
    for code, iso in languages.items():
        found.setdefault(iso, code)
    return MenuReader(wire, place, [(code, iso) for iso, code in found.items()])
