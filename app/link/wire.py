"""What is particular to Sinqro: names on the wire, and the table of addresses, headers and codes.

The names of the link's own requests stand here as constants; everything that Sinqro may change without changing what
we do (URLs, header names, status codes) is read from ``resources/contract/sinqro.toml``. No other module spells them.
"""

from pathlib import Path

import msgspec

from app.domain.errors import ConfigurationError
from app.domain.status import Status

HELLO = "link.hello"
BYE = "link.bye"
PING = "link.ping"
SUPERSEDED = "link.superseded"
TAKE_OVER = "link.takeOver"

URGENT = frozenset({PING, SUPERSEDED})
"""Requests that overtake a queue of orders: a sign of life is due within a second, and injection must stop at once."""

SUPERSEDED_CODE = "SUPERSEDED"
"""Code of a 409 to a notification of an older epoch."""

FRAME_LIMIT = 4 * 2**20
"""Bytes of a frame that are read; a larger one is answered ``TOO_LARGE``."""

TRANSPORT_LIMIT = 16 * 2**20
"""Bytes of a frame that the websocket takes before it closes with 1009."""


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The link's own names."""

    contract_version: str
    subprotocol: str


class TokenHeaders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names of the headers that carry tokens."""

    user_access_token: str
    server_access_token: str


class Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where Sinqro is: ``base_url`` for pairing, ``link_url`` until pairing told another."""

    base_url: str
    link_url: str


class Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table; see the comments in the file."""

    link: Link
    headers: TokenHeaders
    environments: dict[str, Environment]
    statuses: dict[str, Status]
    codes: dict[Status, str]

    def status(self, code: str) -> Status | None:
        """The companion's status for a code of Sinqro's; ``None`` for one that nobody knows: kept, shown, no error."""
        return self.statuses.get(code.strip().lower())

    def code(self, status: Status) -> str:
        """Sinqro's code for a status of ours."""
        return self.codes.get(status, status.value)


def default_table() -> Path:
    """Where the packaged table lies."""
    return Path(__file__).parents[2] / "resources" / "contract" / "sinqro.toml"


def load_wire(path: Path | None = None) -> Wire:
    """Read the table (the packaged one by default). Raises :class:`ConfigurationError` with its path and fault."""
    path = path or default_table()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Wire)
    except OSError as exc:
        raise ConfigurationError(f"{path}: cannot be read ({exc.strerror})", hint="Install the program anew.") from exc
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{path}: {exc}", hint="Compare it with the one of the release.") from exc
