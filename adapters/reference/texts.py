"""Texts as the reference POS can print them: no control characters, no pictures, note entries of 250 characters.

Nothing that matters is cut: a note becomes several entries. A picture in a note becomes its name in brackets (an
allergy may be written as one), in a name it goes away.
"""

import re
import unicodedata
from collections.abc import Iterable

NOTE_LIMIT = 250
"""Longest note entry of the POS, in characters."""

NAME_LIMIT = 200
"""Longest name or address of the POS, in characters."""

_PLAIN = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u20ac]*")
"""Latin letters and punctuation, the soft hyphen apart: nothing to do, which is nearly always."""

_WORDS = {
    "🥜": "cacahuetes",
    "🌰": "frutos secos",
    "🥛": "leche",
    "🧀": "queso",
    "🥚": "huevo",
    "🌾": "gluten",
    "🍞": "pan",
    "🐟": "pescado",
    "🦐": "gambas",
    "🍤": "gambas",
    "🦞": "marisco",
    "🦀": "marisco",
    "🦪": "moluscos",
    "🐷": "cerdo",
    "🧅": "cebolla",
    "🧄": "ajo",
    "🌶": "picante",
    "🚫": "NO",
    "❌": "NO",
    "⛔": "NO",
    "⚠": "ATENCIÓN",
}
"""What a kitchen in Spain should read for pictures that people write about food; others get their Unicode names."""


def name(text: str) -> str:
    """A name, label or address on one line, without pictures, at most 200 characters; a cut one ends in an ellipsis."""
    plain = _collapse(_printable(text, named=False))
    return plain if len(plain) <= NAME_LIMIT else plain[: NAME_LIMIT - 1] + "…"


def fits(text: str) -> bool:
    """Whether :func:`name` keeps all of ``text``'s words."""
    return len(text) <= NAME_LIMIT


def notes(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Notes as entries, each line and each text its own, split between words where they are too long."""
    entries: list[str] = []
    for text in texts:
        for line in (text or "").splitlines():
            entries += _split(_collapse(_printable(line, named=True)))
    return tuple(entries)


def _split(text: str) -> list[str]:
    parts = []
    while len(text) > NOTE_LIMIT:
        at = text.rfind(" ", 1, NOTE_LIMIT + 1)
        if at < 0:
            at = NOTE_LIMIT
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*parts, text] if text else parts


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _printable(text: str, *, named: bool) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return "".join(part for character in unicodedata.normalize("NFC", text) for part in _shown(character, named=named))


def _shown(character: str, *, named: bool) -> str:
    category = unicodedata.category(character)
    if category[0] == "C" or category in ("Zl", "Zp"):
        # joiners and direction marks leave nothing, real control characters and line breaks a space
        return "" if category == "Cf" else " "
    if 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    picture = ord(character) >= 0x10000 or (category == "So" and ord(character) >= 0x2190)
    if not picture:
        return character
    # letters in fancy alphabets stand for plain ones
    plain = unicodedata.normalize("NFKC", character)
    if all(ord(letter) < 0x10000 and letter.isalnum() for letter in plain):
        return plain
    if category == "Sk" or not named:
        return "" if category == "Sk" else " "
    word = _WORDS.get(character) or unicodedata.name(character, "").lower()
    return f" ({word}) " if word else " "
