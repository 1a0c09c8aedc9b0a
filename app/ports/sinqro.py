"""Sinqro, as the services need it: calls over the link, and the delivery of notifications."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from app.domain.record import Notification


class SinqroCalls(Protocol):
    """Our requests to Sinqro over the link."""

    @property
    def connected(self) -> bool:
        """Whether the link is up and its hello was answered."""
        ...

    async def call(self, method: str, params: dict[str, Any], timeout: float = 10) -> Any:
        """One JSON-RPC request; its result as plain values, decimals as Decimal.

        Raises ``SinqroUnreachable`` without a link or answer, ``SinqroRefused`` with Sinqro's code on an error.
        """
        ...


class Verdict(StrEnum):
    """What an attempt to deliver came to."""

    DELIVERED = "delivered"
    RETRY = "retry"
    FINAL = "final"
    """Refused for good: this one only."""
    GONE = "gone"
    """410: after three in a row the endpoint stops and wants pairing."""
    SUPERSEDED = "superseded"
    """Another installation is in charge: stop."""
    CREDENTIALS = "credentials"
    """401 or 403: the signature or token is no longer good."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one attempt."""

    verdict: Verdict
    reason: str = ""
    retry_after: timedelta | None = None


class NotificationSender(Protocol):
    """Posts one notification, signed anew at each attempt."""

    async def post(self, notification: Notification, *, installation_id: str, epoch: int, now: datetime) -> Delivery:
        """One attempt, 10 s at most; never raises for what the network does. ``now`` is Sinqro's time, as measured."""
        ...


class Role(StrEnum):
    """What this installation is for a selling point."""

    ACTIVE = "active"
    VIEWER = "viewer"


class SellingPointRole(msgspec.Struct, frozen=True, kw_only=True):
    """Sinqro's word on one selling point, at hello or later."""

    id: str
    role: Role
    epoch: int
    taken_by: str = ""
    """Device that is in charge, when this one is a viewer."""
    taken_since: datetime | None = None


class LinkHandler(Protocol):
    """What the services do for the link; all of it is called in the loop."""

    def hello(self) -> dict[str, Any]:
        """Parameters of ``link.hello``, asked at each connect."""
        ...

    async def opened(self, roles: list[SellingPointRole]) -> None:
        """The hello was answered; requests follow only after this has returned."""
        ...

    def alive(self) -> None:
        """Something came from Sinqro: a sign of life."""
        ...

    def closed(self, why: str) -> None:
        """The link is down; called once for each time it was up, and once for a first failure."""
        ...

    async def request(self, method: str, params: bytes) -> Any:
        """Answer one request of Sinqro's: ``params`` is its raw JSON (``b""`` when missing), the result plain values.

        Raises :class:`~app.link.messages.RequestFault` for an error answer. Called in the order of arrival, without
        waiting for the one before; ordering within one order is the handler's.
        """
        ...
