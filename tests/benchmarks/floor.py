"""The bare floor: the simplest honest bridge, against which the product is measured in the same run.

Websocket client → one SQLite commit (WAL, ``synchronous=FULL``) on the loop → ``stored`` → a pooled httpx POST, eight
at once. No retries, no outcome written down, no notifications, no statuses: what any bridge must do at the least.

    python -m tests.benchmarks.floor --link ws://… --pos http://… --data DIR
"""

import argparse
import asyncio
import json
import sqlite3
import time
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

AT_ONCE = 8
"""POSTs under way at the same time; the product's own limit for one POS is the same."""


def open_ledger(path: Path) -> sqlite3.Connection:
    """A table of orders on a durable SQLite file."""
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.execute("PRAGMA journal_mode = WAL")
    ledger.execute("PRAGMA synchronous = FULL")
    ledger.execute(
        "CREATE TABLE orders (id TEXT PRIMARY KEY, body TEXT NOT NULL, state TEXT NOT NULL, at REAL NOT NULL)"
    )
    return ledger


async def bridge(*, link: str, pos: str, data: Path) -> None:
    """Bridge until the link closes."""
    ledger = open_ledger(data / "floor.sqlite3")
    waiting: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=10, trust_env=False) as client, asyncio.TaskGroup() as tasks:

        async def inject() -> None:
            while True:
                order_id, body = await waiting.get()
                headers = {"content-type": "application/json", "idempotency-key": order_id}
                await client.post(f"{pos}/api/v1/orders", content=body, headers=headers)

        workers = [tasks.create_task(inject()) for _ in range(AT_ONCE)]
        async with connect(link, compression=None, proxy=None) as websocket:
            await websocket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "link.hello", "params": {}}))
            async for text in websocket:
                frame = json.loads(text)
                if frame.get("method") != "order.create":
                    continue
                order = frame["params"]["order"]
                order_id = str(order["id"])
                body = json.dumps(order, ensure_ascii=False, separators=(",", ":"))
                ledger.execute("INSERT OR IGNORE INTO orders VALUES (?, ?, 'stored', ?)", (order_id, body, time.time()))
                result = {"state": "stored", "orderId": order["id"]}
                await websocket.send(json.dumps({"jsonrpc": "2.0", "id": frame["id"], "result": result}))
                waiting.put_nowait((order_id, body.encode()))
        for worker in workers:
            worker.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--link", required=True)
    parser.add_argument("--pos", required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(bridge(link=options.link, pos=options.pos, data=options.data))
