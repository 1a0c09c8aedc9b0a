"""A POS by a profile written in a test, answered by the test itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from adapters.rest.adapter import RestAdapter
from adapters.rest.find import options_of
from adapters.rest.load import parse_profile
from adapters.rest.profile import Profile
from app.domain.order import decode_order
from app.domain.selling_point import SellingPoint
from app.domain.status import Status
from app.ports.pos import PosOrderRequest

POINT = SellingPoint(id="71", name="Bar Pepe")
URL = "http://pos.local/api"

ORDERS = """
[status.order.read]
open = "accepted"
cooking = "in_preparation"
done = "completed"
off = "cancelled"
refused = "rejected"
[status.order]
missing = ["ready", "dispatched"]
"""
"""Statuses of a small POS."""

Answer = Callable[[httpx.Request], httpx.Response]


class Pos:
    """Answers as a test says, and remembers what it was asked."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response] = []
        """Given one after the other, before ``answer`` is asked."""
        self._answer = answer

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.answers:
            return self.answers.pop(0)
        assert self._answer is not None, f"nobody answers {request.method} {request.url}"
        return self._answer(request)

    @property
    def asked(self) -> list[str]:
        """Method and address below the base one of all requests."""
        return [f"{each.method} {str(each.url).removeprefix(URL)}" for each in self.requests]

    def sent(self, index: int = -1) -> Any:
        """The body of a request."""
        return json.loads(self.requests[index].content)


def profile_of(text: str) -> Profile:
    """The profile in a text, which must have no fault."""
    head = "" if "[pos]" in text else '[pos]\nname = "Test POS"\n'
    return parse_profile(head + text, Path("test.toml"))


def adapter_of(text: str, pos: Pos, **more: Any) -> RestAdapter:
    """The adapter of a POS that ``pos`` plays."""
    profile = profile_of(text)
    given: dict[str, Any] = {"point": POINT, "url": URL, "transport": httpx.MockTransport(pos), **more}
    return RestAdapter(profile, **{**given, "options": options_of(profile, more.get("options", {}))})


def answer(value: Any, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(status, json=value, headers={name.replace("_", "-"): each for name, each in headers.items()})


def request_for(order: dict[str, Any] | None = None, **more: Any) -> PosOrderRequest:
    """An order on its way into the POS."""
    plain: dict[str, Any] = {
        "id": 7,
        "type": "collection",
        "totalAmount": 5,
        "orderLines": [{"label": "Agua", "unitPrice": "2.50", "quantity": 2}],
    }
    decoded = decode_order(json.dumps({**plain, **(order or {})}).encode(), POINT.zone)
    given: dict[str, Any] = {"selling_point": POINT, "status": Status.ACCEPTED, **more}
    return PosOrderRequest(reference=str(decoded.id), order=decoded, **given)
