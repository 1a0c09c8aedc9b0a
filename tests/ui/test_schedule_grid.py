"""The week's grid: blocks where their times are, dragged by mouse and finger, moved by keys; the editor below it."""

from collections.abc import Callable
from datetime import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.choices import read_time
from app.ui.schedule_block import Grip
from app.ui.schedule_draft import DAY, Draft, Span
from app.ui.schedule_editor import CopyPanel, RangeEditor
from app.ui.schedule_grid import WeekGrid
from app.ui.theme import Look
from tests.ui.scene import week_of_the_picture

SATURDAY_NIGHT = Span(6, 20 * 60, 6 * 60)
LEFT, RIGHT = Qt.Key.Key_Left, Qt.Key.Key_Right
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Week:
    """A grid with its draft, as the window joins them."""

    def __init__(self, look: Look) -> None:
        self.grid = WeekGrid(look=look)
        self.draft = Draft(week_of_the_picture())
        self.told: list[str] = []
        self.grid.changed.connect(self._changed)
        self.grid.delete_asked.connect(lambda span: self.told.append(f"delete {span.day}"))
        self.grid.add_asked.connect(lambda day, at: self.told.append(f"add {day} {at}"))
        self.grid.edit_asked.connect(lambda: self.told.append("edit"))
        self.grid.resize(654, 440)
        self.show()

    def _changed(self, old: Span, new: Span) -> None:
        self.draft.replace(old, new)
        self.grid.selected = new
        self.show()

    def show(self) -> None:
        grid = self.grid
        grid.show_week(self.draft.spans, clashes=self.draft.clashes, now=(5, 21 * 60 + 34), selected=grid.selected)

    def drag(self, span: Span, start: QPoint, *way: QPoint) -> None:
        """A finger on the block at ``start``, moved by each of ``way``, lifted."""
        block = self.grid.block_of(span)
        where = block.mapTo(self.grid, start)  # before the press: a chosen block is larger
        QTest.mousePress(block, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        for step in way:
            where = where + step
            QTest.mouseMove(block, block.mapFrom(self.grid, where))
        QTest.mouseRelease(block, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)

    def key(self, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for each in modifiers:
            held |= each
        QTest.keyClick(widget, key, held)


@pytest.fixture
def week(qtbot: QtBot, look: Look) -> Week:
    made = Week(look)
    qtbot.addWidget(made.grid)
    made.grid.show()
    qtbot.waitExposed(made.grid)
    return made


def test_blocks_stand_where_their_times_are(week: Week) -> None:
    grid = week.grid
    block = grid.block_of(Span(6, 13 * 60, 4 * 60))
    assert block.text_shown == "13\N{EN DASH}17"
    assert abs(block.geometry().left() - grid.x_of(13 * 60)) < 2
    assert abs(block.geometry().right() - grid.x_of(17 * 60)) < 2
    assert grid.row(6).contains(block.geometry())
    night = grid.block_of(SATURDAY_NIGHT)
    assert night.text_shown == "20\N{EN DASH}02 +1"
    assert night.geometry().right() > grid.x_of(DAY), "over the line of midnight"
    assert 48 <= grid.row_height <= 58


def test_the_axis_widens_for_early_and_late_hours(week: Week) -> None:
    before = week.grid.x_of(13 * 60)
    week.draft.put([*week.draft.spans, Span(1, 6 * 60, 120), Span(2, 23 * 60, 6 * 60)])
    week.show()
    assert week.grid.x_of(6 * 60) == pytest.approx(88)
    assert week.grid.x_of(DAY + 5 * 60) == pytest.approx(654 - 12)
    assert week.grid.x_of(13 * 60) > before


def test_it_says_days_and_ranges_to_a_screen_reader(week: Week) -> None:
    assert week.grid.days[0].accessibleName() == "Monday, closed all day"
    assert week.grid.days[5].accessibleName() == "Saturday, 2 ranges"
    said = week.grid.block_of(SATURDAY_NIGHT).accessibleName()
    assert said == "Saturday, range 2, from 20:00 to 02:00 on Sunday"


def test_a_touch_selects_and_does_not_move(week: Week) -> None:
    week.drag(SATURDAY_NIGHT, QPoint(60, 20), QPoint(4, 0))
    assert week.grid.selected == SATURDAY_NIGHT
    assert not week.draft.can_undo


@pytest.mark.parametrize(
    ("grip", "pixels", "wanted"),
    [
        (Grip.MIDDLE, -65, Span(6, 18 * 60, 6 * 60)),
        (Grip.START, -33, Span(6, 19 * 60, 7 * 60)),
        (Grip.END, 33, Span(6, 20 * 60, 7 * 60)),
        (Grip.END, -900, Span(6, 20 * 60, 15)),
        (Grip.START, 900, Span(6, DAY - 15, 2 * 60 + 15)),
    ],
)
def test_dragging_by_middle_and_handles(week: Week, grip: Grip, pixels: int, wanted: Span) -> None:
    week.grid.choose(SATURDAY_NIGHT)
    block = week.grid.block_of(SATURDAY_NIGHT)
    x = {Grip.START: 20, Grip.MIDDLE: block.width() // 2, Grip.END: block.width() - 20}[grip]
    assert block.grip_at(x) is grip
    week.drag(SATURDAY_NIGHT, QPoint(x, 20), QPoint(pixels // 2, 0), QPoint(pixels - pixels // 2, 3))
    assert wanted in week.draft.spans
    assert week.grid.selected == wanted
    week.draft.undo()
    assert SATURDAY_NIGHT in week.draft.spans, "one step for the whole drag"


def test_dragging_with_a_finger(week: Week, qtbot: QtBot) -> None:
    grid, device = week.grid, QTest.createTouchDevice()
    start = grid.block_of(SATURDAY_NIGHT).mapTo(grid, QPoint(60, 20))
    QTest.touchEvent(grid, device).press(0, start, grid)
    QApplication.processEvents()
    for pixels in (-15, -30, -65):
        QTest.touchEvent(grid, device).move(0, start + QPoint(pixels, 0), grid)
        QApplication.processEvents()
    QTest.touchEvent(grid, device).release(0, start + QPoint(-65, 0), grid)
    QApplication.processEvents()
    assert Span(6, 18 * 60, 6 * 60) in week.draft.spans


def test_dragging_to_another_day(week: Week) -> None:
    week.grid.choose(SATURDAY_NIGHT)
    up = -5 * week.grid.row_height
    week.drag(SATURDAY_NIGHT, QPoint(100, 20), QPoint(0, up // 2), QPoint(0, up - up // 2))
    assert Span(1, 20 * 60, 6 * 60) in week.draft.spans


def test_handles_are_touched_over_48_pixels(week: Week) -> None:
    week.grid.choose(SATURDAY_NIGHT)
    block = week.grid.block_of(SATURDAY_NIGHT)
    grips = [block.grip_at(x) for x in range(48)]
    assert grips == [Grip.START] * 48
    narrow = Span(1, 600, 15)
    week.draft.put([narrow])
    week.show()
    assert week.grid.block_of(narrow).width() >= 48


def test_a_long_press_makes_a_range_there(week: Week) -> None:
    grid = week.grid
    grid._long.setInterval(0)
    row = grid.row(1)
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=QPoint(round(grid.x_of(14 * 60)), row.center().y()))
    QTest.qWait(20)
    assert week.told == ["add 1 840"]
    assert grid.day == 1


def test_a_short_touch_on_a_day_only_chooses_it(week: Week) -> None:
    QTest.mouseClick(week.grid, Qt.MouseButton.LeftButton, pos=QPoint(300, week.grid.row(2).center().y()))
    assert week.grid.day == 2
    assert week.told == []


def test_arrows_go_from_range_to_range(week: Week) -> None:
    grid = week.grid
    grid.days[0].setFocus()
    week.key(grid.days[0], RIGHT)
    assert grid.selected == Span(2, 13 * 60, 180)
    week.key(grid.block_of(grid.selected), RIGHT)
    assert grid.selected == Span(2, 20 * 60, 210)
    week.key(grid.block_of(grid.selected), Qt.Key.Key_Down)
    assert grid.selected == Span(3, 20 * 60, 210)
    week.key(grid.block_of(grid.selected), LEFT)
    assert grid.selected == Span(3, 13 * 60, 180)
    week.key(grid.block_of(grid.selected), Qt.Key.Key_Up)
    assert grid.selected == Span(2, 13 * 60, 180)
    week.key(grid.block_of(grid.selected), Qt.Key.Key_Up)
    assert grid.day == 1
    assert grid.days[0].hasFocus()


@pytest.mark.parametrize(
    ("modifiers", "key", "wanted"),
    [
        ((SHIFT,), RIGHT, Span(6, 20 * 60, 6 * 60 + 15)),
        ((SHIFT,), LEFT, Span(6, 20 * 60, 6 * 60 - 15)),
        ((CONTROL,), RIGHT, Span(6, 20 * 60 + 15, 6 * 60)),
        ((SHIFT, CONTROL), LEFT, Span(6, 20 * 60 - 15, 6 * 60 + 15)),
    ],
)
def test_keys_move_and_size(week: Week, modifiers: tuple[Qt.KeyboardModifier, ...], key: Qt.Key, wanted: Span) -> None:
    week.grid.choose(SATURDAY_NIGHT)
    block = week.grid.block_of(SATURDAY_NIGHT)
    block.setFocus()
    week.key(block, key, *modifiers)
    assert wanted in week.draft.spans
    assert week.grid.block_of(wanted).hasFocus(), "ready for the next press"


def test_insert_delete_and_enter(week: Week) -> None:
    week.grid.choose(SATURDAY_NIGHT)
    block = week.grid.block_of(SATURDAY_NIGHT)
    for key in (Qt.Key.Key_Insert, Qt.Key.Key_Delete, Qt.Key.Key_Return):
        week.key(block, key)
    assert week.told == ["add 6 None", "delete 6", "edit"]


def test_what_is_only_shown_cannot_be_moved(week: Week) -> None:
    week.grid.read_only = True
    week.grid.choose(SATURDAY_NIGHT)
    block = week.grid.block_of(SATURDAY_NIGHT)
    week.drag(SATURDAY_NIGHT, QPoint(100, 20), QPoint(100, 0))
    for key in (Qt.Key.Key_Insert, Qt.Key.Key_Delete):
        week.key(block, key)
    week.key(block, RIGHT, SHIFT)
    assert week.told == []
    assert not week.draft.can_undo


# the editor


@pytest.fixture
def editor(qtbot: QtBot, look: Look) -> RangeEditor:
    made = RangeEditor(look=look)
    qtbot.addWidget(made)
    made.show()
    return made


def typed(edit: QWidget, text: str) -> None:
    edit.setFocus()
    edit.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def test_times_are_typed(editor: RangeEditor) -> None:
    told: list[tuple[Span, Span]] = []
    editor.changed.connect(lambda old, new: told.append((old, new)))
    editor.show_choice(SATURDAY_NIGHT, 6)
    assert editor.start.text() == "20:00"
    assert editor.end.text() == "02:00"
    assert editor.next_day.isVisible()
    typed(editor.end, "2330")
    assert told == [(SATURDAY_NIGHT, Span(6, 20 * 60, 210))]
    typed(editor.start, "nonsense")
    assert editor.start.text() == "20:00", "what is no time is not taken"
    assert len(told) == 1


def test_without_a_range_there_is_only_one_to_add(editor: RangeEditor) -> None:
    editor.show_choice(None, 1)
    assert not editor.start.isVisible()
    assert not editor.delete.isVisible()
    assert editor.add.isVisible()


def test_same_start_and_end_is_the_whole_day(editor: RangeEditor) -> None:
    told: list[Span] = []
    editor.changed.connect(lambda old, new: told.append(new))
    editor.show_choice(Span(1, 8 * 60, 60), 1)
    typed(editor.end, "8")
    assert told == [Span(1, 8 * 60, DAY)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("20", time(20)),
        ("2030", time(20, 30)),
        ("930", time(9, 30)),
        ("20:30", time(20, 30)),
        ("20.30", time(20, 30)),
        ("8h", time(8)),
        ("8h15", time(8, 15)),
        ("24", time(0)),
        ("24:00", time(0)),
        ("25", None),
        ("12:60", None),
        ("12:5", None),
        ("", None),
        ("²0", None),
        ("-1", None),
    ],
)
def test_times_as_people_type_them(text: str, wanted: time | None) -> None:
    assert read_time(text) == wanted


def test_a_day_is_copied_to_others(qtbot: QtBot, look: Look) -> None:
    got: list[list[int]] = []
    done: Callable[[object], None] = lambda days: got.append(list(days))  # type: ignore[call-overload]  # noqa: E731
    panel = CopyPanel(look=look, day=6, done=done)
    qtbot.addWidget(panel)
    assert 6 not in panel.days
    assert not panel.button.isEnabled()
    panel.days[5].click()
    panel.days[7].click()
    panel.confirm()
    assert got == [[5, 7]]
