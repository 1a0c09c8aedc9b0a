"""Odoo's records as far as they are read, its words beside ours, and how Sinqro's order is known in it.

An order's ``uuid`` is made from Sinqro's reference, so it can be looked up however its creation ended. The reference
itself stands in the name of each of its lines (Odoo's "Line No", which the till shows nowhere and does not change).
"""

import uuid
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.status import OrderType, Status

Link = tuple[int, str] | bool
"""A many-to-one: id and name, or ``False``."""
Text = str | bool
"""A text, or ``False`` where there is none."""

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.sinqro.com/companion/odoo/pos.order")

LINE_PREFIX = "SINQRO/"
BETWEEN = " · "
"""Stands between table and code in the name of an order that went in without its table."""

PRESETS = {
    OrderType.DELIVERY: "pos_delivery_preset",
    OrderType.COLLECTION: "pos_takeout_preset",
    OrderType.INSITU: "pos_takein_preset",
    OrderType.INSIDE: "pos_takein_preset",
}
"""Our order types by the external ids of ``pos_restaurant``'s presets."""

EXTRAS = {
    "DELIVERY": ("SINQRO-DELIVERY", "Gastos de envío"),
    "TIP": ("SINQRO-TIP", "Propina"),
    "DISCOUNT": ("SINQRO-DISCOUNT", "Descuento"),
    "": ("SINQRO-ITEM", "Artículo de Sinqro"),
    "ROUNDING": ("SINQRO-ROUNDING", "Ajuste"),
}
"""Products of their own, by line type (``""``: every other one): internal reference, and name when it is made."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """A point of sale."""

    id: int
    name: str
    company_id: Link
    currency_id: Link
    current_session_id: Link = False
    current_session_state: Text = False
    payment_method_ids: list[int] = []
    use_presets: bool = False
    available_preset_ids: list[int] = []


class TillRow(msgspec.Struct, frozen=True, kw_only=True):
    """The session of a point of sale, and what was in its cash drawer at the last closing."""

    id: int
    current_session_id: Link = False
    current_session_state: Text = False
    last_session_closing_cash: Decimal = Decimal(0)


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """How its taxes are rounded: ``round_per_line`` or ``round_globally``."""

    id: int
    tax_calculation_rounding_method: str


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``pos.order``."""

    id: int
    uuid: Text
    state: str
    amount_total: Decimal
    amount_paid: Decimal
    write_date: str
    last_order_preparation_change: Text = False
    floating_order_name: Text = False
    table_id: Link = False
    config_id: Link = False

    @property
    def without_table(self) -> bool:
        """Whether it is for a table but could not be put on it."""
        return not self.table_id and BETWEEN in text(self.floating_order_name)


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``pos.order.line``."""

    id: int
    name: str
    uuid: Text
    order_id: Link
    price_subtotal: Decimal
    price_subtotal_incl: Decimal


class PaymentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``pos.payment``."""

    id: int
    uuid: Text
    amount: Decimal
    payment_method_id: Link


class MethodRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``pos.payment.method``."""

    id: int
    name: str


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ``restaurant.table``; one that is pushed together with others has the first of them as ``parent_id``."""

    id: int
    table_number: int
    floor_id: Link
    parent_id: Link = False


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """What of ``sync_from_ui``'s long answer is read."""

    orders: list["SyncedOrder"] = msgspec.field(name="pos.order", default_factory=list)


class SyncedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that took part."""

    id: int
    uuid: str


class _Prepared(msgspec.Struct, frozen=True, kw_only=True):
    lines: dict[str, Any] = {}


def fields_of(form: type[msgspec.Struct]) -> list[str]:
    """Names of the fields to ask for."""
    return [field.encode_name for field in msgspec.structs.fields(form) if field.name != "id"]


def ident(link: Link) -> int | None:
    """The id of a many-to-one."""
    return link[0] if isinstance(link, tuple) else None


def text(value: Text) -> str:
    """A text; empty where Odoo has none."""
    return value if isinstance(value, str) else ""


def order_uuid(reference: str) -> uuid.UUID:
    """The uuid that the order of this reference has in every Odoo."""
    return uuid.uuid5(NAMESPACE, reference)


def line_uuid(order: uuid.UUID, number: int) -> str:
    """The uuid of its line."""
    return str(uuid.uuid5(order, f"line/{number}"))


def payment_uuid(order: uuid.UUID, number: int) -> str:
    """The uuid of its payment."""
    return str(uuid.uuid5(order, f"payment/{number}"))


def line_name(reference: str, number: int) -> str:
    """The line's name."""
    return f"{LINE_PREFIX}{reference}/{number}"


def reference_of(name: str) -> str:
    """Sinqro's reference from a line's name; empty for lines of others."""
    return name[len(LINE_PREFIX) :].rpartition("/")[0] if name.startswith(LINE_PREFIX) else ""


def status_of(row: OrderRow) -> tuple[Status | None, str]:
    """Our status and Odoo's own word.

    Staff who join an order with their table's cancel it in doing so: cancelling one that we asked them to join means
    nothing, and is not passed on.
    """
    if row.state == "draft":
        return (Status.IN_PREPARATION, "sent") if _is_sent(row) else (Status.ACCEPTED, "draft")
    if row.state == "cancel":
        return (None, "joined") if row.without_table else (Status.CANCELLED, "cancel")
    return (Status.COMPLETED if row.state in ("paid", "done") else None), row.state


def _is_sent(row: OrderRow) -> bool:
    """Whether the till has sent anything of it to the kitchen."""
    raw = text(row.last_order_preparation_change)
    try:
        return bool(raw and msgspec.json.decode(raw, type=_Prepared).lines)
    except (msgspec.MsgspecError, RecursionError):
        return False
