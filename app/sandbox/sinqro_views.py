"""How the Sinqro sandbox shows its orders on a page: the list, and the words that its other pages use too."""

import time
from datetime import UTC
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.status import OFF, OrderType, Status
from app.domain.times import parse_time
from app.sandbox.pages import (
    Child,
    Html,
    button,
    clock,
    el,
    facts,
    form,
    link,
    table,
    tag,
)
from app.sandbox.sinqro_state import Event, Restaurant, SinqroOrder, SinqroState
from app.sandbox.sinqro_view import values_of

NEWEST = 60
"""Orders on the page; the control API has them all."""

TYPES = {
    OrderType.DELIVERY: "Delivery",
    OrderType.COLLECTION: "Takeaway",
    OrderType.INSITU: "Eat here",
    OrderType.INSIDE: "At a table",
    OrderType.RESERVATION: "Reservation",
}


class Shown(NamedTuple):
    """What a page shows of an order's own text; empty where it has none or is no JSON."""

    code: str
    channel: str
    total: str
    wanted: Child


def shown(order: SinqroOrder) -> Shown:
    """The order's head, however odd its text is."""
    values = values_of(order.raw) or {}
    code = values.get("marketOrderCode") or values.get("code") or order.key
    total = values.get("totalAmount")
    return Shown(str(code)[:40], _channel(values), money(total) if total is not None else "–", when(values))  # noqa: RUF001


def when(values: dict[str, Any]) -> Child:
    """Time at which it is wanted, in this machine's zone."""
    given = values.get("executionTime")
    if not isinstance(given, str):
        return ""
    try:
        return clock(parse_time(given, UTC), seconds=False)
    except ValueError:
        return given[:40]


def money(amount: Any) -> str:
    """``12.50 €``, or whatever stands in an amount's place."""
    if isinstance(amount, int | Decimal) and -(10**9) < amount < 10**9:
        return f"{amount:.2f}\u00a0€"
    return str(amount)[:40]


def status_tag(order: SinqroOrder, state: SinqroState) -> Html:
    """Its status in the companion's words, or Sinqro's code where those have none."""
    status = state.status_of(order.status)
    kind = "step"
    if status is Status.PENDING:
        kind = "new"
    elif status is Status.COMPLETED:
        kind = "ok"
    elif status in OFF:
        kind = "off"
    return tag(order.status if status is None else status.value.replace("_", " "), kind if status else "")


def type_word(order: SinqroOrder) -> str:
    """Its type for people."""
    return next((word for kind, word in TYPES.items() if kind == order.type), order.type or "unknown type")


def answer_of(answer: Any, ms: float | None, sent: int) -> Child:
    """The companion's answer to a request, in a word and milliseconds."""
    took = el("small", f" {ms:.1f} ms") if ms is not None else None
    if answer is None:
        return [tag("no answer yet", "warn"), el("small", f" sent {sent}×" if sent else " not sent")]  # noqa: RUF001
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        data = error.get("data")
        code = data.get("code") if isinstance(data, dict) else None
        return [tag(str(code or error.get("code"))[:40], "off"), took]
    result = answer.get("result") if isinstance(answer, dict) else None
    word = str(result.get("state", "answered"))[:40] if isinstance(result, dict) else "answered"
    warned = tag("with warnings", "warn") if isinstance(result, dict) and result.get("warnings") else None
    return [tag(word, "ok"), took, warned]


def notification_word(event: Event) -> str:
    """One notification in a word or two."""
    kind, data = str(event.detail.get("type", "")), event.detail.get("data")
    status = data.get("status") if isinstance(data, dict) else None
    return str(status or kind.partition(".")[2] or kind).replace("_", " ")[:40]


# ---------------------------------------------------------------- the list


def orders_view(state: SinqroState, numbers: dict[str, float | int | None]) -> list[Child]:
    """How it goes, buttons for an order at once, and the newest orders."""
    newest = list(state.orders.values())[: -NEWEST - 1 : -1]
    told: dict[str, list[str]] = {order.key: [] for order in newest}
    for event in state.events:
        if event.kind == "notification" and event.order_id in told:
            told[event.order_id].append(notification_word(event))
    rows = [_row(order, state, told[order.key]) for order in newest]
    heads = ("Order", "Wanted", ">Total", "Status", "Companion answered", "In the POS", "Notifications")
    empty = el(
        "div", el("p", "No orders yet. Place one above: it shows here with all that comes back."), class_="panel"
    )
    places = [
        form("/place", button(word, name="type", value=kind, kind="step"), quick="1") for kind, word in TYPES.items()
    ]
    return [
        _pair_first(state),
        _numbers(state, numbers),
        el("section", el("h2", "Place an order"), el("div", places, link("More choices", "/place"), class_="row")),
        el("section", el("h2", "Orders"), table(heads, rows) if rows else empty),
    ]


