"""How the reference POS's pages look: the till's board, one order, the menu with what is sold out."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.domain.status import RejectReason
from app.sandbox.pages import (
    Child,
    Html,
    button,
    clock,
    el,
    facts,
    field,
    form,
    link,
    select,
    table,
    tag,
    text,
)
from app.sandbox.pos_forms import (
    CANCELS,
    DONE,
    FINAL,
    Hours,
    Kind,
    Online,
    OptionForm,
    PosStatus,
    Ticket,
    TicketLine,
    may_follow,
    way_of,
)

FINISHED = 40
"""Finished orders on the page; the control API has them all."""

KINDS = {
    Kind.DELIVERY: "Delivery",
    Kind.TAKEAWAY: "Takeaway",
    Kind.EAT_IN: "Eat in",
    Kind.TABLE: "Table",
    Kind.BOOKING: "Booking",
}
STEPS = {
    PosStatus.OPEN: "Accept",
    PosStatus.CONFIRMED: "Accept",
    PosStatus.PREPARING: "Preparing",
    PosStatus.READY: "Ready",
    PosStatus.OUT: "On its way",
    PosStatus.CLOSED: "Close",
    PosStatus.SEATED: "Seat",
    PosStatus.FINISHED: "Finish",
    PosStatus.REFUSED: "Refuse",
    PosStatus.VOID: "Void",
    PosStatus.NO_SHOW: "No show",
}
"""What the button says that leads to a status."""
_TO_ACCEPT = frozenset({PosStatus.HELD, PosStatus.REQUESTED})


def status_tag(status: PosStatus) -> Html:
    """A status in the till's own word."""
    kind = "new" if status in _TO_ACCEPT else "ok" if status in DONE else "off" if status in CANCELS else "step"
    return tag(status.value.replace("_", " "), kind)


def money(amount: Decimal) -> str:
    """``12.50 €``."""
    return f"{amount:.2f}\u00a0€"


def switches(till_open: bool, switch: Online, hours: Hours) -> Html:
    """Till and online orders, with the buttons that turn them, and the opening hours."""
    online = switch.online
    until = "" if switch.until is None else f" until {switch.until:%H:%M} UTC"
    return facts(
        (
            "Till",
            form(
                "/till",
                tag("open", "ok") if till_open else tag("closed", "closed"),
                button("Close the till" if till_open else "Open the till", kind="little"),
                open="" if till_open else "on",
                class_="row apart",
            ),
        ),
        (
            "Online orders",
            form(
                "/online",
                tag("on", "ok") if online else tag(f"off{until}", "closed"),
                button("Turn off" if online else "Turn on", kind="little"),
                online="" if online else "on",
                class_="row apart",
            ),
        ),
        ("Opening hours", _hours_words(hours)),
    )


def _hours_words(hours: Hours) -> str:
    if not hours.week:
        return "none kept here"
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return ", ".join(f"{days[each.day - 1]} {each.opens}-{each.closes}" for each in hours.week)


# ---------------------------------------------------------------- the board


def board_view(tickets: list[Ticket], till_open: bool, switch: Online, hours: Hours) -> list[Child]:
    """Everything that is not finished as cards, then what is."""
    waiting = [ticket for ticket in tickets if ticket.status in _TO_ACCEPT]
    orders = [t for t in tickets if t.status not in FINAL | _TO_ACCEPT and t.kind is not Kind.BOOKING]
    bookings = [t for t in tickets if t.status not in FINAL | _TO_ACCEPT and t.kind is Kind.BOOKING]
    finished = [ticket for ticket in reversed(tickets) if ticket.status in FINAL][:FINISHED]
    empty = el("div", el("p", "No open orders. What the companion enters into this POS shows here."), class_="panel")
    return [
        switches(till_open, switch, hours),
        _cards("To accept", waiting),
        _cards("Orders", orders) if orders or waiting or bookings else el("section", el("h2", "Orders"), empty),
        _cards("Bookings", bookings),
        el("section", el("h2", "Finished"), table(_HEADS, [_row(ticket) for ticket in finished])) if finished else None,
    ]


_HEADS = ("Order", "Kind", "Reference", ">Total", "Status", "Changed")


