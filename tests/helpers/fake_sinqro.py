"""Sinqro in memory: the truth about its orders, its answers to our calls, and the endpoint of the notifications.

    sinqro = FakeSinqro(clock)
    params = sinqro.place(order_form(1001))         # parameters of the order.create to hand to the companion
    params = sinqro.cancel(1001)                    # … of the order.status.update
    sinqro.answers(Verdict.RETRY)                   # the next notification
    sinqro.off = True                               # nobody answers

``posts`` has every attempt, ``taken`` each notification once, as it was accepted; ``faults`` what the companion must
never do (an id with another content, a status going back).
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.errors import SinqroError, SinqroRefused, SinqroUnreachable
from app.domain.record import Notification
from app.domain.status import Merge, OrderType, Status, merge
from app.link.messages import encode
from app.link.state import LinkPhase, LinkState
from app.ports.clock import Clock
from app.ports.sinqro import Delivery, LinkHandler, Role, SellingPointRole, Verdict

POINT = "71"
INSTALLATION = "inst_here"

Json = dict[str, Any]


def order_form(order_id: int | str = 1001, **changes: Any) -> Json:
    """A delivery of 24.50 by Glovo, in Sinqro's form; ``changes`` by Sinqro's names, ``None`` takes a part away."""
    form: Json = {
        "id": order_id,
        "type": "delivery",
        "status": {"code": "waiting_sp_validation", "isFinalStatus": False},
        "totalAmount": Decimal("24.50"),
        "currency": {"isoCode": "EUR"},
        "comment": "sin cebolla",
        "consumer": {"name": "Ana", "phone": "+34600000000"},
        "market": {"code": "glovo", "name": "Glovo"},
        "marketOrderCode": "4F7K",
        "orderLines": [
            {"type": "PRODUCT", "label": "Margarita", "quantity": 2, "unitPrice": Decimal("10.00")},
            {"type": "PRODUCT", "label": "Agua", "quantity": 3, "unitPrice": Decimal("1.50")},
        ],
        "payments": [{"amount": Decimal("24.50"), "paymentMethodName": "card", "prepaid": True}],
        "isAcceptable": True,
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def reservation_form(order_id: int | str = 2001, **changes: Any) -> Json:
    """A table for four."""
    form: Json = {
        "id": order_id,
        "type": "reservation",
        "status": {"code": "waiting_sp_validation"},
        "dinersNumber": 4,
        "executionTime": "2026-11-25T22:30:00+0100",
        "consumer": {"name": "Ana", "phone": "+34600000000"},
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


class Known:
    """An order on Sinqro."""

    def __init__(self, form: Json) -> None:
        self.form = form
        status = form.get("status")
        self.code = str(status.get("code", "waiting_sp_validation")) if isinstance(status, dict) else "?"
        self.revision = 0
        self.notified = 0
        """The companion's revision that was taken last."""
        self.type = OrderType(form["type"])
        self.ours: list[Status] = []
        """Statuses told by the companion, in order."""

    @property
    def status(self) -> Status:
        """In the companion's words."""
        return Status.PENDING if self.code == "waiting_sp_validation" else Status(self.code)

    def as_order(self) -> Json:
        return {
            **self.form,
            "status": {"code": self.code},
            "isAcceptable": self.code in ("waiting_sp_validation", "pending"),
        }


