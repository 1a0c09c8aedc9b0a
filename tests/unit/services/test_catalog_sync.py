"""The menu's way from the POS to Sinqro: whole or not at all, guarded, undone, and what is sold out at once."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.availability import ProofState
from app.domain.catalog import Catalog, CatalogEntity, EntityKind, Product
from app.domain.catalog_version import CatalogOrigin
from app.domain.errors import PosUnreachable
from app.domain.record import DueKind, Notification, OrderKey
from app.ports.pos import Capability
from app.services.catalog_body import packed, page, unpacked
from app.services.catalog_sync import CatalogRefused, CatalogSync
from app.services.sold_out import SoldOutService
from tests.helpers.catalogs import catalogs, pizzas
from tests.helpers.fake_pos import ALL
from tests.helpers.fake_sinqro import POINT
from tests.helpers.logfail import ExpectedLogs
from tests.helpers.services import Bench

TABLE = OrderKey(POINT, "")


def entities(catalog: Catalog) -> list[CatalogEntity]:
    return [entity for kind in EntityKind for entity in catalog.of(kind).values()]


class Menu:
    """The bench's POS has a menu, and a person works with it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.sync = CatalogSync(
            outlets=bench.companion.outlets,
            ledger=bench.ledger,
            sinqro=bench.sinqro,
            clock=bench.clock,
            bells=bench.bells,
        )
        self.sold_out = SoldOutService(ledger=bench.ledger, clock=bench.clock, sync=self.sync)

    async def read(self, catalog: Catalog) -> None:
        """The POS has this menu now, and is read."""
        self.bench.pos.catalog = entities(catalog)
        await self.sync.read(POINT)

    async def published(self) -> Catalog:
        return (await self.sync.published(POINT))[1]

    async def told(self) -> list[Notification]:
        """The notifications about the menu, in order."""
        now = self.bench.clock.now()
        found: list[Notification] = []
        while claimed := await self.bench.ledger.write(
            lambda tx: tx.claim_notifications(now, timedelta(seconds=30), 100, [POINT])
        ):
            for note in claimed:
                await self.bench.ledger.write(lambda tx, note=note: tx.notification_delivered(note.id, now))  # type: ignore[misc]
            found += [note for note in claimed if note.type == "catalog.changed"]
        return found

    async def changes(self) -> list[tuple[str, str, str]]:
        """Kind, id and word of what Sinqro was told."""
        return [
            (each["kind"], each["externalId"], each["change"])
            for note in await self.told()
            for each in note.data["changes"]
        ]


@pytest.fixture
def menu(bench: Bench) -> Menu:
    return Menu(bench)


def less(catalog: Catalog, names: Iterable[str]) -> Catalog:
    gone = set(names)
    products = {name: product for name, product in catalog.products.items() if name not in gone}
    section = replace(catalog.sections["s"], products=tuple(products))
    return replace(catalog, products=products, sections={"s": section})


# ---------------------------------------------------------------- reading and publishing


async def test_a_first_menu_is_published_whole(menu: Menu) -> None:
    await menu.read(pizzas(3))
    assert await menu.published() == pizzas(3)
    assert await menu.changes() == [
        ("menu", "m", "created"),
        ("menuSection", "s", "created"),
        *(("product", f"p{n}", "created") for n in range(3)),
    ]
    state = await menu.sync.state(POINT)
    assert state.published is not None
    assert (state.published.number, state.published.products, state.published.changes) == (1, 3, 5)
    assert state.memory.read_at == menu.bench.clock.now()
    assert not state.waiting


