"""What is said about a faulty configuration: file, line, entry, what is wrong, how to mend it.

The TOML parser and msgspec know the place as a line or as a path; neither knows both, so the line of a path is looked
for in the text. That search reads only what people write (tables and ``name = value``): where it finds no line it
names the nearest thing above it, or none.
"""

import re
from pathlib import Path

from app.domain.errors import ConfigurationError
from app.domain.form_faults import EntryPath, Fault, entry_name

_KEY = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = re.compile(rf"{_KEY}(?:\s*\.\s*{_KEY})*")


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
