"""What a POS can do, from its profile: most follows from the services there are, the rest the profile declares."""

from adapters.rest.profile import Profile
from adapters.rest.profile_parts import StatusMap
from adapters.rest.profile_services import Service
from app.domain.status import Status
from app.ports.pos import Capability


def capabilities_of(profile: Profile) -> frozenset[Capability]:
    """The capabilities of a POS."""
    services, declared = profile.services, profile.capabilities
    create, change = services.create_order, services.change_status
    there = {
        Capability.ORDER_CREATE: create,
        Capability.ORDER_PENDING: create and declared.hold,
        Capability.ORDER_NO_PRINT: create and declared.no_print,
        Capability.IDEMPOTENT_CREATE: create and (declared.idempotent or _has_key(create)),
        Capability.ORDER_UPDATE: services.update_order,
        Capability.ORDER_FIND_BY_REFERENCE: services.find_order,
        Capability.ORDER_READ: services.read_order or services.read_status,
        Capability.ORDER_STATUS: change,
        Capability.ORDER_CANCEL: change and declared.cancel and Status.CANCELLED in written(profile.status.order),
        Capability.ORDER_CHANGES: services.changes,
        Capability.RESERVATION_CREATE: create and declared.reservations,
        Capability.RESERVATION_STATUS: change and declared.reservations,
        Capability.RESERVATION_CHANGES: services.changes and declared.reservations,
        Capability.CATALOG_READ: services.read_catalog,
        Capability.AVAILABILITY_READ: services.read_availability,
        Capability.AVAILABILITY_WRITE: services.set_availability,
        Capability.SCHEDULE_READ: services.read_schedule,
        Capability.TABLES_READ: services.read_tables,
        Capability.WEBHOOKS: profile.webhooks and profile.webhooks.events,
    }
    return frozenset(capability for capability, present in there.items() if present)


def _has_key(service: Service) -> bool:
    """Whether each call that writes carries an idempotency key: one without makes a second customer, or order."""
    calls = [step for step in service.steps if step.method != "GET"] if service.steps else [service]
    return bool(calls) and all(call.idempotency_header for call in calls)


def written(words: StatusMap) -> dict[Status, str]:
    """Our statuses in the POS's codes: what ``write`` says, else the one code that ``read`` has for it."""
    single: dict[Status, list[str]] = {}
    for code, status in words.read.items():
        single.setdefault(status, []).append(code)
    return {status: codes[0] for status, codes in single.items() if len(codes) == 1} | words.write
