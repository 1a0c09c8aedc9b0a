"""Examples of the contract's documents: one for each request and notification. A test validates them."""

from typing import Any

Json = dict[str, Any]

ORDER: Json = {
    "id": 884213,
    "type": "delivery",
    "status": {"code": "waiting_sp_validation", "name": "Waiting for the restaurant", "isFinalStatus": False},
    "totalAmount": 26.5,
    "baseAmount": 23.81,
    "vatAmount": 2.69,
    "currency": {"isoCode": "EUR", "symbol": "€"},
    "executionTime": "2026-11-25T21:05:00+0100",
    "acceptBy": "2026-11-25T20:33:00+0100",
    "comment": "Ring at the second door",
    "consumer": {"id": 5120, "name": "Ana", "lastname": "García", "phone": "+34600000000"},
    "sellingPoint": {"id": 3961, "name": "SuperPizza", "timezone": "Europe/Madrid"},
    "market": {"code": "glovo", "name": "Glovo"},
    "marketOrderId": "100-2551",
    "marketOrderCode": "4F7K",
    "payments": [{"amount": 26.5, "paymentMethodName": "Glovo", "prepaid": True}],
    "orderLines": [
        {
            "type": "PRODUCT",
            "label": "Margherita",
            "comment": "no onion",
            "quantity": 2,
            "unitPrice": 12.0,
            "totalAmount": 24.0,
            "vatValue": 10,
            "product": {"id": 71, "externalId": "p-margherita"},
            "childrenOrderLines": [
                {
                    "type": "PRODUCT_OPTION",
                    "label": "Extra cheese",
                    "quantity": 1,
                    "unitPrice": 1.0,
                    "totalAmount": 1.0,
                    "productOption": {"id": 902, "externalId": "o-cheese"},
                }
            ],
        },
        {"type": "DELIVERY", "label": "Delivery", "quantity": 1, "unitPrice": 2.5, "totalAmount": 2.5, "vatValue": 21},
    ],
    "deliveryAddress": {"street": "Calle Mayor 4", "details": "2º B", "city": "Madrid", "postalCode": "28013"},
    "isAcceptable": True,
    "isCancellable": True,
}

_POINT: Json = {"sellingPointId": 3961, "requestId": "rq-7f21"}
_CLOSING: Json = {
    "id": "sinqro-19",
    "source": "sinqro",
    "since": "2026-11-25T20:10:00+00:00",
    "until": "2026-11-25T20:50:00+00:00",
    "reason": "Too many orders",
}
_AVAILABILITY: Json = {"sellingPointId": "3961", "open": False, "closings": [_CLOSING]}
_RANGE: Json = {
    "startDay": {"id": 5, "name": "Friday"},
    "startTime": "20:00",
    "endDay": {"id": 6, "name": "Saturday"},
    "endTime": "02:00",
    "timezone": "Europe/Madrid",
}
_HOURS: Json = {
    "timezone": "Europe/Madrid",
    "ranges": [_RANGE],
    "orderTypeRanges": {},
    "exceptions": [{"date": "2026-12-25", "ranges": [], "orderTypes": [], "note": "Christmas", "holiday": ""}],
}
_PRODUCT: Json = {
    "externalId": "p-margherita",
    "name": "Margherita",
    "price": 11.0,
    "vat": 10,
    "allergens": ["gluten", "milk"],
    "optionCategories": ["c-extras"],
}
_STATUS: Json = {
    "status": "in_preparation",
    "posStatus": "KITCHEN",
    "injection": "injected",
    "changedAt": "2026-11-25T20:31:40+00:00",
    "origin": "pos",
}

