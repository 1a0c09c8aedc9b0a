"""What can be read of texts that may be no JSON at all: ids, and whether a frame is broken."""

import re

import msgspec

from app.domain.order import order_id_of
from app.link.messages import Frame

FRAME = msgspec.json.Decoder(Frame)
_ID = re.compile(rb'"id"\s*:\s*(?:(\d{1,18})\b|"([^"\\]{1,200})")')
"""An order's id near the start of a text that is no JSON, or none that can be decoded."""


def json_id(ident: int | str) -> int | str:
    """A number where it looks like one."""
    return int(ident) if isinstance(ident, str) and ident.isdigit() else ident


def id_in(raw: bytes) -> int | str | None:
    """An order's id in its text; ``None``: there is none."""
    known = order_id_of(raw)
    if known is not None:
        return known
    found = _ID.search(raw[:4096])
    if found is None:
        return None
    return int(found[1]) if found[1] else found[2].decode(errors="replace")


def is_broken(frame: bytes) -> bool:
    """Whether it is no JSON-RPC frame."""
    try:
        FRAME.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True
    return False
