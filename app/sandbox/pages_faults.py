"""A form for any of the sandbox's faults: made from the fields of its struct, read back as the control API's JSON."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from app.sandbox.pages import ON, Child, Html, PageError, button, el, field, form, link, tag, text, tick


def present(faults: msgspec.Struct) -> dict[str, Any]:
    """The faults that are on: all that differs from none (the dice's seed alone is no fault)."""
    none = type(faults)()
    names = [name for name in faults.__struct_fields__ if name not in ("seed", "only")]
    return {name: getattr(faults, name) for name in names if getattr(faults, name) != getattr(none, name)}


def faults_tag(faults: msgspec.Struct) -> Child:
    """A warning for the head of every page, while anything goes wrong on purpose."""
    on = present(faults)
    if not on:
        return None
    return link(tag("1 fault on" if len(on) == 1 else f"{len(on)} faults on", "warn"), "/faults")


def faults_panel(faults: msgspec.Struct, explained: Mapping[str, str]) -> Html:
    """The form; ``explained`` says what each field does, in the order to show."""
    fields = [_control(name, getattr(faults, name), hint) for name, hint in explained.items()]
    on = present(faults)
    now = ", ".join(f"{name} {_shown(value)}".strip() for name, value in on.items())
    state = (
        el("p", tag("on", "warn"), f" {now}") if on else el("p", tag("none", "ok"), " Everything works as it should.")
    )
    return el(
        "div",
        state,
        form(
            "/faults",
            el("div", fields, class_="fields"),
            el(
                "div",
                button("Set these faults", kind="go"),
                button("End all faults", name="end", value="all"),
                class_="row",
            ),
        ),
        class_="panel",
    )


def faults_json(form_type: type[msgspec.Struct], sent: Mapping[str, str]) -> bytes:
    """What was sent, as the body of ``PUT /control/faults``. Raises :class:`PageError`."""
    if "end" in sent:
        return b"{}"
    values: dict[str, Any] = {}
    for info in msgspec.structs.fields(form_type):
        given = sent.get(info.name, "").strip()
        if isinstance(info.default, bool):
            values[info.name] = given == ON
        elif not given:
            continue
        elif isinstance(info.default, tuple):
            values[info.name] = [part.strip() for part in given.split(",") if part.strip()]
        else:
            values[info.name] = _number(info.name, given)
    return msgspec.json.encode(values)


def _control(name: str, value: Any, hint: str) -> Html:
    if isinstance(value, bool):
        return tick(name, name, on=value, hint=hint)
    if isinstance(value, tuple):
        return field(name, text(name, ", ".join(value), placeholder="comma separated"), hint)
    return field(name, text(name, _shown(value), kind="number"), hint)


def _shown(value: Any) -> str:
    if value is None or value is True:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else str(value)


def _number(name: str, given: str) -> int | float:
    try:
        return int(given)
    except ValueError:
        pass
    try:
        number = float(given)
    except ValueError as exc:
        raise PageError(f"{name}: {given!r} is no number.") from exc
    if not math.isfinite(number):
        raise PageError(f"{name}: {given!r} is no number.")
    return number
