"""Checks of single expressions: compiled, the fields they name, the literals they hold. Faults are gathered."""

import codecs
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from adapters.rest.cel_check import ExpressionFaults
from adapters.rest.cel_store import CheckedTrees
from adapters.rest.cel_texts import matcher, weighed
from adapters.rest.cel_tree import Call, Const, Node
from adapters.rest.contexts import Shape, calls_in, shape_of, unknown_fields
from adapters.rest.expressions import Compiled, Engine
from app.domain.form_faults import EntryPath
from app.domain.times import zone_of


class Finding(NamedTuple):
    """One thing that is wrong. ``at``: where in the entry's text, in characters."""

    path: EntryPath
    message: str
    hint: str = ""
    at: int | None = None


class ExpressionChecks:
    """Compiles the expressions of one profile; ``findings`` grows, nothing is raised."""

    def __init__(self, shapes: Mapping[str, Shape], trees: CheckedTrees | None = None) -> None:
        self.findings: list[Finding] = []
        self.used: set[tuple[str, str]] = set()
        """Fields of ``options`` and ``secrets`` that some expression names: ``("options", "venue")``."""
        self._shapes = shapes
        self._engine = Engine(trees=trees)
        self.functions: dict[str, Node] = {}
        """The profile's own functions that could be compiled."""

    def add(self, path: EntryPath, message: str, hint: str = "", at: int | None = None) -> None:
        """Note a fault."""
        finding = Finding(path, message, hint, at)
        if finding not in self.findings:
            self.findings.append(finding)

    def function(self, name: str, source: str) -> None:
        """Compile a function of the profile's own; the ones above it may be used."""
        path = ("functions", name)
        try:
            compiled = self._engine.define(name, source)
        except ExpressionFaults as exc:
            self._refused(path, exc)
            return
        self.functions[name] = compiled.tree
        self._look_into(path, compiled.tree, 0, None)

    def expression(
        self,
        path: EntryPath,
        source: str,
        variables: Collection[str],
        *,
        kind: str = "",
        shapes: Mapping[str, Shape] | None = None,
    ) -> Compiled | None:
        """Compile an expression, empty ones apart. ``kind``: ``bool``, ``list`` or ``map`` it must be able to give."""
        if not source.strip():
            return None
        try:
            compiled = self._engine.compile(source, variables)
        except ExpressionFaults as exc:
            self._refused(path, exc)
            return None
        self._look_into(path, compiled.tree, 0, shapes)
        names = {"bool": ("BOOL",), "list": ("LIST",), "map": ("MAP",), "": ()}[kind]
        if names and not compiled.type_name.startswith((*names, "DYN", "NULL", "optional_type")):
            words = {"bool": "true or false", "list": "a list", "map": 'a map ({"id": …})'}
            self.add(
                path, f"this must give {words[kind]}, it gives {_TYPES.get(compiled.type_name, compiled.type_name)}"
            )
        return compiled

    def template(
        self, path: EntryPath, source: str, variables: Collection[str], *, shapes: Mapping[str, Shape] | None = None
    ) -> None:
        """Compile a template."""
        try:
            template = self._engine.template(source, variables)
        except ExpressionFaults as exc:
            self._refused(path, exc)
            return
        for at, part in template.places():
            self._look_into(path, part.tree, at, shapes)

    def templates(
        self,
        path: EntryPath,
        sources: Mapping[str, str],
        variables: Collection[str],
        *,
        shapes: Mapping[str, Shape] | None = None,
    ) -> None:
        """Compile a table of templates."""
        for name, source in sources.items():
            self.template((*path, name), source, variables, shapes=shapes)

    def _refused(self, path: EntryPath, exc: ExpressionFaults) -> None:
        self.findings += [Finding(path, fault.message, fault.hint, fault.at) for fault in exc.faults]

    def _look_into(self, path: EntryPath, tree: Node, at: int, shapes: Mapping[str, Shape] | None) -> None:
        known = {**self._shapes, **(shapes or {})}
        found, used = unknown_fields(tree, known)
        self.used |= used
        self.findings += [Finding(path, fault.message, fault.hint, at + fault.at) for fault in found]
        for call in calls_in(tree):
            self._literals(path, call, at)
            if call.function in self.functions:
                self._argument(call, known)

    def _argument(self, call: Call, known: Mapping[str, Shape]) -> None:
        """What a function is called with tells which fields it may name."""
        given = shape_of(call.args[0], known)
        if given is None:
            return
        found, _ = unknown_fields(self.functions[call.function], {**self._shapes, "it": given})
        for fault in found:
            self.add(("functions", call.function), fault.message, fault.hint, fault.at)

    def _literals(self, path: EntryPath, call: Call, at: int) -> None:
        """Regular expressions, formats of times and zones that are written down in the expression."""
        texts = [arg.value if isinstance(arg, Const) and isinstance(arg.value, str) else None for arg in call.args]
        pattern = texts[-1] if call.function == "matches" and texts else None
        if pattern is not None and (fault := pattern_fault(pattern)):
            self.add(path, fault, "RE2's syntax: https://github.com/google/re2/wiki/Syntax", at + call.args[-1].at)
        if call.function in ("time", "posTime"):
            for text, arg, fault_of in zip(texts[1:], call.args[1:], (time_form_fault, zone_fault), strict=False):
                if text and (fault := fault_of(text)):
                    self.add(path, fault, "", at + arg.at)


_TYPES = {
    "BOOL": "true or false",
    "STRING": "a text",
    "INT": "a whole number",
    "DOUBLE": "a number",
    "LIST<DYN>": "a list",
    "MAP<DYN, DYN>": "a map",
}

_DIRECTIVES = re.compile(r"%(-?.)")


def pattern_fault(pattern: str) -> str:
    """What is wrong with a regular expression, empty when nothing is."""
    if fault := weighed(pattern)[1]:
        return fault
    found: Any = matcher().eval(data={"text": "", "pattern": pattern}).plain_value()
    return "" if isinstance(found, bool) else f"{pattern!r:.60} is no regular expression"


def time_form_fault(form: str) -> str:
    """What is wrong with a format of times, empty when nothing is."""
    if form in ("iso", "unix", "unix_ms"):
        return ""
    if "%" not in form:
        return f"{form!r:.40} is no format of times (iso, unix, unix_ms, or letters like %Y-%m-%d %H:%M)"
    moment = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
    try:
        written = moment.strftime(form)
        read = datetime.strptime(written, form)  # noqa: DTZ007 - only the clock's hands are compared
    except ValueError:
        return f"{form!r:.40} is no format of times: {_unknown_directive(form)}"
    if (read.month, read.day, read.hour, read.minute) != (11, 25, 21, 30):
        return f"{form!r:.40} does not hold a date and a time of day"
    return ""


def _unknown_directive(form: str) -> str:
    known = set("YmdHMSyjbBaApIfzZTDFRsexXcuwGVUW%")
    unknown = [found for found in _DIRECTIVES.findall(form) if found not in known]
    return f"there is no %{unknown[0]}" if unknown else "what it writes it can't read"


def zone_fault(zone: str) -> str:
    """What is wrong with the name of a zone, empty when nothing is."""
    if zone in ("utc", "local"):
        return ""
    try:
        zone_of(zone)
    except ValueError as exc:
        return str(exc)
    return ""


def charset_fault(charset: str) -> str:
    """What is wrong with the name of a charset, empty when nothing is."""
    try:
        "a".encode(codecs.lookup(charset).name)
    except (LookupError, ValueError):
        return f"there is no charset {charset!r:.40}"
    return ""
