"""CEL's operators and standard functions, and those of its ``strings`` extension, within a budget.

Each is ``function(frame, at, *arguments)``; of members the target comes first. What makes a text pays for it. Regular
expressions go to the C++ runtime, whose engine (RE2) takes linear time; text and pattern are limited.
"""

import functools
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from adapters.rest.cel_values import (
    CHARACTERS,
    NONE,
    TEXT_LIMIT,
    Exhausted,
    Fault,
    Frame,
    Optional,
    equal,
    has_key,
    indexed,
    kind,
)

Function = Callable[..., Any]

PATTERN_LIMIT = 200
"""Longest regular expression."""

MATCH_LIMIT = 1_000
"""Longest text that one is looked for in. RE2 is linear, but holds the interpreter until it is through: 25 ms at most
with these limits, measured."""

REPEAT_LIMIT = 400
"""How often the parts of a regular expression may be repeated: RE2 writes each repetition out."""

_INT = 1 << 63
_REPEATED = re.compile(r"(\))?\{(\d{0,9})(?:,(\d{0,9}))?\}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?")


# ---------------------------------------------------------------- arithmetic


def _add(frame: Frame, at: int, left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > TEXT_LIMIT:
            raise Exhausted(f"this makes a text of more than {TEXT_LIMIT} characters", at)
        return frame.made(left + right, at)
    if isinstance(left, list) and isinstance(right, list):
        frame.pay(1 + len(left) + len(right), at)
        return left + right
    return _number(left, right, at, lambda a, b: a + b, "+")


def _number(left: Any, right: Any, at: int, sum_of: Callable[[Any, Any], Any], sign: str) -> Any:
    """Arithmetic on two whole numbers or two floats; CEL mixes neither kinds nor in texts."""
    if type(left) is type(right) and isinstance(left, int | float) and not isinstance(left, bool):
        result = sum_of(left, right)
        if isinstance(result, int) and not -_INT <= result < _INT:
            raise Fault("this number is too large", at)
        return result
    hint = ""
    if isinstance(left, str) != isinstance(right, str):
        hint = "; amounts are texts: use sum([a, b]), times(a, b), or number(x)"
    elif {type(left), type(right)} == {int, float}:
        hint = "; write 2.0 instead of 2, or double(x)"
    raise Fault(f"{kind(left)} {sign} {kind(right)} is not possible{hint}", at)


def _subtract(frame: Frame, at: int, left: Any, right: Any) -> Any:
    return _number(left, right, at, lambda a, b: a - b, "-")


def _multiply(frame: Frame, at: int, left: Any, right: Any) -> Any:
    return _number(left, right, at, lambda a, b: a * b, "*")


def _divide(frame: Frame, at: int, left: Any, right: Any) -> Any:
    def quotient(a: Any, b: Any) -> Any:
        if isinstance(a, float):
            return a / b if b else math.copysign(math.inf, a) if a else math.nan
        if b == 0:
            raise Fault("this divides by zero", at)
        whole = abs(a) // abs(b)  # towards zero, as in C
        return whole if (a < 0) == (b < 0) else -whole

    return _number(left, right, at, quotient, "/")


def _modulo(frame: Frame, at: int, left: Any, right: Any) -> Any:
    def remainder(a: Any, b: Any) -> Any:
        if b == 0 or isinstance(a, float):
            raise Fault("% is of whole numbers, and not by zero", at)
        return int(math.copysign(1, a)) * (abs(a) % abs(b))

    return _number(left, right, at, remainder, "%")


def _negate(frame: Frame, at: int, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault(f"- is of a number, not {kind(value)}; of an amount: times(x, -1)", at)
    return -value


# ---------------------------------------------------------------- comparison


def _comparison(test: Callable[[Any, Any], bool], sign: str) -> Function:
    def compare(frame: Frame, at: int, left: Any, right: Any) -> bool:
        numbers = all(isinstance(side, int | float) and not isinstance(side, bool) for side in (left, right))
        if numbers or (type(left) is type(right) and isinstance(left, str | bool)):
            return test(left, right)
        hint = "; amounts are texts: use number(x)" if isinstance(left, str) != isinstance(right, str) else ""
        raise Fault(f"{kind(left)} {sign} {kind(right)} cannot be compared{hint}", at)

    return compare


def _in(frame: Frame, at: int, value: Any, container: Any) -> bool:
    if isinstance(container, dict):
        return has_key(container, value, at)
    if isinstance(container, list):
        frame.pay(1 + len(container) // 8, at)
        return any(equal(value, entry, frame, at) for entry in container)
    raise Fault(f"in looks into a list or a map, not {kind(container)}", at)


def _not(frame: Frame, at: int, value: Any) -> bool:
    if value is True or value is False:
        return not value
    raise Fault(f"! is of true or false, not {kind(value)}", at)


def _index(frame: Frame, at: int, value: Any, key: Any) -> Any:
    return indexed(value, key, at)


# ---------------------------------------------------------------- conversion


def _size(frame: Frame, at: int, value: Any) -> int:
    if isinstance(value, str | list | dict):
        return len(value)
    raise Fault(f"{kind(value)} has no size", at)


def _string(frame: Frame, at: int, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int | str):
        return str(value)
    raise Fault(f"{kind(value)} is no text", at)


def _int(frame: Frame, at: int, value: Any) -> int:
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf  # NaN is not
    if not number and not (isinstance(value, str) and _WHOLE.fullmatch(value)):
        shown = repr(f"{value:.40}") if isinstance(value, str) else kind(value)
        raise Fault(f"{shown} is no whole number", at)
    whole = int(value)
    if not -_INT <= whole < _INT:
        raise Fault("this number is too large", at)
    return whole


def _double(frame: Frame, at: int, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    shown = repr(f"{value:.40}") if isinstance(value, str) else kind(value)
    raise Fault(f"{shown} is no number", at)


# ---------------------------------------------------------------- optional values


def _has_value(frame: Frame, at: int, value: Any) -> bool:
    return _maybe(value, at).has


def _value(frame: Frame, at: int, value: Any) -> Any:
    if not _maybe(value, at).has:
        raise Fault("this is missing", at)
    return value.value


def _maybe(value: Any, at: int) -> Optional:
    if isinstance(value, Optional):
        return value
    raise Fault(f"this is {kind(value)}, not a value that may be missing: .? makes one", at)


# ---------------------------------------------------------------- texts


def _text(value: Any, at: int) -> str:
    if isinstance(value, str):
        return value
    raise Fault(f"this is of a text, not of {kind(value)}", at)


def _two_texts(name: str, test: Callable[[str, str], Any]) -> Function:
    def run(frame: Frame, at: int, value: Any, part: Any) -> Any:
        frame.pay(1 + len(_text(value, at)) // CHARACTERS, at)
        return test(value, _text(part, at))

    run.__name__ = name
    return run


def _one_text(name: str, change: Callable[[str], str]) -> Function:
    def run(frame: Frame, at: int, value: Any) -> str:
        return frame.made(change(_text(value, at)), at)

    run.__name__ = name
    return run


def _lower(text: str) -> str:
    return text.translate({upper: upper + 32 for upper in range(65, 91)})


def _upper(text: str) -> str:
    return text.translate({lower: lower - 32 for lower in range(97, 123)})


def _split(frame: Frame, at: int, value: Any, separator: Any) -> list[str]:
    text, by = _text(value, at), _text(separator, at)
    frame.pay(1 + (text.count(by) if by else len(text)) + len(text) // CHARACTERS, at)
    return text.split(by) if by else list(text)


def _join(frame: Frame, at: int, value: Any, separator: Any = "") -> str:
    if not isinstance(value, list):
        raise Fault(f"join is of a list, not of {kind(value)}", at)
    by = _text(separator, at)
    length = sum(len(_text(entry, at)) for entry in value) + len(by) * len(value)
    if length > TEXT_LIMIT:
        raise Exhausted(f"this makes a text of more than {TEXT_LIMIT} characters", at)
    frame.pay(len(value), at)
    return frame.made(by.join(value), at)


def _replace(frame: Frame, at: int, value: Any, old: Any, new: Any) -> str:
    text = _text(value, at)
    length = len(text) + text.count(_text(old, at)) * (len(_text(new, at)) - len(old))
    if length > TEXT_LIMIT:
        raise Exhausted(f"this makes a text of more than {TEXT_LIMIT} characters", at)
    frame.pay(len(text) // CHARACTERS, at)
    return frame.made(text.replace(old, new), at)


def _substring(frame: Frame, at: int, value: Any, start: Any, end: Any = None) -> str:
    text = _text(value, at)
    stop = len(text) if end is None else end
    for position in (start, stop):
        if isinstance(position, bool) or not isinstance(position, int):
            raise Fault(f"a place in a text is a whole number, not {kind(position)}", at)
    if not 0 <= start <= stop <= len(text):
        raise Fault(f"the text has {len(text)} characters: {start} to {stop} is not within it", at)
    return frame.made(text[start:stop], at)


def _matches(frame: Frame, at: int, value: Any, pattern: Any) -> bool:
    text, wanted = _text(value, at), _text(pattern, at)
    if len(text) > MATCH_LIMIT:
        raise Exhausted(f"this looks into a text of {len(text)} characters, more than {MATCH_LIMIT}", at)
    repeats, fault = weighed(wanted)
    if fault:
        raise Exhausted(fault, at)
    frame.pay(20 + len(text) * (1 + repeats) // 10, at)
    found = matcher().eval(data={"text": text, "pattern": wanted}).plain_value()
    if not isinstance(found, bool):
        raise Fault(f"{wanted:.60} is no regular expression (RE2's syntax)", at)
    return found


def weighed(pattern: str) -> tuple[int, str]:
    """How often a regular expression repeats its parts, and what is too much about it, empty where nothing is."""
    if len(pattern) > PATTERN_LIMIT:
        return 0, f"a regular expression has {PATTERN_LIMIT} characters at most"
    groups, single = 1, 1
    for closed, low, high in _REPEATED.findall(pattern):
        count = max(int(low or 0), int(high or 0), 1)
        groups, single = (groups * count, single) if closed else (groups, single + count)
    repeats = groups * single
    return repeats, f"a regular expression repeats {REPEAT_LIMIT} times at most" if repeats > REPEAT_LIMIT else ""


@functools.cache
def matcher() -> Any:
    """The C++ runtime's ``matches``: RE2, linear."""
    from cel_expr_python import cel

    text = cel.Type.STRING
    return cel.NewEnv(variables={"text": text, "pattern": text}).compile("text.matches(pattern)")


def _flatten(frame: Frame, at: int, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Fault(f"flatten is of a list, not of {kind(value)}", at)
    flat: list[Any] = []
    for entry in value:
        flat += entry if isinstance(entry, list) else [entry]
    frame.pay(1 + len(flat), at)
    return flat


OPERATORS: Mapping[str, Function] = {
    "_+_": _add,
    "_-_": _subtract,
    "_*_": _multiply,
    "_/_": _divide,
    "_%_": _modulo,
    "-_": _negate,
    "!_": _not,
    "_==_": lambda frame, at, left, right: equal(left, right, frame, at),
    "_!=_": lambda frame, at, left, right: not equal(left, right, frame, at),
    "_<_": _comparison(lambda a, b: a < b, "<"),
    "_<=_": _comparison(lambda a, b: a <= b, "<="),
    "_>_": _comparison(lambda a, b: a > b, ">"),
    "_>=_": _comparison(lambda a, b: a >= b, ">="),
    "@in": _in,
    "_[_]": _index,
    "size": _size,
    "string": _string,
    "int": _int,
    "double": _double,
    "dyn": lambda frame, at, value: value,
    "hasValue": _has_value,
    "value": _value,
    "optional.of": lambda frame, at, value: Optional(value),
    "optional.none": lambda frame, at: NONE,
    "contains": _two_texts("contains", lambda text, part: part in text),
    "startsWith": _two_texts("startsWith", str.startswith),
    "endsWith": _two_texts("endsWith", str.endswith),
    "indexOf": _two_texts("indexOf", str.find),
    "matches": _matches,
    "lowerAscii": _one_text("lowerAscii", _lower),
    "upperAscii": _one_text("upperAscii", _upper),
    "trim": _one_text("trim", str.strip),
    "split": _split,
    "join": _join,
    "replace": _replace,
    "substring": _substring,
    "flatten": _flatten,
}
"""By CEL's name; ``flatten`` is of its ``lists`` extension."""
