"""What an answer of a POS means when it is no success, by the profile's ``[errors]`` and the call's own.

Looked for in this order: the POS's code in the call's ``errors``, its HTTP code there, both in ``[errors.kinds]``, and
what HTTP itself says.

=====================  =========================================================================
HTTP, without entry    means
=====================  =========================================================================
429, 503 with delay    PosBusy
401, 403               ProfileError: the key is not good
404                    PosNotFound where an order is spoken of and the answer is the API's own
                       (JSON); a page of some server on the way says nothing about orders
3xx, other 404         ProfileError: the address is not the API's
other 4xx              PosRefused
5xx                    OutcomeUnknown after a write, else an error that is worth another try
=====================  =========================================================================
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from adapters.http import delay, failed
from adapters.rest.expressions import Compiled, ExpressionError
from adapters.rest.profile_parts import ErrorKind
from adapters.rest.profile_services import Call
from adapters.rest.program import Program
from adapters.rest.reply import Reply
from app.domain.errors import (
    OutcomeUnknown,
    PosBusy,
    PosError,
    PosNoSuchStatus,
    PosNotFound,
    PosRefused,
    PosTillClosed,
    ProfileError,
)

MESSAGE_LIMIT = 300
"""Characters of the POS's own message that are passed on."""

_WITH_ID = frozenset({"find_order", "read_order", "read_status", "update_order", "change_status"})
"""Services that speak of one order: a 404 is about it."""

_NO_CODE = re.compile(r"[^A-Z0-9]+")

_DECODER = msgspec.json.Decoder(float_hook=str)


def decoded(reply: Reply) -> tuple[Any, bool]:
    """The answer as expressions see it, numbers with decimals as text; and whether it is JSON at all."""
    if not reply.body.strip():
        return None, False
    try:
        return _DECODER.decode(reply.body), True
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, False


def unexpected(message: str, *, writing: bool = False) -> PosError:
    """The error for an answer of another form than the profile says: after a write nobody knows what was done."""
    if writing:
        return OutcomeUnknown(message)
    error = ProfileError(message, hint="compare the POS's answer with its profile")
    error.retryable = True  # a POS that starts, or something on the way to it, may answer anything for a while
    return error


class _Told(NamedTuple):
    code: str
    message: str
    field: str


class Refusals:
    """How one POS says no."""

    def __init__(self, program: Program) -> None:
        self._errors = program.profile.errors
        self._failed = program.failed
        self._code = program.error_code
        self._message = program.error_message
        self._field = program.error_field

    def check(self, call: Call, service: str, reply: Reply, answer: Any, *, json: bool, writing: bool) -> None:
        """Return when the answer is a success; raise the error that it is."""
        good = reply.status in call.success if call.success else 200 <= reply.status < 300
        seen = {"answer": answer, "code": reply.status, "headers": reply.names() if self._wants_headers else {}}
        if good and (self._failed is None or not _given(self._failed, seen)):
            return
        told = _Told(*(_text_of(each, seen) for each in (self._code, self._message, self._field)))
        kind = self._kind(call.errors, told.code, reply.status) or self._kind(
            self._errors.kinds, told.code, reply.status
        )
        if kind is None:
            kind = _by_http(reply, good=good, service=service, json=json)
        if kind is not ErrorKind.DONE:
            raise self._error(kind, reply, told, writing=writing)

    @property
    def _wants_headers(self) -> bool:
        return any(
            each is not None and "headers" in each.uses
            for each in (self._failed, self._code, self._message, self._field)
        )

    @staticmethod
    def _kind(kinds: Mapping[str, ErrorKind], code: str, status: int) -> ErrorKind | None:
        return (kinds.get(code) if code else None) or kinds.get(str(status))

    def _error(self, kind: ErrorKind | None, reply: Reply, told: _Told, *, writing: bool) -> PosError:
        said = " ".join(told.message.split())[:MESSAGE_LIMIT] or told.code or f"it answered {reply.status}"
        hint = self._errors.hints.get(told.code, "")
        match kind:
            case ErrorKind.BUSY:
                return PosBusy(f"the POS is busy: {said}", retry_after=delay(reply.headers.get("retry-after")))
            case ErrorKind.TILL_CLOSED:
                return PosTillClosed("no session is open in the POS", hint=hint or "open the till in the POS")
            case ErrorKind.NOT_FOUND:
                return PosNotFound(f"the POS does not know the order: {said}")
            case ErrorKind.NO_SUCH_STATUS:
                return PosNoSuchStatus(f"the POS knows no such step: {said}")
            case ErrorKind.CREDENTIALS:
                return ProfileError(
                    f"the POS does not accept our key or password: {said}",
                    hint=hint or "set the POS's key or password anew",
                )
            case ErrorKind.UNKNOWN:
                return failed(f"the POS failed: {said}", writing=writing)
            case ErrorKind.REFUSED:
                code = _NO_CODE.sub("_", told.code.upper()).strip("_") or None
                return PosRefused(f"the POS refuses: {said}", code=code, field=told.field, hint=hint)
        return ProfileError(f"no API of the POS answers at the address: {said}", hint="check the POS's address")


def _by_http(reply: Reply, *, good: bool, service: str, json: bool) -> ErrorKind | None:
    """What HTTP itself says; ``None``: this is not the POS's API."""
    status = reply.status
    if good:
        return ErrorKind.REFUSED
    if status == 429 or (status == 503 and "retry-after" in reply.headers):
        return ErrorKind.BUSY
    if status in (401, 403):
        return ErrorKind.CREDENTIALS
    if status == 404:
        return ErrorKind.NOT_FOUND if service in _WITH_ID and json else None
    if status >= 500:
        return ErrorKind.UNKNOWN
    return ErrorKind.REFUSED if status >= 400 else None


def _given(expression: Compiled, seen: Mapping[str, Any]) -> Any:
    """What an expression gives; null where the answer has not what it looks for."""
    try:
        return expression.evaluate(seen)
    except ExpressionError:
        return None


def _text_of(expression: Compiled | None, seen: Mapping[str, Any]) -> str:
    found = None if expression is None else _given(expression, seen)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
