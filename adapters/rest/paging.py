"""Lists that come in parts: which request brings the next page."""

import re
from collections.abc import Mapping
from typing import Any

import httpx

from adapters.rest.expressions import Compiled, ExpressionError
from adapters.rest.profile_services import Cursor, LinkHeader, Offset, PageNumbers, Pagination
from adapters.rest.refusals import unexpected
from adapters.rest.wire import Wire

_LINK = re.compile(r"<([^>]*)>([^<]*)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)


class Pages:
    """The pages of one list, from the first on."""

    def __init__(self, pages: Pagination, following: Compiled | None, wire: Wire, service: str) -> None:
        self._pages = pages
        self._following = following
        self._wire = wire
        self._service = service
        self._number = 0
        self._seen: set[str] = set()

    def first(self, url: httpx.URL) -> httpx.URL:
        """The address of the first page."""
        pages = self._pages
        if isinstance(pages, PageNumbers):
            url = url.copy_set_param(pages.parameter, str(pages.first))
        if isinstance(pages, Offset):
            url = url.copy_set_param(pages.parameter, "0")
        if isinstance(pages, PageNumbers | Offset) and pages.size_parameter and pages.size:
            url = url.copy_set_param(pages.size_parameter, str(pages.size))
        return self._once(url)

    def following(self, url: httpx.URL, count: int, seen: Mapping[str, Any]) -> httpx.URL | None:
        """The address of the page after ``url``, which had ``count`` entries; ``None`` after the last.

        Raises :class:`~app.domain.errors.ProfileError` for pages that never end.
        """
        self._number += 1
        found = self._next(url, count, seen)
        if found is not None and self._number >= self._pages.most:
            raise unexpected(f"{self._service}: the POS's list has more than {self._pages.most} pages")
        return None if found is None else self._once(found)

    def _once(self, url: httpx.URL) -> httpx.URL:
        if str(url) in self._seen:
            raise unexpected(f"{self._service}: the POS names the same page twice: its list never ends")
        self._seen.add(str(url))
        return url

    def _next(self, url: httpx.URL, count: int, seen: Mapping[str, Any]) -> httpx.URL | None:
        match self._pages:
            case PageNumbers(parameter=parameter, first=first, size=size):
                last = count == 0 or count < size
                return None if last else url.copy_set_param(parameter, str(first + self._number))
            case Offset(parameter=parameter, size=size):
                return None if count < size else url.copy_set_param(parameter, str(self._number * size))
            case Cursor(parameter=parameter):
                cursor = self._named(seen)
                return url.copy_set_param(parameter, cursor) if cursor else None
            case LinkHeader():
                link = self._named(seen) if self._following else _linked(seen["headers"].get("link", ""))
                return self._wire.next_page(url, link) if link else None

    def _named(self, seen: Mapping[str, Any]) -> str:
        """What the answer names as the next one."""
        if self._following is None:
            return ""
        try:
            found = self._following.evaluate(seen)
        except ExpressionError as exc:
            raise unexpected(f"{self._service}: pages: {exc.message}") from exc
        return "" if found in (None, False) else str(found)


def _linked(header: str) -> str:
    """The address of ``rel="next"`` in a ``Link`` header (RFC 8288), empty where there is none."""
    for link in _LINK.finditer(header):
        rel = _REL.search(link[2])
        if rel is not None and "next" in (rel[1] or rel[2]).lower().split():
            return link[1]
    return ""
