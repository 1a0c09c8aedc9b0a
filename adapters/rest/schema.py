"""The JSON Schema of profiles, made from their types, with the texts that stand beside each entry there.

Editors show it while one writes (a profile's first line names it: ``#:schema …/profile.schema.json``, as taplo and
Even Better TOML read it). After a change of the types: ``python -m adapters.rest.schema``.
"""

import ast
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from adapters.rest import profile, profile_parts, profile_services

FILE = Path(__file__).parents[2] / "resources" / "contract" / "profile.schema.json"

_HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Profile of a POS for Sinqro Companion",
    "description": "How a restaurant's POS is spoken to. The variables of each expression, and the functions: "
    "resources/help/integrators.md.",
}


def profile_schema() -> dict[str, Any]:
    """The schema; needs the sources, as it takes the descriptions from them."""
    schema = msgspec.json.schema(profile.Profile)
    texts: dict[str, dict[str, str]] = {}
    for module in (profile_parts, profile_services, profile):
        texts |= _texts(module, texts)
    definitions = schema["$defs"]
    for name, definition in definitions.items():
        if "description" in definition:
            definition["description"] = _plain(definition["description"])
        for field, entry in definition.get("properties", {}).items():
            described = texts.get(name, {}).get(field) or (definition["description"] if field == "kind" else "")
            definition["properties"][field] = _described(_without_null(entry), described)
    top = definitions.pop("Profile")
    # names of entries that are one of several words: msgspec does not write them down
    top["properties"]["without"]["propertyNames"] = {"$ref": "#/$defs/Capability"}
    definitions["StatusMap"]["properties"]["write"]["propertyNames"] = {"$ref": "#/$defs/Status"}
    top.pop("title", None)
    top.pop("description", None)
    return {**_HEAD, **top, "$defs": dict(sorted(definitions.items()))}


def _without_null(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as TOML can have it: there is no null in TOML, and what is not written needs no default of a table."""
    entry = {name: value for name, value in entry.items() if name != "default" or value not in (None, {}, [])}
    if isinstance(entry.get("default"), dict):
        del entry["default"]
    choices = [choice for choice in entry.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del entry["anyOf"]
        return {**choices[0], **entry}
    return {**entry, "anyOf": choices} if choices else entry


def _described(entry: dict[str, Any], text: str) -> dict[str, Any]:
    """An entry with its text; what stands beside a reference older readers of schemas don't see."""
    if "$ref" in entry:
        rest = {name: value for name, value in entry.items() if name != "$ref"}
        return {"description": text, "allOf": [{"$ref": entry["$ref"]}], **rest}
    return {"description": text, **entry}


def _texts(module: ModuleType, known: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The text below each field of each class, its bases' fields among them."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        fields: dict[str, str] = {}
        for base in node.bases:
            if isinstance(base, ast.Name):
                fields |= found.get(base.id) or known.get(base.id) or {}
        for field, after in zip(node.body, node.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                text = _docstring(after)
                if text:
                    fields[field.target.id] = _plain(text)
        found[node.name] = fields
    return found


def _docstring(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _plain(text: str) -> str:
    """Without line breaks and the marks of Sphinx."""
    return re.sub(r":\w+:`~?([^`]*)`", r"\1", " ".join(text.split())).replace("``", "`")


def text() -> str:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(profile_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
