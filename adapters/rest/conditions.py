"""Conditional requests: what was read last is asked for only in case it changed (``If-None-Match`` and its like).

For ``changes`` the validator travels in the cursor, which the ledger keeps. Other answers are kept here as they came,
and mapped anew: losing them costs one whole answer.
"""

from collections import OrderedDict
from typing import Literal

import httpx

from adapters.rest.reply import Reply

MOST_BYTES = 8 << 20
"""Of all answers kept."""

Kind = Literal["none", "etag", "modified"]

_NAMES = {"etag": ("etag", "if-none-match"), "modified": ("last-modified", "if-modified-since")}


class NotModified(Exception):
    """Nothing changed: the POS answered 304."""


class Condition:
    """The condition of one request. ``validator``: what the last answer was marked with, empty for none."""

    def __init__(self, kind: Kind, validator: str) -> None:
        self._answer_header, self._request_header = _NAMES.get(kind, ("", ""))
        self.validator = validator if self._answer_header else ""

    def headers(self) -> dict[str, str]:
        """What the request carries."""
        return {self._request_header: self.validator} if self.validator else {}

    def check(self, reply: Reply) -> None:
        """Note the new mark. Raises :class:`NotModified`."""
        if reply.status == 304 and self.validator:
            raise NotModified
        if self._answer_header:
            self.validator = reply.headers.get(self._answer_header, "")


class Kept:
    """Whole answers by address, with their marks; the oldest ones go when there are too many."""

    def __init__(self) -> None:
        self._replies: OrderedDict[tuple[Kind, str], tuple[str, Reply]] = OrderedDict()

    def headers(self, kind: Kind, url: httpx.URL) -> dict[str, str]:
        """What a request to that address carries."""
        found = self._replies.get((kind, str(url)))
        return Condition(kind, found[0]).headers() if found else {}

    def answer(self, kind: Kind, url: httpx.URL, reply: Reply) -> Reply:
        """The answer: the one kept where nothing changed, else this one, kept from now on."""
        key = (kind, str(url))
        found = self._replies.pop(key, None)
        if reply.status == 304 and found:
            self._replies[key] = found
            return found[1]
        mark = reply.headers.get(_NAMES[kind][0], "")
        if reply.status == 200 and mark:
            self._replies[key] = (mark, reply)
            while sum(len(kept.body) for _, kept in self._replies.values()) > MOST_BYTES:
                self._replies.popitem(last=False)
        return reply
