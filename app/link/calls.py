"""The contract as a table: every request of the link in both directions, the same over HTTPS, and every error.

The documents in ``resources/contract`` are made from it, and the HTTPS API is: a service that stands here is served.
"""

from typing import NamedTuple

import msgspec

from app.link import messages, questions, results


class ErrorKind(NamedTuple):
    """One error: the code of JSON-RPC, the status of HTTP, and what it means."""

    rpc: int
    http: int
    text: str


ERRORS: dict[str, ErrorKind] = {
    "INVALID_PARAMS": ErrorKind(-32602, 400, "The parameters are at fault; `field` is the JSON path of the first one."),
    "METHOD_NOT_FOUND": ErrorKind(-32601, 501, "This companion does not serve that."),
    "NOT_SUPPORTED": ErrorKind(-32000, 501, "This restaurant's POS has no such thing."),
    "SELLING_POINT_UNKNOWN": ErrorKind(-32000, 404, "This installation does not serve that selling point."),
    "ORDER_NOT_FOUND": ErrorKind(-32000, 404, "No such order has come here."),
    "ENTITY_NOT_FOUND": ErrorKind(-32000, 404, "The published menu has no such entity."),
    "CURSOR_GONE": ErrorKind(-32000, 410, "The menu that the cursor is of is not kept any more: begin anew."),
    "POS_UNREACHABLE": ErrorKind(-32000, 503, "The POS does not answer: repeat it later."),
    "POS_BUSY": ErrorKind(-32000, 503, "The POS asks to come back later."),
    "LEDGER_UNUSABLE": ErrorKind(-32000, 503, "Nothing can be stored at the moment (a full disk): repeat it."),
    "INTERNAL_ERROR": ErrorKind(-32603, 500, "A fault of the companion's, whose log has it: it may be repeated."),
    "NOT_READY": ErrorKind(-32000, 503, "The companion is starting, or has too much to do: repeat it."),
}
"""By the ``code`` in an error's data. Others may come (a POS's own): 502 over HTTPS, 503 when ``retryable``."""

_ALWAYS = ("INVALID_PARAMS", "SELLING_POINT_UNKNOWN", "LEDGER_UNUSABLE", "INTERNAL_ERROR")


class Call(NamedTuple):
    """A request of the link."""

    method: str
    takes: type[msgspec.Struct]
    gives: type[msgspec.Struct]
    text: str
    errors: tuple[str, ...] = _ALWAYS


SERVED: tuple[Call, ...] = (
    Call(
        "order.create",
        messages.OrderCreate,
        results.Stored,
        "A new order or reservation. Answered when it is stored, before the POS is asked. Repeating it does nothing; "
        "with other content it is an `order.update`. An order that cannot be read is stored too, and shown to staff.",
    ),
    Call(
        "order.update",
        messages.OrderUpdate,
        results.Stored,
        "The whole order as it is now: lines, address, time, diners, table, payments, deliveries. The companion works "
        "out what changed.",
    ),
    Call(
        "order.get",
        messages.OrderParams,
        results.OrderView,
        "The order as the POS has it now; where the POS does not answer within 2 s, as the companion has it.",
        (*_ALWAYS, "ORDER_NOT_FOUND"),
    ),
    Call(
        "order.list",
        messages.OrderList,
        results.OrderPage,
        "The orders and reservations received since a moment, oldest first, without their texts.",
    ),
    Call(
        "order.status.get",
        messages.OrderParams,
        results.OrderStatusView,
        "The order's status as the companion has it.",
        (*_ALWAYS, "ORDER_NOT_FOUND"),
    ),
    Call(
        "order.status.update",
        messages.OrderStatusUpdate,
        results.StatusStored,
        "A new status of Sinqro's: accepted on a tablet, cancelled by the channel. The POS follows. A step back is "
        "stored and changes nothing. It may come before its order.",
    ),
    Call(
        "catalog.get",
        messages.CatalogGet,
        results.CatalogPage,
        "The published menu, page by page. A cursor stays with its version while newer ones are published.",
        (*_ALWAYS, "CURSOR_GONE"),
    ),
    Call(
        "catalog.entity.get",
        messages.CatalogEntityGet,
        results.CatalogEntityView,
        "One menu, section, product, variant, option category or option.",
        (*_ALWAYS, "ENTITY_NOT_FOUND"),
    ),
    Call(
        "availability.get", messages.Params, results.Availability, "Whether the restaurant takes orders, and why not."
    ),
    Call(
        "availability.set",
        messages.AvailabilitySet,
        results.Availability,
        "One closing of Sinqro's to add or change, or the id of one to lift. Closings of the restaurant's staff and of "
        "the POS stay: closed by anyone is closed.",
    ),
    Call("schedule.get", messages.Params, results.Hours, "The opening hours, with their exceptions."),
    Call(
        "tables.get",
        messages.Params,
        results.Tables,
        "Zones and tables of the POS.",
        (*_ALWAYS, "NOT_SUPPORTED", "POS_UNREACHABLE", "POS_BUSY"),
    ),
    Call(
        "link.superseded",
        messages.Superseded,
        results.Nothing,
        "Another installation is in charge from `epoch` on. Answered when nothing is injected any more.",
    ),
    Call("link.ping", messages.Ping, results.Pong, "A sign of life.", ("INTERNAL_ERROR",)),
)
"""What Sinqro asks the companion."""

