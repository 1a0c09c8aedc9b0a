"""The doubles' pages over HTTP, as a browser asks for them: what they show, what their forms do, what they refuse."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import httpx
import msgspec
import pytest

from app.domain.status import OrderType, Status
from app.sandbox import orders_people as people
from app.sandbox import pos_page, sinqro_page
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from app.sandbox.orders_edits import soon
from app.sandbox.pages import Html, el
from app.sandbox.pages_faults import faults_json
from app.sandbox.pages_style import STYLE
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_control import PosFaults
from app.sandbox.pos_forms import CustomerForm, Kind, LineForm, OptionForm, OrderForm, PosStatus, Ticket
from app.sandbox.sinqro import SinqroSandbox
from app.sandbox.sinqro_faults import SinqroFaults
from app.sandbox.sinqro_state import SinqroOrder
from app.sandbox.sinqro_view import values_of
from tests.helpers.fake_companion import FakeCompanion

EVIL = """<script>alert("1")</script><img src=x onerror='alert(2)'>&amp;"""


class Browser:
    """Asks as a browser does, follows redirects, and looks at every page's markup."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=10)

    async def get(self, path: str, status: int = 200) -> str:
        answer = await self.http.get(path)
        assert answer.status_code == status, answer.text
        check_markup(answer.text)
        return answer.text

    async def post(self, path: str, fields: dict[str, str] | None = None, status: int = 200) -> tuple[str, str]:
        """The page that the form leads to: its address and text."""
        headers = {"origin": self.base_url, "sec-fetch-site": "same-origin"}
        answer = await self.http.post(path, data=fields or {}, headers=headers)
        if answer.status_code == 303:
            where = answer.headers["location"]
            return where, await self.get(where.partition("#")[0], status)
        assert answer.status_code == status, answer.text
        check_markup(answer.text)
        return path, answer.text


