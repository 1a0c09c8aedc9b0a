"""The configuration: defaults, every fault with its place, nothing secret, nothing unsafe."""

from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError
from app.domain.selling_point import InjectOn, SellingPoint, TaxRegime
from app.domain.status import OrderType
from app.infra.settings import Environment, Settings, load, parse

FILE = Path("config.toml")
FULL = """\
language = "es"
device_name = "CAJA-1"

[sinqro]
environment = "production"

[sinqro.production]
base_url = "https://companion.example.com"
link_url = "wss://link.example.com/v1"
notification_url = "https://companion.example.com/notifications"
installation_id = "i-1"
machine = "m-1"

[[selling_points]]
id = "71"
name = "Bar Pepe"
environment = "production"
timezone = "Atlantic/Canary"
tax_regime = "igic"
inject_on = "arrival"
auto_accept = [{ channel = "glovo", order_types = ["delivery"], minutes = 25 }]
payments = [{ pos_method = "cash", method = "cash", prepaid = false }]
accept_minutes = { glovo = 5 }
poll_open_seconds = 2

[selling_points.pos]
adapter = "odoo"
url = "http://192.168.1.20:8069"
database = "bar"
timeouts = { read = 5 }

[[selling_points]]
id = "71"

[receiver]
enabled = true
port = 9000

[log]
level = "debug"
"""


def fault(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, FILE)
    return caught.value


def test_missing_file_gives_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path / "none.toml", environ={})
    assert settings == Settings()
    assert settings.environment is Environment.SANDBOX
    assert not settings.current.paired
    assert settings.device


def test_everything_is_read() -> None:
    settings = parse(FULL, FILE)
    assert settings.current.paired
    assert settings.current.link_url == "wss://link.example.com/v1"
    (point,) = settings.here
    assert isinstance(point, SellingPoint)
    assert (point.tax_regime, point.inject_on, point.zone.key) == (TaxRegime.IGIC, InjectOn.ARRIVAL, "Atlantic/Canary")
    assert point.auto_accept[0].order_types == (OrderType.DELIVERY,)
    assert point.pos is not None
    assert (point.pos.adapter, point.pos.url) == ("odoo", "http://192.168.1.20:8069")
    assert point.pos.options == {"database": "bar", "timeouts": {"read": 5}}
    assert len(settings.selling_points) == 2
    assert settings.selling_points[1].pos is None
    assert (settings.receiver.port, settings.log.level, settings.device) == (9000, "debug", "CAJA-1")


def test_names_in_the_vault_hold_the_environment() -> None:
    settings = parse(FULL, FILE)
    assert settings.secret("user-access-token") == "production/user-access-token"
    assert settings.here[0].secret("api-key") == "production/pos/71/api-key"
    assert settings.selling_points[1].secret("api-key") == "sandbox/pos/71/api-key"


def test_environment_variable_chooses_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FULL, encoding="utf-8")
    settings = load(path, environ={"SINQRO_COMPANION_ENVIRONMENT": "sandbox"})
    assert settings.environment is Environment.SANDBOX
    assert settings.here == settings.selling_points[1:]
    assert not settings.current.paired
    with pytest.raises(ConfigurationError, match="no environment 'live'") as caught:
        load(path, environ={"SINQRO_COMPANION_ENVIRONMENT": "live"})
    assert caught.value.hint == "Set it to sandbox or production."


def test_contract_fills_base_urls_in(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FULL, encoding="utf-8")
    urls = {"sandbox": "https://sandbox.example.com", "production": "https://other.example.com"}
    settings = load(path, environ={}, base_urls=urls)
    assert settings.sinqro.sandbox.base_url == "https://sandbox.example.com"
    assert settings.sinqro.production.base_url == "https://companion.example.com"


