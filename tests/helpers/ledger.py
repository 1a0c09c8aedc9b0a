"""What tests of the ledger share: an order, a notification, and a way to make its writer wait."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.domain.record import Notification, OrderKey, OrderRecord, OrderVersion
from app.ports.ledger import Ledger, LedgerTransaction
from tests.helpers.clock import START

KEY = OrderKey("3961", "418774")
OTHER = OrderKey("3961", "418842")
ELSEWHERE = OrderKey("77", "418774")
MINUTE = timedelta(minutes=1)


def record(key: OrderKey = KEY, **more: Any) -> OrderRecord:
    fixed: dict[str, Any] = {"received_at": START, "status_at": START} | more
    return OrderRecord(selling_point=key.selling_point, order_id=key.order_id, **fixed)


def version(number: int, raw: bytes = b"{}") -> OrderVersion:
    return OrderVersion(
        number=number, raw=raw, received_at=START + number * MINUTE, revision=number, source="order.update"
    )


def told(name: str, key: OrderKey = KEY, **more: Any) -> Notification:
    fixed: dict[str, Any] = {
        "type": "order.status_changed",
        "data": {"orderId": key.order_id},
        "created_at": START,
    } | more
    return Notification(id=name, selling_point=key.selling_point, order_id=key.order_id, **fixed)


class Gate:
    """A piece of work that holds the writer up, so that what is written meanwhile waits in one queue."""

    def __init__(self, ledger: Ledger) -> None:
        self._entered = threading.Event()
        self._open = threading.Event()
        self._ledger = ledger
        self._task: asyncio.Task[None] | None = None

    def _work(self, tx: LedgerTransaction) -> None:
        self._entered.set()
        assert self._open.wait(20)

    async def __aenter__(self) -> "Gate":
        self._task = asyncio.create_task(self._ledger.write(self._work))
        assert await asyncio.to_thread(self._entered.wait, 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.open()
        assert self._task is not None
        await self._task

    def open(self) -> None:
        self._open.set()


async def queued(ledger: Ledger, *works: Callable[[LedgerTransaction], Any]) -> list[asyncio.Task[Any]]:
    """Hand pieces of work over without waiting for them."""
    tasks = [asyncio.create_task(ledger.write(work)) for work in works]
    await asyncio.sleep(0)
    return tasks
