"""A set menu of an order as a combo of Odoo's: pure functions.

In Odoo the combo itself costs nothing: its parts carry the price, spread by what each choice costs alone, with their
own taxes; a combo without parts would vanish from an invoice. A set menu whose parts are not all items of the combo is
no combo: it goes in as an article with everything in words.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from adapters.odoo.forms import ident
from adapters.odoo.shelf import CHOICE, ComboItem, Shelf, VariantRow
from app.domain import money
from app.domain.order_parts import OrderLine


class Part(NamedTuple):
    """One product of a set menu. ``times`` is how often it is in one menu."""

    line: OrderLine
    times: Decimal
    product: VariantRow
    item: ComboItem


def parts_of(line: OrderLine, product: VariantRow | None, shelf: Shelf) -> list[Part]:
    """The parts of a line that is a combo; empty where it cannot be one."""
    items = shelf.combos.get(ident(product.product_tmpl_id) or 0, []) if product else []
    found = []
    for child, times in _products(line, Decimal(1)) if items else ():
        external_id = str(child.product.external_id) if child.product else ""
        row = shelf.products.get(external_id)
        item = _item(external_id, row, items)
        if row is None or item is None:
            return []
        found.append(Part(child, times, row, item))
    return found


def _products(line: OrderLine, times: Decimal) -> Iterator[tuple[OrderLine, Decimal]]:
    """Products below a line, whatever headings stand between."""
    for child in line.children:
        quantity = child.quantity * times
        if quantity <= 0:
            continue
        if child.product is not None and child.product.external_id:
            yield child, quantity
        elif child.product_option is None:
            yield from _products(child, quantity)


def _item(external_id: str, row: VariantRow | None, items: Sequence[ComboItem]) -> ComboItem | None:
    if row is None:
        return None
    if external_id.startswith(CHOICE):
        return next((item for item in items if external_id == f"{CHOICE}{item.id}"), None)
    return next((item for item in items if item.variant == row.id), None)


def shares(total: Decimal, parts: Sequence[Part], currency: str) -> list[Decimal]:
    """What of a line's total each part carries, in whole cents; the last one takes what is left."""
    weights = [(part.item.base_price + part.item.extra_price) * part.times for part in parts]
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        weights = [part.times for part in parts]
        whole = sum(weights, Decimal(0))
    found = [money.rounded(total * weight / whole, currency) for weight in weights[:-1]]
    return [*found, total - sum(found, Decimal(0))]
