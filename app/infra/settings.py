"""The configuration: one TOML file that people write, and pairing adds to.

A missing file is a fresh start, everything has a default. A faulty one stops the program with the file, the line, the
entry and how to mend it: a restaurant must never run on a configuration it did not mean. Secrets are refused here, they
live in the vault. What is loaded is frozen; :mod:`app.infra.settings_edit` changes the file.

::

    device_name = "CAJA-1"

    [sinqro]
    environment = "production"

    [[selling_points]]
    id = "71"
    environment = "production"
    pos = { adapter = "rest", profile = "reference", url = "http://127.0.0.1:8090" }
"""

import platform
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.domain.errors import ConfigurationError
from app.domain.form_faults import Fault, fault_of
from app.domain.selling_point import AutoAccept, PaymentRule, Rules, SellingPoint
from app.infra import settings_rules as rules
from app.infra.settings_faults import refusal, syntax_refusal
from app.ports.alarm import AlarmSettings, AlarmSounds

ENVIRONMENT_VARIABLE = "SINQRO_COMPANION_ENVIRONMENT"


class Environment(StrEnum):
    """Sinqro's two worlds; nothing of one is ever used with the other."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class EnvironmentSettings(Rules, frozen=True, kw_only=True):
    """One of Sinqro's worlds as this installation knows it; all but ``base_url`` is written by pairing."""

    base_url: str = ""
    """Where pairing is asked; empty: as Sinqro's contract says."""
    link_url: str = ""
    notification_url: str = ""
    installation_id: str = ""
    machine: str = ""
    """Fingerprint of the machine that was paired: another one here means that the folder was copied."""

    @property
    def paired(self) -> bool:
        """Whether pairing has been done (its secrets are in the vault, or lost)."""
        return bool(self.installation_id and self.link_url)


class SinqroSettings(Rules, frozen=True, kw_only=True):
    """Sinqro: which of its worlds is used, and both."""

    environment: Environment = Environment.SANDBOX
    sandbox: EnvironmentSettings = EnvironmentSettings()
    production: EnvironmentSettings = EnvironmentSettings()


class PosSettings(Rules, frozen=True, kw_only=True):
    """The POS of a selling point; in the file all stands in one table, beside the adapter's own options."""

    adapter: str
    url: str = ""
    options: dict[str, Any] = {}  # noqa: RUF012 - msgspec copies empty defaults


class SellingPointSettings(SellingPoint, frozen=True, kw_only=True):
    """A selling point of one environment, with its rules and its POS."""

    environment: Environment = Environment.SANDBOX
    pos: PosSettings | None = None
    """``None``: freshly paired, nobody has said which POS it is."""

    def secret(self, name: str) -> str:
        """What the vault calls a secret of this one's POS."""
        return f"{self.environment}/pos/{self.id}/{name}"


class ReceiverSettings(Rules, frozen=True, kw_only=True):
    """The local receiver of the POS's webhooks."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8712
    """0: any free one."""


class HttpSettings(Rules, frozen=True, kw_only=True):
    """The passive services over HTTPS: where ``serve --http`` answers."""

    host: str = "127.0.0.1"
    """An address of this machine; another than loopback needs TLS, or a reverse proxy before it."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8713
    """0: any free one."""
    certificate_file: str = ""
    """PEM with the certificate and its chain."""
    key_file: str = ""
    """PEM with the certificate's key."""
    behind_proxy: bool = False
    """A reverse proxy stands before it, speaks TLS to the world, and hands requests on with the ``Host`` they had."""


class LogSettings(Rules, frozen=True, kw_only=True):
    """The log files."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    max_mb: Annotated[float, Meta(gt=0, le=1000)] = 5
    files: Annotated[int, Meta(ge=1, le=100)] = 5


class RetentionSettings(Rules, frozen=True, kw_only=True):
    """How long customers' data is kept."""

    days: Annotated[int, Meta(ge=1, le=3650)] = 30


class Settings(Rules, frozen=True, kw_only=True):
    """The whole configuration."""

    language: str = ""
    """Empty: the system's."""
    device_name: str = ""
    sinqro: SinqroSettings = SinqroSettings()
    selling_points: tuple[SellingPointSettings, ...] = ()
    """Of both environments; see :attr:`here`."""
    receiver: ReceiverSettings = ReceiverSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()
    retention: RetentionSettings = RetentionSettings()
    alarm: AlarmSettings = AlarmSettings()

    @property
    def environment(self) -> Environment:
        """The world that is used."""
        return self.sinqro.environment

    @property
    def current(self) -> EnvironmentSettings:
        """Sinqro's side of the world that is used."""
        return self.sinqro.production if self.environment is Environment.PRODUCTION else self.sinqro.sandbox

    @property
    def here(self) -> tuple[SellingPointSettings, ...]:
        """The selling points of the world that is used."""
        return tuple(point for point in self.selling_points if point.environment is self.environment)

    @property
    def device(self) -> str:
        """What staff call this machine: as configured, else the name of the computer."""
        return self.device_name or platform.node() or "companion"

    def secret(self, name: str) -> str:
        """What the vault calls a secret of the world that is used, for instance ``user-access-token``."""
        return f"{self.environment}/{name}"


