"""The contract's documents are what the types say, complete, and their examples validate."""

import json
import re
import runpy
from pathlib import Path

import pytest

from app.link.calls import ASKED, HTTP, SERVED
from app.link.notices import NOTICES
from app.report import contract, contract_examples
from app.report.contract_events import event_example
from tests.helpers.contract import faults

ROOT = Path(__file__).parents[3]

# ---------------------------------------------------------------- the documents


def test_the_files_are_what_the_types_say(capsys: pytest.CaptureFixture[str]) -> None:
    main = runpy.run_path(str(ROOT / "packaging" / "contract.py"))["main"]
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_a_file_that_is_not_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "packaging" / "contract.py"))
    script["main"].__globals__.update(FOLDER=tmp_path / "contract", ROOT=tmp_path)
    (tmp_path / "contract").mkdir()
    assert script["main"](["--check"]) == 1
    assert "contract/openapi.json is not what the types say" in capsys.readouterr().out
    assert script["main"]([]) == 0
    assert script["main"](["--check"]) == 0
    assert {path.name for path in (tmp_path / "contract").iterdir()} == set(contract.documents())


@pytest.mark.parametrize("name", sorted(contract.documents()))
def test_every_reference_leads_somewhere_and_every_field_is_described(name: str) -> None:
    document = contract.documents()[name]
    for ref in set(re.findall(r'"\$ref": "(#[^"]+)"', json.dumps(document))):
        found = document
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
    bare = []
    for kind, schema in (document.get("$defs") or document["components"]["schemas"]).items():
        properties = schema.get("properties", {})
        bare += [
            f"{kind}.{field}"
            for field, entry in properties.items()
            if not (entry.get("description") or "$ref" in entry)
        ]
        if not schema.get("description"):
            bare.append(kind)
    assert not bare


@pytest.mark.parametrize("direction", ["served", "asked"])
def test_requests_have_examples_that_validate(direction: str) -> None:
    calls, shown = (SERVED, contract_examples.SERVED) if direction == "served" else (ASKED, contract_examples.ASKED)
    assert [call.method for call in calls] == list(shown)
    for call in calls:
        params, result = shown[call.method]
        assert not faults(call.takes.__name__, params), call.method
        assert not faults(call.gives.__name__, result), call.method


def test_notifications_have_examples_that_validate() -> None:
    assert list(contract_examples.NOTICES) == list(NOTICES)
    for kind in NOTICES:
        assert not faults(f"event.{kind}", event_example(kind)), kind


def test_a_wrong_payload_is_found() -> None:
    assert faults("StatusChanged", {**contract_examples.NOTICES["order.status_changed"], "status": "cooking"})
    assert faults("Stored", {"state": "stored"})
    assert faults("event.order.injected", event_example("catalog.changed"))


def test_each_path_names_a_request_of_the_link() -> None:
    served = {call.method for call in SERVED}
    assert {each.method for each in HTTP} <= served
    assert len({(each.verb, each.path) for each in HTTP}) == len(HTTP)
