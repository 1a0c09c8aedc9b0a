"""Whose hours the week shows: those of all orders, or of a kind that has its own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.domain.status import OrderType
from app.ui.theme import Look
from app.ui.widgets import Button, Label
from app.ui.words import tr, type_name

_KINDS = (OrderType.DELIVERY, OrderType.COLLECTION, OrderType.INSIDE, OrderType.INSITU, OrderType.RESERVATION)


class Layers(QWidget):
    """A row below the week."""

    chosen = Signal(object)
    """An order type, or ``None``: all."""
    own_asked = Signal(object, bool)
    """A type shall have hours of its own, or no longer."""

    def __init__(self, *, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layer: OrderType | None = None
        self._own: tuple[OrderType, ...] = ()
        self.all = Button(tr("All"), look=look, kind="pill")
        self.kinds = {kind: Button(type_name(kind), look=look, kind="pill") for kind in _KINDS}
        self.more = Button(tr("Own hours…"), look=look, kind="link")
        self._menu = QMenu(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 8, 3)
        row.setSpacing(6)
        row.addWidget(Label(tr("Hours of"), look=look, font="note", tone="quiet"))
        self.all.clicked.connect(lambda _=False: self.chosen.emit(None))
        row.addWidget(self.all)
        for kind, button in self.kinds.items():
            button.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            row.addWidget(button)
        for button in (self.all, *self.kinds.values()):
            button.setCheckable(True)
        row.addStretch(1)
        row.addWidget(self.more)
        self.more.clicked.connect(lambda _=False: self._open_menu())

    def show_layers(self, layer: OrderType | None, *, own: tuple[OrderType, ...], read_only: bool) -> None:
        """Which there are, and which is shown."""
        self._layer, self._own = layer, own
        self.all.setChecked(layer is None)
        for kind, button in self.kinds.items():
            button.setVisible(kind in own)
            button.setChecked(kind is layer)
        self.more.setVisible(not read_only)
        self.setVisible(bool(own) or not read_only)

    def actions_offered(self) -> QMenu:
        """The menu of what can be asked."""
        self._menu.clear()
        for kind in _KINDS:
            own = kind in self._own
            word = tr("%1: like all others") if own else tr("%1: hours of its own")
            action = self._menu.addAction(word.replace("%1", type_name(kind)))
            action.triggered.connect(lambda _=False, kind=kind, own=own: self.own_asked.emit(kind, not own))
        return self._menu

    def _open_menu(self) -> None:
        menu = self.actions_offered()
        corner = self.more.mapToGlobal(self.more.rect().topRight())
        menu.popup(corner - menu.rect().bottomRight())
