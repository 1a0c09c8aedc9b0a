"""Carries a profile's services out: calls, pages, steps, and the results that their answers are mapped to.

What goes wrong before something is sent is the profile's fault. An answer of another form than the profile expects is
an unknown outcome after a write, else worth another try (:func:`~adapters.rest.refusals.unexpected`).
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.http import failed
from adapters.rest.cel_values import kind
from adapters.rest.conditions import Condition, Kept, Kind
from adapters.rest.expressions import Compiled, ExpressionError
from adapters.rest.paging import Pages
from adapters.rest.program import CallPlan, Program, ServicePlan, StepPlan
from adapters.rest.refusals import Refusals, decoded, unexpected
from adapters.rest.requests import Made, made
from adapters.rest.results import LISTS
from adapters.rest.wire import Wire
from app.domain.errors import OutcomeUnknown, PosError, ProfileError

WHOLE_SECONDS = 20.0
"""A service that writes ends within this, whatever its steps: the lease of an injection is 30 s."""

UNDO_SECONDS = 5.0

MOST_EACH = 10_000
"""Entries of a ``foreach``."""

AT_ONCE = 50
"""Items mapped before the other tasks of the loop get their turn: a few milliseconds."""

Scope = dict[str, Any]


class Calls:
    """The services of one POS."""

    def __init__(self, program: Program, wire: Wire) -> None:
        self._program = program
        self._wire = wire
        self._refusals = Refusals(program)
        self._kept = Kept()
        polling = program.profile.polling
        self._conditional: dict[str, Kind] = {
            name: getattr(polling, name).conditional
            for name in polling.__struct_fields__
            if name != "changes" and getattr(polling, name).conditional != "none"
        }

    async def run(self, service: str, values: Mapping[str, Any], condition: Condition | None = None) -> Any:
        """The service's result, as the profile gives it. Raises the tree of :class:`~app.domain.errors.PosError`.

        With a ``condition`` also :class:`~adapters.rest.conditions.NotModified`.
        """
        plan = self._program.services[service]
        scope = {**self._program.base, **values}
        if not plan.writing:
            return await self._service(plan, scope, condition)
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._service(plan, scope, condition)
        except TimeoutError as exc:
            raise OutcomeUnknown(f"the POS was not through with {service} after {WHOLE_SECONDS:.0f} s") from exc

    async def _service(self, plan: ServicePlan, scope: Scope, condition: Condition | None) -> Any:
        if plan.call is not None:
            return await self.call(plan.name, plan.call, scope, condition)
        return await _Steps(self, plan, scope).run()

    # ------------------------------------------------------------ one call

    async def call(self, service: str, plan: CallPlan, scope: Scope, condition: Condition | None = None) -> Any:
        if plan.request is None:
            return await self._mapped(service, plan, scope, writing=False)
        request = await made(service, plan.request, scope, self._wire)
        if plan.call.pages is None:
            seen = await self._answered(service, plan, request, condition)
            return await self._mapped(service, plan, {**scope, **seen}, writing=request.writing)
        pages = Pages(plan.call.pages, plan.following, self._wire, service)
        results: list[Any] = []
        url = pages.first(request.url)
        while True:
            seen = await self._answered(service, plan, request._replace(url=url), condition)
            page = {**scope, **seen}
            found = await self._mapped(service, plan, page, writing=request.writing, start=len(results))
            results += found
            following = pages.following(url, len(found), page)
            if following is None:
                return results
            url = following

    async def _answered(
        self, service: str, plan: CallPlan, request: Made, condition: Condition | None
    ) -> dict[str, Any]:
        """What the answer brings for expressions, once it is a success."""
        method, url, headers, content, writing = request
        conditional = self._conditional.get(service) if method == "GET" else None
        if condition is not None:
            headers = {**headers, **condition.headers()}
        elif conditional is not None:
            headers = {**headers, **self._kept.headers(conditional, url)}
        reply = await self._wire.send(method, url, headers, content, writing=writing)
        if condition is not None:
            condition.check(reply)
        elif conditional is not None:
            reply = self._kept.answer(conditional, url, reply)
        answer, json = decoded(reply)
        self._refusals.check(plan.call, service, reply, answer, json=json, writing=writing)
        if not json and (plan.result or plan.items or _is_page(reply.headers.get("content-type", ""), reply.body)):
            raise failed(f"the POS answered {reply.status} with something else than its API's form", writing=writing)
        return {"answer": answer, "code": reply.status, "headers": reply.names()}

    async def _mapped(self, service: str, plan: CallPlan, scope: Scope, *, writing: bool, start: int = 0) -> Any:
        """The call's result; with ``items`` a list."""
        memo: dict[Any, Any] = {}
        if plan.items is None:
            if plan.result is None:
                return scope.get("answer")
            return await self.evaluated(service, "result", plan.result, scope, memo, writing=writing)
        items = await self.evaluated(service, "items", plan.items, scope, memo, writing=writing)
        if items is None:
            items = []
        if not isinstance(items, list):
            raise unexpected(f"{service}: items: this must be a list, not {kind(items)}", writing=writing)
        if plan.result is None:
            return items
        results = []
        for index, item in enumerate(items):
            if index % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            own = {**scope, "item": item, "position": start + index}
            results.append(await self.evaluated(service, "result", plan.result, own, memo, writing=writing))
        return results

    @staticmethod
    async def evaluated(
        service: str, part: str, expression: Compiled, scope: Scope, memo: dict[Any, Any] | None, *, writing: bool
    ) -> Any:
        """What an expression about an answer gives."""
        try:
            return await expression.run(scope, memo)
        except ExpressionError as exc:
            raise unexpected(f"{service}: {part}: {exc.message}", writing=writing) from exc