def _cards(title: str, tickets: list[Ticket]) -> Child:
    if not tickets:
        return None
    count = tag(str(len(tickets)), "new" if title == "To accept" else "")
    cards = [_card(ticket) for ticket in sorted(tickets, key=_due)]
    return el("section", el("h2", f"{title} ", count), el("div", cards, class_="cards"))


def _due(ticket: Ticket) -> float:
    return (ticket.due_at or ticket.created_at).timestamp()


def _card(ticket: Ticket) -> Html:
    buttons = _buttons(ticket, most=1 if ticket.status in _TO_ACCEPT else 2)
    return el(
        "article",
        el(
            "div",
            link(ticket.code or ticket.id, "/order", id=ticket.id, class_="code"),
            el("span", clock(ticket.due_at, seconds=False) if ticket.due_at else None, class_="code"),
            class_="row apart",
        ),
        el("div", _small(ticket), status_tag(ticket.status), class_="row apart"),
        _body(ticket),
        form(
            "/order/move",
            el("div", buttons, class_="row"),
            id=ticket.id,
            back="board",
        ),
        class_="panel new" if ticket.status in _TO_ACCEPT else "panel",
        id=ticket.id,
    )


def _small(ticket: Ticket) -> Html:
    parts = (KINDS[ticket.kind], ticket.channel, _place(ticket), _guests(ticket))
    return el("small", " · ".join(filter(None, parts)))


def _guests(ticket: Ticket) -> str:
    if not ticket.guests:
        return ""
    return "1 guest" if ticket.guests == 1 else f"{ticket.guests} guests"


def _place(ticket: Ticket) -> str:
    return " · ".join(filter(None, (ticket.table_name, ticket.zone_name)))


def _body(ticket: Ticket) -> list[Child]:
    people = " · ".join(filter(None, (ticket.customer.name, ticket.customer.phone)))
    sums = el("div", _paid(ticket.paid >= ticket.total), el("span", money(ticket.total)), class_="total")
    return [
        el("ul", map(_line, ticket.lines), class_="lines") if ticket.lines else None,
        [el("p", note, class_="note") for note in ticket.note],
        el("p", el("small", people)) if people else None,
        el("p", el("small", ticket.address)) if ticket.address else None,
        sums if ticket.lines else None,
    ]


def _line(line: TicketLine) -> Html:
    return el(
        "li",
        el("b", f"{_count(line.quantity)}×"),  # noqa: RUF001
        el("span", line.name),
        el("span", money(line.total)),
        [el("small", _option(option)) for option in line.options],
        [el("small", f"«{note}»") for note in line.note],
    )


def _option(option: OptionForm) -> str:
    times = "" if option.quantity == 1 else f"{_count(option.quantity)}× "  # noqa: RUF001
    return f"{times}{option.name}" + (f" +{money(option.price)}" if option.price else "")


