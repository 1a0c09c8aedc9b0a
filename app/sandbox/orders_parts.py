"""The parts of an order in Sinqro's form: lines with their amounts, people, places, transports."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain import money
from app.sandbox import orders_people as people
from app.sandbox.menu import OptionCategory, Zone


def wire_time(moment: datetime) -> str:
    """``2026-11-25T20:06:52+0000``: UTC, the offset without a colon."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def sinqro_id(pos_id: str) -> int:
    """Sinqro's own id of a catalog element, made from the POS's: ``P-206-M`` → 100000 + 206 and the letter."""
    return 100_000 + int("".join(sign if sign.isdigit() else f"{ord(sign)}" for sign in pos_id if sign.isalnum()))


def amounts(price: Decimal, quantity: int, vat: Decimal) -> dict[str, Any]:
    """Gross total, net and VAT of a line, rounded by the rules of 5.5."""
    total = money.line_total(price, Decimal(quantity))
    net = money.net_of(total, vat)
    return {"totalAmount": total, "baseAmount": net, "vatAmount": total - net}


def plain_line(kind: str, label: str, price: Decimal, quantity: int, vat: Decimal) -> dict[str, Any]:
    """A line without options; ``price`` is gross, of one unit."""
    return {
        "type": kind,
        "unitPrice": price,
        "quantity": quantity,
        "label": label,
        "comment": None,
        "childrenOrderLines": [],
        "vatValue": vat,
        **amounts(price, quantity, vat),
    }


def chosen_options(rng: random.Random, category: OptionCategory, vat: Decimal) -> list[dict[str, Any]]:
    """Chosen options: always what the category demands, now and then more; amounts are per one parent unit."""
    most = min(category.max_selection or 2, len(category.options))
    count = max(category.min_selection, rng.randint(1, most) if rng.random() < 0.3 else 0)
    children = []
    for option in rng.sample(category.options, count):
        # "Double bacon" is allowed where any number is.
        quantity = 2 if category.max_selection is None and option.price and rng.random() < 0.1 else 1
        child = plain_line("PRODUCT_OPTION", option.name, option.price, quantity, vat)
        child["productOption"] = {"id": sinqro_id(option.id), "externalId": option.id}
        children.append(child)
    return children


def add_up(order: dict[str, Any]) -> None:
    """Totals by the rules of 5.5: children are not added, net and VAT are sums of the rounded lines."""
    lines = order["orderLines"]
    order["totalAmount"] = sum((line["totalAmount"] for line in lines), Decimal(0))
    order["baseAmount"], order["vatAmount"] = money.net_and_vat(
        (line["totalAmount"], line["vatValue"]) for line in lines
    )
    if "deliveryAddress" in order:
        order["deliveryAmount"] = sum((line["totalAmount"] for line in lines if line["type"] == "DELIVERY"), Decimal(0))
    for payment in order["payments"]:
        payment["amount"] = order["totalAmount"]


def consumer(rng: random.Random) -> dict[str, Any]:
    """A customer."""
    return {
        "id": rng.randrange(10_000, 99_999),
        "name": rng.choice(people.NAMES),
        "lastname": rng.choice(people.SURNAMES),
        "email": rng.choice((None, "cliente@example.com")),
        "phone": f"+346{rng.randrange(10**7, 10**8)}",
        "image": None,
        "notificationsChannel": f"{rng.getrandbits(128):032x}",
        "chatToken": None,
        "marketClientId": None,
    }


def place(ident: int, street: str, details: str | None) -> dict[str, Any]:
    """An address in Viladecans."""
    return {
        "id": ident,
        "street": street,
        "details": details,
        "city": "Viladecans",
        "province": "Barcelona",
        "postalCode": "08840",
        "latitude": Decimal("41.31372"),
        "longitude": Decimal("2.031222"),
        "placeName": f"{street}, 08840 Viladecans, Barcelona, España",
        "autoGeolocated": True,
    }


def delivery_address(rng: random.Random) -> dict[str, Any]:
    """Where somebody wants their food."""
    return place(rng.randrange(16_200, 17_000), rng.choice(people.STREETS), rng.choice(people.ADDRESS_DETAILS))


def table(rng: random.Random, zones: tuple[Zone, ...]) -> dict[str, Any]:
    """A table as an order's ``serviceLocation``."""
    zone = rng.choice(zones)
    table = rng.choice(zone.tables)
    return {"code": table.code, "name": table.name, "serviceZone": {"code": zone.code, "name": zone.name}}


def first_delivery(order: dict[str, Any], wanted: datetime) -> dict[str, Any]:
    """The transport of an order, before any rider is known."""
    consumer = order["consumer"]
    return {
        "id": order["id"] + 1_000_000,
        "status": {
            "code": "WAITING_SELLING_POINT_ACCEPTANCE",
            "name": "Esperando aceptación punto de venta",
            "color": "#f7981d",
            "isFinalStatus": False,
        },
        "driver": None,
        "deliveryAccountName": None,
        "deliveryAccountPhone": None,
        "pickupAddress": order["sellingPoint"]["address"],
        "pickupAgreedAt": wire_time(wanted - timedelta(minutes=10)),
        "deliveryAddress": order["deliveryAddress"],
        "deliveryAgreedAt": wire_time(wanted),
        "deliveryInstructions": None,
        "linearDistance": Decimal("0.8"),
        "estimatedDeliveryDuration": 10,
        "destinationContactName": f"{consumer['name']} · {consumer['lastname']}",
        "destinationContactPhone": consumer["phone"],
        "trackingUrl": None,
    }
