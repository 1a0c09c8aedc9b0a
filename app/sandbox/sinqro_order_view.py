"""One order on the Sinqro sandbox's page: what it is, what came back, and everything that can be done to it."""

from decimal import Decimal
from typing import Any

import msgspec

from app.domain.status import OrderType, RejectReason, Status, next_steps
from app.link.messages import encode
from app.sandbox.menu import Restaurant
from app.sandbox.orders_edits import choices
from app.sandbox.pages import Child, Html, button, clock, el, facts, field, form, link, select, table, tag, text
from app.sandbox.sinqro_state import Event, LinkRequest, SinqroOrder, SinqroState
from app.sandbox.sinqro_view import values_of
from app.sandbox.sinqro_views import answer_of, money, notification_word, shown, status_tag, type_word

NEWEST_EVENTS = 80
DETAIL = 400
"""Characters of an event's detail on the page."""
_NOT_SHOWN = frozenset({"sellingPointId", "installationId", "epoch", "orderId"})
"""What every notification of an order carries, and this page says elsewhere."""
EDITED = 2**20
"""Bytes of the longest text that is shown for editing."""


def order_view(order: SinqroOrder, state: SinqroState, restaurant: Restaurant) -> list[Child]:
    """The page of an order."""
    values = values_of(order.raw)
    head = shown(order)
    requests = [one for one in state.requests.values() if one.order == order.key]
    events = [one for one in state.events if one.order_id == order.key and one.kind not in ("request", "answer")]
    left: list[Child] = [_facts(order, values or {}), _lines(order, values or {})]
    if order.raw and values is None:
        note = "This text is no JSON object: the companion keeps such an order as unreadable, and so does the sandbox."
        left.insert(0, el("div", el("p", note), class_="panel bad"))
    right: list[Child] = [_status_panel(order, state)]
    if values is not None:
        right.append(_edits_panel(order, values, restaurant))
    refund = tag("cancelled after completion: refund", "warn") if order.refunded else None
    return [
        el("p", link("← Orders", "/")),
        el("h1", head.code, tag(type_word(order)), status_tag(order, state), refund),
        el("div", el("div", left), el("div", right), class_="columns"),
        el("section", el("h2", "Sent to the companion, and its answers"), _requests(requests)),
        el("section", el("h2", "What came back, newest first"), _events(events)),
        el("section", el("h2", "Its text"), _raw(order)),
    ]


# ---------------------------------------------------------------- what it is


def _facts(order: SinqroOrder, values: dict[str, Any]) -> Html:
    head = shown(order)
    consumer = _part(values, "consumer")
    place, zone = _part(values, "serviceLocation"), _part(_part(values, "serviceLocation"), "serviceZone")
    address = _part(values, "deliveryAddress")
    payments = values.get("payments")
    paid = payments[0] if isinstance(payments, list) and payments and isinstance(payments[0], dict) else {}
    deliveries = values.get("deliveries")
    driver = _part(deliveries[0], "driver") if isinstance(deliveries, list) and deliveries else {}
    pairs: list[tuple[str, Child]] = [
        ("Sinqro's id", order.key),
        ("Market's id", _text(values.get("marketOrderId"))),
        ("POS's id", order.pos_order_id or "–"),  # noqa: RUF001
        ("Into the POS", order.injection or "nothing told yet"),
        ("Channel", head.channel),
        ("Placed", clock(order.placed_at)),
        ("Wanted", head.wanted),
        ("Customer", _text(consumer.get("name"), consumer.get("lastname"))),
        ("Phone", _text(consumer.get("phone"))),
        ("Table", _text(place.get("name"), zone.get("name"))),
        ("Diners", _text(values.get("dinersNumber"))),
        ("Address", _text(address.get("street"), address.get("details"), address.get("city"))),
        ("Courier", _text(driver.get("name"))),
        ("Payment", _text(paid.get("paymentMethodName"), "(paid online)" if paid.get("prepaid") else "")),
        ("Reason", _text(order.reason, order.comment)),
    ]
    known = [(name, value) for name, value in pairs if value]
    comment = _text(values.get("comment"))
    return el("div", facts(*known), el("p", comment, class_="note") if comment else None)


