from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest.expressions import Engine, ExpressionError
from adapters.rest.functions import Formats
from adapters.rest.profile_parts import Numbers, Text, Times

NAMES = frozenset("xyz")
PLAIN = Formats(zone=ZoneInfo("Europe/Madrid"))
MINOR = Formats(numbers=Numbers(money="minor"))
TEXT = Formats(numbers=Numbers(money="text"))
COMMA = Formats(numbers=Numbers(money="text", comma=True))


def value(source: str, formats: Formats = PLAIN, **values: Any) -> Any:
    return Engine(formats).compile(source, NAMES).evaluate(dict.fromkeys("xyz") | values)


@pytest.mark.parametrize(
    ("formats", "written", "exact"),
    [
        (PLAIN, 12, "12"),
        (PLAIN, "12.50", "12.50"),
        (PLAIN, 12.5, "12.5"),
        (PLAIN, " -3.10 ", "-3.10"),
        (PLAIN, None, None),
        (MINOR, 1250, "12.50"),
        (MINOR, "1250", "12.50"),
        (MINOR, "5.0", "0.05"),
        (COMMA, "12,50", "12.50"),
        (COMMA, "1.234,56", "1234.56"),
        (COMMA, 12, "12"),
    ],
)
def test_money_reads_what_the_pos_writes(formats: Formats, written: Any, exact: str | None) -> None:
    assert value("money(x)", formats, x=written) == exact


@pytest.mark.parametrize(
    ("formats", "exact", "written"),
    [
        (PLAIN, "12.50", 12.5),
        (PLAIN, "12", 12.0),
        (TEXT, "12.5", "12.50"),
        (TEXT, "12.3456", "12.3456"),
        (COMMA, "12.5", "12,50"),
        (MINOR, "12.50", 1250),
        (MINOR, "0.005", 1),
        (MINOR, None, None),
    ],
)
def test_amount_writes_what_the_pos_reads(formats: Formats, exact: str | None, written: Any) -> None:
    made = value("amount(x)", formats, x=exact)
    assert made == written
    assert type(made) is type(written)


def test_currencies_without_cents() -> None:
    assert value('money(x, "JPY")', MINOR, x=900) == "900"
    assert value('amount(x, "JPY")', MINOR, x="900") == 900
    assert value('money(x, "KWD")', MINOR, x=1500) == "1.500"


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=2))
@pytest.mark.parametrize("formats", [PLAIN, MINOR, TEXT, COMMA], ids=["number", "minor", "text", "comma"])
def test_there_and_back_is_the_same_amount(formats: Formats, amount: Decimal) -> None:
    assert Decimal(value("money(amount(x))", formats, x=str(amount))) == amount


@pytest.mark.parametrize("wrong", ["", "twelve", "NaN", "Infinity", "1e400", "1e-400", True, [], "9" * 100, 10**9])
def test_what_is_no_amount(wrong: Any) -> None:
    with pytest.raises(ExpressionError, match="amount"):
        value("money(x)", x=wrong)


def test_minor_units_are_whole() -> None:
    with pytest.raises(ExpressionError, match=r"'12.50' is no whole number of minor units"):
        value("money(x)", MINOR, x="12.50")


@pytest.mark.parametrize(
    ("source", "given_", "result"),
    [
        ("number(x)", {"x": "2"}, 2),
        ("number(x)", {"x": "1.50"}, 1.5),
        ("number(x)", {"x": None}, None),
        ("sum([x, y, z, 1])", {"x": "0.10", "y": "0.20"}, "1.30"),
        ("sum(x.map(line, line.total))", {"x": [{"total": "1.10"}, {"total": "2.20"}]}, "3.30"),
        ("times(x, -1)", {"x": "2.50"}, "-2.50"),
        ("times(x, y)", {"x": "0.1", "y": "3"}, "0.3"),
        ("round(x, 2)", {"x": "2.345"}, "2.35"),
        ("round(x, 0)", {"x": "2.5"}, "3"),
        ("net(x, 10)", {"x": "11"}, "10.00"),
        ("net(x, y)", {"x": "11"}, "11.00"),
        ("either(x, 'b')", {"x": ""}, "b"),
        ("either(x, 'b')", {"x": "a"}, "a"),
        ("either(x, 'b')", {"x": 0}, 0),
    ],
)
def test_arithmetic(source: str, given_: dict[str, Any], result: Any) -> None:
    made = value(source, **given_)
    assert made == result
    assert type(made) is type(result)


