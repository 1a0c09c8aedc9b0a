"""What the contract suite of the adapters needs to know and do about one POS: a bench for each, in the table `BENCHES`.

A new adapter adds its bench here; every test of `test_pos_adapter.py` then runs on it, those for capabilities it does
not declare are skipped.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import msgspec
import pytest

from adapters.rest.adapter import RestAdapter
from adapters.rest.find import profile_file
from adapters.rest.load import load_profile
from app.domain.order import decode_order
from app.domain.selling_point import SellingPoint
from app.domain.status import Status
from app.ports.pos import PosAdapter, PosOrderRequest
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_control import PosFaults
from app.sandbox.pos_forms import Hours, OpenHours, SpecialDay

SELLING_POINT = SellingPoint(id="3961", name="SuperPizza")

CALLS = {"create": ("create",), "reads": ("find", "read", "status", "health", "tables", "catalog"), "all": ()}


class SeenLine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    product: str | None
    quantity: Decimal
    price: Decimal
    total: Decimal
    note: str
    options: tuple[tuple[str, Decimal], ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the people at the POS see it, told without the adapter."""

    id: str
    reference: str
    status: Status | None
    lines: tuple[SeenLine, ...]
    total: Decimal
    table: str | None
    address: str
    guests: int | None
    customer: str
    phone: str
    note: str
    code: str
    tickets: int
    """Kitchen tickets printed."""


class Bench(Protocol):
    """One POS with its adapter, and the hands of the people at it."""

    @property
    def adapter(self) -> PosAdapter: ...
    @property
    def pizza(self) -> str:
        """POS id of a product that takes the option `bacon`."""
        ...

    @property
    def bacon(self) -> str: ...
    @property
    def bacon_name(self) -> str: ...
    @property
    def beer(self) -> str: ...
    @property
    def table(self) -> tuple[str, str]:
        """Code of a table and of its zone."""
        ...

    @property
    def further(self) -> Status:
        """A status beyond `accepted` that the POS knows and people there give an order."""
        ...

    @property
    def many(self) -> int:
        """Orders that are more than a page of changes, or as many as a slow POS can be given."""
        ...

    def prepaid(self, total: str) -> tuple[tuple[str | None, Decimal, bool], ...]:
        """A request's payments: all paid online, by a method that the POS has."""
        ...

    async def seen(self, reference: str) -> list[Seen]:
        """Every order of that reference in the POS."""
        ...

    async def move(self, reference: str, status: Status) -> None:
        """A waiter or cook moves an order in the POS."""
        ...

    async def set_online(self, online: bool) -> None: ...
    async def keep_hours(self) -> None:
        """Fridays 13:00 to 16:00 and 20:00 to 02:00, closed on Christmas of 2026."""
        ...

    async def go_off(self) -> None:
        """Nothing listens any more."""
        ...

    async def come_back(self) -> None: ...
    async def close_till(self) -> None: ...
    async def misbehave(self, what: str, calls: str = "all") -> None:
        """`what`: drop (does the work, no answer), busy, fail (500), nonsense, ignore_cancel, none."""
        ...


class ReferenceBench:
    pizza = "P-102"
    bacon = "O-121"
    bacon_name = "Bacon"
    beer = "P-605"
    table = ("TZ10", "TZ")
    further = Status.READY
    many = 225

    def __init__(self, pos: ReferencePos, adapter: RestAdapter) -> None:
        self.pos = pos
        self.adapter = adapter

    def prepaid(self, total: str) -> tuple[tuple[str | None, Decimal, bool], ...]:
        return (("Glovo", Decimal(total), True),)

    async def seen(self, reference: str) -> list[Seen]:
        words = {
            "held": Status.PENDING,
            "requested": Status.PENDING,
            "confirmed": Status.ACCEPTED,
            "void": Status.CANCELLED,
        }
        words |= {"open": Status.ACCEPTED, "closed": Status.COMPLETED, "seated": Status.SEATED, "ready": Status.READY}
        return [
            Seen(
                id=ticket.id,
                reference=ticket.reference,
                status=words.get(ticket.status.value),
                lines=tuple(
                    SeenLine(
                        name=line.name,
                        product=line.product,
                        quantity=line.quantity,
                        price=line.price,
                        total=line.total,
                        note=" ".join(line.note),
                        options=tuple((option.name, option.quantity) for option in line.options),
                    )
                    for line in ticket.lines
                ),
                total=ticket.total,
                table=ticket.table,
                address=ticket.address,
                guests=ticket.guests,
                customer=ticket.customer.name,
                phone=ticket.customer.phone,
                note=" ".join(ticket.note),
                code=ticket.code,
                tickets=ticket.printed,
            )
            for ticket in self.pos.till.find_all(reference)
        ]

    async def move(self, reference: str, status: Status) -> None:
        self.pos.move(reference, status.value)

    async def set_online(self, online: bool) -> None:
        self.pos.set_online(online)

    async def keep_hours(self) -> None:
        evening = OpenHours(day=5, opens="20:00", closes="02:00")
        lunch = OpenHours(day=5, opens="13:00", closes="16:00")
        self.pos.set_hours(Hours(week=(lunch, evening), days=(SpecialDay(date=date(2026, 12, 25), note="Navidad"),)))

    async def go_off(self) -> None:
        await self.pos.go_off()

    async def come_back(self) -> None:
        await self.pos.come_back()

    async def close_till(self) -> None:
        self.pos.set_faults(till_closed=True)

    async def misbehave(self, what: str, calls: str = "all") -> None:
        faults: dict[str, dict[str, Any]] = {
            "drop": {"drop_answer_rate": 1},
            "busy": {"busy": True},
            "fail": {"error_rate": 1},
            "nonsense": {"nonsense": True},
            "ignore_cancel": {"ignore_cancel": True},
            "none": {},
        }
        assert set(faults[what]) <= set(PosFaults.__struct_fields__)
        self.pos.set_faults(**faults[what], only=CALLS[calls])


