"""A POS in memory that keeps the truth: what was created, how often, what the kitchen got, who changed what.

    pos = FakePos(ALL)
    pos.fails("create_order", PosBusy("later"))     # the next call; then it is well again
    pos.drops("create_order")                       # does the work, and the answer gets lost
    pos.off = True                                  # nobody answers
    pos.move("1001", Status.READY)                  # a person at the POS

Calls stand in ``calls``. It notices what a real POS could not: an order created twice for one reference stands in
``tickets`` twice.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from app.domain.catalog import CatalogEntity
from app.domain.errors import OutcomeUnknown, PosError, PosNotFound, PosUnreachable
from app.domain.order import Order
from app.domain.schedule import Schedule
from app.domain.status import OFF, Status
from app.ports.pos import Capability, PosChanges, PosHealth, PosOrder, PosOrderRequest, PosSwitch, PosWarning

ALL = frozenset(Capability) - {Capability.WEBHOOKS}
"""A POS that can do everything."""

BLIND = ALL - {Capability.ORDER_FIND_BY_REFERENCE, Capability.IDEMPOTENT_CREATE}
"""Nobody can find out whether an order got there."""


PAGE = 5
"""Changes told at once."""


class Ticket:
    """One order in the POS."""

    def __init__(self, number: int, request: PosOrderRequest) -> None:
        self.id = f"P{number}"
        self.reference = request.reference
        self.order: Order = request.order
        self.status = request.status
        self.pos_status = ""
        self.reason = ""
        self.minutes: int | None = request.preparation_minutes
        self.printed = 0
        """Tickets that the kitchen got."""
        self.request = request
        self.told: list[Status] = []
        """What the POS was asked to become, by us."""

    @property
    def lives(self) -> bool:
        return self.status not in OFF

    def seen(self, warnings: tuple[PosWarning, ...] = ()) -> PosOrder:
        return PosOrder(
            id=self.id,
            reference=self.reference,
            status=self.status,
            pos_status=self.pos_status or self.status.value.upper(),
            reason=self.reason,
            preparation_minutes=self.minutes,
            total=self.order.total,
            warnings=warnings,
        )


class FakePos:
    """Implements :class:`~app.ports.pos.PosAdapter`."""

    def __init__(self, capabilities: frozenset[Capability] = ALL) -> None:
        self.capabilities = capabilities
        self.tickets: list[Ticket] = []
        self.calls: list[tuple[str, str]] = []
        """Method, and the order's reference or id."""
        self.off = False
        self.till_open = True
        self.deaf: frozenset[Status] = frozenset()
        """Statuses that it answers with success and ignores."""
        self.warnings: tuple[PosWarning, ...] = ()
        self.switch = PosSwitch(online=True)
        self.schedule = Schedule()
        self.catalog: list[CatalogEntity] = []
        self.slow: dict[str, int] = {}
        """Passes of the loop that a call takes before its work is done; 1 where nothing is said."""
        self.most_at_once = 0
        self._journal: list[str] = []
        self._plans: dict[str, deque[PosError | None]] = defaultdict(deque)
        self._gates: dict[str, asyncio.Event] = {}
        self._under_way = 0

    # what tests arrange

    def fails(self, method: str, *errors: PosError) -> None:
        """The next calls fail before anything is done."""
        self._plans[method].extend(errors)

    def drops(self, method: str, times: int = 1) -> None:
        """The next calls do their work; the answer gets lost."""
        self._plans[method].extend([None] * times)

    @contextmanager
    def holding(self, method: str) -> Iterator[asyncio.Event]:
        """Calls stand still before their work until the event (or the block's end) lets them go."""
        gate = self._gates[method] = asyncio.Event()
        try:
            yield gate
        finally:
            gate.set()
            del self._gates[method]

    def recovers(self) -> None:
        """All is well from now on; what was planned is forgotten."""
        self.off, self.till_open, self.deaf = False, True, frozenset()
        self._plans.clear()
        self.slow.clear()

    def move(self, reference: str, status: Status, *, reason: str = "", minutes: int | None = None) -> None:
        """A person at the POS."""
        ticket = self.ticket(reference)
        ticket.status, ticket.reason = status, reason
        if minutes is not None:
            ticket.minutes = minutes
        self.note(ticket)

    def code(self, reference: str, pos_status: str) -> None:
        """The POS shows another code of its own for the same status."""
        ticket = self.ticket(reference)
        ticket.pos_status = pos_status
        self.note(ticket)

    def type_in(self, request: PosOrderRequest) -> Ticket:
        """Somebody entered the order by hand."""
        return self._new(request)

    # what tests look at

    def all_of(self, reference: str) -> list[Ticket]:
        return [ticket for ticket in self.tickets if ticket.reference == reference]

    def ticket(self, reference: str) -> Ticket:
        (found,) = self.all_of(reference)
        return found

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)

    # the port

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def health(self) -> PosHealth:
        async with self._call("health", ""):
            return PosHealth(ok=True, till_open=self.till_open, message="" if self.till_open else "closed")

    async def create_order(self, request: PosOrderRequest) -> PosOrder:
        async with self._call("create_order", request.reference):
            known = self.all_of(request.reference)
            if known and Capability.IDEMPOTENT_CREATE in self.capabilities:
                return known[0].seen()
            return self._new(request).seen(self.warnings)

    async def update_order(self, pos_order_id: str, request: PosOrderRequest) -> PosOrder:
        async with self._call("update_order", pos_order_id):
            ticket = self._by_id(pos_order_id)
            ticket.order, ticket.request = request.order, request
            return ticket.seen()

    async def find_order(self, reference: str) -> PosOrder | None:
        async with self._call("find_order", reference):
            found = self.all_of(reference)
            return found[0].seen() if found else None

    async def read_order(self, pos_order_id: str) -> PosOrder:
        async with self._call("read_order", pos_order_id):
            return self._by_id(pos_order_id).seen()

    async def read_status(self, pos_order_id: str) -> PosOrder:
        async with self._call("read_status", pos_order_id):
            return self._by_id(pos_order_id).seen()

    async def change_status(
        self, pos_order_id: str, status: Status, *, reason: str = "", minutes: int | None = None
    ) -> None:
        async with self._call("change_status", pos_order_id):
            ticket = self._by_id(pos_order_id)
            ticket.told.append(status)
            if status in self.deaf:
                return
            if ticket.status is Status.PENDING and status not in OFF and ticket.request.print_ticket:
                ticket.printed += 1
            ticket.status, ticket.reason = status, reason
            ticket.minutes = minutes if minutes is not None else ticket.minutes
            self.note(ticket)

    async def changes(self, since: str) -> PosChanges:
        async with self._call("changes", since):
            if not since:  # its present
                alive = tuple(ticket.seen() for ticket in self.tickets if not ticket.status.final)
                return PosChanges(orders=alive, cursor=str(len(self._journal)))
            after = int(since)
            end = min(after + PAGE, len(self._journal))
            orders = tuple(self._by_id(name).seen() for name in dict.fromkeys(self._journal[after:end]))
            return PosChanges(orders=orders, cursor=str(end), more=end < len(self._journal))

    async def read_catalog(self) -> AsyncIterator[CatalogEntity]:
        async with self._call("read_catalog", ""):
            entities = list(self.catalog)
        for entity in entities:
            yield entity

    async def read_availability(self) -> PosSwitch:
        async with self._call("read_availability", ""):
            return self.switch

    async def set_availability(self, switch: PosSwitch) -> None:
        async with self._call("set_availability", ""):
            self.switch = switch

    async def read_schedule(self) -> Schedule:
        async with self._call("read_schedule", ""):
            return self.schedule

    async def read_tables(self) -> list[dict[str, Any]]:
        async with self._call("read_tables", ""):
            return [{"code": "T", "name": "Terraza", "serviceLocations": []}]

    # inside

    def _new(self, request: PosOrderRequest) -> Ticket:
        ticket = Ticket(len(self.tickets) + 1, request)
        if request.status is not Status.PENDING and request.print_ticket:
            ticket.printed += 1
        self.tickets.append(ticket)
        self.note(ticket)
        return ticket

    def note(self, ticket: Ticket) -> None:
        """The ticket was changed: it stands in the next changes."""
        self._journal.append(ticket.id)

    def _by_id(self, pos_order_id: str) -> Ticket:
        for ticket in self.tickets:
            if ticket.id == pos_order_id:
                return ticket
        raise PosNotFound(f"there is no order {pos_order_id}")

    def _call(self, method: str, what: str) -> "_Call":
        return _Call(self, method, what)


class _Call:
    """One call: the connection, what was planned for it, and the answer that may get lost."""

    def __init__(self, pos: FakePos, method: str, what: str) -> None:
        self._pos = pos
        self._method = method
        self._what = what
        self._lost = False

    async def __aenter__(self) -> None:
        pos = self._pos
        pos.calls.append((self._method, self._what))
        pos._under_way += 1
        pos.most_at_once = max(pos.most_at_once, pos._under_way)
        try:
            for _ in range(pos.slow.get(self._method, 1)):
                await asyncio.sleep(0)
            if pos.off:
                raise PosUnreachable("the POS does not answer")
            if gate := pos._gates.get(self._method):
                await gate.wait()
            plan = pos._plans[self._method]
            if plan:
                error = plan.popleft()
                if error is not None:
                    raise error
                self._lost = True
        except BaseException:
            pos._under_way -= 1
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pos._under_way -= 1
        if exc is not None:
            return
        await asyncio.sleep(0)
        if self._lost:
            raise OutcomeUnknown("no answer")
