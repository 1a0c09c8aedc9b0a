"""The doubles' pages in a real Chromium, with the real program between them: the integrator's first sight."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.domain.status import Status
from app.sandbox.sinqro_state import SinqroOrder
from tests.helpers.browser import Browser, open_browser
from tests.helpers.program import Place, open_place

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("program")]

EVIL = """<script>document.title = "hacked"</script><b>negrita</b> & 'comillas'"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with open_browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with open_place(tmp_path_factory.mktemp("pages")) as place:
        yield place
        assert place.sinqro.state.refused == 0, place.events("notification.refused")
        assert await place.program.stop() == 0


def newest(place: Place) -> SinqroOrder:
    """The order that was placed last."""
    return list(place.sinqro.state.orders.values())[-1]


async def code_of(browser: Browser) -> str:
    return (await browser.text("h1")).split()[0]


async def test_an_order_from_the_sandboxs_page_through_the_pos_and_back(browser: Browser, place: Place) -> None:
    await browser.open(place.sinqro.base_url)
    assert "link up" in await browser.text("main")
    await browser.click("a", "More choices")
    await browser.press("input[name=allergy]")
    await browser.fill("input[name=comment]", "Llamar al llegar.")
    await browser.click("button", "Delivery")
    seen = await browser.text("main")
    assert re.search(r"order\.create\s+stored \d+\.\d ms", seen), seen
    order = newest(place)
    code = await code_of(browser)

    ticket = await place.in_pos(order.key)
    await browser.open(place.pos.url)
    await browser.until(code)
    assert "Llamar al llegar." in await browser.text("main")
    await browser.click("button", "Accept")
    await place.pos_shows(order.key, "open")
    await place.sinqro_shows(order.key, Status.ACCEPTED)
    for step, status in (("Preparing", "preparing"), ("Ready", "ready"), ("On its way", "out")):
        await browser.click("button", step)
        await place.pos_shows(order.key, status)
    await place.sinqro_shows(order.key, Status.DISPATCHED)

    await browser.open(f"{place.sinqro.base_url}/order?id={order.key}")
    seen = await browser.text("main")
    for word in ("injected", "accepted", "dispatched", ticket.id):
        assert word in seen
    await browser.open(place.pos.url)
    await browser.click("button", "Close")
    await place.sinqro_shows(order.key, Status.COMPLETED)
    await browser.open(place.sinqro.base_url)
    await browser.until("completed")


async def test_a_list_left_open_shows_what_comes(browser: Browser, place: Place) -> None:
    await browser.open(place.pos.url)
    before = await browser.text("main")
    made = await place.placed(b'{"id": 4401, "type": "reservation", "marketOrderCode": "RSV-9", "dinersNumber": 3}')
    assert made["result"]["state"] == "stored"
    assert "RSV-9" not in before
    await browser.until("RSV-9")
    await browser.click("a", "Pause")
    assert not await browser.evaluate("return !!document.querySelector('meta[http-equiv=refresh]')")


async def test_changes_by_the_customer_reach_the_pos(browser: Browser, place: Place) -> None:
    await browser.open(place.sinqro.base_url)
    await browser.click("button", "At a table")
    order = newest(place)
    ticket = await place.in_pos(order.key)
    await browser.open(f"{place.sinqro.base_url}/order?id={order.key}")
    await browser.evaluate("document.querySelector('option[value=\"P-609\"]').selected = true")
    await browser.click("button", "Add")
    await browser.evaluate("document.querySelector('option[value=\"TZ11\"]').selected = true")
    await browser.click("button", "Move")
    assert (await browser.text("main")).count("order.update") == 2

    def changed() -> bool:
        now = place.pos.order(ticket.id)
        return now.table == "TZ11" and any(line.name == "Café solo" for line in now.lines)

    await place.until(changed, "the added line and the other table in the POS")
    await browser.fill("input[name=comment][aria-label=Comment]", "Se van")
    await browser.click("button", "Cancel")
    assert "cancelled" in await browser.text("h1")
    await place.pos_shows(order.key, "void")


async def test_markup_of_a_customer_is_text(browser: Browser, place: Place) -> None:
    await browser.complaints()
    await browser.open(f"{place.sinqro.base_url}/place")
    await browser.fill("input[name=comment]", EVIL)
    await browser.click("button", "Takeaway")
    assert EVIL in await browser.text("main")
    order = newest(place)
    code = await code_of(browser)
    await place.in_pos(order.key)
    await browser.open(place.pos.url)
    await browser.click("a", code)
    seen = await browser.text("main")
    assert "<b>negrita</b>" in seen
    assert await browser.evaluate("return document.title") == f"Order {code} · Reference POS"
    assert await browser.evaluate("return document.querySelectorAll('main script, main .note b').length") == 0
    assert await browser.complaints() == []


