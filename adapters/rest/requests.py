"""Requests as a profile describes them: address, headers and body for one set of variables."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from adapters.rest.auth import plain
from adapters.rest.expressions import ExpressionError
from adapters.rest.profile_services import Call
from adapters.rest.program import RequestPlan
from adapters.rest.wire import Wire, encoded
from app.domain.errors import PosNotFound, ProfileError

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


class Made(NamedTuple):
    """A request ready to be sent."""

    method: str
    url: httpx.URL
    headers: dict[str, str]
    content: bytes | None
    writing: bool


async def made(service: str, plan: RequestPlan, scope: Mapping[str, Any], wire: Wire) -> Made:
    """The request. Raises ``PosNotFound`` for an id that no order can have, ``ProfileError`` for what can't be sent."""
    request = plan.request
    part = "path"
    try:
        path = plan.path.render(scope, quote=lambda text: _segment(text, service, scope)) or ""
        part = "query"
        query = {name: value for name, template in plan.query if (value := template.render(scope)) is not None}
        part = "headers"
        headers = {}
        for name, template in plan.headers:
            value = template.render(scope)
            if value is not None:
                headers[name] = plain(value, f"services.{service}.headers.{name}")
        part = "idempotency_key"
        if plan.key is not None and isinstance(request, Call):
            headers[request.idempotency_header.lower()] = _key(plan.key.render(scope) or "")
        part = "body"
        content = None
        if plan.body is not None:
            body = await plan.body.run(scope)
            content, headers["content-type"] = encoded(
                body, form=request.encoding == "form", omit=request.nulls == "omit"
            )
    except ExpressionError as exc:
        raise ProfileError(f"services.{service}.{part}: {exc.message}") from exc
    return Made(request.method, wire.address(path, query), headers, content, plan.writing)


def _segment(text: str, service: str, scope: Mapping[str, Any]) -> str:
    """A value within a path, escaped; what would make another path of it is none."""
    if not text or any(part in (".", "..") for part in re.split(r"[/\\]", text)):
        if text == scope.get("id"):
            raise PosNotFound(f"{text!r} is no order's id in the POS")
        raise ProfileError(f"services.{service}.path: {text!r:.80} can't be a part of an address")
    return quote(text, safe="")


def _key(key: str) -> str:
    """Ids come from outside and may be anything; a header may not."""
    return key if _PLAIN_KEY.fullmatch(key) else f"sha256-{hashlib.sha256(key.encode()).hexdigest()}"
