"""The Schedule window: the week to drag and type, the next 14 days as customers will see them, the exceptions.

What is edited is a draft until it is saved: then it is sent, kept, told to Sinqro and read back from there, and each of
these is said. Where the POS keeps the hours they are only shown. Several selling points: one at a time.
"""

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain import schedule_check as rules
from app.domain.schedule import Schedule, ScheduleException
from app.domain.status import OrderType
from app.domain.times import zone_of
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot
from app.ui.answers import Answers
from app.ui.board import Board
from app.ui.desk import Desk, Told
from app.ui.panel import Overlay
from app.ui.questions import unsaved
from app.ui.schedule_draft import Draft, Span
from app.ui.schedule_editor import CopyPanel
from app.ui.schedule_exception_panel import ExceptionPanel
from app.ui.schedule_faults import fault_text, same_fault
from app.ui.schedule_frame import ScheduleFrame
from app.ui.schedule_holidays import Holidays, HolidaysPanel, chosen_region
from app.ui.schedule_proof import state_text
from app.ui.schedule_words import minute_of_week
from app.ui.theme import Look
from app.ui.words import tr

Guard = Callable[[Callable[[], object]], object]
"""Runs what it gets once a manager is known to want it."""


class ScheduleWindow(ScheduleFrame):
    """``guard`` asks for the manager's PIN where there is one; ``holidays`` knows the public ones."""

    back_asked = Signal()
    todo_asked = Signal()
    open_asked = Signal()
    menu_asked = Signal(object)
    closed = Signal()

    def __init__(self, *, look: Look, desk: Desk, sandbox: bool, guard: Guard, holidays: Holidays | None) -> None:
        super().__init__(look=look, sandbox=sandbox)
        self._desk = desk
        self._guard = guard
        self._holidays = holidays
        self._outlets: dict[str, OutletSnapshot] = {}
        self._drafts: dict[str, Draft] = {}
        self.point = ""
        self.draft = Draft(Schedule())
        self._sending = False
        self._failed = ""
        self._overtaken: Schedule | None = None
        self._day = 1
        self._wire()
        self.overlay = Overlay(self)

    def _wire(self) -> None:
        self.header.menu_asked.connect(self.menu_asked)
        self.header.todo_asked.connect(self.todo_asked)
        self.header.open_asked.connect(self.open_asked)
        acts = {self.back: self.back_asked.emit, self.undo: self._undo, self.redo: self._redo, self.save: self._save}
        for button, press in acts.items():
            button.clicked.connect(lambda _=False, press=press: press())
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
        if self.point not in self._outlets:
            self._go_to(next(iter(self._outlets), ""))
            return
        kept = self._outlets[self.point].schedule
        if kept != self._overtaken:  # not a picture that was taken before what was saved since
            self._overtaken = None
            self.draft.saved_as(kept)
        self._show()

    def tick(self) -> None:
        """One second later."""
        now = self._desk.now()
        self.header.tick(now)
        if now.second == 0:
            self._show()

    def _go_to(self, point: str) -> None:
        """Another selling point; what was edited and not saved at the first one waits there."""
        self.point = point
        self._overtaken, self._failed, self.grid.selected = None, "", None
        outlet = self._outlets.get(point)
        self.draft = self._drafts.setdefault(point, Draft(outlet.schedule if outlet is not None else Schedule()))
        self._day = self.grid.day = self._local_now()[0]
        self.setWindowTitle(
            f"{tr('Hours')} — {outlet.name or 'Sinqro Companion'}" if outlet is not None else tr("Hours")
        )
        self._show()

    @property
    def read_only(self) -> bool:
        """Whether the POS keeps the hours, or another machine is in charge."""
        outlet = self._outlets.get(self.point)
        return outlet is None or outlet.schedule_source == "pos" or outlet.role is not Role.ACTIVE

    @property
    def today(self) -> date:
        """At the restaurant."""
        return self._desk.now().astimezone(zone_of(self._zone())).date()

    def _zone(self) -> str:
        return self._outlets[self.point].timezone if self.point in self._outlets else self.draft.now.timezone

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
        self.show_points({key: outlet.name or key for key, outlet in self._outlets.items()}, self.point, self._go_to)
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
        edited = bool(changes) or self._sending
        text, tone = state_text(self._outlets.get(self.point), fault or self._failed, edited=edited)
        self.said.setText(text)
        self.said.set_tone(tone)

    def _fault(self) -> str:
        """What keeps it from being saved; empty: nothing."""
        found = rules.faults(self.draft.now) if self.draft.changes else ()
        return fault_text(found[0]) if found else ""

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
            self._overtaken = self.draft.saved
            self.draft.saved_as(schedule)
        self._show()

    # the window

    def leave(self) -> None:
        """Close, whatever is not saved: a person said so, or the program ends."""
        self._drafts.clear()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        changes = sum(draft.changes for draft in self._drafts.values()) if not self.read_only else 0
        if changes:
            event.ignore()
            self.overlay.open(unsaved(changes, look=self._look, leave=self.leave))
            return
        self.closed.emit()
        super().closeEvent(event)
