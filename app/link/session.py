"""One session of the link, without I/O and without a clock.

``connecting`` → :meth:`Session.hello` gives the first frame → ``greeting`` → Sinqro's answer arrives as
:class:`Opened` → ``open``; :meth:`Session.close` → ``closed``. Received frames and times go into
:meth:`Session.receive`, at most one event comes out of each; frames to send come out of ``hello``, ``call``,
``result``, ``fault`` and of :class:`Faulty`. Requests that arrive before :meth:`Session.start` are held, so that
nothing is handled before the services know their roles. A frame may be anything: it never raises, and never ends the
session.
"""

import re
from collections import deque
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from app.domain.errors import SinqroError, SinqroRefused
from app.domain.times import parse_time
from app.link import wire
from app.link.clock import ClockOffset
from app.link.messages import (
    Frame,
    FrameHead,
    Id,
    RequestFault,
    decode_form,
    fault_frame,
    invalid_request,
    parse_fault,
    refusal_of,
    request_frame,
    result_frame,
)
from app.ports.sinqro import Role, SellingPointRole

HELD_REQUESTS = 4096
HELD_BYTES = 64 * 2**20
"""Requests held before the start; what is above is answered ``NOT_READY`` and repeated by Sinqro."""

_FRAME = msgspec.json.Decoder(Frame)
_HEAD = msgspec.json.Decoder(FrameHead)
_SCALAR = rb'("(?:[^"\\]|\\.){0,200}"|-?\d{1,30})'
_ID_FIRST = re.compile(rb'\s*\{[^{}\[\]]{0,500}?"id"\s*:\s*' + _SCALAR)
"""An id among the scalars before the first nested value: surely the frame's own."""
_ID_LAST = re.compile(rb',\s*"id"\s*:\s*' + _SCALAR + rb'\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*\Z')
"""An id right before the frame's closing brace."""


class SessionState(StrEnum):
    """How far the session is."""

    CONNECTING = "connecting"
    GREETING = "greeting"
    OPEN = "open"
    CLOSED = "closed"


class Request(msgspec.Struct, frozen=True):
    """A request of Sinqro's. ``id`` is the raw text of its id, empty when it wants no answer; ``params`` raw JSON."""

    id: bytes
    method: str
    params: bytes


class Answered(msgspec.Struct, frozen=True):
    """The answer to our call: ``result`` is raw JSON, or ``error`` says why there is none."""

    call_id: int
    result: bytes = b""
    error: SinqroError | None = None


class Opened(msgspec.Struct, frozen=True):
    """The hello was answered."""

    roles: list[SellingPointRole]


class HelloRefused(msgspec.Struct, frozen=True):
    """The hello was answered with an error, or with something that cannot be read: the session is closed."""

    error: SinqroError


class Faulty(msgspec.Struct, frozen=True):
    """A frame that is no request and no answer: ``answer`` is to be sent, ``raw`` may be kept for people to look at."""

    answer: bytes
    fault: RequestFault
    raw: bytes


Event = Request | Answered | Opened | HelloRefused | Faulty


class _Taken(msgspec.Struct, rename="camel"):
    device_name: str = ""
    since: str | None = None


class _Point(msgspec.Struct, rename="camel"):
    id: Id
    role: str = Role.VIEWER
    epoch: int = 0
    taken: _Taken | None = None


class _Hello(msgspec.Struct, rename="camel"):
    selling_points: list[_Point]
    time: str | None = None


class _Time(msgspec.Struct):
    time: str | None = None


