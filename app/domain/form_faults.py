"""What is wrong with the form of something that people write (configuration, a POS's profile), in plain words.

msgspec says which type it expected where; this says the same so that a person can mend it. Where in the file that is,
the reader of the file adds.
"""

import difflib
import re
from collections.abc import Callable, Collection
from typing import NamedTuple

import msgspec

EntryPath = tuple[str | int, ...]
"""Where an entry stands: ``("selling_points", 0, "pos", "url")``."""

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


def entry_name(path: EntryPath) -> str:
    """The path as people read it: ``selling_points[0].pos.url``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def fault_of(exc: msgspec.ValidationError, *, names: Collection[str], choices: Callable[[str], str]) -> Fault:
    """The complaint of msgspec in plain words; ``names`` are all entries there are, ``choices`` lists a choice's."""
    said, _, at = str(exc).partition(" - at `$")
    path = path_of(at.rstrip("`"))
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


def path_of(text: str) -> EntryPath:
    """A path as msgspec writes it, without the ``$``; it ends where msgspec does not know further."""
    path: EntryPath = ()
    for found in _STEP.finditer(text):
        name, index = found.groups()
        if name is None and index is None:
            break
        path = (*path, name if name is not None else int(index))
    return path