def _count(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def _paid(paid: bool) -> Html:
    return tag("paid", "ok") if paid else tag("to collect", "warn")


def _buttons(ticket: Ticket, *, most: int = 9) -> list[Html]:
    """The way forward first; ``most`` of those that go forward, then those that end it."""
    onward = [status for status in way_of(ticket.kind) if may_follow(ticket.kind, ticket.status, status)][:most]
    ends = [end for end in (PosStatus.REFUSED, PosStatus.NO_SHOW, PosStatus.VOID) if _ends(ticket, end)]
    made = []
    for number, status in enumerate(onward):
        filled = "yes" if ticket.status in _TO_ACCEPT else "step"
        made.append(button(STEPS[status], name="status", value=status.value, kind="" if number else filled))
    return made + [button(STEPS[end], name="status", value=end.value, kind="no") for end in ends]


def _ends(ticket: Ticket, end: PosStatus) -> bool:
    refusing = end is not PosStatus.VOID or ticket.status not in _TO_ACCEPT  # a new one is refused, not voided
    return refusing and may_follow(ticket.kind, ticket.status, end)


def _row(ticket: Ticket) -> Html:
    return el(
        "tr",
        el("td", link(ticket.code or ticket.id, "/order", id=ticket.id), " ", el("small", ticket.id)),
        el("td", KINDS[ticket.kind]),
        el("td", el("small", ticket.reference)),
        el("td", money(ticket.total), class_="number"),
        el("td", status_tag(ticket.status), " ", el("small", ticket.reason)),
        el("td", clock(ticket.changed_at)),
    )


# ---------------------------------------------------------------- one order


def ticket_view(ticket: Ticket) -> list[Child]:
    """An order or booking with all the till has, and its ways on."""
    known: list[tuple[str, Child]] = [
        ("POS id", ticket.id),
        ("Reference", ticket.reference),
        ("Channel", ticket.channel),
        ("Entered by", ticket.origin),
        ("Created", clock(ticket.created_at)),
        ("Changed", clock(ticket.changed_at)),
        ("Wanted", clock(ticket.due_at, seconds=False) if ticket.due_at else None),
        ("Promised", f"{ticket.minutes} minutes" if ticket.minutes is not None else None),
        ("Table", _place(ticket)),
        ("Guests", str(ticket.guests) if ticket.guests is not None else None),
        ("Kitchen tickets", str(ticket.printed)),
        ("Reason", ticket.reason),
        ("Net and VAT", f"{money(ticket.net)} + {money(ticket.vat)}" if ticket.lines else None),
    ]
    known += [(one.method, [money(one.amount), " ", _paid(one.prepaid)]) for one in ticket.payments]
    reasons = [("", "no reason"), *((reason.value, reason.value.replace("_", " ")) for reason in RejectReason)]
    buttons = _buttons(ticket)
    ways = form(
        "/order/move",
        el("div", buttons, class_="row"),
        el(
            "div",
            field("Minutes promised", text("minutes", kind="number")),
            field("Reason, to refuse or void", select("reason", reasons)),
            class_="fields narrow",
        ),
        id=ticket.id,
    )
    return [
        el("p", link("← Orders", "/")),
        el("h1", ticket.code or ticket.id, tag(KINDS[ticket.kind]), status_tag(ticket.status)),
        el(
            "div",
            el(
                "div",
                el("div", _body(ticket), class_="panel"),
                facts(*[(name, value) for name, value in known if value]),
            ),
            el("div", el("h2", "Move it"), ways if buttons else el("p", "It is finished."), class_="panel"),
            class_="columns",
        ),
    ]


# ---------------------------------------------------------------- the menu


def menu_view(catalog: dict[str, Any]) -> list[Child]:
    """Every product with its sold-out switch, by section. ``catalog`` is the API's answer."""
    products = {product["id"]: product for product in catalog["products"]}
    variants = {variant["id"]: variant for variant in catalog["variants"]}
    shown = {section for menu in catalog["menus"] if menu["type"] == "card" for section in menu["sections"]}
    sections = [
        el(
            "section",
            el("h2", section["name"]),
            table(("Product", "Id", ">Price", ""), _items(section, products, variants)),
        )
        for section in catalog["sections"]
        if section["id"] in shown
    ]
    hint = el("p", "Sold out here is told to whoever listens to the POS's catalog, at once.")
    return [el("h1", "Menu"), hint, sections]


def _items(section: dict[str, Any], products: dict[str, Any], variants: dict[str, Any]) -> Iterable[Html]:
    for ident in section["products"]:
        product = products[ident]
        yield _item(product, product["name"])
        for variant in product["variants"]:
            yield _item(variants[variant], f"{product['name']} · {variants[variant]['name']}")


def _item(entry: dict[str, Any], name: str) -> Html:
    sold = entry["available"]
    switch = form(
        "/menu",
        button(
            "Sold out" if sold else "Back again",
            kind="little" if sold else "little step",
            title=f"{name}: {'sold out' if sold else 'back again'}",
        ),
        id=entry["id"],
        available="" if sold else "on",
    )
    shown = el("span", name, class_=None if sold else "gone")
    return el(
        "tr",
        el("td", shown, None if sold else [" ", tag("sold out", "closed")]),
        el("td", el("small", entry["id"])),
        el("td", f"{entry['price']} €", class_="number"),
        el("td", switch, class_="number"),
        id=entry["id"],
    )