ASKED: tuple[Call, ...] = (
    Call("link.hello", questions.Hello, questions.HelloAnswer, "The first request of each connection."),
    Call("link.bye", questions.Bye, results.Nothing, "The companion leaves on purpose: quit, or an update."),
    Call("link.ping", results.Nothing, questions.SinqroTime, "A sign of life, and Sinqro's clock."),
    Call("link.takeOver", questions.PointAsked, questions.Epoch, "A person makes this installation the one in charge."),
    Call("order.get", questions.OrderAsked, questions.SinqroOrder, "One order, before an answer to it is sent late."),
    Call("order.list", questions.OrdersAsked, questions.SinqroOrders, "What came while the companion was away."),
    Call("sellingPoint.get", questions.PointAsked, questions.SinqroPoint, "Whether who is in charge is still heard."),
    Call(
        "sellingPoint.availability.get",
        questions.PointAsked,
        questions.SinqroClosings,
        "What customers see, read back after each `availability.changed` and every few minutes.",
    ),
    Call("sellingPoint.schedule.get", questions.PointAsked, questions.SinqroHours, "The hours that customers see."),
    Call(
        "sellingPoint.preparation.get",
        questions.PointAsked,
        questions.SinqroPreparation,
        "How much longer customers are told that everything takes.",
    ),
    Call("sellingPoint.catalog.get", questions.PointAsked, questions.SinqroCatalog, "Which menu Sinqro took last."),
)
"""What the companion asks Sinqro."""


class HttpCall(NamedTuple):
    """One of :data:`SERVED` over HTTPS. What stands in ``path`` and ``query`` is a parameter, the rest is the body."""

    verb: str
    path: str
    method: str
    query: tuple[str, ...] = ()
    body: str = ""
    """Parameter that is the whole body; empty: the body's own fields are the parameters."""
    status: int = 200


_POINT = "/v1/selling-points/{sellingPointId}"

HTTP: tuple[HttpCall, ...] = (
    HttpCall("POST", f"{_POINT}/orders", "order.create", body="order", status=201),
    HttpCall("GET", f"{_POINT}/orders", "order.list", query=("since", "limit", "cursor")),
    HttpCall("GET", f"{_POINT}/orders/{{orderId}}", "order.get"),
    HttpCall("GET", f"{_POINT}/orders/{{orderId}}/status", "order.status.get"),
    HttpCall("PATCH", f"{_POINT}/orders/{{orderId}}/status", "order.status.update"),
    HttpCall("GET", f"{_POINT}/catalog", "catalog.get", query=("cursor", "limit")),
    HttpCall("GET", f"{_POINT}/catalog/{{kind}}/{{externalId}}", "catalog.entity.get"),
    HttpCall("GET", f"{_POINT}/availability", "availability.get"),
    HttpCall("PUT", f"{_POINT}/availability", "availability.set"),
    HttpCall("GET", f"{_POINT}/schedule", "schedule.get"),
    HttpCall("GET", f"{_POINT}/tables", "tables.get"),
)
"""The passive services, the classic way."""

SERVED_BY_NAME: dict[str, Call] = {call.method: call for call in SERVED}
