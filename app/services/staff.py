"""What people do at the tray: answer, move on, cancel, and decide about orders that need them.

Each call returns the record as it is after the commit; raises :class:`~app.domain.errors.StatusError` when the order
cannot do that now. Who it was is kept in the history.
"""

from collections.abc import Callable

from app.domain.errors import StatusError
from app.domain.record import DueKind, Mark, OrderKey, OrderRecord
from app.domain.status import OFF, Injection, Origin, Status
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.services import outgoing, statuses
from app.services.bells import Bells
from app.services.injection import InjectionService
from app.services.outlet import Outlet

_STUCK = (Injection.HELD, Injection.FAILED, Injection.UNCERTAIN, Injection.WAITING)


class Staff:
    """The tray's commands on orders."""

    def __init__(
        self, *, outlets: dict[str, Outlet], ledger: Ledger, clock: Clock, bells: Bells, injection: InjectionService
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._clock = clock
        self._bells = bells
        self._injection = injection

    async def accept(self, key: OrderKey, minutes: int | None = None) -> OrderRecord:
        """Accept, with the minutes to promise."""
        return await self._move(key, Status.ACCEPTED, minutes=minutes)

    async def reject(self, key: OrderKey, reason: str, comment: str = "") -> OrderRecord:
        """Reject a pending order."""
        return await self._move(key, Status.REJECTED, reason=reason, comment=comment)

    async def cancel(self, key: OrderKey, reason: str, comment: str = "") -> OrderRecord:
        """Cancel an order that was taken."""
        return await self._move(key, Status.CANCELLED, reason=reason, comment=comment)

    async def move(self, key: OrderKey, status: Status) -> OrderRecord:
        """Any other step: in preparation, ready, on its way, seated, done, no-show."""
        return await self._move(key, status)

    async def _move(
        self, key: OrderKey, status: Status, *, reason: str = "", comment: str = "", minutes: int | None = None
    ) -> OrderRecord:
        def step(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord) -> OrderRecord:
            now = self._clock.now()
            return statuses.by_hand(tx, outlet, record, status, now, reason=reason, comment=comment, minutes=minutes)

        record = await self._change(key, step)
        if record.status in OFF:
            self._injection.stop(key)
        return record

    async def send(self, key: OrderKey, *, print_ticket: bool = True) -> OrderRecord:
        """Send a held, failed or waiting order to the POS (again), with or without a kitchen ticket."""

        def step(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord) -> OrderRecord:
            _check_stuck(record)
            now = self._clock.now()
            tx.add_history(key, now, "sent_by_hand", Origin.STAFF, printed=print_ticket)
            tx.set_due(DueKind.INJECT, key, now)
            return record.with_(
                injection=Injection.WAITING,
                injection_code="",
                injection_message="",
                confirmed=True,
                print_ticket=print_ticket,
                attempts=0,
                look_up_first=record.look_up_first and record.injection is not Injection.UNCERTAIN,
            )

        return await self._change(key, step)

    async def entered_by_hand(self, key: OrderKey, pos_order_id: str = "") -> OrderRecord:
        """It is in the POS already, typed in by a person."""

        def step(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord) -> OrderRecord:
            _check_stuck(record)
            now = self._clock.now()
            tx.clear_due(key, DueKind.INJECT)
            # sent before it was changed, and found there
            old = record.injection is Injection.UNCERTAIN and 0 < record.pos_version < record.version
            tx.add_history(key, now, "entered_by_hand", Origin.STAFF, posOrderId=pos_order_id)
            record = (
                record.marked(Mark.ENTERED_BY_HAND)
                .unmarked(Mark.UNREADABLE)
                .with_(
                    injection=Injection.INJECTED,
                    injection_code="",
                    injection_message="",
                    look_up_first=False,
                    pos_order_id=pos_order_id,
                    pos_version=record.version,
                )
            )
            outgoing.tell_injected(tx, record, now)
            return record.marked(Mark.CHANGE_BY_HAND) if old else record

        return await self._change(key, step)

    async def tick_off(self, key: OrderKey) -> OrderRecord:
        """A person did by hand what the POS could not be told, or has seen the change."""

        def step(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord) -> OrderRecord:
            tx.add_history(key, self._clock.now(), "ticked_off", Origin.STAFF, marks=sorted(record.marks))
            return statuses.ticked_off(record).unmarked(Mark.CHANGED)

        return await self._change(key, step)

    async def _change(
        self, key: OrderKey, step: Callable[[LedgerTransaction, Outlet, OrderRecord], OrderRecord]
    ) -> OrderRecord:
        outlet = self._outlets.get(key.selling_point)
        if outlet is None:
            raise StatusError(f"selling point {key.selling_point} is not served here")
        if not outlet.in_charge:
            raise StatusError(
                f"{outlet.taken_by or 'Another device'} is in charge",
                code="SELLING_POINT_TAKEN",
                hint="Take over first.",
            )

        def write(tx: LedgerTransaction) -> OrderRecord:
            record = tx.order(key)
            if record is None:
                raise StatusError(f"there is no order {key}", code="ORDER_NOT_FOUND")
            changed = step(tx, outlet, record)
            tx.put_order(changed)
            return changed

        changed = await self._ledger.write(write)
        self._bells.changed(outlet.id)
        return changed


def _check_stuck(record: OrderRecord) -> None:
    if record.injection not in _STUCK or record.status in OFF:
        raise StatusError("this order needs nobody to put it into the POS", code="NOT_WAITING")
