"""Exceptions: the list beside the week, and the panel in which one is made: a date, closed or other hours, a note."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.schedule import ScheduleException
from app.ui.schedule_words import date_long, date_short, day_ranges_text
from app.ui.theme import TOUCH, Look
from app.ui.widgets import Button, Elided, column, rule
from app.ui.words import tr


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
        self._empty = QWidget()
        words = column(Elided(tr("No exceptions: the week holds as it is."), look=look), margins=12)
        words.addStretch(1)
        self._empty.setLayout(words)
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
