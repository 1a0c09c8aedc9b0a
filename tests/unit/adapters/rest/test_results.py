"""What answers become: entities, schedules, zones, health, changes and webhooks, by a profile."""

import asyncio
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.rest.calls import AT_ONCE
from app.domain.catalog import Allergen, CatalogEntity, EntityKind, Image, MenuType, catalog_of
from app.domain.errors import PosError, PosUnreachable, ProfileError
from app.domain.schedule import WeeklyRange
from app.domain.status import Status
from app.ports.pos import Capability, PosChanges, PosOrder, PosSwitch, PosWarning, PosWebhook, WebhookProof
from tests.helpers.rest import ORDERS, POINT, Pos, adapter_of, answer, request_for

# ---------------------------------------------------------------- orders

CREATE = """
[services.create_order]
method = "POST"
path = "/orders"
body = '{"id": order.reference, "paid": payments}'
result = 'answer'
"""


async def made(text: str = CREATE + ORDERS, order: dict[str, Any] | None = None, **reply: Any) -> PosOrder:
    more = reply.pop("request", {})
    async with adapter_of(text, Pos(lambda _: answer({"id": 1, "status": "open", **reply}))) as adapter:
        return await adapter.create_order(request_for(order, **more))


async def test_an_order_of_the_pos() -> None:
    seen = await made(
        reference=7, total="5.00", preparationMinutes="25", changedAt="2026-11-25T20:00:00+01:00", reason="x"
    )
    assert seen == PosOrder(
        id="1",
        reference="7",
        status=Status.ACCEPTED,
        pos_status="open",
        reason="x",
        preparation_minutes=25,
        total=Decimal(5),
        changed_at=datetime(2026, 11, 25, 19, tzinfo=UTC),
    )


async def test_a_code_that_is_in_no_map_is_shown_as_it_is() -> None:
    seen = await made(status="on_hold")
    assert (seen.status, seen.pos_status) == (None, "on_hold")


async def test_what_staff_should_know_is_told() -> None:
    assert (await made(total="4.99")).warnings == (PosWarning.TOTAL_DIFFERS,)
    assert (await made(total=None)).warnings == ()
    online = ((None, Decimal(5), True),)
    assert (await made(request={"payments": online})).warnings == (PosWarning.PAYMENT_UNKNOWN,)
    assert (await made(request={"payments": (("Visa", Decimal(5), True),)})).warnings == ()
    assert (await made(request={"payments": ((None, Decimal(5), False),)})).warnings == ()


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"id": None}, "create_order: id: this is missing"),
        ({"id": ""}, "create_order: id: this is empty"),
        ({"id": [1]}, "create_order: id: this must be a text, not a list"),
        ({"total": "much"}, "create_order: total: 'much' is no amount"),
        ({"total": True}, "total: 'True' is no amount"),
        ({"total": "1e30"}, "total: '1e30' is no amount"),
        ({"changedAt": "yesterday"}, "changedAt: 'yesterday' is no time"),
        ({"preparationMinutes": "soon"}, "preparationMinutes: 'soon' is no whole number"),
        ({"preparationMinutes": True}, "preparationMinutes: 'True' is no whole number"),
    ],
)
async def test_an_order_of_another_form_names_service_and_field(reply: dict[str, Any], said: str) -> None:
    with pytest.raises(PosError) as caught:
        await made(**reply)
    assert said in caught.value.message
    assert caught.value.code == "POS_OUTCOME_UNKNOWN"  # it was sent


BOOKINGS = """
[services.read_status]
path = "/{id}"
result = 'answer'
[services.change_status]
method = "PUT"
path = "/{id}"
body = '{"status": status, "target": target, "minutes": minutes}'
[capabilities]
reservations = true
[services.create_order]
method = "POST"
path = "/orders"
result = 'answer'
[status.order.read]
A = "accepted"
C = "completed"
X = "cancelled"
R = "rejected"
[status.order]
missing = ["in_preparation", "ready", "dispatched"]
[status.reservation.read]
A = "accepted"
S = "seated"
C = "no_show"
F = "completed"
X = "cancelled"
R = "rejected"
[status]
reservation_when = 'id.startsWith("B")'
"""


