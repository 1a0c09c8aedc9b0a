"""What the composition root refuses before anything runs, and how adapters get their secrets."""

import pytest

from adapters.odoo.adapter import OdooAdapter
from adapters.reference.adapter import ReferenceAdapter
from app.bootstrap import check_inject_on, check_machine, make_adapter
from app.domain.errors import ConfigurationError
from app.domain.selling_point import InjectOn
from app.infra.machine import fingerprint
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


def point(adapter: str | None = "reference", **more: object) -> SellingPointSettings:
    pos = None if adapter is None else PosSettings(adapter=adapter, url="http://127.0.0.1:1", options=dict(more))
    return SellingPointSettings(id="3961", pos=pos)


async def known(name: str) -> str | None:
    return {"sandbox/pos/3961/api-key": "k3y"}.get(name)


async def unknown(name: str) -> str | None:
    return None


def test_a_copied_installation_is_refused_and_a_paired_one_is_not() -> None:
    check_machine(paired_on(fingerprint()))
    check_machine(paired_on(""))
    with pytest.raises(ConfigurationError, match="copied from another machine"):
        check_machine(paired_on("0123456789abcdef"))


def test_arrival_needs_a_pos_that_can_hold_an_order() -> None:
    arrival = SellingPointSettings(id="3961", inject_on=InjectOn.ARRIVAL)
    check_inject_on(arrival, ReferenceAdapter(url="http://127.0.0.1:1", api_key="k"))
    check_inject_on(arrival, NoPos())
    with pytest.raises(ConfigurationError, match="can hold an order"):
        check_inject_on(arrival, OdooAdapter(url="http://127.0.0.1:1", api_key="k"))
    check_inject_on(SellingPointSettings(id="3961"), OdooAdapter(url="http://127.0.0.1:1", api_key="k"))


async def test_an_adapter_gets_its_secrets_and_options() -> None:
    assert isinstance(await make_adapter(point(timeout=3), known), ReferenceAdapter)
    assert isinstance(await make_adapter(point(None), known), NoPos)


@pytest.mark.parametrize(
    ("faulty", "secrets", "said", "hint"),
    [
        (point("micros"), known, "no adapter 'micros'", "odoo, reference"),
        (point(), unknown, "sandbox/pos/3961/api-key", "secret set sandbox/pos/3961/api-key"),
        (point(colour="red"), known, "does not take these options", "documentation"),
    ],
)
async def test_what_is_wrong_with_a_pos_is_said(
    faulty: SellingPointSettings, secrets: object, said: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await make_adapter(faulty, secrets)  # type: ignore[arg-type]
    assert said in refused.value.message
    assert hint in refused.value.hint
