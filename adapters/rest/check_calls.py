"""What is wrong with a profile's calls: each expression and template compiled with the variables of its place."""

import re
from collections.abc import Mapping
from typing import Any

from adapters.rest.cel_check import similar
from adapters.rest.cel_tree import Call as TreeCall
from adapters.rest.cel_tree import Const, Entries, Items, Loop, Node
from adapters.rest.check_expressions import ExpressionChecks
from adapters.rest.contexts import ANSWER, COMMON, ITEM, SECRETS, VARIABLES, WEBHOOK, Shape
from adapters.rest.profile import Profile
from adapters.rest.profile_parts import LoginAuth, OAuth2
from adapters.rest.profile_services import Call, Cursor, LinkHeader, Request, Service, Step
from adapters.rest.results import FIELDS, LISTS, NEEDED, WITHOUT, entity_fields
from app.domain.form_faults import EntryPath

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BARE_PATH = re.compile(r"[^\s?#\\]*")


def check_calls(profile: Profile, checks: ExpressionChecks) -> None:
    """Check all that is sent and all that is read of answers."""
    for name, source in profile.functions.items():
        checks.function(name, source)
    _connection(profile, checks)
    for name in VARIABLES:
        service: Service | None = getattr(profile.services, name)
        if service is not None:
            _ServiceChecks(name, checks).check(service)
    errors = profile.errors
    checks.expression(("errors", "failed"), errors.failed, ANSWER, kind="bool")
    for name in ("code", "message", "field"):
        checks.expression(("errors", name), getattr(errors, name), ANSWER)
    if profile.webhooks is not None:
        checks.expression(("webhooks", "event"), profile.webhooks.event, WEBHOOK)
        for name, event in profile.webhooks.events.items():
            checks.expression(("webhooks", "events", name, "when"), event.when, WEBHOOK, kind="bool")
            checks.expression(("webhooks", "events", name, "id"), event.id, WEBHOOK)
    checks.expression(("status", "reservation_when"), profile.status.reservation_when, {"id"}, kind="bool")


def _connection(profile: Profile, checks: ExpressionChecks) -> None:
    _headers(("connection", "headers"), profile.connection.headers, checks)
    checks.templates(("connection", "headers"), profile.connection.headers, SECRETS)
    auth = profile.auth
    for name in ("user", "client_id", "token_url"):
        if hasattr(auth, name):
            checks.template(("auth", name), getattr(auth, name), {"options"})
    if isinstance(auth, LoginAuth):
        checks.template(("auth", "path"), auth.path, SECRETS)
        checks.expression(("auth", "body"), auth.body, SECRETS)
        checks.templates(("auth", "headers"), auth.headers, SECRETS)
        _headers(("auth", "headers"), auth.headers, checks)
        for name in ("token", "expires_in", "expires_at"):
            checks.expression(("auth", name), getattr(auth, name), ANSWER)
        if auth.expires_in and auth.expires_at:
            checks.add(("auth", "expires_at"), "expires_in says it already", "Leave one of them out.")
        _path(("auth", "path"), auth.path, checks)
    if isinstance(auth, OAuth2) and not auth.token_url.startswith(("/", "https://", "http://")):
        checks.add(
            ("auth", "token_url"), "this is neither a path nor an address", 'Write "/oauth/token" or "https://…".'
        )


def _headers(path: EntryPath, headers: Mapping[str, Any], checks: ExpressionChecks) -> None:
    for name in headers:
        if not _HEADER.fullmatch(name):
            checks.add((*path, name), f"{name!r} is no name of a header")


def _path(path: EntryPath, template: str, checks: ExpressionChecks) -> None:
    outside = re.sub(r"\{[^{}]*\}", "", template)
    if not template.startswith("/"):
        checks.add(path, "a path begins with /", "It is added to the base address of [connection].")
    elif not _BARE_PATH.fullmatch(outside):
        checks.add(path, "a path has no spaces, ? or #", "Parameters stand in [….query].")


