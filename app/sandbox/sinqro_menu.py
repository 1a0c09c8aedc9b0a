"""Sinqro's copy of a restaurant's menu: fetched by ``catalog.get``, page by page, after each ``catalog.changed``.

What a notification says has changed is only looked at to know that something has; the copy is then fetched whole, so
that it can be compared with the companion's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app.sandbox.sinqro_state import SinqroState

_MOST_PAGES = 2000

Ask = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any] | None]]


class SinqroMenus:
    """The menus as customers see them. ``ask`` sends a request to the companion."""

    def __init__(self, *, state: SinqroState, ask: Ask) -> None:
        self._state = state
        self._ask = ask
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self.shown: dict[str, dict[str, Any]] = {}
        """By selling point: ``version`` and the lists of the six kinds."""

    def changed(self, selling_point: str) -> None:
        """The companion says that the menu changed."""
        task = self._tasks.get(selling_point)
        if task is not None and not task.done():
            self._again.add(selling_point)  # what is being fetched may be the version before
            return
        self._tasks[selling_point] = asyncio.create_task(self._fetch(selling_point), name=f"menu of {selling_point}")

    async def close(self) -> None:
        """End what is being fetched."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _fetch(self, selling_point: str) -> None:
        while True:
            self._again.discard(selling_point)
            whole = await self._whole(selling_point)
            if whole is not None:
                self.shown[selling_point] = whole
                place = self._state.restaurants[selling_point]
                place.catalog_version = int(whole["version"])
                self._state.save_restaurant(place)
                counts = {name: len(each) for name, each in whole.items() if isinstance(each, list)}
                self._state.record("catalog", selling_point=selling_point, version=place.catalog_version, counts=counts)
            if selling_point not in self._again:
                return

    async def _whole(self, selling_point: str) -> dict[str, Any] | None:
        whole: dict[str, Any] = {}
        params: dict[str, Any] = {"sellingPointId": selling_point}
        for _ in range(_MOST_PAGES):
            answer = await self._ask("catalog.get", params)
            page = (answer or {}).get("result")
            if not isinstance(page, dict):
                self._state.record("catalog.failed", selling_point=selling_point, answer=answer)
                return None
            for name, value in page.items():
                whole[name] = [*whole.get(name, []), *value] if isinstance(value, list) else value
            cursor = whole.pop("nextCursor", None)
            if not cursor:
                return whole
            params = params | {"cursor": cursor}
        return None