def test_windows_editors_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfdevice_name = "CAJA-1"\r\n[log]\r\nlevel = "error"\r\n')
    assert load(path, environ={}).log.level == "error"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'device_name = "\xe1"')
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load(path, environ={})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path, environ={})


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a = 1\n[log\n", "config.toml, line 2: this is no TOML: Expected ']'", "quotes"),
        ("a = " + "[" * 5000, "config.toml: this is no TOML", "quotes"),
        (
            "[sinqro]\nenviroment = 'sandbox'",
            "config.toml, line 2: sinqro.enviroment: there is no such",
            "mean environment?",
        ),
        ("[sinqro]\nenvironment = 'live'", "line 2: sinqro.environment: there is no 'live'", "sandbox or production"),
        ("[receiver]\nport = '8712'", "line 2: receiver.port: this must be a whole number, not a text", ""),
        ("[receiver]\nport = 70000", "line 2: receiver.port: Expected int <= 65535", ""),
        ("[receiver]\n\nhost = 'caja'", "line 3: receiver.host: this must be an address", "Leave it out"),
        ("[log]\nlevel = 'loud'", "line 2: log.level: there is no 'loud'", "debug, info, warning or error"),
        ("[[selling_points]]\nname = 'x'", "line 1: selling_points[0]: the entry id is missing", "id ="),
        ("[selling_points]\nid = '1'", "line 1: selling_points: this must be a list", "[[selling_points]]"),
        ("selling_points = [1]", "line 1: selling_points[0]: this must be a table", ""),
        ("[[selling_points]]\nid = 71", "line 2: selling_points[0].id: this must be a text", ""),
        ("[[selling_points]]\nid = 'a/b'", "line 2: selling_points[0].id: this must be the id", ""),
        (
            "[[selling_points]]\nid = '1'\n[[selling_points]]\nid = '1'",
            "line 4: selling_points[1].id: the selling point 1 stands twice in sandbox",
            "",
        ),
        (
            "[[selling_points]]\nid = '1'\ntimezone = 'Madrid'",
            "line 3: selling_points[0].timezone: there is no time",
            "",
        ),
        ("[[selling_points]]\nid = '1'\npoll_open_seconds = 0", "poll_open_seconds: this must be between 0.5 and", ""),
        (
            "[[selling_points]]\nid = '1'\nlead_minutes = inf",
            "line 3: selling_points[0].lead_minutes: this must be a n",
            "",
        ),
        (
            "[[selling_points]]\nid = '1'\naccept_minutes = { glovo = -1 }",
            "line 3: selling_points[0].accept_minutes.glovo: this must be between",
            "",
        ),
        (
            "[[selling_points]]\nid = '1'\nauto_accept = [{minutes = 999999}]",
            "line 3: selling_points[0].auto_accept[0].minutes: this must be between",
            "",
        ),
        ("[[selling_points]]\nid = '1'\ntax_regime = 'vat'", "there is no 'vat'", "iva, igic, ipsi or other"),
        (
            "[[selling_points]]\nid = '1'\n[selling_points.pos]\nurl = ''",
            "line 3: selling_points[0].pos: the entry adapter",
            "",
        ),
    ],
)
def test_fault_is_said_with_its_place(text: str, message: str, hint: str) -> None:
    error = fault(text)
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    "entry",
    [
        "token = 'planted-1'",
        "api_key = 'planted-1'",
        "apiKey = 'planted-1'",
        "client_secret = 'planted-1'",
        "accessToken = 'planted-1'",
        "'x-api-user-access-token' = 'planted-1'",
        "login = { user = 'x', password = 'planted-1' }",
        "passwords = ['Basic planted-1']",
        "note = 'whsec_planted-1'",
        "token_url = 'https://user:planted-1@example.com'",
        "check_url = 'https://example.com/?api_key=planted-1'",
    ],
)
def test_secrets_are_refused_and_not_repeated(entry: str) -> None:
    error = fault(f"[[selling_points]]\nid = '1'\n[selling_points.pos]\nadapter = 'reference'\n{entry}\n")
    assert "config.toml, line 5: selling_points[0].pos." in error.message
    assert "must not stand in this file" in error.message
    assert "secret set" in error.hint
    assert "planted" not in str(error) + error.hint


