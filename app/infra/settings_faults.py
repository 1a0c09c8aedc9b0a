"""What is said about a faulty configuration: file, line, entry, what is wrong, how to mend it.

The TOML parser and msgspec know the place as a line or as a path; neither knows both, so the line of a path is looked
for in the text. That search reads only what people write (tables and ``name = value``): where it finds no line it
names the nearest thing above it, or none.
"""

import difflib
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.domain.errors import ConfigurationError

EntryPath = tuple[str | int, ...]
"""Where an entry stands: ``("selling_points", 0, "pos", "url")``."""

_KEY = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = re.compile(rf"{_KEY}(?:\s*\.\s*{_KEY})*")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\[\.\.\.\]")
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": 'a text ("…")',
    "bool": "true or false",
    "array": "a list ([…])",
    "object": "a table",
    "object | null": "a table",
    "str | null": 'a text ("…")',
}


class Fault(NamedTuple):
    """One thing that is wrong; the message never holds a value that may be secret."""

    path: EntryPath
    message: str
    hint: str = ""


def refusal(file: Path, text: str, fault: Fault) -> ConfigurationError:
    """The error for a fault in the text of a file."""
    line = line_of(text, fault.path)
    place = f"{file}, line {line}" if line else str(file)
    entry = entry_name(fault.path)
    where = f"{place}: {entry}: " if entry else f"{place}: "
    return ConfigurationError(f"{where}{fault.message}.", hint=fault.hint)


def syntax_refusal(file: Path, exc: Exception) -> ConfigurationError:
    """The error for a text that is no TOML."""
    said = str(exc) if not isinstance(exc, RecursionError) else "Nested too deeply"
    found = re.search(r" \(at line (\d+), column \d+\)", said)
    if found:
        said = said.replace(found.group(0), "")
    place = f"{file}, line {found.group(1)}" if found else str(file)
    return ConfigurationError(
        f"{place}: this is no TOML: {said}.", hint='Texts stand in quotes: name = "Bar Pepe"; tables like [sinqro].'
    )


def entry_name(path: EntryPath) -> str:
    """The path as people read it: ``selling_points[0].pos.url``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def fault_of(exc: msgspec.ValidationError, *, names: Collection[str], choices: Callable[[str], str]) -> Fault:
    """The complaint of msgspec in plain words; ``names`` are all entries there are, ``choices`` lists a choice's."""
    said, _, at = str(exc).partition(" - at `$")
    path = _path(at.rstrip("`"))
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", said):
        close = difflib.get_close_matches(found[1], names, n=1)
        hint = f"Did you mean {close[0]}?" if close else "Remove it; the help lists all entries."
        return Fault((*path, found[1]), "there is no such entry", hint)
    if found := re.fullmatch(r"Object missing required field `(.*)`", said):
        return Fault(path, f"the entry {found[1]} is missing", f"Add a line: {found[1]} = …")
    if said.startswith("Invalid enum value"):
        last = next((step for step in reversed(path) if isinstance(step, str)), "")
        return Fault(path, said.replace("Invalid enum value", "there is no"), f"Write {choices(last)}.")
    if found := re.fullmatch(r"Expected `(.*)`, got `(.*)`", said):
        wanted, got = (_WORDS.get(word, word) for word in found.groups())
        hint = f"Write [[{path[-1]}]], with two brackets." if path and found.groups() == ("array", "object") else ""
        return Fault(path, f"this must be {wanted}, not {got}", hint)
    return Fault(path, said.replace("`", ""))


def line_of(text: str, path: EntryPath) -> int | None:
    """The line, from 1, where the entry stands, or else the nearest one above it."""
    best: tuple[int, int] | None = None
    table: EntryPath = ()
    counts: dict[EntryPath, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = here = _table(stripped, counts)
        elif (found := _DOTTED.match(stripped)) and stripped[found.end() :].lstrip().startswith("="):
            here = (*table, *_keys(found.group(0)))
        else:
            continue
        if here and here == path[: len(here)] and (best is None or len(here) > best[0]):
            best = (len(here), number)
    return best[1] if best else None


def _table(header: str, counts: dict[EntryPath, int]) -> EntryPath:
    """The path of ``[a.b]`` or ``[[a]]``; ``counts`` holds the last index of each list of tables so far."""
    is_list = header.startswith("[[")
    found = _DOTTED.match(header.lstrip("[").lstrip())
    keys = _keys(found.group(0)) if found else []
    path: EntryPath = ()
    for position, key in enumerate(keys, start=1):
        path = (*path, key)
        if is_list and position == len(keys):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_KEY, dotted)]


def _path(text: str) -> EntryPath:
    """A path as msgspec writes it, without the ``$``; it ends where msgspec does not know further."""
    path: EntryPath = ()
    for found in _STEP.finditer(text):
        name, index = found.groups()
        if name is None and index is None:
            break
        path = (*path, name if name is not None else int(index))
    return path
