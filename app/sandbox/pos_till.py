"""The till of the reference POS: what it takes, what it refuses, what becomes of an order. No HTTP here.

An order is checked against catalog and tables, reckoned by the till itself, kept, numbered by a growing ``change``, and
told to ``on_event(event, data)``. Only the till changes orders, whether asked by the API or by a person.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from app.sandbox.pos_catalog import PosCatalog
from app.sandbox.pos_forms import (
    CANCELS,
    DONE,
    FINAL,
    NOTE_LIMIT,
    Kind,
    LineForm,
    OptionForm,
    OrderForm,
    PosStatus,
    Ticket,
    TicketLine,
    TicketList,
    TillError,
    check_amount,
    check_text,
    may_follow,
    way_of,
)
from app.sandbox.pos_store import TicketStore

EventSink = Callable[[str, dict[str, Any]], None]

MAX_PAGE = 500
"""Orders of one answer to ``since``."""

OPEN_ITEM_VAT = Decimal(10)
"""VAT of an open item that names none: this restaurant sells food."""

_CENT = Decimal("0.01")

SINQRO_WORDS = {
    "pending": (PosStatus.HELD, PosStatus.REQUESTED),
    "accepted": (PosStatus.OPEN, PosStatus.CONFIRMED),
    "in_preparation": (PosStatus.PREPARING, PosStatus.PREPARING),
    "dispatched": (PosStatus.OUT, PosStatus.OUT),
    "completed": (PosStatus.CLOSED, PosStatus.FINISHED),
    "rejected": (PosStatus.REFUSED, PosStatus.REFUSED),
    "cancelled": (PosStatus.VOID, PosStatus.VOID),
}
"""Words that scripts may use for the till's own: for an order, for a booking."""


@dataclass(kw_only=True)
class TillTemper:
    """How the till misbehaves now."""

    closed: bool = False
    idempotent: bool = True
    ignore_cancel: bool = False
    forgotten: Collection[str] = ()
    """Ids or references of orders it no longer knows when the API asks."""


