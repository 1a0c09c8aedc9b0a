"""Sinqro's customers as Odoo's contacts, none twice.

A customer whom Sinqro knows by id is found by that (``ref``), else one of the same phone *and* name: platforms give
many customers the same number. A delivery to another address than the contact's goes to a delivery address below it.
"""

from typing import Any

import msgspec

from adapters.odoo import forms, texts
from adapters.odoo.forms import Text, text
from adapters.odoo.wire import Wire
from app.domain.order import Order
from app.domain.order_parts import Address, Consumer


class _Contact(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: Text
    phone: Text
    street: Text
    zip: Text
    city: Text


def customer_key(order: Order) -> str:
    """What tells this customer from others: calls for the same one must not run side by side."""
    who = order.consumer
    return f"{who.id}|{who.phone}|{who.full_name}" if who else ""


async def contact_for(wire: Wire, order: Order) -> int | None:
    """The contact that the order belongs to, made where there is none; ``None`` for a customer without a name, and
    where the API key's user may not make contacts: a right of its own in Odoo, and no reason for an order not to enter.
    """
    who = order.consumer
    if who is None or not texts.name(who.full_name):
        return None
    address = _address(order.delivery_address)
    found = await _find(wire, who)
    if found is None:
        return await _create(wire, {**_person(who), **address})
    if not address or _same(found, address):
        return found.id
    below = await _search(wire, [["parent_id", "=", found.id], ["type", "=", "delivery"]])
    place = next((row for row in below if _same(row, address)), None)
    if place is not None:
        return place.id
    person = {name: value for name, value in _person(who).items() if name != "ref"}
    return await _create(wire, {**person, **address, "parent_id": found.id, "type": "delivery"})


async def _find(wire: Wire, who: Consumer) -> _Contact | None:
    reference = _reference(who)
    if reference:
        found = await _search(wire, [["ref", "=", reference]])
        if found:
            return found[0]
    phone = _phone(who)
    if not phone:
        return None
    same_phone = await _search(
        wire, ["|", ["phone", "=", phone], ["phone_sanitized", "=", phone], ["parent_id", "=", False]]
    )
    name = texts.name(who.full_name).casefold()
    return next((row for row in same_phone if text(row.name).casefold() == name), None)


async def _search(wire: Wire, domain: list[Any]) -> list[_Contact]:
    return await wire.read(
        "res.partner",
        "search_read",
        list[_Contact],
        domain=domain,
        fields=forms.fields_of(_Contact),
        order="id",
        limit=100,
    )


async def _create(wire: Wire, values: dict[str, Any]) -> int | None:
    if not await wire.read("res.partner", "has_access", bool, operation="create"):
        return None
    return (await wire.write("res.partner", "create", list[int], vals_list=[values]))[0]


def _reference(who: Consumer) -> str:
    return f"SINQRO-{who.id}" if who.id not in (None, "") else ""


def _phone(who: Consumer) -> str:
    return texts.name(str(who.phone or ""))


def _person(who: Consumer) -> dict[str, Any]:
    values = {"name": texts.name(who.full_name), "phone": _phone(who), "ref": _reference(who)}
    values["email"] = texts.name(who.email or "")
    return {name: value for name, value in values.items() if value}


def _address(where: Address | None) -> dict[str, str]:
    """Street, town and postal code as a contact has them; empty without an address."""
    if where is None:
        return {}
    parts = {
        "street": where.street or where.complete_address or where.place_name,
        "street2": where.details,
        "zip": str(where.postal_code or ""),
        "city": where.city,
    }
    return {name: texts.name(value) for name, value in parts.items() if value and texts.name(value)}


def _same(contact: _Contact, address: dict[str, str]) -> bool:
    there = {"street": text(contact.street), "zip": text(contact.zip), "city": text(contact.city)}
    return all(there[name].casefold() == address.get(name, "").casefold() for name in there)
