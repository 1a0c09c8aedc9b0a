"""The composition root of the sandbox: the doubles alone, and the demo, which is the real companion between them.

The demo's restaurant is set up as a person would: a pairing code of the sandbox, the POS's address and key, its
webhooks; nothing in the companion knows that it is a demo.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from app import bootstrap, bootstrap_guard, bootstrap_setup
from app.bootstrap_demo_pos import DemoPos, OpenPos, reference_pos
from app.domain.record import OrderKey, OrderRecord
from app.domain.status import Status
from app.infra.logs import Redactor, logging_to
from app.infra.paths import Paths
from app.infra.settings_edit import update
from app.ports.sinqro import Role
from app.runtime.companion import Companion
from app.runtime.host import run_headless
from app.runtime.publisher import Publisher
from app.sandbox import pos, sinqro
from app.sandbox.evening import Evening, Summary
from app.sandbox.orders import OrderGenerator
from app.sandbox.pos import ReferencePos
from app.sandbox.pos_forms import WebhookForm
from app.sandbox.sinqro import SinqroSandbox
from app.services.manager_pin import ManagerPin
from app.services.snapshot import Snapshot

_LEAD = timedelta(hours=1)
"""Scheduled orders of the demo are wanted this and some seconds after they came: they enter the POS within seconds."""

_PACE = 8.0
"""Seconds between two orders when a person plays the staff."""


def serve_double(which: str, *, port: int, data: Path | None) -> None:
    """Run one double until SIGINT or SIGTERM; says where it listens."""

    async def work() -> None:
        if which == "pos":
            await pos.serve(port=port, data=data, ready=_announce_pos)
        else:
            await sinqro.serve(port=port, data=data, announce=_say)

    run_headless(work)


def _announce_pos(double: ReferencePos) -> None:
    _say(f"Reference POS: {double.url} (API key {double.api_key}, API described at {double.url}/openapi.json)")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command's output


def manager_pin(data: Path) -> ManagerPin:
    """The PIN of a demo in ``data``."""
    paths = _paths(data)
    return bootstrap_guard.manager_pin(
        vault=bootstrap.open_vault({}, Redactor(), data / "secrets"), paths=paths, environ={}
    )


def _paths(data: Path) -> Paths:
    return Paths(config=data / "config.toml", data=data / "companion", logs=data / "logs")


class Restaurant(NamedTuple):
    """The demo's three parts."""

    sinqro: SinqroSandbox
    pos: DemoPos
    companion: Companion


@asynccontextmanager
async def open_restaurant(
    data: Path, *, open_pos: OpenPos, publisher: Publisher | None = None
) -> AsyncIterator[Restaurant]:
    """The doubles, and a companion paired with them; its configuration, secrets and ledger lie in ``data``."""
    paths = _paths(data)
    secrets = data / "secrets"
    async with (
        SinqroSandbox(data=data / "sinqro") as cloud,
        open_pos(data) as till,
    ):
        await bootstrap_setup.pair(
            code=cloud.pairing_code(),
            base_url=cloud.base_url,
            device_name="CAJA-1",
            paths=paths,
            secrets=secrets,
        )
        point = cloud.state.restaurants and next(iter(cloud.state.restaurants.values())).id
        webhook_secret = f"whsec_{uuid.uuid4().hex}{uuid.uuid4().hex}"
        await bootstrap_setup.change_secret(f"sandbox/pos/{point}/api-key", till.api_key, secrets=secrets)
        await bootstrap_setup.change_secret(f"sandbox/pos/{point}/webhook-secret", webhook_secret, secrets=secrets)
        update(
            paths.config,
            {
                ("selling_points", 0, "pos"): till.settings,
                **{("selling_points", 0, name): rule for name, rule in till.rules.items()},
                ("selling_points", 0, "lead_minutes"): _LEAD.total_seconds() / 60,
                ("selling_points", 0, "scheduled_after_minutes"): _LEAD.total_seconds() / 60,
                ("receiver", "enabled"): True,
                ("receiver", "port"): 0,
            },
        )
        settings = bootstrap.load_settings(paths, {})
        vault = bootstrap.open_vault({}, Redactor(), secrets)
        async with bootstrap.open_companion(
            settings=settings,
            paths=paths,
            vault=vault,
            proxy=None,
            on_change=publisher.ring if publisher else None,
            on_link=publisher.ring if publisher else None,
        ) as companion:
            if till.webhooks is not None:
                till.webhooks(WebhookForm(url=f"{companion.receiver_url}/{point}/{{event}}", secret=webhook_secret))
            yield Restaurant(cloud, till, companion)


async def _in_charge(companion: Companion, selling_point: str) -> None:
    """Wait until the companion is at work; an earlier demo's installation in kept data is taken over from."""
    outlet = companion.outlets[selling_point]
    async with asyncio.timeout(15):
        while not outlet.at_work:
            if outlet.role is Role.VIEWER and outlet.taken_by:
                await companion.take_over(selling_point)
            await asyncio.sleep(0.02)


