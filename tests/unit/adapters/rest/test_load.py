import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from adapters.rest import check_calls
from adapters.rest.check_expressions import ExpressionChecks
from adapters.rest.load import LONGEST, examine, load_profile
from adapters.rest.profile import Profile
from app.domain.errors import ProfileError, ProfileFault

GOOD = '''\
[pos]
name = "Example POS"

[connection]
url = "https://pos.example.com/api"
headers = { x-venue = "{options.venue}" }

[auth]
kind = "header"
header = "x-api-key"
secret = "api-key"

[secrets.api-key]
title = "API key"

[options.venue]
title = "Venue"
pattern = "[0-9]{1,8}"

[capabilities]
hold = true

[functions]
order_of = """{"id": string(it.id), "status": it.state, "total": money(it.total)}"""

[words.kinds]
delivery = "D"
collection = "T"

[services.create_order]
method = "POST"
path = "/venues/{options.venue}/tickets"
idempotency_header = "Idempotency-Key"
body = """{
    "external_id": order.reference,
    "kind": words.kinds[?order.type].orValue("L"),
    "items": lines.map(line, {
        "sku": line.product,
        "qty": number(line.quantity),
        "price": amount(line.price),
    }),
}"""
result = "order_of(answer)"

[services.find_order]
path = "/tickets"
query = { ref = "{reference}" }
result = "answer.tickets.map(each, order_of(each))"

[services.change_status]
method = "PATCH"
path = "/tickets/{id}"
body = '{"state": status}'

[services.changes]
path = "/tickets"
query = { since = "{cursor == null ? null : posTime(cursor, '%Y-%m-%d %H:%M', 'Europe/Madrid')}" }
result = '{"orders": answer.tickets.map(t, {"id": t.id, "status": t.state}), "cursor": answer.next}'

[services.read_catalog]

[[services.read_catalog.steps]]
name = "list"
path = "/products"
pages = { kind = "page", size = 100 }
items = "answer.products"
helper = true

[[services.read_catalog.steps]]
name = "details"
foreach = "steps.list"
concurrency = 8
path = "/products/{each.id}"
result = """{"kind": "product", "externalId": string(each.id), "name": text(answer.name),
    "price": money(answer.price)}"""

[status.order]
missing = ["dispatched"]

[status.order.read]
OPEN = "accepted"
COOKING = "in_preparation"
READY = "ready"
PAID = "completed"
VOID = "cancelled"
REFUSED = "rejected"

[errors]
code = "answer.error.code"

[errors.kinds]
CLOSED = "till_closed"
423 = "busy"

[polling.changes]
cursor = "newest"

[webhooks]
signature = { kind = "hmac", header = "x-signature" }

[webhooks.events.ticket]
means = "orders"
id = "body.ticket.id"

[[payments]]
pos_method = "ONLINE"
prepaid = true
'''


def faults(text: str) -> list[ProfileFault]:
    return examine(text)[1]


def test_the_good_one_is_good() -> None:
    assert [str(fault) for fault in faults(GOOD)] == []


@pytest.mark.parametrize("file", sorted(Path("resources/profiles").glob("*.toml")), ids=lambda file: file.stem)
def test_shipped_profiles_are_good(file: Path) -> None:
    assert load_profile(file).profile.pos.name


