"""Which variables an expression sees, by where it stands, and which fields they have.

One table for both sides: what is checked when a profile is loaded, and what the adapter hands over when it runs.
:mod:`adapters.rest.profile` says what each of them means.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.rest.cel_check import ExpressionFault, similar
from adapters.rest.cel_tree import Call, Const, Ident, Let, Loop, Node, Select, children
from adapters.rest.expressions import EVERYWHERE

Shape = Mapping[str, Any] | list[Any] | None
"""What is known of a value: a map's fields, ``[shape]`` of a list's entries, ``None``: anything."""

COMMON = frozenset(EVERYWHERE)
"""Known in all services."""

ANSWER = frozenset({"answer", "code", "headers"})
"""What an answer brings."""

ITEM = frozenset({"item", "position"})
"""What ``result`` sees besides, where the call has ``items``."""

SECRETS = frozenset({"options", "secrets"})
"""What the login call and the connection's headers see."""

WEBHOOK = frozenset({"body", "headers", "options", "words"})
"""What a webhook's expressions see."""

VARIABLES: Mapping[str, frozenset[str]] = {
    "create_order": frozenset({"request", "order", "lines", "payments"}),
    "update_order": frozenset({"id", "request", "order", "lines", "payments"}),
    "find_order": frozenset({"reference", "request"}),
    "read_order": frozenset({"id"}),
    "read_status": frozenset({"id"}),
    "change_status": frozenset({"id", "status", "target", "reason", "minutes"}),
    "changes": frozenset({"cursor"}),
    "read_catalog": frozenset(),
    "read_availability": frozenset(),
    "set_availability": frozenset({"online", "until", "reason"}),
    "read_schedule": frozenset(),
    "read_tables": frozenset(),
    "health": frozenset(),
}
"""What each service brings."""


def _any(names: str) -> dict[str, Shape]:
    return dict.fromkeys(names.split())


_LINES: Shape = [
    {
        **_any("product name label type quantity price basePrice total net vat tax notes"),
        "options": [_any("option name quantity price notes")],
    }
]

_PAYMENTS: Shape = [_any("method amount prepaid")]

SHAPES: Mapping[str, Shape] = {
    "point": _any("id name timezone"),
    "request": _any("reference print status hold preparationMinutes"),
    "order": {
        **_any(
            "reference id type status code channel currency total discount comment notes prepaid diners executionAt"
        ),
        **_any("preparationMinutes hold print sinqro"),
        "customer": _any("name firstName lastName phone email"),
        "address": _any("text street details city province postalCode latitude longitude"),
        "table": _any("code name zone zoneName"),
        "lines": _LINES,
        "payments": _PAYMENTS,
    },
    "lines": _LINES,
    "payments": _PAYMENTS,
}
"""What is known of our own variables; ``options``, ``secrets`` and ``steps`` depend on the profile."""


def unknown_fields(tree: Node, shapes: Mapping[str, Shape]) -> tuple[list[ExpressionFault], set[tuple[str, str]]]:
    """Fields of our own variables that they do not have; and which of ``options`` and ``secrets`` are named."""
    faults: list[ExpressionFault] = []
    _shape(tree, shapes, faults)
    used = {
        (node.operand.name, node.field)
        for node in _nodes(tree)
        if isinstance(node, Select) and isinstance(node.operand, Ident) and node.operand.name in ("options", "secrets")
    }
    return faults, used


def _shape(node: Node, known: Mapping[str, Shape], faults: list[ExpressionFault]) -> Shape:
    """What is known of a node's value; what is wrong below it goes into ``faults``."""
    match node:
        case Ident(name=name):
            return known.get(name)
        case Select(at=at, operand=operand, field=field):
            return _field(_shape(operand, known, faults), field, at, faults)
        case Call(at=at, function="_?._", args=(operand, Const(value=str() as field))):
            return _field(_shape(operand, known, faults), field, at, faults)
        case Call(at=at, function="_[_]" | "_[?_]", args=(operand, key)):
            over = _shape(operand, known, faults)
            _shape(key, known, faults)
            if isinstance(over, list):
                return _first(over)
            named = isinstance(key, Const) and isinstance(key.value, str)
            return _field(over, str(key.value), at, faults) if named and isinstance(key, Const) else None
        case Call(function="orValue" | "value", target=target) if target is not None:
            for arg in node.args:
                _shape(arg, known, faults)
            return _shape(target, known, faults)
        case Let(name=name, value=value, body=body):
            return _shape(body, {**known, name: _shape(value, known, faults)}, faults)
        case Loop(kind=kind, name=name, range=over, condition=condition, body=body):
            entries = _shape(over, known, faults)
            inner = {**known, name: _first(entries) if isinstance(entries, list) else None}
            if condition is not None:
                _shape(condition, inner, faults)
            made = _shape(body, inner, faults)
            return [made] if kind == "map" else None
    for child in children(node):
        _shape(child, known, faults)
    return None


def _first(shapes: list[Any]) -> Shape:
    first: Shape = shapes[0]
    return first


def _field(shape: Shape, field: str, at: int, faults: list[ExpressionFault]) -> Shape:
    if isinstance(shape, list):
        faults.append(ExpressionFault(at, f"there is no {field}: this is a list", "Go over it with .map(…)."))
        return None
    if shape is None:
        return None
    if field not in shape:
        faults.append(ExpressionFault(at, f"there is no {field} here", similar(field, shape)))
        return None
    found: Shape = shape[field]
    return found


def shape_of(node: Node, shapes: Mapping[str, Shape]) -> Shape:
    """What is known of the value of an expression."""
    return _shape(node, shapes, [])


def calls_in(tree: Node) -> Iterator[Call]:
    """Every call in the tree."""
    return (node for node in _nodes(tree) if isinstance(node, Call))


def _nodes(tree: Node) -> Iterator[Node]:
    yield tree
    for child in children(tree):
        yield from _nodes(child)