async def test_sold_out_till_and_faults_by_hand(browser: Browser, place: Place) -> None:
    await browser.open(f"{place.pos.url}/menu")
    await browser.click("button", "Pizza Diavola: sold out")
    assert "sold out" in await browser.text("[id='P-106']")
    await browser.click("button", "Pizza Diavola: back again")
    assert "sold out" not in await browser.text("[id='P-106']")
    await browser.open(place.pos.url)
    await browser.click("button", "Close the till")
    await place.until(lambda: place.pos.faults.till_closed, "the till closed")
    await browser.click("button", "Open the till")
    await place.until(lambda: not place.pos.faults.till_closed, "the till open")
    await browser.open(f"{place.sinqro.base_url}/faults")
    await browser.fill("input[name=delay_ms]", "5")
    await browser.click("button", "Set these faults")
    await place.until(lambda: place.sinqro.state.misbehaviour.faults.delay_ms == 5, "the fault")
    assert "1 fault on" in await browser.text("header")
    await browser.click("button", "End all faults")
    await place.until(lambda: place.sinqro.state.misbehaviour.faults.delay_ms == 0, "its end")
    await browser.open(f"{place.sinqro.base_url}/restaurant")
    await browser.click("button", "New pairing code")
    code = await browser.text(".big")
    assert code.replace(" ", "") in place.sinqro.state.codes


async def test_a_form_on_a_foreign_page_reaches_nothing(browser: Browser, place: Place, tmp_path: Path) -> None:
    codes = len(place.sinqro.state.codes)
    page = tmp_path / "evil.html"
    action = f"{place.sinqro.base_url}/restaurant/code"
    page.write_text(f"<form method=post action='{action}'><button>Win a prize</button></form>")
    await browser.open(page.as_uri())
    await browser.click("button", "Win a prize")
    assert "That did not work" in await browser.text()
    assert len(place.sinqro.state.codes) == codes
    await browser.complaints()  # it says 403: as it should


@pytest.mark.parametrize("dark", [False, True])
async def test_every_page_fits_the_smallest_screen_in_light_and_dark(
    browser: Browser, place: Place, dark: bool, tmp_path: Path
) -> None:
    await place.placed(b'{"id": 4402, "type": "inside", "marketOrderCode": "' + b"W" * 150 + b'", "x": 1}')
    order = newest(place)
    ticket = place.pos.orders()[0]["id"]
    pages = [f"{place.sinqro.base_url}{path}" for path in ("/", "/place", "/restaurant", "/faults")]
    pages += [f"{place.pos.url}{path}" for path in ("/", "/menu", "/faults", f"/order?id={ticket}")]
    pages.append(f"{place.sinqro.base_url}/order?id={order.key}")
    request = list(place.sinqro.state.requests)[-1]
    pages.append(f"{place.sinqro.base_url}/request?id={request}")
    await browser.dark(dark)
    await browser.complaints()
    for number, page in enumerate(pages):
        await browser.open(page)
        overflow = await browser.evaluate("return document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, page
        unlabelled = "input:not([type=hidden]), select, textarea"
        script = f"return [...document.querySelectorAll('{unlabelled}')].filter(e => !e.labels.length && !e.ariaLabel)"
        assert await browser.evaluate(f"{script}.length") == 0, page
        ground = await browser.evaluate("return getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(15, 21, 19)" if dark else "rgb(242, 244, 242)"), "the stylesheet is let in"
        await browser.screenshot(tmp_path / f"{number}.png")
        assert (tmp_path / f"{number}.png").stat().st_size > 5000
    assert await browser.complaints() == []
    await browser.dark(False)


async def test_refused_in_the_pos_with_a_reason(browser: Browser, place: Place) -> None:
    await browser.open(place.sinqro.base_url)
    await browser.click("button", "Takeaway")
    order = newest(place)
    ticket = await place.in_pos(order.key)
    await browser.open(f"{place.pos.url}/order?id={ticket.id}")
    await browser.evaluate("document.querySelector('option[value=too_busy]').selected = true")
    await browser.click("button", "Refuse")
    await place.pos_shows(order.key, "refused")
    await place.sinqro_shows(order.key, Status.REJECTED)
    await browser.open(f"{place.sinqro.base_url}/order?id={order.key}")
    assert "too_busy" in await browser.text("main")
