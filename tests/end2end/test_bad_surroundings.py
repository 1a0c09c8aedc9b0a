"""Tokens, vault, POS, clock, configuration at fault: said clearly, nothing lost, well again by itself once mended."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.rest.find import profile_file
from app.domain.status import Injection, OrderType, Status
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator
from app.sandbox.sinqro_faults import SinqroFaults
from tests.helpers.program import POINT, Place, Program, open_place

pytestmark = pytest.mark.xdist_group("program")

USER_TOKEN = "sandbox/user-access-token"
API_KEY = f"sandbox/pos/{POINT}/api-key"


@pytest.fixture
def orders() -> OrderGenerator:
    return OrderGenerator(restaurant=superpizza(), seed=23, run=uuid.uuid4().hex[:6])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Set up, and not started."""
    async with open_place(tmp_path, started=False) as place:
        yield place
        assert "Traceback" not in place.program.log + place.program.console, place.program.tail()


async def works(place: Place, orders: OrderGenerator, timeout: float = 10) -> None:
    order = orders.order()
    await place.placed(order, timeout=timeout)
    await place.in_pos(order["id"])


# ---------------------------------------------------------------- tokens


async def test_wrong_token(place: Place, orders: OrderGenerator) -> None:
    """No retry storm; with the right one, and a new start, all that waited comes."""
    token = place.program.read_secrets()[USER_TOKEN]
    place.program.set_secret(USER_TOKEN, "not-the-token")
    order = orders.order()
    place.sinqro.place(order)
    place.program.start()
    await place.until(lambda: "no link to Sinqro" in place.program.log, "the warning")
    assert "not-the-token" not in place.program.log
    await place.until(lambda: place.events("link.refused"), "the refusal")
    assert place.program.running
    assert len(place.events("link.refused")) == 1

    assert await place.program.stop() == 0
    place.program.set_secret(USER_TOKEN, token)
    await place.start()
    await place.in_pos(order["id"])


async def test_revoked_token(place: Place, orders: OrderGenerator) -> None:
    """Nothing is lost: after pairing again Sinqro hears what the POS did meanwhile."""
    await place.start()
    order = orders.order(OrderType.COLLECTION)
    await place.placed(order)
    await place.in_pos(order["id"])
    assert place.sinqro.revoke(place.program.installation_id) == 1
    await place.until(lambda: place.events("link.refused"), "the refusal")
    place.pos.move(str(order["id"]), "accepted")
    await place.ledger_shows(order["id"], lambda it: it.status is Status.ACCEPTED, "accepted")
    later = orders.order(OrderType.DELIVERY)
    place.sinqro.place(later)
    log = place.program.log
    assert "pair again" in log
    assert log.count("no link to Sinqro") <= 2

    assert await place.program.stop() == 0
    await place.program.pair(place.sinqro)
    await place.start()
    await place.in_pos(later["id"])
    await place.sinqro_shows(order["id"], Status.ACCEPTED)
    assert len(place.tickets(order["id"])) == 1


async def test_not_paired(tmp_path: Path) -> None:
    program = Program(folder=tmp_path)
    done = await program.run("pair", "ABCDEFGH", "--url", "http://127.0.0.1:9")
    assert done.status == 1
    assert done.err.startswith("sinqro-companion: ")
    assert "Traceback" not in done.err


async def test_wrong_pairing_code(place: Place) -> None:
    done = await place.program.run("pair", "ZZZZZZZZ", "--url", place.sinqro.base_url)
    assert done.status == 1
    assert "code" in done.err
    assert "Traceback" not in done.err
    await place.start()  # what was paired before still is


# ---------------------------------------------------------------- POS


async def test_pos_unreachable(place: Place, orders: OrderGenerator) -> None:
    await place.pos.go_off()
    await place.start()
    order = orders.order()
    answer = await place.placed(order)
    assert answer["result"]["state"] == "stored"
    record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.WAITING, "waiting")
    assert record.injection_code == "POS_UNREACHABLE"
    assert (await place.ask("link.ping"))["result"]["pos"] == "unreachable"
    await place.pos.come_back()
    await place.in_pos(order["id"])
    assert place.program.log.count(f"{POINT} does not answer") == 1


async def test_pos_refuses_the_key(place: Place, orders: OrderGenerator) -> None:
    """A person is needed: the order says why."""
    place.program.set_secret(API_KEY, "another-key")
    await place.start()
    order = orders.order()
    await place.placed(order)
    record = await place.ledger_shows(order["id"], lambda it: it.injection is Injection.FAILED, "failed")
    assert record.injection_code == "POS_PROFILE_INVALID"
    await place.until(lambda: place.notifications(order["id"]), "Sinqro told")
    assert "another-key" not in place.program.log


# ---------------------------------------------------------------- vault


