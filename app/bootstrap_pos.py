"""The POS side of the composition root: adapters from the configuration, and the receiver of their webhooks."""

import hashlib
import importlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

import adapters
from app.domain.errors import ConfigurationError, ProfileError
from app.domain.selling_point import SellingPoint
from app.infra.clock import SystemClock
from app.infra.paths import Paths
from app.infra.settings import Environment, PosSettings, SellingPointSettings, Settings
from app.ports.pos import PosAdapter, PosWebhook, WebhookProof
from app.services.no_pos import NoPos

log = logging.getLogger(__name__)

SecretOf = Callable[[str], Awaitable[str | None]]
"""Gives a secret by its full name, ``None`` where the vault has none; raises ``VaultError``."""


async def make_adapter(point: SellingPointSettings, secrets: SecretOf, paths: Paths | None = None) -> Any:
    """The adapter of a selling point: an async context manager that gives a :class:`PosAdapter`.

    ``paths``: profiles with a relative path are looked for beside the configuration, and what was checked of them is
    kept among the data. Raises :class:`ConfigurationError` where something is missing or wrong, ``VaultError`` where
    the vault does not answer.
    """
    if point.pos is None:
        return NoPos()
    try:
        profile = _profile_name(point.pos)
        if profile is not None:
            return await _by_profile(point, point.pos, profile, secrets, paths)
        return await _in_code(point, point.pos, secrets)
    except (ConfigurationError, ProfileError) as exc:
        raise ConfigurationError(f"selling point {point.id}: {exc.message}", hint=exc.hint) from exc


def _profile_name(pos: PosSettings) -> str | None:
    """The profile, where a profile describes the POS."""
    if pos.adapter in adapters.FORMER:
        return adapters.FORMER[pos.adapter]
    if pos.adapter != adapters.REST:
        return None
    name = pos.options.get("profile")
    if not isinstance(name, str) or not name:
        raise ConfigurationError(
            'the adapter "rest" needs a profile', hint='Add to the pos table: profile = "reference", or a file\'s path.'
        )
    return name


async def _in_code(point: SellingPointSettings, pos: PosSettings, secrets: SecretOf) -> Any:
    """An adapter in code: its class names its secrets in ``SECRETS``; they and the options are its arguments."""
    where = adapters.BUILTIN.get(pos.adapter)
    if where is None:
        known = ", ".join(sorted([*adapters.BUILTIN, adapters.REST]))
        raise ConfigurationError(
            f"there is no adapter {pos.adapter!r}",
            hint=f'Known adapters: {known}; rest takes a profile (profile = "reference", or a file\'s path).',
        )
    module, _, name = where.partition(":")
    adapter = getattr(importlib.import_module(module), name)
    arguments: dict[str, Any] = dict(pos.options)
    for secret in adapter.SECRETS:
        arguments[secret.replace("-", "_")] = await _needed(point, secret, secrets)
    try:
        return adapter(url=pos.url, **arguments)
    except TypeError as exc:
        raise ConfigurationError(
            f"the adapter {pos.adapter!r} does not take these options: {exc}",
            hint="Compare the pos table with the adapter's documentation.",
        ) from exc


async def _by_profile(
    point: SellingPointSettings, pos: PosSettings, name: str, secrets: SecretOf, paths: Paths | None
) -> Any:
    """The declarative adapter with a profile. Loaded only here: its parts are many."""
    from adapters.rest.adapter import RestAdapter
    from adapters.rest.cel_store import CheckedTrees
    from adapters.rest.find import options_of, profile_file
    from adapters.rest.load import load_profile
    from adapters.rest.program import needed_secrets

    file = profile_file(name, paths.config.parent if paths else None)
    kept = hashlib.sha256(str(file).encode()).hexdigest()[:16]
    trees = CheckedTrees(paths.data / "profiles" / f"{file.stem}-{kept}.json" if paths else None)
    profile = load_profile(file, trees).profile
    given = {option: value for option, value in pos.options.items() if option not in ("profile", "timeout")}
    known: dict[str, str] = {}
    for secret in sorted(needed_secrets(profile)):
        public = profile.secrets[secret].sandbox if secret in profile.secrets else ""
        known[secret] = await _needed(
            point, secret, secrets, public if point.environment is Environment.SANDBOX else ""
        )
    adapter = RestAdapter(
        profile,
        point=point,
        url=pos.url,
        secrets=known,
        options=options_of(profile, given),
        folder=file.parent,
        timeout=_timeout(pos.options),
        trees=trees,
    )
    trees.save()
    return adapter


