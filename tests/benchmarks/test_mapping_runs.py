from tests.benchmarks.mapping import measure


def test_the_mapping_benchmark_runs() -> None:
    """Ten times the targets: the machine may be busy, a mapping of another order of magnitude is a fault."""
    found = measure(orders=40, products=200)
    assert 0 < float(str(found["order_ms"])) < 10
    assert 0 < float(str(found["product_ms"])) < 1
    assert int(str(found["order_lines"])) > 0
