"""The Sinqro sandbox's pages with forms: a new order, and the restaurant with pairing and installations."""

import time
from collections.abc import Iterable

from app.domain.status import OrderType
from app.sandbox import orders_people as people
from app.sandbox.pages import Child, Html, button, clock, el, field, form, select, table, tag, text, tick
from app.sandbox.sinqro_state import Installation, Restaurant, SinqroState
from app.sandbox.sinqro_views import TYPES, duration, in_charge, link_tag

REFUSED = 10
"""Refused notifications on the page."""

WHEN = (
    ("", "in 20 to 40 minutes (a reservation in 1 to 3 hours)"),
    ("5", "scheduled: in 5 minutes"),
    ("60", "scheduled: in an hour"),
    ("180", "scheduled: in 3 hours"),
    ("1440", "scheduled: tomorrow"),
)


def place_view(restaurants: Iterable[Restaurant]) -> list[Child]:
    """The form for a new order, and the one for any text."""
    places = [(place.id, f"{place.name} ({place.id})") for place in restaurants]
    channels = [("", "any"), *people.CHANNELS]
    types = el(
        "div",
        [
            button(word, name="type", value=kind, kind="go" if kind is OrderType.DELIVERY else "step")
            for kind, word in TYPES.items()
        ],
        class_="row",
    )
    return [
        el("h1", "Place an order"),
        el(
            "div",
            form(
                "/place",
                el(
                    "div",
                    field("Restaurant", select("place", places)),
                    field("Channel", select("channel", channels)),
                    field("Wanted", select("minutes", WHEN)),
                    field("Customer's comment", text("comment"), "Empty: whatever a customer may write"),
                    tick("allergy", "With an allergy note", hint="In the comment, in one of the customers' languages"),
                    tick("totals", "Totals don't add up", hint="0.37 € too much: must be stored all the same"),
                    tick("unknown", "Unknown product", hint="The first line is nothing the POS has"),
                    tick("twice", "Sent twice", hint="The same order again at once: must not be doubled"),
                    class_="fields",
                ),
                types,
            ),
            class_="panel",
        ),
        el(
            "section",
            el("h2", "Any text as an order"),
            el(
                "div",
                el("p", "Passed on just as it is, well-formed or not; an id of its own makes it an order of its own."),
                form(
                    "/place/raw",
                    el("textarea", name="raw", rows=12, aria_label="Text of the order", spellcheck="false"),
                    button("Send this text", kind="step"),
                ),
                class_="panel",
            ),
        ),
    ]


# ---------------------------------------------------------------- the restaurant


def restaurant_view(state: SinqroState, base_url: str, link_url: str) -> list[Child]:
    """Pairing, restaurants and who is in charge, installations."""
    now = time.time()
    codes = [code for code in state.codes.values() if not code.used and code.expires_at > now]
    shown_codes = [
        el(
            "p",
            el("span", f"{code.code[:4]} {code.code[4:]}", class_="big"),
            el("small", f" for one pairing, {duration(code.expires_at - now)} left"),
        )
        for code in codes[-3:]
    ]
    command = f"sinqro-companion pair {codes[-1].code if codes else 'CODE'} --url {base_url}"
    places = [
        el(
            "tr",
            el("td", el("b", place.name), el("br"), el("small", f"{place.id} · {place.timezone}")),
            el(
                "td",
                in_charge(state, place),
                el("br"),
                el("small", "since ", clock(place.since), f" · epoch {place.epoch}"),
            ),
            el("td", tag("open", "ok") if place.open else tag("closed", "closed"), _closings(place)),
        )
        for place in state.restaurants.values()
    ]
    machines = [_installation(state, number, one) for number, one in enumerate(state.installations.values())]
    return [
        el("h1", "Restaurant"),
        el(
            "div",
            el("h2", "Pair a companion"),
            shown_codes,
            form("/restaurant/code", button("New pairing code", kind="step" if codes else "go")),
            el("p", "Type the code into the companion, or run:"),
            el("pre", command),
            class_="panel",
        ),
        el("section", el("h2", "In charge"), table(("Restaurant", "In charge", "Online orders"), places)),
        el(
            "section",
            el("h2", "Installations"),
            table(("Device", "Installation", "Link", "Its token"), machines)
            if machines
            else el("div", el("p", "None is paired yet."), class_="panel"),
        ),
        _refused(state),
        el(
            "section",
            el("p", el("small", f"Pairing, notifications and control API: {base_url} · link: {link_url}")),
        ),
    ]


def _refused(state: SinqroState) -> Child:
    """The newest notifications that were not taken, and why."""
    events = [event for event in state.events if event.kind == "notification.refused"][: -REFUSED - 1 : -1]
    rows = [
        el(
            "tr",
            el("td", clock(event.at)),
            el("td", tag(f"{event.detail.get('status')} {event.detail.get('code')}", "off")),
            el("td", str(event.detail.get("message"))),
        )
        for event in events
    ]
    heads = ("When", "Answer", "Why")
    return el("section", el("h2", "Notifications refused"), table(heads, rows)) if rows else None


def _closings(place: Restaurant) -> Child:
    reasons = [str(one.get("source", "")) for one in place.closings if isinstance(one, dict)]
    return [el("br"), el("small", ", ".join(reasons)[:200])] if reasons else None


def _installation(state: SinqroState, number: int, one: Installation) -> Html:
    ends = form(
        "/restaurant/revoke",
        button("Revoke", kind="no little", title=f"Revoke the token of {one.device_name}"),
        number=str(number),
    )
    return el(
        "tr",
        el("td", el("b", one.device_name)),
        el("td", el("small", one.installation_id or "no hello yet")),
        el("td", link_tag(state, one.installation_id) if one.installation_id and not one.revoked else None),
        el("td", tag("revoked", "off") if one.revoked else ends),
    )