def _pair_first(state: SinqroState) -> Child:
    if any(not one.revoked for one in state.installations.values()):
        return None
    text = "No companion is paired yet. Get a pairing code and type it into the companion: then orders reach it."
    return el("div", el("p", text), form("/restaurant/code", button("New pairing code", kind="go")), class_="panel tip")


def _numbers(state: SinqroState, numbers: dict[str, float | int | None]) -> Html:
    def ms(name: str) -> str:
        value = numbers[name]
        return "–" if value is None else f"{value:.1f} ms"  # noqa: RUF001

    refused = numbers["notifications_refused"]
    return el(
        "section",
        facts(
            *[(place.name, [in_charge(state, place), " ", _door(place)]) for place in state.restaurants.values()],
            ("Orders placed", str(numbers["placed"])),
            ("Waiting for an answer", str(len(state.unanswered))),
            ("Answered within, median", ms("response_p50_ms")),
            ("Answered within, 99 %", ms("response_p99_ms")),
            ("Notifications verified", str(numbers["notifications_verified"])),
            ("Notifications refused", link(tag(str(refused), "off"), "/restaurant") if refused else "0"),
        ),
    )


def in_charge(state: SinqroState, place: Restaurant) -> Child:
    """Which installation is in charge, and whether its link is up."""
    if not place.active:
        return tag("nobody in charge", "warn")
    return [f"{place.device_name or place.active} ", link_tag(state, place.active)]


def _door(place: Restaurant) -> Html:
    """What customers see: open or closed, how much longer it takes, the menu's version."""
    words = []
    if place.closings and place.open:
        words.append(tag("partly closed", "warn"))
    else:
        words.append(tag("open", "ok") if place.open else tag("closed", "off"))
    extra = place.preparation.get("extraMinutes")
    if extra:
        words.append(tag(f"+{extra} min", "warn"))
    if place.catalog_version:
        words.append(tag(f"menu {place.catalog_version}", "ok"))
    return el("span", [part for word in words for part in (word, " ")])


def link_tag(state: SinqroState, installation_id: str) -> Html:
    """Whether the link of an installation is up."""
    since = state.silent_since.get(installation_id)
    if since is None:
        return tag("link up", "ok")
    return tag(f"link down for {duration(time.monotonic() - since)}", "off")


def _row(order: SinqroOrder, state: SinqroState, told: list[str]) -> Html:
    head = shown(order)
    code = [
        link(head.code, "/order", id=order.key, class_="code"),
        el("br"),
        el("small", f"{type_word(order)} · ", f"{head.channel} · " if head.channel else None, clock(order.placed_at)),
    ]
    pos: Child = order.pos_order_id or None
    if order.injection not in ("", "injected"):
        pos = [pos, " ", tag(order.injection, "off")]
    words = " · ".join(told[-6:])
    return el(
        "tr",
        el("td", code),
        el("td", head.wanted),
        el("td", head.total, class_="number"),
        el("td", status_tag(order, state), [" ", tag("refund", "warn")] if order.refunded else None),
        el("td", _create_answer(state, order)),
        el("td", pos),
        el("td", el("small", f"{len(told)}: {words}" if told else None)),
        id=f"order-{order.key}",
    )


def _create_answer(state: SinqroState, order: SinqroOrder) -> Child:
    if order.answered_at is not None:
        return answer_of(order.answer, order.response_ms, 1)
    for request in state.unanswered.values():
        if request.order == order.key and request.method == "order.create":
            return answer_of(None, None, request.sent)
    return None


def _channel(values: dict[str, Any]) -> str:
    market = values.get("market")
    return str(market.get("name") or market.get("code") or "")[:40] if isinstance(market, dict) else ""


def duration(seconds: float) -> str:
    """Seconds or minutes, as people say it."""
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 90 else f"{whole // 60} min"
