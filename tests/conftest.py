"""What holds for every test: Qt without a screen, no test touches the user's folders or vault, the log guard.

The environment is set at import: Qt, keyring and platformdirs read it when they are first used, and the programs that
tests start inherit it.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.helpers.logfail import ExpectedLogs, LogGuard, expected_logs

__all__ = ["ExpectedLogs", "expected_logs"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A vault that refuses, unless a test brings its own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# A loaded machine is no bug: no deadline for a single example. CI tries the same examples each time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("log-guard"):
        config.pluginmanager.register(LogGuard(), "log-guard")


@pytest.fixture(scope="session", autouse=True)
def user_folders() -> Iterator[Path]:
    """An empty place for what platformdirs would find in the user's home."""
    with (
        tempfile.TemporaryDirectory(prefix="sinqro-test-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{kind}_HOME", f"{folder}/{kind.lower()}")
        yield Path(folder)
