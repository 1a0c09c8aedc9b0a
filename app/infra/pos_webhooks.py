"""The local receiver: the POS posts to ``http://127.0.0.1:<port>/pos/<selling point>/<event>`` that something changed.

A webhook is a hint, the companion then reads the POS; so the worst a forged one can do is a needless look. Still it is
verified, and answered 2xx only when what it led to is in the ledger. A web page open in the till's browser can post to
loopback: whatever carries an ``Origin``, or names another ``Host`` than the bound one, is refused.

Refusals are counted by code and logged once, until a good webhook of that selling point comes.
"""

import asyncio
import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from ipaddress import ip_address
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import unquote

import msgspec

from app.domain.errors import CompanionError, ConfigurationError
from app.infra.local_http import MOST_CONNECTIONS, Head, LocalHttp, Refused
from app.infra.pos_webhook_schemes import WebhookScheme, verify
from app.link.signing import TOLERANCE, SignatureError
from app.ports.clock import Clock
from app.ports.pos import PosWebhook

log = logging.getLogger(__name__)

MOST_A_SECOND = 200
"""More requests are refused with 429; the POS is read all the same."""

_PATH = re.compile(r"/pos/([^/?#]{1,200})/([A-Za-z0-9._-]{1,64})(?:\?.*)?")
_ANSWER_SECONDS = 10.0
_MOST_SEEN = 10_000
_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class WebhookSource(NamedTuple):
    """One selling point's POS as a sender of webhooks."""

    scheme: WebhookScheme | None
    """``None``: not verified, on loopback only."""
    secret: Callable[[], Awaitable[str | None]]
    """Asked for each webhook, so that it may be changed; may raise ``VaultError``."""


