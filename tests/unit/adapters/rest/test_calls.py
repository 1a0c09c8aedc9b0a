"""Requests, pages, steps and refusals, as a profile describes them."""

import asyncio
from typing import Any

import httpx
import pytest

from app.domain.errors import (
    OutcomeUnknown,
    PosBusy,
    PosError,
    PosNoSuchStatus,
    PosNotFound,
    PosRefused,
    PosTillClosed,
    PosUnreachable,
    ProfileError,
)
from app.domain.status import Status
from app.ports.pos import PosOrder, PosSwitch
from tests.helpers.rest import ORDERS, URL, Pos, adapter_of, answer, request_for

TABLES = """
[services.read_tables]
path = "/zones"
items = "answer.zones"
result = '{"code": item.id, "name": item.name + " " + string(position)}'
"""


def zones(*names: str, **more: Any) -> httpx.Response:
    return answer({"zones": [{"id": name, "name": name} for name in names], **more})


async def codes(text: str, pos: Pos) -> list[str]:
    async with adapter_of(text, pos) as adapter:
        return [zone["code"] for zone in await adapter.read_tables()]


# ---------------------------------------------------------------- requests


async def test_a_request_is_made_of_templates() -> None:
    text = """
[options.venue]
default = "a/b ñ"
[services.read_order]
path = "/venues/{options.venue}/orders/{id}"
query = { fields = "all", venue = "{options.venue}", empty = "{null}", none = "{''}" }
headers = { "X-Order" = "o-{id}", "X-None" = "{null}" }
result = '{"id": id, "status": "open"}'
"""
    pos = Pos(lambda _: answer({}))
    async with adapter_of(text + ORDERS, pos) as adapter:
        await adapter.read_order("12 3")
    (request,) = pos.requests
    assert request.url.raw_path.decode().partition("?")[0] == "/api/venues/a%2Fb%20%C3%B1/orders/12%203"
    assert dict(request.url.params) == {"fields": "all", "venue": "a/b ñ", "none": ""}
    assert request.headers["x-order"] == "o-12 3"
    assert "x-none" not in request.headers


READ = """
[services.read_order]
path = "/orders/{id}"
result = '{"id": id, "status": "open"}'
"""


@pytest.mark.parametrize("ident", ["", ".", "..", "../admin", "a/../b", "..\\x", "a/."])
async def test_no_id_becomes_another_path(ident: str) -> None:
    pos = Pos()
    async with adapter_of(READ + ORDERS, pos) as adapter:
        for call in (adapter.read_order, adapter.read_status):
            with pytest.raises(PosNotFound):
                await call(ident)
    assert pos.requests == []


async def test_an_option_that_is_no_part_of_a_path_is_the_configurations_fault() -> None:
    text = '[options.venue]\ndefault = ".."\n[services.health]\npath = "/{options.venue}"\nresult = \'{"ok": true}\'\n'
    async with adapter_of(text, Pos()) as adapter:
        assert "part of an address" in (await adapter.health()).message


async def test_a_header_can_not_be_made_two() -> None:
    text = READ + 'headers = { "X-Order" = "{id}" }\n' + ORDERS
    async with adapter_of(text, Pos()) as adapter:
        with pytest.raises(ProfileError, match="no header has"):
            await adapter.read_order("1\r\nX-Admin: yes")


CREATE = """
[services.create_order]
method = "POST"
path = "/orders"
body = '{"id": order.reference, "note": null, "lines": lines.map(line, {"n": line.name, "x": null})}'
result = '{"id": answer.id, "status": answer.status, "total": answer.?total.orValue(null)}'
"""


@pytest.mark.parametrize(
    ("more", "sent"),
    [
        ("", {"id": "7", "lines": [{"n": "Agua"}]}),
        ('nulls = "send"\n', {"id": "7", "note": None, "lines": [{"n": "Agua", "x": None}]}),
    ],
)
async def test_nulls_in_a_body(more: str, sent: object) -> None:
    pos = Pos(lambda _: answer({"id": 5, "status": "open", "total": 5.0}))
    async with adapter_of(CREATE + more + ORDERS, pos) as adapter:
        made = await adapter.create_order(request_for())
    assert pos.sent() == sent
    assert (made.id, made.status, made.pos_status, made.warnings) == ("5", Status.ACCEPTED, "open", ())


