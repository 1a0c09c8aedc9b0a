"""The doctor beside everything that can be wrong: each a line that says what to do, and the rest still looked at."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap_doctor
from app.bootstrap import open_vault
from app.cli import main
from app.domain.errors import LedgerError, VaultError
from app.domain.record import Mark, Notification, OrderRecord
from app.domain.status import Injection, Status
from app.infra.ledger_sqlite import SqliteLedger
from app.infra.logs import Redactor
from app.infra.machine import fingerprint
from app.infra.paths import Paths
from app.infra.single_instance import SingleInstance
from app.ports.ledger import LedgerTransaction
from app.ports.pos import PosHealth
from app.ports.vault import Vault, VaultState
from app.report import doctor
from app.report.doctor import Check, Line, Report, State
from app.sandbox.pos import ReferencePos
from tests.helpers.http import FakeHttp
from tests.helpers.logfail import ExpectedLogs

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


class Setup:
    """One installation's files, and a Sinqro that answers with a time."""

    def __init__(self, folder: Path, sinqro: FakeHttp) -> None:
        self.paths = Paths(config=folder / "config.toml", data=folder / "data", logs=folder / "logs")
        self.sinqro = sinqro
        self.secrets = {
            "sandbox/user-access-token": "tok-planted-1",
            "sandbox/notification-secret": "whsec_planted",
            "sandbox/pos/71/api-key": "key-planted-3",
        }

    def configure(self, pos_url: str = "", *, more: str = "", machine: str = "", paired: bool = True) -> None:
        base = self.sinqro.url
        lines = ["[sinqro.sandbox]", f'base_url = "{base}/v1"']
        if paired:
            lines += [
                f'link_url = "{base.replace("http", "ws")}/v1/link"',
                f'notification_url = "{base}/v1/n"',
                'installation_id = "inst_1"',
                f'machine = "{machine or fingerprint()}"',
            ]
        lines += ["[[selling_points]]", 'id = "71"']
        if pos_url:
            lines.append(f'pos = {{ adapter = "reference", url = "{pos_url}" }}')
        self.paths.config.write_text("\n".join([*lines, more]), "utf-8")

    async def examine(self, vault: Vault | None = None, limit: float = 12) -> Report:
        redactor = Redactor()
        if vault is None:
            file = self.paths.config.with_name("secrets.json")
            file.write_text(json.dumps(self.secrets), "utf-8")
            file.chmod(0o600)
            vault = open_vault({}, redactor, file)
        report = await bootstrap_doctor.examine(paths=self.paths, environ={}, vault=vault, mask=redactor, limit=limit)
        for text in (str(report), report.as_json()):
            assert "planted" not in text
        return report


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    async with FakeHttp().running() as sinqro:
        answers(sinqro, datetime.now(UTC))
        yield Setup(tmp_path, sinqro)


def answers(sinqro: FakeHttp, at: datetime, status: int = 404) -> None:
    sinqro.answer = FakeHttp.response(status, date=format_datetime(at, usegmt=True))


def line(report: Report, check: str, number: int = 0) -> Line:
    found = [entry for entry in report.lines if entry.check == check]
    assert found, f"no line of {check} in {[entry.check for entry in report.lines]}"
    return found[number]


def states(report: Report) -> dict[str, set[State]]:
    found: dict[str, set[State]] = {}
    for entry in report.lines:
        found.setdefault(entry.check, set()).add(entry.state)
    return found


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def fill(path: Path, *work: Any) -> None:
    with SqliteLedger(path) as ledger:
        for step in work:
            await ledger.write(step)


def record(order_id: str, **more: Any) -> OrderRecord:
    return OrderRecord(selling_point="71", order_id=order_id, received_at=NOW, status_at=NOW, **more)


# ---------------------------------------------------------------- the whole


async def test_all_is_well(setup: Setup) -> None:
    async with ReferencePos(api_key="key-planted-3") as pos:
        setup.configure(pos.url)
        await fill(setup.paths.ledger)
        with SingleInstance(folder=setup.paths.data):
            report = await setup.examine()
    assert {state for found in states(report).values() for state in found} == {State.OK}
    assert report.ok
    assert "All is well." in str(report)
    assert [entry.check for entry in report.lines] == [
        *("configuration", "program", "vault", "Sinqro", "clock", "POS 71", "receiver"),
        *("ledger", "open 71", "orders", "notifications", "quarantine"),
    ]