def _timeout(options: Mapping[str, Any]) -> float | None:
    """Seconds for one call, where the restaurant knows better than the profile."""
    value = options.get("timeout")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 60:
        raise ConfigurationError("the option timeout must be a number of seconds, 60 at most")
    return float(value)


async def _needed(point: SellingPointSettings, secret: str, secrets: SecretOf, public: str = "") -> str:
    """A secret from the vault; ``public``: a test account's, which counts where the vault has none."""
    value = await secrets(point.secret(secret)) or public
    if not value:
        raise ConfigurationError(
            f"the secret {point.secret(secret)!r} is not in the vault",
            hint=f"sinqro-companion secret set {point.secret(secret)}",
        )
    return value


def webhook_secret(point: SellingPointSettings, paths: Paths) -> str | None:
    """Full name of the secret that the POS's webhooks are proved with; ``None``: its profile knows no webhooks."""
    name = WebhookProof().secret
    try:
        profile_name = _profile_name(point.pos) if point.pos is not None else None
        if profile_name is not None:
            from adapters.rest.find import profile_file
            from adapters.rest.hearing import proof_of
            from adapters.rest.load import load_profile

            webhooks = load_profile(profile_file(profile_name, paths.config.parent)).profile.webhooks
            if webhooks is None:
                return None
            name = proof_of(webhooks).secret
    except (ConfigurationError, ProfileError):
        pass  # told where the POS itself is looked at
    return point.secret(name)


def polled(point: SellingPoint, pos: PosAdapter) -> SellingPoint:
    """The selling point, its POS asked no more often than the POS allows."""
    slowest: float = getattr(pos, "poll_seconds", 0)
    if slowest <= point.poll_open_seconds and slowest <= point.poll_idle_seconds:
        return point
    return msgspec.structs.replace(
        point,
        poll_open_seconds=max(slowest, point.poll_open_seconds),
        poll_idle_seconds=max(slowest, point.poll_idle_seconds),
    )


def receiver(
    settings: Settings,
    adapters_by_point: Sequence[tuple[SellingPoint, PosAdapter]],
    secrets: SecretOf,
    on_webhook: Callable[[PosWebhook], Awaitable[None]],
    clock: SystemClock,
) -> Any:
    """The local receiver of POS webhooks; loaded only where it is switched on."""
    from app.infra.pos_webhook_schemes import SchemeKind, WebhookScheme
    from app.infra.pos_webhooks import PosWebhooks, WebhookSource

    by_id = {point.id: pos for point, pos in adapters_by_point}

    def source(point: SellingPointSettings) -> WebhookSource:
        proof: WebhookProof = getattr(by_id.get(point.id), "webhook_proof", None) or WebhookProof()
        scheme = WebhookScheme(
            kind=SchemeKind(proof.kind),
            header=proof.header or "x-webhook-signature",
            prefix=proof.prefix,
            encoding=proof.encoding,
        )

        async def secret() -> str | None:
            return await secrets(point.secret(proof.secret))

        return WebhookSource(scheme=scheme if point.webhook_secret_required else None, secret=secret)

    async def heard(hint: PosWebhook) -> None:
        hear: Callable[[PosWebhook], PosWebhook | None] | None = getattr(by_id[hint.selling_point], "heard", None)
        meant = hint if hear is None else hear(hint)
        if meant is not None:
            await on_webhook(meant)

    return PosWebhooks(
        sources={point.id: source(point) for point in settings.here},
        on_webhook=heard,
        clock=clock,
        host=settings.receiver.host,
        port=settings.receiver.port,
    )
