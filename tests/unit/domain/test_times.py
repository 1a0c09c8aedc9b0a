"""Times as they are written, in the summer, in the winter and in the hour between."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.times import parse_time, zone_of
from tests.helpers.strategies import moments, precise_moments, time_texts

MADRID = ZoneInfo("Europe/Madrid")
EXAMPLE = datetime(2020, 7, 23, 7, 6, 52, tzinfo=UTC)
zones = st.sampled_from(
    ("Europe/Madrid", "Atlantic/Canary", "Europe/Lisbon", "Europe/Rome", "UTC", "Asia/Kolkata")
).map(ZoneInfo)


@pytest.mark.parametrize(
    "text",
    [
        "2020-07-23T07:06:52+0000",  # Sinqro's own
        "2020-07-23T07:06:52+00:00",
        "2020-07-23T07:06:52Z",
        "2020-07-23T09:06:52+0200",
        "2020-07-23 09:06:52+02:00",
        "2020-07-23T09:06:52",
        "2020-07-23 09:06:52",
        "  2020-07-23T07:06:52.000Z\n",
        "20200723T090652+02",
    ],
)
def test_one_moment_in_many_spellings(text: str) -> None:
    moment = parse_time(text, MADRID)
    assert moment == EXAMPLE
    assert moment.tzinfo is UTC


@given(st.data(), moments(), zones)
def test_an_offset_is_stronger_than_the_zone(data: st.DataObject, moment: datetime, zone: ZoneInfo) -> None:
    assert parse_time(data.draw(time_texts(moment)), zone) == moment


@given(precise_moments(), zones)
def test_what_is_written_in_the_zone_is_read_in_the_zone(moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone)
    read = parse_time(local.replace(tzinfo=None).isoformat(), zone)
    assert read == moment.astimezone(UTC) - (timedelta(hours=1) if local.fold else timedelta(0))


@given(precise_moments(), zones)
def test_isoformat_comes_back(moment: datetime, zone: ZoneInfo) -> None:
    assert parse_time(moment.astimezone(zone).isoformat(), UTC) == moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
        ("2026-03-29T02:00", "2026-03-29T01:00:00Z"),  # does not exist: the jump itself
        ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),  # does not exist: 03:30 by the new time
        ("2026-03-29T03:00", "2026-03-29T01:00:00Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),  # comes twice: the first
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z"),  # the second, said with its offset
        ("2026-10-25T03:00", "2026-10-25T02:00:00Z"),
        ("2026-12-24T21:30", "2026-12-24T20:30:00Z"),
    ],
)
def test_when_the_clock_is_changed(text: str, expected: str) -> None:
    assert parse_time(text, MADRID) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2020-07-23",
        "2020-07-23T",
        "07:06:52",
        "2020-13-23T07:06:52Z",
        "2020-07-23T25:00:00Z",
        "2020-07-23T07:06:52+9999",
        "1595488012000000",
        "23/07/2020 09:06",
        "2020-07-23T07:06:52 Europe/Madrid",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "9999-12-31T23:59:59+0000 " * 3,
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_time(text, MADRID)


@given(st.text(max_size=40) | st.text("0123456789-:T+Z. W", max_size=30))
def test_any_text_is_a_time_in_utc_or_a_value_error(text: str) -> None:
    try:
        moment = parse_time(text, timezone(timedelta(hours=2)))
    except ValueError:
        return
    assert moment.utcoffset() == timedelta(0)


def test_zone_of() -> None:
    assert zone_of("Atlantic/Canary").key == "Atlantic/Canary"


@pytest.mark.parametrize(
    "name", ["Madrid", "", "Europe/Madird", "../../etc/passwd", "/etc/localtime", "a\0b", "Europe", "e" * 5000]
)
def test_a_zone_that_is_none_is_said_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="Europe/Madrid"):
        zone_of(name)
