"""The doctor's line on open and closed."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from app.domain.availability import Closing, ClosingSource, Proof, ProofState
from app.domain.schedule import Schedule, WeeklyRange
from app.infra.ledger_sqlite import SqliteLedger
from app.ports.ledger import LedgerTransaction
from app.report.doctor import Line, State
from app.report.doctor_opening import of_opening
from app.services.hours import Hours, hours_name

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
"""21:00 in Madrid."""
CLOSED = Closing(id="1", source=ClosingSource.STAFF, since=NOW, until=NOW + timedelta(minutes=20))
THURSDAYS = Schedule(
    timezone="Europe/Madrid",
    weekly=(WeeklyRange(start_day=4, start_time=time(12), end_day=4, end_time=time(16)),),
)


async def said(
    folder: Path, *closings: Closing, proof: Proof | None = None, hours: Schedule | None = None, running: bool = True
) -> Line:
    with SqliteLedger(folder / "ledger.db") as ledger:

        def write(tx: LedgerTransaction) -> None:
            for closing in closings:
                tx.put_closing("71", closing)
            if proof is not None:
                text = msgspec.json.encode({"told": "{}", "proof": proof}).decode()
                tx.set_value("mirror/availability.changed/71", text)
            if hours is not None:
                tx.set_value(hours_name("71"), msgspec.json.encode(Hours(schedule=hours)).decode())

        await ledger.write(write)
        return await ledger.read(lambda view: of_opening(view, "71", "Europe/Madrid", NOW, running=running))


async def test_open_and_never_compared(tmp_path: Path) -> None:
    line = await said(tmp_path)
    assert (line.check, line.state, line.says) == ("open 71", State.OK, "Open; not compared with Sinqro yet.")


async def test_closed_and_proven(tmp_path: Path) -> None:
    line = await said(tmp_path, CLOSED, proof=Proof(state=ProofState.PROVEN, at=NOW))
    assert line.state is State.OK
    assert line.says == (
        "Closed (staff) until 2026-11-25 21:20; read back from Sinqro as the same since 2026-11-25 21:00."
    )


async def test_a_difference_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    line = await said(tmp_path, CLOSED, proof=Proof(state=ProofState.DIFFERS, at=NOW, message="Refused: 422."))
    assert line.state is State.FAILED
    assert "Sinqro shows something else since 2026-11-25 21:00. Refused: 422." in line.says
    assert line.todo


@pytest.mark.parametrize(("running", "state"), [(True, State.OK), (False, State.WARNING)])
async def test_told_and_not_seen_yet(tmp_path: Path, running: bool, state: State) -> None:
    line = await said(tmp_path, CLOSED, proof=Proof(state=ProofState.PENDING, at=NOW), running=running)
    assert line.state is state
    assert "being told to Sinqro" in line.says


async def test_closed_by_the_hours(tmp_path: Path) -> None:
    line = await said(tmp_path, hours=THURSDAYS)
    assert line.says.startswith("Closed by its hours until 2026-11-26 12:00;")
