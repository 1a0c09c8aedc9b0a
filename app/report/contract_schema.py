"""JSON Schemas (2020-12) of the contract's types, with the texts that stand beside each field in their sources.

msgspec makes the schemas; what it cannot know is added here: that amounts are JSON numbers, that an order's own text is
an :class:`~app.domain.order.Order`, and the descriptions. Needs the sources: it is run in the repository only.
"""

import ast
import inspect
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

import msgspec

from app.domain import availability, catalog, catalog_changes, order, order_parts, status
from app.domain.catalog import CatalogEntity
from app.domain.order import Order
from app.link import messages, notices, questions, results

_MODULES = (order_parts, order, status, availability, catalog, catalog_changes, messages, results, questions, notices)

_FORMS: dict[tuple[str, str], tuple[type, ...]] = {
    ("OrderCreate", "order"): (Order,),
    ("OrderUpdate", "order"): (Order,),
    ("CatalogEntityView", "entity"): get_args(CatalogEntity),
}
"""Fields that are kept raw, or of one type among several: what stands in them."""


def schemas(types: Iterable[type[msgspec.Struct]], ref: str) -> dict[str, Any]:
    """The schemas of these types and all they name, by name; ``ref`` is the template of references: ``…{name}``."""
    wanted = list(types)
    names = {form.__name__ for form in wanted}
    wanted += [form for (name, _), forms in _FORMS.items() if name in names for form in forms]
    _, found = msgspec.json.schema_components(wanted, ref_template=ref)
    classes = {name: each for module in _MODULES for name, each in vars(module).items() if inspect.isclass(each)}
    for name, schema in found.items():
        schema.pop("title", None)
        if "description" in schema:
            schema["description"] = _plain(schema["description"])
        texts = field_texts(classes[name]) if "properties" in schema else {}
        for field, entry in schema.get("properties", {}).items():
            if forms := _FORMS.get((name, field)):
                refs = [{"$ref": ref.format(name=form.__name__)} for form in forms]
                entry = refs[0] if len(refs) == 1 else {"anyOf": refs}  # noqa: PLW2901 - the entry as it should be
            schema["properties"][field] = {"description": texts.get(field, ""), **_as_on_the_wire(entry)}
    return {name: _nested(found[name]) for name in sorted(found)}


def field_texts(form: type) -> dict[str, str]:
    """The text below each field in the source of a type and of its bases, by the field's JSON name."""
    texts: dict[str, str] = {}
    for each in reversed(form.__mro__):
        if issubclass(each, msgspec.Struct) and each.__module__.startswith("app."):
            own = _sources(inspect.getmodule(each)).get(each.__name__, {})
            renamed = dict(zip(each.__struct_fields__, each.__struct_encode_fields__, strict=True))
            texts |= {renamed[name]: text for name, text in own.items() if name in renamed}
    return texts


@cache
def _sources(module: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            found[node.name] = {
                field.target.id: _plain(after.value.value)
                for field, after in pairs
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
                and isinstance(after.value.value, str)
            }
    return found


def _as_on_the_wire(entry: dict[str, Any]) -> dict[str, Any]:
    """Without defaults that say nothing; an amount's default is a number like it."""
    entry = dict(entry)
    if entry.get("default", ...) in (None, "", [], {}):
        del entry["default"]
    if entry.get("format") == "decimal" and "default" in entry:
        entry["default"] = msgspec.json.decode(entry["default"])
    return entry


def _nested(value: Any) -> Any:
    """Decimals cross as JSON numbers, not as msgspec's texts."""
    if isinstance(value, dict):
        if value.get("format") == "decimal":
            return {**{name: each for name, each in value.items() if name != "format"}, "type": "number"}
        return {name: _nested(each) for name, each in value.items()}
    return [_nested(each) for each in value] if isinstance(value, list) else value


def _plain(text: str) -> str:
    """Without line breaks and the marks of Sphinx."""
    return re.sub(r":\w+:`~?([^`]*)`", r"`\1`", " ".join(text.split())).replace("``", "`")
