"""The reference POS tells of changes: signed POSTs to one configured address, a few tries each, by owned tasks.

Signed as Standard Webhooks describes (https://www.standardwebhooks.com): ``webhook-signature: v1,<base64>`` over
``id.timestamp.body`` with the secret's bytes. What can't be delivered is dropped: whoever listens also polls.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
import msgspec

from app.sandbox.pos_forms import TillError, WebhookForm

TRIES = 5
"""Attempts for each event."""

QUEUE_LIMIT = 1000
"""Events waiting; above it the oldest is dropped."""

SENDERS = 4
"""Events under way at once, so that a slow receiver of one doesn't hold up all."""

FIRST_DELAY = 0.5
"""Seconds before the second try; doubled for each further one, with ±50 % jitter."""


class Webhook(NamedTuple):
    """One event to deliver."""

    id: str
    event: str
    body: bytes


class WebhookSender:
    """Delivers events to the configured address. ``journal(kind, **detail)`` hears of each attempt.

    ``first_delay``: seconds before the second try.
    """

    def __init__(self, *, target: WebhookForm, journal: Callable[..., None], first_delay: float = FIRST_DELAY) -> None:
        self.duplicates = 0
        """Copies sent besides each event (a fault)."""
        self._target = target
        self._key = secret_bytes(target.secret) if target.url else b""
        self._journal = journal
        self._first_delay = first_delay
        self._queue: asyncio.Queue[Webhook] = asyncio.Queue(QUEUE_LIMIT)
        self._client = httpx.AsyncClient(timeout=5, trust_env=False)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Start sending."""
        self._tasks = [asyncio.create_task(self._work(), name=f"pos-webhooks-{i}") for i in range(SENDERS)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; what waits is dropped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    @property
    def target(self) -> WebhookForm:
        """Where events go."""
        return self._target

    def set_target(self, target: WebhookForm) -> None:
        """Send to another address from now on. Raises :class:`TillError` for a secret that is none."""
        self._key = secret_bytes(target.secret) if target.url else b""
        self._target = target

    def send(self, event: str, data: dict[str, Any]) -> None:
        """Queue an event, if anybody listens."""
        if not self._target.url:
            return
        body = {"type": event, "timestamp": datetime.now(UTC), "data": data}
        if self._queue.full():
            self._journal("webhook", event=self._queue.get_nowait().event, outcome="dropped: too many waiting")
        webhook = Webhook(f"msg_{secrets.token_hex(12)}", event, msgspec.json.encode(body))
        self._queue.put_nowait(webhook)

    async def _work(self) -> None:
        while True:
            webhook = await self._queue.get()
            for _ in range(1 + self.duplicates):
                await self._deliver(webhook)

    async def _deliver(self, webhook: Webhook) -> None:
        for attempt in range(1, TRIES + 1):
            if await self._post(webhook, attempt):
                return
            if attempt < TRIES:
                await asyncio.sleep(self._first_delay * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    async def _post(self, webhook: Webhook, attempt: int) -> bool:
        """One try; whether it needs no other."""
        url = self._target.url.replace("{event}", webhook.event)
        if not url:
            return True
        moment = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook.id,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self._key, webhook.id, moment, webhook.body),
        }
        try:
            answer = await self._client.post(url, content=webhook.body, headers=headers)
            outcome, done = str(answer.status_code), answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            outcome, done = type(exc).__name__, False
        self._journal("webhook", event=webhook.event, id=webhook.id, url=url, attempt=attempt, outcome=outcome)
        return done


def secret_bytes(secret: str) -> bytes:
    """The key in ``whsec_<base64>``. Raises :class:`TillError`."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or len(key) < 16:
        raise TillError("bad_secret", "a secret is whsec_ and 16 bytes or more in base64", field="secret")
    return key


def signature(key: bytes, webhook_id: str, timestamp: str, body: bytes) -> str:
    """``v1,<base64>`` of one attempt."""
    signed = b".".join((webhook_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
