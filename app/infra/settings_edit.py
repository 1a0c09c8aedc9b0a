"""Changes to the configuration file that keep what its owner wrote: comments, order, blank lines.

A change is checked like any other configuration before the file is replaced, so that the program never writes what it
could not read.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.errors import ConfigurationError
from app.domain.form_faults import EntryPath, entry_name
from app.infra.files import write_private
from app.infra.paths import private_folder
from app.infra.settings import Environment, parse, read_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


class PairedSellingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A selling point as Sinqro's answer to pairing names it; an empty zone is left out."""

    id: str
    name: str = ""
    timezone: str = ""


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """What pairing puts into the file; its secrets go into the vault."""

    link_url: str
    notification_url: str
    installation_id: str
    machine: str
    selling_points: tuple[PairedSellingPoint, ...] = ()


def update(path: Path, changes: Mapping[EntryPath, Any]) -> None:
    """Set entries by their path, ``None`` removes one; tables on the way are made. All of it or nothing.

    Raises :class:`~app.domain.errors.ConfigurationError` when the result would be no good configuration, when the file
    is not one, or cannot be written.
    """
    text = read_text(path)
    if text:
        parse(text, path)
    document = _document(text)
    for entry, value in changes.items():
        _set(document, entry, value)
    _write(path, document)


def write_pairing(path: Path, environment: Environment, pairing: Pairing) -> None:
    """Note what pairing brought. Selling points that are new get a table of their own; known ones keep their rules."""
    text = read_text(path)
    known = {point.id for point in parse(text, path).selling_points if point.environment is environment}
    document = _document(text)
    for name in ("link_url", "notification_url", "installation_id", "machine"):
        _set(document, ("sinqro", environment.value, name), getattr(pairing, name))
    _add_selling_points(document, environment, [point for point in pairing.selling_points if point.id not in known])
    _write(path, document)


def _document(text: str) -> "TOMLDocument":
    import tomlkit

    return tomlkit.parse(text)


def _set(document: "TOMLDocument", entry: EntryPath, value: Any) -> None:
    import tomlkit

    place: Any = document
    try:
        for step in entry[:-1]:
            if isinstance(step, str) and step not in place:
                if value is None:
                    return
                place[step] = tomlkit.table()
            place = place[step]
        if value is None:
            place.pop(entry[-1], None)
        else:
            place[entry[-1]] = value
    except (AttributeError, IndexError, TypeError) as exc:  # an entry where a table or list should be
        raise ConfigurationError(f"There is no {entry_name(entry)} in the configuration.") from exc


def _add_selling_points(
    document: "TOMLDocument", environment: Environment, points: Iterable[PairedSellingPoint]
) -> None:
    import tomlkit

    for point in points:
        if "selling_points" not in document:
            document["selling_points"] = tomlkit.aot()
        listed: Any = document["selling_points"]
        # Its owner may have written [{…}, {…}] instead of tables.
        table: Any = tomlkit.inline_table() if isinstance(listed, tomlkit.items.Array) else tomlkit.table()
        table.update({"id": point.id, "environment": environment.value})
        for name in ("name", "timezone"):
            if value := getattr(point, name):
                table[name] = value
        listed.append(table)


def _write(path: Path, document: "TOMLDocument") -> None:
    text = document.as_string()
    parse(text, path)
    private_folder(path.parent)
    try:
        write_private(path, text.encode())
    except OSError as exc:
        raise ConfigurationError(
            f"{path}: cannot be written: {exc.strerror}.",
            hint="Let this user write the file and its folder, and see whether the disk is full.",
        ) from exc
