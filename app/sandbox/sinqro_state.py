"""What the Sinqro sandbox knows: restaurants, installations, orders, the requests still to be answered, all events.

Every change goes through :class:`SinqroState`, which keeps it in the store and wakes whoever waits for it. The rules of
an order's status here are Sinqro's side of the domain rules: the first final status stays; what comes after it from the
companion is recorded as ``late``; ``notified_revision`` is the highest notification revision seen.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.domain.status import OFF, Merge, OrderType, Status, merge
from app.link.wire import Wire
from app.sandbox.sinqro_faults import Misbehaviour
from app.sandbox.sinqro_store import SinqroStore

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5


class PairingCode(msgspec.Struct, kw_only=True):
    """A code that staff type; ``expires_at`` is seconds of the wall clock."""

    code: str
    expires_at: float
    used: bool = False


class Installation(msgspec.Struct, kw_only=True):
    """One paired companion. ``installation_id`` is what it calls itself, known from pairing or its first hello."""

    token: str
    secret: str
    installation_id: str = ""
    device_name: str = ""
    revoked: bool = False


class Restaurant(msgspec.Struct, kw_only=True):
    """A selling point, and which installation is in charge of it (``active`` empty: nobody yet)."""

    id: str
    name: str
    timezone: str
    active: str = ""
    device_name: str = ""
    since: datetime | None = None
    epoch: int = 0
    open: bool = True
    closings: list[Any] = msgspec.field(default_factory=list)
    schedule: dict[str, Any] = msgspec.field(default_factory=dict)
    preparation: dict[str, Any] = msgspec.field(default_factory=dict)
    catalog_version: int = 0
    """Of the menu that customers see; 0: none."""


class SinqroOrder(msgspec.Struct, kw_only=True):
    """An order at Sinqro. ``status`` is Sinqro's code; ``raw`` its text, empty while only a status is known."""

    key: str
    id: int | str
    selling_point: str
    type: str = ""
    status: str
    reason: str = ""
    comment: str = ""
    revision: int = 0
    """Of the requests sent for it."""
    notified_revision: int = 0
    """The highest seen in notifications."""
    raw: bytes = b""
    placed_at: float | None = None
    """Seconds of the wall clock, as are the other times."""
    changed_at: float
    answered_at: float | None = None
    answer: Any = None
    response_ms: float | None = None
    accepted_at: float | None = None
    cancelled_at: float | None = None
    """When a cancellation was made here, on Sinqro's side."""
    cancel_answered_at: float | None = None
    """When the companion had answered that it stored it."""
    pos_order_id: str = ""
    injection: str = ""
    """The last that notifications told about it: ``injected``, or what failed."""
    refunded: bool = False


class LinkRequest(msgspec.Struct, kw_only=True):
    """A request to the companion, repeated until it has an answer. ``frame`` is its text, dropped when answered."""

    id: str
    method: str
    selling_point: str
    order: str = ""
    status: str = ""
    frame: bytes
    broken: bool = False
    """The frame is no JSON: an error answer without an id is the answer to it."""
    made_at: float
    sent: int = 0
    answer: Any = None
    answered: bool = False
    response_ms: float | None = None


class Event(msgspec.Struct, kw_only=True, omit_defaults=True, rename="camel"):
    """Something that happened, with its time."""

    at: datetime
    kind: str
    selling_point_id: str = ""
    order_id: str = ""
    detail: dict[str, Any] = msgspec.field(default_factory=dict)


