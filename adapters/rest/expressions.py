"""Expressions of a profile: compiled once with the names they may use, evaluated within limits.

::

    engine = Engine(Formats(numbers=…, times=…, text=…, zone=…))
    body = engine.compile('{"id": order.reference}', frozenset({"order"}))     faults: ExpressionFaults, with places
    body.evaluate({"order": {…}})                                              faults: ExpressionError

``cel-expr-python`` parses and type-checks; :mod:`adapters.rest.cel_run` evaluates and says why it is not the same one.
What comes out is plain JSON, at most :data:`MOST_VALUES` values and :data:`MOST_CHARACTERS` of text. An evaluation has
a budget of steps. One that is not through after the first few milliseconds goes on in a thread (:meth:`Compiled.run`),
so that the link, the alarms and the other orders never wait for a profile.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from adapters.rest.cel_check import Checker, ExpressionFault, ExpressionFaults
from adapters.rest.cel_operators import OPERATORS
from adapters.rest.cel_run import program, weight
from adapters.rest.cel_store import CheckedTrees
from adapters.rest.cel_texts import Function
from adapters.rest.cel_tree import Ident, Node, TreeError, children
from adapters.rest.cel_values import Exhausted, Fault, Frame, Optional, kind
from adapters.rest.functions import DECLARED, Declared, Formats, Functions
from app.domain.errors import ProfileError

STEPS = 1_000_000
"""Budget of one evaluation: half a second at most, in a thread. An order of 100 lines with options takes 8,000."""

STEPS_AT_ONCE = 10_000
"""What may be done within the event loop: some 5 ms."""

MOST_VALUES = 200_000
"""Values in one result: texts, numbers, lists, maps."""

MOST_CHARACTERS = 16 * 1024 * 1024
"""Characters of text in one result."""

DEEPEST = 64
"""Levels of lists and maps in one result."""

SOURCE_LIMIT = 20_000
"""Longest expression."""


EVERYWHERE = ("options", "point", "words")
"""Variables that a profile's own functions see too."""

RESERVED = frozenset(OPERATORS) | {"has", "type", "bool", "bytes", "uint", "timestamp", "duration", "true", "in"}
"""Names that CEL has taken."""


class ExpressionError(ProfileError):
    """An expression that gave an error: the answer was not what the profile expects, or a limit was passed."""

    code = "POS_PROFILE_EXPRESSION"


class Compiled:
    """One expression, ready to be evaluated any number of times, by any thread."""

    def __init__(self, source: str, tree: Node, functions: Mapping[str, Function], type_name: str) -> None:
        self.source = source
        self.tree = tree
        self.type_name = type_name
        """CEL's name of the result's type: ``BOOL``, ``STRING``, ``LIST<DYN>``, ``DYN`` …"""
        self.uses = frozenset(_names(tree))
        """Names of the variables it reads (macros' own among them)."""
        self._run = program(tree, functions)

    def evaluate(self, values: Mapping[str, Any], memo: dict[Any, Any] | None = None, *, steps: int = STEPS) -> Any:
        """The result as plain JSON. ``memo``: one for evaluations on the same answer, it holds ``lookup``'s indexes.

        Raises :class:`ExpressionError`.
        """
        try:
            return self._evaluate(values, memo, steps)
        except Fault as exc:
            raise self._error(exc) from exc

    async def run(self, values: Mapping[str, Any], memo: dict[Any, Any] | None = None) -> Any:
        """As :meth:`evaluate`, for use in the event loop: what takes long is begun anew in a thread.

        Expressions change nothing, so a second start is no harm.
        """
        try:
            return self._evaluate(values, memo, STEPS_AT_ONCE)
        except Exhausted:
            return await asyncio.to_thread(self.evaluate, values, memo)
        except Fault as exc:
            raise self._error(exc) from exc

    def _evaluate(self, values: Mapping[str, Any], memo: dict[Any, Any] | None, steps: int) -> Any:
        frame = Frame(values, {} if memo is None else memo, steps)
        try:
            result = self._run(frame)
        except RecursionError as exc:  # two answers of a thousand levels, compared
            raise Exhausted("this is nested too deeply", 0) from exc
        if isinstance(result, Optional):
            result = result.value if result.has else None
        if isinstance(result, list | dict):
            _check_size(result)
        return result

    def as_function(self, name: str) -> Function:
        """This expression as a function of ``it``, for others."""
        run, cost = self._run, weight(self.tree)

        def call(frame: Frame, at: int, it: Any) -> Any:
            frame.pay(cost, at)
            outer = frame.values
            frame.values = {"it": it, **{each: outer[each] for each in EVERYWHERE if each in outer}}
            try:
                return run(frame)
            except Fault as exc:
                line, column = place(self.source, exc.at)
                raise type(exc)(f"{exc.message}, in {name}, line {line}, column {column}", at) from exc
            finally:
                frame.values = outer

        return call

    def _error(self, fault: Fault) -> ExpressionError:
        line, column = place(self.source, fault.at)
        where = f"line {line}, column {column}" if "\n" in self.source else f"column {column}"
        return ExpressionError(f"{fault.message} ({where} of: {_short(self.source, fault.at)})")


