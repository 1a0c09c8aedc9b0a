"""A profile made ready to run for one selling point: every expression and template compiled, once.

Plans only; :mod:`adapters.rest.calls` carries them out. Which variables stand where: :mod:`adapters.rest.contexts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.rest.cel_store import CheckedTrees
from adapters.rest.check_rules import secret_names
from adapters.rest.contexts import ANSWER, COMMON, ITEM, SECRETS, VARIABLES, WEBHOOK
from adapters.rest.expressions import Compiled, Engine, Template
from adapters.rest.functions import Formats
from adapters.rest.orders import point_view
from adapters.rest.profile import Profile
from adapters.rest.profile_services import Call, Cursor, LinkHeader, Request, Service, Step
from adapters.rest.texts import Texts
from app.domain.selling_point import SellingPoint


@dataclass(frozen=True)
class RequestPlan:
    """One HTTP request."""

    request: Request
    path: Template
    query: tuple[tuple[str, Template], ...]
    headers: tuple[tuple[str, Template], ...]
    body: Compiled | None
    key: Template | None = None
    """Value of the idempotency header."""

    @property
    def writing(self) -> bool:
        """Whether it may change something in the POS."""
        return self.request.method != "GET"


@dataclass(frozen=True)
class CallPlan:
    """A request and what its answer means; without a request it maps what earlier steps brought."""

    call: Call
    request: RequestPlan | None
    items: Compiled | None
    result: Compiled | None
    following: Compiled | None
    """Where the answer names the next page."""


@dataclass(frozen=True)
class StepPlan:
    """One of several calls."""

    step: Step
    call: CallPlan
    when: Compiled | None
    foreach: Compiled | None
    undo: RequestPlan | None


@dataclass(frozen=True)
class ServicePlan:
    """One service: a call, or steps with a result made of theirs."""

    name: str
    call: CallPlan | None
    steps: tuple[StepPlan, ...] = ()
    result: Compiled | None = None

    @property
    def writing(self) -> bool:
        """Whether it may change something in the POS."""
        calls = [step.call for step in self.steps] if self.call is None else [self.call]
        return any(call.request is not None and call.request.writing for call in calls)


class Program:
    """The compiled profile. ``base``: the variables that expressions see everywhere."""

    def __init__(
        self,
        profile: Profile,
        point: SellingPoint,
        options: Mapping[str, Any] | None = None,
        trees: CheckedTrees | None = None,
    ) -> None:
        """``options``: what the restaurant set, complete; ``trees``: expressions checked at an earlier start."""
        self.profile = profile
        self.texts = Texts(profile.text)
        formats = Formats(numbers=profile.numbers, times=profile.times, text=profile.text, zone=point.zone)
        self._engine = Engine(formats, trees)
        for name, source in profile.functions.items():
            self._engine.define(name, source)
        self.base: dict[str, Any] = {
            "options": dict(options or {}),
            "point": {**point_view(point), "currency": "EUR"},
            "words": profile.words,
        }
        self.services: dict[str, ServicePlan] = {}
        for name, variables in VARIABLES.items():
            service: Service | None = getattr(profile.services, name)
            if service is not None:
                self.services[name] = self._service(name, service, variables | COMMON)
        self.failed = self._optional(profile.errors.failed, ANSWER)
        self.error_code = self._optional(profile.errors.code, ANSWER)
        self.error_message = self._optional(profile.errors.message, ANSWER)
        self.error_field = self._optional(profile.errors.field, ANSWER)
        self.reservation_when = self._optional(profile.status.reservation_when, {"id"})

    def expression(self, source: str, place: str) -> Compiled | None:
        """An expression of ``auth``, of its ``answer`` or of a ``webhook``; ``None`` for an empty one."""
        variables = {"auth": SECRETS, "answer": ANSWER, "webhook": WEBHOOK}[place]
        return self._optional(source, variables)

    def template(self, source: str) -> Template:
        """A template of the connection or the authentication."""
        return self._engine.template(source, SECRETS)

    @property
    def wants_the_original(self) -> bool:
        """Whether some expression names ``order.sinqro``."""
        return "sinqro" in repr(self.profile.services) + repr(self.profile.functions)

    # ------------------------------------------------------------ compiling

    def _optional(self, source: str, variables: frozenset[str] | set[str]) -> Compiled | None:
        return self._engine.compile(source, variables) if source.strip() else None

    def _service(self, name: str, service: Service, variables: frozenset[str]) -> ServicePlan:
        if not service.steps:
            return ServicePlan(name, self._call(service, variables))
        before = variables | {"steps"}
        steps = []
        for step in service.steps:
            within = before | {"each", "index"} if step.foreach else before
            steps.append(
                StepPlan(
                    step=step,
                    call=self._call(step, within),
                    when=self._optional(step.when, before),
                    foreach=self._optional(step.foreach, before),
                    undo=None if step.undo is None else self._request(step.undo, within),
                )
            )
        return ServicePlan(name, None, tuple(steps), self._optional(service.result, before))

    def _request(self, request: Request, variables: frozenset[str]) -> RequestPlan:
        template = self._engine.template
        header = request.idempotency_header if isinstance(request, Call) else ""
        return RequestPlan(
            request=request,
            path=template(request.path, variables),
            query=tuple((name, template(source, variables)) for name, source in request.query.items()),
            headers=tuple((name.lower(), template(source, variables)) for name, source in request.headers.items()),
            body=self._optional(request.body, variables),
            key=template(request.idempotency_key, variables) if header and isinstance(request, Call) else None,
        )

    def _call(self, call: Call, variables: frozenset[str]) -> CallPlan:
        after = variables | ANSWER if call.path else variables
        following = ""
        if isinstance(call.pages, Cursor):
            following = call.pages.cursor
        elif isinstance(call.pages, LinkHeader):
            following = call.pages.next
        return CallPlan(
            call=call,
            request=self._request(call, variables) if call.path else None,
            items=self._optional(call.items, after),
            result=self._optional(call.result, after | ITEM if call.items else after),
            following=self._optional(following, after),
        )


def needed_secrets(profile: Profile) -> set[str]:
    """Names of the secrets without which no call can be made: all but those that only prove webhooks."""
    names = secret_names(profile) | set(profile.secrets)
    proof = profile.webhooks.signature.secret if profile.webhooks else ""
    return names - ({proof} - _auth_secrets(profile))


def _auth_secrets(profile: Profile) -> set[str]:
    auth = profile.auth
    return {*getattr(auth, "secrets", ()), getattr(auth, "secret", "")} - {""}
