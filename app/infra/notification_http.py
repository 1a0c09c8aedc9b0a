"""Delivers notifications to Sinqro: one signed POST for each attempt, and a verdict.

The endpoint and the secret are asked for at each attempt, since pairing may change them. The ``Date`` of every answer
goes to the measurement of Sinqro's clock. Retrying, order and superseding are the notifier's business.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from types import TracebackType

import httpx

from app.domain.errors import ConfigurationError, VaultError
from app.domain.record import Notification
from app.infra.http_client import Answer, make_client, post_json, problem_of
from app.link import wire
from app.link.backoff import parse_retry_after
from app.link.clock import ClockOffset
from app.link.signing import CLOUD_EVENT, SignatureError, cloud_event, sign
from app.link.urls import checked_url
from app.ports.clock import Clock
from app.ports.sinqro import Delivery, NotificationSender, Verdict

_FINAL = frozenset({400, 404, 409, 410, 422})
_CREDENTIALS = frozenset({401, 403})


class HttpNotifications(NotificationSender):
    """The sender over HTTPS; opened with ``async with``, which raises ``ConfigurationError`` for an impossible proxy.

    ``endpoint`` gives a selling point's address, ``secret`` its ``whsec_`` secret; ``None``: pairing is needed.
    """

    def __init__(
        self,
        *,
        endpoint: Callable[[str], str | None],
        secret: Callable[[str], Awaitable[str | None]],
        clock: Clock,
        offset: ClockOffset,
        user_agent: str,
        timeout: float = 10,
    ) -> None:
        """``timeout``: seconds for an attempt in all."""
        self._endpoint = endpoint
        self._secret = secret
        self._clock = clock
        self._offset = offset
        self._user_agent = user_agent
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> "HttpNotifications":
        tls = await asyncio.to_thread(ssl.create_default_context)  # reads the system's certificates
        self._client = make_client(tls=tls, user_agent=self._user_agent, timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def post(self, notification: Notification, *, installation_id: str, epoch: int, now: datetime) -> Delivery:
        if self._client is None:
            raise RuntimeError("HttpNotifications is used outside its `async with`")
        try:
            async with asyncio.timeout(self._timeout):
                url = self._endpoint(notification.selling_point)
                secret = await self._secret(notification.selling_point)
                if not url or not secret:
                    return Delivery(verdict=Verdict.CREDENTIALS, reason="not paired: no address or no secret")
                checked_url(url, "http")
                body = cloud_event(notification, installation_id=installation_id, epoch=epoch)
                headers = sign(secret, message_id=notification.id, at=now, body=body)
                headers["content-type"] = CLOUD_EVENT
                sent = self._clock.monotonic()
                answer = await post_json(self._client, url, body, headers)
        except (ConfigurationError, SignatureError) as exc:  # a new pairing brings new ones
            return Delivery(verdict=Verdict.CREDENTIALS, reason=exc.message)
        except httpx.InvalidURL:
            return Delivery(verdict=Verdict.CREDENTIALS, reason="the address of the notifications is none")
        except VaultError as exc:
            return Delivery(verdict=Verdict.RETRY, reason=exc.message)
        except TimeoutError:
            return Delivery(verdict=Verdict.RETRY, reason=f"no answer within {self._timeout:g} s")
        except httpx.HTTPError as exc:
            return Delivery(verdict=Verdict.RETRY, reason=_network_reason(exc))
        monotonic, here = self._clock.monotonic(), self._clock.now()
        self._offset.http_date(answer.headers.get("date"), now=here, monotonic=monotonic, round_trip=monotonic - sent)
        return _delivery(answer, here)


def _network_reason(exc: httpx.HTTPError) -> str:
    if isinstance(exc, httpx.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(exc):
        return "Sinqro's certificate is not trusted"
    if isinstance(exc, httpx.TimeoutException):
        return "no answer in time"
    return f"Sinqro cannot be reached ({type(exc).__name__})"


def _delivery(answer: Answer, now: datetime) -> Delivery:
    """What an answer means (contract.md, Notifications)."""
    status = answer.status
    if 200 <= status < 300:
        return Delivery(verdict=Verdict.DELIVERED)
    problem = problem_of(answer.body)
    reason = " ".join(part for part in (f"HTTP {status}", problem.code, problem.message) if part)
    if status in _CREDENTIALS:
        return Delivery(verdict=Verdict.CREDENTIALS, reason=reason)
    if status == 410:
        return Delivery(verdict=Verdict.GONE, reason=reason)
    if status == 409 and problem.code == wire.SUPERSEDED_CODE:
        return Delivery(verdict=Verdict.SUPERSEDED, reason=reason)
    if status in _FINAL:
        return Delivery(verdict=Verdict.FINAL, reason=reason)
    after = parse_retry_after(answer.headers.get("retry-after"), now) if status in (429, 503) else None
    return Delivery(verdict=Verdict.RETRY, reason=reason, retry_after=after)
