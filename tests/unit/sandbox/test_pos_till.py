"""The till's rules, without HTTP."""

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from app.sandbox.menu import superpizza
from app.sandbox.pos_catalog import Change, PosCatalog
from app.sandbox.pos_forms import (
    CANCELS,
    DONE,
    FINAL,
    CustomerForm,
    Kind,
    LineForm,
    OptionForm,
    OrderForm,
    PaymentForm,
    PosStatus,
    TillError,
    may_follow,
    way_of,
)
from app.sandbox.pos_store import TicketStore
from app.sandbox.pos_till import Till, status_word

PIZZA = LineForm(product="P-102", price=Decimal(12))


class Bench:
    def __init__(self) -> None:
        self.store = TicketStore(None)
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.catalog = PosCatalog(restaurant=superpizza(), store=self.store)
        ticks = itertools.count(1_700_000_000)
        self.till = Till(
            store=self.store,
            catalog=self.catalog,
            on_event=lambda event, data: self.events.append((event, data)),
            clock=lambda: float(next(ticks)),
        )

    def new(self, kind: Kind = Kind.TAKEAWAY, **more: Any) -> str:
        lines = () if kind is Kind.BOOKING else (PIZZA,)
        form = OrderForm(**{"kind": kind, "reference": "R", "hold": True, "lines": lines, **more})
        return self.till.create(form, received_at=0)[0].id


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"lines": ()}, "no_lines", "lines"),
        ({"lines": (LineForm(product="none"),)}, "unknown_product", "lines[0].product"),
        ({"lines": (PIZZA, LineForm(name="x"))}, "open_item_incomplete", "lines[1]"),
        ({"lines": (LineForm(price=Decimal(1)),)}, "open_item_incomplete", "lines[0]"),
        ({"lines": (LineForm(product="P-102", quantity=Decimal(0)),)}, "bad_amount", "lines[0].quantity"),
        ({"lines": (LineForm(product="P-102", price=Decimal("NaN")),)}, "bad_amount", "lines[0].price"),
        ({"lines": (LineForm(product="P-102", price=Decimal("1e12")),)}, "bad_amount", "lines[0].price"),
        ({"lines": (LineForm(product="P-102", price=Decimal("0.0000001")),)}, "bad_amount", "lines[0].price"),
        ({"lines": (LineForm(product="P-102", vat=Decimal(-1)),)}, "bad_vat", "lines[0].vat"),
        ({"lines": (LineForm(product="P-102", note=("a" * 251,)),)}, "text_too_long", "lines[0].note[0]"),
        (
            {"lines": (LineForm(product="P-102", options=(OptionForm(option="none"),)),)},
            "unknown_option",
            "lines[0].options[0].option",
        ),
        ({"table": "TZ99"}, "unknown_table", "table"),
        ({"table": "Mesa 5"}, "unknown_table", "table"),
        ({"guests": -1}, "bad_guests", "guests"),
        ({"note": ("ok", "a" * 251)}, "text_too_long", "note[1]"),
        ({"customer": CustomerForm(name="Ana 😀")}, "bad_character", "customer.name"),
        ({"address": "a\nb"}, "bad_character", "address"),
        ({"payments": (PaymentForm(method="cash", amount=Decimal("Infinity")),)}, "bad_amount", "payments[0].amount"),
    ],
)
def test_what_the_till_does_not_like_it_names(bench: Bench, more: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(TillError) as caught:
        bench.new(**more)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert bench.till.everything() == []
    assert bench.events == []


@pytest.mark.parametrize(("table", "zone"), [("SA7", None), ("Mesa 7", "SA"), ("Mesa 7", "Sala"), ("SA7", "elsewhere")])
def test_tables_by_code_or_by_name_in_their_zone(bench: Bench, table: str, zone: str | None) -> None:
    ticket = bench.till.read(bench.new(Kind.TABLE, table=table, zone=zone))
    assert (ticket.table, ticket.table_name, ticket.zone, ticket.zone_name) == ("SA7", "Mesa 7", "SA", "Sala")


@pytest.mark.parametrize("kind", Kind)
def test_every_step_of_every_kind(bench: Bench, kind: Kind) -> None:
    """Each pair of statuses: the till moves where it may, refuses where not, and never leaves a final one."""
    for first, second in itertools.product(PosStatus, PosStatus):
        ident = bench.new(kind)
        start = way_of(kind)[0]
        if first is not start and not may_follow(kind, start, first):
            continue
        bench.till.change_status(ident, first)
        before = bench.till.read(ident)
        unchanged = second is first or (before.status in DONE and second in CANCELS)
        if unchanged or may_follow(kind, first, second):
            after = bench.till.change_status(ident, second)
            assert after == before if unchanged else after.status is second
        else:
            with pytest.raises(TillError) as caught:
                bench.till.change_status(ident, second)
            assert caught.value.code == "invalid_transition"
            assert bench.till.read(ident) == before
        assert before.status not in FINAL or bench.till.read(ident) == before


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        (Kind.DELIVERY, "held open preparing ready out closed"),
        (Kind.TABLE, "held open preparing ready closed"),
        (Kind.BOOKING, "requested confirmed seated finished"),
    ],
)
def test_the_whole_way(bench: Bench, kind: Kind, way: str) -> None:
    ident = bench.new(kind)
    steps = [PosStatus(word) for word in way.split()]
    assert bench.till.read(ident).status is steps[0]
    assert [bench.till.change_status(ident, step).status for step in steps[1:]] == steps[1:]