class _ServiceChecks:
    def __init__(self, name: str, checks: ExpressionChecks) -> None:
        self._name = name
        self._checks = checks
        self._variables = VARIABLES[name] | COMMON

    def check(self, service: Service) -> None:
        at: EntryPath = ("services", self._name)
        if not service.steps:
            if not service.path:
                self._checks.add(at, "the service has neither a path nor steps", 'Add a line: path = "/…"')
                return
            self._call(at, service, self._variables, {})
            self._result(at, service, self._variables | ANSWER, {})
            return
        for name in _set_fields(service):
            if name not in ("steps", "result"):
                self._checks.add((*at, name), "a service with steps has no call of its own", "Move it into a step.")
        self._steps(at, service)

    def _steps(self, at: EntryPath, service: Service) -> None:
        known: dict[str, Shape] = {}
        for index, step in enumerate(service.steps):
            path = (*at, "steps", index)
            shapes = {"steps": dict(known)}
            before = self._variables | {"steps"}
            self._checks.expression((*path, "when"), step.when, before, kind="bool", shapes=shapes)
            self._checks.expression((*path, "foreach"), step.foreach, before, kind="list", shapes=shapes)
            if not step.path and not step.items and not step.result:
                self._checks.add(path, "the step does nothing", 'Add a line: path = "/…"')
            if step.name in known:
                self._checks.add((*path, "name"), f"there is a step {step.name} already")
            if step.concurrency > 1 and not step.foreach:
                self._checks.add((*path, "concurrency"), "this is for a step with foreach")
            within = before | ({"each", "index"} if step.foreach else frozenset())
            self._call(path, step, within, shapes)
            answer = ANSWER if step.path else frozenset()
            known[step.name] = None
            if step.undo is not None:
                self._request((*path, "undo"), step.undo, within, {"steps": dict(known)})
            if not service.result and (step is service.steps[-1] or self._name in LISTS) and not step.helper:
                self._result(path, step, within | answer, shapes)
            else:
                self._any_result(path, step, within | answer, shapes)
        if service.result:
            variables = self._variables | {"steps"}
            result = self._checks.expression((*at, "result"), service.result, variables, shapes={"steps": known})
            if result is not None:
                self._fields((*at, "result"), result.tree)
        elif all(step.helper for step in service.steps):
            self._checks.add(at, "all steps are helpers: the service has no result", "Add a result to the service.")

    def _request(self, at: EntryPath, request: Request, variables: frozenset[str], shapes: Mapping[str, Shape]) -> None:
        checks = self._checks
        if request.path:
            _path((*at, "path"), request.path, checks)
            checks.template((*at, "path"), request.path, variables, shapes=shapes)
        _headers((*at, "headers"), request.headers, checks)
        checks.templates((*at, "query"), request.query, variables, shapes=shapes)
        checks.templates((*at, "headers"), request.headers, variables, shapes=shapes)
        kind = "map" if request.encoding == "form" else ""
        checks.expression((*at, "body"), request.body, variables, shapes=shapes, kind=kind)
        if request.body and request.method == "GET":
            checks.add((*at, "body"), "a GET has no body", 'Write method = "POST", or put it into the query.')

    def _call(self, at: EntryPath, call: Call, variables: frozenset[str], shapes: Mapping[str, Shape]) -> None:
        checks = self._checks
        self._request(at, call, variables, shapes)
        if call.idempotency_header:
            if not _HEADER.fullmatch(call.idempotency_header):
                checks.add((*at, "idempotency_header"), f"{call.idempotency_header!r} is no name of a header")
            checks.template((*at, "idempotency_key"), call.idempotency_key, variables, shapes=shapes)
        for code in call.success:
            if not 100 <= code <= 599:
                checks.add((*at, "success"), f"{code} is no HTTP code")
        after = variables | ANSWER if call.path else variables
        checks.expression((*at, "items"), call.items, after, kind="list", shapes=shapes)
        if not call.path:
            for name in _set_fields(call):
                if name not in _MAPPING:
                    checks.add((*at, name), "a step without a path makes no call", 'Add a line: path = "/…"')
        if call.pages is None:
            return
        if not call.items:
            checks.add((*at, "pages"), "pages need items", 'Say where the list is: items = "answer.…"')
        if isinstance(call.pages, Cursor):
            checks.expression((*at, "pages", "cursor"), call.pages.cursor, after, shapes=shapes)
        if isinstance(call.pages, LinkHeader):
            checks.expression((*at, "pages", "next"), call.pages.next, after, shapes=shapes)

    def _any_result(self, at: EntryPath, call: Call, variables: frozenset[str], shapes: Mapping[str, Shape]) -> Any:
        if call.items:
            variables |= ITEM
        return self._checks.expression((*at, "result"), call.result, variables, shapes=shapes)

    def _result(self, at: EntryPath, call: Call, variables: frozenset[str], shapes: Mapping[str, Shape]) -> None:
        """A call whose result is the service's."""
        if self._name in WITHOUT:
            if call.result:
                self._checks.add((*at, "result"), f"{self._name} has no result", "What it did is read back: remove it.")
            return
        result = self._any_result(at, call, variables, shapes)
        if result is not None:
            self._fields((*at, "result"), result.tree)
        elif not call.result and self._name in NEEDED:
            needed = ", ".join(sorted(NEEDED[self._name]))
            self._checks.add(at, "the service has no result", f"Add one that gives {needed}: result = '{{…}}'")

    # ------------------------------------------------------------ what is written down in a result

    def _fields(self, path: EntryPath, tree: Node) -> None:
        for at, entries in self._maps(path, tree):
            names = _keys(entries)
            if self._name == "read_catalog":
                self._entity(at, entries, names)
                continue
            self._known(at, self._name, entries, names)
            for key, value, _ in entries.entries:
                if self._name == "changes" and isinstance(key, Const) and key.value == "orders":
                    for within, order in self._maps(at, value):
                        self._known(within, "read_order", order, _keys(order))

    def _maps(self, path: EntryPath, tree: Node) -> list[tuple[EntryPath, Entries]]:
        """The maps that an expression gives as its result, or as entries of its result, and where they stand."""
        parts: tuple[Node, ...] = ()
        match tree:
            case Entries():
                return [(path, tree)]
            case TreeCall(function="_?_:_", args=(_, yes, no)):
                parts = (yes, no)
            case TreeCall(function="_+_", args=args):
                parts = args
            case TreeCall(function="flatten", target=target) if target is not None:
                parts = (target,)
            case TreeCall(function=name) if name in self._checks.functions:
                return self._maps(("functions", name), self._checks.functions[name])
            case Items(items=items):
                parts = items
            case Loop(kind="map", body=body):
                parts = (body,)
        return [each for part in parts for each in self._maps(path, part)]

    def _known(self, path: EntryPath, service: str, entries: Entries, names: Mapping[Any, int]) -> None:
        """The fields of a result that is written down as a map."""
        known = FIELDS.get(service)
        if known is None or len(names) < len(entries.entries):
            return
        self._names(path, names, known)
        self._missing(path, NEEDED.get(service, frozenset()), known, entries, names)

    def _entity(self, path: EntryPath, entries: Entries, names: Mapping[Any, int]) -> None:
        kind = next(
            (value for key, value, _ in entries.entries if isinstance(key, Const) and key.value == "kind"), None
        )
        if kind is None:
            self._checks.add(path, "a catalog entity needs its kind", 'Add "kind": "product".', entries.at)
        elif isinstance(kind, Const):
            known = entity_fields(str(kind.value))
            if known is None:
                kinds = "menu menuSection product productVariant productOptionCategory productOption".split()
                self._checks.add(path, f"there is no kind {kind.value!r}", similar(str(kind.value), kinds), kind.at)
                return
            self._names(path, names, known)
            self._missing(path, frozenset({"externalId"}), known, entries, names)

    def _missing(
        self, path: EntryPath, needed: frozenset[str], known: frozenset[str], entries: Entries, names: Mapping[Any, int]
    ) -> None:
        """Needed fields, those apart that are there with a mistyped name; computed names may be any."""
        if len(names) < len(entries.entries):
            return
        mistyped = {similar(str(name), known) for name in set(names) - known}
        for name in sorted(needed - set(names)):
            if f"Did you mean {name}?" not in mistyped:
                self._checks.add(path, f"the result has no {name}", "", entries.at)

    def _names(self, path: EntryPath, names: Mapping[Any, int], known: frozenset[str]) -> None:
        for name, at in names.items():
            if name not in known:
                self._checks.add(path, f"a result has no {name}", similar(str(name), known), at)


def _keys(entries: Entries) -> dict[Any, int]:
    """The keys that are written down, with their places."""
    return {key.value: key.at for key, _, _ in entries.entries if isinstance(key, Const)}


_MAPPING = frozenset({"items", "result", "name", "when", "foreach", "helper"})
"""Entries of a step that makes no call."""


def _set_fields(call: Call) -> list[str]:
    """Entries of a call that say something else than their defaults."""
    plain = Step(name="x") if isinstance(call, Step) else Service()
    return [name for name in call.__struct_fields__ if getattr(call, name) != getattr(plain, name)]
