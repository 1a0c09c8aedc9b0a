"""The calls of a profile: services with their steps, pages, polling and webhooks. Types only.

A service is one call, or several in ``steps``. :mod:`adapters.rest.profile` tells which variables expressions see.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from adapters.rest.profile_parts import ErrorKind, Expression, Name, Part, SecretName, Template

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

# ---------------------------------------------------------------- pages


class Pages(Part, frozen=True, kw_only=True, tag_field="kind"):
    """Base of the ways in which lists come in parts; ``items`` of the call says where the list is."""

    most: Annotated[int, Meta(ge=1, le=10_000)] = 500
    """Pages at most: more is an error of the POS's, or of the profile's."""


class PageNumbers(Pages, frozen=True, kw_only=True, tag="page"):
    """``?page=1``, ``?page=2`` … until a page is empty, or shorter than ``size``."""

    parameter: str = "page"
    """Name of the page's number."""
    first: Annotated[int, Meta(ge=0, le=1)] = 1
    """Number of the first page."""
    size_parameter: str = ""
    """Name of the page's size; empty: not sent."""
    size: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """Entries of a full page; 0: not known, asked until a page is empty."""


class Offset(Pages, frozen=True, kw_only=True, tag="offset"):
    """``?offset=0&limit=100``, ``?offset=100`` … until a page is shorter than ``size``."""

    size: Annotated[int, Meta(ge=1, le=10_000)] = 100
    """Entries of a full page."""
    parameter: str = "offset"
    """Name of the offset."""
    size_parameter: str = "limit"
    """Name of the page's size; empty: not sent."""


class Cursor(Pages, frozen=True, kw_only=True, tag="cursor"):
    """Each answer names the next page."""

    cursor: Expression
    """The next page's cursor in the ``answer``; null or empty: there is none."""
    parameter: str = "cursor"
    """Name of the parameter that takes it."""


class LinkHeader(Pages, frozen=True, kw_only=True, tag="link"):
    """``Link: <…>; rel="next"`` (RFC 8288), or an address in the answer. It must be on the POS's own host."""

    next: Expression = ""
    """The next page's address in the ``answer``; empty: the header's."""


Pagination = PageNumbers | Offset | Cursor | LinkHeader

# ---------------------------------------------------------------- calls


class Request(Part, frozen=True, kw_only=True):
    """One HTTP request."""

    method: Method = "GET"
    """HTTP method."""
    path: Template = ""
    """Below the base address; values in braces are escaped: ``/orders/{id}``."""
    query: dict[str, Template] = field(default_factory=dict)
    """Parameters by name. One whose only content is ``{…}`` and gives null is left out."""
    headers: dict[str, Template] = field(default_factory=dict)
    """Besides those of the connection; null leaves one out here too."""
    body: Expression = ""
    """What is sent, as a CEL value that becomes JSON; empty: nothing."""
    encoding: Literal["json", "form"] = "json"
    """``form``: a flat map as ``application/x-www-form-urlencoded``."""
    nulls: Literal["omit", "send"] = "omit"
    """Whether fields of the body that are null are sent."""


class Call(Request, frozen=True, kw_only=True):
    """A request and what its answer means."""

    success: tuple[int, ...] = ()
    """HTTP codes that mean success; empty: 200 to 299."""
    errors: dict[str, ErrorKind] = field(default_factory=dict)
    """As ``kinds`` of ``[errors]``, for this call alone; these come first."""
    idempotency_header: str = ""
    """A header that makes a repetition harmless; its value is ``idempotency_key``."""
    idempotency_key: Template = "{request.reference}"
    """What makes the request the same: Sinqro's order id, with something added where a service sends several."""
    pages: Pagination | None = None
    """Where the answer is a list that comes in parts; needs ``items``."""
    items: Expression = ""
    """The list in the ``answer``. Then ``result`` is made for each ``item`` of it, and the results are a list."""
    result: Expression = ""
    """What the answer means, in our form; empty: the answer as it is (with ``items``: each item as it is)."""


class Undo(Request, frozen=True, kw_only=True):
    """Takes back what a step did, when a later one fails: a kitchen must not cook half an order."""

    method: Method = "DELETE"
    """HTTP method."""


class Step(Call, frozen=True, kw_only=True):
    """One of several calls. One without a path makes none: it maps what earlier steps brought (``items`` of
    ``steps.menu.products``), as for an answer that holds several lists.
    """

    name: Name
    """Later expressions see the step's result as ``steps.<name>``: null where it was not made, a list where it was
    made for each."""
    when: Expression = ""
    """Whether to make the call at all; empty: always."""
    foreach: Expression = ""
    """A list: the call is made for each entry, which its expressions see as ``each`` (and ``index``, from 0)."""
    concurrency: Annotated[int, Meta(ge=1, le=32)] = 1
    """How many of these calls at once. 1 keeps the order; details of a list may go eight at once."""
    helper: bool = False
    """Its result is for later steps only, and no part of the service's."""
    undo: Undo | None = None
    """Takes the step back when a later one fails."""


class Service(Call, frozen=True, kw_only=True):
    """One service: a call of its own, or ``steps``; then ``result`` is made once, at the end, from ``steps``."""

    steps: tuple[Step, ...] = ()
    """Calls made one after the other. Without ``result`` the service's result is the last one's, for
    ``read_catalog`` and ``read_tables`` those of all, helpers apart."""


