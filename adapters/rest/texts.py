"""Texts as a POS can print them, by the profile's ``[text]``.

Nothing that matters is cut: a note becomes several entries. A picture in a note becomes its name in brackets (an
allergy may be written as one), in a name it goes away. Control characters never pass.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable

from adapters.rest.profile_parts import Text

_ASCII = re.compile(r"[ -~]*")
_LATIN = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u00ff]*")
"""Letters that a charset surely has: nothing to do, which is nearly always."""

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

_NEAREST = {
    **dict.fromkeys("‘’‚‛′", "'"),  # noqa: RUF001
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),  # noqa: RUF001
    **dict(zip("€ŁłŒœÆæØøŠšŽžßđĐ·•…", "EUR L l OE oe AE ae O o S s Z z ss d D . . ...".split(), strict=True)),
}
"""Letters that Unicode does not take apart, in plainer ones, for charsets without them."""


class Texts:
    """The rules of one POS."""

    def __init__(self, rules: Text) -> None:
        self._rules = rules
        self._any_letter = rules.charset.lower().replace("-", "").startswith("utf")
        latin = self._any_letter or codecs.lookup(rules.charset).name in ("iso8859-1", "cp1252")
        self._plain = _LATIN if latin else _ASCII

    def name(self, text: str, limit: int | None = None) -> str:
        """A name, label or address on one line, without pictures; a cut one ends in an ellipsis.

        ``limit``: characters, the profile's where not given.
        """
        most = self._rules.name_limit if limit is None else limit
        plain = _collapse(self._printable(text, named=False))
        return plain if len(plain) <= most else plain[: most - 1] + ("…" if self._any_letter else ".")

    def fits(self, text: str) -> bool:
        """Whether :meth:`name` keeps all of ``text``'s words."""
        return len(text) <= self._rules.name_limit

    def notes(self, texts: Iterable[str | None], limit: int | None = None) -> list[str]:
        """Notes as entries, each line and each text its own, split between words where they are too long."""
        most = limit or self._rules.note_limit
        lines = [_collapse(self._printable(line, named=True)) for text in texts for line in (text or "").splitlines()]
        entries = [entry for line in lines for entry in _split(line, most)]
        if 0 < self._rules.note_entries < len(entries):
            # Fewer, fuller ones. Where even these are too many they go all the same: a POS that refuses an order is
            # seen by staff, an allergy that was cut off is not.
            entries = _split(" / ".join(filter(None, lines)), most)
        return entries

    def _printable(self, text: str, *, named: bool) -> str:
        if self._plain.fullmatch(text):
            return text
        shown = "".join(self._shown(each, named=named) for each in unicodedata.normalize("NFC", text))
        return shown if self._any_letter else "".join(map(self._encodable, shown))

    def _shown(self, character: str, *, named: bool) -> str:
        category = unicodedata.category(character)
        if category[0] == "C" or category in ("Zl", "Zp"):
            # joiners and direction marks leave nothing, real control characters and line breaks a space
            return "" if category == "Cf" else " "
        if 0xFE00 <= ord(character) <= 0xFE0F:
            return ""
        picture = ord(character) >= 0x10000 or (category == "So" and ord(character) >= 0x2190)
        if not picture or self._rules.emoji == "keep":
            return character
        # letters in fancy alphabets stand for plain ones
        plain = unicodedata.normalize("NFKC", character)
        if all(ord(letter) < 0x10000 and letter.isalnum() for letter in plain):
            return plain
        if category == "Sk" or not named or self._rules.emoji == "drop":
            return "" if category == "Sk" else " "
        word = _WORDS.get(character) or unicodedata.name(character, "").lower()
        return f" ({word}) " if word else " "

    def _encodable(self, character: str) -> str:
        """The character, or what is nearest to it, in the POS's charset."""
        for nearest in (
            character,
            _NEAREST.get(character, ""),
            "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)),
        ):
            try:
                if nearest:
                    nearest.encode(self._rules.charset)
                    return nearest
            except UnicodeEncodeError:
                continue
        return "?"


def _split(text: str, limit: int) -> list[str]:
    parts = []
    while len(text) > limit:
        at = text.rfind(" ", 1, limit + 1)
        if at < 0:
            at = limit
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*parts, text] if text else parts


def _collapse(text: str) -> str:
    return " ".join(text.split())
