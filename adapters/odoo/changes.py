"""Changes since a cursor, although Odoo's ``write_date`` comes back in whole seconds and is when a transaction *began*.

So a change can appear later than its ``write_date`` says, beside others that were seen already. Every poll therefore
looks :data:`OVERLAP` back from the newest change seen, and leaves out what it has seen in just that state: the cursor
carries, for each order in that window, a mark of its state. Pages go by id, which never moves.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from adapters.odoo.forms import OrderRow

OVERLAP = timedelta(seconds=60)
"""Longer than any transaction of a till takes."""

PAGE = 500
"""Orders read at once."""

_FORMAT = "%Y-%m-%d %H:%M:%S"


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """Where the next poll looks from."""

    since: str
    """``write_date`` from which on orders are read."""
    newest: str
    """The latest one seen."""
    after: int = 0
    """Within a long window: the id up to which it was read."""
    seen: dict[int, tuple[str, int]] = {}
    """``write_date`` and mark of orders in the window, by id."""

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def parse(text: str) -> Cursor | None:
    """A cursor of ours; ``None`` for anything else: the present is read anew."""
    try:
        cursor = msgspec.json.decode(text, type=Cursor)
        datetime.strptime(cursor.since, _FORMAT)  # noqa: DTZ007 - Odoo's times are UTC without saying so
        datetime.strptime(cursor.newest, _FORMAT)  # noqa: DTZ007
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return cursor


def window_before(newest: str) -> str:
    """Where a window begins that ends at ``newest``."""
    return (datetime.strptime(newest, _FORMAT) - OVERLAP).strftime(_FORMAT)  # noqa: DTZ007


def start(newest: str, rows: Iterable[OrderRow]) -> Cursor:
    """The cursor after reading the present."""
    return _closed(newest, {row.id: (row.write_date, mark(row)) for row in rows})


def step(cursor: Cursor, rows: list[OrderRow]) -> tuple[list[OrderRow], Cursor, bool]:
    """What is new of a page read by ``cursor``, the next cursor, and whether the window goes on."""
    new = [row for row in rows if (row.write_date, mark(row)) != cursor.seen.get(row.id)]
    seen = cursor.seen | {row.id: (row.write_date, mark(row)) for row in rows}
    newest = max([cursor.newest, *(row.write_date for row in rows)])
    if len(rows) >= PAGE:
        return new, Cursor(cursor.since, newest, rows[-1].id, seen), True
    return new, _closed(newest, seen), False


def _closed(newest: str, seen: dict[int, tuple[str, int]]) -> Cursor:
    since = window_before(newest)
    return Cursor(since, newest, 0, {ident: one for ident, one in sorted(seen.items()) if one[0] >= since})


def mark(row: OrderRow) -> int:
    """Tells one state of an order from another."""
    return zlib.crc32(
        f"{row.state}|{row.amount_total}|{row.amount_paid}|{row.table_id}|{row.last_order_preparation_change}".encode()
    )
