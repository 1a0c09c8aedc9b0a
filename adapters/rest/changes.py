"""What changed in the POS since a cursor, by the profile's ``[polling.changes]``.

The cursor that services keep is a text of ours: the POS's own cursor (or the newest time seen), and with conditional
requests the mark of the last answer. So nothing is kept here, and after a restart nothing is missed.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from adapters.rest.calls import Calls
from adapters.rest.conditions import Condition, NotModified
from adapters.rest.mapping import Fields, flat, order_of
from adapters.rest.profile import Profile
from adapters.rest.statuses import StatusWords
from app.domain.times import parse_time
from app.ports.pos import PosChanges, PosOrder

_SERVICE = "changes"


class _Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cursor with a mark, as the ledger keeps it."""

    cursor: str = ""
    mark: str = ""


class ChangesReader:
    """Reads the changes of one POS."""

    def __init__(self, profile: Profile, calls: Calls, words: StatusWords) -> None:
        self._poll = profile.polling.changes
        self._calls = calls
        self._words = words

    async def read(self, since: str) -> PosChanges:
        """What changed since ``since``, empty: the first time."""
        poll = self._poll
        known = self._known(since)
        condition = Condition(poll.conditional, known.mark) if poll.conditional != "none" else None
        try:
            result = await self._calls.run(_SERVICE, {"cursor": self._asked(known.cursor)}, condition)
        except NotModified:
            return PosChanges(orders=(), cursor=since)
        fields = Fields(_SERVICE, result)
        found = flat(fields.entries("orders"))
        orders = tuple(order_of(_SERVICE, each, self._words, writing=False) for each in found)
        cursor = self._next(known.cursor, fields, orders)
        more = fields.flag("more", default=False) and cursor != known.cursor  # the same again would go round in circles
        return PosChanges(orders=orders, cursor=self._kept(cursor, condition), more=more)

    def _known(self, since: str) -> _Cursor:
        if self._poll.conditional == "none":
            return _Cursor(cursor=since)
        try:
            return msgspec.json.decode(since, type=_Cursor)
        except msgspec.MsgspecError:
            return _Cursor()  # of another profile: all is asked for again

    def _kept(self, cursor: str, condition: Condition | None) -> str:
        if condition is None:
            return cursor
        return msgspec.json.encode(_Cursor(cursor=cursor, mark=condition.validator)).decode()

    def _asked(self, cursor: str) -> str | None:
        """What the expressions see as ``cursor``."""
        if not cursor or self._poll.cursor == "none":
            return None
        if self._poll.cursor == "newest":
            moment = _moment(cursor)
            return None if moment is None else _iso(moment - timedelta(seconds=self._poll.overlap_seconds))
        return cursor

    def _next(self, cursor: str, fields: Fields, orders: tuple[PosOrder, ...]) -> str:
        """What stands behind these orders."""
        if self._poll.cursor == "none":
            return "open"
        if self._poll.cursor == "newest":
            seen = [order.changed_at for order in orders if order.changed_at is not None]
            before = _moment(cursor)
            newest = max([*seen, *([before] if before is not None else [])], default=None)
            return "" if newest is None else _iso(newest)  # nothing there yet: the next time is a first one again
        return fields.text("cursor") or cursor


def _moment(cursor: str) -> datetime | None:
    try:
        return parse_time(cursor, UTC) if cursor else None
    except ValueError:
        return None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def found_orders(result: Any) -> list[Any]:
    """The orders that a look-up gave: one, a list, or none."""
    return list(flat(result))
