'''The profile of a POS: everything that the declarative adapter knows about it, as typed TOML.

::

    [pos]            name, maker                    [services.*]  the calls, by service
    [connection]     address, time limits           [status.*]    its statuses and ours
    [auth]           who we are there               [errors]      how it says no
    [secrets.*]      what is in the vault           [polling.*]   how it is asked for changes
    [options.*]      what each restaurant sets      [webhooks]    what it tells by itself
    [capabilities]   what no service says           [numbers] [times] [text] [lines] [taxes] [[payments]]
    [words.*]        tables of its words and ours   [functions]   expressions that are used more than once

A profile reads like this (``resources/profiles/`` has complete ones)::

    [pos]
    name = "Example POS"

    [connection]
    url = "https://pos.example.com/api"

    [auth]
    kind = "header"
    header = "x-api-key"
    secret = "api-key"

    [services.create_order]
    method = "POST"
    path = "/venues/{options.venue}/tickets"
    body = """{
        "external_id": order.reference,
        "kind": words.kinds[order.type],
        "items": lines.map(line, {
            "sku": line.product,
            "text": line.name,
            "qty": number(line.quantity),
            "price": amount(line.price),
        }),
    }"""
    result = """{"id": answer.ticket.id, "status": answer.ticket.state, "total": money(answer.ticket.total)}"""

    [words.kinds]
    delivery = "D"
    collection = "T"

    [status.order.read]
    NEW = "accepted"
    DONE = "completed"

Expressions
-----------
They are CEL (https://cel.dev), with optional values (``answer.?note.orValue("")``), the string functions, and
functions of ours: :mod:`adapters.rest.functions`. A missing field of a POS's answer is an error: write ``.?`` where it
may be missing. Our own values are always complete: what is not known is null (amounts, times, ids), ``""`` (texts) or
``[]``, never missing. Amounts, quantities and rates are exact decimals as text (``"12.50"``), times ISO 8601 in UTC.

Variables by place, besides ``options`` (by name, also in webhooks) and ``point`` (``id name timezone currency``):

===================  =============================================================================================
create, update       ``request order lines payments``; update also ``id``
find_order           ``reference`` and ``request.reference``
read_order,          ``id``
read_status
change_status        ``id``, ``status`` (the POS's code), ``target`` (our status), ``reason``, ``minutes`` (or null)
changes              ``cursor`` (text, or null the first time)
set_availability     ``online until reason`` (``until`` a time or null)
all with steps       ``steps``; in a step with ``foreach``: ``each index``
items, result,       ``answer`` (the decoded JSON; numbers with decimals as text), ``code`` (HTTP), ``headers`` (names
cursor, next         in small letters); ``result`` with ``items``: also ``item`` and ``position`` (from 0)
[errors]             ``answer code headers``
[auth] login         ``options secrets``; token and expiry: ``answer code headers``
[webhooks]           ``body headers options words``
reservation_when     ``id``
===================  =============================================================================================

``request``: ``reference`` (Sinqro's id as text), ``print`` (bool), ``status`` (ours), ``hold`` (to be accepted in the
POS), ``preparationMinutes`` (or null).

``order``: ``reference id type status code channel currency total comment notes prepaid diners executionAt
preparationMinutes hold print discount``, ``lines`` and ``payments`` as below, and ``customer {name firstName lastName
phone email}``, ``address {text street details city province postalCode latitude longitude}``, ``table {code name zone
zoneName}``, ``sinqro`` (the order as Sinqro sent it). ``type`` is delivery, collection, insitu, inside or reservation.
``notes`` are all remarks as entries that the POS can print (``[text]``).

``lines``: each ``product`` (the POS's id, or null) ``name type quantity price total basePrice net vat tax notes
options label``. ``price`` is gross for one unit with its options, ``basePrice`` without, ``total`` of all units,
``net`` the total without VAT, ``vat`` percent, ``tax`` the POS's code. ``options``: each ``option`` (its id in the
POS) ``name quantity price notes``, per one unit of the line; ``line.notes`` has theirs too. The
adjusting line is among them (``type == "ADJUSTMENT"``).

``payments``: each ``method`` (the POS's), ``amount``, ``prepaid``; those without a method in the POS are left out.

What expressions give
---------------------
An **order**: ``id`` (needed), ``reference status reason preparationMinutes total changedAt``; ``status`` is the POS's
code. **Catalog entities**: ``kind`` (menu, menuSection, product, productVariant, productOptionCategory, productOption)
and the fields of :mod:`app.domain.catalog` in camelCase (``externalId name price vat isAvailable sections …``). A
**schedule**: as :mod:`app.domain.schedule`, ``weekly: [{startDay, startTime, endDay, endTime}]`` with Monday = 1.
**Zones**: ``code name serviceLocations: [{code, name}]``. ``when``, ``failed``: true or false. ``foreach``, ``items``:
a list. Null fields are as good as missing ones.
'''