def load(path: Path, *, environ: Mapping[str, str], base_urls: Mapping[str, str] | None = None) -> Settings:
    """The configuration in ``path``, all defaults when there is no such file.

    ``base_urls`` are the contract's, by environment, for where the file names none. Raises
    :class:`~app.domain.errors.ConfigurationError`.
    """
    settings = parse(read_text(path), path)
    chosen = environ.get(ENVIRONMENT_VARIABLE)
    if chosen:
        if chosen not in set(Environment):
            raise ConfigurationError(
                f"{ENVIRONMENT_VARIABLE}: there is no environment {chosen!r}.",
                hint=f"Set it to {_listed(Environment)}.",
            )
        settings = _with_sinqro(settings, environment=Environment(chosen))
    for name in Environment:
        world: EnvironmentSettings = getattr(settings.sinqro, name)
        default = (base_urls or {}).get(name)
        if default and not world.base_url:
            settings = _with_sinqro(settings, **{name: msgspec.structs.replace(world, base_url=default)})
    return settings


def read_text(path: Path) -> str:
    """The file's text, empty when there is none; a byte order mark (Windows editors) is dropped."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except OSError as exc:
        raise ConfigurationError(
            f"{path}: cannot be read: {exc.strerror}.", hint="Let this user read the file."
        ) from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationError(f"{path}: is not UTF-8 text.", hint="Save it as UTF-8 in your editor.") from exc


def parse(text: str, path: Path) -> Settings:
    """The configuration in ``text``; ``path`` is for the messages. Raises ``ConfigurationError``."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise syntax_refusal(path, exc) from exc
    fault = rules.secret_in(raw) or rules.number_without_sense(raw)
    if fault:
        raise refusal(path, text, fault)
    try:
        settings = msgspec.convert(_with_pos_options(raw), Settings)
    except msgspec.ValidationError as exc:
        raise refusal(path, text, fault_of(exc, names=_known_names(), choices=_choices)) from exc
    for fault in _faults(settings):
        raise refusal(path, text, fault)
    return settings


def _with_sinqro(settings: Settings, **changes: Any) -> Settings:
    return msgspec.structs.replace(settings, sinqro=msgspec.structs.replace(settings.sinqro, **changes))


def _with_pos_options(raw: dict[str, Any]) -> dict[str, Any]:
    """The adapter's own options, which stand beside ``adapter`` and ``url`` in the file, put into ``options``."""
    points = raw.get("selling_points")
    if not isinstance(points, list):
        return raw
    own = ("adapter", "url")
    changed = []
    for point in points:
        pos = point.get("pos") if isinstance(point, dict) else None
        if isinstance(pos, dict):
            split = {name: pos[name] for name in own if name in pos}
            split["options"] = {name: value for name, value in pos.items() if name not in own}
            changed.append({**point, "pos": split})
        else:
            changed.append(point)
    return {**raw, "selling_points": changed}


def _faults(settings: Settings) -> list[Fault]:
    """What the types cannot say."""
    found: list[Fault | None] = []
    for name in Environment:
        world: EnvironmentSettings = getattr(settings.sinqro, name)
        found += [
            rules.sinqro_url(("sinqro", name, "base_url"), world.base_url, "http"),
            rules.sinqro_url(("sinqro", name, "link_url"), world.link_url, "ws"),
            rules.sinqro_url(("sinqro", name, "notification_url"), world.notification_url, "http"),
        ]
    seen: set[tuple[Environment, str]] = set()
    for number, point in enumerate(settings.selling_points):
        at = ("selling_points", number)
        found += rules.selling_point(at, point)
        if (point.environment, point.id) in seen:
            found.append(Fault((*at, "id"), f"the selling point {point.id} stands twice in {point.environment}"))
        seen.add((point.environment, point.id))
        if point.pos:
            found += rules.pos_urls((*at, "pos"), {"url": point.pos.url, **point.pos.options})
        if not point.webhook_secret_required:
            found.append(rules.open_receiver((*at, "webhook_secret_required"), settings.receiver.host))
    found.append(rules.address(("receiver", "host"), settings.receiver.host))
    found.append(rules.address(("http", "host"), settings.http.host))
    found += rules.quiet_hours(("alarm",), settings.alarm)
    return [fault for fault in found if fault]


def _known_names() -> set[str]:
    known = (
        *(Settings, SinqroSettings, EnvironmentSettings, SellingPointSettings, AutoAccept, PaymentRule),
        *(ReceiverSettings, HttpSettings, LogSettings, RetentionSettings, AlarmSettings, AlarmSounds),
    )
    return {field.name for struct in known for field in msgspec.structs.fields(struct)}


def _choices(name: str) -> str:
    """What may stand in the entry called ``name``, where that is a choice."""
    from app.domain.selling_point import InjectOn, TaxRegime
    from app.domain.status import OrderType

    enums: dict[str, type[StrEnum]] = {
        "environment": Environment,
        "tax_regime": TaxRegime,
        "inject_on": InjectOn,
        "order_types": OrderType,
    }
    if name == "level":
        return "debug, info, warning or error"
    return _listed(enums[name]) if name in enums else ""


def _listed(enum: type[StrEnum]) -> str:
    *first, last = enum
    return f"{', '.join(first)} or {last}"
