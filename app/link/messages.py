"""JSON-RPC 2.0 frames of the link, and the parameters of Sinqro's requests.

A frame is decoded once into :class:`Frame`, whose ``id``, ``params``, ``result`` and ``error`` stay raw: an order's
text is handed on as it came and never re-encoded, and an id goes back in the very text it came in. Parameters are
decoded by whoever handles the request, with :func:`decode_params`, liberally: ids as number or text, numbers as text,
unknown fields ignored, optional parts missing or null. What is at fault becomes a :class:`RequestFault`, the one error
that is answered to Sinqro.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec

from app.domain.catalog import EntityKind
from app.domain.errors import CompanionError, SinqroRefused

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000

Id = int | Annotated[str, msgspec.Meta(min_length=1)]
"""An id as it came: a number or a text that is not empty."""

Count = Annotated[int, msgspec.Meta(ge=1)]
"""How many at the most."""

T = TypeVar("T")


class RequestFault(CompanionError):
    """An error answer to a request of Sinqro's. ``field`` is the JSON path of the first fault in its parameters."""

    code = "REQUEST_FAILED"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        rpc_code: int = SERVER_ERROR,
        field: str = "",
        retryable: bool = False,
    ) -> None:
        super().__init__(message, code=code)
        self.rpc_code = rpc_code
        self.field = field
        self.retryable = retryable

    @classmethod
    def of(cls, error: CompanionError) -> "RequestFault":
        """What Sinqro is told when the world failed us."""
        if isinstance(error, RequestFault):
            return error
        return cls(error.message, code=error.code, retryable=error.retryable)


def parse_fault() -> RequestFault:
    """The frame is not JSON (-32700)."""
    return RequestFault("the frame is not JSON", code="PARSE_ERROR", rpc_code=PARSE_ERROR)


def invalid_request(message: str, code: str = "INVALID_REQUEST") -> RequestFault:
    """The frame is JSON and no request (-32600); codes besides: ``TOO_LARGE``, ``TOO_DEEP``, ``BATCH``."""
    return RequestFault(message, code=code, rpc_code=INVALID_REQUEST)


def unknown_method(method: str) -> RequestFault:
    """A method that nobody here serves (-32601)."""
    return RequestFault(f"there is no method {method[:100]!r}", code="METHOD_NOT_FOUND", rpc_code=METHOD_NOT_FOUND)


def invalid_params(message: str, field: str = "$") -> RequestFault:
    """Parameters at fault (-32602)."""
    return RequestFault(message, code="INVALID_PARAMS", rpc_code=INVALID_PARAMS, field=field)


def internal_fault() -> RequestFault:
    """A bug of ours (-32603): the log has the traceback, Sinqro may repeat the request."""
    return RequestFault(
        "the companion failed, its log says why", code="INTERNAL_ERROR", rpc_code=INTERNAL_ERROR, retryable=True
    )


class Frame(msgspec.Struct, kw_only=True):
    """Any frame; parts that are missing are empty."""

    id: msgspec.Raw = msgspec.Raw()
    method: str = ""
    params: msgspec.Raw = msgspec.Raw()
    result: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()


class FrameHead(msgspec.Struct, kw_only=True):
    """As much of a frame as its answer needs; the rest is skipped, whatever it is."""

    id: msgspec.Raw = msgspec.Raw()
    method: msgspec.Raw = msgspec.Raw()


