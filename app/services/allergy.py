"""Allergies in what customers write: the words to look for, by language, stand in ``resources/allergy.toml``.

A comment that speaks of an allergy names what the guest must not eat ("Alergia a los frutos secos" gives "frutos
secos"); where it names nothing that we know, the whole comment is what must be read. Nothing found promises nothing:
the comment itself is always shown too.
"""

import re
import tomllib
import unicodedata
from importlib import resources


class AllergyFinder:
    """Finds allergies in texts of any language in its ``table``: its triggers and its allergens."""

    def __init__(self, table: dict[str, dict[str, list[str]]]) -> None:
        self._languages = [(_pattern(words["triggers"]), _pattern(words["allergens"])) for words in table.values()]

    def find(self, text: str) -> tuple[str, ...]:
        """What the customer must not eat, in the customer's own words; empty when the text speaks of no allergy."""
        if not text:
            return ()
        plain = _plain(text)
        spoken = [allergens for triggers, allergens in self._languages if triggers.search(plain)]
        if not spoken:
            return ()
        places = sorted({found.span() for allergens in spoken for found in allergens.finditer(plain)})
        named: dict[str, str] = {}
        end = 0
        for start, stop in places:
            if stop > end:  # "nuts" within "tree nuts" is said already
                named.setdefault(plain[start:stop], text[start:stop])
                end = stop
        return tuple(named.values()) or (" ".join(text.split()),)


def load_finder() -> AllergyFinder:
    """The finder with the words of all languages."""
    return AllergyFinder(tomllib.loads((resources.files("resources") / "allergy.toml").read_text(encoding="utf-8")))


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Whole words, the longest first; a star is any ending."""
    longest = sorted({_plain(word) for word in words}, key=lambda word: (-len(word), word))
    parts = [re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in longest]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


def _plain(text: str) -> str:
    """Small letters without accents, character for character: a place in it is the same place in ``text``."""
    return "".join(unicodedata.normalize("NFD", char)[0].lower()[:1] or char for char in text)
