"""The parts of a profile that are about the POS as a whole: how it is reached, who one is there, how it writes things.

Types only. :mod:`adapters.rest.profile` tells the story and puts them together.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from app.domain.selling_point import PaymentRule
from app.domain.status import Status

EXPRESSION = "expression"
TEMPLATE = "template"

Expression = Annotated[str, Meta(extra={"kind": EXPRESSION})]
"""A CEL expression; empty: none. Its variables depend on where it stands: see the profile's docstring."""

Template = Annotated[str, Meta(extra={"kind": TEMPLATE})]
"""A text with CEL expressions in braces: ``/orders/{id}/lines``. ``{{`` and ``}}`` are braces themselves."""

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that expressions can use: small letters, digits, underscores."""

SecretName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
"""A secret's name as the vault has it: small letters, digits, hyphens."""

Seconds = Annotated[float, Meta(gt=0, le=600)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that stands in a profile: an unknown name is a typing mistake and said so."""


class Pos(Part, frozen=True, kw_only=True):
    """Which POS this is."""

    name: Annotated[str, Meta(min_length=1)]
    """The product's name, as restaurants know it."""
    vendor: str = ""
    """Who makes it."""
    version: str = ""
    """Version of the POS or of its API that the profile was written for."""
    docs: str = ""
    """Address of the API's documentation."""


class Connection(Part, frozen=True, kw_only=True):
    """How the POS is reached."""

    url: str = ""
    """Base address, ``https://api.example.com/v2``. Empty: each restaurant says it in its configuration, which also
    wins where both do. Plain ``http`` is taken for loopback and private addresses only."""
    headers: dict[str, Template] = field(default_factory=dict)
    """Sent with every request; may use ``options`` and ``secrets``."""
    connect_seconds: Seconds = 3
    """For the connection alone: a POS that is off should be noticed at once."""
    timeout_seconds: Seconds = 10
    """For a whole call, from the request to the last byte of the answer."""
    ca_file: str = ""
    """PEM file with the authority that signed the POS's certificate, beside the profile; empty: the system's."""
    requests_per_second: Annotated[float, Meta(ge=0, le=1000)] = 0
    """What the POS allows; 0: no limit. A call that would have to wait over 5 s is answered as *busy*."""
    concurrency: Annotated[int, Meta(ge=1, le=32)] = 8
    """Requests under way at once; the others queue."""


# ---------------------------------------------------------------- who we are


class NoAuth(Part, frozen=True, kw_only=True, tag_field="kind", tag="none"):
    """The POS asks for nothing (a POS on the same machine)."""


class BasicAuth(Part, frozen=True, kw_only=True, tag_field="kind", tag="basic"):
    """User and password with each request (RFC 7617)."""

    user: Template
    """Plain, or from the restaurant: ``{options.user}``."""
    secret: SecretName = "password"  # noqa: S105 - a name
    """Name of the password's secret."""


class BearerAuth(Part, frozen=True, kw_only=True, tag_field="kind", tag="bearer"):
    """A token that does not change, in ``Authorization: Bearer …``."""

    secret: SecretName = "token"  # noqa: S105
    """Name of the token's secret."""


class HeaderAuth(Part, frozen=True, kw_only=True, tag_field="kind", tag="header"):
    """A key in a header of the POS's own."""

    header: str
    """The header's name: ``X-API-Key``."""
    secret: SecretName = "api-key"  # noqa: S105
    """Name of the key's secret."""
    prefix: str = ""
    """What stands before the key."""


class QueryAuth(Part, frozen=True, kw_only=True, tag_field="kind", tag="query"):
    """A key in the address. It ends up in the POS's access logs: use it only where there is nothing else."""

    parameter: str
    """The parameter's name."""
    secret: SecretName = "api-key"  # noqa: S105
    """Name of the key's secret."""


class LoginAuth(Part, frozen=True, kw_only=True, tag_field="kind", tag="login"):
    """A login call gives a token; it is made anew before the token's end, and once after a 401."""

    path: Template
    """Of the login call, below the base address."""
    body: Expression
    """What is sent; sees ``options`` and ``secrets``."""
    token: Expression
    """The token in the ``answer``."""
    secrets: tuple[SecretName, ...] = ("password",)
    """Names of the secrets that ``body`` uses (a hyphen is an underscore there)."""
    method: Literal["GET", "POST", "PUT"] = "POST"
    """The login call's method."""
    encoding: Literal["json", "form"] = "json"
    """How the body is sent."""
    headers: dict[str, Template] = field(default_factory=dict)
    """Of the login call only; may use ``options`` and ``secrets``."""
    expires_in: Expression = ""
    """Seconds that the token lasts, from the ``answer``. Empty: until the POS answers 401."""
    expires_at: Expression = ""
    """Or the time at which it ends, as ``time(answer.expires)``."""
    header: str = "Authorization"
    """Where the token goes."""
    prefix: str = "Bearer "
    """What stands before it."""


class OAuth2(Part, frozen=True, kw_only=True, tag_field="kind", tag="oauth2"):
    """OAuth 2 client credentials (RFC 6749, 4.4)."""

    token_url: Template
    """A path below the base address, or a whole address."""
    client_id: Template
    """Plain, or from the restaurant: ``{options.client_id}``."""
    secret: SecretName = "client-secret"  # noqa: S105
    """Name of the client secret's secret."""
    scope: str = ""
    """Scopes, with spaces between; empty: not sent."""
    audience: str = ""
    """Some servers want it; empty: not sent."""
    client_auth: Literal["basic", "body"] = "basic"
    """Where the client's id and secret are sent."""


Auth = NoAuth | BasicAuth | BearerAuth | HeaderAuth | QueryAuth | LoginAuth | OAuth2


class Secret(Part, frozen=True, kw_only=True):
    """What people read when they are asked for a secret; the secret itself is in the vault."""

    title: str = ""
    """In a few words: *API key*."""
    help: str = ""
    """Where it is found: *Settings → Integrations → API*."""
    sandbox: str = ""
    """Public key of the POS maker's test account, used in the sandbox where the vault has none."""


class Option(Part, frozen=True, kw_only=True):
    """A value that each restaurant gives in its configuration (a venue's id); expressions see ``options.<name>``."""

    title: str = ""
    """In a few words."""
    help: str = ""
    """Where it is found."""
    type: Literal["text", "number", "boolean"] = "text"
    """What may be written; ``number`` is a whole number."""
    default: str | int | bool | None = None
    """Used where the configuration has none; without it the option is required."""
    choices: tuple[str, ...] = ()
    """The only texts allowed; empty: any."""
    pattern: str = ""
    """Regular expression (RE2) that the whole text must match."""


# ---------------------------------------------------------------- how it writes things


class Numbers(Part, frozen=True, kw_only=True):
    """How the POS writes amounts of money: what ``money`` reads and ``amount`` writes."""

    money: Literal["number", "text", "minor"] = "number"
    """``12.5``; ``"12.50"``; or whole minor units, ``1250``. Reading takes numbers and texts alike."""
    comma: bool = False
    """Texts have a decimal comma: ``"12,50"``."""


class Times(Part, frozen=True, kw_only=True):
    """How the POS writes times: what ``time`` reads and ``posTime`` writes."""

    format: str = "iso"
    """``iso`` (ISO 8601), ``unix`` or ``unix_ms``, or with the letters of strftime: ``%d/%m/%Y %H:%M``."""
    zone: str = "utc"
    """Of times without one, and of those we write: ``utc``, ``local`` (the selling point's), or an IANA name."""


class Text(Part, frozen=True, kw_only=True):
    """What the POS can print. Names are shortened, notes are split over entries and never cut."""

    charset: str = "utf-8"
    """What it can show; other letters become their nearest (``latin-1``: ł → l). Any name that Python knows."""
    emoji: Literal["words", "drop", "keep"] = "words"
    """Pictures in notes: 🥜 becomes *(cacahuetes)*, since an allergy may be written as one. In names they go away."""
    name_limit: Annotated[int, Meta(ge=10, le=10_000)] = 200
    """Longest name or address, in characters."""
    note_limit: Annotated[int, Meta(ge=10, le=60_000)] = 250
    """Longest entry of a note, in characters."""
    note_entries: Annotated[int, Meta(ge=0, le=1000)] = 0
    """How many entries a note may have; 0: any number. More are put together, those that are still too many go all the
    same: the POS may refuse them, nothing is cut off unseen."""


class Lines(Part, frozen=True, kw_only=True):
    """What becomes of lines that are no product of the POS, so that its total is the order's to the cent."""

    unknown: Literal["open_item", "refuse"] = "open_item"
    """A line without the POS's id goes in by name and price; or, where the POS can't take such lines, the order is
    refused with the line's name."""
    open_item: str = ""
    """The POS's product for such lines, where it wants one; empty: ``line.product`` is null."""
    adjustment: bool = True
    """Add a line where the lines don't sum to what the customer paid. ``false``: the POS adds it by itself."""
    adjustment_name: str = "Ajuste"
    """Its name on the ticket."""
    negative: bool = True
    """The POS takes lines with a price below zero. ``false``: they are summed up in ``order.discount``."""


class Taxes(Part, frozen=True, kw_only=True):
    """The POS's own codes for tax rates, by the percentage as text (``"10" = "IVA10"``), given as ``line.tax``."""

    iva: dict[str, str] = field(default_factory=dict)
    """On the mainland and the Balearic Islands."""
    igic: dict[str, str] = field(default_factory=dict)
    """In the Canaries."""
    ipsi: dict[str, str] = field(default_factory=dict)
    """In Ceuta and Melilla."""
    other: dict[str, str] = field(default_factory=dict)
    """Elsewhere."""
    default: str = ""
    """Where a line has no rate, or one without a code; empty: ``line.tax`` is null."""


class Payment(PaymentRule, frozen=True, kw_only=True):
    """One of the POS's payment methods, and which payments of Sinqro's go to it. The first that fits counts."""

    pos_method: str
    """The POS's name or id of the method."""
    channel: str = "*"
    """Code of the channel that the order came through; ``*``: any."""
    method: str = "*"
    """Sinqro's name of the payment method, in capitals or not; ``*``: any."""
    prepaid: bool | None = None
    """Only payments that were made online, or only others; left out: both."""


class StatusMap(Part, frozen=True, kw_only=True):
    """The POS's statuses and ours: pending, accepted, in_preparation, ready, dispatched (seated), completed, rejected,
    cancelled, no_show (of reservations).
    """

    read: dict[str, Status] = field(default_factory=dict)
    """The POS's code → ours: ``open = "accepted"``. A code that is not here is shown as it is, never an error."""
    write: dict[Status, str] = field(default_factory=dict)
    """Ours → the POS's, only for those which ``read`` does not give already: needed where two codes mean the same."""
    missing: tuple[Status, ...] = ()
    """Steps that the POS does not have: nothing is sent for them, and nobody need do anything by hand."""


class Statuses(Part, frozen=True, kw_only=True):
    """Both directions, for orders and for reservations."""

    order: StatusMap = StatusMap()
    """Of orders."""
    reservation: StatusMap = StatusMap()
    """Of reservations."""
    reservation_when: Expression = ""
    """Whether the POS's ``id`` is a reservation's: ``id.startsWith("R-")``. Empty: by its status, orders first."""


class ErrorKind(StrEnum):
    """What an error answer means."""

    BUSY = "busy"
    """Later: tried again, after ``Retry-After`` or 5 s."""
    TILL_CLOSED = "till_closed"
    """No session is open: staff are asked to open the till, tried again meanwhile."""
    NOT_FOUND = "not_found"
    """The POS does not know that order."""
    NO_SUCH_STATUS = "no_such_status"
    """The POS knows no such step."""
    REFUSED = "refused"
    """A plain no: staff are shown why."""
    CREDENTIALS = "credentials"
    """Key or password are not good."""
    UNKNOWN = "unknown"
    """Perhaps it was done: looked up before anything is sent again."""
    DONE = "done"
    """No error: it is as we want it already (*already cancelled*)."""


class Errors(Part, frozen=True, kw_only=True):
    """How the POS says no. Expressions see ``answer`` (null where it is no JSON), ``code`` (HTTP) and ``headers``.

    Without an entry in ``kinds``: 429, and 503 with ``Retry-After``, are busy; 401 and 403 credentials; a 404 with JSON
    to a service about one order not found, any other 404 and redirects a wrong address; other 4xx refused; 5xx unknown
    when something was sent, else tried again.
    """

    failed: Expression = ""
    """True for an answer that is an error although its HTTP code is good: ``answer.success == false``."""
    code: Expression = ""
    """The POS's own code, looked for in ``kinds`` and ``hints``."""
    message: Expression = ""
    """Its sentence, shown to staff."""
    field: Expression = ""
    """Which field it did not like."""
    kinds: dict[str, ErrorKind] = msgspec.field(default_factory=dict)
    """By the POS's code or by HTTP code: ``till_closed = "till_closed"``, ``423 = "busy"``."""
    hints: dict[str, str] = msgspec.field(default_factory=dict)
    """By the POS's code: what staff can do about it, in Spanish or English."""
