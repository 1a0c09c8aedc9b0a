"""A restaurant's menu on its way from the POS to Sinqro.

::

    read (whole, or nothing counts) → check → what staff say is sold out → what can be published
        → compared with what is published → guarded → published: a version, its items and the notifications, one commit
        → Sinqro fetches it by catalog.get → read back

The last whole reading is kept, everything else follows from it; so a restart changes nothing. A read that fails leaves
all as it is, and says so in one sentence. What would empty the menu or turn prices over waits for a person; what is
sold out goes out all the same, within a second. After a person put an older version back, the POS's newer one waits.

Loaded when it is first used: the idle program knows no menu.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from app.domain.availability import Proof, ProofState
from app.domain.catalog import Catalog, CatalogEntity, EntityKind, catalog_of, with_sold_out
from app.domain.catalog_changes import CatalogChange, ChangeType, applied, differences
from app.domain.catalog_version import CatalogOrigin, CatalogVersion
from app.domain.errors import CompanionError, LedgerError, PosError, SinqroError, SinqroRefused
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction
from app.ports.pos import Capability
from app.ports.sinqro import SinqroCalls
from app.services.bells import Bells
from app.services.catalog_body import packed, unpacked
from app.services.catalog_memory import READING, MenuState, Reading, follow, items_of, memory_of, remember, tell
from app.services.mirror import LOOKS, USUAL
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

_REMEMBERED = 30.0
"""Seconds for which a version stays in memory."""

KEPT = 100
KEPT_FOR = timedelta(days=180)
"""Published versions that stay: so many, and so long; the current one always."""


class CatalogRefused(CompanionError):
    """What a person asked for cannot be done."""

    code = "CATALOG_REFUSED"


class CatalogSync:
    """The menus of all selling points; one thing at a time for each."""

    def __init__(
        self, *, outlets: dict[str, Outlet], ledger: Ledger, sinqro: SinqroCalls, clock: Clock, bells: Bells
    ) -> None:
        self._outlets = outlets
        self._ledger = ledger
        self._sinqro = sinqro
        self._clock = clock
        self._bells = bells
        self._locks: dict[str, asyncio.Lock] = {}
        self._readings: dict[str, Reading] = {}
        self._proofs: dict[str, Proof] = {}
        self._last: tuple[str, int, Catalog] = ("", READING, Catalog())
        """The version asked for last: Sinqro fetches its pages one after the other."""
        self._forget: asyncio.TimerHandle | None = None
        self._looks: dict[str, tuple[float, int]] = {}
        """When Sinqro is asked next, in the monotonic clock's seconds, and how often it was since we told it."""
        self.on_progress: Callable[[str], None] | None = None
        """Told the selling point whose reading went on."""

    # reading

    async def read(self, selling_point: str) -> None:
        """Read the POS's whole catalog, then publish what may go by itself. What fails is remembered, not raised."""
        outlet = self._outlets[selling_point]
        if not outlet.can(Capability.CATALOG_READ):
            return
        async with self._lock(selling_point):
            try:
                reading, repeated = await self._read_whole(outlet)
            except PosError as exc:
                await self._remember_failure(outlet, exc.message)
                return
            finally:
                self._readings.pop(selling_point, None)
            body = await asyncio.to_thread(packed, reading)
            now = self._clock.now()

            def keep(tx: LedgerTransaction) -> None:
                kept = CatalogVersion(
                    number=READING,
                    at=now,
                    origin=CatalogOrigin.POS,
                    entities=len(reading),
                    products=len(reading.products),
                    changes=0,
                )
                tx.put_catalog_version(outlet.id, kept, body)
                memory = msgspec.structs.replace(
                    memory_of(tx, outlet.id), read_at=now, failed_at=None, failure="", repeated=repeated
                )
                remember(tx, outlet.id, memory)

            await self._ledger.write(keep)
            await self._go_on(outlet, reading)

    async def _read_whole(self, outlet: Outlet) -> tuple[Catalog, tuple[tuple[EntityKind, str], ...]]:
        reading = self._readings[outlet.id] = Reading(since=self._clock.now())
        entities: list[CatalogEntity] = []
        seen: set[tuple[EntityKind, str]] = set()
        repeated: dict[tuple[EntityKind, str], None] = {}
        products = 0
        async for entity in outlet.pos.read_catalog():
            name = (entity.kind, entity.external_id)
            if name in seen:
                repeated[name] = None
                continue
            seen.add(name)
            entities.append(entity)
            products += entity.kind is EntityKind.PRODUCT
            if len(entities) % 50 == 0:
                self._readings[outlet.id] = msgspec.structs.replace(reading, entities=len(entities), products=products)
                if self.on_progress is not None:
                    self.on_progress(outlet.id)
                await asyncio.sleep(0)  # orders first
        return catalog_of(entities), tuple(repeated)

    async def _remember_failure(self, outlet: Outlet, message: str) -> None:
        now = self._clock.now()

        def keep(tx: LedgerTransaction) -> bool:
            memory = memory_of(tx, outlet.id)
            remember(tx, outlet.id, msgspec.structs.replace(memory, failed_at=memory.failed_at or now, failure=message))
            return memory.failed_at is None

        if await self._ledger.write(keep):  # once for each outage
            log.warning("the menu of selling point %s could not be read: %s", outlet.id, message)
        self._bells.changed(outlet.id)

    # publishing

    async def look_again(self, selling_point: str) -> None:
        """Something else than the POS changed (what is sold out): publish what follows."""
        async with self._lock(selling_point):
            reading = await self._catalog(selling_point, READING)
            if reading is not None:
                await self._go_on(self._outlets[selling_point], reading)
        self._bells.changed(selling_point)

    async def _go_on(self, outlet: Outlet, reading: Catalog) -> None:
        """Publish what may go by itself."""
        memory = await self._ledger.read(lambda view: memory_of(view, outlet.id))
        published = await self._published(outlet.id)
        work = await asyncio.to_thread(follow, reading, memory, published)
        if not work.changes and memory.put_back_at is not None:  # the POS was changed to what was put back
            await self._ledger.write(lambda tx: self._put_back_at(tx, outlet, None))
        elif work.changes and outlet.in_charge:
            if work.guard is None and memory.put_back_at is None:
                await self._publish(outlet, published, work.changes, CatalogOrigin.POS)
            else:  # what is sold out does not wait for a manager
                urgent = tuple(change for change in work.changes if change.change is ChangeType.AVAILABILITY)
                if urgent:
                    await self._publish(outlet, published, urgent, CatalogOrigin.POS)
        self._bells.changed(outlet.id)

    async def approve(self, selling_point: str) -> None:
        """A person says that what waits shall be published. Raises :class:`CatalogRefused` where nothing was read."""
        outlet = self._outlets[selling_point]
        async with self._lock(selling_point):
            reading = await self._catalog(selling_point, READING)
            if reading is None:
                raise CatalogRefused("The POS's menu was not read yet.", hint="Read it first.")
            memory = await self._ledger.read(lambda view: memory_of(view, selling_point))
            published = await self._published(selling_point)
            work = await asyncio.to_thread(follow, reading, memory, published)
            await self._ledger.write(lambda tx: self._put_back_at(tx, outlet, None))
            await self._publish(outlet, published, work.changes, CatalogOrigin.POS)

    async def put_back(self, selling_point: str, number: int) -> None:
        """A person puts an earlier version back. Until somebody approves it, what the POS has waits."""
        outlet = self._outlets[selling_point]
        async with self._lock(selling_point):
            earlier = await self._catalog(selling_point, number)
            if earlier is None or number == READING:
                raise CatalogRefused("That version is not kept any more.", hint="Choose a newer one.")
            memory = await self._ledger.read(lambda view: memory_of(view, selling_point))
            published = await self._published(selling_point)
            target = with_sold_out(earlier, memory.sold_out)
            changes = await asyncio.to_thread(differences, published, target)
            await self._ledger.write(lambda tx: self._put_back_at(tx, outlet, self._clock.now()))
            await self._publish(outlet, published, tuple(changes), CatalogOrigin.UNDO)

    async def compare(self, selling_point: str, before: int, after: int) -> list[CatalogChange]:
        """What changed between two published versions."""
        one, two = await self._catalog(selling_point, before), await self._catalog(selling_point, after)
        return await asyncio.to_thread(differences, one or Catalog(), two or Catalog())

    async def _publish(
        self,
        outlet: Outlet,
        published: Catalog,
        changes: tuple[CatalogChange, ...],
        origin: CatalogOrigin,
    ) -> None:
        """A new version: kept, its items to look up, and the notifications, in one commit."""
        if not outlet.in_charge:
            raise CatalogRefused(
                "Another device is in charge of this restaurant.", hint="Take over first, or do it there."
            )
        if not changes:
            return
        new = await asyncio.to_thread(applied, published, changes)
        body = await asyncio.to_thread(packed, new)
        now = self._clock.now()
        items, gone = items_of(changes)

        def write(tx: LedgerTransaction) -> None:
            versions = [version for version in tx.catalog_versions(outlet.id) if version.number != READING]
            number = versions[0].number + 1 if versions else 1
            version = CatalogVersion(
                number=number,
                at=now,
                origin=origin,
                entities=len(new),
                products=len(new.products),
                changes=len(changes),
            )
            tx.put_catalog_version(outlet.id, version, body)
            old = versions[KEPT - 1 :] + [each for each in versions[: KEPT - 1] if now - each.at > KEPT_FOR]
            tx.drop_catalog_versions(outlet.id, [each.number for each in old])
            tx.put_catalog_items(outlet.id, items, gone)
            tell(tx, outlet.id, number, changes, now)
            self._proofs[outlet.id] = Proof(state=ProofState.PENDING, at=now)

        await self._ledger.write(write)
        self._looks[outlet.id] = (self._clock.monotonic() + LOOKS[0], 1)
        self._bells.availability.ring()
        self._bells.changed(outlet.id)

    @staticmethod
    def _put_back_at(tx: LedgerTransaction, outlet: Outlet, at: datetime | None) -> None:
        remember(tx, outlet.id, msgspec.structs.replace(memory_of(tx, outlet.id), put_back_at=at))

    # looking

    async def state(self, selling_point: str) -> MenuState:
        """Everything the screens show."""
        outlet = self._outlets[selling_point]
        memory = await self._ledger.read(lambda view: memory_of(view, selling_point))
        versions = await self._ledger.read(lambda view: view.catalog_versions(selling_point))
        versions = [version for version in versions if version.number != READING]
        reading = await self._catalog(selling_point, READING)
        work = None
        if reading is not None:
            work = await asyncio.to_thread(follow, reading, memory, await self._published(selling_point))
        return MenuState(
            can_read=outlet.can(Capability.CATALOG_READ),
            reading=self._readings.get(selling_point),
            memory=memory,
            published=versions[0] if versions else None,
            versions=tuple(versions),
            found=work.found if work else (),
            waiting=work.changes if work else (),
            guard=work.guard if work else None,
            proof=self._proofs.get(selling_point, Proof()),
        )

    async def published(self, selling_point: str, number: int | None = None) -> tuple[int, Catalog]:
        """A published version (the newest when no number is given) with its number; 0 and empty where there is none."""
        if number is None:
            versions = await self._ledger.read(lambda view: view.catalog_versions(selling_point))
            number = versions[0].number if versions else READING
        if number == READING:
            return 0, Catalog()
        if self._last[:2] == (selling_point, number):
            return number, self._last[2]
        catalog = await self._catalog(selling_point, number)
        if catalog is None:
            raise CatalogRefused("That version of the menu is not kept any more.", hint="Ask for the newest one.")
        self._last = (selling_point, number, catalog)
        if self._forget is not None:
            self._forget.cancel()
        self._forget = asyncio.get_running_loop().call_later(_REMEMBERED, self._forget_last)
        return number, catalog

    def _forget_last(self) -> None:
        self._last = ("", READING, Catalog())

    # what Sinqro took

    def pause(self, outlet: Outlet) -> float:
        """Seconds until the next look at what Sinqro took."""
        if outlet.id not in self._looks:
            return USUAL
        return max(0.0, self._looks[outlet.id][0] - self._clock.monotonic())

    async def look(self, outlet: Outlet) -> None:
        """Ask Sinqro which version it has taken: it fetches the entities after it was told."""
        _, tries = self._looks.get(outlet.id, (0.0, len(LOOKS)))
        versions = await self._ledger.read(lambda view: view.catalog_versions(outlet.id))
        number = versions[0].number if versions else READING
        proof = await self._ask(outlet, number) if number != READING else None
        pause = LOOKS[tries] if proof is None and tries < len(LOOKS) else USUAL
        self._looks[outlet.id] = (self._clock.monotonic() + pause, tries + 1)
        if proof is None and tries >= len(LOOKS):
            message = "Sinqro has not taken our menu yet: customers see the one before."
            proof = Proof(state=ProofState.DIFFERS, at=self._clock.now(), message=message)
        if proof is not None and proof.state is not self._proofs.get(outlet.id, Proof()).state:
            self._proofs[outlet.id] = proof
            self._bells.changed(outlet.id)

    async def _ask(self, outlet: Outlet, number: int) -> Proof | None:
        """``None``: not there yet."""
        now = self._clock.now()
        try:
            answer = await self._sinqro.call("sellingPoint.catalog.get", {"sellingPointId": outlet.id})
            return Proof(state=ProofState.PROVEN, at=now) if int(answer["version"]) == number else None
        except SinqroRefused as exc:  # it cannot be asked: nothing is claimed
            return Proof(state=ProofState.UNKNOWN, at=now, message=exc.message)
        except (SinqroError, KeyError, TypeError, ValueError):
            return None

    # inside

    def _lock(self, selling_point: str) -> asyncio.Lock:
        return self._locks.setdefault(selling_point, asyncio.Lock())

    async def _published(self, selling_point: str) -> Catalog:
        return (await self.published(selling_point))[1]

    async def _catalog(self, selling_point: str, number: int) -> Catalog | None:
        body = await self._ledger.read(lambda view: view.catalog_body(selling_point, number))
        try:
            return None if body is None else await asyncio.to_thread(unpacked, body)
        except (ValueError, KeyError, msgspec.MsgspecError) as exc:
            raise LedgerError(f"version {number} of the menu cannot be read from the ledger: {exc}") from exc