class PosWebhooks:
    """Receives within ``async with``. ``on_webhook`` returns when what follows from the webhook is in the ledger.

    Entering raises :class:`~app.domain.errors.ConfigurationError` when the address cannot be had.
    """

    def __init__(
        self,
        *,
        sources: Mapping[str, WebhookSource],
        on_webhook: Callable[[PosWebhook], Awaitable[None]],
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 8712,
        read_seconds: float = 10,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        """``sources`` by selling point. Raises ``ConfigurationError`` for an open address without secrets."""
        self._address = "127.0.0.1" if host == "localhost" else host
        if not ip_address(self._address).is_loopback and any(source.scheme is None for source in sources.values()):
            raise ConfigurationError(
                f"Webhooks without a secret are taken on this machine only, not on {host}.",
                hint="Leave receiver.host out, or set up a secret for the POS's webhooks.",
            )
        self._printed_address = f"[{self._address}]" if ":" in self._address else self._address
        self._sources = sources
        self._on_webhook = on_webhook
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._logged: set[tuple[str, str]] = set()
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._second = (0, 0)
        self._http = LocalHttp(
            host=self._address,
            port=port,
            check=self._check,
            answer=self._answer,
            refused=self._refused,
            read_seconds=read_seconds,
            most_connections=most_connections,
        )
        self._wanted_port = port

    @property
    def url(self) -> str:
        """Where the POS posts to, without the selling point."""
        return f"http://{self._printed_address}:{self._http.port}/pos"

    @property
    def counts(self) -> dict[str, int]:
        """How many of each outcome since the start: ``OK``, ``REPEATED``, and the codes of refusals."""
        return dict(self._counts)

    async def __aenter__(self) -> Self:
        try:
            await self._http.__aenter__()
        except OSError as exc:
            raise ConfigurationError(
                f"The receiver cannot listen on {self._address}, port {self._wanted_port}: {exc.strerror or exc}.",
                hint="Choose another port (receiver.port) and tell it to the POS.",
            ) from exc
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, exc, trace)

    # ---------------------------------------------------------------- before the body

    def _check(self, head: Head) -> None:
        """Refuse what the head alone gives away."""
        self._limit_rate()
        if any(name == "origin" for name, _ in head.headers):
            raise Refused(403, "FROM_A_WEB_PAGE")
        if not self._is_own(head.one("host").lower()):
            raise Refused(403, "OTHER_HOST")
        self._route(head)
        if head.method != "POST":
            raise Refused(405, "NOT_POST")

    def _limit_rate(self) -> None:
        now = int(self._clock.monotonic())
        second, count = self._second
        self._second = (now, count + 1 if second == now else 1)
        if self._second[1] > MOST_A_SECOND:
            raise Refused(429, "TOO_MANY")

    def _is_own(self, host: str) -> bool:
        """Whether a ``Host`` means this receiver."""
        address = ip_address(self._address)
        if address.is_unspecified:
            # Bound to all addresses (a container) it cannot know its names; there every webhook is signed.
            return True
        names = [self._printed_address, *(["localhost"] if address.is_loopback else [])]
        return host in {f"{name}:{self._http.port}" for name in names}

    def _route(self, head: Head) -> tuple[str, str]:
        """Selling point and event."""
        found = _PATH.fullmatch(head.target)
        selling_point = unquote(found[1]) if found else ""
        if not found or selling_point not in self._sources:
            raise Refused(404, "NOT_FOUND")
        return selling_point, found[2]

    # ---------------------------------------------------------------- with the body

    async def _answer(self, head: Head, body: bytes) -> str:
        selling_point, event = self._route(head)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                code = await self._take(selling_point, event, head, body)
        except Refused as exc:
            self._log_refusal(selling_point, exc.code)
            raise
        except CompanionError as exc:  # vault locked, disk full: the POS comes again
            self._log_refusal(selling_point, exc.code)
            raise Refused(503, exc.code) from exc
        except TimeoutError as exc:
            self._log_refusal(selling_point, "BUSY")
            raise Refused(503, "BUSY") from exc
        except Exception as exc:
            log.exception("A webhook of the POS of %s could not be handled.", selling_point)
            raise Refused(500, "BUG") from exc
        self._counts[code] += 1
        self._log_recovery(selling_point)
        return code

    async def _take(self, selling_point: str, event: str, head: Head, body: bytes) -> str:
        """Verify, decode, hand over."""
        message_id = await self._verified(selling_point, head, body)
        key = (selling_point, message_id)
        if message_id and self._is_repeated(key):
            return "REPEATED"
        try:
            decoded = _DECODER.decode(body) if body.strip() else {}
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as exc:
            raise Refused(400, "NOT_A_JSON_OBJECT") from exc
        headers = dict(head.headers)
        await self._on_webhook(PosWebhook(selling_point=selling_point, event=event, body=decoded, headers=headers))
        if message_id:  # only now: one that failed may come again
            self._seen[key] = self._clock.monotonic()
        return "OK"

    async def _verified(self, selling_point: str, head: Head, body: bytes) -> str:
        """The message's id, empty where the scheme has none."""
        source = self._sources[selling_point]
        if source.scheme is None:
            return ""
        secret = await source.secret()
        if not secret:
            raise Refused(401, "SECRET_MISSING")
        try:
            return verify(source.scheme, secret, head, body, now=self._clock.now())
        except SignatureError as exc:
            raise Refused(401, exc.code) from exc

    def _is_repeated(self, key: tuple[str, str]) -> bool:
        """Whether that id was handled while its time stamp can still be good."""
        oldest = self._clock.monotonic() - 2 * TOLERANCE.total_seconds()
        while self._seen and (len(self._seen) > _MOST_SEEN or next(iter(self._seen.values())) < oldest):
            self._seen.popitem(last=False)
        return key in self._seen

    # ---------------------------------------------------------------- what is told

    def _refused(self, code: str) -> None:
        self._counts[code] += 1
        log.debug("A webhook was refused: %s", code)

    def _log_refusal(self, selling_point: str, code: str) -> None:
        if (selling_point, code) not in self._logged:
            self._logged.add((selling_point, code))
            log.warning("Webhooks of the POS of %s are refused: %s.", selling_point, code)

    def _log_recovery(self, selling_point: str) -> None:
        before = {entry for entry in self._logged if entry[0] == selling_point}
        if before:
            self._logged -= before
            log.info("Webhooks of the POS of %s are taken again.", selling_point)
