"""Where profiles are, and what a restaurant's configuration says to one: options and secrets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.rest.cel_texts import matcher
from adapters.rest.profile import Profile
from adapters.rest.profile_parts import Option
from app.domain.errors import ConfigurationError

SHIPPED = Path(__file__).parents[2] / "resources" / "profiles"
"""The profiles that come with the program."""


def profile_file(name: str, folder: Path | None = None) -> Path:
    """The file of a profile: a shipped one by its name, any by its path (from ``folder``, where that is given).

    Raises :class:`~app.domain.errors.ConfigurationError` where there is none.
    """
    shipped = SHIPPED / f"{name}.toml"
    if name and "/" not in name and "\\" not in name and shipped.is_file():
        return shipped
    file = Path(name).expanduser()
    if folder is not None and not file.is_absolute():
        file = folder / file
    if name and file.is_file():
        return file
    known = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.toml")))
    raise ConfigurationError(
        f"there is no profile {name!r}", hint=f"Write one of {known}, or the path of a profile: {file}"
    )


def options_of(profile: Profile, given: Mapping[str, Any]) -> dict[str, Any]:
    """All options, with what the restaurant set. Raises ``ConfigurationError`` for what is wrong or missing."""
    for name in given:
        if name not in profile.options:
            known = ", ".join(sorted(profile.options)) or "none"
            raise ConfigurationError(
                f"{profile.pos.name} does not take these options: {name}", hint=f"Its profile has {known}."
            )
    values = {}
    for name, option in profile.options.items():
        value = given.get(name, option.default)
        if value is None:
            raise ConfigurationError(
                f"the option {name} is missing{_about(option)}", hint=f'Add it to the pos table: {name} = "…"'
            )
        _check(name, option, value)
        values[name] = value
    return values


def _check(name: str, option: Option, value: Any) -> None:
    kinds: dict[str, type] = {"text": str, "number": int, "boolean": bool}
    if type(value) is not kinds[option.type]:
        wanted = {"text": 'a text: "…"', "number": "a whole number", "boolean": "true or false"}[option.type]
        raise ConfigurationError(f"the option {name} must be {wanted}{_about(option)}")
    if option.choices and value not in option.choices:
        raise ConfigurationError(f"the option {name} is none of {', '.join(option.choices)}{_about(option)}")
    if option.pattern and isinstance(value, str):
        whole = f"^(?:{option.pattern})$"
        if matcher().eval(data={"text": value, "pattern": whole}).plain_value() is not True:
            raise ConfigurationError(f"the option {name} is not of the form {option.pattern}{_about(option)}")


def _about(option: Option) -> str:
    said = " - ".join(part for part in (option.title, option.help) if part)
    return f" ({said})" if said else ""
