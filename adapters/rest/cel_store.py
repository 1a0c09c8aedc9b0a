"""Checked expressions kept between starts, so that a program that only runs a profile does not load the checker.

The checker is 30 MB of C++ on disk and 17 MB in memory, needed again only when the profile or this program changes: a
tray that idles all day should not carry it. What is kept is the CEL project's own serialized form, by a hash of the
expression and of everything that its check depends on. A file that is damaged, or of another version, is as good as
none. It needs no more trust than the profile itself: a tree can do nothing that an expression can't.
"""

import base64
import hashlib
import importlib.metadata
import logging
import os
from pathlib import Path

import msgspec

from adapters.rest.cel_tree import Node, TreeError, tree_of

log = logging.getLogger(__name__)

LIBRARY = "cel-expr-python"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """``trees``: type's name and serialized form (base64) by key."""

    version: str
    trees: dict[str, tuple[str, str]]


class CheckedTrees:
    """The checked expressions of one profile, in ``file``; ``None``: in memory only."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._version = f"{LIBRARY} {importlib.metadata.version(LIBRARY)}"
        self._kept = self._read() if file is not None else {}
        self._used: dict[str, tuple[str, str]] = {}

    def get(self, key: str) -> tuple[Node, str] | None:
        """Tree and type's name, where they are known."""
        found = self._kept.get(key)
        if found is None:
            return None
        try:
            tree = tree_of(base64.b64decode(found[1], validate=True))
        except (TreeError, ValueError, IndexError, RecursionError):
            return None
        self._used[key] = found
        return tree, found[0]

    def put(self, key: str, serialized: bytes, type_name: str) -> None:
        """Remember what the checker gave."""
        self._used[key] = self._kept[key] = (type_name, base64.b64encode(serialized).decode())

    def save(self) -> None:
        """Write what was used since the start, where it is not what the file has. A disk that is full is no harm."""
        if self._file is None or self._used == self._read():
            return
        content = msgspec.json.encode(_File(self._version, self._used))
        beside = self._file.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            beside.replace(self._file)
        except OSError as exc:
            log.info("the checked expressions were not kept: %s", exc)

    def _read(self) -> dict[str, tuple[str, str]]:
        assert self._file is not None
        try:
            found = msgspec.json.decode(self._file.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return {}
        return found.trees if found.version == self._version else {}


def key_of(source: str, *depends: str) -> str:
    """The key of an expression, with what its check depends on."""
    digest = hashlib.sha256()
    for part in (source, *depends):
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
