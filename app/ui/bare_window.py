"""The bare window: what the companion does, until the tray and its windows take its place.

Three lines answer whether it works; a table lists the open orders; buttons do what can be done with the chosen one.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.record import OrderKey, OrderRecord
from app.domain.status import Injection, RejectReason, Status, ladder, next_steps
from app.link.state import LinkPhase
from app.ports.sinqro import Role
from app.services.snapshot import OutletSnapshot, Snapshot
from app.services.staff import Staff
from app.ui.bridge import Bridge
from app.ui.orders_model import OrdersModel

_TOUCH = 48
"""Pixels: nothing to press is smaller."""


def tr(text: str) -> str:
    """Translate a text of this window."""
    return QCoreApplication.translate("BareWindow", text)


class BareWindow(QWidget):
    """``staff`` gives the commands once the companion stands; until then the buttons do nothing."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        staff: Callable[[], Staff | None],
        take_over: Callable[[str], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._bridge = bridge
        self._staff = staff
        self._take_over = take_over
        self._snapshot: Snapshot | None = None
        self.setWindowTitle("Sinqro Companion")
        self.resize(1000, 600)
        self._state = QLabel(tr("Starting…"))
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._notice = QLabel()
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.setWordWrap(True)
        self.model = OrdersModel()
        self._table = QTableView()
        self._table.setModel(self.model)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(_TOUCH)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.setAccessibleName(tr("Open orders"))
        self.buttons = self._make_buttons()
        row = QHBoxLayout()
        for button in self.buttons.values():
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self._state)
        layout.addWidget(self._table)
        layout.addWidget(self._notice)
        layout.addLayout(row)
        bridge.snapshot_changed.connect(self._show)
        bridge.ask_failed.connect(self._failed)
        bridge.loop_died.connect(self._died)
        self._table.selectionModel().currentRowChanged.connect(self._choose)
        self._choose()

    @property
    def state_text(self) -> str:
        """What the window says about link and POS."""
        return self._state.text()

    @property
    def notice_text(self) -> str:
        """What could not be done, and what to do instead."""
        return self._notice.text()

    def choose(self, row: int) -> None:
        """Choose the order in a row."""
        self._table.selectRow(row)

    def _make_buttons(self) -> dict[str, QPushButton]:
        texts: dict[str, tuple[str, Callable[[], None]]] = {
            "accept": (tr("Accept"), lambda: self._do(lambda staff, key: staff.accept(key, 20))),
            "next": (tr("Next step"), self._next),
            "reject": (tr("Reject"), lambda: self._do(lambda s, key: s.reject(key, RejectReason.TOO_BUSY))),
            "cancel": (tr("Cancel the order"), lambda: self._do(lambda s, key: s.cancel(key, RejectReason.OTHER))),
            "send": (tr("Send to the POS"), lambda: self._do(lambda s, key: s.send(key))),
            "entered": (tr("Is in the POS"), lambda: self._do(lambda s, key: s.entered_by_hand(key))),
            "tick": (tr("Done by hand"), lambda: self._do(lambda s, key: s.tick_off(key))),
            "take_over": (tr("Take over"), self._take_over_all),
        }
        buttons = {}
        for name, (text, act) in texts.items():
            button = QPushButton(text)
            button.setMinimumHeight(_TOUCH)
            button.clicked.connect(lambda _=False, act=act: act())
            buttons[name] = button
        return buttons

    # news

    def _show(self, snapshot: Snapshot) -> None:
        chosen = self._chosen()
        self._snapshot = snapshot
        self._state.setText("\n".join([_link_line(snapshot), *map(_outlet_line, snapshot.outlets)]))
        self.model.show(snapshot)
        if chosen is not None:
            for row in range(self.model.rowCount()):
                order = self.model.order(row)
                if order is not None and order.key == chosen.key:
                    self._table.selectRow(row)
        elif self.model.rowCount():
            self._table.selectRow(0)
        self._choose()

    def _failed(self, message: str, hint: str) -> None:
        self._notice.setText(f"{message}\n{hint}" if hint else message)

    def _died(self, why: str) -> None:
        self._state.setText(tr("The companion stopped working: close this window and start it again.") + f"\n{why}")

    def _chosen(self) -> OrderRecord | None:
        return self.model.order(self._table.currentIndex().row())

    def _choose(self, *_: object) -> None:
        order = self._chosen()
        steps = next_steps(order.type, order.status) if order is not None else frozenset()
        stuck = order is not None and order.injection in (
            Injection.HELD,
            Injection.FAILED,
            Injection.UNCERTAIN,
            Injection.WAITING,
        )
        pending = order is not None and order.status is Status.PENDING
        viewer = self._snapshot is not None and any(o.role is Role.VIEWER for o in self._snapshot.outlets)
        enabled = {
            "accept": pending,
            "next": bool(steps) and not pending,
            "reject": Status.REJECTED in steps,
            "cancel": Status.CANCELLED in steps and not pending,
            "send": stuck,
            "entered": stuck,
            "tick": order is not None and bool(order.marks),
            "take_over": viewer,
        }
        for name, button in self.buttons.items():
            button.setEnabled(enabled[name])

    # what people do

    def _do(self, act: Callable[[Staff, OrderKey], Awaitable[object]]) -> None:
        staff, order = self._staff(), self._chosen()
        if staff is not None and order is not None:
            self._notice.clear()
            self._bridge.ask(partial(act, staff, order.key))

    def _next(self) -> None:
        order = self._chosen()
        if order is not None:
            steps = ladder(order.type)
            following = steps[min(steps.index(order.status) + 1, len(steps) - 1)]
            self._do(lambda staff, key: staff.move(key, following))

    def _take_over_all(self) -> None:
        for outlet in self._snapshot.outlets if self._snapshot is not None else ():
            if outlet.role is Role.VIEWER:
                self._bridge.ask(partial(self._take_over, outlet.id))


def _link_line(snapshot: Snapshot) -> str:
    link = snapshot.link
    state = tr("connected to Sinqro") if link.phase is LinkPhase.OPEN else f"{tr('no link to Sinqro')}: {link.why}"
    return f"[{snapshot.environment}] {state}"


def _outlet_line(outlet: OutletSnapshot) -> str:
    parts = [outlet.name or outlet.id]
    if outlet.role is Role.VIEWER:
        parts.append(tr("%1 is in charge").replace("%1", outlet.taken_by or "?"))
    elif outlet.pos_ok is False:
        parts.append(f"{tr('the POS does not answer')}: {outlet.pos_message}")
    elif not outlet.till_open:
        parts.append(tr("the till is closed: open it in the POS"))
    else:
        parts.append(tr("POS connected"))
    if outlet.endpoint_stopped:
        parts.append(outlet.endpoint_stopped)
    return " · ".join(parts)
