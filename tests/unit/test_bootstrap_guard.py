"""Who forgot the manager's PIN: a pairing code of this restaurant gives a new one, another restaurant's does not."""

from pathlib import Path

import pytest

from app import bootstrap, bootstrap_setup
from app.bootstrap_guard import manager_pin
from app.domain.errors import CredentialsRefused
from app.infra.logs import Redactor
from app.infra.paths import Paths
from app.infra.settings_edit import update
from app.sandbox.sinqro import SinqroSandbox


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(config=tmp_path / "config.toml", data=tmp_path / "companion", logs=tmp_path / "logs")


async def test_a_code_of_this_restaurant_gives_a_new_pin(tmp_path: Path, paths: Paths) -> None:
    secrets = tmp_path / "secrets"
    async with SinqroSandbox(data=tmp_path / "sinqro") as cloud:
        place = {"base_url": cloud.base_url, "device_name": "CAJA-1", "paths": paths, "secrets": secrets}
        await bootstrap_setup.pair(code=cloud.pairing_code(), **place)  # type: ignore[arg-type]
        vault = bootstrap.open_vault({}, Redactor(), secrets)
        token = await vault.get("sandbox/user-access-token")
        pin = manager_pin(vault=vault, paths=paths, environ={})
        await pin.change("4821")
        with pytest.raises(CredentialsRefused, match="does not know this code"):
            await pin.recover("ABCD2345", "7777")
        assert (await pin.check("4821")).right
        await pin.recover(cloud.pairing_code(), "7777")
        assert (await pin.check("7777")).right
        assert await vault.get("sandbox/user-access-token") != token, "what Sinqro gave for the code is kept"


async def test_another_restaurants_code_proves_nothing(tmp_path: Path, paths: Paths) -> None:
    secrets = tmp_path / "secrets"
    async with SinqroSandbox(data=tmp_path / "sinqro") as cloud:
        place = {"base_url": cloud.base_url, "device_name": "CAJA-1", "paths": paths, "secrets": secrets}
        await bootstrap_setup.pair(code=cloud.pairing_code(), **place)  # type: ignore[arg-type]
        update(paths.config, {("selling_points", 0, "id"): "elsewhere"})
        vault = bootstrap.open_vault({}, Redactor(), secrets)
        token = await vault.get("sandbox/user-access-token")
        pin = manager_pin(vault=vault, paths=paths, environ={})
        await pin.change("4821")
        with pytest.raises(CredentialsRefused, match="another restaurant"):
            await pin.recover(cloud.pairing_code(), "7777")
        assert (await pin.check("4821")).right
        assert await vault.get("sandbox/user-access-token") == token
