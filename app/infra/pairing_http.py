"""Pairing: the short code that Sinqro shows for a restaurant becomes this installation's own token and addresses.

One ``POST {base_url}/pairing``, by a person, once: nothing is retried. Every error says in one sentence what is wrong,
its hint what to do, in a waiter's words.
"""

import asyncio
import ssl

import httpx
import msgspec

from app.domain.errors import ConfigurationError, CredentialsRefused, SinqroRefused, SinqroUnreachable
from app.infra.http_client import Answer, make_client, post_json, problem_of
from app.link.messages import Id, RequestFault, decode_form, encode
from app.link.urls import checked_url

CODE_LENGTH = 8

_NEW_CODE = "Ask Sinqro for a new one."
_SAYS = {
    "PAIRING_CODE_UNKNOWN": ("Sinqro does not know this code.", "Look at it again and type it anew."),
    "PAIRING_CODE_USED": ("This code has been used already.", _NEW_CODE),
    "PAIRING_CODE_EXPIRED": ("This code is older than 10 minutes.", _NEW_CODE),
    "TOO_MANY_TRIES": ("There were too many tries with a wrong code.", _NEW_CODE),
}
_BY_STATUS = {404: "PAIRING_CODE_UNKNOWN", 409: "PAIRING_CODE_USED", 410: "PAIRING_CODE_EXPIRED", 429: "TOO_MANY_TRIES"}


class PairedSellingPoint(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """A restaurant that this installation serves from now on."""

    id: Id
    name: str = ""
    timezone: str = "Europe/Madrid"


class PairingResult(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """What pairing gives; the token and the secret belong into the vault, and are never shown."""

    user_access_token: str
    link_url: str
    notification_url: str
    notification_secret: str
    selling_points: list[PairedSellingPoint]

    def __repr__(self) -> str:
        """Without the secrets: this may end up in a log."""
        return f"PairingResult(link_url={self.link_url!r}, selling_points={self.selling_points!r})"


async def pair(
    *,
    base_url: str,
    code: str,
    device_name: str,
    installation_id: str,
    user_agent: str = "sinqro-companion",
    timeout: float = 10,
) -> PairingResult:
    """Pair this machine; ``timeout`` in seconds for the whole call.

    Raises ``ConfigurationError`` (an address that is not encrypted, an impossible proxy), ``CredentialsRefused`` (the
    code: ``PAIRING_CODE_UNKNOWN``, ``…_USED``, ``…_EXPIRED``, ``TOO_MANY_TRIES``), ``SinqroUnreachable``, and
    ``SinqroRefused`` for any other answer.
    """
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    if len(typed) != CODE_LENGTH:
        raise CredentialsRefused(
            f"The code has {CODE_LENGTH} letters and digits, this one has {len(typed)}.",
            code="PAIRING_CODE_UNKNOWN",
            hint="Look at it again and type it anew.",
        )
    url = checked_url(base_url, "http").rstrip("/") + "/pairing"
    body = encode({"code": typed, "deviceName": device_name, "installationId": installation_id})
    answer = await _post(url, body, user_agent, timeout)
    if answer.status == 200 or answer.status == 201:
        return _result(answer.body)
    raise _refusal(answer)


async def _post(url: str, body: bytes, user_agent: str, timeout: float) -> Answer:
    tls = await asyncio.to_thread(ssl.create_default_context)
    hint = "Check this computer's internet connection, and its clock, and try again."
    try:
        async with asyncio.timeout(timeout), make_client(tls=tls, user_agent=user_agent, timeout=timeout) as client:
            return await post_json(client, url, body, {"content-type": "application/json"})
    except TimeoutError as exc:
        raise SinqroUnreachable("Sinqro does not answer.", hint=hint) from exc
    except httpx.HTTPError as exc:
        if "CERTIFICATE_VERIFY_FAILED" in str(exc):
            raise SinqroUnreachable("Sinqro's certificate is not trusted here.", code="TLS", hint=hint) from exc
        raise SinqroUnreachable("Sinqro cannot be reached.", hint=hint) from exc


def _refusal(answer: Answer) -> CredentialsRefused | SinqroRefused | SinqroUnreachable:
    """What a refusal says: by its code where that is one of ours, else by its status."""
    problem = problem_of(answer.body)
    code = problem.code if problem.code in _SAYS else _BY_STATUS.get(answer.status)
    if code is not None:
        message, hint = _SAYS[code]
        return CredentialsRefused(message, code=code, hint=hint)
    if answer.status >= 500:
        return SinqroUnreachable(f"Sinqro is in maintenance ({answer.status}).", hint="Try again in a few minutes.")
    return SinqroRefused(
        f"Sinqro does not take the pairing ({answer.status} {problem.code} {problem.message}).".replace("  ", " "),
        hint="Tell Sinqro's support this sentence.",
    )


def _result(body: bytes) -> PairingResult:
    try:
        result = decode_form(PairingResult, body)
        checked_url(result.link_url, "ws")
        checked_url(result.notification_url, "http")
    except (RequestFault, ConfigurationError) as exc:
        raise SinqroRefused(
            f"Sinqro's answer to the pairing cannot be used: {exc.message}", hint="Tell Sinqro's support this sentence."
        ) from exc
    return result
