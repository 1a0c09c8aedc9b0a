"""The manager's PIN on this machine: its vault, and the proof for who forgot it. Part of the composition root."""

from collections.abc import Mapping

from app.bootstrap import NOTIFICATION_SECRET, USER_AGENT, USER_TOKEN, load_settings
from app.domain.errors import CredentialsRefused
from app.infra.clock import SystemClock
from app.infra.paths import Paths
from app.ports.vault import Vault
from app.services.manager_pin import ManagerPin


def manager_pin(*, vault: Vault, paths: Paths, environ: Mapping[str, str]) -> ManagerPin:
    """The PIN that ``vault`` keeps; who forgot it proves with a pairing code of the restaurant in ``paths``."""

    async def prove(code: str) -> None:
        await prove_restaurant(code, vault=vault, paths=paths, environ=environ)

    return ManagerPin(vault=vault, clock=SystemClock(), prove=prove)


async def prove_restaurant(code: str, *, vault: Vault, paths: Paths, environ: Mapping[str, str]) -> None:
    """See that a pairing code is one of the restaurant served here.

    The code pairs this very installation once more, so what Sinqro gives for it takes the place of the earlier token
    and secret: whether Sinqro still takes those is not ours to guess. The link uses the new ones from its next
    handshake on. Raises ``CredentialsRefused`` for a wrong code or another restaurant's, and what pairing raises.
    """
    from app.infra import pairing_http  # needed once a year

    settings = load_settings(paths, environ)
    result = await pairing_http.pair(
        base_url=settings.current.base_url,
        code=code,
        device_name=settings.device,
        installation_id=settings.current.installation_id,
        user_agent=USER_AGENT,
    )
    served = {point.id for point in settings.here}
    if not served & {str(point.id) for point in result.selling_points}:
        raise CredentialsRefused(
            "This code is another restaurant's.",
            code="PAIRING_OTHER_RESTAURANT",
            hint="Have Sinqro show one for the restaurant of this machine.",
        )
    await vault.set(settings.secret(USER_TOKEN), result.user_access_token)
    await vault.set(settings.secret(NOTIFICATION_SECRET), result.notification_secret)
