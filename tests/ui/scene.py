"""The drawn evening as values: the orders of the design's pictures, for tests and screenshots of the windows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from app.domain.record import HistoryEntry, OrderKey, OrderRecord
from app.domain.schedule import DayRange, Schedule, ScheduleException, WeeklyRange
from app.domain.status import Injection, OrderType, Origin, Status
from app.link.state import LinkPhase, LinkState
from app.ports.sinqro import Role
from app.runtime.companion import Companion
from app.services.sheets import OrderSheet, OrderStory, SheetLine
from app.services.snapshot import OutletSnapshot, Snapshot
from app.ui.bridge import Answer, Bridge

NOW = datetime(2026, 12, 4, 20, 34, tzinfo=UTC)
POINT = "3961"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


class FakeCompanion:
    """Notes what it is told to do; ``fail`` is raised by the next call."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.stories: dict[OrderKey, OrderStory] = {}
        self.fail: Exception | None = None

    @property
    def staff(self) -> "FakeCompanion":
        return self

    availability = schedules = staff

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def note(*arguments: Any, **named: Any) -> None:
            self.calls.append((name, *arguments, *named.values()))
            if self.fail is not None:
                raise self.fail

        return note

    async def story(self, key: OrderKey) -> OrderStory | None:
        return self.stories.get(key)

    def as_companion(self) -> Companion:
        return cast("Companion", self)


class StraightBridge(Bridge):
    """Runs what is asked at once; ``hold`` keeps the answers back until :meth:`let_go`."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = False
        self._held: list[Answer] = []

    def ask(self, work: Callable[[], Awaitable[object]], *, ticket: object = None) -> None:
        awaitable = cast("Any", work())
        try:
            awaitable.send(None)
        except StopIteration as done:
            answer = Answer(ticket=ticket, result=done.value)
        except Exception as exc:
            answer = Answer(ticket=ticket, error=str(exc), code=getattr(exc, "code", ""), hint=getattr(exc, "hint", ""))
        else:
            raise AssertionError("the fake never waits")
        if self.hold:
            self._held.append(answer)
        else:
            self.answered.emit(answer)

    def let_go(self) -> None:
        held, self._held = self._held, []
        for answer in held:
            self.answered.emit(answer)


def at(minutes: float) -> datetime:
    """A moment so many minutes from the scene's."""
    return NOW + timedelta(minutes=minutes)


def line(
    quantity: int, label: str, *options: str, comment: str = "", total: str = "0", charge: bool = False
) -> SheetLine:
    return SheetLine(
        quantity=Decimal(quantity), label=label, options=options, comment=comment, total=Decimal(total), charge=charge
    )


def record(code: str = "1", **changes: Any) -> OrderRecord:
    known: dict[str, Any] = {
        "selling_point": POINT,
        "order_id": code,
        "received_at": at(-1),
        "status_at": at(-1),
        "code": code,
        "channel": "glovo",
        "total": Decimal("12.50"),
        "execution_at": at(30.2),
        "accept_by": at(2.2) if changes.get("status", Status.PENDING) is Status.PENDING else None,
    }
    if changes.get("status", Status.PENDING) is not Status.PENDING:
        known |= {"injection": Injection.INJECTED, "pos_order_id": f"T-{code}"}
    return OrderRecord(**(known | changes))


def sheet(**changes: Any) -> OrderSheet:
    known: dict[str, Any] = {"version": 1, "lines": (line(1, "Paella"),), "prepaid": True, "to_collect": Decimal(0)}
    return OrderSheet(**(known | changes))


Pair = tuple[OrderRecord, OrderSheet]


def snapshot(
    *orders: Pair | OrderRecord, link: LinkState | None = None, when: datetime = NOW, **outlet: Any
) -> Snapshot:
    pairs = [pair if isinstance(pair, tuple) else (pair, sheet()) for pair in orders]
    known: dict[str, Any] = {
        "id": POINT,
        "name": "Casa Olmo · Centro",
        "role": Role.ACTIVE,
        "taken_by": "",
        "at_work": True,
        "pos_ok": True,
        "till_open": True,
        "pos_message": "",
        "endpoint_stopped": "",
        "outbox": 0,
        "can_skip_print": True,
        "orders": tuple(pair[0] for pair in pairs),
        "sheets": tuple(pair[1] for pair in pairs),
    }
    return Snapshot(
        at=when,
        environment="production",
        link=link or LinkState(phase=LinkPhase.OPEN),
        clock_offset_seconds=0,
        outlets=(OutletSnapshot(**(known | outlet)),),
    )


def order_482() -> Pair:
    """The ringing order of the pictures."""
    return (
        record("482", received_at=at(-1), accept_by=at(2.2), execution_at=at(31.2), total=Decimal("37.40")),
        sheet(
            lines=(
                line(2, "Hamburguesa clásica", "Al punto", "+ queso azul", total="25.80"),
                line(1, "Ensalada de tomate", comment="sin cebolla", total="6.90"),
                line(1, "Patatas bravas", total="4.70"),
            ),
            allergies=("frutos secos",),
            comment="Alergia a los frutos secos, por favor.",
            customer="Marta Ruiz",
            phone="600 000 482",
            rider="Glovo",
            channel_name="Glovo",
            payment="Glovo",
        ),
    )


