"""Injection: creating an order in the POS, once.

An attempt is written down before the POS is called and its outcome afterwards. What happens in between may be lost, so
an attempt found open, or one whose outcome is unknown, is never simply repeated: the POS is asked by reference first,
or its own idempotency is relied upon, and where it has neither the order becomes `uncertain` and a person is asked.

An order that waited is not injected blindly either (domain rules): its state is asked from Sinqro first.
"""

import asyncio
import logging
from datetime import datetime, timedelta

import msgspec

from app.domain.errors import (
    OrderFormError,
    OutcomeUnknown,
    PosError,
    PosRefused,
    PosTillClosed,
    PosUnreachable,
    SinqroError,
)
from app.domain.order import Order, decode_order
from app.domain.record import DueKind, Mark, OrderKey, OrderRecord
from app.domain.status import OFF, Injection, Status
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.ports.pos import Capability, PosOrder, PosOrderRequest
from app.ports.sinqro import SinqroCalls
from app.services import injected, receiving, statuses
from app.services.bells import Bells
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""Longer than any call to a POS may take: a lease that runs out means that its process died."""

WAITED_TOO_LONG = timedelta(minutes=5)
_OPEN = (Injection.STORED, Injection.WAITING, Injection.INJECTING)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt under way."""

    record: OrderRecord
    order: Order
    doubt: bool
    """An earlier attempt, or another installation, may have put it there."""
    waited: bool
    """Its state must be asked from Sinqro first."""


