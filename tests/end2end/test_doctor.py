"""`doctor` beside the real program: it looks at everything, and disturbs nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.helpers.program import POINT, open_place


async def test_doctor_beside_a_running_companion(tmp_path: Path) -> None:
    async with open_place(tmp_path) as place:
        done = await place.program.run("doctor", "--json")
        assert done.status == 0, done
        report = json.loads(done.out)
        assert {line["state"] for line in report["lines"]} == {"ok"}, report
        assert {f"POS {POINT}", "Sinqro", "clock", "vault", "ledger"} <= {line["check"] for line in report["lines"]}
        closing = {"id": "S1", "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat(), "reason": "horno"}
        await place.ask("availability.set", closing=closing)
        await place.until(lambda: not place.sinqro.state.restaurants[POINT].open, "closed on Sinqro")
        said = ""
        for _ in range(20):  # each look is a program of its own
            said = (await place.program.run("doctor")).out
            if "read back from Sinqro" in said:
                break
        assert "Closed (sinqro) until" in said
        assert "read back from Sinqro as the same since" in said
        assert len(place.events("link.hello")) == 1  # the link was left alone
        assert not [value for value in place.program.read_secrets().values() if value in done.out]
        await place.pos.go_off()
        place.program.kill()
        done = await place.program.run("doctor")
        assert done.status == 1, done
        assert "NOTE     program" in done.out
        assert f"FAILED   POS {POINT}" in done.out