class Markup(HTMLParser):
    """Checks nesting, ids and labels while it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        self.handlers += [name for name in named if name.startswith("on")]
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag in ("input", "select", "textarea") and named.get("type") != "hidden":
            assert "label" in self.open or named.get("aria-label"), f"no label: {tag} {named}"
        if tag not in ("input", "meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


def check_markup(page: str) -> None:
    markup = Markup()
    markup.feed(page)
    markup.close()
    assert markup.open == []
    assert len(markup.ids) == len(set(markup.ids))
    assert markup.tags.isdisjoint({"script", "img", "iframe", "b1"})
    assert markup.handlers == []


@pytest.fixture
async def sinqro() -> AsyncIterator[SinqroSandbox]:
    async with SinqroSandbox() as made:
        yield made


@pytest.fixture
async def pos() -> AsyncIterator[ReferencePos]:
    async with ReferencePos() as made:
        yield made


@pytest.fixture
async def cloud(sinqro: SinqroSandbox) -> AsyncIterator[Browser]:
    browser = Browser(sinqro.base_url)
    async with browser.http:
        yield browser


@pytest.fixture
async def till(pos: ReferencePos) -> AsyncIterator[Browser]:
    browser = Browser(pos.url)
    async with browser.http:
        yield browser


def newest(sinqro: SinqroSandbox) -> SinqroOrder:
    return list(sinqro.state.orders.values())[-1]


def values(order: SinqroOrder) -> dict[str, Any]:
    found = values_of(order.raw)
    assert found is not None
    return found


def made_order(order_type: OrderType = OrderType.DELIVERY, **overrides: Any) -> dict[str, Any]:
    return OrderGenerator(restaurant=superpizza(), seed=3, first_id=900).order(order_type, **overrides)


def typed_in(pos: ReferencePos, **more: Any) -> Ticket:
    line = LineForm(product="P-101", quantity=Decimal(2))
    return pos.type_in(OrderForm(kind=Kind.TAKEAWAY, hold=True, reference="R-1", lines=(line,), **more))


# ---------------------------------------------------------------- markup


def test_whatever_is_not_markup_is_text() -> None:
    made = el("p", EVIL, [None, el("b", "<"), [Html("<br>")]], title=EVIL, hidden=True, open=False, class_="a")
    assert "<script" not in made
    assert "<img" not in made
    assert made.endswith("<b>&lt;</b><br></p>")
    assert ' hidden class="a">' in made
    assert 'title="&lt;script&gt;alert(&quot;1&quot;)' in made
    assert " open" not in made


def test_texts_are_readable_on_their_grounds_by_the_contrast_rule() -> None:
    light, dark = STYLE.split("prefers-color-scheme: dark")
    pairs = [(ink, ground) for ink in ("ink", "ink2", "accent", "danger") for ground in ("surface", "bg")]
    pairs += [("ink", ground) for ground in ("sunken", "accentSoft", "warnSoft", "dangerSoft")]
    pairs += [("newInk", "newSoft"), ("ok", "okSoft"), ("warnInk", "warnSoft"), ("danger", "dangerSoft")]
    pairs += [("closed", "closedSoft"), ("onAccent", "accent"), ("onOk", "ok"), ("onSandbox", "sandbox")]
    for theme in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#\w{6});", theme))
        for text, ground in pairs:
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


async def test_every_page_lets_no_script_in(cloud: Browser, till: Browser) -> None:
    for browser, paths in ((cloud, ("/", "/place", "/restaurant", "/faults")), (till, ("/", "/menu", "/faults"))):
        for path in paths:
            answer = await browser.http.get(path)
            check_markup(answer.text)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"


async def test_the_list_refreshes_by_itself_until_told_not_to(cloud: Browser) -> None:
    assert 'http-equiv="refresh"' in await cloud.get("/")
    assert 'http-equiv="refresh"' not in await cloud.get("/?live=0")
    assert 'http-equiv="refresh"' not in await cloud.get("/place"), "what is typed there must stay"


# ---------------------------------------------------------------- who may post


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "OURS", "sec-fetch-site": "cross-site"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
async def test_a_form_of_another_page_does_nothing(
    sinqro: SinqroSandbox, pos: ReferencePos, headers: dict[str, str]
) -> None:
    for base, path, fields in (
        (sinqro.base_url, "/place", {"type": "delivery"}),
        (sinqro.base_url, "/restaurant/code", {}),
        (pos.url, "/till", {"open": ""}),
        (pos.url, "/faults", {"busy": "on"}),
    ):
        sent = {name: base if value == "OURS" else value for name, value in headers.items()}
        async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
            answer = await http.post(path, data=fields, headers=sent)
        assert answer.status_code == 403
        check_markup(answer.text)
    assert (sinqro.state.orders, sinqro.state.codes, pos.faults) == ({}, {}, PosFaults())


@pytest.mark.parametrize("headers", [{"origin": "OURS"}, {"sec-fetch-site": "same-origin"}])
async def test_a_browser_that_sends_one_of_both_may_post(pos: ReferencePos, headers: dict[str, str]) -> None:
    sent = {name: pos.url if value == "OURS" else value for name, value in headers.items()}
    async with httpx.AsyncClient(base_url=pos.url, trust_env=False) as http:
        assert (await http.post("/online", data={"online": ""}, headers=sent)).status_code == 303
    assert not pos.online


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "[::", "a b"])
async def test_another_name_of_this_machine_shows_nothing(cloud: Browser, host: str) -> None:
    answer = await cloud.http.get("/", headers={"host": host})
    assert answer.status_code in (400, 403)
    assert "Orders placed" not in answer.text
    posted = await cloud.http.post("/restaurant/code", headers={"host": host, "origin": f"http://{host}"})
    assert posted.status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:9"])
async def test_loopback_by_any_name_is_this_machine(cloud: Browser, host: str) -> None:
    assert (await cloud.http.get("/", headers={"host": host})).status_code == 200


async def test_a_form_too_long_or_with_too_many_fields_is_refused(cloud: Browser, sinqro: SinqroSandbox) -> None:
    await cloud.post("/place/raw", {"raw": "x" * (6 * 2**20)}, status=413)
    await cloud.post("/place", {f"f{i}": "" for i in range(300)}, status=400)
    assert sinqro.state.requests == {}


# ---------------------------------------------------------------- Sinqro: placing


@pytest.mark.parametrize("kind", list(OrderType))
async def test_an_order_of_each_type_at_one_touch(cloud: Browser, sinqro: SinqroSandbox, kind: OrderType) -> None:
    where, page = await cloud.post("/place", {"type": kind.value, "quick": "1"})
    order = newest(sinqro)
    assert (order.type, where) == (kind.value, f"/#order-{order.key}")
    assert values(order)["marketOrderCode"] in page
    assert "no answer yet" in page
    assert "not sent" in page
    await cloud.get(f"/order?id={order.key}")


async def test_the_choices_of_the_form(cloud: Browser, sinqro: SinqroSandbox) -> None:
    where, _ = await cloud.post(
        "/place",
        {"type": "delivery", "channel": "glovo", "minutes": "180", "comment": "Sin prisa", "allergy": "on"}
        | {"totals": "on", "unknown": "on", "twice": "on"},
    )
    order = newest(sinqro)
    assert where == f"/order?id={order.key}"
    made = values(order)
    assert made["market"]["code"] == "glovo"
    assert made["comment"].startswith("Sin prisa ")
    assert made["comment"].removeprefix("Sin prisa ") in people.ALLERGIES
    assert made["orderLines"][0]["product"]["externalId"] == "P-999"
    assert sum(line["totalAmount"] for line in made["orderLines"]) == made["totalAmount"] - Decimal("0.37")
    assert order.placed_at is not None
    wanted = soon(180).strftime("%Y-%m-%dT%H:%M")
    assert made["executionTime"][:16] in (wanted, soon(179).strftime("%Y-%m-%dT%H:%M"))
    assert [one.method for one in sinqro.state.requests.values()] == ["order.create"] * 2
    await cloud.post("/place", {"type": "pizza"}, status=400)


async def test_no_two_orders_of_two_runs_share_an_id(cloud: Browser, sinqro: SinqroSandbox) -> None:
    for _ in range(3):
        await cloud.post("/place", {"type": "collection"})
    async with SinqroSandbox() as other, Browser(other.base_url).http as http:
        again = Browser(other.base_url)
        again.http = http
        await again.post("/place", {"type": "collection"})
        assert not set(sinqro.state.orders) & set(other.state.orders)


async def test_any_text_is_sent_just_so(cloud: Browser, sinqro: SinqroSandbox) -> None:
    _, page = await cloud.post("/place/raw", {"raw": '{"id": 5, "type":\r\n "delivery", broken'})
    assert sinqro.state.orders["5"].raw == b'{"id": 5, "type":\n "delivery", broken'
    assert "no JSON object" in page
    where, page = await cloud.post("/place/raw", {"raw": EVIL})
    made = list(sinqro.state.requests.values())[-1]
    assert where == f"/request?id={made.id}"
    assert EVIL.encode() in made.frame
    assert "order.create" in page


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        '{"id": 1}',
        '{"id": "a/b?c#d&<b1>"}',
        '{"id": 1, "market": [], "consumer": 5, "status": null, "totalAmount": "NaN", "executionTime": 7}',
        '{"id": 1, "totalAmount": 1e400, "baseAmount": null, "executionTime": "9999-12-31T23:59:59-0800"}',
        '{"id": 1, "totalAmount": 100000000000000000000000000000000, "orderLines": {"a": 1}, "payments": [3]}',
        '{"id": 1, "orderLines": [1, null, {}, {"childrenOrderLines": 3, "quantity": {}, "label": ["x"]}]}',
        '{"id": 1, "orderLines": [{"childrenOrderLines": [7, {"label": "<b1>"}], "totalAmount": true}]}',
        '{"id": 1, "deliveries": [[]], "deliveryAddress": "x", "serviceLocation": "y", "dinersNumber": []}',
        '{"id": 1, "comment": "\\ud83d \\u0000 \\u202e"}',
        '{"id": 1, "x": ' + "[" * 5000,
        '{"id": 1, "x": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
async def test_odd_orders_are_shown_all_the_same(cloud: Browser, sinqro: SinqroSandbox, text: str) -> None:
    await cloud.post("/place/raw", {"raw": text})
    await cloud.get("/")
    for order in sinqro.state.orders.values():
        page = await cloud.get(str(httpx.URL("/order", params={"id": order.key})))
        assert "Its text" in page
        for what in ("add", "remove", "table", "later", "diners", "address", "courier", "refund"):
            before = len(sinqro.state.requests)
            fields = {"id": order.key, "what": what, "value": "0"}
            headers = {"origin": cloud.base_url}
            answer = await cloud.http.post("/order/edit", data=fields, headers=headers)
            assert answer.status_code == 409 or len(sinqro.state.requests) == before + 1


async def test_markup_in_an_order_is_shown_as_text(cloud: Browser, sinqro: SinqroSandbox) -> None:
    order = made_order(OrderType.INSIDE, comment=EVIL, marketOrderCode=EVIL)
    order["consumer"]["name"] = order["market"]["name"] = order["orderLines"][0]["label"] = EVIL
    order["orderLines"][0]["comment"] = order["serviceLocation"]["name"] = EVIL
    sinqro.place(order)
    sinqro.change_status(str(order["id"]), EVIL, reason=EVIL, comment=EVIL)
    for page in (await cloud.get("/"), await cloud.get(f"/order?id={order['id']}")):
        assert "&lt;script&gt;" in page
        assert "<script" not in page


async def test_what_is_not_there_is_said_so(cloud: Browser, till: Browser) -> None:
    for browser, path in (
        (cloud, "/order?id=<b1>"),
        (cloud, "/order"),
        (cloud, "/request?id=x"),
    ):
        page = await browser.get(path, status=404)
        assert "That did not work" in page
    assert "there is no order &lt;b1&gt;" in await till.get("/order?id=<b1>", status=409)


# ---------------------------------------------------------------- Sinqro: what comes back


async def test_answers_links_and_notifications_are_shown(cloud: Browser, sinqro: SinqroSandbox) -> None:
    page = await cloud.get("/")
    assert "No companion is paired yet" in page
    assert "nobody in charge" in page
    _, page = await cloud.post("/restaurant/code")
    code = list(sinqro.state.codes)[-1]
    assert f"{code[:4]} {code[4:]}" in page
    assert f"sinqro-companion pair {code} --url {sinqro.base_url}" in page
    async with FakeCompanion(base_url=sinqro.base_url, code=code) as companion:
        where, page = await cloud.post("/place", {"type": "delivery"})
        assert "stored" in page, "the page waits for the answer"
        assert "No companion is paired yet" not in await cloud.get("/")
        key = newest(sinqro).key
        sent = await companion.notify("order.injected", {"orderId": int(key), "posOrderId": "T-<b1>"})
        assert sent.status_code == 200
        await companion.status(int(key), "accepted")
        page = await cloud.get("/")
        assert "2: injected · accepted" in page
        assert "T-&lt;b1&gt;" in page
        assert "link up" in page
        page = await cloud.get(where)
        assert "posOrderId T-&lt;b1&gt;" in page
        refused = await companion.status(int(key), "ready", secret="whsec_" + "A" * 44)
        assert refused.status_code == 401
        page = await cloud.get("/restaurant")
        assert re.search("Notifications refused.*401 SIGNATURE", page, re.DOTALL)
        assert "CAJA-1" in page
        assert code[:4] + " " + code[4:] not in page, "it was used"
        token = companion.pairing["userAccessToken"]
        assert token not in page
    await sinqro.state.wait(lambda: "install-1" in sinqro.state.silent_since, 5)
    assert "link down for" in await cloud.get("/restaurant")
    _, page = await cloud.post("/restaurant/revoke", {"number": "0"})
    assert sinqro.state.installations[token].revoked
    assert "revoked" in page
    await cloud.post("/restaurant/revoke", {"number": "7"}, status=404)


async def test_an_error_answer_is_shown(cloud: Browser, sinqro: SinqroSandbox) -> None:
    async with FakeCompanion(base_url=sinqro.base_url, code=sinqro.pairing_code()):
        _, page = await cloud.post("/place/raw", {"raw": '{"id": 8, nonsense'})
        assert "no answer yet" not in page
        request = list(sinqro.state.requests.values())[-1]
        assert "PARSE_ERROR" in page
        assert "PARSE_ERROR" in await cloud.get(f"/request?id={request.id}")


async def test_a_status_of_the_customers(cloud: Browser, sinqro: SinqroSandbox) -> None:
    sinqro.place(made_order())
    fields = {"id": "900", "reason": "customer_request", "comment": EVIL}
    _, page = await cloud.post("/order/status", fields | {"status": "cancelled"})
    order = sinqro.state.orders["900"]
    assert (sinqro.status("900"), order.reason, order.comment) == (Status.CANCELLED, "customer_request", EVIL)
    assert "nothing can follow" in page
    await cloud.post("/order/status", {"id": "900"}, status=400)
    other = made_order(id=901)
    sinqro.place(other)
    _, page = await cloud.post("/order/status", {"id": "901", "status": "completed"})
    assert "Cancel after completion" in page
    _, page = await cloud.post("/order/status", {"id": "901", "status": "cancelled"})
    assert sinqro.state.orders["901"].refunded
    assert "cancelled after completion: refund" in page


# ---------------------------------------------------------------- Sinqro: edits


def lines(order: dict[str, Any]) -> list[str]:
    return [line["label"] for line in order["orderLines"]]


def adds_up(order: dict[str, Any]) -> bool:
    return bool(sum(line["totalAmount"] for line in order["orderLines"]) == order["totalAmount"])


@pytest.mark.parametrize(
    ("kind", "what", "value", "check"),
    [
        (
            "delivery",
            "add",
            "P-206-M",
            lambda a, b: "Jamón ibérico de bellota (Media ración)" in lines(b),
        ),
        ("delivery", "add", "P-101", lambda a, b: len(b["orderLines"]) == len(a["orderLines"]) + 1),
        ("delivery", "remove", "0", lambda a, b: lines(b) == lines(a)[1:]),
        ("delivery", "address", "", lambda a, b: a["deliveryAddress"] != b["deliveryAddress"]),
        ("delivery", "courier", "", lambda a, b: b["deliveries"][0]["driver"]["name"] in people.RIDERS),
        ("delivery", "refund", "", lambda a, b: b["totalAmount"] < a["totalAmount"]),
        ("inside", "table", "SA7", lambda a, b: b["serviceLocation"]["serviceZone"]["name"] == "Sala"),
        ("inside", "diners", "9", lambda a, b: b["dinersNumber"] == 9),
        ("reservation", "later", "60", lambda a, b: b["executionTimeLabel"] > a["executionTimeLabel"]),
        ("collection", "comment", EVIL, lambda a, b: b["comment"] == EVIL),
    ],
)
async def test_an_edit_is_sent_as_an_update(
    cloud: Browser, sinqro: SinqroSandbox, kind: str, what: str, value: str, check: Callable[[Any, Any], bool]
) -> None:
    # at noon, so that an hour later is the same day
    noon = soon(0).replace(hour=10, minute=0)
    before = made_order(OrderType(kind), execution_at=noon)
    sinqro.place(before)
    _, page = await cloud.post("/order/edit", {"id": "900", "what": what, "value": value})
    after = values(sinqro.state.orders["900"])
    assert check(before, after)
    assert adds_up(after)
    assert "order.update" in page
    sent = list(sinqro.state.requests.values())[-1]
    frame = msgspec.json.decode(sent.frame)
    assert (frame["method"], frame["params"]["revision"]) == ("order.update", 1)
    # Its amounts stay exact: what is sent once more is the same text.
    assert to_json(after) == sinqro.state.orders["900"].raw


@pytest.mark.parametrize(
    ("what", "value"), [("remove", "99"), ("remove", "x"), ("add", "P-0"), ("table", "X"), ("x", "")]
)
async def test_an_edit_that_does_not_fit_sends_nothing(
    cloud: Browser, sinqro: SinqroSandbox, what: str, value: str
) -> None:
    sinqro.place(made_order(OrderType.INSIDE))
    raw = sinqro.state.orders["900"].raw
    await cloud.post("/order/edit", {"id": "900", "what": what, "value": value}, status=409)
    assert sinqro.state.orders["900"].raw == raw
    assert len(sinqro.state.requests) == 1


async def test_the_text_itself_is_edited(cloud: Browser, sinqro: SinqroSandbox) -> None:
    sinqro.place(made_order())
    page = await cloud.get("/order?id=900")
    assert "&quot;executionTime&quot;" in page
    await cloud.post("/order/text", {"id": "900", "raw": '{"id": 900, "comment": "1.10", "totalAmount": 1.10}'})
    assert sinqro.state.orders["900"].raw == b'{"id": 900, "comment": "1.10", "totalAmount": 1.10}'


# ---------------------------------------------------------------- the POS


async def test_the_board_shows_orders_and_moves_them(till: Browser, pos: ReferencePos) -> None:
    page = await till.get("/")
    assert "No open orders" in page
    assert f"API at {pos.url}/api/v1, with x-api-key: {pos.api_key}" in page
    ticket = typed_in(pos, code="4F7K", address="Carrer Major, 1")
    page = await till.get("/")
    assert all(
        word in page for word in ("4F7K", "To accept", "Pizza Margarita", "19.00\u00a0€", "Carrer Major", "Takeaway")
    )
    where, page = await till.post("/order/move", {"id": ticket.id, "status": "open", "back": "board"})
    assert where == f"/#{ticket.id}"
    assert "To accept" not in page
    for status in ("preparing", "ready"):
        where, page = await till.post("/order/move", {"id": ticket.id, "status": status, "minutes": "25"})
        assert (where, pos.order(ticket.id).status) == (f"/order?id={ticket.id}", status)
    assert pos.order(ticket.id).minutes == 25
    where, page = await till.post("/order/move", {"id": ticket.id, "status": "closed", "back": "board"})
    assert where == "/"
    assert "Finished" in page
    _, page = await till.post("/order/move", {"id": ticket.id, "status": "open"}, status=409)
    assert "closed and cannot become open" in page
    assert "It is finished" in await till.get(f"/order?id={ticket.id}")


async def test_an_order_is_refused_with_a_reason_and_a_booking_can_be_a_no_show(
    till: Browser, pos: ReferencePos
) -> None:
    ticket = typed_in(pos)
    await till.post("/order/move", {"id": ticket.id, "status": "refused", "reason": "too_busy"})
    assert (pos.order(ticket.id).status, pos.order(ticket.id).reason) == (PosStatus.REFUSED, "too_busy")
    booking = pos.type_in(OrderForm(kind=Kind.BOOKING, guests=4, table="SA3", note=("junto a la ventana",)))
    page = await till.get("/")
    assert all(
        word in page for word in ("Bookings", "4 guests", "Mesa 3 · Sala", "junto a la ventana", "No show", "Seat")
    )
    await till.post("/order/move", {"id": booking.id, "status": "no_show"})
    assert pos.order(booking.id).status is PosStatus.NO_SHOW
    for minutes in ("x", "-1", "9999"):
        await till.post("/order/move", {"id": booking.id, "status": "void", "minutes": minutes}, status=400)


async def test_markup_in_a_ticket_is_shown_as_text(till: Browser, pos: ReferencePos) -> None:
    line = LineForm(name=EVIL, price=Decimal(1), note=(EVIL,), options=(OptionForm(name=EVIL),))
    ticket = typed_in(pos, code="<b1>", note=(EVIL,), customer=CustomerForm(name=EVIL), address=EVIL, channel=EVIL)
    pos.type_in(OrderForm(kind=Kind.EAT_IN, lines=(line,)))
    for page in (await till.get("/"), await till.get(f"/order?id={ticket.id}")):
        assert page.count("&lt;script&gt;") >= 3
        assert "<script" not in page


async def test_till_online_and_sold_out_are_turned(till: Browser, pos: ReferencePos) -> None:
    pos.set_faults(delay_ms=5)
    _, page = await till.post("/till", {"open": ""})
    assert pos.faults == PosFaults(delay_ms=5, till_closed=True)
    assert "till closed" in page
    _, page = await till.post("/till", {"open": "on"})
    assert pos.faults == PosFaults(delay_ms=5)
    assert "till closed" not in page
    _, page = await till.post("/online", {"online": ""})
    assert "online orders off" in page
    _, page = await till.post("/online", {"online": "on"})
    assert "online orders off" not in page
    where, page = await till.post("/menu", {"id": "P-102", "available": ""})
    assert where == "/menu#P-102"
    assert page.count("Back again") == 1
    _, page = await till.post("/menu", {"id": "P-102", "available": "on"})
    assert "Back again" not in page
    await till.post("/menu", {"id": "P-0", "available": "on"}, status=409)
    events = [entry["kind"] for entry in pos.journal.since()]
    assert events.count("catalog.changed") == 2
    assert events.count("availability.changed") == 2


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("form", "explained"), [(SinqroFaults, sinqro_page.EXPLAINED), (PosFaults, pos_page.EXPLAINED)]
)
def test_every_fault_is_on_the_page(form: type[msgspec.Struct], explained: dict[str, str]) -> None:
    assert set(explained) == set(form.__struct_fields__)


async def test_the_sandboxs_faults_are_set_shown_and_ended(cloud: Browser, sinqro: SinqroSandbox) -> None:
    fields = {"drop": "0.25", "delay_ms": "", "notification_status": "503", "half_open": "on", "clock_offset_s": "-90"}
    _, page = await cloud.post("/faults", fields)
    expected = SinqroFaults(drop=0.25, notification_status=503, half_open=True, clock_offset_s=-90)
    assert sinqro.state.misbehaviour.faults == expected
    assert "drop 0.25, half_open, notification_status 503, clock_offset_s -90" in page
    assert "4 faults on" in await cloud.get("/")
    for wrong in ({"drop": "2"}, {"drop": "x"}, {"drop": "nan"}, {"refuse_link": "200"}, {"seed": "0.5"}):
        _, page = await cloud.post("/faults", wrong, status=400 if wrong in ({"drop": "x"}, {"drop": "nan"}) else 409)
        assert "That did not work" in page
    assert sinqro.state.misbehaviour.faults == expected
    _, page = await cloud.post("/faults", fields | {"end": "all"})
    assert sinqro.state.misbehaviour.faults == SinqroFaults()
    assert "Everything works" in page


async def test_the_poss_faults_are_set_and_what_is_shown_is_what_is_sent_again(
    till: Browser, pos: ReferencePos
) -> None:
    wanted = PosFaults(delay_ms=1.5, busy=True, only=("create", "find"), forget=("R-1",), duplicate_webhooks=2)
    pos.set_faults(**msgspec.structs.asdict(wanted))
    page = await till.get("/faults")
    inputs = [
        dict(re.findall(r'(\w+)="([^"]*)"', tag)) | {"on": "checked" in tag} for tag in re.findall("<input[^>]*>", page)
    ]
    sent = {one["name"]: one["value"] for one in inputs if one["type"] != "checkbox" or one["on"]}
    sent.pop("open")
    sent.pop("online")
    pos.set_faults()
    await till.post("/faults", sent)
    assert pos.faults == wanted
    await till.post("/faults", {"only": "nonsense"}, status=409)
    assert pos.faults == wanted


async def test_the_pos_is_off_for_a_while_and_comes_back(till: Browser, pos: ReferencePos) -> None:
    headers = {"origin": till.base_url}
    await till.http.post("/faults", data={"refuse_connections": "0.3"}, headers=headers)
    await eventually(lambda: unreachable(till))
    await eventually(lambda: reachable(till))


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await look():
            await asyncio.sleep(0.02)


async def unreachable(till: Browser) -> bool:
    return not await reachable(till)


async def reachable(till: Browser) -> bool:
    try:
        return (await till.http.get("/menu")).status_code == 200
    except httpx.TransportError:
        return False


def test_a_form_gives_json_of_the_control_api() -> None:
    assert msgspec.json.decode(faults_json(SinqroFaults, {"drop": " 0.5 ", "refuse_link": "", "offline": "on"})) == {
        "drop": 0.5,
        "half_open": False,
        "close_link": False,
        "offline": True,
    }