class InjectionService:
    """Handles due rows of kind ``inject``, and hints that there is one."""

    def __init__(
        self, *, outlets: dict[str, Outlet], ledger: Ledger, sinqro: SinqroCalls, clock: Clock, bells: Bells
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._sinqro = sinqro
        self._clock = clock
        self._bells = bells
        self._busy: set[OrderKey] = set()
        self._off: set[OrderKey] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def busy(self) -> int:
        """Attempts under way or waiting for the POS's lane."""
        return len(self._busy)

    def under_way(self, key: OrderKey) -> bool:
        """Whether an attempt of this order has begun and not ended."""
        return key in self._busy

    def stop(self, key: OrderKey) -> None:
        """The order is off: an attempt that has not reached the POS yet must not go on."""
        if key in self._busy:
            self._off.add(key)

    async def quiet(self) -> None:
        """Wait until no attempt is under way."""
        await self._idle.wait()

    async def handle(self, key: OrderKey) -> None:
        """One attempt, when one is due."""
        outlet = self._outlets.get(key.selling_point)
        if outlet is None or key in self._busy:
            return
        self._busy.add(key)
        self._idle.clear()
        try:
            async with outlet.lane:
                if outlet.at_work:
                    await self._attempt(outlet, key)
        finally:
            self._busy.discard(key)
            self._off.discard(key)
            if not self._busy:
                self._idle.set()

    async def _attempt(self, outlet: Outlet, key: OrderKey) -> None:
        attempt = await self._ledger.write(lambda tx: self._begin(tx, outlet, key))
        if attempt is None:
            return
        if attempt.doubt or attempt.waited:
            resolved = await self._resolve(outlet, attempt)
            if resolved is None:
                return
            attempt = resolved
        await asyncio.sleep(0)  # a cancellation committed together with our start gets its word first
        if key in self._off or not outlet.at_work:
            await self._ledger.write(lambda tx: self._not_sent(tx, key))
            return
        try:
            seen = await outlet.pos.create_order(self._request(outlet, attempt))
        except PosError as exc:
            await self._failed(outlet, attempt, exc)
        else:
            if outlet.pos_answered():
                self._bells.pos_back(outlet.id)
            await self._injected(outlet, attempt, seen)

    # before the POS

    def _begin(self, tx: LedgerTransaction, outlet: Outlet, key: OrderKey) -> Attempt | None:
        now = self._clock.now()
        if not tx.claim(DueKind.INJECT, key, now, LEASE):
            return None
        record = tx.order(key)
        if record is None or record.status in OFF or record.injection not in _OPEN:
            tx.clear_due(key, DueKind.INJECT)
            return None
        record = _rule_in_time(record, now)
        doubt = record.look_up_first or record.injection is Injection.INJECTING or outlet.epoch > 1
        if not doubt and self._not_yet(tx, outlet, record):
            return None
        version = tx.version(key, record.version)
        try:
            order = decode_order(version.raw if version else b"", outlet.selling_point.zone)
        except OrderFormError as exc:
            tx.put_order(injected.failed(tx, record, exc.code, f"{exc.path}: {exc.message}", now))
            return None
        taken = record.confirmed or receiving.goes_now(outlet, record)
        waited = taken and not record.confirmed and self._has_waited(record, now)
        if not doubt and not waited:
            record = self._start(tx, record, now, sends=record.version)
        return Attempt(record=record, order=order, doubt=doubt, waited=waited)

    @staticmethod
    def _not_yet(tx: LedgerTransaction, outlet: Outlet, record: OrderRecord) -> bool:
        """Whether it waits for somebody to take it (scheduled, or its rule is out of time): stored, as it came."""
        if record.confirmed or receiving.goes_now(outlet, record):
            return False
        tx.clear_due(record.key, DueKind.INJECT)
        tx.put_order(record.with_(injection=Injection.STORED, injection_code="", injection_message=""))
        return True

    @staticmethod
    def _start(tx: LedgerTransaction, record: OrderRecord, now: datetime, *, sends: int) -> OrderRecord:
        record = record.with_(
            injection=Injection.INJECTING,
            injection_code="",
            injection_message="",
            attempts=record.attempts + 1,
            first_try_at=record.first_try_at or now,
            last_try_at=now,
            pos_version=sends,
        )
        tx.put_order(record)
        return record

    @staticmethod
    def _has_waited(record: OrderRecord, now: datetime) -> bool:
        """Whether too much time went by to inject it blindly.

        An execution time that had passed before the order came says nothing about waiting here.
        """
        if record.first_try_at is not None and now - record.first_try_at > WAITED_TOO_LONG:
            return True
        if record.status is Status.PENDING and record.accept_by is not None and now > record.accept_by:
            return True
        tried = record.first_try_at is not None or now - record.received_at > WAITED_TOO_LONG
        execution_at = record.execution_at
        return tried and execution_at is not None and record.received_at < execution_at < now

    async def _resolve(self, outlet: Outlet, attempt: Attempt) -> Attempt | None:
        """Look it up in the POS, then ask Sinqro; ``None`` when there is nothing left to inject."""
        record = attempt.record
        if attempt.doubt and outlet.can(Capability.ORDER_FIND_BY_REFERENCE):
            try:
                seen = await outlet.pos.find_order(record.order_id)
            except PosError as exc:
                await self._failed(outlet, attempt, exc)
                return None
            if seen is not None:
                await self._injected(outlet, attempt, seen)
                return None
            if not outlet.can(Capability.IDEMPOTENT_CREATE) and not injected.settled(record, self._clock.now()):
                await self._ledger.write(lambda tx: injected.look_again(tx, record.key, self._clock.now()))
                return None
        elif attempt.doubt and (record.look_up_first or record.injection is Injection.INJECTING):
            recovered = record.look_up_first and record.attempts == 0
            if recovered or not outlet.can(Capability.IDEMPOTENT_CREATE):
                await self._ledger.write(lambda tx: self._in_doubt(tx, record.key, held=recovered))
                return None
        verdict = await self._ask_sinqro(outlet, record) if attempt.waited else Injection.STORED
        return await self._ledger.write(lambda tx: self._go_on(tx, outlet, attempt, verdict))

    async def _ask_sinqro(self, outlet: Outlet, record: OrderRecord) -> Injection:
        """What an order that waited becomes: `stored` means it may go."""
        if record.scheduled and record.execution_at is not None:
            lead = timedelta(minutes=outlet.selling_point.lead_minutes)
            if self._clock.now() < record.execution_at - lead:
                return Injection.STORED
        params = {"sellingPointId": outlet.id, "orderId": record.json_id}
        try:
            found = (await self._sinqro.call("order.get", params))["order"]
            code = str(found["status"]["code"])
            acceptable = bool(found.get("isAcceptable", True))
        except (SinqroError, KeyError, TypeError):
            return Injection.HELD
        status = outlet.wire.status(code)
        if status in OFF:
            await self._ledger.write(lambda tx: self._off_there(tx, outlet, record.key, status, code))
            return Injection.WITHDRAWN
        untaken = record.status is Status.PENDING and status is Status.PENDING and acceptable
        return Injection.STORED if untaken else Injection.HELD

    def _off_there(
        self, tx: LedgerTransaction, outlet: Outlet, key: OrderKey, status: Status | None, code: str
    ) -> None:
        record = tx.order(key)
        if record is not None:
            now = self._clock.now()
            record = statuses.told_by_sinqro(tx, outlet, record, status, code, now)
            tx.put_order(statuses.withdraw(tx, record, now) if record.status in OFF else record)

    def _go_on(self, tx: LedgerTransaction, outlet: Outlet, attempt: Attempt, verdict: Injection) -> Attempt | None:
        now = self._clock.now()
        record = tx.order(attempt.record.key)
        if record is None or record.status in OFF or record.injection not in _OPEN:
            return None
        if verdict is Injection.HELD:
            tx.put_order(injected.held(tx, record, "WAITED", "It came while it could not be put into the POS.", now))
            return None
        # where nobody could look the doubt stays, and the POS may have the earlier version, and keeps it
        unseen = attempt.doubt and record.attempts > 0 and not outlet.can(Capability.ORDER_FIND_BY_REFERENCE)
        record = _rule_in_time(record.with_(look_up_first=unseen), now)
        if self._not_yet(tx, outlet, record):
            return None
        sends = (unseen and record.pos_version) or attempt.record.version
        return Attempt(
            record=self._start(tx, record, now, sends=sends),
            order=attempt.order,
            doubt=False,
            waited=False,
        )

    def _in_doubt(self, tx: LedgerTransaction, key: OrderKey, *, held: bool) -> None:
        record = tx.order(key)
        if record is None or record.injection not in _OPEN:
            return
        now = self._clock.now()
        if held:
            message = "It was there before the ledger was lost, and this POS cannot be asked for it."
            tx.put_order(injected.held(tx, record, "LEDGER_LOST", message, now))
        else:
            tx.put_order(injected.uncertain(tx, record, now))

    @staticmethod
    def _request(outlet: Outlet, attempt: Attempt) -> PosOrderRequest:
        return injected.request_for(outlet, attempt.record, attempt.order)

    def _not_sent(self, tx: LedgerTransaction, key: OrderKey) -> None:
        """We stopped before the POS was called: the attempt never was one."""
        record = tx.order(key)
        if record is None:
            return
        now = self._clock.now()
        if record.injection is Injection.INJECTING:  # superseded: another installation looks after it
            tx.put_order(record.with_(injection=Injection.STORED, attempts=record.attempts - 1))
            tx.set_due(DueKind.INJECT, key, now)
        elif record.injection is Injection.WITHDRAWN and not record.look_up_first:
            tx.clear_due(key, DueKind.WITHDRAW)

    # after the POS

    async def _injected(self, outlet: Outlet, attempt: Attempt, seen: PosOrder) -> None:
        key = attempt.record.key
        await self._ledger.write(lambda tx: injected.injected(tx, outlet, key, seen, self._clock.now()))

    async def _failed(self, outlet: Outlet, attempt: Attempt, error: PosError) -> None:
        if isinstance(error, PosUnreachable):
            outlet.pos_failed(error.message)
        elif isinstance(error, PosTillClosed):
            outlet.pos_answered(till_open=False, message=error.message)
        await self._ledger.write(lambda tx: self._write_failure(tx, outlet, attempt, error))

    def _write_failure(self, tx: LedgerTransaction, outlet: Outlet, attempt: Attempt, error: PosError) -> None:
        now = self._clock.now()
        key = attempt.record.key
        record = tx.order(key)
        if record is None:
            return
        unknown = isinstance(error, OutcomeUnknown)
        doubt = record.look_up_first or unknown or attempt.doubt  # the look-up itself may have failed
        record = record.with_(
            look_up_first=doubt,
            first_try_at=record.first_try_at or now,
            last_try_at=record.last_try_at if doubt else None,
        )
        if record.injection is Injection.WITHDRAWN:  # cancelled meanwhile: the due row finds and cancels it
            tx.put_order(record)
            if not doubt:
                tx.clear_due(key, DueKind.WITHDRAW)
            return
        can_ask = outlet.can(Capability.ORDER_FIND_BY_REFERENCE) or outlet.can(Capability.IDEMPOTENT_CREATE)
        if unknown and not can_ask:
            tx.put_order(injected.uncertain(tx, record, now))
        elif unknown or error.retryable:
            tx.set_due(DueKind.INJECT, key, now + injected.retry_delay(record, error))
            tx.put_order(
                record.with_(injection=Injection.WAITING, injection_code=error.code, injection_message=error.message)
            )
        else:
            field = error.field if isinstance(error, PosRefused) else ""
            message = f"{error.message} ({field})" if field else error.message
            tx.put_order(injected.failed(tx, record, error.code, message, now))


def _rule_in_time(record: OrderRecord, now: datetime) -> OrderRecord:
    """Without its mark where no rule may accept the order any more: the channel's deadline has passed."""
    late = record.status is Status.PENDING and record.accept_by is not None and now > record.accept_by
    return record.unmarked(Mark.AUTO_ACCEPT) if late else record