async def test_a_form() -> None:
    text = """
[services.set_availability]
method = "PUT"
path = "/online"
encoding = "form"
body = '{"online": online, "why": reason, "until": until, "tag": ["a", "b"]}'
"""
    pos = Pos(lambda _: httpx.Response(204))
    async with adapter_of(text, pos) as adapter:
        await adapter.set_availability(PosSwitch(online=False, reason="lleno & más"))
    assert pos.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert pos.requests[0].content == b"online=false&why=lleno+%26+m%C3%A1s&tag=a&tag=b"


async def test_a_body_that_can_not_be_made_sends_nothing() -> None:
    text = CREATE.replace("order.reference", "order.sinqro.nothing") + ORDERS
    pos = Pos()
    async with adapter_of(text, pos) as adapter:
        with pytest.raises(ProfileError, match=r"services\.create_order\.body: there is no nothing"):
            await adapter.create_order(request_for())
    assert pos.requests == []


# ---------------------------------------------------------------- pages

NUMBERS = TABLES + 'pages = { kind = "page", size = 2, size_parameter = "per_page" }\n'
UNSIZED = TABLES + 'pages = { kind = "page", first = 0, parameter = "p" }\n'
OFFSET = TABLES + 'pages = { kind = "offset", size = 2 }\n'
CURSOR = TABLES + 'pages = { kind = "cursor", cursor = "answer.?next.orValue(null)" }\n'
LINK = TABLES + 'pages = { kind = "link" }\n'
NAMED = TABLES + 'pages = { kind = "link", next = "answer.next" }\n'


@pytest.mark.parametrize(
    ("text", "answers", "asked"),
    [
        (NUMBERS, [zones("a", "b"), zones("c")], ["?page=1&per_page=2", "?page=2&per_page=2"]),
        (NUMBERS, [zones("a", "b"), zones("c", "d"), zones()], [f"?page={n}&per_page=2" for n in (1, 2, 3)]),
        (UNSIZED, [zones("a"), zones("b", "c"), zones()], ["?p=0", "?p=1", "?p=2"]),
        (OFFSET, [zones("a", "b"), zones("c")], ["?offset=0&limit=2", "?offset=2&limit=2"]),
        (CURSOR, [zones("a", next="x/1"), zones("b", next=""), zones("z")], ["", "?cursor=x%2F1"]),
        (
            LINK,
            [
                answer(
                    {"zones": [{"id": "a", "name": "a"}]}, link='</api/zones?p=1>; rel=prev, <?after=2>; rel="next"'
                ),
                zones("b"),
            ],
            ["", "?after=2"],
        ),
        (NAMED, [zones("a", next=f"{URL}/zones?p=2"), zones("b", next=None)], ["", "?p=2"]),
    ],
)
async def test_pages(text: str, answers: list[httpx.Response], asked: list[str]) -> None:
    pos = Pos(lambda _: zones())
    pos.answers = list(answers)
    async with adapter_of(text, pos) as adapter:
        found = await adapter.read_tables()
    wanted = [zone["id"] for each in answers for zone in each.json()["zones"] if zone["id"] != "z"]
    assert [zone["code"] for zone in found] == wanted
    assert [zone["name"] for zone in found] == [f"{code} {index}" for index, code in enumerate(wanted)]
    assert [each.removeprefix("GET /zones") for each in pos.asked] == asked


@pytest.mark.parametrize(
    ("text", "reply", "said"),
    [
        (CURSOR, lambda _: zones("a", next="same"), "never ends"),
        (NUMBERS.replace("size = 2", "size = 1, most = 3"), lambda _: zones("a"), "more than 3 pages"),
        (NAMED, lambda _: zones("a", next="https://evil.example.com/zones"), "another host"),
        (NAMED, lambda _: zones("a", next="//evil.example.com/zones"), "another host"),
        (NAMED, lambda _: zones("a", next="http://pos.local:81/zones"), "another host"),
        (TABLES, lambda _: answer({"zones": {"a": 1}}), "must be a list"),
        (TABLES, lambda _: answer({"zones": [{"id": "a"}]}), "read_tables: result: there is no name"),
        (TABLES, lambda _: answer({"zones": [{"id": None, "name": "x"}]}), "read_tables: code: this is missing"),
    ],
)
async def test_lists_that_are_none(text: str, reply: Any, said: str) -> None:
    pos = Pos(reply)
    with pytest.raises(ProfileError, match=said):
        await codes(text, pos)
    assert len(pos.requests) <= 3


