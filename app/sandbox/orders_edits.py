"""Edits of an order that a person chooses on a page: this line away, that product in, another table, a later time.

Orders are in Sinqro's own form, as :mod:`app.sandbox.orders` makes them. Pasted ones may have any form at all: an edit
that does not fit raises :class:`EditError`, and the person edits the text itself.
"""

import copy
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.errors import AmountError
from app.domain.times import parse_time, zone_of
from app.sandbox import orders_parts as parts
from app.sandbox.menu import Product, Restaurant
from app.sandbox.orders import OrderGenerator

_AMOUNTS = frozenset({"totalAmount", "baseAmount", "vatAmount", "unitPrice", "vatValue", "amount", "deliveryAmount"})

Order = dict[str, Any]


class EditError(Exception):
    """The order has not the form that this edit needs."""


class Editor:
    """Edits by name; ``zone`` is the restaurant's, for the times that people read."""

    def __init__(self, *, restaurant: Restaurant, generator: OrderGenerator, zone: str) -> None:
        self._restaurant = restaurant
        self._generator = generator
        self._zone = zone
        self._edits: dict[str, Callable[[Order, str], Order | None]] = {
            "add": self._add,
            "remove": self._remove,
            "table": self._table,
            "later": self._later,
            "comment": self._comment,
            "diners": self._diners,
            "address": lambda order, _: generator.edit(order, "address"),
            "courier": lambda order, _: generator.courier(order),
            "refund": lambda order, _: generator.refund(order),
        }

    def edit(self, order: Order, what: str, value: str) -> Order:
        """The order after it; the one given stays as it is. Raises :class:`EditError`."""
        work = self._edits.get(what)
        if work is None:
            raise EditError(f"there is no edit {what!r}")
        copied = with_decimals(copy.deepcopy(order))
        try:
            return work(copied, value) or copied
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, AmountError) as exc:
            raise EditError(
                f"This order does not have the form that {what!r} needs; edit its text instead. ({exc})"
            ) from exc

    def _add(self, order: Order, value: str) -> None:
        lines = order["orderLines"]
        products = sum(line["type"] == "PRODUCT" for line in lines)
        lines.insert(products, _product_line(self._restaurant, value))
        parts.add_up(order)

    def _remove(self, order: Order, value: str) -> None:
        del order["orderLines"][int(value)]
        parts.add_up(order)

    def _table(self, order: Order, value: str) -> None:
        places = {place.code: (place, zone) for zone in self._restaurant.zones for place in zone.tables}
        place, zone = places[value]
        order["serviceLocation"] = {
            "code": place.code,
            "name": place.name,
            "serviceZone": {"code": zone.code, "name": zone.name},
        }

    def _later(self, order: Order, value: str) -> None:
        zone = zone_of(self._zone)
        wanted = parse_time(order["executionTime"], zone) + timedelta(minutes=int(value))
        local = wanted.astimezone(zone)
        order["executionTime"] = parts.wire_time(wanted)
        order["executionTimeLabel"] = f"hoy {local:%d/%m} a las {local:%H:%M}h"

    def _comment(self, order: Order, value: str) -> None:
        order["comment"] = value or None

    def _diners(self, order: Order, value: str) -> None:
        order["dinersNumber"] = int(value)


def choices(restaurant: Restaurant) -> list[tuple[str, str]]:
    """Everything that can be added: id, and name with its price."""
    found: list[tuple[str, str]] = []
    for product in restaurant.products:
        if product.variants:
            found += [(v.id, f"{product.name} ({v.name}) {v.price} €") for v in product.variants]
        else:
            found.append((product.id, f"{product.name} {product.price} €"))
    return found


def with_decimals(value: Any) -> Any:
    """The order with every amount a ``Decimal``: JSON gives whole ones as integers."""
    if isinstance(value, list):
        return [with_decimals(part) for part in value]
    if isinstance(value, dict):
        return {
            name: Decimal(part) if name in _AMOUNTS and type(part) is int else with_decimals(part)
            for name, part in value.items()
        }
    return value


def made_odd(order: Order, *, wrong_totals: bool, unknown_product: bool) -> Order:
    """The order with faults that a companion must bear: totals that don't add up, a product that no POS has."""
    if wrong_totals:
        order["totalAmount"] += Decimal("0.37")
    if unknown_product:
        for line in order["orderLines"][:1]:
            line["label"] = "Pizza que no está en el TPV"
            line["product"] = {"id": 999_999, "externalId": "P-999"}
    return order


def soon(minutes: int) -> datetime:
    """So many minutes from now."""
    return datetime.now(UTC) + timedelta(minutes=minutes)


def _product_line(restaurant: Restaurant, ident: str) -> Order:
    product, name, price = _product(restaurant, ident)
    dice = random.Random()  # noqa: S311 - which of the options that the product demands
    children: list[dict[str, Any]] = []
    for category in restaurant.options_of(product):
        if category.min_selection:
            children += parts.chosen_options(dice, category, product.vat)
    price += sum((child["totalAmount"] for child in children), Decimal(0))
    line = parts.plain_line("PRODUCT", name, price, 1, product.vat)
    return line | {"childrenOrderLines": children, "product": {"id": parts.sinqro_id(ident), "externalId": ident}}


def _product(restaurant: Restaurant, ident: str) -> tuple[Product, str, Decimal]:
    for product in restaurant.products:
        if product.id == ident and not product.variants:
            return product, product.name, product.price
        for variant in product.variants:
            if variant.id == ident:
                return product, f"{product.name} ({variant.name})", variant.price
    raise LookupError(f"there is no product {ident}")
