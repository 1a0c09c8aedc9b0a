"""One order in Odoo: written by ``sync_from_ui``, as the till's own screen does, and read back.

Odoo puts a draft that carries a ``table_id`` together with that table's open order. So an order is always made without
its table, where nothing can be merged, and put on the table in a second call, when the table is free; that call carries
no lines, so that even when it meets a waiter's new order it changes nothing there.
"""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from adapters.odoo import forms
from adapters.odoo.forms import LineRow, OrderRow, PaymentRow, Synced, ident, text
from adapters.odoo.payload import Draft, name_at_table
from adapters.odoo.venue import Place, Table, is_taken
from adapters.odoo.wire import Wire
from app.domain.errors import PosNotFound, PosRefused
from app.domain.status import Status
from app.ports.pos import PosOrder, PosWarning


async def by_uuid(wire: Wire, own: str) -> OrderRow | None:
    """The order of this uuid."""
    found = await _orders(wire, [["uuid", "=", own]])
    return found[0] if found else None


async def by_id(wire: Wire, pos_order_id: str) -> OrderRow:
    """The order of this id. Raises :class:`PosNotFound`."""
    number = int(pos_order_id) if pos_order_id.isascii() and pos_order_id.isdigit() and len(pos_order_id) < 10 else 0
    found = await _orders(wire, [["id", "=", number]]) if number else []
    if not found:
        raise PosNotFound(f"Odoo has no order {pos_order_id!r}")
    return found[0]


async def _orders(wire: Wire, domain: list[Any]) -> list[OrderRow]:
    return await wire.read(
        "pos.order", "search_read", list[OrderRow], domain=domain, fields=forms.fields_of(OrderRow), limit=1
    )


async def lines_of(wire: Wire, orders: Sequence[int]) -> list[LineRow]:
    """Their lines."""
    return await wire.read(
        "pos.order.line",
        "search_read",
        list[LineRow],
        domain=[["order_id", "in", list(orders)]],
        fields=forms.fields_of(LineRow),
        order="id",
    )


async def create(wire: Wire, place: Place, draft: Draft) -> None:
    """Make the order, without its table."""
    body = {
        **draft.head,
        "session_id": place.open_session(),
        "amount_paid": 0,
        "lines": [[0, 0, line] for line in draft.lines],
        "payment_ids": [[0, 0, payment] for payment in draft.payments],
        **_joined(draft),
    }
    await _sync(wire, body)


async def replace(wire: Wire, place: Place, row: OrderRow, draft: Draft) -> None:
    """Give the order the draft's content. Lines that others added stay, and count."""
    lines = await lines_of(wire, [row.id])
    ours = {text(line.uuid): line.id for line in lines if forms.reference_of(line.name)}
    theirs = [line for line in lines if not forms.reference_of(line.name)]
    payments = await wire.read(
        "pos.payment",
        "search_read",
        list[PaymentRow],
        domain=[["pos_order_id", "=", row.id]],
        fields=forms.fields_of(PaymentRow),
    )
    own = uuid.UUID(draft.uuid)
    possible = {forms.payment_uuid(own, number) for number in range(len(payments) + 1)}
    taken = {text(payment.uuid): payment for payment in payments if text(payment.uuid) in possible}
    # what the kitchen has is the till's to know: a change must reach it however the order came in
    head = {name: value for name, value in draft.head.items() if name != "last_order_preparation_change"}
    body = {
        **head,
        "uuid": text(row.uuid),
        "session_id": place.open_session(),
        "lines": _commands(draft.lines, ours),
        "payment_ids": _payment_commands(draft.payments, taken),
        "amount_total": draft.total + sum((line.price_subtotal_incl for line in theirs), Decimal(0)),
        "amount_tax": draft.tax + sum((line.price_subtotal_incl - line.price_subtotal for line in theirs), Decimal(0)),
    }
    body |= _joined(draft)
    await _sync(wire, body)


def _joined(draft: Draft) -> dict[str, Any]:
    """Which lines are parts of which, as the till itself tells it."""
    if not draft.parts:
        return {}
    parents = {part: {"combo_parent_id": whole} for part, whole in draft.parts.items()}
    return {"relations_uuid_mapping": {"pos.order.line": parents}}


def _commands(wanted: list[dict[str, Any]], there: dict[str, int]) -> list[list[Any]]:
    """Change what is there, make what is missing, take away what is left over."""
    found: list[list[Any]] = []
    for values in wanted:
        number = there.get(values["uuid"])
        if number is None:
            found.append([0, 0, values])
        else:
            found.append([1, number, {name: value for name, value in values.items() if name not in ("uuid", "name")}])
    kept = {values["uuid"] for values in wanted}
    return found + [[2, number, 0] for own, number in there.items() if own not in kept]