async def test_a_page_that_fails_fails_the_whole() -> None:
    pos = Pos()
    pos.answers = [zones("a", "b"), answer({}, 503)]
    with pytest.raises(PosError, match="503"):
        await codes(NUMBERS, pos)


# ---------------------------------------------------------------- steps

STEPS = """
[services.create_order]
result = '{"id": steps.order.id, "status": "open"}'
[[services.create_order.steps]]
name = "customer"
method = "POST"
path = "/customers"
when = 'order.customer.name != ""'
body = '{"name": order.customer.name}'
result = "answer.id"
helper = true
[[services.create_order.steps]]
name = "order"
method = "POST"
path = "/orders"
body = '{"reference": order.reference, "customer": steps.customer}'
undo = { path = "/orders/{steps.order.id}" }
[[services.create_order.steps]]
name = "lines"
method = "POST"
foreach = "lines"
path = "/orders/{steps.order.id}/lines"
body = '{"name": each.name, "place": index}'
[[services.create_order.steps]]
name = "confirm"
method = "POST"
path = "/orders/{steps.order.id}/confirm"
"""

TWO = {
    "consumer": {"name": "Ana"},
    "orderLines": [{"label": "Agua", "unitPrice": 2}, {"label": "Vino", "unitPrice": 3}],
}
DONE = ["POST /customers", "POST /orders", *["POST /orders/5/lines"] * 2, "POST /orders/5/confirm"]


async def test_several_calls_make_an_order() -> None:
    pos = Pos(lambda request: answer({"id": 3 if "customers" in str(request.url) else 5}))
    async with adapter_of(STEPS + ORDERS, pos) as adapter:
        assert (await adapter.create_order(request_for(TWO))).id == "5"
        assert pos.asked == DONE
        assert pos.sent(1) == {"reference": "7", "customer": 3}
        assert [pos.sent(2), pos.sent(3)] == [{"name": "Agua", "place": 0}, {"name": "Vino", "place": 1}]
        pos.requests.clear()
        await adapter.create_order(request_for())
        assert pos.asked == ["POST /orders", "POST /orders/5/lines", "POST /orders/5/confirm"]
        assert pos.sent(0) == {"reference": "7"}


