import math

import pytest

from tests.benchmarks import machine
from tests.benchmarks.idle import TARGETS, Plan, drift, measure
from tests.helpers.panel_desktop import missing

KEYS = "rss_mb pss_mb cpu_percent start_to_icon_s start_to_link_s gui_stall_ms".split()


@pytest.mark.slow
@pytest.mark.skipif(bool(missing()), reason=f"missing here: {', '.join(missing())}")
async def test_a_small_run_gives_every_figure() -> None:
    found = await measure(Plan(starts=1, settle=1, wait=2, looks=4, bare_wait=1, bursts=1, burst=10))
    assert "xfce4-panel" in str(found["tray"])
    for key in KEYS:
        value = found[key]
        assert isinstance(value, float)
        assert math.isfinite(value)
        assert key in machine.table(found, TARGETS)


def test_drift_is_told_between_the_second_and_the_last_fifth() -> None:
    assert drift([90, 100, 100, 100, 100, 100, 100, 100, 103, 103]) == 3
