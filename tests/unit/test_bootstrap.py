"""What the composition root refuses before anything runs, and how adapters get their secrets."""

from pathlib import Path

import pytest

from adapters.odoo.adapter import OdooAdapter
from adapters.rest.adapter import RestAdapter
from app.bootstrap import check_inject_on, check_machine
from app.bootstrap_pos import make_adapter, polled
from app.domain.errors import ConfigurationError
from app.domain.selling_point import InjectOn
from app.infra.machine import fingerprint
from app.infra.paths import Paths
from app.infra.settings import (
    Environment,
    EnvironmentSettings,
    PosSettings,
    SellingPointSettings,
    Settings,
    SinqroSettings,
)
from app.services.no_pos import NoPos


def paired_on(machine: str) -> Settings:
    here = EnvironmentSettings(installation_id="inst_1", link_url="wss://sinqro.example/link", machine=machine)
    return Settings(sinqro=SinqroSettings(environment=Environment.SANDBOX, sandbox=here))


def point(
    adapter: str | None = "rest", environment: Environment = Environment.PRODUCTION, **more: object
) -> SellingPointSettings:
    options = {"profile": "reference", **more} if adapter == "rest" else more
    pos = None if adapter is None else PosSettings(adapter=adapter, url="http://127.0.0.1:1", options=dict(options))
    return SellingPointSettings(id="3961", pos=pos, environment=environment)


async def known(name: str) -> str | None:
    return {"production/pos/3961/api-key": "k3y"}.get(name)


async def unknown(name: str) -> str | None:
    return None


def test_a_copied_installation_is_refused_and_a_paired_one_is_not() -> None:
    check_machine(paired_on(fingerprint()))
    check_machine(paired_on(""))
    with pytest.raises(ConfigurationError, match="copied from another machine"):
        check_machine(paired_on("0123456789abcdef"))


async def test_arrival_needs_a_pos_that_can_hold_an_order() -> None:
    arrival = SellingPointSettings(id="3961", inject_on=InjectOn.ARRIVAL)
    check_inject_on(arrival, await make_adapter(point(), known))
    check_inject_on(arrival, NoPos())
    with pytest.raises(ConfigurationError, match="can hold an order"):
        check_inject_on(arrival, OdooAdapter(url="http://127.0.0.1:1", api_key="k"))
    check_inject_on(SellingPointSettings(id="3961"), OdooAdapter(url="http://127.0.0.1:1", api_key="k"))


async def test_an_adapter_gets_its_secrets_and_options() -> None:
    assert isinstance(await make_adapter(point(timeout=3), known), RestAdapter)
    assert isinstance(await make_adapter(point("odoo", database="bar"), known), OdooAdapter)
    assert isinstance(await make_adapter(point(None), known), NoPos)


async def test_a_configuration_of_before_profiles_still_works() -> None:
    adapter = await make_adapter(point("reference", timeout=3), known)
    assert adapter.profile.pos.name == "Reference POS"


async def test_the_sandboxs_key_is_public_and_productions_is_not() -> None:
    assert isinstance(await make_adapter(point(environment=Environment.SANDBOX), unknown), RestAdapter)
    with pytest.raises(ConfigurationError, match="production/pos/3961/api-key"):
        await make_adapter(point(), unknown)


PROFILE = """
[pos]
name = "Bar"
[options.venue]
title = "Venue"
pattern = "[0-9]+"
[options.kind]
default = "bar"
choices = ["bar", "hotel"]
[services.health]
path = "/{options.venue}/{options.kind}/health"
result = '{"ok": true}'
[polling]
"""


async def test_a_profile_of_ones_own_stands_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "bar.toml").write_text(PROFILE)
    paths = Paths(config=tmp_path / "config.toml", data=tmp_path / "data", logs=tmp_path)
    for _ in range(2):  # the second time from what was kept
        adapter = await make_adapter(point(profile="bar.toml", venue="12"), unknown, paths)
        assert adapter.profile.pos.name == "Bar"
        assert [file.name[:4] for file in (tmp_path / "data" / "profiles").iterdir()] == ["bar-"]
    for faulty, said in (
        ({}, "the option venue is missing (Venue)"),
        ({"venue": "x"}, "is not of the form"),
        ({"venue": 12}, "must be a text"),
        ({"venue": "12", "kind": "pub"}, "none of bar, hotel"),
        ({"venue": "12", "colour": "red"}, "does not take these options: colour"),
    ):
        with pytest.raises(ConfigurationError, match="selling point 3961") as refused:
            await make_adapter(point(profile="bar.toml", **faulty), unknown, paths)
        assert said in refused.value.message


async def test_a_broken_profile_is_told_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "bar.toml"
    file.write_text('[pos]\nname = "Bar"\n[services.health]\npath = "/{colour}"\n')
    with pytest.raises(ConfigurationError, match=r"bar.toml:4:\d+: services.health.path"):
        await make_adapter(point(profile=str(file)), known)


async def test_a_pos_is_asked_no_more_often_than_it_allows(tmp_path: Path) -> None:
    file = tmp_path / "bar.toml"
    file.write_text(POLLED)
    adapter = await make_adapter(point(profile=str(file)), known)
    assert (polled(point(), adapter).poll_open_seconds, polled(point(), adapter).poll_idle_seconds) == (9, 20)
    assert polled(point(), NoPos()) == point()


POLLED = """
[pos]
name = "Bar"
[services.changes]
path = "/orders"
result = '{"orders": answer}'
[status.order.read]
open = "accepted"
[polling.changes]
every_seconds = 9
"""


@pytest.mark.parametrize(
    ("faulty", "secrets", "said", "hint"),
    [
        (point("micros"), known, "no adapter 'micros'", "odoo, rest"),
        (point(), unknown, "production/pos/3961/api-key", "secret set production/pos/3961/api-key"),
        (point(colour="red"), known, "does not take these options", "Its profile has none"),
        (point(profile="micros"), known, "no profile 'micros'", "reference"),
        (point(profile=7), known, "needs a profile", "profile = "),
        (point(timeout="long"), known, "timeout", ""),
        (point("odoo", colour="red"), known, "does not take these options", "documentation"),
    ],
)
async def test_what_is_wrong_with_a_pos_is_said(
    faulty: SellingPointSettings, secrets: object, said: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await make_adapter(faulty, secrets)  # type: ignore[arg-type]
    assert said in refused.value.message
    assert hint in refused.value.hint
