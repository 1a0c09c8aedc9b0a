"""Public holidays: the tables are those of the library, and a manager finds the region's own."""

import importlib.util
from datetime import date
from pathlib import Path

import pytest

from app.infra.holidays import COUNTRIES, HolidayTables

ROOT = Path(__file__).parents[3]


def days(region: str, year: int) -> dict[date, str]:
    return {each.day: each.name for each in HolidayTables().of(region, year)}


def test_the_tables_are_what_the_library_says(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("holiday_tables", ROOT / "packaging" / "holiday_tables.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    made = {each.name: each.read_text(encoding="utf-8") for each in sorted(tmp_path.iterdir())}
    kept = {
        each.name: each.read_text(encoding="utf-8") for each in sorted((ROOT / "resources" / "holidays").glob("*.json"))
    }
    assert made == kept, "run python packaging/holiday_tables.py"
    assert sorted(made) == [f"{country}.json" for country in COUNTRIES]


def test_a_country_comes_before_its_regions_and_these_by_name() -> None:
    codes = [code for code, _ in HolidayTables().regions()]
    assert codes[-5:] == ["it", "it-bz", "pt", "pt-20", "pt-30"]
    assert codes.index("es-md") + 1 == codes.index("es-vc"), "Comunidad de Madrid, Comunidad Valenciana"


def test_every_region_has_a_name_and_days_in_every_year() -> None:
    regions = dict(HolidayTables().regions())
    assert len(regions) == len(set(regions.values())) == 24
    assert len([code for code in regions if code.startswith("es-")]) == 19
    for region in regions:
        for year in range(2026, 2033):
            found = HolidayTables().of(region, year)
            assert 10 <= len(found) <= 16, (region, year)
            assert [each.day for each in found] == sorted({each.day for each in found}), (region, year)
            assert all(each.name for each in found)


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("es-ce", date(2026, 9, 2), "Día de Ceuta"),
        ("es-ct", date(2026, 9, 11), "Fiesta Nacional de Cataluña"),
        ("es-md", date(2026, 5, 2), "Fiesta de la Comunidad de Madrid"),
        ("es-md", date(2026, 12, 25), "Natividad del Señor"),
        ("it", date(2026, 6, 2), "Festa della Repubblica"),
        ("it-bz", date(2026, 5, 25), "Lunedì di Pentecoste"),
        ("pt", date(2026, 4, 25), "Dia da Liberdade"),
        ("pt-20", date(2026, 5, 25), "Dia da Região Autónoma dos Açores"),
        ("pt-30", date(2026, 12, 26), "Primeira Oitava"),
    ],
)
def test_days_that_everybody_there_knows(region: str, day: date, name: str) -> None:
    assert days(region, day.year)[day] == name


@pytest.mark.parametrize(
    ("region", "day"),
    [("es-md", date(2026, 9, 11)), ("it", date(2026, 5, 25)), ("pt", date(2026, 12, 26))],
)
def test_other_regions_days_are_not_ours(region: str, day: date) -> None:
    assert day not in days(region, day.year)


@pytest.mark.parametrize(
    ("region", "year"),
    [("es-md", 2025), ("es-md", 2033), ("es", 2026), ("es-zz", 2026), ("fr", 2026), ("", 2026), ("../x", 2026)],
)
def test_no_table_no_days(region: str, year: int) -> None:
    assert HolidayTables().of(region, year) == []