async def test_nothing_is_configured(setup: Setup) -> None:
    setup.paths.config.write_text(f'[sinqro.sandbox]\nbase_url = "{setup.sinqro.url}"\n', "utf-8")
    setup.secrets.clear()
    report = await setup.examine()
    assert not report.ok
    assert "pair CODE" in line(report, "Sinqro").todo
    assert line(report, "Sinqro", 1).state is State.OK  # it can be reached: pairing will work
    assert line(report, "vault").state is State.OK
    assert line(report, "ledger").state is State.OK
    assert not setup.paths.data.exists()  # nothing is made by looking


async def test_a_missing_configuration_is_no_fault(setup: Setup) -> None:
    setup.paths.config.unlink(missing_ok=True)
    settings, lines = bootstrap_doctor._configuration(setup.paths, {})
    assert settings is not None
    assert lines[0].state is State.OK


async def test_a_broken_configuration_does_not_stop_the_rest(setup: Setup) -> None:
    setup.paths.config.write_text('[sinqro]\nenvironment = "productoin"\n', "utf-8")
    await fill(setup.paths.ledger, lambda tx: tx.put_order(record("1")))
    report = await setup.examine()
    assert not report.ok
    broken = line(report, "configuration")
    assert broken.state is State.FAILED
    assert "sinqro.environment" in broken.says
    assert "sandbox or production" in broken.todo
    assert line(report, "vault").state is State.OK
    assert "1 open" in line(report, "orders").says
    assert {line(report, name).state for name in ("Sinqro", "clock", "POS", "receiver")} == {State.UNKNOWN}
    assert not setup.sinqro.requests  # which of Sinqro's worlds is meant is not known


async def test_a_copied_folder_is_said(setup: Setup) -> None:
    setup.configure(machine="another")
    report = await setup.examine()
    assert line(report, "configuration", 1).state is State.FAILED
    assert "pair CODE" in line(report, "configuration", 1).todo