class SinqroState:
    """The whole state; see the module's story. One event loop, no threads."""

    def __init__(
        self,
        *,
        store: SinqroStore,
        selling_points: Sequence[tuple[str, str, str]],
        misbehaviour: Misbehaviour,
        wire: Wire,
    ) -> None:
        self.store = store
        self.misbehaviour = misbehaviour
        self.wire = wire
        self.restaurants = {
            ident: Restaurant(id=ident, name=name, timezone=zone) for ident, name, zone in selling_points
        }
        self.silent_since: dict[str, float] = {}
        """Monotonic seconds since when an installation's link is down; at the start all are."""
        self.restaurants |= {place.id: place for place in store.load("restaurant", Restaurant)}
        self.codes = {code.code: code for code in store.load("code", PairingCode)}
        self.wrong_tries = 0
        self.installations = {one.token: one for one in store.load("installation", Installation)}
        self.silent_since |= {one.installation_id: time.monotonic() for one in self.installations.values()}
        self.orders = {order.key: order for order in store.load("order", SinqroOrder)}
        self.requests = {request.id: request for request in store.load("request", LinkRequest)}
        self.unanswered = {ident: request for ident, request in self.requests.items() if not request.answered}
        self.events = store.load("event", Event)
        self.webhooks_seen = {
            event.detail["webhookId"]
            for event in self.events
            if event.kind == "notification" and "webhookId" in event.detail
        }
        self.verified = sum(event.kind == "notification" for event in self.events)
        self.refused = sum(event.kind == "notification.refused" for event in self.events)
        # Unique over restarts on the same data, so that a new request never looks like a repetition.
        self._run = secrets.token_hex(3)
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self.on_catalog: Callable[[str], None] | None = None
        """Told the selling point whose menu has changed."""

    def now(self) -> datetime:
        """Sinqro's clock, which may be made wrong."""
        return datetime.now(UTC) + timedelta(seconds=self.misbehaviour.faults.clock_offset_s)

    # ---------------------------------------------------------------- events and waiting

    def record(self, kind: str, *, selling_point: str = "", order: str = "", **detail: Any) -> None:
        """Append an event."""
        event = Event(at=datetime.now(UTC), kind=kind, selling_point_id=selling_point, order_id=order, detail=detail)
        self.events.append(event)
        self.store.put("event", str(len(self.events)), event)
        self.wake(order)

    def wake(self, order: str = "") -> None:
        """Let those look again who wait for that order, or for anything."""
        for name in (order, "") if order else ("",):
            for waiting in self._waiting.get(name, ()):
                waiting.set()

    async def wait(self, done: Callable[[], bool], timeout: float, order: str = "") -> bool:
        """Wait until ``done`` holds, looking again at each event (of one order, when named); ``False``: it did not."""
        changed = asyncio.Event()
        waiting = self._waiting.setdefault(order, set())
        waiting.add(changed)
        try:
            async with asyncio.timeout(timeout):
                while not done():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return done()
        finally:
            waiting.discard(changed)
            if not waiting:
                self._waiting.pop(order, None)
        return True

    # ---------------------------------------------------------------- installations

    def new_code(self) -> str:
        """A pairing code for the restaurant's set-up; a new one also lifts the lock of too many wrong tries."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        self.codes[code] = PairingCode(code=code, expires_at=time.time() + CODE_LIFE.total_seconds())
        self.store.put("code", code, self.codes[code])
        self.wrong_tries = 0
        self.record("pairing.code")
        return code

    def save_installation(self, installation: Installation) -> None:
        """Keep it."""
        self.installations[installation.token] = installation
        self.store.put("installation", installation.token, installation)

    def save_restaurant(self, place: Restaurant) -> None:
        """Keep it."""
        self.store.put("restaurant", place.id, place)

    # ---------------------------------------------------------------- requests

    def new_request_id(self) -> str:
        """An id for a request."""
        return f"{self._run}-{len(self.requests) + 1}-{secrets.token_hex(2)}"

    def add_request(self, request: LinkRequest) -> None:
        """A new request to be delivered."""
        self.requests[request.id] = request
        self.unanswered[request.id] = request
        self.store.put("request", request.id, request)
        self.record(
            "request",
            selling_point=request.selling_point,
            order=request.order,
            method=request.method,
            requestId=request.id,
        )

    def answer_request(self, request: LinkRequest, answer: dict[str, Any], response_ms: float | None) -> None:
        """The companion's final word on a request: ``{"result": …}`` or ``{"error": …}``."""
        self.unanswered.pop(request.id, None)
        request.answered, request.answer, request.response_ms, request.frame = True, answer, response_ms, b""
        self.store.put("request", request.id, request)
        order = self.orders.get(request.order)
        if order is not None:
            if request.method == "order.create":
                order.answered_at, order.answer, order.response_ms = time.time(), answer, response_ms
            elif (
                request.status
                and self.status_of(request.status) is Status.CANCELLED
                and order.cancel_answered_at is None
            ):
                order.cancel_answered_at = time.time()
            self.save_order(order)
        self.record(
            "answer",
            selling_point=request.selling_point,
            order=request.order,
            method=request.method,
            requestId=request.id,
            responseMs=response_ms,
            **answer,
        )

    # ---------------------------------------------------------------- orders

    def save_order(self, order: SinqroOrder) -> None:
        """Keep it."""
        self.orders[order.key] = order
        self.store.put("order", order.key, order)

    def status_of(self, code: str) -> Status | None:
        """The companion's word for a code of Sinqro's."""
        return self.wire.status(code)

    def change_status(self, order: SinqroOrder, code: str, *, ours: bool, reason: str = "", comment: str = "") -> Merge:
        """Apply a status told by the companion (``ours=False``) or made here; says what became of it."""
        incoming, current = self.status_of(code), self.status_of(order.status)
        outcome = Merge.APPLIED
        if incoming is not None and current is not None:
            outcome = merge(_type_of(order), current, incoming)
        elif current is not None and current.final:
            outcome = Merge.LOST
        now = time.time()
        if incoming is Status.CANCELLED and ours and order.cancelled_at is None:
            order.cancelled_at = now
        if outcome is Merge.REFUND and ours:
            order.refunded = True
        if outcome is Merge.APPLIED:
            order.status = self.wire.code(incoming) if incoming else code
            order.reason, order.comment, order.changed_at = reason, comment, now
            taken = incoming is not None and incoming is not Status.PENDING and incoming not in OFF
            if taken and order.accepted_at is None:
                order.accepted_at = now
        self.save_order(order)
        return outcome


def _type_of(order: SinqroOrder) -> OrderType:
    try:
        return OrderType(order.type)
    except ValueError:
        return OrderType.DELIVERY  # the longest ladder: an unreadable order may be told any step of it
