"""Calls to Odoo's JSON-2 API, and what can go wrong with them in the words of :mod:`app.domain.errors`.

Every call is ``POST /json/2/<model>/<method>`` with named arguments. Odoo undoes a call that it answers with an error,
but a 5xx may also come from something between it and us: after a write it counts as unknown.

=====================================  =================================  =============================
what happened                          on a read                          on a write
=====================================  =================================  =============================
no connection                          PosUnreachable                     PosUnreachable
connection lost, no answer in time     PosUnreachable                     OutcomeUnknown
429, or 503 with ``Retry-After``       PosBusy                            PosBusy
other 5xx                              PosError, worth a retry            OutcomeUnknown
2xx with another body than ours        PosError, worth a retry            OutcomeUnknown
``MissingError``                       PosNotFound                        PosNotFound
401, 403, 404, a redirect              ProfileError                       ProfileError
other 4xx                              PosRefused                         PosRefused
=====================================  =================================  =============================

Odoo's errors carry a full traceback of the server in ``debug``: it is never decoded, so that nothing can show it.
"""

import asyncio
from typing import Any, NamedTuple, NoReturn, TypeVar

import httpx
import msgspec

from adapters.http import CONNECT_SECONDS, IDLE_SECONDS, base_url, body_of, delay, failed, translated
from app.domain.errors import PosBusy, PosNotFound, PosRefused, ProfileError

MESSAGE_LIMIT = 300
"""Characters of Odoo's own message that are passed on."""

T = TypeVar("T")


class _Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why Odoo says no; its ``debug`` is left out on purpose."""

    name: str = ""
    message: str = ""


class _Reply(NamedTuple):
    status: int
    retry_after: str | None
    body: bytes


class _Version(msgspec.Struct, frozen=True, kw_only=True):
    version: str = ""


class Wire:
    """Odoo's address, key and connections. Raises :class:`ProfileError` when address or key can't be any.

    ``database`` names one of several on the server, empty where there is one. ``transport`` replaces the network in
    tests.
    """

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        database: str,
        timeout: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        base = base_url(url, "http://127.0.0.1:8069")
        if not (api_key.isascii() and api_key.isprintable() and database.isascii() and database.isprintable()):
            raise ProfileError("the API key or database has characters that none has", hint="copy it again from Odoo")
        headers = {"authorization": f"bearer {api_key}", "accept-encoding": "identity"}
        if database:
            headers["x-odoo-database"] = database
        self._base = str(base)
        self._timeout = timeout
        self._encoder = msgspec.json.Encoder(decimal_format="number")
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout / 2)),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=16, keepalive_expiry=IDLE_SECONDS),
            transport=transport,
            trust_env=False,  # a POS is in the house, never behind the system's proxy
        )

    @property
    def url(self) -> str:
        """Odoo's address, without a slash at its end."""
        return self._base

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def read(self, model: str, method: str, answer: type[T], **arguments: Any) -> T:
        """A call that changes nothing; ``answer`` is the form of its result."""
        return await self._call(model, method, answer, arguments, writing=False)

    async def write(self, model: str, method: str, answer: type[T], **arguments: Any) -> T:
        """A call that changes Odoo."""
        return await self._call(model, method, answer, arguments, writing=True)

    async def version(self) -> str:
        """Odoo's own version, for people."""
        reply = await self._send(self._client.build_request("GET", f"{self._base}/web/version"), writing=False)
        return _decoded(reply, _Version, writing=False).version

    async def _call(self, model: str, method: str, answer: type[T], arguments: dict[str, Any], *, writing: bool) -> T:
        request = self._client.build_request(
            "POST",
            f"{self._base}/json/2/{model}/{method}",
            content=self._encoder.encode(arguments),
            headers={"content-type": "application/json"},
        )
        return _decoded(await self._send(request, writing=writing), answer, writing=writing)

    async def _send(self, request: httpx.Request, *, writing: bool) -> _Reply:
        with translated("Odoo", writing=writing):
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request, stream=True)
                try:
                    body = await body_of(response)
                finally:
                    await response.aclose()
        return _Reply(response.status_code, response.headers.get("retry-after"), body)


def _decoded(reply: _Reply, answer: type[T], *, writing: bool) -> T:
    """The answer's content, or the error that it is."""
    if not 200 <= reply.status < 300:
        _refuse(reply, writing=writing)
    try:
        return msgspec.json.decode(reply.body, type=answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise failed(f"Odoo answered {reply.status} with something else than its API's form", writing=writing) from exc


def _refuse(reply: _Reply, *, writing: bool) -> NoReturn:
    try:
        fault = msgspec.json.decode(reply.body, type=_Fault)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        fault = _Fault()
    told = " ".join(fault.message.split())[:MESSAGE_LIMIT] or f"it answered {reply.status}"
    if reply.status == 429 or (reply.status == 503 and reply.retry_after):
        raise PosBusy(f"Odoo is busy: {told}", retry_after=delay(reply.retry_after))
    if reply.status >= 500:
        # its message may quote anything of the server's: it is not shown
        raise failed(f"Odoo failed ({reply.status} {fault.name[:80]})".replace(" )", ")"), writing=writing)
    if fault.name.endswith("MissingError"):
        raise PosNotFound("Odoo does not have that record any more")
    if reply.status == 401:
        raise ProfileError("Odoo does not accept the API key", hint="make a new API key in Odoo and set it here")
    if reply.status == 403:
        raise ProfileError(
            f"the API key's user may not do this in Odoo: {told}", hint="give that user the rights of the point of sale"
        )
    if reply.status == 404 and fault.name:
        raise ProfileError(
            f"this is no Odoo 19 with its point of sale: {told}", hint="install it, or check the address"
        )
    if reply.status < 400 or reply.status == 404:
        raise ProfileError(
            f"no Odoo 19 answers at the address (it answered {reply.status})",
            hint="check the address, and name the database where the server has several",
        )
    raise PosRefused(f"Odoo refuses: {told}")