def _lines(order: SinqroOrder, values: dict[str, Any]) -> Child:
    lines = values.get("orderLines")
    if not isinstance(lines, list) or not lines:
        return None
    rows = [_line(order, number, line) for number, line in enumerate(lines) if isinstance(line, dict)]
    total = el(
        "tr",
        el("td", el("b", "Total")),
        el("td", el("small", f"net {money(values.get('baseAmount'))}, VAT {money(values.get('vatAmount'))}")),
        el("td", el("b", money(values.get("totalAmount"))), class_="number"),
        el("td"),
    )
    return el("section", table((">", "Line", ">Amount", ""), [*rows, total]))


def _line(order: SinqroOrder, number: int, line: dict[str, Any]) -> Html:
    children = line.get("childrenOrderLines")
    options = (
        [_text(child.get("label")) for child in children or () if isinstance(child, dict)]
        if isinstance(children, list)
        else []
    )
    label, comment = _text(line.get("label")) or "no label", _text(line.get("comment"))
    kind = line.get("type")
    small = " · ".join(filter(None, [*options, f"«{comment}»" if comment else ""]))
    away = form(
        "/order/edit",
        button("Remove", kind="no little", title=f"Remove {label}"),
        id=order.key,
        what="remove",
        value=str(number),
    )
    return el(
        "tr",
        el("td", f"{_text(line.get('quantity'))} ×", class_="number"),  # noqa: RUF001
        el("td", label, " ", tag(str(kind)) if kind != "PRODUCT" else None, el("br"), el("small", small)),
        el("td", money(line.get("totalAmount")), class_="number"),
        el("td", away),
    )


# ---------------------------------------------------------------- what can be done


def _status_panel(order: SinqroOrder, state: SinqroState) -> Html:
    now = state.status_of(order.status)
    steps: list[Status] = []
    if now is not None:
        steps = [step for step in Status if step in next_steps(_type(order), now) and step is not Status.CANCELLED]
    reasons = [("", "no reason"), *((reason.value, reason.value.replace("_", " ")) for reason in RejectReason)]
    ending: Child = el("p", "It is final: nothing can follow.")
    if now in (None, Status.COMPLETED) or not now.final:
        cancel = "Cancel after completion (refund)" if now is Status.COMPLETED else "Cancel"
        ending = el(
            "div",
            select("reason", reasons, label="Reason"),
            text("comment", label="Comment", placeholder="comment"),
            button(cancel, name="status", value=Status.CANCELLED, kind="no"),
            class_="row",
        )
    return el(
        "div",
        el("h2", "Status"),
        el("p", el("small", "As if customer, channel or Sinqro's panel changed it.")),
        form("/order/status", _steps(steps), ending, id=order.key),
        class_="panel",
    )


def _steps(steps: list[Status]) -> Child:
    if not steps:
        return None
    buttons = [button(f"→ {step.value.replace('_', ' ')}", name="status", value=step, kind="step") for step in steps]
    return el("div", buttons, class_="row")


def _edits_panel(order: SinqroOrder, values: dict[str, Any], restaurant: Restaurant) -> Html:
    tables = [(t.code, f"{t.name} · {zone.name}") for zone in restaurant.zones for t in zone.tables]
    later = [(str(minutes), f"{minutes:+d} minutes") for minutes in (15, 30, 60, -15)]
    edits: list[Child] = []
    if values.get("orderLines"):
        edits.append(_edit(order, "add", "Add", field("A product more", select("value", choices(restaurant)))))
    if "serviceLocation" in values:
        here = _text(_part(values, "serviceLocation").get("code"))
        edits.append(_edit(order, "table", "Move", field("Another table", select("value", tables, here))))
    edits.append(_edit(order, "later", "Change", field("Another time", select("value", later))))
    edits.append(
        _edit(order, "comment", "Change", field("Another comment", text("value", _text(values.get("comment")))))
    )
    if "dinersNumber" in values:
        diners = _text(values.get("dinersNumber"))
        edits.append(_edit(order, "diners", "Change", field("Diners", text("value", diners, kind="number"))))
    once = [_once(order, "refund", "Refund a product")] if values.get("orderLines") else []
    if "deliveryAddress" in values:
        once = [_once(order, "courier", "Assign a courier"), _once(order, "address", "Another address"), *once]
    return el(
        "div",
        el("h2", "Change it"),
        edits,
        el("div", once, class_="row") if once else None,
        class_="panel",
    )