async def test_the_command(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    setup.configure()
    file = setup.paths.config.with_name("s.json")
    place = ["--config", str(setup.paths.config), "--data", str(setup.paths.data), "--secrets", str(file)]
    assert await asyncio.to_thread(main, ["doctor", "--json", *place]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert {"check", "state", "says", "todo"} == set(found["lines"][0])


# ---------------------------------------------------------------- vault


class NoVault:
    """Implements Vault: locked, or standing still for ever."""

    def __init__(self, *, stands: bool = False) -> None:
        self._stands = stands

    async def get(self, name: str) -> str | None:
        if self._stands:
            await asyncio.Event().wait()
        raise VaultError("The password store is locked.", locked=True, hint="Unlock it.")

    async def set(self, name: str, value: str) -> None:
        raise NotImplementedError

    async def delete(self, name: str) -> None:
        raise NotImplementedError

    async def state(self) -> VaultState:
        return VaultState.LOCKED


async def test_a_locked_vault_leaves_the_rest(setup: Setup) -> None:
    setup.configure("http://127.0.0.1:1")
    report = await setup.examine(NoVault())
    assert line(report, "vault") == Line(
        check="vault", state=State.FAILED, says="The password store is locked.", todo="Unlock it."
    )
    assert line(report, "POS 71").state is State.UNKNOWN  # no guess about the POS
    assert line(report, "Sinqro").state is State.OK
    assert line(report, "ledger").state is State.OK


async def test_a_locked_vault_before_pairing(setup: Setup) -> None:
    setup.configure(paired=False)
    assert line(await setup.examine(NoVault()), "vault").state is State.FAILED


async def test_a_vault_that_never_answers_ends_in_time(setup: Setup) -> None:
    setup.configure("http://127.0.0.1:1")
    report = await setup.examine(NoVault(stands=True), limit=0.3)
    assert "No answer within 0.3 seconds" in line(report, "vault").says
    assert line(report, "POS 71").state is State.FAILED


async def test_lost_secrets_are_named_not_shown(setup: Setup) -> None:
    setup.configure()
    del setup.secrets["sandbox/user-access-token"]
    lost = line(await setup.examine(), "vault")
    assert lost.state is State.FAILED
    assert "sandbox/user-access-token" in lost.says
    assert "pair CODE" in lost.todo


# ---------------------------------------------------------------- POS


async def test_no_pos_is_set_up(setup: Setup) -> None:
    setup.configure()
    report = await setup.examine()
    assert line(report, "POS 71").state is State.WARNING
    assert "adapter" in line(report, "POS 71").todo


async def test_an_unreachable_pos(setup: Setup) -> None:
    setup.configure(f"http://127.0.0.1:{free_port()}")
    report = await setup.examine()
    assert line(report, "POS 71").state is State.FAILED
    assert "switched on" in line(report, "POS 71").todo


async def test_a_wrong_key_and_a_missing_one(setup: Setup) -> None:
    async with ReferencePos(api_key="another") as pos:
        setup.configure(pos.url)
        assert line(await setup.examine(), "POS 71").state is State.FAILED
        del setup.secrets["sandbox/pos/71/api-key"]  # the test account's public one is tried then, which is another
        missing = line(await setup.examine(), "POS 71")
        assert "does not accept our key" in missing.says


async def test_a_closed_till(setup: Setup) -> None:
    async with ReferencePos(api_key="key-planted-3") as pos:
        pos.set_faults(till_closed=True)
        setup.configure(pos.url)
        closed = line(await setup.examine(), "POS 71")
    assert closed.state is State.WARNING
    assert "till" in closed.todo


@pytest.mark.parametrize(("url", "plain"), [("http://192.168.1.20:8069", True), ("https://192.168.1.20", False)])
def test_plain_http_within_the_restaurant_is_said(url: str, plain: bool) -> None:
    found = doctor.of_pos("POS 71", PosHealth(ok=True), url=url, plain=plain)
    assert [entry.state for entry in found] == ([State.OK, State.WARNING] if plain else [State.OK])


def test_a_pos_that_is_not_well() -> None:
    (found,) = doctor.of_pos("POS 71", PosHealth(ok=False, message="database\nlocked"), url="u", plain=False)
    assert found.state is State.FAILED


# ---------------------------------------------------------------- Sinqro and the clock


async def test_sinqro_out_of_reach(setup: Setup) -> None:
    setup.configure()
    text = setup.paths.config.read_text("utf-8").replace(setup.sinqro.url.rpartition(":")[2], str(free_port()))
    setup.paths.config.write_text(text, "utf-8")
    report = await setup.examine()
    assert line(report, "Sinqro").state is State.FAILED
    assert "firewall" in line(report, "Sinqro").todo
    assert line(report, "clock").state is State.UNKNOWN


async def test_sinqro_answers_with_an_error_of_its_own(setup: Setup) -> None:
    setup.configure()
    answers(setup.sinqro, datetime.now(UTC), 503)
    assert line(await setup.examine(), "Sinqro").state is State.WARNING


async def test_sinqro_hears_no_secret_and_one_request_a_host(setup: Setup) -> None:
    setup.configure()
    await setup.examine()
    assert [sent.target for sent in setup.sinqro.requests] == ["/"]
    assert "planted" not in str(setup.sinqro.requests)


@pytest.mark.parametrize(
    ("seconds", "state", "says"),
    [
        (0, State.OK, "agrees"),
        (45, State.OK, "agrees"),
        (100, State.WARNING, "slow"),
        (-100, State.WARNING, "fast"),
        (400, State.FAILED, "slow"),
        (-7200, State.FAILED, "120 min fast"),
    ],
)
async def test_the_clock(setup: Setup, seconds: int, state: State, says: str) -> None:
    setup.configure()
    answers(setup.sinqro, datetime.now(UTC) + timedelta(seconds=seconds))
    clock = line(await setup.examine(), "clock")
    assert clock.state is state
    if seconds != -7200:
        assert says in clock.says
    else:
        assert "min fast" in clock.says


# ---------------------------------------------------------------- receiver and program


async def test_the_receiver(setup: Setup) -> None:
    port = free_port()
    setup.configure(more=f"[receiver]\nenabled = true\nport = {port}\n")
    report = await setup.examine()
    assert "webhook-secret" in line(report, "receiver").says
    assert line(report, "receiver", 1).state is State.OK
    setup.secrets["sandbox/pos/71/webhook-secret"] = "whsec_planted2"
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        taken = line(await setup.examine(), "receiver")
        assert taken.state is State.FAILED
        assert "port" in taken.todo
        setup.paths.data.mkdir(parents=True)
        with SingleInstance(folder=setup.paths.data):
            assert line(await setup.examine(), "receiver").state is State.OK
    with SingleInstance(folder=setup.paths.data):
        assert line(await setup.examine(), "receiver").state is State.FAILED


async def test_whether_the_companion_runs(setup: Setup) -> None:
    setup.configure()
    assert line(await setup.examine(), "program").state is State.WARNING
    setup.paths.data.mkdir(parents=True)
    with SingleInstance(folder=setup.paths.data):
        assert line(await setup.examine(), "program").state is State.OK
    assert line(await setup.examine(), "program").state is State.WARNING


# ---------------------------------------------------------------- ledger


def wanting(tx: LedgerTransaction) -> None:
    tx.put_order(record("1", code="4F7K", injection=Injection.FAILED, injection_code="POS_REFUSED"))
    tx.put_order(record("2", injection=Injection.HELD, status=Status.ACCEPTED))
    tx.put_order(record("3", injection=Injection.INJECTED, marks=frozenset({Mark.CANCEL_BY_HAND})))
    tx.put_order(record("4", injection=Injection.WAITING))
    tx.put_order(record("5", injection=Injection.FAILED, status=Status.CANCELLED))  # off: nothing to do
    tx.add_quarantine(NOW, "order.create without an id", b'{"name": "Ana"}')
    data = {"orderId": 1}
    tx.add_notification(
        Notification(id="m1", selling_point="71", type="order.injected", data=data, created_at=NOW, order_id="1")
    )


async def test_what_waits_in_the_ledger_is_said_without_customers(setup: Setup) -> None:
    setup.configure()
    await fill(setup.paths.ledger, wanting)
    report = await setup.examine()
    orders = line(report, "orders")
    assert orders.state is State.WARNING
    assert "4 open, 3 to be answered, 1 waiting for the POS; 3 must be looked at" in orders.says
    assert "4F7K: failed (POS_REFUSED)" in orders.says
    assert "3: cancel by hand" in orders.says
    assert "1 not yet delivered" in line(report, "notifications").says
    quarantine = line(report, "quarantine")
    assert quarantine.state is State.WARNING
    assert "2026-11-25 20:00" in quarantine.says
    assert "Ana" not in str(report)


async def test_beside_a_running_companion_it_reads_and_never_writes(setup: Setup) -> None:
    setup.configure()
    with SqliteLedger(setup.paths.ledger) as ledger:
        await ledger.write(wanting)
        writing = True

        async def busy() -> None:
            while writing:
                await ledger.write(lambda tx: tx.set_value("x", "1"))

        task = asyncio.create_task(busy())
        report = await setup.examine()
        writing = False
        await task
        assert "4 open" in line(report, "orders").says
        assert await ledger.read(lambda view: view.outbox_size()) == 1


async def test_a_ledger_that_is_none(setup: Setup) -> None:
    setup.configure()
    setup.paths.data.mkdir()
    setup.paths.ledger.write_bytes(b"not a database, " * 100)
    damaged = line(await setup.examine(), "ledger")
    assert damaged.state is State.FAILED
    assert "aside" in damaged.todo
    assert setup.paths.ledger.read_bytes().startswith(b"not a database")  # left as it is


async def test_a_ledger_of_another_version(setup: Setup) -> None:
    import sqlite3

    setup.configure()
    await fill(setup.paths.ledger)
    with closing(sqlite3.connect(setup.paths.ledger)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "newer" in line(await setup.examine(), "ledger").says
    with closing(sqlite3.connect(setup.paths.ledger)) as connection:
        connection.execute("PRAGMA user_version = 0")
    older = line(await setup.examine(), "ledger")
    assert "an older" in older.says
    assert "Start the companion" in older.todo


async def test_a_ledger_that_was_set_aside_is_said(setup: Setup) -> None:
    setup.configure()
    await fill(setup.paths.ledger)
    for suffix in ("", "-wal"):
        setup.paths.ledger.with_name(f"ledger.sqlite3.corrupt-20261125T200000{suffix}").write_bytes(b"")
    found = [entry for entry in (await setup.examine()).lines if entry.check == "ledger"]
    assert [entry.state for entry in found] == [State.WARNING, State.OK]


# ---------------------------------------------------------------- the checks themselves


async def run(*checks: Check) -> Report:
    return await doctor.run(checks, version="1", at=NOW, mask=lambda text: text.replace("s3cret", "***"), limit=0.2)


async def test_a_bug_in_one_check_is_a_line_of_its_own(expected_logs: ExpectedLogs) -> None:
    async def broken() -> list[Line]:
        raise KeyError("s3cret")

    async def fine() -> list[Line]:
        return [doctor.ok("b", "Fine.")]

    with expected_logs("app.report.doctor", logging.ERROR, "the check of a failed"):
        report = await run(Check("a", broken), Check("b", fine))
    assert [entry.state for entry in report.lines] == [State.FAILED, State.OK]
    assert "s3cret" not in str(report)


async def test_the_checks_run_side_by_side_and_end_in_time() -> None:
    async def slow() -> list[Line]:
        await asyncio.sleep(30)
        return []

    began = asyncio.get_running_loop().time()
    report = await run(*(Check(str(number), slow) for number in range(20)))
    assert asyncio.get_running_loop().time() - began < 2
    assert len(report.lines) == 20


async def test_what_others_say_stays_one_short_masked_line() -> None:
    async def nasty() -> list[Line]:
        raise LedgerError("s3cret \x1b[31m\n" + "x" * 10_000, hint="a\nb")

    (found,) = (await run(Check("a", nasty))).lines
    assert found.says.startswith("*** [31m xxx")
    assert len(found.says) <= 400
    assert found.todo == "a b"
