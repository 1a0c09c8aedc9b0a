"""What the companion calls over HTTP: pairing, and the notifications' endpoint. Errors are ``{code, message}``."""

import asyncio
import base64
import secrets
import time
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.sandbox.faults import HangUp
from app.sandbox.sinqro_notifications import NotificationRefused, receive
from app.sandbox.sinqro_state import CODE_TRIES, Installation, SinqroState

MOST_BYTES = 2**20
"""A pairing request or a notification is no longer than this."""


class _PairingForm(msgspec.Struct, rename="camel"):
    code: str
    device_name: str
    installation_id: str | None = None


class SinqroHttp:
    """The two endpoints. ``addresses`` are told to who pairs."""

    def __init__(self, *, state: SinqroState) -> None:
        self.state = state
        self.link_url = ""
        self.notification_url = ""

    def routes(self) -> list[Route]:
        """For the application."""
        return [
            Route("/pairing", self._pair, methods=["POST"]),
            Route("/notifications", self._notify, methods=["POST"]),
            Route("/notifications/{selling_point}", self._notify, methods=["POST"]),
        ]

    async def _pair(self, request: Request) -> Response:
        if self.state.misbehaviour.faults.offline:
            return problem(503, "OFFLINE", "Sinqro is not there now")
        try:
            form = msgspec.json.decode(await request.body(), type=_PairingForm)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            return problem(400, "PAIRING_INVALID", str(exc))
        return self._paired(form)

    def _paired(self, form: _PairingForm) -> Response:
        state = self.state
        if state.wrong_tries >= CODE_TRIES:
            return problem(429, "TOO_MANY_TRIES", "too many wrong codes: have a new one shown", retry_after=60)
        code = state.codes.get("".join(form.code.split()).replace("-", "").upper())
        if code is None:
            state.wrong_tries += 1
            state.record("pairing.wrong", deviceName=form.device_name)
            return problem(404, "PAIRING_CODE_UNKNOWN", "there is no such code")
        if code.used:
            return problem(410, "PAIRING_CODE_USED", "this code was used already")
        if code.expires_at < time.time():
            return problem(410, "PAIRING_CODE_EXPIRED", "this code is too old")
        code.used = True
        state.store.put("code", code.code, code)
        installation = Installation(
            token=secrets.token_urlsafe(32),
            secret="whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
            installation_id=form.installation_id or "",
            device_name=form.device_name,
        )
        state.save_installation(installation)
        state.record("paired", deviceName=form.device_name, installationId=installation.installation_id)
        return JSONResponse(
            {
                "userAccessToken": installation.token,
                "linkUrl": self.link_url,
                "notificationUrl": self.notification_url,
                "notificationSecret": installation.secret,
                "sellingPoints": [
                    {"id": place.id, "name": place.name, "timezone": place.timezone}
                    for place in state.restaurants.values()
                ],
            }
        )

    async def _notify(self, request: Request) -> Response:
        faults = self.state.misbehaviour.faults
        status = 503 if faults.offline else faults.notification_status
        if status is not None:
            self.state.record("notification.fault", status=status)
            return problem(status, "FAULT", "the sandbox was told to", retry_after=1 if status in (429, 503) else None)
        body = b""
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return problem(413, "TOO_LARGE", f"more than {MOST_BYTES} bytes")
        except ClientDisconnect:  # the companion died while it sent
            return HangUp()
        try:
            taken = receive(self.state, request.path_params.get("selling_point", ""), dict(request.headers), body)
            answer: Response = JSONResponse(taken)
        except NotificationRefused as refused:
            answer = problem(refused.status, refused.code, refused.message)
        if faults.notification_delay_ms:
            await asyncio.sleep(faults.notification_delay_ms / 1000)
        return HangUp() if self.state.misbehaviour.happens(faults.notification_drop_answer) else answer


def problem(status: int, code: str, message: str, *, retry_after: int | None = None) -> Response:
    """An error answer."""
    headers: dict[str, str] = {} if retry_after is None else {"retry-after": str(retry_after)}
    content: dict[str, Any] = {"status": status, "code": code, "message": message}
    return JSONResponse(content, status, headers, media_type="application/problem+json")
