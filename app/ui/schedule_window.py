"""The Schedule window: the week to drag and type, the next 14 days as customers will see them, the exceptions.

What is edited is a draft until it is saved: then it is sent, kept, told to Sinqro and read back from there, and each of
these is said. Where the POS keeps the hours they are only shown. Several selling points: one at a time.
"""

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain import schedule_check as rules
from app.domain.availability import ProofState
from app.domain.schedule import Schedule, ScheduleException
from app.domain.status import OrderType
from app.domain.times import zone_of
from app.services.snapshot import OutletSnapshot
from app.ui.answers import Answers
from app.ui.board import Board
from app.ui.desk import Desk, Told
from app.ui.header import Header, SandboxStrip
from app.ui.panel import Overlay
from app.ui.schedule_draft import Draft, Span
from app.ui.schedule_editor import CopyPanel, RangeEditor
from app.ui.schedule_exceptions import ExceptionPanel, ExceptionsList
from app.ui.schedule_faults import fault_text, same_fault
from app.ui.schedule_grid import WeekGrid
from app.ui.schedule_holidays import Holidays, HolidaysPanel, chosen_region
from app.ui.schedule_layers import Layers
from app.ui.schedule_preview import Preview
from app.ui.schedule_words import minute_of_week
from app.ui.theme import Look
from app.ui.widgets import Button, Label
from app.ui.words import clock, tr

_NARROW = 760
_WIDE = 1600

Guard = Callable[[Callable[[], object]], object]
"""Runs what it gets once a manager is known to want it."""


