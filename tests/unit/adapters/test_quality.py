"""Every adapter answers every rule, and what it names as proof is there."""

import ast
import functools
import inspect
import re
from pathlib import Path

import pytest

from adapters.odoo.adapter import OdooAdapter
from adapters.quality import Answer, Quality, quality_of, rules
from adapters.rest.capabilities import capabilities_of
from adapters.rest.find import profile_file
from adapters.rest.load import load_profile
from app.ports.pos import Capability

ROOT = Path(__file__).parents[3]
ADAPTERS = sorted(path.parent.name for path in (ROOT / "adapters").glob("*/quality.toml"))


@functools.cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))


def answers(quality: Quality) -> dict[str, Answer]:
    return quality.rules | {name.value: answer for name, answer in quality.capabilities.items()}


def test_every_adapter_has_answers() -> None:
    assert ADAPTERS == ["odoo", "rest"]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_rule_has_an_answer_and_no_other(adapter: str) -> None:
    quality = quality_of(adapter)
    assert list(quality.rules) == list(rules())
    assert set(quality.capabilities) == set(Capability)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_answer_names_tests_that_are_there_or_a_reason(adapter: str) -> None:
    for name, answer in answers(quality_of(adapter)).items():
        assert bool(answer.done) is not bool(answer.exempt), f"{name}: either done or exempt"
        assert answer.is_done or len(answer.exempt) > 30, f"{name}: a reason is a sentence"
        for test in answer.done:
            path, _, function = test.partition("::")
            assert (ROOT / path).is_file(), f"{name}: {path} is not there"
            assert function in functions_of(path), f"{name}: {test} is not there"


def test_what_odoo_declares_is_what_it_answers() -> None:
    declared = OdooAdapter(url="http://127.0.0.1:1", api_key="k").capabilities
    assert {name for name, answer in quality_of("odoo").capabilities.items() if answer.is_done} == declared


def test_what_the_reference_pos_declares_is_what_the_profile_s_adapter_answers() -> None:
    declared = capabilities_of(load_profile(profile_file("reference")).profile)
    assert {name for name, answer in quality_of("rest").capabilities.items() if answer.is_done} == declared


def test_the_options_of_an_adapter_stand_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith("| `odoo` |"))
    options = set(inspect.signature(OdooAdapter).parameters) - {"api_key", "transport", "timeout"}
    assert options <= set(re.findall(r"`(\w+)`", row))
    assert all(f"`{secret}`" in row for secret in OdooAdapter.SECRETS)
