"""Times as Sinqro and the restaurants write them. Every value inside the program is aware and in UTC."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def parse_time(text: str, zone: tzinfo) -> datetime:
    """An aware time from ISO 8601 text; ``+0000``, ``+00:00`` and ``Z`` alike; without a zone it is in ``zone``.

    A local time that does not exist (clock jump forward) counts as the moment of the jump's far side, one that comes
    twice as the first. Raises ``ValueError`` for anything else, a bare date among it.
    """
    value = text.strip()
    if len(value) < 16:  # shorter than YYYY-MM-DDTHH:MM: a date alone is no time
        raise ValueError(f"{text!r} is not a time")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone called ``name``; raises ``ValueError`` where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f"there is no time zone {name!r} (write for instance Europe/Madrid)") from exc
