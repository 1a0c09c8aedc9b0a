"""Snapshots for the tests of the alarm."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.availability import Closing
from app.domain.record import OrderRecord
from app.domain.status import Status
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot, Snapshot

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def order(order_id: str = "1", **changes: Any) -> OrderRecord:
    known: dict[str, Any] = {
        "selling_point": "71",
        "order_id": order_id,
        "code": order_id,
        "channel": "glovo",
        "received_at": NOW,
        "status_at": NOW,
        "accept_by": later(180),
        "status": Status.PENDING,
    }
    return OrderRecord(**(known | changes))


def snapshot(
    orders: Iterable[OrderRecord] = (),
    *,
    at: datetime = NOW,
    phase: LinkPhase = LinkPhase.OPEN,
    role: Role = Role.ACTIVE,
    taken_by: str = "",
    pos_ok: bool | None = True,
    closings: tuple[Closing, ...] = (),
) -> Snapshot:
    outlet = OutletSnapshot(
        id="71",
        name="Bar",
        role=role,
        taken_by=taken_by,
        at_work=True,
        pos_ok=pos_ok,
        till_open=True,
        pos_message="",
        endpoint_stopped="",
        outbox=0,
        orders=tuple(orders),
        closings=closings,
    )
    return Snapshot(
        at=at, environment="sandbox", link=LinkState(phase=phase), clock_offset_seconds=0, outlets=(outlet,)
    )
