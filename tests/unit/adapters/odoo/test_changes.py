"""The cursor: nothing missed in whole seconds, late transactions and long windows; nothing told twice."""

import random
from decimal import Decimal

import pytest

from adapters.odoo import changes, forms
from adapters.odoo.changes import PAGE, Cursor
from adapters.odoo.forms import OrderRow
from app.domain.status import Status


def row(ident: int, at: str, state: str = "draft", **more: object) -> OrderRow:
    values = {"uuid": "u", "amount_total": Decimal(1), "amount_paid": Decimal(0), **more}
    return OrderRow(id=ident, write_date=f"2026-11-25 20:{at}", state=state, **values)  # type: ignore[arg-type]


class Till:
    """Orders with their true times; tells whole seconds."""

    def __init__(self) -> None:
        self.rows: dict[int, OrderRow] = {}

    def poll(self, cursor: Cursor) -> tuple[list[int], Cursor]:
        told: list[int] = []
        more = True
        while more:
            rows = [
                found
                for ident, found in sorted(self.rows.items())
                if found.write_date >= cursor.since and ident > cursor.after
            ][:PAGE]
            new, cursor, more = changes.step(cursor, rows)
            cursor = changes.parse(str(cursor)) or cursor
            told += [found.id for found in new]
        return told, cursor


def test_a_second_change_within_the_second_is_told() -> None:
    till = Till()
    till.rows[1] = row(1, "00:10")
    cursor = changes.start("2026-11-25 20:00:10", till.rows.values())
    assert till.poll(cursor) == ([], cursor)
    till.rows[1] = row(1, "00:10", "paid")
    told, after = till.poll(cursor)
    assert told == [1]
    assert till.poll(after) == ([], after)


def test_a_transaction_that_ends_late_is_told() -> None:
    till = Till()
    till.rows[2] = row(2, "05:30")
    cursor = changes.start("2026-11-25 20:05:30", till.rows.values())
    till.rows[1] = row(1, "04:45", "paid")  # began first, ended last
    assert till.poll(cursor)[0] == [1]


def test_a_closing_of_the_till_writes_more_orders_in_a_second_than_a_page_has() -> None:
    till = Till()
    cursor = changes.start("2026-11-25 20:00:00", [])
    till.rows = {ident: row(ident, "10:00", "done") for ident in range(1, 2 * PAGE + 4)}
    told, after = till.poll(cursor)
    assert told == list(range(1, 2 * PAGE + 4))
    assert till.poll(after) == ([], after)


def test_the_cursor_forgets_what_left_its_window() -> None:
    till = Till()
    cursor = changes.start("2026-11-25 20:00:00", [row(9, "00:00")])
    till.rows[1] = row(1, "30:00")
    _, cursor = till.poll(cursor)
    assert (cursor.since, list(cursor.seen)) == ("2026-11-25 20:29:00", [1])


@pytest.mark.parametrize("seed", range(20))
def test_every_last_state_is_told_once_at_least(seed: int) -> None:
    dice = random.Random(seed)
    till = Till()
    cursor = changes.start("2026-11-25 20:00:00", [])
    states: dict[int, str] = {}
    for second in range(120):
        for _ in range(dice.randrange(3)):
            ident = dice.randrange(1, 30)
            late = max(0, second - dice.choice((0, 0, 0, 5, 40)))
            till.rows[ident] = row(ident, f"{late // 60:02}:{late % 60:02}", dice.choice(("draft", "paid", "cancel")))
        if dice.random() < 0.4:
            told, cursor = till.poll(cursor)
            states |= {ident: till.rows[ident].state for ident in told}
    told, cursor = till.poll(cursor)
    states |= {ident: till.rows[ident].state for ident in told}
    assert states == {ident: found.state for ident, found in till.rows.items()}
    assert till.poll(cursor) == ([], cursor)


@pytest.mark.parametrize("text", ["", "1", "[]", '["x","y"]', '{"since":1}', "[" * 10_000])
def test_what_is_no_cursor_starts_anew(text: str) -> None:
    assert changes.parse(text) is None


@pytest.mark.parametrize(
    ("found", "status", "word"),
    [
        (row(1, "00:00"), Status.ACCEPTED, "draft"),
        (row(1, "00:00", last_order_preparation_change='{"lines": {}}'), Status.ACCEPTED, "draft"),
        (row(1, "00:00", last_order_preparation_change="nonsense"), Status.ACCEPTED, "draft"),
        (row(1, "00:00", last_order_preparation_change='{"lines": {"a": {}}}'), Status.IN_PREPARATION, "sent"),
        (row(1, "00:00", "paid"), Status.COMPLETED, "paid"),
        (row(1, "00:00", "done"), Status.COMPLETED, "done"),
        (row(1, "00:00", "cancel"), Status.CANCELLED, "cancel"),
        (row(1, "00:00", "cancel", floating_order_name="Mesa 5 · Glovo A"), None, "joined"),
        (row(1, "00:00", "cancel", floating_order_name="Mesa 5 · A", table_id=(5, "")), Status.CANCELLED, "cancel"),
        (row(1, "00:00", "invoiced"), None, "invoiced"),
    ],
)
def test_odoos_states_in_our_words(found: OrderRow, status: Status | None, word: str) -> None:
    assert forms.status_of(found) == (status, word)


@pytest.mark.parametrize("reference", ["418774", "a/b", "", "ñ 1"])
def test_the_reference_comes_back_from_a_lines_name(reference: str) -> None:
    assert forms.reference_of(forms.line_name(reference, 3)) == reference
    assert forms.reference_of("Order line 12") == ""
