"""The tree of a checked CEL expression, as small typed nodes.

``cel-expr-python`` parses and type-checks, and gives the result out as a serialized ``cel.expr.CheckedExpr``
(https://github.com/google/cel-spec, proto/cel/expr). This module reads that message: the few kinds of fields it has,
without a library for protocol buffers. The macros arrive spelled out as folds; they are put back into what they were
(map, filter, all, exists, exists_one, bind), which is simpler to evaluate and to bound.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


class TreeError(Exception):
    """A form of expression that is not known here; ``at`` is its place in the text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Const:
    """A literal."""

    at: int
    """Where it stands in the text, in characters; so for all nodes."""
    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Ident:
    """A variable."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """``operand.field``; ``test``: ``has(operand.field)``."""

    at: int
    operand: "Node"
    field: str
    test: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator; ``target`` is what stands before the dot of a member function."""

    at: int
    function: str
    target: "Node | None"
    args: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Items:
    """``[a, ?b]``; ``optional`` has the positions with a question mark."""

    at: int
    items: "tuple[Node, ...]"
    optional: frozenset[int]


@dataclass(frozen=True, slots=True)
class Entries:
    """``{key: value, ?key: value}``, each with whether it is optional."""

    at: int
    entries: "tuple[tuple[Node, Node, bool], ...]"


@dataclass(frozen=True, slots=True)
class Let:
    """``value`` under a name within ``body`` (``optMap``, ``cel.bind``)."""

    at: int
    name: str
    value: "Node"
    body: "Node"


@dataclass(frozen=True, slots=True)
class Loop:
    """A macro over a list (or a map's keys). ``condition`` is of ``map`` and ``filter``, ``body`` of all."""

    at: int
    kind: Literal["map", "all", "exists", "exists_one"]
    name: str
    range: "Node"
    condition: "Node | None"
    body: "Node"


Node = Const | Ident | Select | Call | Items | Entries | Let | Loop

Fields = dict[int, list[int | bytes]]


def tree_of(serialized: bytes) -> Node:
    """The tree of what ``Expression.serialize()`` gave. Raises :class:`TreeError` for forms that are not ours."""
    checked = _fields(_bytes(_fields(serialized), 2))
    places: dict[int, int] = {}
    for entry in _fields(_bytes(checked, 5)).get(4, []):
        pair = _fields(entry)
        places[_int(pair, 1)] = _int(pair, 2)
    return _Reader(places).node(_bytes(checked, 4))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    match node:
        case Select():
            yield node.operand
        case Call():
            if node.target is not None:
                yield node.target
            yield from node.args
        case Items():
            yield from node.items
        case Entries():
            for key, value, _ in node.entries:
                yield key
                yield value
        case Let():
            yield node.value
            yield node.body
        case Loop():
            yield node.range
            if node.condition is not None:
                yield node.condition
            yield node.body


class _Reader:
    def __init__(self, places: dict[int, int]) -> None:
        self._places = places

    def node(self, data: bytes) -> Node:
        fields = _fields(data)
        at = self._places.get(_int(fields, 2), 0)
        if 3 in fields:
            return Const(at, _constant(_fields(_bytes(fields, 3)), at))
        if 4 in fields:
            return Ident(at, _text(_fields(_bytes(fields, 4)), 1))
        if 5 in fields:
            select = _fields(_bytes(fields, 5))
            return Select(at, self.node(_bytes(select, 1)), _text(select, 2), bool(_int(select, 3)))
        if 6 in fields:
            call = _fields(_bytes(fields, 6))
            target = self.node(_bytes(call, 1)) if 1 in call else None
            return Call(at, _text(call, 2), target, tuple(self.node(_as_bytes(arg)) for arg in call.get(3, [])))
        if 7 in fields:
            items = _fields(_bytes(fields, 7))
            nodes = tuple(self.node(_as_bytes(item)) for item in items.get(1, []))
            return Items(at, nodes, frozenset(_indices(items.get(2, []))))
        if 8 in fields:
            return self._entries(at, _fields(_bytes(fields, 8)))
        if 9 in fields:
            return self._fold(at, _fields(_bytes(fields, 9)))
        raise TreeError("this form of expression is not known here", at)

    def _entries(self, at: int, fields: Fields) -> Entries:
        if 1 in fields:
            raise TreeError("messages are not known here, only maps", at)
        entries = []
        for entry in fields.get(2, []):
            parts = _fields(entry)
            value = self.node(_bytes(parts, 4))
            entries.append((self.node(_bytes(parts, 3)), value, bool(_int(parts, 5))))
        return Entries(at, tuple(entries))

    def _fold(self, at: int, fields: Fields) -> Node:
        """What macro a fold stands for, by its shape (cel-spec, macros)."""
        name, collected = _text(fields, 1), _text(fields, 3)
        over, start = self.node(_bytes(fields, 2)), self.node(_bytes(fields, 4))
        step = self.node(_bytes(fields, 6))
        if isinstance(over, Items) and not over.items:
            return Let(at, collected, start, self.node(_bytes(fields, 7)))
        condition = None
        match step:
            case Call(function="_&&_", args=(Ident(), body)) if start == Const(start.at, True):
                return Loop(at, "all", name, over, None, body)
            case Call(function="_||_", args=(Ident(), body)) if start == Const(start.at, False):
                return Loop(at, "exists", name, over, None, body)
            case Call(function="_?_:_", args=(body, Call(function="_+_", args=(Ident(), Const())), Ident())):
                return Loop(at, "exists_one", name, over, None, body)
            case Call(function="_?_:_", args=(found, added, Ident())):
                condition, step = found, added
        match step:
            case Call(function="_+_", args=(Ident(name=into), Items(items=(body,)))) if into == collected:
                return Loop(at, "map", name, over, condition, body)
        raise TreeError("this macro is not known here", at)


# ---------------------------------------------------------------- protocol buffers' wire format


def _fields(data: int | bytes) -> Fields:
    """The fields of a message by number; nested messages and texts as bytes, packed or not as they come."""
    data = _as_bytes(data)
    found: Fields = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value: int | bytes
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 1:
            value, at = data[at : at + 8], at + 8
        elif kind == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise TreeError(f"wire type {kind} is not known here", 0)
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _as_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise TreeError("a message was expected", 0)
    return value


def _bytes(fields: Fields, number: int) -> bytes:
    return _as_bytes(fields[number][-1]) if number in fields else b""


def _text(fields: Fields, number: int) -> str:
    return _bytes(fields, number).decode()


def _int(fields: Fields, number: int) -> int:
    value = fields.get(number, [0])[-1]
    if isinstance(value, bytes):
        raise TreeError("a number was expected", 0)
    return value


def _indices(values: list[int | bytes]) -> Iterator[int]:
    for value in values:
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            index, at = _varint(value, at)
            yield index


def _constant(fields: Fields, at: int) -> bool | int | float | str | None:
    if 1 in fields:
        return None
    if 2 in fields:
        return bool(_int(fields, 2))
    if 3 in fields:
        value = _int(fields, 3)
        return value - (1 << 64) if value >= 1 << 63 else value
    if 4 in fields:
        return _int(fields, 4)
    if 5 in fields:
        (number,) = struct.unpack("<d", _bytes(fields, 5))
        return float(number)
    if 6 in fields:
        return _text(fields, 6)
    raise TreeError("a literal of this kind is not known here (texts, numbers, true, false and null are)", at)
