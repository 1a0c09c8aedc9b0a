"""The open orders as a table, for the bare window."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt

from app.domain.record import OrderRecord
from app.services.snapshot import Snapshot

_NO_PARENT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


def tr(text: str) -> str:
    """Translate a text of this table."""
    return QCoreApplication.translate("Orders", text)


class OrdersModel(QAbstractTableModel):
    """One row for each open order of all selling points, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self._orders: tuple[OrderRecord, ...] = ()

    def show(self, snapshot: Snapshot) -> None:
        """Take the orders of a snapshot."""
        orders = tuple(order for outlet in snapshot.outlets for order in outlet.orders)
        if orders != self._orders:
            self.beginResetModel()
            self._orders = orders
            self.endResetModel()

    def order(self, row: int) -> OrderRecord | None:
        """The order in a row."""
        return self._orders[row] if 0 <= row < len(self._orders) else None

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._orders)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(_columns())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _columns()[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        order = self.order(index.row())
        if order is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        return _cells(order)[index.column()]


def _columns() -> tuple[str, ...]:
    return tr("Code"), tr("Channel"), tr("Type"), tr("Status"), tr("In the POS"), tr("Total"), tr("To do")


def _cells(order: OrderRecord) -> tuple[str, ...]:
    todo = [mark.value.replace("_", " ") for mark in sorted(order.marks)]
    if order.injection_message:
        todo.insert(0, order.injection_message)
    return (
        order.code,
        order.channel,
        order.type.value,
        order.status.value.replace("_", " "),
        order.pos_order_id or order.injection.value,
        f"{order.total:.2f} {order.currency}",
        " · ".join(todo),
    )
