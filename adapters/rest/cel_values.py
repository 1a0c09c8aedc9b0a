"""What a CEL evaluation works with: its values, its budget, its faults.

Values are plain JSON ones (texts, whole numbers, floats, true and false, null, lists, maps), and :class:`Optional`.
"""

from collections.abc import Mapping
from typing import Any

CHARACTERS = 64
"""Characters of new text that cost a step: no evaluation makes more than 64 MB."""

TEXT_LIMIT = 1_000_000
"""Longest text that may arise within an expression."""


class Fault(Exception):
    """An evaluation that gives an error, in CEL's sense; ``at`` is its place in the text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Exhausted(Fault):
    """The budget is used up; unlike other faults, nothing absorbs this one."""


class Optional:
    """A value that may be missing (``a.?b``)."""

    __slots__ = ("has", "value")

    def __init__(self, value: Any = None, *, has: bool = True) -> None:
        self.has = has
        self.value = value


class Frame:
    """One evaluation: its variables, what is left of its budget, and a memory for functions' indexes."""

    __slots__ = ("left", "memo", "values")

    def __init__(self, values: Mapping[str, Any], memo: dict[Any, Any], left: int) -> None:
        self.values = dict(values)
        self.memo = memo
        self.left = left

    def pay(self, steps: int, at: int) -> None:
        """Take steps from the budget."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted("this takes too long: it works through more than an expression may", at)

    def made(self, text: str, at: int) -> str:
        """A text that arose, paid for."""
        if len(text) > TEXT_LIMIT:
            raise Exhausted(f"this makes a text of {len(text)} characters, more than {TEXT_LIMIT}", at)
        self.pay(1 + len(text) // CHARACTERS, at)
        return text


class Missing(Fault):
    """There is no such field or entry."""


NONE = Optional(has=False)


def kind(value: Any) -> str:
    """What a value is, in plain words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for types, name in (((int, float), "a number"), (str, "a text"), (list, "a list"), (dict, "a map")):
        if isinstance(value, types):
            return name
    return "a value that may be missing (end it with .orValue(…))"


def truth(value: Any, at: int) -> bool:
    """A condition's value."""
    if value is True or value is False:
        return bool(value)
    raise Fault(f"a condition is true or false, not {kind(value)}", at)


def indexed(value: Any, key: Any, at: int) -> Any:
    """``value[key]``; of a value that may be missing: one that may be missing."""
    if isinstance(value, dict):
        if has_key(value, key, at):
            return value[key]
        raise Missing(f"there is no {key!r} here", at)
    if isinstance(value, list):
        if isinstance(key, float) and key.is_integer():
            key = int(key)
        if isinstance(key, bool) or not isinstance(key, int):
            raise Fault(f"an entry of a list is named by a whole number, not {kind(key)}", at)
        if 0 <= key < len(value):
            return value[key]
        raise Missing(f"the list has {len(value)} entries, none at {key}", at)
    if isinstance(value, Optional):
        return _within(value, key, at)
    raise Fault(f"this is {kind(value)}: it has no entries", at)


def has_key(value: dict[Any, Any], key: Any, at: int) -> bool:
    """Whether a map has a key; maps of ours have texts and whole numbers as keys."""
    if not isinstance(key, str | int | float):
        raise Fault(f"a map's key is a text or a whole number, not {kind(key)}", at)
    return not isinstance(key, bool) and key in value


def no_field(value: Any, field: str, at: int) -> Optional:
    """Why ``value.field`` is not to be had; of a value that may be missing: what is there."""
    if isinstance(value, Optional):
        return _within(value, field, at)
    if isinstance(value, dict):
        raise Missing(f"there is no {field} here (write .?{field} where it may be missing)", at)
    hint = f" (write .?{field} where it may be missing)" if value is None else ""
    raise Fault(f"there is no {field}: this is {kind(value)}{hint}", at)


def has_field(value: Any, field: str, at: int) -> bool:
    """``has(value.field)``."""
    if isinstance(value, Optional):
        return _within(value, field, at).has
    if isinstance(value, dict):
        return field in value
    raise Fault(f"there is no {field}: this is {kind(value)}", at)


def _within(value: Optional, key: Any, at: int) -> Optional:
    if not value.has or value.value is None:
        return NONE
    try:
        return Optional(indexed(value.value, key, at))
    except Missing:
        return NONE


def equal(left: Any, right: Any, frame: Frame, at: int) -> bool:
    """CEL's equality: numbers of both kinds compare, different kinds of values are not equal, maps and lists by value.

    Python alone has ``True == 1``.
    """
    if isinstance(left, list | dict) and type(left) is type(right):
        frame.pay(1 + len(left), at)
        if len(left) != len(right):
            return False
        if isinstance(left, list):
            return all(equal(a, b, frame, at) for a, b in zip(left, right, strict=True))
        return all(key in right and equal(value, right[key], frame, at) for key, value in left.items())
    if isinstance(left, Optional) and isinstance(right, Optional):
        return left.has is right.has and equal(left.value, right.value, frame, at)
    if isinstance(left, str) and isinstance(right, str):
        frame.left -= len(left) >> 10
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)
