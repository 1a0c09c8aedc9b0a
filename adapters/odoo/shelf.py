"""What one order needs of Odoo's menu: its products, options and taxes, by the ids that its lines carry.

Ids as Sinqro carries them (:mod:`adapters.odoo.menu` gives them out): ``T-`` product template, ``P-`` its variant,
``I-`` choice of a combo, ``V-`` value of an attribute, whatever follows its number. A value belongs to many products,
each with a record of its own for it: those of the order's products are read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

import msgspec

from adapters.odoo import forms
from adapters.odoo.forms import Link, ident
from adapters.odoo.taxes import Tax
from adapters.odoo.venue import Place
from adapters.odoo.wire import Wire
from app.domain.errors import PosRefused, ProfileError
from app.domain.order import Order

CHOICE = "I-"
"""Begins the id of a combo's choice as a product."""

SUPPLEMENT = "I-"
"""Begins the id of the option that stands for what such a choice costs on top: the combo's price has it, no record."""


class VariantRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``product.product``."""

    id: int
    display_name: str
    product_tmpl_id: Link
    taxes_id: list[int]
    type: str = "consu"
    """``combo``: a set menu."""


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``product.template.attribute.value``: a value of an attribute at one product."""

    id: int
    name: str
    product_tmpl_id: Link
    product_attribute_value_id: Link


class ComboItem(msgspec.Struct, frozen=True, kw_only=True):
    """One choice in a set menu: the variant, what its place in the menu costs alone, and its supplement."""

    id: int
    variant: int
    base_price: Decimal
    extra_price: Decimal


class _ChoiceRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    product_id: Link
    combo_id: Link
    extra_price: Decimal


class _ComboRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    base_price: Decimal


class _SetRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    combo_ids: list[int]


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """What one order needs: products by the id that its lines carry, options by theirs and product, taxes."""

    products: dict[str, VariantRow]
    options: dict[str, dict[int, OptionRow]]
    taxes: dict[int, Tax]
    combos: dict[int, list[ComboItem]] = {}
    """What can be chosen in a set menu, by its template."""

    def option(self, external_id: str, product: VariantRow | None) -> OptionRow | None:
        """An option of that product."""
        return self.options.get(external_id, {}).get(ident(product.product_tmpl_id) or 0) if product else None


async def shelf_for(wire: Wire, place: Place, order: Order) -> Shelf:
    """Read what the order names. Raises :class:`PosRefused` for a product or option that Odoo does not have."""
    walked = list(order.walk())
    wanted = {str(line.product.external_id) for _, line in walked if line.product and line.product.external_id}
    chosen = {
        str(line.product_option.external_id)
        for _, line in walked
        if line.product_option and line.product_option.external_id
    }
    products = await _products(wire, wanted)
    options = await _options(wire, chosen, products.values())
    for path, line in walked:
        for ref, known, what in (
            (line.product, products, "product"),
            (line.product_option, options, "option"),
        ):
            if ref and ref.external_id and str(ref.external_id) not in known:
                raise PosRefused(
                    f"Odoo has no {what} {ref.external_id} ({line.label or line.type})",
                    code=f"UNKNOWN_{what.upper()}",
                    field=path,
                    hint=f"map the {what} to one of the POS, or set its externalId in Sinqro to the POS's id",
                )
    sets = {ident(row.product_tmpl_id) or 0 for row in products.values() if row.type == "combo"}
    combos = await _combos(wire, sorted(sets)) if sets else {}
    return Shelf(products=products, options=options, taxes=await read_taxes(wire, place), combos=combos)


async def _products(wire: Wire, wanted: Iterable[str]) -> dict[str, VariantRow]:
    templates, variants = _numbers("T-", wanted), _numbers("P-", wanted)
    choices = await _choices(wire, _numbers(CHOICE, wanted))
    if not (templates or variants or choices):
        return {}
    rows = await wire.read(
        "product.product",
        "search_read",
        list[VariantRow],
        domain=["|", ["product_tmpl_id", "in", templates], ["id", "in", [*variants, *choices.values()]]],
        fields=forms.fields_of(VariantRow),
        order="id desc",
    )
    by_id = {row.id: row for row in rows}
    found = {f"P-{row.id}": row for row in rows}
    found |= {f"{CHOICE}{choice}": by_id[variant] for choice, variant in choices.items() if variant in by_id}
    # the first variant stands for a template that was ordered without saying which
    return found | {f"T-{ident(row.product_tmpl_id)}": row for row in rows}


async def _choices(wire: Wire, choices: list[int]) -> dict[int, int]:
    """The variants that choices of combos are."""
    rows = await _items(wire, [["id", "in", choices]]) if choices else []
    return {row.id: ident(row.product_id) or 0 for row in rows}


async def _items(wire: Wire, domain: list[Any]) -> list[_ChoiceRow]:
    fields = forms.fields_of(_ChoiceRow)
    return await wire.read("product.combo.item", "search_read", list[_ChoiceRow], domain=domain, fields=fields)


