"""The contract's documents, made from its types and tables: what a POS maker or Sinqro's engineer reads.

``openrpc.json``
    the requests that Sinqro makes over the link
``openrpc-sinqro.json``
    those that the companion makes: a document of its own, since OpenRPC wants each method's name once, and
    ``order.get`` is asked in both directions
``openapi.json``
    the same services over HTTPS, with the notifications as webhooks; served at ``/openapi.json``
``schemas.json``
    the JSON Schema of every payload, for validators: ``schemas.json#/$defs/StatusChanged``

``python packaging/contract.py`` writes them.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from app.link.calls import ASKED, ERRORS, HTTP, SERVED, SERVED_BY_NAME, Call, HttpCall
from app.link.notices import NOTICES
from app.link.wire import load_wire
from app.report import contract_examples as examples
from app.report.contract_events import event_schema, webhook
from app.report.contract_schema import field_texts, schemas

Json = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_COMPONENTS = "#/components/schemas/{name}"

_ABOUT = """The companion's contract with Sinqro: a program beside a restaurant's point of sale (POS) that serves \
Sinqro's passive POS integration. Field names follow Sinqro's public material; what that leaves open is the companion's.

Amounts are decimals in currency units, VAT contained. Times are ISO 8601; one without zone is in the selling point's. \
What comes in is read liberally: numbers as text, ids as number or text, optional parts missing or null; unknown \
fields are ignored and kept. An order is never refused for its content: it is stored, and staff see what is wrong."""

_LINK = """

JSON-RPC 2.0 over a websocket that the companion opens (subprotocol `{subprotocol}`), so that no port of the \
restaurant is open. Frames of 4 MiB at most, no batches. At least once: what got no answer is repeated after a \
reconnect; the companion does the work once and gives the same answer. Requests of one order are handled in the order \
they come."""

_HTTPS = """

The services of the link, the classic way, for installations that Sinqro can reach. A key is good for one selling \
point of one environment (sandbox or production). Errors are problem details (RFC 9457) with a stable `code`. A body \
is 4 MiB at most and has ten seconds. Not for browsers: a request with an `Origin` is refused."""


def documents() -> dict[str, Json]:
    """All documents by file name."""
    return {
        "openrpc.json": openrpc(SERVED, examples.SERVED, "Sinqro Companion: the link, served by the companion", _LINK),
        "openrpc-sinqro.json": openrpc(ASKED, examples.ASKED, "Sinqro Companion: the link, served by Sinqro", _LINK),
        "openapi.json": openapi(),
        "schemas.json": all_schemas(),
    }


