"""Holds what goes over the wire against the schemas that Sinqro's engineers get."""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from app.link.messages import encode
from app.report.contract import all_schemas


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**all_schemas(), "$ref": f"#/$defs/{name}"}, validate_formats=True)


def faults(name: str, value: Any) -> list[str]:
    """What the schema called ``name`` finds wrong with a value (or with JSON), as it goes over the wire."""
    plain = json.loads(value if isinstance(value, bytes) else encode(value))
    return [f"{error.instance_path}: {error.message}" for error in _validator(name).iter_errors(plain)]