async def _combos(wire: Wire, templates: list[int]) -> dict[int, list[ComboItem]]:
    """What can be chosen in these set menus."""
    sets = await wire.read("product.template", "read", list[_SetRow], ids=templates, fields=["combo_ids"])
    wanted = sorted({combo for row in sets for combo in row.combo_ids})
    combos = await wire.read("product.combo", "read", list[_ComboRow], ids=wanted, fields=["base_price"])
    base = {row.id: row.base_price for row in combos}
    items: defaultdict[int, list[ComboItem]] = defaultdict(list)
    for row in await _items(wire, [["combo_id", "in", wanted]]):
        combo = ident(row.combo_id) or 0
        item = ComboItem(
            id=row.id, variant=ident(row.product_id) or 0, base_price=base[combo], extra_price=row.extra_price
        )
        items[combo].append(item)
    return {row.id: [item for combo in row.combo_ids for item in items[combo]] for row in sets}


async def _options(
    wire: Wire, wanted: Iterable[str], products: Iterable[VariantRow]
) -> dict[str, dict[int, OptionRow]]:
    """Options by their id, then by product; one that the order's products lack has none."""
    found: dict[str, dict[int, OptionRow]] = {one: {} for one in wanted if one.startswith(SUPPLEMENT)}
    numbers = {one: number for one in wanted if (number := _number("V-", one)) is not None}
    if not numbers:
        return found
    templates = sorted({ident(row.product_tmpl_id) or 0 for row in products})
    rows = await wire.read(
        "product.template.attribute.value",
        "search_read",
        list[OptionRow],
        domain=[
            ["product_attribute_value_id", "in", sorted(set(numbers.values()))],
            ["product_tmpl_id", "in", templates],
            ["ptav_active", "=", True],
        ],
        fields=forms.fields_of(OptionRow),
    )
    by_value: defaultdict[int, dict[int, OptionRow]] = defaultdict(dict)
    for row in rows:
        by_value[ident(row.product_attribute_value_id) or 0][ident(row.product_tmpl_id) or 0] = row
    for value in await _elsewhere(wire, set(numbers.values()) - set(by_value)):
        by_value[value] = {}
    return found | {one: by_value[number] for one, number in numbers.items() if number in by_value}


async def _elsewhere(wire: Wire, values: Collection[int]) -> list[int]:
    """Those that Odoo has, at other products or archived: a menu that is a minute old must not lose an order."""
    if not values:
        return []
    return await wire.read(
        "product.attribute.value",
        "search",
        list[int],
        domain=[["id", "in", sorted(values)]],
        context={"active_test": False},
    )


def _number(prefix: str, external_id: str) -> int | None:
    """The database id in one of ours."""
    part = external_id.removeprefix(prefix).partition("-")[0] if external_id.startswith(prefix) else ""
    return int(part) if part.isascii() and part.isdigit() and len(part) < 10 else None


def _numbers(prefix: str, ids: Iterable[str]) -> list[int]:
    """Database ids among ours."""
    return sorted({number for one in ids if (number := _number(prefix, one)) is not None})


async def read_taxes(wire: Wire, place: Place) -> dict[int, Tax]:
    """The company's sale taxes and its parents', in Odoo's order."""
    rows = await wire.read(
        "account.tax",
        "search_read",
        list[Tax],
        domain=[["type_tax_use", "=", "sale"], ["company_id", "parent_of", [place.company]]],
        fields=forms.fields_of(Tax),
        order="sequence,id",
        limit=2000,
    )
    return {row.id: row for row in rows}


async def extra_products(wire: Wire, kinds: Iterable[str]) -> dict[str, int]:
    """The products that stand for lines which are none, by kind (:data:`forms.EXTRAS`); made where they are missing.

    Not to be called twice at a time: both would make the missing one.
    """
    codes = {forms.EXTRAS[kind][0]: kind for kind in kinds}
    if not codes:
        return {}
    rows = await wire.read(
        "product.product",
        "search_read",
        list[dict[str, Any]],
        domain=[["default_code", "in", list(codes)]],
        fields=["default_code"],
        order="id desc",
    )
    found = {codes[row["default_code"]]: int(row["id"]) for row in rows}
    for code, kind in codes.items():
        if kind not in found:
            found[kind] = await _make_extra(wire, code, forms.EXTRAS[kind][1])
    return found


async def _make_extra(wire: Wire, code: str, name: str) -> int:
    if not await wire.read("product.product", "has_access", bool, operation="create"):
        raise ProfileError(
            f"Odoo lacks the product {code} ({name}), and the API key's user may not make it",
            hint="give that user the right Products / Create, or make a service with that internal reference",
        )
    values = {
        "name": name,
        "default_code": code,
        "type": "service",
        "list_price": 0,
        "available_in_pos": True,
        "taxes_id": [[6, 0, []]],
    }
    return (await wire.write("product.product", "create", list[int], vals_list=[values]))[0]