def evening() -> tuple[Pair, ...]:
    """All orders of the drawn board."""
    taken = {"status": Status.ACCEPTED}
    booked = {"type": OrderType.RESERVATION, "channel": "web"}
    return (
        order_482(),
        (
            record("9021", channel="justeat", type=OrderType.COLLECTION, accept_by=at(9.33), execution_at=at(21.2)),
            sheet(
                lines=(line(1, "Menú del día", "Lentejas", "Merluza", "Flan"), line(1, "Agua 50 cl")), customer="Pau S."
            ),
        ),
        (record("479", execution_at=at(-2.5), **taken), sheet(lines=(line(1, "Cachopo"), line(2, "Croquetas")))),
        (record("4F2A9", channel="ubereats", execution_at=at(6.2), **taken), sheet(allergies=("gluten",))),
        (
            record("8812", channel="web", type=OrderType.INSIDE, execution_at=at(16.2), **taken),
            sheet(table="7", zone="Terraza"),
        ),
        (record("481", execution_at=at(26.2), **taken), sheet(lines=(line(1, "Bocadillo de calamares"),))),
        (
            record("8870", channel="justeat", status=Status.READY, execution_at=at(4.2)),
            sheet(pickup_at=at(4), lines=(line(4, "Bocadillo de lomo"),)),
        ),
        (
            record("W-115", channel="web", type=OrderType.COLLECTION, status=Status.READY, execution_at=at(-4.2)),
            sheet(prepaid=False, to_collect=Decimal("24.90")),
        ),
        (
            record("W-121", channel="web", type=OrderType.COLLECTION, scheduled=True, execution_at=at(56.2), **taken),
            sheet(),
        ),
        (record("7C11D", channel="ubereats", scheduled=True, execution_at=at(86.2), **taken), sheet()),
        (
            record("W-109", channel="web", type=OrderType.INSITU, scheduled=True, execution_at=at(986.2), **taken),
            sheet(),
        ),
        (
            record("R-7", accept_by=at(8.83), execution_at=at(41.2), **booked),
            sheet(lines=(), diners=6, zone="Terraza", customer="Lucía Pardo"),
        ),
        (
            record("R-5", execution_at=at(11.2), **booked, **taken),
            sheet(lines=(), diners=4, zone="Sala", customer="Andrés Mora"),
        ),
        (
            record("R-6", execution_at=at(26.2), **booked, **taken),
            sheet(lines=(), diners=2, zone="Sala", customer="Inés T."),
        ),
    )


def story_482() -> OrderStory:
    """482 in the kitchen."""
    rec, text = order_482()
    rec = rec.with_(
        status=Status.IN_PREPARATION,
        preparation_minutes=30,
        accept_by=None,
        injection=Injection.INJECTED,
        pos_order_id="10392",
    )

    def entry(minutes: float, kind: str, origin: Origin, **detail: Any) -> HistoryEntry:
        return HistoryEntry(at=at(minutes), kind=kind, origin=origin, detail=detail)

    return OrderStory(
        record=rec,
        sheet=text,
        history=(
            entry(-0.2, "received", Origin.SINQRO, method="order.create"),
            entry(1.15, "status", Origin.STAFF, before="pending", after="accepted", reason=""),
            entry(1.17, "injected", Origin.POS, posOrderId="10392", attempts=1),
            entry(2.07, "status", Origin.STAFF, before="accepted", after="in_preparation", reason=""),
        ),
        unsent=0,
    )


def week_of_the_picture(**changes: Any) -> Schedule:
    """The drawn week: closed on Monday, Saturday until two."""

    def ranges(day: int, *hours: tuple[time, time]) -> tuple[WeeklyRange, ...]:
        return tuple(
            WeeklyRange(start_day=day, start_time=start, end_day=day if end > start else day % 7 + 1, end_time=end)
            for start, end in hours
        )

    lunch, long_lunch = (time(13), time(16)), (time(13), time(17))
    weekly = [each for day in (2, 3, 4) for each in ranges(day, lunch, (time(20), time(23, 30)))]
    weekly += ranges(5, lunch, (time(20), time(0, 30)))
    weekly += ranges(6, long_lunch, (time(20), time(2)))
    weekly += ranges(7, long_lunch)
    return Schedule(**({"weekly": tuple(weekly), "exceptions": exceptions_of_the_picture()} | changes))


def exceptions_of_the_picture() -> tuple[ScheduleException, ...]:
    """Two holidays, a wedding and the last night of the year."""
    lunch = (DayRange(start_time=time(13), end_time=time(16)),)
    sunday = (DayRange(start_time=time(13), end_time=time(17)),)
    return (
        ScheduleException(day=date(2026, 12, 6), ranges=sunday, note="Constitución", holiday="es-md/2026-12-06"),
        ScheduleException(day=date(2026, 12, 8), note="Inmaculada", holiday="es-md/2026-12-08"),
        ScheduleException(day=date(2026, 12, 12), note="Boda"),
        ScheduleException(day=date(2026, 12, 31), ranges=lunch, note="Nochevieja"),
    )
