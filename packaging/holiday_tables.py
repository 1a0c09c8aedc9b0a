"""Makes resources/holidays/{es,it,pt}.json from the `holidays` library: `python packaging/holiday_tables.py [FOLDER]`.

Public holidays of Spain's 19 regions, of Portugal with the Azores and Madeira, and of Italy with South Tyrol (its Whit
Monday), in the country's language. Municipal ones are not in it, nor the patrons of Portugal's and Italy's towns, which
the library lists by district and province: a manager enters those by hand.

Only what a gazette has published is certain. Spain's regions name their days each autumn for the next year, and the end
of Ramadan is seen, not reckoned; later years are the library's rules ("estimado" where it says so). So a release
updates the library (`sh packaging/lock.sh`) and makes the tables again; a test says when that was forgotten.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import holidays

YEARS = range(2026, 2033)
LANGUAGES = {"es": "es", "it": "it_IT", "pt": "pt_PT"}
REGIONS = {
    "es": {
        "AN": "Andalucía",
        "AR": "Aragón",
        "AS": "Asturias",
        "CB": "Cantabria",
        "CE": "Ceuta",
        "CL": "Castilla y León",
        "CM": "Castilla-La Mancha",
        "CN": "Canarias",
        "CT": "Cataluña",
        "EX": "Extremadura",
        "GA": "Galicia",
        "IB": "Islas Baleares",
        "MC": "Murcia",
        "MD": "Comunidad de Madrid",
        "ML": "Melilla",
        "NC": "Navarra",
        "PV": "País Vasco",
        "RI": "La Rioja",
        "VC": "Comunidad Valenciana",
    },
    "it": {"": "Italia", "BZ": "Alto Adige"},
    "pt": {"": "Portugal continental", "20": "Açores", "30": "Madeira"},
}
"""By country the library's codes and the name that the choice shows; no code: the whole country's days alone."""


def table(country: str) -> str:
    """One country's file: each line a day, its name, and whose it is (empty: every region's)."""
    whose: dict[tuple[str, str], list[str]] = {}
    for code in REGIONS[country]:
        found = holidays.country_holidays(
            country.upper(), subdiv=code or None, years=YEARS, language=LANGUAGES[country]
        )
        for day, name in found.items():
            whose.setdefault((day.isoformat(), name), []).append(_region(country, code))
    every = len(REGIONS[country])
    names = {_region(country, code): name for code, name in REGIONS[country].items()}
    lines = [
        json.dumps([day, name, [] if len(regions) == every else sorted(regions)], ensure_ascii=False)
        for (day, name), regions in sorted(whose.items())
    ]
    head = {"source": f"holidays {version('holidays')}", "regions": names}
    body = ",\n".join(lines)
    return json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}") + f',\n "holidays": [\n{body}\n]}}\n'


def _region(country: str, code: str) -> str:
    return f"{country}-{code.lower()}" if code else country


def main(folder: Path) -> None:
    """Write all tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for country in REGIONS:
        (folder / f"{country}.json").write_text(table(country), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "resources" / "holidays")
