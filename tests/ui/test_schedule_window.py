"""The Schedule window: edited, saved, told and proven; only shown where the POS keeps the hours; exceptions."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.availability import Proof, ProofState
from app.domain.errors import LedgerError
from app.domain.schedule import DayRange, Schedule, ScheduleException, is_open
from app.domain.schedule_check import faults
from app.domain.status import OrderType
from app.domain.times import zone_of
from app.infra.holidays import HolidayTables
from app.ports.sinqro import Role
from app.services.snapshot import Snapshot
from app.ui.answers import Watch, answer
from app.ui.board import build
from app.ui.desk import Desk
from app.ui.questions import Question
from app.ui.schedule_dates import read_date, stepped
from app.ui.schedule_draft import Span
from app.ui.schedule_editor import CopyPanel
from app.ui.schedule_exception_panel import ExceptionPanel
from app.ui.schedule_holidays import HolidaysPanel, one_a_day, usual_hours
from app.ui.schedule_preview import clock_change
from app.ui.schedule_window import ScheduleWindow
from app.ui.theme import Look
from app.ui.words import clock as clock_text
from tests.ui.scene import NOW, POINT, Clock, FakeCompanion, StraightBridge, snapshot, week_of_the_picture

SATURDAY_NIGHT = Span(6, 20 * 60, 6 * 60)


class Day:
    """A public holiday."""

    def __init__(self, day: date, name: str) -> None:
        self.day = day
        self.name = name


class Tables:
    """Two regions."""

    def regions(self) -> Sequence[tuple[str, str]]:
        return [("es-ct", "Cataluña"), ("es-md", "Madrid")]

    def of(self, region: str, year: int) -> Sequence[Day]:
        days = [Day(date(year, 1, 1), "Año Nuevo"), Day(date(year, 12, 6), "Constitución")]
        return [*days, Day(date(year, 12, 8), "Inmaculada")] if region == "es-md" else days


class Scene:
    def __init__(self, look: Look, desk: Desk, clock: Clock) -> None:
        self.clock = clock
        self.guards: list[Callable[[], object]] = []
        self.guarded = False
        self.desk = desk
        self.window = ScheduleWindow(look=look, desk=desk, sandbox=False, guard=self._guard, holidays=Tables())

    def _guard(self, act: Callable[[], object]) -> None:
        if self.guarded:
            self.guards.append(act)
        else:
            act()

    def show(self, shown: Snapshot | None = None, **outlet: Any) -> None:
        taken = shown or snapshot(**({"schedule": week_of_the_picture()} | outlet))
        board = build(taken, self.clock(), {})
        self.window.show_board(board, answer(board, Watch(), self.clock()))

    def panel(self, kind: type) -> Any:
        found = self.window.overlay.panel
        assert isinstance(found, kind), found
        return found


@pytest.fixture
def scene(qtbot: QtBot, look: Look, desk: Desk, clock: Clock) -> Scene:
    made = Scene(look, desk, clock)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitExposed(made.window)
    made.show()
    return made


def saves(companion: FakeCompanion) -> list[Schedule]:
    return [call[2] for call in companion.calls if call[0] == "save"]


def test_it_fits_the_smallest_screen(scene: Scene) -> None:
    window = scene.window
    window.resize(1024, 700)
    QTest.qWait(0)
    inner: Any = window._scroll.widget()
    assert inner.minimumSizeHint().width() <= 1024
    assert inner.height() <= window._scroll.viewport().height(), "nothing to scroll"
    for button in (window.save, window.undo, window.editor.add, window.editor.copy, window.exceptions.add):
        assert button.height() >= 48


def test_nothing_is_changed_at_first(scene: Scene) -> None:
    assert not scene.window.save.isEnabled()
    assert not scene.window.undo.isEnabled()
    assert scene.window.windowTitle() == "Hours — Casa Olmo · Centro"
    assert scene.window.grid.day == 5, "today is Friday"


def test_edited_saved_told_and_proven(scene: Scene, companion: FakeCompanion, bridge: StraightBridge) -> None:
    window = scene.window
    window.grid.choose(SATURDAY_NIGHT)
    longer = Span(6, 20 * 60, 7 * 60)
    window.editor.changed.emit(SATURDAY_NIGHT, longer)
    assert window.save.text() == "Save 1 changes"
    bridge.hold = True
    window.save.click()
    assert window.save.text() == "Sending…"
    assert not window.save.isEnabled()
    (saved,) = saves(companion)
    assert saved.weekly[-2].end_time == time(3)
    bridge.let_go()
    scene.show(schedule=saved, schedule_proof=Proof(state=ProofState.PENDING, at=NOW))
    assert window.said.text() == "Saved; Sinqro is being told…"
    scene.show(schedule=saved, schedule_proof=Proof(state=ProofState.PROVEN, at=NOW))
    assert window.said.text() == f"Saved, confirmed by Sinqro {clock_text(NOW)}"
    window.undo.click()
    assert window.save.text() == "Save 1 changes", "the way back stays"


def test_a_picture_taken_before_saving_takes_nothing_back(scene: Scene) -> None:
    window = scene.window
    window.grid.add_asked.emit(1, None)
    window.save.click()
    scene.show()
    assert Span(1, 13 * 60, 180) in window.draft.spans
    assert window.draft.changes == 0
    saved = window.draft.now
    scene.show(schedule=saved)
    scene.show()
    assert Span(1, 13 * 60, 180) not in window.draft.spans, "somebody put the old ones back"


def test_a_difference_on_sinqro_is_loud(scene: Scene) -> None:
    scene.show(schedule_proof=Proof(state=ProofState.DIFFERS, at=NOW, message="It shows no hours."))
    assert scene.window.said.text() == "Saved here, but NOT on Sinqro. It is tried again by itself."
    assert scene.window.said.property("tone") == "danger"


def test_what_could_not_be_kept_stays_to_be_saved(scene: Scene, companion: FakeCompanion) -> None:
    window = scene.window
    window.grid.add_asked.emit(1, None)
    companion.fail = LedgerError("the disk is full")
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    window.save.click()
    assert "disk" in window.said.text()
    assert window.save.isEnabled()
    assert Span(1, 13 * 60, 180) in window.draft.spans


def test_saving_wants_the_manager(scene: Scene, companion: FakeCompanion) -> None:
    scene.guarded = True
    scene.window.grid.add_asked.emit(1, None)
    scene.window.save.click()
    assert saves(companion) == []
    scene.guards[0]()
    assert len(saves(companion)) == 1


def test_overlapping_ranges_cannot_be_saved_and_say_where(scene: Scene, companion: FakeCompanion) -> None:
    window = scene.window
    lunch = Span(3, 13 * 60, 180)
    window.editor.changed.emit(lunch, Span(3, 13 * 60, 8 * 60))
    assert window.said.text() == "Wednesday: two ranges overlap. Shorten or delete one."
    assert not window.save.isEnabled()
    window.undo.click()
    assert window.said.text() == "Kept here: the POS has no hours."


def test_keys_undo_and_redo(scene: Scene) -> None:
    window = scene.window
    window.grid.add_asked.emit(1, None)
    after = window.draft.now
    window._undo()
    assert window.draft.now == week_of_the_picture()
    assert window.redo.isVisible()
    window._redo()
    assert window.draft.now == after


def test_what_is_edited_outlives_a_snapshot(scene: Scene) -> None:
    window = scene.window
    window.grid.add_asked.emit(1, None)
    scene.show()
    assert Span(1, 13 * 60, 180) in window.draft.spans
    assert window.grid.selected == Span(1, 13 * 60, 180)


def test_hours_of_the_pos_are_only_shown(scene: Scene) -> None:
    window = scene.window
    scene.show(schedule_source="pos")
    assert window.said.text() == "The POS keeps the hours: change them there."
    assert not window.save.isVisible()
    assert not window.editor.isVisible()
    assert not window.exceptions.add.isVisible()
    window.exceptions.opened.emit(window.draft.now.exceptions[0])
    assert window.overlay.panel is None
    scene.show(role=Role.VIEWER, taken_by="CAJA-2")
    assert "CAJA-2 is in charge" in window.said.text()


def test_without_any_range_it_says_that_it_is_always_open(scene: Scene) -> None:
    scene.show(schedule=Schedule())
    assert scene.window.grid.days[0].accessibleName() == "Monday, always open"
    assert scene.window.preview.days[0].text_shown.split(" | ")[1] == "always open"


def test_the_preview_says_what_customers_will_see(scene: Scene) -> None:
    dash = "\N{EN DASH}"
    texts = [day.text_shown for day in scene.window.preview.days]
    assert texts[0] == f"Fri 4 | 13{dash}16 · 20{dash}00:30 +1 | today"
    assert texts[2] == f"Sun 6 | 13{dash}17 | holiday: opens"
    assert texts[3] == "Mon 7 | closed | "
    assert texts[4] == "Tue 8 | closed | holiday"
    assert texts[8] == "Sat 12 | closed | boda"
    assert len(texts) == 14


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2027, 3, 27), "Europe/Madrid", -1),
        (date(2026, 10, 24), "Europe/Madrid", 1),
        (date(2026, 10, 23), "Europe/Madrid", 0),
        (date(2026, 10, 3), "Australia/Lord_Howe", -0.5),
    ],
)
def test_nights_of_changed_clocks(day: date, zone: str, hours: float) -> None:
    assert clock_change(day, zone) == hours


def test_a_night_of_changed_clocks_stands_in_the_preview(scene: Scene, clock: Clock) -> None:
    clock.forward(days=108)
    scene.show(snapshot(when=clock(), schedule=week_of_the_picture()))
    said = [day.text_shown for day in scene.window.preview.days if "night" in day.text_shown]
    assert [each.rpartition(" | ")[2] for each in said] == ["night \N{MINUS SIGN}1 h"]


def test_a_type_gets_hours_of_its_own(scene: Scene, companion: FakeCompanion) -> None:
    window = scene.window
    offered = [action.text() for action in window.layers.actions_offered().actions()]
    assert offered[0] == "Delivery: hours of its own"
    window.layers.actions_offered().actions()[0].trigger()
    assert window.draft.layer is OrderType.DELIVERY
    window.grid.delete_asked.emit(SATURDAY_NIGHT)
    window.layers.all.click()
    assert SATURDAY_NIGHT in window.draft.spans
    window.layers.kinds[OrderType.DELIVERY].click()
    assert SATURDAY_NIGHT not in window.draft.spans
    window.save.click()
    (saved,) = saves(companion)
    assert len(saved.by_type[OrderType.DELIVERY]) == len(saved.weekly) - 1


def test_a_day_is_copied(scene: Scene) -> None:
    window = scene.window
    window.grid.choose(SATURDAY_NIGHT)
    window.editor.copy.click()
    panel = scene.panel(CopyPanel)
    panel.days[1].click()
    panel.button.click()
    assert [span for span in window.draft.spans if span.day == 1] == [Span(1, 13 * 60, 240), Span(1, 20 * 60, 360)]


# exceptions


def test_an_exception_is_made(scene: Scene) -> None:
    window = scene.window
    window.exceptions.add.click()
    panel = scene.panel(ExceptionPanel)
    panel.date.setText("24/12")
    panel.date.editingFinished.emit()
    panel.open_hours.click()
    panel.note.setText("Nochebuena")
    assert panel.button.isEnabled()
    panel.button.click()
    made = ScheduleException(
        day=date(2026, 12, 24), ranges=(DayRange(start_time=time(13), end_time=time(16)),), note="Nochebuena"
    )
    assert made in window.draft.now.exceptions
    assert window.exceptions.model.rowCount() == 5


def test_two_exceptions_for_one_day_are_refused_before_they_are_made(scene: Scene) -> None:
    scene.window.exceptions.add.click()
    panel = scene.panel(ExceptionPanel)
    panel.date.setText("12/12/2026")
    panel.date.editingFinished.emit()
    assert panel.fault.text() == "12 Dec: there are two exceptions. Keep one."
    assert not panel.button.isEnabled()
    panel.confirm()
    assert scene.window.draft.changes == 0


def test_an_exception_is_changed_and_deleted(scene: Scene) -> None:
    window = scene.window
    wedding = window.draft.now.exceptions[2]
    window.exceptions.opened.emit(wedding)
    panel = scene.panel(ExceptionPanel)
    for box in list(panel.types.values())[2:]:
        box.click()
    panel.button.click()
    changed = next(each for each in window.draft.now.exceptions if each.note == "Boda")
    assert changed.order_types == (OrderType.DELIVERY, OrderType.COLLECTION)
    window.exceptions.opened.emit(changed)
    scene.panel(ExceptionPanel)._remove()
    assert all(each.note != "Boda" for each in window.draft.now.exceptions)


def test_overlapping_ranges_of_a_date_are_refused(scene: Scene) -> None:
    scene.window.exceptions.opened.emit(scene.window.draft.now.exceptions[3])
    panel = scene.panel(ExceptionPanel)
    panel._add_row(time(15), time(18))
    assert panel.fault.text() == "31 Dec: two ranges overlap. Shorten or delete one."
    assert not panel.button.isEnabled()


def test_what_is_past_is_not_listed(scene: Scene, clock: Clock) -> None:
    clock.forward(days=6)
    scene.show()
    listed = [each.note for each in scene.window.exceptions.model.shown]
    assert listed == ["Boda", "Nochevieja"]


def test_the_list_is_read_out_in_full(scene: Scene) -> None:
    model = scene.window.exceptions.model
    said = str(model.data(model.index(1), Qt.ItemDataRole.AccessibleTextRole))
    assert said == "Tuesday, 8 December 2026, Inmaculada, closed"


# holidays


def test_every_holiday_of_the_year_is_decided_by_a_person(scene: Scene) -> None:
    window = scene.window
    window.exceptions.holidays.click()
    panel = scene.panel(HolidaysPanel)
    assert panel.region.currentData() == "es-md", "as it was chosen before"
    panel.years[2027].click()
    assert not panel.button.isEnabled()
    assert panel.said.text() == "3 holidays are not decided yet."
    panel.choose(date(2027, 1, 1), closed=True)
    panel.choose(date(2027, 12, 6), closed=False)
    panel.confirm()
    assert scene.panel(HolidaysPanel) is panel, "one is open still"
    panel.choose(date(2027, 12, 8), closed=True)
    panel.button.click()
    made = {each.day: each for each in window.draft.now.exceptions if each.day.year == 2027}
    assert made[date(2027, 1, 1)].ranges == ()
    assert made[date(2027, 1, 1)].holiday == "es-md/2027-01-01"
    assert made[date(2027, 12, 6)].ranges == (), "a Monday: closed anyway"
    kept = [each.day for each in window.draft.now.exceptions if each.day.year == 2026]
    assert kept == [each.day for each in week_of_the_picture().exceptions]


def test_a_holiday_kept_open_has_that_weekdays_hours(scene: Scene) -> None:
    scene.window.exceptions.holidays.click()
    panel = scene.panel(HolidaysPanel)
    panel.all_open.click()
    panel.button.click()
    tuesday = next(each for each in scene.window.draft.now.exceptions if each.day == date(2026, 12, 8))
    assert [each.start_time for each in tuesday.ranges] == [time(13), time(20)]
    assert scene.window.preview.days[4].text_shown.endswith("holiday: opens")


def test_another_region_takes_the_place_of_the_first(scene: Scene) -> None:
    window = scene.window
    window.exceptions.holidays.click()
    panel = scene.panel(HolidaysPanel)
    panel.region.setCurrentIndex(panel.region.findData("es-ct"))
    panel.all_closed.click()
    panel.button.click()
    holidays = [each.holiday for each in window.draft.now.exceptions if each.holiday]
    assert holidays == ["es-ct/2026-12-06"]
    assert "Boda" in [each.note for each in window.draft.now.exceptions]


def test_two_holidays_on_one_date_are_one_decision() -> None:
    both = one_a_day([Day(date(2026, 5, 1), "Fiesta del Trabajo"), Day(date(2026, 5, 1), "Fiesta local")])
    assert [(each.day, each.name) for each in both] == [(date(2026, 5, 1), "Fiesta del Trabajo · Fiesta local")]


@pytest.mark.parametrize("region", [code for code, _ in HolidayTables().regions()])
def test_the_real_tables_can_be_decided_and_saved(scene: Scene, region: str) -> None:
    panel = HolidaysPanel(
        look=scene.window._look,
        holidays=HolidayTables(),
        schedule=week_of_the_picture(exceptions=()),
        today=date(2027, 1, 1),
        done=lambda code, year, chosen: scene.window.draft.put_holidays(year, chosen),
    )
    panel.region.setCurrentIndex(panel.region.findData(region))
    panel.years[2027].click()
    assert panel.said.text().endswith("holidays are not decided yet.")
    panel.all_closed.click()
    panel.confirm()
    holidays = [each for each in scene.window.draft.now.exceptions if each.day.year == 2027]
    assert len(holidays) >= 9
    assert faults(scene.window.draft.now) == ()


# several selling points


def test_several_selling_points_one_at_a_time(scene: Scene, companion: FakeCompanion) -> None:
    first = snapshot(schedule=week_of_the_picture())
    second = snapshot(id="77", name="Casa Olmo · Norte", schedule=Schedule())
    both = Snapshot(
        at=NOW,
        environment="production",
        link=first.link,
        clock_offset_seconds=0,
        outlets=(*first.outlets, *second.outlets),
    )
    scene.show(both)
    window = scene.window
    assert window.point == POINT
    buttons = list(window._point_buttons.values())
    assert [button.text() for button in buttons] == ["Casa Olmo · Centro", "Casa Olmo · Norte"]
    buttons[1].click()
    assert window.windowTitle() == "Hours — Casa Olmo · Norte"
    window.grid.add_asked.emit(1, None)
    window.save.click()
    assert companion.calls[-1][1] == "77"


def test_what_is_edited_waits_at_its_selling_point(scene: Scene) -> None:
    first = snapshot(schedule=week_of_the_picture())
    second = snapshot(id="77", name="Casa Olmo · Norte")
    scene.show(msgspec.structs.replace(first, outlets=(*first.outlets, *second.outlets)))
    window = scene.window
    window.grid.add_asked.emit(1, None)
    window._point_buttons["77"].click()
    assert window.draft.changes == 0
    window._point_buttons[POINT].click()
    assert window.draft.changes == 1


# closing


def test_closing_asks_while_something_is_not_saved(scene: Scene) -> None:
    window = scene.window
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    window.grid.add_asked.emit(1, None)
    window.close()
    assert window.isVisible()
    question = scene.panel(Question)
    assert question.title.text() == "1 changes are not saved"
    question.buttons[0].click()
    assert window.isVisible()
    window.close()
    scene.panel(Question).buttons[1].click()
    assert not window.isVisible()
    assert closed == [True]


def test_closing_asks_nothing_when_all_is_saved(scene: Scene) -> None:
    scene.window.close()
    assert not scene.window.isVisible()


# keyboard and narrow


def test_f6_goes_through_the_areas(scene: Scene) -> None:
    window = scene.window
    window.activateWindow()
    seen = []
    for _ in range(3):
        window._next_area()
        seen.append(window.focusWidget())
    assert seen[:3] == [window.grid.days[4], window.editor.add, window.exceptions.list]


@pytest.mark.parametrize("width", [600, 1024, 1920])
def test_nothing_is_past_the_edge(scene: Scene, width: int) -> None:
    window = scene.window
    window.grid.choose(SATURDAY_NIGHT)
    window.resize(width, 760)
    QTest.qWait(0)
    inner: Any = window._scroll.widget()
    assert inner.minimumSizeHint().width() <= width
    assert window.preview.days[0].bar.isVisible() is (width >= 1600)


def test_what_is_wrong_can_be_read_on_a_narrow_window(scene: Scene) -> None:
    window = scene.window
    window.resize(600, 760)
    lunch = Span(3, 13 * 60, 180)
    window.editor.changed.emit(lunch, Span(3, 13 * 60, 8 * 60))
    assert window.said.isVisible()
    assert "overlap" in window.said.text()
    window.resize(1024, 700)
    assert window.said.isVisible()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("8/12", date(2026, 12, 8)),
        ("8.12.26", date(2026, 12, 8)),
        ("08-12-2027", date(2027, 12, 8)),
        ("1/1", date(2027, 1, 1)),
        ("31/2", None),
        ("3/12/2026", None),
        ("12", None),
        ("", None),
        ("1/1/20277777777", None),
    ],
)
def test_dates_as_people_type_them(text: str, wanted: date | None) -> None:
    assert read_date(text, date(2026, 12, 4)) == wanted


def test_steps_of_a_date() -> None:
    assert stepped(date(2027, 1, 31), months=1) == date(2027, 2, 28)
    assert stepped(date(2026, 12, 31), days=1) == date(2027, 1, 1)
    assert stepped(date(2027, 1, 15), months=-1) == date(2026, 12, 15)


def test_days_in_spanish(scene: Scene) -> None:
    QLocale.setDefault(QLocale("es_ES"))
    scene.show()
    assert scene.window.preview.days[0].text_shown.startswith("vie 4 |")


def test_a_holiday_kept_open_where_nobody_keeps_hours_is_open_all_day() -> None:
    christmas = date(2026, 12, 25)
    ranges = usual_hours(Schedule(), christmas)
    kept = Schedule(exceptions=(ScheduleException(day=christmas, ranges=ranges),))
    noon = datetime.combine(christmas, time(12), zone_of("Europe/Madrid"))
    assert is_open(kept, noon)
