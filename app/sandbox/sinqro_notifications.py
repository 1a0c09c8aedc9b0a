"""Sinqro's end of the notifications: verify, deduplicate, apply.

::

    signature (401) → CloudEvents form (400) → selling point (404) → epoch (409 SUPERSEDED) → seen before? → order (404)
        → a revision not above the last one is ignored → applied

``webhook-id`` makes a repetition harmless: it is answered 200 and does nothing.
"""

from typing import Any

import msgspec

from app.domain.status import Merge
from app.link import wire
from app.link.signing import SignatureError, verify
from app.sandbox.sinqro_state import Restaurant, SinqroOrder, SinqroState

STATUS_CHANGED = ("order.status_changed", "reservation.status_changed")
INJECTED = "order.injected"
INJECTION_FAILED = "order.injection_failed"


class NotificationRefused(Exception):
    """Why a notification is not taken; answered with ``status`` and ``{code, message}``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class _Data(msgspec.Struct, rename="camel"):
    installation_id: str
    epoch: int
    selling_point_id: int | str = ""
    order_id: int | str | None = None
    revision: int | None = None
    status: str = ""
    reason: str = ""
    comment: str = ""
    pos_order_id: int | str | None = None
    injection: str = ""
    open: bool | None = None
    closings: list[Any] | None = None


class _CloudEvent(msgspec.Struct):
    specversion: str
    id: str
    source: str
    type: str
    time: str
    data: dict[str, Any]
    datacontenttype: str = "application/json"
    subject: str = ""


def receive(state: SinqroState, selling_point: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Take one notification; the answer's JSON. ``selling_point`` empty: the one its data names.

    Raises :class:`NotificationRefused`.
    """
    try:
        return _taken(state, selling_point, headers, body)
    except NotificationRefused as refused:
        state.refused += 1
        state.record(
            "notification.refused",
            selling_point=selling_point,
            status=refused.status,
            code=refused.code,
            message=refused.message,
        )
        raise


def _taken(state: SinqroState, selling_point: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    try:
        good = [one.secret for one in state.installations.values() if not one.revoked]
        webhook_id = verify(good, headers, body, now=state.now())
    except SignatureError as exc:
        raise NotificationRefused(401, exc.code, exc.message) from exc
    event, data = _decoded(body)
    place = state.restaurants.get(selling_point or str(data.selling_point_id))
    if place is None:
        raise NotificationRefused(404, "SELLING_POINT_NOT_FOUND", f"there is no selling point {selling_point}")
    _check_charge(place, data)
    if webhook_id in state.webhooks_seen:
        state.record("notification.repeated", selling_point=place.id, webhookId=webhook_id, type=event.type)
        return {"state": "repeated"}
    order = None if data.order_id is None else state.orders.get(str(data.order_id))
    if data.order_id is not None and order is None:
        raise NotificationRefused(404, "ORDER_NOT_FOUND", f"there is no order {data.order_id}")
    faults = state.misbehaviour.faults
    if event.type in faults.refuse_types:
        raise NotificationRefused(422, "REFUSED", "the sandbox was told to refuse this")
    outcome = "lost" if event.type in faults.lose_types else _applied(state, place, order, event, data)
    state.webhooks_seen.add(webhook_id)
    state.verified += 1
    state.record(
        "notification",
        selling_point=place.id,
        order=order.key if order else "",
        type=event.type,
        webhookId=webhook_id,
        outcome=outcome,
        data=event.data,
    )
    return {"state": outcome}


def _decoded(body: bytes) -> tuple[_CloudEvent, _Data]:
    try:
        event = msgspec.json.decode(body, type=_CloudEvent)
        if event.specversion != "1.0":
            raise NotificationRefused(400, "EVENT_INVALID", f"specversion {event.specversion}")
        return event, msgspec.convert(event.data, _Data, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise NotificationRefused(400, "EVENT_INVALID", str(exc)) from exc


def _check_charge(place: Restaurant, data: _Data) -> None:
    if data.epoch < place.epoch or data.installation_id != place.active:
        raise NotificationRefused(
            409, wire.SUPERSEDED_CODE, f"{place.device_name} is in charge of {place.id} since epoch {place.epoch}"
        )


def _applied(state: SinqroState, place: Restaurant, order: SinqroOrder | None, event: _CloudEvent, data: _Data) -> str:
    """What became of it, in one word."""
    kind = event.type
    if order is None:
        return _applied_to_place(state, place, event, data)
    if data.revision is not None:
        if data.revision <= order.notified_revision:
            return "ignored"
        order.notified_revision = data.revision
    if data.pos_order_id not in (None, ""):
        order.pos_order_id = str(data.pos_order_id)
    outcome = "recorded"
    if kind == INJECTED:
        order.injection = "injected"
    elif kind == INJECTION_FAILED:
        order.injection = data.injection or "failed"
    elif kind in STATUS_CHANGED:
        merged = state.change_status(order, data.status, ours=False, reason=data.reason, comment=data.comment)
        outcome = "late" if merged in (Merge.LOST, Merge.REFUND) else merged.value
    state.save_order(order)
    return outcome


def _applied_to_place(state: SinqroState, place: Restaurant, event: _CloudEvent, data: _Data) -> str:
    match event.type:
        case "availability.changed":
            place.open = place.open if data.open is None else data.open
            place.closings = data.closings or []
        case "schedule.changed":
            place.schedule = event.data
        case "preparation.changed":
            place.preparation = event.data
        case "catalog.changed":
            if state.on_catalog is not None:
                state.on_catalog(place.id)
            return "fetching"
        case _:
            return "recorded"
    state.save_restaurant(place)
    return "applied"
