"""What is measured, as a process of its own: the floor, or the program itself by ``sinqro-companion serve``.

The doubles keep the first processor, the subject gets the last: on a machine with one the stamps would be late by a
time slice. A folder of its own under ``folder`` holds the subject's data, on the disk that is to be measured.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path

from tests.benchmarks.doubles import CloudDouble, PosDouble
from tests.benchmarks.orders_floor import SELLING_POINT

ROOT = Path(__file__).parents[2]

SLOW_DISK = (
    *("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"),
    *("-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_exit=25000"),
)
"""Every ``fdatasync`` takes 25 ms: a till's disk."""

_CONFIGURATION = """\
device_name = "BENCH-1"
[sinqro.sandbox]
base_url = "{base}"
link_url = "{link}"
notification_url = "{notifications}"
installation_id = "inst_benchmark"
[[selling_points]]
id = "{selling_point}"
environment = "sandbox"
name = "SuperPizza"
timezone = "Europe/Madrid"
[selling_points.pos]
adapter = "rest"
profile = "reference"
url = "{pos}"
"""

_SECRETS = {
    "sandbox/user-access-token": "benchmark-token",
    "sandbox/notification-secret": "whsec_YmVuY2htYXJrLXNlY3JldC0wMTIzNDU2Nzg5",
    f"sandbox/pos/{SELLING_POINT}/api-key": "benchmark-key",
}


class Subject(StrEnum):
    """Who is measured."""

    FLOOR = "floor"
    PRODUCT = "product"


@asynccontextmanager
async def running(
    subject: Subject, *, cloud: CloudDouble, pos: PosDouble, folder: Path, slow_disk: bool = False
) -> AsyncIterator[int]:
    """Start it and wait for its link; gives its process id. Ended with the block."""
    if subject is Subject.FLOOR:
        command = [sys.executable, "-m", "tests.benchmarks.floor"]
        command += ["--link", cloud.link_url, "--pos", pos.url, "--data", str(folder)]
    else:
        command = [sys.executable, "-m", "app", "serve", *product_files(cloud, pos, folder)]
    log = folder / "output.log"
    with log.open("wb") as output, on_processor(max):
        process = subprocess.Popen(
            [*SLOW_DISK, *command] if slow_disk else command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with on_processor(min):
            await _connected(process, cloud, log)
            yield process.pid
    finally:
        await end(process)


@contextmanager
def on_processor(choose: Callable[[set[int]], int]) -> Iterator[None]:
    """Keep this thread, and what is started from it, on one processor, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {choose(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def product_files(cloud: CloudDouble, pos: PosDouble, folder: Path) -> list[str]:
    """Write the product's configuration and secrets for these doubles; the options that name them."""
    config, secrets = folder / "companion.toml", folder / "secrets.json"
    config.write_text(
        _CONFIGURATION.format(
            base=cloud.notification_url.removesuffix("/notifications"),
            link=cloud.link_url,
            notifications=cloud.notification_url,
            selling_point=SELLING_POINT,
            pos=pos.url,
        )
    )
    secrets.touch(mode=0o600)
    secrets.write_text(json.dumps(_SECRETS))
    return ["--config", str(config), "--data", str(folder / "data"), "--secrets", str(secrets)]


async def _connected(process: "subprocess.Popen[bytes]", cloud: CloudDouble, log: Path) -> None:
    try:
        async with asyncio.timeout(30):
            while not cloud.connected.is_set():
                if process.poll() is not None:
                    raise RuntimeError(f"the subject ended with {process.returncode}: {log.read_text()[-2000:]}")
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise RuntimeError(f"the subject did not connect: {log.read_text()[-2000:]}") from None


async def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process that leads a group of its own, in order if it can."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)  # its own group: strace, where it is, and the subject
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
