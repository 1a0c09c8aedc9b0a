"""The outbox on its way to Sinqro, by the rules of contract.md, "Notifications".

In order for each order, different orders side by side; what fails is tried again for 72 hours, quickly while an order
waits for an answer by a deadline; a sign of life of Sinqro makes everything due. More than 15 failures a minute: only
the oldest one is tried, every 10 s, until one arrives.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.errors import LedgerError, SinqroError, SinqroUnreachable
from app.domain.record import Mark, Notification, OrderKey
from app.domain.status import OFF, Origin, Status
from app.link.backoff import NOTIFICATION_LIFE, notification_delay
from app.link.clock import ClockOffset
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from app.ports.sinqro import Delivery, NotificationSender, SinqroCalls, Verdict
from app.services import statuses
from app.services.bells import Bells
from app.services.outgoing import refusal_name
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Notifications under way at the same time."""

RUSH_BREATH = 0.1
"""Seconds between two looks into the outbox while orders queue for a POS: the kitchen goes first."""

_LEASE = timedelta(seconds=30)
_FAILURES_A_MINUTE = 15
_BREAKER_PAUSE = 10.0
_GONE_LIMIT = 3


class Notifier:
    """One sender for all selling points of this installation."""

    def __init__(
        self,
        *,
        outlets: dict[str, Outlet],
        ledger: Ledger,
        sender: NotificationSender,
        sinqro: SinqroCalls,
        clock: Clock,
        offset: ClockOffset,
        bells: Bells,
        installation_id: str,
        on_superseded: Callable[[Outlet], None],
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._sender = sender
        self._sinqro = sinqro
        self._clock = clock
        self._offset = offset
        self._bells = bells
        self._installation_id = installation_id
        self._on_superseded = on_superseded
        self._flying: set[str] = set()
        self._failures: deque[float] = deque()
        self._failing = False
        self._wake = False
        self._woken = 0.0
        self._broken = False
        self._next_probe = 0.0
        self._gone: dict[str, int] = {}
        self.backlog = 0
        """Notifications that Sinqro did not have yet, when last looked."""

    @property
    def failing(self) -> bool:
        """Whether Sinqro's endpoint could not be reached at the last try."""
        return self._failing

    def alive(self) -> None:
        """A sign of life of Sinqro while deliveries fail: try everything now (once a second at most)."""
        if self._failing and self._clock.monotonic() - self._woken > 1:
            self._woken = self._clock.monotonic()
            self._wake = True
            self._bells.outbox.ring()

    def wake(self) -> None:
        """Sinqro is there: everything that waits is due now."""
        self._wake = True
        self._next_probe = 0.0
        self._bells.outbox.ring()

    async def run(self) -> None:
        """For ever; deliveries are owned by this task."""
        async with asyncio.TaskGroup() as group:
            while True:
                pause = await self._turn(group)
                await self._bells.outbox.wait(pause)
                if any(outlet.crowded for outlet in self._outlets.values()):
                    await self._clock.sleep(RUSH_BREATH)

    async def _turn(self, group: asyncio.TaskGroup) -> float:
        names = [name for name, outlet in self._outlets.items() if outlet.in_charge and not outlet.endpoint_stopped]
        free = AT_ONCE - len(self._flying)
        probing = self._breaker_open()
        if probing:
            pause = self._next_probe - self._clock.monotonic()
            if pause > 0:
                return pause
            free = min(free, 1 - len(self._flying))
        if not names:
            return 60
        if free <= 0:
            return 5  # a landing rings
        wake, self._wake = self._wake, False
        now = self._clock.now()

        def claim(tx: LedgerTransaction) -> tuple[list[Notification], datetime | None]:
            if wake:
                tx.notifications_due_now(now)
            claimed = tx.claim_notifications(now, _LEASE, free, names)
            self.backlog = tx.outbox_size()
            return claimed, tx.next_notification_due(names) if len(claimed) < free else now

        claimed, coming = await self._ledger.write(claim)
        for notification in claimed:
            self._flying.add(notification.id)
            task = group.create_task(self._fly(notification), name=f"notification {notification.id}")
            task.add_done_callback(lambda _, landed=notification.id: self._landed(landed))  # type: ignore[misc]
        if probing:
            self._next_probe = self._clock.monotonic() + _BREAKER_PAUSE
            return _BREAKER_PAUSE
        if coming is None:
            return 60
        return min(60, max(0.02, (coming - self._clock.now()).total_seconds()))

    def _landed(self, notification_id: str) -> None:
        self._flying.discard(notification_id)
        self._bells.outbox.ring()

    def _breaker_open(self) -> bool:
        """Once open it stays so until something arrives."""
        while self._failures and self._clock.monotonic() - self._failures[0] > 60:
            self._failures.popleft()
        self._broken = self._broken or len(self._failures) > _FAILURES_A_MINUTE
        return self._broken

    async def _fly(self, notification: Notification) -> None:
        """One notification that trips us must not stop the others."""
        try:
            await self._deliver(notification)
        except LedgerError as exc:  # the lease runs out, and it is sent again: Sinqro knows it by its id
            log.error("notification %s: %s", notification.id, exc.message)
        except Exception:
            log.exception("the notification %s failed: a bug of ours", notification.id)
            with contextlib.suppress(LedgerError):
                await self._again(notification, timedelta(minutes=1), "a bug of the companion: see its log")

    async def _deliver(self, notification: Notification) -> None:
        outlet = self._outlets[notification.selling_point]
        now = self._clock.now()
        if now - notification.created_at > NOTIFICATION_LIFE:
            await self._final(outlet, notification, "given up after 72 hours")
            return
        late = notification.deliver_by is not None and now > notification.deliver_by
        if late and not await self._still_wanted(outlet, notification):
            return
        delivery = await self._sender.post(
            notification, installation_id=self._installation_id, epoch=outlet.epoch, now=self._offset.sinqro_time(now)
        )
        await self._settle(outlet, notification, delivery)

    async def _settle(self, outlet: Outlet, notification: Notification, delivery: Delivery) -> None:
        if delivery.verdict is not Verdict.GONE:
            self._gone.pop(outlet.id, None)
        match delivery.verdict:
            case Verdict.DELIVERED:
                if self._failing:
                    log.info("notifications reach Sinqro again")
                self._failing = self._broken = False
                self._failures.clear()
                await self._ledger.write(lambda tx: tx.notification_delivered(notification.id, self._clock.now()))
            case Verdict.FINAL:
                await self._final(outlet, notification, delivery.reason)
            case Verdict.GONE:
                await self._final(outlet, notification, delivery.reason)
                self._gone[outlet.id] = self._gone.get(outlet.id, 0) + 1
                if self._gone[outlet.id] >= _GONE_LIMIT:
                    log.warning("Sinqro's endpoint for selling point %s is gone: pair again", outlet.id)
                    outlet.endpoint_stopped = "Sinqro no longer takes our messages here: pair again."
                    self._bells.changed(outlet.id)
            case Verdict.SUPERSEDED:
                await self._again(notification, timedelta(0), delivery.reason, counted=False)
                self._on_superseded(outlet)
            case _:
                await self._retry(outlet, notification, delivery)

    async def _retry(self, outlet: Outlet, notification: Notification, delivery: Delivery) -> None:
        if not self._failing:
            log.warning("notifications do not reach Sinqro: %s", delivery.reason)
        self._failing = True
        self._failures.append(self._clock.monotonic())
        urgent = await self._ledger.read(lambda view: _open_deadline(view, outlet.id, self._clock.now()))
        delay = notification_delay(notification.attempts + 1, urgent)  # those before this one are counted
        if delivery.retry_after is not None:
            delay = max(delay, delivery.retry_after) if not urgent else delivery.retry_after
        await self._again(notification, delay, delivery.reason)

    async def _again(self, notification: Notification, delay: timedelta, reason: str, *, counted: bool = True) -> None:
        at = self._clock.now() + delay
        await self._ledger.write(lambda tx: tx.notification_retry(notification.id, at, reason, counted=counted))

    async def _final(self, outlet: Outlet, notification: Notification, reason: str) -> None:
        log.warning("Sinqro does not take %s of %s: %s", notification.type, notification.order_id or outlet.id, reason)

        def write(tx: LedgerTransaction) -> None:
            now = self._clock.now()
            tx.notification_failed(notification.id, now, reason)
            if not notification.order_id:
                tx.set_value(refusal_name(notification.selling_point, notification.type), reason)
            else:
                key = OrderKey(notification.selling_point, notification.order_id)
                tx.add_history(key, now, "notification_refused", Origin.SINQRO, type=notification.type, reason=reason)

        await self._ledger.write(write)
        self._bells.changed(outlet.id)

    async def _still_wanted(self, outlet: Outlet, notification: Notification) -> bool:
        """An accept that comes after the deadline is not sent blindly: the order is read first."""
        params = {"sellingPointId": outlet.id, "orderId": notification.data["orderId"]}
        try:
            found = (await self._sinqro.call("order.get", params))["order"]
            code = str(found["status"]["code"])
        except SinqroUnreachable as exc:
            await self._again(notification, timedelta(seconds=5), exc.message, counted=False)
            return False
        except (SinqroError, KeyError, TypeError) as exc:
            await self._again(notification, timedelta(seconds=30), f"the order cannot be read from Sinqro: {exc}")
            return False
        status = outlet.wire.status(code)
        if status is Status.PENDING and found.get("isAcceptable", True):
            return True

        def write(tx: LedgerTransaction) -> None:
            now = self._clock.now()
            tx.notification_failed(notification.id, now, f"not sent: on Sinqro the order is {code} already")
            key = OrderKey(notification.selling_point, notification.order_id)
            record = tx.order(key)
            if record is None:
                return
            cooking = not record.status.final
            record = statuses.told_by_sinqro(tx, outlet, record, status, code, now)
            if status in OFF and cooking:
                record = record.marked(Mark.STOP_COOKING)
            tx.put_order(record)

        await self._ledger.write(write)
        self._bells.changed(outlet.id)
        return False


def _open_deadline(view: LedgerView, selling_point: str, now: datetime) -> bool:
    """Whether something of this selling point still waits for an answer by a deadline."""
    return any(
        record.accept_by is not None
        and record.accept_by > now
        and (record.status is Status.PENDING or bool(view.undelivered(record.key)))
        for record in view.open_orders(selling_point)
    )