class ScheduleWindow(QWidget):
    """``guard`` asks for the manager's PIN where there is one; ``holidays`` knows the public ones."""

    back_asked = Signal()
    todo_asked = Signal()
    open_asked = Signal()
    menu_asked = Signal(object)
    closed = Signal()

    def __init__(self, *, look: Look, desk: Desk, sandbox: bool, guard: Guard, holidays: Holidays | None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self._desk = desk
        self._guard = guard
        self._holidays = holidays
        self._outlets: dict[str, OutletSnapshot] = {}
        self.point = ""
        self.draft = Draft(Schedule())
        self._sending = False
        self._failed = ""
        self._day = 1
        self.header = Header(look=look)
        self.header.menu_asked.connect(self.menu_asked)
        self.header.todo_asked.connect(self.todo_asked)
        self.header.open_asked.connect(self.open_asked)
        self.grid = WeekGrid(look=look)
        self.layers = Layers(look=look)
        self.editor = RangeEditor(look=look)
        self.preview = Preview(look=look)
        self.exceptions = ExceptionsList(look=look)
        self.points = QHBoxLayout()
        self._point_buttons: dict[str, Button] = {}
        self.said = Label(look=look, font="note", tone="quiet", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.undo = Button(tr("Undo"), look=look, icon="undo", act=self._undo)
        self.redo = Button(look=look, icon="retry", name=tr("Redo"), act=self._redo)
        self.save = Button(look=look, icon="check", kind="save", act=self._save)
        self._build(look, sandbox)
        self._wire()
        self.overlay = Overlay(self)
        self.resize(1024, 700)

    # what it is made of

    def _build(self, look: Look, sandbox: bool) -> None:
        back = Button(tr("Orders"), look=look, icon="chevron-left", kind="link", act=self.back_asked.emit)
        bar = QFrame()
        bar.setObjectName("subheader")
        self.redo.setFixedWidth(52)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(back)
        row.addWidget(Label(tr("Hours"), look=look, font="code_small"))
        row.addLayout(self.points)
        row.addWidget(self.said, 1)
        for button in (self.undo, self.redo, self.save):
            row.addWidget(button)
        week = QFrame()
        week.setObjectName("card")
        inside = QVBoxLayout(week)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.grid, 1)
        inside.addWidget(self.layers)
        self._week = QWidget()
        left = QVBoxLayout(self._week)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(9)
        left.addWidget(week, 1)
        left.addWidget(self.editor)
        self._side = QWidget()
        right = QVBoxLayout(self._side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(9)
        right.addWidget(self.preview, 10)
        right.addWidget(self.exceptions, 4)
        self._left, self._right = left, right
        inner = QWidget()
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._halves.setContentsMargins(12, 11, 12, 11)
        self._halves.setSpacing(12)
        self._halves.addWidget(self._week, 656)
        self._halves.addWidget(self._side, 332)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        strip = SandboxStrip(look=look)
        strip.setVisible(sandbox)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (strip, self.header, bar):
            layout.addWidget(widget)
        layout.addWidget(self._scroll, 1)

    def _wire(self) -> None:
        self.grid.chosen.connect(self._chosen)
        self.grid.changed.connect(self._span_changed)
        self.grid.add_asked.connect(self._add)
        self.grid.delete_asked.connect(self._delete)
        self.grid.edit_asked.connect(self.editor.edit)
        self.editor.changed.connect(self._span_changed)
        self.editor.delete_asked.connect(self._delete)
        self.editor.add_asked.connect(lambda: self._add(self._day, None))
        self.editor.copy_asked.connect(self._copy)
        self.layers.chosen.connect(self._layer_chosen)
        self.layers.own_asked.connect(self._own_hours)
        self.exceptions.add_asked.connect(lambda: self._open_exception(None))
        self.exceptions.opened.connect(self._open_exception)
        self.exceptions.holidays_asked.connect(self._open_holidays)
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+Z": self._undo,
            "Ctrl+Shift+Z": self._redo,
            "Ctrl+Y": self._redo,
            "Ctrl+S": self._save,
            "Ctrl+W": self.close,
            "Ctrl+1": self.back_asked.emit,
            "Alt+Left": self.back_asked.emit,
            "Ctrl+D": self.open_asked.emit,
            "F6": self._next_area,
        }
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda act=act: act() if self.overlay.panel is None else None)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._confirm)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self._escape)

    def _confirm(self) -> None:
        if self.overlay.panel is not None:
            self.overlay.panel.confirm()

    def _escape(self) -> None:
        if self.overlay.panel is not None:
            self.overlay.close_panel()

    def _next_area(self) -> None:
        """The week, the editor, the exceptions."""
        first = (
            self.grid.block_of(self.grid.selected) if self.grid.selected is not None else self.grid.days[self._day - 1]
        )
        areas: list[QWidget] = [first, self.editor.add, self.exceptions.list, self.undo]
        inside = [area for area in areas if area.isVisible()]
        at = next((place for place, area in enumerate(inside) if area.hasFocus()), -1)
        inside[(at + 1) % len(inside)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # news

    def show_board(self, board: Board, answers: Answers) -> None:
        """Take the newest snapshot; what is being edited stays."""
        self.header.show_answers(answers, self._desk.now())
        self._outlets = {outlet.id: outlet for outlet in board.snapshot.outlets}
        if self.overlay.panel is not None:
            self.overlay.panel.refresh(board)
        self._show_points()
        if self.point not in self._outlets:
            self._go_to(next(iter(self._outlets), ""))
            return
        self.draft.saved_as(self._outlets[self.point].schedule)
        self._show()

    def tick(self) -> None:
        """One second later."""
        now = self._desk.now()
        self.header.tick(now)
        if now.second == 0:
            self._show()

    def _show_points(self) -> None:
        if len(self._outlets) < 2 or self.points.count() == len(self._outlets):
            return
        for outlet in self._outlets.values():
            button = Button(outlet.name or outlet.id, look=self._look, kind="pill")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            self._point_buttons[outlet.id] = button
            button.clicked.connect(lambda _=False, point=outlet.id: self._go_to(point))
            self.points.addWidget(button)

    def _go_to(self, point: str) -> None:
        """Another selling point; what was edited and not saved at the first one is put aside with it."""
        self.point = point
        self._failed = ""
        self.grid.selected = None
        outlet = self._outlets.get(point)
        self.draft = Draft(outlet.schedule if outlet is not None else Schedule())
        self._day = self.grid.day = self._local_now()[0]
        self.setWindowTitle(
            f"{tr('Hours')} — {outlet.name or 'Sinqro Companion'}" if outlet is not None else tr("Hours")
        )
        self._show()

    @property
    def read_only(self) -> bool:
        """Whether the POS keeps the hours, or another machine is in charge."""
        outlet = self._outlets.get(self.point)
        return outlet is None or outlet.schedule_source == "pos" or not outlet.at_work

    @property
    def today(self) -> date:
        """At the restaurant."""
        return self._desk.now().astimezone(zone_of(self._zone())).date()

    def _zone(self) -> str:
        outlet = self._outlets.get(self.point)
        return outlet.timezone if outlet is not None else self.draft.now.timezone

    def _local_now(self) -> tuple[int, int]:
        now: datetime = self._desk.now().astimezone(zone_of(self._zone()))
        return minute_of_week(now)

    def _show(self) -> None:
        draft, read_only = self.draft, self.read_only
        self.grid.read_only = read_only
        always = not draft.now.weekly and draft.layer is None
        self.grid.show_week(
            draft.spans, clashes=draft.clashes, now=self._local_now(), selected=self.grid.selected, always=always
        )
        self._day = self.grid.selected.day if self.grid.selected is not None else self._day
        self.editor.show_choice(self.grid.selected, self._day)
        self.editor.setVisible(not read_only)
        self.layers.show_layers(draft.layer, own=tuple(draft.now.by_type), read_only=read_only)
        self.preview.show_schedule(draft.now, first=self.today, order_type=draft.layer)
        region = chosen_region(draft.now, self._holidays)
        self.exceptions.show_exceptions(
            draft.exceptions_from(self.today),
            region=region,
            read_only=read_only,
            holidays=self._holidays is not None,
        )
        for point, button in self._point_buttons.items():
            button.setChecked(point == self.point)
        self._show_state()

    def _show_state(self) -> None:
        draft, changes = self.draft, self.draft.changes
        fault = self._fault()
        self.undo.setVisible(not self.read_only)
        self.redo.setVisible(not self.read_only and draft.can_redo)
        self.save.setVisible(not self.read_only)
        self.undo.setEnabled(draft.can_undo)
        self.save.setText(
            tr("Sending…") if self._sending else tr("Save %n changes", n=changes) if changes else tr("Saved")
        )
        self.save.setEnabled(bool(changes) and not fault and not self._sending)
        text, tone = self._state_text(fault)
        self.said.setText(text)
        self.said.setToolTip(text)
        self.said.set_tone(tone)

    def _fault(self) -> str:
        """What keeps it from being saved; empty: nothing."""
        found = rules.faults(self.draft.now) if self.draft.changes else ()
        return fault_text(found[0]) if found else ""

    def _state_text(self, fault: str) -> tuple[str, str]:
        outlet = self._outlets.get(self.point)
        if outlet is None:
            return "", "quiet"
        if outlet.schedule_source == "pos":
            return tr("The POS keeps the hours: change them there."), "quiet"
        if not outlet.at_work:
            return tr("Another device is in charge: change them there."), "quiet"
        if fault or self._failed:
            return fault or self._failed, "danger"
        proof = outlet.schedule_proof
        if not self.draft.changes and not self._sending:
            when = clock(proof.at) if proof.at is not None else ""
            if proof.state is ProofState.PROVEN:
                return tr("Saved, confirmed by Sinqro %1", when), "quiet"
            if proof.state is ProofState.PENDING:
                return tr("Saved; Sinqro is being told…"), "quiet"
            if proof.state is ProofState.DIFFERS:
                return tr("Saved here, but NOT on Sinqro. %1", proof.message), "danger"
        return tr("Kept here: the POS has no hours."), "quiet"

    # the week

    def _chosen(self, span: Span | None, day: int) -> None:
        self._day = day
        self.editor.show_choice(span, day)

    def _span_changed(self, old: Span, new: Span) -> None:
        self.draft.replace(old, new)
        self.grid.selected = new
        self._edited()

    def _add(self, day: int, at: int | None) -> None:
        made = self.draft.add(day, at)
        if made is not None:
            self.grid.selected = made
            self._edited()
            self.grid.block_of(made).setFocus(Qt.FocusReason.OtherFocusReason)

    def _delete(self, span: Span) -> None:
        self.draft.remove(span)
        self.grid.selected = None
        self._day = span.day
        self._edited()
        self.grid.days[span.day - 1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _copy(self) -> None:
        day = self._day

        def done(days: object) -> None:
            self.draft.copy_day(day, days)  # type: ignore[arg-type]
            self._edited()

        self.overlay.open(CopyPanel(look=self._look, day=day, done=done))

    def _layer_chosen(self, layer: OrderType | None) -> None:
        self.draft.layer = layer if layer is None or layer in self.draft.now.by_type else None
        self.grid.selected = None
        self._show()

    def _own_hours(self, order_type: OrderType, own: bool) -> None:
        self.draft.own_hours(order_type, own=own)
        self.draft.layer = order_type if own else None
        self.grid.selected = None
        self._edited()

    def _edited(self) -> None:
        self._failed = ""
        self._show()

    def _undo(self) -> None:
        self.draft.undo()
        self._edited()

    def _redo(self) -> None:
        self.draft.redo()
        self._edited()

    # exceptions

    def _open_exception(self, old: ScheduleException | None) -> None:
        if self.read_only:
            return

        def taken(made: ScheduleException) -> str:
            trial = Draft(self.draft.now)
            trial.put_exception(made, old)
            found = rules.faults(trial.now)
            before = {same_fault(each) for each in rules.faults(self.draft.now)}
            return next((fault_text(each) for each in found if same_fault(each) not in before), "")

        def done(made: ScheduleException) -> None:
            self.draft.put_exception(made, old)
            self._edited()

        def delete() -> None:
            if old is not None:
                self.draft.remove_exception(old)
                self._edited()

        panel = ExceptionPanel(look=self._look, old=old, today=self.today, done=done, delete=delete, taken=taken)
        self.overlay.open(panel)

    def _open_holidays(self) -> None:
        if self._holidays is None:
            return

        def done(_region: str, year: int, chosen: tuple[ScheduleException, ...]) -> None:
            self.draft.put_holidays(year, chosen)
            self._edited()

        panel = HolidaysPanel(
            look=self._look, holidays=self._holidays, schedule=self.draft.now, today=self.today, done=done
        )
        self.overlay.open(panel)

    # saving

    def _save(self) -> None:
        if self.save.isEnabled() and not self.read_only:
            self._guard(self._send)

    def _send(self) -> None:
        schedule = self.draft.now
        self._sending = True
        self._failed = ""
        self._show_state()
        told = Told(lambda _: self._sent(schedule, ""), lambda why: self._sent(schedule, why))
        self._desk.save_schedule(self.point, schedule, told)

    def _sent(self, schedule: Schedule, why: str) -> None:
        self._sending = False
        self._failed = why
        if not why:
            self.draft.saved_as(schedule)
        self._show()

    # the window

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        width = self.width()
        self.header.set_narrow(width < _NARROW)
        self.said.setVisible(width >= _NARROW)
        narrow = width < _NARROW
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._halves.direction() != way:
            self._halves.setDirection(way)
        wide = width >= _WIDE
        self.preview.set_wide(wide)
        home = self._left if wide else self._right
        if home.indexOf(self.exceptions) < 0:
            home.addWidget(self.exceptions, 4)
        self.exceptions.setMinimumHeight(200 if narrow else 0)
        self.editor.set_narrow(narrow)
        self._left.setStretch(0, 3 if wide else 1)
        if wide:
            self._left.setStretch(2, 2)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self.closed.emit()
        super().closeEvent(event)
