"""Times as Sinqro and the restaurants write them. Every value inside the program is aware and in UTC."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def parse_time(text: str, zone: tzinfo) -> datetime:
    """An aware time from ISO 8601 text; ``+0000``, ``+00:00`` and ``Z`` alike; without a zone it is in ``zone``.

    A local time that comes twice is the first; one that does not exist (clock jump forward) is read as if the clock had
    not jumped (02:30 is 03:30). Raises ``ValueError`` for anything else, a bare date among it.
    """
    value = text.strip()
    if len(value) < 16:  # shorter than YYYY-MM-DDTHH:MM: a date alone is no time
        raise ValueError(f"{text!r} is not a time")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:
        raise ValueError(f"{text!r} is out of range") from exc


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone called ``name``; raises ``ValueError`` where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f"there is no time zone {name!r} (write for instance Europe/Madrid)") from exc