class Desk:
    """The staff at the tray, played: the demo's hands on the real commands."""

    def __init__(self, companion: Companion) -> None:
        self._companion = companion
        self._since = datetime.now(UTC) - timedelta(hours=1)

    async def accept(self, selling_point: str, order_id: str, minutes: int | None = None) -> None:
        """Accept."""
        await self._companion.staff.accept(OrderKey(selling_point, order_id), minutes)

    async def reject(self, selling_point: str, order_id: str, reason: str, comment: str = "") -> None:
        """Reject."""
        await self._companion.staff.reject(OrderKey(selling_point, order_id), reason, comment)

    async def move(self, selling_point: str, order_id: str, status: Status) -> None:
        """Move on."""
        await self._companion.staff.move(OrderKey(selling_point, order_id), status)

    async def cancel(self, selling_point: str, order_id: str, reason: str, comment: str = "") -> None:
        """Cancel."""
        await self._companion.staff.cancel(OrderKey(selling_point, order_id), reason, comment)

    async def orders(self) -> list[OrderRecord]:
        """The companion's ledger."""
        return await self._companion.orders(self._since)


def demo(
    *,
    orders: int | None,
    reservations: int,
    rate: float,
    ends: bool,
    seed: int,
    as_json: bool,
    data: Path | None,
    open_pos: OpenPos = reference_pos,
) -> int:
    """The demo on a terminal. Returns 1 when an order or reservation was lost, doubled or injected after its end."""
    status = [0]

    async def work() -> None:
        status[0] = await _headless(
            folder,
            open_pos,
            orders=orders,
            reservations=reservations,
            rate=rate,
            ends=ends,
            seed=seed,
            as_json=as_json,
        )

    with TemporaryDirectory(prefix="sinqro-demo-") as fresh:
        folder = data or Path(fresh)
        with logging_to(folder=folder / "logs", console=False, redactor=Redactor()):
            run_headless(work)
    return status[0]


async def _headless(
    data: Path,
    open_pos: OpenPos,
    *,
    orders: int | None,
    reservations: int,
    rate: float,
    ends: bool,
    seed: int,
    as_json: bool,
) -> int:
    endless = orders is None
    table = Publisher(show=_nothing if as_json else _Table().show)
    async with open_restaurant(data, open_pos=open_pos, publisher=table) as restaurant, asyncio.TaskGroup() as tasks:
        companion = restaurant.companion
        running = [
            tasks.create_task(companion.run(), name="companion"),
            tasks.create_task(table.run(companion), name="table"),
        ]
        try:
            await _in_charge(companion, next(iter(companion.outlets)))
            evening = Evening(
                sinqro=restaurant.sinqro,
                pos=restaurant.pos.played,
                restaurant=restaurant.pos.menu,
                staff=Desk(companion),
                orders=10_000 if orders is None else orders,
                reservations=500 if endless else reservations,
                rate=0.25 if endless else rate,
                seed=seed,
                run_id=uuid.uuid4().hex[:8],
                lead=_LEAD,
            )
            summary = await evening.play()
            _report(summary, as_json=as_json)
            if not ends:
                await asyncio.Event().wait()
        finally:
            companion.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(4):
                    await asyncio.wait(running[:1])
            for task in running:
                task.cancel()
    return 1 if summary.lost or summary.doubled or summary.injected_after_cancel else 0


def _report(summary: Summary, *, as_json: bool) -> None:
    if as_json:
        _say(msgspec.json.encode(summary).decode())
        return
    _say("")
    for name, value in msgspec.to_builtins(summary).items():
        _say(f"{name:24} {'–' if value is None else value}")  # noqa: RUF001


def _nothing(_: object) -> None:
    """Nobody watches."""


class _Table:
    """The live table: a line for each change of an order's status or way, as a terminal or a log can show it."""

    def __init__(self) -> None:
        self._last: dict[OrderKey, tuple[str, str]] = {}

    def show(self, snapshot: Snapshot) -> None:
        """Print what is new."""
        for outlet in snapshot.outlets:
            for order in outlet.orders:
                state = (order.status.value, order.injection.value)
                if self._last.get(order.key) != state:
                    self._last[order.key] = state
                    local = order.status_at.astimezone()
                    _say(
                        f"{local:%H:%M:%S}  {order.code:8} {order.channel:9} {order.type.value:12}"
                        f"{order.total:9.2f} {order.currency}  {state[0]:15} {order.pos_order_id or state[1]}"
                    )


@asynccontextmanager
async def open_evening(
    data: Path, *, seed: int, publisher: Publisher, open_pos: OpenPos = reference_pos
) -> AsyncIterator[Companion]:
    """The demo under a window: orders come every few seconds, and a person is the staff."""
    async with (
        open_restaurant(data, open_pos=open_pos, publisher=publisher) as restaurant,
        asyncio.TaskGroup() as tasks,
    ):
        coming = tasks.create_task(_customers(restaurant, seed), name="customers")
        try:
            yield restaurant.companion
        finally:
            coming.cancel()


async def _customers(restaurant: Restaurant, seed: int) -> None:
    point = next(iter(restaurant.sinqro.state.restaurants.values()))
    run = uuid.uuid4()
    generator = OrderGenerator(
        restaurant=restaurant.pos.menu,
        seed=seed,
        first_id=run.int % 10**9,
        run=run.hex[:8],
        selling_point=(point.id, point.name, point.timezone),
    )
    while True:
        restaurant.sinqro.place(generator.order())
        await asyncio.sleep(_PACE)