BROKEN: list[tuple[str, str, str, str, str]] = [
    # what is written, instead; where the fault is told; the entry with what is wrong, the hint
    ('kind = "header"\nheader', 'kind = "hedder"\nheader', 'kind = "hedder"',
     "auth.kind: there is no 'hedder'", 'Did you mean header?'),
    ('name = "Example POS"', '', '[pos]',
     'pos: the entry name is missing', 'Add a line: name = …'),
    ('[connection]', '[conection]', '[conection]',
     'conection: there is no such entry', 'Did you mean connection?'),
    ('hold = true', 'hold = "yes"', 'hold = "yes"',
     'capabilities.hold: this must be true or false, not a text ("…")', ''),
    ('concurrency = 8', 'concurrency = 80', 'concurrency = 80',
     'services.read_catalog.steps[1].concurrency: this must be at most 32', ''),
    ('order.reference', 'order.refrence', '.refrence,',
     'services.create_order.body: there is no refrence here', 'Did you mean reference?'),
    ('line.quantity', 'line.amount', '.amount),',
     'services.create_order.body: there is no amount here', 'Known here: basePrice, label'),
    ('lines.map', 'line.map', 'line.map(line, {',
     'services.create_order.body: there is no line here', 'Did you mean lines?'),
    ('amount(line.price)', 'amout(line.price)', 'amout(line.price),',
     'services.create_order.body: there is no function amout here', 'Did you mean amount?'),
    ('/tickets/{id}', '/tickets/{ticket}', 'ticket}"',
     'services.change_status.path: there is no ticket here', 'Known here: id, minutes'),
    ('/tickets/{id}', '/tickets/{id', '{id"',
     'services.change_status.path: a lone {', 'Braces stand in pairs'),
    ('/tickets/{id}', 'tickets/{id}', 'path = "tickets/{id}"',
     'services.change_status.path: a path begins with /', 'It is added to the base'),
    ('{options.venue}/tickets', '{options.venu}/tickets', '.venu}/tickets"',
     'services.create_order.path: there is no venu here', 'Did you mean venue?'),
    ('words.kinds[', 'words.kind[', '.kind[?order.type].orVal',
     'services.create_order.body: there is no kind here', 'Did you mean kinds?'),
    ('"status": it.state', '"state": it.state', '"state": it.state, "tota',
     'functions.order_of: a result has no state', 'Did you mean status?'),
    ('"status": t.state', '"state": t.state', '"state": t.state}), "cur',
     'services.changes.result: a result has no state', 'Did you mean status?'),
    ('order_of(answer)', 'answer.ticket +', '"',
     'services.create_order.result: the expression is no CEL: it ends too early', ''),
    ('PAID = "completed"', 'PAID = "complete"', 'PAID = "complete"',
     "status.order.read.PAID: there is no 'complete'", 'Did you mean completed?'),
    ('READY = "ready"\n', '', '[status.order]',
     'status.order: ready has no code in the POS', 'Add ready = "…" to [status.order.write]'),
    ('READY = "ready"', 'READY = "accepted"', '[status.order.read]',
     'status.order.read: OPEN, READY all mean accepted: which one is written?', 'Add [status.order.write]'),
    ('missing = ["dispatched"]', 'missing = ["dispatched", "ready"]', 'missing = ["dispatched",',
     'status.order.missing: ready is not missing: it has a code', ''),
    ('REFUSED = "rejected"', 'REFUSED = "rejected"\nSEAT = "seated"\n[status.reservation.read]\nS = "seated"',
     'SEAT = "seated"',
     'status.order.read.SEAT: seated is a status of a reservation', ''),
    ('code = "answer.error.code"', '', 'CLOSED = "till_closed"',
     'errors.kinds.CLOSED: the code CLOSED is never read', "Say in [errors] where"),
    ('code = "answer.error.code"', 'code = "order.error"', 'order.error"',
     'errors.code: there is no order here', 'Known here: answer, code, headers.'),
    ('%Y-%m-%d %H:%M', '%Y-%m-%d', "'%Y-%m-%d', 'Europe/Madr",
     "services.changes.query.since: '%Y-%m-%d' does not hold a date and a time of day", ''),
    ('%Y-%m-%d %H:%M', '%Q', '\'%Q\', \'Europe/Madrid\')}"',
     "services.changes.query.since: '%Q' is no format of times: there is no %Q", ''),
    ('Europe/Madrid', 'Europe/Madrit', '\'Europe/Madrit\')}" }',
     "services.changes.query.since: there is no time zone 'Europe/Madrit'", ''),
    ('[0-9]{1,8}', '[0-9', 'pattern = "[0-9"',
     "options.venue.pattern: '[0-9' is no regular expression", ''),
    ('"kind": "product"', '"kind": "dish"', '"dish", "externalId": st',
     "services.read_catalog.steps[1].result: there is no kind 'dish'", 'Known here: menu'),
    ('"externalId"', '"external_id"', '"external_id": string(ea',
     'services.read_catalog.steps[1].result: a result has no external_id', 'Did you mean externalId?'),
    ('"name": text(answer.name)', '"nombre": text(answer.name)', '"nombre": text(answer.na',
     'services.read_catalog.steps[1].result: a result has no nombre', 'Known here: allergens'),
    ('items = "answer.products"\n', '', 'pages = { kind = "page",',
     'services.read_catalog.steps[0].pages: pages need items', 'Say where the list is'),
    ('steps.list', 'steps.lists', '.lists"',
     'services.read_catalog.steps[1].foreach: there is no lists here', 'Did you mean list?'),
    ('name = "details"', 'name = "list"', 'name = "list"',
     'services.read_catalog.steps[1].name: there is a step list already', ''),
    ('foreach = "steps.list"', 'foreach = "\'a\'"', 'foreach = "\'a\'"',
     'services.read_catalog.steps[1].foreach: this must give a list, it gives a text', ''),
    ('method = "PATCH"\n', '', 'body = \'{"state": status',
     'services.change_status.body: a GET has no body', 'Write method = "POST"'),
    ('means = "orders"', 'means = "schedule"', 'means = "schedule"',
     'webhooks.events.ticket.means: nothing reads schedule again', 'Add [services.read_schedule].'),
    ('cursor = "newest"', 'cursor = "newest"\n[polling.read_tables]\nconditional = "etag"', '[polling.read_tables]',
     'polling.read_tables: there is no service read_tables', 'Add [services.read_tables]'),
    ('[secrets.api-key]', '[secrets.apikey]', '[secrets.apikey]',
     'secrets.apikey: nothing uses the secret apikey', 'Did you mean api-key?'),
    ('x-venue', '"x venue"', '"x venue" = "{options.ve',
     "connection.headers.x venue: 'x venue' is no name of a header", ''),
    ('https://pos.example.com/api', 'pos.example.com/api', 'url = "pos.example.com/a',
     "connection.url: 'pos.example.com/api' is no address", 'Write "https://pos.example.com/api".'),
    ('title = "Venue"', 'title = "Venue"\ntype = "number"\ndefault = "7"', 'default = "7"',
     "options.venue.default: this is not of the option's type", ''),
    ('prepaid = true\n', 'prepaid = true\nmethods = "x"\n', 'methods = "x"',
     'payments[0].methods: there is no such entry', 'Did you mean method?'),
    ('[[payments]]', '[numbers]\ncomma = true\n[[payments]]', 'comma = true',
     'numbers.comma: only texts have a comma', 'Write money = "text"'),
    ('[[payments]]', '[text]\ncharset = "latin-99"\n[[payments]]', 'charset = "latin-99"',
     "text.charset: there is no charset 'latin-99'", 'For instance utf-8'),
    ('[[payments]]', '[taxes.iva]\n"10%" = "A"\n[[payments]]', '"10%" = "A"',
     "taxes.iva.10%: '10%' is no percentage", 'Write "10" or "5.5".'),
    ('[[payments]]', '[without]\norder_create = "no"\n[[payments]]', 'order_create = "no"',
     'without.order_create: the POS has order_create', 'Remove it.'),
    ('[[payments]]', '[times]\nformat = "dd/mm/yyyy"\n[[payments]]', 'format = "dd/mm/yyyy"',
     "times.format: 'dd/mm/yyyy' is no format of times", ''),
    ('prepaid = true\n', 'prepaid = yes\n', 'yes',
     'this is no TOML: invalid value', 'Texts stand in quotes'),
    ('title = "API key"', 'title = "API key', '',
     "this is no TOML: illegal character '\\n'", 'Texts stand in quotes'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "place", "said", "hint"), BROKEN, ids=[f"{said}"[:60] for _, _, _, said, _ in BROKEN]
)
def test_a_broken_profile_says_what_and_where(before: str, after: str, place: str, said: str, hint: str) -> None:
    assert before in GOOD
    text = GOOD.replace(before, after, 1)
    found = faults(text)
    shown = [f"{fault.entry}: {fault.message}" if fault.entry else fault.message for fault in found]
    match = [fault for fault, told in zip(found, shown, strict=True) if told.startswith(said)]
    assert match, shown
    assert text.splitlines()[match[0].line - 1][match[0].column - 1 :].startswith(place), str(match[0])
    assert match[0].hint.startswith(hint)
    assert bool(match[0].hint) is bool(hint)
    assert len(found) <= 2, shown  # one mistake is not told as many


