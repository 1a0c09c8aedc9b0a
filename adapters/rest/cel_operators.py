"""CEL's operators, conversions and optional values, within a budget.

Each is ``function(frame, at, *arguments)``; of members the target comes first.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from adapters.rest.cel_texts import TEXTS, Function
from adapters.rest.cel_values import (
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

_INT = 1 << 63
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


OPERATORS: Mapping[str, Function] = {
    **TEXTS,
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
}
"""By CEL's name."""
