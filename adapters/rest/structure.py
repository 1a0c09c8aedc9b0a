"""From a decoded TOML table to a profile, with every fault of its form and not only the first.

msgspec stops at the first thing that does not fit. Here that is noted and taken out, and what is left is tried again.
msgspec also does not name the key of a table with free names (``[options.*]``): it is found by trying parts.
"""

import bisect
import copy
import re
from typing import Any

import msgspec
from msgspec import inspect

from adapters.rest.cel_check import similar
from adapters.rest.profile import Profile, profile_of
from app.domain.form_faults import EntryPath, Fault, fault_of, path_of

MOST = 50
"""Faults of form that are told of one profile."""

_FREE = "[...]"


def structured(raw: dict[str, Any]) -> tuple[Profile | None, list[Fault]]:
    """The profile in a table, as far as it can be read, and what is wrong with its form."""
    table = copy.deepcopy(raw)
    faults: list[Fault] = []
    removed: set[EntryPath] = set()
    for _ in range(MOST):
        try:
            return profile_of(table), faults
        except msgspec.ValidationError as exc:
            said = str(exc)
            fault = _fault(exc, table)
        missing = _MISSING.match(said)
        if missing is None or (*fault.path, missing[1]) not in removed:
            faults.append(fault)
        if not (missing and _fill(table, fault.path, missing[1])) and not _remove(table, fault.path):
            break
        removed.add(fault.path)
    return None, faults


_MISSING = re.compile(r"Object missing required field `(.*?)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`")
_NO_CHOICE = re.compile(r"Invalid (?:enum )?value '?(.*?)'?(?: - at|$)")
_PATTERN = re.compile(r"Expected `str` matching regex")
_LIMIT = re.compile(r"Expected `\w+` ([<>]=?) ([\d.]+)")
_AT_LEAST = re.compile(r"Expected `str` of length >= 1")


def _fault(exc: msgspec.ValidationError, table: dict[str, Any]) -> Fault:
    """What msgspec says, in plain words, with the whole path."""
    said = str(exc)
    path = _whole_path(said, table)
    kind = _type_at(path, table)
    if found := _UNKNOWN.match(said):
        known = _fields(kind)
        if isinstance(kind, inspect.UnionType):
            known = sorted({name for each in kind.types for name in _fields(each)})
        return Fault((*path, found[1]), "there is no such entry", similar(found[1], known))
    if found := _MISSING.match(said):
        hint = f"Add a line: {found[1]} = …" if found[1] != "kind" else f"Add a line: kind = {_listed(_choices(kind))}."
        return Fault(path, f"the entry {found[1]} is missing", hint)
    if "`key` in" in said and not _PATTERN.match(said):
        return Fault(path, f"there is no {path[-1]}", similar(str(path[-1]), _key_choices(_type_at(path[:-1], table))))
    if found := _NO_CHOICE.match(said):
        known = _choices(kind) or _choices(_type_at(path[:-1], table))
        close = similar(found[1], known)
        return Fault(
            path, f"there is no {found[1]!r}", close if close.startswith("Did") else f"Write {_listed(known)}."
        )
    if _PATTERN.match(said):
        name = path[-1] if "`key` in" in said or isinstance(path[-1], str) else ""
        dash = "hyphens" if "secret" in str(path) else "underscores"
        return Fault(path, f"{name or 'this'} is no name", f"Small letters, digits and {dash}, a letter first.")
    if _AT_LEAST.match(said):
        return Fault(path, "this is empty", "Say it in a few words.")
    if found := _LIMIT.match(said):
        word = {"<=": "at most", ">=": "at least", ">": "more than", "<": "less than"}[found[1]]
        return Fault(path, f"this must be {word} {found[2]}")
    return fault_of(exc, names=(), choices=lambda _: "")._replace(path=path)


def _listed(choices: list[str]) -> str:
    return " or ".join(f'"{choice}"' for choice in choices)


# ---------------------------------------------------------------- paths