def test_entries_about_secrets_are_no_secrets() -> None:
    text = (
        "[[selling_points]]\nid = '1'\nwebhook_secret_required = true\n"
        "pos = {adapter = 'rest', token_path = '$.t', secret_name = 'api-key'}"
    )
    assert parse(text, FILE).selling_points[0].webhook_secret_required


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://127.0.0.1:8069", True),
        ("http://localhost:8069", True),
        ("http://[::1]:8069", True),
        ("http://192.168.1.20", True),
        ("http://10.0.0.7:80/api", True),
        ("http://[fd00::7]:80", True),
        ("http://caja1:8069", True),
        ("http://caja1.local", True),
        ("https://pos.example.com", True),
        ("http://pos.example.com", False),
        ("http://8.8.8.8", False),
        ("http://134744072", False),
        ("http://0x08080808", False),
        ("http://localhost.example.com", False),
        ("ftp://192.168.1.20", False),
        ("192.168.1.20:8069", False),
        ("http://", False),
        ("http://192.168.1.20:port", False),
        ("http://[::1", False),
    ],
)
def test_plain_http_stays_in_the_house(url: str, good: bool) -> None:
    text = f"[[selling_points]]\nid = '1'\npos = {{adapter = 'reference', url = '{url}'}}"
    if good:
        parse(text, FILE)
    else:
        assert "config.toml, line 3: selling_points[0].pos.url: " in fault(text).message


def test_an_option_may_not_leave_the_house_either() -> None:
    text = "[[selling_points]]\nid = '1'\n[selling_points.pos]\nadapter = 'rest'\nlogin_url = 'http://example.com'"
    assert "line 5: selling_points[0].pos.login_url: plain http" in fault(text).message


@pytest.mark.parametrize(
    ("entry", "url", "good"),
    [
        ("link_url", "wss://x.example.com", True),
        ("link_url", "ws://127.0.0.1:1", True),
        ("link_url", "ws://x.example.com", False),
        ("link_url", "https://x.example.com", False),
        ("base_url", "http://localhost:1", True),
        ("base_url", "http://192.168.1.1", False),
        ("notification_url", "http://x.example.com", False),
    ],
)
def test_sinqro_only_by_tls(entry: str, url: str, good: bool) -> None:
    text = f"[sinqro.sandbox]\n{entry} = '{url}'"
    if good:
        parse(text, FILE)
    else:
        assert f"config.toml, line 2: sinqro.sandbox.{entry}: " in fault(text).message


def test_a_receiver_open_to_others_needs_a_secret() -> None:
    point = "[[selling_points]]\nid = '1'\nwebhook_secret_required = false\n"
    parse(point, FILE)
    assert "line 3: selling_points[0].webhook_secret_required" in fault(f"{point}[receiver]\nhost = '0.0.0.0'").message


NAMES = [
    *("sinqro", "environment", "sandbox", "link_url", "base_url", "selling_points", "id", "pos", "adapter", "url"),
    *(
        "accept_minutes",
        "auto_accept",
        "payments",
        "timezone",
        "receiver",
        "host",
        "port",
        "log",
        "level",
        "token",
        "x",
    ),
]
SCALARS = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_characters="\x7f", exclude_categories=["Cc", "Cs"])),
    st.sampled_from(["http://", "https://[", "ws://127.0.0.1:x", "http://10.0.0.1", "../x", "sandbox", "71"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5))
def test_anything_is_read_or_refused_in_plain_words(raw: dict[str, object]) -> None:
    assert said_about(tomlkit.dumps(raw)).endswith(".")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert said_about(text)


def said_about(text: str) -> str:
    """The refusal, or a word of praise."""
    try:
        parse(text, FILE)
    except ConfigurationError as error:
        return error.message if error.message.startswith("config.toml") else ""
    return "config.toml is good."
