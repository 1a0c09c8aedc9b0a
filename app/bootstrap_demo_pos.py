"""The POS of a demo: the reference POS of this process, or a real Odoo with its own menu and tables."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.errors import ConfigurationError
from app.sandbox.evening_board import PlayedPos
from app.sandbox.evening_pos import PlayedReference
from app.sandbox.menu import Restaurant as Menu
from app.sandbox.menu import superpizza
from app.sandbox.menu_read import restaurant_of
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_forms import WebhookForm

ODOO_API_KEY = "ODOO_API_KEY"
"""Environment variable with the API key of a demo's Odoo."""


class DemoPos(NamedTuple):
    """The POS of a demo: what stands in the configuration, and what a player needs of it."""

    settings: dict[str, str]
    rules: dict[str, Any]
    """Rules of the selling point that it wants."""
    api_key: str
    menu: Menu
    played: PlayedPos
    webhooks: Callable[[WebhookForm], object] | None = None


OpenPos = Callable[[Path], AbstractAsyncContextManager[DemoPos]]
"""Opens the POS of a demo; the folder is for what it keeps."""


@asynccontextmanager
async def reference_pos(data: Path) -> AsyncIterator[DemoPos]:
    """The reference POS, in this process."""
    async with ReferencePos(data=data / "pos") as till:
        yield DemoPos(
            settings={"adapter": "rest", "profile": "reference", "url": till.url},
            rules={},
            api_key=till.api_key,
            menu=superpizza(),
            played=PlayedReference(till),
            webhooks=till.set_webhook,
        )


def odoo_pos(url: str, api_key: str | None) -> OpenPos:
    """A real Odoo at ``url``, with its own menu and tables. Its till is opened where it is closed."""
    if not api_key:
        raise ConfigurationError(
            f"the API key of the Odoo at {url} is missing", hint=f"put it into the environment variable {ODOO_API_KEY}"
        )
    key = api_key

    @asynccontextmanager
    async def opened(_: Path) -> AsyncIterator[DemoPos]:
        from adapters.odoo.adapter import OdooAdapter
        from app.sandbox.odoo_till import OdooError, OdooTill

        async with OdooTill(url=url, api_key=key) as till, OdooAdapter(url=url, api_key=key) as adapter:
            await adapter.health()
            try:
                await till.open()
            except OdooError as exc:
                raise ConfigurationError(f"the Odoo at {url} cannot be used: {exc}") from exc
            entities = [entity async for entity in adapter.read_catalog()]
            yield DemoPos(
                settings={"adapter": "odoo", "url": url},
                rules={"payments": [{"pos_method": str(await till.method("bank")), "prepaid": True}]},
                api_key=key,
                menu=restaurant_of("Odoo", entities, await adapter.read_tables()),
                played=till,
            )

    return opened
