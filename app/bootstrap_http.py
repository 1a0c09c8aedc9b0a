"""The passive services over HTTP, put together: address, TLS, keys, and the companion that answers.

Part of the composition root, and loaded only by ``serve --http`` and ``http-key``.
"""

import logging
import secrets as random
import time
from collections.abc import Callable
from pathlib import Path

from app.bootstrap import load_settings, process_environment
from app.domain.errors import ConfigurationError
from app.infra.http_api import HttpApi
from app.infra.http_api_server import HttpServer, check_address, tls_of
from app.infra.paths import find_paths
from app.infra.settings import SellingPointSettings, Settings
from app.infra.vault_headless import choose_vault
from app.ports.vault import Vault
from app.runtime.companion import Companion

log = logging.getLogger(__name__)

DOCUMENT = Path(__file__).parents[1] / "resources" / "contract" / "openapi.json"

_KEY_SECONDS = 2.0
"""How long a key is remembered: so soon a new one counts, and a deleted one is none."""


def http_server(where: str, *, settings: Settings, vault: Vault) -> Callable[[Companion], HttpServer]:
    """What makes the server, to be entered, once there is a companion. ``where`` is ``HOST:PORT`` or empty.

    Raises ``ConfigurationError`` at once: not first when the vault has been opened and the POS has answered.
    """
    host, port = address_of(where, settings)
    keys = HttpKeys(vault=vault, points=settings.here)
    document = DOCUMENT.read_bytes()

    tls = tls_of(settings.http.certificate_file, settings.http.key_file)
    check_address(host, tls=tls, behind_proxy=settings.http.behind_proxy)

    def make(companion: Companion) -> HttpServer:
        def app(is_own_host: Callable[[str], bool]) -> HttpApi:
            return HttpApi(
                request=companion.request,
                keep=companion.quarantine,
                document=document,
                key=keys.get,
                is_own_host=is_own_host,
            )

        return HttpServer(host=host, port=port, make_app=app, tls=tls, behind_proxy=settings.http.behind_proxy)

    return make


def address_of(where: str, settings: Settings) -> tuple[str, int]:
    """``HOST:PORT``, ``[IPv6]:PORT`` or ``:PORT``; what is not said is as configured. Raises ``ConfigurationError``."""
    host, _, port = where.rpartition(":") if where else ("", "", str(settings.http.port))
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ConfigurationError(f"{where!r} is no address and port.", hint="Write for instance 127.0.0.1:8713.")
    return host.removeprefix("[").removesuffix("]") or settings.http.host, int(port)


def key_name(point: SellingPointSettings) -> str:
    """What the vault calls a selling point's key: each environment has its own."""
    return f"{point.environment}/http/{point.id}/api-key"


class HttpKeys:
    """The keys of the selling points of the environment in use, asked from the vault."""

    def __init__(
        self, *, vault: Vault, points: tuple[SellingPointSettings, ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._vault = vault
        self._names = {point.id: key_name(point) for point in points}
        self._clock = clock
        self._known: dict[str, tuple[float, str | None]] = {}

    async def get(self, selling_point: str) -> str | None:
        """The key; ``None`` for a selling point that has none, or is not here. Raises ``VaultError``."""
        name = self._names.get(selling_point)
        if name is None:
            return None
        asked, key = self._known.get(selling_point, (-_KEY_SECONDS, None))
        now = self._clock()
        if now - asked >= _KEY_SECONDS:
            before, key = key, await self._vault.get(name)
            if key is None and (before is not None or selling_point not in self._known):
                log.warning("selling point %s has no key: sinqro-companion http-key new %s", *[selling_point] * 2)
            self._known[selling_point] = (now, key)
        return key


async def change_key(
    selling_point: str, *, new: bool, config: Path | None, data: Path | None, secrets: Path | None
) -> str:
    """Make a selling point a new key, which is returned this once, or take its key away. Raises ``CompanionError``."""
    environ = process_environment()
    settings = load_settings(find_paths(environ=environ, config=config, data=data), environ)
    point = next((each for each in settings.here if each.id == selling_point), None)
    if point is None:
        known = ", ".join(each.id for each in settings.here) or "none: pair this machine first"
        raise ConfigurationError(
            f"There is no selling point {selling_point!r} in {settings.environment}.", hint=f"There are: {known}."
        )
    vault = choose_vault(environ=environ, file=secrets)
    if not new:
        await vault.delete(key_name(point))
        return ""
    key = f"sqc_{settings.environment}_{random.token_urlsafe(32)}"
    await vault.set(key_name(point), key)
    return key
