"""CEL's functions of texts, and those of its ``strings`` and ``lists`` extensions that we have, within a budget.

What makes a text pays for it. Regular expressions go to the C++ runtime, whose engine (RE2) takes linear time; text,
pattern and repetitions are limited, as it holds the interpreter until it is through.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from adapters.rest.cel_values import CHARACTERS, TEXT_LIMIT, Exhausted, Fault, Frame, kind

Function = Callable[..., Any]
"""``function(frame, at, *arguments)``; of members the target comes first."""

PATTERN_LIMIT = 200
"""Longest regular expression."""

MATCH_LIMIT = 1_000
"""Longest text that one is looked for in. RE2 is linear, but holds the interpreter until it is through: 25 ms at most
with these limits, measured."""

REPEAT_LIMIT = 400
"""How often the parts of a regular expression may be repeated: RE2 writes each repetition out."""

_REPEATED = re.compile(r"(\))?\{(\d{0,9})(?:,(\d{0,9}))?\}")


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


TEXTS: Mapping[str, Function] = {
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
"""By CEL's name."""