def text(document: Json) -> str:
    """As it is written to its file."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def all_schemas() -> Json:
    """Every payload; the notifications both as data and as whole events (``event.order.injected``)."""
    ref = "#/$defs/{name}"
    forms = [form for call in (*SERVED, *ASKED) for form in (call.takes, call.gives)]
    found = schemas([*forms, *NOTICES.values()], ref)
    found |= {f"event.{kind}": event_schema(kind, ref) for kind in NOTICES}
    return {"$schema": _DIALECT, "title": "Sinqro Companion: payloads", "description": _ABOUT, "$defs": found}


# ---------------------------------------------------------------- OpenRPC


def openrpc(calls: Iterable[Call], shown: dict[str, tuple[Json, Json]], title: str, about: str) -> Json:
    """An OpenRPC 1.3 document."""
    calls = tuple(calls)
    link = load_wire().link
    found = schemas([form for call in calls for form in (call.takes, call.gives)], _COMPONENTS)
    return {
        "openrpc": "1.3.2",
        "info": {
            "title": title,
            "version": link.contract_version,
            "description": _ABOUT + about.format(subprotocol=link.subprotocol),
        },
        "methods": [_method(call, found, *shown[call.method]) for call in calls],
        "components": {
            "schemas": found,
            "errors": {code: _rpc_error(code) for code in ERRORS},
        },
    }


def _method(call: Call, found: Json, params: Json, result: Json) -> Json:
    form = found[call.takes.__name__]
    return {
        "name": call.method,
        "summary": call.text,
        "paramStructure": "by-name",
        "params": [
            {
                "name": name,
                "description": schema["description"],
                "required": name in form.get("required", []),
                "schema": {key: value for key, value in schema.items() if key != "description"},
            }
            for name, schema in form.get("properties", {}).items()
        ],
        "result": {"name": "result", "schema": {"$ref": _COMPONENTS.format(name=call.gives.__name__)}},
        "errors": [{"$ref": f"#/components/errors/{code}"} for code in call.errors],
        "examples": [
            {
                "name": call.method,
                "params": [{"name": name, "value": value} for name, value in params.items()],
                "result": {"name": "result", "value": result},
            }
        ],
    }


def _rpc_error(code: str) -> Json:
    kind = ERRORS[code]
    data = {"code": code, "message": kind.text, "retryable": kind.http in (500, 503)}
    return {"code": kind.rpc, "message": kind.text, "data": data}


# ---------------------------------------------------------------- OpenAPI


def openapi() -> Json:
    """The OpenAPI 3.1 document of the HTTPS form."""
    calls = [SERVED_BY_NAME[each.method] for each in HTTP]
    found = schemas([*(form for call in calls for form in (call.takes, call.gives)), *NOTICES.values()], _COMPONENTS)
    bodies = {}
    for each in HTTP:
        if each.verb != "GET" and not each.body:
            bodies[f"{SERVED_BY_NAME[each.method].takes.__name__}Body"] = _body(each, found)
    for name in {call.takes.__name__ for call in calls}:  # over HTTPS they are spread over path, query and body
        del found[name]
    paths: dict[str, Json] = {}
    for each in HTTP:
        paths.setdefault(each.path, {})[each.verb.lower()] = _operation(each)
    components = {**found, **bodies, **{f"event.{kind}": event_schema(kind, _COMPONENTS) for kind in NOTICES}}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": _DIALECT,
        "info": {
            "title": "Sinqro Companion: the passive services over HTTPS",
            "version": load_wire().link.contract_version,
            "description": _ABOUT + _HTTPS,
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "webhooks": {kind: {"post": webhook(kind, _COMPONENTS)} for kind in NOTICES},
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The selling point's key: `sinqro-companion http-key new SELLING_POINT` makes one.",
                }
            },
            "schemas": {**dict(sorted(components.items())), "Problem": _PROBLEM},
        },
    }


_PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "retryable"],
    "properties": {
        "type": {"description": "`about:blank`: the status says the kind, `code` the rest.", "const": "about:blank"},
        "title": {"description": "The status in words.", "type": "string"},
        "status": {"description": "The status.", "type": "integer"},
        "detail": {"description": "What went wrong, in a sentence.", "type": "string"},
        "code": {"description": "Stable, for programs.", "type": "string"},
        "field": {"description": "JSON path of the first fault in the parameters.", "type": "string"},
        "retryable": {"description": "Whether the same request may succeed later.", "type": "boolean"},
    },
}


def _body(each: HttpCall, found: Json) -> Json:
    form = found[SERVED_BY_NAME[each.method].takes.__name__]
    apart = {"requestId", *re.findall(r"{(\w+)}", each.path), *each.query}
    return {
        "type": "object",
        "description": SERVED_BY_NAME[each.method].text,
        "properties": {name: schema for name, schema in form["properties"].items() if name not in apart},
        "required": [name for name in form.get("required", []) if name not in apart],
    }


def _operation(each: HttpCall) -> Json:
    call = SERVED_BY_NAME[each.method]
    params, result = examples.SERVED[each.method]
    texts = field_texts(call.takes)
    # over HTTPS all are texts; an id that is a number is told by its digits
    forms: dict[str, Json] = {name: {"type": "string", "minLength": 1} for name in texts}
    forms["kind"] = {"$ref": _COMPONENTS.format(name="EntityKind")}
    parameters: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": texts[name],
            "schema": forms[name],
            "example": str(params[name]),
        }
        for name in re.findall(r"{(\w+)}", each.path)
    ]
    parameters += [
        {
            "name": name,
            "in": "query",
            "description": texts[name],
            "schema": _query_schema(name),
        }
        for name in each.query
    ]
    operation: Json = {
        "operationId": each.method,
        "summary": call.text,
        "parameters": parameters,
        "responses": {
            str(each.status): {
                "description": f"`{call.gives.__name__}`",
                "content": {
                    "application/json": {
                        "schema": {"$ref": _COMPONENTS.format(name=call.gives.__name__)},
                        "example": result,
                    }
                },
            },
            **_problems(call, each),
        },
    }
    if each.verb != "GET":
        apart = {"requestId", *re.findall(r"{(\w+)}", each.path)}
        shown = params[each.body] if each.body else {name: v for name, v in params.items() if name not in apart}
        form = "Order" if each.body else f"{call.takes.__name__}Body"
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": _COMPONENTS.format(name=form)}, "example": shown}},
        }
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Names this request: a repetition with the same one gets the same answer.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
            }
        )
    return operation


def _query_schema(name: str) -> Json:
    if name == "limit":
        return {"type": "integer", "minimum": 1}
    return {"type": "string", "format": "date-time"} if name == "since" else {"type": "string"}


def _problems(call: Call, each: HttpCall) -> Json:
    texts: dict[int, list[str]] = {401: ["No key, or not this selling point's."]}
    for code in call.errors:
        texts.setdefault(ERRORS[code].http, []).append(f"`{code}`: {ERRORS[code].text}")
    texts.setdefault(403, []).append("`FROM_A_WEB_PAGE`, `OTHER_HOST`: not for browsers.")
    texts.setdefault(503, []).append("`TOO_BUSY`, `VAULT_LOCKED`: repeat it.")
    texts.setdefault(400, []).append("`NOT_HTTP`: not a request.")
    if each.verb != "GET":
        texts[408] = ["`TOO_SLOW`: the body has ten seconds."]
        texts[413] = ["`TOO_LARGE`: 4 MiB at most."]
        texts[415] = ["`NOT_JSON`: send `application/json`."]
    if "POS_UNREACHABLE" in call.errors:
        texts[502] = ["The POS says no: the code is its own."]
    return {
        str(status): {
            "description": " ".join(lines),
            "content": {"application/problem+json": {"schema": {"$ref": _COMPONENTS.format(name="Problem")}}},
        }
        for status, lines in sorted(texts.items())
    }
