"""What is wrong between the parts of a profile: statuses that nobody can write, services that something needs."""

import re
from collections import Counter
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from adapters.rest.capabilities import capabilities_of, written
from adapters.rest.cel_check import similar
from adapters.rest.check_expressions import ExpressionChecks, charset_fault, pattern_fault, time_form_fault, zone_fault
from adapters.rest.profile import Profile
from adapters.rest.profile_parts import LoginAuth, Option, StatusMap
from adapters.rest.profile_services import Service
from app.domain.form_faults import EntryPath
from app.domain.status import Status

_ORDER = (
    *(Status.ACCEPTED, Status.IN_PREPARATION, Status.READY, Status.DISPATCHED, Status.COMPLETED),
    *(Status.REJECTED, Status.CANCELLED),
)
_RESERVATION = (
    *(Status.ACCEPTED, Status.SEATED, Status.COMPLETED),
    *(Status.REJECTED, Status.CANCELLED, Status.NO_SHOW),
)
_READING = ("read_order", "read_status", "changes")
_HTTP_CODE = re.compile(r"[1-5][0-9]{2}")


def check_values(profile: Profile, checks: ExpressionChecks) -> None:
    """Check entries that mean something by themselves."""
    url = profile.connection.url
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or urlsplit(url).query):
        checks.add(("connection", "url"), f"{url!r:.80} is no address", 'Write "https://pos.example.com/api".')
    if fault := time_form_fault(profile.times.format):
        checks.add(("times", "format"), fault)
    if fault := zone_fault(profile.times.zone):
        checks.add(("times", "zone"), fault, "Or utc, or local.")
    if fault := charset_fault(profile.text.charset):
        checks.add(("text", "charset"), fault, "For instance utf-8, latin-1, cp1252, cp850, ascii.")
    if profile.numbers.comma and profile.numbers.money != "text":
        checks.add(("numbers", "comma"), "only texts have a comma", 'Write money = "text", or leave it out.')
    for regime in ("iva", "igic", "ipsi", "other"):
        for percent in getattr(profile.taxes, regime):
            try:
                good = 0 <= Decimal(percent) < 100
            except InvalidOperation:
                good = False
            if not good:
                checks.add(("taxes", regime, percent), f"{percent!r} is no percentage", 'Write "10" or "5.5".')
    for name, option in profile.options.items():
        _option(name, option, checks)


def _option(name: str, option: Option, checks: ExpressionChecks) -> None:
    path = ("options", name)
    kinds = {"text": str, "number": int, "boolean": bool}
    if option.default is not None and type(option.default) is not kinds[option.type]:
        checks.add((*path, "default"), f"this is not of the option's type, {option.type}")
    if option.choices and option.type != "text":
        checks.add((*path, "choices"), "choices are texts", 'Leave them out, or write type = "text".')
    if option.choices and option.default is not None and option.default not in option.choices:
        checks.add((*path, "default"), f"{option.default!r} is not among the choices")
    if option.pattern and (fault := pattern_fault(option.pattern)):
        checks.add((*path, "pattern"), fault)


def check_names(profile: Profile, checks: ExpressionChecks) -> None:
    """Check that secrets and options are used, once all expressions have been looked at."""
    used = secret_names(profile) | {name for of, name in checks.used if of == "secrets"}
    used = {name.replace("_", "-") for name in used}
    for name in profile.secrets:
        if name not in used:
            checks.add(("secrets", name), f"nothing uses the secret {name}", similar(name, sorted(used)))
    options = {name for of, name in checks.used if of == "options"}
    for name in profile.options:
        if name not in options:
            checks.add(("options", name), f"nothing uses the option {name}", f"Write options.{name}, or remove it.")


def secret_names(profile: Profile) -> set[str]:
    """Names of the secrets that authentication and webhooks take."""
    auth = profile.auth
    names = set(auth.secrets) if isinstance(auth, LoginAuth) else {getattr(auth, "secret", "")}
    if profile.webhooks is not None:
        names.add(profile.webhooks.signature.secret)
    return names - {""}


def check_together(profile: Profile, checks: ExpressionChecks) -> None:
    """Check what only the whole shows; not worth while as long as parts are missing."""
    _statuses(profile, checks)
    _declared(profile, checks)
    _hearing(profile, checks)
    _codes(profile, checks)
    there = capabilities_of(profile)
    for capability in profile.without:
        if capability in there:
            checks.add(("without", capability.value), f"the POS has {capability.value}", "Remove it.")