async def test_one_new_price_is_one_change(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.told()
    await menu.read(pizzas(price=Decimal("12.50")))
    assert await menu.changes() == [("product", "p0", "updated")]
    item = await menu.bench.ledger.read(lambda view: view.catalog_item(POINT, "product", "p0"))
    assert item is not None
    assert item.price == Decimal("12.50")


async def test_nothing_new_makes_no_version(menu: Menu) -> None:
    for _ in range(3):
        await menu.read(pizzas())
    state = await menu.sync.state(POINT)
    assert [version.number for version in state.versions] == [1]


async def test_a_large_change_is_told_in_parts(menu: Menu) -> None:
    await menu.read(pizzas(1200))
    notes = await menu.told()
    assert [len(note.data["changes"]) for note in notes] == [500, 500, 202]
    assert {note.data["version"] for note in notes} == {1}


async def test_a_viewer_reads_and_publishes_nothing(menu: Menu) -> None:
    menu.bench.outlet.step_down("CAJA-2", 2, menu.bench.clock.now())
    await menu.read(pizzas())
    assert await menu.published() == Catalog()
    assert len((await menu.sync.state(POINT)).waiting) == 12
    with pytest.raises(CatalogRefused, match="in charge"):
        await menu.sync.approve(POINT)


async def test_a_pos_without_a_menu_is_not_asked(menu: Menu) -> None:
    menu.bench.pos.capabilities = ALL - {Capability.CATALOG_READ}
    await menu.sync.read(POINT)
    assert not any(method == "read_catalog" for method, _ in menu.bench.pos.calls)


# ---------------------------------------------------------------- what fails loses nothing


async def test_a_read_that_fails_changes_nothing_and_says_so(menu: Menu, expected_logs: ExpectedLogs) -> None:
    await menu.read(pizzas())
    await menu.told()
    menu.bench.pos.fails("read_catalog", PosUnreachable("the POS does not answer"))
    with expected_logs("app.services.catalog_sync", logging.WARNING, "could not be read"):
        await menu.sync.read(POINT)
    state = await menu.sync.state(POINT)
    assert state.memory.failure == "the POS does not answer"
    assert await menu.published() == pizzas()
    assert not await menu.told()
    await menu.sync.read(POINT)
    assert not (await menu.sync.state(POINT)).memory.failure


@pytest.mark.parametrize("broken_at", [0, 1, 6, 12])
async def test_a_read_that_breaks_off_anywhere_loses_nothing(
    menu: Menu, expected_logs: ExpectedLogs, broken_at: int
) -> None:
    await menu.read(pizzas())
    whole = entities(pizzas(price=Decimal(11)))

    async def broken() -> Any:
        for entity in whole[:broken_at]:
            yield entity
        raise PosUnreachable("it broke off")

    menu.bench.pos.read_catalog = broken  # type: ignore[method-assign]
    with expected_logs("app.services.catalog_sync", logging.WARNING, "could not be read"):
        await menu.sync.read(POINT)
        await menu.sync.read(POINT)  # told once
    assert await menu.published() == pizzas()


async def test_an_empty_menu_waits_for_a_person(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.told()
    await menu.read(Catalog())
    assert await menu.published() == pizzas()
    assert not await menu.told()
    state = await menu.sync.state(POINT)
    assert state.guard is not None
    assert (state.guard.removed, state.guard.products) == (10, 10)
    assert len(state.waiting) == 12
    await menu.sync.approve(POINT)
    assert await menu.published() == Catalog()


async def test_half_a_menu_waits_and_is_forgotten_when_the_pos_is_well_again(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.read(less(pizzas(), (f"p{n}" for n in range(5))))
    assert (await menu.sync.state(POINT)).guard is not None
    await menu.read(pizzas())
    assert (await menu.sync.state(POINT)).guard is None
    assert await menu.published() == pizzas()


async def test_what_is_wrong_is_kept_back_and_the_rest_goes_out(menu: Menu) -> None:
    await menu.read(pizzas(3, price=None))
    assert set((await menu.published()).products) == {"p1", "p2"}
    state = await menu.sync.state(POINT)
    assert [(finding.rule.number, finding.external_id) for finding in state.found] == [("P02", "p0")]


async def test_an_id_that_comes_twice_is_pointed_out(menu: Menu) -> None:
    menu.bench.pos.catalog = [*entities(pizzas()), Product(external_id="p0", name="Otra")]
    await menu.sync.read(POINT)
    assert await menu.published() == pizzas()
    assert [finding.rule.number for finding in (await menu.sync.state(POINT)).found] == ["G01"]


# ---------------------------------------------------------------- undo


async def test_an_earlier_version_is_put_back_and_stays(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.read(pizzas(price=Decimal("12.50")))
    await menu.told()
    await menu.sync.put_back(POINT, 1)
    assert await menu.published() == pizzas()
    assert await menu.changes() == [("product", "p0", "updated")]
    state = await menu.sync.state(POINT)
    assert [version.origin for version in state.versions] == [CatalogOrigin.UNDO, CatalogOrigin.POS, CatalogOrigin.POS]
    await menu.sync.read(POINT)  # the POS still has the new price
    assert await menu.published() == pizzas()
    assert len((await menu.sync.state(POINT)).waiting) == 1
    await menu.sync.approve(POINT)
    assert (await menu.published()).products["p0"].price == Decimal("12.50")


async def test_a_pos_that_was_mended_after_an_undo_is_followed_again(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.read(pizzas(price=Decimal("12.50")))
    await menu.sync.put_back(POINT, 1)
    await menu.read(pizzas())
    await menu.read(pizzas(price=Decimal("11.00")))
    assert (await menu.published()).products["p0"].price == Decimal("11.00")


async def test_two_versions_are_compared(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.read(pizzas(price=Decimal("12.50")))
    changes = await menu.sync.compare(POINT, 1, 2)
    assert [(change.external_id, change.facts[0].field) for change in changes] == [("p0", "price")]


async def test_a_version_that_is_gone_cannot_be_put_back(menu: Menu) -> None:
    await menu.read(pizzas())
    for number in (0, 7):
        with pytest.raises(CatalogRefused, match="not kept"):
            await menu.sync.put_back(POINT, number)


async def test_old_versions_go_and_the_current_one_stays(menu: Menu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.catalog_sync.KEPT", 3)
    for price in range(10, 15):
        await menu.read(pizzas(price=Decimal(price)))
    assert [version.number for version in (await menu.sync.state(POINT)).versions] == [5, 4, 3]
    menu.bench.clock.tick(200 * 86400)
    await menu.read(pizzas(price=Decimal(16)))
    assert [version.number for version in (await menu.sync.state(POINT)).versions] == [6]


# ---------------------------------------------------------------- sold out


async def test_sold_out_goes_out_at_once_and_comes_back_by_itself(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.told()
    until = menu.bench.clock.now() + timedelta(hours=2)
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p3", until)
    assert await menu.changes() == [("product", "p3", "availability")]
    product = (await menu.published()).products["p3"]
    assert (product.is_available, product.available_from) == (False, until)
    assert await menu.bench.due_in(DueKind.SOLD_OUT, "") == 7200
    await menu.read(pizzas())  # the POS knows nothing of it
    assert not await menu.told()
    menu.bench.clock.tick(7200)
    await menu.sold_out.handle_due(TABLE)
    assert await menu.changes() == [("product", "p3", "availability")]
    assert (await menu.published()).products["p3"].is_available
    assert await menu.bench.due_in(DueKind.SOLD_OUT, "") is None


async def test_set_back_by_hand(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p3")
    await menu.sold_out.set_back(POINT, EntityKind.PRODUCT, "p3")
    assert (await menu.published()).products["p3"].is_available


async def test_what_the_pos_says_is_sold_out_stays_so(menu: Menu) -> None:
    await menu.read(pizzas(is_available=False))
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p0", menu.bench.clock.now() + timedelta(hours=1))
    await menu.sold_out.set_back(POINT, EntityKind.PRODUCT, "p0")
    assert not (await menu.published()).products["p0"].is_available


async def test_sold_out_does_not_wait_for_a_manager(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.read(less(pizzas(), (f"p{n}" for n in range(5))))  # waits
    await menu.told()
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p9")
    assert await menu.changes() == [("product", "p9", "availability")]
    assert len((await menu.published()).products) == 10


async def test_sold_out_before_any_menu_was_read_is_kept(menu: Menu) -> None:
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p3")
    await menu.read(pizzas())
    assert not (await menu.published()).products["p3"].is_available


async def test_a_word_survives_a_restart(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p3")
    again = Menu(menu.bench)
    await again.read(pizzas())
    assert not (await again.published()).products["p3"].is_available


async def test_an_order_looks_at_what_is_published(menu: Menu) -> None:
    await menu.read(pizzas())
    await menu.sold_out.set_sold_out(POINT, EntityKind.PRODUCT, "p3")
    item = await menu.bench.ledger.read(lambda view: view.catalog_item(POINT, "product", "p3"))
    assert item is not None
    assert not item.available


# ---------------------------------------------------------------- body, pages, proof


@given(catalogs())
def test_a_catalog_is_the_same_after_the_ledger(catalog: Catalog) -> None:
    assert unpacked(packed(catalog)) == catalog


@given(catalogs(), st.integers(1, 7))
def test_the_pages_have_each_entity_once(catalog: Catalog, limit: int) -> None:
    start: int | None = 0
    found: list[CatalogEntity] = []
    for _ in range(len(catalog) + 1):
        if start is None:
            break
        lists, start = page(catalog, start, limit)
        got = [entity for entities in lists.values() for entity in entities]
        assert len(got) <= limit
        found += got
    assert start is None
    assert found == entities(catalog)


@pytest.mark.parametrize(
    ("version", "state"), [(1, ProofState.PROVEN), (7, ProofState.DIFFERS), (None, ProofState.UNKNOWN)]
)
async def test_what_sinqro_took_is_read_back(menu: Menu, version: int | None, state: ProofState) -> None:
    await menu.read(pizzas())
    assert (await menu.sync.state(POINT)).proof.state is ProofState.PENDING
    menu.bench.sinqro.catalog_version = version
    for _ in range(10):
        menu.bench.clock.tick(menu.sync.pause(menu.bench.outlet))
        await menu.sync.look(menu.bench.outlet)
    assert (await menu.sync.state(POINT)).proof.state is state
    menu.bench.sinqro.catalog_version = 1
    menu.bench.clock.tick(menu.sync.pause(menu.bench.outlet))
    await menu.sync.look(menu.bench.outlet)
    assert (await menu.sync.state(POINT)).proof.state is ProofState.PROVEN
