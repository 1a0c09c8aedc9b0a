"""Closed by anyone is closed, for what the closing speaks of."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.availability import Closing, ClosingSource, is_open
from app.domain.status import OrderType
from tests.helpers.clock import START

MINUTE = timedelta(minutes=1)
channels = st.sampled_from(("glovo", "ubereats", "sinqro"))
offsets = st.integers(-100, 100).map(lambda minutes: START + minutes * MINUTE)


@st.composite
def closings(draw: st.DrawFn) -> Closing:
    return Closing(
        id=draw(st.text(max_size=3)),
        source=draw(st.sampled_from(ClosingSource)),
        since=draw(offsets),
        until=draw(st.none() | offsets),
        order_types=tuple(draw(st.sets(st.sampled_from(OrderType), max_size=2))),
        channels=tuple(draw(st.sets(channels, max_size=2))),
    )


def closed(*, order_types: tuple[OrderType, ...] = (), channels: tuple[str, ...] = ()) -> Closing:
    until = START + 20 * MINUTE
    return Closing(
        id="1", source=ClosingSource.STAFF, since=START, until=until, order_types=order_types, channels=channels
    )


@pytest.mark.parametrize(("minutes", "covered"), [(-1, False), (0, True), (19, True), (20, False), (21, False)])
def test_from_its_start_up_to_its_end(minutes: int, covered: bool) -> None:
    assert closed().covers(START + minutes * MINUTE, OrderType.DELIVERY, "glovo") is covered


def test_without_an_end_until_somebody_lifts_it() -> None:
    closing = Closing(id="1", source=ClosingSource.POS, since=START)
    assert closing.covers(START + timedelta(days=4000), OrderType.INSIDE, "sinqro")


@pytest.mark.parametrize("kind", list(OrderType))
def test_for_some_types_only(kind: OrderType) -> None:
    closing = closed(order_types=(OrderType.DELIVERY,))
    assert closing.covers(START, kind, "glovo") is (kind is OrderType.DELIVERY)


def test_for_some_channels_only() -> None:
    closing = closed(channels=("glovo",))
    assert closing.covers(START, OrderType.DELIVERY, "glovo")
    assert not closing.covers(START, OrderType.DELIVERY, "ubereats")


@given(st.lists(closings(), max_size=5), offsets, st.sampled_from(OrderType), channels)
def test_closed_by_anyone_is_closed(many: list[Closing], at: datetime, kind: OrderType, channel: str) -> None:
    by = [closing for closing in many if closing.covers(at, kind, channel)]
    assert is_open(many, at, kind, channel) is (not by)
    others = [closing for closing in many if closing not in by]
    assert is_open(others, at, kind, channel)


@given(closings(), offsets, st.sampled_from(OrderType), channels)
def test_one_closing(closing: Closing, at: datetime, kind: OrderType, channel: str) -> None:
    """Said the other way round: what leaves the door open."""
    before = at < closing.since
    over = closing.until is not None and at >= closing.until
    other_type = closing.order_types != () and kind not in closing.order_types
    other_channel = closing.channels != () and channel not in closing.channels
    assert is_open([closing], at, kind, channel) is (before or over or other_type or other_channel)
