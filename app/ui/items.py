"""An order's items painted in one widget: quantity, dish, options in grey, comments in «quotes»."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.board import Card
from app.ui.card_paint import CardLayout, Sheet
from app.ui.cards import spoken_items
from app.ui.theme import Look
from app.ui.words import times, tr


class ItemsView(QWidget):
    """Lines of one order; ``most`` lines at most, the rest is counted. ``note_comment``: the order's comment too."""

    def __init__(self, *, look: Look, note_comment: bool = True) -> None:
        super().__init__()
        self._look = look
        self._card: Card | None = None
        self._most: int | None = None
        self._note_comment = note_comment
        self._made: tuple[int, CardLayout] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look.changed.connect(self._forget)

    def show_card(self, card: Card) -> None:
        """Show the items of this order."""
        if self._card is None or card.sheet != self._card.sheet:
            self.setAccessibleName(spoken_items(card.sheet))
            self._card = card
            self._forget()

    def set_most(self, most: int | None) -> None:
        """Show so many lines at the most."""
        if most != self._most:
            self._most = most
            self._forget()

    @property
    def line_count(self) -> int:
        """How many lines the order has."""
        return len(self._card.sheet.lines) if self._card is not None else 0

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        return self._layout(width).height

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        width = self.width() or 280
        return QSize(width, self._layout(width).height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, self._layout(self.width() or 280).height)

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        self._layout(self.width()).paint_parts(painter, self._look, self.devicePixelRatioF())

    def _forget(self) -> None:
        self._made = None
        self.updateGeometry()
        self.update()

    def _layout(self, width: int) -> CardLayout:
        if self._made is None or self._made[0] != width:
            self._made = (width, self._lay_out(width))
        return self._made[1]

    def _lay_out(self, width: int) -> CardLayout:
        sheet = Sheet(look=self._look, width=width)
        sheet.left, sheet.right, sheet.y = 0, width, 0
        if self._card is not None:
            lines = self._card.sheet.lines
            shown = lines if self._most is None else lines[: self._most]
            for line in shown:
                if not line.charge:
                    sheet.text(0, 30, times(line.quantity), "strong", "ink")
                sheet.wrapped(30, width - 30, line.label, "strong", "ink")
                if line.options:
                    sheet.wrapped(30, width - 30, " · ".join(line.options), "note", "ink2")
                if line.comment:
                    sheet.wrapped(30, width - 30, f"«{line.comment}»", "note", "ink")
                sheet.skip(2)
            if len(shown) < len(lines):
                sheet.wrapped(30, width - 30, tr("and %n more", n=len(lines) - len(shown)), "note_strong", "accent")
            for name, value in self._card.sheet.raw:
                sheet.wrapped(0, width, f"{name}: {value}", "note", "ink")
            if self._card.sheet.comment and self._note_comment:
                sheet.wrapped(0, width, f"«{self._card.sheet.comment}»", "note", "ink")
        sheet.layout.height = sheet.y
        return sheet.layout