SERVED: dict[str, tuple[Json, Json]] = {
    "order.create": ({**_POINT, "order": ORDER}, {"state": "stored", "orderId": 884213}),
    "order.update": (
        {**_POINT, "orderId": 884213, "revision": 2, "order": {**ORDER, "comment": "Ring at the first door"}},
        {"state": "stored", "orderId": 884213},
    ),
    "order.get": (
        {**_POINT, "orderId": 884213},
        {
            "source": "pos",
            "order": ORDER,
            "status": "in_preparation",
            "posStatus": "KITCHEN",
            "posOrderId": "T-204",
            "injection": "injected",
            "changedAt": "2026-11-25T20:31:40+00:00",
            "revision": 3,
            "posTotal": 26.5,
        },
    ),
    "order.list": (
        {**_POINT, "since": "2026-11-25T18:00:00Z", "limit": 100},
        {
            "orders": [
                {
                    **_STATUS,
                    "orderId": 884213,
                    "type": "delivery",
                    "code": "4F7K",
                    "posOrderId": "T-204",
                    "receivedAt": "2026-11-25T20:30:02+00:00",
                    "executionAt": "2026-11-25T20:05:00+00:00",
                    "total": 26.5,
                    "currency": "EUR",
                    "revision": 3,
                }
            ]
        },
    ),
    "order.status.get": ({**_POINT, "orderId": 884213}, _STATUS),
    "order.status.update": (
        {**_POINT, "orderId": 884213, "status": "cancelled", "reason": "customer_request", "revision": 3},
        {"state": "stored", "status": "cancelled"},
    ),
    "catalog.get": (
        {**_POINT, "limit": 500},
        {
            "sellingPointId": "3961",
            "version": 12,
            "currency": "EUR",
            "menus": [{"externalId": "m-main", "name": "Carta", "sections": ["s-pizza"]}],
            "menuSections": [{"externalId": "s-pizza", "name": "Pizzas", "products": ["p-margherita"]}],
            "products": [_PRODUCT],
            "productVariants": [],
            "productOptionCategories": [{"externalId": "c-extras", "name": "Extras", "options": ["o-cheese"]}],
            "productOptions": [{"externalId": "o-cheese", "name": "Extra cheese", "price": 1.0}],
        },
    ),
    "catalog.entity.get": (
        {**_POINT, "kind": "product", "externalId": "p-margherita"},
        {"sellingPointId": "3961", "version": 12, "kind": "product", "entity": _PRODUCT},
    ),
    "availability.get": (_POINT, _AVAILABILITY),
    "availability.set": (
        {**_POINT, "closing": {"id": "sinqro-19", "until": "2026-11-25T21:50:00+0100", "reason": "Too many orders"}},
        _AVAILABILITY,
    ),
    "schedule.get": (_POINT, {"sellingPointId": "3961", "source": "tray", **_HOURS}),
    "tables.get": (
        _POINT,
        {"zones": [{"code": "T", "name": "Terrace", "serviceLocations": [{"code": 14, "name": "Mesa 14"}]}]},
    ),
    "link.superseded": ({**_POINT, "epoch": 8, "deviceName": "CAJA-2"}, {}),
    "link.ping": ({}, {"time": "2026-11-25T20:30:00+00:00", "pos": "ok", "queueDepth": 0}),
}
"""Parameters and answer of each request of Sinqro's."""

_ASKED_POINT: Json = {"sellingPointId": "3961"}

ASKED: dict[str, tuple[Json, Json]] = {
    "link.hello": (
        {
            "companionVersion": "0.1.0",
            "contractVersion": "1.0",
            "installationId": "inst_5f0c",
            "deviceName": "CAJA-1",
            "sellingPointIds": ["3961"],
            "capabilities": {"3961": ["catalog_read", "order_create"]},
            "unacknowledged": 0,
        },
        {"time": "2026-11-25T20:30:00Z", "sellingPoints": [{"id": 3961, "role": "active", "epoch": 7}]},
    ),
    "link.bye": ({"reason": "quit"}, {}),
    "link.ping": ({}, {"time": "2026-11-25T20:30:00Z"}),
    "link.takeOver": (_ASKED_POINT, {"epoch": 8}),
    "order.get": ({**_ASKED_POINT, "orderId": 884213}, {"order": ORDER, "revision": 3, "notifiedRevision": 2}),
    "order.list": (
        {**_ASKED_POINT, "since": "2026-11-22T20:30:00+00:00", "limit": 100},
        {"orders": [{"order": ORDER, "revision": 3, "notifiedRevision": 2}]},
    ),
    "sellingPoint.get": (_ASKED_POINT, {"silentSeconds": 71.2}),
    "sellingPoint.availability.get": (_ASKED_POINT, {"open": False, "closings": [_CLOSING]}),
    "sellingPoint.schedule.get": (_ASKED_POINT, _HOURS),
    "sellingPoint.preparation.get": (_ASKED_POINT, {"extraMinutes": 20, "until": "2026-11-25T21:30:00+00:00"}),
    "sellingPoint.catalog.get": (_ASKED_POINT, {"version": 12}),
}
"""Parameters and answer of each request of the companion's."""

_SENT: Json = {"sellingPointId": "3961", "installationId": "inst_5f0c", "epoch": 7}
_CHANGED: Json = {
    **_SENT,
    "orderId": 884213,
    "posOrderId": "T-204",
    "status": "accepted",
    "posStatus": "OPEN",
    "preparationTime": 20,
    "changedAt": "2026-11-25T20:30:41+00:00",
    "origin": "staff",
    "revision": 1,
    "basedOn": 1,
}

NOTICES: dict[str, Json] = {
    "order.injected": {**_SENT, "orderId": 884213, "posOrderId": "T-204"},
    "order.injection_failed": {
        **_SENT,
        "orderId": 884213,
        "injection": "failed",
        "code": "POS_REFUSED",
        "message": "the POS knows no product p-margherita",
    },
    "order.status_changed": _CHANGED,
    "reservation.status_changed": {
        **_SENT,
        "orderId": 884214,
        "status": "rejected",
        "reason": "no_table",
        "changedAt": "2026-11-25T20:33:00+00:00",
        "origin": "staff",
        "revision": 1,
    },
    "catalog.changed": {
        **_SENT,
        "version": 12,
        "changes": [
            {"kind": "product", "externalId": "p-margherita", "change": "updated"},
            {"kind": "productOption", "externalId": "o-cheese", "change": "availability"},
        ],
    },
    "availability.changed": {**_SENT, "open": False, "closings": [_CLOSING]},
    "preparation.changed": {**_SENT, "extraMinutes": 20, "until": "2026-11-25T21:30:00+00:00"},
    "schedule.changed": {**_SENT, "source": "tray", **_HOURS},
}
"""The data of each notification."""