def test_there_are_enough_of_them() -> None:
    assert len({said for _, _, _, said, _ in BROKEN}) == len(BROKEN) >= 45


def test_a_service_s_own_codes_are_read_too() -> None:
    text = GOOD.replace('code = "answer.error.code"', "").replace('CLOSED = "till_closed"\n', "")
    text = text.replace('path = "/tickets/{id}"', 'path = "/tickets/{id}"\nerrors = { GONE = "done", 409 = "done" }')
    assert [fault.entry for fault in faults(text)] == ["services.change_status.errors.GONE"]


def test_a_pos_that_only_takes_orders_needs_no_statuses() -> None:
    text = """
        [pos]
        name = "Printer"
        [services.create_order]
        method = "POST"
        path = "/orders"
        body = "order"
        result = '{"id": answer.id}'
    """
    assert faults(text) == []


def test_all_faults_are_told_at_once_in_order() -> None:
    text = GOOD
    chosen = [BROKEN[number] for number in (0, 3, 5, 9, 17, 24)]
    for before, after, *_ in chosen:
        text = text.replace(before, after, 1)
    found = faults(text)
    assert [fault.line for fault in found] == sorted(fault.line for fault in found)
    shown = [f"{fault.entry}: {fault.message}" for fault in found]
    assert len(shown) >= len(chosen)
    assert all(any(told.startswith(said) for told in shown) for _, _, _, said, _ in chosen), shown