class _Steps:
    """One run of a service of several calls."""

    def __init__(self, calls: Calls, plan: ServicePlan, scope: Scope) -> None:
        self._calls = calls
        self._plan = plan
        self._results: dict[str, Any] = {}
        self._scope = {**scope, "steps": self._results}
        self._undo: list[tuple[StepPlan, Scope]] = []
        self._stays: list[str] = []
        """Steps that changed the POS and that nothing takes back."""

    async def run(self) -> Any:
        """The service's result."""
        for step in self._plan.steps:
            name = step.step.name
            try:
                self._results[name] = await self._step(step)
            except PosError as exc:
                told = await self._after(exc)
                if told is exc:
                    raise
                raise told from exc
        if self._plan.result is not None:
            return await self._calls.evaluated(
                self._plan.name, "result", self._plan.result, self._scope, None, writing=self._plan.writing
            )
        own = [self._results[step.step.name] for step in self._plan.steps if not step.step.helper]
        if self._plan.name in LISTS:
            return own  # flattened by who reads it
        return own[-1] if own else None

    async def _step(self, step: StepPlan) -> Any:
        service = f"{self._plan.name}.{step.step.name}"
        if step.when is not None and not await self._ours(service, "when", step.when):
            return None
        if step.foreach is None:
            return await self._made(step, self._scope)
        entries = await self._ours(service, "foreach", step.foreach)
        if not isinstance(entries, list | None) or len(entries or []) > MOST_EACH:
            raise ProfileError(f"{service}: foreach: this must be a list of at most {MOST_EACH} entries")
        return await self._each(step, entries or [])

    async def _ours(self, service: str, part: str, expression: Compiled) -> Any:
        try:
            return await expression.run(self._scope)
        except ExpressionError as exc:
            raise ProfileError(f"{service}: {part}: {exc.message}") from exc

    async def _each(self, step: StepPlan, entries: list[Any]) -> list[Any]:
        results: list[Any] = [None] * len(entries)
        waiting: Iterator[tuple[int, Any]] = iter(enumerate(entries))

        async def work() -> None:
            for index, each in waiting:
                results[index] = await self._made(step, {**self._scope, "each": each, "index": index})

        if step.step.concurrency == 1:
            await work()
            return results
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(step.step.concurrency, len(entries))):
                    group.create_task(work())
        except ExceptionGroup as found:
            errors = [exc for exc in found.exceptions if isinstance(exc, PosError)]
            if len(errors) < len(found.exceptions):
                raise
            raise next((exc for exc in errors if isinstance(exc, OutcomeUnknown)), errors[0]) from None
        return results

    async def _made(self, step: StepPlan, scope: Scope) -> Any:
        """One call of a step, noted for the case that a later one fails."""
        result = await self._calls.call(self._plan.name, step.call, scope)
        request = step.call.request
        if request is not None and request.writing:
            if step.undo is not None:
                self._undo.append((step, {**scope, "steps": {**self._results, step.step.name: result}}))
            elif not step.step.helper:
                self._stays.append(step.step.name)
        return result

    async def _after(self, exc: PosError) -> PosError:
        """Take back what was done; the error then tells what is in the POS now."""
        try:
            async with asyncio.timeout(UNDO_SECONDS):
                for step, scope in reversed(self._undo):
                    await self._take_back(step, scope)
        except (PosError, TimeoutError) as broken:
            why = broken.message if isinstance(broken, PosError) else "no answer in time"
            return OutcomeUnknown(f"{exc.message}; and what was done before could not be taken back: {why}")
        if not self._stays or isinstance(exc, OutcomeUnknown):
            return exc
        left = f"{exc.message}; done already, and still in the POS: {', '.join(dict.fromkeys(self._stays))}"
        if exc.retryable:
            return OutcomeUnknown(left)  # it must not simply be sent again
        exc.message = left
        exc.args = (left,)
        return exc

    async def _take_back(self, step: StepPlan, scope: Scope) -> None:
        if step.undo is not None:
            plan = CallPlan(call=step.step, request=step.undo, items=None, result=None, following=None)
            await self._calls.call(self._plan.name, plan, scope)


def _is_page(content_type: str, body: bytes) -> bool:
    """Whether a web page came where an API should have answered: a proxy's or a portal's word is no success."""
    return "html" in content_type.lower() or body.lstrip()[:1] == b"<"
