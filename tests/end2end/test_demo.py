"""The demo as a newcomer runs it: the real program as a subprocess, an evening to its end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = [
    *("placed", "stored", "injected", "accepted", "final", "lost", "doubled", "injected_after_cancel"),
    *("notifications_verified", "notifications_refused"),
    *("response_p50_ms", "response_p99_ms", "pos_p50_ms", "pos_p99_ms"),
]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "demo", "--headless", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.xdist_group("processes")
def test_an_evening_of_every_type_ends_with_nothing_lost_or_doubled(tmp_path: Path) -> None:
    done = demo("--orders", "200", "--reservations", "20", "--exit", "--json", "--data", str(tmp_path))
    assert done.stderr == ""
    summary = json.loads(done.stdout)
    assert done.returncode == 0, summary
    assert list(summary) == KEYS
    assert summary["placed"] == summary["stored"] == summary["final"] == 220
    assert summary["lost"] == summary["doubled"] == summary["injected_after_cancel"] == 0
    assert summary["notifications_refused"] == 0
    assert summary["notifications_verified"] > 400
    assert 150 <= summary["accepted"] <= summary["injected"] <= 220
    log = (tmp_path / "logs").glob("*.log")
    assert [line for path in log for line in path.read_text("utf-8").splitlines() if " ERROR " in line] == []


@pytest.mark.xdist_group("processes")
def test_the_table_and_the_summary_are_for_people(tmp_path: Path) -> None:
    done = demo("--orders", "4", "--reservations", "1", "--exit", "--seed", "3", "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "pending" in done.stdout
    assert "lost                     0" in done.stdout


@pytest.mark.xdist_group("processes")
def test_kept_data_serves_another_evening(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        done = demo("--orders", "3", "--exit", "--json", "--seed", seed, "--data", str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["lost"] == 0
