"""Texts for Odoo: it takes any length and shows pictures, but no control characters.

Notes keep everything else. In names (customer, product) pictures go away: they are searched and printed.
"""

import unicodedata


def name(text: str) -> str:
    """A name on one line, without pictures."""
    plain = "".join("" if _is_picture(sign) else sign for sign in _printable(text))
    return " ".join(plain.split())


def note(*texts: str | None) -> str:
    """Notes, each on lines of its own; empty ones left out."""
    lines = [" ".join(_printable(line).split()) for text in texts for line in (text or "").splitlines()]
    return "\n".join(line for line in lines if line)


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