@pytest.mark.timeout(60)
async def test_vault_cannot_be_read(place: Place, orders: OrderGenerator) -> None:
    """Waits, says so once, and goes on when it can be read."""
    secrets = place.program.secrets.read_text()
    place.program.secrets.write_text("{ not json")
    order = orders.order()
    place.sinqro.place(order)
    place.program.start()
    await place.until(lambda: "waiting for the vault" in place.program.log, "the warning")
    assert place.program.running
    place.program.secrets.write_text(secrets)
    await place.in_pos(order["id"], timeout=20)
    assert place.program.log.count("waiting for the vault") == 1


async def test_vault_that_others_can_read(place: Place) -> None:
    place.program.secrets.chmod(0o644)
    place.program.start()
    await place.until(lambda: "waiting for the vault" in place.program.log, "the warning")
    assert "chmod 600" in place.program.log


async def test_no_vault_at_all(place: Place) -> None:
    """The keyring that refuses (see conftest): pairing says so before the code is used up."""
    program = place.program
    done = await program.run("pair", "ABCDEFGH", "--url", place.sinqro.base_url, vault=False)
    assert done.status == 1
    assert "vault" in done.err.lower() or "keyring" in done.err.lower()
    assert "Traceback" not in done.err
    assert not place.events("pairing.wrong")


# ---------------------------------------------------------------- clock


@pytest.mark.parametrize("seconds", [-7200, 3600])
async def test_wrong_clock(place: Place, orders: OrderGenerator, seconds: float) -> None:
    """Sinqro's clock, as we see it: what is signed is signed with its time."""
    place.sinqro.set_faults(SinqroFaults(clock_offset_s=seconds))
    await place.start()
    order = orders.order()
    await place.placed(order)
    await place.in_pos(order["id"])
    place.pos.move(str(order["id"]), "accepted")
    await place.sinqro_shows(order["id"], Status.ACCEPTED)
    assert place.sinqro.state.refused == 0


async def test_clock_goes_wrong_while_we_work(place: Place, orders: OrderGenerator) -> None:
    """A refused signature measures the clock anew."""
    await place.start()
    await works(place, orders)
    place.sinqro.set_faults(SinqroFaults(clock_offset_s=3600))
    order = orders.order()
    await place.placed(order)
    await place.in_pos(order["id"])
    place.pos.move(str(order["id"]), "accepted")
    await place.sinqro_shows(order["id"], Status.ACCEPTED, timeout=15)


# ---------------------------------------------------------------- configuration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[sinqro\n", ["config.toml", "line 1"]),
        ('device_name = "x"\nlanguage = 5\n', ["config.toml", "line 2", "language"]),
        ("devise_name = 'x'\n", ["config.toml", "devise_name", "device_name"]),
        ("[sinqro.production]\nlink_url = 'ws://example.com'\n", ["link_url"]),
        ("[[selling_points]]\nid = '1'\npos = { adapter = 'reference', url = 'x', api_key = 'k' }\n", ["api_key"]),
    ],
    ids=["syntax", "type", "name", "address", "secret"],
)
async def test_broken_configuration(tmp_path: Path, text: str, words: list[str]) -> None:
    program = Program(folder=tmp_path)
    program.config.write_text(text)
    done = await program.run("serve")
    assert done.status == 1
    assert all(word in done.err for word in words), done.err
    assert "Traceback" not in done.err
    assert program.config.read_text() == text


async def test_unknown_adapter(place: Place) -> None:
    place.program.configure({("selling_points", 0, "pos", "adapter"): "teleport"})
    done = await place.program.run("serve")
    assert done.status == 1
    assert "teleport" in done.err
    assert "reference" in done.err
    assert "Traceback" not in done.err


async def test_option_that_the_adapter_does_not_take(place: Place) -> None:
    place.program.configure({("selling_points", 0, "pos", "colour"): "red"})
    done = await place.program.run("serve")
    assert done.status == 1
    assert "colour" in done.err
    assert "Traceback" not in done.err


async def test_secret_of_the_pos_is_missing(place: Place) -> None:
    """Of a POS without a public test account, which the reference POS has."""
    own = place.program.config.with_name("bar.toml")
    shipped = profile_file("reference").read_text("utf-8")
    own.write_text(shipped.replace('sandbox = "sandbox-pos-key"\n', ""), "utf-8")
    place.program.configure({("selling_points", 0, "pos", "profile"): own.name})
    done = await place.program.run("secret", "delete", API_KEY)
    assert done.status == 0
    done = await place.program.run("serve")
    assert done.status == 1
    assert f"secret set {API_KEY}" in done.err


async def test_copied_from_another_machine(place: Place) -> None:
    place.program.configure({("sinqro", "sandbox", "machine"): "0123456789abcdef"})
    done = await place.program.run("serve")
    assert done.status == 1
    assert "another machine" in done.err
    assert not place.events("link.hello")
