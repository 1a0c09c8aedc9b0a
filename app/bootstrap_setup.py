"""Setting this machine up: pairing, and secrets into the vault. Part of the composition root."""

from pathlib import Path

from app.bootstrap import (
    NOTIFICATION_SECRET,
    USER_AGENT,
    USER_TOKEN,
    load_settings,
    new_installation_id,
    process_environment,
)
from app.domain.errors import ConfigurationError
from app.infra import pairing_http
from app.infra.machine import fingerprint
from app.infra.paths import Paths
from app.infra.settings_edit import PairedSellingPoint, Pairing, update, write_pairing
from app.infra.vault_headless import choose_vault
from app.ports.vault import Vault


async def pair(
    *,
    code: str,
    base_url: str,
    device_name: str,
    paths: Paths,
    secrets: Path | None,
) -> list[PairedSellingPoint]:
    """Pair this machine: the token and secret go into the vault, addresses and selling points into the configuration.

    ``base_url`` and ``device_name`` are written down too when given.
    """
    environ = process_environment()
    settings = load_settings(paths, environ)
    environment = settings.environment
    vault = choose_vault(environ=environ, file=secrets)
    await _must_take(vault)
    installation_id = new_installation_id()
    result = await pairing_http.pair(
        base_url=base_url or settings.current.base_url,
        code=code,
        device_name=device_name or settings.device,
        installation_id=installation_id,
        user_agent=USER_AGENT,
    )
    await vault.set(settings.secret(USER_TOKEN), result.user_access_token)
    await vault.set(settings.secret(NOTIFICATION_SECRET), result.notification_secret)
    points = [
        PairedSellingPoint(id=str(point.id), name=point.name, timezone=point.timezone)
        for point in result.selling_points
    ]
    named: dict[tuple[str | int, ...], str] = {}
    if base_url:
        named["sinqro", environment.value, "base_url"] = base_url
    if device_name:
        named["device_name",] = device_name
    if named:
        update(paths.config, named)
    write_pairing(
        paths.config,
        environment,
        Pairing(
            link_url=result.link_url,
            notification_url=result.notification_url,
            installation_id=installation_id,
            machine=fingerprint(),
            selling_points=tuple(points),
        ),
    )
    return points


async def _must_take(vault: Vault) -> None:
    """A code is good for one pairing: first see that its secrets can be kept."""
    probe = "pairing-probe"
    await vault.set(probe, "ok")
    await vault.delete(probe)


async def change_secret(name: str, value: str | None, *, secrets: Path | None) -> None:
    """Put a secret into the vault, or take it out (``None``)."""
    vault = choose_vault(environ=process_environment(), file=secrets)
    if value is None:
        await vault.delete(name)
    elif value:
        await vault.set(name, value)
    else:
        raise ConfigurationError("an empty secret is none", hint="Type it, or give it on standard input.")