def test_a_paid_order_stays_paid_without_a_word(bench: Bench) -> None:
    ident = bench.new()
    closed = bench.till.change_status(ident, PosStatus.CLOSED)
    assert bench.till.change_status(ident, PosStatus.VOID) == closed


def test_only_delivery_goes_out(bench: Bench) -> None:
    with pytest.raises(TillError):
        bench.till.change_status(bench.new(Kind.TABLE), PosStatus.OUT)


def test_tickets_are_printed_when_the_kitchen_must_know(bench: Bench) -> None:
    ident = bench.new()
    prints = [bench.till.read(ident).printed]
    form = OrderForm(kind=Kind.TAKEAWAY, reference="R", lines=(PIZZA, PIZZA))
    prints.append(bench.till.update(ident, form).printed)  # still to be accepted
    prints.append(bench.till.change_status(ident, PosStatus.OPEN).printed)
    prints.append(bench.till.change_status(ident, PosStatus.READY).printed)
    prints.append(bench.till.update(ident, form).printed)
    assert prints == [0, 0, 1, 1, 2]
    assert bench.till.read(bench.new(hold=False)).printed == 1
    assert bench.till.read(bench.new(hold=False, print=False)).printed == 0


def test_minutes_and_reason_are_kept(bench: Bench) -> None:
    ident = bench.new(minutes=20)
    assert bench.till.change_status(ident, PosStatus.OPEN, minutes=35).minutes == 35
    assert bench.till.change_status(ident, PosStatus.READY).minutes == 35
    assert bench.till.change_status(ident, PosStatus.VOID, reason="no cheese").reason == "no cheese"


def test_a_booking_never_becomes_an_order(bench: Bench) -> None:
    with pytest.raises(TillError) as caught:
        bench.till.update(bench.new(Kind.BOOKING), OrderForm(kind=Kind.TABLE, lines=(PIZZA,)))
    assert caught.value.code == "kind_differs"


def test_changes_are_numbered_over_all_orders(bench: Bench) -> None:
    first, second = bench.new(), bench.new()
    bench.till.change_status(first, PosStatus.OPEN)
    bench.till.change_status(first, PosStatus.OPEN)  # so already: no change
    listed = bench.till.since("", 10)
    assert [(ticket.id, ticket.change) for ticket in listed.orders] == [(second, 2), (first, 3)]
    assert bench.till.since(listed.cursor, 10).orders == ()
    assert bench.till.since("999999", 10).cursor == "3"  # a cursor from another life does not hide the future
    assert [event["what"] for _, event in bench.events] == ["created", "created", "status"]


def test_cancels_may_be_ignored_for_the_api_not_for_people(bench: Bench) -> None:
    bench.till.temper.ignore_cancel = True
    ident = bench.new()
    assert bench.till.change_status(ident, PosStatus.VOID).status is PosStatus.HELD
    assert bench.till.change_status(ident, PosStatus.VOID, by="till").status is PosStatus.VOID


def test_a_failed_order_leaves_no_key(bench: Bench) -> None:
    bad = OrderForm(kind=Kind.TAKEAWAY, lines=(LineForm(product="none"),))
    with pytest.raises(TillError):
        bench.till.create(bad, received_at=0, key="k")
    good, new = bench.till.create(OrderForm(kind=Kind.TAKEAWAY, lines=(PIZZA,)), received_at=0, key="k")
    assert new
    assert bench.till.create(OrderForm(kind=Kind.TAKEAWAY, lines=(PIZZA,)), received_at=0, key="k") == (good, False)


def test_words(bench: Bench) -> None:
    assert status_word("completed", Kind.TABLE) is PosStatus.CLOSED
    assert status_word("completed", Kind.BOOKING) is PosStatus.FINISHED
    assert status_word("out", Kind.DELIVERY) is PosStatus.OUT
    assert status_word("no_show", Kind.BOOKING) is PosStatus.NO_SHOW


def test_a_changed_price_counts_for_orders_without_one(bench: Bench) -> None:
    bench.catalog.change("P-102", Change(price=Decimal("11.50")))
    bench.catalog.change("P-102", Change(available=False))
    ticket = bench.till.read(bench.new(lines=(LineForm(product="P-102"),)))
    assert ticket.total == Decimal("11.50")
    with pytest.raises(TillError):
        bench.catalog.change("none", Change(available=True))