class Session:
    """See the module. ``offset`` outlives sessions; monotonic times are seconds, ``now`` is the local wall clock."""

    def __init__(
        self, *, offset: ClockOffset, held_requests: int = HELD_REQUESTS, held_bytes: int = HELD_BYTES
    ) -> None:
        self.state = SessionState.CONNECTING
        self.strays = 0
        """Answers to nothing we asked, or not any more."""
        self.faults = 0
        """Frames that were no request and no answer."""
        self._offset = offset
        self._held_requests, self._held_bytes = held_requests, held_bytes
        self._held: deque[Request] | None = deque()
        self._held_size = 0
        self._calls: dict[int, tuple[str, float]] = {}
        self._last_call = 0
        self._hello = 0

    def hello(self, params: dict[str, Any], *, monotonic: float, refusing: str = "") -> bytes:
        """The first frame. ``refusing``: code of what Sinqro must not repeat, since it closed the link twice."""
        if refusing:
            params = params | {"refusing": refusing}
        self.state = SessionState.GREETING
        self._hello, frame = self.call(wire.HELLO, params, monotonic=monotonic)
        return frame

    def call(self, method: str, params: dict[str, Any], *, monotonic: float) -> tuple[int, bytes]:
        """A request of ours: its id, by which :class:`Answered` comes, and its frame."""
        self._last_call += 1
        self._calls[self._last_call] = (method, monotonic)
        return self._last_call, request_frame(self._last_call, method, params)

    def forget(self, call_id: int) -> None:
        """Nobody waits for this answer any more."""
        self._calls.pop(call_id, None)

    def start(self) -> list[Request]:
        """The services are ready: the requests held until now, in order of arrival; later ones come at once."""
        held, self._held = self._held, None
        return list(held or ())

    def close(self) -> list[int]:
        """The connection is gone: the ids of calls that will never be answered."""
        self.state = SessionState.CLOSED
        pending = list(self._calls)
        self._calls.clear()
        return pending

    def result(self, request: Request, result: Any) -> bytes:
        """The frame that answers ``request``; empty when it wants none."""
        return result_frame(request.id, result) if request.id else b""

    def fault(self, request: Request, fault: RequestFault) -> bytes:
        """The frame that answers ``request`` with an error; empty when it wants none."""
        return fault_frame(request.id, fault) if request.id else b""

    def receive(self, raw: bytes, *, now: datetime, monotonic: float) -> Event | None:
        """Take one received text; ``None`` when it needs nothing to be done."""
        if self.state is SessionState.CLOSED:
            return None
        if len(raw) > wire.FRAME_LIMIT:
            return self._too_large(raw)
        if raw.lstrip(b" \t\r\n")[:1] == b"[":
            return self._faulty(raw, b"", invalid_request("batches are not taken", "BATCH"))
        try:
            frame = _FRAME.decode(raw)
        except RecursionError:
            return self._faulty(raw, _guess_id(raw), invalid_request("nested too deeply", "TOO_DEEP"))
        except msgspec.ValidationError as exc:
            return self._faulty(raw, _head_of(raw)[0], invalid_request(f"not a request: {exc}"))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._faulty(raw, b"", parse_fault())
        raw_id = bytes(frame.id)
        if raw_id[:1] in (b"{", b"[", b"t", b"f"):
            return self._faulty(raw, b"", invalid_request("an id is a number or a text"))
        if frame.method:
            return self._request(Request(raw_id, frame.method, bytes(frame.params)))
        return self._answer(raw, frame, raw_id, now, monotonic)

    def _request(self, request: Request) -> Event | None:
        if self._held is None:
            return request
        size = len(request.params)
        if len(self._held) >= self._held_requests or self._held_size + size > self._held_bytes:
            fault = RequestFault("not ready yet, repeat it", code="NOT_READY", retryable=True)
            return Faulty(self.fault(request, fault), fault, b"")
        self._held.append(request)
        self._held_size += size
        return None

    def _answer(self, raw: bytes, frame: Frame, raw_id: bytes, now: datetime, monotonic: float) -> Event | None:
        result, error = bytes(frame.result), bytes(frame.error)
        failed = error not in (b"", b"null")
        call = self._taken(raw_id)
        if call is None:
            if result or failed:
                self.strays += 1
                return None
            return self._faulty(raw, raw_id, invalid_request("neither a method nor a result"))
        call_id, method, sent = call
        if failed or not result:
            refusal = refusal_of(error) if failed else SinqroRefused("Sinqro's answer has no result")
            return self._failed(call_id, refusal)
        if method in (wire.HELLO, wire.PING):
            self._measure(result, now, monotonic, monotonic - sent)
        return self._open(result) if call_id == self._hello else Answered(call_id, result)

    def _taken(self, raw_id: bytes) -> tuple[int, str, float] | None:
        """The pending call with this id (as number or text), which is then no longer pending."""
        digits = raw_id.strip(b'"')
        call_id = int(digits) if digits.isdigit() and len(digits) < 16 else 0
        call = self._calls.pop(call_id, None)
        return None if call is None else (call_id, *call)

    def _failed(self, call_id: int, error: SinqroError) -> Event:
        if call_id != self._hello:
            return Answered(call_id, error=error)
        self.close()
        return HelloRefused(error)

    def _open(self, result: bytes) -> Event:
        try:
            hello = decode_form(_Hello, result)
        except RequestFault as exc:
            self.close()
            return HelloRefused(SinqroRefused(f"its answer to the hello cannot be read: {exc.message} ({exc.field})"))
        self.state = SessionState.OPEN
        return Opened([_role(point) for point in hello.selling_points])

    def _measure(self, result: bytes, now: datetime, monotonic: float, round_trip: float) -> None:
        try:
            theirs = parse_time(decode_form(_Time, result).time or "", UTC)
        except (RequestFault, ValueError, OverflowError):
            return  # no time in it, or none that can be read
        self._offset.sample(theirs, now=now, monotonic=monotonic, round_trip=round_trip)

    def _too_large(self, raw: bytes) -> Event | None:
        raw_id, is_request = _head_of(raw)
        if not is_request and (call := self._taken(raw_id)) is not None:
            return self._failed(call[0], SinqroRefused("Sinqro's answer is larger than 4 MiB", code="TOO_LARGE"))
        return self._faulty(b"", raw_id, invalid_request("frames are 4 MiB at most", "TOO_LARGE"))

    def _faulty(self, raw: bytes, raw_id: bytes, fault: RequestFault) -> Faulty:
        self.faults += 1
        return Faulty(fault_frame(raw_id, fault), fault, raw)


def _head_of(raw: bytes) -> tuple[bytes, bool]:
    """The raw id of a frame whose rest is of no use, empty when it cannot be read; and whether it has a method."""
    try:
        head = _HEAD.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _guess_id(raw), True
    raw_id = bytes(head.id)
    return (b"" if raw_id[:1] in (b"{", b"[", b"t", b"f") else raw_id), bool(bytes(head.method))


def _guess_id(raw: bytes) -> bytes:
    """The id of a frame that cannot be decoded, when it can be told for sure from its first or last bytes."""
    found = _ID_FIRST.match(raw) or _ID_LAST.search(raw[-512:])
    return found[1] if found else b""


def _role(point: _Point) -> SellingPointRole:
    """An unknown role counts as viewer: it injects nothing."""
    since = None
    if point.taken and point.taken.since:
        try:
            since = parse_time(point.taken.since, UTC)
        except (ValueError, OverflowError):
            since = None
    return SellingPointRole(
        id=str(point.id),
        role=Role.ACTIVE if point.role == Role.ACTIVE else Role.VIEWER,
        epoch=point.epoch,
        taken_by=point.taken.device_name if point.taken else "",
        taken_since=since,
    )
