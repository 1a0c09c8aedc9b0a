"""The OpenAPI 3.1 document of the reference POS, made from its calls and forms, so that it can't drift from them."""

import re
from typing import Any

import msgspec

from app.sandbox.pos_http import PREFIX, VERSION, Call

_EVENTS = {
    "order.changed": "An order or booking was created, changed or moved: `data` has id, reference, status, what.",
    "catalog.changed": "A catalog element changed: `data` has kind, id and the catalog's new version.",
    "availability.changed": "Online orders were turned on or off: `data` has online.",
    "schedule.changed": "The opening hours changed: read them.",
}

_DESCRIPTION = """A small restaurant's point of sale, complete enough to integrate against.

Money is gross decimal text. `POST /orders` with an `idempotency-key` answers a repeat with the order there is (200
instead of 201). Errors: `{"error": {"code", "message", "field"?}}`. Voiding a closed order is answered 200 and changes
nothing. Webhooks are signed as https://www.standardwebhooks.com describes."""


def openapi(calls: tuple[Call, ...]) -> dict[str, Any]:
    """The document."""
    forms = [form for call in calls for form in (call.takes, call.gives) if form is not None]
    references, schemas = msgspec.json.schema_components(forms, ref_template="#/components/schemas/{name}")
    by_form = dict(zip(map(str, forms), references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(PREFIX + call.path, {})[call.method.lower()] = _operation(call, by_form)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Reference POS", "version": VERSION, "description": _DESCRIPTION},
        "paths": paths,
        "webhooks": {name: _webhook(text) for name, text in _EVENTS.items()},
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
            "schemas": {**schemas, "Error": _ERROR},
        },
    }


_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "field")},
        }
    },
}


def _operation(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", call.path)
    ]
    parameters += [{"name": name, "in": "query", "schema": {"type": "string"}} for name in call.query]
    if call.name == "create":
        parameters.append({"name": "idempotency-key", "in": "header", "schema": {"type": "string"}})
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "responses": {
            str(call.status): {"description": "Done", **_content(schemas[str(call.gives)])},
            "default": {"description": "Refused", **_content({"$ref": "#/components/schemas/Error"})},
        },
    }
    if parameters:
        operation["parameters"] = parameters
    if call.takes is not None:
        operation["requestBody"] = {"required": True, **_content(schemas[str(call.takes)])}
    return operation


def _webhook(text: str) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string"},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object"},
        },
    }
    headers = [
        {"name": f"webhook-{name}", "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("id", "timestamp", "signature")
    ]
    responses = {"2XX": {"description": "Heard"}}
    return {"post": {"summary": text, "parameters": headers, "requestBody": _content(body), "responses": responses}}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}
