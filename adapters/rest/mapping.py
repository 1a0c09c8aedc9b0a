"""What a profile's results are in our types. A result of another form is told with service, place and field."""

import re
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from adapters.rest.cel_values import kind
from adapters.rest.refusals import unexpected
from adapters.rest.statuses import StatusWords
from app.domain import money
from app.domain.catalog import KINDS, CatalogEntity, EntityKind
from app.domain.errors import AmountError, PosError
from app.domain.schedule import Schedule
from app.domain.times import parse_time
from app.ports.pos import PosHealth, PosOrder, PosSwitch

_HOUR = re.compile(r"[0-9]{1,2}:[0-9]{2}")

_IDS = frozenset({"externalId", "name", "shortDescription", "description"})
_ID_LISTS = frozenset({"sections", "products", "variants", "optionCategories", "options", "tags"})


class Fields:
    """The fields of one result: a map. ``place``: whose, for messages; ``writing``: it came after a change."""

    def __init__(self, place: str, value: Any, *, writing: bool = False) -> None:
        self.place = place
        self._writing = writing
        if not isinstance(value, dict):
            raise unexpected(f"{place}: the result must be a map, not {kind(value)}", writing=writing)
        self._value = value

    def fault(self, field: str, message: str) -> PosError:
        """The error for a field."""
        return unexpected(f"{self.place}: {field}: {message}", writing=self._writing)

    def text(self, field: str, default: str | None = "") -> str:
        """A text, or a whole number as one. ``default`` ``None``: it must be there."""
        value = self._value.get(field)
        if value is None and default is not None:
            return default
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            if value == "" and default is None:
                raise self.fault(field, "this is empty")
            return str(value)
        raise self.fault(field, "this is missing" if value is None else f"this must be a text, not {kind(value)}")

    def amount(self, field: str) -> Decimal | None:
        """An amount of money."""
        value = self._value.get(field)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise InvalidOperation
            return money.checked(Decimal(str(value)))
        except (InvalidOperation, AmountError) as exc:
            raise self.fault(field, f"{str(value)[:40]!r} is no amount: write money(…)") from exc

    def whole(self, field: str) -> int | None:
        """A whole number."""
        value = self._value.get(field)
        if value is None or value == "":
            return None
        try:
            return int(Decimal(str(value)))  # of true and false: no number
        except (ValueError, InvalidOperation, OverflowError) as exc:
            raise self.fault(field, f"{str(value)[:40]!r} is no whole number") from exc

    def flag(self, field: str, default: bool | None) -> bool:
        """True or false. ``default`` ``None``: it must be there."""
        value = self._value.get(field)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise self.fault(field, f"this must be true or false, not {kind(value)}")
        return value

    def time(self, field: str) -> Any:
        """An aware time in UTC, ``None`` where there is none."""
        value = self._value.get(field)
        if value is None or value == "":
            return None
        try:
            return parse_time(str(value), UTC)
        except ValueError as exc:
            raise self.fault(field, f"{str(value)[:40]!r} is no time: write time(…)") from exc

    def entries(self, field: str) -> list[Any]:
        """A list, empty where there is none."""
        value = self._value.get(field)
        if value is not None and not isinstance(value, list):
            raise self.fault(field, f"this must be a list, not {kind(value)}")
        return value or []


def order_of(service: str, value: Any, words: StatusWords, *, ident: str | None = None, writing: bool) -> PosOrder:
    """An order as the POS has it; ``ident`` where the id is known."""
    fields = Fields(service, value, writing=writing)
    found = fields.text("id", ident)
    code = fields.text("status")
    return PosOrder(
        id=found,
        reference=fields.text("reference"),
        status=words.read(code, found, fields.text("type")) if code else None,
        pos_status=code,
        reason=fields.text("reason"),
        preparation_minutes=fields.whole("preparationMinutes"),
        total=fields.amount("total"),
        changed_at=fields.time("changedAt"),
    )


def flat(value: Any) -> Iterator[Any]:
    """The entries of lists within lists, nulls apart."""
    if isinstance(value, list):
        for each in value:
            yield from flat(each)
    elif value is not None:
        yield value


def entity_of(value: Any) -> CatalogEntity:
    """One entity of the catalog."""
    service = "read_catalog"
    fields = Fields(service, value)
    name = fields.text("kind", None)
    ident = fields.text("externalId", None)
    if name not in set(EntityKind):
        raise fields.fault("kind", f"there is no kind {name!r:.40} ({', '.join(EntityKind)})")
    entity: CatalogEntity = _converted(f"{service}: {name} {ident[:60]}", _texts(value), KINDS[EntityKind(name)])
    return entity


def schedule_of(value: Any, timezone: str) -> Schedule:
    """The opening hours; the selling point's zone where the POS names none."""
    _ = Fields("read_schedule", value)
    given = {"timezone": timezone, **_with_seconds(_without_nulls(value))}
    schedule: Schedule = _converted("read_schedule", given, Schedule)
    return schedule


def zones_of(value: Any) -> list[dict[str, Any]]:
    """Zones with their tables."""
    zones = []
    for each in flat(value):
        zone = Fields("read_tables", each)
        tables = [Fields("read_tables: serviceLocations", table) for table in zone.entries("serviceLocations")]
        zones.append(
            {
                "code": zone.text("code", None),
                "name": zone.text("name"),
                "serviceLocations": [
                    {"code": table.text("code", None), "name": table.text("name")} for table in tables
                ],
            }
        )
    return zones


def health_of(value: Any) -> PosHealth:
    """How the POS is."""
    fields = Fields("health", value)
    return PosHealth(
        ok=fields.flag("ok", default=True),
        till_open=fields.flag("tillOpen", default=True),
        message=fields.text("message"),
        version=fields.text("version"),
    )


def switch_of(value: Any) -> PosSwitch:
    """The POS's own switch."""
    fields = Fields("read_availability", value)
    return PosSwitch(
        online=fields.flag("online", default=None), until=fields.time("until"), reason=fields.text("reason")
    )


def _converted(place: str, value: dict[str, Any], form: type[Any]) -> Any:
    try:
        return msgspec.convert(value, form, strict=False)
    except msgspec.ValidationError as exc:
        message, _, path = str(exc).replace("RFC3339 encoded time", "time of day (21:30)").partition(" - at `$.")
        where = f"{path.rstrip('`')}: " if path else ""
        raise unexpected(f"{place}: {where}{message[:200]}") from exc


def _texts(value: dict[str, Any]) -> dict[str, Any]:
    """An entity without nulls; whole numbers as texts where ids and names stand, as many POS number their things."""
    shown: dict[str, Any] = _without_nulls(value)
    for name, each in shown.items():
        if name in _IDS:
            shown[name] = _text(each)
        elif name in _ID_LISTS and isinstance(each, list):
            shown[name] = [_text(ident) for ident in each]
    return shown


def _with_seconds(value: Any) -> Any:
    """Times of day as the decoder wants them: ``9:30`` becomes ``09:30:00``."""
    if isinstance(value, dict):
        return {name: _with_seconds(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_seconds(each) for each in value]
    return f"{value:0>5}:00" if isinstance(value, str) and _HOUR.fullmatch(value) else value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value if each is not None] if isinstance(value, list) else value
