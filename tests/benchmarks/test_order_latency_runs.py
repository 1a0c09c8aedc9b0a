import math
import shutil

import pytest

from tests.benchmarks.order_latency import Plan, measure, table

KEYS = """floor_p50_ms floor_p99_ms response_p50_ms response_p99_ms ratio_to_floor ratio_p99 injection_overhead_p99_ms
    burst_injected_per_s floor_burst_per_s""".split()


@pytest.mark.slow
async def test_a_small_run_gives_every_figure() -> None:
    found = await measure(Plan(rounds=1, at_rate=10, burst=40, warm_up=2))
    keys = [*KEYS, *(["slow_disk_stored_per_s"] if shutil.which("strace") else [])]
    assert all(math.isfinite(found[key]) and found[key] > 0 for key in keys)
    assert all(key in table(found) for key in keys)