class Till:
    """Takes orders and moves them. ``clock`` gives seconds since the epoch."""

    def __init__(
        self, *, store: TicketStore, catalog: PosCatalog, on_event: EventSink, clock: Callable[[], float] = time.time
    ) -> None:
        self.temper = TillTemper()
        self._store = store
        self._catalog = catalog
        self._on_event = on_event
        self._clock = clock

    # what callers ask

    def create(self, form: OrderForm, *, received_at: float, key: str = "", origin: str = "api") -> tuple[Ticket, bool]:
        """Take an order; with ``key`` (the API's idempotency key) a repeat is answered with the order there is.

        Returns the order and whether it is new. Raises :class:`TillError`.
        """
        if key and self.temper.idempotent:
            known = self._store.ticket_of_key(key)
            if known is not None and not self._is_forgotten(known):
                return known, False
        if self.temper.closed and origin == "api":
            raise TillError("till_closed", "no session is open in the till")
        with self._store.transaction():
            number = self._store.next_number()
            now = datetime.fromtimestamp(self._clock(), UTC)
            way = way_of(form.kind)
            ticket = self._filled(
                Ticket(
                    id=f"{'B' if form.kind is Kind.BOOKING else 'T'}-{number}",
                    number=number,
                    change=self._store.head() + 1,
                    kind=form.kind,
                    status=way[0] if form.hold else way[1],
                    created_at=now,
                    changed_at=now,
                    received_at=received_at,
                    origin=origin,
                ),
                form,
            )
            if not form.hold:
                ticket = _printed(ticket)
            self._store.put(ticket, final=False)
            if key:
                self._store.remember_key(key, ticket.id)
        self._tell(ticket, "created")
        return ticket, True

    def update(self, ticket_id: str, form: OrderForm) -> Ticket:
        """Give an order new content; its status stays. Raises :class:`TillError`."""
        ticket = self.read(ticket_id)
        if ticket.status in FINAL:
            raise TillError("order_final", f"{ticket.id} is {ticket.status.value}")
        if (form.kind is Kind.BOOKING) is not (ticket.kind is Kind.BOOKING):
            raise TillError("kind_differs", "an order never becomes a booking", field="kind")
        changed = self._filled(ticket, form)
        if ticket.status is not way_of(ticket.kind)[0]:
            changed = _printed(changed)
        return self._keep(changed, "updated")

    def change_status(
        self, ticket_id: str, status: PosStatus, *, reason: str = "", minutes: int | None = None, by: str = "api"
    ) -> Ticket:
        """Move an order. Asked for what is so already, or to void what is paid, it changes nothing.

        Raises :class:`TillError`.
        """
        ticket = self.read(ticket_id) if by == "api" else self.look_up(ticket_id)
        ignored = by == "api" and self.temper.ignore_cancel and status in CANCELS
        if ticket.status is status or ignored or (ticket.status in DONE and status in CANCELS):
            return ticket
        if not may_follow(ticket.kind, ticket.status, status):
            raise TillError(
                "invalid_transition",
                f"{ticket.id} is {ticket.status.value} and cannot become {status.value}",
                field="status",
            )
        accepted = ticket.status is way_of(ticket.kind)[0] and status not in CANCELS
        changed = msgspec.structs.replace(
            ticket, status=status, reason=reason, minutes=ticket.minutes if minutes is None else minutes
        )
        return self._keep(_printed(changed) if accepted else changed, "status")

    def read(self, ticket_id: str) -> Ticket:
        """An order by its id, as the API sees it. Raises :class:`TillError`."""
        ticket = self._store.get(ticket_id)
        if ticket is None or self._is_forgotten(ticket):
            raise TillError("unknown_order", f"there is no order {ticket_id}")
        return ticket

    def find(self, reference: str) -> TicketList:
        """Every order of a reference, as the API sees it."""
        found = self._store.by_reference(reference) if reference else []
        return self._listed(found, self._store.head())

    def open_orders(self) -> TicketList:
        """What is not final, with the cursor of this moment."""
        return self._listed(self._store.open(), self._store.head())

    def since(self, cursor: str, limit: int) -> TicketList:
        """What changed after ``cursor`` (empty: everything). Raises :class:`TillError`."""
        if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise TillError("bad_cursor", f"{cursor!r} is no cursor of this till", field="since")
        limit = max(1, min(limit, MAX_PAGE))
        start = min(int(cursor or 0), self._store.head())
        found = self._store.since(start, limit + 1)
        page = found[:limit]
        return self._listed(page, page[-1].change if page else start, more=len(found) > limit)

    def look_up(self, name: str) -> Ticket:
        """An order by id or reference, forgotten or not, as people at the till see it. Raises :class:`TillError`."""
        ticket = self._store.get(name) or next(iter(self._store.by_reference(name)), None)
        if ticket is None:
            raise TillError("unknown_order", f"there is no order {name}")
        return ticket

    def find_all(self, reference: str) -> list[Ticket]:
        """Every order of a reference, forgotten or not, the oldest first."""
        return self._store.by_reference(reference)

    def everything(self) -> list[Ticket]:
        """Every order there is, the oldest first."""
        return self._store.all()

    # inside

    def _is_forgotten(self, ticket: Ticket) -> bool:
        return ticket.id in self.temper.forgotten or ticket.reference in self.temper.forgotten

    def _listed(self, tickets: list[Ticket], cursor: int, *, more: bool = False) -> TicketList:
        known = tuple(ticket for ticket in tickets if not self._is_forgotten(ticket))
        return TicketList(orders=known, cursor=str(cursor), more=more)

    def _keep(self, ticket: Ticket, what: str) -> Ticket:
        with self._store.transaction():
            now = datetime.fromtimestamp(self._clock(), UTC)
            ticket = msgspec.structs.replace(ticket, change=self._store.head() + 1, changed_at=now)
            self._store.put(ticket, final=ticket.status in FINAL)
        self._tell(ticket, what)
        return ticket

    def _tell(self, ticket: Ticket, what: str) -> None:
        data = {"id": ticket.id, "reference": ticket.reference, "status": ticket.status.value, "what": what}
        self._on_event("order.changed", data)

    def _filled(self, ticket: Ticket, form: OrderForm) -> Ticket:
        """The order with the content of ``form``, checked and reckoned."""
        if form.kind is not Kind.BOOKING and not form.lines:
            raise TillError("no_lines", "an order has lines", field="lines")
        lines = tuple(self._line(line, f"lines[{i}]") for i, line in enumerate(form.lines))
        if form.guests is not None and not 0 <= form.guests < 10_000:
            raise TillError("bad_guests", f"{form.guests} guests do not fit", field="guests")
        table = zone = None
        if form.table:
            table, zone = self._catalog.table(form.table, form.zone)
        for i, payment in enumerate(form.payments):
            check_amount(payment.amount, f"payments[{i}].amount")
        net = sum((_cents(line.total / (1 + line.vat / 100)) for line in lines), Decimal(0))
        total = sum((line.total for line in lines), Decimal(0))
        return msgspec.structs.replace(
            ticket,
            kind=form.kind,
            reference=form.reference,
            code=check_text(form.code, "code"),
            channel=check_text(form.channel, "channel"),
            print=form.print,
            minutes=form.minutes if form.minutes is not None else ticket.minutes,
            lines=lines,
            total=total,
            net=net,
            vat=total - net,
            paid=sum((payment.amount for payment in form.payments if payment.prepaid), Decimal(0)),
            customer=msgspec.structs.replace(
                form.customer,
                name=check_text(form.customer.name, "customer.name"),
                phone=check_text(form.customer.phone, "customer.phone"),
            ),
            address=check_text(form.address, "address"),
            table=table.code if table else None,
            table_name=table.name if table else "",
            zone=zone.code if zone else None,
            zone_name=zone.name if zone else "",
            guests=form.guests,
            due_at=form.due_at,
            note=_note(form.note, "note"),
            payments=form.payments,
        )

    def _line(self, line: LineForm, path: str) -> TicketLine:
        quantity = check_amount(line.quantity, f"{path}.quantity", positive=True)
        options = tuple(self._option(option, f"{path}.options[{i}]") for i, option in enumerate(line.options))
        if line.product is None:
            if not line.name or line.price is None:
                raise TillError("open_item_incomplete", "an open item has a name and a price", field=path)
            name, price, vat = line.name, line.price, OPEN_ITEM_VAT
        else:
            item = self._catalog.item(line.product, f"{path}.product")
            name, vat = line.name or item.name, item.vat
            added = sum((option.price * option.quantity for option in options), Decimal(0))
            price = item.price + added if line.price is None else line.price
        price = check_amount(price, f"{path}.price")
        if line.vat is not None:
            vat = check_amount(line.vat, f"{path}.vat")
            if not 0 <= vat < 100:
                raise TillError("bad_vat", f"{vat} is no VAT rate", field=f"{path}.vat")
        return TicketLine(
            product=line.product,
            name=check_text(name, f"{path}.name"),
            quantity=quantity,
            price=price,
            vat=vat,
            total=_cents(price * quantity),
            note=_note(line.note, f"{path}.note"),
            options=options,
        )

    def _option(self, option: OptionForm, path: str) -> OptionForm:
        check_amount(option.quantity, f"{path}.quantity", positive=True)
        check_amount(option.price, f"{path}.price")
        name = option.name
        if option.option is not None:
            name = name or self._catalog.option(option.option, f"{path}.option").name
        return msgspec.structs.replace(option, name=check_text(name, f"{path}.name"))


def status_word(word: str, kind: Kind) -> PosStatus:
    """A status in the till's words or in Sinqro's. Raises :class:`TillError`."""
    if word in SINQRO_WORDS:
        return SINQRO_WORDS[word][kind is Kind.BOOKING]
    try:
        return PosStatus(word)
    except ValueError as exc:
        known = ", ".join([*PosStatus, *SINQRO_WORDS])
        raise TillError("unknown_status", f"{word!r} is none of {known}", field="status") from exc


def _note(entries: tuple[str, ...], field: str) -> tuple[str, ...]:
    return tuple(check_text(entry, f"{field}[{i}]", NOTE_LIMIT) for i, entry in enumerate(entries))


def _printed(ticket: Ticket) -> Ticket:
    return msgspec.structs.replace(ticket, printed=ticket.printed + 1) if ticket.print else ticket


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