class Template:
    """A text with expressions in braces. ``sole``: it is nothing but one expression."""

    def __init__(self, parts: tuple[str | Compiled, ...], at: tuple[int, ...] = ()) -> None:
        self.parts = parts
        self._at = at
        self.sole = len(parts) == 1 and isinstance(parts[0], Compiled)
        self.uses = frozenset[str]().union(*(part.uses for part in parts if isinstance(part, Compiled)))

    def places(self) -> Iterator[tuple[int, Compiled]]:
        """Its expressions, and where they stand in the template."""
        return ((at, part) for at, part in zip(self._at, self.parts, strict=True) if isinstance(part, Compiled))

    def render(
        self, values: Mapping[str, Any], *, quote: Callable[[str], str] = str, memo: dict[Any, Any] | None = None
    ) -> str | None:
        """The text, each value through ``quote``; ``None`` where the template is one expression that gave null.

        Raises :class:`ExpressionError`.
        """
        shown = []
        for part in self.parts:
            if isinstance(part, str):
                shown.append(part)
                continue
            value = part.evaluate(values, memo)
            if value is None and self.sole:
                return None
            shown.append(quote(_as_text(value, part)))
        return "".join(shown)


class Engine:
    """Compiles the expressions of one profile, for one selling point. ``trees``: what was checked at other starts."""

    def __init__(self, formats: Formats | None = None, trees: CheckedTrees | None = None) -> None:
        self._trees = trees or CheckedTrees()
        given = Functions(formats or Formats()).table()
        declared = {each.name: each for each in DECLARED}
        self._functions = {name: _checked(declared[name], function) for name, function in given.items()}
        self._own: list[str] = []
        self._checkers: dict[frozenset[str], Checker] = {}

    def define(self, name: str, source: str) -> Compiled:
        """A function of the profile's own, of one argument, ``it``, for what is compiled from now on.

        It sees ``options``, ``point`` and ``words`` besides. Raises :class:`ExpressionFaults`.
        """
        if name in self._functions or name in RESERVED:
            raise ExpressionFaults([ExpressionFault(0, f"{name} is a function already", "Choose another name.")])
        compiled = self.compile(source, {"it", *EVERYWHERE})
        self._functions = {**self._functions, name: compiled.as_function(name)}
        self._own.append(name)
        self._checkers.clear()
        return compiled

    def compile(self, source: str, variables: Collection[str]) -> Compiled:
        """Raises :class:`ExpressionFaults`."""
        if len(source) > SOURCE_LIMIT:
            raise ExpressionFaults([ExpressionFault(0, f"longer than {SOURCE_LIMIT} characters")])
        names = frozenset(variables)
        checker = self._checkers.get(names)
        if checker is None:
            checker = self._checkers[names] = Checker(names, self._own, self._trees)
        tree, type_name = checker.check(source)
        try:
            return Compiled(source, tree, self._functions, type_name)
        except TreeError as exc:
            hint = "Times are texts here: use time(…), posTime(…) and later(…)." if _is_time(str(exc)) else ""
            raise ExpressionFaults([ExpressionFault(exc.at, str(exc), hint)]) from exc

    def template(self, source: str, variables: Collection[str]) -> Template:
        """Raises :class:`ExpressionFaults`, with places in the template."""
        parts: list[str | Compiled] = []
        places: list[int] = []
        faults: list[ExpressionFault] = []
        for at, text, is_expression in split_template(source):
            places.append(at)
            if not is_expression:
                parts.append(text)
                continue
            try:
                parts.append(self.compile(text, variables))
            except ExpressionFaults as exc:
                faults += [fault._replace(at=at + fault.at) for fault in exc.faults]
        if faults:
            raise ExpressionFaults(faults)
        return Template(tuple(parts), tuple(places))


