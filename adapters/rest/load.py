"""A profile from its file, checked as a whole: every fault with line, column, entry and a hint, all at once.

::

    text → TOML → types → expressions and templates, compiled → values → what the parts need of each other

What is wrong with the form of one entry does not hide what is wrong elsewhere; only questions that need the whole (is
there a code for each status?) wait until its parts are there.
"""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from adapters.rest.cel_store import CheckedTrees
from adapters.rest.check_calls import check_calls
from adapters.rest.check_expressions import ExpressionChecks, Finding
from adapters.rest.check_rules import check_names, check_together, check_values, secret_names
from adapters.rest.contexts import SHAPES, Shape
from adapters.rest.profile import Profile
from adapters.rest.structure import structured
from adapters.rest.toml_places import Places
from app.domain.errors import ProfileError, ProfileFault
from app.domain.form_faults import entry_name

LONGEST = 300_000
"""Characters of a profile's text; the reference POS's has 9,000."""

MOST = 100
"""Faults that are told at once."""


class Loaded(NamedTuple):
    """A profile without faults, and where it came from."""

    profile: Profile
    text: str
    file: Path


def load_profile(file: Path, trees: CheckedTrees | None = None) -> Loaded:
    """The profile in a file. Raises :class:`~app.domain.errors.ProfileError` with all its faults.

    ``trees``: what was checked at an earlier start; with them the checker itself is not loaded.
    """
    text = read_text(file)
    profile = parse_profile(text, file, trees)
    authority = profile.connection.ca_file
    if authority and not (file.parent / authority).is_file():
        line, column = Places(text).line_column(("connection", "ca_file"))
        missing = ProfileFault(
            line, column, "connection.ca_file", f"there is no file {authority}", "Beside the profile."
        )
        raise _error(file, [missing])
    return Loaded(profile, text, file)


def read_text(file: Path) -> str:
    """The text of a profile. Raises ``ProfileError``."""
    try:
        if file.stat().st_size > 4 * LONGEST:
            raise ProfileError(f"{file}: this is too large for a profile.", hint="Is it the right file?")
        return file.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise ProfileError(f"{file}: cannot be read: {exc.strerror}.", hint="Check the name of the profile.") from exc
    except UnicodeDecodeError as exc:
        raise ProfileError(f"{file}: is not UTF-8 text.", hint="Save it as UTF-8 in your editor.") from exc


def parse_profile(text: str, file: Path, trees: CheckedTrees | None = None) -> Profile:
    """The profile in a text; ``file`` is for messages. Raises ``ProfileError`` with all faults."""
    profile, faults = examine(text, trees)
    if faults or profile is None:
        raise _error(file, faults)
    return profile


def examine(text: str, trees: CheckedTrees | None = None) -> tuple[Profile | None, list[ProfileFault]]:
    """The profile in a text, as far as it can be read, and all its faults in the order of their lines."""
    if len(text) > LONGEST:
        return None, [ProfileFault(1, 1, "", f"this is longer than {LONGEST} characters")]
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        return None, [_syntax(str(exc), text)]
    except RecursionError:
        return None, [ProfileFault(1, 1, "", "this is no TOML: nested too deeply")]
    profile, form = structured(raw)
    findings = [Finding(fault.path, fault.message, fault.hint) for fault in form]
    if profile is not None:
        findings += _checked(profile, trees, whole=not form)
    places = Places(text)
    faults = {
        ProfileFault(*places.line_column(found.path, found.at), entry_name(found.path), found.message, found.hint)
        for found in findings
    }
    return profile, sorted(faults)[:MOST]


def _checked(profile: Profile, trees: CheckedTrees | None, *, whole: bool) -> list[Finding]:
    secrets = secret_names(profile) | set(profile.secrets)
    shapes: dict[str, Shape] = {
        **SHAPES,
        "options": dict.fromkeys(profile.options),
        "words": {name: dict.fromkeys(table) for name, table in profile.words.items()},
        "secrets": {name.replace("-", "_"): None for name in secrets},
    }
    checks = ExpressionChecks(shapes, trees)
    check_calls(profile, checks)
    check_values(profile, checks)
    if whole:
        check_together(profile, checks)
        if not checks.findings:  # a name within a faulty expression would count as not used
            check_names(profile, checks)
    return checks.findings


_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")


def _syntax(said: str, text: str) -> ProfileFault:
    found = _AT.search(said)
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    column = int(found[2]) if found and found[2] else 1
    message = _AT.sub("", said)
    hint = 'Texts stand in quotes: name = "Bar Pepe"; texts of several lines in three.'
    return ProfileFault(line, column, "", f"this is no TOML: {message[:1].lower()}{message[1:]}", hint)


def _error(file: Path, faults: list[ProfileFault]) -> ProfileError:
    shown = "\n".join(f"{file}:{fault}" for fault in faults)
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return ProfileError(f"The profile has {count}:\n{shown}", faults=tuple(faults))
