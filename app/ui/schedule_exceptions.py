"""Exceptions: the list beside the week, and the panel in which one is made: a date, closed or other hours, a note."""

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.schedule import DayRange, ScheduleException
from app.domain.status import OrderType
from app.ui.choices import Check, Tile, TimeEdit
from app.ui.panel import Panel, panel_title
from app.ui.pause_wish import GROUPS, group_name
from app.ui.schedule_dates import read_date, stepped
from app.ui.schedule_words import date_long, date_short, day_ranges_text
from app.ui.theme import TOUCH, Look
from app.ui.widgets import Button, Elided, Label, rule
from app.ui.words import tr

_MOST_RANGES = 4


def icon_of(exception: ScheduleException) -> str:
    """A holiday, a night, or something else."""
    if exception.holiday:
        return "calendar"
    return "moon" if exception.ranges else "edit"


class ExceptionsModel(QAbstractListModel):
    """The exceptions in order."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[ScheduleException] = []

    def show(self, exceptions: Sequence[ScheduleException]) -> None:
        """Show these."""
        if list(exceptions) != self.shown:
            self.beginResetModel()
            self.shown = list(exceptions)
            self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        each = self.shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (date_long(each.day), each.note, day_ranges_text(each.ranges)) if part)
        if role == Qt.ItemDataRole.UserRole:
            return each
        return None


class _Row(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(200, TOUCH)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._look.theme
        each = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.fillRect(box, theme.color("accentSoft" if chosen else "surface"))
        painter.setPen(theme.color("line"))
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        ratio = painter.device().devicePixelRatioF()
        middle = box.center().y()
        painter.drawPixmap(box.left() + 12, middle - 11, self._look.pixmap(icon_of(each), "ink", 22, ratio))
        painter.drawPixmap(box.right() - 30, middle - 10, self._look.pixmap("chevron-right", "ink", 20, ratio))
        strong, body = theme.metrics("strong"), theme.metrics("body")
        right = box.right() - 36
        said = day_ranges_text(each.ranges)
        width = min(strong.horizontalAdvance(said), box.width() // 2)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("strong"))
        painter.drawText(box.left() + 46, box.top(), 66, box.height(), flags, date_short(each.day))
        painter.drawText(
            right - width,
            box.top(),
            width,
            box.height(),
            flags,
            strong.elidedText(said, Qt.TextElideMode.ElideRight, width),
        )
        painter.setFont(theme.font("body"))
        left = box.left() + 114
        room = right - width - 10 - left
        note = body.elidedText(each.note, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, box.top(), room, box.height(), flags, note)


class _Head(Button):
    """The title, and below it whose public holidays are in use: touched anywhere it opens their choice."""

    def __init__(self, *, look: Look) -> None:
        super().__init__(look=look, kind="flat", name=tr("Public holidays"))
        self._region = ""

    def show_region(self, region: str, *, can_choose: bool) -> None:
        """Say whose."""
        self._region = tr("Holidays: %1", region) if region else tr("Holidays…")
        self.setAccessibleName(self._region)
        self.setEnabled(can_choose)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() // 2
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        room = self.rect().adjusted(12, 0, -4, 0)
        lines = [("strong", "ink", tr("Exceptions"), 0 if not self.isEnabled() else -20)]
        if self.isEnabled():
            lines.append(("note_strong", "accent", self._region, 0))
        for role, tint, text, top in lines:
            painter.setFont(theme.font(role))
            painter.setPen(theme.color(tint))
            height = 20 if self.isEnabled() else self.height()
            at = middle + top if self.isEnabled() else 0
            said = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room.left(), at, room.width(), height, flags, said)
        if self._ring and self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 3))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -4, -4), 5, 5)


class ExceptionsList(QFrame):
    """The list with its head."""

    add_asked = Signal()
    holidays_asked = Signal()
    opened = Signal(object)

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self.setObjectName("card")
        self.holidays = _Head(look=look)
        self.holidays.clicked.connect(lambda _=False: self.holidays_asked.emit())
        self.add = Button(tr("Add"), look=look, icon="plus", kind="link", act=self.add_asked.emit)
        self.add.setAccessibleName(tr("Add an exception"))
        self.model = ExceptionsModel()
        self.list = QListView()
        self.list.setObjectName("exceptions")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Row(look, self.list))
        self.list.setAccessibleName(tr("Exceptions"))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self.opened.emit(index.data(Qt.ItemDataRole.UserRole)))
        self.list.activated.connect(lambda index: self.opened.emit(index.data(Qt.ItemDataRole.UserRole)))
        self._empty = Elided(tr("No exceptions: the week holds as it is."), look=look)
        self._empty.setContentsMargins(12, 8, 12, 8)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.setContentsMargins(0, 2, 4, 2)
        head.setSpacing(4)
        head.addWidget(self.holidays, 1)
        head.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(rule())
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.list, 1)

    def show_exceptions(
        self, exceptions: Sequence[ScheduleException], *, region: str, read_only: bool, holidays: bool
    ) -> None:
        """Show these; ``region``: whose public holidays were chosen; ``holidays``: there are tables of them."""
        self.model.show(exceptions)
        self.list.setVisible(bool(exceptions))
        self._empty.setVisible(not exceptions)
        self.holidays.show_region(region, can_choose=holidays and not read_only)
        self.add.setVisible(not read_only)


class ExceptionPanel(Panel):
    """One exception. ``done`` gets it; ``delete`` takes ``old`` away; ``taken`` says what is wrong with it."""

    side = True

    def __init__(
        self,
        *,
        look: Look,
        old: ScheduleException | None,
        today: date,
        done: Callable[[ScheduleException], object],
        delete: Callable[[], object],
        taken: Callable[[ScheduleException], str],
    ) -> None:
        super().__init__(look=look)
        self._old = old
        self._today = today
        self._done = done
        self._delete = delete
        self._taken = taken
        self.day = old.day if old is not None else today + timedelta(days=1)
        title = tr("Exception") if old is not None else tr("New exception")
        self.setAccessibleName(title)
        self.date = QLineEdit()
        self.date.setAccessibleName(tr("Date"))
        self.date.setFixedSize(130, TOUCH)
        self.date.editingFinished.connect(self._typed_date)
        self._in_words = Elided(look=look, font="strong", tone="")
        self.kind = QButtonGroup(self)
        self.shut = Tile(tr("Closed"), look=look, more=tr("all day"), icon="moon")
        self.open_hours = Tile(tr("Other hours"), look=look, more=tr("instead of the usual ones"), icon="clock")
        self.rows: list[tuple[QWidget, TimeEdit, TimeEdit]] = []
        self.more = Button(tr("Range"), look=look, icon="plus", act=lambda: self._add_row(time(20), time(23, 30)))
        self.note = QLineEdit(old.note if old is not None else "")
        self.note.setPlaceholderText(tr("Note, for instance: wedding"))
        self.note.setAccessibleName(tr("Note"))
        self.note.setMaxLength(60)
        self.note.setMinimumHeight(40)
        wanted = old.order_types if old is not None else ()
        self.types = {
            group: Check(group_name(group), look=look, checked=not wanted or group[0] in wanted, act=self._changed)
            for group in GROUPS
        }
        self.fault = Label(look=look, tone="danger", wrap=True)
        self.button = Button(tr("Keep"), look=look, icon="check", kind="primary", font="title", act=self._finish)
        self._hours = QVBoxLayout()
        self._hours.setSpacing(8)
        self._build(look, title)
        for index, each in enumerate(old.ranges if old is not None else ()):
            if index < _MOST_RANGES:
                self._add_row(each.start_time, each.end_time)
        (self.open_hours if old is not None and old.ranges else self.shut).setChecked(True)
        self._show_day()
        self._changed()

    def _build(self, look: Look, title: str) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(8)
        steps.addWidget(self.date)
        for text, name, days, months in (
            ("\N{MINUS SIGN}1", tr("One day earlier"), -1, 0),
            ("+1", tr("One day later"), 1, 0),
            (tr("\N{MINUS SIGN}1 month"), tr("One month earlier"), 0, -1),
            (tr("+1 month"), tr("One month later"), 0, 1),
        ):
            button = Button(text, look=look, name=name)
            button.clicked.connect(lambda _=False, d=days, m=months: self._step(d, m))
            steps.addWidget(button)
        steps.addStretch(1)
        kinds = QHBoxLayout()
        kinds.setSpacing(10)
        for tile in (self.shut, self.open_hours):
            self.kind.addButton(tile)
            tile.clicked.connect(lambda _=False: self._kind_chosen())
            kinds.addWidget(tile, 1)
        types = QHBoxLayout()
        for box in self.types.values():
            types.addWidget(box)
        body = QVBoxLayout()
        body.setContentsMargins(20, 14, 20, 12)
        body.setSpacing(10)
        body.addLayout(steps)
        body.addWidget(self._in_words)
        body.addLayout(kinds)
        body.addLayout(self._hours)
        body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.note)
        body.addWidget(Label(tr("For which orders?"), look=look, font="strong"))
        body.addLayout(types)
        body.addWidget(self.fault)
        body.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(20, 12, 20, 12)
        bottom.setSpacing(12)
        bottom.addWidget(Button(tr("Back"), look=look, kind="tall", act=self.close_panel))
        if self._old is not None:
            bottom.addWidget(Button(tr("Delete"), look=look, icon="trash", kind="tall", act=self._remove))
        bottom.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(panel_title(title, look=look, close=self.close_panel))
        layout.addWidget(rule())
        layout.addLayout(body, 1)
        layout.addWidget(rule())
        layout.addLayout(bottom)

    # the date

    def _step(self, days: int, months: int) -> None:
        self.day = max(self._today, stepped(self.day, days=days, months=months))
        self._show_day()
        self._changed()

    def _typed_date(self) -> None:
        found = read_date(self.date.text(), self._today)
        if found is not None:
            self.day = found
        self._show_day()
        self._changed()

    def _show_day(self) -> None:
        self.date.setText(f"{self.day:%d/%m/%Y}")
        self._in_words.setText(date_long(self.day))

    # the hours

    def _kind_chosen(self) -> None:
        if self.open_hours.isChecked() and not self.rows:
            self._add_row(time(13), time(16))
        self._changed()

    def _add_row(self, start: time, end: time) -> None:
        row = QWidget()
        first = TimeEdit(look=self.look, name=tr("Opens at"), done=lambda _: self._changed())
        last = TimeEdit(look=self.look, name=tr("Closes at"), done=lambda _: self._changed())
        first.show_time(start)
        last.show_time(end)
        drop = Button(look=self.look, icon="trash", name=tr("Delete this range"))
        drop.setFixedWidth(52)
        entry = (row, first, last)
        drop.clicked.connect(lambda _=False: self._drop_row(entry))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(first)
        line.addWidget(Label("\N{EN DASH}", look=self.look))
        line.addWidget(last)
        line.addWidget(drop)
        line.addStretch(1)
        self.rows.append(entry)
        self._hours.addWidget(row)
        self._changed()

    def _drop_row(self, entry: tuple[QWidget, TimeEdit, TimeEdit]) -> None:
        self.rows.remove(entry)
        entry[0].hide()
        entry[0].deleteLater()
        if not self.rows:
            self.shut.setChecked(True)
        self._changed()

    # what it comes to

    @property
    def made(self) -> ScheduleException:
        """The exception as it stands."""
        types = tuple(kind for group, box in self.types.items() if box.isChecked() for kind in group)
        every: tuple[OrderType, ...] = ()
        ranges = [DayRange(start_time=first.value, end_time=last.value) for _, first, last in self.rows]
        return ScheduleException(
            day=self.day,
            ranges=tuple(sorted(ranges, key=lambda each: each.start_time)) if self.open_hours.isChecked() else (),
            order_types=every if all(box.isChecked() for box in self.types.values()) else types,
            note=self.note.text().strip(),
            holiday=self._old.holiday if self._old is not None and self._old.day == self.day else "",
        )

    def _changed(self) -> None:
        hours = self.open_hours.isChecked()
        for row, _, _ in self.rows:
            row.setVisible(hours)
        self.more.setVisible(hours and len(self.rows) < _MOST_RANGES)
        chosen = any(box.isChecked() for box in self.types.values())
        fault = self._taken(self.made) if chosen else tr("Choose at least one kind of orders.")
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        self.button.setEnabled(not fault)
        self.touched.emit()

    def first_focus(self) -> QWidget | None:
        return self.date

    def confirm(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if self.button.isEnabled():
            made = self.made
            self.close_panel()
            self._done(made)

    def _remove(self) -> None:
        self.close_panel()
        self._delete()
