"""Sheets: what a card shows of an order's text, made once for each version."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from app.domain.order_changes import ChangeKind
from app.domain.record import Mark, OrderKey, OrderRecord, OrderVersion
from app.ports.ledger import LedgerView
from app.services.sheets import SheetBook

NOW = datetime(2026, 12, 4, 20, 34, tzinfo=UTC)
KEY = OrderKey("71", "5")

ORDER: dict[str, Any] = {
    "id": 5,
    "type": "delivery",
    "totalAmount": "37.40",
    "comment": "Alergia a los frutos secos, por favor.",
    "consumer": {"name": "Marta", "lastname": "Ruiz", "phone": 600000482},
    "market": {"code": "glovo", "name": "Glovo"},
    "payments": [{"amount": 20, "prepaid": True}, {"amount": 17.4, "prepaid": False, "paymentMethodName": "Cash"}],
    "deliveries": [{"driver": {"name": "Ana"}, "pickupAgreedAt": "2026-12-04T20:40:00+0000"}],
    "serviceLocation": {"name": "7", "serviceZone": {"name": "Terraza"}},
    "orderLines": [
        {
            "label": "Hamburguesa",
            "quantity": 2,
            "unitPrice": "12.90",
            "comment": "sin gluten",
            "childrenOrderLines": [
                {"label": "Al punto", "type": "PRODUCT_OPTION"},
                {"label": "queso", "quantity": 2, "type": "PRODUCT_OPTION"},
            ],
        },
        {"label": "Envío", "type": "DELIVERY", "unitPrice": 2},
    ],
}


class Shelf:
    """The ledger's texts of one order; counts how often they are read."""

    def __init__(self, *texts: object) -> None:
        self.texts = [text if isinstance(text, bytes) else json.dumps(text).encode() for text in texts]
        self.reads = 0

    def version(self, key: OrderKey, number: int | None = None) -> OrderVersion | None:
        self.reads += 1
        assert number is not None
        if not 1 <= number <= len(self.texts):
            return None
        return OrderVersion(number=number, raw=self.texts[number - 1], received_at=NOW)

    @property
    def view(self) -> LedgerView:
        return cast("LedgerView", self)


def record(**changes: Any) -> OrderRecord:
    known: dict[str, Any] = {"selling_point": "71", "order_id": "5", "received_at": NOW, "status_at": NOW}
    return OrderRecord(**(known | changes))


def test_everything_a_card_shows() -> None:
    sheet = SheetBook().sheet(Shelf(ORDER).view, record(), UTC)
    assert sheet.readable
    dish, delivery = sheet.lines
    assert (dish.quantity, dish.label, dish.options) == (Decimal(2), "Hamburguesa", ("Al punto", "2× queso"))  # noqa: RUF001
    assert (dish.comment, dish.total, dish.charge) == ("sin gluten", Decimal("25.80"), False)
    assert delivery.charge
    assert set(sheet.allergies) == {"gluten", "frutos secos"}
    assert (sheet.customer, sheet.phone, sheet.channel_name) == ("Marta Ruiz", "600000482", "Glovo")
    assert (sheet.table, sheet.zone, sheet.rider) == ("7", "Terraza", "Ana")
    assert sheet.pickup_at == datetime(2026, 12, 4, 20, 40, tzinfo=UTC)
    assert not sheet.prepaid
    assert sheet.to_collect == Decimal("17.40")


@pytest.mark.parametrize(
    ("payments", "prepaid", "to_collect"),
    [
        (None, False, None),
        ([{"amount": "37.40", "prepaid": True}], True, Decimal(0)),
        ([{"amount": "37.40"}], False, Decimal("37.40")),
        ([{"amount": "50", "prepaid": True}, {"amount": 0}], False, Decimal(0)),
    ],
)
def test_paid_or_to_collect(payments: object, prepaid: bool, to_collect: Decimal | None) -> None:
    sheet = SheetBook().sheet(Shelf({**ORDER, "payments": payments}).view, record(), UTC)
    assert (sheet.prepaid, sheet.to_collect) == (prepaid, to_collect)


def test_a_version_is_read_once_and_a_new_one_anew() -> None:
    book, shelf = SheetBook(), Shelf(ORDER, {**ORDER, "comment": "x"})
    first = book.sheet(shelf.view, record(), UTC)
    assert book.sheet(shelf.view, record(reason="too_busy"), UTC) is first
    assert shelf.reads == 1
    second = book.sheet(shelf.view, record(version=2), UTC)
    assert [change.kind for change in second.changes] == [ChangeKind.COMMENT]
    book.keep_only(set())
    book.sheet(shelf.view, record(version=2), UTC)
    assert shelf.reads == 5


def test_by_hand_the_difference_is_against_what_the_pos_has() -> None:
    shelf = Shelf(ORDER, {**ORDER, "comment": "x"}, {**ORDER, "comment": "x", "dinersNumber": 3})
    by_hand = record(version=3, pos_version=1, marks=frozenset({Mark.CHANGE_BY_HAND}))
    sheet = SheetBook().sheet(shelf.view, by_hand, UTC)
    assert {change.kind for change in sheet.changes} == {ChangeKind.COMMENT, ChangeKind.DINERS}


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"id":5,"totalAmount":"a","code":"U9","comment":"alergia al huevo"}'])
def test_an_unreadable_one_shows_what_there_is(raw: bytes) -> None:
    sheet = SheetBook().sheet(Shelf(raw).view, record(), UTC)
    assert not sheet.readable
    if b"U9" in raw:
        assert dict(sheet.raw)["code"] == "U9"
        assert sheet.allergies == ("huevo",)


def test_no_text_at_all_is_no_fault() -> None:
    assert not SheetBook().sheet(Shelf().view, record(), UTC).readable
