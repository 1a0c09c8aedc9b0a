"""Odoo's menu: what an order needs of it, and the whole of it as entities.

Ids as Sinqro carries them: ``T-`` product template (a product), ``P-`` its variant, ``A-`` attribute of a template
(an option category), ``V-`` one of its values (an option), ``C-`` category of the point of sale (a section). Attributes
that make variants are variants, those that do not (``no_variant``) are options. Combos are not read yet.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from adapters.odoo import forms
from adapters.odoo.forms import Link, ident
from adapters.odoo.taxes import Tax
from adapters.odoo.venue import Place
from adapters.odoo.wire import Wire
from app.domain import money
from app.domain.catalog import CatalogEntity, Menu, Option, OptionCategory, Product, Section, Variant
from app.domain.errors import PosRefused
from app.domain.order import Order

T = TypeVar("T", bound=msgspec.Struct)

MOST = 20_000
"""Entities of one kind that are read."""


class VariantRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``product.product``."""

    id: int
    display_name: str
    product_tmpl_id: Link
    taxes_id: list[int]


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``product.template.attribute.value``."""

    id: int
    name: str
    product_tmpl_id: Link
    attribute_line_id: Link
    price_extra: Decimal


class _Template(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str
    list_price: Decimal
    taxes_id: list[int]
    pos_categ_ids: list[int]
    attribute_line_ids: list[int]
    product_variant_ids: list[int]


class _Variant(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    display_name: str
    product_tmpl_id: Link
    lst_price: Decimal


class _AttributeLine(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    attribute_id: Link
    product_template_value_ids: list[int]


class _Attribute(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str
    display_type: str
    create_variant: str


class _Named(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """What one order needs: products by the id that its lines carry, options, taxes."""

    products: dict[str, VariantRow]
    options: dict[str, OptionRow]
    taxes: dict[int, Tax]


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
    options = await _options(wire, chosen)
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
    return Shelf(products=products, options=options, taxes=await read_taxes(wire, place))


async def _products(wire: Wire, wanted: Iterable[str]) -> dict[str, VariantRow]:
    templates, variants = _numbers("T-", wanted), _numbers("P-", wanted)
    if not (templates or variants):
        return {}
    rows = await wire.read(
        "product.product",
        "search_read",
        list[VariantRow],
        domain=["|", ["product_tmpl_id", "in", templates], ["id", "in", variants]],
        fields=forms.fields_of(VariantRow),
        order="id desc",
    )
    found = {f"P-{row.id}": row for row in rows}
    # the first variant stands for a template that was ordered without saying which
    return found | {f"T-{ident(row.product_tmpl_id)}": row for row in rows}


async def _options(wire: Wire, wanted: Iterable[str]) -> dict[str, OptionRow]:
    numbers = _numbers("V-", wanted)
    if not numbers:
        return {}
    rows = await wire.read(
        "product.template.attribute.value",
        "search_read",
        list[OptionRow],
        domain=[["id", "in", numbers]],
        fields=forms.fields_of(OptionRow),
    )
    return {f"V-{row.id}": row for row in rows}


def _numbers(prefix: str, ids: Iterable[str]) -> list[int]:
    """Database ids among ours."""
    parts = (one.removeprefix(prefix) for one in ids if one.startswith(prefix))
    return sorted(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 10)


async def read_taxes(wire: Wire, place: Place) -> dict[int, Tax]:
    """The company's sale taxes, in Odoo's order."""
    rows = await wire.read(
        "account.tax",
        "search_read",
        list[Tax],
        domain=[["type_tax_use", "=", "sale"], ["company_id", "=", place.company]],
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
            values = {
                "name": forms.EXTRAS[kind][1],
                "default_code": code,
                "type": "service",
                "list_price": 0,
                "available_in_pos": True,
                "taxes_id": [[6, 0, []]],
            }
            found[kind] = (await wire.write("product.product", "create", list[int], vals_list=[values]))[0]
    return found


async def read_entities(wire: Wire, place: Place) -> AsyncIterator[CatalogEntity]:
    """Every entity; prices contain the taxes."""
    taxes = await read_taxes(wire, place)
    sellable = [["available_in_pos", "=", True], ["sale_ok", "=", True], ["type", "!=", "combo"]]
    no_extra = [["default_code", "not in", [code for code, _ in forms.EXTRAS.values()]]]
    templates = await _all(wire, "product.template", _Template, [*sellable, *no_extra])
    ids = [row.id for row in templates]
    lines = await _all(wire, "product.template.attribute.line", _AttributeLine, [["product_tmpl_id", "in", ids]])
    attributes = {row.id: row for row in await _all(wire, "product.attribute", _Attribute, [])}
    values = await _all(wire, "product.template.attribute.value", OptionRow, [["product_tmpl_id", "in", ids]])
    variants: defaultdict[int, list[_Variant]] = defaultdict(list)
    for variant in await _all(wire, "product.product", _Variant, [["product_tmpl_id", "in", ids]]):
        variants[ident(variant.product_tmpl_id) or 0].append(variant)
    categories = await _all(wire, "pos.category", _Named, [])
    by_template = {row.id: row for row in templates}

    sections = [
        Section(
            external_id=f"C-{category.id}",
            name=category.name,
            products=tuple(f"T-{row.id}" for row in templates if row.pos_categ_ids[:1] == [category.id]),
        )
        for category in categories
    ]
    sections = [section for section in sections if section.products]
    yield Menu(
        external_id=f"M-{place.config}",
        name=place.name,
        sections=tuple(section.external_id for section in sections),
    )
    for section in sections:
        yield section
    options = {line.id: line for line in lines if _makes_options(attributes.get(ident(line.attribute_id) or 0))}
    for row in templates:
        several = variants[row.id] if len(variants[row.id]) > 1 else []
        yield Product(
            external_id=f"T-{row.id}",
            name=row.name,
            price=_gross(row.list_price, row.taxes_id, taxes, place),
            vat=_vat(row.taxes_id, taxes),
            option_categories=tuple(f"A-{line}" for line in row.attribute_line_ids if line in options),
            variants=tuple(f"P-{variant.id}" for variant in several),
        )
        for variant in several:
            yield Variant(
                external_id=f"P-{variant.id}",
                name=variant.display_name,
                price=_gross(variant.lst_price, row.taxes_id, taxes, place),
            )
    for line in options.values():
        attribute = attributes[ident(line.attribute_id) or 0]
        one = attribute.display_type != "multi"
        yield OptionCategory(
            external_id=f"A-{line.id}",
            name=attribute.name,
            options=tuple(f"V-{value}" for value in line.product_template_value_ids),
            min_selection=1 if one else 0,
            max_selection=1 if one else None,
        )
    for value in values:
        if ident(value.attribute_line_id) in options:
            template = by_template[ident(value.product_tmpl_id) or 0]
            price = _gross(value.price_extra, template.taxes_id, taxes, place)
            yield Option(external_id=f"V-{value.id}", name=value.name, price=price)


def _makes_options(attribute: _Attribute | None) -> bool:
    return attribute is not None and attribute.create_variant == "no_variant"


async def _all(wire: Wire, model: str, form: type[T], domain: list[Any]) -> list[T]:
    answer: type[list[T]] = list[form]  # type: ignore[valid-type]
    return await wire.read(
        model, "search_read", answer, domain=domain, fields=forms.fields_of(form), order="id", limit=MOST
    )


def _rates(ids: Iterable[int], taxes: dict[int, Tax]) -> list[Tax]:
    return [taxes[one] for one in ids if one in taxes and taxes[one].is_rate]


def _vat(ids: Iterable[int], taxes: dict[int, Tax]) -> Decimal:
    return sum((tax.amount for tax in _rates(ids, taxes)), Decimal(0)).normalize() + 0


def _gross(price: Decimal, ids: Iterable[int], taxes: dict[int, Tax], place: Place) -> Decimal:
    excluded = sum((tax.amount for tax in _rates(ids, taxes) if not tax.price_include), Decimal(0))
    return money.rounded(price * (1 + excluded / 100), place.currency)
