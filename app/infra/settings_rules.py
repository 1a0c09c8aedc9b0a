"""What a configuration must not say although its types are right: secrets, unsafe addresses, senseless numbers."""

import math
import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.domain.addresses import is_local
from app.domain.errors import ConfigurationError
from app.domain.form_faults import EntryPath, Fault
from app.domain.selling_point import SellingPoint
from app.link.urls import Kind, checked_url
from app.ports.alarm import AlarmSettings

_SECRET_NAME = re.compile(r"(^|_)(token|secret|password|passwd|api_?key|private_key)$")
_SECRET_HINT = (
    "Remove it (and change it: it was readable here) and put it into the vault: sinqro-companion secret set NAME"  # noqa: S105
)
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MINUTES = 7 * 24 * 60
_SECONDS = 3600


def secret_in(raw: dict[str, Any]) -> Fault | None:
    """The first entry that looks like a secret. Yes and no, and tables, are no secrets whatever they are called."""
    for path, value in _leaves(raw):
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", name).lower()
        named = _SECRET_NAME.search(plain) and not isinstance(value, bool)
        if named or (isinstance(value, str) and value.startswith(("whsec_", "Bearer ", "Basic "))):
            return Fault(path, "a secret must not stand in this file", _SECRET_HINT)
        if isinstance(value, str) and "://" in value and _url_carries_secret(value):
            return Fault(path, "an address with a password or token in it must not stand in this file", _SECRET_HINT)
    return None


def number_without_sense(raw: dict[str, Any]) -> Fault | None:
    """The first ``inf`` or ``nan``: TOML has them, no entry of ours means one."""
    for path, value in _leaves(raw):
        if isinstance(value, float) and not math.isfinite(value):
            return Fault(path, "this must be a number")
    return None


def sinqro_url(path: EntryPath, url: str, kind: Kind) -> Fault | None:
    """Sinqro is spoken to by TLS; plainly only on this machine (the sandbox)."""
    try:
        if url:
            checked_url(url, kind)
    except ConfigurationError as exc:
        return Fault(path, exc.message, exc.hint or "Pairing writes it: pair again.")
    return None


def pos_urls(path: EntryPath, pos: dict[str, Any]) -> Iterator[Fault]:
    """The POS by https, or by plain http in the restaurant's own network."""
    for name, value in _leaves(pos):
        if not isinstance(value, str) or not (value.startswith("http://") or (name == ("url",) and value)):
            continue
        host = _host(value)
        scheme = urlsplit(value).scheme if host else ""
        if scheme not in ("http", "https"):
            yield Fault((*path, *name), "this must be an address like http://192.168.1.20:8069")
        elif scheme == "http" and not is_local(host):
            yield Fault(
                (*path, *name),
                f"plain http to {host} would cross the internet unprotected",
                "Write https://, or the POS's address in the restaurant's own network.",
            )


def selling_point(path: EntryPath, point: SellingPoint) -> Iterator[Fault]:
    """Numbers out of their range, a zone that does not exist."""
    if not point.id.strip() or "/" in point.id:
        yield Fault((*path, "id"), "this must be the id that Sinqro gave the selling point")
    try:
        _ = point.zone
    except ValueError as exc:
        yield Fault((*path, "timezone"), str(exc))
    numbers: list[tuple[EntryPath, float, float, float]] = [
        (("lead_minutes",), point.lead_minutes, 0, _MINUTES),
        (("scheduled_after_minutes",), point.scheduled_after_minutes, 0, _MINUTES),
        (("poll_open_seconds",), point.poll_open_seconds, 0.5, _SECONDS),
        (("poll_idle_seconds",), point.poll_idle_seconds, 0.5, _SECONDS),
        *((("accept_minutes", channel), minutes, 0.1, _MINUTES) for channel, minutes in point.accept_minutes.items()),
        *(
            (("auto_accept", number, "minutes"), rule.minutes, 0, _MINUTES)
            for number, rule in enumerate(point.auto_accept)
        ),
    ]
    for name, value, least, most in numbers:
        if not least <= value <= most:
            yield Fault((*path, *name), f"this must be between {least:g} and {most:g}")


def address(path: EntryPath, host: str) -> Fault | None:
    """The receiver listens on an address, not on a name, which may come to mean another machine."""
    if host != "localhost" and not _is_address(host):
        return Fault(
            path, "this must be an address of this machine", "Leave it out (127.0.0.1) if the POS is on this machine."
        )
    return None


def quiet_hours(path: EntryPath, alarm: AlarmSettings) -> Iterator[Fault]:
    """Quiet hours have a beginning and an end."""
    for name in ("quiet_from", "quiet_until"):
        time = getattr(alarm, name)
        if time and not _TIME_OF_DAY.fullmatch(time):
            yield Fault((*path, name), f"{time!r} is no time of day", 'Write it like "23:30".')
        if not time and (alarm.quiet_from or alarm.quiet_until):
            yield Fault(
                path, f"the entry {name} is missing: quiet hours begin and end", f'Add a line: {name} = "09:00"'
            )


def open_receiver(path: EntryPath, host: str) -> Fault | None:
    """Without a secret only this machine may post webhooks."""
    if _is_loopback(host):
        return None
    return Fault(path, f"webhooks without a secret are taken on this machine only, not on {host}", "Remove the line.")


def _leaves(value: Any, path: EntryPath = ()) -> Iterator[tuple[EntryPath, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    else:
        yield path, value


def _url_carries_secret(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False  # no address at all; said by the rule for addresses
    return "@" in parts.netloc or any(_SECRET_NAME.search(name.lower()) for name, _ in parse_qsl(parts.query))


def _host(url: str) -> str:
    """The host of an address, empty when it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for no number
        return parts.hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
