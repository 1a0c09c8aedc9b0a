"""What a profile's expressions cost: an order into the POS's form, a product of its menu into ours.

``python -m tests.benchmarks.mapping [--json FILE]``. Keys: ``order_ms`` (from the decoded order to the body, with all
that lies between: lines, notes, payments), ``order_lines`` (of the median order), ``product_ms`` (with five options,
each mapped too), and for comparison ``product_theirs_ms``: the same expression by the CEL project's own runtime, values
carried across included. Medians. The profile is the reference POS's.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from cel_expr_python import cel

from adapters.rest.expressions import Engine
from adapters.rest.load import load_profile
from adapters.rest.orders import OrderViews, point_view
from adapters.rest.texts import Texts
from app.domain.order import decode_order
from app.domain.selling_point import SellingPoint
from app.domain.status import OrderType, Status
from app.ports.pos import PosOrderRequest
from app.sandbox.menu import superpizza
from app.sandbox.orders import OrderGenerator, to_json
from tests.benchmarks import machine

TARGETS = {"order_ms": "< 1", "product_ms": "< 0.1"}

PROFILE = Path(__file__).parents[2] / "resources" / "profiles" / "reference.toml"

PRODUCT = """{
    "kind": "product",
    "externalId": string(item.id),
    "name": item.name,
    "price": item.price,
    "isAvailable": !item.sold_out,
    "options": item.options.map(option, {
        "externalId": string(option.id),
        "name": option.name,
        "price": option.price,
    }),
}"""
"""Without functions of ours, so that both runtimes can take it."""

OURS = PRODUCT.replace("item.name", "text(item.name)").replace("item.price", "money(item.price)")


def measure(orders: int = 400, products: int = 4000) -> dict[str, object]:
    """The figures; ``orders`` and ``products``: how many are mapped."""
    return {**_orders(orders), **_products(products)}


def _orders(count: int) -> dict[str, object]:
    profile = load_profile(PROFILE).profile
    engine = Engine()
    for name, source in profile.functions.items():
        engine.define(name, source)
    known = {"request", "order", "lines", "payments", "options", "point", "words"}
    assert profile.services.create_order is not None
    body = engine.compile(profile.services.create_order.body, known)
    point = SellingPoint(id="71")
    common = {"options": {}, "point": point_view(point), "words": profile.words}
    views = OrderViews(profile, Texts(profile.text))
    generator = OrderGenerator(restaurant=superpizza(), seed=7)
    made = [decode_order(to_json(generator.order(OrderType.DELIVERY)), point.zone) for _ in range(count)]
    requests = [
        PosOrderRequest(reference=str(order.id), order=order, selling_point=point, status=Status.ACCEPTED)
        for order in made
    ]

    def work(request: PosOrderRequest) -> object:
        return body.evaluate({**views.view(request), **common})

    lines = sorted(len(order.lines) for order in made)
    return {"order_ms": _median(work, requests), "order_lines": lines[len(lines) // 2]}


def _products(count: int) -> dict[str, object]:
    items = [
        {
            "id": number,
            "name": f"Pizza número {number}",
            "price": "9.50",
            "sold_out": number % 7 == 0,
            "options": [{"id": part, "name": f"Ingrediente {part}", "price": "0.50"} for part in range(5)],
        }
        for number in range(count)
    ]
    ours = Engine().compile(OURS, {"item"})
    theirs = cel.NewEnv(variables={"item": cel.Type.DYN}).compile(PRODUCT)
    return {
        "product_ms": _median(lambda item: ours.evaluate({"item": item}), items),
        "product_theirs_ms": _median(lambda item: theirs.eval(data={"item": item}).plain_value(), items),
    }


def _median(work: Callable[[Any], object], values: list[Any]) -> float:
    """Milliseconds, without the first tenth."""
    spent = []
    for value in values:
        start = time.perf_counter()
        work(value)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent[len(spent) // 10 :]) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures into this file too")
    arguments = parser.parse_args()
    watch = machine.OthersWatch()
    found = measure()
    found["others_processors"] = watch.share()
    print(machine.table(found, TARGETS))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.encode({**machine.description(), **found}))


if __name__ == "__main__":
    main()
