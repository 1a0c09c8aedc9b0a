"""Where in a TOML text each entry stands: for complaints with line and column.

:mod:`tomllib` gives values without places. This scanner reads a text that tomllib has taken already, so it may believe
what it sees: it notes the place of each key and of each value, through tables, lists of tables, dotted keys, inline
tables and texts of all four kinds, so that a fault within a text of many lines has its own line.
"""

import contextlib
import re
from typing import NamedTuple

from app.domain.form_faults import EntryPath

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\n\r]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[^\n \t]|[ \t]*\n[ \t\n]*)")


class Place(NamedTuple):
    """Offsets in the text. ``value`` is where the value begins, of a text its first character after the quotes."""

    key: int
    value: int
    escaped: bool = False
    """The value is a text in which backslashes mean something."""


class Places:
    """The places of a TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self._found: dict[EntryPath, Place] = {}
        self._counts: dict[EntryPath, int] = {}
        self._at = 0
        with contextlib.suppress(IndexError, RecursionError):  # a text that tomllib did not take
            self._document()

    def line_column(self, path: EntryPath, at: int | None = None) -> tuple[int, int]:
        """Line and column, from 1, of an entry, or of the nearest one above it.

        ``at``: the place of a character within the entry's text.
        """
        exact = path in self._found
        while path and path not in self._found:
            path = path[:-1]
        place = self._found.get(path)
        if place is None:
            return 1, 1
        offset = place.key if at is None or not exact else self._inside(place, at)
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def _inside(self, place: Place, at: int) -> int:
        """The offset of a character of a text's value."""
        if not place.escaped:
            return min(place.value + at, len(self.text))
        offset = place.value
        count = 0
        while count < at and offset < len(self.text):
            found = _ESCAPE.match(self.text, offset)
            if found is None:
                offset += 1
                count += 1
            else:
                offset = found.end()
                count += "\n" not in found[0]
        if (joined := _ESCAPE.match(self.text, offset)) and "\n" in joined[0]:
            offset = joined.end()  # the character stands behind a line that goes on
        return offset

    # ------------------------------------------------------------ the scanner

    def _document(self) -> None:
        table: EntryPath = ()
        while True:
            self._gap()
            if self._at >= len(self.text):
                return
            if self.text[self._at] == "[":
                table = self._header()
            else:
                self._entry(table)

    def _header(self) -> EntryPath:
        start = self._at
        is_list = self.text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        keys = self._keys()
        self._at += 2 if is_list else 1
        path: EntryPath = ()
        for position, key in enumerate(keys, start=1):
            path = (*path, key)
            if is_list and position == len(keys):
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        self._note(path, start, start)
        return path

    def _entry(self, table: EntryPath) -> None:
        start = self._at
        path = (*table, *self._keys())
        self._at += 1  # the equals sign
        self._space()
        for length in range(len(table) + 1, len(path)):
            self._note(path[:length], start, start)
        self._value(path, start)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._space()
            if self.text[self._at] in "\"'":
                start, end, _ = self._string()
                keys.append(self.text[start:end])
            else:
                found = _BARE.match(self.text, self._at)
                if found is None:
                    raise IndexError
                keys.append(found[0])
                self._at = found.end()
            self._space()
            if self.text[self._at] != ".":
                return keys
            self._at += 1

    def _value(self, path: EntryPath, key: int) -> None:
        first = self.text[self._at]
        if first in "\"'":
            start, _, escaped = self._string()
            self._note(path, key, start, escaped=escaped)
        elif first == "[":
            self._note(path, key, self._at)
            self._at += 1
            self._list(path)
        elif first == "{":
            self._note(path, key, self._at)
            self._at += 1
            self._inline(path)
        else:
            self._note(path, key, self._at)
            found = _SCALAR.match(self.text, self._at)
            if found is None or found.end() == self._at:
                raise IndexError  # no value at all
            self._at = found.end()

    def _list(self, path: EntryPath) -> None:
        index = 0
        while True:
            self._gap()
            if self.text[self._at] == "]":
                self._at += 1
                return
            if self.text[self._at] == ",":
                self._at += 1
                continue
            self._value((*path, index), self._at)
            index += 1

    def _inline(self, path: EntryPath) -> None:
        while True:
            self._gap()
            if self.text[self._at] == "}":
                self._at += 1
                return
            if self.text[self._at] == ",":
                self._at += 1
                continue
            self._entry(path)

    def _string(self) -> tuple[int, int, bool]:
        """Start and end of the text between the quotes, and whether it has escapes; moves behind it."""
        quote = self.text[self._at]
        escaped = quote == '"'
        if self.text.startswith(quote * 3, self._at):
            start = self._at + 3
            if self.text.startswith("\n", start):
                start += 1
            end = self._find_end(start, quote * 3, escaped=escaped)
            while self.text.startswith(quote, end + 3):  # up to two quotes may stand before the closing three
                end += 1
            self._at = end + 3
        else:
            start = self._at + 1
            end = self._find_end(start, quote, escaped=escaped)
            self._at = end + 1
        return start, end, escaped

    def _find_end(self, at: int, closing: str, *, escaped: bool) -> int:
        while not self.text.startswith(closing, at):
            if at >= len(self.text):
                raise IndexError
            at += 2 if escaped and self.text[at] == "\\" else 1
        return at

    def _note(self, path: EntryPath, key: int, value: int, *, escaped: bool = False) -> None:
        self._found.setdefault(path, Place(key, value, escaped))

    def _space(self) -> None:
        found = _SPACE.match(self.text, self._at)
        self._at = found.end() if found else self._at

    def _gap(self) -> None:
        found = _GAP.match(self.text, self._at)
        self._at = found.end() if found else self._at