def test_the_column_is_that_of_the_name() -> None:
    fault = faults(GOOD.replace("line.quantity", "line.amount"))[0]
    line = GOOD.replace("line.quantity", "line.amount").splitlines()[fault.line - 1]
    assert line[fault.column - 1 :].startswith(".amount")


def test_the_error_lists_every_fault_as_terminals_link_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace("order.reference", "order.refrence").replace("hold = true", "hold = 3"))
    with pytest.raises(ProfileError) as caught:
        load_profile(file)
    assert len(caught.value.faults) == 2
    lines = str(caught.value).splitlines()
    assert lines[0] == "The profile has 2 faults:"
    assert lines[1].startswith(f"{file}:21:1: capabilities.hold: this must be true or false")
    assert lines[2].startswith(f"{file}:35:25: services.create_order.body: there is no refrence here (Did you mean")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read: No such file"):
        load_profile(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes("[pos]\nname = 'Peña'".encode("latin-1"))
    with pytest.raises(ProfileError, match="is not UTF-8"):
        load_profile(tmp_path / "latin.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_200_001)
    with pytest.raises(ProfileError, match="too large"):
        load_profile(tmp_path / "large.toml")
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_profile(tmp_path / "bom.toml").profile.pos.name == "Example POS"


def test_the_authoritys_file_stands_beside_the_profile(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace("[connection]\n", '[connection]\nca_file = "box.pem"\n'))
    with pytest.raises(ProfileError, match=r":5:1: connection.ca_file: there is no file box.pem"):
        load_profile(file)
    (tmp_path / "box.pem").write_text("")
    assert load_profile(file).profile.connection.ca_file == "box.pem"


@pytest.mark.parametrize("text", ["", "pos = 3", "[pos]", "x = 1", "[[pos]]", "[services]\ncreate_order = 1"])
def test_hardly_a_profile_still_gets_an_answer(text: str) -> None:
    assert faults(text)


def test_deep_nesting_is_a_fault() -> None:
    assert faults("a = " + "[" * 100_000)[0].message.startswith("this is no TOML")


LARGE = {
    "wrong values": "[pos]\nname='x'\n[words.a]\n" + "".join(f"k{n} = 1\n" for n in range(20_000)),
    "unknown entries": "".join(f"k{n} = 1\n" for n in range(20_000)) + "[pos]\nname='x'\n",
    "wrong options": "[pos]\nname='x'\n" + "".join(f"[options.k{n}]\ntyp = 1\n" for n in range(9_000)),
    "functions": "[pos]\nname='x'\n[functions]\n" + "".join(f"k{n} = '1'\n" for n in range(20_000)),
    "statuses": "[pos]\nname='x'\n[status.order.read]\n" + "".join(f"k{n} = 'open'\n" for n in range(15_000)),
    "bad expressions": "[pos]\nname='x'\n[webhooks]\n"
    + "".join(f"[webhooks.events.k{n}]\nmeans = 'orders'\nwhen = 'bdy.a'\n" for n in range(4_000)),
    "one long expression": "[pos]\nname='x'\n[webhooks]\nevent = '" + "body.a + " * 30_000 + "'",
    "nested tables": "[pos]\nname='x'\n[" + ".".join(["a"] * 200) + "]\n",
    "a long list": "[pos]\nname='x'\n[status.order]\nmissing = [" + "1, " * 60_000 + "]",
}


@pytest.mark.parametrize("name", sorted(LARGE))
def test_hostile_profiles_are_refused_in_time(name: str) -> None:
    assert len(LARGE[name]) < LONGEST
    before = time.process_time()
    found = faults(LARGE[name])
    assert 0 < len(found) <= 100
    assert time.process_time() - before < 15


# ---------------------------------------------------------------- nothing is left out


def test_every_expression_and_template_is_compiled() -> None:
    """Whatever is marked as an expression or a template in the types comes to the checks."""
    seen: set[str] = set()

    class Spy(ExpressionChecks):
        def expression(self, path: Any, source: str, *args: Any, **more: Any) -> None:
            seen.add(source)

        def template(self, path: Any, source: str, *args: Any, **more: Any) -> None:
            seen.add(source)

        def function(self, name: str, source: str) -> None:
            seen.add(source)

    marked: set[str] = set()
    for auth in ("login", "basic", "oauth2"):
        for pages, steps in (("cursor", "yes"), ("link", "no")):
            made: list[str] = []
            choose = {"auth": auth, "pages": pages, "steps": steps}
            raw = _filled(inspect.type_info(Profile), made, choose)
            check_calls.check_calls(msgspec.convert(raw, Profile), Spy({}))
            own = _own_call_of_services(raw) if steps == "yes" else set()
            marked |= set(made) - own
    assert len(marked) > 100
    assert marked <= seen, sorted(marked - seen)


def _own_call_of_services(raw: dict[str, Any]) -> set[str]:
    """What a service with steps may not have besides them: told as a fault, not compiled."""
    services = raw["services"].values()
    single = {service[name] for service in services for name in ("path", "body", "items", "idempotency_key")}
    return (
        single
        | {text for service in services for name in ("query", "headers") for text in service[name].values()}
        | {service["pages"].get("cursor", "") for service in services}
    )


def _filled(kind: Any, made: list[str], choose: dict[str, str], name: str = "") -> Any:
    """A value of a type in which each expression and template has a text of its own."""
    if isinstance(kind, inspect.Metadata):
        if (kind.extra or {}).get("kind") in ("expression", "template"):
            made.append(f"/x{len(made)}")
            return made[-1]
        return "a" if isinstance(kind.type, inspect.StrType) else _filled(kind.type, made, choose, name)
    if isinstance(kind, inspect.UnionType):
        types = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        chosen = [each for each in types if getattr(each, "tag", None) == choose.get(name)]
        return _filled((chosen or types)[0], made, choose, name)
    if isinstance(kind, inspect.StructType):
        filled = {} if kind.tag is None else {"kind": kind.tag}
        for field in kind.fields:
            plain = isinstance(field.default, int | float | bool)
            value = field.default if plain else _filled(field.type, made, choose, field.encode_name)
            filled[field.encode_name] = "x-key" if field.encode_name == "idempotency_header" else value
        return filled
    if isinstance(kind, inspect.VarTupleType):
        return [] if name == "steps" and choose["steps"] == "no" else [_filled(kind.item_type, made, choose)]
    if isinstance(kind, inspect.DictType):
        key = "a" if not isinstance(kind.key_type, inspect.EnumType) else next(iter(kind.key_type.cls)).value
        return {key: _filled(kind.value_type, made, choose)}
    if isinstance(kind, inspect.EnumType):
        return next(iter(kind.cls)).value
    if isinstance(kind, inspect.LiteralType):
        return kind.values[0]
    return 200 if isinstance(kind, inspect.IntType) else True if isinstance(kind, inspect.BoolType) else "a"


@given(st.text(max_size=300))
def test_no_text_breaks_the_check(text: str) -> None:
    examine(text)


@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text(max_size=20))
def test_no_damaged_profile_breaks_the_check(at: int, length: int, instead: str) -> None:
    text = GOOD[:at] + instead + GOOD[at + length :]
    profile, found = examine(text)
    lines = text.count("\n") + 2
    assert all(1 <= fault.line <= lines and fault.column >= 1 for fault in found)
    if not found:
        assert profile is not None
