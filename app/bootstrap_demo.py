"""The composition root of the sandbox: the doubles alone, and the demo, which is the real companion between them."""

import asyncio
import sys
from pathlib import Path

from app.runtime.host import run_headless
from app.sandbox import pos, sinqro


def serve_double(which: str, *, port: int, data: Path | None) -> None:
    """Run one double until SIGINT or SIGTERM; says where it listens."""

    async def work() -> None:
        if which == "pos":
            await pos.serve(port=port, data=data, ready=_announce_pos)
        else:
            await sinqro.serve(port=port, data=data, announce=_say)

    run_headless(work)


def _announce_pos(double: pos.ReferencePos) -> None:
    _say(f"Reference POS: {double.url} (API key {double.api_key}, API described at {double.url}/openapi.json)")


def _say(line: str) -> None:
    print(line, flush=True)