class Services(Part, frozen=True, kw_only=True):
    """What the POS can be asked; a service that is not here the POS can't do."""

    create_order: Service | None = None
    """Put an order or a reservation (``order.type == "reservation"``) into the POS. Result: an order."""
    update_order: Service | None = None
    """Change the order ``id`` to this content. Result: an order."""
    find_order: Service | None = None
    """Look for Sinqro's ``reference``. Result: an order, a list of them, or null; *not found* is null too."""
    read_order: Service | None = None
    """The order ``id``. Result: an order."""
    read_status: Service | None = None
    """Its status alone, where that is cheaper. Result: an order."""
    change_status: Service | None = None
    """Ask for the status ``status`` (the POS's code), with ``reason`` and ``minutes``. No result: it is read back."""
    changes: Service | None = None
    """What changed since ``cursor`` (null: the first time). Result: ``orders``, and ``cursor`` and ``more``."""
    read_catalog: Service | None = None
    """The whole menu. Result: a list of catalog entities; one item may give several, as a list."""
    read_availability: Service | None = None
    """The POS's switch for online orders. Result: ``online``, and where known ``until`` and ``reason``."""
    set_availability: Service | None = None
    """Turn that switch: ``online``, ``until``, ``reason``. No result: it is read back."""
    read_schedule: Service | None = None
    """The opening hours. Result: a schedule."""
    read_tables: Service | None = None
    """Zones and tables. Result: a list of zones."""
    health: Service | None = None
    """Whether the POS works. Result: ``ok``, ``tillOpen``, ``message``, ``version``. Without it: any answer is good."""


# ---------------------------------------------------------------- hearing of changes


class Poll(Part, frozen=True, kw_only=True):
    """How a service is asked again and again."""

    conditional: Literal["none", "etag", "modified"] = "none"
    """``etag``: ``If-None-Match`` with the last ``ETag``; ``modified``: ``If-Modified-Since`` with ``Last-Modified``.
    A 304 means: nothing changed."""
    every_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 0
    """Never more often than this; 0: as the restaurant's configuration says."""


class ChangesPoll(Poll, frozen=True, kw_only=True):
    """How ``changes`` is asked."""

    cursor: Literal["result", "newest", "none"] = "result"
    """Where the next ``cursor`` comes from: the result's own; the newest ``changedAt`` of its orders (for
    *updated since*), as an ISO time; or none, the POS lists what is open each time."""
    overlap_seconds: Annotated[float, Meta(ge=0, le=3600)] = 5
    """With ``newest``: asked again from so long before, since POS clocks and transactions overlap. Repetitions are
    harmless."""


class Polling(Part, frozen=True, kw_only=True):
    """By service; one that is not here is asked plainly."""

    changes: ChangesPoll = ChangesPoll()
    """Orders."""
    read_catalog: Poll = Poll()
    """The menu."""
    read_availability: Poll = Poll()
    """The switch."""
    read_schedule: Poll = Poll()
    """The hours."""
    read_tables: Poll = Poll()
    """The tables."""


class StandardWebhooks(Part, frozen=True, kw_only=True, tag_field="kind", tag="standard"):
    """The three headers of Standard Webhooks (https://www.standardwebhooks.com)."""

    secret: SecretName = "webhook-secret"  # noqa: S105 - a name
    """Name of the secret."""


class HmacSignature(Part, frozen=True, kw_only=True, tag_field="kind", tag="hmac"):
    """HMAC-SHA256 of the body in a header."""

    header: str
    """The header's name."""
    prefix: str = ""
    """What stands before the value: ``sha256=``."""
    encoding: Literal["hex", "base64"] = "hex"
    """How it is written."""
    secret: SecretName = "webhook-secret"  # noqa: S105
    """Name of the secret."""


class SharedToken(Part, frozen=True, kw_only=True, tag_field="kind", tag="token"):
    """The secret itself in a header."""

    header: str = "Authorization"
    """The header's name."""
    prefix: str = ""
    """What stands before it: ``Bearer``."""
    secret: SecretName = "webhook-secret"  # noqa: S105
    """Name of the secret."""


Signature = StandardWebhooks | HmacSignature | SharedToken


class Event(Part, frozen=True, kw_only=True):
    """What one of the POS's events means: a hint, the companion then reads the POS."""

    means: Literal["orders", "catalog", "availability", "schedule", "tables"]
    """What to read again."""
    when: Expression = ""
    """Whether it matters, from the ``body``; empty: always."""
    id: Expression = ""
    """With ``orders``: the POS's id of the only one to read again, from the ``body``; empty: all that changed."""


class Webhooks(Part, frozen=True, kw_only=True):
    """What the POS tells by itself, posted to ``http://127.0.0.1:8712/pos/<selling point>/<event>``."""

    signature: Signature = StandardWebhooks()
    """How the POS proves that it is the sender."""
    event: Expression = ""
    """The event's name, from the ``body``, where the POS sends all to one address; empty: the address's last part."""
    events: dict[str, Event] = field(default_factory=dict)
    """By the POS's name of the event. Others are ignored."""