class Params(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """What every request about a selling point carries. Without ``requestId`` repetitions cannot be told."""

    selling_point_id: Id
    """The selling point: as number or text."""
    request_id: int | str | None = None
    """Names this request: a repetition with the same one gets the same answer and does nothing."""

    @property
    def selling_point(self) -> str:
        """The selling point's id as text, as the ledger has it."""
        return str(self.selling_point_id)

    @property
    def request(self) -> str:
        """The request's id as text, empty when it has none."""
        return "" if self.request_id is None else str(self.request_id)


class OrderCreate(Params, frozen=True, kw_only=True):
    """``order.create``: the order's own text."""

    order: msgspec.Raw
    """The order or reservation, in Sinqro's own form."""


class OrderParams(Params, frozen=True, kw_only=True):
    """A request about one order: ``order.get``, ``order.status.get``."""

    order_id: Id
    """The order: as number or text."""


class OrderList(Params, frozen=True, kw_only=True):
    """``order.list``: orders received since a moment."""

    since: str | None = None
    """ISO 8601; without zone in the selling point's. Missing: the last 72 hours."""
    limit: Count | None = None
    """At most so many on a page: 100 unless told, 500 at the most."""
    cursor: str | None = None
    """`nextCursor` of the page before."""


class OrderUpdate(OrderParams, frozen=True, kw_only=True):
    """``order.update``: the whole order as it is now. ``revision`` missing counts as newer."""

    order: msgspec.Raw
    """The whole order as it is now."""
    revision: int | None = None
    """Sinqro's counter of this order's changes: one that is not above the last counts as old. Missing: newer."""


class OrderStatusUpdate(OrderParams, frozen=True, kw_only=True):
    """``order.status.update``: ``status`` is Sinqro's code, ``revision`` missing counts as newer."""

    status: str
    """Sinqro's code of the status, compared without case. An unknown one is kept and shown."""
    reason: str | None = None
    """Why it was cancelled or rejected."""
    comment: str | None = None
    """For staff."""
    revision: int | None = None
    """Sinqro's counter of this order's changes. Missing: newer."""


class ClosingForm(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """A closing that Sinqro sets; times as text, a time without zone is the selling point's."""

    id: Id
    """Sinqro's id of the closing; the same again changes it."""
    since: str | None = None
    """ISO 8601; without zone in the selling point's. Missing: now."""
    until: str | None = None
    """When it ends by itself. Missing: when it is lifted."""
    reason: str | None = None
    """For people."""
    order_types: list[str] | None = None
    """Only these types of orders; missing or empty: all."""
    channels: list[str] | None = None
    """Only these channels, by code; missing or empty: all."""


class AvailabilitySet(Params, frozen=True, kw_only=True):
    """``availability.set``: a ``closing`` to add or change, or the id of one to ``lift``."""

    closing: ClosingForm | None = None
    """One to add or change."""
    lift: Id | None = None
    """Id of one of Sinqro's closings to lift."""


class CatalogGet(Params, frozen=True, kw_only=True):
    """``catalog.get``: a page of the published menu; ``cursor`` as the page before gave it."""

    cursor: str | None = None
    """`nextCursor` of the page before; missing: the first page of the newest version."""
    limit: Count | None = None
    """At most so many entities on the page: 500 unless told, 2,000 at the most."""


class CatalogEntityGet(Params, frozen=True, kw_only=True):
    """``catalog.entity.get``: one entity of the published menu, by kind and the POS's id."""

    kind: EntityKind
    """What it is."""
    external_id: Id
    """The POS's id of it."""


class Superseded(Params, frozen=True, kw_only=True):
    """``link.superseded``: another installation is in charge from ``epoch`` on."""

    epoch: int
    """From now on."""
    device_name: str = ""
    """What staff call the machine that is in charge."""


class Ping(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """``link.ping``: about the link, so that the selling point may be missing."""

    selling_point_id: Id | None = None
    """Missing: all selling points."""


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_VALUES = msgspec.json.Decoder(float_hook=Decimal)
_MISSING = re.compile(r"Object missing required field `([^`]+)`")


def encode(value: Any) -> bytes:
    """JSON of plain values, structs and raw parts: decimals as numbers, times in ISO 8601 with their offset."""
    return _ENCODER.encode(value)


def decode_value(raw: bytes) -> Any:
    """Plain values from JSON, numbers with a point as Decimal. Raises :class:`SinqroRefused` for what is no JSON."""
    try:
        return _VALUES.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise SinqroRefused(f"Sinqro's answer cannot be read: {exc}", code="ANSWER_UNREADABLE") from exc


def decode_form(form: type[T], raw: bytes) -> T:
    """JSON into ``form``, liberally. Raises :class:`RequestFault` -32602 with the JSON path of the first fault."""
    try:
        return msgspec.json.decode(raw, type=form, strict=False)
    except msgspec.ValidationError as exc:
        message, _, path = str(exc).partition(" - at `")
        path = path.rstrip("`") or "$"
        if missing := _MISSING.match(message):
            path = f"{path}.{missing[1]}"
        raise invalid_params(message, path) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_params(f"not JSON in UTF-8: {exc}") from exc


def decode_params(form: type[T], raw: bytes) -> T:
    """The parameters of a request; missing ones count as empty. Raises as :func:`decode_form`."""
    return decode_form(form, raw or b"{}")


def request_frame(call_id: int, method: str, params: dict[str, Any]) -> bytes:
    """One of our requests."""
    return _ENCODER.encode({"jsonrpc": "2.0", "id": call_id, "method": method, "params": params})


def result_frame(raw_id: bytes, result: Any) -> bytes:
    """The answer to a request, by the text of its id."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (raw_id, _ENCODER.encode(result))


def fault_frame(raw_id: bytes, fault: RequestFault) -> bytes:
    """The error answer to a request; an empty id (it could not be read) goes out as null."""
    data: dict[str, Any] = {"code": fault.code, "message": fault.message, "retryable": fault.retryable}
    if fault.field:
        data["field"] = fault.field
    error = {"code": fault.rpc_code, "message": fault.message, "data": data}
    return b'{"jsonrpc":"2.0","id":%b,"error":%b}' % (raw_id or b"null", _ENCODER.encode(error))


class _ErrorData(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""
    data: Any = None


def refusal_of(raw: bytes) -> SinqroRefused:
    """What an error answer of Sinqro's says, whatever its shape."""
    try:
        error = msgspec.json.decode(raw, type=_Error, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return SinqroRefused("Sinqro answered with an error that cannot be read")
    try:
        data = msgspec.convert(error.data, _ErrorData, strict=False)
    except msgspec.ValidationError:
        data = _ErrorData()
    return SinqroRefused(data.message or error.message or f"error {error.code}", code=data.code or f"RPC_{-error.code}")