from typing import Annotated

import msgspec
from msgspec import Meta, field

from adapters.rest.profile_parts import (
    Auth,
    Connection,
    Errors,
    Expression,
    Lines,
    Name,
    NoAuth,
    Numbers,
    Option,
    Part,
    Payment,
    Pos,
    Secret,
    SecretName,
    Statuses,
    Taxes,
    Text,
    Times,
)
from adapters.rest.profile_services import Polling, Services, Webhooks
from app.ports.pos import Capability


class Declared(Part, frozen=True, kw_only=True):
    """What the POS can do and no service shows. The other capabilities follow from the services there are."""

    hold: bool = False
    """``create_order`` with ``request.hold`` enters an order as *to be accepted*, unprinted."""
    no_print: bool = False
    """``create_order`` without ``request.print`` enters an order without a kitchen ticket."""
    idempotent: bool = False
    """Creating the same reference twice makes one order. Follows from an ``idempotency_header``."""
    reservations: bool = False
    """``create_order`` takes reservations too, ``change_status`` and ``changes`` as well where they are there."""
    cancel: bool = True
    """``change_status`` can cancel. ``false`` where the POS only does so by hand."""


class Profile(Part, frozen=True, kw_only=True):
    """A whole profile."""

    pos: Pos
    """Which POS this is."""
    connection: Connection = Connection()
    """How it is reached."""
    auth: Auth = NoAuth()
    """Who we are there."""
    secrets: dict[SecretName, Secret] = field(default_factory=dict)
    """What people are asked for, by the secret's name; those named elsewhere need not stand here."""
    options: dict[Name, Option] = field(default_factory=dict)
    """What each restaurant sets."""
    capabilities: Declared = Declared()
    """What no service shows."""
    without: dict[Capability, Annotated[str, Meta(min_length=1)]] = field(default_factory=dict)
    """Why a capability is not there, as the integration report says it: ``order_status = "the API can't write it"``."""
    services: Services = Services()
    """The calls."""
    status: Statuses = Statuses()
    """Its statuses and ours."""
    errors: Errors = Errors()
    """How it says no."""
    polling: Polling = Polling()
    """How it is asked for changes."""
    webhooks: Webhooks | None = None
    """What it tells by itself."""
    numbers: Numbers = Numbers()
    """How it writes money."""
    times: Times = Times()
    """How it writes times."""
    text: Text = Text()
    """What it can print."""
    lines: Lines = Lines()
    """Lines that are no product of it."""
    taxes: Taxes = Taxes()
    """Its codes of tax rates."""
    functions: Annotated[dict[Name, Expression], Meta(max_length=100)] = field(default_factory=dict)
    """Expressions that are used more than once, as functions of one argument, ``it``: ``ticket_of(answer)``. They see
    ``options``, ``point`` and ``words`` besides, and the functions above them."""
    words: dict[Name, dict[str, str]] = field(default_factory=dict)
    """Tables of words: ``words.kinds[order.type]``, or ``words.kinds[?x].orValue("L")`` where some are not there."""
    payments: tuple[Payment, ...] = ()
    """Its payment methods by channel and method, after the restaurant's own rules."""


def profile_of(raw: object) -> Profile:
    """The profile in a decoded TOML table; the types alone are checked. Raises ``msgspec.ValidationError``."""
    return msgspec.convert(raw, Profile)