def failing_at(number: int, failure: httpx.Response | Exception, undone: int = 200) -> Pos:
    count = 0

    def play(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        if request.method == "DELETE":
            return answer({}, undone)
        if count == number:
            if isinstance(failure, Exception):
                raise failure
            return failure
        return answer({"id": 5})

    return Pos(play)


REFUSAL, OFF, LOST = answer({}, 422), httpx.ConnectError("off"), httpx.ReadTimeout("")


@pytest.mark.parametrize(
    ("number", "failure", "undone", "kind", "asked"),
    [
        (1, REFUSAL, 200, PosRefused, DONE[:1]),
        (2, REFUSAL, 200, PosRefused, DONE[:2]),
        (2, OFF, 200, PosUnreachable, DONE[:2]),
        (2, LOST, 200, OutcomeUnknown, DONE[:2]),
        (3, REFUSAL, 204, PosRefused, [*DONE[:3], "DELETE /orders/5"]),
        (3, OFF, 200, PosUnreachable, [*DONE[:3], "DELETE /orders/5"]),
        (3, REFUSAL, 500, OutcomeUnknown, [*DONE[:3], "DELETE /orders/5"]),
        (4, LOST, 200, OutcomeUnknown, [*DONE[:4], "DELETE /orders/5"]),
    ],
)
async def test_half_an_order_is_taken_back(
    number: int, failure: Any, undone: int, kind: type[PosError], asked: list[str]
) -> None:
    pos = failing_at(number, failure, undone)
    async with adapter_of(STEPS + ORDERS, pos) as adapter:
        with pytest.raises(PosError) as caught:
            await adapter.create_order(request_for(TWO))
    assert type(caught.value) is kind
    assert pos.asked == asked


@pytest.mark.parametrize(
    ("failure", "kind"), [(REFUSAL, PosRefused), (OFF, OutcomeUnknown), (answer({}, 429), OutcomeUnknown)]
)
async def test_what_nothing_takes_back_is_told_and_never_simply_sent_again(failure: Any, kind: type[PosError]) -> None:
    text = STEPS.replace('undo = { path = "/orders/{steps.order.id}" }\n', "")
    pos = failing_at(3, failure)
    async with adapter_of(text + ORDERS, pos) as adapter:
        with pytest.raises(PosError, match="still in the POS: order") as caught:
            await adapter.create_order(request_for(TWO))
    assert type(caught.value) is kind


async def test_a_service_that_writes_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.rest.calls.WHOLE_SECONDS", 0.05)

    class Stuck(Pos):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

    async with adapter_of(CREATE + ORDERS, Stuck()) as adapter:
        with pytest.raises(OutcomeUnknown):
            await adapter.create_order(request_for())


DETAILS = """
[services.read_tables]
[[services.read_tables.steps]]
name = "ids"
path = "/zones"
result = "answer.ids"
helper = true
[[services.read_tables.steps]]
name = "zones"
foreach = "steps.ids"
concurrency = 3
path = "/zones/{each}"
result = '{"code": answer.code, "serviceLocations": [{"code": 1}]}'
"""


async def test_details_are_fetched_a_few_at_a_time_and_come_in_order() -> None:
    under_way = most = 0

    class Details(Pos):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            nonlocal under_way, most
            ident = request.url.path.rpartition("/")[2]
            if ident == "zones":
                return answer({"ids": list(range(10))})
            under_way += 1
            most = max(most, under_way)
            for _ in range(10 - int(ident)):
                await asyncio.sleep(0)
            under_way -= 1
            return answer({"code": int(ident)}, 500 if ident == "7" and failing else 200)

    failing = False
    async with adapter_of(DETAILS, Details()) as adapter:
        found = await adapter.read_tables()
        assert [zone["code"] for zone in found] == [str(number) for number in range(10)]
        assert found[0]["serviceLocations"] == [{"code": "1", "name": ""}]
        assert most == 3
        failing = True
        with pytest.raises(PosError, match="500"):
            await adapter.read_tables()


# ---------------------------------------------------------------- refusals

STATUS = """
[services.change_status]
method = "POST"
path = "/orders/{id}/{status}"
[services.change_status.errors]
stuck = "busy"
[errors]
failed = "answer != null && answer.?success.orValue(true) == false"
code = 'answer.?error.orValue("")'
message = 'answer.?why.orValue("")'
field = 'answer.?field.orValue("")'
[errors.kinds]
closed = "till_closed"
gone = "not_found"
no_step = "no_such_status"
already = "done"
stuck = "refused"
maybe = "unknown"
key = "credentials"
423 = "busy"
17 = "till_closed"
[errors.hints]
eaten = "Too late."
"""


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "closed"}, PosTillClosed),
        (400, {"error": "gone"}, PosNotFound),
        (400, {"error": "no_step"}, PosNoSuchStatus),
        (400, {"error": "stuck"}, PosBusy),  # the call's own goes first
        (400, {"error": "maybe"}, OutcomeUnknown),
        (400, {"error": "key"}, ProfileError),
        (400, {"error": "eaten"}, PosRefused),
        (400, {"error": 17}, PosTillClosed),
        (400, {"error": True}, PosRefused),
        (423, {}, PosBusy),
        (200, {"success": False}, PosRefused),
        (200, {"success": False, "error": "closed"}, PosTillClosed),
        (500, {"error": "closed"}, PosTillClosed),
        (500, {"error": "other"}, OutcomeUnknown),
        (404, {"error": "other"}, PosNotFound),
        (400, [1], PosRefused),
        (400, None, PosRefused),
    ],
)
async def test_how_the_pos_says_no(status: int, body: Any, kind: type[PosError]) -> None:
    async with adapter_of(STATUS + ORDERS, Pos(lambda _: answer(body, status))) as adapter:
        with pytest.raises(PosError) as caught:
            await adapter.change_status("1", Status.CANCELLED)
    assert type(caught.value) is kind


