"""The lines of an order as Odoo wants them: pure functions.

Lines go at the order's prices, with the order's VAT. Where Odoo's arithmetic or the lines themselves do not come to
what the customer paid, an adjusting line makes up for it. Options that Odoo knows go as attribute values, others and
repeated ones into the line's note; no word of a note is lost. A set menu goes as a combo with its parts
(:mod:`adapters.odoo.combos`).
"""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from adapters.odoo import forms, texts
from adapters.odoo.combos import Part, parts_of, shares
from adapters.odoo.shelf import SUPPLEMENT, Shelf, VariantRow
from adapters.odoo.taxes import Tax, TaxedLine, pos_totals, taxes_for
from adapters.odoo.venue import Place, Table
from app.domain import money
from app.domain.order import Order
from app.domain.order_parts import OrderLine

_CENT_STEP = Decimal("0.01")
"""Odoo keeps quantities with two decimals."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of Odoo that an order is made with."""

    place: Place
    shelf: Shelf
    per_line: bool
    extras: dict[str, int]
    """Product ids by kind of :data:`forms.EXTRAS`."""
    methods: dict[str, int]
    """Payment method ids by name."""
    preset: int | None = None
    contact: int | None = None
    table: Table | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line as Odoo wants it, before it has its number."""

    product: int
    name: str
    quantity: Decimal
    taxed: TaxedLine
    options: tuple[int, ...] = ()
    note: str = ""
    combo_item: int | None = None
    """The item of a combo that it is."""
    part_of: int | None = None
    """Number of the combo's line that it belongs to."""

    def values(self, reference: str, number: int) -> dict[str, Any]:
        """Its fields."""
        return {
            "uuid": forms.line_uuid(forms.order_uuid(reference), number),
            "name": forms.line_name(reference, number),
            "product_id": self.product,
            "full_product_name": self.name,
            "qty": self.quantity,
            "price_unit": self.taxed.unit_price(self.quantity),
            "price_type": "manual",  # else the till puts its own prices in when a customer or pricelist is chosen
            "price_subtotal": money.rounded(self.taxed.net),
            "price_subtotal_incl": self.taxed.total,
            "tax_ids": [[6, 0, [tax.id for tax in self.taxed.taxes]]],
            "attribute_value_ids": [[6, 0, list(self.options)]],
            "customer_note": self.note,
            "combo_item_id": self.combo_item or False,
            "combo_parent_id": False,  # told by uuid, once the other is there
        }


def extra_kinds(order: Order, shelf: Shelf) -> set[str]:
    """Which products of their own the order may need."""
    return {"ROUNDING"} | {_kind(line) for line in order.lines if _product(line, shelf) is None}


def lines_of(order: Order, setting: Setting) -> list[Line]:
    """Every line, adjustments last."""
    lines: list[Line] = []
    for line in order.lines:
        if line.quantity != 0:
            made, *parts = _line(line, order, setting)
            lines += [made, *(msgspec.structs.replace(part, part_of=len(lines)) for part in parts)]
    wanted = money.rounded(order.total, order.currency_code)
    missing = wanted - sum((line.taxed.total for line in lines), Decimal(0))
    if missing or not lines:
        lines.append(_adjustment(missing, _main_taxes(lines), setting))
    left = wanted - totals_of(lines, order, setting)[0]
    if left:  # a cent of Odoo's rounding
        lines.append(_adjustment(left, (), setting))
    return lines


def totals_of(lines: list[Line], order: Order, setting: Setting) -> tuple[Decimal, Decimal]:
    """Total and tax as Odoo will compute them."""
    return pos_totals([line.taxed for line in lines], per_line=setting.per_line, currency=order.currency_code)


def _adjustment(amount: Decimal, taxes: tuple[Tax, ...], setting: Setting) -> Line:
    return Line(
        product=setting.extras["ROUNDING"],
        name=forms.EXTRAS["ROUNDING"][1],
        quantity=Decimal(1),
        taxed=TaxedLine(amount, taxes),
    )


def _main_taxes(lines: list[Line]) -> tuple[Tax, ...]:
    """Taxes of the line that weighs most; the adjustment belongs to it."""
    return max(lines, key=lambda line: line.taxed.total).taxed.taxes if lines else ()


