"""Public holidays by region, from the tables in ``resources/holidays`` (``packaging/holiday_tables.py`` makes them).

They close nothing by themselves: a manager decides for each of the year's, and what was decided is an exception of the
schedule.
"""

from datetime import date
from functools import cache
from importlib import resources

import msgspec

COUNTRIES = ("es", "it", "pt")
"""Those with a table, by their ISO code."""


class Holiday(msgspec.Struct, frozen=True, array_like=True):
    """One public holiday."""

    day: date
    name: str
    """In the country's language."""
    regions: tuple[str, ...] = ()
    """Whose it is; empty: every region's."""


class _Table(msgspec.Struct, frozen=True):
    regions: dict[str, str]
    holidays: tuple[Holiday, ...]


class HolidayTables:
    """The tables of all countries, each read when it is first asked for."""

    def regions(self) -> list[tuple[str, str]]:
        """Code (``es-md``; ``it`` for a country's days alone) and name of each, as one looks for them."""
        return [pair for country in COUNTRIES for pair in sorted(_table(country).regions.items(), key=_place)]

    def of(self, region: str, year: int) -> list[Holiday]:
        """A year's, in order; empty where there is no table of that region or year."""
        country = region.partition("-")[0]
        if country not in COUNTRIES or region not in _table(country).regions:
            return []
        return [
            each
            for each in _table(country).holidays
            if each.day.year == year and (not each.regions or region in each.regions)
        ]


def _place(region: tuple[str, str]) -> tuple[bool, str]:
    """A country's own before its regions, these by name."""
    code, name = region
    return "-" in code, name.casefold()


@cache
def _table(country: str) -> _Table:
    file = resources.files("resources") / "holidays" / f"{country}.json"
    return msgspec.json.decode(file.read_bytes(), type=_Table)
