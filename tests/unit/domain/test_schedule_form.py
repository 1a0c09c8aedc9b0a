"""Opening hours in Sinqro's form: what was written is read again, and what others write is understood."""

from datetime import date, time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from app.domain.schedule import DayRange, Schedule, ScheduleException
from app.domain.schedule_check import normalised
from app.domain.schedule_form import of_sinqro, to_sinqro
from app.domain.status import OrderType
from tests.unit.domain.test_schedule import FRIDAY, cases, span

SINQROS = {
    "startDay": {"id": 5, "name": "viernes"},
    "startTime": "20:00:00",
    "endDay": {"id": 6, "name": "sábado"},
    "endTime": "02:00",
    "timezone": "Atlantic/Canary",
}


def test_a_night_as_sinqro_writes_it() -> None:
    written = to_sinqro(FRIDAY)
    assert written["timezone"] == "Europe/Madrid"
    assert written["ranges"][1] == {
        "startDay": {"id": 5, "name": "Friday"},
        "startTime": "20:00",
        "endDay": {"id": 6, "name": "Saturday"},
        "endTime": "02:00",
        "timezone": "Europe/Madrid",
    }


@given(cases())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again_after_a_way_as_json(case: tuple[Schedule, date]) -> None:
    schedule, _ = case
    schedule = replace(schedule, by_type={OrderType.DELIVERY: schedule.weekly, OrderType.COLLECTION: ()})
    sent = msgspec.json.decode(msgspec.json.encode(to_sinqro(schedule)))
    assert of_sinqro(sent, "Europe/Rome") == normalised(schedule)


def test_exceptions_keep_all_they_say() -> None:
    dinner = ScheduleException(
        day=date(2026, 12, 24),
        ranges=(DayRange(start_time=time(20), end_time=time(2)),),
        order_types=(OrderType.DELIVERY,),
        note="Nochebuena",
        holiday="es-md/2026-12-24",
    )
    schedule = Schedule(exceptions=(dinner,))
    assert of_sinqro(to_sinqro(schedule), "Europe/Rome") == schedule


def test_seconds_and_names_in_other_languages_are_read_and_the_zone_is_that_of_the_ranges() -> None:
    read = of_sinqro({"id": 7, "ranges": [SINQROS]}, "Europe/Madrid")
    assert read == Schedule(timezone="Atlantic/Canary", weekly=(span(5, "20:00", 6, "02:00"),))


def test_days_as_numbers_and_no_zone_at_all() -> None:
    bare = {"startDay": 5, "startTime": "20:00", "endDay": "6", "endTime": "02:00"}
    assert of_sinqro({"ranges": [bare]}, "Europe/Rome") == Schedule(
        timezone="Europe/Rome", weekly=(span(5, "20:00", 6, "02:00"),)
    )


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"ranges": [{**SINQROS, "startDay": {"id": 0}}]}, "there is no weekday 0"),
        ({"ranges": [{**SINQROS, "endDay": {"id": "x"}}]}, "'x'"),
        ({"ranges": [{**SINQROS, "startTime": "25:00"}]}, "'25:00' is no time of day"),
        ({"ranges": [{**SINQROS, "startTime": "11:00+02:00"}]}, "'11:00.02:00' is no time of day"),
        ({"ranges": [{**SINQROS, "startTime": None}]}, "a form that is not known"),
        ({"ranges": [{"startDay": 1}]}, "a form that is not known: 'startTime'"),
        ({"ranges": ["monday"]}, "a form that is not known"),
        ({"ranges": [SINQROS, {**SINQROS, "timezone": "Europe/Rome"}]}, "more than one time zone"),
        ({"orderTypeRanges": {"flying": []}}, "flying"),
        ({"exceptions": [{"date": "25.12.2026"}]}, "25.12.2026"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_meant_is_refused_with_what_it_is(form: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        of_sinqro(form, "Europe/Madrid")
