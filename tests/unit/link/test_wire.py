"""The table of Sinqro's particulars, and addresses."""

from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.domain.status import Status
from app.link.urls import checked_url, is_loopback
from app.link.wire import load_wire


def test_the_packaged_table() -> None:
    wire = load_wire()
    assert set(wire.environments) == {"production", "sandbox"}
    for environment in wire.environments.values():
        assert checked_url(environment.base_url, "http").startswith("https://")
        assert checked_url(environment.link_url, "ws").startswith("wss://")
    urls = [(environment.base_url, environment.link_url) for environment in wire.environments.values()]
    assert len(set(urls)) == 2  # they cannot be mixed up
    assert wire.link.subprotocol == "sinqro-link.v1"
    assert wire.headers.user_access_token == "x-api-user-access-token"


def test_statuses_go_there_and_back() -> None:
    wire = load_wire()
    assert {status: wire.status(wire.code(status)) for status in Status} == {status: status for status in Status}
    assert wire.code(Status.PENDING) == "waiting_sp_validation"
    assert wire.status(" WAITING_SP_VALIDATION ") is Status.PENDING
    assert wire.status("in_the_oven") is None


@pytest.mark.parametrize("text", ["[link]\n", "nonsense", "[link]\nsubprotocol = 5\n", "\xff"])
def test_a_broken_table_is_named(tmp_path: Path, text: str) -> None:
    table = tmp_path / "sinqro.toml"
    table.write_text(text, encoding="latin-1")
    with pytest.raises(ConfigurationError) as caught:
        load_wire(table)
    assert str(table) in str(caught.value)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.toml"):
        load_wire(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    "url",
    ["wss://x.test/a", "wss://x.test:444", "ws://127.0.0.1:9", "ws://127.8.8.8", "ws://[::1]:9/x", "ws://localhost"],
)
def test_addresses_that_are_taken(url: str) -> None:
    assert checked_url(url, "ws") == url


@pytest.mark.parametrize(
    "url",
    [
        "ws://x.test",
        "ws://192.168.1.5:80",
        "ws://127.0.0.1.x.test",
        "ws://localhost.x.test",
        "http://127.0.0.1",
        "https://x.test",
        "wss://",
        "wss://user:pass@x.test",
        "wss://x.test:port",
        "wss://[x",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_url(url, "ws")
    assert "pass@" not in str(caught.value)


def test_loopback() -> None:
    assert is_loopback("https://localhost/x")
    assert not is_loopback("https://10.0.0.1/x")
