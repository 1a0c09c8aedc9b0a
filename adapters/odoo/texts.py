"""Texts for Odoo: it takes any length and shows pictures, but no control characters.

Notes keep everything else. In names (customer, product) pictures go away: they are searched and printed.
"""

import unicodedata
from html.parser import HTMLParser


def name(text: str) -> str:
    """A name on one line, without pictures."""
    plain = "".join("" if _is_picture(sign) else sign for sign in _printable(text))
    return " ".join(plain.split())


def label(text: str) -> str:
    """A name of Odoo's own on one line, as it was written there."""
    return " ".join(_printable(text).split())


def note(*texts: str | None) -> str:
    """Notes, each on lines of its own; empty ones left out."""
    lines = [" ".join(_printable(line).split()) for text in texts for line in (text or "").splitlines()]
    return "\n".join(line for line in lines if line)


def plain(html: str) -> str:
    """The words of a text that Odoo keeps as HTML, each paragraph on lines of its own."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return note("".join(reader.words))


class _Words(HTMLParser):
    """Collects text; a break or the end of a block begins a new line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(" ".join(data.split("\n")))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")


_BLOCKS = frozenset({"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "section"})


def _printable(text: str) -> str:
    return "".join(_shown(sign) for sign in unicodedata.normalize("NFC", text))


def _shown(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp", "Cs", "Cn", "Co"):
        return " "
    return "" if category == "Cf" and sign != "\u200d" else sign


def _is_picture(sign: str) -> bool:
    category = unicodedata.category(sign)
    return sign == "\u200d" or 0xFE00 <= ord(sign) <= 0xFE0F or category == "So" or category == "Sk"
