"""Where the HTTP API listens, and which keys open it."""

from pathlib import Path

import pytest

from app.bootstrap_http import HttpKeys, address_of, change_key, http_server
from app.domain.errors import ConfigurationError
from app.infra.settings import SellingPointSettings, parse
from app.infra.vault_headless import FileVault

POINTS = """
[sinqro]
environment = "{environment}"
[[selling_points]]
id = "71"
environment = "sandbox"
[[selling_points]]
id = "71"
environment = "production"
"""


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ("", ("127.0.0.2", 9000)),
        (":0", ("127.0.0.2", 0)),
        ("127.0.0.1:8713", ("127.0.0.1", 8713)),
        ("[::1]:8713", ("::1", 8713)),
        ("9001", ("127.0.0.2", 9001)),
        ("localhost:1", ("localhost", 1)),
    ],
)
def test_where_it_listens(where: str, address: tuple[str, int]) -> None:
    settings = parse('[http]\nhost = "127.0.0.2"\nport = 9000\n', Path("config.toml"))
    assert address_of(where, settings) == address


@pytest.mark.parametrize("where", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"])
def test_what_is_no_address_and_port(where: str) -> None:
    with pytest.raises(ConfigurationError, match="no address and port"):
        address_of(where, parse("", Path("config.toml")))


def test_a_name_in_the_table_is_refused_with_its_entry() -> None:
    with pytest.raises(ConfigurationError, match="must be an address of this machine"):
        parse('[http]\nhost = "caja-1"\n', Path("config.toml"))


def test_an_open_address_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    vault = FileVault(path=tmp_path / "secrets.json")
    with pytest.raises(ConfigurationError, match="without TLS"):
        http_server("192.168.1.5:8713", settings=parse("", tmp_path / "config.toml"), vault=vault)


async def test_each_environment_has_its_own_key(tmp_path: Path) -> None:
    config, secrets = tmp_path / "config.toml", tmp_path / "secrets.json"
    made = {}
    for environment in ("sandbox", "production"):
        config.write_text(POINTS.format(environment=environment))
        made[environment] = await change_key("71", new=True, config=config, data=tmp_path, secrets=secrets)
        assert made[environment].startswith(f"sqc_{environment}_")
    assert made["sandbox"] != made["production"]
    vault = FileVault(path=secrets)
    for environment, key in made.items():
        points: tuple[SellingPointSettings, ...] = parse(POINTS.format(environment=environment), config).here
        keys = HttpKeys(vault=vault, points=points)
        assert await keys.get("71") == key
        assert await keys.get("72") is None
    assert await change_key("71", new=False, config=config, data=tmp_path, secrets=secrets) == ""
    assert await vault.get("production/http/71/api-key") is None
    assert await vault.get("sandbox/http/71/api-key") == made["sandbox"]
