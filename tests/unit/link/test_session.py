"""The session core: no network, no clock."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.link import wire
from app.link.clock import ClockOffset
from app.link.messages import unknown_method
from app.link.session import Answered, Event, Faulty, HelloRefused, Opened, Request, Session, SessionState
from app.ports.sinqro import Role

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
HELLO_ANSWER = {
    "time": "2026-11-25T20:00:30+0000",
    "sellingPoints": [
        {"id": 3961, "role": "active", "epoch": 4},
        {
            "id": "77",
            "role": "viewer",
            "epoch": 2,
            "taken": {"code": "SELLING_POINT_TAKEN", "deviceName": "CAJA-1", "since": "2026-11-25T19:00:00+0000"},
        },
        {"id": 78, "role": "owner"},
    ],
}


def take(session: Session, frame: Any, *, at: float = 0) -> Event | None:
    raw = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
    return session.receive(raw, now=NOW + timedelta(seconds=at), monotonic=at)


def opened(session: Session | None = None) -> Session:
    session = session or Session(offset=ClockOffset())
    session.hello({}, monotonic=0)
    assert isinstance(take(session, {"id": 1, "result": HELLO_ANSWER}), Opened)
    assert session.start() == []
    return session


def faulty(event: Event | None) -> tuple[int, str, Any]:
    assert isinstance(event, Faulty)
    answer = json.loads(event.answer)
    return answer["error"]["code"], answer["error"]["data"]["code"], answer["id"]


def test_hello_opens_and_measures_the_clock() -> None:
    offset = ClockOffset()
    session = Session(offset=offset)
    states = [session.state]
    hello = json.loads(session.hello({"deviceName": "CAJA-2"}, monotonic=0, refusing="TOO_LARGE"))
    assert hello == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "link.hello",
        "params": {"deviceName": "CAJA-2", "refusing": "TOO_LARGE"},
    }
    states.append(session.state)
    event = take(session, {"jsonrpc": "2.0", "id": 1, "result": HELLO_ANSWER}, at=2)
    assert isinstance(event, Opened)
    first, second, third = event.roles
    assert (first.id, first.role, first.epoch) == ("3961", Role.ACTIVE, 4)
    assert (second.role, second.taken_by, second.taken_since) == (Role.VIEWER, "CAJA-1", NOW - timedelta(hours=1))
    assert third.role is Role.VIEWER  # an unknown role injects nothing
    assert offset.value == timedelta(seconds=29)  # theirs :30, ours :01 in the middle of the round trip
    assert [*states, session.state] == [SessionState.CONNECTING, SessionState.GREETING, SessionState.OPEN]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": {"code": -32000, "message": "too old", "data": {"code": "VERSION"}}}, "VERSION"),
        ({"result": {"sellingPoints": "none"}}, "SINQRO_REFUSED"),
        ({"result": 5}, "SINQRO_REFUSED"),
        ({}, "SINQRO_REFUSED"),
    ],
)
def test_refused_hello_closes(answer: dict[str, Any], code: str) -> None:
    session = Session(offset=ClockOffset())
    session.hello({}, monotonic=0)
    event = take(session, {"id": 1} | answer)
    assert isinstance(event, HelloRefused)
    assert event.error.code == code
    assert session.state is SessionState.CLOSED
    assert take(session, {"id": 2, "method": "order.create"}) is None


def test_requests_are_held_until_the_start_in_order() -> None:
    session = Session(offset=ClockOffset(), held_requests=3)
    session.hello({}, monotonic=0)
    assert take(session, {"id": 10, "method": "a"}) is None
    take(session, {"id": 1, "result": HELLO_ANSWER})
    assert take(session, {"id": 11, "method": "b"}) is None
    assert take(session, {"id": 12, "method": "c"}) is None
    assert faulty(take(session, {"id": 13, "method": "d"})) == (-32000, "NOT_READY", 13)
    assert [request.method for request in session.start()] == ["a", "b", "c"]
    assert isinstance(take(session, {"id": 14, "method": "e"}), Request)


def test_held_bytes_are_bounded_too() -> None:
    session = Session(offset=ClockOffset(), held_bytes=20)
    session.hello({}, monotonic=0)
    assert take(session, {"id": 10, "method": "a", "params": ["x" * 10]}) is None
    assert faulty(take(session, {"id": 11, "method": "a", "params": ["x" * 10]}))[1] == "NOT_READY"


def test_request_and_its_answers() -> None:
    session = opened()
    event = take(session, b'{"jsonrpc":"2.0","id":"r-1","method":"order.get","params":{"a" : 1.10}}')
    assert event == Request(b'"r-1"', "order.get", b'{"a" : 1.10}')
    assert session.result(event, {"a": 1}) == b'{"jsonrpc":"2.0","id":"r-1","result":{"a":1}}'
    assert json.loads(session.fault(event, unknown_method("x")))["id"] == "r-1"


def test_request_without_id_gets_no_answer() -> None:
    session = opened()
    event = take(session, {"method": "link.superseded"})
    assert isinstance(event, Request)
    assert session.result(event, {}) == session.fault(event, unknown_method("x")) == b""


def test_calls_and_their_answers() -> None:
    session = opened()
    first, frame = session.call("order.get", {"orderId": 5}, monotonic=0)
    assert json.loads(frame) == {"jsonrpc": "2.0", "id": first, "method": "order.get", "params": {"orderId": 5}}
    second, _ = session.call("order.list", {}, monotonic=0)
    third, _ = session.call("order.list", {}, monotonic=0)
    assert take(session, {"id": str(second), "result": None}) == Answered(second, b"null")
    event = take(session, {"id": first, "error": {"code": -32000, "message": "no", "data": {"code": "UNKNOWN_ORDER"}}})
    assert isinstance(event, Answered)
    assert event.error is not None
    assert event.error.code == "UNKNOWN_ORDER"
    for stray in (first, 99, "x", None, True):
        take(session, {"id": stray, "result": 1})
    assert session.strays == 4
    assert session.faults == 1  # true is no id
    session.forget(third)
    assert session.close() == []


def test_pending_calls_end_with_the_session() -> None:
    session = opened()
    call_id, _ = session.call("order.get", {}, monotonic=0)
    assert session.close() == [call_id]
    assert take(session, {"id": call_id, "result": 1}) is None


def test_ping_measures_the_clock() -> None:
    offset = ClockOffset()
    session = opened(Session(offset=offset))
    call_id, _ = session.call(wire.PING, {}, monotonic=10)
    take(session, {"id": call_id, "result": {"time": "2026-11-25T20:01:10Z"}}, at=10)
    assert offset.value == timedelta(seconds=60)  # contradicts the hello's 30: the clock was set
    call_id, _ = session.call(wire.PING, {}, monotonic=11)
    assert isinstance(take(session, {"id": call_id, "result": {"time": "soon"}}, at=11), Answered)
    assert offset.value == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("frame", "code", "name", "frame_id"),
    [
        (b"", -32700, "PARSE_ERROR", None),
        (b'{"id":1', -32700, "PARSE_ERROR", None),
        (b"\xff\xfe", -32700, "PARSE_ERROR", None),
        (b'{"id":5,"method":"\xff"}', -32700, "PARSE_ERROR", None),
        (b'{"id":5,"method":"a","params":NaN}', -32700, "PARSE_ERROR", None),
        (b"5", -32600, "INVALID_REQUEST", None),
        (b'"x"', -32600, "INVALID_REQUEST", None),
        (b"null", -32600, "INVALID_REQUEST", None),
        (b'{"id":5,"method":7}', -32600, "INVALID_REQUEST", 5),
        (b'{"id":"q","method":null}', -32600, "INVALID_REQUEST", "q"),
        (b'{"id":{},"method":"a"}', -32600, "INVALID_REQUEST", None),
        (b'{"id":true,"method":"a"}', -32600, "INVALID_REQUEST", None),
        (b'{"id":5}', -32600, "INVALID_REQUEST", 5),
        (b"{}", -32600, "INVALID_REQUEST", None),
        (b' \n[{"id":1,"method":"a"}]', -32600, "BATCH", None),
        (b"[" * 100_000, -32600, "BATCH", None),
        (b'{"jsonrpc":"2.0","id":9,"method":"a","params":' + b"[" * 100_000, -32600, "TOO_DEEP", 9),
        (b'{"method":"a","params":' + b"[" * 100_000 + b"]" * 100_000 + b',"id":"z"}', -32600, "TOO_DEEP", "z"),
        (b'{"method":"a","params":{"id":4,"x":' + b"[" * 100_000, -32600, "TOO_DEEP", None),
    ],
)
def test_what_is_no_frame_is_answered(frame: bytes, code: int, name: str, frame_id: Any) -> None:
    session = opened()
    event = take(session, frame)
    assert faulty(event) == (code, name, frame_id)
    assert isinstance(event, Faulty)
    assert event.raw == frame  # for the quarantine
    assert isinstance(take(session, {"id": 6, "method": "order.create"}), Request)  # and it goes on


@pytest.mark.parametrize("place", ["first", "last"])
def test_too_large_is_answered_by_its_id(place: str) -> None:
    session = opened()
    filling = b'"params":"' + b"x" * wire.FRAME_LIMIT + b'"'
    frame = b'{"id":3,"method":"a",' + filling + b"}" if place == "first" else b'{"method":"a",' + filling + b',"id":3}'
    event = take(session, frame)
    assert faulty(event) == (-32600, "TOO_LARGE", 3)
    assert isinstance(event, Faulty)
    assert event.raw == b""  # too large to keep, too


def test_too_large_and_broken() -> None:
    session = opened()
    broken = b'{"id":3,"method":"a","params":"' + b"x" * wire.FRAME_LIMIT
    assert faulty(take(session, broken)) == (-32600, "TOO_LARGE", 3)


def test_too_large_answer_fails_its_call() -> None:
    session = opened()
    call_id, _ = session.call("order.list", {}, monotonic=0)
    event = take(session, b'{"id":%d,"result":"%b"}' % (call_id, b"x" * wire.FRAME_LIMIT))
    assert isinstance(event, Answered)
    assert event.error is not None
    assert event.error.code == "TOO_LARGE"


def test_largest_frame_is_read() -> None:
    session = opened()
    start, end = b'{"id":3,"method":"a","params":"', b'"}'
    frame = start + b"x" * (wire.FRAME_LIMIT - len(start) - len(end)) + end
    assert isinstance(take(session, frame), Request)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
PARTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
FRAMES = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | PARTS,
        "id": st.integers(-1, 3) | PARTS,
        "method": st.sampled_from(["order.create", "link.ping", ""]) | PARTS,
        "params": PARTS,
        "result": st.just(HELLO_ANSWER) | PARTS,
        "error": st.just({"code": 1, "message": "m"}) | PARTS,
    },
)


@given(frames=st.lists(FRAMES.map(lambda frame: json.dumps(frame).encode()) | st.binary(max_size=40), max_size=8))
def test_no_frame_ever_raises(frames: list[bytes]) -> None:
    session = Session(offset=ClockOffset())
    session.hello({}, monotonic=0)
    call_id, _ = session.call("order.get", {}, monotonic=0)
    for number, frame in enumerate(frames):
        before = session.state
        event = take(session, frame, at=number)
        if isinstance(event, Faulty):
            assert "error" in json.loads(event.answer)
        if isinstance(event, Answered):
            assert event.call_id == call_id
            assert bool(event.result) != (event.error is not None)
        if isinstance(event, Request):
            assert event.method
        closed = session.state is SessionState.CLOSED
        assert closed == (before is SessionState.CLOSED or isinstance(event, HelloRefused))


@given(cut=st.integers(0, 60), flip=st.integers(0, 60), to=st.integers(0, 255))
def test_damaged_frames_never_raise(cut: int, flip: int, to: int) -> None:
    session = opened()
    frame = bytearray(b'{"jsonrpc":"2.0","id":12,"method":"order.create","params":{}}')
    frame[flip] = to
    event = take(session, bytes(frame[: cut or None]))
    assert event is None or isinstance(event, Request | Faulty)
