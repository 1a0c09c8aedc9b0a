"""What the Schedule window is made of, and how its parts stand at each width."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.header import Header, SandboxStrip
from app.ui.schedule_editor import RangeEditor
from app.ui.schedule_exceptions import ExceptionsList
from app.ui.schedule_grid import WeekGrid
from app.ui.schedule_layers import Layers
from app.ui.schedule_preview import Preview
from app.ui.theme import Look
from app.ui.widgets import Button, Label
from app.ui.words import tr

_NARROW = 760
_WIDE = 1600


class ScheduleFrame(QWidget):
    """Header and title bar; the week with its editor at the left, preview and exceptions at the right.

    Narrow: all under each other. Wide: the exceptions below the editor, the preview with bars.
    """

    def __init__(self, *, look: Look, sandbox: bool) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self.header = Header(look=look)
        self.grid = WeekGrid(look=look)
        self.layers = Layers(look=look)
        self.editor = RangeEditor(look=look)
        self.preview = Preview(look=look)
        self.exceptions = ExceptionsList(look=look)
        self.points = QHBoxLayout()
        self._point_buttons: dict[str, Button] = {}
        self.said = Label(look=look, font="note", tone="quiet", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.back = Button(tr("Orders"), look=look, icon="chevron-left", kind="link")
        self.undo = Button(tr("Undo"), look=look, icon="undo")
        self.redo = Button(look=look, icon="retry", name=tr("Redo"))
        self.save = Button(look=look, icon="check", kind="save")
        self._build(look, sandbox)
        self.resize(1024, 700)

    def _build(self, look: Look, sandbox: bool) -> None:
        bar = QFrame()
        bar.setObjectName("subheader")
        self.redo.setFixedWidth(52)
        self._bar = row = QHBoxLayout()
        row.setContentsMargins(8, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(Label(tr("Hours"), look=look, font="code_small"))
        row.addLayout(self.points)
        row.addWidget(self.said, 100)
        row.addStretch(1)
        for button in (self.undo, self.redo, self.save):
            row.addWidget(button)
        self._below = QVBoxLayout(bar)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(0)
        self._below.addLayout(row)
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

    def show_points(self, names: Mapping[str, str], chosen: str, go: Callable[[str], object]) -> None:
        """The selling points to choose from, where they are several."""
        if len(names) > 1 and not self._point_buttons:
            for point, name in names.items():
                button = Button(name, look=self._look, kind="pill")
                button.setCheckable(True)
                button.setAutoExclusive(True)
                button.clicked.connect(lambda _=False, point=point: go(point))
                self._point_buttons[point] = button
                self.points.addWidget(button)
        for point, button in self._point_buttons.items():
            button.setChecked(point == chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        width = self.width()
        self.header.set_narrow(width < _NARROW)
        narrow = width < _NARROW
        if narrow:  # what is wrong must be read on a narrow window too
            self._below.addWidget(self.said)
        elif self._bar.indexOf(self.said) < 0:
            self._bar.insertWidget(3, self.said, 100)
        self.said.setContentsMargins(12 if narrow else 0, 0, 12 if narrow else 0, 4 if narrow else 0)
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
