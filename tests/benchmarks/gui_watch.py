"""The tray program with a watch on its GUI thread: each time its event loop came late is written down.

    python -m tests.benchmarks.gui_watch OUTPUT --config FILE --data DIR --secrets FILE

A timer of 5 ms in the GUI thread around :func:`app.bootstrap_tray.run`. A gap is a line of JSON in ``OUTPUT``: when it
ended (``time.monotonic``, one clock for all processes), how long it was over the 5 ms, and how much processor time the
GUI thread used in it; both in milliseconds. The difference was spent waiting: for the processor, or for the loop's
thread, which shares Python's lock.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer

from app.ui import lean

TICK_MS = 5

WORTH_MS = 10
"""Shorter gaps are not written down."""


def main() -> int:
    """Watch it until it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    for name in ("--config", "--data", "--secrets"):
        parser.add_argument(name, type=Path, required=True)
    options = parser.parse_args()
    lean.take_import_back()  # as the command does
    from app import bootstrap_tray
    from app.ui import application

    application.make_bridge()  # makes the application, so that a timer can be
    with options.output.open("w", buffering=1) as output:
        last = (time.monotonic(), time.thread_time())

        def tick() -> None:
            nonlocal last
            before, last = last, (time.monotonic(), time.thread_time())
            over = (last[0] - before[0]) * 1000 - TICK_MS
            if over > WORTH_MS:
                used = (last[1] - before[1]) * 1000
                output.write(json.dumps({"at": last[0], "ms": over, "used_ms": used}) + "\n")

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(TICK_MS)
        return bootstrap_tray.run(config=options.config, data=options.data, secrets=options.secrets)


if __name__ == "__main__":
    sys.exit(main())