class FakeSinqro:
    """Implements the companion's ``Link`` and :class:`~app.ports.sinqro.NotificationSender`."""

    def __init__(self, clock: Clock, point: str = POINT) -> None:
        self.point = point
        self.orders: dict[str, Known] = {}
        self.calls: list[tuple[str, Json]] = []
        self.posts: list[Notification] = []
        self.taken: list[Notification] = []
        self.faults: list[str] = []
        self.off = False
        self.epoch = 1
        self.role = Role.ACTIVE
        self.catalog_version: int | None = None
        """The version of the menu that it took; ``None``: it can't be asked."""
        self.mirrors = False
        """Whether it can be asked what it shows of closings, hours and preparation."""
        self.shown: dict[str, Json] = {}
        self.loses = 0
        """Of so many of those it takes the notification and shows nothing."""
        self.silent_seconds: float | None = None
        self.page = 100
        self.byes: list[str] = []
        self.reconnects = 0
        self.before_post: Callable[[Notification], None] | None = None
        self._clock = clock
        self._verdicts: deque[Delivery] = deque()
        self._refusals: dict[str, deque[SinqroError | Json]] = {}

    # what tests arrange

    def place(self, form: Json) -> Json:
        """A new order; the parameters of its ``order.create``."""
        self.orders[str(form["id"])] = Known(form)
        return {"requestId": f"r{form['id']}", "sellingPointId": self.point, "order": form}

    def edit(self, order_id: int | str, **changes: Any) -> Json:
        """The order as it is now; the parameters of its ``order.update``."""
        known = self.orders[str(order_id)]
        known.form = {**known.form, **changes}
        known.revision += 1
        return {
            "sellingPointId": self.point,
            "orderId": known.form["id"],
            "revision": known.revision,
            "order": known.as_order(),
        }

    def status(self, order_id: int | str, code: str, **more: Any) -> Json:
        """Channel or customer change the status; the parameters of its ``order.status.update``."""
        known = self.orders[str(order_id)]
        known.code = code
        known.revision += 1
        return {
            "requestId": f"s{order_id}-{known.revision}",
            "sellingPointId": self.point,
            "orderId": known.form["id"],
            "status": code,
            "revision": known.revision,
            **more,
        }

    def cancel(self, order_id: int | str) -> Json:
        """The customer cancels."""
        return self.status(order_id, "cancelled", reason="customer")

    def answers(self, *verdicts: Verdict | Delivery) -> None:
        """What becomes of the next notifications; then all is delivered again."""
        for verdict in verdicts:
            delivery = verdict if isinstance(verdict, Delivery) else Delivery(verdict=verdict, reason=verdict.value)
            self._verdicts.append(delivery)

    def recovers(self) -> None:
        """All is well from now on; what was planned is forgotten."""
        self.off = False
        self._verdicts.clear()
        self._refusals.clear()

    def says(self, method: str, *answers: SinqroError | Json) -> None:
        """The next answers to a call of ours."""
        self._refusals.setdefault(method, deque()).extend(answers)

    # what tests look at

    def told(self, order_id: int | str) -> list[str]:
        """What was taken about an order, in order: statuses by their name, else the type."""
        return [
            str(notification.data.get("status") or notification.type)
            for notification in self.taken
            if notification.order_id == str(order_id)
        ]

    def called(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)

    @property
    def roles(self) -> list[SellingPointRole]:
        """What its hello says."""
        return [SellingPointRole(id=self.point, role=self.role, epoch=self.epoch)]

    # the link

    @property
    def connected(self) -> bool:
        return not self.off

    @property
    def state(self) -> LinkState:
        return LinkState(phase=LinkPhase.WAITING if self.off else LinkPhase.OPEN)

    async def run(self) -> None:
        """The link stays as it is; see :meth:`open`."""

    async def open(self, handler: LinkHandler) -> None:
        """The hello is answered."""
        handler.hello()
        await handler.opened(self.roles)

    async def bye(self, reason: str, expected_back: datetime | None = None) -> None:
        self.byes.append(reason)

    def reconnect_now(self) -> None:
        self.reconnects += 1

    async def call(self, method: str, params: Json, timeout: float = 10) -> Any:
        self.calls.append((method, params))
        if self.off:
            raise SinqroUnreachable("no link")
        if planned := self._refusals.get(method):
            answer = planned.popleft()
            if isinstance(answer, SinqroError):
                raise answer
            return answer
        return msgspec.json.decode(encode(self._answer(method, params)), type=Any)

    def _answer(self, method: str, params: Json) -> Json:
        match method:
            case "order.get":
                known = self.orders.get(str(params["orderId"]))
                if known is None:
                    raise SinqroRefused("no such order", code="ORDER_NOT_FOUND")
                return {"order": known.as_order(), "revision": known.revision}
            case "order.list":
                begin = int(params.get("cursor") or 0)
                page = list(self.orders.values())[begin : begin + self.page]
                entries = [
                    {"order": known.as_order(), "revision": known.revision, "notifiedRevision": known.notified}
                    for known in page
                ]
                end = begin + len(page)
                return {"orders": entries, "nextCursor": str(end) if end < len(self.orders) else None}
            case "link.takeOver":
                self.role = Role.ACTIVE
                self.epoch += 1
                return {"epoch": self.epoch}
            case "sellingPoint.get":
                return {
                    "id": self.point,
                    "active": {"deviceName": "CAJA-2", "silentSeconds": self.silent_seconds},
                }
            case "sellingPoint.availability.get" if self.mirrors:
                return self.shown.get("availability.changed", {"open": True, "closings": []})
            case "sellingPoint.preparation.get" if self.mirrors:
                return self.shown.get("preparation.changed", {"extraMinutes": 0})
            case "sellingPoint.schedule.get" if self.mirrors:
                return self.shown.get("schedule.changed", {})
            case "sellingPoint.catalog.get" if self.catalog_version is not None:
                return {"version": self.catalog_version}
            case _:
                raise SinqroRefused(f"no method {method}", code="METHOD_NOT_FOUND")

    # the endpoint of the notifications

    async def post(self, notification: Notification, *, installation_id: str, epoch: int, now: datetime) -> Delivery:
        self.posts.append(notification)
        if self.before_post is not None:
            self.before_post(notification)
        if self.off:
            return Delivery(verdict=Verdict.RETRY, reason="off")
        if self._verdicts:
            delivery = self._verdicts.popleft()
            if delivery.verdict is not Verdict.DELIVERED:
                return delivery
        if epoch < self.epoch:
            return Delivery(verdict=Verdict.SUPERSEDED, reason="older epoch")
        self._take(notification)
        return Delivery(verdict=Verdict.DELIVERED)

    def _take(self, notification: Notification) -> None:
        for before in self.taken:
            if before.id == notification.id:
                if before.data != notification.data:
                    self.faults.append(f"{notification.id} came again with another content")
                return
        self.taken.append(notification)
        if not notification.order_id:
            if self.loses:
                self.loses -= 1
            else:
                self.shown[notification.type] = msgspec.json.decode(encode(notification.data))
            return
        known = self.orders.get(notification.order_id)
        status = notification.data.get("status")
        if known is None or status is None:
            return
        revision = int(notification.data["revision"])
        if revision <= known.notified:
            self.faults.append(f"revision {revision} of order {notification.order_id} after {known.notified}")
            return
        known.notified = revision
        late = notification.deliver_by is not None and self._clock.now() > notification.deliver_by
        if late and known.status.final:
            self.faults.append(f"order {notification.order_id} accepted blindly, after its deadline and its end")
        if known.ours and merge(known.type, known.ours[-1], Status(status)) in (Merge.STALE, Merge.LOST):
            self.faults.append(f"order {notification.order_id} told {status} after {known.ours[-1].value}")
        known.ours.append(Status(status))
        if merge(known.type, known.status, Status(status)) is Merge.APPLIED:
            known.code = status


def later(seconds: float) -> Delivery:
    """429 with a delay."""
    return Delivery(verdict=Verdict.RETRY, reason="HTTP 429", retry_after=timedelta(seconds=seconds))