def _whole_path(said: str, table: dict[str, Any]) -> EntryPath:
    """The path in a complaint, with the keys that msgspec leaves out."""
    path: EntryPath
    if " - at `key` in `$" in said:
        path = path_of(said.rpartition("`$")[2].rstrip("`"))
        return (*path, _culprit(path, said, table))
    rest = said.rpartition(" - at `$")[2].rstrip("`") if " - at `$" in said else ""
    path = ()
    while rest:
        before, free, rest = rest.partition(_FREE)
        path = (*path, *path_of(before))
        if free:
            path = (*path, _culprit(path, said, table))
    return path


def _culprit(path: EntryPath, said: str, table: dict[str, Any]) -> str:
    """The key of the table at ``path`` that msgspec complained of: the last of the fewest that bring the complaint."""
    entries: dict[str, Any] = _at(table, path)
    keys = list(entries)

    def complains(count: int) -> bool:
        try:
            profile_of(_with(table, path, {key: entries[key] for key in keys[:count]}))
        except msgspec.ValidationError as exc:
            return str(exc) == said
        return False

    at = bisect.bisect_left(range(1, len(keys) + 1), True, key=complains)
    return str(keys[at]) if at < len(keys) else "?"


def _with(table: Any, path: EntryPath, value: Any) -> Any:
    """The table with another value at ``path``; only what leads there is copied."""
    if not path:
        return value
    copied: Any = dict(table) if isinstance(table, dict) else list(table)
    copied[path[0]] = _with(copied[path[0]], path[1:], value)
    return copied


def _at(table: Any, path: EntryPath) -> Any:
    for step in path:
        table = table[step]
    return table


def _fill(table: dict[str, Any], path: EntryPath, name: str) -> bool:
    """Put something in place of a missing text, so that the rest of its table can be looked at."""
    if (path, name) == ((), "pos"):
        table["pos"] = {"name": "?"}
    elif name == "name":
        _at(table, path)[name] = f"unnamed{path[-1]}"
    elif isinstance(_type_at((*path, name), table), inspect.StrType):
        _at(table, path)[name] = ""
    else:
        return False
    return True


def _remove(table: dict[str, Any], path: EntryPath) -> bool:
    try:
        del _at(table, path[:-1])[path[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True


# ---------------------------------------------------------------- types


def _type_at(path: EntryPath, table: Any) -> Any:
    """The type of an entry, of a choice by ``kind`` the one chosen; ``None`` where there is none."""
    kind: Any = _plain(inspect.type_info(Profile), table)
    for step in path:
        table = table[step] if isinstance(table, dict) and step in table else None
        if isinstance(kind, inspect.StructType):
            field = next((field.type for field in kind.fields if field.encode_name == step), None)
            if field is None and step == kind.tag_field:
                return kind
            kind = field
        elif isinstance(kind, inspect.DictType):
            kind = kind.value_type
        elif isinstance(kind, inspect.VarTupleType):
            kind = kind.item_type
        else:
            return kind
        kind = _plain(kind, table)
    return kind


def _plain(kind: Any, table: Any) -> Any:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        types = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        chosen = table.get("kind") if isinstance(table, dict) else None
        tagged = [each for each in types if isinstance(each, inspect.StructType) and each.tag == chosen]
        return tagged[0] if tagged else types[0] if len(types) == 1 else inspect.UnionType(tuple(types))
    return kind


def _fields(kind: Any) -> list[str]:
    if not isinstance(kind, inspect.StructType):
        return []
    return [field.encode_name for field in kind.fields] + ([kind.tag_field] if kind.tag_field else [])


def _choices(kind: Any) -> list[str]:
    if isinstance(kind, inspect.EnumType):
        return [str(each.value) for each in kind.cls]
    if isinstance(kind, inspect.LiteralType):
        return [str(value) for value in kind.values]
    if isinstance(kind, inspect.UnionType):
        return [str(each.tag) for each in kind.types if isinstance(each, inspect.StructType)]
    return []


def _key_choices(kind: Any) -> list[str]:
    return _choices(kind.key_type) if isinstance(kind, inspect.DictType) else []
