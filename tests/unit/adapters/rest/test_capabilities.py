from typing import Any

import msgspec
import pytest

from adapters.rest.capabilities import capabilities_of, written
from adapters.rest.profile import Profile
from adapters.rest.profile_parts import StatusMap
from adapters.rest.profile_services import Services
from app.domain.status import Status
from app.ports.pos import Capability

CALL = {"path": "/x"}


def capabilities(services: dict[str, Any], **parts: Any) -> set[str]:
    raw = {"pos": {"name": "x"}, "services": services, **parts}
    return {capability.value for capability in capabilities_of(msgspec.convert(raw, Profile))}


@pytest.mark.parametrize(
    ("services", "parts", "expected"),
    [
        ({}, {}, ""),
        ({"health": CALL}, {"capabilities": {"hold": True, "reservations": True}}, ""),
        ({"create_order": CALL}, {}, "order_create"),
        (
            {"create_order": CALL},
            {"capabilities": {"hold": True, "no_print": True, "reservations": True, "idempotent": True}},
            "order_create order_pending order_no_print reservation_create idempotent_create",
        ),
        ({"create_order": {**CALL, "idempotency_header": "x-key"}}, {}, "order_create idempotent_create"),
        (
            {
                "create_order": {
                    "steps": [
                        {"name": "a", "path": "/c", "method": "POST"},
                        {"name": "b", "path": "/o", "method": "POST", "idempotency_header": "x-key"},
                    ]
                }
            },
            {},
            "order_create",  # a repetition would make a second customer
        ),
        (
            {
                "create_order": {
                    "steps": [
                        {"name": "a", "path": "/c"},
                        {"name": "b", "path": "/o", "method": "POST", "idempotency_header": "x-key"},
                    ]
                }
            },
            {},
            "order_create idempotent_create",
        ),
        ({"read_status": CALL, "find_order": CALL}, {}, "order_read order_find_by_reference"),
        ({"change_status": CALL}, {}, "order_status"),
        ({"change_status": CALL}, {"status": {"order": {"read": {"V": "cancelled"}}}}, "order_status order_cancel"),
        (
            {"change_status": CALL},
            {"status": {"order": {"read": {"V": "cancelled"}}}, "capabilities": {"cancel": False}},
            "order_status",
        ),
        (
            {"change_status": CALL, "changes": CALL},
            {"capabilities": {"reservations": True}},
            "order_status order_changes reservation_status reservation_changes",
        ),
        (
            dict.fromkeys(
                "read_catalog read_availability set_availability read_schedule read_tables update_order".split(), CALL
            ),
            {},
            "catalog_read availability_read availability_write schedule_read tables_read order_update",
        ),
        ({"changes": CALL}, {"webhooks": {"events": {"x": {"means": "orders"}}}}, "order_changes webhooks"),
        ({"changes": CALL}, {"webhooks": {}}, "order_changes"),
    ],
)
def test_capabilities(services: dict[str, Any], parts: dict[str, Any], expected: str) -> None:
    assert capabilities(services, **parts) == set(expected.split())


EVERY = Services.__struct_fields__


def test_every_capability_can_be_had() -> None:
    everything = capabilities(
        {
            "create_order": {**CALL, "idempotency_header": "x-key"},
            **{name: CALL for name in EVERY if name != "create_order"},
        },
        capabilities={"hold": True, "no_print": True, "reservations": True},
        status={"order": {"read": {"V": "cancelled"}}},
        webhooks={"events": {"x": {"means": "orders"}}},
    )
    assert everything == {capability.value for capability in Capability}


def test_what_is_written_follows_from_what_is_read_where_that_is_clear() -> None:
    words = StatusMap(
        read={"N": Status.ACCEPTED, "O": Status.ACCEPTED, "R": Status.READY, "D": Status.COMPLETED},
        write={Status.ACCEPTED: "O", Status.DISPATCHED: "D"},
    )
    assert written(words) == {
        Status.ACCEPTED: "O",
        Status.READY: "R",
        Status.COMPLETED: "D",
        Status.DISPATCHED: "D",
    }
