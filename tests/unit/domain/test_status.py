"""The two ladders of domain.md, and what becomes of two sides that change at once."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import StatusError
from app.domain.status import ANSWERS, FINAL, OFF, Merge, OrderType, Status, check_step, ladder, merge, next_steps

P, A, I, R, D, C = (  # noqa: E741
    Status.PENDING,
    Status.ACCEPTED,
    Status.IN_PREPARATION,
    Status.READY,
    Status.DISPATCHED,
    Status.COMPLETED,
)
S, REJ, CAN, NO = Status.SEATED, Status.REJECTED, Status.CANCELLED, Status.NO_SHOW

EATEN = (OrderType.COLLECTION, OrderType.INSITU, OrderType.INSIDE)
WAYS = {OrderType.DELIVERY: (P, A, I, R, D, C), OrderType.RESERVATION: (P, A, S, C)} | dict.fromkeys(
    EATEN, (P, A, I, R, C)
)

types = st.sampled_from(OrderType)
statuses = st.sampled_from(Status)
reachable = types.flatmap(lambda kind: st.tuples(st.just(kind), st.sampled_from([*WAYS[kind], REJ, CAN])))
"""A type and a status that an order of it may have."""

EVERYTHING = list(itertools.product(OrderType, Status, Status))


def may_have(kind: OrderType) -> set[Status]:
    return {*WAYS[kind], REJ, CAN} | ({NO} if kind is OrderType.RESERVATION else set())


# what there is


def test_sets() -> None:
    assert {C, REJ, CAN, NO} == FINAL
    assert {REJ, CAN, NO} == OFF
    assert {A, REJ, CAN} == ANSWERS
    assert {status for status in Status if status.final} == FINAL


@pytest.mark.parametrize("kind", list(OrderType))
def test_ladder(kind: OrderType) -> None:
    assert ladder(kind) == WAYS[kind]


# what people may do


@pytest.mark.parametrize(
    ("kind", "current", "possible"),
    [
        (OrderType.DELIVERY, P, {A, I, R, D, C, REJ, CAN}),
        (OrderType.DELIVERY, A, {I, R, D, C, CAN}),
        (OrderType.DELIVERY, I, {R, D, C, CAN}),
        (OrderType.DELIVERY, R, {D, C, CAN}),
        (OrderType.DELIVERY, D, {C, CAN}),
        *((kind, P, {A, I, R, C, REJ, CAN}) for kind in EATEN),
        *((kind, A, {I, R, C, CAN}) for kind in EATEN),
        *((kind, R, {C, CAN}) for kind in EATEN),
        (OrderType.RESERVATION, P, {A, S, C, REJ, CAN, NO}),
        (OrderType.RESERVATION, A, {S, C, CAN, NO}),
        (OrderType.RESERVATION, S, {C, CAN}),
        *((kind, final, set()) for kind in OrderType for final in sorted(FINAL)),
    ],
)
def test_next_steps(kind: OrderType, current: Status, possible: set[Status]) -> None:
    assert next_steps(kind, current) == possible


@given(types, statuses, statuses)
def test_a_step_is_refused_when_it_is_none_of_the_next(kind: OrderType, current: Status, target: Status) -> None:
    if target in next_steps(kind, current):
        check_step(kind, current, target)
        return
    with pytest.raises(StatusError) as refused:
        check_step(kind, current, target)
    assert refused.value.code == ("STATUS_FINAL" if current.final else "STATUS_NOT_POSSIBLE")
    assert current.value in refused.value.message


@given(types, statuses)
def test_steps_never_lead_back_nor_to_what_the_type_lacks(kind: OrderType, current: Status) -> None:
    """Also from a status of another type: an unreadable order was taken for a delivery and is a reservation."""
    steps = next_steps(kind, current)
    assert steps <= may_have(kind) - {current, P}
    if not current.final:
        assert CAN in steps
        assert C in steps
    for step in steps:
        assert current not in next_steps(kind, step)


@given(reachable)
def test_every_order_that_is_not_final_can_end(at: tuple[OrderType, Status]) -> None:
    kind, current = at
    assert current.final or FINAL & next_steps(kind, current)


# what the other side says


@pytest.mark.parametrize(("kind", "current", "incoming"), EVERYTHING)
def test_merge(kind: OrderType, current: Status, incoming: Status) -> None:
    """Said once more in other words: domain.md, "Two sides changing at once"."""
    if incoming is current:
        expected = Merge.SAME
    elif current is C and incoming is CAN:
        expected = Merge.REFUND
    elif current.final:
        expected = Merge.LOST
    elif incoming not in may_have(kind):
        expected = Merge.STALE
    elif incoming.final:
        expected = Merge.APPLIED
    elif current not in may_have(kind):
        return  # see test_merge_with_a_status_of_another_type
    else:
        way = WAYS[kind]
        expected = Merge.APPLIED if way.index(incoming) > way.index(current) else Merge.STALE
    assert merge(kind, current, incoming) is expected


@pytest.mark.parametrize(
    ("kind", "current", "incoming", "expected"),
    [
        (OrderType.COLLECTION, D, C, Merge.APPLIED),
        (OrderType.COLLECTION, D, R, Merge.STALE),
        (OrderType.RESERVATION, I, A, Merge.STALE),
        (OrderType.RESERVATION, I, S, Merge.STALE),
        (OrderType.RESERVATION, I, C, Merge.APPLIED),
        (OrderType.DELIVERY, S, R, Merge.APPLIED),
        (OrderType.DELIVERY, S, P, Merge.STALE),
    ],
)
def test_merge_with_a_status_of_another_type(
    kind: OrderType, current: Status, incoming: Status, expected: Merge
) -> None:
    assert merge(kind, current, incoming) is expected


def merged(kind: OrderType, current: Status, incoming: Status) -> Status:
    return incoming if merge(kind, current, incoming) is Merge.APPLIED else current


@given(types, st.lists(statuses, max_size=12))
def test_never_back_and_a_final_one_stays(kind: OrderType, told: list[Status]) -> None:
    current, way = P, WAYS[kind]
    for incoming in told:
        following = merged(kind, current, incoming)
        assert following in may_have(kind)
        if current.final:
            assert following is current
        elif not following.final:
            assert way.index(following) >= way.index(current)
        current = following


@given(reachable, statuses, statuses)
def test_the_order_of_two_simultaneous_changes_matters_only_between_two_final_ones(
    at: tuple[OrderType, Status], one: Status, other: Status
) -> None:
    kind, current = at
    first = merged(kind, merged(kind, current, one), other)
    last = merged(kind, merged(kind, current, other), one)
    if one.final and other.final:
        assert first.final == last.final
    else:
        assert first is last


@given(reachable, st.lists(statuses, min_size=1, max_size=6))
def test_saying_it_twice_changes_nothing(at: tuple[OrderType, Status], told: list[Status]) -> None:
    kind, current = at
    for incoming in told:
        current = merged(kind, current, incoming)
    for incoming in told[-1:]:
        assert merged(kind, current, incoming) is current
        assert merge(kind, current, incoming) is not Merge.APPLIED


@given(reachable)
def test_a_final_one_beats_one_that_is_not_from_either_side(at: tuple[OrderType, Status]) -> None:
    kind, current = at
    if not current.final:
        for final in (C, CAN, REJ):
            assert merge(kind, current, final) is Merge.APPLIED
            assert merge(kind, final, current) is Merge.LOST


def test_no_show_is_for_reservations() -> None:
    assert merge(OrderType.RESERVATION, S, NO) is Merge.APPLIED
    assert merge(OrderType.INSIDE, A, NO) is Merge.STALE