async def test_what_is_done_already_is_no_error() -> None:
    pos = Pos(lambda _: answer({"error": "already"}, 409))
    async with adapter_of(STATUS + ORDERS, pos) as adapter:
        await adapter.change_status("1", Status.CANCELLED)
    assert pos.asked == ["POST /orders/1/off"]


async def test_what_the_pos_says_is_passed_on() -> None:
    said = {"error": "eaten", "why": "  The guest \n has eaten " + "x" * 500, "field": "status"}
    async with adapter_of(STATUS + ORDERS, Pos(lambda _: answer(said, 400))) as adapter:
        with pytest.raises(PosRefused, match="the POS refuses: The guest has eaten x") as caught:
            await adapter.change_status("1", Status.CANCELLED)
    assert (caught.value.code, caught.value.field, caught.value.hint) == ("EATEN", "status", "Too late.")
    assert len(caught.value.message) < 330


@pytest.mark.parametrize(
    "reply", [httpx.Response(200, html="<html>Log in</html>"), httpx.Response(200, text="\n <!doctype html>")]
)
async def test_a_page_is_no_success(reply: httpx.Response) -> None:
    async with adapter_of(STATUS + ORDERS, Pos(lambda _: reply)) as adapter:
        with pytest.raises(OutcomeUnknown):
            await adapter.change_status("1", Status.CANCELLED)


@pytest.mark.parametrize("reply", [httpx.Response(204), httpx.Response(200, text="OK")])
async def test_where_nothing_is_read_any_answer_will_do(reply: httpx.Response) -> None:
    async with adapter_of(STATUS + ORDERS, Pos(lambda _: reply)) as adapter:
        await adapter.change_status("1", Status.CANCELLED)


async def test_success_is_what_the_profile_says() -> None:
    text = CREATE + "success = [202]\n" + ORDERS
    pos = Pos()
    async with adapter_of(text, pos) as adapter:
        pos.answers = [answer({"id": 1, "status": "open"}, 202)]
        assert (await adapter.create_order(request_for())).id == "1"
        pos.answers = [answer({"id": 1, "status": "open"}, 200)]
        with pytest.raises(ProfileError):
            await adapter.create_order(request_for())


# ---------------------------------------------------------------- statuses and look-ups


async def test_steps_that_the_pos_does_not_have() -> None:
    async with adapter_of(STATUS + ORDERS, Pos()) as adapter:
        with pytest.raises(PosNoSuchStatus):
            await adapter.change_status("1", Status.READY)
        with pytest.raises(PosRefused) as caught:
            await adapter.change_status("1", Status.SEATED)
    assert caught.value.code == "INVALID_TRANSITION"


FIND = """
[services.find_order]
path = "/search"
query = { q = "{reference}" }
result = 'answer.map(each, {"id": each.id, "reference": each.ref, "status": each.status})'
"""


@pytest.mark.parametrize(
    ("found", "ident", "doubled"),
    [
        ([], None, False),
        ([{"id": 1, "ref": "77", "status": "open"}], None, False),  # a search that is a fuzzy one
        ([{"id": 1, "ref": "7", "status": "open"}], "1", False),
        ([{"id": 1, "ref": "7", "status": "off"}, {"id": 2, "ref": "7", "status": "strange"}], "2", True),
        ([{"id": 1, "ref": "7", "status": "off"}], "1", False),
    ],
)
async def test_a_look_up(found: object, ident: str | None, doubled: bool) -> None:
    async with adapter_of(FIND + ORDERS, Pos(lambda _: answer(found))) as adapter:
        seen = await adapter.find_order("7")
        assert await adapter.find_order("") is None
    assert (seen.id if isinstance(seen, PosOrder) else None) == ident
    assert bool(seen and seen.warnings) is doubled


async def test_not_found_is_a_no_only_when_the_api_says_so() -> None:
    pos = Pos()
    async with adapter_of(FIND + ORDERS, pos) as adapter:
        pos.answers = [answer({"error": "none"}, 404)]
        assert await adapter.find_order("7") is None
        pos.answers = [httpx.Response(404, html="<html>nginx</html>")]
        with pytest.raises(ProfileError):
            await adapter.find_order("7")