@pytest.mark.parametrize(
    ("source", "given_", "result"),
    [
        ("time(x)", {"x": "2026-11-25T21:30:00+01:00"}, "2026-11-25T20:30:00Z"),
        ("time(x)", {"x": "2026-11-25T21:30:00"}, "2026-11-25T21:30:00Z"),
        ("time(x, 'iso', 'local')", {"x": "2026-11-25T21:30:00"}, "2026-11-25T20:30:00Z"),
        ("time(x, 'iso', 'America/Lima')", {"x": "2026-11-25 21:30"}, "2026-11-26T02:30:00Z"),
        ("time(x, 'unix')", {"x": 1795638600}, "2026-11-25T20:30:00Z"),
        ("time(x, 'unix')", {"x": "1795638600.5"}, "2026-11-25T20:30:00.500000Z"),
        ("time(x, 'unix_ms')", {"x": 1795638600000}, "2026-11-25T20:30:00Z"),
        ("time(x, '%d/%m/%Y %H:%M', 'Europe/Madrid')", {"x": "25/07/2026 21:30"}, "2026-07-25T19:30:00Z"),
        ("time(x, '%Y-%m-%d %H:%M %z')", {"x": "2026-11-25 21:30 +0100"}, "2026-11-25T20:30:00Z"),
        ("time(x)", {"x": None}, None),
        ("time(x)", {"x": ""}, None),
        ("posTime(x)", {"x": "2026-11-25T20:30:00Z"}, "2026-11-25T20:30:00Z"),
        ("posTime(x, 'iso', 'local')", {"x": "2026-11-25T20:30:00.123Z"}, "2026-11-25T21:30:00+01:00"),
        ("posTime(x, 'unix')", {"x": "2026-11-25T20:30:00Z"}, 1795638600),
        ("posTime(x, 'unix_ms')", {"x": "2026-11-25T20:30:00Z"}, 1795638600000),
        ("posTime(x, '%d/%m/%Y %H:%M', 'local')", {"x": "2026-07-25T19:30:00Z"}, "25/07/2026 21:30"),
        ("posTime(x)", {"x": None}, None),
        ("later(x, 20)", {"x": "2026-11-25T20:50:00Z"}, "2026-11-25T21:10:00Z"),
        ("later(x, -60)", {"x": "2026-11-25T00:30:00Z"}, "2026-11-24T23:30:00Z"),
        ("later(x, 20)", {"x": None}, None),
    ],
)
def test_times(source: str, given_: dict[str, Any], result: Any) -> None:
    assert value(source, **given_) == result


def test_times_as_the_profile_says() -> None:
    formats = Formats(times=Times(format="%d.%m.%Y %H:%M", zone="local"), zone=ZoneInfo("Atlantic/Canary"))
    assert value("time(x)", formats, x="25.11.2026 20:30") == "2026-11-25T20:30:00Z"
    assert value("posTime(time(x))", formats, x="25.07.2026 20:30") == "25.07.2026 20:30"


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001 - made aware below
@pytest.mark.parametrize("form", ["iso", "unix", "unix_ms"])
def test_there_and_back_is_the_same_time(form: str, moment: datetime) -> None:
    exact = moment.replace(microsecond=0, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert value(f"time(posTime(x, '{form}'), '{form}')", x=exact) == exact


@pytest.mark.parametrize(
    ("source", "given_"),
    [
        ("time(x)", {"x": "2026-11-25"}),
        ("time(x)", {"x": 5}),
        ("time(x, 'unix')", {"x": "tomorrow"}),
        ("time(x, 'unix')", {"x": 10**30}),
        ("time(x, '%H:%M')", {"x": "2026"}),
        ("time(x, 'iso', y)", {"x": "2026-11-25T21:30", "y": "Mars/Olympus"}),
        ("posTime(x)", {"x": "never"}),
        ("later(x, y)", {"x": "2026-11-25T20:50:00Z", "y": 10**15}),
    ],
)
def test_what_is_no_time(source: str, given_: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError):
        value(source, **given_)


def test_texts() -> None:
    formats = Formats(text=Text(charset="ascii", name_limit=12, note_limit=10))
    assert value("text(x)", formats, x="Núria 🌸\nGüell i Peña") == "Nuria Guell."
    assert value("text(x, 5)", formats, x="Nuria Guell") == "Nuri."
    assert value("text(x)", formats) == ""
    assert value("text(x)", formats, x=12) == "12"
    assert value("notes(x)", formats, x="con mucha prisa") == ["con mucha", "prisa"]
    assert value("notes([x, y, 'c'], 40)", formats, x="con mucha prisa") == ["con mucha prisa", "c"]
    with pytest.raises(ExpressionError, match="a list is no text"):
        value("text(x)", formats, x=[])
    with pytest.raises(ExpressionError, match="1 characters are too few"):
        value("text(x, 1)", formats, x="a")


def test_a_uuid_is_the_same_for_the_same_text() -> None:
    assert value("uuid(x)", x="71-4F7K") == value("uuid(x)", x="71-4F7K")
    assert value("uuid(x)", x=5) == value("uuid(x)", x="5") != value("uuid(x)", x="6")


def test_lookup() -> None:
    entries = [{"id": 7, "name": "a"}, {"id": "8", "name": "b"}, {"id": 7, "name": "second"}, {"name": "none"}, 5]
    assert value('lookup(x, "id", "7").name', x=entries) == "a"
    assert value('lookup(x, "id", 8).name', x=entries) == "b"
    assert value('lookup(x, "id", 9)', x=entries) is None
    assert value('lookup(x, "id", y)', x=entries, y=[]) is None
    assert value('lookup(x, "id", 1)') is None


def test_the_index_of_a_lookup_is_made_once() -> None:
    entries = [{"id": number} for number in range(5000)]
    found = Engine().compile('lookup(x, "id", y).id', NAMES)
    memo: dict[Any, Any] = {}
    assert [found.evaluate({"x": entries, "y": n}, memo, steps=6000) for n in (4999, 1)] == [4999, 1]
    # a second index would cost 5,000 steps more
    assert found.evaluate({"x": entries, "y": 3}, memo, steps=20) == 3


def test_lists() -> None:
    assert value("x.flatten()", x=[[1, 2], 3, [[4]]]) == [1, 2, 3, [4]]
    assert value('x.map(y, y.split(",")).flatten().join("-")', x=["a,b", "c"]) == "a-b-c"