@pytest.mark.parametrize(("ident", "code", "status"), [("1", "C", Status.COMPLETED), ("B1", "C", Status.NO_SHOW)])
async def test_a_code_means_another_thing_for_a_reservation(ident: str, code: str, status: Status) -> None:
    pos = Pos(lambda _: answer({"status": code}))
    async with adapter_of(BOOKINGS, pos) as adapter:
        seen = await adapter.read_status(ident)
        assert (seen.id, seen.status) == (ident, status)
        await adapter.change_status(ident, Status.COMPLETED)
    assert pos.sent() == {"status": "F" if ident == "B1" else "C", "target": "completed"}


async def test_a_result_may_say_what_it_is() -> None:
    reply = Pos(lambda _: answer({"status": "C", "type": "reservation"}))
    async with adapter_of(BOOKINGS, reply) as adapter:
        assert (await adapter.read_order("1")).status is Status.NO_SHOW


# ---------------------------------------------------------------- the menu

MENU = """
[services.read_catalog]
path = "/menu"
items = "answer.things"
result = "item"
[polling.read_catalog]
conditional = "etag"
"""


async def entities(*things: Any) -> list[CatalogEntity]:
    async with adapter_of(MENU, Pos(lambda _: answer({"things": list(things)}))) as adapter:
        return [entity async for entity in adapter.read_catalog()]


