"""A whole answer of a POS."""

from typing import NamedTuple

import httpx


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes

    def names(self) -> dict[str, str]:
        """The headers as expressions see them: names in small letters."""
        return dict(self.headers.items())
