"""Shows that every pin of the runtime lock has a wheel for Windows.

Restaurants run Windows, developers mostly do not: a pin without a wheel for win_amd64 would be found out only there.
Each pin of `requirements.lock` whose marker holds on Windows with CPython 3.11 is resolved by plain pip for that
platform, from metadata alone (nothing is downloaded or installed). Prints one line per pin; status 1 names each that
lacks a wheel.

    .venv/bin/python packaging/check_wheels.py [LOCK]
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

WINDOWS = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.9",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_release": "10",
    "platform_system": "Windows",
    "platform_version": "10.0.19045",
    "python_full_version": "3.11.9",
    "python_version": "3.11",
    "sys_platform": "win32",
}
PIP_ARGUMENTS = [
    "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--quiet", "--no-input",
    "--disable-pip-version-check", "--only-binary", ":all:", "--platform", "win_amd64",
    "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none",
]  # fmt: skip


def pins(lock: Path) -> Iterator[Requirement]:
    """The requirements of a lock file, without their hashes."""
    for line in lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        text = re.sub(r"\s--hash=\S+", "", line).strip()
        if text and not text.startswith("#"):
            yield Requirement(text)


def complaint(pin: Requirement) -> str:
    """What pip says against a wheel of this pin for Windows; empty when there is one."""
    # pip evaluates markers for the machine it runs on, so it gets none.
    bare = f"{pin.name}{pin.specifier}"
    with TemporaryDirectory() as target:
        command = [sys.executable, "-m", "pip", *PIP_ARGUMENTS, "--target", target, bare]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return ""
    return done.stderr.strip() or f"pip ended with status {done.returncode}"


def main() -> int:
    lock = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("requirements.lock")
    wanted = [pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate(dict(WINDOWS))]
    with ThreadPoolExecutor(4) as pool:
        complaints = list(pool.map(complaint, wanted))
    for pin, said in zip(wanted, complaints, strict=True):
        print(f"{'no wheel' if said else 'ok':9}{pin.name}{pin.specifier}")
        if said:
            print(f"         {said}")
    lacking = sum(map(bool, complaints))
    print(f"{lock.name}: {len(wanted)} pins for win_amd64, {lacking} without a wheel")
    return 1 if lacking or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