def _edit(order: SinqroOrder, what: str, label: str, control: Html) -> Html:
    return form("/order/edit", control, button(label, kind="step"), class_="row end edit", id=order.key, what=what)


def _once(order: SinqroOrder, what: str, label: str) -> Html:
    return form("/order/edit", button(label, kind="step"), id=order.key, what=what)


def _raw(order: SinqroOrder) -> Html:
    if len(order.raw) > EDITED:
        return el("div", el("p", f"{len(order.raw)} bytes: too long to be shown here."), class_="panel")
    try:
        written = msgspec.json.format(order.raw, indent=2).decode(errors="replace")
    except (msgspec.MsgspecError, RecursionError):
        written = order.raw.decode(errors="replace")
    return el(
        "div",
        el(
            "details",
            el("summary", "Show, edit, and send as an update"),
            form(
                "/order/text",
                el("textarea", "\n" + written, name="raw", rows=24, aria_label="Text of the order", spellcheck="false"),
                button("Send as an update", kind="step"),
                id=order.key,
            ),
        ),
        class_="panel",
    )


# ---------------------------------------------------------------- what came back


def _requests(requests: list[LinkRequest]) -> Child:
    if not requests:
        return el("div", el("p", "Nothing was sent."), class_="panel")
    rows = [
        el(
            "tr",
            el("td", clock(one.made_at)),
            el("td", link(el("code", one.method), "/request", id=one.id), f" {one.status}" if one.status else None),
            el("td", answer_of(one.answer if one.answered else None, one.response_ms, one.sent)),
        )
        for one in reversed(requests)
    ]
    return table(("Made", "Request", "Answer"), rows)


def request_view(request: LinkRequest) -> list[Child]:
    """One request to the companion and its whole answer."""
    answer = msgspec.json.format(encode(request.answer), indent=2).decode()
    order = el("p", link(f"Order {request.order}", "/order", id=request.order)) if request.order else None
    return [
        el("p", link("← Orders", "/")),
        el(
            "h1",
            el("code", request.method),
            answer_of(request.answer if request.answered else None, request.response_ms, request.sent),
        ),
        facts(("Made", clock(request.made_at)), ("Request id", request.id), ("Sent", f"{request.sent}×")),  # noqa: RUF001
        el(
            "section",
            order,
            el("h2", "Answer"),
            el("pre", answer if request.answered else "none yet; it is repeated until one comes"),
        ),
    ]


def _events(events: list[Event]) -> Child:
    if not events:
        return el("div", el("p", "Nothing yet."), class_="panel")
    return table(("When", "What", "Details"), [_event(event) for event in events[: -NEWEST_EVENTS - 1 : -1]])


def _event(event: Event) -> Html:
    detail = event.detail
    what: Child = event.kind
    if event.kind == "notification":
        what = tag(notification_word(event), "step")
        detail = {**_part(detail, "data"), "outcome": detail.get("outcome")}
    words = [f"{name} {_plain(value)}" for name, value in detail.items() if name not in _NOT_SHOWN]
    written = " · ".join(words)
    return el(
        "tr",
        el("td", clock(event.at)),
        el("td", what),
        el("td", el("code", written if len(written) <= DETAIL else written[:DETAIL] + "…")),
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()


def _type(order: SinqroOrder) -> OrderType:
    return OrderType(order.type) if order.type in OrderType.__members__.values() else OrderType.DELIVERY


def _part(values: Any, name: str) -> dict[str, Any]:
    part = values.get(name) if isinstance(values, dict) else None
    return part if isinstance(part, dict) else {}


def _text(*parts: Any) -> str:
    """Plain values in one line; what is no plain value is left out."""
    return " ".join(str(part)[:500] for part in parts if isinstance(part, str | int | Decimal) and part != "")