def _payment_commands(wanted: list[dict[str, Any]], there: dict[str, PaymentRow]) -> list[list[Any]]:
    """As :func:`_commands`, and nothing at all where nothing changes: Odoo logs each change of a payment."""
    as_it_is = {own: (payment.amount, ident(payment.payment_method_id)) for own, payment in there.items()}
    as_wanted = {values["uuid"]: (values["amount"], values["payment_method_id"]) for values in wanted}
    return [] if as_it_is == as_wanted else _commands(wanted, {own: payment.id for own, payment in there.items()})


async def seat(wire: Wire, place: Place, row: OrderRow, table: Table) -> None:
    """Put an order on its table, unless somebody else's open order is there."""
    own = text(row.uuid)
    if ident(row.table_id) == table.root or await is_taken(wire, table, own):
        return
    name = name_at_table(text(row.floating_order_name))
    body = _bare(row, place) | {"table_id": table.root}
    if own in {order.uuid for order in (await _sync(wire, body)).orders} and not await is_taken(wire, table, own):
        await wire.write("pos.order", "write", bool, ids=[row.id], vals={"floating_order_name": name})
    else:  # a waiter opened it meanwhile
        await unseat(wire, row, text(row.floating_order_name))


async def unseat(wire: Wire, row: OrderRow, name: str) -> None:
    """Take an order off its table."""
    values = {"table_id": False, "floating_order_name": name}
    await wire.write("pos.order", "write", bool, ids=[row.id], vals=values)


async def cancel(wire: Wire, row: OrderRow) -> None:
    """Cancel it, as far as Odoo does: a paid one stays, and is answered as if it had been cancelled."""
    if row.state in ("draft", "cancel"):
        # one that is wanted another day would only lose its session; one named after a table would look as if joined
        values = {"preset_time": False, "floating_order_name": name_at_table(text(row.floating_order_name))}
        await wire.write("pos.order", "write", bool, ids=[row.id], vals=values)
    await wire.write("pos.order", "action_pos_order_cancel", dict[str, Any], ids=[row.id])


async def close(wire: Wire, place: Place, row: OrderRow) -> None:
    """Close a fully paid order. Raises :class:`PosRefused` where money is still to be taken: never paid without it."""
    if row.amount_paid != row.amount_total:
        raise PosRefused(
            f"{row.amount_total - row.amount_paid} of the order is not paid in Odoo yet",
            code="NOT_PAID",
            hint="take the money in the POS, which closes it",
        )
    await _sync(wire, _bare(row, place) | {"state": "paid", "amount_return": 0})


def _bare(row: OrderRow, place: Place) -> dict[str, Any]:
    """What every call about an order that is there must carry."""
    return {
        "uuid": text(row.uuid),
        "access_token": uuid.uuid4().hex,  # Odoo answers 500 without one, and keeps its own
        "session_id": place.open_session(),
        "state": "draft",
        "lines": [],
        "payment_ids": [],
    }


async def _sync(wire: Wire, body: dict[str, Any]) -> Synced:
    return await wire.write("pos.order", "sync_from_ui", Synced, orders=[body])


def seen(row: OrderRow, reference: str, warnings: Sequence[PosWarning] = ()) -> PosOrder:
    """The order in the port's form."""
    status, word = forms.status_of(row)
    return PosOrder(
        id=str(row.id),
        reference=reference,
        status=status,
        pos_status=word,
        total=row.amount_total,
        warnings=tuple(warnings),
    )


def warnings_of(row: OrderRow, lines: Sequence[LineRow], wanted: Draft, *, alone: bool) -> list[PosWarning]:
    """What is not as it was ordered, read back. ``alone``: nobody can have added anything to it yet."""
    theirs = [line for line in lines if not forms.reference_of(line.name)]
    found = []
    if row.without_table:
        found.append(PosWarning.TABLE_BUSY)
    if (theirs and alone) or len(lines) - len(theirs) != len(wanted.lines):
        found.append(PosWarning.MERGED)
    if row.amount_total != wanted.total + sum((line.price_subtotal_incl for line in theirs), Decimal(0)):
        found.append(PosWarning.TOTAL_DIFFERS)
    if wanted.unpaid:
        found.append(PosWarning.PAYMENT_UNKNOWN)
    return found


def is_off(status: Status) -> bool:
    """Whether Odoo's cancelling is meant: it knows no rejecting."""
    return status in (Status.CANCELLED, Status.REJECTED)