def _line(line: OrderLine, order: Order, setting: Setting) -> list[Line]:
    """A line, and after it its parts where it is a combo."""
    product = _product(line, setting.shelf)
    parts = parts_of(line, product, setting.shelf)
    options, words = _chosen(line, product, setting.shelf, without={id(part.line) for part in parts})
    own_name = product.display_name if product else forms.EXTRAS[_kind(line)][1]
    label = texts.name(line.label or "") or (own_name if product or _kind(line) else texts.name(line.type))
    total = money.line_total(line.price, line.quantity, order.currency_code)
    quantity = abs(line.quantity)
    if quantity != quantity.quantize(_CENT_STEP):  # Odoo would round it, and the total with it
        label, quantity = f"{_plain(quantity)} x {label}", Decimal(1)
        words.insert(0, label)
    elif product is None and label != own_name:  # the till's screen shows the product's name, whatever the line's is
        words.insert(0, label)
    made = Line(
        product=product.id if product else setting.extras[_kind(line)],
        name=label,
        quantity=quantity,
        taxed=TaxedLine(Decimal(0) if parts else total, () if parts else _taxes(line.vat_value, product, setting)),
        options=options,
        note=texts.note(*words, line.comment),
    )
    divided = shares(total, parts, order.currency_code) if parts else []
    return [made, *(_part(part, share, made, line, setting) for part, share in zip(parts, divided, strict=True))]


def _part(part: Part, share: Decimal, whole: Line, line: OrderLine, setting: Setting) -> Line:
    options, words = _chosen(part.line, part.product, setting.shelf)
    rate = part.line.vat_value if part.line.vat_value is not None else line.vat_value
    return Line(
        product=part.product.id,
        name=texts.name(part.line.label or "") or part.product.display_name,
        quantity=part.times * whole.quantity,
        taxed=TaxedLine(share, _taxes(rate, part.product, setting)),
        options=options,
        note=texts.note(*words, part.line.comment),
        combo_item=part.item.id,
    )


def _taxes(vat: Decimal | None, product: VariantRow | None, setting: Setting) -> tuple[Tax, ...]:
    known = setting.shelf.taxes
    own = [known[tax] for tax in product.taxes_id if tax in known] if product else []
    rate = vat if vat is not None and 0 <= vat < 100 else None
    return taxes_for(rate, own, known.values())


def _product(line: OrderLine, shelf: Shelf) -> VariantRow | None:
    """The line's product; none for a combo whose parts Odoo cannot have as such."""
    if line.product is None or not line.product.external_id:
        return None
    found = shelf.products[str(line.product.external_id)]
    return found if found.type != "combo" or _is_combo(line, found, shelf) else None


def _is_combo(line: OrderLine, product: VariantRow, shelf: Shelf) -> bool:
    whole = line.quantity > 0 and line.quantity == line.quantity.quantize(_CENT_STEP)
    return whole and bool(parts_of(line, product, shelf))


def _chosen(
    line: OrderLine, product: VariantRow | None, shelf: Shelf, without: Collection[int] = ()
) -> tuple[tuple[int, ...], list[str]]:
    """Options as Odoo's values, and in words what can't be one: unknown, repeated, of another product, commented.
    Lines whose ``id()`` is ``without`` are told elsewhere, with all below them.
    """
    values: list[int] = []
    words = []
    for child, times in _options(line, Decimal(1), without):
        ref = child.product_option
        if ref and str(ref.external_id).startswith(SUPPLEMENT) and not child.comment:
            continue  # money only
        row = shelf.option(str(ref.external_id), product) if ref else None
        if row:
            values += [row.id] if row.id not in values else []
            if times == 1 and not child.comment:
                continue
        label = texts.name(child.label or "") or (row.name if row else child.type)
        counted = label if times == 1 else f"{_plain(times)} x {label}"
        words.append(f"{counted}: {child.comment}" if child.comment else counted)
    return tuple(values), words


def _options(line: OrderLine, times: Decimal, without: Collection[int]) -> Iterator[tuple[OrderLine, Decimal]]:
    """Options and parts at any depth, each with its quantity per one unit of the top line."""
    for child in line.children:
        quantity = child.quantity * times
        if quantity > 0 and id(child) not in without:
            if not _is_heading(child, without):
                yield child, quantity
            yield from _options(child, quantity, without)


def _is_heading(line: OrderLine, without: Collection[int]) -> bool:
    """Whether it only stands above parts that are told elsewhere."""
    return not line.comment and any(id(child) in without or _is_heading(child, without) for child in line.children)


def _kind(line: OrderLine) -> str:
    kind = line.type.upper()
    return kind if kind in forms.EXTRAS and kind != "ROUNDING" else ""


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
