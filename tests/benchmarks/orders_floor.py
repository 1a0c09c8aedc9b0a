"""Orders for load: about 3 kB of UTF-8 JSON each, in the shape of a marketplace's delivery order. Seeded by number."""

import random
from typing import Any

SELLING_POINT = "3961"

_NAMES = (
    "Pizza de la huerta",
    "Pizza Barbacoa",
    "Ensalada César",
    "Cerveza 33cl",
    "Croquetas caseras (6 u.)",
    "Hamburguesa con queso",
    "Tarta de queso",
    "Agua mineral 50cl",
)
_OPTIONS = ("Bacon", "Extra de queso", "Sin cebolla", "Salsa aparte", "Masa fina")


def make_order(number: int) -> dict[str, Any]:
    """Order ``number``: always the same for the same number."""
    rnd = random.Random(number)
    lines = [_product(rnd, position) for position in range(4)]
    total = round(sum(line["totalAmount"] for line in lines) + 1, 2)
    lines.append(_line("DELIVERY", "Gastos de envío", 1, 1.0) | {"vatValue": 21, "baseAmount": 0.83, "vatAmount": 0.17})
    return {
        "id": number,
        "totalAmount": total,
        "executionTimeLabel": "hoy 23/07 a las 09:06h",
        "preparationTimeLabel": "hoy 23/07 a las 08:56h",
        "comment": "¡Sin gluten, por favor! Llamar al llegar.",
        "cancellationComment": None,
        "consumer": {
            "id": 18899 + number,
            "name": f"Client_{number}",
            "lastname": f"Lastname_{number}",
            "email": None,
            "phone": "+34600000000",
            "notificationsChannel": f"{rnd.getrandbits(128):032x}",
        },
        "status": {
            "code": "waiting_sp_validation",
            "name": "Esperando validación del negocio",
            "color": "#f7981d",
            "isFinalStatus": False,
            "globalStatusCode": "processing",
        },
        "type": "delivery",
        "sellingPoint": {
            "id": int(SELLING_POINT),
            "name": "SuperPizza",
            "address": _address(rnd, 187),
            "phone": "+34900000000",
            "email": "superpizza@example.com",
            "type": "Pizzería",
            "timezone": "Europe/Madrid",
        },
        "payments": [{"id": 54712 + number, "amount": total, "paymentMethodName": "Efectivo", "prepaid": False}],
        "orderLines": lines,
        "isCancellable": True,
        "isAcceptable": True,
        "currency": {"isoCode": "EUR", "symbol": "€", "displayPattern": "{{ amount }}€"},
        "posOrderId": None,
        "marketOrderId": str(number),
        "marketOrderCode": "RNYLUD",
        "executionTime": "2020-07-23T07:06:52+0000",
        "deliveryAmount": 1.0,
        "deliveryAddress": _address(rnd, 188),
    }


def _product(rnd: random.Random, position: int) -> dict[str, Any]:
    line = _line("PRODUCT", rnd.choice(_NAMES), rnd.randint(1, 3), rnd.choice((2.0, 4.5, 9.9, 12.0, 13.5)))
    if position < 2:
        option = _line("PRODUCT_OPTION", rnd.choice(_OPTIONS), 1, 1.0)
        line["childrenOrderLines"] = [option | {"productOption": {"id": 234816, "externalId": None}}]
    product = 109838 + position
    return line | {"product": {"id": product, "externalId": f"SKU-{product}"}}


def _line(kind: str, label: str, quantity: int, price: float) -> dict[str, Any]:
    total = round(quantity * price, 2)
    return {
        "type": kind,
        "totalAmount": total,
        "unitPrice": price,
        "quantity": quantity,
        "label": label,
        "comment": None,
        "childrenOrderLines": [],
        "baseAmount": round(total / 1.1, 2),
        "vatAmount": round(total - total / 1.1, 2),
        "vatValue": 10,
    }


def _address(rnd: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": 16000 + number,
        "street": f"Carrer de la Tecnologia, {rnd.randint(1, 99)}",
        "details": "2º 1ª, timbre roto",
        "city": "Viladecans",
        "province": "Barcelona",
        "postalCode": "08840",
        "latitude": 41.31372,
        "longitude": 2.031222,
        "googlePlaceId": "ChIJRQPl5lmcpBIRXpga-ZW5xvY",
    }