REFERENCE = load_profile(profile_file("reference")).profile


def reference_adapter(pos: ReferencePos, timeout: float = 5) -> RestAdapter:
    """The reference POS by its profile, and by nothing else."""
    return RestAdapter(REFERENCE, point=SELLING_POINT, url=pos.url, secrets={"api-key": pos.api_key}, timeout=timeout)


@asynccontextmanager
async def reference_bench() -> AsyncIterator[ReferenceBench]:
    async with ReferencePos() as pos, reference_adapter(pos) as adapter:
        yield ReferenceBench(pos, adapter)


def real_odoo_bench() -> AbstractAsyncContextManager[Bench]:
    """Loaded where it is used: it needs this module."""
    from tests.contract.odoo_bench import odoo_bench

    return odoo_bench()


BENCHES: dict[str, Callable[[], AbstractAsyncContextManager[Bench]]] = {
    "reference": reference_bench,
    "odoo": real_odoo_bench,
}
REAL = {"odoo": pytest.mark.odoo}
"""Benches of real systems, with the mark of their lane."""


# orders in Sinqro's form


def line(label: str, price: str, quantity: object = 1, **more: Any) -> dict[str, Any]:
    return {"type": "PRODUCT", "label": label, "unitPrice": price, "quantity": quantity, "vatValue": 10, **more}


def pizza_of(bench: Bench, quantity: int = 2) -> dict[str, Any]:
    option = {"type": "PRODUCT_OPTION", "label": "Bacon", "unitPrice": 1.0, "quantity": 1, "vatValue": 10}
    option["productOption"] = {"id": 234816, "externalId": bench.bacon}
    return line(
        "Pizza de la huerta",
        "12.00",
        quantity,
        comment="Bien hecha",
        childrenOrderLines=[option],
        product={"id": 109838, "externalId": bench.pizza},
    )


def beer_of(bench: Bench, quantity: int = 3) -> dict[str, Any]:
    return line("Cerveza 33cl", "2.00", quantity, product={"externalId": bench.beer}, childrenOrderLines=None)


def order_of(bench: Bench, kind: str, order_id: int = 418774, **more: Any) -> dict[str, Any]:
    """An order of that type that adds up; `more` replaces parts."""
    order: dict[str, Any] = {
        "id": order_id,
        "type": kind,
        "totalAmount": 30.0,
        "currency": {"isoCode": "EUR"},
        "comment": "Sin cebolla, por favor",
        "consumer": {"name": "Núria", "lastname": "Güell i Peña", "phone": "+34600000000"},
        "marketOrderCode": "4F7K",
        "market": {"code": "glovo", "name": "Glovo"},
        "executionTime": "2026-03-07T20:30:00+0000",
        "orderLines": [pizza_of(bench), beer_of(bench)],
    }
    if kind == "delivery":
        order["orderLines"].append(
            {"type": "DELIVERY", "label": "Envío", "unitPrice": 1.5, "quantity": 1, "vatValue": 21}
        )
        order["totalAmount"] = 31.5
        order["deliveryAddress"] = {
            "street": "Carrer de la Tecnologia, 17",
            "city": "Viladecans",
            "postalCode": "08840",
        }
    elif kind == "inside":
        code, zone = bench.table
        order["serviceLocation"] = {"code": code, "name": "Mesa", "serviceZone": {"code": zone, "name": "Zona"}}
        order["dinersNumber"] = 4
    elif kind == "reservation":
        order |= {"orderLines": [], "totalAmount": 0, "dinersNumber": 6}
    return order | more


def request_of(order: dict[str, Any], status: Status = Status.ACCEPTED, **more: Any) -> PosOrderRequest:
    decoded = decode_order(msgspec.json.encode(order), SELLING_POINT.zone)
    return PosOrderRequest(
        reference=str(decoded.id),
        order=decoded,
        selling_point=SELLING_POINT,
        status=status,
        execution_at=decoded.execution_at(SELLING_POINT.zone),
        **more,
    )
