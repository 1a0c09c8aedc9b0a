"""Orders as Sinqro gives them out (reference, 5.3 to 5.5), made up from a real menu.

:class:`OrderGenerator` makes an order or a reservation, and then what happens to it: an edit by the customer, a
courier, a refund. Everything is a plain ``dict`` in Sinqro's own form with ``Decimal`` amounts; :func:`to_json` is its
text.

The seed shapes the contents alone: the *n*-th order of a seed is always the same one, in whatever order edits come.
Ids count up from ``first_id`` and market ids carry ``run``, so that two runs never share one.
"""

import copy
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.status import OrderType
from app.domain.times import zone_of
from app.sandbox import orders_parts as parts
from app.sandbox import orders_people as people
from app.sandbox.menu import Product, Restaurant

FOOD_VAT = Decimal(10)
DELIVERY_VAT = Decimal(21)
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
EDITS = ("add", "remove", "comment", "time", "table", "diners", "address")

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def to_json(order: dict[str, Any]) -> bytes:
    """The JSON text of an order; amounts are exact numbers."""
    return _ENCODER.encode(order)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class OrderGenerator:
    """Makes orders of one restaurant; see the module's story."""

    def __init__(
        self,
        *,
        restaurant: Restaurant,
        seed: int,
        first_id: int = 500_000,
        run: str = "",
        selling_point: tuple[str, str, str] = ("3961", "SuperPizza", "Europe/Madrid"),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.restaurant = restaurant
        self.seed = seed
        self.first_id = first_id
        self.run = run
        self.selling_point = selling_point
        self.now = now
        self._made = 0
        self._edits: dict[int, int] = {}

    def order(
        self,
        order_type: OrderType | None = None,
        *,
        channel: str | None = None,
        execution_at: datetime | None = None,
        accept_by: datetime | None = None,
        **overrides: Any,
    ) -> dict[str, Any]:
        """A new order, or a reservation when ``order_type`` says so.

        Unless told otherwise it is wanted in 20 to 40 minutes (a reservation in one to three hours) and has no
        ``acceptBy``. ``overrides`` replace top-level fields of the finished order.
        """
        number = self._made
        self._made += 1
        rng = random.Random(f"{self.seed}/{number}")  # noqa: S311 - contents of a demo
        kind = order_type or rng.choices(list(OrderType), (40, 20, 10, 20, 10))[0]
        booking = kind is OrderType.RESERVATION
        minutes = rng.randrange(60, 180, 15) if booking else rng.randrange(20, 40)
        wanted = execution_at or self.now() + timedelta(minutes=minutes)
        order_id = self.first_id + number
        code, name = next((pair for pair in people.CHANNELS if pair[0] == channel), None) or rng.choice(
            [("web", "Web propia")] if kind in (OrderType.INSIDE, OrderType.RESERVATION) else people.CHANNELS
        )
        order: dict[str, Any] = {
            "id": order_id,
            "orderGroupId": order_id // 2 if kind is OrderType.INSIDE else None,
            "totalAmount": Decimal(0),
            **self._times(wanted, kind),
            "comment": self._comment(rng, booking=booking),
            "cancellationComment": None,
            "consumer": parts.consumer(rng),
            "status": {
                "code": "waiting_sp_validation",
                "name": "Esperando validación del negocio",
                "color": "#f7981d",
                "isFinalStatus": False,
                "globalStatusCode": "processing",
            },
            "type": kind.value,
            "sellingPoint": self._selling_point(),
            "payments": [],
            "orderLines": [] if booking else self._lines(rng, kind),
            "isCancellable": True,
            "isAcceptable": True,
            "baseAmount": Decimal(0),
            "vatAmount": Decimal(0),
            "currency": {"isoCode": "EUR", "symbol": "€", "displayPattern": "{{ amount }}€"},
            "posOrderId": None,
            "marketOrderId": f"{self.run}-{number + 1}" if self.run else str(order_id),
            "marketOrderCode": "".join(rng.choices(CODE_LETTERS, k=6)),
            "market": {"code": code, "name": name},
        }
        if accept_by is not None:
            order["acceptBy"] = parts.wire_time(accept_by)
        if kind in (OrderType.INSITU, OrderType.INSIDE, OrderType.RESERVATION):
            order["dinersNumber"] = rng.randint(1, 8)
        if kind is OrderType.INSIDE:
            order["serviceLocation"] = parts.table(rng, self.restaurant.zones)
        if kind is OrderType.DELIVERY:
            order["deliveryAddress"] = parts.delivery_address(rng)
            order["deliveries"] = [parts.first_delivery(order, wanted)]
        if not booking:
            prepaid = code != "web" or rng.random() < 0.5
            method = people.ONLINE_PAYMENTS[code] if prepaid else rng.choice(("Efectivo", "Tarjeta al recibir"))
            order["payments"] = [
                {"id": order_id * 10, "amount": Decimal(0), "paymentMethodName": method, "prepaid": prepaid}
            ]
        parts.add_up(order)
        order.update(overrides)
        return order

    def edit(self, order: dict[str, Any], kind: str | None = None) -> dict[str, Any]:
        """The order as it is after the customer changed something: one of :data:`EDITS`, else one that fits."""
        rng = self._again(order)
        order = copy.deepcopy(order)
        lines = order["orderLines"]
        products = [line for line in lines if line["type"] == "PRODUCT"]
        possible = ["comment", "time"]
        possible += ["add"] * 3 if lines else []
        possible += ["remove"] * 2 if len(products) > 1 else []
        possible += ["table"] if "serviceLocation" in order else []
        possible += ["diners"] if "dinersNumber" in order else []
        possible += ["address"] if "deliveryAddress" in order else []
        chosen = kind or rng.choice(possible)
        if chosen not in possible:
            raise ValueError(f"an order of type {order['type']} cannot have the edit {chosen!r}")
        if chosen == "add":
            lines.insert(len(products), self._product_line(rng, self._choice(rng)))
        elif chosen == "remove":
            lines.remove(rng.choice(products))
            _drop_unbearable_promo(lines)
        elif chosen == "comment":
            order["comment"] = rng.choice([text for text in people.ALLERGIES if text != order["comment"]])
        elif chosen == "time":
            wanted = datetime.fromisoformat(order["executionTime"]) + timedelta(minutes=rng.choice((5, 10, 15, 30)))
            order.update(self._times(wanted, OrderType(order["type"])))
        elif chosen == "table":
            before = order["serviceLocation"]["name"]  # both zones have a "Mesa 4": people see the name
            while order["serviceLocation"]["name"] == before:
                order["serviceLocation"] = parts.table(rng, self.restaurant.zones)
        elif chosen == "diners":
            order["dinersNumber"] += rng.choice((1, 2))
        else:
            before = order["deliveryAddress"]["street"]
            while order["deliveryAddress"]["street"] == before:
                order["deliveryAddress"] = parts.delivery_address(rng)
        parts.add_up(order)
        return order

    def courier(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order with a rider, a time of arrival and a tracking link (or the next rider after an earlier one)."""
        rng = self._again(order)
        order = copy.deepcopy(order)
        delivery = order["deliveries"][0]
        before = (delivery["driver"] or {}).get("name")
        pickup = self.now() + timedelta(minutes=rng.randrange(5, 15))
        delivery.update(
            status={
                "code": "DRIVER_ASSIGNED",
                "name": "Repartidor asignado",
                "color": "#3d9be9",
                "isFinalStatus": False,
            },
            driver={
                "id": rng.randrange(1000, 9999),
                "name": rng.choice([name for name in people.RIDERS if name != before]),
                "phone": f"+346{rng.randrange(10**7, 10**8)}",
            },
            deliveryAccountName=order["market"]["name"],
            pickupAgreedAt=parts.wire_time(pickup),
            deliveryAgreedAt=parts.wire_time(pickup + timedelta(minutes=rng.randrange(8, 20))),
            trackingUrl=f"https://tracking.sinqro.com/es-es/delivery?t={rng.getrandbits(128):032x}",
        )
        return order

    def refund(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order after a part of it was given back: one product less (or one unit of the only one)."""
        rng = self._again(order)
        order = copy.deepcopy(order)
        products = [line for line in order["orderLines"] if line["type"] == "PRODUCT"]
        line = rng.choice(products)
        if line["quantity"] > 1:
            line["quantity"] -= 1
            line.update(parts.amounts(line["unitPrice"], line["quantity"], line["vatValue"]))
        else:
            order["orderLines"].remove(line)
            _drop_unbearable_promo(order["orderLines"])
        parts.add_up(order)
        return order

    def _again(self, order: dict[str, Any]) -> random.Random:
        """Chance for the next change of this order, the same whatever happens to others meanwhile."""
        order_id = order["id"]
        self._edits[order_id] = self._edits.get(order_id, 0) + 1
        return random.Random(f"{self.seed}/{order_id - self.first_id}/{self._edits[order_id]}")  # noqa: S311

    def _times(self, wanted: datetime, kind: OrderType) -> dict[str, Any]:
        ready = wanted - timedelta(minutes=10) if kind is OrderType.DELIVERY else wanted
        return {
            "executionTime": parts.wire_time(wanted),
            "executionTimeLabel": self._label(wanted),
            "preparationTimeLabel": self._label(ready),
        }

    def _label(self, moment: datetime) -> str:
        local = moment.astimezone(zone_of(self.selling_point[2]))
        return f"hoy {local:%d/%m} a las {local:%H:%M}h"

    def _selling_point(self) -> dict[str, Any]:
        ident, name, timezone = self.selling_point
        return {
            "id": int(ident) if ident.isdigit() else ident,
            "name": name,
            "address": parts.place(16187, "Carrer de la Tecnologia, 17", ""),
            "phone": "+34900000000",
            "email": "superpizza@example.com",
            "type": "Pizzería",
            "urlKey": "superpizza-viladecans",
            "timezone": timezone,
        }

    def _comment(self, rng: random.Random, *, booking: bool) -> str | None:
        if booking:
            return rng.choice((None, *people.RESERVATION_COMMENTS))
        return rng.choices((None, rng.choice(people.COMMENTS), rng.choice(people.ALLERGIES)), (5, 3, 2))[0]

    def _lines(self, rng: random.Random, kind: OrderType) -> list[dict[str, Any]]:
        lines = [
            self._product_line(rng, self._choice(rng)) for _ in range(rng.choices((1, 2, 3, 4, 6), (2, 4, 4, 2, 1))[0])
        ]
        if kind is OrderType.DELIVERY:
            fee = rng.choice((Decimal("1.00"), Decimal("1.90"), Decimal("2.50")))
            distance = Decimal(rng.randrange(200, 4000)) / 1000
            lines.append(
                {**parts.plain_line("DELIVERY", "Gastos de envío", fee, 1, DELIVERY_VAT), "distance": distance}
            )
        if rng.random() < 0.12:
            lines.append(parts.plain_line("TIP", "Propina", Decimal(rng.choice((1, 2, 3))), 1, Decimal(0)))
        # Never more than the one product can bear: an order stays above zero.
        if rng.random() < 0.15 and lines[0]["totalAmount"] > 4:
            lines.append(parts.plain_line("DISCOUNT", "Promo bienvenida", Decimal("-1.50"), 1, FOOD_VAT))
        return lines

    def _choice(self, rng: random.Random) -> Product:
        return rng.choice(self.restaurant.products)

    def _product_line(self, rng: random.Random, product: Product) -> dict[str, Any]:
        ident, label, price = product.id, product.name, product.price
        if product.variants:
            variant = rng.choice(product.variants)
            ident, label, price = variant.id, f"{product.name} ({variant.name})", variant.price
        children = []
        for category in self.restaurant.options_of(product):
            children += parts.chosen_options(rng, category, product.vat)
        price += sum(child["totalAmount"] for child in children)
        line = parts.plain_line("PRODUCT", label, price, rng.choices((1, 2, 3), (6, 3, 1))[0], product.vat)
        line["childrenOrderLines"] = children
        line["comment"] = rng.choice(people.LINE_COMMENTS) if rng.random() < 0.15 else None
        line["product"] = {"id": parts.sinqro_id(ident), "externalId": ident}
        return line


def _drop_unbearable_promo(lines: list[dict[str, Any]]) -> None:
    """What is left must not cost less than nothing."""
    if sum(line["totalAmount"] for line in lines) < 0:
        lines[:] = [line for line in lines if line["type"] != "DISCOUNT"]