def _codes(profile: Profile, checks: ExpressionChecks) -> None:
    """Codes of errors that are the POS's own need an expression that reads them."""
    if profile.errors.code:
        return
    tables: dict[EntryPath, Collection[str]] = {("errors", "kinds"): profile.errors.kinds}
    for name in profile.services.__struct_fields__:
        service: Service | None = getattr(profile.services, name)
        if service is not None:
            tables["services", name, "errors"] = service.errors
            tables |= {
                ("services", name, "steps", index, "errors"): step.errors for index, step in enumerate(service.steps)
            }
    for path, codes in tables.items():
        for code in codes:
            if not _HTTP_CODE.fullmatch(code):
                hint = 'Say in [errors] where the POS\'s code is: code = "answer.…"'
                checks.add((*path, code), f"the code {code} is never read", hint)


# ---------------------------------------------------------------- statuses


def _statuses(profile: Profile, checks: ExpressionChecks) -> None:
    services, statuses = profile.services, profile.status
    if any(getattr(services, name) for name in _READING) and not statuses.order.read:
        checks.add(
            ("status", "order"), "no status of the POS can be read", 'Add [status.order.read]: OPEN = "accepted"'
        )
    reservations = profile.capabilities.reservations
    own = statuses.reservation if statuses.reservation.read or statuses.reservation.write else statuses.order
    if services.change_status is not None:
        cancels = profile.capabilities.cancel
        _writable(("status", "order"), statuses.order, _ORDER, checks, cancels=cancels)
        if reservations:
            name = "reservation" if own is statuses.reservation else "order"
            _writable(("status", name), own, _RESERVATION, checks, cancels=cancels)
    if own is statuses.reservation:
        _stray(("status", "order"), statuses.order, {Status.SEATED, Status.NO_SHOW}, "a reservation", checks)
    strange = {Status.IN_PREPARATION, Status.READY, Status.DISPATCHED}
    _stray(("status", "reservation"), statuses.reservation, strange, "an order", checks)
    if not statuses.reservation_when:
        for code, status in statuses.reservation.read.items():
            other = statuses.order.read.get(code, status)
            if other is not status:
                checks.add(
                    ("status", "reservation", "read", code),
                    f"{code} is {other.value} of an order and {status.value} of a reservation",
                    "Say how they are told apart: reservation_when in [status].",
                )


def _writable(
    path: tuple[str, str], words: StatusMap, needed: tuple[Status, ...], checks: ExpressionChecks, *, cancels: bool
) -> None:
    """Each of our steps has one code of the POS's, or is said not to be there."""
    counts = Counter(words.read.values())
    codes = written(words)
    for status in needed:
        if status in words.missing or (not cancels and status in (Status.CANCELLED, Status.REJECTED)):
            continue
        if status in codes:
            continue
        if counts[status] > 1:
            several = ", ".join(code for code, read in words.read.items() if read is status)
            message = f"{several} all mean {status.value}: which one is written?"
            checks.add((*path, "read"), message, f'Add [{".".join(path)}.write]: {status.value} = "…"')
        else:
            hint = f'Add {status.value} = "…" to [{".".join(path)}.write], or "{status.value}" to missing.'
            checks.add(path, f"{status.value} has no code in the POS", hint)
    for status in words.missing:
        if status in codes or status in words.read.values():
            checks.add((*path, "missing"), f"{status.value} is not missing: it has a code")


def _stray(path: tuple[str, str], words: StatusMap, strange: set[Status], of: str, checks: ExpressionChecks) -> None:
    for code, status in words.read.items():
        if status in strange:
            checks.add((*path, "read", code), f"{status.value} is a status of {of}")
    for status in words.write:
        if status in strange:
            checks.add((*path, "write", status.value), f"{status.value} is a status of {of}")


# ---------------------------------------------------------------- what needs what


def _declared(profile: Profile, checks: ExpressionChecks) -> None:
    declared = profile.capabilities
    for name in ("hold", "no_print", "idempotent", "reservations"):
        if getattr(declared, name) and profile.services.create_order is None:
            checks.add(("capabilities", name), "this needs the service create_order", "Add [services.create_order].")


def _hearing(profile: Profile, checks: ExpressionChecks) -> None:
    """Polling and webhooks are of services that there are."""
    services = profile.services
    plain = type(profile.polling)()
    for name in plain.__struct_fields__:
        if getattr(profile.polling, name) != getattr(plain, name) and getattr(services, name) is None:
            checks.add(("polling", name), f"there is no service {name}", f"Add [services.{name}], or remove this.")
    reads = {
        "orders": ("changes", "read_order", "read_status"),
        "catalog": ("read_catalog",),
        "availability": ("read_availability",),
        "schedule": ("read_schedule",),
        "tables": ("read_tables",),
    }
    for name, event in (profile.webhooks.events if profile.webhooks else {}).items():
        if not any(getattr(services, each) for each in reads[event.means]):
            needed = " or ".join(f"[services.{each}]" for each in reads[event.means])
            checks.add(("webhooks", "events", name, "means"), f"nothing reads {event.means} again", f"Add {needed}.")
