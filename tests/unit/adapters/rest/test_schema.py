import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.rest import schema

SCHEMA = schema.profile_schema()
PROFILES = sorted(Path("resources/profiles").glob("*.toml"))


def test_the_file_is_what_the_types_say() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run: python -m adapters.rest.schema"


def test_every_entry_has_a_text() -> None:
    tables = {"": SCHEMA, **SCHEMA["$defs"]}
    silent = [
        f"{name}.{field}"
        for name, table in tables.items()
        for field, entry in table.get("properties", {}).items()
        if not entry.get("description")
    ]
    assert silent == []
    assert "``" not in msgspec.json.encode(SCHEMA).decode()


def test_every_reference_is_there() -> None:
    named = set(re.findall(r'"\$ref":"#/\$defs/(\w+)"', msgspec.json.encode(SCHEMA).decode()))
    assert named == set(SCHEMA["$defs"])


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_shipped_profiles_name_it_and_keep_to_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = re.match(r"#:schema (\S+)", text)
    assert named
    assert (file.parent / named[1]).resolve() == schema.FILE
    assert list(against(SCHEMA, tomllib.loads(text))) == []


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ({"pos": {"name": "x"}, "nombers": {}}, "$.nombers is not known"),
        ({"pos": {}}, "$.pos lacks name"),
        ({"pos": {"name": "x"}, "auth": {"kind": "basic"}}, "$.auth fits nothing"),
        ({"pos": {"name": "x"}, "numbers": {"money": "cents"}}, "$.numbers.money is not one of"),
        ({"pos": {"name": "x"}, "without": {"order_stats": "no"}}, "$.without.order_stats is not one of"),
        ({"pos": {"name": "x"}, "services": {"health": {"path": 3}}}, "$.services.health.path is no string"),
    ],
)
def test_it_refuses_what_is_wrong(raw: dict[str, Any], complaint: str) -> None:
    found = list(against(SCHEMA, raw))
    assert found
    assert found[0].startswith(complaint)


TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "integer": int, "number": int | float}


def against(schema: Any, value: Any, at: str = "$") -> Iterator[str]:
    """What a validator would say, for the words of JSON Schema that msgspec writes."""
    for part in [*schema.get("allOf", []), *([SCHEMA["$defs"][_name(schema)]] if "$ref" in schema else [])]:
        yield from against(part, value, at)
    if "anyOf" in schema and all(list(against(part, value, at)) for part in schema["anyOf"]):
        yield f"{at} fits nothing"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is not one of {schema['enum']}"
    kind = schema.get("type")
    if kind and not isinstance(value, TYPES[kind]):
        yield f"{at} is no {kind}"
    elif kind == "object":
        yield from _object(schema, value, at)
    elif kind == "array":
        for index, entry in enumerate(value):
            yield from against(schema.get("items", {}), entry, f"{at}[{index}]")


def _object(schema: Any, value: dict[str, Any], at: str) -> Iterator[str]:
    fields, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (f"{at} lacks {name}" for name in schema.get("required", []) if name not in value)
    for name, entry in value.items():
        yield from against(schema.get("propertyNames", {}), name, f"{at}.{name}")
        if name in fields:
            yield from against(fields[name], entry, f"{at}.{name}")
        elif more is False:
            yield f"{at}.{name} is not known"
        elif isinstance(more, dict):
            yield from against(more, entry, f"{at}.{name}")


def _name(schema: Any) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