_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def split_template(source: str) -> list[tuple[int, str, bool]]:
    """The parts of a template: place, text, whether it is an expression. Raises :class:`ExpressionFaults`."""
    parts: list[tuple[int, str, bool]] = []
    literal, end = "", 0
    for found in _PLACEHOLDER.finditer(source):
        literal += source[end : found.start()]
        end = found.end()
        if found[0] in ("{{", "}}"):
            literal += found[0][0]
        elif found[1] is None:
            raise ExpressionFaults(
                [ExpressionFault(found.start(), f"a lone {found[0]}", "Braces stand in pairs; write {{ for a brace.")]
            )
        elif not found[1].strip():
            raise ExpressionFaults([ExpressionFault(found.start(), "nothing between the braces")])
        else:
            if literal:
                parts.append((found.start(), literal, False))
            parts.append((found.start() + 1, found[1], True))
            literal = ""
    literal += source[end:]
    if literal or not parts:
        parts.append((end, literal, False))
    return parts


def place(source: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    before = source[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


# ---------------------------------------------------------------- limits


_KINDS = {"text": str, "int": int, "list": list}


def _checked(declared: Declared, function: Function) -> Function:
    """The function with its arguments' kinds checked: what was of any type when compiled shows its own only now."""
    wanted = [
        next((row[position] for row in declared.overloads if len(row) > position), "dyn")
        for position in range(max(map(len, declared.overloads)))
    ]
    typed = [(position, name, _KINDS[name]) for position, name in enumerate(wanted) if name != "dyn"]
    if not typed:
        return function

    def run(frame: Frame, at: int, *arguments: Any) -> Any:
        for position, name, types in typed:
            if position < len(arguments):
                value = arguments[position]
                if not isinstance(value, types) or isinstance(value, bool):
                    word = {"text": "a text", "int": "a whole number", "list": "a list"}[name]
                    raise Fault(f"{declared.name} wants {word} here, not {kind(value)}", at)
        return function(frame, at, *arguments)

    return run


def _is_time(message: str) -> bool:
    return any(word in message for word in ("timestamp", "duration", ".get"))


def _check_size(result: Any) -> None:
    """Refuse a result that is too large to be sent or kept; lists may hold the same value many times over."""
    values = characters = 0
    level: list[Any] = [result]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                characters += sum(map(len, filter(lambda key: isinstance(key, str), value)))
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                characters += len(value)
            elif isinstance(value, Optional):
                raise Fault("the result holds a value that may be missing: end it with .orValue(…), or write ?", 0)
            if len(below) > MOST_VALUES:
                break
        values += len(below)
        if values > MOST_VALUES or characters > MOST_CHARACTERS:
            raise Exhausted(f"the result has more than {MOST_VALUES} values or {MOST_CHARACTERS} characters", 0)
        if not below:
            return
        level = below
    raise Exhausted(f"the result is nested more than {DEEPEST} levels deep", 0)


def _names(node: Node) -> set[str]:
    found = {node.name} if isinstance(node, Ident) else set()
    for child in children(node):
        found |= _names(child)
    return found


def _as_text(value: Any, part: Compiled) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if value is None:
        return ""
    raise ExpressionError(f"{kind(value)} cannot stand in a text: {{{_short(part.source, 0)}}}")


def _short(source: str, at: int) -> str:
    """The line of the place, shortened."""
    line = source[source.rfind("\n", 0, at) + 1 :].partition("\n")[0].strip()
    return line if len(line) <= 80 else line[:79] + "…"