async def test_entities_of_every_kind() -> None:
    found = catalog_of(
        await entities(
            {"kind": "menu", "externalId": 1, "name": "Carta", "type": "setMenu", "price": "14.50", "sections": [2]},
            [{"kind": "menuSection", "externalId": 2, "name": 7, "products": [3], "image": {"url": "u", "hash": None}}],
            {
                "kind": "product",
                "externalId": 3,
                "name": "Pizza",
                "price": 9.5,
                "vat": "10",
                "prices": {"delivery": "10.50"},
                "allergens": ["gluten"],
                "variants": [4],
                "optionCategories": [5],
                "isAvailable": None,
                "availableFrom": "2026-11-26T09:00:00Z",
                "names": {"en": "Pizza"},
            },
            {"kind": "productVariant", "externalId": 4, "price": "1"},
            {"kind": "productOptionCategory", "externalId": 5, "maxSelection": None, "options": ["6"]},
            {"kind": "productOption", "externalId": "6", "price": 0},
            None,
        )
    )
    assert [len(found.of(kind)) for kind in EntityKind] == [1] * 6
    assert (found.menus["1"].type, found.menus["1"].price) == (MenuType.SET_MENU, Decimal("14.50"))
    assert (found.sections["2"].name, found.sections["2"].image) == ("7", Image(url="u"))
    pizza = found.products["3"]
    assert (pizza.price, pizza.vat, pizza.allergens) == (Decimal("9.5"), Decimal(10), (Allergen.GLUTEN,))
    assert (pizza.is_available, pizza.variants, pizza.option_categories) == (True, ("4",), ("5",))
    assert pizza.available_from == datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ({"kind": "dish", "externalId": 1}, "read_catalog: kind: there is no kind 'dish'"),
        ({"externalId": 1}, "read_catalog: kind: this is missing"),
        ({"kind": "product"}, "read_catalog: externalId: this is missing"),
        ({"kind": "product", "externalId": 1, "price": "x"}, "read_catalog: product 1: price: "),
        ({"kind": "product", "externalId": 1, "allergens": ["dust"]}, r"read_catalog: product 1: allergens"),
        ({"kind": "menu", "externalId": 9, "sections": [{"id": 1}]}, r"read_catalog: menu 9: sections"),
        ("product", "the result must be a map, not a text"),
    ],
)
async def test_an_entity_of_another_form_is_named(thing: Any, said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        await entities(thing)


async def test_an_unchanged_menu_is_not_sent_again() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.headers.get("if-none-match") == '"v1"':
            return httpx.Response(304)
        return answer({"things": [{"kind": "menu", "externalId": 1}]}, etag='"v1"')

    pos = Pos(play)
    async with adapter_of(MENU, pos) as adapter:
        first = [entity async for entity in adapter.read_catalog()]
        second = [entity async for entity in adapter.read_catalog()]
    assert first == second != []
    assert [request.headers.get("if-none-match") for request in pos.requests] == [None, '"v1"']


async def test_a_large_menu_holds_nothing_up() -> None:
    things = [{"kind": "product", "externalId": n, "name": f"Plato {n}", "price": "9.50"} for n in range(5000)]
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    reply = answer({"things": things})
    async with adapter_of(MENU, Pos(lambda _: reply)) as adapter:
        counting = asyncio.create_task(count())
        assert len([entity async for entity in adapter.read_catalog()]) == 5000
        counting.cancel()
    assert turns > 2 * 5000 / AT_ONCE - 10  # the loop goes on while they are mapped, and while they are given


# ---------------------------------------------------------------- the restaurant

PLACE = """
[services.read_schedule]
path = "/hours"
result = '''{"weekly": answer.map(day, {
    "startDay": day.d, "startTime": day.from, "endDay": day.d, "endTime": day.to,
})}'''
[services.read_availability]
path = "/online"
result = 'answer'
[services.health]
path = "/health"
result = 'answer'
"""


async def test_hours() -> None:
    pos = Pos(lambda _: answer([{"d": 5, "from": "9:00", "to": "23:30:00"}]))
    async with adapter_of(PLACE, pos) as adapter:
        schedule = await adapter.read_schedule()
    assert schedule.timezone == POINT.timezone
    assert schedule.weekly == (WeeklyRange(start_day=5, start_time=time(9), end_day=5, end_time=time(23, 30)),)
    async with adapter_of(PLACE, Pos(lambda _: answer([{"d": 5, "from": "8 pm", "to": ""}]))) as adapter:
        with pytest.raises(ProfileError, match=r"read_schedule: weekly\[0\]\.startTime"):
            await adapter.read_schedule()


async def test_the_switch() -> None:
    pos = Pos()
    async with adapter_of(PLACE, pos) as adapter:
        pos.answers = [answer({"online": False, "until": "2026-11-25T21:00:00Z", "reason": "full"}), answer({})]
        until = datetime(2026, 11, 25, 21, tzinfo=UTC)
        assert await adapter.read_availability() == PosSwitch(online=False, until=until, reason="full")
        with pytest.raises(ProfileError, match="read_availability: online: this must be true or false"):
            await adapter.read_availability()


@pytest.mark.parametrize(
    ("reply", "ok", "till"),
    [
        (answer({"ok": True}), True, True),
        (answer({"ok": True, "tillOpen": False, "message": "closed"}), True, False),
        (answer({"ok": False, "message": "ill"}), False, True),
        (answer({}, 500), False, True),
        (answer({}, 401), False, True),
        (httpx.Response(200, html="<html>"), False, True),
    ],
)
async def test_health(reply: httpx.Response, ok: bool, till: bool) -> None:
    async with adapter_of(PLACE, Pos(lambda _: reply)) as adapter:
        health = await adapter.health()
    assert (health.ok, health.till_open) == (ok, till)
    assert ok is till is True or health.message


async def test_a_pos_without_a_health_call_is_well_when_anything_answers() -> None:
    async with adapter_of(MENU, Pos(lambda _: httpx.Response(404))) as adapter:
        assert (await adapter.health()).ok

    def off(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("off")

    async with adapter_of(MENU, Pos(off)) as adapter:
        with pytest.raises(PosUnreachable):
            await adapter.health()


# ---------------------------------------------------------------- changes

CHANGES = """
[services.changes]
path = "/orders"
query = { since = "{cursor}" }
result = '''{"orders": answer.orders.map(o, {"id": o.id, "status": o.s, "changedAt": time(o.?at.orValue(null))}),
    "cursor": answer.?next.orValue(null), "more": answer.?more.orValue(false)}'''
"""


def orders(*changed: str, **more: Any) -> httpx.Response:
    etag = more.pop("etag", None)
    body = {"orders": [{"id": n, "s": "open", "at": at} for n, at in enumerate(changed)], **more}
    return answer(body, **({"etag": etag} if etag else {}))


async def since(text: str, *replies: httpx.Response, cursor: str = "") -> tuple[list[PosChanges], Pos]:
    """What is read one time after the other, each with a new adapter: as if the program had been started anew."""
    pos, found = Pos(), []
    pos.answers = list(replies)
    for _ in replies:
        async with adapter_of(text + ORDERS, pos) as adapter:
            found.append(await adapter.changes(cursor))
            cursor = found[-1].cursor
    return found, pos


async def test_a_cursor_of_the_pos() -> None:
    found, pos = await since(CHANGES, orders("", next=7, more=True), orders(next=None), orders(next=8, more=True))
    assert [(changes.cursor, changes.more) for changes in found] == [("7", True), ("7", False), ("8", True)]
    assert pos.asked == ["GET /orders", "GET /orders?since=7", "GET /orders?since=7"]
    assert found[0].orders[0].status is Status.ACCEPTED


async def test_a_pos_that_always_has_more_goes_not_round_in_circles() -> None:
    found, _ = await since(CHANGES, orders(next=7, more=True), cursor="7")
    assert not found[0].more


DAY = "2026-11-25T"


async def test_updated_since() -> None:
    text = CHANGES + '[polling.changes]\ncursor = "newest"\noverlap_seconds = 30\n'
    found, pos = await since(
        text,
        orders(),
        orders("2026-11-25T20:00:00Z", "2026-11-25T20:01:00+01:00"),
        orders(),
        orders("2026-11-25T20:05:00Z"),
    )
    assert [changes.cursor for changes in found] == ["", "2026-11-25T20:00:00Z", "2026-11-25T20:00:00Z", "2026-11-25T20:05:00Z"]  # fmt: skip  # noqa: E501
    assert [dict(request.url.params).get("since") for request in pos.requests] == [
        *(None, None, "2026-11-25T19:59:30Z", "2026-11-25T19:59:30Z")
    ]


async def test_a_pos_that_lists_what_is_open() -> None:
    found, pos = await since(CHANGES + '[polling.changes]\ncursor = "none"\n', orders(""), orders(""))
    assert all(changes.cursor and len(changes.orders) == 1 for changes in found)
    assert pos.asked == ["GET /orders", "GET /orders"]


async def test_changes_that_did_not_change() -> None:
    text = CHANGES + '[polling.changes]\nconditional = "etag"\n'
    found, pos = await since(text, orders("", next=7, etag='"a"'), httpx.Response(304), orders(next=8, etag='"b"'))
    assert [len(changes.orders) for changes in found] == [1, 0, 0]
    assert found[0].cursor == found[1].cursor != found[2].cursor
    assert [request.headers.get("if-none-match") for request in pos.requests] == [None, '"a"', '"a"']
    assert [dict(request.url.params).get("since") for request in pos.requests] == [None, "7", "7"]


async def test_a_cursor_of_another_profile_begins_anew() -> None:
    text = CHANGES + '[polling.changes]\nconditional = "modified"\ncursor = "newest"\n'
    found, pos = await since(text, orders(""), cursor="P-17")
    assert pos.asked == ["GET /orders"]
    assert len(found[0].orders) == 1


# ---------------------------------------------------------------- webhooks

HOOKS = (
    CHANGES
    + MENU
    + """
[webhooks]
signature = { kind = "hmac", header = "X-Sign", prefix = "sha256=", secret = "hook" }
event = "body.what"
[webhooks.events."ticket.updated"]
means = "orders"
when = 'body.price != "0.5"'
id = "body.?ticket.orValue(null)"
[webhooks.events.menu]
means = "catalog"
when = 'headers["x-venue"] == "1"'
"""
    + ORDERS
)
UPDATED = {"what": "ticket.updated", "price": Decimal("1.5")}


@pytest.mark.parametrize(
    ("body", "headers", "event", "told"),
    [
        (
            {"what": "ticket.updated", "price": Decimal("1.5"), "ticket": 12},
            {},
            "order.changed",
            {"data": {"id": "12"}},
        ),
        (UPDATED, {}, "order.changed", {}),
        (UPDATED | {"price": Decimal("0.5")}, {}, None, {}),
        ({"what": "menu"}, {"x-venue": "1"}, "catalog.changed", {}),
        ({"what": "menu"}, {"x-venue": "2"}, None, {}),
        ({"what": "coffee"}, {}, None, {}),
        ({"other": 1}, {}, "order.changed", {}),  # of another form: a look too much does no harm
    ],
)
async def test_webhooks(body: dict[str, Any], headers: dict[str, str], event: str | None, told: dict[str, Any]) -> None:
    async with adapter_of(HOOKS, Pos()) as adapter:
        heard = adapter.heard(PosWebhook(selling_point="71", event="any", body=body, headers=headers))
        proof = WebhookProof(kind="hmac", secret="hook", header="X-Sign", prefix="sha256=", encoding="hex")
        assert adapter.webhook_proof == proof
        assert Capability.WEBHOOKS in adapter.capabilities
    assert heard == (None if event is None else PosWebhook(selling_point="71", event=event, body=told))


async def test_a_profile_without_webhooks_takes_any_as_a_hint() -> None:
    hint = PosWebhook(selling_point="71", event="x", body={})
    async with adapter_of(MENU, Pos()) as adapter:
        assert adapter.heard(hint) == hint
        assert adapter.webhook_proof is None
