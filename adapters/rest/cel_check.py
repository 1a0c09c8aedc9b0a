"""The type checker of ``cel-expr-python``: what it is told of our names, and what it says, in plain words.

The library is imported with the first expression: a program without such a POS does not load it.
"""

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from adapters.rest.cel_store import CheckedTrees, key_of
from adapters.rest.cel_tree import Node, TreeError, children, tree_of
from adapters.rest.functions import DECLARED, Declared

DEEPEST = 150
"""Nodes below each other in an expression: a chain of so many pluses has them."""

STANDARD = ["size", "string", "int", "double", "has"]


class ExpressionFault(NamedTuple):
    """One thing that is wrong with an expression; ``at`` is the place in its text, in characters."""

    at: int
    message: str
    hint: str = ""


class ExpressionFaults(Exception):
    """An expression that cannot be compiled."""

    def __init__(self, faults: list[ExpressionFault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def similar(name: str, known: Collection[str]) -> str:
    """A hint: the known name that is like this one, else all of them."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7) or [
        other for other in known if name and other.casefold() == name.casefold()
    ]
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known here: {', '.join(sorted(known))}." if known else ""


_DEEP = ExpressionFault(0, "nested too deeply", "Make it several steps, or join a list instead of many pluses.")


class Checker:
    """Checks expressions that may use the variables ``names``, and ``own`` functions of one argument."""

    def __init__(self, names: Collection[str], own: Collection[str] = (), trees: CheckedTrees | None = None) -> None:
        """``trees``: what was checked at an earlier start."""
        self._names = sorted(names)
        self._declared = (*DECLARED, *(Declared(name, (("dyn",),), "dyn") for name in own))
        self._trees = trees or CheckedTrees()
        self._depends = (repr(self._names), repr(self._declared))
        self._environment: Any = None

    def check(self, source: str) -> tuple[Node, str]:
        """The tree, and CEL's name of the result's type. Raises :class:`ExpressionFaults`."""
        key = key_of(source, *self._depends)
        known = self._trees.get(key)
        if known is not None:
            return known
        if self._environment is None:
            self._environment = _environment(self._names, self._declared)
        try:
            checked = self._environment.compile(source)
            serialized = checked.serialize()
            tree, type_name = tree_of(serialized), str(checked.return_type().name())
            _check_depth(tree)
            self._trees.put(key, serialized, type_name)
            return tree, type_name
        except RecursionError as exc:
            raise ExpressionFaults([_DEEP]) from exc
        except RuntimeError as exc:  # all that the library raises
            raise ExpressionFaults(self._faults(str(exc), source)) from exc
        except TreeError as exc:
            raise ExpressionFaults([ExpressionFault(exc.at, str(exc))]) from exc

    def _faults(self, said: str, source: str) -> list[ExpressionFault]:
        """The library's complaints, each with its place and, where a name is like another, a hint."""
        faults: list[ExpressionFault] = []
        for at, message in _said(said, source):
            fault = self._fault(at, message, source)
            # after the first fault of grammar the rest of the text means nothing
            if "*error*" in message:  # what follows from a fault that is told already
                continue
            if fault not in faults and not (faults and "is no CEL" in faults[0].message):
                faults.append(fault)
        return faults or [self._fault(0, said.removeprefix("INVALID_ARGUMENT: ").partition("\n")[0], source)]

    def _fault(self, at: int, message: str, source: str) -> ExpressionFault:
        if found := _UNDECLARED.fullmatch(message):
            return self._undeclared(found[1], at, source)
        if found := _NO_OVERLOAD.fullmatch(message):
            kinds = [_kind(part) for part in _parts(found[2])]
            if found[1] == "_?_:_" and len(kinds) == 3:
                message = f"one side of the ? is {kinds[1]}, the other {kinds[2]}"
                return ExpressionFault(at, message, "Where that is meant put one into dyn(…): dyn(null).")
            operator = _OPERATOR.fullmatch(found[1].replace("@in", "_in_"))
            if operator and len(kinds) == 2:
                return ExpressionFault(at, f"{kinds[0]} {operator[1]} {kinds[1]} is not possible")
            return ExpressionFault(at, f"{found[1]} cannot be used with {', '.join(kinds)}")
        if "recursion depth" in message or "recursion limit" in message:
            return _DEEP
        if _SYNTAX.match(message):
            if "<EOF>" in message.partition("expecting")[0]:
                return ExpressionFault(at, "the expression is no CEL: it ends too early")
            what = _WHAT.search(message)
            unexpected = f"{what[1].strip()!r} is not expected here" if what else message[:80]
            return ExpressionFault(at, f"the expression is no CEL: {unexpected}")
        return ExpressionFault(at, message[:200])

    def _undeclared(self, name: str, at: int, source: str) -> ExpressionFault:
        first = name.partition(".")[0]
        at = max(source.rfind(first, 0, at + len(first)), 0)
        called = source[at + len(first) :].lstrip().startswith("(")
        declared = [each for each in self._declared if each.name == first]
        if called and declared:
            forms = " or ".join(f"{first}({', '.join(row)})" for each in declared for row in each.overloads)
            return ExpressionFault(at, f"{first} is not called so", f"Write {forms}.")
        known = [each.name for each in self._declared if not each.member] + STANDARD if called else self._names
        return ExpressionFault(at, f"there is no {'function ' if called else ''}{first} here", similar(first, known))


def _environment(names: Collection[str], declared: Collection[Declared]) -> Any:
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_bindings, ext_optional

    types = {
        "dyn": cel.Type.DYN,
        "text": cel.Type.STRING,
        "int": cel.Type.INT,
        "list": cel.Type.List(cel.Type.DYN),
    }
    functions = []
    for each in declared:
        overloads = [
            cel.Overload(
                f"{each.name}_{number}",
                return_type=types[each.result],
                parameters=[types[name] for name in parameters],
                is_member=each.member,
            )
            for number, parameters in enumerate(each.overloads)
        ]
        functions.append(cel.FunctionDecl(each.name, overloads))
    return cel.NewEnv(
        variables=dict.fromkeys(names, cel.Type.DYN),
        extensions=[ext_optional.ExtOptional(), ext_bindings.ExtBindings()],
        functions=functions,
    )


_SAID = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'.*")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '(.*)'")
_SYNTAX = re.compile(r"Syntax error: ")
_WHAT = re.compile(r"(?:mismatched input|extraneous input|at input|recognition error at:|missing .* at) '([^']*)'")
_OPERATOR = re.compile(r"_(.+)_")
_TYPES = {
    "int": "a whole number",
    "uint": "a whole number",
    "double": "a number with decimals",
    "string": "a text",
    "bool": "true or false",
    "null_type": "null",
    "dyn": "anything",
    "list": "a list",
    "map": "a map",
    "optional_type": "a value that may be missing",
}


def _parts(types: str) -> list[str]:
    """The types in ``(list(int), map(string, dyn))``."""
    parts, depth = [""], 0
    for character in types[1:-1] if types.startswith("(") else types:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _kind(name: str) -> str:
    return _TYPES.get(name.strip().partition("(")[0], name.strip())


def _said(said: str, source: str) -> Iterator[tuple[int, str]]:
    """The library's messages with their places in characters."""
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for row_text, column, message in _SAID.findall(said):
        row = int(row_text)
        at = starts[row - 1] + int(column) - 1 if 1 <= row < len(starts) else 0
        yield min(max(at, 0), len(source)), message


def _check_depth(tree: Node) -> None:
    level = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise ExpressionFaults([_DEEP])
